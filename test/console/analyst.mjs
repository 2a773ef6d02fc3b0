// What an analyst does: asks, weighs, opens the people behind, keeps a board.
import assert from 'node:assert/strict'
import {join} from 'node:path'
import {Reader} from './browser.mjs'
import {costs, openedDaysAgo} from './shop.mjs'

const kinds = ['metric', 'funnel', 'flows', 'retention', 'attribution', 'share', 'rfm', 'value', 'rising', 'forecast', 'niche', 'clusters', 'lookalike', 'effect', 'mix']

export async function asksQuestions(self) {
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
  await page.route(/api.v1.questions$/, (route) => (route.request().headers().accept === 'text/csv' ? route.fulfill({status: 422, json: {code: 'x', message: 'No file can be made of it.'}}) : route.fallback()))
  await page.getByRole('button', {name: 'Export CSV'}).click()
  await self.sees('No file can be made of it')
  await page.unroute(/api.v1.questions$/)
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
export async function weighsWhatWasDone(self) {
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
export async function opensThePeopleBehind(self, server) {
  const {page} = self
  // Which events are touches has to be said: rules have no "all but the conversion".
  const ofTouches = asking('attribution', {conversion: 'Order Completed', touch: 'Product Viewed', by: 'channel', window: '30 days', models: ['linear']})
  const questions = [...kinds.filter((kind) => !['effect', 'mix'].includes(kind)).map((kind) => `/measure/${kind}`),
    ofTouches, ...['place', 'event', 'products.category'].map((by) => asking('metric', {of: 'sum(Order Completed.revenue)', by})), asking('share', {purchase: 'Order Completed', by: 'touched'})]
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
  await self.go(ofTouches)
  await self.settled()
  await page.getByRole('button', {name: 'As a table'}).click()
  await page.getByRole('link', {name: /^These people: .*web/}).first().click()
  await page.locator('.counted b', {hasText: /^\d/}).waitFor()
}

// Whoever changed the board meanwhile is not written over, though the page has read their change since; and no
// other board is opened over an arrangement that is not saved.
async function writesOverNobody(self, server) {
  const {page} = self
  const [{id}] = (await server.api('GET', 'boards')).boards
  const saves = page.getByRole('button', {name: 'Save'})
  const changesElsewhere = async (name) => {
    const {version} = await server.api('GET', `boards/${id}`)
    await server.api('POST', `boards/${id}`, {name, version})
    await page.waitForTimeout(2_100)  // until then what was read passes for new
    const read = page.waitForResponse((reply) => reply.url().endsWith(`/boards/${id}`))
    await page.evaluate(() => { dispatchEvent(new Event('offline')); dispatchEvent(new Event('online')) })
    await read
    await page.locator('.boardbar option', {hasText: name}).waitFor({state: 'attached'})
  }
  const isRefused = async () => {
    await saves.click()
    await self.sees('Somebody changed the board since that version.')
    await page.getByRole('button', {name: 'Cancel'}).click()
    await saves.waitFor({state: 'hidden'})
  }
  const choice = page.getByRole('combobox', {name: 'Board', exact: true})
  assert.ok(await choice.isEnabled())
  await page.getByRole('button', {name: 'Arrange'}).click()
  assert.ok(await choice.isDisabled())
  await page.getByRole('button', {name: /^Size of Trends/}).press('ArrowDown')
  await changesElsewhere('Theirs')
  await isRefused()
  await page.getByRole('button', {name: 'Name and sharing'}).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Ours')
  await changesElsewhere('Theirs again')
  await isRefused()
  assert.equal((await server.api('GET', `boards/${id}`)).name, 'Theirs again')
}

// What was typed is not lost by selecting it; a press beside the dialog still closes it.
async function keepsADialogWhereASelectionEndsOutside({page}) {
  const name = page.getByRole('dialog').getByLabel('Name')
  const {x, y, height} = await name.boundingBox()
  await page.mouse.move(x + 60, y + height / 2)
  await page.mouse.down()
  await page.mouse.move(5, y + height / 2, {steps: 4})
  await page.mouse.up()
  assert.equal(await name.inputValue(), 'Monday')
  await page.mouse.click(5, 5)
  await page.getByRole('dialog').waitFor({state: 'hidden'})
  await page.getByRole('button', {name: 'Name and sharing'}).click()
  await name.fill('Monday')
}

// A board is kept on the server, arranged by keys and by pulling, shared with a role, and seen by it.
export async function arrangesABoard(self, browser, server) {
  const {page} = self
  await self.go('/measure')
  await page.getByRole('button', {name: 'Keep as a board'}).click()
  await page.getByRole('button', {name: 'Arrange'}).click()
  const where = () => page.locator('.tile').evaluateAll((tiles) => tiles.map((tile) => `${tile.style.gridColumn} | ${tile.style.gridRow}`))
  const [first] = await where()
  const handle = page.getByRole('button', {name: /^Size of Trends/})
  await handle.focus()
  await page.keyboard.press('ArrowDown')
  assert.notEqual((await where())[0], first, 'arrows change the size')
  const corner = await page.getByRole('button', {name: /^Move Funnel/}).boundingBox()
  await page.mouse.move(corner.x + 60, corner.y + 10)
  await page.mouse.down()
  await page.mouse.move(corner.x - 500, corner.y + 14, {steps: 4})
  await page.mouse.up()
  assert.match((await where())[1], /^1 \//, 'a tile is pulled to the left')
  await self.picture('board-arranged')
  await self.accessible('board, arranged')
  await page.getByRole('button', {name: 'Save'}).click()
  await page.getByRole('button', {name: 'Arrange'}).waitFor()
  const kept = await where()
  await page.reload()
  await page.locator('.tile').nth(3).waitFor()
  assert.deepEqual(await where(), kept, 'where it was put it stands')
  await writesOverNobody(self, server)
  await page.getByRole('button', {name: 'Name and sharing'}).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Monday')
  await keepsADialogWhereASelectionEndsOutside(self)
  await page.getByLabel('Analyst').check()
  await self.accessible('board, shared')
  await page.getByRole('button', {name: 'Save'}).click()
  await page.getByRole('dialog').waitFor({state: 'hidden'})
  await self.go('/measure/funnel')
  await self.settled()
  await page.getByRole('button', {name: 'Pin to the board'}).click()
  await page.getByRole('dialog').getByRole('button', {name: 'Pin to the board'}).click()
  await page.getByRole('dialog').waitFor({state: 'hidden'})
  await self.go('/measure')
  await page.locator('.tile').nth(4).waitFor()
  await self.settled()
  await self.picture('board-kept')
  const {token} = await server.api('POST', 'tokens', {name: 'looks', role: 'analyst'})
  const other = await Reader.open(browser, server, {token})
  await other.go('/measure')
  await other.page.locator('.tile').nth(4).waitFor()
  assert.equal(await other.page.getByRole('button', {name: 'Arrange'}).count(), 0, 'whom it is shared with looks')
  await other.close('a shared board')
}
