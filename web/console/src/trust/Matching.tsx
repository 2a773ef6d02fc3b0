// Pairs that may be one person, side by side, until somebody has said of each whether they are.
import {Button, NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {Routes} from '../api/schema.gen'
import {useMay} from '../api/session'
import {usePurpose} from '../api/shop'
import {moment, number, percent} from '../ui/format'
import {Card, Meter, PersonLink} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {useRunMatching, useRuns, useVerdict, useWaitingPairs} from './queries'

type Pair = Routes['GET matching/review']['answer']['pairs'] extends Array<infer P> | undefined ? P : never

const fieldKinds = ['given_name', 'surname', 'date', 'postcode', 'town', 'street', 'email', 'phone', 'other'] as const
const tones: Record<string, string> = {equal: 'good', near: 'warn', different: 'bad', missing: ''}

export function Matching() {
  const {t} = useTranslation()
  const pairs = useWaitingPairs()
  const verdict = useVerdict()
  const decide = (id: string, said: 'same' | 'different') => verdict.mutate({id, verdict: said})
  return (
    <div className="split">
      <Card title={t('matching.title')}>
        <Loaded query={pairs} rows={6}>{(queue) => {
          const list = queue.pairs ?? []
          if (list.length === 0) return <Empty title={t('matching.none')}>{t('matching.none_how')}</Empty>
          return (
            <div className="stack">
              <p className="note">{t('matching.waiting', {n: number(queue.waiting)})}{(queue.hidden ?? 0) > 0 && ` ${t('matching.hidden', {n: number(queue.hidden)})}`}</p>
              {verdict.error && <Failure small error={verdict.error} />}
              {list.map((pair) => <PairCard key={pair.id} pair={pair} busy={verdict.isPending} decide={(said) => decide(pair.id, said)} />)}
            </div>
          )
        }}</Loaded>
      </Card>
      <div className="stack"><NewRun /><Runs /></div>
    </div>
  )
}

function PairCard({pair, busy, decide}: {pair: Pair; busy: boolean; decide: (said: 'same' | 'different') => void}) {
  const {t, i18n} = useTranslation()
  const mayDecide = useMay('POST matching/review/{id}')
  return (
    <article className="pair" aria-label={t('matching.pair', {id: pair.id})}>
      <div className="row apart"><span><strong className="num">{percent(pair.probability)}</strong> <span className="note">{t('matching.likely')}</span></span>
        {mayDecide && <span className="row tight"><Button disabled={busy} onClick={() => decide('same')}>{t('matching.same')}</Button><Button variant="default" disabled={busy} onClick={() => decide('different')}>{t('matching.different')}</Button></span>}</div>
      <Meter share={pair.probability} />
      <table className="t">
        <thead><tr><th scope="col">{t('matching.trait')}</th><th scope="col"><PersonLink id={pair.a} /></th><th scope="col"><PersonLink id={pair.b} /></th><th scope="col">{t('matching.agreement')}</th></tr></thead>
        <tbody>{pair.fields.map((f) => (
          <tr key={f.trait}><td className="note">{f.trait}</td><td>{f.a}</td><td>{f.b}</td><td><span className={`pill ${tones[f.agreement] ?? ''}`}>{i18n.exists(`agreement.${f.agreement}`) ? t(`agreement.${f.agreement}` as never) : f.agreement}</span></td></tr>
        ))}</tbody>
      </table>
    </article>
  )
}

const firstFields = [{trait: 'firstName', kind: 'given_name'}, {trait: 'lastName', kind: 'surname'}, {trait: 'birthday', kind: 'date'}]

// Figures first: what a run would find is told before anything waits in the queue.
function NewRun() {
  const {t} = useTranslation()
  const allowed = useMay('POST matching/runs')
  const {purpose, names} = usePurpose()
  const run = useRunMatching()
  const [chosen, setChosen] = useState(purpose)
  const [fields, setFields] = useState(firstFields)
  const set = (i: number, change: Partial<(typeof fields)[number]>) => { setFields(fields.map((f, j) => (j === i ? {...f, ...change} : f))); run.reset() }
  const start = (write: 'nothing' | 'review') => run.mutate({purpose: chosen, fields: fields.filter(({trait}) => trait.trim() !== ''), write})
  if (!allowed) return null
  return (
    <Card title={t('matching.run')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); start('nothing') }}>
        <p className="note">{t('matching.run_how')}</p>
        <NativeSelect label={t('measure.purpose')} value={chosen} data={names} onChange={(e) => { setChosen(e.currentTarget.value); run.reset() }} />
        {fields.map((field, i) => (
          <div className="row tight fieldrow" key={i}>
            <TextInput className="grow" aria-label={t('matching.trait_n', {n: i + 1})} value={field.trait} onChange={(e) => set(i, {trait: e.currentTarget.value})} />
            <NativeSelect aria-label={t('matching.kind_n', {n: i + 1})} value={field.kind} data={fieldKinds.map((kind) => ({value: kind, label: t(`match_kind.${kind}`) as string}))} onChange={(e) => set(i, {kind: e.currentTarget.value})} />
          </div>
        ))}
        <button type="button" className="chip" onClick={() => setFields([...fields, {trait: '', kind: 'other'}])}>{t('matching.add_trait')}</button>
        <div><Button type="submit" variant="default" loading={run.isPending}>{t('matching.try')}</Button></div>
        {run.error && <Failure small error={run.error} />}
        {run.data && <Found run={run.data} />}
        {run.data && run.variables.write === 'nothing' && <div><Button loading={run.isPending} onClick={() => start('review')}>{t('matching.queue')}</Button></div>}
      </form>
    </Card>
  )
}

type Run = Routes['POST matching/runs']['answer']

function Found({run}: {run: Run}) {
  const {t} = useTranslation()
  const pairs = run.pairs as Record<string, number | boolean> | undefined
  return <p role="status">{t('matching.found', {people: number((run.people as Record<string, number>)?.matched), matches: number(run.matches_expected as number, 1), queued: number(Number(pairs?.queued ?? 0))})}</p>
}

function Runs() {
  const {t} = useTranslation()
  const runs = useRuns()
  return (
    <Card title={t('matching.runs')}>
      <Loaded query={runs} rows={2} small>{(list) => !list?.length ? <p className="note">{t('matching.no_runs')}</p> : (
        <ul className="stack small">{list.map((run) => <li key={String(run.id)}><strong>{moment(String(run.at))}</strong><Found run={run} /></li>)}</ul>
      )}</Loaded>
    </Card>
  )
}
