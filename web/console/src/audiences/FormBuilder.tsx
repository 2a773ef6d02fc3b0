// The rule as a form, beside its text: what is chosen here is written there, what is written there is shown
// here as far as a form can show it. The server turns one into the other, so there is one grammar.
import {NativeSelect} from '@mantine/core'
import {useEffect, useRef, useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {EventName, RuleVerdict} from '../api/shapes'
import {useSaid} from '../texts/said'
import {Card} from '../ui/parts'
import {ClauseRow} from './ClauseRow'
import {clauseOfKind, formOf, isComplete, jsonOf, type Clause, type Form, type Json} from './form'
import {useAudiences, writeRule} from './queries'

const kClausesMax = 24
const nothing: Form = {join: 'and', clauses: []}

export interface FormBuilderProps {
  rule: string
  verdict: RuleVerdict | undefined  // of this very text
  onRule: (rule: string) => void
  onWriting: (writing: boolean) => void  // until then the text is the former rule
  events: EventName[]
  purposes: string[]
}

export function FormBuilder(props: FormBuilderProps) {
  const {t} = useTranslation()
  const said = useSaid()
  const {form, tooRich, wrong, change} = useForm(props)
  const {data: audiences = []} = useAudiences(30_000)
  const {join, clauses} = form
  const at = (i: number, next: Clause | null) => change({join, clauses: next ? clauses.map((each, j) => (j === i ? next : each)) : clauses.filter((_, j) => j !== i)})
  const offered = {events: props.events, purposes: props.purposes, audiences: audiences.map(({name}) => name)}
  if (tooRich) return <Card title={t('form.title')}><p role="status">{t('form.too_rich')}</p><p className="note">{t('form.too_rich_how')}</p></Card>
  return (
    <Card title={t('form.title')}>
      <div className="stack small">
        {clauses.length > 1 && (
          <label className="row tight">{t('form.who')}<NativeSelect aria-label={t('form.join')} value={join} data={[{value: 'and', label: t('form.all')}, {value: 'or', label: t('form.any')}]}
            onChange={(e) => change({join: e.currentTarget.value as Form['join'], clauses})} />{t('form.of_these')}</label>
        )}
        <ol className="clauserows">{clauses.map((clause, i) => <ClauseRow key={i} n={i + 1} clause={clause} offered={offered} set={(next) => at(i, next)} />)}</ol>
        {clauses.length < kClausesMax && <div><button type="button" className="chip" onClick={() => change({join, clauses: [...clauses, clauseOfKind('any')]})}>{t(clauses.length === 0 ? 'form.first' : 'form.add')}</button></div>}
        {wrong ? <p className="bad" role="alert">{said(wrong)}</p> : !clauses.every(isComplete) && <p className="note" role="status">{t('form.incomplete')}</p>}
      </div>
    </Card>
  )
}

// Which text the form itself wrote last is remembered: that one is not read back, or a form half filled in
// would lose what it has.
function useForm({rule, verdict, onRule, onWriting}: FormBuilderProps) {
  const [form, setForm] = useState(nothing)
  const [tooRich, setTooRich] = useState(false)
  const [wrong, setWrong] = useState('')
  const written = useRef<string | null>(null)
  const latest = useRef(0)
  useEffect(() => {
    if (rule === written.current) return
    ++latest.current  // written by hand meanwhile: what the form was about to write comes too late
    onWriting(false)
    if (rule.trim() === '') { setForm(nothing); setTooRich(false); return }
    if (!verdict?.valid) return
    const shown = formOf(verdict.json as Json)
    setTooRich(shown === null)
    if (shown) { setForm(shown); setWrong('') }
  }, [rule, verdict, onWriting])

  const write = (text: string) => { written.current = text; onRule(text) }
  const change = (next: Form) => {
    setForm(next)
    setWrong('')
    const turn = ++latest.current
    const json = jsonOf(next)
    onWriting(next.clauses.length > 0 && json !== null)
    if (next.clauses.length === 0) return write('')
    if (json === null) return
    void writeRule(json).then((said) => {
      if (turn !== latest.current) return
      onWriting(false)
      if (said.valid && said.rule) write(said.rule)
      else setWrong(said.message ?? '')
    }, (error: unknown) => { if (turn === latest.current) { onWriting(false); setWrong(error instanceof Error ? error.message : String(error)) } })
  }
  return {form, tooRich, wrong, change}
}
