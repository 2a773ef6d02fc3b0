import {expect, test} from 'vitest'
import {csvCell, csvOf} from './csv'

test('a cell that a spreadsheet would run is made text; a number stays one', () => {
  for (const text of ['=1+1', '+A1', '@SUM(A1)', '-cmd', '\t=1', '\r=1']) expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/)
  expect(csvCell('-12.5')).toBe('-12.5')
  expect(csvCell(-3)).toBe('-3')
})

test('quotes, commas and lines stand inside their cell', () => {
  expect(csvOf([{a: 'x,"y"\nz', b: null}, {a: 'é', c: true}])).toBe('a,b,c\r\n"x,""y""\nz",,\r\né,,true\r\n')
})
