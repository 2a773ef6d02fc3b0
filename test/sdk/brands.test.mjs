// Two brands whose people carry the same ids x every route of schema/api.json x every role, against
// the real server: whoever is limited to one brand reads nothing of the other, whatever is asked and
// whichever ids are guessed. What a brand alone is asked answers as ever.
import assert from 'node:assert/strict'
import {story} from './lib/story.mjs'
import {TwoBrands} from './lib/two_brands.mjs'

const kRoles = ['staff', 'call_centre', 'analyst', 'marketer', 'privacy', 'admin']

// Whatever coats know carries this word, or is an id of theirs.
const kCanary = 'xq7zcoats'

async function post(server, key, batch) {
  const reply = await fetch(`${server.url}/v1/batch`, {
    method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`}, body: JSON.stringify({batch}),
  })
  assert.equal(reply.status, 200)
}

// The same people, by the same ids, in both brands.
async function fill(server, brand) {
  const word = brand === 'coats' ? kCanary : 'hats'
  const {write_key: key} = await server.api('POST', 'sources', {
    id: `src-${word}`, name: `src-${word}`, channel: 'web', currency: 'EUR', purpose: 'measurement', basis: 'consent', brand,
  })
  const context = {consent: {categoryPreferences: {measurement: true, personalisation: true}}}
  const people = ['ada', 'zoe'].flatMap((userId) => [
    {type: 'identify', userId, messageId: `${brand}-${userId}-1`, context, traits: {email: `${userId}@shop.test`, city: word}},
    {type: 'track', event: `Seen ${word}`, userId, messageId: `${brand}-${userId}-2`, context, properties: {note: word}},
    {type: 'track', event: 'Product Viewed', userId, messageId: `${brand}-${userId}-3`, context, properties: {note: word}},
  ])
  await post(server, key, people)
  // An event is answered when it is on disk, and the person is there when it is folded.
  const find = async (value) => {
    for (let tries = 0; ; ++tries) {
      try {
        return (await server.api('POST', 'profiles/find', {type: 'user_id', value, brand})).id
      } catch (error) {
        if (tries === 50) throw error
        await new Promise((done) => setTimeout(done, 100))
      }
    }
  }
  const profile = await find('ada')
  const audience = (await server.api('POST', 'audiences', {name: `Aud ${word}`, purpose: 'measurement', rule: 'any(Product Viewed)', brand})).id
  const note = (await server.api('POST', `profiles/${profile}/notes`, {text: `Likes ${word}`, brand})).id
  const task = (await server.api('POST', 'tasks', {profile, what: `Call ${word}`, brand})).id
  const webhook = (await server.api('POST', 'webhooks', {url: `https://${word}.test/`, audience})).id
  const board = (await server.api('POST', 'boards', {name: `Board ${word}`, shared: ['analyst', 'marketer', 'privacy'], tiles: []})).id
  return {profile, other: await find('zoe'), audience, note, task, webhook, board, key, source: `src-${word}`}
}

const secretsOf = ({profile, other, note, task, webhook, key}) => [kCanary, profile, other, note, task, webhook, key]

// What could stand in a place of an address, a query or a body: ids of both brands.
function idsFor(path, coats, hats) {
  const of = (name) => [coats[name], hats[name]]
  if (path.includes('/profiles/')) return of('profile')
  if (path.includes('/audiences/')) return of('audience')
  if (path.includes('/sources/')) return of('source')
  if (path.includes('/tasks/')) return of('task')
  if (path.includes('/webhooks/')) return of('webhook')
  if (path.includes('/boards/')) return of('board')
  return ['1']
}

function addresses(path, operation, coats, hats) {
  const filled = path.includes('{id}') ? idsFor(path, coats, hats).map((id) => path.replace('{id}', encodeURIComponent(id))) : [path]
  const query = new URLSearchParams()
  const takesBrand = (operation.parameters ?? []).some(({name}) => name === 'brand')  // any other route refuses it
  for (const {name, in: where, example} of operation.parameters ?? []) {
    if (where !== 'query' || name === 'brand' || name === 'after') continue
    if (name === 'ids') query.set(name, `${coats.audience},${hats.audience}`)
    else if (name === 'profile') query.set(name, coats.profile)
    else if (name === 'type') query.set(name, 'user_id')
    else if (name === 'value') query.set(name, 'ada')
    else if (example !== undefined && !['card', 'actor', 'from', 'before', 'cursor'].includes(name)) query.set(name, example)
  }
  return filled.map((address) => address.replace('{note}', coats.note).replace('{seq}', '1').replace(/\{[^}]+\}/g, '1'))
    .flatMap((address) => ['', ...takesBrand ? ['coats', 'hats'] : []].map((brand) => {
      const all = new URLSearchParams(query)
      if (brand) all.set('brand', brand)
      return all.size ? `${address}?${all}` : address
    }))
}

function bodies(operation, coats) {
  const example = operation.requestBody?.content?.['application/json']?.example
  if (example === undefined) return [undefined]
  const body = {...example}
  if ('profile' in body) body.profile = coats.profile
  if ('type' in body && 'value' in body) Object.assign(body, {type: 'user_id', value: 'ada'})
  if ('audience' in body) body.audience = coats.audience
  if ('rule' in body && typeof body.rule === 'string') body.rule = `audience("${coats.audience}")`
  if ('name' in body) body.name = `made by hats ${Math.random()}`
  delete body.id
  delete body.brand
  return [body, {...body, brand: 'coats'}, {...body, brand: 'hats'}].map((each) => JSON.stringify(each))
}

async function ask(server, token, method, address, body) {
  const stop = new AbortController()
  const reply = await fetch(server.url + address, {
    method, body, signal: stop.signal, redirect: 'manual',
    headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
  })
  if ((reply.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    stop.abort()
    return {status: reply.status, text: `a stream: ${address}`}
  }
  return {status: reply.status, text: await reply.text()}
}

async function crossReads(server, document, token, coats, hats, secrets) {
  const wrong = []
  let asked = 0, answered = 0
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const roles = operation['x-roles']
      if (roles.includes('everyone') || roles.includes('write')) continue
      for (const address of addresses(path, operation, coats, hats)) {
        for (const body of bodies(operation, coats)) {
          const {status, text} = await ask(server, token, method.toUpperCase(), address, body)
          ++asked
          if (status < 300) ++answered
          const sent = address + (body ?? '')
          // An id that was sent and is said back tells nothing; a canary never was sent but in one.
          const leaked = secrets.find((secret) => text.includes(secret) && (status < 300 || !sent.includes(secret)))
          if (leaked) wrong.push({route: `${method} ${address}`.slice(0, 90), body: body?.slice(0, 60), status, leaked, text: text.slice(0, 80)})
        }
      }
    }
  }
  return {wrong, asked, answered}
}

// What a member of the staff of one brand makes for its people can be finished and taken away again.
async function ownTasksAndNotes(server, token, coats, hats) {
  const call = async (method, path, body) => {
    const {status, text} = await ask(server, token, method, `/api/v1/${path}`, body && JSON.stringify(body))
    return {status, ...JSON.parse(text)}
  }
  const task = await call('POST', 'tasks', {profile: hats.profile, what: 'Call'})
  assert.equal(task.status, 201)
  assert.equal((await call('POST', `tasks/${task.id}`, {done: true})).done, true)
  assert.equal((await call('DELETE', `tasks/${task.id}`)).status, 200)
  const note = await call('POST', `profiles/${hats.profile}/notes`, {text: 'Likes felt'})
  assert.equal(note.status, 201)
  assert.equal((await call('DELETE', `profiles/${hats.profile}/notes/${note.id}`)).status, 200)
  for (const [method, path, body] of [
    ['POST', `tasks/${coats.task}`, {done: true}], ['DELETE', `tasks/${coats.task}`],
    ['DELETE', `profiles/${coats.profile}/notes/${coats.note}`], ['DELETE', `profiles/${hats.profile}/notes/${coats.note}`],
  ]) assert.equal((await call(method, path, body)).status, 404, `${method} ${path}`)
  const kept = await server.api('GET', `tasks?profile=${coats.profile}`)
  assert.equal(kept.tasks.find(({id}) => id === coats.task)?.done, false)
}

await story('brands', TwoBrands, async (server) => {
  const document = await (await fetch(`${server.url}/api/v1/openapi.json`)).json()
  const coats = await fill(server, 'coats'), hats = await fill(server, 'hats')
  assert.notEqual(coats.profile, hats.profile, 'the same ids are two persons')
  const secrets = secretsOf(coats)
  const limited = async (role) => (await server.api('POST', 'tokens', {name: role, role, brands: ['hats']})).token
  for (const role of kRoles) {
    const {wrong, asked, answered} = await crossReads(server, document, await limited(role), coats, hats, secrets)
    if (wrong.length > 0) console.table(wrong)
    console.log(`${role}: ${asked} calls, ${answered} answered, ${wrong.length} read the other brand`)
    assert.equal(wrong.length, 0)
    assert.ok(answered > 5, 'it may do something')
  }
  const admin = await limited('admin')
  const own = async (path) => JSON.parse((await ask(server, admin, 'GET', `/api/v1/${path}`)).text)
  assert.deepEqual((await own('session')).brands, ['hats'])
  assert.deepEqual((await own('session')).brands_of_shop, ['hats'])
  const staff = (await server.api('POST', 'tokens', {name: 'staff', role: 'staff'})).token
  assert.deepEqual(JSON.parse((await ask(server, staff, 'GET', '/api/v1/session')).text).brands_of_shop.sort(), ['coats', 'hats'], 'who is not limited is told all')
  assert.equal((await own(`profiles/${hats.profile}?purpose=measurement`)).id, hats.profile, 'its one brand is filled in')
  assert.ok((await own('audiences')).audiences.every(({brand}) => brand === 'hats'))
  await ownTasksAndNotes(server, await limited('staff'), coats, hats)
  const everything = await crossReads(server, document, server.token, coats, hats, secrets)
  console.log(`not limited: ${everything.asked} calls, ${everything.wrong.length} read a canary`)
  assert.ok(everything.wrong.length > 40, 'who is not limited reads it: the canaries are there')
})
