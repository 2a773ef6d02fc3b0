// The arguments of a question, each with the control that fits it; asked anew at each change.
import {Autocomplete, Button, Checkbox, NativeSelect, NumberInput, TagsInput, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useEventNames} from '../api/events'
import {usePurpose} from '../api/shop'
import {useAudiences} from '../audiences/queries'
import {Card} from '../ui/parts'
import {Costs} from './Costs'
import {MetricNote} from './Metrics'
import {askFor, useMetrics} from './metrics'
import {declared, type Arguments, type Asked, type Field, type Kind} from './kinds'

const periods = ['7 days', '30 days', '90 days', '12 weeks', '6 months', '1 year', '2 years']

export function QuestionForm({asked, onChange}: {asked: Asked; onChange: (asked: Asked) => void}) {
  const {t} = useTranslation()
  const {purpose, names, choose} = usePurpose()
  const {fields, period} = declared[asked.kind]
  const [draft, setDraft] = useState(asked)
  const [sent, setSent] = useState(asked)
  // The address changed by other hands: what it says is shown.
  if (JSON.stringify(asked) !== JSON.stringify(sent)) { setSent(asked); setDraft(asked) }
  const set = (args: Arguments) => setDraft({...draft, args: {...draft.args, ...args}})
  const submit = (next: Asked = draft) => { setSent(next); setDraft(next); onChange(next) }
  return (
    <Card>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
        {fields.map((field) => <Control key={field.name} kind={asked.kind} field={field} value={draft.args[field.name]} set={(value) => set({[field.name]: value})} />)}
        {period !== 'none' && (
          <Autocomplete label={t('measure.last')} placeholder={t('measure.ever')} data={periods} value={draft.last ?? ''}
            onChange={(last) => setDraft({...draft, last: last || undefined})} />
        )}
        <TextInput label={t('measure.who')} placeholder={t('measure.everybody')} value={draft.who ?? ''} className="mono"
          onChange={(e) => setDraft({...draft, who: e.currentTarget.value || undefined})} />
        {draft.held && <div className="row tight">{Object.entries(draft.held).map(([name, value]) => (
          <button key={name} type="button" className="chip mono" aria-label={t('measure.without', {what: name})} onClick={() => setDraft({...draft, held: without(draft.held, name)})}>{name}: {String(value)} ×</button>
        ))}</div>}
        <NativeSelect label={t('measure.purpose')} data={names} value={draft.purpose ?? purpose}
          onChange={(e) => { const value = e.currentTarget.value; choose(value); setDraft({...draft, purpose: undefined}) }} />
        <Button type="submit">{t('measure.ask')}</Button>
        <p className="note">{t('measure.purpose_how')}</p>
      </form>
    </Card>
  )
}

function without(held: Asked['held'], name: string): Asked['held'] {
  const rest = Object.entries(held ?? {}).filter(([each]) => each !== name)
  return rest.length > 0 ? Object.fromEntries(rest) : undefined
}

const figures = (names: string[]) => ['count(*)', ...names.flatMap((name) => [`count(${name})`, `any(${name})`]), 'sum(Order Completed.revenue)', 'avg(Order Completed.revenue)']
const splits = ['channel', 'event', 'source', 'product', 'place', 'category', 'products.category', 'products.product']

function Control({kind, field, value, set}: {kind: Kind; field: Field; value: Arguments[string] | undefined; set: (value: Arguments[string]) => void}) {
  const {t} = useTranslation()
  const {data: events = []} = useEventNames()
  const {data: audiences = []} = useAudiences(30_000)
  const {data: metrics = []} = useMetrics()
  const named = metrics.map(({name}) => askFor(name))
  const names = events.slice(0, 60).map(({name}) => name)
  const label = t([`field.${kind}_${field.name}`, `field.${field.name}`] as never) as string
  const text = typeof value === 'string' ? value : ''
  switch (field.as) {
    case 'event': return <Autocomplete label={label} data={names} value={text} onChange={set} limit={30} />
    case 'figure': return <div><Autocomplete label={label} data={[...named, ...figures(names)]} value={text} onChange={set} limit={30} /><MetricNote figure={text} /></div>
    case 'split': return <Autocomplete label={label} data={splits} value={text} onChange={set} placeholder={field.optional ? t('measure.none') : undefined} />
    case 'events': return <Steps label={label} names={names} value={Array.isArray(value) ? value : []} set={set} />
    case 'texts': return <TagsInput label={label} data={field.options ?? []} value={Array.isArray(value) ? value : []} onChange={set} />
    case 'choice': return <NativeSelect label={label} data={[...(field.optional ? [{value: '', label: t(['grain', 'by'].includes(field.name) ? 'measure.none' : 'measure.by_itself')}] : []), ...field.options.map((each) => ({value: each, label: t(`option.${each.replaceAll(' ', '_')}` as never) as string}))]}
      value={text} onChange={(e) => set(e.currentTarget.value)} />
    case 'audience': return <NativeSelect label={label} data={[{value: '', label: t('measure.none')}, ...audiences.map(({id, name}) => ({value: id, label: name}))]} value={text} onChange={(e) => set(e.currentTarget.value)} />
    case 'number': return <NumberInput label={label} min={1} value={typeof value === 'number' ? value : text} onChange={(next) => set(next === '' ? '' : Number(next))} placeholder={t('measure.by_itself')} />
    case 'day': return <TextInput type="date" label={label} value={text} onChange={(e) => set(e.currentTarget.value)} />
    case 'costs': return <Costs label={label} value={text} set={set} />
    case 'check': return <Checkbox label={label} checked={(value ?? declared[kind].first[field.name]) === true} onChange={(e) => set(e.currentTarget.checked)} size="xs" />
    default: return <TextInput label={label} value={text} onChange={(e) => set(e.currentTarget.value)} />
  }
}

const kStepsMax = 8

function Steps({label, names, value, set}: {label: string; names: string[]; value: string[]; set: (value: string[]) => void}) {
  const {t} = useTranslation()
  const at = (i: number, text: string) => set(value.map((each, j) => (j === i ? text : each)))
  return (
    <fieldset className="steps">
      <legend>{label}</legend>
      {value.map((step, i) => (
        <div className="row tight" key={i}>
          <span className="pill num">{i + 1}</span>
          <Autocomplete className="grow" aria-label={t('measure.step', {n: i + 1})} data={names} limit={30} value={step} onChange={(text) => at(i, text)} />
          {value.length > 2 && <button type="button" className="chip" aria-label={t('measure.drop_step', {n: i + 1})} onClick={() => set(value.filter((_, j) => j !== i))}>×</button>}
        </div>
      ))}
      {value.length < kStepsMax && <button type="button" className="chip" onClick={() => set([...value, ''])}>{t('measure.add_step')}</button>}
    </fieldset>
  )
}
