// A receipt is checked without our program: the recipe of docs/consent.md, as it stands there, on a
// real server's receipt and the key at its public address; and it finds what was changed.
import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {story} from './lib/story.mjs'
import {Filrouge} from './lib/server.mjs'

const run = (...words) => new Promise((resolve) =>
  execFile(process.execPath, words, (error, out) => resolve({code: error ? error.code : 0, out})))

await story('receipt', Filrouge, async (server) => {
  const text = await readFile(new URL('../../docs/consent.md', import.meta.url), 'utf8')
  const recipe = /```js\n([^]*?)```/.exec(text)?.[1]
  assert.ok(recipe, 'docs/consent.md has a recipe')
  const folder = await mkdtemp(join(tmpdir(), 'filrouge-receipt-'))
  try {
    const program = join(folder, 'check.mjs'), file = join(folder, 'receipt.json')
    await writeFile(program, recipe)
    const key = await server.source('receipts', 'web')
    await fetch(`${server.url}/v1/identify`, {
      method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`},
      body: JSON.stringify({userId: 'camille', traits: {email: 'camille@shop.test'}, context: {consent: {categoryPreferences: {measurement: true}}}}),
    }).then((reply) => assert.equal(reply.status, 200))
    await server.api('POST', 'consents', {type: 'email', value: 'camille@shop.test', purposes: {'marketing.email': false}})
    const profile = await server.find('email', 'camille@shop.test')
    const receipt = await server.api('GET', `profiles/${profile}/receipts`)
    const address = `${server.url}/v1/receipts/key`
    await writeFile(file, JSON.stringify(receipt))
    const good = await run(program, file, address)
    assert.equal(good.code, 0, good.out)
    assert.deepEqual(JSON.parse(good.out), receipt.receipt)
    const other = Buffer.from(receipt.payload, 'base64url').toString().replace('"refused"', '"granted"')
    await writeFile(file, JSON.stringify({...receipt, payload: Buffer.from(other).toString('base64url')}))
    assert.equal((await run(program, file, address)).code, 4, 'a changed receipt is found')
    const theirs = await crypto.subtle.generateKey({name: 'Ed25519'}, true, ['sign', 'verify'])
    const jwk = join(folder, 'key.json')
    await writeFile(jwk, JSON.stringify(await crypto.subtle.exportKey('jwk', theirs.publicKey)))
    await writeFile(file, JSON.stringify(receipt))
    assert.equal((await run(program, file, jwk)).code, 4, 'somebody else\'s key is none of ours')
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
})
