// What a browser that takes brotli has to fetch for the first page, and for each further one: printed,
// and the first one held to its bound.
import {readdirSync, readFileSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'

const kFirstPageBytesMax = 300 * 1024
const root = new URL('../../../build/console', import.meta.url).pathname
const assets = readdirSync(join(root, 'assets'))
const sizeOf = (file) => {
  const path = join(root, file)
  try { return statSync(`${path}.br`).size } catch { return statSync(path).size }
}

// All that a file imports at once, through any number of steps.
function importsOf(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(join(root, 'assets', file), 'utf8')
  for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) importsOf(name, found)
  return found
}

const entry = [...readFileSync(join(root, 'index.html'), 'utf8').matchAll(/assets\/([^"]+\.(?:js|css))/g)].map(([, name]) => name)
const page = (name) => assets.find((file) => file.startsWith(`${name}-`) && file.endsWith('.js') && statSync(join(root, 'assets', file)).size > 200)
const styleOf = (name) => assets.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.css'))
const scriptsFirst = new Set(entry.filter((file) => file.endsWith('.js')).flatMap((file) => [...importsOf(file)]))

function pageFiles(name) {
  return new Set([...scriptsFirst, ...importsOf(page(name)), ...entry, ...styleOf(name), page('fr')])
}
const total = (files) => [...files].reduce((sum, file) => sum + sizeOf(`assets/${file}`), 0)
const font = assets.find((file) => file.startsWith('inter-latin-wght'))
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`

const first = pageFiles('NowPage')
const bytes = total(first) + sizeOf('index.html') + sizeOf(`assets/${font}`)
console.log(`first page (Now, French, with its font): ${kib(bytes)} of ${kib(kFirstPageBytesMax)}, ${first.size + 2} files`)
for (const name of ['PersonPage', 'AudiencesPage', 'BuilderPage', 'MeasurePage', 'SourcesPage', 'TrustPage']) {
  const more = [...pageFiles(name)].filter((file) => !first.has(file))
  console.log(`  ${name.padEnd(14)} ${kib(more.reduce((sum, file) => sum + sizeOf(`assets/${file}`), 0))} more`)
}
for (const name of ['RuleEditor', 'echarts']) console.log(`  ${name.padEnd(14)} ${kib(sizeOf(`assets/${page(name)}`))} where it is used`)
if (bytes > kFirstPageBytesMax) {
  console.error(`${basename(root)}: the first page is larger than its bound`)
  process.exit(1)
}
