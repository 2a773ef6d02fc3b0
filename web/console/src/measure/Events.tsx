// The events behind one row of a figure, page by page: each with the person whose thread it stands in. What a role
// does not see the server leaves out; of whom somebody looked stands in the audit.
import {Button} from '@mantine/core'
import {useInfiniteQuery} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {call} from '../api/client'
import type {Cell, Row, ThreadEvent} from '../api/shapes'
import {useMay} from '../api/session'
import {useBrand, usePurpose} from '../api/shop'
import {full, number} from '../ui/format'
import {Channel, Dialog} from '../ui/parts'
import {Loaded} from '../ui/states'
import {splitColumn} from './behind'
import {bodyOf, type Asked} from './kinds'

interface Page { count: number; next_after?: number; withheld: number; events: Array<ThreadEvent & {profile?: string}> }
const kPage = 50

// Which cell of the figure a row is, as the server takes it; null of what is no figure of events.
export function cellOf({kind, args}: Asked, row: Row): {at?: Cell; by?: Cell[]} | null {
  if (kind !== 'metric') return null
  const by = Array.isArray(args.by) ? args.by : typeof args.by === 'string' && args.by ? [args.by] : []
  return {...(args.grain ? {at: row.at ?? null} : {}), ...(by.length > 0 ? {by: by.map((name) => row[splitColumn(row, name)] ?? null)} : {})}
}

export function EventsLink({asked, row, label}: {asked: Asked; row: Row; label: string}) {
  const {t} = useTranslation()
  const [open, setOpen] = useState(false)
  const cell = cellOf(asked, row)
  if (!useMay('POST questions/events') || cell === null) return null
  return (
    <>
      <button type="button" className="link people" aria-label={`${t('measure.events')}: ${label}`} onClick={() => setOpen(true)}>{t('measure.events')}</button>
      <Dialog open={open} onClose={() => setOpen(false)} label={t('measure.events')}>
        <div className="inner">
          <h2>{t('measure.events')}</h2>
          <p className="note">{label}</p>
          {open && <Events asked={asked} cell={cell} />}
          <div><Button variant="default" onClick={() => setOpen(false)}>{t('do.close')}</Button></div>
        </div>
      </Dialog>
    </>
  )
}

function Events({asked, cell}: {asked: Asked; cell: object}) {
  const {t} = useTranslation()
  const {purpose} = usePurpose()
  const {brand} = useBrand()
  const body = bodyOf(asked, purpose, brand)
  const events = useInfiniteQuery({
    queryKey: ['question-events', body, cell], initialPageParam: undefined as number | undefined, retry: false,
    queryFn: ({pageParam, signal}) => call<Page>('POST questions/events', {body: {...body, cell, limit: kPage, ...(pageParam === undefined ? {} : {after: pageParam})}, signal}),
    getNextPageParam: (last) => last.next_after,
  })
  return (
    <Loaded query={events} rows={6} small>{({pages}) => {
      const withheld = pages.reduce((sum, page) => sum + page.withheld, 0)
      return (
        <>
          <div className="scroll"><table className="t">
            <thead><tr><th scope="col">{t('measure.event_at')}</th><th scope="col">{t('measure.event_name')}</th><th scope="col">{t('measure.event_channel')}</th><th scope="col" className="n">{t('measure.event_value')}</th><th scope="col">{t('measure.event_who')}</th></tr></thead>
            <tbody>{pages.flatMap((page) => page.events).map((event) => (
              <tr key={event.sequence}><td>{full(event.at)}</td><td>{event.name}</td><td><Channel name={event.channel} /></td><td className="n">{event.value ?? '–'}</td>
                <td>{event.profile ? <Link className="link" to={`/people/${event.profile}`}>{t('measure.event_thread')}</Link> : t('measure.event_nobody')}</td></tr>
            ))}</tbody>
          </table></div>
          <p className="note">{t('measure.events_of', {count: pages.reduce((sum, page) => sum + page.events.length, 0), all: number(pages[0]?.count ?? 0)})}{withheld > 0 ? ` ${t('measure.withheld', {n: withheld})}` : ''}</p>
          {events.hasNextPage && <Button variant="default" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>{t('measure.more_events')}</Button>}
        </>
      )
    }}</Loaded>
  )
}
