// What the server says is English for whoever calls it. The console says it in its own language: a sentence is
// found by its English one, with holes where values stand (said_fr.ts), and one that is not known stays as it came.
import i18next from 'i18next'
import {useSyncExternalStore} from 'react'
import {useTranslation} from 'react-i18next'
import {typeset} from './typography'

export interface Said {
  sentences: Record<string, string>  // errors, hints, notes, what follows
  parts: Record<string, string>      // what fills the hole of a sentence
  values: Record<string, string>     // what a clause found, what people are compared by
  columns: Record<string, string>    // of a table of an answer
}
export type Section = keyof Said
export type Say = (text: string, section?: Section) => string

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

interface Pattern { fits: RegExp; text: string; words: number }

// Of several that fit, the one that says most itself.
function patternsOf(texts: Record<string, string>): Pattern[] {
  return Object.entries(texts).filter(([english]) => english.includes('{}'))
    .map(([english, text]) => ({fits: new RegExp(`^${english.split('{}').map(escaped).join('([^]*?)')}$`), text, words: english.replaceAll('{}', '').length}))
    .sort((a, b) => b.words - a.words)
}

// Of an enumeration: its words; what stands in quotes is the rule's or a name.
function listOf(parts: Record<string, string>): (text: string) => string {
  const known = Object.keys(parts).filter((part) => part.includes(' ') && !part.includes('{}')).sort((a, b) => b.length - a.length)
  const words = new RegExp(`${known.map(escaped).join('|')}|'[^']*'|"[^"]*"| or | and `, 'g')
  return (text) => text.replace(words, (found) => parts[found] ?? (found === ' or ' ? ' ou ' : found === ' and ' ? ' et ' : found))
}

export function speaker(said: Said): Say {
  const patterns = new Map<Section, Pattern[]>()
  const inList = listOf(said.parts)
  const find = (text: string, section: Section): string | undefined => {
    const exact = said[section]
    if (Object.hasOwn(exact, text)) return exact[text]
    if (!patterns.has(section)) patterns.set(section, patternsOf(exact))
    for (const pattern of patterns.get(section)!) {
      const found = pattern.fits.exec(text)
      if (found) return filled(pattern.text, found.slice(1), section)
    }
    return undefined
  }
  const filled = (text: string, holes: string[], section: Section) => text.replace(/\{(\d)([~*]?)\}/g, (_, n: string, how: string) => {
    const value = (holes[Number(n) - 1] ?? '').replace(/^\d{5,15}$/, (figure) => Number(figure).toLocaleString('fr'))
    return how === '*' ? inList(value) : how === '~' ? (section === 'values' ? find(value, 'values') : find(value, 'parts') ?? find(value, 'sentences')) ?? value : value
  })
  return (text, section = 'sentences') => find(text, section) ?? text
}

const asItCame: Say = (text) => text
let french: Say | undefined
let coming: Promise<Say> | undefined
const waiting = new Set<() => void>()

// The words come with the first text of the server's that somebody sees; without them it is told in English.
async function fetched(): Promise<Say> {
  try {
    const say = speaker((await import('./said_fr')).saidInFrench)
    french = (text, section) => typeset(say(text, section))
    waiting.forEach((tell) => tell())
    return french
  } catch {
    coming = undefined
    return asItCame
  }
}
const inFrench = () => (coming ??= fetched())

// For what is no page: in the language that is spoken now.
export const sayNow = async (): Promise<Say> => (i18next.language === 'fr' ? inFrench() : asItCame)

const subscribe = (tell: () => void) => { waiting.add(tell); return () => { waiting.delete(tell) } }
const untilThen: Say = (text) => { void inFrench(); return text }

export function useSaid(): Say {
  const {i18n} = useTranslation()
  const ready = useSyncExternalStore(subscribe, () => french)
  return i18n.language === 'fr' ? ready ?? untilThen : asItCame
}
