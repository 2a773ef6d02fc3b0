// Who read or changed whose record, between two instants; what is listed becomes a CSV.
import {Autocomplete, Button, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError} from '../api/client'
import {idOf, nameOf, useActors} from '../api/actors'
import {Actor} from '../ui/Actor'
import {downloadCsv} from '../ui/csv'
import {full, moment, number} from '../ui/format'
import {Card, PersonLink, Tool} from '../ui/parts'
import {Empty, Failure, Waiting} from '../ui/states'
import {instantOf, localOf} from './instants'
import {useAudit, type AuditEntry} from './queries'

const kDaysFirst = 7

export function Audit() {
  const {t} = useTranslation()
  const [form, setForm] = useState({who: '', actor: '', from: localOf(new Date(Date.now() - kDaysFirst * 86_400_000)), to: ''})
  const [asked, setAsked] = useState(form)
  const actors = useActors() ?? []
  const audit = useAudit({...asked, actor: idOf(actors, asked.actor), from: instantOf(asked.from) ?? '', to: instantOf(asked.to) ?? ''})
  const pages = audit.data?.pages ?? []
  const entries = pages.flatMap((page) => page.entries)
  const set = (change: Partial<typeof form>) => setForm({...form, ...change})
  const csv = () => downloadCsv('audit', entries.map(({at, actor, role, route, profile, status}) => ({at, actor, name: nameOf(actors, actor) ?? '', role, route, profile: profile ?? '', status: status ?? null})))
  return (
    <div className="stack">
      <form className="card row end" role="search" onSubmit={(event) => { event.preventDefault(); setAsked(form); if (form === asked) void audit.refetch() }}>
        <TextInput className="grow" label={t('audit.who')} placeholder={t('audit.anybody')} value={form.who} autoComplete="off" onChange={(e) => set({who: e.currentTarget.value})} />
        <Autocomplete label={t('audit.actor')} placeholder={t('audit.any_actor')} data={[...new Set(actors.map(({name}) => name))]} value={form.actor} onChange={(actor) => set({actor})} />
        <TextInput type="datetime-local" label={t('audit.from')} value={form.from} onChange={(e) => set({from: e.currentTarget.value})} />
        <TextInput type="datetime-local" label={t('audit.to')} value={form.to} onChange={(e) => set({to: e.currentTarget.value})} />
        <Button type="submit" loading={audit.isFetching}>{t('audit.search')}</Button>
      </form>
      <Card title={t('audit.title')} flush actions={<Tool icon="download" label={t('measure.csv')} onClick={csv} disabled={entries.length === 0} />}>
        {audit.error instanceof ApiError && audit.error.status === 404 ? <Empty small title={t('people.not_found')} />
          : audit.error ? <Failure error={audit.error} retry={() => void audit.refetch()} />
            : !audit.data ? <div className="pad"><Waiting rows={6} /></div>
              : entries.length === 0 ? <Empty title={t('audit.none')}>{t('audit.none_how')}</Empty>
                : <Entries entries={entries} found={pages[0]!.found} people={pages[0]!.profiles} />}
        {audit.hasNextPage && <div className="pad"><Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>{t('people.older')}</Button></div>}
      </Card>
    </div>
  )
}

function Entries({entries, found, people}: {entries: AuditEntry[]; found: number; people: number}) {
  const {t} = useTranslation()
  return (
    <>
      <p className="note pad">{t('audit.found', {count: found, found: number(found), people: number(people)})}</p>
      <div className="scroll"><table className="t">
        <thead><tr><th scope="col">{t('people.time')}</th><th scope="col">{t('audit.actor')}</th><th scope="col">{t('sources.role')}</th><th scope="col">{t('audit.did')}</th><th scope="col">{t('people.person')}</th><th scope="col">{t('audit.outcome')}</th></tr></thead>
        <tbody>{entries.map((entry, i) => (
          <tr key={i}><td className="nowrap" title={full(entry.at)}>{moment(entry.at)}</td><td><Actor id={entry.actor} /></td><td className="note">{t(`role.${entry.role}` as never, {defaultValue: entry.role})}</td>
            <td><code>{entry.route}</code></td><td>{entry.profile && <PersonLink id={entry.profile} />}</td><td><Outcome status={entry.status} /></td></tr>
        ))}</tbody>
      </table></div>
    </>
  )
}

function Outcome({status}: {status?: number}) {
  const {t} = useTranslation()
  if (status === undefined) return <span className="pill">{t('audit.began')}</span>
  return <span className={`pill ${status < 300 ? 'good' : 'bad'}`}>{status < 300 ? t('audit.answered') : t('audit.refused', {status})}</span>
}
