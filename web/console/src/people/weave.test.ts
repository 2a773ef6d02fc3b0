import {expect, test} from 'vitest'
import type {Evidence, ThreadEvent} from '../api/shapes'
import {ofPerson, woven, type Decided, type Statement} from './weave'

const at = (hour: number) => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`
const event = (sequence: number, hour: number, more: Partial<ThreadEvent> = {}): ThreadEvent => ({sequence, at: at(hour), name: 'Product Viewed', channel: 'web', source: 'shop', bot: false, ...more})
const statement = (record: number, hour: number): Statement => ({purpose: 'measurement', channel: 'all', state: 'refused', at: at(hour), means: 'choice', record})
const tie = (record: number, hour: number): Evidence => ({a: 'a', b: 'b', a_type: 'email', b_type: 'anonymous_id', at: at(hour), source: 'shop', record, rule: 'seen_together', state: 'accepted', seen: 1})
const end = (person: string) => ({id: person, type: 'email', person})

test('consents, ties and decisions stand on the thread among contacts and purchases, newest first', () => {
  const decided: Decided = {record: 9, at: at(12), action: 'withdraw', a: end('p'), b: end('q')}
  const turns = woven({events: [event(5, 11), event(2, 8)], statements: [statement(4, 10)], ties: [tie(2, 8)], decisions: [decided], more: false})
  expect(turns.map(({kind}) => kind)).toEqual(['decision', 'event', 'consent', 'tie', 'event'])
})

test('a consent that an event told stands in its knot, with purpose and answer', () => {
  const [turn, ...none] = woven({events: [event(4, 10, {name: 'Consent Updated', properties: {purposes: {measurement: true}}})], statements: [statement(4, 10)], more: false})
  expect(none).toEqual([])
  expect(turn).toMatchObject({kind: 'event', answers: [{purpose: 'measurement', state: 'refused'}]})
  // Who may not read statements reads what the event says.
  expect(woven({events: [event(4, 10, {name: 'Consent Updated', properties: {purposes: {measurement: true, odd: 'x'}}})], more: false})[0]).toMatchObject({answers: [{purpose: 'measurement', state: 'granted'}]})
})

test('what is older than the contacts that were read waits for them', () => {
  const yarn = {events: [event(5, 11)], statements: [statement(1, 7), statement(6, 12)]}
  expect(woven({...yarn, more: true}).map(({key}) => key)).toEqual(['c6 measurement all', 'e5'])
  expect(woven({...yarn, more: false}).map(({key}) => key)).toEqual(['c6 measurement all', 'e5', 'c1 measurement all'])
})

test('of all decisions those about the person are its own', () => {
  const decided = (record: number, a: string, b?: string): Decided => ({record, at: at(1), action: 'withdraw', a: end(a), ...(b ? {b: end(b)} : {})})
  expect(ofPerson([decided(1, 'p', 'q'), decided(2, 'q', 'p'), decided(3, 'q')], 'p').map(({record}) => record)).toEqual([1, 2])
})
