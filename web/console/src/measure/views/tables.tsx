// Answers that are read best as a table with a bar in it.
import {useTranslation} from 'react-i18next'
import type {Row} from '../../api/shapes'
import {useSaid} from '../../texts/said'
import {figure, number, percent} from '../../ui/format'
import {Meter} from '../../ui/parts'
import {behind, splitColumn} from '../behind'
import {PeopleLink} from '../People'
import type {Asked} from '../kinds'
import type {ViewProps} from './index'

function PeopleCell({asked, row, rows, label}: {asked: Asked; row: Row; rows: Row[]; label: string}) {
  const rule = behind(asked, row, rows)
  return <td>{rule && <PeopleLink rule={rule} asked={asked} label={label} />}</td>
}

export function Rising({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const by = splitColumn(answer.rows[0], String(asked.args.by))
  const most = Math.max(0.0001, ...answer.rows.map((row) => Number(row.growth)))
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col">{by}</th><th scope="col">{t('measure.growth')}</th><th scope="col" className="n">{t('measure.recent')}</th><th scope="col" className="n">{t('measure.expected')}</th><th scope="col" className="n">q</th><th scope="col">{t('audiences.people')}</th></tr></thead>
      <tbody>{answer.rows.slice(0, tall ? 60 : 8).map((row, i) => (
        <tr key={i}><td>{String(row[by])}</td><td><div className="row tight"><span className="num">{percent(row.growth as number)}</span><div className="grow"><Meter share={Number(row.growth) / most} /></div></div></td>
          <td className="n">{number(row.recent as number)}</td><td className="n">{figure(row.expected as number)}</td><td className="n">{figure(row.q_value as number)}</td><PeopleCell asked={asked} row={row} rows={answer.rows} label={String(row[by])} /></tr>
      ))}</tbody>
    </table></div>
  )
}

export function Share({answer, asked}: ViewProps) {
  const {t} = useTranslation()
  const all = answer.rows.reduce((sum, row) => sum + Number(row.customers), 0) || 1
  const facts: Array<[string, unknown]> = [['measure.multi_customers', answer.multi_share_of_customers], ['measure.multi_revenue', answer.multi_share_of_revenue]]
  return (
    <>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{t(name as never)}</dt><dd>{percent(value as number)}</dd></div>)}</dl>
      <div className="scroll"><table className="t">
        <thead><tr><th scope="col">{t('measure.channels')}</th><th scope="col">{t('measure.customers')}</th><th scope="col" className="n">{t('measure.purchases')}</th><th scope="col" className="n">{t('measure.mean_amount')}</th><th scope="col" className="n">{t('measure.repeat')}</th><th scope="col">{t('audiences.people')}</th></tr></thead>
        <tbody>{answer.rows.map((row: Row, i) => (
          <tr key={i}><td>{String(row.channels)}</td><td><div className="row tight"><span className="num">{number(row.customers as number)}</span><div className="grow"><Meter share={Number(row.customers) / all} /></div></div></td>
            <td className="n">{number(row.purchases as number)}</td><td className="n">{figure(row.mean_amount as number)}</td><td className="n">{percent(row.repeat_rate as number)}</td><PeopleCell asked={asked} row={row} rows={answer.rows} label={String(row.channels)} /></tr>
        ))}</tbody>
      </table></div>
      <Combinations rows={(answer.combinations ?? []) as Row[]} />
    </>
  )
}

// Which channels are combined, and how long their customers have bought.
function Combinations({rows}: {rows: Row[]}) {
  const {t} = useTranslation()
  if (rows.length === 0) return null
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col">{t('measure.combined')}</th>{(['customers', 'purchases', 'mean_amount', 'repeat', 'days_between'] as const).map((name) => <th key={name} scope="col" className="n">{t(`measure.${name}`)}</th>)}</tr></thead>
      <tbody>{rows.slice(0, 12).map((row) => (
        <tr key={String(row.channels)}><td>{String(row.channels)}</td><td className="n">{number(row.customers as number)}</td><td className="n">{number(row.purchases as number)}</td>
          <td className="n">{figure(row.mean_amount as number)}</td><td className="n">{percent(row.repeat_rate as number)}</td><td className="n">{figure(row.mean_days_between as number)}</td></tr>
      ))}</tbody>
    </table></div>
  )
}

export function Niche({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const said = useSaid()
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col">{t('measure.feature')}</th><th scope="col">{t('measure.value')}</th><th scope="col" className="n">{t('measure.in_audience')}</th><th scope="col" className="n">{t('measure.in_rest')}</th><th scope="col">{t('measure.lift')}</th><th scope="col">{t('audiences.people')}</th></tr></thead>
      <tbody>{answer.rows.slice(0, tall ? 80 : 8).map((row, i) => (
        <tr key={i}><td className="note">{said(String(row.feature), 'values')}</td><td>{said(String(row.value), 'values')}</td><td className="n">{percent(row.share_audience as number)}</td><td className="n">{percent(row.share_rest as number)}</td>
          <td><div className="row tight"><span className="num">× {figure(row.lift as number)}</span><div className="grow"><Meter share={Math.min(1, Number(row.lift) / 5)} /></div></div></td><PeopleCell asked={asked} row={row} rows={answer.rows} label={String(row.value)} /></tr>
      ))}</tbody>
    </table></div>
  )
}
