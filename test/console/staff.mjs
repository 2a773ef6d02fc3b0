// Three tasks of store staff, on a tablet: greet somebody who agrees to be known, promise and note something,
// keep the promise.
import assert from 'node:assert/strict'
import {Reader} from './browser.mjs'
import {canary, cardLikeAPhone} from './shop.mjs'

const tablet = {viewport: {width: 820, height: 1180}}

async function greets(self) {
  const {page} = self
  await page.goto(self.server.url)
  await self.sees('Promised to customers')
  await self.picture('staff')
  await self.accessible('staff')
  await page.getByLabel('Card, e-mail or phone').fill('nobody')
  await page.keyboard.press('Enter')
  await self.sees('Nobody is known by that')
  await page.getByRole('button', {name: 'Next customer'}).click()
  await page.getByLabel('Card, e-mail or phone').fill('CAM4')
  await page.keyboard.press('Enter')
  await self.sees('No consent for personal service')
  assert.equal(await page.getByText('Camille').count(), 0, 'nothing is told of who does not allow it')
  await self.picture('staff-no-consent')
  await self.accessible('no consent')
  await page.getByRole('button', {name: 'The customer wants to be known'}).click()
  await page.getByRole('button', {name: 'The customer agrees'}).click()
  await page.locator('.hello', {hasText: 'A customer without a name'}).waitFor()  // nothing was kept for this before
}

async function notesAndPromises(self) {
  const {page} = self
  await page.getByRole('button', {name: 'Next customer'}).click()
  await page.getByLabel('Card, e-mail or phone').fill('CAM8')
  await page.keyboard.press('Enter')
  await page.locator('.hello', {hasText: 'Camille Martin'}).waitFor()
  await page.getByRole('button', {name: 'Next customer'}).click()
  await page.getByLabel('Card, e-mail or phone').fill(cardLikeAPhone)
  await page.keyboard.press('Enter')
  await page.locator('.hello', {hasText: 'Camille Martin'}).waitFor()
  await page.locator('.greet dd', {hasText: '38'}).waitFor()
  await page.getByLabel('New note').fill(`Prefers wool. ${canary}`)
  await page.getByRole('button', {name: 'Note it'}).click()
  await page.locator('.notes li', {hasText: 'Prefers wool'}).waitFor()
  await page.getByLabel('New promise').fill('Call when the coat in 38 is here')
  await page.getByLabel('Until').fill('2026-01-31')
  await page.getByRole('button', {name: 'Promise it'}).click()
  await page.locator('.tasks li', {hasText: 'the coat in 38'}).waitFor()
  await self.picture('staff-greet')
  await self.accessible('greet card')
  const small = await page.evaluate(() => [...document.querySelectorAll('.staff button')].filter((button) => button.getBoundingClientRect().height < 40).map((button) => button.textContent))
  assert.deepEqual(small, [], 'every button is as high as a finger')
}

async function keepsThePromise(self) {
  const {page} = self
  await page.getByRole('button', {name: 'Next customer'}).click()
  await page.locator('.tasks .pill', {hasText: 'overdue'}).waitFor()
  await page.getByRole('button', {name: 'Has arrived'}).click()
  await page.locator('.tasks .pill', {hasText: 'has arrived'}).waitFor()
  await page.getByRole('button', {name: 'Who is it'}).click()
  await page.locator('.arrived', {hasText: 'the coat in 38'}).waitFor()
  await self.picture('staff-arrived')
  await page.getByRole('button', {name: 'Done'}).click()
  await self.sees('Nothing is open')
  await page.getByRole('button', {name: 'Remove'}).click()
  await self.sees('Nobody noted anything yet')
}

// A browser that reads codes by itself: stood in for, as this one does not.
async function scansACard(browser, server, token) {
  const self = await Reader.open(browser, server, {token, ...tablet, colorScheme: 'dark', locale: 'fr-FR'})
  await self.context.addInitScript(() => {
    globalThis.BarcodeDetector = class { async detect() { return [{rawValue: 'CAM8'}] } }
    const canvas = document.createElement('canvas')
    setInterval(() => canvas.getContext('2d').fillRect(0, 0, 1 + Math.random() * 9, 9), 50)
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(10)
  })
  await self.go('/staff')
  await self.page.getByRole('button', {name: 'Scanner une carte'}).click()
  await self.page.locator('.hello', {hasText: 'Camille'}).waitFor()
  await self.picture('staff-dark')
  await self.accessible('greet card, French, dark')
  await self.close('scanning')
}

export async function staffTasks(browser, server, task) {
  const {token} = await server.api('POST', 'tokens', {name: 'Anne', role: 'staff'})
  const self = await Reader.open(browser, server, {token, ...tablet})
  await task('staff: greets who agrees to be known', () => greets(self))
  await task('staff: notes and promises', () => notesAndPromises(self))
  await task('staff: keeps the promise', () => keepsThePromise(self))
  await self.close('the tasks of staff')
  await task('staff: scans a card', () => scansACard(browser, server, token))
}
