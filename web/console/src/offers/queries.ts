// The one place that knows how offers of value for answers are fetched, made and ended (docs/offers.md).
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'
import {useBrand} from '../api/shop'

export type Offer = Schemas['Offer']
export type Ask = Schemas['OfferAsk']
export type Text = Schemas['OfferText']

export function useOffers() {
  const {brand} = useBrand()
  const enabled = useMay('GET offers')
  return useQuery({queryKey: ['offers', brand], enabled, refetchInterval: 10_000, queryFn: async ({signal}) => (await call('GET offers', {query: {brand}, signal})).offers})
}

function useChange<A>(change: (given: A) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => client.invalidateQueries({queryKey: ['offers']})})
}

const end = (id: string) => call('POST offers/{id}/end', {path: {id}})
export const useEndOffer = () => useChange(end)

// `former` ends once the new one stands: at no time is there neither.
export function useMakeOffer() {
  const {brand} = useBrand()
  return useChange(async ({offer, former}: {offer: Offer; former?: string}) => {
    await call('POST offers', {body: {...offer, ...(brand ? {brand} : {})}})
    if (former) await end(former)
  })
}
