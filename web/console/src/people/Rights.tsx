// What a person is owed on paper: what it said of consent, signed; everything known of it; a link to its
// own page; and who looked at it.
import {Button} from '@mantine/core'
import {useMutation, useQuery} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call, send} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay} from '../api/session'
import {Actor} from '../ui/Actor'
import {download} from '../ui/csv'
import {day, moment, number} from '../ui/format'
import {Card, Copy} from '../ui/parts'
import {Failure, Loaded} from '../ui/states'
import {looksOf, type Look} from './looked'
import {useReceipts} from './queries'

const kShown = 6
const kLooksRead = 200  // of one caller, deed and day each

export const Rights = ({id}: {id: string}) => <><Receipts id={id} /><OwnCopy id={id} /><WhoLooked id={id} /></>

function Receipts({id}: {id: string}) {
  const {t} = useTranslation()
  const enabled = useMay('GET profiles/{id}/receipts')
  const [all, setAll] = useState(false)
  const receipts = useReceipts(id)
  if (!enabled) return null
  // The whole answer is the receipt: the signature is over what it carries, not over what is read here.
  const keep = () => download('consent-receipt.json', new Blob([JSON.stringify(receipts.data, null, 2)], {type: 'application/json'}))
  return (
    <Card title={t('receipts.title')} actions={receipts.data && <button type="button" className="chip" onClick={keep}>{t('receipts.download')}</button>}>
      <Loaded query={receipts} rows={3} small>{({receipt}) => {
        const newest = [...receipt.statements].reverse()
        if (newest.length === 0) return <p className="note">{t('receipts.none')}</p>
        return (
          <>
            <ol className="receipts">{(all ? newest : newest.slice(0, kShown)).map((s) => <Statement key={`${s.record} ${s.purpose} ${s.channel}`} said={s} />)}</ol>
            {newest.length > kShown && !all && <button type="button" className="chip" onClick={() => setAll(true)}>{t('receipts.all', {n: number(newest.length)})}</button>}
            <p className="note">{t('receipts.signed')}</p>
          </>
        )
      }}</Loaded>
    </Card>
  )
}

function Statement({said}: {said: Schemas['ConsentStatement']}) {
  const {t, i18n} = useTranslation()
  const tone = said.state === 'granted' ? 'good' : said.state === 'refused' ? 'bad' : 'warn'
  const means = i18n.exists(`means.${said.means}`) ? t(`means.${said.means}` as never) : said.means
  return (
    <li>
      <div className="row apart"><span className="clip">{said.purpose} {said.channel !== 'all' && <span className="note">{said.channel}</span>}</span><span className={`pill ${tone}`}>{t(`statement.${said.state}` as never)}</span></div>
      <p className="note">{moment(said.at)} · {means} · #{said.record}</p>
      {said.wording && (
        <details className="why"><summary>{t('receipts.words', {n: said.wording.version})}</summary><blockquote lang={said.wording.language}>{said.wording.text ?? t('shown.no_words')}</blockquote></details>
      )}
    </li>
  )
}

function OwnCopy({id}: {id: string}) {
  const {t, i18n} = useTranslation()
  const mayExport = useMay('GET profiles/{id}/export')
  const mayLink = useMay('POST me/links')
  const copy = useMutation({
    mutationFn: async (format: 'json' | 'html') =>
      download(`person.${format}`, await (await send('GET profiles/{id}/export', {path: {id}, query: {format, lang: i18n.language}}, '*/*')).blob()),
  })
  const link = useMutation({mutationFn: () => call('POST me/links', {body: {profile: id}})})
  if (!mayExport && !mayLink) return null
  const address = link.data && `${location.origin}${link.data.path}`
  return (
    <Card title={t('own_copy.title')}>
      <div className="row tight">
        {mayExport && <><Button variant="default" loading={copy.isPending} onClick={() => copy.mutate('html')}>{t('own_copy.page')}</Button><Button variant="default" disabled={copy.isPending} onClick={() => copy.mutate('json')}>JSON</Button></>}
        {mayLink && <Button variant="default" loading={link.isPending} onClick={() => link.mutate()}>{t('own_copy.link')}</Button>}
      </div>
      {(copy.error ?? link.error) && <Failure small error={copy.error ?? link.error} />}
      {address && <div className="stack small" role="status"><p className="note">{t('own_copy.once', {minutes: Math.round((link.data?.seconds ?? 0) / 60)})}</p><pre className="code">{address}</pre><div><Copy text={address} /></div></div>}
    </Card>
  )
}

function WhoLooked({id}: {id: string}) {
  const {t} = useTranslation()
  const enabled = useMay('GET audit')
  const audit = useQuery({queryKey: ['looked', id], enabled, queryFn: ({signal}) => call('GET audit', {query: {profile: id, daily: true, limit: kLooksRead}, signal})})
  if (!enabled) return null
  return (
    <Card title={t('looked.title')}>
      <Loaded query={audit} rows={3} small>{({entries, more}) => entries.length === 0 ? <p className="note">{t('looked.nobody')}</p> : <Looks looks={looksOf(entries)} more={more} />}</Loaded>
    </Card>
  )
}

function Looks({looks, more}: {looks: Look[]; more: boolean}) {
  const {t} = useTranslation()
  const [all, setAll] = useState(false)
  const did = ({deeds}: Look) => [...deeds].map(([deed, times]) => (times === 1 ? t(`looked.${deed}`) : t('looked.often', {what: t(`looked.${deed}`), n: number(times)}))).join(', ')
  return (
    <>
      <ul className="receipts">{(all ? looks : looks.slice(0, kShown)).map((look) => (
        <li key={`${look.day} ${look.actor} ${look.role}`}>
          <div className="row apart"><Actor id={look.actor} /><time className="note" dateTime={look.day} title={moment(look.at)}>{day(look.at)}</time></div>
          <p className="note">{t(`role.${look.role}` as never, {defaultValue: look.role})} · {did(look)}</p>
        </li>
      ))}</ul>
      {looks.length > kShown && !all && <button type="button" className="chip" onClick={() => setAll(true)}>{t('looked.all', {n: number(looks.length)})}</button>}
      {more && (all || looks.length <= kShown) && <p className="note">{t('looked.more')}</p>}
    </>
  )
}
