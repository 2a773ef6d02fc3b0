import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {kBanner, snippets} from './snippets'

const all = Object.entries(snippets).map(([name, of]) => [name, of('https://events.shop.example', 'k1')] as const)

test('no snippet states a consent that nobody gave', () => {
  for (const [name, text] of all) expect(text, name).not.toMatch(/categoryPreferences[^}]*: *true/)
})

test('in a page the banner asks before an SDK of Segment sends', () => {
  const text = snippets.segment_browser('https://events.shop.example', 'k1')
  expect(text.indexOf('.segment(analytics)')).toBeGreaterThan(text.indexOf('<filrouge-consent'))
  expect(text.indexOf("track('")).toBeGreaterThan(text.indexOf('.segment(analytics)'))
  expect(readFileSync(join(import.meta.dirname, '../../../banner/src/version.ts'), 'utf8')).toContain(`'${kBanner}'`)
})
