// Who is signed in, and what that role may do.
import {useQuery, useQueryClient} from '@tanstack/react-query'
import {ApiError, call, mayCall, pasteToken} from './client'
import type {RouteName} from './schema.gen'
import type {Role} from './shapes'

export interface Session { role: Role; name?: string; signed_in_by: 'token' | 'session' }

const kTryAgainMs = 2_000

// While the server is away or starting it is asked again and again: the page comes by itself.
const soonAgain = (error: unknown) => (error instanceof ApiError && (error.status === 0 || error.status === 503) ? kTryAgainMs : false)

export function useSession() {
  return useQuery({queryKey: ['session'], queryFn: () => call<Session>('GET session'), retry: false, staleTime: 60_000,
    refetchInterval: ({state}) => soonAgain(state.error)})
}

export function useMay(route: RouteName): boolean {
  const {data} = useSession()
  return mayCall(data?.role, route)
}

export function useSignOut() {
  const client = useQueryClient()
  return async () => {
    await call('DELETE session').catch(() => {})
    pasteToken(null)
    client.clear()
    location.reload()
  }
}
