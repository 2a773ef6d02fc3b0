// The one place that knows how sources, quarantine, tokens, webhooks and rates are fetched and changed.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call, headersWith} from '../api/client'
import {useMay} from '../api/session'
import type {Schemas} from '../api/schema.gen'
import type {Confirmation, Quarantined, Source} from '../api/shapes'
import {useBrand} from '../api/shop'
import {sayNow} from '../texts/said'

export function useSources(everyMs?: number) {
  const {brand} = useBrand()
  const enabled = useMay('GET sources')
  return useQuery({
    queryKey: ['sources', brand], refetchInterval: everyMs, enabled,
    queryFn: async ({signal}) => (await call<{sources: Source[]}>('GET sources', {query: {brand}, signal})).sources,
  })
}

export function useMakeSource() {
  const client = useQueryClient()
  const {brand} = useBrand()
  return useMutation({
    mutationFn: (source: Record<string, string>) => call<Source>('POST sources', {body: {...source, ...(brand ? {brand} : {})}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['sources']}),
  })
}

export function useDisableSource() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({id, confirm}: {id: string; confirm: boolean}) => call<Confirmation>('DELETE sources/{id}', {path: {id}, query: confirm ? {confirm: 'true'} : {}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['sources']}),
  })
}

export function useQuarantine(reason: string) {
  const enabled = useMay('GET quarantine')
  return useQuery({
    queryKey: ['quarantine', reason], enabled, refetchInterval: 10_000,
    queryFn: ({signal}) => call<{events: Quarantined[]; open: Record<string, number>; next_before?: number}>('GET quarantine', {query: {limit: 100, reason}, signal}),
  })
}

export const useQuarantined = (sequence: number | null) =>
  useQuery({
    queryKey: ['quarantined', sequence], enabled: sequence !== null,
    queryFn: ({signal}) => call<Quarantined>('GET quarantine/{seq}', {path: {seq: String(sequence)}, signal}),
  })

function useSettled(settle: (one: {sequence: number; event?: string}) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({mutationFn: settle, onSuccess: () => client.invalidateQueries({queryKey: ['quarantine']})})
}

// Repaired, as the text that was written: a parser would drop doubled keys and round large integers. As it
// came, where there is no text.
export const useReplay = () => useSettled(({sequence, event}) =>
  call('POST quarantine/{seq}/replay', {path: {seq: String(sequence)}, body: event === undefined ? {} : {event}}))
export const useDiscard = () => useSettled(({sequence}) => call('DELETE quarantine/{seq}', {path: {seq: String(sequence)}}))

export type Token = Schemas['Token']
export function useTokens() {
  const enabled = useMay('GET tokens')
  return useQuery({queryKey: ['tokens'], enabled, queryFn: async ({signal}) => (await call('GET tokens', {signal})).tokens})
}
export function useMakeToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token: {name: string; role: string; brands?: string[]}) => call<Token & {token: string}>('POST tokens', {body: token}),
    onSuccess: () => client.invalidateQueries({queryKey: ['tokens']}),
  })
}
export function useRevokeToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => call('DELETE tokens/{id}', {path: {id}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['tokens']}),
  })
}

export interface Imported { received: number; stored: number; deduplicated: number; not_kept: number; quarantined: number }

// A file's rows enter by the same door as an SDK's history, so that repeats are recognised for ever.
export async function importBatch(writeKey: string, batch: unknown[]): Promise<void> {
  const reply = await fetch('/v1/import', {
    method: 'POST', headers: {...headersWith(), authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json'},
    body: JSON.stringify({batch}),
  })
  if (!reply.ok) throw new Error(`${reply.status} ${(await sayNow())((await reply.text()).slice(0, 200).trim())}`)
}
