import {Button, Select, TextInput} from '@mantine/core'
import {useEffect, useRef, useState, type FormEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {useLocation, useNavigate} from 'react-router'
import {ApiError} from '../api/client'
import {useMay} from '../api/session'
import {useBrand, usePurpose} from '../api/shop'
import {Card, Page, PersonLink} from '../ui/parts'
import {Empty, NoRight} from '../ui/states'
import {guessType, identifierTypes, lastSeen, looksLikeName, whoIsMeant, type Named} from './queries'

export function PeoplePage() {
  const {t} = useTranslation()
  const seen = lastSeen()
  const {key, state} = useLocation()
  if (!useMay('POST profiles/find')) return <Page title={t('nav.people')}><NoRight /></Page>
  return (
    <Page title={t('nav.people')} lead={t('people.lead')}>
      <div className="stack">
        <Finder key={key} first={askedIn(state)} />
        <Card title={t('people.seen')}>
          {seen.length === 0 ? <Empty small title={t('people.none_seen')}>{t('people.none_seen_how')}</Empty>
            : <ul className="row">{seen.map((id) => <li key={id}><PersonLink id={id} /></li>)}</ul>}
        </Card>
      </div>
    </Page>
  )
}

const askedIn = (state: unknown) => (typeof state === 'object' && state !== null && 'find' in state && typeof state.find === 'string' ? state.find : '')

// `first` is asked for at once.
export function Finder({first = ''}: {first?: string}) {
  const {t} = useTranslation()
  const navigate = useNavigate()
  const {brand} = useBrand()
  const {purpose} = usePurpose()
  const [value, setValue] = useState(first)
  const [chosen, setChosen] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  const [busy, setBusy] = useState(false)
  const [named, setNamed] = useState<Named | null>(null)
  const type = chosen ?? (looksLikeName(value) ? 'name' : guessType(value))
  const open = (id: string) => navigate(`/people/${encodeURIComponent(id)}`)
  const find = async () => {
    setWrong('')
    setNamed(null)
    setBusy(true)
    try {
      const meant = await whoIsMeant(value, chosen, purpose, brand)
      if (typeof meant === 'string') await open(meant)
      else if (meant.people.length === 1 && !meant.more) await open(meant.people[0]!.id)
      else setNamed(meant)
    } catch (error) {
      setWrong(error instanceof ApiError && error.status === 404 ? t('people.not_found') : error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => { event.preventDefault(); void find() }
  const asked = useRef(false)
  useEffect(() => {
    if (first === '' || asked.current) return
    asked.current = true
    void find()
  })
  return (
    <>
      <form className="card row end" role="search" onSubmit={submit}>
        <TextInput className="grow" size="sm" label={t('people.value')} placeholder={t('people.placeholder')} value={value} required autoFocus
          autoComplete="off" error={wrong || undefined} onChange={(e) => { setValue(e.currentTarget.value); setWrong('') }} />
        <Select size="sm" label={t('people.known_by')} value={type} onChange={setChosen}
          data={identifierTypes.map((each) => ({value: each, label: t(`identifier.${each}` as never)}))} />
        <Button size="sm" type="submit" loading={busy}>{t('people.find')}</Button>
      </form>
      {named && (
        <Card title={t('people.named')}>
          {named.people.length === 0 ? <Empty small title={t('people.none_named')}>{t('people.none_named_how', {purpose})}</Empty>
            : <ul className="stack" role="list">{named.people.map(({id, name}) => <li key={id}><PersonLink id={id}>{name}</PersonLink></li>)}</ul>}
          {named.more && <p className="note">{t('people.more_named')}</p>}
        </Card>
      )}
    </>
  )
}
