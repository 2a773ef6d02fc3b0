// Groups who behave alike, and how well others resemble an audience.
import {useCallback} from 'react'
import {useTranslation} from 'react-i18next'
import type {Row} from '../../api/shapes'
import {useSaid, type Say} from '../../texts/said'
import {Chart, type Ink} from '../../ui/Chart'
import {figure, number, percent} from '../../ui/format'
import {Meter} from '../../ui/parts'
import {PeopleLink} from '../People'
import type {ViewProps} from './index'

const kTraitsShown = 5
const kTones = ['var(--red)', 'var(--ch-web)', 'var(--ch-store)', 'var(--ch-call)', 'var(--ch-app)', 'var(--ch-kiosk)', 'var(--ch-email)', 'var(--ch-beacon)']

// What sets a group apart: terms such as weekday = Monday >= 3, joined by "and".
function termsOf(text: string, said: Say) {
  const terms = text.split(' and ')
  return terms.every((term) => / = .* (>=|<) [\d.-]+$/.test(term)) ? terms.map((term) => said(term, 'values')).join(said(' and ', 'values')) : text
}

export function Clusters({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const said = useSaid()
  const means = Map.groupBy((answer.means ?? []) as Row[], (row) => row.cluster)
  return (
    <>
      <dl className="facts">
        <div><dt>{t('audiences.people')}</dt><dd>{number(answer.people as number)}</dd></div>
        <div><dt>{t('measure.groups')}</dt><dd>{number(answer.rows.length)}</dd></div>
        <div><dt>{t('measure.silhouette')}</dt><dd>{figure(answer.silhouette as number)}</dd></div>
      </dl>
      <div className="bar clusterbar" aria-hidden="true">{answer.rows.map((row, i) => <i key={i} style={{flexGrow: Number(row.people), background: kTones[i % kTones.length]}} />)}</div>
      <ol className="groups">{answer.rows.slice(0, tall ? 12 : 4).map((row, i) => (
        <li key={i} className="card">
          <div className="row apart"><strong><i className="dot" style={{background: kTones[i % kTones.length]}} /> {t('measure.group', {n: Number(row.cluster)})}</strong><span className="num"><b>{number(row.people as number)}</b> <span className="note">{percent(row.share as number)}</span></span></div>
          {typeof row.known_by === 'string' && <p><code>{termsOf(row.known_by, said)}</code></p>}
          {row.precision !== null && <p className="note">{t('measure.rule_quality', {precision: percent(row.precision as number, 0), recall: percent(row.recall as number, 0)})}</p>}
          <Means rows={(means.get(row.cluster!) ?? []).slice(0, kTraitsShown)} />
          {typeof row.rule === 'string' && <PeopleLink rule={row.rule} asked={asked} label={t('measure.group', {n: Number(row.cluster)})} />}
        </li>
      ))}</ol>
    </>
  )
}

function Means({rows}: {rows: Row[]}) {
  const {t} = useTranslation()
  const said = useSaid()
  if (rows.length === 0) return null
  return (
    <table className="t tight">
      <thead><tr><th scope="col">{t('measure.feature')}</th><th scope="col" className="n">{t('measure.mean_here')}</th><th scope="col" className="n">{t('measure.mean_all')}</th></tr></thead>
      <tbody>{rows.map((row) => <tr key={String(row.feature)}><td className="note">{said(String(row.feature), 'values')}</td><td className="n">{figure(row.mean as number)}</td><td className="n">{figure(row.mean_of_all as number)}</td></tr>)}</tbody>
    </table>
  )
}

export function Lookalike({answer, tall}: ViewProps) {
  const {t} = useTranslation()
  const said = useSaid()
  const deciles = (answer.deciles ?? []) as Row[]
  const option = useCallback((ink: Ink) => ({
    grid: {left: 4, right: 12, top: 12, bottom: 4, containLabel: true},
    tooltip: {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: ink.hover, opacity: 0.5}}, valueFormatter: (v: unknown) => `× ${figure(v as number)}`},
    xAxis: {type: 'category', data: deciles.map((row) => String(row.decile)), splitLine: {show: false}},
    yAxis: {type: 'value', axisLabel: {color: ink.ink2, formatter: (n: number) => `× ${figure(n)}`}},
    series: [{name: t('measure.lift'), type: 'bar', barMaxWidth: 34, itemStyle: {borderRadius: [3, 3, 0, 0]}, color: ink.red, data: deciles.map((row) => row.lift), markLine: {silent: true, symbol: 'none', lineStyle: {color: ink.ink3, type: 'dashed'}, label: {show: false}, data: [{yAxis: 1}]}}],
  }), [deciles, t])
  const most = Math.max(0.0001, ...answer.rows.map((row) => Math.abs(Number(row.coefficient))))
  const facts: Array<[string, string]> = [['AUC', figure(answer.auc as number)], [t('measure.precision_at', {n: number(answer.top as number)}), percent(answer.precision_at_top as number)],
    [t('measure.base_rate'), percent(answer.base_rate as number)], [t('measure.seeds'), number(answer.audience as number)], [t('measure.others'), number(answer.rest as number)]]
  return (
    <>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <Chart option={option} height={tall ? 220 : 150} label={t('measure.lift_tenths')} />
      <p className="note">{t('measure.lift_tenths')}</p>
      <div className="scroll"><table className="t">
        <thead><tr><th scope="col">{t('measure.feature')}</th><th scope="col">{t('measure.value')}</th><th scope="col">{t('measure.pulls')}</th></tr></thead>
        <tbody>{answer.rows.slice(0, tall ? 20 : 5).map((row, i) => (
          <tr key={i}><td className="note">{said(String(row.feature), 'values')}</td><td>{said(String(row.value), 'values')}</td>
            <td><div className="row tight"><span className="num">{Number(row.coefficient) > 0 ? '+' : ''}{figure(row.coefficient as number)}</span><div className="grow"><Meter share={Math.abs(Number(row.coefficient)) / most} tone={Number(row.coefficient) > 0 ? 'var(--good)' : 'var(--red)'} /></div></div></td></tr>
        ))}</tbody>
      </table></div>
    </>
  )
}
