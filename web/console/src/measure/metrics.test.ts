import {expect, test} from 'vitest'
import {askedFor, askFor, definitionOf, type Metric} from './metrics'

test('a figure asks for a metric by its name, or is an expression of its own', () => {
  expect(askedFor(askFor('net_revenue'))).toBe('net_revenue')
  for (const own of ['count(*)', 'sum(metric revenue.revenue)', 'metric count(*)', undefined, 3]) expect(askedFor(own)).toBeNull()
})

test('a definition reads as one line', () => {
  const metric = {name: 'mean', of: 'sum(*.revenue)', over: 'count(*)', filter: 'channel = web', currency: 'EUR'} as Metric
  expect(definitionOf(metric)).toBe('sum(*.revenue) / count(*) where channel = web in EUR')
  expect(definitionOf({...metric, over: '', filter: '', currency: ''})).toBe('sum(*.revenue)')
})
