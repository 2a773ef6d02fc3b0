// What holds on every page: both languages and themes, a tablet, the role's refusals, markup that stays text.
import assert from 'node:assert/strict'
import {person, Reader} from './browser.mjs'
import {canary, fillByStaff} from './shop.mjs'

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

// What the server says itself, in French: why a rule stops, what is refused, what would follow, what stays.
export async function hearsTheServerInFrench(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token, locale: 'fr-FR'})
  const {page} = self
  const write = async (rule) => { await self.go('/audiences'); await self.go(`/audiences/new?rule=${encodeURIComponent(rule)}`) }
  await write('count(Product Viewed) > "x"')
  await self.sees('Ligne 1, caractère 23 : un nombre de fois se compare à un simple nombre.')
  await write('count(Product Viewed')
  await self.sees('on attend')
  await page.locator('.verdict .pill, .verdict .chip').first().waitFor()
  await self.picture('rule-fr')
  await write('in audience "nobody made it"')
  await self.sees('Son nom s’écrit comme dans la liste des audiences.')
  await write('any(Product Viewed)')
  await page.getByLabel('Nom').fill('Stream')
  await page.getByRole('button', {name: 'Enregistrer cette audience'}).click()
  await self.sees('L’identifiant « stream » est un mot de l’API.')
  await self.go(`/measure/metric?q=${encodeURIComponent(JSON.stringify({kind: 'metric', args: {of: 'trait(city)'}}))}`)
  await self.sees('« trait(city) » n’est pas un chiffre.')
  await self.go('/measure/share')
  await page.getByRole('button', {name: 'En tableau'}).click()
  await page.locator('th', {hasText: 'montant moyen'}).waitFor()
  await self.go('/sources')
  await page.locator('tbody button').first().click()
  await page.getByRole('button', {name: 'Désactiver'}).click()
  await self.sees('Sa clé d’écriture cesse aussitôt de fonctionner')
  await self.go('/sources/quarantine')
  await page.locator('tbody button').first().click()
  await self.sees('Un événement de type track doit avoir un nom.')
  await self.picture('quarantine-fr')
  await self.go(`/people/${await server.find('user_id', 'user-12')}`)
  await page.getByText('Pourquoi ?').first().click()
  await page.locator('.clauses .met').first().waitFor()
  await self.picture('why-fr')
  await page.getByRole('button', {name: 'Effacer'}).click()
  await self.sees('faits sans nom')
  await self.accessible('what is kept, French')
  await self.close('the server in French')
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

// What staff write is read by their colleagues, and on /me by customers.
export async function showsWhatStaffWriteAsText(browser, server) {
  const profile = await server.find('email', 'attacker@courriel.example')
  const {token, known, board} = await fillByStaff(server, profile)
  const self = await Reader.open(browser, server, {token})
  const {page} = self
  const isText = async (place) => assert.equal(await page.locator('img[src="x"]').count(), 0, place)
  await self.go('/people')
  await page.evaluate((id) => localStorage.setItem('filrouge.board', id), board)
  for (const [place, seen] of [[`/people/${profile}`, 'onerror=alert(1)'], [`/people/${known}`, 'onerror=alert(1)'], ['/audiences/offers', 'onerror=alert(1)'], ['/measure', 'onerror=alert(1)'], ['/trust', 'onerror=alert(1)'], ['/trust/requests', 'Due'],
    ['/trust/audit', 'onerror=alert(1)'], ['/sources/access', 'onerror=alert(1)'], ['/staff', 'onerror=alert(1)']]) {
    await self.go(place)
    await self.settled()
    await page.getByText(seen).first().waitFor({state: 'attached'})
    await isText(place)
  }
  await self.close('what staff write')
  const {path} = await server.api('POST', 'me/links', {profile})
  const customer = await browser.newContext({baseURL: server.url})
  const own = await customer.newPage()
  await own.goto(server.url + path)
  await own.getByRole('button', {name: 'See my data'}).click()
  for (const place of ['/me', '/me/looked', '/me?lang=fr']) {
    await own.goto(server.url + place)
    assert.equal(await own.locator('img[src="x"], script').count(), 0, place)
  }
  assert.ok((await own.goto(`${server.url}/me?lang=en`).then((reply) => reply.text())).includes('&lt;img src=x onerror=alert(1)&gt;'), 'it was there to be shown')
  await customer.close()
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
