// Who resembles an audience: learned here, with how often each score is right; a score becomes an audience.
import {Autocomplete, Button, NumberInput, TagsInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {useMay} from '../api/session'
import type {Audience} from '../api/shapes'
import {ago, figure, full, number, percent} from '../ui/format'
import {Card, Meter} from '../ui/parts'
import {Removal} from '../ui/Removal'
import {Failure, Loaded} from '../ui/states'
import {ruleOf, useAlikeModel, useLearnAlike, useRemoveModel, type AlikeModel, type Cut} from './models'

const features = ['event', 'channel', 'category', 'product', 'place', 'source', 'weekday', 'hours', 'recency', 'spent']
const kFeaturesFirst = ['channel', 'hours', 'weekday']
const periods = ['30 days', '90 days', '6 months', '1 year']
const kRefitDays = 7

export function Alike({audience}: {audience: Audience}) {
  const {t} = useTranslation()
  const model = useAlikeModel(audience)
  const mayLearn = useMay('POST models/lookalike')
  if (!useMay('GET models')) return null
  return (
    <Card title={t('alike.title')}>
      <Loaded query={model} rows={4} small>{(known) => known === null
        ? <div className="stack small"><p className="note">{t(mayLearn ? 'alike.none' : 'alike.none_yet')}</p>{mayLearn && <Learn audience={audience} />}</div>
        : <Learned audience={audience} model={known} />}</Loaded>
    </Card>
  )
}

function Learned({audience, model}: {audience: Audience; model: AlikeModel}) {
  const {t} = useTranslation()
  const [again, setAgain] = useState(false)
  const mayLearn = useMay('POST models/lookalike'), mayRemove = useMay('DELETE models/{id}')
  const remove = useRemoveModel(model.id)
  const {fit} = model
  const facts: Array<[string, string]> = [['AUC', figure(fit.auc)], [t('measure.base_rate'), percent(fit.base_rate)], [t('measure.seeds'), number(fit.audience)], [t('measure.others'), number(fit.rest)]]
  return (
    <div className="stack small">
      <div className="row apart">
        <p className="note" title={full(model.fitted_at)}>{t('alike.learned', {when: ago(model.fitted_at), features: (model.request.features ?? []).join(', ')})} {t(model.refit_days > 0 ? 'alike.again_after' : 'alike.never_again', {n: model.refit_days})}</p>
        <div className="row tight">
          {mayLearn && <button type="button" className="chip" aria-expanded={again} onClick={() => setAgain(!again)}>{t('alike.again')}</button>}
          {mayRemove && <Removal label={t('alike.remove')} text={t('do.delete')} remove={remove} />}
        </div>
      </div>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <Cuts audience={audience} model={model} />
      <p className="note">{t('alike.means', {trait: fit.trait})}</p>
      {again && <Learn audience={audience} before={model} onDone={() => setAgain(false)} />}
    </div>
  )
}

function Cuts({audience, model}: {audience: Audience; model: AlikeModel}) {
  const {t} = useTranslation()
  const people = model.fit.audience + model.fit.rest
  const address = (cut: Cut) => `/audiences/new?rule=${encodeURIComponent(ruleOf(audience, model, cut.score))}&purpose=${encodeURIComponent(audience.purpose)}&name=${encodeURIComponent(t('alike.name', {name: audience.name}))}`
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col" className="n">{t('alike.score')}</th><th scope="col" className="n">{t('alike.reach')}</th><th scope="col">{t('alike.precision')}</th><th scope="col"><span className="hidden">{t('alike.make')}</span></th></tr></thead>
      <tbody>{model.fit.cuts.map((cut) => (
        <tr key={cut.score}><td className="n">≥ {figure(cut.score)}</td><td className="n">{number(Math.round(cut.share * people))} <span className="note">{percent(cut.share)}</span></td>
          <td>{cut.precision !== null && <div className="row tight"><span className="num">{percent(cut.precision)}</span><div className="grow"><Meter share={cut.precision} tone="var(--good)" /></div></div>}</td>
          <td>{cut.share > 0 && <Link className="link people" to={address(cut)} aria-label={t('alike.make_from', {score: figure(cut.score)})}>{t('alike.make')}</Link>}</td></tr>
      ))}</tbody>
    </table></div>
  )
}

function Learn({audience, before, onDone}: {audience: Audience; before?: AlikeModel; onDone?: () => void}) {
  const {t} = useTranslation()
  const [chosen, setChosen] = useState(before?.request.features ?? kFeaturesFirst)
  const [last, setLast] = useState(before?.request.last ?? '')
  const [refit, setRefit] = useState(before?.refit_days ?? kRefitDays)
  const learn = useLearnAlike(audience)
  const submit = () => learn.mutate({features: chosen, refit_days: refit, ...(last.trim() ? {last: last.trim()} : {})}, {onSuccess: onDone})
  return (
    <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
      <TagsInput label={t('field.features')} description={t('alike.features_how')} data={features} value={chosen} onChange={setChosen} />
      <div className="row end">
        <Autocomplete label={t('measure.last')} placeholder={t('measure.ever')} data={periods} value={last} onChange={setLast} />
        <NumberInput label={t('alike.refit')} value={refit} min={0} max={365} allowDecimal={false} onChange={(value) => setRefit(Number(value) || 0)} />
        <Button type="submit" loading={learn.isPending} disabled={chosen.length === 0}>{t('alike.learn')}</Button>
      </div>
      {learn.error && <Failure small error={learn.error} />}
    </form>
  )
}
