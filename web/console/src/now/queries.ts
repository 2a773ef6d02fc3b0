// What the live page asks, and how it listens.
import {useQuery} from '@tanstack/react-query'
import {useEffect, useRef, useState} from 'react'
import {call, metrics} from '../api/client'
import {useBrand, usePurposes} from '../api/shop'
import type {Quarantined, RuleCount, StoredEvent} from '../api/shapes'
import {follow} from '../api/stream'
import {useMay} from '../api/session'

// Calls `each` with every stored event; answers whether the stream is connected.
export function useTail(each: (event: StoredEvent) => void) {
  const [connected, setConnected] = useState<boolean | null>(null)
  const latest = useRef(each)
  latest.current = each
  const allowed = useMay('GET tail')
  useEffect(() => {
    if (!allowed) return
    const stop = new AbortController()
    void follow('tail', stop.signal, ({data}) => latest.current(data as StoredEvent), setConnected)
    return () => stop.abort()
  }, [allowed])
  return connected
}

export const useMetrics = () =>
  useQuery({queryKey: ['metrics'], queryFn: ({signal}) => metrics(signal), refetchInterval: 1_000, structuralSharing: false})

const kPurposesShown = 8

// How many persons allow each purpose that needs their consent.
export function useConsentMix() {
  const {data: purposes} = usePurposes()
  const {brand} = useBrand()
  return useQuery({
    queryKey: ['consent-mix', brand], enabled: purposes !== undefined, refetchInterval: 20_000,
    queryFn: ({signal}) => Promise.all(purposes!.filter((p) => p.basis === 'consent').slice(0, kPurposesShown).map(async ({name}) => {
      const body = {rule: `consent(${name})`, purpose: name, ...(brand ? {brand} : {})}
      return {name, ...await call<RuleCount>('POST rules/count', {body, signal})}
    })),
  })
}

export function useOpenQuarantine() {
  const enabled = useMay('GET quarantine')
  return useQuery({
    queryKey: ['quarantine', 'open'], enabled, refetchInterval: 10_000,
    queryFn: ({signal}) => call<{events: Quarantined[]; open: Record<string, number>}>('GET quarantine', {query: {limit: 1}, signal}),
  })
}
