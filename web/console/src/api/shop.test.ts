import {expect, test} from 'vitest'
import {brandsOf} from './shop'

const stats = {brands: [{id: 'coats', name: 'Coats'}, {id: 'hats', name: 'Hats'}]}

test('whoever may not read the figures is told the shop’s brands by the session', () => {
  expect(brandsOf({brands_of_shop: ['coats', 'hats']}, undefined)).toEqual([{id: 'coats', name: 'coats'}, {id: 'hats', name: 'hats'}])
})

test('a limit wins, names are taken where they are known, and an older server tells what it knows', () => {
  expect(brandsOf({brands: ['hats'], brands_of_shop: ['hats']}, stats)).toEqual([{id: 'hats', name: 'hats'}])
  expect(brandsOf({brands_of_shop: ['coats', 'hats']}, stats)).toEqual(stats.brands)
  expect(brandsOf({}, stats)).toEqual(stats.brands)
  expect(brandsOf({}, undefined)).toEqual([])
  expect(brandsOf(undefined, undefined)).toEqual([])
})
