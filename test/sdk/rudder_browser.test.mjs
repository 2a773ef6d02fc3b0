// @rudderstack/analytics-js, unchanged, in Chromium: boots from our source configuration and brings
// every event through a kill of the server.
import assert from 'node:assert/strict'
import {browse} from './lib/browser.mjs'
import {theServer} from './lib/the_server.mjs'
import * as s from './lib/story.mjs'

const sdk = '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js'

function load({url, writeKey, anonymousId, agreed}) {
  const {RudderAnalytics} = window.rudderanalytics ?? window.RudderAnalytics ?? window
  const analytics = new RudderAnalytics()
  window.analytics = analytics
  return new Promise((resolve) => {
    analytics.load(writeKey, url, {
      configUrl: url,
      onLoaded: () => resolve(true),
      queueOptions: {minRetryDelay: 200, maxRetryDelay: 2_000, maxAttempts: 20},
      ...(agreed && {
        consentManagement: {
          enabled: true, provider: 'custom', allowedConsentIds: ['measurement'], deniedConsentIds: [],
        },
      }),
    })
    analytics.setAnonymousId(anonymousId)
  })
}
const look = (products) => { for (const p of products) window.analytics.track('Product Viewed', p) }
function signIn({userId, email}) {
  window.analytics.identify(userId, {email, city: 'Lyon'})
  window.analytics.group('club', {name: 'Club Camélia'})
  window.analytics.alias(userId)
}
const views = (from, to) => Array.from({length: to - from}, (_, n) => s.product(n, from + n))

await s.story('rudder_browser', theServer(), (server) => browse(sdk, async (visitor) => {
  const writeKey = await server.source('sdk-rudder-browser', 'web')
  let kept = 0, refused = 0
  const open = async (anonymousId, agreed) => {
    const one = await visitor()
    await one.page.evaluate(load, {url: server.url, writeKey, anonymousId, agreed})
    return one
  }
  const people = []
  for (let i = 0; i < s.kPeople; ++i) {
    const one = await open(s.anonymousId(i), true)
    people.push(one)
    await one.page.evaluate(look, views(0, 3))
    await one.page.evaluate(() => window.analytics.page('Boutique', 'Accueil'))
    kept += 3 + 1
  }
  const stranger = await open(s.strangerId(0), false)
  await stranger.page.evaluate(look, views(0, 4))
  refused += 4
  await server.settledStats((t) => t.events.stored === kept)

  const down = server.killAndRestart()
  for (const one of people) await one.page.evaluate(look, views(3, s.kViews))
  kept += people.length * (s.kViews - 3)
  await down
  for (let i = 0; i < s.kPeople; ++i) {
    if (!s.signsIn(i)) continue
    await people[i].page.evaluate(signIn, {userId: s.userId(i), email: s.email(i)})
    kept += 3
  }
  for (let i = 0; i < 60; ++i) {
    const stats = await server.settledStats((t) => t.events.stored >= kept)
    if (stats.events.stored >= kept || process.env.FILROUGE_RECORDER) break
  }
  await s.checkStory(server, {kept, refused})
  const cors = people.flatMap((one) => one.errors).filter((text) => /CORS/.test(text))
  assert.deepEqual(cors, [], 'no request was stopped by CORS')
}))
