// Every example of schema/api.json is sent to the real server as it stands in the document; only
// ids and keys that a server makes itself are put in. What comes back must be what the document
// says of that answer.
import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import {story} from './lib/story.mjs'
import {Filrouge} from './lib/server.mjs'

const kWithoutExample = ['POST /api/v1/import']  // a body only `filrouge import` can write
const kWithoutLink = ['/confirm/{token}', '/v1/unsubscribe/{token}']  // their links are in messages: the example's was never sent
const kTooFew = ['/api/v1/models/lookalike']  // a hundred people at once from one address are taken for a robot

const pointer = (...parts) => parts.map((p) => encodeURIComponent(p.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')

// What the examples speak of has to be there: a person, a bad event, buyers, two audiences.
async function fill(server, document) {
  const key = await server.source('examples', 'web')
  const batch = document.paths['/v1/batch'].post.requestBody.content['application/json'].example
  const [event] = batch.batch
  const headers = {authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`}
  const post = (body) => fetch(`${server.url}/v1/batch`, {method: 'POST', headers, body: JSON.stringify(body)})
    .then((r) => assert.equal(r.status, 200))
  const {userId, anonymousId, context} = event
  await post({batch: [
    {type: 'identify', userId, anonymousId, messageId: 'who', traits: {email: 'camille@shop.test'},
      context: {consent: {categoryPreferences: {...context.consent.categoryPreferences, measurement: true, personalisation: true}}}},
    {type: 'identify', userId: 'noted', messageId: 'noted', context: {consent: {categoryPreferences: {personalisation: true}}}},
    {type: 'track', userId, messageId: 'bad'}, {type: 'track', userId, messageId: 'worse'},
  ]})
  const consent = {categoryPreferences: {measurement: true}}
  const day = (n) => new Date(Date.now() - n * 86_400_000).toISOString()
  await post({batch: Array.from({length: 30}, (_, i) => Array.from({length: 1 + i % 4}, (_, k) => ({
    type: 'track', event: 'Order Completed', userId: `buyer-${i}`, messageId: `order-${i}-${k}`, timestamp: day(6 - 0.1 * (i % 5) - 1.3 * k),
    properties: {total: 20 + 7 * (i % 5) + k, currency: 'EUR'}, context: {consent},
  }))).flat()})
  // Six customers who are in the till's file as well: pairs that wait for review.
  await post({batch: ['Ada Berger 1961-02-03', 'Noe Lacroix 1974-11-30', 'Ines Vidal 1985-07-12', 'Hugo Moreau 1990-01-25', 'Lou Petit 1958-09-09', 'Max Garnier 1969-04-17']
    .flatMap((person, i) => ['shop', 'till'].map((file) => {
      const [first_name, last_name, birthday] = person.split(' ')
      return {type: 'identify', anonymousId: `${file}-${i}`, messageId: `${file}-${i}`, traits: {first_name, last_name, birthday}, context: {consent}}
    }))})
  const audience = (name) => server.api('POST', 'audiences', {name, purpose: 'measurement', rule: 'count(Product Viewed) >= 1'})
  const ids = [(await audience('One')).id, (await audience('Other')).id]
  await audience('Regulars')
  const open = (await server.api('GET', 'quarantine')).events
  assert.ok(open.length >= 2, 'two bad events are open')
  const made = async (kind, body) => (await server.api('POST', kind, body)).id
  const profile = await server.find('email', 'camille@shop.test')
  const noted = await server.find('user_id', 'noted')  // whom no example restricts
  const link = async () => new URL(server.url + (await server.api('POST', 'me/links', {profile})).path).searchParams.get('link')
  // For each example anew: what other examples decide about identity ends the sessions of those it separates.
  const me = async () => {
    const signedIn = await fetch(`${server.url}/me/sign-in`, {
      method: 'POST', redirect: 'manual', headers: {origin: server.url}, body: `link=${await link()}`,
    })
    return signedIn.headers.get('set-cookie').split(';')[0]
  }
  const [evidence] = (await server.api('GET', `profiles/${profile}/graph`)).edges
  const matching = document.paths['/api/v1/matching/runs'].post.requestBody.content['application/json'].example
  await server.api('POST', 'matching/runs', {...matching, write: 'review', review: 0.01})
  const offer = document.paths['/api/v1/offers'].post.requestBody.content['application/json'].example
  await server.api('POST', 'purposes/measurement/wordings', {texts: {en: 'You may use it.', fr: 'Vous pouvez vous en servir.'}})
  const [pair] = (await server.api('GET', 'matching/review')).pairs
  await writeFile(join(server.folder, 'secrets', 'master-key.next'), randomBytes(32).toString('hex'), {mode: 0o600})
  return {
    evidence, pair: pair.id,
    offer: await made('offers', {...offer, id: 'ended-soon'}),
    key, ids,
    adminLink: (await readFile(join(server.folder, 'secrets', 'admin-link'), 'utf8')).trim(),
    profile, link: await link(), me,
    asset: /\/assets\/([^"]+\.js)/.exec(await (await fetch(server.url)).text())?.[1],
    sequences: open.map((e) => String(e.sequence)),
    source: (await server.api('GET', 'sources')).sources.find((s) => s.id === 'examples').id,
    erasure: (await server.api('POST', `profiles/${await server.find('user_id', 'buyer-29')}/erase?confirm=true`)).id,
    request: await made('rights/requests', {kind: 'access', profile: await server.find('user_id', 'buyer-28')}),
    token: await made('tokens', {name: 'old', role: 'analyst'}),
    ...await signIn(server),
    account: await made('accounts', document.paths['/api/v1/accounts'].post.requestBody.content['application/json'].example),
    noted,
    note: await made(`profiles/${noted}/notes`, {text: 'Likes wool.'}),
    task: await made('tasks', {profile: noted, what: 'Call back'}),
    board: await made('boards', document.paths['/api/v1/boards'].post.requestBody.content['application/json'].example),
    webhook: await made('webhooks', {url: 'https://crm.shop.test/old', audience: ids[0]}),
  }
}

// A browser with a token of its own, and another one to sign out.
async function signIn(server) {
  const who = {name: 'Zoe', password: 'velours corail minuit'}
  await server.api('POST', 'accounts', {...who, role: 'staff'})
  const browser = async () => {
    const reply = await fetch(`${server.url}/api/v1/session`, {method: 'POST', body: JSON.stringify(who)})
    assert.equal(reply.status, 200)
    return reply.headers.get('set-cookie').split(';')[0]
  }
  const cookie = await browser()
  const ofAnother = {name: 'Yves', password: 'corail velours minuit'}  // the document's, who then has another
  await server.api('POST', 'accounts', {...ofAnother, role: 'staff'})
  const other = await fetch(`${server.url}/api/v1/session`, {method: 'POST', body: JSON.stringify(ofAnother)})
  const passwordCookie = other.headers.get('set-cookie').split(';')[0]
  const reply = await fetch(`${server.url}/api/v1/session/tokens`, {
    method: 'POST', headers: {cookie, origin: server.url}, body: JSON.stringify({name: 'till'}),
  })
  await browser()
  const {sessions} = await server.api('GET', 'sessions')
  return {cookie, passwordCookie, ownToken: (await reply.json()).id, session: sessions.at(-1).id}
}

// The value of a parameter: the example's, unless a server makes it itself.
function value(path, parameter, method, there) {
  if (parameter.name === 'writeKey') return there.key
  if (parameter.name === 'seq') return there.sequences[method === 'DELETE' ? 1 : 0]
  if (parameter.name === 'profile') return there.profile
  if (parameter.name === 'ids') return there.ids.join(',')
  if (parameter.name === 'after') return '1'
  if (parameter.name === 'link') return there.link
  if (parameter.name === 'id') {
    if (path.includes('/notes')) return there.noted
    if (path.includes('/profiles/')) return there.profile
    if (path.includes('/audiences/')) return there.ids[method === 'DELETE' ? 1 : 0]
    if (path.includes('/offers/')) return there.offer
    if (path.includes('/sources/')) return there.source
    if (path.includes('/session/tokens/')) return there.ownToken
    if (path.includes('/sessions/')) return there.session
    if (path.includes('/tokens/')) return there.token
    if (path.includes('/accounts/')) return there.account
    if (path.includes('/erasures/')) return there.erasure
    if (path.includes('/rights/requests/')) return there.request
    if (path.includes('/webhooks/')) return there.webhook
    if (path.includes('/boards/')) return there.board
    if (path.includes('/tasks/')) return there.task
    if (path.includes('/review/')) return there.pair
  }
  if (parameter.name === 'note') return there.note
  if (parameter.name === 'card') return null
  if (parameter.name === 'secret') return there.adminLink
  if (parameter.name === 'file' && path.startsWith('/assets/')) return there.asset
  return parameter.example
}

// The same of a body: what it says of evidence names identifiers, whose ids the server makes.
function bodyOf(path, example, there) {
  if (path.endsWith('/rights/requests') || path.endsWith('/me/links')) return {...example, profile: there.profile}
  if (path.endsWith('/tasks')) return {...example, profile: there.noted}
  if (path === '/api/v1/metrics/{name}') return {...example, version: undefined}  // of another log
  if (path === '/admin') return {...example, secret: there.adminLink}
  if (!path.includes('/identity/') || !example.a) return example
  return {...example, a: there.evidence.a, ...(example.b && {b: there.evidence.b})}
}

// The forms of /me are told by JSON that they would not do: they would sign out and erase.
const written = (path, body) => (path === '/admin' ? new URLSearchParams(body).toString() : JSON.stringify(body))

function address(path, method, operation, there) {
  const query = new URLSearchParams()
  for (const parameter of operation.parameters ?? []) {
    if (parameter.$ref) continue  // a header
    const given = value(path, parameter, method, there)
    if (given === undefined || given === null) continue
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(given))
    if (parameter.in === 'query') query.set(parameter.name, given)
  }
  return query.size ? `${path}?${query}` : path
}

async function run(server, ajv, path, method, operation, there) {
  const where = `${method} ${path}`
  const contents = Object.entries(operation.requestBody?.content ?? {})
  const example = contents[0]?.[1].example
  if (example?.profile) example.profile = there.profile
  if (contents.length > 0 && example === undefined) return where
  const roles = operation['x-roles']
  const headers = {'content-type': contents[0]?.[0] ?? 'application/json'}
  if (roles.includes('write')) headers.authorization = `Basic ${Buffer.from(`${there.key}:`).toString('base64')}`
  else if (!roles.includes('everyone')) headers.authorization = `Bearer ${server.token}`
  if (path.startsWith('/api/v1/session/tokens')) {
    Object.assign(headers, {cookie: there.cookie, origin: server.url})
    delete headers.authorization
  }
  if (path === '/api/v1/session/password') {
    Object.assign(headers, {cookie: there.passwordCookie, origin: server.url})
    delete headers.authorization
  }
  if (path === '/admin') headers.origin = server.url
  if (path.startsWith('/me')) Object.assign(headers, {cookie: await there.me(), origin: server.url})
  const stop = new AbortController()
  const reply = await fetch(server.url + address(path, method, operation, there), {
    method, headers, signal: stop.signal, redirect: 'manual',
    body: example === undefined ? undefined : written(path, bodyOf(path, example, there)),
  })
  const documented = operation.responses[String(reply.status)]
  const isFine = reply.status < 400 || kWithoutLink.includes(path) || kTooFew.includes(path) && reply.status === 422 || !operation.responses['200'] && !operation.responses['201']
  const type = (reply.headers.get('content-type') ?? '').split(';')[0]
  if (type === 'text/event-stream') stop.abort()
  const text = type === 'text/event-stream' ? '' : await reply.text()
  assert.ok(isFine && documented, `${where} answers its example with ${reply.status}: ${text.slice(0, 500)}`)
  const content = documented.content?.[type]
  assert.ok(content || !documented.content, `${where} answers ${type}, the document says ${Object.keys(documented.content ?? {})}`)
  if (type !== 'application/json' || !content.schema) return null
  const valid = ajv.compile({$ref: `api#/paths/${pointer(path, method.toLowerCase(), 'responses', String(reply.status), 'content', type, 'schema')}`})
  assert.ok(valid(JSON.parse(text)), `${where}: ${ajv.errorsText(valid.errors)} in ${text.slice(0, 1_000)}`)
  return null
}

// A body of no members, one that is no object and a key of nobody are refused in a way that the
// document tells, or taken where nothing is needed. Answers what it does not tell of.
async function refusalsUntold(server, path, method, operation, there) {
  const roles = operation['x-roles']
  const isJson = Object.keys(operation.requestBody?.content ?? {}).some((type) => type.endsWith('json'))
  const nobody = 'wk_of_nobody'
  const basic = (key) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const known = roles.includes('write') ? basic(there.key) : `Bearer ${server.token}`
  const wrong = isJson ? [{body: '{}', authorization: known}, {body: '[]', authorization: known}] : []
  if (roles.includes('write')) wrong.push({body: isJson ? '{}' : undefined, authorization: basic(nobody)})
  const target = server.url + address(path, method, operation, {...there, key: nobody})
  const untold = []
  for (const {body, authorization} of wrong) {
    const headers = {'content-type': 'application/json', authorization}
    const reply = await fetch(target, {method, headers, body, redirect: 'manual'})
    const text = await reply.text()
    if (!operation.responses[String(reply.status)]) untold.push(`${method} ${path} answers ${body ?? nobody} with ${reply.status}: ${text}`)
  }
  return wrong.length > 0 ? untold : null
}

await story('api', Filrouge, async (server) => {
  const document = await (await fetch(`${server.url}/api/v1/openapi.json`)).json()
  const ajv = new Ajv2020({strict: false, validateFormats: false})
  ajv.addSchema(document, 'api')
  const there = await fill(server, document)
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [path, method.toUpperCase(), operation]))
  const isDelete = ([, method]) => method === 'DELETE'
  const without = []
  for (const one of [...operations.filter((o) => !isDelete(o)), ...operations.filter(isDelete)]) {
    const skipped = await run(server, ajv, ...one, there)
    if (skipped) without.push(skipped)
  }
  assert.deepEqual(without, kWithoutExample)
  const tried = []
  for (const one of operations) tried.push(await refusalsUntold(server, ...one, there))
  const wrong = tried.filter((untold) => untold !== null)
  assert.deepEqual(wrong.flat(), [], 'a refusal is not in the document')
  assert.ok(wrong.length > 40)
  assert.ok(operations.length > 50)
})
