// The tour as a newcomer takes it, in Chromium, on `filrouge demo --serve`: five steps that tick themselves; who
// refuses sends nothing; no page asks anybody but Filrouge. Pictures go to $SHOTS.
import assert from 'node:assert/strict'
import {launch, Reader, story} from '../console/begin.mjs'
import {Demo} from './demo.mjs'

const kTourMsMax = 30_000
// A headless browser says what it is, and would be counted as a robot.
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36'
const began = Date.now()
const said = (what) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`)

const visitor = (browser, demo, options) => Reader.open(browser, {url: demo.site}, {friends: [demo.url], userAgent, ...options})

// Follows a link that opens a window, and watches that one too.
async function opens(reader, link) {
  const [page] = await Promise.all([reader.context.waitForEvent('page'), link.click()])
  reader.watch(page)
  await page.waitForLoadState()
  return page
}
const ticked = (tour, step) => tour.locator(`#step-${step}.done`).waitFor({timeout: 15_000})
let looked = 0  // ms spent on pictures and axe, which no newcomer waits for
async function shows(reader, page, name) {
  const begun = Date.now()
  const own = reader.page
  reader.page = page
  await reader.picture(name)
  await reader.accessible(name)
  reader.page = own
  looked += Date.now() - begun
}

async function shopsAndChooses(reader, tour) {
  const shop = await opens(reader, tour.getByRole('link', {name: 'The shop'}))
  await shop.getByRole('button', {name: 'Accept all'}).waitFor()
  await shows(reader, shop, 'shop')
  await shop.getByRole('button', {name: 'Accept all'}).click()
  await shop.getByRole('link', {name: /Bellecour coat/}).click()
  await shop.getByRole('heading', {name: 'Bellecour coat'}).waitFor()
  await shows(reader, shop, 'product')
  await shop.getByRole('button', {name: 'Add to basket'}).click()
  await shop.getByRole('link', {name: 'Sign in and check out'}).click()
  await shop.getByLabel('E-mail address').fill('new.comer@courriel.example')
  await shop.getByLabel('First name').fill('Camille')
  await shop.getByLabel('Yes, write to me').check()
  await shows(reader, shop, 'sign-in')
  await shop.getByRole('button', {name: 'Continue'}).click()
  await shop.getByRole('button', {name: 'Pay'}).click()
  await shop.getByText('Thank you!').waitFor()
  await tour.bringToFront()
  await ticked(tour, 1)
  return shop
}

async function seesTheThread(reader, tour) {
  const thread = await opens(reader, tour.getByRole('link', {name: 'My thread'}))
  await thread.getByRole('button', {name: 'Sign in'}).click()  // the first time alone, as the next
  await thread.getByRole('link', {name: 'Open Filrouge'}).click()
  await thread.locator('.knot', {hasText: 'Order Completed'}).first().waitFor()
  await shows(reader, thread, 'thread')
  await tour.bringToFront()
  await ticked(tour, 2)
  return thread
}

async function paysAtTheTill(reader, tour) {
  const till = await opens(reader, tour.getByRole('link', {name: 'The till'}))
  await till.getByRole('button', {name: /Canut jumper/}).click()
  await till.getByRole('button', {name: 'Scan'}).click()
  await till.getByRole('button', {name: 'Ask'}).click()
  assert.equal(await till.getByLabel('E-mail for the receipt').inputValue(), 'new.comer@courriel.example')
  await shows(reader, till, 'till')
  await till.getByRole('button', {name: 'Take payment'}).click()
  await till.getByText('Paid.').waitFor()
  await tour.bringToFront()
  await ticked(tour, 3)
}

async function seesTwoBecomeOne(reader, tour, thread) {
  await ticked(tour, 4)
  await shows(reader, tour, 'tour')
  await thread.bringToFront()
  await thread.reload()
  await thread.locator('.knot', {hasText: 'Order Completed'}).nth(2).waitFor()
  await shows(reader, thread, 'one-person')
  await tour.bringToFront()
}

async function takesItAllBack(reader, tour) {
  const mine = await opens(reader, tour.getByRole('button', {name: 'My data'}))
  await mine.locator('form[action^="/me/sign-in"] button').click()
  await mine.locator('input[name=sure]').waitFor()
  await shows(reader, mine, 'me')
  await mine.locator('input[name=sure]').check()
  await mine.locator('form[action^="/me/erase"] button').click()
  await mine.locator('input[name=sure]').waitFor({state: 'detached'})
  await tour.bringToFront()
  await ticked(tour, 5)
}

async function takesTheTour(browser, demo) {
  const reader = await visitor(browser, demo, {locale: 'en-GB'})
  const tour = reader.page
  const start = Date.now()
  try {
    await fiveSteps(reader, tour, demo)
  } catch (error) {
    for (const [i, page] of reader.context.pages().entries()) await shows(reader, page, `stuck-${i}`).catch(() => {})
    throw error
  }
  const took = Date.now() - start - looked
  console.log(`the tour took ${took} ms, of at most ${kTourMsMax}`)
  assert.ok(took < kTourMsMax, `the tour took ${took} ms`)
  await reader.close('the tour')
}

async function fiveSteps(reader, tour, demo) {
  await tour.goto(demo.site)
  await tour.locator('#card', {hasText: /^CAM/}).waitFor()
  await shows(reader, tour, 'tour-begins')
  await shopsAndChooses(reader, tour)
  said('1 shops and chooses')
  const thread = await seesTheThread(reader, tour)
  said('2 sees the thread')
  await paysAtTheTill(reader, tour)
  said('3 pays at the till')
  await seesTwoBecomeOne(reader, tour, thread)
  said('4 sees two halves become one')
  await takesItAllBack(reader, tour)
  said('5 takes it all back')
}

// A refusal is an answer: the shop works, and nobody hears of it.
async function refusesAndShopsOn(browser, demo) {
  const reader = await visitor(browser, demo, {locale: 'fr-FR', colorScheme: 'dark'})
  const {page} = reader
  const told = []
  page.on('request', (request) => { if (request.method() === 'POST') told.push(request.url()) })
  await page.goto(`${demo.site}/shop`)
  await page.getByRole('button', {name: 'Tout refuser'}).waitFor()
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => !key.startsWith('camelia.'))), [])
  await page.getByRole('button', {name: 'Tout refuser'}).click()
  await page.getByRole('link', {name: /Robe Guignol/}).click()
  await page.getByRole('button', {name: 'Ajouter au panier'}).click()
  await page.getByText('Votre panier').waitFor()
  await shows(reader, page, 'basket-fr-dark')
  assert.deepEqual(told, [], 'nothing is told of who refuses')
  assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.getItem('ajs_anonymous_id')]), ['', null])
  await page.goto(`${demo.site}/kiosk`)
  await page.getByRole('button', {name: /Cabas Célestins/}).click()
  await page.getByText('Scannez votre carte').waitFor()
  await shows(reader, page, 'kiosk-fr-dark')
  assert.deepEqual(told, [], 'a kiosk without a card tells of nobody')
  await page.goto(demo.site)
  await page.getByRole('heading', {name: 'Un fil rouge, cinq étapes'}).waitFor()
  await shows(reader, page, 'tour-fr-dark')
  await reader.close('a refusal, French, dark')
}

// What was allowed and is so no more: the SDK falls silent, and the ids it made are gone from the browser.
async function changesTheirMind(browser, demo) {
  const reader = await visitor(browser, demo, {locale: 'en-GB'})
  const {page} = reader
  const told = []
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().startsWith(demo.url)) told.push(JSON.parse(request.postData())) })
  const heard = async (event) => {
    for (let i = 0; i < 50 && !told.some((one) => one.event === event); ++i) await page.waitForTimeout(100)
    return told.find((one) => one.event === event)
  }
  await page.goto(`${demo.site}/shop#/p/CAM015`)
  await page.getByRole('button', {name: 'Choose'}).click()
  await page.getByRole('switch', {name: /Measure/}).check()
  await page.getByRole('button', {name: 'Save my choices'}).click()
  const view = await heard('Product Viewed')
  assert.deepEqual(view.context.consent.categoryPreferences, {measurement: true, personalisation: false, profiling: false})
  assert.equal(view.anonymousId, (await heard('Consent Updated')).anonymousId, 'the choice and the events are of one visitor')
  await page.getByRole('button', {name: 'Your privacy choices'}).click()
  await page.getByRole('button', {name: 'Refuse all'}).click()
  for (let i = 0; i < 50 && told.filter((one) => one.event === 'Consent Updated').length < 2; ++i) await page.waitForTimeout(100)
  const withdrawal = told.at(-1)
  assert.equal(withdrawal.anonymousId, view.anonymousId)
  assert.deepEqual(withdrawal.properties.purposes, {measurement: false, personalisation: false, profiling: false})
  const before = told.length
  await page.getByRole('link', {name: 'Coats'}).click()
  await page.getByRole('link', {name: /Bellecour coat/}).click()
  await page.getByRole('heading', {name: 'Bellecour coat'}).waitFor()
  await page.reload()
  await page.getByRole('button', {name: 'Your privacy choices'}).waitFor()
  await page.waitForTimeout(1_000)
  assert.equal(told.length, before, 'nothing is told after a withdrawal')
  const left = await page.evaluate(() => JSON.stringify({...localStorage}) + document.cookie)
  assert.ok(!left.includes(view.anonymousId), `the id is gone from the browser: ${left}`)
  await reader.close('a changed mind')
}

// Who signs out leaves the page to whoever comes next: their choice is not the account's.
async function leavesTheAccount(browser, demo) {
  const reader = await visitor(browser, demo, {locale: 'en-GB'})
  const {page} = reader
  const told = []
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().startsWith(demo.url)) told.push(JSON.parse(request.postData())) })
  await page.goto(`${demo.site}/shop#/account`)
  await page.getByLabel('E-mail address').fill('anna.leaves@courriel.example')
  await page.getByRole('button', {name: 'Continue'}).click()
  await page.getByRole('link', {name: 'My account'}).click()
  await page.getByRole('button', {name: 'Sign out'}).click()
  await page.getByRole('button', {name: 'Accept all'}).click()
  const choice = () => told.find((one) => one.event === 'Consent Updated')
  for (let i = 0; i < 50 && !choice(); ++i) await page.waitForTimeout(100)
  assert.ok(choice().anonymousId)
  assert.equal(choice().userId, undefined, 'nobody is spoken for who has left')
  await reader.close('who has left')
}

// On a telephone nothing is wider than the screen; a tour of another data folder begins anew.
async function fitsATelephone(browser, demo) {
  const reader = await visitor(browser, demo, {locale: 'fr-FR', viewport: {width: 390, height: 844}})
  const {page} = reader
  const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
  await page.goto(`${demo.site}/shop`)
  await page.getByRole('button', {name: 'Tout refuser'}).waitFor()
  await shows(reader, page, 'telephone-shop')
  assert.ok(await fits(), 'the shop and its banner')
  for (const path of ['/till', '/kiosk', '/']) {
    await page.goto(demo.site + path)
    await page.locator('h1').waitFor()
    assert.ok(await fits(), path)
  }
  await shows(reader, page, 'telephone-tour')
  const card = () => page.locator('#card').textContent()
  const before = await card()
  await page.evaluate(() => {
    const tour = JSON.parse(localStorage.getItem('camelia.tour'))
    localStorage.setItem('camelia.tour', JSON.stringify({...tour, key: 'of another folder', done: [true, true, false, false, false], person: 'x'}))
  })
  await page.reload()
  await page.waitForFunction((old) => ![null, undefined, '', old].includes(document.querySelector('#card')?.textContent), before)
  assert.equal(await page.locator('.steps .done').count(), 0)
  await reader.close('a telephone')
}

// It signs its visitor in as an administrator: a page elsewhere must not reach it by another name.
async function answersOnlyItsOwn(demo) {
  const ask = (path, options) => fetch(demo.site + path, {redirect: 'manual', ...options}).then((reply) => reply.status)
  assert.equal(await demo.as('shop.attacker.example', '/console'), 421)
  assert.equal(await ask('/tour/card', {method: 'POST', headers: {origin: 'https://attacker.example'}, body: '{"card":"CAM0123456789"}'}), 403)
  assert.equal(await ask('/tour/card', {method: 'POST', headers: {origin: demo.site}, body: '{"card":"../x"}'}), 422)
  assert.equal(await ask('/assets/..%2Findex.html'), 404)
  assert.equal(await fetch(`${demo.url}/shop`).then((reply) => reply.status), 404, 'the server itself has no shop')
}

await story('tour', Demo, async (demo) => {
  await answersOnlyItsOwn(demo)
  const browser = await launch()
  try {
    await takesTheTour(browser, demo)
    await refusesAndShopsOn(browser, demo)
    said('refuses and shops on')
    await changesTheirMind(browser, demo)
    said('changes their mind')
    await leavesTheAccount(browser, demo)
    said('leaves the account')
    await fitsATelephone(browser, demo)
    said('fits a telephone')
  } finally {
    await browser.close()
  }
})
