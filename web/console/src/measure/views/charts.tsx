// Lines, bars and bands.
import {useCallback} from 'react'
import {useTranslation} from 'react-i18next'
import type {Row} from '../../api/shapes'
import {Chart, type Ink} from '../../ui/Chart'
import {day, duration, figure, hour, percent, short} from '../../ui/format'
import {allChannels} from '../../ui/parts'
import {behind, splitColumn} from '../behind'
import {useOpenPeople} from '../People'
import type {ViewProps} from './index'

const kSeriesMax = 8
export const heightOf = (tall: boolean) => (tall ? 420 : 230)
export const text = (row: Row, name: string) => String(row[name] ?? '–')
export const toneOf = (ink: Ink, name: string, i: number) => (allChannels.includes(name) ? ink.channel(name) : ink.series[i % ink.series.length]!)
const tip = (name: string, value: unknown) => `${name}  ${typeof value === 'number' ? figure(value) : '–'}`

interface Series { name: string; values: Map<string, number | null>; sum: number }

// The rows of a figure over time as series, the greatest first; what is past the eighth is left out.
function seriesOf(rows: Row[], by: string | undefined, value: string): Series[] {
  const found = new Map<string, Series>()
  for (const row of rows) {
    const name = by ? text(row, by) : ''
    const one = found.get(name) ?? {name, values: new Map(), sum: 0}
    const n = row[value]
    one.values.set(text(row, 'at'), typeof n === 'number' ? n : null)
    one.sum += typeof n === 'number' ? n : 0
    found.set(name, one)
  }
  return [...found.values()].sort((a, b) => b.sum - a.sum).slice(0, kSeriesMax)
}

export function Metric(props: ViewProps) {
  const {answer, asked} = props
  return answer.rows[0] && 'at' in answer.rows[0] ? <OverTime {...props} /> : asked.args.by ? <Ranked {...props} /> : <Single {...props} />
}

function Single({answer}: ViewProps) {
  const {t} = useTranslation()
  const row = answer.rows[0]!
  const change = typeof row.change === 'number' ? row.change : null
  return (
    <div className="single"><b>{figure(row.figure as number)}</b>
      {change !== null && <span className={`pill ${change >= 0 ? 'good' : 'bad'}`}>{change >= 0 ? '+' : ''}{percent(change)} {t('measure.than_before')}</span>}
      <p className="note">{t('measure.from_events', {events: figure(row.events as number), persons: figure(row.persons as number)})}</p></div>
  )
}

function OverTime({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const by = Object.keys(answer.rows[0]!).find((name) => !['at', 'figure', 'events', 'persons', 'figure_before', 'change'].includes(name))
  const compare = 'figure_before' in answer.rows[0]!
  const option = useCallback((ink: Ink) => {
    const series = seriesOf(answer.rows, by, 'figure')
    const before = compare && !by ? seriesOf(answer.rows, by, 'figure_before') : []
    const times = [...new Set(answer.rows.map((row) => text(row, 'at')))].sort()
    const line = (s: Series, i: number, past: boolean) => ({
      name: past ? t('measure.before') : s.name || String(answer.of ?? ''), type: times.length < 3 ? 'bar' : 'line', barMaxWidth: 36, showSymbol: false, symbolSize: 5, smooth: 0.15,
      lineStyle: {width: past ? 1.3 : 1.9, type: past ? 'dashed' : 'solid'}, color: past ? ink.ink3 : toneOf(ink, s.name, i),
      areaStyle: !past && series.length === 1 ? {opacity: 0.07} : undefined,
      data: times.map((at) => s.values.get(at) ?? (by ? 0 : null)),
    })
    const label = (at: string) => (asked.args.grain === 'hour' ? hour(at) : day(at))
    return {
      grid: {left: 4, right: 12, top: series.length > 1 || compare ? 34 : 12, bottom: 4, containLabel: true},
      legend: series.length > 1 || before.length ? {top: 0, left: 0, itemWidth: 12, itemHeight: 2, icon: 'rect', textStyle: {color: ink.ink2, fontSize: 11.5}} : undefined,
      tooltip: {trigger: 'axis', valueFormatter: (value: unknown) => (typeof value === 'number' ? figure(value) : '–')},
      xAxis: {type: 'category', data: times.map(label), boundaryGap: times.length < 3, splitLine: {show: false}},
      yAxis: {type: 'value', axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}},
      series: [...series.map((s, i) => line(s, i, false)), ...before.map((s, i) => line(s, i, true))],
    }
  }, [answer, asked.args.grain, by, compare, t])
  return <Chart option={option} height={heightOf(tall)} label={`${String(answer.of ?? '')} ${by ?? ''}`} />
}

function Ranked({answer, asked, tall}: ViewProps) {
  const by = splitColumn(answer.rows[0], Array.isArray(asked.args.by) ? asked.args.by[0]! : String(asked.args.by))
  const rows = answer.rows.slice(0, tall ? 24 : 9)
  const open = useOpenPeople(asked)
  const option = useCallback((ink: Ink) => ({
    grid: {left: 4, right: 56, top: 4, bottom: 4, containLabel: true},
    tooltip: {trigger: 'item', formatter: (p: {name: string; value: number}) => tip(p.name, p.value)},
    xAxis: {type: 'value', axisLabel: {show: false}, splitLine: {show: false}},
    yAxis: {type: 'category', inverse: true, data: rows.map((row) => text(row, by)), axisLine: {show: false}, axisLabel: {color: ink.ink, width: 150, overflow: 'truncate'}},
    series: [{
      type: 'bar', barMaxWidth: 16, itemStyle: {borderRadius: 3}, label: {show: true, position: 'right', color: ink.ink2, formatter: (p: {value: number}) => figure(p.value)},
      data: rows.map((row, i) => ({value: row.figure, itemStyle: {color: by === 'channel' ? toneOf(ink, text(row, by), i) : ink.red}})),
    }],
  }), [by, rows])
  return <Chart option={option} height={Math.max(90, rows.length * 24 + 10)} label={`${String(answer.of ?? '')} ${by}`}
    onPick={({name}) => { const row = rows.find((each) => text(each, by) === name); if (row) open(behind(asked, row, rows)) }} />
}

export function Attribution({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const by = splitColumn(answer.rows[0], String(asked.args.by))
  const open = useOpenPeople(asked)
  const option = useCallback((ink: Ink) => {
    const models = [...new Set(answer.rows.map((row) => text(row, 'model')))]
    const groups = [...Map.groupBy(answer.rows, (row) => text(row, by))]
      .map(([name, rows]) => ({name, rows, most: Math.max(...rows.map((row) => Number(row.conversions)))})).sort((a, b) => b.most - a.most).slice(0, 12)
    return {
      grid: {left: 4, right: 12, top: 34, bottom: 4, containLabel: true},
      legend: {top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: {color: ink.ink2, fontSize: 11.5}},
      tooltip: {trigger: 'axis', axisPointer: {type: 'shadow', shadowStyle: {color: ink.hover, opacity: 0.5}}, valueFormatter: (v: unknown) => figure(v as number)},
      xAxis: {type: 'category', data: groups.map(({name}) => name), splitLine: {show: false}},
      yAxis: {type: 'value', axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}},
      series: models.map((model, i) => ({
        name: t(`option.${model}` as never), type: 'bar', barGap: '8%', barMaxWidth: 18, itemStyle: {borderRadius: [3, 3, 0, 0]}, color: ink.series[i % ink.series.length],
        data: groups.map(({rows}) => rows.find((row) => row.model === model)?.conversions ?? 0),
      })),
    }
  }, [answer.rows, by, t])
  return (
    <>
      <p className="note">{t('measure.attributed', {conversions: figure(answer.conversions as number), without: figure(answer.conversions_without_touch as number)})}
        {typeof answer.median_touches === 'number' && ` ${t('measure.touches', {touches: figure(answer.median_touches), many: figure(answer.p90_touches as number), time: duration(86_400 * (answer.median_days_from_first as number)), long: duration(86_400 * (answer.p90_days_from_first as number))})}`}</p>
      <Chart option={option} height={heightOf(tall)} label={t('kind.attribution.name')}
        onPick={({name}) => open(answer.rows.filter((each) => text(each, by) === name).map((row) => behind(asked, row, answer.rows)).find(Boolean) ?? null)} />
    </>
  )
}

// What was expected runs inside a band that holds it nine times in ten.
export function Forecast({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const by = typeof asked.args.by === 'string' && asked.args.by ? splitColumn(answer.rows[0], asked.args.by) : undefined
  const option = useCallback((ink: Ink) => {
    const groups = [...Map.groupBy(answer.rows, (row) => (by ? text(row, by) : ''))].slice(0, 5)
    const days = [...new Set(answer.rows.map((row) => text(row, 'day')))].sort()
    const series = groups.flatMap(([name, rows], i) => {
      const at = new Map(rows.map((row) => [text(row, 'day'), row]))
      const of = (d: string, key: string) => Number(at.get(d)?.[key] ?? 0)
      const colour = toneOf(ink, name, i)
      const band = {type: 'line', stack: `band${i}`, showSymbol: false, silent: true, lineStyle: {opacity: 0}, tooltip: {show: false}}
      return [
        {...band, data: days.map((d) => of(d, 'low'))},
        {...band, areaStyle: {color: colour, opacity: 0.13}, data: days.map((d) => of(d, 'high') - of(d, 'low'))},
        {name: name || String(answer.of ?? ''), type: 'line', showSymbol: false, color: colour, lineStyle: {width: 2}, data: days.map((d) => of(d, 'expected'))},
      ]
    })
    return {
      grid: {left: 4, right: 12, top: by ? 34 : 12, bottom: 4, containLabel: true},
      legend: by ? {top: 0, left: 0, data: groups.map(([name]) => name), textStyle: {color: ink.ink2}} : undefined,
      tooltip: {trigger: 'axis', formatter: (points: Array<{axisValue: string; dataIndex: number}>) => forecastTip(answer.rows, by, days[points[0]?.dataIndex ?? 0] ?? '')},
      xAxis: {type: 'category', data: days.map((d) => day(d)), boundaryGap: false, splitLine: {show: false}},
      yAxis: {type: 'value', axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}}, series,
    }
  }, [answer, by])
  const models = (answer.models ?? []) as Row[]
  return (
    <>
      <Chart option={option} height={heightOf(tall)} label={t('kind.forecast.name')} />
      {models.map((m, i) => <p className="note" key={i}>{by ? `${text(m, by)}: ` : ''}{t('measure.model_check', {model: String(m.model), mase: figure(m.mase as number), naive: figure(m.naive_mase as number), coverage: percent(m.coverage as number, 0)})}</p>)}
    </>
  )
}

const forecastTip = (rows: Row[], by: string | undefined, at: string) =>
  [day(at), ...rows.filter((row) => row.day === at).map((row) => `${by ? `${text(row, by)}  ` : ''}${figure(row.expected as number)}  (${figure(row.low as number)} – ${figure(row.high as number)})`)].join('\n')
