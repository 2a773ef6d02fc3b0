// Un-merge: first what would follow, person by person, then a reason, then it is done; and it can be
// put back.
import {Button, TextInput} from '@mantine/core'
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {number} from '../ui/format'
import {Dialog} from '../ui/parts'
import {Loaded} from '../ui/states'
import {useTypeName} from '../ui/typeName'

const kReasonMax = 1_000

export interface Cut { action: 'withdraw' | 'restore'; a: string; b: string }
interface Follows {
  id: string; state: 'changed' | 'new' | 'gone'; events: number; identifiers: Array<{id: string; type: string}>
  consents: Record<string, string>; traits: string[]; stays_in: string[]; enters: string[]; leaves: string[]
}

export function useDecide() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (decision: Cut & {reason: string}) => call('POST identity/decisions', {body: decision}),
    onSuccess: () => Promise.all(['person', 'thread', 'decisions', 'suspicious'].map((key) => client.invalidateQueries({queryKey: [key]}))),
  })
}

export function Separate({cut, named}: {cut: Cut; named: (id: string, type: string) => string}) {
  const {t} = useTranslation()
  const [open, setOpen] = useState(false)
  const title = t(cut.action === 'withdraw' ? 'separate.title' : 'separate.title_back')
  return (
    <>
      <button type="button" className="chip" onClick={() => setOpen(true)}>{t(cut.action === 'withdraw' ? 'separate.open' : 'separate.restore')}</button>
      <Dialog open={open} onClose={() => setOpen(false)} label={title}>
        <Decide cut={cut} named={named} title={title} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function Decide({cut, named, title, onClose}: {cut: Cut; named: (id: string, type: string) => string; title: string; onClose: () => void}) {
  const {t} = useTranslation()
  const [reason, setReason] = useState('')
  const decide = useDecide()
  const preview = useQuery({
    queryKey: ['preview', cut.action, cut.a, cut.b], gcTime: 0,
    queryFn: async ({signal}) => (await call<{persons: Follows[]}>('POST identity/preview', {body: {...cut}, signal})).persons.filter(({state}) => state !== 'gone'),
  })
  return (
    <form className="inner wide" onSubmit={(event) => { event.preventDefault(); decide.mutate({...cut, reason}, {onSuccess: onClose}) }}>
      <h2>{title}</h2>
      <Loaded query={preview} rows={4} small>{(persons) => (
        <>
          <p>{t('separate.follows', {count: persons.length})}</p>
          <div className="cols">{persons.map((p) => <Person key={p.id} person={p} named={named} />)}</div>
        </>
      )}</Loaded>
      <TextInput label={t('separate.reason')} value={reason} required maxLength={kReasonMax} autoFocus onChange={(e) => setReason(e.currentTarget.value)} />
      {decide.error && <p className="bad" role="alert">{decide.error.message}</p>}
      <p className="note">{t('separate.back')}</p>
      <div className="row">
        <Button type="submit" color={cut.action === 'withdraw' ? 'red' : undefined} disabled={!preview.data} loading={decide.isPending}>{t(cut.action === 'withdraw' ? 'separate.do' : 'separate.restore')}</Button>
        <Button variant="default" onClick={onClose}>{t('do.cancel')}</Button>
      </div>
    </form>
  )
}

function Person({person, named}: {person: Follows; named: (id: string, type: string) => string}) {
  const {t, i18n} = useTranslation()
  const typeName = useTypeName()
  const rows: Array<[string, string]> = [
    [t('people.contacts'), number(person.events)],
    [t('people.choices'), Object.entries(person.consents).map(([purpose, state]) => `${purpose}: ${i18n.exists(`choice.${state}`) ? t(`choice.${state}` as never) : state}`).join(', ')],
    [t('separate.stays'), person.stays_in.join(', ')], [t('audiences.enters'), person.enters.join(', ')], [t('audiences.leaves'), person.leaves.join(', ')],
  ]
  return (
    <div className="card">
      <ul>{person.identifiers.map((i) => <li key={i.id} className="clip"><strong>{named(i.id, i.type)}</strong> <span className="note">{typeName(i.type)}</span></li>)}</ul>
      <dl className="kv">{rows.filter(([, value]) => value !== '').map(([name, value]) => <div key={name} style={{display: 'contents'}}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </div>
  )
}
