// The one place that knows how people are found and read.
import {useInfiniteQuery, useQuery} from '@tanstack/react-query'
import {ApiError, call} from '../api/client'
import type {Audience, Person, ThreadPage, Why} from '../api/shapes'
import {useMay} from '../api/session'
import {useBrand, usePurpose} from '../api/shop'
import {ofPerson, type Decided} from './weave'

const kPage = 60
const kSeenMax = 12
// Each time is an entry of the audit while somebody is there.
const kReadAgainMs = 60_000
const seenKey = 'filrouge.seen'

export const identifierTypes = ['name', 'email', 'loyalty_card', 'user_id', 'phone', 'anonymous_id', 'device_id', 'badge', 'household', 'external_id']

// What was typed says of what kind it is, unless somebody chose the kind.
export function guessType(value: string): string {
  const text = value.trim()
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return 'email'
  if (/^\+?[\d\s().-]{7,}$/.test(text)) return /^\+|^0/.test(text) ? 'phone' : 'loyalty_card'
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text)) return 'anonymous_id'
  return 'user_id'
}

// Whatever a shop writes on its cards and badges, or another system numbers its customers by.
const numbers = ['user_id', 'loyalty_card', 'external_id', 'badge']

// Nobody sees of digits after a 0 whether they are a phone's or a card's, nor of letters and digits whose
// number they are: what is meant most often is asked for first.
export function typesOf(value: string): string[] {
  const type = guessType(value)
  if (type === 'phone') return /^0/.test(value.trim()) ? [type, 'loyalty_card'] : [type]
  return numbers.includes(type) ? [type, ...numbers.filter((other) => other !== type)] : [type]
}

const kRefusals = [403, 404, 422]  // hidden from this role, unknown, no such identifier

// The first of these that somebody is known by; where none is, what was answered to the first.
export async function firstKnown<K, T>(kinds: K[], ask: (kind: K) => Promise<T>): Promise<T> {
  const [kind, ...others] = kinds
  try {
    return await ask(kind!)
  } catch (error) {
    const refused = error instanceof ApiError && kRefusals.includes(error.status)
    if (!refused || others.length === 0) throw error
    return await firstKnown(others, ask).catch(() => { throw error })
  }
}

export const isProfileId = (text: string) => /^[0-9a-f]{32}$/i.test(text.trim())

export async function findPerson(type: string, value: string, brand?: string): Promise<string> {
  const body = {type, value: value.trim(), ...(brand ? {brand} : {})}
  return (await call<{id: string}>('POST profiles/find', {body})).id
}

// Who is meant by what was typed: an id, or whatever else a person is known by.
export const profileOf = async (typed: string, brand?: string) =>
  isProfileId(typed) ? typed.trim() : await firstKnown(typesOf(typed), (type) => findPerson(type, typed, brand))

// Nobody's e-mail, card or number: words of letters.
export const looksLikeName = (text: string) => /^\p{L}[\p{L}\p{M}'’.\s-]*$/u.test(text.trim())

export const peopleNamed = (name: string, purpose: string, brand?: string) =>
  call('POST profiles/search', {body: {name: name.trim(), purpose, ...(brand ? {brand} : {})}})

export type Named = Awaited<ReturnType<typeof peopleNamed>>

// Who is meant by what was typed: those of such a name, or the one that is known by it otherwise. A name of
// which nobody was found may still be somebody's user id, unless it was said to be a name.
export async function whoIsMeant(typed: string, kind: string | null, purpose: string, brand?: string): Promise<Named | string> {
  const one = () => (kind === null || isProfileId(typed) ? profileOf(typed, brand) : findPerson(kind, typed, brand))
  if (kind !== 'name' && (kind !== null || !looksLikeName(typed))) return await one()
  try {
    const named = await peopleNamed(typed, purpose, brand)
    if (named.people.length !== 0 || kind === 'name') return named
    return await one().catch(() => named)
  } catch (error) {
    const refused = error instanceof ApiError && kRefusals.includes(error.status)
    if (!refused || kind === 'name') throw error
    return await one()
  }
}

export function usePerson(id: string) {
  const {brand} = useBrand()
  const {purpose} = usePurpose()
  return useQuery({
    queryKey: ['person', id, purpose, brand], refetchInterval: kReadAgainMs,
    queryFn: ({signal}) => call<Person>('GET profiles/{id}', {path: {id}, query: {purpose, brand}, signal}),
  })
}

export function useThread(id: string) {
  const {brand} = useBrand()
  const {purpose} = usePurpose()
  return useInfiniteQuery({
    queryKey: ['thread', id, purpose, brand], initialPageParam: undefined as number | undefined,
    queryFn: ({pageParam, signal}) => call<ThreadPage>('GET profiles/{id}/thread', {path: {id}, query: {purpose, brand, before: pageParam, limit: kPage}, signal}),
    getNextPageParam: (last) => last.next_before,
  })
}

// Audiences of whoever is looked at, to say why they are in none of them; asked when somebody opens the list.
export function useAllAudiences(enabled: boolean) {
  const {brand} = useBrand()
  const may = useMay('GET audiences')
  return useQuery({queryKey: ['audiences', 'of', brand], enabled: enabled && may, queryFn: async ({signal}) => (await call<{audiences: Audience[]}>('GET audiences', {query: {brand}, signal})).audiences})
}

// What the person said of consent, as its signed receipt tells it.
export function useReceipts(id: string) {
  const {brand} = useBrand()
  const enabled = useMay('GET profiles/{id}/receipts')
  return useQuery({queryKey: ['receipts', id, brand], enabled, queryFn: ({signal}) => call('GET profiles/{id}/receipts', {path: {id}, query: {brand}, signal})})
}

const kDecisionsPage = 200

// What was decided about who this person is, of all decisions there are.
export function useDecisionsOf(id: string) {
  const enabled = useMay('GET identity/decisions')
  return useQuery({
    queryKey: ['decisions', 'of', id], enabled,
    queryFn: async ({signal}) => {
      const found: Decided[] = []
      for (let before: number | undefined; ;) {
        const page = await call<{decisions: Decided[]; next_before?: number}>('GET identity/decisions', {query: {limit: kDecisionsPage, before}, signal})
        found.push(...ofPerson(page.decisions, id))
        if (page.next_before === undefined) return found
        before = page.next_before
      }
    },
  })
}

export function useWhy(audience: string, profile: string, enabled: boolean) {
  return useQuery({
    queryKey: ['why', audience, profile], enabled,
    queryFn: ({signal}) => call<Why>('GET audiences/{id}/why', {path: {id: audience}, query: {profile}, signal}),
  })
}

// Whom this tab looked at last; ids only, and gone with the tab.
export function lastSeen(): string[] {
  try { return (JSON.parse(sessionStorage.getItem(seenKey) ?? '[]') as string[]).filter(isProfileId) } catch { return [] }
}
export function rememberSeen(id: string) {
  sessionStorage.setItem(seenKey, JSON.stringify([id, ...lastSeen().filter((other) => other !== id)].slice(0, kSeenMax)))
}
