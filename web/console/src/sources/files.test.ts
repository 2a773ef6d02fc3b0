import {expect, test} from 'vitest'
import {eventOf, guessMapping, isoOf, readCsv, readJsonLines} from './files'

test('a file is read whatever its separator, quotes and line ends', () => {
  const wanted = [{name: 'a "b", c', n: '1'}, {name: 'é\nf', n: ''}]
  expect(readCsv('\ufeffname,n\r\n"a ""b"", c",1\r\n"é\nf",\r\n')).toEqual(wanted)
  expect(readCsv('name;n\n"a ""b"", c";1\n\n"é\nf";')).toEqual(wanted)
  expect(readCsv('')).toEqual([])
  expect(readJsonLines('{"a":1}\n\n{"a":{"b":2}}')).toEqual([{a: '1'}, {a: '{"b":2}'}])
})

test('columns are guessed, and a row becomes an event with an id of its own', () => {
  const row = {client: 'c-1', email: 'a@b.example', date: '03/01/2026', montant: '10,50', note: ''}
  const mapping = guessMapping(Object.keys(row))
  expect(mapping).toMatchObject({client: 'userId', email: 'email', date: 'timestamp', montant: 'revenue'})
  expect(eventOf(row, mapping, 'Order Completed', 'f.csv', 7)).toMatchObject({
    userId: 'c-1', messageId: 'f.csv:7', event: 'Order Completed', timestamp: '2026-01-03T00:00:00.000Z', properties: {revenue: 10.5}, context: {traits: {email: 'a@b.example'}},
  })
  expect(isoOf('never')).toBeUndefined()
})
