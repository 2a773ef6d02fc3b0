import {expect, test} from 'vitest'
import {cellOf} from './Events'
import type {Asked} from './kinds'

const asked = (args: Asked['args'], kind: Asked['kind'] = 'metric'): Asked => ({kind, args})

test('a row is the cell that the server counted', () => {
  expect(cellOf(asked({of: 'count(*)'}), {figure: 3})).toEqual({})
  expect(cellOf(asked({of: 'count(*)', grain: 'day', by: 'channel'}), {at: '2026-03-01', channel: 'web', figure: 3})).toEqual({at: '2026-03-01', by: ['web']})
  expect(cellOf(asked({of: 'count(*)', by: ['events', 'place']}), {'by events': 'a', place: 'b', events: 3})).toEqual({by: ['a', 'b']})
  expect(cellOf(asked({steps: []}, 'funnel'), {step: 1})).toBeNull()
})
