// What every page asks of the shop: its figures, purposes and brands.
import {useQuery} from '@tanstack/react-query'
import {useSyncExternalStore} from 'react'
import {call} from './client'
import {useMay, useSession} from './session'
import type {Purpose, Stats} from './shapes'

export function useStats(everyMs?: number) {
  const enabled = useMay('GET stats')
  return useQuery({queryKey: ['stats'], queryFn: ({signal}) => call<Stats>('GET stats', {signal}), refetchInterval: everyMs, enabled})
}

export function usePurposes() {
  const enabled = useMay('GET purposes')
  return useQuery({
    queryKey: ['purposes'], enabled, staleTime: 60_000,
    queryFn: async ({signal}) => (await call<{purposes: Purpose[]}>('GET purposes', {signal})).purposes,
  })
}

// A choice that lasts in this browser and that several parts of a page look at.
export function remembered(key: string) {
  const listeners = new Set<() => void>()
  const get = () => localStorage.getItem(key) ?? ''
  return {
    get,
    set(value: string) { localStorage.setItem(key, value); listeners.forEach((told) => told()) },
    use: () => useSyncExternalStore((told) => { listeners.add(told); return () => listeners.delete(told) }, get),
  }
}

const chosenBrand = remembered('filrouge.brand')
const chosenPurpose = remembered('filrouge.purpose')

// Those that whoever is signed in may look at; who is limited to some is told their ids alone.
export function useBrands(): Array<{id: string; name: string}> {
  const {data: session} = useSession()
  const {data: stats} = useStats()
  return session?.brands?.map((id) => ({id, name: id})) ?? stats?.brands ?? []
}

// Which brand is shown where a process has several; undefined where it has one.
export function useBrand() {
  const brands = useBrands()
  const chosen = chosenBrand.use()
  const several = brands.length > 1
  const brand = several ? (brands.find(({id}) => id === chosen) ?? brands[0])?.id : undefined
  return {brands: several ? brands : [], brand, choose: chosenBrand.set}
}

// On whose behalf people and figures are looked at. Staff cannot list purposes: they serve.
export function usePurpose() {
  const {data} = usePurposes()
  const chosen = chosenPurpose.use()
  const names = data?.map(({name}) => name) ?? ['personalisation', 'service', 'measurement']
  const purpose = names.includes(chosen) ? chosen : names.includes('measurement') ? 'measurement' : names[0] ?? 'measurement'
  return {purpose, names, choose: chosenPurpose.set}
}
