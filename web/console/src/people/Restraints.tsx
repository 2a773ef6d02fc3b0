// What a person asked not to be done: restriction of their data, objections to purposes or to profiling.
// Whoever may, notes it and takes it back; everybody else sees only that it is so.
import {Checkbox} from '@mantine/core'
import {useState, type ReactNode} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import type {Person} from '../api/shapes'
import {usePurposes} from '../api/shop'
import {Actor} from '../ui/Actor'
import {moment, number} from '../ui/format'
import {Card} from '../ui/parts'
import {useObject, useRestrict, useRestricted} from './asked'
import {Deed} from './Deed'

type Open = 'restrict' | 'lift' | 'object' | {withdraw: {purposes: string[]; profiling: boolean}} | null

const objectedOf = (person: Person) => Object.entries(person.consents).filter(([, choice]) => choice.objected).map(([purpose]) => purpose)

export function Restraints({person}: {person: Person}) {
  const {t} = useTranslation()
  const mayRestrict = useMay('POST profiles/{id}/restriction'), mayObject = useMay('POST profiles/{id}/objection')
  const [open, setOpen] = useState<Open>(null)
  const objected = objectedOf(person)
  const nothing = !person.restricted && !person.objects_to_profiling && objected.length === 0
  if (nothing && !mayRestrict && !mayObject) return null
  const close = () => setOpen(null)
  const taken = (purposes: string[], profiling: boolean) => mayObject && <Chip onClick={() => setOpen({withdraw: {purposes, profiling}})}>{t('restraints.withdraw')}</Chip>
  return (
    <Card title={t('restraints.title')} actions={<>
      {mayRestrict && !person.restricted && <Chip onClick={() => setOpen('restrict')}>{t('restraints.restrict')}</Chip>}
      {mayObject && <Chip onClick={() => setOpen('object')}>{t('restraints.object')}</Chip>}
    </>}>
      {nothing ? <p className="note">{t('restraints.none')}</p> : (
        <ul className="receipts">
          {person.restricted && <Standing what={t('restraints.restricted')} since={person.restricted_since} action={mayRestrict && <Chip onClick={() => setOpen('lift')}>{t('restraints.lift')}</Chip>}><WhyRestricted ids={[person.id, ...person.aliases]} /></Standing>}
          {person.objects_to_profiling && <Standing what={t('restraints.profiling')} since={person.objects_since} action={taken([], true)} />}
          {objected.map((purpose) => <Standing key={purpose} what={t('restraints.purpose', {purpose})} since={person.consents[purpose]?.since} action={taken([purpose], false)} />)}
        </ul>
      )}
      {(open === 'restrict' || open === 'lift') && <Restrict person={person} lift={open === 'lift'} onClose={close} />}
      {open === 'object' && <Objects person={person} onClose={close} />}
      {open !== null && typeof open === 'object' && <Withdraws id={person.id} {...open.withdraw} onClose={close} />}
    </Card>
  )
}

const Chip = ({onClick, children}: {onClick: () => void; children: ReactNode}) => <button type="button" className="chip" onClick={onClick}>{children}</button>

function Standing({what, since, action, children}: {what: string; since?: string; action?: ReactNode; children?: ReactNode}) {
  const {t} = useTranslation()
  return (
    <li>
      <div className="row apart"><span className="pill warn">{what}</span>{action}</div>
      {since && <p className="note">{t('restraints.since', {when: moment(since)})}</p>}
      {children}
    </li>
  )
}

// Who restricted it and why; told to those alone who may lift it.
function WhyRestricted({ids}: {ids: string[]}) {
  const restricted = useRestricted()
  const row = restricted.data?.restricted.find(({profile}) => ids.includes(profile))
  return row?.reason ? <p><Actor id={row.by} />: {row.reason}</p> : null
}

function Restrict({person, lift, onClose}: {person: Person; lift: boolean; onClose: () => void}) {
  const {t} = useTranslation()
  const restrict = useRestrict(person.id)
  const names = person.audiences?.map(({name}) => name).join(', ')
  const follows = lift ? [t('restraints.lift_reached'), t('restraints.lift_seen')]
    : [names ? t('restraints.restrict_leaves', {names}) : t('restraints.restrict_out'), t('restraints.restrict_unread'), t('restraints.restrict_unseen'), t('restraints.restrict_kept')]
  return (
    <Deed title={t(lift ? 'restraints.lift_title' : 'restraints.restrict_title')} follows={follows} back={t(lift ? 'restraints.lift_back' : 'restraints.restrict_back')} verb={t(lift ? 'restraints.lift' : 'restraints.restrict')}
      reason={{label: t('separate.reason'), example: t(lift ? 'restraints.lift_example' : 'restraints.restrict_example')}} strong={!lift} doing={restrict} onClose={onClose}
      onDo={(reason) => restrict.mutate({action: lift ? 'lift' : 'restrict', reason}, {onSuccess: onClose})} />
  )
}

function Objects({person, onClose}: {person: Person; onClose: () => void}) {
  const {t} = useTranslation()
  const purposes = usePurposes()
  const object = useObject(person.id)
  const [chosen, setChosen] = useState<string[]>([])
  const [profiling, setProfiling] = useState(false)
  const open = Object.keys(person.consents).filter((purpose) => !person.consents[purpose]!.objected)
  const used = (purpose: string) => purposes.data?.find(({name}) => name === purpose)?.used_by
  const follows = [
    ...chosen.map((purpose) => t('restraints.object_purpose', {purpose, audiences: number(used(purpose)?.audiences.length), sources: number(used(purpose)?.sources.length)})),
    ...(profiling ? [t('restraints.object_profiling')] : []),
  ]
  const nothing = follows.length === 0
  return (
    <Deed title={t('restraints.object_title')} follows={nothing ? [t('restraints.object_choose')] : follows} back={t('restraints.object_back')} verb={t('restraints.object_do')} strong ready={!nothing} doing={object} onClose={onClose}
      reason={{label: t('restraints.how_told'), example: t('restraints.how_told_example')}}
      onDo={(told) => object.mutate({purposes: chosen, profiling, withdrawn: false, told}, {onSuccess: onClose})}>
      <fieldset className="ticks"><legend className="hidden">{t('restraints.object_title')}</legend>
        {!person.objects_to_profiling && <Checkbox label={t('restraints.to_profiling')} checked={profiling} onChange={(e) => setProfiling(e.currentTarget.checked)} />}
        {open.map((purpose) => <Checkbox key={purpose} label={t('restraints.to', {purpose})} checked={chosen.includes(purpose)}
          onChange={(e) => setChosen(e.currentTarget.checked ? [...chosen, purpose] : chosen.filter((each) => each !== purpose))} />)}
      </fieldset>
    </Deed>
  )
}

function Withdraws({id, purposes, profiling, onClose}: {id: string; purposes: string[]; profiling: boolean; onClose: () => void}) {
  const {t} = useTranslation()
  const object = useObject(id)
  const follows = [...purposes.map((purpose) => t('restraints.withdraw_purpose', {purpose})), ...(profiling ? [t('restraints.withdraw_profiling')] : [])]
  return (
    <Deed title={t('restraints.withdraw_title')} follows={follows} back={t('restraints.withdraw_back')} verb={t('restraints.withdraw')} doing={object} onClose={onClose}
      reason={{label: t('restraints.how_told'), example: t('restraints.how_told_example')}}
      onDo={(told) => object.mutate({purposes, profiling, withdrawn: true, told}, {onSuccess: onClose})} />
  )
}
