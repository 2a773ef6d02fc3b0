// The consent banner in Chromium on a page of another site under a strict policy, against the real server:
// what it sends before a choice (nothing of anybody), what it proves, what it signals, by mouse and keyboard.
import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {fileURLToPath} from 'node:url'
import {Filrouge, launch, Reader, story} from '../console/begin.mjs'

const kScriptBytesMax = 15 * 1024
const script = '/banner/1.0.3/banner.js'
const words = {
  measurement: {fr: 'Mesurer nos pages\nNous comptons les visites.', en: 'Measure our pages\nWe count visits.'},
  profiling: {fr: 'Publicité choisie', en: 'Chosen advertising'},
}
const purposes = Object.keys(words)
const rudder = fileURLToPath(new URL('../sdk/node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js', import.meta.url))

// Its bytes, uncompressed, with what a browser downloads; and its hash, for `integrity`.
async function weigh(server) {
  const plain = new Uint8Array(await (await fetch(server.url + script)).arrayBuffer())
  const reply = await fetch(server.url + script, {headers: {'accept-encoding': 'br'}})
  assert.equal(reply.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(reply.headers.get('access-control-allow-origin'), '*')
  console.log(`the banner's script: ${plain.length} bytes, bound ${kScriptBytesMax}`)
  assert.ok(plain.length < kScriptBytesMax)
  return `sha384-${createHash('sha384').update(plain).digest('base64')}`
}

// A shop elsewhere, which allows the browser nothing but this script and these requests.
async function site(server, key, integrity) {
  const page = (lang, more) => `<!doctype html><html lang="${lang}"><head><title>Boutique</title>
    <script src="${server.url}${script}" integrity="${integrity}" crossorigin="anonymous"></script>${more}</head>
    <body><filrouge-consent server="${server.url}" write-key="${key}" purposes="${purposes.join(' ')}" policy="/policy"></filrouge-consent>
    <main><h1>Boutique</h1><a href="/policy">Conditions</a></main></body></html>`
  const policy = `default-src 'none'; script-src 'self' ${server.url}; connect-src ${server.url}; base-uri 'none'; require-trusted-types-for 'script'`
  const http = createServer((request, response) => {
    if (request.url === '/rudder.js') return response.writeHead(200, {'content-type': 'text/javascript'}).end(readFileSync(rudder))
    response.writeHead(200, {'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy})
      .end(page(request.url.startsWith('/en') ? 'en' : 'fr', request.url === '/rudder' ? '<script src="/rudder.js"></script>' : ''))
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {url: `http://127.0.0.1:${http.address().port}`, close: () => http.close()}
}

const element = (page, expression) => page.evaluate(`document.querySelector('filrouge-consent').${expression}`)
const commands = (page) => page.evaluate(() => (window.dataLayer ?? []).map((command) => [...command].slice(1)))
const kept = (page) => page.evaluate(() => [Object.keys(localStorage).length, document.cookie])

class Visit {
  static async open(there, {path = '/', gpc = false, forbidden = false, ...options} = {}) {
    const visit = new Visit()
    Object.assign(visit, there)
    visit.reader = await Reader.open(there.browser, {url: there.site.url}, {friends: [there.server.url], ...options})
    if (gpc) await visit.reader.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true}))
    if (forbidden) await visit.reader.context.addInitScript(() => Object.defineProperty(window, 'localStorage', {get: () => { throw new DOMException('blocked', 'SecurityError') }}))
    visit.page = visit.reader.page
    visit.sent = []
    visit.page.on('request', (request) => { if (request.method() === 'POST') visit.sent.push(JSON.parse(request.postData())) })
    await visit.page.goto(there.site.url + path)
    await visit.page.getByRole('button', {name: visit.say('Tout accepter', 'Accept all')}).waitFor()
    return visit
  }
  say(fr, en) { return this.page.url().includes('/en') ? en : fr }
  press(fr, en) { return this.page.getByRole('button', {name: this.say(fr, en), exact: true}).last().click() }  // the centre's, where it is open
  // The choice is so many days old, once the server has it.
  async ages(days) {
    await this.page.waitForFunction(() => JSON.parse(localStorage.getItem('filrouge.consent')).unsent === null)
    await this.page.evaluate((ms) => {
      const choice = JSON.parse(localStorage.getItem('filrouge.consent'))
      localStorage.setItem('filrouge.consent', JSON.stringify({...choice, at: choice.at - ms, checked: choice.checked - ms}))
    }, days * 86_400_000)
  }
  async proved() {
    // A withdrawal takes the id out of the browser.
    const id = this.id ??= await element(this.page, 'anonymousId')
    for (let i = 0; i < 50; ++i) {
      const profile = await this.server.find('anonymous_id', id).catch(() => null)
      if (profile) return (await this.server.api('GET', `profiles/${profile}?purpose=measurement`)).consents
      await this.page.waitForTimeout(100)
    }
    throw new Error('the server knows of no choice')
  }
}

async function sendsNothingBeforeAChoice(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  assert.deepEqual(await kept(page), [0, ''], 'nothing is stored')
  assert.deepEqual(visit.sent, [], 'nothing is sent')
  const [[type, mode]] = await commands(page)
  assert.equal(type, 'default')
  assert.ok(Object.entries(mode).every(([name, state]) => name === 'wait_for_update' || state === 'denied'))
  const [refuse, accept] = await Promise.all(['Tout refuser', 'Tout accepter'].map((name) => page.getByRole('button', {name}).boundingBox()))
  assert.deepEqual([refuse.width, refuse.height, refuse.y], [accept.width, accept.height, accept.y], 'a no is as large as a yes, and beside it')
  await visit.reader.picture('banner-fr')
  await visit.reader.accessible('the banner')
  await visit.press('Tout refuser')
  await page.reload()
  await page.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
  assert.equal(await page.getByRole('button', {name: 'Tout accepter'}).count(), 0, 'a no is not asked again')
  assert.deepEqual(visit.sent, [], 'a no of somebody nobody knows is sent nowhere')
  assert.deepEqual(await element(page, 'preferences'), {measurement: false, profiling: false})
  await visit.reader.close('a refusal')
}

async function provesAYesAndItsWithdrawal(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  await visit.press('Tout accepter')
  await page.waitForEvent('requestfinished', (request) => request.method() === 'POST').catch(() => {})
  const consents = await visit.proved()
  for (const purpose of purposes) assert.equal(consents[purpose].state, 'granted', purpose)
  const [told] = visit.sent
  assert.deepEqual(told.properties.wordings, {measurement: 1, profiling: 1})
  assert.equal(told.properties.language, 'fr')
  assert.deepEqual(Object.keys(told.properties.evidence), ['form', 'button', 'page'])
  const profile = await there.server.find('anonymous_id', told.anonymousId)
  const shown = await there.server.api('GET', `consents/shown?profile=${profile}&purpose=measurement`)
  assert.match(JSON.stringify(shown), /Nous comptons les visites/, 'the proof leads to the words')
  const update = (await commands(page)).at(-1)
  assert.equal(update[0], 'update')
  assert.equal(update[1].analytics_storage, 'granted')
  assert.equal(update[1].ad_personalization, 'granted')
  await visit.press('Vos choix de confidentialité')
  await visit.press('Tout refuser')
  for (let i = 0; i < 50 && (await visit.proved()).measurement.state === 'granted'; ++i) await page.waitForTimeout(100)
  assert.equal((await visit.proved()).measurement.state, 'refused')
  assert.equal((await commands(page)).at(-1)[1].analytics_storage, 'denied')
  await visit.reader.close('a withdrawal')
}

async function followsGlobalPrivacyControl(there) {
  const visit = await Visit.open(there, {gpc: true, locale: 'fr-FR'})
  const {page} = visit
  await visit.press('Choisir')
  const advertising = page.getByRole('switch', {name: 'Publicité choisie'})
  assert.ok(await advertising.isDisabled())
  assert.match(await page.getByRole('dialog').textContent(), /Global Privacy Control/)
  await visit.reader.picture('centre-gpc')
  await visit.press('Tout accepter')
  const consents = await visit.proved()
  assert.equal(consents.measurement.state, 'granted')
  assert.notEqual(consents.profiling.state, 'granted')
  assert.equal(visit.sent[0].context.gpc, true)
  assert.deepEqual(visit.sent[0].properties.purposes, {measurement: true}, 'what the browser says is no choice of the person')
  assert.deepEqual(await element(page, 'preferences'), {measurement: true, profiling: false})
  await visit.reader.close('Global Privacy Control')
}

async function goesByKeysAndSpeaksEnglish(there) {
  const visit = await Visit.open(there, {path: '/en', colorScheme: 'dark'})
  const {page} = visit
  const focused = () => page.evaluate(() => { const at = document.activeElement.shadowRoot?.activeElement; return at?.name || at?.textContent })
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'More about how we use data', 'the banner comes first, and takes no focus by itself')
  for (const name of ['Refuse all', 'Accept all', 'Choose']) {
    await page.keyboard.press('Tab')
    assert.equal(await focused(), name)
  }
  await visit.reader.picture('banner-en-dark')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', {name: 'Your choices'}).waitFor()
  await visit.reader.accessible('the preference centre, dark')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({state: 'detached'})
  assert.equal(await focused(), 'Choose', 'the focus comes back')
  await page.keyboard.press('Enter')
  await page.getByRole('switch', {name: 'Measure our pages'}).focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', {name: 'Save my choices'}).focus()
  await visit.reader.picture('centre-en-dark')
  await page.keyboard.press('Enter')
  assert.equal(await focused(), 'Your privacy choices')
  const consents = await visit.proved()
  assert.equal(consents.measurement.state, 'granted')
  assert.equal(consents.profiling.state, 'refused')
  assert.equal(visit.sent[0].properties.language, 'en')
  await visit.reader.accessible('after the choice')
  await visit.reader.close('keys')
}

async function signalsToTheSdks(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  await page.evaluate(() => {
    const banner = document.querySelector('filrouge-consent')
    window.passed = []
    window.rudder = []
    banner.segment({setAnonymousId: () => {}, addSourceMiddleware: (run) => { window.middleware = run }})
    banner.rudder({consent: (options) => window.rudder.push(options.consentManagement)})
    window.track = () => window.middleware({payload: {obj: {context: {page: {}}}}, next: (payload) => window.passed.push(payload.obj.context)})
    window.track()
  })
  await visit.press('Choisir')
  await page.getByRole('switch', {name: 'Mesurer nos pages'}).check()
  await visit.press('Enregistrer mes choix')
  await page.evaluate(() => window.track())
  assert.deepEqual(await page.evaluate(() => window.passed),
    [{page: {}, consent: {categoryPreferences: {measurement: true, profiling: false}}}], 'what came before a yes never left')
  assert.deepEqual(await page.evaluate(() => window.rudder.at(-1)),
    {enabled: true, provider: 'custom', allowedConsentIds: ['measurement'], deniedConsentIds: ['profiling']})
  await visit.reader.close('signals')
}

// RudderStack's unchanged SDK says with each event what the banner last said.
async function leadsTheRealRudder(there) {
  const visit = await Visit.open(there, {path: '/rudder'})
  const {page} = visit
  const said = async (event) => {
    const found = () => visit.sent.find((one) => one.event === event)?.context.consentManagement
    for (let i = 0; i < 50 && !found(); ++i) await page.waitForTimeout(100)
    const {allowedConsentIds, deniedConsentIds} = found() ?? {}
    return {allowedConsentIds, deniedConsentIds}
  }
  await visit.press('Choisir')
  await page.getByRole('switch', {name: 'Mesurer nos pages'}).check()
  await visit.press('Enregistrer mes choix')
  await page.evaluate(([url, key]) => {
    const {RudderAnalytics} = window.rudderanalytics ?? window.RudderAnalytics ?? window
    const banner = document.querySelector('filrouge-consent')
    const analytics = window.analytics = new RudderAnalytics()
    analytics.load(key, url, {configUrl: url, consentManagement: banner.consentManagement})
    analytics.setAnonymousId(banner.anonymousId)
    banner.rudder(analytics)
    analytics.track('Looked')
  }, [there.server.url, there.key])
  assert.deepEqual(await said('Looked'), {allowedConsentIds: ['measurement'], deniedConsentIds: ['profiling']})
  await visit.press('Vos choix de confidentialité')
  await visit.press('Tout accepter')
  await page.evaluate(() => window.analytics.track('Looked again'))
  assert.deepEqual(await said('Looked again'), {allowedConsentIds: purposes, deniedConsentIds: []})
  await visit.reader.close('RudderStack')
}

// What is said in one window holds in the others, at once; a proof that is late overwrites nothing.
async function holdsInEveryWindow(there) {
  const visit = await Visit.open(there)
  await visit.page.evaluate(() => document.body.prepend(document.querySelector('filrouge-consent')))  // a page that arranges itself moves it
  const other = await visit.reader.context.newPage()
  visit.reader.watch(other)
  let letGo
  const late = new Promise((resolve) => { letGo = resolve })
  await visit.page.route(/v1.track/, async (route) => { await late; await route.continue() })
  await other.goto(there.site.url)
  await other.getByRole('button', {name: 'Tout accepter'}).waitFor()
  await visit.press('Tout accepter')
  await other.getByRole('button', {name: 'Vos choix de confidentialité'}).click()
  assert.deepEqual(await element(other, 'preferences'), {measurement: true, profiling: true})
  await other.getByRole('dialog').getByRole('button', {name: 'Tout refuser'}).click()
  await visit.page.waitForFunction(() => document.querySelector('filrouge-consent').preferences.measurement === false)
  letGo()
  await visit.page.waitForTimeout(500)
  await visit.page.reload()
  await visit.page.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
  assert.deepEqual(await element(visit.page, 'preferences'), {measurement: false, profiling: false}, 'the later no stands')
  await doesNotSpeakForAnOlderChoice(visit, other)
  await visit.reader.close('two windows')
}

// A banner that is out of the page for a while hears nothing: it looks before it proves and when it comes back.
async function doesNotSpeakForAnOlderChoice(visit, other) {
  await visit.press('Vos choix de confidentialité')
  await visit.press('Tout accepter')
  await other.waitForFunction(() => document.querySelector('filrouge-consent').preferences.measurement === true)
  await visit.page.evaluate(() => { window.apart = document.querySelector('filrouge-consent'); window.apart.remove() })
  await other.getByRole('button', {name: 'Vos choix de confidentialité'}).click()
  await other.getByRole('dialog').getByRole('button', {name: 'Tout refuser'}).click()
  const refused = () => visit.page.evaluate(() => JSON.parse(localStorage.getItem('filrouge.consent')).purposes.every((said) => !said.yes))
  for (let i = 0; i < 50 && !await refused(); ++i) await visit.page.waitForTimeout(100)  // its own process stores it
  await visit.page.evaluate(() => window.apart.identify('hugo'))
  assert.ok(await refused(), 'an older yes is not written over the no')
  const told = () => visit.sent.filter(({userId}) => userId === 'hugo')
  for (let i = 0; i < 50 && told().length === 0; ++i) await visit.page.waitForTimeout(100)
  assert.deepEqual(told().map(({properties}) => properties.purposes), [{measurement: false, profiling: false}])
  await visit.page.evaluate(() => document.body.prepend(window.apart))
  assert.deepEqual(await element(visit.page, 'preferences'), {measurement: false, profiling: false})
}

// A choice is proved for an account once, as of when it was made: what the account said since then stands.
async function provesForAnAccountOnce(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  const state = async () => (await there.server.api('GET', `profiles/${await there.server.find('user_id', 'camille')}?purpose=measurement`)).consents.measurement.state
  const toldFor = (userId) => visit.sent.filter((one) => one.userId === userId)
  await visit.press('Tout accepter')
  await visit.proved()
  await page.evaluate(() => document.querySelector('filrouge-consent').identify('camille'))
  for (let i = 0; i < 50 && await state().catch(() => '') !== 'granted'; ++i) await page.waitForTimeout(100)
  assert.equal(await state(), 'granted')
  const at = await page.evaluate(() => JSON.parse(localStorage.getItem('filrouge.consent')).at)
  assert.equal(toldFor('camille')[0].originalTimestamp, new Date(at).toISOString(), 'as of the choice')
  await there.server.api('POST', 'consents', {type: 'user_id', value: 'camille', purposes: {measurement: false, profiling: false}, evidence: {form: 'call'}})
  assert.equal(await state(), 'refused')
  for (const _ of [1, 2]) {
    await page.reload()
    await page.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
    await page.evaluate(() => document.querySelector('filrouge-consent').identify('camille'))
    await page.waitForTimeout(500)
  }
  assert.equal(await state(), 'refused', 'a page that is loaded undoes no withdrawal')
  assert.equal(toldFor('camille').length, 1, 'and adds nothing to the proofs')
  // Nobody said that camille has left: the next account is asked all the same.
  await element(page, 'identify("somebody else")')
  await page.getByRole('button', {name: 'Tout accepter'}).waitFor()
  assert.deepEqual(await element(page, 'preferences'), {}, 'what one account allowed is not allowed by another')
  assert.equal(await element(page, 'anonymousId'), null, 'nor are they one visitor')
  assert.equal(toldFor('somebody else').length, 0)
  await visit.press('Tout refuser')
  for (let i = 0; i < 50 && toldFor('somebody else').length === 0; ++i) await page.waitForTimeout(100)
  assert.deepEqual(toldFor('somebody else').map(({anonymousId, properties}) => [anonymousId, properties.purposes]), [[undefined, {measurement: false, profiling: false}]])
  await visit.reader.close('an account')
}

// Who comes next at a shared browser is not spoken for by whoever chose there: least of all against a no of theirs.
async function asksTheNextAccount(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  const other = await visit.reader.context.newPage()
  visit.reader.watch(other)
  const state = async (userId) => (await there.server.api('GET', `profiles/${await there.server.find('user_id', userId)}?purpose=measurement`)).consents.measurement.state
  const toldFor = (userId) => visit.sent.filter((one) => one.userId === userId)
  await there.server.api('POST', 'consents', {type: 'user_id', value: 'ben', purposes: {measurement: false}, evidence: {form: 'call'}})
  assert.equal(await state('ben'), 'refused')
  await visit.press('Tout accepter')
  await visit.proved()
  await element(page, 'identify("anna")')
  for (let i = 0; i < 50 && await state('anna').catch(() => '') !== 'granted'; ++i) await page.waitForTimeout(100)
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('filrouge.consent')).unsent === null)
  await element(page, 'forget()')
  assert.deepEqual(await element(page, 'preferences'), {measurement: true, profiling: true}, 'the browser goes on as it was')
  assert.equal(await element(page, 'anonymousId'), null)
  await other.goto(there.site.url)
  await other.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
  await page.reload()
  await page.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
  await element(page, 'identify("ben")')
  for (const window of [page, other]) {
    await window.getByRole('button', {name: 'Tout accepter'}).waitFor()
    assert.deepEqual(await element(window, 'preferences'), {})
    assert.equal(await window.getByRole('button', {name: 'Vos choix de confidentialité'}).count(), 0, 'the bar hides no button')
  }
  assert.equal((await commands(page)).at(-1)[1].analytics_storage, 'denied')
  // It was closed without an answer: it is asked at the next page as well.
  await page.reload()
  await page.getByRole('button', {name: 'Tout accepter'}).waitFor()
  await element(page, 'identify("ben")')
  await page.waitForTimeout(500)
  assert.equal(toldFor('ben').length, 0, 'nothing is proved for who has said nothing')
  assert.equal(await state('ben'), 'refused', 'what they said on the telephone stands')
  assert.equal(await state('anna'), 'granted', 'and what the other one said')
  await visit.press('Choisir')
  await page.getByRole('switch', {name: 'Publicité choisie'}).check()
  await visit.press('Enregistrer mes choix')
  for (let i = 0; i < 50 && toldFor('ben').length === 0; ++i) await page.waitForTimeout(100)
  assert.deepEqual(toldFor('ben')[0].properties.purposes, {measurement: false, profiling: true})
  assert.notEqual(toldFor('ben')[0].anonymousId, toldFor('anna')[0].anonymousId, 'under an id of their own')
  await visit.reader.close('the next account')
}

// Whoever signs out is not spoken for by whoever comes next in the same page.
async function forgetsWhoSignedOut(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  await page.evaluate(() => document.querySelector('filrouge-consent').identify('anna'))
  await page.evaluate(() => document.querySelector('filrouge-consent').forget())
  await visit.press('Tout accepter')
  await visit.proved()
  assert.deepEqual(visit.sent.map(({userId}) => userId), [undefined])
  await page.evaluate(() => document.querySelector('filrouge-consent').identify('anna'))
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('filrouge.consent')).unsent === null)
  assert.match(await page.evaluate(() => localStorage.getItem('filrouge.consent')), /anna/)
  await page.evaluate(() => document.querySelector('filrouge-consent').forget())
  assert.doesNotMatch(await page.evaluate(() => localStorage.getItem('filrouge.consent')), /anna/, 'nothing names the account any more')
  await visit.press('Vos choix de confidentialité')
  await visit.press('Tout refuser')
  await page.waitForTimeout(500)
  assert.deepEqual(visit.sent.map(({userId}) => userId), [undefined, 'anna'], 'a no of whoever comes next is not said of anna, nor of the visitor she was')
  await visit.reader.close('signed out')
}

// All cookies are blocked: even asking for localStorage throws.
async function asksWhereStorageIsForbidden(there) {
  const visit = await Visit.open(there, {forbidden: true})
  const {page} = visit
  await visit.press('Tout accepter')
  await page.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
  assert.equal((await visit.proved()).measurement.state, 'granted')
  assert.deepEqual(await element(page, 'preferences'), {measurement: true, profiling: true}, 'the choice holds for the page')
  await page.reload()
  await page.getByRole('button', {name: 'Tout accepter'}).waitFor()
  assert.deepEqual(await element(page, 'preferences'), {}, 'and for no other')
  await visit.reader.close('storage forbidden')
}

// Nobody waits for the server to take a yes back: what they say holds at once, and is proved when it is there again.
async function withdrawsWhileTheServerIsAway(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  await visit.press('Tout accepter')
  await visit.proved()
  await visit.ages(0)
  const away = /v1.(projects|track)/
  await page.route(away, (route) => route.abort())
  await page.reload()
  await visit.press('Vos choix de confidentialité')
  await page.getByRole('switch', {name: 'Mesurer l’utilisation de ce site'}).waitFor()
  await page.keyboard.press('Escape')
  await visit.ages(2)
  await page.reload()
  assert.deepEqual(await element(page, 'preferences'), {measurement: true, profiling: true})
  await visit.press('Vos choix de confidentialité')
  await page.getByRole('dialog').getByRole('button', {name: 'Tout refuser'}).click()
  assert.deepEqual(await element(page, 'preferences'), {measurement: false, profiling: false})
  await page.unroute(away)
  await page.reload()
  for (let i = 0; i < 50 && (await visit.proved()).measurement.state === 'granted'; ++i) await page.waitForTimeout(100)
  for (const purpose of purposes) assert.equal((await visit.proved())[purpose].state, 'refused', purpose)
  await page.getByRole('button', {name: 'Vos choix de confidentialité'}).waitFor()
  assert.deepEqual(await element(page, 'preferences'), {measurement: false, profiling: false})
  visit.reader.wrong = visit.reader.wrong.filter((text) => !/^console: Failed to load resource: net::ERR_FAILED/.test(text))
  await visit.reader.close('while the server is away')
}

async function asksAgain(there) {
  const visit = await Visit.open(there)
  const {page} = visit
  await visit.press('Tout accepter')
  await visit.proved()
  await visit.ages(2)
  await there.server.api('POST', 'purposes/profiling/wordings', {texts: {fr: 'Publicité choisie autrement'}})
  await page.waitForTimeout(300)
  // The old words may stand in a cache for a minute.
  await page.route(/consent\?language/, async (route) => route.fulfill({response: await route.fetch({headers: {...route.request().headers(), 'cache-control': 'no-cache'}})}))
  await page.reload()
  await page.getByText('Publicité choisie autrement').waitFor()
  assert.deepEqual(await element(page, 'preferences'), {measurement: true}, 'a yes to other words is none')
  await visit.press('Tout accepter')
  await visit.ages(184)
  await page.reload()
  await page.getByRole('button', {name: 'Tout accepter'}).waitFor()
  assert.deepEqual(await element(page, 'preferences'), {}, 'half a year later nothing is allowed until somebody says so again')
  await visit.reader.close('asked again')
}

await story('banner', Filrouge, async (server) => {
  const key = await server.source('shop', 'web')
  for (const [purpose, texts] of Object.entries(words)) await server.api('POST', `purposes/${purpose}/wordings`, {texts})
  const shop = await site(server, key, await weigh(server))
  const browser = await launch()
  const there = {browser, server, key, site: shop}
  try {
    for (const run of [sendsNothingBeforeAChoice, provesAYesAndItsWithdrawal, followsGlobalPrivacyControl, goesByKeysAndSpeaksEnglish, signalsToTheSdks, leadsTheRealRudder, holdsInEveryWindow, provesForAnAccountOnce, asksTheNextAccount, forgetsWhoSignedOut,
      asksWhereStorageIsForbidden, withdrawsWhileTheServerIsAway, asksAgain]) {
      await run(there)
      console.log(run.name)
    }
  } finally {
    await browser.close()
    shop.close()
  }
})
