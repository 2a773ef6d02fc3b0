import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import type {Clause} from '../api/shapes'
import {useSaid} from '../texts/said'
import {moment} from '../ui/format'
import {Failure, Waiting} from '../ui/states'
import {useWhy} from './queries'

const kRecordsShown = 5
const kInstant = /\d{4}-\d\d-\d\dT[\d:.]+Z/

// "Why?", answered in place: clause by clause, with the events that decided it. Of whoever is not in it, too.
export function WhyBox({audience, profile, label}: {audience: string; profile: string; label?: string}) {
  const {t} = useTranslation()
  const [open, setOpen] = useState(false)
  if (!useMay('GET audiences/{id}/why')) return null
  return (
    <details className="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{label ?? t('people.why')}</summary>
      {open && <WhyAnswer audience={audience} profile={profile} />}
    </details>
  )
}

// `told`: whether they are in it is said first.
export function WhyAnswer({audience, profile, told}: {audience: string; profile: string; told?: boolean}) {
  const {t} = useTranslation()
  const said = useSaid()
  const why = useWhy(audience, profile, true)
  return (
    <>
      {told && why.data && <p><strong>{t(why.data.member ? 'people.is_in' : 'people.is_out')}</strong></p>}
      {(why.data ? (why.data.why ? <ul className="clauses"><ClauseRow clause={why.data.why} events={why.data.events} /></ul> : <p className="note">{said(why.data.note ?? '')}</p>)
        : why.error ? <Failure small error={why.error} /> : <Waiting rows={2} />)}
    </>
  )
}

export function ClauseRow({clause, events}: {clause: Clause; events: Record<string, string>}) {
  const {t} = useTranslation()
  const said = useSaid()
  const facts = [clause.value && said(clause.value, 'values'), clause.wanted && t('people.wanted', {what: clause.wanted})].filter(Boolean).join(' · ')
  return (
    <li className={clause.met ? 'met' : 'unmet'}>
      <span className="hidden">{t(clause.met ? 'people.met' : 'people.unmet')}</span>
      <code>{clause.clause}</code> {facts && <span className="note">{facts}</span>}
      {clause.may_change && <span className="note"> {t('people.until', {when: moment(clause.may_change)})}</span>}
      {clause.records && clause.records.length > 0 && (
        <ul className="note">{clause.records.slice(0, kRecordsShown).map((record) => <li key={record}>{events[record]?.replace(kInstant, moment) ?? `#${record}`}</li>)}</ul>
      )}
      {clause.parts && clause.parts.length > 0 && (
        <ul className="clauses">{clause.parts.map((part, i) => <ClauseRow key={i} clause={part} events={events} />)}</ul>
      )}
    </li>
  )
}
