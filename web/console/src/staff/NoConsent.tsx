// Who does not allow personal service is a stranger to this page: it says so and shows nothing else. If the
// customer wants to be known, they are shown the words and say yes.
import {Button} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {Card} from '../ui/parts'
import {Empty, Failure} from '../ui/states'
import {useAgree, useWords, type GreetCard, type Guest} from './queries'

export function NoConsent({card, guest}: {card: GreetCard; guest: Guest}) {
  const {t} = useTranslation()
  const mayState = useMay('POST consents')
  const [asking, setAsking] = useState(false)
  if (card.note === 'restricted') return <Restricted />
  return (
    <Card className="noconsent">
      <div className="stack small">
        <h2 role="status">{t('staff.no_consent')}</h2>
        <p>{t('staff.no_consent_how')}</p>
        {mayState && 'type' in guest && (asking ? <Ask guest={guest} purpose={card.purpose} /> : <div><Button size="lg" variant="default" onClick={() => setAsking(true)}>{t('staff.ask')}</Button></div>)}
      </div>
    </Card>
  )
}

function Ask({guest, purpose}: {guest: {type: string; value: string}; purpose: string}) {
  const {t, i18n} = useTranslation()
  const words = useWords(purpose, i18n.language)
  const agree = useAgree()
  const wording = words.data?.wording
  return (
    <div className="stack small">
      <p className="note">{t('staff.show_words')}</p>
      <blockquote lang={wording?.language}>{wording?.text ?? t('staff.no_words', {purpose})}</blockquote>
      <div className="row"><Button size="lg" loading={agree.isPending} disabled={words.isPending} onClick={() => agree.mutate({guest, purpose, version: wording?.version, language: wording?.language ?? i18n.language})}>{t('staff.agrees')}</Button></div>
      {agree.isSuccess && <p role="status" className="note">{t('staff.told')}</p>}
      {agree.error && <Failure small error={agree.error} />}
    </div>
  )
}

function Restricted() {
  const {t} = useTranslation()
  return <Card><Empty title={t('restraints.is_restricted')}>{t('restraints.is_restricted_who')}</Empty></Card>
}
