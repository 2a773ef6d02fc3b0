// The languages of the console. English is the list of what has to be said; French must say all of it
// (the compiler and texts.test.ts hold it to that).
import i18next from 'i18next'
import {initReactI18next} from 'react-i18next'
import {prefer, preferred, wordsOf, type Language} from './languages'

export async function startTexts(language: Language = preferred()) {
  await i18next.use(initReactI18next).init({
    lng: language, fallbackLng: false, resources: {[language]: {translation: await wordsOf[language]()}},
    interpolation: {escapeValue: false}, returnNull: false,  // React writes text as text
  })
  document.documentElement.lang = language
}

export async function speak(language: Language) {
  prefer(language)
  if (!i18next.hasResourceBundle(language, 'translation')) i18next.addResourceBundle(language, 'translation', await wordsOf[language]())
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
