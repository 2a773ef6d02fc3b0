// What a person's thread is woven of: contacts, what was said of consent, what ties the identifiers, and what
// was decided about who is one person. Newest first.
import type {Evidence, ThreadEvent} from '../api/shapes'
import type {Schemas} from '../api/schema.gen'

export type Statement = Pick<Schemas['ConsentStatement'], 'purpose' | 'channel' | 'state' | 'at' | 'means' | 'record'>
export interface Decided { record: number; at: string; action: 'withdraw' | 'restore' | 'block' | 'unblock'; a: {id: string; type: string; person: string}; b?: {id: string; type: string; person: string}; by?: string; reason?: string }

export interface Answer { purpose: string; state: Statement['state'] }
export type Turn =
  | {kind: 'event'; at: string; key: string; event: ThreadEvent; answers: Answer[]}
  | {kind: 'consent'; at: string; key: string; statement: Statement}
  | {kind: 'tie'; at: string; key: string; tie: Evidence}
  | {kind: 'decision'; at: string; key: string; decided: Decided}

// What an event itself says of consent, where no statement was made of it: {"purposes": {"measurement": true}}.
function saidIn({name, properties}: ThreadEvent): Answer[] {
  const purposes = properties?.purposes
  if (name !== 'Consent Updated' || typeof purposes !== 'object' || purposes === null) return []
  return Object.entries(purposes).flatMap(([purpose, yes]) => (typeof yes === 'boolean' ? [{purpose, state: yes ? 'granted' as const : 'refused' as const}] : []))
}

interface Yarn { events: ThreadEvent[]; statements?: Statement[]; ties?: Evidence[]; decisions?: Decided[]; more: boolean }

// What is older than the oldest contact that was read is not shown while there are older contacts to read: it
// would stand above them. A statement that an event of the thread made stands in the event's own knot.
export function woven({events, statements = [], ties = [], decisions = [], more}: Yarn): Turn[] {
  const records = new Set(events.map(({sequence}) => sequence))
  const turns: Turn[] = events.map((event) => {
    const told = statements.filter(({record}) => record === event.sequence)
    return {kind: 'event', at: event.at, key: `e${event.sequence}`, event, answers: told.length > 0 ? told.map(({purpose, state}) => ({purpose, state})) : saidIn(event)}
  })
  const oldest = more ? events.reduce((least, {at}) => Math.min(least, Date.parse(at)), Infinity) : -Infinity
  const others: Turn[] = [
    ...statements.filter(({record}) => !records.has(record)).map((statement): Turn => ({kind: 'consent', at: statement.at, key: `c${statement.record} ${statement.purpose} ${statement.channel}`, statement})),
    ...ties.filter(({known_to}) => known_to === undefined).map((tie): Turn => ({kind: 'tie', at: tie.at, key: `t${tie.a} ${tie.b} ${tie.record}`, tie})),
    ...decisions.map((decided): Turn => ({kind: 'decision', at: decided.at, key: `d${decided.record}`, decided})),
  ]
  // Of the same instant an event stands below what followed of it.
  return [...others.filter(({at}) => Date.parse(at) >= oldest), ...turns].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

export const ofPerson = (decisions: Decided[], person: string) => decisions.filter(({a, b}) => a.person === person || b?.person === person)
