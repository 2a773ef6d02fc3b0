import {Button, Select, TextInput} from '@mantine/core'
import {useEffect, useRef, useState, type FormEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {useLocation, useNavigate} from 'react-router'
import {ApiError} from '../api/client'
import {useMay} from '../api/session'
import {useBrand} from '../api/shop'
import {Card, Page, PersonLink} from '../ui/parts'
import {Empty, NoRight} from '../ui/states'
import {findPerson, guessType, identifierTypes, isProfileId, lastSeen, profileOf} from './queries'

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
  const [value, setValue] = useState(first)
  const [chosen, setChosen] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  const [busy, setBusy] = useState(false)
  const type = chosen ?? guessType(value)
  const find = async () => {
    setWrong('')
    setBusy(true)
    try {
      const id = chosen === null || isProfileId(value) ? await profileOf(value, brand) : await findPerson(chosen, value, brand)
      await navigate(`/people/${encodeURIComponent(id)}`)
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
    <form className="card row end" role="search" onSubmit={submit}>
      <TextInput className="grow" size="sm" label={t('people.value')} placeholder={t('people.placeholder')} value={value} required autoFocus
        autoComplete="off" error={wrong || undefined} onChange={(e) => { setValue(e.currentTarget.value); setWrong('') }} />
      <Select size="sm" label={t('people.known_by')} value={type} onChange={setChosen}
        data={identifierTypes.map((each) => ({value: each, label: t(`identifier.${each}` as never)}))} />
      <Button size="sm" type="submit" loading={busy}>{t('people.find')}</Button>
    </form>
  )
}
