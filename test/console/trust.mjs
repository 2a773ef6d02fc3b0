// What whoever answers for people's data does.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {person, Reader} from './browser.mjs'
import {canary} from './shop.mjs'

export async function givesAccess(self) {
  const {page} = self
  await self.go('/sources/access')
  await page.getByLabel('Name').fill('Dashboards')
  await page.getByRole('button', {name: 'Make a token'}).click()
  await self.sees('Shown once')
  await self.accessible('access')
}

// The words of a purpose get a version, and are shown again as they stood; a request is written down and
// moved; both chains are verified; who looked at whom is found and exported.
export async function keepsTrust(self) {
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
  await self.sees('One line is no address')
  await self.picture('suppressions')
  await self.accessible('suppressions')
}

export async function findsWhoLooked(self, server) {
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
  // By whom: a name, its id under the pointer; a name that is typed finds its entries.
  const [entry] = (await server.api('GET', 'audit?limit=1')).entries
  const {name} = (await server.api('GET', 'actors')).actors.find(({id}) => id === entry.actor)
  await page.locator(`td .actor[title="${entry.actor}"]`, {hasText: name}).first().waitFor()
  await page.getByRole('combobox', {name: 'By'}).fill(name.toUpperCase())
  await page.keyboard.press('Escape')
  await page.getByRole('button', {name: 'Search'}).last().click()
  await page.locator('td .actor', {hasText: name}).first().waitFor()
  await page.getByRole('combobox', {name: 'By'}).fill('')
  await page.keyboard.press('Escape')
  const looked = await server.find('user_id', 'user-16')
  for (let times = 0; times < 60; times += 20) await Promise.all(Array.from({length: 20}, () => server.api('GET', `profiles/${looked}/corrections`)))
  while ((await server.api('GET', `audit?profile=${looked}&limit=1`)).found < 60) await page.waitForTimeout(50)  // an entry is written a moment after its answer
  await page.getByLabel('Whose record').fill(looked)
  await page.getByRole('button', {name: 'Search'}).last().click()
  await self.sees('people in them: 1')
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50)
  await page.getByRole('button', {name: 'Older'}).click()
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length >= 60)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: 'Export CSV'}).click()])
  assert.equal(file.suggestedFilename(), 'audit.csv')
  assert.match(readFileSync(await file.path(), 'utf8'), /at,actor,name,role,route,profile,status\r\n/)
}

export async function tellsPairsApart(self) {
  const {page} = self
  await self.go('/trust/matching')
  await page.getByRole('button', {name: 'What would be found'}).click()
  await self.sees('people compared')
  await page.getByLabel('Purpose', {exact: true}).selectOption('personalisation')
  await page.getByRole('button', {name: 'Lay the pairs here'}).waitFor({state: 'detached'})  // that trial was of another purpose
  await page.getByLabel('Purpose', {exact: true}).selectOption('measurement')
  await page.getByRole('button', {name: 'What would be found'}).click()
  await page.getByRole('button', {name: 'Lay the pairs here'}).click()
  await page.locator('.pair').first().waitFor()
  await self.picture('matching')
  await self.accessible('matching')
  const before = await page.locator('.pair').count()
  await page.getByRole('button', {name: 'Two people'}).first().click()
  await page.waitForFunction((n) => document.querySelectorAll('.pair').length === n - 1, before)
}

async function makesATokenOfTheirOwn(self) {
  const {page} = self
  await page.locator('.who').click()
  await self.sees('No token yet')
  await page.getByLabel('Name').fill(`Report ${canary}`.slice(0, 60))
  await page.getByRole('button', {name: 'Make a token'}).click()
  await self.sees('Shown once')
  const token = await page.locator('pre.code').innerText()
  await page.locator('.sessions li', {hasText: 'Camille'}).waitFor()
  await page.locator('td', {hasText: 'Report'}).waitFor()
  await self.picture('account')
  await self.accessible('account')
  const asks = () => fetch(`${self.server.url}/api/v1/session`, {headers: {authorization: `Bearer ${token}`}})
  assert.equal((await (await asks()).json()).role, 'analyst')
  await page.getByRole('button', {name: 'Revoke'}).click()
  await page.getByRole('button', {name: 'Revoke now'}).click()
  await self.sees('No token yet')
  assert.equal((await asks()).status, 401, 'revoked it opens nothing')
}

// Who knows the present password gives another, and stays signed in; the former opens nothing.
async function changesTheirPassword(self, server) {
  const {page} = self
  const form = page.locator('form', {has: page.getByRole('button', {name: 'Change the password'})})
  const [present, wanted] = [form.locator('input[type=password]').first(), form.locator('input[type=password]').last()]
  await present.fill('corail velours midi')
  await wanted.fill('ocre lin matin')
  await form.getByRole('button', {name: 'Change the password'}).click()
  await self.sees('This is not the present password.')
  self.wrong = self.wrong.filter((text) => !text.includes('status of 422'))  // it was asked for
  await present.fill('corail velours minuit')
  await form.getByRole('button', {name: 'Change the password'}).click()
  await self.sees('The password is changed.')
  await self.accessible('password')
  await page.reload()
  await page.locator('.who', {hasText: 'Camille · Analyst'}).waitFor()
  const signIn = (password) => fetch(`${server.url}/api/v1/session`, {method: 'POST', body: JSON.stringify({name: 'camille', password})})
  assert.equal((await signIn('corail velours minuit')).status, 401)
  assert.equal((await signIn('ocre lin matin')).status, 200)
}

// A sign-out that the server did not take is said to be none: the cookie is out of the page's reach.
async function failsToSignOut(self) {
  const {page} = self
  await page.evaluate(() => { window.same = true })
  await page.route(/api.v1.session$/, (route) => (route.request().method() === 'DELETE' ? route.fulfill({status: 503, json: {code: 'server.starting', message: 'The server is starting.'}}) : route.fallback()))
  await page.locator('.side').getByRole('button', {name: 'Sign out'}).click()
  await page.getByRole('alert').getByText('you are still signed in').waitFor()
  assert.ok(await page.evaluate(() => window.same), 'the page stays')
  await page.unroute(/api.v1.session$/)
  self.wrong = self.wrong.filter((text) => !text.includes('status of 503'))  // it was asked for
}

// An account of its own: signs in, sees what its role opens, signs out, and is out.
export async function opensAnAccount(self, browser, server) {
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
  await makesATokenOfTheirOwn(other)
  await changesTheirPassword(other, server)
  const [cookie] = await other.context.cookies()
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax' && !(await other.page.evaluate(() => document.cookie)))
  await failsToSignOut(other)
  await other.page.evaluate(() => sessionStorage.setItem('filrouge.seen', JSON.stringify(['0'.repeat(32)])))
  await other.page.locator('.side').getByRole('button', {name: 'Sign out'}).click()
  await other.page.getByRole('button', {name: 'Use a token instead'}).waitFor()
  assert.equal(await other.page.evaluate(() => sessionStorage.length), 0, 'whom they looked at is gone from the tab')
  const reply = await fetch(`${server.url}/api/v1/session`, {headers: {cookie: `${cookie.name}=${cookie.value}`}})
  assert.equal(reply.status, 401, 'the session is over on the server, too')
  await other.close('account')
}

// Evidence withdrawn makes two persons of one; put back, it is one again.
export async function separatesAndPutsBack(self, server) {
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

// What stands open about one person passes to nobody else, wherever the browser goes back to.
async function keepsPeopleApart(self, id, other) {
  const {page} = self
  const shows = (person) => page.locator(`h1 code[title="${person}"]`).waitFor()
  await self.go(`/people/${other}`)
  await shows(other)
  await page.getByRole('button', {name: 'Erase'}).waitFor()
  await self.go(`/people/${id}`)
  await shows(id)
  await page.getByRole('button', {name: 'Link to their own page'}).click()
  await self.sees('/me/sign-in?link=')
  await page.getByRole('button', {name: 'Erase'}).click()
  await self.sees('unreadable for ever')
  await page.goBack()
  await shows(other)
  assert.equal(await page.locator('dialog[open]').count(), 0, 'the dialog of somebody else')
  assert.equal(await page.getByText('/me/sign-in?link=').count(), 0, 'the link of somebody else')
}

// Nor does what stands open about an audience.
async function keepsAudiencesApart(self, server) {
  const {page} = self
  const [one, other] = (await server.api('GET', 'audiences')).audiences
  for (const {id, name} of [other, one]) {
    await self.go(`/audiences/${id}`)
    await page.getByRole('heading', {level: 1, name}).waitFor()
  }
  await page.getByRole('button', {name: 'Delete', exact: true}).click()
  await page.locator('dialog[open] li').first().waitFor()
  await page.goBack()
  await page.getByRole('heading', {level: 1, name: other.name}).waitFor()
  assert.equal(await page.locator('dialog[open]').count(), 0, 'the removal of another audience')
}

export async function erases(self, server) {
  const {page} = self
  const id = await server.find('user_id', 'user-20')
  await keepsPeopleApart(self, id, await server.find('user_id', 'user-12'))
  await keepsAudiencesApart(self, server)
  await self.go(`/people/${id}`)
  await page.getByRole('button', {name: 'Erase'}).click()
  await self.sees('unreadable for ever')
  await self.picture('erase')
  await page.getByRole('button', {name: 'Erase for ever'}).click()
  await self.sees('Nobody is known by that id')
  await assert.rejects(server.find('user_id', 'user-20'), /404/)
}

// Who is kept no longer is seen before anybody goes; then they are gone.
export async function sweeps(browser, server) {
  const {token} = await server.api('POST', 'tokens', {name: 'sweeps', role: 'privacy'})
  const self = await Reader.open(browser, server, {token})
  const {page} = self
  const gone = await server.find('user_id', 'gone-0')
  await self.go('/trust/retention')
  await page.locator('tr', {hasText: gone.slice(0, 8)}).locator('.pill', {hasText: 'due'}).waitFor()
  await page.locator('tbody tr').nth(1).waitFor()
  await self.picture('retention')
  await self.accessible('retention')
  await page.getByLabel('How far ahead').selectOption('Only who is due')
  await page.locator('tbody tr').nth(1).waitFor({state: 'hidden'})
  await page.getByRole('button', {name: 'Erase who is due'}).click()
  await self.sees('One person becomes unreadable for ever')
  await self.accessible('before a sweep')
  await page.getByRole('button', {name: 'Erase for ever'}).click()
  await self.sees('1 erased, 0 left')
  await self.sees('Nobody goes in this time')
  await assert.rejects(server.find('user_id', 'gone-0'), /404/)
  await server.find('user_id', 'gone-1')
  await self.close('a sweep')
}
