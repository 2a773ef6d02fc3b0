// Server-sent events, read by fetch because EventSource cannot send a token.
import {headersWith} from './client'

export interface Message { event: string; data: unknown }

export async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  for (;;) {
    const {value, done} = await reader.read()
    if (done) return
    const parts = (rest + value).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const message = messageOf(part)
      if (message) yield message
    }
  }
}

function messageOf(text: string): Message | null {
  let event = 'message', data = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    if (line.startsWith('data: ')) data += line.slice(6)
  }
  return data ? {event, data: JSON.parse(data)} : null
}

const kWaitMsMax = 5_000

// Calls `each` for every message until `signal` aborts. When the server was away it comes back by
// itself, waiting longer each time; `state` tells whether it is connected.
export async function follow(path: string, signal: AbortSignal, each: (message: Message) => void,
  state: (connected: boolean) => void = () => {}) {
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, kWaitMsMax)) {
    try {
      const reply = await fetch(`/api/v1/${path}`, {signal, headers: headersWith({accept: 'text/event-stream'})})
      if ([401, 403, 404].includes(reply.status)) return state(false)
      if (reply.ok && reply.body) {
        state(true)
        wait = 250
        for await (const message of messagesOf(reply.body)) each(message)
      }
    } catch { /* away: tried again below */ }
    if (signal.aborted) return
    state(false)
    await pause(wait, signal)
  }
}

const pause = (ms: number, signal: AbortSignal) => new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, ms)
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve() }, {once: true})
})
