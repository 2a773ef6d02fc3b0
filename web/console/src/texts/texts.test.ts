import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {places} from '../app/places'
import {declared, kinds} from '../measure/kinds'
import {requestKinds, requestStates} from '../trust/queries'
import {en} from './en'
import {fr} from './fr'

type Tree = {[name: string]: string | Tree}
function flat(tree: Tree, before = ''): Map<string, string> {
  return new Map(Object.entries(tree).flatMap(([name, value]) => (typeof value === 'string' ? [[before + name, value] as const] : [...flat(value, `${before}${name}.`)])))
}
const english = flat(en), french = flat(fr)
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()

function sources(folder: string): string[] {
  return readdirSync(folder, {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/test\.ts$|texts/.test(join(entry.parentPath, entry.name)))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

test('French says all that English says, with the same figures in it', () => {
  expect([...french.keys()].sort()).toEqual([...english.keys()].sort())
  for (const [key, text] of english) expect(slots(french.get(key)!), key).toEqual(slots(text))
  expect([...french].filter(([, text]) => text.trim() === '')).toEqual([])
})

test('every text that a page asks for is there', () => {
  const asked = new Set(sources(join(import.meta.dirname, '..')).flatMap((text) => [...text.matchAll(/\bt\(\s*'([a-z_]+\.[a-zA-Z_.]+)'/g)].map(([, key]) => key!)))
  expect(asked.size).toBeGreaterThan(150)
  const known = (key: string) => english.has(key) || english.has(`${key}_other`)
  expect([...asked].filter((key) => !known(key))).toEqual([])
})

test('what is put together from parts is there as well', () => {
  const asked = [
    ...places.map(({text}) => text), ...requestKinds.map((kind) => `request_kind.${kind}`), ...requestStates.map((state) => `request_state.${state}`), ...kinds.flatMap((kind) => ['name', 'lead', 'means'].map((part) => `kind.${kind}.${part}`)),
    ...kinds.flatMap((kind) => declared[kind].fields.flatMap((field) => [`field.${field.name}`, ...(field.as === 'choice' ? field.options.map((option) => `option.${option.replaceAll(' ', '_')}`) : [])])),
  ]
  expect(asked.filter((key) => !english.has(key))).toEqual([])
})
