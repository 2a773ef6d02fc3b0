// The one place that knows how what a person asked of us is read and told: restriction, objections,
// corrections (docs/rights.md).
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'
import {useBrand} from '../api/shop'

export type Correction = Schemas['Corrections']['corrections'][number]
export type Right = {value: string | number | boolean} | {remove: true} | {release: true}

// All that is shown of a person may read otherwise afterwards.
const touched = ['person', 'thread', 'corrections', 'restricted', 'receipts', 'looked', 'why', 'audience', 'audiences']

function useChange<A>(change: (given: A) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => Promise.all(touched.map((key) => client.invalidateQueries({queryKey: [key]})))})
}

export const useRestrict = (id: string) =>
  useChange((body: {action: 'restrict' | 'lift'; reason: string}) => call('POST profiles/{id}/restriction', {path: {id}, body}))

export interface Objection { purposes: string[]; profiling: boolean; withdrawn: boolean; told: string }
export const useObject = (id: string) =>
  useChange(({told, ...objection}: Objection) => call('POST profiles/{id}/objection', {path: {id}, body: {...objection, evidence: {told}}}))

export function useRestricted() {
  const enabled = useMay('GET rights/restricted')
  return useQuery({queryKey: ['restricted'], enabled, queryFn: ({signal}) => call('GET rights/restricted', {signal})})
}

export function useCorrections(id: string) {
  const enabled = useMay('GET profiles/{id}/corrections')
  return useQuery({
    queryKey: ['corrections', id], enabled,
    queryFn: async ({signal}) => (await call('GET profiles/{id}/corrections', {path: {id}, signal})).corrections,
  })
}

export function useCorrect(id: string) {
  const {brand} = useBrand()
  return useChange(({trait, right, reason}: {trait: string; right: Right; reason: string}) =>
    call('POST profiles/{id}/corrections', {path: {id}, body: {trait, reason, ...right, ...(brand ? {brand} : {})}}))
}

// What kind of value a trait has, so that what is typed stays of that kind. A list is only taken out.
export type Kind = 'text' | 'number' | 'yes_no' | 'list'
export function kindOf(value: unknown): Kind {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'yes_no'
  return value !== null && typeof value === 'object' ? 'list' : 'text'
}

// What was typed, as the value that is told; undefined where it is none of its kind.
export function valueOf(kind: Kind, typed: string): string | number | boolean | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  if (kind === 'yes_no') return text === 'yes' ? true : text === 'no' ? false : undefined
  if (kind === 'text') return text
  const number = kind === 'number' ? Number(text.replace(',', '.')) : NaN
  return Number.isFinite(number) ? number : undefined
}
