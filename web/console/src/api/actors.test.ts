import {expect, test} from 'vitest'
import {idOf, nameOf, type Actor} from './actors'

const actors: Actor[] = [{id: 'a1', name: 'Camille', kind: 'account'}, {id: 't7', name: 'laptop', kind: 'token'}]

test('an account, a token and an account’s own token have their names', () => {
  expect(nameOf(actors, 'a1')).toBe('Camille')
  expect(nameOf(actors, 't7')).toBe('laptop')
  expect(nameOf(actors, 'a1/t7')).toBe('Camille · laptop')
})

test('who was removed has none, not half of one', () => {
  expect(nameOf(actors, 'a2')).toBeUndefined()
  expect(nameOf(actors, 'a1/gone')).toBeUndefined()
  expect(nameOf(actors, '')).toBeUndefined()
})

test('a name that is typed finds its id, an id stays', () => {
  expect(idOf(actors, ' camille ')).toBe('a1')
  expect(idOf(actors, 'a9')).toBe('a9')
  expect(idOf(actors, '')).toBe('')
})
