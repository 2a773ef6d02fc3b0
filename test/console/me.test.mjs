// Five tasks of a customer at /me, in Chromium, on a phone: signs in by a
// link, switches a use off, has something corrected, takes an offer and takes it back, downloads
// everything and is forgotten. Then both languages and themes on a desktop. axe on each page.
import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {readFile} from 'node:fs/promises'
import {Filrouge, launch, Reader, story} from './begin.mjs'

const phone = {width: 390, height: 844}
const canary = '"><img src=x onerror=alert(1)>'
const began = Date.now()
const task = async (name, run) => {
  await run()
  console.log(`${String(((Date.now() - began) / 1000).toFixed(1)).padStart(6)} s  ${name}`)
}

const offer = {
  id: 'wardrobe', purpose: 'measurement',
  title: {en: 'Your wardrobe', fr: 'Votre garde-robe'},
  benefit: {en: 'Free alterations for a year', fr: 'Retouches offertes pendant un an'},
  code: 'HEM-26', from: '2026-01-01T00:00:00Z', to: '2036-12-31T00:00:00Z', on_taking_back: 'taken_back',
  asks: [
    {name: 'shirt_size', type: 'choice', required: true, label: {en: 'Shirt size', fr: 'Taille de chemise'}, choices: [{value: 'S'}, {value: 'M'}, {value: 'L'}]},
    {name: 'tastes', type: 'choices', label: {en: 'What you like to wear', fr: 'Ce que vous aimez porter'},
      choices: [['wool', 'Wool', 'Laine'], ['silk', 'Silk', 'Soie'], ['denim', 'Denim', 'Jean'], ['linen', 'Linen', 'Lin']].map(([value, en, fr]) => ({value, label: {en, fr}}))},
    {name: 'plan', type: 'plan', label: {en: 'I am looking for', fr: 'Je cherche'}},
  ],
}

async function fill(server) {
  const key = await server.source('shop', 'web')
  const till = await server.source('till', 'store')
  const send = async (writeKey, batch) => {
    const context = {consent: {categoryPreferences: {Analytics: true}}}
    const reply = await fetch(`${server.url}/v1/batch`, {
      method: 'POST', headers: {authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`},
      body: JSON.stringify({batch: batch.map((e, i) => ({messageId: `${writeKey}-${i}`, context, ...e}))}),
    })
    assert.equal(reply.status, 200)
  }
  const userId = 'camille-77'
  const product = {product_id: 'p-1', name: 'Manteau long', category: 'Manteaux', price: 189, currency: 'EUR'}
  await send(key, [
    {type: 'identify', userId, anonymousId: '10000000-0000-4000-8000-000000000001', traits: {email: 'camille@courriel.example', firstName: 'Camille', city: 'Lyon', nickname: canary, lastName: canary, birthday: canary, address: {street: canary}, [canary]: canary, loyalty_card: 'CAM-4711'}},
    {type: 'track', userId, event: 'Product Viewed', properties: product},
    {type: 'track', userId, event: 'Order Completed', properties: {order_id: 'w-1', revenue: 189, currency: 'EUR', products: [product]}},
  ])
  await send(till, [{type: 'track', userId, event: 'Store Visited', properties: {place: 'lyon'}}])
  await server.api('POST', 'audiences', {name: 'Coat lovers', rule: 'any(Product Viewed where category = "Manteaux") and count(Order Completed) >= 1', purpose: 'measurement'})
  await server.api('POST', 'purposes/measurement/wordings', {texts: {
    en: 'You may count my visits and use what I tell you to serve me better.', fr: 'Vous pouvez compter mes visites et utiliser ce que je vous dis pour mieux me servir.',
  }})
  await server.api('POST', 'offers', offer)
  await server.settledStats((s) => s.events.stored >= 4)
  return await server.find('user_id', userId)
}

const link = async (server, profile) => (await server.api('POST', 'me/links', {profile})).path

async function signsIn(self, server, profile) {
  const {page} = self
  const path = await link(server, profile)
  await page.goto(server.url + path)
  await self.accessible('sign-in')
  await self.picture('me-sign-in')
  await page.getByRole('button', {name: 'See my data'}).click()
  await self.sees('Who we think you are')
  await self.sees('camille@courriel.example')
  await self.sees('Coat lovers')
  await page.goto(server.url + path)
  await self.sees('You are not signed in')
  await page.goto(`${server.url}/me`)
  assert.equal(await page.locator('img[src="x"]').count(), 0, 'markup stays text')
  assert.equal(await page.locator('script').count(), 0, 'it works without scripts, since it has none')
  await self.accessible('me')
  await self.picture('me-phone', true)
}

async function switchesAUseOff(self, server) {
  const {page} = self
  const use = page.getByRole('switch', {name: 'measurement'})
  assert.equal(await use.getAttribute('aria-checked'), 'true')
  await use.click()
  await self.sees('Done, and in force now')
  assert.equal(await use.getAttribute('aria-checked'), 'false')
  assert.equal(await server.count('any(*)'), 0, 'nobody is read for it')
  await page.locator('.purpose', {has: use}).getByText('What you said, and when').click()
  await self.sees('to version 1')
  await use.click()
  assert.equal(await use.getAttribute('aria-checked'), 'true')
}

async function hasSomethingCorrected(self, server) {
  const {page} = self
  const city = page.locator('.facts > div', {hasText: 'City'})
  await city.getByText('Put right').click()
  await city.getByLabel('What is right').fill('Lille')
  await city.getByRole('button', {name: 'Correct: city'}).click()
  await self.sees('put right by you')
  assert.equal(await server.count('trait(city) = "Lille"'), 1, 'it holds in every rule')
  await page.getByRole('switch', {name: 'Pause everything'}).click()
  await self.sees('Done, and in force now')
  assert.equal(await server.count('any(*)'), 0, 'nothing is done with it')
  await page.getByRole('switch', {name: 'Pause everything'}).click()
  assert.equal(await server.count('any(*)'), 1)
  await page.getByRole('button', {name: 'One of these is not me'}).click()
  await self.sees('Your request is written down')
  await self.sees('due by')
  const open = (await server.api('GET', 'rights/requests?state=open')).requests
  assert.deepEqual(open.map((r) => r.kind), ['rectify'])
}

async function takesAnOfferAndTakesItBack(self, server, profile) {
  const {page} = self
  await page.getByLabel('Shirt size').selectOption('M')
  await page.getByLabel('Silk').check()
  await page.getByLabel('I am looking for').fill('a raincoat')
  await page.getByLabel('until', {exact: true}).fill('2027-03-01')
  await page.getByRole('button', {name: 'Tell, and get it'}).click()
  await self.sees('HEM-26')
  await self.sees('a raincoat, until 1 March 2027')
  assert.equal(await server.count('trait(shirt_size) = "M" and trait(tastes) = "silk" and trait(plan.what) exists'), 1)
  await self.accessible('an offer taken')
  await self.picture('me-offer', true)
  const [told] = (await server.api('GET', `profiles/${profile}/offers`)).offers
  assert.equal(told.benefits[0].state, 'kept')
  assert.equal(JSON.stringify(told).includes('raincoat'), false, 'staff see lines, not answers')
  await page.getByRole('button', {name: 'Take back: Shirt size'}).click()
  await page.locator('.benefit.ended').waitFor()
  assert.equal(await server.count('trait(shirt_size) exists'), 0)
}

async function seesWhoLooked(self, server, profile) {
  await server.api('GET', `profiles/${profile}/thread?purpose=measurement`)
  await self.page.waitForTimeout(300)
  await self.page.getByRole('link', {name: 'See who looked'}).click()
  await self.sees('read your history')
  await self.accessible('who looked')
  await self.picture('me-looked')
  await self.page.getByRole('link', {name: 'Back to your data'}).click()
}

async function downloadsAndIsForgotten(self, server) {
  const {page} = self
  const saved = page.waitForEvent('download')
  await page.getByRole('link', {name: 'For machines'}).click()
  const everything = await readFile(await (await saved).path(), 'utf8')
  assert.ok(JSON.parse(everything).events.length >= 4)
  assert.ok(everything.includes('raincoat') && !everything.includes('"shirt_size":["M"]'))
  await page.getByRole('checkbox', {name: 'Erase everything you know about me'}).check()
  await page.getByRole('button', {name: 'Erase everything'}).click()
  await self.sees('You are forgotten')
  await self.accessible('forgotten')
  await assert.rejects(server.find('user_id', 'camille-77'), /404/)
}

async function readsInFrenchInTheDark(browser, server, profile) {
  const self = await Reader.open(browser, server, {locale: 'fr-FR', colorScheme: 'dark'})
  await self.page.goto(server.url + await link(server, profile))
  await self.page.getByRole('button', {name: 'Voir mes données'}).click()
  await self.sees('Votre identité, selon nous')
  await self.accessible('in the dark')
  await self.picture('me-dark', true)
  await self.page.getByRole('link', {name: 'English'}).click()
  await self.sees('Who we think you are')
  await self.page.getByRole('button', {name: 'Sign out'}).click()
  await self.sees('You are not signed in')
  await self.close('French, in the dark')
}

await story('me', Filrouge, async (server) => {
  const profile = await fill(server)
  const browser = await launch()
  try {
    const self = await Reader.open(browser, server, {viewport: phone})
    self.page.setDefaultTimeout(10_000)
    await task('signs in by a link', () => signsIn(self, server, profile))
    await task('switches a use off', () => switchesAUseOff(self, server))
    await task('has something corrected', () => hasSomethingCorrected(self, server))
    await task('takes an offer, takes it back', () => takesAnOfferAndTakesItBack(self, server, profile))
    await task('sees who looked', () => seesWhoLooked(self, server, profile))
    await task('French, in the dark, on a desktop', () => readsInFrenchInTheDark(browser, server, profile))
    await task('downloads everything, is forgotten', () => downloadsAndIsForgotten(self, server))
    await self.close('the tasks')
  } finally {
    await browser.close()
  }
})
