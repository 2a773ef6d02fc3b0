import {expect, test} from 'vitest'
import {duration} from './format'

test('a duration is rounded once, so that no hour has sixty minutes', () => {
  for (const [seconds, told] of [[0, '0 s'], [9.94, '9.9 s'], [59.4, '59 s'], [59.6, '1 min'], [89, '1 min'], [3_569, '59 min'], [3_570, '1 h 00'], [3_599, '1 h 00'], [7_175, '2 h 00'], [7_800, '2 h 10'], [172_769, '47 h 59'], [172_770, '2 d'], [216_000, '2.5 d']] as const) expect(duration(seconds), `${seconds}`).toBe(told)
  expect(duration(null)).toBe('–')
})
