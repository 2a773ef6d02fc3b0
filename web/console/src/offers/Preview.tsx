// An offer as the customer meets it at /me. Its words are those of that page (src/http/me_offers.cc), in the
// language that is looked at, whatever the console speaks. Nothing in it can be used.
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {Card} from '../ui/parts'
import {useWordings} from '../trust/queries'
import type {Ask, Offer} from './queries'

type Language = 'en' | 'fr'
const said = {
  en: {choose: 'Please choose', yes: 'yes', no: 'no', until: 'until', agree: 'With this button you agree: ', tell: 'Tell, and get it', open: 'Open until',
    kept: 'If you take it back later, the benefit stays yours.', taken_back: 'If you take back a line marked *, the benefit ends.'},
  fr: {choose: 'Choisissez', yes: 'oui', no: 'non', until: 'jusqu’au', agree: 'En cliquant, vous acceptez : ', tell: 'Répondre et en profiter', open: 'Ouverte jusqu’au',
    kept: 'Si vous retirez vos réponses, vous gardez l’avantage.', taken_back: 'Si vous retirez une réponse marquée *, l’avantage prend fin.'},
}

const dayIn = (language: Language, iso: string) => new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {dateStyle: 'long'}).format(new Date(iso))

export function Preview({offer}: {offer: Offer}) {
  const {t, i18n} = useTranslation()
  const [language, setLanguage] = useState<Language>(i18n.language === 'fr' ? 'fr' : 'en')
  const wordings = useWordings(offer.purpose)
  const newest = wordings.data?.reduce<(typeof wordings.data)[number] | undefined>((last, each) => (last && last.version > each.version ? last : each), undefined)
  const words = newest?.texts[language]?.text
  return (
    <Card title={t('offers.preview')} actions={(['en', 'fr'] as const).map((each) => (
      <button key={each} type="button" className="chip" aria-pressed={language === each} onClick={() => setLanguage(each)}>{each === 'en' ? 'English' : 'Français'}</button>
    ))}>
      {wordings.isSuccess && !words && <p className="banner">{t('offers.no_words', {purpose: offer.purpose})} <Link className="link" to="/trust">{t('nav.trust')}</Link></p>}
      <div className="meoffer" lang={language} inert>
        <h3>{offer.title[language] || '…'}</h3>
        <p className="gift">{offer.benefit[language] || '…'}</p>
        {offer.asks.map((ask, i) => <Field key={i} ask={ask} language={language} />)}
        <p className="note">{said[language].agree}<q>{words ?? '…'}</q></p>
        <span className="do">{said[language].tell}</span>
        <p className="note">{said[language].open} {offer.to ? dayIn(language, offer.to) : '…'}. {said[language][offer.on_taking_back]}</p>
      </div>
    </Card>
  )
}

function Field({ask, language}: {ask: Ask; language: Language}) {
  const label = `${ask.label[language] || '…'}${ask.required ? ' *' : ''}`
  const named = (choice: NonNullable<Ask['choices']>[number]) => choice.label?.[language] ?? choice.value
  if (ask.type === 'choices') {
    return <fieldset><legend>{label}</legend>{ask.choices?.map((choice, i) => <label key={i} className="box"><input type="checkbox" />{named(choice)}</label>)}</fieldset>
  }
  const options = ask.type === 'yes_no' ? [said[language].yes, said[language].no] : ask.choices?.map(named)
  return (
    <>
      <label>{label}{options?.length ? <select><option>{said[language].choose}</option>{options.map((each, i) => <option key={i}>{each}</option>)}</select>
        : <input type={ask.type === 'number' || ask.type === 'date' ? ask.type : 'text'} readOnly />}</label>
      {ask.type === 'plan' && <label>{said[language].until}<input type="date" readOnly /></label>}
    </>
  )
}
