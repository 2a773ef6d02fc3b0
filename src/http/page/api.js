// Speaks to /api/v1: as whoever's session cookie the browser has, or with a token that was pasted
// and lives as long as this tab. Streams are read by fetch, since EventSource cannot send a token.
const tokenKey = 'filrouge.token'
export const token = () => sessionStorage.getItem(tokenKey)
export const setToken = (value) => value ? sessionStorage.setItem(tokenKey, value) : sessionStorage.removeItem(tokenKey)

export class ApiError extends Error {
  constructor(status, problem) {
    const {message, detail, hint, title} = problem
    super([detail ?? message ?? title ?? `HTTP ${status}`, hint].filter(Boolean).join(' '))
    this.status = status
    this.code = problem.code ?? ''
  }
}

function headers(extra = {}) {
  const key = token()
  return key ? {authorization: `Bearer ${key}`, ...extra} : extra
}

async function ask(method, path, body, signal) {
  const reply = await fetch(`/api/v1/${path}`, {
    method, signal, cache: 'no-store',
    headers: headers(body === undefined ? {} : {'content-type': 'application/json'}),
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const value = await reply.json().catch(() => ({}))
  if (!reply.ok) throw new ApiError(reply.status, value)
  return value
}
export const get = (path, signal) => ask('GET', path, undefined, signal)
export const post = (path, body, signal) => ask('POST', path, body, signal)
export const part = encodeURIComponent

// Which brand the page shows, where a process has several: of lists what is its, of new things whose.
const brandKey = 'filrouge.brand'
let brands = []
export const setBrands = (ids) => { brands = ids }
export const brand = () => brands.includes(localStorage.getItem(brandKey)) ? localStorage.getItem(brandKey) : brands[0] ?? ''
export const chooseBrand = (id) => localStorage.setItem(brandKey, id)
export const inBrand = (path) => brand() ? `${path}${path.includes('?') ? '&' : '?'}brand=${part(brand())}` : path
export const ofBrand = (body) => brand() ? {...body, brand: brand()} : body

// Counters since the start, by name; those with labels are summed.
export async function metrics(signal) {
  const reply = await fetch('/metrics', {signal, headers: headers(), cache: 'no-store'})
  if (!reply.ok) throw new ApiError(reply.status, {})
  const sums = {}
  for (const line of (await reply.text()).split('\n')) {
    const found = /^filrouge_(\w+?)(?:\{[^}]*\})? ([\d.e+]+)$/.exec(line)
    if (found) sums[found[1]] = (sums[found[1]] ?? 0) + Number(found[2])
  }
  return sums
}

// Calls `each(event, data)` for every message until `signal` aborts; comes back by itself when the
// server was away, waiting longer each time. `state(true|false)` tells whether it is connected.
export async function stream(path, signal, each, state = () => {}) {
  const pause = (ms) => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve() }, {once: true})
  })
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, 5_000)) {
    try {
      const reply = await fetch(`/api/v1/${path}`, {signal, headers: headers({accept: 'text/event-stream'})})
      if (reply.status === 401 || reply.status === 403 || reply.status === 404) return state(false)
      if (reply.ok) {
        state(true)
        wait = 250
        await readMessages(reply.body, each)
      }
    } catch { /* away: try again below */ }
    if (signal.aborted) return
    state(false)
    await pause(wait)
  }
}

async function readMessages(body, each) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const {value, done} = await reader.read()
    if (done) return
    const messages = (rest + value).split('\n\n')
    rest = messages.pop()
    for (const message of messages) {
      let event = 'message', data = ''
      for (const line of message.split('\n')) {
        if (line.startsWith('event: ')) event = line.slice(7)
        if (line.startsWith('data: ')) data += line.slice(6)
      }
      if (data) each(event, JSON.parse(data))
    }
  }
}
