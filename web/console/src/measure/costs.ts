// What was spent, as it is pasted or read from a file: a row a day (or week) and channel.
export interface Cost { at: string; channel: string; amount: number }

// `2026-03-02;search;120,50`, with , ; or a tab between, with or without a header; amounts with a comma or
// a point. A line that is no row is kept as one that lacks its amount: the server names it by its number.
export function costsOf(text: string): Cost[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
  const separator = ['\t', ';', ','].find((each) => lines[0]?.includes(each)) ?? ','
  const rows = lines.map((line) => line.split(separator).map((cell) => cell.trim().replace(/^"|"$/g, '')))
  const body = /^\d{4}-\d\d-\d\d/.test(rows[0]?.[0] ?? '') ? rows : rows.slice(1)
  return body.map(([at = '', channel = '', ...amount]) => ({at, channel, amount: numberOf(amount.join('.'))}))
}

const numberOf = (text: string) => Number(text.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.') || NaN)

export interface Told { rows: number; wrong: number; channels: string[]; sum: number }

// What the page says of them before they are sent.
export function told(costs: Cost[]): Told {
  const good = costs.filter(({at, channel, amount}) => /^\d{4}-\d\d-\d\d/.test(at) && channel !== '' && amount >= 0)
  return {rows: good.length, wrong: costs.length - good.length, channels: [...new Set(good.map(({channel}) => channel))], sum: good.reduce((sum, {amount}) => sum + amount, 0)}
}
