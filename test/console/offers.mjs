// What a marketer does who wants to be told more: makes an offer, sees it as the customer does, sees who took
// it, makes a changed one in its place.
import assert from 'node:assert/strict'
import {Reader} from './browser.mjs'
import {canary} from './shop.mjs'

async function makesAnOffer(self) {
  const {page} = self
  await self.go('/audiences/offers')
  await self.sees('No offer yet')
  await self.accessible('no offer')
  await page.getByRole('button', {name: 'New offer'}).click()
  for (const [label, text] of [['Title, English', 'Your wardrobe'], ['Title, French', 'Votre garde-robe'], ['What is given, English', `Free alterations ${canary}`], ['What is given, French', 'Retouches offertes'], ['Code it is redeemed by', 'HEM-26'],
    ['Asked as, English', 'Shirt size'], ['Asked as, French', 'Taille de chemise'], ['Choices', `S; Small; Petit\nM; Medium ${canary}; Moyen`]]) await page.getByLabel(label).fill(text)
  await page.getByLabel('For which purpose').selectOption('profiling')
  await page.getByRole('radio', {name: 'ends'}).check()
  await page.getByRole('button', {name: 'Add a line'}).click()
  const plan = page.locator('fieldset.line').nth(1)
  await plan.getByLabel('Asked as, English').fill('I am looking for')
  await plan.getByLabel('Asked as, French').fill('Je cherche')
  await plan.getByLabel('Answer').selectOption('plan')
  await page.locator('.meoffer q', {hasText: 'You may learn what I like'}).waitFor()
  await self.picture('offer-new', true)
  await self.accessible('a new offer')
  await page.getByRole('button', {name: 'Make the offer'}).click()
  await page.locator('.card', {hasText: 'Your wardrobe'}).locator('.pill', {hasText: 'open'}).waitFor()
}

const words = (text) => text.replace(/\s+/g, ' ').trim()

// The preview repeats the customer's page: both say the same, in both languages.
async function seesWhatTheCustomerSees(self, browser, server) {
  const {page} = self
  await page.getByRole('button', {name: 'What the customer sees'}).click()
  const previewed = {}
  for (const [language, name] of [['en', 'English'], ['fr', 'Français']]) {
    await page.locator('main').getByRole('button', {name}).click()
    await page.locator(`.meoffer[lang=${language}] q`, {hasText: language === 'en' ? 'You may' : 'Vous pouvez'}).waitFor()
    previewed[language] = words(await page.locator('.meoffer').innerText())
  }
  await self.picture('offer-preview')
  const {path} = await server.api('POST', 'me/links', {profile: await server.find('user_id', 'user-16')})
  const customer = await Reader.open(browser, server, {viewport: {width: 390, height: 844}})
  await customer.page.goto(server.url + path)
  await customer.page.getByRole('button', {name: 'See my data'}).click()
  for (const language of ['en', 'fr']) {
    await customer.page.goto(`${server.url}/me?lang=${language}`)
    assert.equal(previewed[language], words(await customer.page.locator('.offer').innerText()), `the preview says what /me says, ${language}`)
  }
  await customer.page.goto(`${server.url}/me?lang=en`)
  await customer.page.getByLabel('Shirt size').selectOption('M')
  await customer.page.getByRole('button', {name: 'Tell, and get it'}).click()
  await customer.sees('HEM-26')
  await customer.close('a customer who takes an offer')
}

async function changesIt(self, server) {
  const {page} = self
  await page.reload()
  await page.locator('.taken', {hasText: '1 benefits given'}).waitFor()
  await self.picture('offers')
  await self.accessible('offers')
  await page.getByRole('button', {name: 'Change', exact: true}).click()
  await page.getByLabel('What is given, English').fill('Free alterations for two years')
  await page.getByRole('checkbox', {name: 'End “your-wardrobe”'}).waitFor()
  await page.getByRole('button', {name: 'Make the offer'}).click()
  await page.locator('.card .pill', {hasText: 'ended'}).waitFor()
  const {offers} = await server.api('GET', 'offers')
  assert.deepEqual(Object.fromEntries(offers.map(({id, open, benefits}) => [id, [open, benefits]])), {'your-wardrobe': [false, 1], 'your-wardrobe-2': [true, 0]})
  await page.getByRole('link', {name: 'These people: Shirt size'}).first().click()
  await page.locator('.counted b', {hasText: /^1$/}).waitFor()
  await self.go('/audiences/offers')
  await page.getByRole('button', {name: 'End it'}).click()
  await self.sees('Nobody takes it from now on')
  await page.getByRole('dialog').getByRole('button', {name: 'End it'}).click()
  await page.getByRole('dialog').waitFor({state: 'hidden'})
  await page.getByRole('button', {name: 'End it'}).waitFor({state: 'hidden'})
}

export async function offerTasks(browser, server, task) {
  await server.api('POST', 'purposes/profiling/wordings', {texts: {en: 'You may learn what I like.', fr: 'Vous pouvez apprendre ce que j’aime.'}})
  const {token} = await server.api('POST', 'tokens', {name: 'makes offers', role: 'marketer'})
  const self = await Reader.open(browser, server, {token})
  await task('offers: makes one', () => makesAnOffer(self))
  await task('offers: sees what the customer sees', () => seesWhatTheCustomerSees(self, browser, server))
  await task('offers: changes it, ends it', () => changesIt(self, server))
  await self.close('offers')
}
