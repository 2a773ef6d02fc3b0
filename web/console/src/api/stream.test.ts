import {expect, test} from 'vitest'
import {readMetrics} from './client'
import {messagesOf} from './stream'

test('messages are read wherever the network cuts them', async () => {
  const text = ': connected\n\nid: 1\nevent: stored\ndata: {"a":"é"}\n\nevent: leave\ndata: {"b":2}\n\n'
  const bytes = new TextEncoder().encode(text)
  for (let cut = 1; cut < bytes.length; ++cut) {
    const body = new ReadableStream<Uint8Array>({start(c) { c.enqueue(bytes.slice(0, cut)); c.enqueue(bytes.slice(cut)); c.close() }})
    const found = []
    for await (const message of messagesOf(body)) found.push(message)
    expect(found).toEqual([{event: 'stored', data: {a: 'é'}}, {event: 'leave', data: {b: 2}}])
  }
})

test('figures with labels are summed and kept apart', () => {
  const text = '# HELP x\nfilrouge_not_kept_total{reason="a"} 2\nfilrouge_not_kept_total{reason="b"} 3\nfilrouge_persons 1e3\n'
  expect(readMetrics(text)).toEqual({not_kept_total: 5, 'not_kept_total{reason="a"}': 2, 'not_kept_total{reason="b"}': 3, persons: 1000})
})
