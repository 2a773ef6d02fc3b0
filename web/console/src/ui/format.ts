// Numbers, times and shares in the language of the page.
import i18next from 'i18next'

const locale = () => (i18next.language === 'fr' ? 'fr-FR' : 'en-GB')
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>()
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: (l: string) => T): T {
  const name = `${locale()} ${key}`
  if (!made.has(name)) made.set(name, make(locale()))
  return made.get(name) as T
}

export const none = '–'
export function number(n: number | null | undefined, digits = 0): string {
  if (n === null || n === undefined || Number.isNaN(n)) return none
  return kept(`n${digits}`, (l) => new Intl.NumberFormat(l, {maximumFractionDigits: digits})).format(n)
}
// As many digits as a reader can use: 12,345, 123.4, 0.0123.
export function figure(n: number | null | undefined): string {
  if (n === null || n === undefined) return none
  const size = Math.abs(n)
  return number(n, size >= 1_000 || Number.isInteger(n) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4)
}
// An amount of money with the decimals of its currency: 829.80 for euros, 830 for yen.
export function amountIn(currency: string, n: number | null | undefined): string {
  if (n === null || n === undefined || Number.isNaN(n)) return none
  if (!/^[A-Za-z]{3}$/.test(currency)) return number(n, 2)
  return kept(`m${currency}`, (l) => {
    const digits = new Intl.NumberFormat(l, {style: 'currency', currency}).resolvedOptions().maximumFractionDigits ?? 2
    return new Intl.NumberFormat(l, {minimumFractionDigits: digits, maximumFractionDigits: digits})
  }).format(n)
}
// "147.9 EUR", as the server writes what an event was worth.
export function worth(value: string): string {
  const [, amount, currency] = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(value) ?? []
  return amount && currency ? `${amountIn(currency, Number(amount))} ${currency}` : value
}
export const short = (n: number) =>
  kept('short', (l) => new Intl.NumberFormat(l, {notation: 'compact', maximumFractionDigits: 1})).format(n)
export const percent = (n: number | null | undefined, digits = 1) => n === null || n === undefined ? none :
  kept(`p${digits}`, (l) => new Intl.NumberFormat(l, {style: 'percent', maximumFractionDigits: digits})).format(n)

export const moment = (iso: string) =>
  kept('moment', (l) => new Intl.DateTimeFormat(l, {day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit'})).format(new Date(iso))
export const full = (iso: string) =>
  kept('full', (l) => new Intl.DateTimeFormat(l, {dateStyle: 'full', timeStyle: 'medium'})).format(new Date(iso))
// A day without a time is that day wherever it is read; as an instant it would be the day before west of Greenwich.
export const day = (iso: string) =>
  kept('day', (l) => new Intl.DateTimeFormat(l, {day: '2-digit', month: 'short', year: 'numeric'})).format(new Date(iso.length === 10 ? `${iso}T00:00` : iso))
export const dayOfWeek = (iso: string) =>
  kept('weekday', (l) => new Intl.DateTimeFormat(l, {weekday: 'long', day: 'numeric', month: 'long', year: 'numeric'})).format(new Date(iso))
export const hour = (iso: string) =>
  kept('hour', (l) => new Intl.DateTimeFormat(l, {hour: '2-digit', minute: '2-digit'})).format(new Date(iso))
export const clock = (iso: string) =>
  kept('clock', (l) => new Intl.DateTimeFormat(l, {hour: '2-digit', minute: '2-digit', second: '2-digit'})).format(new Date(iso))

const units: Array<[Intl.RelativeTimeFormatUnit, number]> = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]]
export function ago(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1_000
  const [unit, size] = units.find(([, s]) => Math.abs(seconds) >= s) ?? ['second', 1]
  return kept('ago', (l) => new Intl.RelativeTimeFormat(l, {numeric: 'auto'})).format(Math.round(seconds / size), unit)
}

// "2 h 10", from seconds: the two widest units that matter.
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return none
  if (seconds < 59.5) return `${number(seconds, seconds < 10 ? 1 : 0)} s`
  const minutes = Math.round(seconds / 60)  // before they are parted: 1 h 59 and a half is 2 h 00, not 1 h 60
  if (minutes < 60) return `${number(minutes)} min`
  if (minutes < 2_880) return `${number(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')}`
  return `${number(seconds / 86_400, 1)} ${locale() === 'fr-FR' ? 'j' : 'd'}`
}

export const shortId = (id: string) => id.slice(0, 8)
