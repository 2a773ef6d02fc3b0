import {amountOf, decimalOf} from '../ui/amount'

// What was spent, as it is pasted or read from a file: a row a day (or week) and channel.
export interface Cost { at: string; channel: string; amount: number }

// `2026-03-02;search;120,50`, with , ; or a tab between, with or without a header; amounts as tables write them.
// A line that is no row is kept as one that lacks its amount: the server names it by its number.
export function costsOf(text: string): Cost[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  const separator = ['\t', ';', ','].find((each) => lines[0]?.includes(each)) ?? ','
  const rows = lines.map((line) => cellsOf(line, separator))
  const body = /^\d{4}-\d\d-\d\d/.test(rows[0]?.[0] ?? '') ? rows : rows.slice(1)
  // What a separator cut off an amount without quotes belongs to it.
  const told = body.map(([at = '', channel = '', ...amount]) => ({at, channel, amount: amount.join(separator)}))
  const decimal = decimalOf(told.map(({amount}) => amount))
  return told.map((each) => ({...each, amount: amountOf(each.amount, decimal) ?? NaN}))
}

// A separator in quotes parts nothing: "1,234.50".
function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = []
  for (const part of line.split(separator)) {
    const open = cells.at(-1)
    if (open?.startsWith('"') && !open.includes('"', 1)) cells[cells.length - 1] = open + separator + part
    else cells.push(part.trim())
  }
  return cells.map((cell) => cell.trim().replace(/^"|"$/g, ''))
}

export interface Told { rows: number; wrong: number; channels: string[]; sum: number }

// What the page says of them before they are sent.
export function told(costs: Cost[]): Told {
  const good = costs.filter(({at, channel, amount}) => /^\d{4}-\d\d-\d\d/.test(at) && channel !== '' && amount >= 0)
  return {rows: good.length, wrong: costs.length - good.length, channels: [...new Set(good.map(({channel}) => channel))], sum: good.reduce((sum, {amount}) => sum + amount, 0)}
}
