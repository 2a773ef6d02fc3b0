// A rule is written here: errors stand at their place, what may follow is a click away, and the number
// of people it matches is counted while it is typed.
import {Button, Select, TextInput} from '@mantine/core'
import {lazy, Suspense, useState, type FormEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {useNavigate, useSearchParams} from 'react-router'
import {useEventNames} from '../api/events'
import {useMay} from '../api/session'
import type {RuleVerdict} from '../api/shapes'
import {usePurpose} from '../api/shop'
import {useSaid} from '../texts/said'
import {number, percent} from '../ui/format'
import {Card, Meter, Page} from '../ui/parts'
import {Failure, NoRight, Waiting} from '../ui/states'
import {FormBuilder} from './FormBuilder'
import {useMakeAudience, useRuleCount, useRuleVerdict} from './queries'
import {unitsOfBytes} from './offsets'
import './audiences.css'

const RuleEditor = lazy(async () => ({default: (await import('./RuleEditor')).RuleEditor}))
const kFollowersShown = 18

const examples = [
  'Product Added then not Order Completed within 2 hours',
  'count(Order Completed, last 90 days) >= 2 and consent(marketing.email)',
  'any(Product Viewed where channel = web, last 7 days) and any(Order Completed where channel = store)',
  'sum(Order Completed.revenue, last 365 days) > 300 EUR',
]

export function BuilderPage() {
  const {t} = useTranslation()
  const mayCheck = useMay('POST rules/check')
  return <Page title={t('palette.new_audience')} lead={t('audiences.builder_lead')}>{mayCheck ? <Builder /> : <NoRight />}</Page>
}

function Builder() {
  const {t} = useTranslation()
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const shop = usePurpose()
  const {data: events = []} = useEventNames()
  const [rule, setRule] = useState(search.get('rule') ?? '')
  const [name, setName] = useState(search.get('name') ?? '')
  const [purpose, setPurpose] = useState(search.get('purpose') ?? shop.purpose)
  const [writing, setWriting] = useState(false)
  const mayMake = useMay('POST audiences')
  const {data: verdict, error} = useRuleVerdict(rule)
  const current = verdict?.of === rule ? verdict : undefined
  const valid = rule.trim() !== '' && current?.valid === true && !writing
  const count = useRuleCount(rule, purpose, valid)
  // Until the new rule is counted the former one's count stands there dimmed, and nothing is said by it.
  const counted = valid && !count.isPlaceholderData ? count.data : undefined
  const make = useMakeAudience()
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!valid || !name.trim() || !mayMake) return
    make.mutate({name: name.trim(), rule, purpose}, {onSuccess: (made) => void navigate(`/audiences/${encodeURIComponent(made.id)}`)})
  }
  return (
    <form className="split" onSubmit={submit}>
      <div className="stack">
        <FormBuilder rule={rule} verdict={current} onRule={setRule} onWriting={setWriting} events={events} purposes={shop.names} />
        <Card title={t('audiences.rule')}>
          <Suspense fallback={<Waiting rows={4} />}>
            <RuleEditor value={rule} onChange={setRule} verdict={verdict} events={events} purposes={shop.names} onSubmit={submit} />
          </Suspense>
          <div className="verdict" aria-live="polite">
            {error ? <Failure small error={error} /> : writing ? <p className="note">{t('audiences.writing')}</p> : <Verdict rule={rule} verdict={current} insert={(word) => setRule(inserted(rule, word))} />}
          </div>
        </Card>
        <Card title={t('audiences.examples')}>
          <ul className="stack small">{examples.map((text) => <li key={text}><button type="button" className="chip mono" onClick={() => setRule(text)}>{text}</button></li>)}</ul>
        </Card>
      </div>
      <div className="stack">
        <Card>
          <div className="counted" aria-live="polite" aria-busy={count.isFetching}>
            <b className={counted ? '' : 'off'}>{valid && count.data ? number(count.data.count) : '–'}</b>
            <span>{t('audiences.match')}</span>
            {counted && (
              <>
                <Meter share={counted.allowed ? counted.count / counted.allowed : 0} />
                <p className="note">{t('audiences.of', {allowed: number(counted.allowed), persons: number(counted.persons), share: percent(counted.allowed ? counted.count / counted.allowed : 0)})}</p>
                {counted.amounts_without_rate > 0 && <p className="note bad">{t('audiences.no_rate', {n: number(counted.amounts_without_rate)})}</p>}
              </>
            )}
            {valid && count.error && <Failure small error={count.error} />}
          </div>
        </Card>
        <Card>
          <div className="stack small">
            <Select label={t('audiences.purpose')} value={purpose} data={shop.names} onChange={(value) => value && setPurpose(value)} />
            <TextInput label={t('audiences.name')} value={name} maxLength={100} onChange={(e) => setName(e.currentTarget.value)} disabled={!mayMake} required />
            {make.error && <p role="alert" className="bad">{make.error.message}</p>}
            {mayMake ? <Button type="submit" disabled={!valid || !name.trim()} loading={make.isPending}>{t('audiences.keep')}</Button>
              : <p className="note">{t('audiences.may_not_make')}</p>}
          </div>
        </Card>
      </div>
    </form>
  )
}

const inserted = (rule: string, word: string) => (rule === '' || /[\s(.]$/.test(rule) ? rule : `${rule} `) + `${word} `

function Verdict({rule, verdict, insert}: {rule: string; verdict: (RuleVerdict & {of: string}) | undefined; insert: (word: string) => void}) {
  const {t} = useTranslation()
  const said = useSaid()
  if (rule.trim() === '' || !verdict) return <p className="note">{t('audiences.rule_how')}</p>
  if (verdict.valid) return <p className="note good">{t('audiences.understood')}</p>
  const at = unitsOfBytes(rule, verdict.offset ?? 0)
  const words = (verdict.allowed ?? []).slice(0, kFollowersShown)
  return (
    <>
      <p className="bad">{said(verdict.message ?? '')}</p>
      {verdict.hint && <p className="note">{said(verdict.hint)}</p>}
      {words.length > 0 && (
        <div className="row tight"><span className="note">{t('audiences.may_follow')}</span>
          {words.map((word) => /^'.*'$/.test(word) && at >= rule.trimEnd().length
            ? <button key={word} type="button" className="chip" onClick={() => insert(word.slice(1, -1))}>{word.slice(1, -1)}</button>
            : <span key={word} className="pill">{/^'[^']*'$/.test(word) ? word.slice(1, -1) : said(word, 'parts')}</span>)}
        </div>
      )}
    </>
  )
}
