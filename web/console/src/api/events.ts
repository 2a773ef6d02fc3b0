import {useQuery} from '@tanstack/react-query'
import {call} from './client'
import {useMay} from './session'
import type {EventName} from './shapes'

// Which events and properties were seen, the most frequent first.
export function useEventNames() {
  const enabled = useMay('GET events')
  return useQuery({
    queryKey: ['event-names'], enabled, staleTime: 30_000,
    queryFn: async ({signal}) => {
      const {events} = await call<{events: EventName[]}>('GET events', {signal})
      return events.sort((a, b) => b.count - a.count)
    },
  })
}
