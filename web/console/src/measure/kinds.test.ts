import {expect, test} from 'vitest'
import {bodyOf, firstOf, kinds, read, written} from './kinds'
import {ruleOfCell} from './views/Rfm'

test('a question survives the address of the page; what is no question becomes the first one', () => {
  for (const kind of kinds) expect(read(written(firstOf(kind)), kind)).toEqual(firstOf(kind))
  for (const text of [null, '', '{', '[]', '{"kind":"funnel"}', written(firstOf('rfm'))]) expect(read(text, 'metric')).toEqual(firstOf('metric'))
})

test('what was left empty is not asked', () => {
  expect(bodyOf({kind: 'metric', args: {of: 'count(*)', over: '', by: 'channel', compare: true}}, 'measurement'))
    .toEqual({purpose: 'measurement', metric: {of: 'count(*)', by: ['channel'], compare: true}})
  expect(bodyOf({kind: 'niche', args: {audience: 'a', rule: 'any(E)', features: ['event']}, last: '1 year'}, 'p', 'b'))
    .toEqual({purpose: 'p', brand: 'b', last: '1 year', niche: {audience: 'a', features: ['event']}})
})

test('a box without its tick says no, for what the server does by itself otherwise', () => {
  const {args} = firstOf('flows')
  expect(bodyOf({kind: 'flows', args: {...args, collapse_loops: false}}, 'p').flows).toMatchObject({collapse_loops: false})
  expect(bodyOf({kind: 'flows', args}, 'p').flows).toMatchObject({collapse_loops: true})
})

test('the rule of a cell lies between its cut and the next', () => {
  const cuts = [1, 2, 3, 4, 5].map((score) => ({score, purchases_from: score, last_purchase_from: `2026-0${score}-01T00:00:00Z`, amount_from: score}))
  expect(ruleOfCell(5, 5, cuts, 'E')).toBe('count(E) >= 5 and any(E, since 2026-05-01)')
  expect(ruleOfCell(1, 1, cuts, 'E')).toBe('count(E) >= 1 and count(E) < 2 and not any(E, since 2026-02-01)')
  expect(ruleOfCell(1, 1, [], 'E')).toBeNull()
})
