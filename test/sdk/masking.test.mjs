// Roles x fields x ways to read, against the real server with its own settings: what [masking] hides
// from a role stands in no answer to it, and whoever asks about it in a rule, a split, a figure or a
// search is told 403. What is not hidden is read as ever.
import assert from 'node:assert/strict'
import {Filrouge} from './lib/server.mjs'
import {story} from './lib/story.mjs'

const kFields = {  // each with a value that stands nowhere else
  email: 'xq7z-email@shop.test', phone: '+33612345678', first_name: 'Xq7zfirst', birthday: 'xq7z-1961-02-03',
  address: {street: 'xq7z-street'}, city: 'xq7z-city',
}
const word = (field) => typeof kFields[field] === 'object' ? Object.values(kFields[field])[0] : kFields[field]
const kHidden = {
  analyst: ['email', 'phone', 'first_name', 'birthday', 'address'], staff: ['birthday', 'address'],
  call_centre: ['birthday'], marketer: [], privacy: [], admin: [],
}

async function fill(server) {
  const key = await server.source('masking', 'web')
  const consent = {categoryPreferences: {measurement: true}}
  const common = {userId: 'xq7z', context: {consent}}
  const reply = await fetch(`${server.url}/v1/batch`, {
    method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`},
    body: JSON.stringify({batch: [
      {...common, type: 'identify', messageId: 'm-1', traits: kFields},
      {...common, type: 'track', event: 'Form Sent', messageId: 'm-2', properties: kFields},
    ]}),
  })
  assert.equal(reply.status, 200)
  const profile = await server.find('user_id', 'xq7z')
  const audience = async (name, rule) => (await server.api('POST', 'audiences', {name, purpose: 'measurement', rule})).id
  const audiences = {plain: await audience('Plain', 'any(Form Sent)')}
  for (const field of ['email', 'birthday']) audiences[field] = await audience(field, `trait(${field}) = "${word(field)}"`)
  const tiles = Object.keys(kFields).map((field, i) => ({title: word(field), x: 0, y: i, w: 6, h: 1, question: {purpose: 'measurement', who: `trait(${field}) = "${word(field)}"`, metric: {of: 'count(*)'}}}))
  const board = (await server.api('POST', 'boards', {name: 'Shared', shared: ['analyst', 'marketer', 'privacy'], tiles})).id
  return {profile, audiences, board}
}

const reads = ({profile, audiences, board}) => [
  'boards', `boards/${board}`,
  `profiles/${profile}?purpose=measurement`, `profiles/${profile}/thread?purpose=measurement`,
  `profiles/${profile}/graph?purpose=measurement`, 'audiences', 'events', 'stats', `profiles/${profile}/notes`, 'tasks',
  ...Object.values(audiences).flatMap((id) => [`audiences/${id}`, `audiences/${id}/members`, `audiences/${id}/why?profile=${profile}`]),
]

const asks = (field) => [
  ['rules/check', {rule: `trait(${field}) exists`}],
  ['rules/count', {rule: `trait(${field}) starts with "x"`, purpose: 'measurement'}],
  ['rules/count', {rule: `any(Form Sent where ${field} contains "x")`, purpose: 'measurement'}],
  ['rules/count', {rule: `distinct(Form Sent.${field}) >= 1`, purpose: 'measurement'}],
  ['audiences', {name: `by ${field}`, purpose: 'measurement', rule: `trait(${field}) exists`}],
  ['questions', {purpose: 'measurement', who: `trait(${field}) exists`, metric: {of: 'count(*)'}}],
  ['questions', {purpose: 'measurement', metric: {of: 'count(Form Sent)', by: [field]}}],
  ['questions', {purpose: 'measurement', metric: {of: `count(Form Sent where ${field} exists)`}}],
  ['questions', {purpose: 'measurement', funnel: {steps: ['Form Sent', `Form Sent where ${field} exists`]}}],
]

async function call(server, token, method, path, body, accept = 'application/json') {
  const reply = await fetch(`${server.url}/api/v1/${path}`, {
    method, headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json', accept},
    body: body && JSON.stringify(body),
  })
  const text = await reply.text()
  return {status: reply.status, text, code: /"code":"([^"]*)"/.exec(text)?.[1]}
}

await story('masking', Filrouge, async (server) => {
  const there = await fill(server)
  const wrong = []
  let checked = 0
  const check = (role, field, what, fine, met) => {
    ++checked
    if (!fine) wrong.push({role, field, what, met: String(met).slice(0, 80)})
  }
  for (const [role, hidden] of Object.entries(kHidden)) {
    const {token} = await server.api('POST', 'tokens', {name: role, role})
    for (const path of reads(there)) {
      const {status, text, code} = await call(server, token, 'GET', path)
      if (code === 'http.role_may_not') continue
      check(role, '', path, status === 200, `${status} ${text}`)
      for (const field of Object.keys(kFields)) {
        const told = text.includes(word(field))
        if (hidden.includes(field)) check(role, field, path, !told, text)
        else if (path.startsWith('profiles/') && /\?|thread/.test(path) && !path.includes('graph')) check(role, field, path, told, text)
      }
    }
    for (const field of Object.keys(kFields)) {
      for (const [path, body] of asks(field)) {
        for (const accept of path === 'questions' ? ['application/json', 'text/csv'] : ['application/json']) {
          const {status, code, text} = await call(server, token, 'POST', path, body, accept)
          if (code === 'http.role_may_not') continue
          const refused = status === 403 && code === 'masking.forbidden'
          const what = `POST ${path} ${JSON.stringify(body)}`
          if (hidden.includes(field)) check(role, field, what, refused, `${status} ${text}`)
          else check(role, field, what, !refused && status < 500 && status !== 403, `${status} ${text}`)
        }
      }
      if (!['email', 'phone'].includes(field)) continue
      const {code} = await call(server, token, 'POST', 'profiles/find', {type: field, value: word(field)})
      if (code !== 'http.role_may_not') check(role, field, 'find', (code === 'masking.forbidden') === hidden.includes(field), code)
    }
  }
  // One person is fewer than five: an analyst is not told, a marketer is.
  for (const [role, wanted] of [['analyst', null], ['marketer', 1]]) {
    const {token} = await server.api('POST', 'tokens', {name: role, role})
    const counted = await call(server, token, 'POST', 'rules/count', {rule: 'any(Form Sent)', purpose: 'measurement'})
    check(role, '', 'count of one', JSON.parse(counted.text).count === wanted, counted.text)
    const audience = await call(server, token, 'GET', `audiences/${there.audiences.plain}`)
    check(role, '', 'audience of one', JSON.parse(audience.text).count === wanted, audience.text)
  }
  if (wrong.length > 0) console.table(wrong)
  console.log(`${checked} of role, field and way to read, ${wrong.length} wrong`)
  assert.equal(wrong.length, 0)
  assert.ok(checked > 400)
})
