import {expect, test} from 'vitest'
import {indented, isJson} from './json'

// A seed of one's own: FILROUGE_SEED.
const seed = Number(process.env.FILROUGE_SEED ?? 1)
let state = seed >>> 0
const below = (n: number) => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return Math.floor((state / 4_294_967_296) * n) }

type Value = null | boolean | number | string | Value[] | {[name: string]: Value}
function valueOf(depth: number): Value {
  const text = () => Array.from({length: below(6)}, () => ['a', '"', '\\', '\n', ' ', '{', ']', ',', ':', 'é', '😀'][below(11)]).join('')
  const many = <T>(make: () => T) => Array.from({length: below(4)}, make)
  switch (below(depth > 4 ? 4 : 6)) {
    case 0: return null
    case 1: return below(2) === 0
    case 2: return (below(2_000) - 1_000) / 8
    case 3: return text()
    case 4: return many(() => valueOf(depth + 1))
    default: return Object.fromEntries(many(() => [text(), valueOf(depth + 1)] as const))
  }
}

test(`a document is indented as JSON.stringify does it, however it was written (seed ${seed})`, () => {
  for (let i = 0; i < 500; ++i) {
    const value = valueOf(0)
    for (const blanks of [0, 1, '\t']) expect(indented(JSON.stringify(value, null, blanks)), `seed ${seed}, document ${i}`).toBe(JSON.stringify(value, null, 2))
  }
})

test('a doubled key, a large integer, 1e999 and an escape stay as they came', () => {
  const text = String.raw`{"a":1,"a":9007199254740993,"b":[1e999,-0,1.0],"c":"\u00e9\/"}`
  expect(indented(text).replace(/\s/g, '')).toBe(text)
  expect(indented(text)).toContain('\n  "a": 9007199254740993,\n')
})

test('what is no JSON loses nothing but blanks, and what is too deep or has no end not even these', () => {
  for (const text of ['{"a":1 2 "b":tru e}', ']}{', '', 'null']) {
    expect(indented(text).replace(/\s/g, ''), text).toBe(text.replace(/\s/g, ''))
    expect(isJson(indented(text)), text).toBe(isJson(text))
  }
  expect(indented('{"a":1 2}')).toContain('1 2')
  for (const text of ['{"a":  "no end,  ', '['.repeat(65), `${'{"a":'.repeat(20_000)}`]) expect(indented(text)).toBe(text)
})
