// Who looked at somebody: by day and caller, each deed in words and how often.
import {dayOf} from '../ui/days'

export const deeds = ['exported', 'thread', 'graph', 'found', 'receipts', 'permits', 'link', 'own', 'notes', 'why', 'opened', 'changed'] as const
export type Deed = (typeof deeds)[number]

// By a part of the route that only such calls have; the first that fits. What changes something is asked last,
// for some of these are sent as a POST without changing anything.
const byPart: Array<[part: RegExp, deed: Deed]> = [
  [/\/export$/, 'exported'], [/^GET .*\/thread$/, 'thread'], [/^GET .*\/graph$/, 'graph'], [/\/(find|greet)$/, 'found'], [/^GET .*\/receipts$/, 'receipts'],
  [/\/permits$/, 'permits'], [/\/me\/links$/, 'link'], [/^[A-Z]+ \/me(\/|$)/, 'own'], [/^GET .*\/notes$/, 'notes'], [/^GET .*\/why$/, 'why'], [/^GET /, 'opened'],
]
export const deedOf = (route: string): Deed => byPart.find(([part]) => part.test(route))?.[1] ?? 'changed'

interface Entry { at: string; actor: string; role: string; route: string; times?: number }
export interface Look { day: string; at: string; actor: string; role: string; deeds: Map<Deed, number> }

// Of entries, the newest first; so are the looks.
export function looksOf(entries: Entry[]): Look[] {
  const looks = new Map<string, Look>()
  for (const {at, actor, role, route, times = 1} of entries) {
    const day = dayOf(new Date(at)), key = `${day} ${actor} ${role}`
    const look = looks.get(key) ?? {day, at, actor, role, deeds: new Map<Deed, number>()}
    look.deeds.set(deedOf(route), (look.deeds.get(deedOf(route)) ?? 0) + times)
    looks.set(key, look)
  }
  return [...looks.values()]
}
