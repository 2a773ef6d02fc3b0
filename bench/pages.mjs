// How long each page of the console takes to be there without anything that waits, in Chromium, as
// `bench/run pages` asks for it: URL TOKEN PROFILE AUDIENCE. Prints a JSON object of milliseconds a page:
// [in a new window, from another page of the console].
import {chromium as playwright} from '../test/sdk/node_modules/playwright-core/index.mjs'
import {chromium} from '../test/sdk/lib/the_server.mjs'

const [url, token, profile, audience] = process.argv.slice(2)
const kinds = ['metric', 'funnel', 'flows', 'retention', 'attribution', 'share', 'rfm', 'value', 'rising', 'forecast']
const places = [
  '/now', '/people', `/people/${profile}`, '/audiences', `/audiences/${audience}`, '/audiences/new', '/measure', ...kinds.map((kind) => `/measure/${kind}`),
  '/sources', '/sources/events', '/sources/quarantine', '/trust', '/trust/requests', '/trust/identity', '/trust/audit', '/trust/erasures',
]

async function there(page, go) {
  const begun = performance.now()
  await go()
  await page.locator('h1').first().waitFor({timeout: 60_000})
  await page.waitForFunction(() => document.querySelectorAll('.wait').length === 0, null, {timeout: 120_000, polling: 'raf'})
  return performance.now() - begun
}

async function timed(context, place) {
  const fresh = await context.newPage()
  const opened = await there(fresh, () => fresh.goto(`${url}/#${place}`))
  await fresh.close()
  // Another window, which has nothing of this page's answers yet.
  const page = await context.newPage()
  await there(page, () => page.goto(`${url}/#/sources/nothing`))
  const within = await there(page, () => page.evaluate((to) => {
    location.hash = to
    return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  }, place))
  await page.close()
  return [opened, within]
}

const browser = await playwright.launch({executablePath: chromium, args: ['--headless', '--no-sandbox', '--disable-gpu']})
const context = await browser.newContext({reducedMotion: 'reduce', viewport: {width: 1360, height: 860}})
await context.addInitScript((value) => sessionStorage.setItem('filrouge.token', value), token)
await timed(context, '/now') // Chromium itself starts, the files come into its cache
const took = {}
for (const place of places) {
  try {
    took[place.replace(profile, 'ID').replace(audience, 'ID')] = await timed(context, place)
  } catch (error) {
    took[place] = [String(error).slice(0, 200)]
  }
}
console.log(JSON.stringify(took))
await browser.close()
