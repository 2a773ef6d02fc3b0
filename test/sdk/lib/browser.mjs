// A headless Chromium and a little web shop of one page that loads an SDK from node_modules.
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import {dirname, join, normalize, sep} from 'node:path'
import {fileURLToPath} from 'node:url'
import {chromium as playwright} from 'playwright-core'
import {chromium, needChromium} from './the_server.mjs'

const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules')
// A visitor's own user agent: a headless browser says it is one, and would be counted as a robot.
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36'

// Serves the page at / and the files of node_modules under /m/.
export async function shop(scriptPath) {
  const page = `<!doctype html><html lang="fr"><title>Boutique</title><script src="/m/${scriptPath}"></script></html>`
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://shop').pathname
    if (!path.startsWith('/m/')) {
      return response.writeHead(200, {'content-type': 'text/html; charset=utf-8'}).end(page)
    }
    const file = normalize(join(modules, decodeURIComponent(path.slice(3))))
    const bytes = file.startsWith(modules + sep) ? await readFile(file).catch(() => null) : null
    if (!bytes) return response.writeHead(404).end()
    response.writeHead(200, {'content-type': 'text/javascript; charset=utf-8'}).end(bytes)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close()}
}

export async function browse(scriptPath, visit) {
  needChromium()
  const site = await shop(scriptPath)
  const browser = await playwright.launch({
    executablePath: chromium,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  try {
    // A visitor is a browser of its own: cookies and stores are not shared.
    const visitor = async () => {
      const context = await browser.newContext({userAgent})
      const page = await context.newPage()
      const errors = []
      page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
      await page.goto(site.url)
      return {page, errors, leave: () => context.close()}
    }
    await visit(visitor)
  } finally {
    await browser.close()
    site.close()
  }
}
