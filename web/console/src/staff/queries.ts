// The one place that knows how a customer is greeted, and what is noted and promised.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'
import {useBrand} from '../api/shop'
import {firstKnown, typesOf} from '../people/queries'

export type GreetCard = Schemas['GreetCard']
export type Task = Schemas['Task']
export type Note = Schemas['Note']

// Who stands before us: what was scanned or typed, or somebody for whom there is a task.
export type Guest = {profile: string} | {type: string; value: string}
// Whom it may be, in the order to ask. At a counter what is no e-mail and no phone is a card.
export const guestsOf = (typed: string): Guest[] =>
  [...new Set(typesOf(typed).map((type) => (type === 'email' || type === 'phone' ? type : 'loyalty_card')))].map((type) => ({type, value: typed.trim()}))

// The card, and by what its person is known: what they then agree to is told of that.
export function useGreeting(guests: Guest[]) {
  const {brand} = useBrand()
  return useQuery({
    queryKey: ['greet', guests, brand], enabled: guests.length > 0, gcTime: 0, retry: false,
    queryFn: ({signal}) => firstKnown(guests, async (guest) => ({guest, card: 'profile' in guest ? await call('GET staff/greet', {query: {profile: guest.profile, brand}, signal})
      : await call('POST staff/greet', {body: {...guest, ...(brand ? {brand} : {})} as never, signal})})),
  })
}

export function useTasks(store: string) {
  const {brand} = useBrand()
  const enabled = useMay('GET tasks')
  return useQuery({queryKey: ['tasks', store, brand], enabled, refetchInterval: 30_000, queryFn: ({signal}) => call('GET tasks', {query: {store, brand, limit: 50}, signal})})
}

function useChange<A>(change: (given: A) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => Promise.all([['greet'], ['tasks'], ['notes']].map((queryKey) => client.invalidateQueries({queryKey})))})
}

export function useNotes(profile: string) {
  const {brand} = useBrand()
  const enabled = useMay('GET profiles/{id}/notes')
  return useQuery({queryKey: ['notes', profile, brand], enabled, queryFn: ({signal}) => call('GET profiles/{id}/notes', {path: {id: profile}, query: {brand}, signal})})
}

export function useAddNote(profile: string) {
  const {brand} = useBrand()
  return useChange((note: {text: string; arrived: boolean}) => call('POST profiles/{id}/notes', {path: {id: profile}, body: {...note, ...(brand ? {brand} : {})}}))
}

export const useRemoveNote = (profile: string) => useChange((note: string) => call('DELETE profiles/{id}/notes/{note}', {path: {id: profile, note}}))

export function useAddTask(profile: string) {
  const {brand} = useBrand()
  return useChange((task: {what: string; due?: string; store?: string}) => call('POST tasks', {body: {...task, profile, ...(brand ? {brand} : {})}}))
}

export const useChangeTask = () => useChange(({id, ...change}: {id: string; done?: boolean; arrived?: boolean}) => call('POST tasks/{id}', {path: {id}, body: change}))

// The words that go with the purpose, and the customer's yes to them, told as said to the staff.
export function useWords(purpose: string, language: string) {
  const enabled = useMay('GET consents/shown')
  return useQuery({queryKey: ['words', purpose, language], enabled, queryFn: ({signal}) => call('GET consents/shown', {query: {purpose, language}, signal})})
}

export function useAgree() {
  const {brand} = useBrand()
  return useChange(({guest, purpose, version, language}: {guest: {type: string; value: string}; purpose: string; version?: number; language: string}) => call('POST consents', {body: {
    ...guest, purposes: {[purpose]: true}, evidence: {form: 'staff tablet'}, language, ...(version ? {wordings: {[purpose]: version}} : {}), ...(brand ? {brand} : {}),
  }}))
}
