// Two brands: an account of one of them is made by the form, sees its own, and is told of the rest why it is not
// shown; nothing that its pages ask is refused.
import assert from 'node:assert/strict'
import {Reader} from './browser.mjs'

const kPassword = 'corail velours minuit'

async function fill(server) {
  for (const brand of ['coats', 'hats']) {
    const {write_key: key} = await server.api('POST', 'sources', {id: brand, name: brand, channel: 'web', currency: 'EUR', purpose: 'measurement', basis: 'consent', brand})
    const batch = ['ada', 'zoe', brand].map((userId) => ({type: 'track', event: 'Product Viewed', userId, messageId: `${brand}-${userId}`,
      context: {consent: {categoryPreferences: {measurement: true}}, ...(userId === 'ada' && {loyalty_card: 'ADA4'})}}))
    const reply = await fetch(`${server.url}/v1/batch`, {method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`}, body: JSON.stringify({batch})})
    assert.equal(reply.status, 200)
    await server.api('POST', 'audiences', {name: `Looked at ${brand}`, purpose: 'measurement', rule: 'any(Product Viewed)', brand})
  }
}

async function makesTheAccount(self) {
  const {page} = self
  await self.go('/sources/accounts')
  await page.getByLabel('Name').fill('Camille')
  await page.getByLabel('Role').selectOption('marketer')
  await self.sees('None ticked: all brands')
  await page.getByLabel('Hats').check()
  await self.sees('Sees Hats and nothing else')
  await page.locator('input[type=password]').fill(kPassword)
  await page.getByRole('button', {name: 'Make the account'}).click()
  await page.locator('tr', {hasText: 'Camille'}).locator('.pill', {hasText: 'Hats'}).waitFor()
  await self.picture('account-of-a-brand')
  await self.accessible('an account of a brand')
  await self.go('/sources/access')
  await page.getByLabel('Name').fill('Hats’ own')
  await page.getByLabel('Hats').check()
  await page.getByRole('button', {name: 'Make a token'}).click()
  await page.locator('tr', {hasText: 'Hats’ own'}).locator('.pill', {hasText: 'Hats'}).waitFor()
}

async function signedIn(browser, server) {
  const self = await Reader.open(browser, server)
  await self.page.goto(server.url)
  await self.page.getByLabel('Name').fill('Camille')
  await self.page.locator('input[type=password]').fill(kPassword)
  await self.page.keyboard.press('Enter')
  await self.page.locator('.who', {hasText: 'Camille'}).waitFor()
  return self
}

// Who serves reads no figures, and is told the brands all the same: without one nobody is found and no yes taken.
async function servesEveryBrand(browser, server) {
  const {token} = await server.api('POST', 'tokens', {name: 'the counter of both', role: 'staff'})
  const self = await Reader.open(browser, server, {token})
  const {page} = self
  await self.go('/staff')
  await page.getByLabel('Brand').selectOption('hats')
  await page.getByLabel('Card, e-mail or phone').fill('ADA4')
  await page.keyboard.press('Enter')
  await self.sees('No consent for personal service')
  await page.getByRole('button', {name: 'The customer wants to be known'}).click()
  await page.getByRole('button', {name: 'The customer agrees'}).click()
  await page.locator('.hello', {hasText: 'A customer without a name'}).waitFor()
  await self.go('/people')
  await page.getByLabel('Known by').fill('ada')
  await page.keyboard.press('Enter')
  await page.waitForURL(/people\/[0-9a-f]{32}/)
  await self.close('who serves every brand')
}

const placesOf = ({page}) => page.locator('.side nav a').allTextContents()

export async function keepsToABrand(browser, server) {
  await fill(server)
  await servesEveryBrand(browser, server)
  const admin = await Reader.open(browser, server, {token: server.token})
  await makesTheAccount(admin)
  const self = await signedIn(browser, server)
  const {page} = self
  assert.deepEqual(await placesOf(self), ['People', 'Audiences', 'Measure', 'Trust'])
  const refused = []
  page.on('response', (reply) => { if (reply.status() === 403) refused.push(reply.url()) })
  await self.go('/audiences')
  await self.sees('Looked at hats')
  assert.equal(await page.getByText('Looked at coats').count(), 0)
  await page.getByRole('link', {name: 'Looked at hats'}).click()
  await page.locator('.members li').nth(2).waitFor()
  await self.go('/audiences/new?rule=any(Product Viewed)')
  await page.waitForFunction(() => document.querySelector('.counted b')?.textContent === '3')
  for (const place of ['/measure', '/measure/funnel', '/trust', '/people', '/account', '/now', '/trust/audit', '/measure/lookalike']) {
    await self.go(place)
    await self.settled()
  }
  assert.deepEqual(refused, [], 'no page asks for what is refused')
  await self.go('/now')
  await self.sees('Kept for the whole shop')
  await self.sees('Your account is for hats')
  await self.picture('whole-shop')
  await self.accessible('kept for the whole shop')
  await self.go('/measure')
  await page.getByRole('heading', {name: 'Trends', level: 1}).waitFor()
  assert.equal(await page.getByRole('link', {name: 'Board'}).count(), 0)
  const {token} = await server.api('POST', 'tokens', {name: 'answers for hats', role: 'admin', brands: ['hats']})
  await admin.becomes(token)
  await admin.go('/trust/audit')
  await admin.sees('Kept for the whole shop')
  assert.deepEqual(await placesOf(admin), ['People', 'Counter', 'Audiences', 'Measure', 'Trust', 'Sources'])
  await admin.close('who limits')
  await self.close('who is limited')
}
