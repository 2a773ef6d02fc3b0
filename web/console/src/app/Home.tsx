import {Navigate} from 'react-router'
import {useSession} from '../api/session'
import {placesOf} from './places'

// Who stands at a counter or sits at a telephone begins with the customer; everybody else with what happens.
const atCounter = new Set<string | undefined>(['staff', 'call_centre'])

export function Home() {
  const {data} = useSession()
  const own = placesOf(data)
  const first = atCounter.has(data?.role) ? own.find(({to}) => to === '/staff') : undefined
  return <Navigate to={(first ?? own[0])?.to ?? '/now'} replace />
}
