// The one place that knows how named figures are kept: what the shop calls "revenue" is defined once, and asked for
// by its name wherever a figure is.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'

export type Metric = Schemas['Metric']

export function useMetrics() {
  const enabled = useMay('GET metrics')
  return useQuery({queryKey: ['named-metrics'], enabled, staleTime: 30_000, queryFn: async ({signal}) => (await call('GET metrics', {signal})).metrics})
}

function useChange<A, R>(change: (given: A) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => client.invalidateQueries({queryKey: ['named-metrics']})})
}
export interface NewMetric { name: string; of: string; over?: string; currency?: string; unit?: string; description?: string }
export const useDefineMetric = () => useChange((made: NewMetric) => call('POST metrics', {body: made}))
export const useRemoveMetric = () => useChange((name: string) => call('DELETE metrics/{name}', {path: {name}}))

const kAsk = 'metric '
export const askFor = (name: string) => kAsk + name
// Which one a figure asks for by name; null where it is an expression of its own.
export const askedFor = (figure: unknown): string | null => (typeof figure === 'string' && figure.trim().startsWith(kAsk) && !figure.includes('(') ? figure.trim().slice(kAsk.length).trim() : null)
// As people read it.
export const definitionOf = ({of, over, filter, currency}: Metric) => `${of ?? ''}${over ? ` / ${over}` : ''}${filter ? ` where ${filter}` : ''}${currency ? ` in ${currency}` : ''}`
