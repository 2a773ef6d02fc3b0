// What each channel's money brought: the curve of each with where it stands now and where the best split
// would put it, and the table of returns.
import {useCallback} from 'react'
import {useTranslation} from 'react-i18next'
import type {Row} from '../../api/shapes'
import {Chart, type Ink} from '../../ui/Chart'
import {figure, number, percent, short} from '../../ui/format'
import {heightOf, text, toneOf} from './charts'
import type {ViewProps} from './index'

// The curve between its points, as the chart draws it.
export function at(points: Row[], spend: number): number {
  const after = points.findIndex((point) => Number(point.spend) >= spend)
  if (after < 0) return Number(points.at(-1)?.revenue ?? 0)
  const b = points[after]!, a = points[after - 1]
  if (!a || Number(b.spend) === Number(a.spend)) return Number(b.revenue)
  return Number(a.revenue) + ((Number(b.revenue) - Number(a.revenue)) * (spend - Number(a.spend))) / (Number(b.spend) - Number(a.spend))
}

export function Mix({answer, tall}: ViewProps) {
  const {t} = useTranslation()
  const option = useCallback((ink: Ink) => {
    const curves = [...Map.groupBy((answer.curve ?? []) as Row[], (row) => text(row, 'channel'))]
    const mark = (symbol: string, key: 'mean_spend' | 'best_spend', name: string) => ({
      name, type: 'scatter', symbol, symbolSize: 10, itemStyle: {color: ink.ink},
      data: answer.rows.filter((row) => typeof row[key] === 'number' && curves.length > 0).map((row, i) => ({name: text(row, 'channel'), itemStyle: {color: toneOf(ink, text(row, 'channel'), i), borderColor: ink.ink, borderWidth: 1.2},
        value: [row[key], at(curves.find(([channel]) => channel === row.channel)?.[1] ?? [], Number(row[key]))]})),
    })
    return {
      grid: {left: 12, right: 24, top: 40, bottom: 26, containLabel: true},
      legend: {top: 0, left: 0, textStyle: {color: ink.ink2, fontSize: 11.5}, itemWidth: 12, itemHeight: 8},
      tooltip: {trigger: 'item', formatter: (p: {seriesName: string; name: string; value: [number, number]}) => [p.name || p.seriesName, `${t('measure.spend')}  ${figure(p.value[0])}`, `${t('measure.brings')}  ${figure(p.value[1])}`].join('\n')},
      xAxis: {type: 'value', name: t('measure.spend_period'), nameLocation: 'middle', nameGap: 26, nameTextStyle: {color: ink.ink2}, axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}},
      yAxis: {type: 'value', axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}},
      series: [
        ...curves.map(([channel, points], i) => ({name: channel, type: 'line', showSymbol: false, smooth: 0.3, lineStyle: {width: 2}, color: toneOf(ink, channel, i), data: points.map((p) => [p.spend, p.revenue])})),
        mark('circle', 'mean_spend', t('measure.now_spent')), mark('diamond', 'best_spend', t('measure.best_split')),
      ],
    }
  }, [answer, t])
  const trusted = Number(answer.forecast_error) <= 0.9 * Number(answer.forecast_error_without_channels)
  return (
    <>
      <dl className="facts">
        <div><dt>{t('measure.budget')}</dt><dd>{figure(answer.budget as number)}</dd></div>
        <div><dt>{t('measure.best_brings')}</dt><dd>{figure(answer.expected_of_best_split as number)}</dd></div>
        <div><dt>R²</dt><dd>{figure(answer.r_squared as number)}</dd></div>
        <div><dt>{t('measure.trust_it')}</dt><dd><span className={`pill ${trusted ? 'good' : 'bad'}`}>{t(trusted ? 'measure.mix_good' : 'measure.mix_bad')}</span></dd></div>
      </dl>
      <Chart option={option} height={heightOf(tall) - 80} label={t('kind.mix.name')} />
      <Returns rows={answer.rows} />
    </>
  )
}

function Returns({rows}: {rows: Row[]}) {
  const {t} = useTranslation()
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col">{t('measure.channels')}</th>{(['spent_all', 'brought', 'roi', 'mean_spend', 'best_split', 'next_unit'] as const).map((name) => <th key={name} scope="col" className="n">{t(`measure.${name}` as never)}</th>)}</tr></thead>
      <tbody>{rows.map((row) => (
        <tr key={text(row, 'channel')}><td>{text(row, 'channel')}</td><td className="n">{number(row.spend as number)}</td>
          <td className="n">{number(row.brought as number)}{typeof row.brought_error === 'number' && <span className="note"> ± {number(row.brought_error)}</span>}</td>
          <td className="n"><strong className={typeof row.roi !== 'number' ? undefined : row.roi >= 0 ? 'good' : 'bad'}>{percent(row.roi as number, 0)}</strong></td>
          <td className="n">{figure(row.mean_spend as number)}</td><td className="n">{figure(row.best_spend as number)}</td><td className="n">{figure(row.marginal as number)}</td></tr>
      ))}</tbody>
    </table></div>
  )
}
