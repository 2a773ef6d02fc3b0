// CSV and JSON lines, read in the browser for the preview and the mapping of an import.
export type Record_ = Record<string, string>

// RFC 4180, with ; or a tab where the first line says so. A quote inside a field is doubled.
export function readCsv(text: string, rowsMax = Infinity): Record_[] {
  const separator = separatorOf(text)
  const rows: string[][] = []
  let row: string[] = [], cell = '', quoted = false
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length && rows.length <= rowsMax; ++i) {
    const c = text[i]!
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') { cell += '"'; ++i } else quoted = false
    } else if (c === '"' && cell === '') quoted = true
    else if (c === separator) { row.push(cell); cell = '' } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') ++i
      row.push(cell)
      if (row.length > 1 || row[0] !== '') rows.push(row)
      row = []
      cell = ''
    } else cell += c
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell])
  const [head = [], ...body] = rows
  return body.slice(0, rowsMax).map((cells) => Object.fromEntries(head.map((name, i) => [name.trim() || `column ${i + 1}`, cells[i] ?? ''])))
}

function separatorOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const counts = [',', ';', '\t'].map((c) => ({c, n: line.split(c).length}))
  return counts.sort((a, b) => b.n - a.n)[0]!.c
}

export function readJsonLines(text: string, rowsMax = Infinity): Record_[] {
  const rows: Record_[] = []
  for (const line of text.split('\n')) {
    if (rows.length >= rowsMax) break
    if (!line.trim()) continue
    const value = JSON.parse(line) as Record<string, unknown>
    rows.push(Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typeof v === 'object' ? JSON.stringify(v) : String(v)])))
  }
  return rows
}

export const roles = ['ignore', 'userId', 'email', 'phone', 'loyalty_card', 'timestamp', 'event', 'order_id', 'revenue', 'currency', 'product_id', 'quantity', 'price', 'property', 'trait'] as const
export type ColumnRole = (typeof roles)[number]
export type Mapping = Record<string, ColumnRole>

const guesses: Array<[RegExp, ColumnRole]> = [
  [/^(user|customer|client|household)(_?(id|key|no|number))?$/i, 'userId'], [/mail/i, 'email'], [/phone|tel|mobile/i, 'phone'], [/loyal|card|carte/i, 'loyalty_card'],
  [/date|time|day|jour/i, 'timestamp'], [/^event(_?name)?$/i, 'event'], [/order|basket|receipt|invoice|transaction|commande|facture/i, 'order_id'],
  [/revenue|total|amount|sales|montant/i, 'revenue'], [/currency|devise/i, 'currency'], [/product|sku|item|article/i, 'product_id'], [/quantity|qty|quantit/i, 'quantity'], [/price|prix/i, 'price'],
]
export const guessMapping = (columns: string[]): Mapping =>
  Object.fromEntries(columns.map((name) => [name, guesses.find(([like]) => like.test(name))?.[1] ?? 'property']))

export interface ImportedEvent { [name: string]: unknown }

const asNumber = (text: string) => {
  const n = Number(text.replace(/\s/g, '').replace(',', '.'))
  return text.trim() !== '' && Number.isFinite(n) ? n : undefined
}

// A row as the event it tells of. Its id comes from the file and the row's place, so that the same
// file imported twice counts once.
export function eventOf(row: Record_, mapping: Mapping, event: string, file: string, place: number): ImportedEvent {
  const properties: Record<string, unknown> = {}, traits: Record<string, unknown> = {}, context: Record<string, unknown> = {}
  const out: ImportedEvent = {type: 'track', event, messageId: `${file}:${place}`, properties, context}
  for (const [name, text] of Object.entries(row)) {
    if (text === '') continue
    switch (mapping[name]) {
      case 'userId': out.userId = text; break
      case 'event': out.event = text; break
      case 'timestamp': out.timestamp = isoOf(text); break
      case 'email': case 'phone': traits[mapping[name]!] = text; break
      case 'loyalty_card': context.loyalty_card = text; break
      case 'trait': traits[name] = text; break
      case 'revenue': case 'quantity': case 'price': properties[mapping[name]!] = asNumber(text) ?? text; break
      case 'order_id': case 'currency': case 'product_id': properties[mapping[name]!] = text; break
      case 'property': properties[name] = asNumber(text) ?? text; break
      default: break
    }
  }
  if (Object.keys(traits).length > 0) context.traits = traits
  return out
}

export function isoOf(text: string): string | undefined {
  const french = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(.*)$/.exec(text.trim())
  const at = new Date(french ? `${french[3]}-${french[2]!.padStart(2, '0')}-${french[1]!.padStart(2, '0')}${french[4]}` : text)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
