import {expect, test} from 'vitest'
import {choose, type Choice, inForce, kGoodForDays, load, save, stillChosen} from './choice'
import type {Asked} from './purposes'

const day = 86_400_000
const asked = (name: string, version: number, gpc = false): Asked =>
  ({name, categories: [], gpc_denies: gpc, wording: {version, language: 'fr', text: name}})
const store = () => {
  const kept = new Map<string, string>()
  return {getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v)} as unknown as Storage
}
const choiceAt = (at: number): Choice => ({format: 1, at, checked: at, anonymousId: null, purposes: [], unsent: null})

test('a choice holds for six months and is asked again after them', () => {
  const s = store()
  save(s, choiceAt(1_000))
  expect(load(s, 1_000 + kGoodForDays * day - 1)).not.toBeNull()
  expect(load(s, 1_000 + kGoodForDays * day)).toBeNull()
})

test('a choice from the future, of another format or unreadable is none', () => {
  const s = store()
  save(s, choiceAt(5_000))
  expect(load(s, 4_999)).toBeNull()
  for (const text of ['{', '[]', '{"format":2,"at":0,"purposes":[]}', '{"format":1,"at":0}']) {
    s.setItem('filrouge.consent', text)
    expect(load(s, 1)).toBeNull()
  }
})

test('a yes to other words is asked again, a no is not', () => {
  const choice = {...choiceAt(0), purposes: choose([asked('a', 1), asked('b', 1), asked('c', 1)], (p) => p.name !== 'b', false)}
  const still = stillChosen(choice, [asked('a', 2), asked('b', 2), asked('c', 1)])
  expect(still.map((said) => said.name)).toEqual(['b', 'c'])
})

test('Global Privacy Control wins over a yes before it and a yes while it is on', () => {
  const purposes = [asked('ads', 1, true), asked('figures', 1)]
  const before = choose(purposes, () => true, false)
  expect(inForce(before, true).map((said) => said.yes)).toEqual([false, true])
  expect(choose(purposes, () => true, true).map((said) => said.yes)).toEqual([false, true])
})
