import {afterEach, expect, test} from 'vitest'
import {type Choice, load, save} from './choice'
import {storage} from './storage'

const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')
const localStorageIs = (get: () => unknown) => Object.defineProperty(globalThis, 'localStorage', {configurable: true, get})
afterEach(() => {
  if (before) Object.defineProperty(globalThis, 'localStorage', before)
  else delete (globalThis as {localStorage?: unknown}).localStorage
})

test('a choice holds for the page where localStorage throws, and where there is none', () => {
  const choice: Choice = {format: 1, at: 1, checked: 1, anonymousId: null, purposes: [], unsent: null}
  for (const [at, get] of [() => { throw new DOMException('blocked', 'SecurityError') }, () => null].entries()) {
    localStorageIs(get)
    save(storage(), {...choice, at: at + 1})
    expect(load(storage(), 10)?.at).toBe(at + 1)
  }
})

test('where localStorage is allowed nothing is kept beside it', () => {
  const own = new Map<string, string>()
  localStorageIs(() => ({getItem: (key: string) => own.get(key) ?? null, setItem: (key: string, value: string) => own.set(key, value)}))
  storage().setItem('a', '1')
  expect([...own]).toEqual([['a', '1']])
  localStorageIs(() => null)
  expect(storage().getItem('a')).toBeNull()
})
