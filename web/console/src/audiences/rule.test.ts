import {expect, test} from 'vitest'
import {tokensOf} from './grammar'
import {bytesOfUnits, unitsOfBytes} from './offsets'

test('a place told in bytes is found among letters of any width', () => {
  for (const text of ['trait(city) = "Orléans"', '日本語 and é', '😀 then 😀', '']) {
    for (let units = 0; units <= text.length; ++units) {
      const broken = units > 0 && /[\uD800-\uDBFF]/.test(text[units - 1]!)  // inside a pair of units
      if (!broken) expect(unitsOfBytes(text, bytesOfUnits(text, units))).toBe(units)
    }
  }
})

test('words of the language are told from names and texts', () => {
  const text = 'count(Order Completed, last 90 days) >= 2 and trait(city) = "not a word"'
  const kinds = Object.fromEntries(tokensOf(text).map(({kind, from, to}) => [text.slice(from, to), kind]))
  expect(kinds).toMatchObject({count: 'function', Order: 'name', last: 'keyword', 90: 'number', '>=': 'operator', and: 'keyword', '"not a word"': 'string'})
})

test('colouring ends on any text', () => {
  for (const text of ['"', '"\\', '((((', '\u0000', 'a'.repeat(5_000)]) expect(tokensOf(text).every(({from, to}) => to > from)).toBe(true)
})
