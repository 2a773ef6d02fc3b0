// What was put right of a person and holds against every source: by whom, when and why; released, sources
// count again.
import {NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import type {Person, Trait} from '../api/shapes'
import {Actor} from '../ui/Actor'
import {moment} from '../ui/format'
import {Card, Tool} from '../ui/parts'
import {Loaded} from '../ui/states'
import {kindOf, useCorrect, useCorrections, valueOf, type Correction, type Kind} from './asked'
import {Deed} from './Deed'
import {shown} from './values'

const kTraitMax = 256

export function Corrections({person}: {person: Person}) {
  const {t} = useTranslation()
  const may = useMay('POST profiles/{id}/corrections')
  const corrections = useCorrections(person.id)
  const [open, setOpen] = useState(false)
  const [released, setReleased] = useState<string | null>(null)
  if (!may) return null
  return (
    <Card title={t('corrections.title')} actions={<button type="button" className="chip" onClick={() => setOpen(true)}>{t('corrections.new')}</button>}>
      <Loaded query={corrections} rows={2} small>{(list) => list.length === 0 ? <p className="note">{t('corrections.none')}</p>
        : <ul className="receipts">{list.map((each) => <Row key={each.record} correction={each} release={setReleased} />)}</ul>}</Loaded>
      {open && <PutRight person={person} onClose={() => setOpen(false)} />}
      {released !== null && <Release id={person.id} trait={released} onClose={() => setReleased(null)} />}
    </Card>
  )
}

function Row({correction, release}: {correction: Correction; release: (trait: string) => void}) {
  const {t} = useTranslation()
  const {trait, action, value, at, by, reason} = correction
  return (
    <li>
      <div className="row apart">
        <span><strong>{trait ?? t('corrections.sealed')}</strong> {action === 'remove' ? <span className="pill">{t('corrections.taken_out')}</span> : shown(value)}</span>
        {trait && <button type="button" className="chip" aria-label={t('corrections.release_of', {trait})} onClick={() => release(trait)}>{t('corrections.release')}</button>}
      </div>
      <p className="note">{moment(at)} · <Actor id={by} />{reason && `: ${reason}`}</p>
    </li>
  )
}

// Beside a trait: that it was put right, and for whoever may, the way to do so.
export function TraitMark({person, name, trait}: {person: Person; name: string; trait: Trait}) {
  const {t} = useTranslation()
  const may = useMay('POST profiles/{id}/corrections')
  const [open, setOpen] = useState(false)
  return (
    <>
      {trait.corrected && <span className="pill good">{t('corrections.mark')}</span>}
      {may && !trait.model && <Tool icon="edit" label={t('corrections.put_right', {trait: name})} onClick={() => setOpen(true)} />}
      {open && <PutRight person={person} trait={name} onClose={() => setOpen(false)} />}
    </>
  )
}

// Of a trait that is known, or of one that is named here.
function PutRight({person, trait, onClose}: {person: Person; trait?: string; onClose: () => void}) {
  const {t} = useTranslation()
  const correct = useCorrect(person.id)
  const [name, setName] = useState(trait ?? '')
  const known = person.traits?.[name]
  const [chosen, setChosen] = useState<Kind | null>(null)
  const [typed, setTyped] = useState('')
  const kind = chosen ?? kindOf(known?.value)
  const value = valueOf(kind, typed)
  const remove = kind === 'list'
  const follows = [...(known ? [t('corrections.told', {value: shown(known.value), source: known.source, when: moment(known.at)})] : []), t(remove ? 'corrections.follows_removed' : 'corrections.follows'), t('corrections.hooks')]
  const kinds = (['text', 'number', 'yes_no', 'list'] as const).map((each) => ({value: each, label: t(`corrections.kind_${each}`) as string}))
  return (
    <Deed title={trait ? t('corrections.put_right', {trait}) : t('corrections.new_title')} follows={follows} back={t('corrections.back')} verb={t(remove ? 'corrections.remove' : 'corrections.do')} strong={remove}
      reason={{label: t('separate.reason'), example: t('corrections.example')}} ready={name.trim() !== '' && (remove || value !== undefined)} doing={correct} onClose={onClose}
      onDo={(reason) => correct.mutate({trait: name.trim(), right: remove ? {remove: true} : {value: value!}, reason}, {onSuccess: onClose})}>
      <div className="row end">
        {!trait && <TextInput className="grow" label={t('corrections.trait')} value={name} required maxLength={kTraitMax} autoComplete="off" placeholder="city" onChange={(e) => setName(e.currentTarget.value)} />}
        <NativeSelect label={t('corrections.kind')} value={kind} data={kinds} onChange={(e) => { setChosen(e.currentTarget.value as Kind); setTyped('') }} />
        {!remove && <Value kind={kind} typed={typed} onChange={setTyped} />}
      </div>
    </Deed>
  )
}

function Value({kind, typed, onChange}: {kind: Kind; typed: string; onChange: (typed: string) => void}) {
  const {t} = useTranslation()
  if (kind === 'yes_no') {
    return <NativeSelect className="grow" label={t('corrections.value')} value={typed} data={[{value: '', label: ''}, {value: 'yes', label: t('corrections.yes')}, {value: 'no', label: t('corrections.no')}]} onChange={(e) => onChange(e.currentTarget.value)} />
  }
  return <TextInput className="grow" label={t('corrections.value')} value={typed} required autoComplete="off" inputMode={kind === 'number' ? 'decimal' : 'text'} onChange={(e) => onChange(e.currentTarget.value)} />
}

function Release({id, trait, onClose}: {id: string; trait: string; onClose: () => void}) {
  const {t} = useTranslation()
  const correct = useCorrect(id)
  return (
    <Deed title={t('corrections.release_title', {trait})} follows={[t('corrections.release_follows', {trait})]} back={t('corrections.release_back')} verb={t('corrections.release')} doing={correct} onClose={onClose}
      reason={{label: t('separate.reason'), example: t('corrections.release_example')}}
      onDo={(reason) => correct.mutate({trait, right: {release: true}, reason}, {onSuccess: onClose})} />
  )
}
