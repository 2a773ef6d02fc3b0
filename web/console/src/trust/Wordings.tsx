// Every version of the words by which a purpose is asked for, to the byte; a new one is added, none is changed.
import {Button, NativeSelect, Textarea} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {moment} from '../ui/format'
import {Card} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {useAddWording, useWordings, type Wording} from './queries'

const kLettersMax = 4_000
const kLanguagesMax = 24
const languages = ['fr', 'en', 'de', 'es', 'it', 'nl', 'pt']

export function Wordings({purpose}: {purpose: string}) {
  const {t} = useTranslation()
  const wordings = useWordings(purpose)
  const mayAdd = useMay('POST purposes/{name}/wordings')
  const [writing, setWriting] = useState(false)
  return (
    <Card title={t('wordings.title', {purpose})} actions={mayAdd && !writing && <button type="button" className="chip" onClick={() => setWriting(true)}>{t('wordings.new')}</button>}>
      <Loaded query={wordings} rows={4}>{(list) => {
        const newest = [...list].sort((a, b) => b.version - a.version)
        return (
          <div className="stack">
            {writing && <NewWording purpose={purpose} last={newest[0]} onDone={() => setWriting(false)} />}
            {newest.length === 0 && !writing ? <Empty small title={t('wordings.none')}>{t('wordings.none_how')}</Empty> : newest.map((w, i) => <Version key={w.version} wording={w} inForce={i === 0} />)}
          </div>
        )
      }}</Loaded>
    </Card>
  )
}

function Version({wording, inForce}: {wording: Wording; inForce: boolean}) {
  const {t} = useTranslation()
  return (
    <article className="wording">
      <h3>{t('wordings.version', {n: wording.version})} <span className="note">{t('wordings.since', {when: moment(wording.since)})}</span> {inForce && <span className="pill good">{t('wordings.in_force')}</span>}</h3>
      {Object.entries(wording.texts).map(([language, {text, sha256}]) => (
        <figure key={language} lang={language}><figcaption className="note"><span className="pill">{language}</span> <code title={sha256}>SHA-256 {sha256.slice(0, 12)}…</code></figcaption><blockquote>{text}</blockquote></figure>
      ))}
    </article>
  )
}

// It begins with what stands now: who mends a word of one language keeps the others.
function NewWording({purpose, last, onDone}: {purpose: string; last?: Wording; onDone: () => void}) {
  const {t} = useTranslation()
  const first = last ? Object.fromEntries(Object.entries(last.texts).map(([language, {text}]) => [language, text])) : {fr: '', en: ''}
  const [texts, setTexts] = useState<Record<string, string>>(first)
  const add = useAddWording(purpose)
  const said = Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''))
  const missing = languages.filter((language) => !(language in texts))
  return (
    <form className="stack small" onSubmit={(event) => { event.preventDefault(); add.mutate(said, {onSuccess: onDone}) }}>
      {Object.entries(texts).map(([language, text], i) => (
        <Textarea key={language} label={t('wordings.in', {language})} lang={language} value={text} autosize minRows={2} maxLength={kLettersMax} autoFocus={i === 0}
          onChange={(e) => setTexts({...texts, [language]: e.currentTarget.value})} />
      ))}
      {missing.length > 0 && Object.keys(texts).length < kLanguagesMax && (
        <NativeSelect label={t('wordings.another')} value="" data={['', ...missing]} onChange={(e) => setTexts({...texts, [e.currentTarget.value]: ''})} w={180} />
      )}
      <p className="note">{t('wordings.kept')}</p>
      {add.error && <Failure small error={add.error} />}
      <div className="row"><Button type="submit" loading={add.isPending} disabled={Object.keys(said).length === 0}>{t('wordings.add')}</Button><Button variant="default" onClick={onDone}>{t('do.cancel')}</Button></div>
    </form>
  )
}
