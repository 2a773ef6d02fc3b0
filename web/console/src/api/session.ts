// Who is signed in, and what that role may do.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {accepted, ApiError, call, mayCall} from './client'
import {firstAnswer} from './first'
import type {RouteName} from './schema.gen'
import type {Role} from './shapes'

export interface Session { role: Role; name?: string; signed_in_by: 'token' | 'session'; brands?: string[]; brands_of_shop?: string[] }

const kTryAgainMs = 2_000

// While the server is away or starting it is asked again and again: the page comes by itself.
const soonAgain = (error: unknown) => (error instanceof ApiError && (error.status === 0 || error.status === 503) ? kTryAgainMs : false)

async function session(): Promise<Session> {
  const first = await firstAnswer()
  return first ? await (await accepted(first)).json() as Session : call<Session>('GET session')
}

export function useSession() {
  return useQuery({queryKey: ['session'], queryFn: session, retry: false, staleTime: 60_000,
    refetchInterval: ({state}) => soonAgain(state.error)})
}

export function useMay(route: RouteName): boolean {
  const {data} = useSession()
  return mayCall(data, route)
}

// Only what the server has ended is over: a cookie that no script reads would sign the page in again. Nobody
// was signed in where it answers 401.
export function useSignOut() {
  const client = useQueryClient()
  return useMutation({mutationFn: async () => {
    await call('DELETE session').catch((error: unknown) => { if (!(error instanceof ApiError && error.status === 401)) throw error })
    sessionStorage.clear()  // a pasted token, and whom they looked at
    client.clear()
    location.reload()
  }})
}
