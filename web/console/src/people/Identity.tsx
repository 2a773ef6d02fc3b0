import {useTranslation} from 'react-i18next'
import type {Evidence, Person} from '../api/shapes'
import {useSaid} from '../texts/said'
import {moment, number, shortId} from '../ui/format'
import {useMay} from '../api/session'
import {Card} from '../ui/parts'
import {useTypeName} from '../ui/typeName'
import {Separate} from './Separate'

export function IdentityCards({person}: {person: Person}) {
  const {t} = useTranslation()
  const typeName = useTypeName()
  const values = new Map((person.identifiers ?? []).map((i) => [i.profile, i.value]))
  const named = (id: string, type: string) => values.get(id) ?? `${typeName(type)} ${shortId(id)}`
  return (
    <>
      <Card title={t('people.identifiers')}>
        <dl className="kv">
          {(person.identifiers ?? []).map((i) => (
            <div key={i.profile} style={{display: 'contents'}}><dt>{typeName(i.type)}</dt><dd>{i.value ?? shortId(i.profile)}</dd></div>
          ))}
        </dl>
      </Card>
      <Card title={t('people.evidence')}>
        {person.evidence?.length ? (
          <ul className="stack small evidence">{person.evidence.map((e, i) => <EvidenceRow key={i} e={e} named={named} />)}</ul>
        ) : <p className="note">{t('people.no_evidence')}</p>}
        {person.aliases.length > 0 && <p className="note">{t('people.aliases', {count: person.aliases.length})} {person.aliases.map(shortId).join(', ')}</p>}
      </Card>
    </>
  )
}

function EvidenceRow({e, named}: {e: Evidence; named: (id: string, type: string) => string}) {
  const {t, i18n} = useTranslation()
  const said = useSaid()
  const maySeparate = useMay('POST identity/decisions')
  const state = i18n.exists(`evidence.${e.state}`) ? t(`evidence.${e.state}` as never) : e.state
  if (e.known_to) return <li>{t('people.known_to', {a: named(e.a, e.a_type), brand: e.known_to})}</li>
  return (
    <li>
      <div className="tie"><span className="clip">{named(e.a, e.a_type)}</span><i aria-hidden="true" /><span className="clip">{named(e.b, e.b_type)}</span></div>
      <p className="note"><span className={`pill ${ties(e) ? 'good' : ''}`}>{state}</span> {said(e.rule, 'values').replaceAll('_', ' ')} · {e.source} · {moment(e.at)} · {t('people.seen_times', {count: e.seen, n: number(e.seen)})}</p>
      {maySeparate && ties(e) && <Separate cut={{action: 'withdraw', a: e.a, b: e.b}} named={named} />}
    </li>
  )
}

const ties = (e: Evidence) => e.state === 'accepted'
