// The exact words that stood before somebody, or that were to be shown, at an instant.
import {Button, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {Routes} from '../api/schema.gen'
import {full, moment} from '../ui/format'
import {Card} from '../ui/parts'
import {Failure} from '../ui/states'
import {instantOf} from './instants'
import {useShown} from './queries'

export function ShownForm({purpose}: {purpose: string}) {
  const {t, i18n} = useTranslation()
  const shown = useShown()
  const [at, setAt] = useState('')
  const [who, setWho] = useState('')
  const ask = () => shown.mutate({purpose, at: instantOf(at) ?? '', who, language: i18n.language})
  return (
    <Card title={t('shown.title')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); ask() }}>
        <TextInput type="datetime-local" label={t('shown.at')} value={at} description={t('shown.at_how')} onChange={(e) => setAt(e.currentTarget.value)} />
        <TextInput label={t('shown.who')} value={who} placeholder={t('shown.anybody')} autoComplete="off" onChange={(e) => setWho(e.currentTarget.value)} />
        <Button type="submit" loading={shown.isPending}>{t('shown.ask')}</Button>
      </form>
      {shown.error && <Failure small error={shown.error} />}
      {shown.data && <Answer answer={shown.data} />}
    </Card>
  )
}

function Answer({answer}: {answer: Routes['GET consents/shown']['answer']}) {
  const {t, i18n} = useTranslation()
  const {statement} = answer
  const wording = statement?.wording ?? answer.wording
  const means = statement && (i18n.exists(`means.${statement.means}`) ? t(`means.${statement.means}` as never) : statement.means)
  return (
    <div className="stack small shown" role="status">
      <p className="note">{t('shown.then', {when: full(answer.at)})}</p>
      {statement && <p><span className={`pill ${statement.state === 'granted' ? 'good' : statement.state === 'refused' ? 'bad' : 'warn'}`}>{t(`statement.${statement.state}` as never)}</span> {t('shown.said', {when: moment(statement.at), means})}</p>}
      {wording?.text ? <figure lang={wording.language}><figcaption className="note">{t('wordings.version', {n: wording.version})} · {wording.language}</figcaption><blockquote>{wording.text}</blockquote></figure> : <p>{t('shown.no_words')}</p>}
    </div>
  )
}
