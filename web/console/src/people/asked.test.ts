import {expect, test} from 'vitest'
import {kindOf, valueOf} from './asked'

test('what is put right stays of the kind it was', () => {
  for (const [value, typed] of [['Lyon', 'Lille'], [38, '40'], [true, 'no'], ['38', '40']] as const) {
    const right = valueOf(kindOf(value), typed)
    expect(typeof right).toBe(typeof value)
  }
  expect(valueOf('number', '1,5')).toBe(1.5)
  expect(valueOf('yes_no', 'no')).toBe(false)
  expect(valueOf('text', '  Lyon ')).toBe('Lyon')
})

test('what is none of its kind is not told', () => {
  expect(valueOf('number', 'many')).toBeUndefined()
  expect(valueOf('number', '1e999')).toBeUndefined()
  expect(valueOf('text', '   ')).toBeUndefined()
  expect(valueOf('yes_no', 'maybe')).toBeUndefined()
  expect(valueOf(kindOf(['a', 'b']), 'a')).toBeUndefined()
  expect(kindOf({masked: true})).toBe('list')
})
