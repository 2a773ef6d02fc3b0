// By whom something was done: records keep ids, people read names.
import {useQuery} from '@tanstack/react-query'
import {call} from './client'
import type {Schemas} from './schema.gen'
import {useMay} from './session'

export type Actor = Schemas['Actor']

// Undefined where the role may not know.
export function useActors(): Actor[] | undefined {
  const enabled = useMay('GET actors')
  const {data} = useQuery({queryKey: ['actors'], enabled, staleTime: 30_000, queryFn: async ({signal}) => (await call('GET actors', {signal})).actors})
  return data
}

// "ACCOUNT/TOKEN" is a token of an account's own. Undefined: removed since, or never one of ours.
export function nameOf(actors: Actor[], id: string): string | undefined {
  const names = id.split('/').map((part) => actors.find((each) => each.id === part)?.name)
  return names.every((name) => name !== undefined) ? names.join(' · ') : undefined
}

// Whose id somebody means who types a name; what is none stays as it was typed.
export const idOf = (actors: Actor[], typed: string) =>
  actors.find(({name}) => name.toLowerCase() === typed.trim().toLowerCase())?.id ?? typed.trim()
