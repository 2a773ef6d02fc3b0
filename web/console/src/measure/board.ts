// The figures somebody pinned, in this browser: the server keeps no document for them yet.
import {useSyncExternalStore} from 'react'
import {isKind, type Asked} from './kinds'

export interface Pinned { id: string; title: string; asked: Asked }

const key = 'filrouge.board'
const kPinnedMax = 24

const first: Pinned[] = [
  {id: 'contacts', title: '', asked: {kind: 'metric', args: {of: 'count(*)', by: 'channel', grain: 'day'}, last: '14 days'}},
  {id: 'funnel', title: '', asked: {kind: 'funnel', args: {steps: ['Product Viewed', 'Product Added', 'Order Completed'], within: '24 hours'}}},
  {id: 'flows', title: '', asked: {kind: 'flows', args: {start: 'Product Viewed', of: 'event and channel', within: '7 days', collapse_loops: true}}},
  {id: 'attribution', title: '', asked: {kind: 'attribution', args: {conversion: 'Order Completed', by: 'channel', window: '30 days', models: ['first', 'last', 'linear', 'markov']}}},
]

let text = ''
let board: Pinned[] = []
const listeners = new Set<() => void>()

function current(): Pinned[] {
  const now = localStorage.getItem(key) ?? ''
  if (now !== text || board.length === 0) [text, board] = [now, parsed(now)]
  return board
}

function parsed(written: string): Pinned[] {
  if (!written) return first
  try {
    return (JSON.parse(written) as Pinned[]).filter((p) => typeof p?.id === 'string' && isKind(p.asked?.kind)).slice(0, kPinnedMax)
  } catch { return first }
}

function write(next: Pinned[]) {
  localStorage.setItem(key, JSON.stringify(next))
  listeners.forEach((told) => told())
}

export const useBoard = () => useSyncExternalStore((told) => { listeners.add(told); return () => listeners.delete(told) }, current)
export const pin = (title: string, asked: Asked) => write([{id: crypto.randomUUID(), title, asked}, ...current()].slice(0, kPinnedMax))
export const unpin = (id: string) => write(current().filter((p) => p.id !== id))
export function move(id: string, by: number) {
  const list = [...current()]
  const from = list.findIndex((p) => p.id === id)
  const to = Math.min(list.length - 1, Math.max(0, from + by))
  const [moved] = list.splice(from, 1)
  if (moved) write([...list.slice(0, to), moved, ...list.slice(to)])
}
