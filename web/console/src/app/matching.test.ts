import {expect, test} from 'vitest'
import {matching} from './matching'

const entries = ['Now', 'People', 'Entonnoir', 'Prévision', 'New audience'].map((text) => ({text}))
test('a command is found by its letters in order, without accents; whole words first', () => {
  expect(matching(entries, 'previ')[0]?.text).toBe('Prévision')
  expect(matching(entries, 'nw')[0]?.text).toBe('Now')
  expect(matching(entries, 'audience').map(({text}) => text)).toEqual(['New audience'])
  expect(matching(entries, 'zzz')).toEqual([])
  expect(matching(entries, '')).toHaveLength(5)
})
