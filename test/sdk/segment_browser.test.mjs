// @segment/analytics-next, unchanged, in Chromium: boots from our settings file, passes our CORS,
// and brings every event through a kill of the server.
import assert from 'node:assert/strict'
import {browse} from './lib/browser.mjs'
import {theServer} from './lib/the_server.mjs'
import * as s from './lib/story.mjs'

const sdk = '@segment/analytics-next/dist/umd/index.js'

async function load({url, writeKey, anonymousId}) {
  const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(
    {writeKey, cdnURL: url}, {retryQueue: true})
  analytics.setAnonymousId(anonymousId)
  window.analytics = analytics
}
const agree = () => window.analytics.track('Segment Consent Preference Updated', {},
  {context: {consent: {categoryPreferences: {Analytics: true}}}})
const look = (products) => { for (const p of products) window.analytics.track('Product Viewed', p) }
async function signIn({userId, email}) {
  await window.analytics.identify(userId, {email, city: 'Lyon'})
  await window.analytics.group('club', {name: 'Club Camélia'})
  await window.analytics.alias(userId)
}
const views = (from, to) => Array.from({length: to - from}, (_, n) => s.product(n, from + n))

await s.story('segment_browser', theServer(), (server) => browse(sdk, async (visitor) => {
  const writeKey = await server.source('sdk-segment-browser', 'web')
  let kept = 0, refused = 0
  const open = async (anonymousId) => {
    const one = await visitor()
    await one.page.evaluate(load, {url: server.url, writeKey, anonymousId})
    return one
  }
  const people = []
  for (let i = 0; i < s.kPeople; ++i) {
    const one = await open(s.anonymousId(i))
    people.push(one)
    await one.page.evaluate(agree)
    await one.page.evaluate(look, views(0, 3))
    await one.page.evaluate(() => window.analytics.page('Accueil'))
    kept += 1 + 3 + 1
  }
  const stranger = await open(s.strangerId(0))
  await stranger.page.evaluate(look, views(0, 4))
  refused += 4
  const before = await server.settledStats((t) => t.events.stored === kept)
  assert.equal(before.events.stored, process.env.FILROUGE_RECORDER ? 0 : kept, 'all is there before the kill')

  const down = server.killAndRestart()
  for (const one of people) await one.page.evaluate(look, views(3, s.kViews))
  kept += people.length * (s.kViews - 3)
  await down
  for (let i = 0; i < s.kPeople; ++i) {
    if (!s.signsIn(i)) continue
    await people[i].page.evaluate(signIn, {userId: s.userId(i), email: s.email(i)})
    kept += 3
  }
  // Its retries wait up to some seconds.
  for (let i = 0; i < 60; ++i) {
    const stats = await server.settledStats((t) => t.events.stored >= kept)
    if (stats.events.stored >= kept || process.env.FILROUGE_RECORDER) break
  }
  await s.checkStory(server, {kept, refused})
  const cors = people.flatMap((one) => one.errors).filter((text) => /CORS/.test(text))
  assert.deepEqual(cors, [], 'no request was stopped by CORS')
}))
