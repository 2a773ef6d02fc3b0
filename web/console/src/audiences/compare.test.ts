import {expect, test} from 'vitest'
import {comparable} from './compare'

test('with the first tick audiences of another purpose or brand can no more be compared', () => {
  const a = {purpose: 'measurement', brand: 'fil'}
  expect(comparable(a)).toBe(true)
  expect(comparable({...a}, a)).toBe(true)
  expect(comparable({...a, purpose: 'profiling'}, a)).toBe(false)
  expect(comparable({...a, brand: 'bobine'}, a)).toBe(false)
})
