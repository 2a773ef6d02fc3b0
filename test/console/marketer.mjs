// What a marketer does: finds people, makes audiences, brings sources and files in.
import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {Reader} from './browser.mjs'

export async function signsIn(browser, server) {
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

export async function goesByKeys(self) {
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

export async function findsAPerson(self) {
  const {page} = self
  await page.getByLabel('Known by').fill('zébulon')
  await page.keyboard.press('Enter')
  await self.sees('Nobody of this name')
  await page.getByLabel('Known by').fill('camil')
  await page.keyboard.press('Enter')
  await self.sees('There are others: type more of the name.')
  assert.equal(await page.getByRole('link', {name: 'Camille'}).count(), 20)
  await self.picture('people-by-name')
  await self.accessible('people by name')
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

// A server that was made today has one day to tell of, so the days before are put in its mouth.
async function seesItGrow(self) {
  const {page} = self
  const days = Array.from({length: 30}, (_, i) => ({day: new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10), size: 100 + 7 * i, entered: i % 5 + 9, left: i % 3 + 1, ...(i === 29 && {so_far: true})}))
  await page.route('**/growth?*', (route) => route.fulfill({json: {id: 'x', time_zone: 'Europe/Paris', days}}))
  await page.getByLabel('Time', {exact: true}).selectOption('30 days')
  await page.locator('canvas').first().waitFor()
  await self.picture('growth')
  await page.getByRole('button', {name: 'As a table'}).click()
  await page.locator('td', {hasText: 'so far'}).waitFor()
  assert.equal(await page.locator('.tallest tbody tr').count(), 30)
  await self.accessible('growth as a table')
  await page.unroute('**/growth?*')
}

export async function makesAnAudience(self) {
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
  await self.sees('From the second day on')
  await self.accessible('audience')
  await seesItGrow(self)
  await self.go('/audiences')
  await page.getByLabel('Compare Looked twice').check()
  await page.getByLabel('Compare Bought once').check()
  await page.locator('.upset tbody tr').first().waitFor()
  await self.picture('audiences')
  await self.accessible('audiences')
}

// Who resembles an audience is learned on its page; a score becomes an audience, and then the model stays.
export async function learnsWhoResembles(self, server) {
  const {page} = self
  await self.go('/audiences/bought-once')
  await page.getByRole('button', {name: 'Learn', exact: true}).click()
  const cuts = page.locator('tr', {has: page.getByRole('cell', {name: /^≥/})})
  await cuts.nth(3).waitFor()
  await self.sees('AUC')
  await self.picture('alike')
  await self.accessible('who resembles an audience')
  const [{id, fit}] = (await server.api('GET', 'models')).models.filter(({kind}) => kind === 'lookalike')
  assert.equal(id, 'lookalike.measurement.bought-once')
  assert.equal(await cuts.count(), fit.cuts.length)
  await page.getByRole('link', {name: 'Make an audience of whoever reaches 0.5'}).click()
  await page.waitForFunction(() => document.querySelector('input[maxlength="100"]')?.value === 'Like Bought once')
  await page.locator('.counted b', {hasText: /^\d/}).waitFor()
  await page.getByRole('button', {name: 'Keep this audience'}).click()
  await page.getByRole('heading', {name: 'Like Bought once'}).waitFor()
  assert.equal((await server.api('GET', 'audiences/like-bought-once')).rule, 'trait(lookalike_bought-once) >= 0.5 and not in audience "Bought once"')
  const remove = async () => {
    await self.go('/audiences/bought-once')
    await page.locator('.card', {hasText: 'Who resembles them'}).getByRole('button', {name: 'Delete'}).click()
  }
  await remove()
  await self.sees("Audiences ask for its scores: 'Like Bought once'")
  await page.keyboard.press('Escape')
  await server.api('DELETE', 'audiences/like-bought-once?confirm=true')
  await remove()
  await self.sees('Taken back from everybody')
  await page.getByRole('dialog').getByRole('button', {name: 'Delete'}).click()
  await page.getByRole('button', {name: 'Learn', exact: true}).waitFor()
}

// The form and the text are one rule: each follows the other, and a text that says more than the form is kept.
export async function buildsByForm(self) {
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
  await keepsNoFormerRule(self)
  await tellsNoFormerCount(self)
}

// While a rule is counted, the former one's count does not pass for its own.
async function tellsNoFormerCount({page}) {
  await page.locator('.counted b:not(.off)').waitFor()
  let letGo
  const late = new Promise((resolve) => { letGo = resolve })
  await page.route(/rules.count/, async (route) => { await late; await route.fallback() })
  const asked = page.waitForRequest(/rules.count/)
  await page.getByLabel('Rule', {exact: true}).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('count(Product Viewed, last 80 days) >= 3')
  await asked
  await page.locator('.counted b.off', {hasText: /^\d/}).waitFor()
  assert.equal(await page.locator('.counted .meter').count(), 0)
  assert.equal(await page.locator('.counted .note').count(), 0)
  letGo()
  await page.locator('.counted b:not(.off)').waitFor()
  await page.locator('.counted .meter').waitFor()
  await page.unroute(/rules.count/)
}

// While the form's rule is on its way, the text beside it is the former one: nobody makes an audience of that.
async function keepsNoFormerRule({page}) {
  const keep = page.getByRole('button', {name: 'Keep'})
  await page.getByRole('textbox', {name: 'Name'}).fill('Too early')
  await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled)
  let letGo
  const late = new Promise((resolve) => { letGo = resolve })
  const made = []
  await page.route(/rules.check/, async (route) => { if (typeof route.request().postDataJSON().rule === 'object') await late; await route.fallback() })
  page.on('request', (request) => { if (request.method() === 'POST' && request.url().endsWith('/audiences')) made.push(request.postDataJSON().rule) })
  await page.getByLabel('Kind of clause 1', {exact: true}).selectOption('count')
  await page.getByText('The form is being written as a rule').waitFor()
  assert.ok(await keep.isDisabled())
  await page.getByRole('textbox', {name: 'Name'}).press('Enter')
  await page.waitForTimeout(300)
  assert.deepEqual(made, [], 'no audience by the former rule')
  letGo()
  await page.waitForFunction(() => !document.querySelector('button[type=submit]').disabled)
  await page.unroute(/rules.check/)
}

export async function tendsSources(self) {
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
  await page.locator('tbody tr', {hasText: 'waits'}).first().getByRole('button').click()
  await text.fill('null')
  await page.getByRole('button', {name: 'Try again'}).click()
  await page.locator('.bad[role=alert]').waitFor()  // null is no event, and no word for discarding it
  const discarded = page.waitForRequest((request) => request.method() === 'DELETE')
  await page.getByRole('button', {name: 'Discard'}).click()
  await discarded
  await text.waitFor({state: 'hidden'})
  await self.picture('quarantine')
}

const caisse = () => ['client;date;montant', ...Array.from({length: 50}, (_, i) => `user-${i};2026-0${1 + (i % 9)}-03;${10 + i},50`)].join('\n')

export async function importsAFile(self) {
  const {page} = self
  await self.go('/sources/import')
  await page.locator('input[type=file]').setInputFiles({name: 'caisse.csv', mimeType: 'text/csv', buffer: Buffer.from(caisse())})
  await self.sees('50 rows')
  assert.equal(await page.getByLabel('Meaning of montant').inputValue(), 'revenue')
  await self.sees('"revenue": 10.5')
  await self.picture('import')
  await self.accessible('import')
  assert.match(await page.locator('pre.code').innerText(), /"messageId": "[0-9a-f]{16}:1"/, 'the id comes from the content')
  await keepsToOneFile(self)
  await page.getByRole('button', {name: 'Import 50 rows'}).click()
  await self.sees('50 of 50 rows sent')
}

// What is said of a file is true of that one: none takes its place while it is sent, and of two that are picked
// one after the other the later one is shown, however long the first one takes to read.
async function keepsToOneFile({page}) {
  const input = page.locator('input[type=file]')
  const file = (name, rows) => ({name, mimeType: 'text/csv', buffer: Buffer.from(['client;montant', ...Array.from({length: rows}, (_, i) => `user-${i};1`)].join('\n'))})
  const first = await page.locator('.drop strong').textContent()
  let letGo
  const late = new Promise((resolve) => { letGo = resolve })
  await page.route('**/v1/import', async (route) => { await late; await route.fulfill({status: 422, body: 'later'}) })
  await page.getByRole('button', {name: 'Import 50 rows'}).click()
  await page.getByText('0 of 50 rows sent').waitFor()
  assert.ok(await input.isDisabled())
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['client;montant\nuser-1;1'], 'dropped.csv'))
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer}))
  })
  await page.waitForTimeout(300)
  assert.equal(await page.locator('.drop strong').textContent(), first)
  letGo()
  await page.getByText('422 later').waitFor()
  await page.unroute('**/v1/import')
  await page.evaluate(() => {
    const read = File.prototype.arrayBuffer
    File.prototype.arrayBuffer = async function () { if (this.name === 'slow.csv') await new Promise((resolve) => { setTimeout(resolve, 500) }); return read.call(this) }
  })
  await input.setInputFiles(file('slow.csv', 2))
  await input.setInputFiles(file('quick.csv', 3))
  await page.getByText('3 rows', {exact: true}).waitFor()
  await page.waitForTimeout(800)
  assert.equal(await page.locator('.drop strong').textContent(), 'quick.csv')
  await input.setInputFiles({...file(first, 0), buffer: Buffer.from(caisse())})
  await page.getByRole('button', {name: 'Import 50 rows'}).waitFor()
}
