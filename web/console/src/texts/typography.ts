// French wants a space before two-part signs and inside quotation marks at which no line breaks. The texts
// are written with plain ones.
export const typeset = (text: string) => text.replace(/ (?=[:;?!»%])/g, '\u00a0').replace(/« /g, '«\u00a0')

export function typesetAll<T>(texts: T): T {
  if (typeof texts === 'string') return typeset(texts) as T
  if (typeof texts !== 'object' || texts === null) return texts
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, typesetAll<unknown>(text)])) as T
}
