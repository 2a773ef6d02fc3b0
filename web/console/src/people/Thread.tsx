// A person's contacts, newest first, day by day: a lane for each channel, a knot for each contact, and
// the red thread that runs through all of them.
import {Button} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {ThreadEvent} from '../api/shapes'
import {useSaid} from '../texts/said'
import {dayOf} from '../ui/days'
import {ago, dayOfWeek, full, hour, number} from '../ui/format'
import {Card, Channel, toneOf} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {useThread} from './queries'
import {shown} from './values'

const kLane = 16
const kRow = 34

export function Thread({id}: {id: string}) {
  const {t} = useTranslation()
  const thread = useThread(id)
  const [channel, setChannel] = useState<string | null>(null)
  return (
    <Card title={t('people.thread')}>
      <Loaded query={thread} rows={10}>{({pages}) => {
        const events = pages.flatMap((page) => page.events)
        const channels = [...new Set(events.map((event) => event.channel))].sort()
        const picked = channel === null ? events : events.filter((event) => event.channel === channel)
        if (events.length === 0) return <Empty title={t('people.no_thread')} />
        return (
          <>
            <div className="row tight lanes-key" role="group" aria-label={t('people.channels')}>
              {channels.map((name) => (
                <button key={name} type="button" className="chip" aria-pressed={channel === name} onClick={() => setChannel(channel === name ? null : name)}>
                  <Channel name={name} />
                </button>
              ))}
            </div>
            <Days events={picked} lanes={channel === null ? channels : [channel]} />
            {thread.hasNextPage && (
              <Button variant="default" loading={thread.isFetchingNextPage} onClick={() => void thread.fetchNextPage()}>{t('people.older')}</Button>
            )}
          </>
        )
      }}</Loaded>
    </Card>
  )
}

function Days({events, lanes}: {events: ThreadEvent[]; lanes: string[]}) {
  const days = Map.groupBy(events, (event) => dayOf(new Date(event.at)))
  let before: number | null = null
  return (
    <div className="thread">
      {[...days].map(([date, list]) => (
        <section key={date} aria-label={dayOfWeek(list[0]!.at)}>
          <h3>{dayOfWeek(list[0]!.at)} <span className="note">· {number(list.length)}</span></h3>
          <ol>{list.map((event) => {
            const lane = lanes.indexOf(event.channel)
            const from = before
            before = lane
            return <Knot key={event.sequence} event={event} lane={lane} from={from} lanes={lanes.length} />
          })}</ol>
        </section>
      ))}
    </div>
  )
}

const x = (lane: number) => 10 + lane * kLane

// The piece of thread from the knot above (or the top) to this one.
function Piece({lane, from, lanes, big, tone}: {lane: number; from: number | null; lanes: number; big: boolean; tone: string}) {
  const start = from ?? lane
  const path = `M${x(start)} 0 C${x(start)} ${kRow * 0.32} ${x(lane)} ${kRow * 0.12} ${x(lane)} ${kRow / 2} L${x(lane)} ${kRow}`
  return (
    <svg width={x(lanes - 1) + 12} height={kRow} aria-hidden="true">
      <path d={path} fill="none" stroke="var(--red)" strokeWidth="1.6" />
      <circle cx={x(lane)} cy={kRow / 2} r={big ? 6.5 : 4} fill={tone} stroke="var(--card)" strokeWidth="2" />
    </svg>
  )
}

function Knot({event, lane, from, lanes}: {event: ThreadEvent; lane: number; from: number | null; lanes: number}) {
  const {t} = useTranslation()
  const {products, ...rest} = event.properties ?? {}
  const headline = ['name', 'title', 'query', 'topic', 'zone', 'path', 'order_id'].map((key) => rest[key]).find((value) => typeof value === 'string' || typeof value === 'number')
  const lines = Array.isArray(products)
    ? products.map((p) => (p as Record<string, unknown>).name ?? (p as Record<string, unknown>).product_id).filter(Boolean).slice(0, 4).join(', ') : ''
  const order = /^Order (Completed|Refunded)|^Receipt/.test(event.name)
  return (
    <li className={`knot${event.bot ? ' bot' : ''}`}>
      <Piece lane={lane} from={from} lanes={lanes} big={order} tone={toneOf(event.channel)} />
      <details>
        <summary>
          <time dateTime={event.at} title={`${full(event.at)} (${ago(event.at)})`}>{hour(event.at)}</time>
          <span className={order ? 'what order' : 'what'}>{event.name || event.identifiers?.join(' + ') || '–'}</span>
          <span className="note clip">{[headline !== undefined && shown(headline), lines !== headline && lines, event.bot && t('now.robot')].filter(Boolean).join(' · ')}</span>
          {event.value && <span className="money num">{event.value}</span>}
        </summary>
        <Details event={event} rest={rest} />
      </details>
    </li>
  )
}

function Details({event, rest}: {event: ThreadEvent; rest: Record<string, unknown>}) {
  const {t} = useTranslation()
  const said = useSaid()
  const rows: Array<[string, unknown]> = [
    [t('people.channel'), event.channel], [t('people.source'), event.source], [t('people.place'), event.place],
    [t('people.record'), event.sequence], [t('people.bot'), event.bot_reason && said(event.bot_reason, 'values')],
    [t('people.time'), event.time === 'corrected' ? t('people.corrected') : event.time === 'synthetic' ? t('people.synthetic') : undefined],
    ...Object.entries(rest), ...Object.entries(event.traits ?? {}),
  ]
  return (
    <dl className="kv">
      {rows.filter(([, value]) => value !== undefined && value !== '').map(([name, value], i) => (
        <div key={i} style={{display: 'contents'}}><dt>{name}</dt><dd>{shown(value)}</dd></div>
      ))}
      {event.note && <><dt>{t('people.note')}</dt><dd>{said(event.note)}</dd></>}
    </dl>
  )
}
