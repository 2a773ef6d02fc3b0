// What each test in Chromium begins with; says that it was skipped (77) where npm's packages or Chromium are
// absent. Nothing that needs a package is imported before that is known.
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

if (!existsSync(join(fileURLToPath(new URL('../sdk', import.meta.url)), 'node_modules'))) {
  console.log('skipped: the packages of test/sdk are not installed')
  process.exit(77)
}
const {needChromium} = await import('../sdk/lib/the_server.mjs')
needChromium()
export const {story} = await import('../sdk/lib/story.mjs')
export const {Filrouge} = await import('../sdk/lib/server.mjs')
export const {TwoBrands} = await import('../sdk/lib/two_brands.mjs')
export const {launch, Reader} = await import('./browser.mjs')
