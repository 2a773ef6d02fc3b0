// @rudderstack/rudder-sdk-node, unchanged (gzip on, form content type), with a server that is killed
// in the middle. It tries for about a second and a half, so the server has to be back by then.
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import {setTimeout as sleep} from 'node:timers/promises'
import {theServer} from './lib/the_server.mjs'
import * as s from './lib/story.mjs'

const context = {
  consentManagement: {allowedConsentIds: ['measurement'], deniedConsentIds: [], provider: 'custom'},
}

await s.story('rudder_node', theServer(), async (server) => {
  const writeKey = await server.source('sdk-rudder-node', 'server')
  const analytics = new RudderAnalytics(writeKey, {dataPlaneUrl: server.url, flushAt: 7, flushInterval: 100})
  let kept = 0, refused = 0
  const who = (i) => ({anonymousId: s.anonymousId(i), context})

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
    await sleep(100)
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
    analytics.alias({userId: s.userId(i), previousId: s.anonymousId(i), context})
    kept += 3
  }
  await analytics.flush()
  await sleep(500)
  await analytics.flush()
  await s.checkStory(server, {kept, refused})
})
