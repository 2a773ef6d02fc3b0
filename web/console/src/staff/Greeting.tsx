// The greet card: first what has arrived, then what helps to serve: sizes, favourites, last visits, promises
// and notes.
import {Button, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {shown} from '../people/values'
import {ago, day, number} from '../ui/format'
import {Card, Channel} from '../ui/parts'
import {Failure} from '../ui/states'
import {rememberedStore} from './store'
import {NewNote, Notes} from './Notes'
import {useAddTask, type GreetCard} from './queries'
import {TaskList} from './Tasks'

const kTaskMax = 500

export function Greeting({card}: {card: GreetCard}) {
  const {t} = useTranslation()
  const id = card.id ?? ''
  return (
    <>
      <Card className="greet">
        <p className="hello">{card.name ? shown(card.name) : t('staff.nameless')}</p>
        {(card.arrived ?? []).length > 0 && <div className="arrived" role="status"><strong>{t('staff.arrived')}</strong><ul>{card.arrived!.map((what, i) => <li key={i}>{what}</li>)}</ul></div>}
        <div className="cols"><Sizes card={card} /><Favourites card={card} /><Visits card={card} /></div>
      </Card>
      <div className="cols">
        <Card title={t('staff.tasks')}><TaskList tasks={card.tasks ?? []} none={t('staff.no_task_here')} /><NewTask profile={id} /></Card>
        <Card title={t('staff.notes')}><Notes profile={id} notes={card.notes ?? []} /><NewNote profile={id} /></Card>
      </div>
    </>
  )
}

function Sizes({card}: {card: GreetCard}) {
  const {t} = useTranslation()
  const sizes = Object.entries(card.sizes ?? {}).filter(([, value]) => typeof value !== 'object')
  if (sizes.length === 0) return null
  return <div><h3>{t('staff.sizes')}</h3><dl className="kv big">{sizes.map(([name, value]) => <div key={name} style={{display: 'contents'}}><dt>{name.replaceAll('_', ' ')}</dt><dd>{String(value)}</dd></div>)}</dl></div>
}

function Favourites({card}: {card: GreetCard}) {
  const {t} = useTranslation()
  const {categories = [], products = [], places = []} = card.favourites ?? {}
  const all = [...categories, ...products, ...places]
  if (all.length === 0) return null
  return <div><h3>{t('staff.favourites')}</h3><ul className="row tight">{all.map((each, i) => <li key={i} className="pill">{each}</li>)}</ul></div>
}

function Visits({card}: {card: GreetCard}) {
  const {t} = useTranslation()
  const channels = Object.entries(card.channels ?? {}).sort(([, a], [, b]) => b.last_visit.localeCompare(a.last_visit))
  if (channels.length === 0) return null
  return (
    <div><h3>{t('staff.visits')}</h3>
      <ul className="stack small">{channels.map(([name, c]) => (
        <li key={name}><Channel name={name} /> <span title={day(c.last_visit)}>{ago(c.last_visit)}</span>{c.last_purchase && <span className="note"> · {t('staff.bought', {when: day(c.last_purchase), orders: number(c.orders)})}</span>}</li>
      ))}</ul></div>
  )
}

function NewTask({profile}: {profile: string}) {
  const {t} = useTranslation()
  const add = useAddTask(profile)
  const store = rememberedStore.use()
  const [what, setWhat] = useState('')
  const [due, setDue] = useState('')
  const submit = () => add.mutate({what: what.trim(), ...(due ? {due} : {}), ...(store ? {store} : {})}, {onSuccess: () => { setWhat(''); setDue('') }})
  return (
    <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
      <TextInput size="md" label={t('staff.task')} placeholder={t('staff.task_how')} value={what} maxLength={kTaskMax} onChange={(e) => setWhat(e.currentTarget.value)} />
      <TextInput size="md" type="date" label={t('staff.due')} value={due} onChange={(e) => setDue(e.currentTarget.value)} />
      {add.error && <Failure small error={add.error} />}
      <div><Button size="md" type="submit" loading={add.isPending} disabled={!what.trim()}>{t('staff.add_task')}</Button></div>
    </form>
  )
}
