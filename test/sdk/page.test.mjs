// The built-in page in Chromium, by keyboard and by mouse, under its own strict policy.
import assert from 'node:assert/strict'
import {browse} from './lib/browser.mjs'
import * as s from './lib/story.mjs'
import {theServer} from './lib/the_server.mjs'

const consent = {consent: {categoryPreferences: {Analytics: true}}}

async function fillServer(server) {
  const key = await server.source('shop', 'web')
  const till = await server.source('tills', 'store')
  const post = (writeKey, batch) => fetch(`${server.url}/v1/batch`, {
    method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`},
    body: JSON.stringify({batch: batch.map((e, i) => ({messageId: `${writeKey}-${e.anonymousId ?? 'x'}-${i}`, ...e}))}),
  }).then((r) => assert.equal(r.status, 200))
  const anonymousId = s.anonymousId(1)
  await post(key, [
    {type: 'track', anonymousId, event: 'Segment Consent Preference Updated', context: consent},
    {type: 'track', anonymousId, event: 'Product Viewed', properties: s.product(1, 1)},
    {type: 'identify', anonymousId, userId: 'camille', traits: {email: 'camille@courriel.example', firstName: '<b>Camille</b>', loyalty_card: 'CAM1'}},
    {type: 'page', anonymousId: s.strangerId(1), name: 'Accueil'},
    {type: 'track', anonymousId, properties: {}},
  ])
  await post(till, [{type: 'track', event: 'Order Completed', context: {loyalty_card: 'CAM1', place: 'lyon'},
    properties: {order_id: '1', currency: 'EUR', products: [s.product(1, 1)]}}])
}

// In the page's own language, since that is what a person reads.
const visible = (page, text) => page.getByText(text, {exact: false}).first().waitFor({timeout: 10_000})

async function signIn(page, server) {
  await page.goto(server.url)
  await page.getByLabel('Token').fill('wrong')
  await page.keyboard.press('Enter')
  await visible(page, 'not known here')
  await page.getByLabel('Token').fill(server.token)
  await page.keyboard.press('Enter')
  await visible(page, 'Every contact, as it happens')
}

async function live(page) {
  await page.getByText('does not allow what the source collects for').waitFor()
  await page.getByText('Decided by: the purpose of the source').waitFor()
  const figure = page.locator('.figure', {hasText: 'people'}).locator('strong')
  await page.waitForFunction((node) => node.textContent === '1', await figure.elementHandle())
}

async function rule(page) {
  await page.getByRole('link', {name: 'Audiences'}).click()
  const box = page.getByLabel('Rule')
  await box.fill('count(Product Viewed) >')
  await visible(page, 'expected')
  await visible(page, 'What may stand here')
  await box.fill('any(Product Viewed) and any(Order Completed where channel = store)')
  await visible(page, 'people match')
  assert.equal(await page.locator('.count strong').textContent(), '1')
  await page.getByLabel('Name').fill('Web to store')
  await page.keyboard.press('Enter')
  await visible(page, 'is kept current')
  await page.locator('.audience', {hasText: 'Web to store'}).click()
  await page.getByText('Why?').first().click()
  await page.locator('.clauses .met').first().waitFor()
}

async function person(page) {
  await page.getByRole('link', {name: 'One person'}).click()
  await page.getByLabel('Value').fill('nobody@courriel.example')
  await page.keyboard.press('Enter')
  await visible(page, 'Nobody is known by that')
  await page.getByLabel('Value').fill('camille@courriel.example')
  await page.keyboard.press('Enter')
  await visible(page, 'The thread')
  await page.locator('.knot', {hasText: 'Order Completed'}).waitFor()
  await visible(page, '<b>Camille</b>')  // as text
  await page.locator('.evidence li').first().waitFor()
  await page.getByLabel('Seen for').selectOption('marketing.email')
  await visible(page, 'does not allow that purpose')
}

await s.story('page', theServer(), (server) => browse('@segment/analytics-next/dist/umd/index.js', async (visitor) => {
  await fillServer(server)
  const {page, errors} = await visitor()
  await signIn(page, server)
  await live(page)
  await rule(page)
  await person(page)
  await page.getByRole('link', {name: 'Sources'}).click()
  await visible(page, 'collect.no_event_name')
  await page.getByRole('button', {name: 'Français'}).click()
  await visible(page, 'Finalités')
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr')
  const bad = errors.filter((text) => !/401|404/.test(text))
  assert.deepEqual(bad, [], 'no script failed and the policy stopped nothing')
}))
