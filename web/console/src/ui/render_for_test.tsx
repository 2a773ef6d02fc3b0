// Renders a part of a page for a test: in English, for an admin, on a server that answers what is told here.
import {MantineProvider} from '@mantine/core'
import {QueryClient, QueryClientProvider} from '@tanstack/react-query'
import {cleanup, render} from '@testing-library/react'
import type {ReactNode} from 'react'
import {MemoryRouter} from 'react-router'
import {afterEach, beforeAll, vi} from 'vitest'
import {startTexts} from '../texts'

// By the path that is asked, without its query. What is not told here answers 404.
export type Answers = Record<string, unknown>

export function usesThePage() {
  beforeAll(async () => {
    HTMLCanvasElement.prototype.getContext = (() => new Proxy({}, {get: () => () => {}, set: () => true})) as never
    globalThis.matchMedia ??= ((media: string) => ({media, matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {}})) as never
    await startTexts('en')
  })
  afterEach(() => { cleanup(); vi.unstubAllGlobals() })
}

export function rendered(part: ReactNode, {answers = {}, role = 'admin', client = new QueryClient({defaultOptions: {queries: {retry: false}}})}: {answers?: Answers; role?: string; client?: QueryClient}) {
  client.setQueryData(['session'], {role, signed_in_by: 'session'})
  const asked: string[] = []
  vi.stubGlobal('fetch', async (address: string) => {
    const path = address.replace(/\?.*/, '')
    asked.push(address)
    const answer = answers[path]
    if (answer === undefined) return Response.json({status: 404, code: 'not_found', message: `no ${path}`}, {status: 404})
    return typeof answer === 'string' ? new Response(answer) : Response.json(answer)
  })
  render(<MantineProvider><QueryClientProvider client={client}><MemoryRouter>{part}</MemoryRouter></QueryClientProvider></MantineProvider>)
  return asked
}
