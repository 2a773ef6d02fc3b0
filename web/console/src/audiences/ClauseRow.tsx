// One clause of the form: who did, or did not, what; how often, for how much, since when, under which
// conditions.
import {Autocomplete, NativeSelect, NumberInput, TextInput} from '@mantine/core'
import {useTranslation} from 'react-i18next'
import type {EventName} from '../api/shapes'
import {Icon} from '../ui/icons'
import {clauseKinds, clauseOfKind, comparisons, ops, takesValue, units, type Clause, type ClauseKind, type Condition, type Did, type Followed, type Length, type Op, type Unit} from './form'

export interface Offered { events: EventName[]; purposes: string[]; audiences: string[] }
interface Part<C> { clause: C; set: (clause: C) => void; n: number; offered: Offered }

const kConditionsMax = 8
const builtIn = ['channel', 'place', 'product', 'revenue', 'quantity', 'products.category', 'products.product', 'products.price']

export function ClauseRow({n, clause, offered, set}: {n: number; clause: Clause; offered: Offered; set: (clause: Clause | null) => void}) {
  const {t} = useTranslation()
  return (
    <li className="clauserow">
      <div className="row tight">
        <NativeSelect aria-label={t('form.not_n', {n})} value={clause.not ? 'not' : ''} data={[{value: '', label: t('form.does')}, {value: 'not', label: t('form.does_not')}]} onChange={(e) => set({...clause, not: e.currentTarget.value === 'not'})} />
        <NativeSelect aria-label={t('form.kind_n', {n})} value={clause.kind} data={clauseKinds.map((kind) => ({value: kind, label: t(`clause.${kind}`) as string}))} onChange={(e) => set(clauseOfKind(e.currentTarget.value as ClauseKind, clause))} />
        <Fields n={n} clause={clause} offered={offered} set={set} />
        <button type="button" className="chip dropchip" aria-label={t('form.drop_n', {n})} onClick={() => set(null)}><Icon name="close" size={12} /></button>
      </div>
      {'where' in clause && <Where n={n} clause={clause} offered={offered} set={set} />}
    </li>
  )
}

function Fields({n, clause, offered, set}: {n: number; clause: Clause; offered: Offered; set: (clause: Clause) => void}) {
  const {t} = useTranslation()
  const choose = (label: string, value: string, names: string[], change: (value: string) => void) =>
    <NativeSelect aria-label={label} value={value} data={['', ...new Set([...names, ...(value ? [value] : [])])]} onChange={(e) => change(e.currentTarget.value)} />
  switch (clause.kind) {
    case 'any': case 'count': case 'sum': return <DidFields n={n} clause={clause} offered={offered} set={set} />
    case 'then': return <FollowedFields n={n} clause={clause} offered={offered} set={set} />
    case 'trait': return (
      <>
        <TextInput className="grow" aria-label={t('form.trait_n', {n})} placeholder="city" value={clause.name} onChange={(e) => set({...clause, name: e.currentTarget.value})} />
        <Test n={n} test={clause} choices={ops} set={(test) => set({...clause, ...test})} />
      </>
    )
    case 'consent': case 'refused': return choose(t('form.purpose_n', {n}), clause.purpose, offered.purposes, (purpose) => set({...clause, purpose}))
    case 'audience': return choose(t('form.audience_n', {n}), clause.name, offered.audiences, (name) => set({...clause, name}))
  }
}

function Event({n, value, names, set, second}: {n: number; value: string; names: string[]; set: (event: string) => void; second?: boolean}) {
  const {t} = useTranslation()
  return <Autocomplete className="grow" aria-label={t(second ? 'form.next_n' : 'form.event_n', {n})} placeholder={t('form.event')} data={[...names, '*']} limit={30} value={value} onChange={set} />
}

function DidFields({n, clause, offered, set}: Part<Clause & Did>) {
  const {t} = useTranslation()
  return (
    <>
      {clause.kind === 'sum' && <><Autocomplete aria-label={t('form.field_n', {n})} data={['revenue', 'quantity', 'products.quantity']} value={clause.field} onChange={(field) => set({...clause, field})} w={110} /><span className="note">{t('form.of')}</span></>}
      <Event n={n} value={clause.event} names={offered.events.map(({name}) => name)} set={(event) => set({...clause, event})} />
      {clause.kind !== 'any' && <Test n={n} test={clause} choices={comparisons} set={(test) => set({...clause, ...test})} />}
      <Last label={t('form.last_n', {n})} without={t('form.ever')} value={clause.last} set={(last) => set({...clause, last})} />
    </>
  )
}

function FollowedFields({n, clause, offered, set}: Part<Clause & Followed>) {
  const {t} = useTranslation()
  const names = offered.events.map(({name}) => name)
  return (
    <>
      <Event n={n} value={clause.event} names={names} set={(event) => set({...clause, event})} />
      <NativeSelect aria-label={t('form.then_n', {n})} value={clause.absent ? 'not' : ''} data={[{value: '', label: t('form.then')}, {value: 'not', label: t('form.then_not')}]} onChange={(e) => set({...clause, absent: e.currentTarget.value === 'not'})} />
      <Event second n={n} value={clause.next} names={names} set={(next) => set({...clause, next})} />
      <Last label={t('form.within_n', {n})} without={t('form.whenever')} words="within" value={clause.within} set={(within) => set({...clause, within})} />
    </>
  )
}

function Test({n, test, choices, set, what}: {n: number; test: {op: Op; value: string}; choices: Op[]; set: (test: {op: Op; value: string}) => void; what?: string}) {
  const {t} = useTranslation()
  return (
    <>
      <NativeSelect aria-label={`${what ?? ''} ${t('form.op_n', {n})}`.trim()} value={test.op} data={choices.map((op) => ({value: op, label: t(`op.${op.replaceAll(' ', '_')}` as never, {defaultValue: op}) as string}))} onChange={(e) => set({op: e.currentTarget.value as Op, value: test.value})} />
      {takesValue(test.op) && <TextInput aria-label={`${what ?? ''} ${t('form.value_n', {n})}`.trim()} value={test.value} onChange={(e) => set({op: test.op, value: e.currentTarget.value})} w={110} />}
    </>
  )
}

function Last({label, without, value, set, words = 'last'}: {label: string; without: string; value: Length | null; set: (value: Length | null) => void; words?: 'last' | 'within'}) {
  const {t} = useTranslation()
  const unit = (next: string) => set(next === '' ? null : {count: value?.count ?? 30, unit: next as Unit})
  return (
    <>
      {value && <><span className="note">{t(`form.${words}`)}</span><NumberInput aria-label={t('form.how_long', {what: label})} min={1} max={3_650} value={value.count} onChange={(count) => set({...value, count: Math.max(1, Math.round(Number(count) || 1))})} w={64} hideControls /></>}
      <NativeSelect aria-label={label} value={value?.unit ?? ''} data={[{value: '', label: without}, ...units.map((each) => ({value: each, label: t(`unit.${each}`) as string}))]} onChange={(e) => unit(e.currentTarget.value)} />
    </>
  )
}

function Where({n, clause, offered, set}: Part<Clause & Did>) {
  const {t} = useTranslation()
  const known = offered.events.find(({name}) => name === clause.event)?.properties.map(({name}) => name) ?? []
  const at = (i: number, next: Condition | null) => set({...clause, where: next ? clause.where.map((each, j) => (j === i ? next : each)) : clause.where.filter((_, j) => j !== i)})
  return (
    <div className="wheres">
      {clause.where.map((condition, i) => (
        <div className="row tight" key={i}>
          <span className="note">{t(i === 0 ? 'form.where' : 'form.and')}</span>
          <Autocomplete aria-label={t('form.property_n', {n, i: i + 1})} data={[...new Set([...builtIn, ...known])]} limit={30} value={condition.field} onChange={(field) => at(i, {...condition, field})} w={150} />
          <Test n={n} what={t('form.condition', {i: i + 1})} test={condition} choices={ops} set={(test) => at(i, {...condition, ...test})} />
          <button type="button" className="chip dropchip" aria-label={t('form.drop_condition', {n, i: i + 1})} onClick={() => at(i, null)}><Icon name="close" size={12} /></button>
        </div>
      ))}
      {clause.where.length < kConditionsMax && <button type="button" className="chip" onClick={() => set({...clause, where: [...clause.where, {field: '', op: '=', value: ''}]})}>{t('form.add_where')}</button>}
    </div>
  )
}
