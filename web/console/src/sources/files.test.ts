import {expect, test} from 'vitest'
import {columnsOf, contentId, decimalsOf, eventOf, guessMapping, readCsv, readJsonLines, sharedRoles, textOf, timeOf, unreadAmounts, unreadTimes} from './files'

test('a file is read whatever its separator, quotes and line ends', () => {
  const wanted = [{name: 'a "b", c', n: '1'}, {name: 'é\nf', n: ''}]
  expect(readCsv('\ufeffname,n\r\n"a ""b"", c",1\r\n"é\nf",\r\n')).toEqual({rows: wanted, unclosed: 0, uneven: 0, twice: []})
  expect(readCsv('name;n\n"a ""b"", c";1\n\n"é\nf";').rows).toEqual(wanted)
  expect(readCsv('').rows).toEqual([])
  expect(readJsonLines('{"a":1}\n\n{"a":{"b":2}}')).toEqual([{a: '1'}, {a: '{"b":2}'}])
})

test('a quote that is never closed costs its own line, and none behind it', () => {
  const read = (text: string) => { const {rows, unclosed} = readCsv(text); return [rows.map(({n}) => n).join(' '), unclosed] }
  expect(read('n;size\n1;S\n2;"M\n3;L\n4;XL')).toEqual(['1 3 4', 1])
  expect(read('n;size\r\n1;S\r\n2;"M\r\n3;L\r\n4;"XL"\r\n5;S'), 'nor does the next quote close it').toEqual(['1 3 4 5', 1])
  expect(read('n;size\n1;"5\n2;"6\n3;"7\n"4";"L\nor ""XL"" too"\n')).toEqual(['4', 3])
  expect(read('n;size\n1;S\n2;"M')).toEqual(['1', 1])
  expect(read('n;size\n1;"S"M\n2;L'), 'a line of its own stays one').toEqual(['1 2', 0])
  expect(read('n;"size\n1;S'), 'without its heading no line says anything').toEqual(['', 1])
})

test('lines of another width than the heading are counted, and a heading that stands twice is seen', () => {
  expect(readCsv('a;b\n1\n2;3;4\n5;6;\n7;8').uneven).toBe(2)
  expect(readCsv('mail;date;mail ;;column 4\n').twice).toEqual(['mail', 'column 4'])
})

test('a line that is not UTF-8 is read as Windows-1252, as a spreadsheet of the West writes it', () => {
  const read = (...bytes: number[]) => textOf(new Uint8Array(bytes).buffer)
  expect(read(0x4c, 0xe9, 0x61)).toBe('Léa')
  expect(read(0xef, 0xbb, 0xbf, 0x4c, 0xc3, 0xa9, 0x61)).toBe('Léa')
  expect(read(0x4c, 0xc3, 0xa9, 0x61, 0x0d, 0x0a, 0x4c, 0xe9, 0x61, 0x0a), 'and no other line for its sake').toBe('Léa\r\nLéa\n')
})

test('columns are guessed, and a row becomes an event with an id of its own', () => {
  const row = {client: 'c-1', email: 'a@b.example', date: '03/01/2026', montant: '10,50', note: ''}
  const mapping = guessMapping(Object.keys(row))
  expect(mapping).toMatchObject({client: 'userId', email: 'email', date: 'timestamp', montant: 'revenue'})
  expect(eventOf(row, mapping, 'Order Completed', 'f00d', 7)).toMatchObject({
    userId: 'c-1', messageId: 'f00d:7', event: 'Order Completed', timestamp: '2026-01-03', properties: {revenue: 10.5}, context: {traits: {email: 'a@b.example'}},
  })
})

test('of several columns that could say the same one is guessed, by its words', () => {
  expect(guessMapping(['order_date', 'birthday', 'subtotal', 'total', 'tax_total', 'hotel_name', 'sous_total'])).toEqual(
    {order_date: 'timestamp', birthday: 'property', subtotal: 'property', total: 'revenue', tax_total: 'property', hotel_name: 'property', sous_total: 'property'})
  expect(guessMapping(['tax_total', 'shipping_amount', 'date_of_birth', 'order_total', 'product_name', 'productId', 'item_price', 'InvoiceDate', 'created_day', 'order_no', 'order_status'])).toEqual(
    {tax_total: 'property', shipping_amount: 'property', date_of_birth: 'property', order_total: 'revenue', product_name: 'property', productId: 'product_id', item_price: 'price', InvoiceDate: 'timestamp', created_day: 'property', order_no: 'order_id', order_status: 'property'})
  expect(guessMapping(['E-mail', 'Téléphone', 'Carte de fidélité', 'Quantité', 'transaction_timestamp', 'card_type', 'client'])).toEqual(
    {'E-mail': 'email', 'Téléphone': 'phone', 'Carte de fidélité': 'loyalty_card', 'Quantité': 'quantity', transaction_timestamp: 'timestamp', card_type: 'property', client: 'userId'})
  for (const name of ['candidate', 'sometimes', 'holiday', 'telling', 'microphone', 'discard', 'reorder', 'enterprise', 'user_agent']) expect(guessMapping([name]), name).toEqual({[name]: 'property'})
})

test('a role that one column alone can have is seen when two have it', () => {
  expect(sharedRoles({a: 'timestamp', b: 'timestamp', c: 'revenue', d: 'property', e: 'property', f: 'trait', g: 'trait', h: 'ignore', i: 'ignore'})).toEqual(['timestamp'])
})

test('two files of one name have ids of their own, one file under two names has not', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text).buffer
  const [monday, tuesday, again] = await Promise.all(['client\nc-1', 'client\nc-2', 'client\nc-1'].map((text) => contentId(bytes(text))))
  expect(monday).toMatch(/^[0-9a-f]{16}$/)
  expect(tuesday).not.toBe(monday)
  expect(again).toBe(monday)
  expect(await contentId(bytes('abc'))).toBe('ba7816bf8f01cfea')  // FIPS 180-2, B.1
})

test('a date is read as tables write it, and what is none is handed over as it is', () => {
  for (const [told, wanted] of [['03/01/2026', '2026-01-03'], ['3.1.2026', '2026-01-03'], ['20260103', '2026-01-03'], ['2026-01-03', '2026-01-03'], ['2026/1/3', '2026-01-03']]) expect(timeOf(told!)).toBe(wanted)
  for (const [told, local] of [['03/01/2026 18:30', '2026-01-03T18:30'], ['2026-01-03 18:30:05', '2026-01-03T18:30:05'], ['2026/01/03 18:30', '2026-01-03T18:30'], ['3 Jan 2026 18:30', '2026-01-03T18:30']]) {
    expect(timeOf(told!)).toBe(new Date(local!).toISOString())
  }
  expect(timeOf('2026-01-03T18:30:00+01:00')).toBe('2026-01-03T17:30:00.000Z')
  for (const told of ['1767427200', '1767427200000', '-1767427200', 'never', 'Order 2026', '2026', '12', '30/02/2026', '2026-02-30', '30/02/2026 10:00', '2026/02/30', '03/01/2026 25:00', '20261301', '']) expect(timeOf(told), told).toBe(told)
})

test('a row whose time nobody reads is counted before it is sent', () => {
  const rows = ['1767427200', '20260103', '03/01/2026', '2026-01-03T18:30:00Z', '', '30/02/2026', 'soon', '2026'].map((at) => ({at}))
  expect(unreadTimes(rows, {at: 'timestamp'})).toBe(3)
  expect(unreadTimes(rows, {at: 'property'})).toBe(0)
})

test('null is nothing, and a column that the first line leaves out is one', () => {
  const rows = readJsonLines('{"email":null,"n":1}\n{"n":2,"store":"Lyon"}')
  expect(columnsOf(rows)).toEqual(['email', 'n', 'store'])
  expect(eventOf(rows[0]!, {email: 'email', n: 'property'}, 'e', 'f', 1)).toMatchObject({properties: {n: 1}, context: {}})
  expect(JSON.stringify(eventOf(rows[0]!, {email: 'email'}, 'e', 'f', 1))).not.toContain('null')
})

test('a large integer of a line of JSON keeps its digits, in text as well', () => {
  const line = '{"card":9007199254740993,"n":9007199254740991,"x":-1.5e3,"at":"id 9007199254740993, \\" 9007199254740993","in":[9007199254740993]}'
  expect(readJsonLines(line)).toEqual([{card: '9007199254740993', n: '9007199254740991', x: '-1500', at: 'id 9007199254740993, " 9007199254740993', in: '["9007199254740993"]'}])
})

test('a property is a number only where no digit is lost by it', () => {
  const property = (text: string) => (eventOf({p: text}, {p: 'property'}, 'e', 'f', 1).properties as {p: unknown}).p
  for (const text of ['01000', '+33', '1E5', '0x10', 'Infinity', '9007199254740993', '4000 1234 5678', '06 12 34 56 78', '1-2', '-', ' ']) expect(property(text), text).toBe(text)
  for (const [text, n] of [['0', 0], ['-12', -12], ['0,5', 0.5], ['12.50', 12.5], ['1 234 567,5', 1_234_567.5], ['9007199254740991', 9_007_199_254_740_991]] as const) expect(property(text), text).toBe(n)
  expect(eventOf({r: '0010,50'}, {r: 'revenue'}, 'e', 'f', 1).properties).toEqual({revenue: 10.5})
})

test('thousands are no decimals, and an amount that nobody can read is counted before it is sent', () => {
  const mapping = {sum: 'revenue', note: 'property'} as const
  const read = (...sums: string[]) => {
    const rows = sums.map((sum) => ({sum, note: sum})), decimals = decimalsOf(rows, ['sum', 'note'])
    const properties = rows.map((row) => eventOf(row, mapping, 'e', 'f', 1, decimals).properties as {revenue: unknown; note: unknown})
    return {sums: properties.map(({revenue}) => revenue), notes: properties.map(({note}) => note), unread: unreadAmounts(rows, mapping, decimals)}
  }
  expect(read('1,234', '12.50', '1,234.56', '€12.50')).toEqual({sums: [1234, 12.5, 1234.56, 12.5], notes: [1234, 12.5, '1,234.56', '€12.50'], unread: 0})
  expect(read('1,234', '1,234.56')).toEqual({sums: [1234, 1234.56], notes: [1234, '1,234.56'], unread: 0})
  expect(read('1,234', '12,50', '1.234,50')).toEqual({sums: [1.234, 12.5, 1234.5], notes: [1.234, 12.5, '1.234,50'], unread: 0})
  expect(read('1,234', '12', 'free', ''), 'a thousand, or a bit over one').toEqual({sums: ['1,234', 12, 'free', undefined], notes: ['1,234', 12, 'free', undefined], unread: 2})
  expect(unreadAmounts([{sum: 'free'}], {sum: 'property'}, {})).toBe(0)
})
