import {expect, test} from 'vitest'
import {clauseKinds, clauseOfKind, comparisons, formOf, isComplete, jsonOf, literalOf, ops, takesValue, typedOf, units, type Clause, type Form, type Json, type Op} from './form'

// Random forms from one seed (FILROUGE_SEED, as the other property tests take it): mulberry32.
function randomFrom(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
const seed = Number(process.env.FILROUGE_SEED ?? 1)
const random = randomFrom(seed)
const one = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!
const texts = ['A', 'Order Completed', '日本 "x"', '12', '5 EUR', '"quoted"', 'x\\y', '-3.25', ' spaced ', 'true', '*not']
const words = ['revenue', 'category', '"revenue"', 'channel', 'on_sale', 'products.price']

const test_ = (choices: readonly Op[]) => { const op = one(choices); return {op, value: takesValue(op) ? typedOf(one<Json>([...texts, 7, -2.5, {amount: 4.5, currency: 'EUR'}]))! : ''} }
const length = () => (random() < 0.3 ? null : {count: 1 + Math.floor(random() * 400), unit: one(units)})
const event = () => one(['*', 'Product Viewed', 'and or', 'É'])

function randomClause(): Clause {
  const kind = one(clauseKinds), not = random() < 0.3
  switch (kind) {
    case 'any': return {not, kind, event: event(), where: conditions(), field: '', op: '>=', value: '1', last: length()}
    case 'count': case 'sum': return {not, kind, event: event(), where: conditions(), field: kind === 'sum' ? one(words) : '', ...test_(comparisons), last: length()}
    case 'then': return {not, kind, event: event(), next: event(), absent: random() < 0.5, within: length()}
    case 'trait': return {not, kind, name: one(['city', 'address.country', 'a b']), ...test_(ops)}
    case 'consent': case 'refused': return {not, kind, purpose: 'marketing.email'}
    case 'audience': return {not, kind, name: one(texts)}
  }
}
const conditions = () => Array.from({length: Math.floor(random() * 4)}, () => ({field: one(words), ...test_(ops)}))
const randomForm = (): Form => { const clauses = Array.from({length: 1 + Math.floor(random() * 5)}, randomClause); return {join: clauses.length > 1 ? one(['and', 'or'] as const) : 'and', clauses} }

test(`a form survives its tree (seed ${seed})`, () => {
  for (let i = 0; i < 2_000; ++i) {
    const form = randomForm()
    expect(formOf(jsonOf(form))).toEqual(form)
  }
})

test('a value keeps its kind through what is typed', () => {
  for (const value of [...texts, 0, -1, 12.5, {amount: 3, currency: 'USD'}] as Json[]) expect(literalOf(typedOf(value)!)).toEqual(value)
  expect(typedOf({number: '123456789012.3456'})).toBeNull()
  expect(typedOf(0.12345)).toBeNull()
})

test('what a form cannot show whole it does not show', () => {
  const any: Json = {type: 'aggregate', function: 'any', event: 'A'}
  for (const rule of [
    {type: 'and', rules: [any, {type: 'or', rules: [any, any]}]}, {type: 'split', seed: 'x', from: 0, to: 9}, {...any, including_bots: true}, {...any, window: {type: 'today'}},
    {...any, window: {type: 'more than', count: 3, unit: 'day'}}, {...any, where: {type: 'or', conditions: []}}, {...any, where: {type: 'condition', field: 'place', op: 'in', values: ['a']}},
    {type: 'aggregate', function: 'avg', event: 'A', field: 'revenue', op: '>', value: 3}, {type: 'not', rule: {type: 'not', rule: any}},
    {type: 'sequence', steps: [{event: 'A'}, {event: 'B'}, {event: 'C'}]}, {type: 'sequence', steps: [{event: 'A'}, {event: 'B', without: {event: 'C'}}]}, {type: 'sequence', steps: [{event: 'A'}, {event: 'B'}], window: {type: 'today'}},
    {type: 'news'}, null, 3, [],
  ] as Json[]) expect(formOf(rule), JSON.stringify(rule)).toBeNull()
})

test('nothing is written while a clause lacks something', () => {
  expect(jsonOf({join: 'and', clauses: []})).toBeNull()
  for (const kind of clauseKinds) {
    const fresh = clauseOfKind(kind)
    expect(isComplete(fresh), kind).toBe(false)
    expect(jsonOf({join: 'and', clauses: [fresh]})).toBeNull()
  }
})
