// A person's contacts, newest first, day by day: a lane for each channel, a knot for each contact, and
// the red thread that runs through all of them. Between them, as knots of their own, what the person said of
// consent, what ties the identifiers, and what was decided about who is one person.
import {Button} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {Person, ThreadEvent} from '../api/shapes'
import {useSaid} from '../texts/said'
import {dayOf} from '../ui/days'
import {ago, dayOfWeek, full, hour, number, shortId, worth} from '../ui/format'
import {Card, Channel, toneOf} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {useTypeName} from '../ui/typeName'
import {useDecisionsOf, useReceipts, useThread} from './queries'
import {shown} from './values'
import {woven, type Answer, type Turn} from './weave'

const kLane = 16
const kRow = 34

export function Thread({person}: {person: Person}) {
  const {t} = useTranslation()
  const thread = useThread(person.id)
  const receipts = useReceipts(person.id), decisions = useDecisionsOf(person.id)
  const [channel, setChannel] = useState<string | null>(null)
  return (
    <Card title={t('people.thread')}>
      <Loaded query={thread} rows={10}>{({pages}) => {
        const events = pages.flatMap((page) => page.events)
        const channels = [...new Set(events.map((event) => event.channel))].sort()
        const turns = woven({events, statements: receipts.data?.receipt.statements, ties: person.evidence, decisions: decisions.data, more: thread.hasNextPage})
        // On one channel stands what happened on it alone.
        const picked = channel === null ? turns : turns.filter((turn) => turn.kind === 'event' && turn.event.channel === channel)
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
            <Days turns={picked} lanes={channel === null ? channels : [channel]} />
            {thread.hasNextPage && (
              <Button variant="default" loading={thread.isFetchingNextPage} onClick={() => void thread.fetchNextPage()}>{t('people.older')}</Button>
            )}
          </>
        )
      }}</Loaded>
    </Card>
  )
}

function Days({turns, lanes}: {turns: Turn[]; lanes: string[]}) {
  const days = Map.groupBy(turns, ({at}) => dayOf(new Date(at)))
  let before: number | null = null
  return (
    <div className="thread">
      {[...days].map(([date, list]) => (
        <section key={date} aria-label={dayOfWeek(list[0]!.at)}>
          <h3>{dayOfWeek(list[0]!.at)} <span className="note">· {number(list.length)}</span></h3>
          <ol>{list.map((turn) => {
            const from = before
            // What happened on no channel stays where the thread is.
            const lane = turn.kind === 'event' ? lanes.indexOf(turn.event.channel) : from ?? 0
            before = lane
            return turn.kind === 'event' ? <Knot key={turn.key} event={turn.event} answers={turn.answers} lane={lane} from={from} lanes={lanes.length} />
              : <Beside key={turn.key} turn={turn} lane={lane} from={from} lanes={lanes.length} />
          })}</ol>
        </section>
      ))}
    </div>
  )
}

const tones: Record<Answer['state'], string> = {granted: 'good', refused: 'bad', pending: 'warn', taken_back: 'quiet'}

function Answers({answers}: {answers: Answer[]}) {
  const {t} = useTranslation()
  return <>{answers.map(({purpose, state}) => <span key={purpose} className={`pill ${tones[state]}`}>{purpose}: {t(`statement.${state}`)}</span>)}</>
}

// A knot that is no contact.
function Beside({turn, ...place}: {turn: Exclude<Turn, {kind: 'event'}>; lane: number; from: number | null; lanes: number}) {
  const {t, i18n} = useTranslation()
  const said = useSaid()
  const typeName = useTypeName()
  const named = (id: string, type: string) => `${typeName(type)} ${shortId(id)}`
  const means = (how: string) => (i18n.exists(`means.${how}`) ? t(`means.${how}` as never) : how)
  const told = (): Array<string | false | undefined> => {
    switch (turn.kind) {
      case 'consent': return [turn.statement.channel !== 'all' && turn.statement.channel, means(turn.statement.means), `#${turn.statement.record}`]
      case 'tie': {
        const {a, b, a_type, b_type, state, rule, source} = turn.tie
        return [`${named(a, a_type)} = ${named(b, b_type)}`, i18n.exists(`evidence.${state}`) ? t(`evidence.${state}` as never) : state, said(rule, 'values').replaceAll('_', ' '), source]
      }
      case 'decision': {
        const {a, b, action, reason} = turn.decided
        return [t(`decision.${action}`), [a, b].filter((end) => end !== undefined).map(({id, type}) => named(id, type)).join(', '), reason]
      }
    }
  }
  const note = told().filter(Boolean).join(' · ')
  return (
    <li className={`knot beside ${turn.kind}`}>
      <Piece {...place} big={false} tone="var(--card)" ring />
      <div className="line">
        <time dateTime={turn.at} title={`${full(turn.at)} (${ago(turn.at)})`}>{hour(turn.at)}</time>
        <span className="what">{t(`woven.${turn.kind}`)}</span>
        {turn.kind === 'consent' && <Answers answers={[turn.statement]} />}
        <span className="note clip" title={note}>{note}</span>
      </div>
    </li>
  )
}

const x = (lane: number) => 10 + lane * kLane

// The piece of thread from the knot above (or the top) to this one.
function Piece({lane, from, lanes, big, tone, ring}: {lane: number; from: number | null; lanes: number; big: boolean; tone: string; ring?: boolean}) {
  const start = from ?? lane
  const path = `M${x(start)} 0 C${x(start)} ${kRow * 0.32} ${x(lane)} ${kRow * 0.12} ${x(lane)} ${kRow / 2} L${x(lane)} ${kRow}`
  return (
    <svg width={x(lanes - 1) + 12} height={kRow} aria-hidden="true">
      <path d={path} fill="none" stroke="var(--red)" strokeWidth="1.6" />
      <circle cx={x(lane)} cy={kRow / 2} r={big ? 6.5 : 4} fill={tone} stroke={ring ? 'var(--red)' : 'var(--card)'} strokeWidth="2" />
    </svg>
  )
}

function Knot({event, answers, lane, from, lanes}: {event: ThreadEvent; answers: Answer[]; lane: number; from: number | null; lanes: number}) {
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
          <Answers answers={answers} />
          <span className="note clip">{[headline !== undefined && shown(headline), lines !== headline && lines, event.bot && t('now.robot')].filter(Boolean).join(' · ')}</span>
          {event.value && <span className="money num">{worth(event.value)}</span>}
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
