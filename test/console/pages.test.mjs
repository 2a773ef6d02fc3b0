// The tasks of a marketer and an analyst, in Chromium, on the real server; each role's refusals; markup in
// every field; both languages and themes; axe on each page. Pictures go to $SHOTS.
import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const sdk = fileURLToPath(new URL('../sdk', import.meta.url))
if (!existsSync(join(sdk, 'node_modules'))) {
  console.log('skipped: the packages of test/sdk are not installed')
  process.exit(77)
}
const {needChromium} = await import('../sdk/lib/the_server.mjs')
needChromium()
const {story} = await import('../sdk/lib/story.mjs')
const {Filrouge} = await import('../sdk/lib/server.mjs')
const {launch, Reader} = await import('./browser.mjs')
const {canary, costs, fill, openedDaysAgo} = await import('./shop.mjs')

const kinds = ['metric', 'funnel', 'flows', 'retention', 'attribution', 'share', 'rfm', 'value', 'rising', 'forecast', 'niche', 'clusters', 'lookalike', 'effect', 'mix']
const person = async (server) => (await server.api('POST', 'profiles/find', {type: 'user_id', value: 'user-4'})).id
const began = Date.now()
const task = async (name, run) => {
  await run()
  console.log(`${String(((Date.now() - began) / 1000).toFixed(1)).padStart(6)} s  ${name}`)
}

async function signsIn(browser, server) {
  const reader = await Reader.open(browser, server)
  const {page} = reader
  await page.goto(server.url)
  await page.getByLabel('Name').fill('nobody')
  await page.locator('input[type=password]').fill('nobody knows this')
  await page.keyboard.press('Enter')
  await reader.sees('not known here')
  await reader.accessible('sign-in')
  await page.getByRole('button', {name: 'Use a token instead'}).click()
  await page.getByLabel('Token').fill('wrong')
  await page.keyboard.press('Enter')
  await reader.sees('not known here')
  await page.getByLabel('Token').fill(server.token)
  await page.keyboard.press('Enter')
  await reader.sees('Every contact, as it happens')
  await reader.sees('does not allow')
  await reader.picture('now')
  await reader.accessible('now')
  return reader
}

async function goesByKeys(self) {
  const {page} = self
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', {name: 'Commands'}).fill('funnel')
  await page.keyboard.press('Enter')
  await self.sees('Who gets through the steps')
  await page.locator('#main').focus()
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await self.sees('Find somebody')
}

async function findsAPerson(self) {
  const {page} = self
  await page.getByLabel('Known by').fill('nobody@courriel.example')
  await page.keyboard.press('Enter')
  await self.sees('Nobody is known by that')
  await page.getByLabel('Known by').fill('person.4@courriel.example')
  await page.keyboard.press('Enter')
  await self.sees('The thread')
  await page.locator('.knot', {hasText: 'Order Completed'}).first().waitFor()
  await page.locator('.knot', {hasText: 'Order Completed'}).first().locator('summary').click()
  await page.locator('.knot details[open] dt', {hasText: 'Record'}).first().waitFor()
  await page.getByText('Why?').first().click()
  await page.locator('.clauses .met').first().waitFor()
  await self.picture('person')
  await self.accessible('person')
}

async function makesAnAudience(self) {
  const {page} = self
  await self.go('/audiences/new')
  const rule = page.getByLabel('Rule', {exact: true})
  await rule.click()
  await page.keyboard.type('count(Product Viewed) >')
  await self.sees('expected')
  await page.keyboard.press('Escape')
  await page.keyboard.type(' 1 ')
  await page.locator('.counted b', {hasText: /^\d/}).waitFor()
  await page.waitForFunction(() => document.querySelector('.counted b').textContent === '24')
  await self.picture('builder')
  await self.accessible('builder')
  await page.getByLabel('Name').fill('Looked twice')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', {name: 'Looked twice'}).waitFor()
  await page.locator('.members li').first().waitFor()
  await self.accessible('audience')
  await self.go('/audiences')
  await page.getByLabel('Compare Looked twice').check()
  await page.getByLabel('Compare Bought once').check()
  await page.locator('.upset tbody tr').first().waitFor()
  await self.picture('audiences')
  await self.accessible('audiences')
}

// The form and the text are one rule: each follows the other, and a text that says more than the form is kept.
async function buildsByForm(self) {
  const {page} = self
  const rule = page.getByLabel('Rule', {exact: true})
  const reads = (text) => page.waitForFunction((wanted) => document.querySelector('.rule-editor').shadowRoot.querySelector('.cm-content').innerText.trim() === wanted, text)
  await self.go('/audiences/new')
  await rule.waitFor()
  await page.getByRole('button', {name: 'Begin with a clause'}).click()
  await self.sees('not filled in yet')
  await page.getByRole('combobox', {name: 'Event of clause 1'}).fill('Product Viewed')
  await page.keyboard.press('Escape')
  await page.getByLabel('Kind of clause 1', {exact: true}).selectOption('count')
  await reads('count(Product Viewed, last 90 days) >= 2')
  await page.getByRole('button', {name: 'Add a condition'}).click()
  await page.getByRole('combobox', {name: 'Property 1 of clause 1'}).fill('channel')
  await page.getByLabel('Condition 1: Value of clause 1').fill('web')
  await page.getByRole('button', {name: 'Add a clause'}).click()
  await page.getByLabel('Kind of clause 2', {exact: true}).selectOption('consent')
  await page.getByLabel('Purpose of clause 2').selectOption('measurement')
  await page.getByLabel('Clause 2 holds or not').selectOption('not')
  await reads('count(Product Viewed where channel = web, last 90 days) >= 2 and not consent(measurement)')
  await page.getByLabel('Clause 2 holds or not').selectOption('')
  await page.locator('.counted b', {hasText: /^[1-9]/}).waitFor()
  await self.picture('form')
  await self.accessible('form')
  await page.getByRole('button', {name: 'Product Added then not Order Completed within 2 hours'}).click()
  await page.getByRole('combobox', {name: 'Second event of clause 1'}).waitFor()
  assert.equal(await page.getByRole('combobox', {name: 'Second event of clause 1'}).inputValue(), 'Order Completed')
  await rule.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('avg(Order Completed.revenue) > 10')
  await self.sees('more than a form can show')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('any(Order Completed)')
  await page.getByRole('combobox', {name: 'Event of clause 1'}).waitFor()
}

async function asksQuestions(self) {
  const {page} = self
  await self.go('/measure')
  await page.locator('.fig .funnel li').nth(2).waitFor()
  await self.settled()
  await self.picture('board')
  await self.accessible('board')
  for (const kind of kinds) {
    await self.go(`/measure/${kind}`)
    await page.locator('.fig').waitFor()
    await self.settled()
    await self.picture(`measure-${kind}`)
  }
  await self.accessible('niche')
  await self.go('/measure/funnel')
  await page.locator('.funnel b', {hasText: '25'}).first().waitFor()
  await page.getByRole('button', {name: 'What this is'}).click()
  await self.sees('"steps"')
  await page.keyboard.press('Escape')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Export CSV'}).click()])
  assert.equal(file.suggestedFilename(), 'funnel.csv')
  await page.getByRole('link', {name: 'These people'}).last().click()
  await self.sees('people match')
  await self.go('/measure/funnel')
  await page.locator('.funnel').waitFor()
  const [drawn] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Export PNG'}).click()])
  if (process.env.SHOTS) await drawn.saveAs(join(process.env.SHOTS, 'export-funnel.png'))
  await self.go('/measure/metric')
  await page.locator('.fig canvas').waitFor()
  const [image] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Export PNG'}).click()])
  assert.equal(image.suggestedFilename(), 'metric.png')
}

const asking = (kind, args, last) => `/measure/${kind}?q=${encodeURIComponent(JSON.stringify({kind, args, last}))}`

// What the money of a channel brought, what an opening brought, what buyers are worth from now on.
async function weighsWhatWasDone(self) {
  const {page} = self
  await self.go('/measure/mix')
  await self.sees('What was spent?')
  await page.getByLabel('Costs').fill(costs)
  await self.sees('200 rows; search, tv')
  await page.getByLabel('Each').selectOption('day')
  await page.getByRole('combobox', {name: 'The last'}).fill('100 days')
  await page.keyboard.press('Escape')
  await page.getByRole('button', {name: 'Ask'}).click()
  await page.locator('.fig td', {hasText: 'search'}).waitFor()
  await self.settled()
  await self.picture('mix')
  await self.accessible('mix')
  await self.go(asking('effect', {of: 'sum(Order Completed.revenue)', by: 'place', treated: ['lyon'], start: new Date(Date.now() - openedDaysAgo * 86_400_000).toISOString().slice(0, 10)}, '99 days'))
  await page.locator('.fig .facts dd', {hasText: '%'}).first().waitFor()
  await self.picture('effect')
  await self.accessible('effect')
  await self.go('/measure/value')
  await self.sees('Write as traits')
  await page.getByRole('button', {name: 'Write as traits'}).click()
  await page.getByRole('link', {name: /About to go/}).waitFor()
  await self.picture('value')
  await self.accessible('value')
  await self.go('/measure/lookalike')
  await self.settled()
  await self.picture('lookalike')
  await self.accessible('lookalike')
}

// The rule behind each row and each picture is one that the server understands.
async function opensThePeopleBehind(self, server) {
  const {page} = self
  const questions = [...kinds.filter((kind) => !['effect', 'mix'].includes(kind)).map((kind) => `/measure/${kind}`),
    ...['place', 'event', 'products.category'].map((by) => asking('metric', {of: 'sum(Order Completed.revenue)', by})), asking('share', {purchase: 'Order Completed', by: 'touched'})]
  const rules = new Set()
  for (const place of questions) {
    await self.go(place)
    await self.settled()
    await page.getByRole('button', {name: 'As a table'}).click()
    for (const link of await page.locator('.fig a[href*="audiences/new"]').all()) rules.add(new URL((await link.getAttribute('href')).slice(1), server.url).searchParams.get('rule'))
  }
  assert.ok(rules.size > 40, `${rules.size} rules`)
  for (const rule of rules) {
    const verdict = await server.api('POST', 'rules/check', {rule})
    assert.ok(verdict.valid, `${rule}: ${verdict.message}`)
  }
  await self.go('/measure/attribution')
  await self.settled()
  await page.getByRole('button', {name: 'As a table'}).click()
  await page.getByRole('link', {name: /^These people: .*web/}).first().click()
  await page.locator('.counted b', {hasText: /^\d/}).waitFor()
}

async function tendsSources(self) {
  const {page} = self
  await self.go('/sources')
  await page.getByRole('button', {name: 'Connect'}).first().click()
  await self.sees('AnalyticsBrowser')
  await page.getByRole('button', {name: 'Pixel'}).click()
  await self.sees('/pixel/v1/page')
  await page.keyboard.press('Escape')
  await self.picture('sources')
  await self.accessible('sources')
  await self.go('/sources/events')
  await page.locator('summary', {hasText: 'Product Viewed'}).click()
  await self.sees('product_id')
  await self.accessible('events')
  await self.go('/sources/quarantine')
  await page.locator('tbody button').first().click()
  const text = page.getByLabel('The event')
  await text.waitFor()
  const event = JSON.parse(await text.inputValue())
  await self.accessible('quarantine')
  await text.fill(JSON.stringify({...event, event: 'Mended'}))
  await page.getByRole('button', {name: 'Try again'}).click()
  await text.waitFor({state: 'hidden'})
  await self.picture('quarantine')
}

async function importsAFile(self) {
  const {page} = self
  await self.go('/sources/import')
  const rows = ['client;date;montant', ...Array.from({length: 50}, (_, i) => `user-${i};2026-0${1 + (i % 9)}-03;${10 + i},50`)]
  await page.locator('input[type=file]').setInputFiles({name: 'caisse.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n'))})
  await self.sees('50 rows')
  assert.equal(await page.getByLabel('Meaning of montant').inputValue(), 'revenue')
  await self.sees('"revenue": 10.5')
  await self.picture('import')
  await self.accessible('import')
  await page.getByRole('button', {name: 'Import 50 rows'}).click()
  await self.sees('50 of 50 rows sent')
}

async function givesAccess(self) {
  const {page} = self
  await self.go('/sources/access')
  await page.getByLabel('Name').fill('Dashboards')
  await page.getByRole('button', {name: 'Make a token'}).click()
  await self.sees('Shown once')
  await self.accessible('access')
}

// The words of a purpose get a version, and are shown again as they stood; a request is written down and
// moved; both chains are verified; who looked at whom is found and exported.
async function keepsTrust(self) {
  const {page} = self
  await self.go('/trust')
  await page.getByRole('button', {name: 'marketing.email'}).click()
  await page.getByRole('button', {name: 'New version'}).click()
  await page.getByLabel('Words, fr').fill('Oui, écrivez-moi.')
  await page.getByRole('button', {name: 'Put in force'}).click()
  await page.locator('.wording .pill', {hasText: 'in force'}).waitFor()
  await page.getByRole('button', {name: 'Show the words'}).click()
  await page.locator('.shown').waitFor()
  await self.settled()
  await self.picture('trust')
  await self.accessible('trust')

  await self.go('/trust/requests')
  await page.getByLabel('Who asks').fill('nobody@courriel.example')
  await page.getByRole('button', {name: 'Write it down'}).click()
  await self.sees('Nobody is known by that')
  await page.getByLabel('Who asks').fill('person.8@courriel.example')
  await page.getByLabel('Received').fill('2026-01-31T10:00')
  await page.getByRole('button', {name: 'Write it down'}).click()
  await page.locator('.pill', {hasText: 'overdue'}).waitFor()
  await self.picture('requests')
  await self.accessible('requests')
  await page.getByLabel('State of Access').selectOption('done')
  await page.locator('.pill', {hasText: 'overdue'}).waitFor({state: 'hidden'})

  await self.go('/trust/proofs')
  await page.getByRole('button', {name: 'Verify the consents'}).click()
  await page.getByRole('button', {name: 'Verify the audit'}).click()
  await page.locator('.pill.good', {hasText: 'whole'}).nth(1).waitFor()
  await self.picture('proofs')
  await self.accessible('proofs')

  await self.go('/trust/suppressions')
  await page.getByLabel('List').fill('bounce')
  await page.getByLabel('Addresses').fill('gone@shop.example\nno address')
  await page.getByRole('button', {name: 'Add 2'}).click()
  await self.sees('1 are no address')
  await self.picture('suppressions')
  await self.accessible('suppressions')
}

async function findsWhoLooked(self, server) {
  const {page} = self
  await self.go(`/people/${await person(server)}`)
  await self.sees('Consent receipts')
  const [receipt] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Signed copy'}).click()])
  assert.equal(receipt.suggestedFilename(), 'consent-receipt.json')
  await page.getByRole('button', {name: 'Link to their own page'}).click()
  await self.sees('/me/sign-in?link=')
  await self.go('/trust/audit')
  await page.getByLabel('Whose record').fill('person.4@courriel.example')
  await page.getByRole('button', {name: 'Search'}).last().click()
  await page.locator('td', {hasText: 'GET /api/v1/profiles/{id}'}).first().waitFor()
  await self.picture('audit')
  await self.accessible('audit')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Export CSV'}).click()])
  assert.equal(file.suggestedFilename(), 'audit.csv')
  assert.match(readFileSync(await file.path(), 'utf8'), /at,actor,role,route,profile,status\r\n/)
}

async function tellsPairsApart(self) {
  const {page} = self
  await self.go('/trust/matching')
  await page.getByRole('button', {name: 'What would be found'}).click()
  await self.sees('people compared')
  await page.getByRole('button', {name: 'Lay the pairs here'}).click()
  await page.locator('.pair').first().waitFor()
  await self.picture('matching')
  await self.accessible('matching')
  const before = await page.locator('.pair').count()
  await page.getByRole('button', {name: 'Two people'}).first().click()
  await page.waitForFunction((n) => document.querySelectorAll('.pair').length === n - 1, before)
}

// An account of its own: signs in, sees what its role opens, signs out, and is out.
async function opensAnAccount(self, browser, server) {
  const {page} = self
  await self.go('/sources/accounts')
  await page.getByLabel('Name').fill('Camille')
  await page.getByLabel('Role').selectOption('analyst')
  await page.locator('input[type=password]').fill('corail velours minuit')
  await page.getByRole('button', {name: 'Make the account'}).click()
  await page.locator('td', {hasText: 'Camille'}).waitFor()
  await self.picture('accounts')
  await self.accessible('accounts')
  const other = await Reader.open(browser, server)
  await other.page.goto(server.url)
  await other.page.getByLabel('Name').fill('camille')
  await other.page.locator('input[type=password]').fill('corail velours minuit')
  await other.page.keyboard.press('Enter')
  await other.page.locator('.who', {hasText: 'Camille · Analyst'}).waitFor()
  const [cookie] = await other.context.cookies()
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax' && !(await other.page.evaluate(() => document.cookie)))
  await other.page.getByRole('button', {name: 'Sign out'}).click()
  await other.page.locator('input[type=password]').waitFor()
  const reply = await fetch(`${server.url}/api/v1/session`, {headers: {cookie: `${cookie.name}=${cookie.value}`}})
  assert.equal(reply.status, 401, 'the session is over on the server, too')
  await other.close('account')
}

// Evidence withdrawn makes two persons of one; put back, it is one again.
async function separatesAndPutsBack(self, server) {
  const {page} = self
  await self.go(`/people/${await person(server)}`)
  await page.getByRole('button', {name: 'Separate'}).first().click()
  await self.sees('there are 2 persons')
  await page.getByLabel('Reason').fill('A borrowed phone')
  await page.getByRole('dialog').getByRole('button', {name: 'Separate'}).click()
  await page.locator('.evidence .pill', {hasText: 'withdrawn'}).first().waitFor()
  await self.picture('separated')
  await self.go('/trust/identity')
  await page.getByRole('button', {name: 'Put back'}).first().click()
  await self.sees('there is one person')
  await page.getByLabel('Reason').fill('It was hers after all')
  await page.getByRole('dialog').getByRole('button', {name: 'Put back'}).click()
  await page.locator('.pill', {hasText: 'put back'}).first().waitFor()
  await page.getByRole('button', {name: 'What would change'}).click()
  await self.sees('would be merged')
  await self.picture('decisions')
  await self.accessible('decisions')
}

async function erases(self, server) {
  const {page} = self
  const id = await server.find('user_id', 'user-20')
  await self.go(`/people/${id}`)
  await page.getByRole('button', {name: 'Erase'}).click()
  await self.sees('unreadable for ever')
  await self.picture('erase')
  await page.getByRole('button', {name: 'Erase for ever'}).click()
  await self.sees('Nobody is known by that id')
  await assert.rejects(server.find('user_id', 'user-20'), /404/)
}

async function speaksFrenchInTheDark(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token, locale: 'fr-FR', colorScheme: 'dark'})
  for (const [place, text, name] of [['/now', 'Chaque contact', 'now'], [`/people/${await person(server)}`, 'Le fil', 'person'], ['/audiences', 'Recouvrement', 'audiences'],
    ['/measure', 'Entonnoir', 'board'], ['/sources', 'Nouvelle source', 'sources'], ['/trust', 'Finalités', 'trust']]) {
    await self.go(place)
    if (name !== 'audiences') await self.sees(text)
    await self.settled()
    await self.picture(`${name}-fr-dark`)
    await self.accessible(`${name}, French, dark`)
  }
  assert.equal(await self.page.evaluate(() => document.documentElement.lang), 'fr')
  await self.page.getByRole('button', {name: 'English'}).click()
  await self.sees('Purposes')
  await self.close('French and dark')
}

async function fitsATablet(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token, viewport: {width: 820, height: 1100}})
  for (const place of ['/now', `/people/${await person(server)}`, '/audiences', '/measure/funnel']) {
    await self.go(place)
    await self.settled()
    assert.ok(await self.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${place}: no page is wider than a tablet`)
    await self.picture(`tablet-${place.split('/')[1]}`)
  }
  await self.close('tablet')
}

// Whom the role does not let in sees no link to a page, and nothing on it.
async function refusesByRole(browser, server) {
  const opens = {
    staff: ['Now', 'People'], analyst: ['Audiences', 'Measure', 'Trust', 'Sources'],
    marketer: ['Now', 'People', 'Audiences', 'Measure', 'Trust', 'Sources'], privacy: ['Now', 'People', 'Audiences', 'Measure', 'Trust', 'Sources'],
  }
  const places = {Now: '/now', People: '/people', Audiences: '/audiences', Measure: '/measure', Trust: '/trust'}
  for (const [role, seen] of Object.entries(opens)) {
    const {token} = await server.api('POST', 'tokens', {name: role, role})
    const self = await Reader.open(browser, server, {token})
    await self.go('/people')
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
    await self.close(role)
  }
}

async function showsMarkupAsText(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token})
  const {page} = self
  const attacker = await server.find('email', 'attacker@courriel.example')
  await self.go(`/people/${attacker}`)
  await self.sees('onerror=alert(1)')
  for (const summary of await page.locator('.knot summary').all()) await summary.click()
  await self.picture('markup')
  for (const place of ['/now', '/audiences', '/measure', '/measure/rising', '/measure/metric', '/sources', '/sources/events', '/sources/quarantine', '/trust', '/trust/audit', '/trust/identity',
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

await story('console', Filrouge, async (server) => {
  await fill(server)
  const browser = await launch()
  try {
    let self
    await task('signs in, sees what happens', async () => { self = await signsIn(browser, server) })
    await task('goes by keys', () => goesByKeys(self))
    await task('finds a person and asks why', () => findsAPerson(self))
    await task('makes an audience, compares two', () => makesAnAudience(self))
    await task('builds a rule by its form', () => buildsByForm(self))
    await task('asks every kind of question', () => asksQuestions(self))
    await task('weighs money, an opening, buyers', () => weighsWhatWasDone(self))
    await task('opens the people behind figures', () => opensThePeopleBehind(self, server))
    await task('connects a source, mends an event', () => tendsSources(self))
    await task('imports a file', () => importsAFile(self))
    await task('gives access', () => givesAccess(self))
    await task('keeps words, requests and proofs', () => keepsTrust(self))
    await task('finds who looked', () => findsWhoLooked(self, server))
    await task('tells pairs apart', () => tellsPairsApart(self))
    await task('opens an account', () => opensAnAccount(self, browser, server))
    await task('separates two, puts them back', () => separatesAndPutsBack(self, server))
    await task('erases somebody', () => erases(self, server))
    await self.close('the tasks')
    await task('French, in the dark', () => speaksFrenchInTheDark(browser, server))
    await task('a tablet', () => fitsATablet(browser, server))
    await task('each role sees its own', () => refusesByRole(browser, server))
    await task('markup stays text', () => showsMarkupAsText(browser, server))
  } finally {
    await browser.close()
  }
})
