// Every route of schema/api.json x every credential, against the real server: x-roles is what the
// document promises, and this is whether the server keeps it. Nothing that is asked for exists, so
// nobody is changed by being asked.
import assert from 'node:assert/strict'
import {Filrouge} from './lib/server.mjs'
import {story} from './lib/story.mjs'

const kRoles = ['staff', 'call_centre', 'analyst', 'marketer', 'privacy', 'admin']
const kNowhere = '0'.repeat(32)
// What a credential meets: let in (whatever comes of it), a refusal of its role, or of itself.
const kAllowed = 'allowed', kForbidden = '403', kUnknown = '401'

function verdict(status, code) {
  if (status === 401) return kUnknown
  return status === 403 && code === 'http.role_may_not' ? kForbidden : kAllowed
}

function expected(declared, who) {
  if (declared.includes('everyone')) return kAllowed  // a door with a session of its own may say 401
  if (who === 'nobody') return kUnknown
  if (declared.includes(who)) return kAllowed
  return declared.includes('write') ? kUnknown : kForbidden
}

// The tracking doors read what they are sent before they ask by whom: a key may stand in it.
const kEvents = JSON.stringify({userId: 'matrix', event: 'none', batch: [{type: 'page', userId: 'matrix'}]})

async function ask(server, path, method, credential) {
  const address = server.url + path.replace(/\{[^}]+\}/g, kNowhere)
  const stop = new AbortController()
  const reply = await fetch(address, {
    method, redirect: 'manual', signal: stop.signal,
    headers: {'content-type': 'application/json', ...(credential && {authorization: credential})},
    body: method !== 'POST' ? undefined : path.startsWith('/api/') ? '{}' : kEvents,
  })
  if ((reply.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    stop.abort()
    return verdict(reply.status)
  }
  const text = await reply.text()
  return verdict(reply.status, /"code":"([^"]*)"/.exec(text)?.[1])
}

// A key that stands in an address may be no key: such a route answers that there is no such thing.
const keyInAddress = (path) => path.includes('{writeKey}') || path.startsWith('/pixel/') || path === '/v1/m' || path === '/sourceConfig'

await story('roles', Filrouge, async (server) => {
  const document = await (await fetch(`${server.url}/api/v1/openapi.json`)).json()
  const credentials = {nobody: null}
  for (const role of kRoles) credentials[role] = `Bearer ${(await server.api('POST', 'tokens', {name: role, role})).token}`
  credentials.write = `Basic ${Buffer.from(`${await server.source('matrix', 'web')}:`).toString('base64')}`
  const wrong = []
  let asked = 0
  for (const [path, operations] of Object.entries(document.paths)) {
    if (keyInAddress(path)) continue
    for (const [method, operation] of Object.entries(operations)) {
      for (const [who, credential] of Object.entries(credentials)) {
        const wanted = expected(operation['x-roles'], who)
        const met = await ask(server, path, method.toUpperCase(), credential)
        ++asked
        const fine = met === wanted || operation['x-roles'].includes('everyone') && met === kUnknown
        if (!fine) wrong.push({route: `${method.toUpperCase()} ${path}`, who, wanted, met})
      }
    }
  }
  if (wrong.length > 0) console.table(wrong)
  console.log(`${asked} pairs of route and credential, ${wrong.length} wrong`)
  assert.equal(wrong.length, 0)
  assert.ok(asked > 900, 'the document has lost its routes')
})
