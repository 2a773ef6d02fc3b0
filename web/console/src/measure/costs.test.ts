import {expect, test} from 'vitest'
import {costsOf, told} from './costs'

const amounts = (...lines: string[]) => costsOf(lines.join('\n')).map(({amount}) => amount)

test('costs are read with or without a header, whatever parts the columns', () => {
  expect(costsOf('day;channel;cost\n2026-03-02;search;120,50\n\n2026-03-09;"tv";900')).toEqual([{at: '2026-03-02', channel: 'search', amount: 120.5}, {at: '2026-03-09', channel: 'tv', amount: 900}])
  expect(amounts('2026-03-02,search,120.50', '2026-03-02,tv,120,50')).toEqual([120.5, 120.5])
  expect(amounts('2026-03-02\tsearch\t1\u202f234,50 €')).toEqual([1234.5])
})

test('thousands of a budget are no decimals', () => {
  expect(amounts('2026-03-02,search,"1,234.56"', '2026-03-02,tv,"1,234"', '2026-03-02,mail,$12.50')).toEqual([1234.56, 1234, 12.5])
  expect(amounts('2026-03-02;search;1.234,50', '2026-03-02;tv;1.234')).toEqual([1234.5, 1234])
})

test('a cost that two read differently is none, and the page says so', () => {
  expect(amounts('2026-03-02;search;1,234', '2026-03-02;tv;12')).toEqual([NaN, 12])
  expect(told(costsOf('2026-03-02;search;1,234\n2026-03-02;tv;12'))).toEqual({rows: 1, wrong: 1, channels: ['tv'], sum: 12})
})
