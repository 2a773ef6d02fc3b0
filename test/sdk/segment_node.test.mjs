// @segment/analytics-node, unchanged, against a server that is killed in the middle.
import {Analytics} from '@segment/analytics-node'
import {setTimeout as sleep} from 'node:timers/promises'
import {theServer} from './lib/the_server.mjs'
import * as s from './lib/story.mjs'

const agreed = {consent: {categoryPreferences: {Analytics: true}}}

await s.story('segment_node', theServer(), async (server) => {
  const writeKey = await server.source('sdk-segment-node', 'server')
  const analytics = new Analytics({writeKey, host: server.url, flushAt: 7, flushInterval: 100, maxRetries: 10})
  let kept = 0, refused = 0
  const who = (i) => ({anonymousId: s.anonymousId(i)})

  for (let i = 0; i < s.kPeople; ++i) {
    analytics.track({...who(i), event: 'Segment Consent Preference Updated', context: agreed})
    ++kept
  }
  await analytics.flush()

  let down = null
  for (let view = 0; view < s.kViews; ++view) {
    if (view === 2) down = server.killAndRestart()  // and the visitors go on looking
    for (let i = 0; i < s.kPeople; ++i) {
      analytics.track({...who(i), event: 'Product Viewed', properties: s.product(i, view)})
      ++kept
    }
    for (let i = 0; i < s.kStrangers; ++i) {
      analytics.track({anonymousId: s.strangerId(i), event: 'Product Viewed', properties: s.product(i, view)})
      ++refused
    }
    await sleep(30)
  }
  await down
  for (let i = 0; i < s.kPeople; ++i) {
    analytics.page({...who(i), name: 'Accueil'})
    analytics.screen({...who(i), name: 'Accueil'})
    kept += 2
    if (!s.signsIn(i)) continue
    const user = {...who(i), userId: s.userId(i)}
    analytics.identify({...user, traits: {email: s.email(i), city: 'Lyon'}})
    analytics.group({...user, groupId: 'club', traits: {name: 'Club Camélia'}})
    analytics.alias({userId: s.userId(i), previousId: s.anonymousId(i)})
    kept += 3
  }
  await Promise.all([analytics.closeAndFlush({timeout: 60_000}), server.killAndRestart()])
  await s.checkStory(server, {kept, refused})
})
