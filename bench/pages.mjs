// How long each page of the console takes from the address to a page without anything that waits, in
// Chromium, as `bench/run pages` asks for it: URL TOKEN PROFILE AUDIENCE. Prints a JSON object of
// milliseconds a page: [first, again].
import {chromium as playwright} from '../test/sdk/node_modules/playwright-core/index.mjs'
import {chromium} from '../test/sdk/lib/the_server.mjs'

const [url, token, profile, audience] = process.argv.slice(2)
const kinds = ['metric', 'funnel', 'flows', 'retention', 'attribution', 'share', 'rfm', 'value', 'rising', 'forecast']
const places = [
  '/now', '/people', `/people/${profile}`, '/audiences', `/audiences/${audience}`, '/audiences/new', '/measure', ...kinds.map((kind) => `/measure/${kind}`),
  '/sources', '/sources/events', '/sources/quarantine', '/trust', '/trust/requests', '/trust/identity', '/trust/audit', '/trust/erasures',
]

async function opened(context, place) {
  const page = await context.newPage()
  const begun = performance.now()
  await page.goto(`${url}/#${place}`)
  await page.locator('h1').first().waitFor({timeout: 60_000})
  await page.waitForFunction(() => document.querySelectorAll('.wait').length === 0, null, {timeout: 120_000, polling: 'raf'})
  const ms = performance.now() - begun
  await page.close()
  return ms
}

const browser = await playwright.launch({executablePath: chromium, args: ['--headless', '--no-sandbox', '--disable-gpu']})
const context = await browser.newContext({reducedMotion: 'reduce', viewport: {width: 1360, height: 860}})
await context.addInitScript((value) => sessionStorage.setItem('filrouge.token', value), token)
await opened(context, '/now') // Chromium itself starts, the files come into its cache
const took = {}
for (const place of places) {
  try {
    took[place.replace(profile, 'ID').replace(audience, 'ID')] = [await opened(context, place), await opened(context, place)]
  } catch (error) {
    took[place] = [String(error).slice(0, 200)]
  }
}
console.log(JSON.stringify(took))
await browser.close()
