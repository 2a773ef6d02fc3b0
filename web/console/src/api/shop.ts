// What every page asks of the shop: its figures, purposes and brands.
import {useQuery} from '@tanstack/react-query'
import {useSyncExternalStore} from 'react'
import {call} from './client'
import {useMay, useSession, type Session} from './session'
import type {Purpose, Stats} from './shapes'

export interface Brand { id: string; name: string }

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

// Those that whoever is signed in may look at. Who is limited to some, and who may not read the figures, knows
// their ids alone.
export function brandsOf(session?: Pick<Session, 'brands' | 'brands_of_shop'>, stats?: {brands?: Brand[]}): Brand[] {
  const byId = (ids?: string[]) => ids?.map((id) => ({id, name: id}))
  return byId(session?.brands) ?? stats?.brands ?? byId(session?.brands_of_shop) ?? []
}
export function useBrands(): Brand[] {
  const {data: session} = useSession()
  const {data: stats} = useStats()
  return brandsOf(session, stats)
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
