// Chromium, and a reader of the console with eyes for what must never be: a dialog, a report of the
// policy, a request elsewhere, a script that fails, something a screen reader cannot use.
import assert from 'node:assert/strict'
import {Buffer} from 'node:buffer'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {chromium as playwright} from '../sdk/node_modules/playwright-core/index.mjs'
import {chromium} from '../sdk/lib/the_server.mjs'

const require = createRequire(join(process.cwd(), 'package.json'))
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, {recursive: true})

export const launch = () => playwright.launch({
  executablePath: chromium,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})

// Whom the pages are tried with: known on two channels, by card and by e-mail.
export const person = (server) => server.find('user_id', 'user-4')

export class Reader {
  static async open(browser, server, {token, locale = 'en', colorScheme = 'light', viewport = {width: 1360, height: 860}, friends = [], userAgent} = {}) {
    const reader = new Reader()
    reader.server = server
    reader.origins = [server.url, ...friends]  // where a page may send requests
    reader.wrong = []
    reader.context = await browser.newContext({locale, colorScheme, viewport, reducedMotion: 'reduce', ...(userAgent && {userAgent})})
    await reader.context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {})
    if (token) await reader.context.addInitScript((value) => { if (location.protocol !== 'about:' && !sessionStorage.getItem('filrouge.token')) sessionStorage.setItem('filrouge.token', value) }, token)
    await reader.context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
    })
    reader.page = await reader.context.newPage()
    reader.watch(reader.page)
    return reader
  }

  // Windows that a page opens are watched, too.
  watch(page) {
    const note = (text) => this.wrong.push(text)
    page.on('dialog', (dialog) => { note(`dialog: ${dialog.message()}`); void dialog.dismiss() })
    page.on('pageerror', (error) => note(`script: ${error.message}`))
    // A refusal that the page shows is none of its faults.
    page.on('console', (message) => { if (message.type() === 'error' && !/status of (401|403|404|409|422)/.test(message.text())) note(`console: ${message.text()}`) })
    page.on('request', (request) => { if (!/^(blob|data):/.test(request.url()) && !this.origins.includes(new URL(request.url()).origin)) note(`foreign: ${request.url()}`) })
  }

  async go(place) {
    await this.page.goto(`${this.server.url}/#${place}`)
    await this.page.locator('h1').first().waitFor()
  }

  // In the page's own language, since that is what a person reads.
  sees(text, options = {}) { return this.page.getByText(text, {exact: false, ...options}).first().waitFor({timeout: 10_000}) }

  async settled() {
    await this.page.waitForFunction(() => document.querySelectorAll('.wait').length === 0, null, {timeout: 15_000}).catch(async (error) => {
      await this.picture('stuck')
      throw new Error(`${this.page.url()} still waits`, {cause: error})
    })
  }

  // By Chromium itself, which packs the picture quickly: playwright asks for the smallest file.
  async picture(name, fullPage = false) {
    if (!shots) return
    this.devtools ??= await this.context.newCDPSession(this.page)
    const {data} = await this.devtools.send('Page.captureScreenshot', {format: 'png', optimizeForSpeed: true, captureBeyondViewport: fullPage, ...(fullPage && {clip: await this.#whole()})})
    writeFileSync(join(shots, `${name}.png`), Buffer.from(data, 'base64'))
  }

  async #whole() {
    const {cssContentSize} = await this.devtools.send('Page.getLayoutMetrics')
    return {...cssContentSize, scale: 1}
  }

  // The same window with the rights of another token: much cheaper than a window of its own.
  async becomes(token) {
    await this.page.evaluate((value) => sessionStorage.setItem('filrouge.token', value), token)
    await this.page.reload()
  }

  async accessible(where) {
    if (!await this.page.evaluate(() => 'axe' in globalThis)) await this.page.evaluate(axe)  // half a megabyte, read once a document
    const found = await this.page.evaluate(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false})
      .then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | ')))`)
    this.wrong.push(...found.map((text) => `axe, ${where}: ${text}`))
  }

  async close(where) {
    assert.deepEqual(this.wrong, [], `${where}: no dialog, no report of the policy, no foreign request, no failing script, nothing that axe finds`)
    await this.context.close()
  }
}
