import {expect, test} from 'vitest'
import {pageAt, pages} from './pages'
import {placesOf} from './places'

test('an address leads to its page, whatever is asked of it', () => {
  expect(pageAt('#/now')).toBe(pages['now'])
  expect(pageAt('#/audiences/new?rule=x')).toBe(pages['audiences/new'])
  expect(pageAt('#/audiences/vip')).toBe(pages['audiences/:id'])
  expect(pageAt('#/measure/funnel?q={}')).toBe(pages['measure/:kind'])
  expect([pageAt(''), pageAt('#/'), pageAt('#/nowhere'), pageAt('#/now/else/where')]).toEqual([undefined, undefined, undefined, undefined])
})

test('who is limited to brands sees no place of the whole shop', () => {
  const of = (role: string, brands?: string[]) => placesOf({role, brands}).map(({to}) => to.slice(1))
  expect(of('marketer')).toContain('now')
  expect(of('marketer', ['hats'])).toEqual(['people', 'audiences', 'measure', 'trust'])
  expect(of('admin', ['hats'])).toEqual(['people', 'staff', 'audiences', 'measure', 'trust', 'sources'])
  expect(of('staff', ['hats'])).toEqual(['people', 'staff'])
  expect(of('staff', [])).toEqual(of('staff'))
  expect(placesOf(undefined)).toEqual([])
})
