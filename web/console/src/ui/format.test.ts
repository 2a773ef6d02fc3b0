import {expect, test} from 'vitest'
import {amountIn, duration, worth} from './format'

test('a duration is rounded once, so that no hour has sixty minutes', () => {
  for (const [seconds, told] of [[0, '0 s'], [9.94, '9.9 s'], [59.4, '59 s'], [59.6, '1 min'], [89, '1 min'], [3_569, '59 min'], [3_570, '1 h 00'], [3_599, '1 h 00'], [7_175, '2 h 00'], [7_800, '2 h 10'], [172_769, '47 h 59'], [172_770, '2 d'], [216_000, '2.5 d']] as const) expect(duration(seconds), `${seconds}`).toBe(told)
  expect(duration(null)).toBe('–')
})

test('an amount has the decimals of its currency, and one in no currency those it came with', () => {
  expect([amountIn('EUR', 829.8), amountIn('EUR', 1_204), amountIn('JPY', 830), amountIn('KWD', 1.5), amountIn('points', 12.5), amountIn('EUR', null)])
    .toEqual(['829.80', '1,204.00', '830', '1.500', '12.5', '–'])
  expect([worth('147.9 EUR'), worth('-3 JPY'), worth('12 of them')]).toEqual(['147.90 EUR', '-3 JPY', '12 of them'])
})
