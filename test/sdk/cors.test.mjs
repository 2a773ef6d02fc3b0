// A page of another site may send events and nothing else: it reads no figures and no person.
import assert from 'node:assert/strict'
import {browse} from './lib/browser.mjs'
import {story} from './lib/story.mjs'
import {theServer} from './lib/the_server.mjs'

const event = (n, consent) => ({
  anonymousId: `visitor-${n}`, event: 'Product Viewed', messageId: `cors-${n}`,
  ...(consent && {context: {consent: {categoryPreferences: {Analytics: true}}}}),
})
const send = ({url, path, headers, body}) =>
  fetch(url + path, {method: 'POST', headers, body}).then((r) => r.status, (e) => String(e))
const read = ({url, token}) =>
  fetch(`${url}/api/v1/stats`, {headers: token ? {authorization: `Bearer ${token}`} : {}})
    .then((r) => r.status, (e) => String(e))
const beacon = ({url, body}) => navigator.sendBeacon(url, new Blob([body], {type: 'text/plain'}))
const pixel = (url) => new Promise((resolve) => {
  const image = new Image()
  image.onload = () => resolve('loaded')
  image.onerror = () => resolve('error')
  image.src = url
})

await story('cors', theServer(), (server) => browse('@segment/analytics-next/dist/umd/index.js', async (visitor) => {
  const key = await server.source('sdk-cors', 'web')
  const {page} = await visitor()
  const {url} = server
  const basic = {authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`}
  const one = JSON.stringify(event(1, true))
  assert.equal(await page.evaluate(send, {url, path: '/v1/track', headers: basic, body: one}), 200, 'after a preflight')
  const other = JSON.stringify({...event(2, true), writeKey: key})
  assert.equal(await page.evaluate(send, {url, path: '/v1/t', headers: {'content-type': 'text/plain'}, body: other}), 200, 'without one')
  const wrong = JSON.stringify({...event(3, true), writeKey: 'nobody'})
  assert.equal(await page.evaluate(send, {url, path: '/v1/t', headers: {}, body: wrong}), 401, 'the refusal can be read too')
  const batch = JSON.stringify({batch: [{type: 'track', ...event(4, true)}]})
  assert.equal(await page.evaluate(beacon, {url: `${url}/beacon/v1/batch?writeKey=${key}`, body: batch}), true)
  assert.equal(await page.evaluate(pixel, `${url}/pixel/v1/track?writeKey=${key}&anonymousId=visitor-5&event=Product%20Viewed`), 'loaded')
  for (const token of [null, server.token]) {
    assert.match(String(await page.evaluate(read, {url, token})), /TypeError/, 'figures are for our own page')
  }
  const stats = await server.settledStats((s) => s.events.stored === 3 && s.events.not_kept.no_consent === 1)
  assert.equal(stats.events.stored, 3)
  assert.equal(stats.events.not_kept.no_consent, 1, 'the pixel’s visitor was not asked')
}))
