// The one place that knows how requests, words of purposes, proofs, the audit and waiting pairs are fetched.
import {useInfiniteQuery, useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'
import {useBrand} from '../api/shop'
import {profileOf} from '../people/queries'

export type RightsRequest = Schemas['RightsRequest']
export type RequestState = RightsRequest['state']
export type RequestKind = RightsRequest['kind']
export const requestKinds: RequestKind[] = ['access', 'rectify', 'restrict', 'object', 'portability', 'erase']
export const requestStates: RequestState[] = ['open', 'in_progress', 'done', 'refused']

export function useRequests(state?: RequestState) {
  const enabled = useMay('GET rights/requests')
  return useQuery({
    queryKey: ['requests', state], enabled, refetchInterval: 30_000,
    queryFn: async ({signal}) => (await call('GET rights/requests', {query: {state}, signal})).requests,
  })
}

function useRequestChange<A>(change: (given: A) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => client.invalidateQueries({queryKey: ['requests']})})
}

export function useAddRequest() {
  const {brand} = useBrand()
  return useRequestChange(async ({kind, who, received}: {kind: RequestKind; who: string; received?: string}) =>
    call('POST rights/requests', {body: {kind, profile: await profileOf(who, brand), ...(received ? {received} : {})}}))
}

export const useMoveRequest = () =>
  useRequestChange(({id, state}: {id: string; state: RequestState}) => call('POST rights/requests/{id}', {path: {id}, body: {state}}))

export type Wording = Schemas['Wording']

export function useWordings(purpose: string) {
  const enabled = useMay('GET purposes/{name}/wordings')
  return useQuery({
    queryKey: ['wordings', purpose], enabled,
    queryFn: async ({signal}) => (await call('GET purposes/{name}/wordings', {path: {name: purpose}, signal})).wordings,
  })
}

export function useAddWording(purpose: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (texts: Record<string, string>) => call('POST purposes/{name}/wordings', {path: {name: purpose}, body: {texts}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['wordings', purpose]}),
  })
}

export interface Asked { purpose: string; at: string; language: string; who: string }

// What stood before somebody at an instant; asked when the form says so, not as it is typed.
export function useShown() {
  const {brand} = useBrand()
  return useMutation({
    mutationFn: async ({purpose, at, language, who}: Asked) => {
      const profile = who.trim() ? await profileOf(who, brand) : undefined
      return call('GET consents/shown', {query: {purpose, at, profile, language: profile ? undefined : language, brand: profile ? brand : undefined}})
    },
  })
}

// Both chains are read from their beginning: nobody waits for that who did not ask.
export const useVerifyConsents = () => useMutation({mutationFn: () => call('GET consents/verify')})
export const useVerifyAudit = () => useMutation({mutationFn: () => call('GET audit/verify')})

export function useSuppressed() {
  const enabled = useMay('GET suppressions')
  return useQuery({queryKey: ['suppressions'], enabled, queryFn: async ({signal}) => (await call('GET suppressions', {signal})).suppressed})
}

export function useSuppress() {
  const client = useQueryClient()
  const {brand} = useBrand()
  return useMutation({
    // A number in national form is blocked as each brand's, and lifted as that of the brand that is shown.
    mutationFn: (body: {list: string; channel: string; addresses: string[]; lifted: boolean}) =>
      call('POST suppressions', {body: body.lifted && brand ? {...body, brand} : body}),
    onSuccess: () => client.invalidateQueries({queryKey: ['suppressions']}),
  })
}

const kAuditPage = 50

export interface AuditSearch { who: string; actor: string; from: string; to: string }
export type AuditEntry = Schemas['Audit']['entries'][number]

// The newest first. A name or card leads to nothing in the audit: it keeps ids alone, so the person is found first.
export function useAudit(search: AuditSearch) {
  const enabled = useMay('GET audit')
  const {brand} = useBrand()
  return useInfiniteQuery({
    queryKey: ['audit', search, brand], enabled, retry: false, initialPageParam: undefined as number | undefined,
    queryFn: async ({pageParam, signal}) => {
      const profile = search.who.trim() ? await profileOf(search.who, brand) : undefined
      return call('GET audit', {query: {profile, actor: search.actor.trim(), from: search.from, to: search.to, before: pageParam, limit: kAuditPage}, signal})
    },
    getNextPageParam: (last) => (last.more ? last.before : undefined),
  })
}

export function useWaitingPairs() {
  const enabled = useMay('GET matching/review')
  const {brand} = useBrand()
  return useQuery({queryKey: ['pairs', brand], enabled, queryFn: ({signal}) => call('GET matching/review', {query: {brand, limit: 20}, signal})})
}

export function useRuns() {
  const enabled = useMay('GET matching/runs')
  return useQuery({queryKey: ['match-runs'], enabled, queryFn: async ({signal}) => (await call('GET matching/runs', {signal})).runs})
}

export function useVerdict() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({id, verdict}: {id: string; verdict: 'same' | 'different'}) => call('POST matching/review/{id}', {path: {id}, body: {verdict}}),
    onSuccess: () => Promise.all([['pairs'], ['person']].map((queryKey) => client.invalidateQueries({queryKey}))),
  })
}

export function useRunMatching() {
  const client = useQueryClient()
  const {brand} = useBrand()
  return useMutation({
    mutationFn: (body: {purpose: string; fields: Array<{trait: string; kind: string}>; write: 'nothing' | 'review'}) =>
      call('POST matching/runs', {body: {...body, ...(brand ? {brand} : {})} as never}),
    onSuccess: () => Promise.all([['pairs'], ['match-runs']].map((queryKey) => client.invalidateQueries({queryKey}))),
  })
}
