// The tablet in the store: whoever stands before us is found by card, e-mail or phone, greeted by name if
// they allow it, and forgotten by the tablet a moment later.
import {Button, TextInput} from '@mantine/core'
import {useEffect, useState, type FormEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError} from '../api/client'
import {useMay} from '../api/session'
import {Icon} from '../ui/icons'
import {Card, Page} from '../ui/parts'
import {Empty, Failure, NoRight, Waiting} from '../ui/states'
import {Greeting} from './Greeting'
import {NoConsent} from './NoConsent'
import {guestsOf, useGreeting, type Guest} from './queries'
import {canScan, Scanner} from './Scanner'
import {Tasks} from './Tasks'
import './staff.css'

// A tablet lies on the counter: what it shows of a person is gone after so long without a touch.
const kForgetMs = 180_000

export function StaffPage() {
  const {t} = useTranslation()
  const allowed = useMay('GET staff/greet')
  if (!allowed) return <Page title={t('nav.staff')}><NoRight /></Page>
  return <Page title={t('nav.staff')} lead={t('staff.lead')}><Counter /></Page>
}

function Counter() {
  const {t} = useTranslation()
  const [guests, setGuests] = useState<Guest[]>([])
  const greeting = useGreeting(guests)
  const next = () => setGuests([])
  useForgetting(guests.length > 0, next)
  const found = greeting.data
  const unknown = greeting.error instanceof ApiError && greeting.error.status === 404
  return (
    <div className="staff stack">
      <Find key={guests.length > 0 ? 'busy' : 'free'} unknown={unknown} find={setGuests} />
      {guests.length === 0 ? <Tasks greet={(profile) => setGuests([{profile}])} />
        : greeting.isPending ? <Card><Waiting rows={5} /></Card>
          : unknown ? <Card><Empty title={t('people.not_found')}>{t('staff.unknown_how')}</Empty><Next next={next} /></Card>
            : greeting.error || !found ? <Card><Failure error={greeting.error} retry={() => void greeting.refetch()} /><Next next={next} /></Card>
              : <>{found.card.may_use ? <Greeting card={found.card} /> : <NoConsent {...found} />}<Next next={next} /></>}
    </div>
  )
}

function useForgetting(shown: boolean, forget: () => void) {
  useEffect(() => {
    if (!shown) return
    let timer = setTimeout(forget, kForgetMs)
    const again = () => { clearTimeout(timer); timer = setTimeout(forget, kForgetMs) }
    const touches = ['pointerdown', 'keydown'] as const
    touches.forEach((touch) => addEventListener(touch, again))
    return () => { clearTimeout(timer); touches.forEach((touch) => removeEventListener(touch, again)) }
  })
}

function Next({next}: {next: () => void}) {
  const {t} = useTranslation()
  return <div><Button size="lg" variant="default" onClick={next}>{t('staff.next')}</Button></div>
}

function Find({find, unknown}: {find: (guests: Guest[]) => void; unknown: boolean}) {
  const {t} = useTranslation()
  const [typed, setTyped] = useState('')
  const [scanning, setScanning] = useState(false)
  const submit = (event: FormEvent) => { event.preventDefault(); if (typed.trim()) find(guestsOf(typed)) }
  const scanned = (value: string) => { setScanning(false); find([{type: 'loyalty_card', value}]) }
  return (
    <form className="card row end" role="search" onSubmit={submit}>
      <TextInput className="grow" size="lg" label={t('staff.find')} placeholder={t('staff.find_how')} value={typed} autoComplete="off" autoCapitalize="off" spellCheck={false} enterKeyHint="search" aria-invalid={unknown || undefined}
        onChange={(e) => setTyped(e.currentTarget.value)} />
      <Button size="lg" type="submit" disabled={!typed.trim()} leftSection={<Icon name="search" />}>{t('people.find')}</Button>
      {canScan() && <Button size="lg" variant="default" onClick={() => setScanning(true)}>{t('staff.scan')}</Button>}
      <Scanner open={scanning} onClose={() => setScanning(false)} onCode={scanned} />
    </form>
  )
}
