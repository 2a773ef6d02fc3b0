import {expect, test} from 'vitest'
import {noRates, rateOf, withCount} from './rates'

test('who comes back after a while sees what arrived in it as a rate, not as one burst', () => {
  // The page begins with what was kept of it 30 seconds ago, and asks anew at once.
  let rates = withCount(noRates, 10_000, 1_000_000)
  expect(rateOf(rates)).toBeNull()
  rates = withCount(rates, 10_930, 1_030_000)
  expect(rateOf(rates)).toBe(31)
  rates = withCount(rates, 10_961, 1_031_000)
  expect(rateOf(rates)).toBe(31)
})

test('a server that was started again and an answer that is no newer change no rate', () => {
  const rates = withCount(withCount(noRates, 100, 1_000), 110, 2_000)
  expect(rateOf(withCount(rates, 3, 3_000))).toBe(10)
  expect(rateOf(withCount(rates, 110, 2_000))).toBe(10)
})
