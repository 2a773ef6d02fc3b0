// Which language is spoken, and where its words are. Only the language in use is loaded.
import {typesetAll} from './typography'

export type Language = 'en' | 'fr'
const key = 'filrouge.language'

export const wordsOf = {
  en: async () => (await import('./en')).en,
  fr: async () => typesetAll((await import('./fr')).fr),
}

export function preferred(): Language {
  const chosen = localStorage.getItem(key)
  if (chosen === 'en' || chosen === 'fr') return chosen
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en'
}

export const prefer = (language: Language) => localStorage.setItem(key, language)
