// The languages of the console. English is the list of what has to be said; French must say all of it
// (the compiler and texts.test.ts hold it to that). Only the language in use is loaded.
import i18next from 'i18next'
import {initReactI18next} from 'react-i18next'

export type Language = 'en' | 'fr'
const key = 'filrouge.language'
const load = {
  en: async () => (await import('./en')).en,
  fr: async () => (await import('./fr')).fr,
}

export function preferred(): Language {
  const chosen = localStorage.getItem(key)
  if (chosen === 'en' || chosen === 'fr') return chosen
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en'
}

export async function startTexts(language: Language = preferred()) {
  await i18next.use(initReactI18next).init({
    lng: language, fallbackLng: false, resources: {[language]: {translation: await load[language]()}},
    interpolation: {escapeValue: false}, returnNull: false,  // React writes text as text
  })
  document.documentElement.lang = language
}

export async function speak(language: Language) {
  localStorage.setItem(key, language)
  if (!i18next.hasResourceBundle(language, 'translation')) i18next.addResourceBundle(language, 'translation', await load[language]())
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
