import {expect, test} from 'vitest'
import {csvCell, csvFile, csvOf} from './csv'

test('a cell that a spreadsheet would run is made text; a number stays one', () => {
  for (const text of ['=1+1', '+A1', '@SUM(A1)', '-cmd', '\t=1', '\r=1']) expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/)
  expect(csvCell('-12.5')).toBe('-12.5')
  expect(csvCell(-3)).toBe('-3')
})

test('what a spreadsheet that splits elsewhere would run is made text, too', () => {
  const cells = {'x;=1+1': `"x;'=1+1"`, 'x; =1+1': `"x; '=1+1"`, 'a,-1': `"a,'-1"`, 'x\t+1': `"x\t'+1"`, 'say "=1"': `"say ""'=1"""`, 'a-b; c': '"a-b; c"', 'Coat - red': 'Coat - red'}
  for (const [text, cell] of Object.entries(cells)) expect(csvCell(text)).toBe(cell)
})

test('quotes, commas and lines stand inside their cell', () => {
  expect(csvOf([{a: 'x,"y"\nz', b: null}, {a: 'é', c: true}])).toBe('a,b,c\r\n"x,""y""\nz",,\r\né,,true\r\n')
})

test('every file of ours says that it is UTF-8, also one that the server wrote', async () => {
  for (const text of ['a,é\r\n', new Blob(['a,é\r\n'])]) expect([...new Uint8Array(await csvFile(text).arrayBuffer())].slice(0, 4)).toEqual([0xef, 0xbb, 0xbf, 0x61])
})
