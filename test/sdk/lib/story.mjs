// The one story that every SDK tells: twenty people browse and half of them sign in; five others
// were never asked for their consent. In the middle the server is killed. What must be known
// afterwards is written here once.
import assert from 'node:assert/strict'

export const kPeople = 20
export const kStrangers = 5
export const kViews = 6  // of each person

export const anonymousId = (i) => `10000000-0000-4000-8000-${String(i).padStart(12, '0')}`
export const strangerId = (i) => `20000000-0000-4000-8000-${String(i).padStart(12, '0')}`
export const signsIn = (i) => i % 2 === 0
export const userId = (i) => `sdk-user-${i}`
export const email = (i) => `sdk.person.${i}@courriel.example`

export const product = (i, n) => ({
  product_id: `p-${n}`, sku: `S-${n}`, name: 'Écharpe Saône', category: 'Accessoires',
  price: 39.9, quantity: 1, currency: 'EUR', position: i,
})

// `kept` events were sent by those who allow it, `refused` by those who were not asked.
export async function checkStory(server, {kept, refused, identities = true}) {
  if (process.env.FILROUGE_RECORDER) return  // there is nothing behind it to ask
  const stats = await server.settledStats(
    (s) => s.events.stored === kept && (s.events.not_kept.no_consent ?? 0) >= refused)
  assert.equal(stats.events.stored, kept, 'every allowed event is stored once')
  // Of whom is not kept no id is kept either: a request whose answer the kill swallowed counts again.
  assert.ok(stats.events.not_kept.no_consent >= refused, 'nothing is kept without consent')
  await assert.rejects(server.find('anonymous_id', strangerId(0)), /404/, 'a stranger stays one')
  assert.equal(stats.events.quarantined, 0, 'no event was unfit')
  const all = `count(Product Viewed, including bots) = ${kViews}`
  assert.equal(await server.count(all), kPeople, 'each person has each view exactly once')
  assert.equal(await server.count(`count(Product Viewed, including bots) > ${kViews}`), 0)
  if (!identities) return
  for (let i = 0; i < kPeople; ++i) {
    const known = await server.find('anonymous_id', anonymousId(i))
    if (!signsIn(i)) continue
    assert.equal(await server.find('user_id', userId(i)), known, 'the account is the visitor')
    assert.equal(await server.find('email', email(i)), known, 'so is the address')
  }
}

// Runs `tell(server)` with a server of its own and says what went wrong with its last words.
export async function story(name, Server, tell) {
  const server = await Server.start()
  try {
    await tell(server)
    console.log(`${name}: nothing lost, nothing doubled`)
  } catch (error) {
    console.error(`${name} failed:`, error, '\n--- the server said:\n', server.output)
    process.exitCode = 1
  } finally {
    await server.stop()
  }
  process.exit()
}
