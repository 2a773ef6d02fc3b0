// A little shop for the pages to show: people who browse and buy on two channels, and a stranger who
// writes markup into every field that somebody will look at.
import {Buffer} from 'node:buffer'
import assert from 'node:assert/strict'

export const canary = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'
export const cardLikeAPhone = '0400012345678'
const consent = {consent: {categoryPreferences: {Analytics: true}}}
const kPeople = 24

const product = (n, name = `Manteau ${n}`) => ({product_id: `p-${n}`, name, category: n % 2 ? 'Manteaux' : 'Sacs', price: 40 + n, quantity: 1, currency: 'EUR'})
const at = (hoursAgo) => new Date(Date.now() - hoursAgo * 3_600_000).toISOString()

function journey(i) {
  const anonymousId = `10000000-0000-4000-8000-${String(i).padStart(12, '0')}`
  const track = (event, hoursAgo, properties = {}) => ({type: 'track', anonymousId, event, properties, timestamp: at(hoursAgo)})
  const events = [
    {type: 'track', anonymousId, event: 'Consent Given', context: consent, timestamp: at(30)},
    track('Product Viewed', 29 - i / 10, product(i % 5)),
    track('Product Viewed', 28 - i / 10, product((i + 1) % 5)),
  ]
  if (i % 2 === 0) events.push(track('Product Added', 27 - i / 10, product(i % 5)))
  if (i % 4 === 0) {
    events.push(track('Order Completed', 26 - i / 10, {order_id: `w-${i}`, revenue: 50 + i, currency: 'EUR', products: [product(i % 5)]}))
    events.push({type: 'identify', anonymousId, userId: `user-${i}`, traits: {email: `person.${i}@courriel.example`, firstName: 'Camille', loyalty_card: `CAM${i}`}, timestamp: at(25)})
  }
  return events
}

function attacker() {
  const anonymousId = '30000000-0000-4000-8000-000000000000'
  return [
    {type: 'track', anonymousId, event: canary, context: {...consent, page: {url: canary, title: canary, referrer: canary}}, properties: {name: canary, title: canary, query: canary, [canary]: canary}, timestamp: at(3)},
    {type: 'track', anonymousId, event: 'Product Viewed', properties: {...product(1, canary), product_id: canary, category: canary}, timestamp: at(2)},
    {type: 'track', anonymousId, event: 'Order Completed', properties: {order_id: canary, revenue: 10, currency: 'EUR', products: [product(2, canary)], place: canary}, timestamp: at(1)},
    {type: 'identify', anonymousId, userId: canary, traits: {firstName: canary, lastName: canary, email: 'attacker@courriel.example', city: canary, [canary]: canary}, timestamp: at(0.5)},
    // No name: into quarantine, of which one is mended, one discarded and one looked at.
    ...[1, 2, 3].map((nth) => ({type: 'track', anonymousId, properties: {why: canary, nth}})),
  ]
}

// People of a customer file, of whom every sixth stands in it twice, with a slip in the name.
const given = ['Camille', 'Léa', 'Hugo', 'Inès', 'Paul', 'Nora', 'Jules', 'Anna', 'Théo', 'Lina', 'Marc', 'Zoé']
const surnames = ['Moreau', 'Garnier', 'Lefèvre', 'Roussel', 'Fontaine', 'Chevalier', 'Marchand', 'Perrin', 'Lambert', 'Dumont', 'Gauthier']
function customerFile() {
  const one = (i, number, lastName) => ({type: 'identify', anonymousId: `40000000-0000-4000-8000-${number.padStart(12, '0')}`, timestamp: at(40),
    traits: {firstName: given[i % given.length], lastName, birthday: `19${60 + (i * 7) % 40}-0${1 + (i % 9)}-1${i % 10}`}})
  return Array.from({length: 90}, (_, i) => i).flatMap((i) => {
    const lastName = surnames[(i * 5) % surnames.length]
    return i % 6 === 0 ? [one(i, `10${i}`, lastName), one(i, `20${i}`, lastName.replace('a', 'e'))] : [one(i, `10${i}`, lastName)]
  })
}

// A hundred days of six shops: who buys comes again or stays away, and Lyon sells a third more in the last
// twenty days. What was spent on search and television moves what comes in.
export const kTradeDays = 100
export const openedDaysAgo = 20
const shops = ['lyon', 'lille', 'nantes', 'brest', 'nice', 'tours']
export const spentOn = (channel, daysAgo) => (channel === 'search' ? 20 + ((daysAgo * 37) % 60) : daysAgo % 14 < 4 ? 80 + ((daysAgo * 13) % 120) : 0)
export const costs = ['search', 'tv'].flatMap((channel) => Array.from({length: kTradeDays}, (_, d) => `${at(24 * (d + 1)).slice(0, 10)},${channel},${spentOn(channel, d + 1)}`)).join('\n')

function trade() {
  return Array.from({length: kTradeDays * shops.length}, (_, i) => {
    const daysAgo = kTradeDays - Math.floor(i / shops.length), n = i % shops.length
    const buyer = (i * 7919 + Math.floor(i / 11)) % (daysAgo > 50 ? 90 : 40)
    const usual = 60 + 12 * n + 15 * Math.sin((2 * Math.PI * daysAgo) / 7) + ((i * 31) % 9) + 0.5 * spentOn('search', daysAgo) + 0.2 * spentOn('tv', daysAgo)
    const revenue = Math.round(100 * usual * (n === 0 && daysAgo <= openedDaysAgo ? 1.33 : 1)) / 100
    return {type: 'track', event: 'Order Completed', messageId: `trade-${i}`, anonymousId: `50000000-0000-4000-8000-${String(buyer).padStart(12, '0')}`, timestamp: at(24 * daysAgo - 1 - n / 10),
      context: {...consent, place: shops[n]}, properties: {order_id: `d-${i}`, revenue, currency: 'EUR', place: shops[n]}}
  })
}

// Somebody who wants to be known by those who serve: what the club's source keeps is for personal service.
async function joinsTheClub(server, post) {
  const {write_key: key} = await server.api('POST', 'sources', {id: 'club', name: 'Club', channel: 'store', currency: 'EUR', purpose: 'personalisation', basis: 'consent'})
  const context = {consent: {categoryPreferences: {Analytics: true, Functional: true}}, loyalty_card: 'CAM8', place: 'lyon'}
  await post(key, [
    {type: 'identify', userId: 'user-8', context, timestamp: at(20), traits: {firstName: 'Camille', lastName: 'Martin', loyalty_card: 'CAM8', coat_size: '38'}},
    {type: 'identify', userId: 'user-8', context: {...context, loyalty_card: cardLikeAPhone}, timestamp: at(20)},
    {type: 'track', event: 'Order Completed', userId: 'user-8', context, timestamp: at(19), properties: {order_id: 'club-1', revenue: 90, currency: 'EUR', products: [product(1)]}},
  ])
}

// Somebody who calls and asks for what is hers; she looked at nothing, so that no figure of the others moves.
const calls = () => ['identify', 'track'].map((type) => ({type, userId: 'user-77', event: type === 'track' ? 'Order Completed' : undefined, timestamp: at(22),
  ...(type === 'track' ? {properties: {order_id: 'w-77', revenue: 77, currency: 'EUR'}} : {traits: {email: 'nora@courriel.example', firstName: 'Nora', city: 'Lyon', loyalty_card: 'CAM77'}})}))

// Two who came years ago and never again: one is kept no longer, the other not for long.
const outstayed = () => [1_100, 1_080].map((daysAgo, i) => ({type: 'track', event: 'Store Visited', messageId: `long-ago-${i}`, userId: `gone-${i}`, context: consent, timestamp: at(24 * daysAgo)}))

// Markup in whatever those who work there write: offers, words, requests, boards, corrections, notes, promises,
// accounts and tokens.
export async function fillByStaff(server, profile) {
  const name = canary.slice(0, 90), both = {en: canary, fr: canary}
  const offer = {id: 'markup', purpose: 'measurement', title: {en: name, fr: name}, benefit: {en: name, fr: name}, code: name, from: '2026-01-01T00:00:00Z', to: '2036-12-31T00:00:00Z', on_taking_back: 'kept',
    asks: [{name: 'size', type: 'choice', required: true, label: {en: name, fr: name}, choices: [{value: name, label: {en: name, fr: name}}]}]}
  const {token} = await server.api('POST', 'tokens', {name, role: 'admin'})
  await server.api('POST', 'accounts', {name, role: 'marketer', password: 'corail velours minuit'})
  await server.api('POST', 'purposes/measurement/wordings', {texts: both})
  await server.api('POST', 'offers', offer)
  await server.api('POST', 'rights/requests', {kind: 'access', profile})
  await server.api('POST', `profiles/${profile}/corrections`, {trait: 'city', value: canary, reason: canary})
  // Of somebody who agreed to be known at the counter.
  const known = await server.find('user_id', 'user-8')
  await server.api('POST', `profiles/${known}/notes`, {text: canary})
  await server.api('POST', 'tasks', {profile, what: canary, store: name})
  const {id} = await server.api('POST', 'boards', {name, shared: ['marketer'], tiles: [{title: name, question: {purpose: 'measurement', who: `any("${name.replaceAll('"', '\\"')}")`, metric: {of: 'count(*)', by: 'channel'}}, x: 0, y: 0, w: 6, h: 6}]})
  return {token, known, board: id}
}

export async function fill(server) {
  const key = await server.source('shop', 'web')
  const till = await server.source('tills', 'store')
  const post = async (writeKey, batch) => {
    const numbered = batch.map((e, i) => ({messageId: `${writeKey}-${e.anonymousId ?? 'till'}-${i}`, context: consent, ...e}))
    const reply = await fetch(`${server.url}/v1/batch`, {
      method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`}, body: JSON.stringify({batch: numbered}),
    })
    assert.equal(reply.status, 200)
  }
  for (let i = 0; i < kPeople; ++i) await post(key, journey(i))
  await post(key, attacker())
  await post(key, calls())
  await post(key, customerFile())
  await post(key, [{type: 'page', anonymousId: '20000000-0000-4000-8000-000000000000', name: 'Accueil', context: {}}])
  await post(till, [0, 4, 8].map((i) => ({type: 'track', event: 'Order Completed', timestamp: at(20), context: {...consent, loyalty_card: `CAM${i}`, place: 'lyon'},
    properties: {order_id: `t-${i}`, revenue: 30, currency: 'EUR', products: [product(i % 5)]}})))
  await joinsTheClub(server, post)
  const sold = [...outstayed(), ...trade()]
  for (let from = 0; from < sold.length; from += 200) {
    const reply = await fetch(`${server.url}/v1/import`, {method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${till}:`).toString('base64')}`}, body: JSON.stringify({batch: sold.slice(from, from + 200)})})
    assert.equal(reply.status, 200)
  }
  await server.api('POST', 'sources', {name: canary.slice(0, 90), channel: 'web'})
  await server.api('POST', 'audiences', {name: canary.slice(0, 90), rule: 'any(Product Viewed)', purpose: 'measurement'})
  await server.api('POST', 'audiences', {name: 'Bought once', rule: 'any(Order Completed)', purpose: 'measurement'})
  await server.settledStats((s) => s.events.stored > 60 + sold.length)
}
