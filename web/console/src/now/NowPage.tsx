// What arrives, what becomes of it, and why some of it is not kept.
import {useEffect, useRef, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link, useNavigate} from 'react-router'
import {useStats} from '../api/shop'
import type {Stats, StoredEvent} from '../api/shapes'
import {clock, none, number, percent} from '../ui/format'
import {Card, Channel, Meter, Page, PartBar, PersonLink, Tool} from '../ui/parts'
import {Empty, Loaded, NoRight} from '../ui/states'
import {useMay} from '../api/session'
import {useConsentMix, useMetrics, useOpenQuarantine, useTail} from './queries'
import {noRates, rateOf, withCount} from './rates'
import {kWindowSeconds, sparkline, Threads} from './threads'
import './now.css'

const kListed = 13

export function NowPage() {
  const {t} = useTranslation()
  const allowed = useMay('GET tail')
  const stats = useStats(2_000)
  const threads = useRef<Threads>(null)
  const [latest, push] = useLatest()
  const connected = useTail((event) => { threads.current?.add(event); push(event) })
  if (!allowed) return <Page title={t('now.title')}><NoRight needs="GET tail" /></Page>
  return (
    <Page title={t('now.title')} actions={<Link2 connected={connected} />}>
      {stats.data?.disk.short && <p className="banner" role="alert">{t('now.disk_short')}</p>}
      <div className="stack">
        <Figures stats={stats.data} />
        <Stage threads={threads} empty={stats.data?.events.stored === 0} />
        <div className="cols three">
          <Latest {...latest} />
          <div className="stack"><Balance /><ConsentMix /></div>
          <div className="stack"><Reasons stats={stats.data} /><Quarantine /><Health /></div>
        </div>
      </div>
    </Page>
  )
}

function Link2({connected}: {connected: boolean | null}) {
  const {t} = useTranslation()
  if (connected === null) return null
  return <span className={`live${connected ? '' : ' lost'}`} role="status"><i />{t(connected ? 'now.connected' : 'now.lost')}</span>
}

// At most a few a second are listed: more could not be read.
function useLatest() {
  const [shown, setShown] = useState<StoredEvent[]>([])
  const [paused, setPaused] = useState(false)
  const waiting = useRef<StoredEvent[]>([])
  useEffect(() => {
    if (paused) return
    const timer = setInterval(() => {
      if (waiting.current.length === 0) return
      const fresh = waiting.current.splice(0).reverse()
      setShown((list) => [...fresh, ...list].slice(0, kListed))
    }, 400)
    return () => clearInterval(timer)
  }, [paused])
  const push = (event: StoredEvent) => { if (waiting.current.push(event) > kListed) waiting.current.shift() }
  return [{shown, paused, setPaused}, push] as const
}

function Latest({shown, paused, setPaused}: {shown: StoredEvent[]; paused: boolean; setPaused: (paused: boolean) => void}) {
  const {t} = useTranslation()
  return (
    <Card title={t('now.latest')} actions={<Tool icon={paused ? 'play' : 'pause'} label={t(paused ? 'do.resume' : 'do.pause')} pressed={paused} onClick={() => setPaused(!paused)} />}>
      {shown.length === 0 ? <Empty small title={t('now.waiting')} /> : (
        <ol className="latest">
          {shown.map((event) => (
            <li key={event.sequence} className={event.bot ? 'bot' : ''}>
              <time className="n" dateTime={event.received}>{clock(event.received)}</time>
              <Channel name={event.channel} />
              <span className="clip" title={event.name}>{event.name || none}</span>
              {event.bot ? <span className="note">{t('now.robot')}</span> : event.profile ? <PersonLink id={event.profile} /> : null}
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}

export function Figures({stats}: {stats?: Stats}) {
  const {t} = useTranslation()
  const metrics = useMetrics()
  const spark = useRef<HTMLCanvasElement>(null)
  const seen = useRef(noRates)
  const [rate, setRate] = useState<number | null>(null)
  useEffect(() => {
    if (!metrics.data) return
    seen.current = withCount(seen.current, metrics.data.events_received_total ?? 0, metrics.dataUpdatedAt)
    setRate(rateOf(seen.current))
    if (spark.current) sparkline(spark.current, seen.current.shown)
  }, [metrics.data, metrics.dataUpdatedAt])
  const rows: Array<[string, number | undefined]> = [
    ['now.people', stats?.persons], ['now.kept', stats?.events.stored], ['now.ties', stats?.identity.edges],
    ['now.merges', stats?.identity.merges], ['now.splits', stats?.identity.splits]]
  return (
    <div className="figures">
      <div className="figure rate"><div><b>{rate === null ? none : number(rate)}</b><span>{t('now.per_second')}</span></div><canvas ref={spark} aria-hidden="true" /></div>
      {stats && rows.map(([text, n]) => <div className="figure" key={text}><b>{number(n)}</b><span>{t(text as never)}</span></div>)}
    </div>
  )
}

function Stage({threads, empty}: {threads: React.RefObject<Threads | null>; empty: boolean}) {
  const {t} = useTranslation()
  const navigate = useNavigate()
  const canvas = useRef<HTMLCanvasElement>(null), tip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const stop = new AbortController()
    threads.current = new Threads(canvas.current!, tip.current!, (profile) => void navigate(`/people/${encodeURIComponent(profile)}`), stop.signal)
    return () => { stop.abort(); threads.current = null }
  }, [navigate, threads])
  return (
    <section className="card stage">
      <canvas ref={canvas} className="threads" hidden={empty} role="img" aria-label={t('now.threads_label', {n: kWindowSeconds})} />
      <div ref={tip} className="tip" hidden />
      {empty ? <Empty title={t('now.nothing')}>{t('now.nothing_how')} <Link className="link" to="/sources">{t('nav.sources')}</Link></Empty>
        : <p className="note">{t('now.threads_hint')}</p>}
    </section>
  )
}

const parts = [
  ['stored', 'var(--good)'], ['deduplicated', 'var(--ch-other)'], ['not_kept', 'var(--ch-call)'], ['quarantined', 'var(--red)']] as const

// One bar whose parts add up to what was received.
function Balance() {
  const {t} = useTranslation()
  const {data} = useMetrics()
  const of = (name: string) => data?.[`events_${name}_total`] ?? 0
  return (
    <Card title={t('now.became')}>
      <PartBar parts={parts.map(([name, tone]) => ({size: of(name), tone}))} />
      <table className="t tight"><tbody>
        {parts.map(([name, tone]) => (
          <tr key={name}><td><span className="tag"><i className="dot" style={{background: tone}} />{t(`now.${name}`)}</span></td><td className="n">{number(of(name))}</td></tr>
        ))}
        <tr><td><strong>{t('now.received')}</strong></td><td className="n"><strong>{number(of('received'))}</strong></td></tr>
      </tbody></table>
      <p className="note">{t('now.since_start')}</p>
    </Card>
  )
}

function ConsentMix() {
  const {t} = useTranslation()
  const mix = useConsentMix()
  if (!useMay('POST rules/count')) return null
  return (
    <Card title={t('now.consents')}>
      <Loaded query={mix} rows={5} small>{(rows) => (
        <ul className="stack small">
          {rows.map(({name, allowed, persons}) => (
            <li key={name}>
              <div className="row apart"><span>{name}</span><span className="note num" title={`${number(allowed)} / ${number(persons)}`}>{percent(persons ? allowed / persons : 0, 0)}</span></div>
              <Meter share={persons ? allowed / persons : 0} tone="var(--good)" />
            </li>
          ))}
        </ul>
      )}</Loaded>
    </Card>
  )
}

function Reasons({stats}: {stats?: Stats}) {
  const {t, i18n} = useTranslation()
  if (!stats) return null
  const found = Object.entries(stats.events.not_kept)
  const said = (key: string, otherwise: string) => (i18n.exists(key) ? t(key as never) : otherwise)
  return (
    <Card title={t('now.why_not')}>
      {found.length === 0 ? <p className="note">{t('now.none_dropped')}</p> : (
        <dl className="stack small">
          {found.map(([reason, n]) => (
            <div key={reason}><dt><strong className="num">{number(n)}</strong> {said(`reason.${reason}`, reason.replaceAll('_', ' '))}</dt>
              <dd className="note">{said(`setting.${reason}`, t('setting.other'))}</dd></div>
          ))}
        </dl>
      )}
      {stats.events.bots > 0 && <p className="note">{t('now.robots', {count: stats.events.bots, n: number(stats.events.bots)})}</p>}
    </Card>
  )
}

function Quarantine() {
  const {t} = useTranslation()
  const query = useOpenQuarantine()
  if (!query.data) return null
  const open = Object.entries(query.data.open)
  return (
    <Card title={t('now.quarantine')} actions={<Link className="link note" to="/sources/quarantine">{t('do.open')}</Link>}>
      {open.length === 0 ? <p className="note">{t('now.quarantine_empty')}</p>
        : <ul className="row tight">{open.map(([code, n]) => <li key={code} className="pill warn"><span className="num">{number(n)}</span>{code}</li>)}</ul>}
    </Card>
  )
}

function Health() {
  const {t} = useTranslation()
  const {data, error} = useMetrics()
  const groups = data?.log_groups_total ?? 0
  const rows: Array<[string, string]> = [
    [t('now.state'), error ? t('now.lost') : t('now.ready')],
    [t('now.lag'), number(data?.fold_behind_records)],
    [t('now.sync'), groups ? `${number((data?.log_sync_microseconds_total ?? 0) / groups / 1_000, 1)} ms` : none],
    [t('now.disk'), data?.disk_free_bytes ? t('now.gib', {n: number(data.disk_free_bytes / 1_073_741_824, 1)}) : none],
    [t('now.refused'), number(data?.['http_refused_total{reason="overload"}'] ?? 0)],
  ]
  return (
    <Card title={t('now.health')}>
      <dl className="kv">{rows.map(([name, value]) => <div key={name} style={{display: 'contents'}}><dt>{name}</dt><dd className="n">{value}</dd></div>)}</dl>
    </Card>
  )
}
