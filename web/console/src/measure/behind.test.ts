import {expect, test} from 'vitest'
import {behind, behindAll, partsOf, splitColumn} from './behind'
import {costsOf, told} from './costs'
import {firstOf, kinds, lacks, type Asked} from './kinds'
import {bandOf} from './views/Effect'
import {at} from './views/Mix'

const metric = (args: Asked['args'], last?: string): Asked => ({kind: 'metric', args, last})

test('a figure is read apart: its event, without the property, and its conditions', () => {
  expect(partsOf('count(*)')).toEqual({event: '*', where: ''})
  expect(partsOf('sum(Order Completed.revenue)')).toEqual({event: 'Order Completed', where: ''})
  expect(partsOf('sum(Order Completed.products.price where channel = web)')).toEqual({event: 'Order Completed', where: 'channel = web'})
  expect(partsOf('nothing')).toBeNull()
})

test('a row of a figure is the people whom it counts', () => {
  expect(behind(metric({of: 'count(Product Viewed)', by: 'channel'}, '30 days'), {channel: 'web', figure: 3}, [])).toBe('any(Product Viewed where channel = web, last 30 days)')
  expect(behind(metric({of: 'any(A where x = 1 or y = 2)', by: 'place'}), {place: 'l"y\\on', figure: 3}, [])).toBe('any(A where (x = 1 or y = 2) and place = "l\\"y\\\\on")')
  expect(behind(metric({of: 'count(*)', by: 'event', grain: 'week'}), {event: 'Terms and Conditions', at: '2026-02-23', figure: 1}, [])).toBe('any("Terms and Conditions", between 2026-02-23 and 2026-03-01)')
  expect(behind(metric({of: 'count(*)', grain: 'month'}), {at: '2026-02-01', figure: 1}, [])).toBe('any(*, between 2026-02-01 and 2026-02-28)')
})

test('where a rule cannot say who it is, nobody is named', () => {
  expect(behind(metric({of: 'count(*)', by: 'source'}), {source: 'shop', figure: 3}, [])).toBeNull()
  expect(behind(metric({of: 'count(*)', grain: 'hour'}), {at: '2026-02-01T08:00', figure: 3}, [])).toBeNull()
  expect(behind(metric({of: 'count(*)'}), {figure: 0}, [])).toBeNull()
  for (const kind of ['forecast', 'mix', 'value'] as const) expect(behind(firstOf(kind), {day: '2026-03-01', channel: 'web', decile: 1}, [])).toBeNull()
})

test('of a question about those who fulfil a rule, they are those among them', () => {
  const asked = {...metric({of: 'count(B)', by: 'channel'}, '30 days'), who: 'any(A) or any(C)'}
  expect(behind(asked, {channel: 'web', figure: 3}, [])).toBe('(any(A) or any(C)) and (any(B where channel = web, last 30 days))')
  expect(behindAll(asked)).toBe('(any(A) or any(C)) and (any(B, last 30 days))')
  expect(behind({...asked, args: {of: 'count(B)', by: 'source'}}, {source: 'shop', figure: 3}, [])).toBeNull()
  expect(behindAll({...asked, who: ' '})).toBe('any(B, last 30 days)')
})

test('behind a forecast and a mix are the people whose past it was learned from', () => {
  const asked: Asked = {kind: 'forecast', args: {of: 'count(Order Completed where x = 1)', by: 'channel'}, last: '1 year'}
  const row = {channel: 'web', day: '2026-03-01', expected: 3}
  expect(behind(asked, row, [row])).toBe('any(Order Completed where x = 1 and channel = web, last 1 year)')
  expect(behind({...asked, args: {of: 'count(*)'}}, row, [row])).toBeNull()
  expect(behindAll(asked)).toBe('any(Order Completed where x = 1, last 1 year)')
  expect(behindAll({...asked, kind: 'mix'})).toBe('any(Order Completed where x = 1, last 1 year)')
})

test('of a question that holds more than a rule can say, nobody is named', () => {
  const asked = metric({of: 'count(Order Completed)', by: 'channel'})
  const row = {channel: 'web', figure: 3}
  expect(behind(asked, row, [row])).not.toBeNull()
  for (const held of [{from: '2026-03-01T08:00'}, {from: '2026-03-01', to: '2026-03-01'}, {audience: 'a-1'}]) {
    expect(behind({...asked, held}, row, [row])).toBeNull()
    expect(behindAll({...asked, held})).toBeNull()
  }
  expect(behind({...asked, held: {brand: 'hats'}}, row, [row])).not.toBeNull()
})

test('a period of two ends and robots are said as rules say them', () => {
  const of = (held: Asked['held'], args: Asked['args'] = {of: 'count(A)', by: 'channel'}, row: object = {channel: 'web'}) =>
    behind({kind: 'metric', args, held}, {figure: 3, ...row}, [])
  expect(of({from: '2026-03-01', to: '2026-04-01'})).toBe('any(A where channel = web, between 2026-03-01 and 2026-03-31)')
  expect(of({from: '2026-03-01'})).toBe('any(A where channel = web, since 2026-03-01)')
  expect(of({to: '2026-03-01', bots: true})).toBe('any(A where channel = web, before 2026-03-01, including bots)')
  const weekly = {of: 'count(A)', grain: 'week'}, march = {from: '2026-03-04', to: '2026-03-19'}
  expect(['2026-03-02', '2026-03-09', '2026-03-16'].map((at) => of(march, weekly, {at}))).toEqual([
    'any(A, between 2026-03-04 and 2026-03-08)', 'any(A, between 2026-03-09 and 2026-03-15)', 'any(A, between 2026-03-16 and 2026-03-18)'])
  expect(behindAll({kind: 'value', args: {purchase: 'Order Completed'}, held: {bots: true}})).toBe('any(Order Completed, including bots)')
  expect(behindAll({kind: 'attribution', args: {conversion: 'Order Completed'}, held: march})).toBeNull()
  expect(behindAll({...metric({of: 'count(A)'}, '2 days'), held: {to: '2026-03-01'}})).toBeNull()
})

test('a cohort is who did it for the first time of all in its period', () => {
  const asked: Asked = {kind: 'retention', args: {first: 'A', again: 'B', grain: 'week'}}
  const rows = [{cohort: '2026-03-02', later: 0, persons: 5, returned: 5}, {cohort: '2026-03-09', later: 2, persons: 4, returned: 1}]
  expect(behind(asked, rows[0]!, rows)).toBe('any(A, between 2026-03-02 and 2026-03-08) and not any(A, before 2026-03-02)')
  expect(behind(asked, rows[1]!, rows)).toBe('any(A, between 2026-03-09 and 2026-03-15) and not any(A, before 2026-03-09) and any(B, between 2026-03-23 and 2026-03-29)')
})

test('of a period that the time asked begins within, no rule says who is in it', () => {
  const asked: Asked = {kind: 'retention', args: {first: 'A', grain: 'week'}, last: '12 weeks'}
  const cohorts = [{cohort: '2026-03-02', later: 0, persons: 5, returned: 5}, {cohort: '2026-03-09', later: 0, persons: 4, returned: 1}]
  expect(cohorts.map((row) => behind(asked, row, cohorts) === null)).toEqual([true, false])
  const days = [{at: '2026-03-02', figure: 324}, {at: '2026-03-03', figure: 9}]
  expect(days.map((row) => behind(metric({of: 'any(A)', grain: 'day'}, '2 days'), row, days))).toEqual([null, 'any(A, between 2026-03-03 and 2026-03-03)'])
})

test('the people of a credit are those who had the touch on their way, where a rule can say so', () => {
  const args = {conversion: 'Order Completed', by: 'channel', window: '30 days', touch: 'Promo Clicked where x = 1'}
  const row = {model: 'linear', channel: 'web', conversions: 10}
  const of = (more: object, ofRow: object = {}, last?: string) => behind({kind: 'attribution', args: {...args, ...more}, last}, {...row, ...ofRow}, [row])
  expect(of({})).toBe('Promo Clicked where x = 1 and channel = web then Order Completed within 30 days')
  expect(of({touch: ''})).toBeNull()
  expect(of({touch: 'Order Completed where x = 1'})).toBeNull()
  expect(of({}, {}, '30 days')).toBeNull()
  for (const model of ['first', 'last', 'position', 'markov']) expect(of({}, {model})).toBeNull()
  expect(of({touch: '', by: 'event'}, {event: 'Terms and Conditions'})).toBe('"Terms and Conditions" then Order Completed within 30 days')
  expect(of({touch: '', by: 'event'}, {event: 'Order Completed'})).toBeNull()
})

test('every kind has the people of the whole figure, or of each of its rows', () => {
  const none = kinds.filter((kind) => !behindAll({...firstOf(kind), args: {...firstOf(kind).args, treated: ['x'], start: '2026-03-01'}}))
  expect(none).toEqual(['funnel', 'retention', 'rising', 'clusters'])
})

test('costs are read as people keep them', () => {
  const wanted = [{at: '2026-03-02', channel: 'search', amount: 1120.5}, {at: '2026-03-09', channel: 'tv', amount: 900}]
  for (const text of ['2026-03-02,search,1120.5\n2026-03-09,tv,900', 'jour;canal;montant\n2026-03-02;search;1 120,50\n2026-03-09;tv;900', 'at\tchannel\tamount\r\n2026-03-02\tsearch\t1120,5\r\n2026-03-09\t"tv"\t900\r\n'])
    expect(costsOf(text)).toEqual(wanted)
  expect(told(costsOf('2026-03-02,search,x\n2026-03-02,,3\n2026-03-02,tv,3'))).toEqual({rows: 1, wrong: 2, channels: ['tv'], sum: 3})
  expect(costsOf('')).toEqual([])
})

test('what a question cannot be asked without is asked for first', () => {
  expect(kinds.filter((kind) => lacks(firstOf(kind)))).toEqual(['effect', 'mix'])
})

test('the band of an effect stands where something was done, and holds what would have been', () => {
  const rows = [{expected: 10, treated: false}, {expected: 20, treated: true}]
  expect(bandOf(rows, 2, -1, 3, 2)).toEqual([null, {low: 18, high: 26}])
  expect(bandOf(rows, 2, null, null, 2)).toEqual([null, null])
})

test('a property with the name of a figure is read where the answer has it', () => {
  expect(splitColumn({'by events': 'vernissage', figure: 3, events: 3}, 'events')).toBe('by events')
  expect(splitColumn({channel: 'web', figure: 3, events: 3}, 'channel')).toBe('channel')
  expect(behind(metric({of: 'count(*)', by: 'events'}), {'by events': 'vernissage', figure: 3, events: 3, persons: 3}, []))
    .toBe('any(* where events = "vernissage")')
})

test('a mark stands on its curve', () => {
  const curve = [{spend: 0, revenue: 0}, {spend: 10, revenue: 100}, {spend: 20, revenue: 150}]
  expect([0, 5, 15, 20, 99].map((spend) => at(curve, spend))).toEqual([0, 50, 125, 150, 150])
  expect(at([], 3)).toBe(0)
})
