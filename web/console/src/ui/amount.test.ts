import {expect, test} from 'vitest'
import {amountOf, decimalOf} from './amount'

test('an amount is read as tables of either side of the Channel write it', () => {
  for (const [text, n] of [
    ['12.50', 12.5], ['12,50', 12.5], ['1,234.56', 1234.56], ['1.234,50', 1234.5], ['1 234,50', 1234.5], ['1\u202f234,5', 1234.5], ["1'234.50", 1234.5], ['1,234,567', 1_234_567], ['1.234.567', 1_234_567],
    ['1.234.567,8', 1_234_567.8], ['12,34,567.5', 1_234_567.5], ['12,50 €', 12.5], ['€1,234.50', 1234.5], ['-£5', -5], ['\u221212,5', -12.5], ['+3', 3], ['0010,50', 10.5], ['0,125', 0.125], ['1234,567', 1234.567], ['.5', 0.5], ['1e-7', 1e-7], ['0', 0],
  ] as const) expect(amountOf(text), text).toBe(n)
  for (const text of ['', ' ', '€', '-', 'free', '12€50', '1.2.3', '3.1.2026', '1,234.567,8', '1,2,3', '12,50 EUR', '0x10', 'Infinity', "5'10"]) expect(amountOf(text), text).toBeUndefined()
})

test('what may be a thousand or a bit over one is read as its column writes the others, else not at all', () => {
  expect(decimalOf(['1,234', '12.50', ''])).toBe('.')
  expect(decimalOf(['1.234', '12,50', 'free'])).toBe(',')
  expect(decimalOf(['1,234,567'])).toBe('.')
  expect(decimalOf(['1.2.3', '1,234', '12'])).toBeUndefined()
  expect(decimalOf(['12.50', '12,50'])).toBeUndefined()
  expect([amountOf('1,234', '.'), amountOf('1,234', ','), amountOf('1,234')]).toEqual([1234, 1.234, undefined])
  expect([amountOf('1.234', ','), amountOf('1.234', '.'), amountOf('1.234')]).toEqual([1234, 1.234, 1.234])
  expect(amountOf('12,50', '.'), 'the text alone tells').toBe(12.5)
})
