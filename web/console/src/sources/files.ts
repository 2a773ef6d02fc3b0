// CSV and JSON lines, read in the browser for the preview and the mapping of an import.
import {instantOf} from '../trust/instants'
import {amountOf, decimalOf, type DecimalMark} from '../ui/amount'

export type Record_ = Record<string, string>

// A line that is not UTF-8 is Windows-1252, as a row is to `filrouge import`: what is stored with U+FFFD in it can be
// put right by nobody.
export function textOf(bytes: ArrayBuffer): string {
  const utf8 = new TextDecoder('utf-8', {fatal: true}), western = new TextDecoder('windows-1252')
  const read = (part: Uint8Array) => { try { return utf8.decode(part) } catch { return western.decode(part) } }
  const all = new Uint8Array(bytes)
  try { return utf8.decode(all) } catch { /* line by line */ }
  const lines: string[] = []
  for (let from = 0; from < all.length;) {
    const end = all.indexOf(0x0a, from)
    const next = end < 0 ? all.length : end + 1
    lines.push(read(all.subarray(from, next)))
    from = next
  }
  return lines.join('')
}

export interface Table {
  rows: Record_[]
  unclosed: number  // lines left out, since a quote of theirs is never closed
  uneven: number    // lines that lack cells, or have some beyond the heading's
  twice: string[]   // headings that stand for two columns
}

// RFC 4180, with ; or a tab where the first line says so. A quote inside a field is doubled.
export function readCsv(text: string): Table {
  const separator = separatorOf(text)
  const rows: string[][] = []
  let row: string[] = [], cell = '', quoted = false, opened = 0, unclosed = 0
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length || quoted; ++i) {
    const c = text[i]
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; ++i } else if (c === '"' && (endsCell(text[i + 1], separator) || !/[\r\n]/.test(cell))) quoted = false
      else if (c !== '"' && c !== undefined) cell += c
      else {
        // The file's end, or another field's quote: it was no field of several lines, and takes no line with it but its own.
        if (rows.length === 0) return {rows: [], unclosed: 1, uneven: 0, twice: []}
        ++unclosed
        i = opened + text.slice(opened).search(/\r?\n|\r(?!\n)|$/)
        if (text[i] === '\r' && text[i + 1] === '\n') ++i
        row = []
        cell = ''
        quoted = false
      }
    } else if (c === '"' && cell === '') { quoted = true; opened = i } else if (c === separator) { row.push(cell); cell = '' } else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') ++i
      row.push(cell)
      if (row.length > 1 || row[0] !== '') rows.push(row)
      row = []
      cell = ''
    } else cell += c
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell])
  const [head = [], ...body] = rows
  const names = head.map((name, i) => name.trim() || `column ${i + 1}`)
  return {
    rows: body.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']))), unclosed,
    uneven: body.filter((cells) => cells.length < names.length || cells.slice(names.length).some((each) => each !== '')).length,
    twice: names.filter((name, i) => names.indexOf(name) < i),
  }
}

const endsCell = (next: string | undefined, separator: string) => next === undefined || next === separator || next === '\n' || next === '\r'

function separatorOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/))
  const counts = [',', ';', '\t'].map((c) => ({c, n: line.split(c).length}))
  return counts.sort((a, b) => b.n - a.n)[0]!.c
}

export function readJsonLines(text: string): Record_[] {
  const rows: Record_[] = []
  for (const line of text.split('\n')) {
    if (!line.trim()) continue
    const value = JSON.parse(withLargeIntegersAsText(line)) as Record<string, unknown>
    rows.push(Object.fromEntries(Object.entries(value).map(([k, v]) => [k, cellOf(v)])))
  }
  return rows
}

// Null says that there is nothing, as an empty cell does.
const cellOf = (value: unknown) => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))

// A card of 19 digits is no number to JavaScript, which would change its last ones.
const withLargeIntegersAsText = (json: string) =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token))

// Of all rows: lines of JSON leave out what they know nothing of.
export function columnsOf(rows: Record_[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

export const roles = ['ignore', 'userId', 'email', 'phone', 'loyalty_card', 'timestamp', 'event', 'order_id', 'revenue', 'currency', 'product_id', 'quantity', 'price', 'property', 'trait'] as const
export type ColumnRole = (typeof roles)[number]
export type Mapping = Record<string, ColumnRole>

// One column alone can say these of a row: of two the last would silently win.
const severalMay: ColumnRole[] = ['ignore', 'property', 'trait']
export const sharedRoles = (mapping: Mapping): ColumnRole[] =>
  roles.filter((role) => !severalMay.includes(role) && Object.values(mapping).filter((each) => each === role).length > 1)

// The first that fits counts: order_date is a date, item_price a price, order_total a total.
const guesses: Array<[role: ColumnRole, words: string, only?: 'alone']> = [
  ['userId', 'user|customer|client|household', 'alone'], ['event', 'event|event name', 'alone'],
  ['email', 'e ?mail|mail|courriel'], ['phone', '(mobile ?|cell ?|tele)?phone|tel|mobile'], ['loyalty_card', 'loyalty( ?card)?|card|carte'],
  ['timestamp', 'date|time|date ?time|time ?stamp|day|jour'], ['currency', 'currency|devise'], ['quantity', 'quantity|qty|quantite'], ['price', 'price|prix'],
  ['revenue', 'revenue|total|amount|sales|montant'], ['order_id', 'order|basket|receipt|invoice|transaction|commande|facture'], ['product_id', 'product|produit|sku|item|article'],
]
const kSays = guesses.map(([role, words, only]) => ({role, alone: new RegExp(`^(${words})s?( ?(id|key|no|nr|number|code))?$`), within: only ? null : new RegExp(`\\b(${words})s?\\b`)}))
// Is no time of the event, and no sum of it.
const kOther = /\b(birth|naissance|tax|vat|tva|shipping|livraison|discount|remise|sub|sous)\b/

// orderDate, order_date and ORDER-DATE are the same two words.
const wordsOf = (name: string) => name.normalize('NFD').replace(/\p{M}/gu, '').replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase().replace(/[^a-z\d]+/g, ' ').trim()

// Each role goes to one column: to one that is called so and no more, before one that is called so and more.
export function guessMapping(columns: string[]): Mapping {
  const found = new Map<ColumnRole, string>()
  for (const how of ['alone', 'within'] as const) {
    for (const name of columns) {
      const words = wordsOf(name)
      const role = kOther.test(words) ? undefined : kSays.find((each) => each[how]?.test(words))?.role
      if (role && !found.has(role) && ![...found.values()].includes(name)) found.set(role, name)
    }
  }
  const roleOf = new Map([...found].map(([role, name]) => [name, role]))
  return Object.fromEntries(columns.map((name) => [name, roleOf.get(name) ?? 'property']))
}

export interface ImportedEvent { [name: string]: unknown }

const amountRoles: ColumnRole[] = ['revenue', 'quantity', 'price']

// How each column writes its decimals, where it has some.
export type Decimals = Record<string, DecimalMark | undefined>
export const decimalsOf = (rows: Record_[], columns: string[]): Decimals =>
  Object.fromEntries(columns.map((name) => [name, decimalOf(rows.map((row) => row[name] ?? ''))]))

// Of any other column only what loses nothing by it: a postcode 01000, a code 1E5, a phone and a card of 19
// digits stay text.
function asPlainNumber(text: string, decimal: DecimalMark | undefined): number | undefined {
  if (!/^-?(0|[1-9]\d*|[1-9]\d{0,2}(\s\d{3})+)([.,]\d+)?$/.test(text.trim())) return undefined
  const n = amountOf(text, decimal)
  return n !== undefined && Math.abs(n) <= Number.MAX_SAFE_INTEGER ? n : undefined
}

// What a file is known by, whatever it is called: the first 64 bits of its SHA-256. Browsers compute one
// over https and on the machine itself alone.
export async function contentId(bytes: ArrayBuffer): Promise<string | undefined> {
  const digest = await globalThis.crypto.subtle?.digest('SHA-256', bytes)
  return digest && Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// A row as the event it tells of. Its id comes from the file's content and the row's place, so that the
// same file imported twice counts once, and another of the same name does not lose its rows.
export function eventOf(row: Record_, mapping: Mapping, event: string, file: string, place: number, decimals: Decimals = {}): ImportedEvent {
  const properties: Record<string, unknown> = {}, traits: Record<string, unknown> = {}, context: Record<string, unknown> = {}
  const out: ImportedEvent = {type: 'track', event, messageId: `${file}:${place}`, properties, context}
  for (const [name, text] of Object.entries(row)) {
    if (text === '') continue
    switch (mapping[name]) {
      case 'userId': out.userId = text; break
      case 'event': out.event = text; break
      case 'timestamp': out.timestamp = timeOf(text); break
      case 'email': case 'phone': traits[mapping[name]!] = text; break
      case 'loyalty_card': context.loyalty_card = text; break
      case 'trait': traits[name] = text; break
      case 'revenue': case 'quantity': case 'price': properties[mapping[name]!] = amountOf(text, decimals[name]) ?? text; break
      case 'order_id': case 'currency': case 'product_id': properties[mapping[name]!] = text; break
      case 'property': properties[name] = asPlainNumber(text, decimals[name]) ?? text; break
      default: break
    }
  }
  if (Object.keys(traits).length > 0) context.traits = traits
  return out
}

const kDates = [
  /^(?<day>\d{1,2})[/.](?<month>\d{1,2})[/.](?<year>\d{4})(?<clock>.*)$/,
  /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})(?<clock>.*)$/,
  /^(?<year>(?:19|20)\d\d)(?<month>\d\d)(?<day>\d\d)(?<clock>)$/,
]
const kMonthNamed = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i

// A date as tables write it, as the server reads it: 03/01/2026 18:30, 20260103, 3 Jan 2026 09:00. A time of
// day without a zone is the reader's. All else is handed over as it is: the server reads counts since 1970
// by itself, and what it cannot read it keeps beside the event or in quarantine.
export function timeOf(text: string): string {
  const told = text.trim()
  const date = kDates.map((like) => like.exec(told)?.groups).find(Boolean)
  if (!date) return (kMonthNamed.test(told) ? instantOf(told) : undefined) ?? text
  const {year = '', month = '', day = '', clock = ''} = date
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  if (!instantOf(iso)?.startsWith(iso)) return text  // JavaScript takes 30 February for 2 March
  return clock === '' ? iso : instantOf(iso + clock) ?? text
}

// How many rows tell a time that the server will not read either (src/collect/moment.cc).
export function unreadTimes(rows: Record_[], mapping: Mapping): number {
  const columns = Object.keys(mapping).filter((name) => mapping[name] === 'timestamp')
  return rows.filter((row) => columns.some((name) => row[name] && !/^(-?\d{9,17}|\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d.*)?)$/.test(timeOf(row[name]).trim()))).length
}

// How many rows tell an amount that is none, or that two read differently: it stays text, and counts for nothing.
export function unreadAmounts(rows: Record_[], mapping: Mapping, decimals: Decimals): number {
  const columns = Object.keys(mapping).filter((name) => amountRoles.includes(mapping[name]!))
  return rows.filter((row) => columns.some((name) => row[name] && amountOf(row[name], decimals[name]) === undefined)).length
}
