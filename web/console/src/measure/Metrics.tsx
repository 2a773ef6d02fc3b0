// Named figures: the definition of the one that is asked for, and the figure at hand given a name.
import {Button, Textarea, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {Failure} from '../ui/states'
import {askedFor, definitionOf, useDefineMetric, useMetrics, useRemoveMetric} from './metrics'
import type {Asked} from './kinds'

export function MetricNote({figure}: {figure: string}) {
  const {t} = useTranslation()
  const {data: metrics = []} = useMetrics()
  const asked = metrics.find(({name}) => name === askedFor(figure))
  if (!asked) return null
  return <p className="note">{asked.masked ? t('metrics.masked') : <><span className="mono">{definitionOf(asked)}</span>{asked.description ? ` · ${asked.description}` : ''}</>}</p>
}

// Of a figure whose question has an expression of its own.
export const canBeNamed = ({kind, args}: Asked) => kind === 'metric' && typeof args.of === 'string' && askedFor(args.of) === null && askedFor(args.over) === null

export function NameForm({asked, onDone}: {asked: Asked; onDone: () => void}) {
  const {t} = useTranslation()
  const may = useMay('POST metrics')
  const define = useDefineMetric()
  const [name, setName] = useState(''), [description, setDescription] = useState('')
  if (!may || !canBeNamed(asked)) return null
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const submit = () => define.mutate({name, description, of: text(asked.args.of), over: text(asked.args.over), currency: text(asked.args.currency)}, {onSuccess: onDone})
  return (
    <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
      <h3>{t('metrics.define')}</h3>
      <TextInput label={t('metrics.name')} description={t('metrics.name_how')} value={name} maxLength={64} required onChange={(e) => setName(e.currentTarget.value)} />
      <Textarea label={t('metrics.description')} value={description} maxLength={300} autosize onChange={(e) => setDescription(e.currentTarget.value)} />
      {define.error && <Failure small error={define.error} />}
      <div><Button type="submit" variant="default" loading={define.isPending}>{t('metrics.define_it')}</Button></div>
    </form>
  )
}

// Where the figure asks for one by its name: what it means, and since when.
export function NamedHere({asked}: {asked: Asked}) {
  const {t} = useTranslation()
  const {data: metrics = []} = useMetrics()
  const remove = useRemoveMetric()
  const names = [askedFor(asked.args.of), askedFor(asked.args.over)]
  const here = metrics.filter(({name}) => names.includes(name))
  if (here.length === 0) return null
  return (
    <div className="stack small">
      {here.map((metric) => (
        <div key={metric.name}>
          <h3 className="mono">{metric.name}</h3>
          <p className="mono">{metric.masked ? t('metrics.masked') : definitionOf(metric)}</p>
          {metric.description && <p>{metric.description}</p>}
          <p className="note">{t('metrics.kept', {owner: metric.owner_name, tiles: metric.tiles, version: metric.version})}</p>
          {metric.editable && <Button size="xs" variant="default" loading={remove.isPending} onClick={() => remove.mutate(metric.name)}>{t('metrics.remove')}</Button>}
        </div>
      ))}
      {remove.error && <Failure small error={remove.error} />}
    </div>
  )
}
