// The one place that knows how audiences are fetched, drafted and made.
import {keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useEffect, useState} from 'react'
import {call} from '../api/client'
import {useMay} from '../api/session'
import type {Audience, Confirmation, Move, RuleCount, RuleVerdict} from '../api/shapes'
import {useBrand} from '../api/shop'
import {follow} from '../api/stream'

const kMovesKept = 60

export function useAudiences(everyMs = 2_000) {
  const {brand} = useBrand()
  const enabled = useMay('GET audiences')
  return useQuery({
    queryKey: ['audiences', brand], refetchInterval: everyMs, enabled,
    queryFn: async ({signal}) => (await call<{audiences: Audience[]}>('GET audiences', {query: {brand}, signal})).audiences,
  })
}

export const useAudience = (id: string) =>
  useQuery({queryKey: ['audience', id], refetchInterval: 2_000, queryFn: ({signal}) => call<Audience>('GET audiences/{id}', {path: {id}, signal})})

export function useMembers(id: string) {
  const enabled = useMay('GET audiences/{id}/members')
  return useInfiniteQuery({
    queryKey: ['members', id], initialPageParam: undefined as string | undefined, enabled,
    queryFn: ({pageParam, signal}) => call<{members: string[]; next_cursor?: string}>('GET audiences/{id}/members', {path: {id}, query: {limit: 60, cursor: pageParam}, signal}),
    getNextPageParam: (last) => last.next_cursor,
  })
}

export type Moved = Move & {entered: boolean}

// Who enters and leaves, newest first, since the page was opened. No id: of every audience.
export function useMoves(id?: string) {
  const [moves, setMoves] = useState<Moved[]>([])
  const allowed = useMay(id ? 'GET audiences/{id}/stream' : 'GET audiences/stream')
  useEffect(() => {
    if (!allowed) return
    const stop = new AbortController()
    let waiting: Moved[] = []
    const timer = setInterval(() => {
      if (waiting.length === 0) return
      const fresh = waiting.reverse()
      waiting = []
      setMoves((known) => [...fresh, ...known].slice(0, kMovesKept))
    }, 300)
    void follow(id ? `audiences/${encodeURIComponent(id)}/stream` : 'audiences/stream', stop.signal, ({event, data}) => {
      waiting.push({...(data as Move), entered: event === 'enter'})
      if (waiting.length > kMovesKept) waiting.shift()
    })
    return () => { stop.abort(); clearInterval(timer) }
  }, [id, allowed])
  return moves
}

// What stands still for a moment, so that not every letter is asked about.
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

export function useRuleVerdict(rule: string) {
  const settled = useSettled(rule, 180)
  return useQuery({
    queryKey: ['rule', settled], enabled: settled.trim() !== '', staleTime: 10_000, placeholderData: keepPreviousData,
    queryFn: async ({signal}) => ({of: settled, ...await call<RuleVerdict>('POST rules/check', {body: {rule: settled}, signal})}),
  })
}

// A tree as the text that says the same; the text is the server's own.
export const writeRule = (rule: unknown) => call<RuleVerdict>('POST rules/check', {body: {rule}})

export function useRuleCount(rule: string, purpose: string, valid: boolean) {
  const {brand} = useBrand()
  return useQuery({
    queryKey: ['rule-count', rule, purpose, brand], enabled: valid, staleTime: 3_000, placeholderData: keepPreviousData,
    queryFn: ({signal}) => call<RuleCount>('POST rules/count', {body: {rule, purpose, ...(brand ? {brand} : {})}, signal}),
  })
}

export interface Combination { in: string[]; only_these: number }
export function useOverlap(ids: string[]) {
  return useQuery({
    queryKey: ['overlap', ...ids], enabled: ids.length > 1, placeholderData: keepPreviousData,
    queryFn: ({signal}) => call<{audiences: Array<{id: string; count: number}>; combinations: Combination[]}>('GET audiences/overlap', {query: {ids: ids.join(',')}, signal}),
  })
}

export function useMakeAudience() {
  const client = useQueryClient()
  const {brand} = useBrand()
  return useMutation({
    mutationFn: (made: {name: string; rule: string; purpose: string}) => call<Audience>('POST audiences', {body: {...made, ...(brand ? {brand} : {})}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['audiences']}),
  })
}

export function useDeleteAudience(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (confirm: boolean) => call<Confirmation>('DELETE audiences/{id}', {path: {id}, query: confirm ? {confirm: 'true'} : {}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['audiences']}),
  })
}

export interface GrowthDay { day: string; size: number | null; entered: number | null; left: number | null; began?: boolean; so_far?: boolean }
export function useGrowth(id: string, days: number) {
  const enabled = useMay('GET audiences/{id}/growth')
  return useQuery({
    queryKey: ['growth', id, days], enabled, placeholderData: keepPreviousData, refetchInterval: 60_000,
    queryFn: ({signal}) => call<{days: GrowthDay[]; time_zone: string}>('GET audiences/{id}/growth', {path: {id}, query: {days}, signal}),
  })
}
