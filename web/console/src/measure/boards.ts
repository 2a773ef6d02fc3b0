// The one place that knows how boards are kept: documents of the server, each with questions on a grid.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'
import {remembered} from '../api/shop'
import {room} from './grid'
import {kinds, type Arguments, type Asked} from './kinds'
import type {Cost} from './costs'

export type Board = Schemas['Board']
export type BoardHead = Schemas['BoardHead']
export type Tile = Schemas['Tile']
export const boardRoles = ['analyst', 'marketer', 'privacy', 'admin'] as const
export const kTilesMax = 40
export const chosenBoard = remembered('filrouge.board')

export function useBoards() {
  const enabled = useMay('GET boards')
  return useQuery({queryKey: ['boards'], enabled, queryFn: async ({signal}) => (await call('GET boards', {signal})).boards})
}

export const useBoard = (id: string | undefined) =>
  useQuery({queryKey: ['board', id], enabled: id !== undefined, queryFn: ({signal}) => call('GET boards/{id}', {path: {id: id!}, signal})})

function useChange<A, R>(change: (given: A) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => Promise.all([['boards'], ['board']].map((queryKey) => client.invalidateQueries({queryKey})))})
}

export interface Change { name?: string; shared?: Board['shared']; tiles?: Tile[] }
export const useMakeBoard = () => useChange((made: Change & {name: string}) => call('POST boards', {body: made}))
// The version that was read goes along: whoever was quicker is not written over.
export const useSaveBoard = () => useChange(({board, ...change}: Change & {board: Board}) => call('POST boards/{id}', {path: {id: board.id}, body: {...change, version: board.version}}))
export const useRemoveBoard = () => useChange((id: string) => call('DELETE boards/{id}', {path: {id}}))

export const usePin = () => useChange(async ({id, name, tile}: {id: string | null; name: string; tile: Omit<Tile, 'x' | 'y' | 'w' | 'h'>}) => {
  if (id === null) return call('POST boards', {body: {name, shared: [], tiles: [{...tile, ...room([])}]}})
  const board = await call('GET boards/{id}', {path: {id}})
  return call('POST boards/{id}', {path: {id}, body: {tiles: [...board.tiles, {...tile, ...room(board.tiles)}], version: board.version}})
})

const costsText = (value: unknown) => (Array.isArray(value) ? (value as Cost[]).map(({at, channel, amount}) => `${at},${channel},${amount}`).join('\n') : '')

// A question as the API has it, as the page asks it; null for a kind the page has no picture of.
export function askedOf(question: Record<string, unknown>): Asked | null {
  const kind = kinds.find((each) => typeof question[each] === 'object')
  if (!kind) return null
  const args = Object.entries(question[kind] as Record<string, unknown>).map(([name, value]) =>
    [name, name === 'costs' ? costsText(value) : kind === 'metric' && name === 'by' && Array.isArray(value) && value.length === 1 ? value[0] : value])
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  const {[kind]: _, last, purpose, who, ...held} = question
  return {kind, args: Object.fromEntries(args) as Arguments, last: text(last), purpose: text(purpose), who: text(who), ...(Object.keys(held).length > 0 && {held})}
}

// What a shop sees before anybody has made a board.
export function firstTiles(purpose: string): Tile[] {
  const ask = (kind: string, args: object, last?: string) => ({question: {purpose, ...(last ? {last} : {}), [kind]: args}, chart: kind})
  const tiles = [
    ask('metric', {of: 'count(*)', by: ['channel'], grain: 'day'}, '14 days'),
    ask('funnel', {steps: ['Product Viewed', 'Product Added', 'Order Completed'], within: '24 hours'}),
    ask('flows', {start: 'Product Viewed', of: 'event and channel', within: '7 days', collapse_loops: true}),
    ask('attribution', {conversion: 'Order Completed', by: 'channel', window: '30 days', models: ['first', 'last', 'linear', 'markov']}),
  ]
  return tiles.map((tile, i) => ({...tile, x: (i % 2) * 6, y: Math.floor(i / 2) * 6, w: 6, h: 6}))
}
