// Elements without a framework, and what every page shares: its language, its money, its place in the browser.
type Child = Node | string | null | undefined | false
type Value = string | boolean | ((event: Event) => void)

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, Value> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (typeof value === 'string') element.setAttribute(name, value)
    else if (value) element.setAttribute(name, '')
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

export const place = (id: string) => document.getElementById(id)!

// Chosen on the tour or by the browser; the page that loads next speaks it too.
export const language = (localStorage.getItem('camelia.language') ?? navigator.language).startsWith('fr') ? 'fr' : 'en'
document.documentElement.lang = language
// No line breaks before a two-part sign or inside quotation marks.
const typeset = (fr: string) => fr.replace(/ (?=[:;?!»%])/g, '\u00a0').replace(/« /g, '«\u00a0')
export const say = (fr: string, en: string) => (language === 'fr' ? typeset(fr) : en)
export const speak = (chosen: 'fr' | 'en') => {
  localStorage.setItem('camelia.language', chosen)
  location.reload()
}
export const money = (cents: number) => new Intl.NumberFormat(language, {style: 'currency', currency: 'EUR'}).format(cents / 100)

export function remembered<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(`camelia.${key}`) ?? 'null') as T | null) ?? otherwise
  } catch {
    return otherwise
  }
}
export const remember = (key: string, value: unknown) => localStorage.setItem(`camelia.${key}`, JSON.stringify(value))

export const randomId = (prefix: string) =>
  prefix + Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => byte.toString(16).padStart(2, '0')).join('').toUpperCase()
