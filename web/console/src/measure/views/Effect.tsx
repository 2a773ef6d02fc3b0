// What was seen where something was done, beside what would have been; the gap is the effect.
import {useCallback} from 'react'
import {useTranslation} from 'react-i18next'
import type {Row} from '../../api/shapes'
import {Chart, type Ink} from '../../ui/Chart'
import {day, figure, number, percent, short} from '../../ui/format'
import {heightOf, text} from './charts'
import type {ViewProps} from './index'

const kDonorsShown = 8

// The interval is of the mean effect per place and day. A larger effect means that less was to be expected:
// so what was expected of the treated places is held between itself + (effect - high) and + (effect - low).
export function bandOf(rows: Row[], effect: number, low: unknown, high: unknown, places: number): Array<{low: number; high: number} | null> {
  if (typeof low !== 'number' || typeof high !== 'number') return rows.map(() => null)
  return rows.map(({treated, expected}) => (treated ? {low: Number(expected) + (effect - high) * places, high: Number(expected) + (effect - low) * places} : null))
}

export function Effect({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const treated = (asked.args.treated as string[] | undefined)?.length ?? 1
  const option = useCallback((ink: Ink) => {
    const days = answer.rows.map((row) => text(row, 'day'))
    const start = answer.rows.findIndex((row) => row.treated)
    const bands = bandOf(answer.rows, Number(answer.per_place_and_day), answer.low, answer.high, treated)
    const band = {type: 'line', stack: 'band', showSymbol: false, silent: true, lineStyle: {opacity: 0}, tooltip: {show: false}, emphasis: {disabled: true}}
    return {
      grid: {left: 4, right: 12, top: 34, bottom: 4, containLabel: true},
      legend: {top: 0, left: 0, itemWidth: 12, itemHeight: 2, icon: 'rect', textStyle: {color: ink.ink2, fontSize: 11.5}, data: [t('measure.observed'), t('measure.counterfactual')]},
      tooltip: {trigger: 'axis', valueFormatter: (v: unknown) => (typeof v === 'number' ? figure(v) : '–')},
      xAxis: {type: 'category', data: days.map((d) => day(d)), boundaryGap: false, splitLine: {show: false}},
      yAxis: {type: 'value', axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}},
      series: [
        {...band, stackStrategy: 'all', data: bands.map((b) => b?.low ?? null)},
        {...band, stackStrategy: 'all', areaStyle: {color: ink.blue, opacity: 0.2}, data: bands.map((b) => (b ? b.high - b.low : null))},
        {name: t('measure.counterfactual'), type: 'line', showSymbol: false, color: ink.blue, lineStyle: {width: 1.6, type: 'dashed'}, data: answer.rows.map((row) => row.expected)},
        {name: t('measure.observed'), type: 'line', showSymbol: false, color: ink.red, lineStyle: {width: 1.9}, data: answer.rows.map((row) => row.observed),
          markLine: start < 0 ? undefined : {silent: true, symbol: 'none', label: {show: true, formatter: t('measure.began'), color: ink.ink2}, lineStyle: {color: ink.ink3, type: 'solid'}, data: [{xAxis: start}]}},
      ],
    }
  }, [answer, t, treated])
  const donors = ((answer.donors ?? []) as Row[]).slice(0, kDonorsShown)
  return (
    <>
      <Facts answer={answer} />
      <Chart option={option} height={heightOf(tall) - 60} label={t('kind.effect.name')} />
      {donors.length > 0 && <p className="note">{t('measure.made_of')} {donors.map((row) => `${text(row, 'place')} ${percent(row.weight as number, 0)}`).join(', ')}</p>}
    </>
  )
}

function Facts({answer}: {answer: ViewProps['answer']}) {
  const {t} = useTranslation()
  const held = answer.low === null ? '–' : `${figure(answer.low as number)} … ${figure(answer.high as number)}`
  const facts: Array<[string, string]> = [
    [t('measure.incremental'), figure(answer.incremental as number)], [t('measure.lift_share'), percent(answer.lift as number)], [t('measure.per_place_day'), figure(answer.per_place_and_day as number)],
    [t('measure.held_between'), held], ['p', figure(answer.p_value as number)], [t('measure.donors_follow'), percent(1 - Number(answer.scaled_imbalance), 0)], [t('measure.places'), number(answer.places as number)]]
  return <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}
