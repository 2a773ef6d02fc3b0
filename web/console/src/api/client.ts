// The one place that speaks to /api/v1: as whoever's session the browser has, or with a token that
// was pasted and lives as long as this tab. Routes and their arguments are those of schema/api.json.
import i18next from 'i18next'
import {sayNow} from '../texts/said'
import {openToBrands, rolesOf, type RouteName, type Routes} from './schema.gen'
import {pastedToken} from './token'

export interface Problem { title?: string; status: number; code: string; message: string; hint?: string }

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string
  constructor(problem: Problem) {
    super(problem.message)
    this.status = problem.status
    this.code = problem.code
    this.hint = problem.hint ?? ''
  }
}

// What of a route's declaration the caller has to give.
export interface Given<R extends RouteName> {
  path?: Routes[R]['path']
  query?: Partial<Record<keyof Routes[R]['query'], string | number | boolean | undefined>>
  body?: Routes[R]['body'] | Record<string, unknown>
  signal?: AbortSignal
}

function addressOf(route: RouteName, path: object = {}, query: object = {}) {
  let address = route.slice(route.indexOf(' ') + 1)
  for (const [name, value] of Object.entries(path)) address = address.replace(`{${name}}`, encodeURIComponent(String(value)))
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `/api/v1/${address}${search ? `?${search}` : ''}`
}

// A page that refreshes itself keeps nobody signed in: what it asks while nobody touches it says so.
const kAwayMs = 60_000
let touched = Date.now()
for (const what of ['pointerdown', 'pointermove', 'keydown', 'wheel']) {
  globalThis.addEventListener?.(what, () => { touched = Date.now() }, {capture: true, passive: true})
}

export function headersWith(extra: Record<string, string> = {}): Record<string, string> {
  const headers = {...extra}
  const token = pastedToken()
  if (token) headers.authorization = `Bearer ${token}`
  if (Date.now() - touched > kAwayMs) headers['x-filrouge-background'] = '1'
  return headers
}

// What the server says is wrong, in the language of the console; the code stays as it is.
export async function told(problem: Problem): Promise<ApiError> {
  const say = await sayNow()
  return new ApiError({...problem, message: say(problem.message), hint: problem.hint && say(problem.hint)})
}

async function problemOf(reply: Response): Promise<Problem> {
  const body = await reply.json().catch(() => ({})) as Partial<Problem>
  return {status: reply.status, code: body.code ?? '', message: body.message ?? body.title ?? `HTTP ${reply.status}`, hint: body.hint}
}

export async function send<R extends RouteName>(route: R, given: Given<R> = {}, accept = 'application/json'): Promise<Response> {
  const reply = await fetch(addressOf(route, given.path, given.query), {
    method: route.slice(0, route.indexOf(' ')),
    cache: 'no-store',
    signal: given.signal,
    headers: headersWith({accept, ...(given.body === undefined ? {} : {'content-type': 'application/json'})}),
    body: given.body === undefined ? undefined : JSON.stringify(given.body),
  }).catch((reason: unknown) => {
    if (given.signal?.aborted) throw reason
    throw new ApiError({status: 0, code: 'console.no_connection', message: i18next.t('state.away')})
  })
  return accepted(reply)
}

export async function accepted(reply: Response): Promise<Response> {
  if (!reply.ok) throw await told(await problemOf(reply))
  return reply
}

// `A` narrows what the document leaves free in form (src/api/shapes.ts).
export async function call<A = never, R extends RouteName = RouteName>(
  route: R, given: Given<R> = {},
): Promise<[A] extends [never] ? Routes[R]['answer'] : A> {
  const reply = await send(route, given)
  return await reply.json()
}

export interface Who { role: string; brands?: string[] }

// Who is limited to brands is let in to what can be answered of these alone.
export const isForWholeShop = (who: Who, route: RouteName) => (who.brands?.length ?? 0) > 0 && !openToBrands.has(route)
export const mayCall = (who: Who | undefined, route: RouteName) => who !== undefined && rolesOf[route].includes(who.role) && !isForWholeShop(who, route)

// Counters since the server's start, by name; those with labels are summed, and also kept apart.
export async function metrics(signal?: AbortSignal): Promise<Record<string, number>> {
  const reply = await fetch('/metrics', {signal, headers: headersWith(), cache: 'no-store'})
  if (!reply.ok) throw await told(await problemOf(reply))
  return readMetrics(await reply.text())
}

export function readMetrics(text: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const found = /^filrouge_(\w+?)(\{[^}]*\})? ([\d.e+-]+)$/.exec(line)
    if (!found) continue
    const [, name, labels, value] = found
    sums[name!] = (sums[name!] ?? 0) + Number(value)
    if (labels) sums[name! + labels] = Number(value)
  }
  return sums
}
