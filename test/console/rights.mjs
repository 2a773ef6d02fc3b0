// What a privacy officer does when a customer calls: restricts and lifts, notes an objection and its end, puts
// something right and lets sources speak again. Whoever may not, sees that it is so and nothing to press.
import assert from 'node:assert/strict'
import {Reader} from './browser.mjs'
import {canary} from './shop.mjs'

// Each deed says what follows before it is done, and asks why.
async function does(self, {by, why, follows, fill}) {
  const {page} = self
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  if (fill) await fill(dialog)
  await dialog.locator('.follows li', {hasText: follows}).first().waitFor()
  const button = dialog.getByRole('button', {name: by, exact: true})
  assert.ok(await button.isDisabled(), `${by}: not without a reason`)
  await dialog.getByRole('textbox').last().fill(why)
  await button.click()
  await dialog.waitFor({state: 'hidden'})
}

async function restrictsAndLifts(self, server, id, others) {
  const {page} = self
  await self.go(`/people/${id}`)
  await page.getByRole('button', {name: 'Restrict', exact: true}).click()
  await self.accessible('before it is restricted')
  await self.picture('restrict')
  await does(self, {by: 'Restrict', why: `They contest the address ${canary}`, follows: 'among them Bought once'})
  await self.sees('This person’s data is restricted')
  await self.sees('They contest the address')
  assert.equal(await page.locator('.thread').count(), 0, 'nothing of it is shown')
  assert.equal(await server.count('trait(city) = "Lyon"'), 0, 'no count reads it')
  await self.picture('restricted')
  await self.accessible('restricted')
  for (const other of others) {
    await other.go(`/people/${id}`)
    await other.sees('A privacy officer can lift that')
    assert.equal(await other.page.locator('main .card').count(), 1, 'that it is so, and nothing else')
    assert.equal(await other.page.getByRole('button', {name: 'Lift', exact: true}).count(), 0)
  }
  await page.getByRole('button', {name: 'Lift', exact: true}).click()
  await does(self, {by: 'Lift', why: 'It was right', follows: 'reach them again'})
  await page.locator('.thread').waitFor()
  assert.equal(await server.count('trait(city) = "Lyon"'), 1, 'as if it had never been')
}

async function notesObjections(self, server, id) {
  const {page} = self
  await self.go(`/people/${id}`)
  await page.getByRole('button', {name: 'Note an objection'}).click()
  await self.sees('Tick what they told')
  await self.accessible('before an objection')
  await does(self, {by: 'Note it', why: `Letter ${canary}`, follows: 'in their own words', fill: async (dialog) => {
    await dialog.getByLabel('To marketing.email').check()
    await dialog.getByLabel('To being profiled at all').check()
  }})
  await self.sees('Objects to profiling')
  await page.locator('.choices li', {hasText: 'marketing.email'}).locator('.pill', {hasText: 'objected'}).waitFor()
  await self.picture('objects')
  await self.accessible('objects')
  const profile = await server.api('GET', `profiles/${id}?purpose=measurement`)
  assert.ok(profile.objects_to_profiling && profile.consents['marketing.email'].objected)
  await page.locator('.receipts li', {hasText: 'Objects to profiling'}).getByRole('button', {name: 'No longer objects'}).click()
  await does(self, {by: 'No longer objects', why: 'By phone', follows: 'read them again'})
  await page.getByText('Objects to profiling').waitFor({state: 'hidden'})
  await page.getByRole('button', {name: 'No longer objects'}).click()
  await does(self, {by: 'No longer objects', why: 'By phone', follows: 'What stood for marketing.email before the objection stands again'})
  await self.sees('they object to nothing')
}

async function putsRight(self, server, id) {
  const {page} = self
  await self.go(`/people/${id}`)
  const trait = page.locator('dd.row', {hasText: /^Nora/})
  await trait.getByRole('button', {name: 'Put right: firstName'}).click()
  await self.sees('Until now: Nora')
  await self.accessible('before it is put right')
  await self.picture('put-right')
  await does(self, {by: 'Put right', why: `Told by phone ${canary}`, follows: 'It holds in the profile', fill: (dialog) => dialog.getByLabel('What is right').fill('Nour')})
  await page.locator('.kv dd', {hasText: 'Nour'}).locator('.pill', {hasText: 'put right'}).waitFor()
  await self.sees('Told by phone')
  assert.equal(await server.count('trait(firstName) = "Nour"'), 1, 'it holds in every rule')
  await page.getByRole('button', {name: 'Put something right'}).click()
  await does(self, {by: 'Take it out', why: 'Not theirs', follows: 'no such trait', fill: async (dialog) => {
    await dialog.getByLabel('Trait').fill('loyalty_card')
    await dialog.getByLabel('Is', {exact: true}).selectOption('list')
  }})
  await page.locator('.receipts .pill', {hasText: 'taken out'}).waitFor()
  await self.picture('corrections')
  await self.accessible('corrections')
  await page.getByRole('button', {name: 'Release: firstName'}).click()
  await does(self, {by: 'Release', why: 'A mistake', follows: 'holds again at once'})
  await trait.waitFor()
  assert.equal(await server.count('trait(firstName) = "Nour"'), 0, 'sources count again')
}

export async function rightsTasks(browser, server, task) {
  const id = await server.find('user_id', 'user-77')
  const as = async (role) => Reader.open(browser, server, {token: (await server.api('POST', 'tokens', {name: `${role} of rights`, role})).token})
  const self = await as('privacy'), others = [await as('staff'), await as('marketer')]
  await task('privacy: restricts, lifts', () => restrictsAndLifts(self, server, id, others))
  await task('privacy: notes objections', () => notesObjections(self, server, id))
  await task('privacy: puts right, releases', () => putsRight(self, server, id))
  for (const other of others) await other.close('who sees only that it is so')
  await self.close('the tasks of a privacy officer')
}
