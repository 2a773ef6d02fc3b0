// The one place that knows how terms, what goes next and what a sweep did are asked.
import {keepPreviousData, useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import {useMay} from '../api/session'

export interface PersonTerm { who: 'customer' | 'prospect'; days: number }
// `not_closed`: recorded before the term was set; dropped like the others, readable to the person's key until that goes.
export interface EventTerm { name?: string; purpose?: string; days: number; due: number; soon: number; not_closed: number }
export interface Outstayed { profile: string; last_contact: string; kept_until: string; who?: PersonTerm['who'] }
export interface Plan {
  days: number; ahead: number; due: number; soon: number; restricted: number; profiles: Outstayed[]
  persons?: PersonTerm[]; events?: EventTerm[]; sweep_at?: string; last_sweep?: string
}

export function useRetention(days: number) {
  const enabled = useMay('GET rights/retention')
  return useQuery({queryKey: ['retention', days], enabled, placeholderData: keepPreviousData, queryFn: ({signal}) => call<Plan>('GET rights/retention', {query: {days}, signal})})
}

export interface Swept { erased: number; left: number; restricted: number; periods?: number }
export function useSweep() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call<Swept>('POST rights/retention/sweep', {query: {confirm: 'true'}}),
    onSuccess: () => Promise.all([['retention'], ['erasures'], ['stats']].map((queryKey) => client.invalidateQueries({queryKey}))),
  })
}
