// One person, for one purpose: who it is known to be and why, what it allows, where it belongs, and
// its contacts on every channel along one red thread.
import {Select} from '@mantine/core'
import {useEffect, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link, useParams} from 'react-router'
import {ApiError} from '../api/client'
import type {Choice, Person, Trait} from '../api/shapes'
import {usePurpose} from '../api/shop'
import {amountIn, moment, number, percent, shortId} from '../ui/format'
import {Card, Channel, Page} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {useMay} from '../api/session'
import {StaffNotes} from '../staff/Notes'
import {Corrections, TraitMark} from './Corrections'
import {Erase} from './Erase'
import {Finder} from './PeoplePage'
import {IdentityCards} from './Identity'
import {inferredOf} from './inferred'
import {rememberSeen, useAllAudiences, usePerson} from './queries'
import {Restraints} from './Restraints'
import {Rights} from './Rights'
import {Thread} from './Thread'
import {WhyBox} from './Why'
import {shown} from './values'
import './person.css'

// Keyed by whom it is about: what stands open of one person, a dialog, a link, words half written, is never another's.
export function PersonPage() {
  const {id = ''} = useParams()
  return <PersonOf key={id} id={id} />
}

function PersonOf({id}: {id: string}) {
  const {t} = useTranslation()
  const person = usePerson(id)
  const {purpose, names, choose} = usePurpose()
  useEffect(() => { if (person.data) rememberSeen(person.data.id) }, [person.data])
  if (person.error instanceof ApiError && person.error.status === 404) {
    return <Page title={t('people.person')}><Empty title={t('people.gone')}>{t('people.gone_why')}</Empty><Finder /></Page>
  }
  return (
    <Page title={<Title id={id} person={person.data} />}
      actions={<>{person.data && <Erase id={person.data.id} />}<label className="row tight note">{t('people.seen_for')}
        <Select aria-label={t('people.seen_for')} value={purpose} data={names} onChange={(value) => value && choose(value)} w={180} /></label></>}>
      <Loaded query={person} rows={8}>{(data) => data.may_use ? <Whole person={data} /> : data.restricted ? <Restricted person={data} /> : <Refused person={data} />}</Loaded>
    </Page>
  )
}

const nameOf = (person?: Person) => {
  const of = (key: string) => { const value = person?.traits?.[key]?.value; return typeof value === 'string' ? value : undefined }
  return [of('firstName'), of('lastName')].filter(Boolean).join(' ') || of('name')
}

function Title({id, person}: {id: string; person?: Person}) {
  const {t} = useTranslation()
  const name = nameOf(person)
  useEffect(() => { document.title = `${t('people.person')} · Filrouge` }, [t])
  return <>{name ?? t('people.person')} <code className="note" title={id}>{shortId(person?.id ?? id)}</code></>
}

function Refused({person}: {person: Person}) {
  const {t} = useTranslation()
  return (
    <div className="split">
      <Card><Empty title={t('people.may_not')}>{t('people.may_not_why', {purpose: person.purpose})}</Empty></Card>
      <div className="stack"><Choices person={person} /><Restraints person={person} /><Corrections person={person} /><Rights id={person.id} /></div>
    </div>
  )
}

// Staff see that it is so and nothing else; whoever may lift it sees what that needs.
function Restricted({person}: {person: Person}) {
  const {t} = useTranslation()
  const mayLift = useMay('POST profiles/{id}/restriction')
  const said = <Card className="restricted"><Empty title={t('restraints.is_restricted')}>{t(mayLift ? 'restraints.is_restricted_how' : 'restraints.is_restricted_who')}</Empty></Card>
  if (!mayLift) return said
  return <div className="split"><div className="stack">{said}<Restraints person={person} /><Corrections person={person} /></div><div className="stack"><Choices person={person} /><Rights id={person.id} /></div></div>
}

function Whole({person}: {person: Person}) {
  const {t} = useTranslation()
  return (
    <div className="stack">
      <Sums person={person} />
      <div className="split">
        <Thread person={person} />
        <div className="stack">
          <Traits person={person} />
          <Choices person={person} />
          <Restraints person={person} />
          <Corrections person={person} />
          <Card title={t('people.in_audiences')}>
            {person.audiences?.length ? (
              <ul className="stack small">{person.audiences.map((a) => (
                <li key={a.id}><Link className="cover" to={`/audiences/${encodeURIComponent(a.id)}`}>{a.name}</Link><WhyBox audience={a.id} profile={person.id} /></li>
              ))}</ul>
            ) : <p className="note">{t('people.in_none')}</p>}
            <OtherAudiences person={person} />
          </Card>
          <StaffNotes profile={person.id} />
          <IdentityCards person={person} />
          <Rights id={person.id} />
        </div>
      </div>
    </div>
  )
}

function OtherAudiences({person}: {person: Person}) {
  const {t} = useTranslation()
  const [open, setOpen] = useState(false)
  const audiences = useAllAudiences(open)
  const maySee = useMay('GET audiences'), mayAsk = useMay('GET audiences/{id}/why')
  if (!maySee || !mayAsk) return null
  const own = new Set(person.audiences?.map(({id}) => id))
  return (
    <details className="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('people.other_audiences')}</summary>
      {open && <Loaded query={audiences} rows={3} small>{(all) => {
        const others = all.filter(({id}) => !own.has(id))
        if (others.length === 0) return <p className="note">{t('people.no_others')}</p>
        return <ul className="stack small">{others.map((a) => (
          <li key={a.id}><Link className="cover" to={`/audiences/${encodeURIComponent(a.id)}`}>{a.name}</Link><WhyBox audience={a.id} profile={person.id} label={t('people.why_not')} /></li>
        ))}</ul>
      }}</Loaded>}
    </details>
  )
}

function Sums({person}: {person: Person}) {
  const {t} = useTranslation()
  const channels = Object.entries(person.channels ?? {})
  const orders = channels.reduce((sum, [, c]) => sum + c.orders, 0)
  const spend = new Map<string, number>()
  for (const [, c] of channels) for (const [currency, amount] of Object.entries(c.spend)) spend.set(currency, (spend.get(currency) ?? 0) + Number(amount))
  const first = channels.map(([, c]) => c.first).filter(Boolean).sort()[0]
  return (
    <div className="figures">
      <div className="figure"><b>{number(person.events ?? 0)}</b><span>{t('people.contacts')}</span></div>
      <div className="figure"><b>{number(orders)}</b><span>{t('people.orders')}</span></div>
      {[...spend].map(([currency, amount]) => <div className="figure" key={currency}><b>{amountIn(currency, amount)}</b><span>{t('people.spent', {currency})}</span></div>)}
      {first && <div className="figure"><b className="day">{moment(first)}</b><span>{t('people.first')}</span></div>}
      <div className="figure wide"><div className="row tight">{channels.map(([name, c]) => (
        <span key={name} className="pill" title={`${moment(c.first)} – ${moment(c.last)}`}><Channel name={name} /> <span className="num">{number(c.events)}</span></span>
      ))}</div><span>{person.preferred_channel ? t('people.prefers', {channel: person.preferred_channel}) : t('people.channels')}</span></div>
    </div>
  )
}

function Traits({person}: {person: Person}) {
  const {t} = useTranslation()
  const traits = Object.entries(person.traits ?? {})
  const likes = person.habits?.categories.slice(0, 5) ?? []
  if (traits.length === 0 && likes.length === 0) return null
  return (
    <Card title={t('people.traits')}>
      <dl className="kv traits">
        {traits.map(([name, trait]) => (
          <div key={name} style={{display: 'contents'}}>{trait.model ? <ModelTrait name={name} trait={trait} model={trait.model} /> : <><dt>{name}</dt>
            <dd title={`${trait.source} · ${moment(trait.at)}`} className="row tight"><span>{shown(trait.value)}</span><TraitMark person={person} name={name} trait={trait} /></dd></>}</div>
        ))}
        {likes.length > 0 && <><dt>{t('people.likes')}</dt><dd>{likes.map((c) => c.name).join(', ')}</dd></>}
      </dl>
    </Card>
  )
}

// Said in words, and a link to where the model stands with how well it holds.
function ModelTrait({name, trait, model}: {name: string; trait: Trait; model: string}) {
  const {t} = useTranslation()
  const {means, to, audience, isShare} = inferredOf(name)
  const audiences = useAllAudiences(audience !== undefined)
  const maySee = useMay(means === 'lookalike' ? 'GET audiences/{id}' : 'POST questions')
  const of = audiences.data?.find(({id}) => id === audience)?.name
  const words = of ? t('inferred.lookalike_of', {audience: of}) : t(`inferred.${means}`, {model})
  return (
    <>
      <dt>{means === 'other' ? name : to && maySee ? <Link className="link" to={to}>{words}</Link> : words}</dt>
      <dd title={t('inferred.of', {model, when: moment(trait.at), name})} className="row tight"><span>{isShare && typeof trait.value === 'number' ? percent(trait.value, 0) : shown(trait.value)}</span><span className="pill blue">{t('people.inferred')}</span></dd>
    </>
  )
}

const tones: Record<string, string> = {granted: 'good', denied: 'bad', withdrawn: 'bad', objected: 'bad', refused: 'bad'}
const stateOf = (choice: Choice) => (choice.objected ? 'objected' : choice.state)

function Choices({person}: {person: Person}) {
  const {t, i18n} = useTranslation()
  return (
    <Card title={t('people.choices')}>
      <ul className="choices">
        {Object.entries(person.consents).map(([purpose, choice]) => (
          <li key={purpose}>
            <span className="clip">{purpose}</span>
            <span className={`pill ${tones[stateOf(choice)] ?? (choice.may_use ? 'good' : '')}`} title={choice.since ? moment(choice.since) : undefined}>
              {choice.may_use && choice.state !== 'granted' ? t('people.by_basis') : i18n.exists(`choice.${stateOf(choice)}`) ? t(`choice.${stateOf(choice)}` as never) : choice.state}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
