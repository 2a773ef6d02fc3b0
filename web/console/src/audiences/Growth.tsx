// How an audience grew: its size at the end of each day, and who entered and left on it.
import {NativeSelect} from '@mantine/core'
import {useCallback, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Chart, type Ink} from '../ui/Chart'
import {downloadCsv} from '../ui/csv'
import {day as dayOf, number} from '../ui/format'
import {Card, Tool} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {useGrowth, type GrowthDay} from './queries'

const kDays = [30, 90, 365, 750]
const kHeight = 240

export function Growth({id}: {id: string}) {
  const {t} = useTranslation()
  const [days, setDays] = useState(90)
  const [asTable, setAsTable] = useState(false)
  const growth = useGrowth(id, days)
  const list = growth.data?.days ?? []
  const csv = () => downloadCsv('growth', list.map(({day, size, entered, left}) => ({day, size, entered, left})))
  return (
    <Card title={t('growth.title')} actions={<>
      <NativeSelect aria-label={t('growth.last')} value={String(days)} data={kDays.map((each) => ({value: String(each), label: t('growth.days', {n: number(each)})}))} onChange={(e) => setDays(Number(e.currentTarget.value))} />
      <Tool icon="table" label={t('measure.as_table')} pressed={asTable} onClick={() => setAsTable(!asTable)} />
      <Tool icon="download" label={t('measure.csv')} onClick={csv} disabled={list.length === 0} />
    </>}>
      <Loaded query={growth} rows={5} small>{(data) => data.days.length < 2 ? <Empty small title={t('growth.soon')}>{t('growth.soon_how')}</Empty>
        : <>{asTable ? <Table days={data.days} /> : <Picture days={data.days} />}<p className="note">{t('growth.means', {zone: data.time_zone})}</p></>}</Loaded>
    </Card>
  )
}

function Picture({days}: {days: GrowthDay[]}) {
  const {t} = useTranslation()
  const option = useCallback((ink: Ink) => ({
    grid: [{left: 52, right: 12, top: 28, height: 112}, {left: 52, right: 12, top: 156, height: 52}],
    axisPointer: {link: [{xAxisIndex: 'all'}]},
    legend: {top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: {color: ink.ink2, fontSize: 11.5}},
    tooltip: {trigger: 'axis'},
    xAxis: [0, 1].map((gridIndex) => ({gridIndex, type: 'category', data: days.map(({day}) => dayOf(day)), ...(gridIndex === 0 && {axisLabel: {show: false}})})),
    yAxis: [0, 1].map((gridIndex) => ({gridIndex, type: 'value', minInterval: 1, splitNumber: gridIndex === 0 ? 4 : 2})),
    series: [
      {name: t('growth.size'), type: 'line', showSymbol: days.length < 15, symbolSize: 5, color: ink.blue, lineStyle: {width: 1.9}, data: days.map(({size}) => size)},
      {name: t('audiences.entered'), type: 'bar', stack: 'moves', xAxisIndex: 1, yAxisIndex: 1, barMaxWidth: 12, color: ink.good, data: days.map(({entered}) => entered)},
      {name: t('audiences.left'), type: 'bar', stack: 'moves', xAxisIndex: 1, yAxisIndex: 1, barMaxWidth: 12, color: ink.red, data: days.map(({left}) => (left === null ? null : -left))},
    ],
  }), [days, t])
  return <Chart option={option} height={kHeight} label={t('growth.title')} />
}

function Table({days}: {days: GrowthDay[]}) {
  const {t} = useTranslation()
  return (
    <div className="scroll tallest" tabIndex={0} role="region" aria-label={t('growth.title')}><table className="t">
      <thead><tr><th scope="col">{t('growth.day')}</th><th scope="col" className="n">{t('growth.size')}</th><th scope="col" className="n">{t('audiences.entered')}</th><th scope="col" className="n">{t('audiences.left')}</th></tr></thead>
      <tbody>{days.toReversed().map((each) => (
        <tr key={each.day}><td>{dayOf(each.day)} {each.so_far && <span className="pill">{t('growth.so_far')}</span>} {each.began && <span className="pill blue">{t('growth.began')}</span>}</td>
          <td className="n">{number(each.size)}</td><td className="n">{number(each.entered)}</td><td className="n">{number(each.left)}</td></tr>
      ))}</tbody>
    </table></div>
  )
}
