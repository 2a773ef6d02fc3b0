// How long what is kept, who goes next, and the sweep that erases whom the terms keep no longer.
import {Button, NativeSelect} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {day, moment, number} from '../ui/format'
import {Card, Dialog, PersonLink} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {useRetention, useSweep, type Plan} from './retention'

const kAhead = [0, 30, 90, 180, 366]
const kShown = 200

export function Retention() {
  const {t} = useTranslation()
  const [ahead, setAhead] = useState(30)
  const plan = useRetention(ahead)
  return (
    <Loaded query={plan} rows={8}>{(data) => (
      <div className="stack">
        <div className="figures">
          <div className="figure"><b className={data.due ? 'bad' : ''}>{number(data.due)}</b><span>{t('retention.due')}</span></div>
          <div className="figure"><b>{number(data.soon)}</b><span>{t('retention.soon', {days: data.ahead})}</span></div>
          <div className="figure"><b>{number(data.restricted)}</b><span>{t('retention.restricted')}</span></div>
        </div>
        <div className="split">
          <Card title={t('retention.next')} flush actions={<NativeSelect aria-label={t('retention.ahead')} value={String(ahead)} onChange={(e) => setAhead(Number(e.currentTarget.value))}
            data={kAhead.map((days) => ({value: String(days), label: days === 0 ? t('retention.today') : t('retention.within', {days})}))} />}>
            {data.profiles.length === 0 ? <Empty title={t('retention.none')}>{t(data.days || data.persons?.length ? 'retention.none_how' : 'retention.none_term')}</Empty> : <People plan={data} />}
          </Card>
          <div className="stack"><Terms plan={data} /><Sweep plan={data} /></div>
        </div>
      </div>
    )}</Loaded>
  )
}

function People({plan}: {plan: Plan}) {
  const {t} = useTranslation()
  const all = plan.due + plan.soon
  return (
    <>
      <div className="scroll"><table className="t">
        <thead><tr><th scope="col">{t('people.person')}</th><th scope="col">{t('retention.last_contact')}</th><th scope="col">{t('retention.kept_until')}</th></tr></thead>
        <tbody>{plan.profiles.slice(0, kShown).map((each) => (
          <tr key={each.profile}><td><PersonLink id={each.profile} /> {each.who && <span className="note">{t(`retention.who_${each.who}`)}</span>}</td><td className="note nowrap">{day(each.last_contact)}</td>
            <td className="nowrap">{day(each.kept_until)} {Date.parse(each.kept_until) < Date.now() && <span className="pill bad">{t('retention.is_due')}</span>}</td></tr>
        ))}</tbody>
      </table></div>
      {all > kShown && <p className="note pad">{t('measure.cut', {shown: Math.min(kShown, plan.profiles.length), all: number(all)})}</p>}
    </>
  )
}

// The terms stand in the settings of the server; here they are read.
function Terms({plan}: {plan: Plan}) {
  const {t} = useTranslation()
  const lasts = (days: number) => (days === 0 ? t('retention.for_ever') : t('retention.days', {count: days, n: number(days)}))
  return (
    <Card title={t('retention.terms')}>
      <dl className="kv terms">
        <dt>{t('retention.everybody')}</dt><dd>{lasts(plan.days)}</dd>
        {plan.persons?.map(({who, days}) => <div key={who} style={{display: 'contents'}}><dt>{t(`retention.who_${who}`)}</dt><dd>{lasts(days)}</dd></div>)}
      </dl>
      <p className="note">{t('retention.after_contact')}</p>
      {plan.events && plan.events.length > 0 && <EventTerms plan={plan} lasts={lasts} />}
      {plan.sweep_at !== undefined && <p>{plan.sweep_at ? t('retention.sweeps_at', {at: plan.sweep_at}) : t('retention.sweeps_never')}</p>}
      {plan.last_sweep && <p className="note">{t('retention.last_sweep', {when: moment(plan.last_sweep)})}</p>}
      <p className="note">{t('retention.in_settings')}</p>
    </Card>
  )
}

function EventTerms({plan, lasts}: {plan: Plan; lasts: (days: number) => string}) {
  const {t} = useTranslation()
  return (
    <>
      <h3>{t('retention.events')}</h3>
      <ul className="receipts">{plan.events!.map((term, i) => (
        <li key={i}>
          <div className="row apart"><strong>{[term.name, term.purpose].filter(Boolean).join(' · ')}</strong><span>{lasts(term.days)}</span></div>
          <p className="note">{t('retention.events_due', {due: number(term.due), soon: number(term.soon)})}{term.not_closed > 0 && ` ${t('retention.not_closed', {n: number(term.not_closed)})}`}</p>
        </li>
      ))}</ul>
    </>
  )
}

// Whom it erases is said first; there is no way back.
function Sweep({plan}: {plan: Plan}) {
  const {t} = useTranslation()
  const may = useMay('POST rights/retention/sweep')
  const sweep = useSweep()
  const [open, setOpen] = useState(false)
  const events = plan.events?.reduce((sum, {due}) => sum + due, 0) ?? 0
  if (!may) return null
  return (
    <Card title={t('retention.sweep')}>
      <div className="stack small">
        <p className="note">{t('retention.sweep_how')}</p>
        {sweep.data && <p className="good" role="status">{t('retention.swept', {erased: number(sweep.data.erased), left: number(sweep.data.left)})}{(sweep.data.periods ?? 0) > 0 && ` ${t('retention.swept_days', {n: number(sweep.data.periods)})}`}</p>}
        <div><Button color="red" variant={plan.due + events ? 'filled' : 'default'} disabled={plan.due + events === 0} onClick={() => setOpen(true)}>{t('retention.sweep_open')}</Button></div>
      </div>
      <Dialog open={open} onClose={() => setOpen(false)} label={t('retention.sweep_title')}>
        <div className="inner">
          <h2>{t('retention.sweep_title')}</h2>
          {plan.due > 0 && <p>{t('retention.sweep_follows', {count: plan.due, n: number(plan.due)})}</p>}
          {events > 0 && <p>{t('retention.sweep_events', {n: number(events)})}</p>}
          <p className="note">{t('retention.sweep_back', {restricted: number(plan.restricted)})}</p>
          {sweep.error && <Failure small error={sweep.error} />}
          <div className="row"><Button color="red" loading={sweep.isPending} onClick={() => sweep.mutate(undefined, {onSuccess: () => setOpen(false)})}>{t('retention.sweep_do')}</Button><Button variant="default" onClick={() => setOpen(false)}>{t('do.cancel')}</Button></div>
        </div>
      </Dialog>
    </Card>
  )
}
