// What holds on every page: both languages and themes, a tablet, the role's refusals, markup that stays text.
import assert from 'node:assert/strict'
import {person, Reader} from './browser.mjs'
import {canary} from './shop.mjs'

export async function speaksFrenchInTheDark(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token, locale: 'fr-FR', colorScheme: 'dark'})
  for (const [place, text, name] of [['/now', 'Chaque contact', 'now'], [`/people/${await person(server)}`, 'Le fil', 'person'], ['/audiences', 'Recouvrement', 'audiences'],
    ['/measure', 'Entonnoir', 'board'], ['/sources', 'Nouvelle source', 'sources'], ['/trust', 'Finalités', 'trust'], ['/trust/requests', 'Noter une demande', 'requests'], ['/trust/audit', 'Qui a regardé qui', 'audit'], ['/trust/retention', 'Prochaines échéances', 'retention'], ['/audiences/offers', 'Nouvelle offre', 'offers'], ['/measure/value', 'Attendu de chacun', 'value'], ['/audiences/new', 'En formulaire', 'builder'], ['/staff', 'Promis aux clients', 'staff']]) {
    await self.go(place)
    if (name !== 'audiences') await self.sees(text)
    await self.settled()
    await self.picture(`${name}-fr-dark`)
    await self.accessible(`${name}, French, dark`)
  }
  assert.equal(await self.page.evaluate(() => document.documentElement.lang), 'fr')
  await self.page.getByRole('button', {name: 'English'}).click()
  await self.sees('Promised to customers')
  await self.close('French and dark')
}

async function fits(self, kind, places) {
  for (const place of places) {
    await self.go(place)
    await self.settled()
    assert.ok(await self.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${place}: no page is wider than a ${kind}`)
    await self.picture(`${kind}${place.replace(/[0-9a-f]{32}/, 'one').replaceAll('/', '-')}`)
  }
  const hidden = await self.page.locator('.side nav a, .side button').evaluateAll((all) => all.filter((each) => { const box = each.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth || box.height < 44 }).map((each) => each.textContent))
  assert.deepEqual(hidden, [], `${kind}: every place is in sight and as high as a finger`)
}

export async function fitsATablet(browser, server) {
  const whole = ['/now', `/people/${await person(server)}`, '/audiences', '/audiences/new', '/audiences/offers', '/measure', '/measure/funnel', '/trust', '/trust/audit', '/trust/matching', '/trust/retention', '/sources', '/staff']
  const self = await Reader.open(browser, server, {token: server.token, viewport: {width: 820, height: 1100}})
  await fits(self, 'tablet', whole)
  await self.close('tablet')
  const other = await Reader.open(browser, server, {token: server.token, locale: 'fr-FR', viewport: {width: 390, height: 844}})
  await fits(other, 'telephone', [...whole, '/sources/events', '/trust/requests', '/measure/rfm'])
  await other.accessible('telephone, French')
  await other.close('telephone')
}

const kRoles = {staff: 'Store staff', call_centre: 'Call centre', analyst: 'Analyst', marketer: 'Marketer', privacy: 'Privacy officer'}

// Whom the role does not let in sees no link to a page, and nothing on it.
export async function refusesByRole(browser, server) {
  const opens = {
    staff: ['Now', 'People', 'Counter'], call_centre: ['People', 'Counter'], analyst: ['Audiences', 'Measure', 'Trust', 'Sources'],
    marketer: ['Now', 'People', 'Audiences', 'Measure', 'Trust', 'Sources'], privacy: ['Now', 'People', 'Audiences', 'Measure', 'Trust', 'Sources'],
  }
  const places = {Now: '/now', People: '/people', Audiences: '/audiences', Measure: '/measure', Trust: '/trust'}
  const self = await Reader.open(browser, server, {token: server.token})
  await self.go('/people')
  for (const [role, seen] of Object.entries(opens)) {
    const {token} = await server.api('POST', 'tokens', {name: role, role})
    await self.becomes(token)
    await self.go('/people')
    await self.page.locator('.who', {hasText: kRoles[role]}).waitFor()
    assert.deepEqual(await self.page.locator('.side nav a').allTextContents(), seen, role)
    for (const [name, place] of Object.entries(places)) {
      if (seen.includes(name)) continue
      await self.go(place)
      await self.sees('Your role does not open this part')
    }
    // What a role may see replaces the refusal that stood before it.
    await self.go(places[seen[0]])
    await self.page.getByText('Your role does not open this part').first().waitFor({state: 'hidden'})
    await self.go('/sources/access')
    await self.sees('Your role does not open this part')
  }
  await self.close('each role')
}

export async function showsMarkupAsText(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token})
  const {page} = self
  const attacker = await server.find('email', 'attacker@courriel.example')
  await self.go(`/people/${attacker}`)
  await self.sees('onerror=alert(1)')
  for (const summary of await page.locator('.knot summary').all()) await summary.click()
  await self.picture('markup')
  for (const place of ['/now', '/audiences', '/measure', '/measure/rising', '/measure/metric', '/sources', '/sources/events', '/sources/quarantine', '/trust', '/trust/audit', '/trust/identity', '/trust/requests', '/trust/retention', '/audiences/offers', '/account', '/staff', '/measure/clusters', '/measure/share',
    `/measure/metric?q=${encodeURIComponent(JSON.stringify({kind: 'metric', args: {of: 'count(*)', by: 'event'}}))}`,
    `/measure/flows?q=${encodeURIComponent(JSON.stringify({kind: 'flows', args: {start: canary, of: 'event'}}))}`,
    `/audiences/new?rule=${encodeURIComponent(`any("${canary.replaceAll('"', '\\"')}")`)}`]) {
    await self.go(place)
    await self.settled()
  }
  await self.go('/sources/events')
  await page.locator('summary', {hasText: 'onerror'}).first().click()
  await self.go('/sources/quarantine')
  await page.locator('tbody button').last().click()
  assert.equal(await page.locator('img[src="x"]').count(), 0)
  await self.close('markup')
}

// From the first byte asked for to the page's heading, with nothing of it in the cache.
export async function tellsHowSoon(browser, server) {
  const soon = []
  const self = await Reader.open(browser, server, {token: server.token})
  const devtools = await self.context.newCDPSession(self.page)
  await devtools.send('Network.setCacheDisabled', {cacheDisabled: true})
  for (const place of ['/now', '/people', '/staff', '/audiences', '/audiences/new', '/measure', '/trust', '/sources']) {
    await self.page.goto('about:blank')
    await self.go(place)
    soon.push(`${place} ${Math.round(await self.page.evaluate(() => performance.now()))}`)
  }
  await self.close('how soon')
  console.log(`usable after, in ms: ${soon.join(', ')}`)
}
