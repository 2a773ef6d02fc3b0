// What buyers are worth from now on: a point a tenth of them, by how likely they still are customers and
// what each is expected to bring. Who is worth much and about to go is the corner to look at.
import {Button} from '@mantine/core'
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useCallback} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../../api/client'
import type {Row} from '../../api/shapes'
import {useMay} from '../../api/session'
import {useBrand, usePurpose} from '../../api/shop'
import {Chart, type Ink} from '../../ui/Chart'
import {figure, moment, number, percent, short} from '../../ui/format'
import {Failure} from '../../ui/states'
import {PeopleLink} from '../People'
import type {Asked} from '../kinds'
import {heightOf} from './charts'
import type {ViewProps} from './index'

const each = (row: Row) => Number(row.expected_value) / Math.max(1, Number(row.buyers))

export function Value({answer, asked, tall}: ViewProps) {
  const {t} = useTranslation()
  const option = useCallback((ink: Ink) => {
    const most = Math.max(1, ...answer.rows.map((row) => Number(row.expected_value)))
    return {
      grid: {left: 12, right: 24, top: 34, bottom: 28, containLabel: true},
      tooltip: {trigger: 'item', formatter: (p: {data: {row: Row}}) => tipOf(p.data.row, t as never)},
      xAxis: {type: 'value', min: 0, max: 1, name: t('measure.alive'), nameLocation: 'middle', nameGap: 26, nameTextStyle: {color: ink.ink2}, axisLabel: {color: ink.ink2, formatter: (n: number) => percent(n, 0)}},
      yAxis: {type: 'value', name: t('measure.worth_each'), nameTextStyle: {color: ink.ink2, align: 'left'}, axisLabel: {color: ink.ink2, formatter: (n: number) => short(n)}},
      series: [{
        type: 'scatter', itemStyle: {color: ink.red, opacity: 0.75}, label: {show: true, formatter: (p: {data: {name: string}}) => p.data.name, color: ink.ink, position: 'top'}, labelLayout: {hideOverlap: true},
        data: answer.rows.map((row) => ({name: String(row.decile), row, value: [row.mean_p_alive, each(row)], symbolSize: 10 + 34 * Math.sqrt(Number(row.expected_value) / most)})),
      }],
    }
  }, [answer.rows, t])
  const buyers = answer.rows.reduce((sum, row) => sum + Number(row.buyers), 0)
  const mean = answer.rows.reduce((sum, row) => sum + Number(row.expected_value), 0) / Math.max(1, buyers)
  const facts: Array<[string, string]> = [[t('measure.buyers'), number(answer.buyers as number)], [t('measure.expected_purchases'), figure(answer.expected_purchases as number)],
    [t('measure.expected_value'), `${figure(answer.expected_value as number)} ${String(answer.currency ?? '')}`], [t('measure.worth_each'), figure(mean)]]
  return (
    <>
      <dl className="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <Chart option={option} height={heightOf(tall) - 60} label={t('kind.value.name')} />
      <p className="note">{t('measure.value_map')}</p>
      {tall && <AsTraits asked={asked} mean={mean} />}
    </>
  )
}

const tipOf = (row: Row, t: (key: string, values?: object) => string) => [
  t('measure.tenth', {n: row.decile}), `${t('measure.alive')}  ${percent(row.mean_p_alive as number)}`, `${t('measure.worth_each')}  ${figure(each(row))}`, `${t('measure.buyers')}  ${number(row.buyers as number)}`].join('\n')

// What is expected becomes a trait of each buyer; then rules can ask for it, and the corners are audiences.
function AsTraits({asked, mean}: {asked: Asked; mean: number}) {
  const {t} = useTranslation()
  const {purpose: chosen} = usePurpose()
  const {brand} = useBrand()
  const client = useQueryClient()
  const purpose = asked.purpose ?? chosen
  const mayWrite = useMay('POST models/value')
  const models = useQuery({queryKey: ['models', brand], queryFn: async ({signal}) => (await call('GET models', {query: {brand}, signal})).models ?? []})
  const write = useMutation({
    mutationFn: () => call('POST models/value', {body: {purpose, purchase: String(asked.args.purchase), ...(brand ? {brand} : {})}}),
    onSuccess: () => client.invalidateQueries({queryKey: ['models']}),
  })
  const run = models.data?.find(({kind, request}) => kind === 'value' && (request as {purpose?: string}).purpose === purpose)
  const worth = Number(mean.toFixed(2))
  return (
    <div className="stack small notpicture">
      {run && <ul className="row">
        <li><span className="pill warn">{t('measure.keep_them')}</span> <PeopleLink rule={`trait(p_alive) < 0.5 and trait(predicted_value) >= ${worth}`} asked={asked} label={t('measure.keep_them')} /></li>
        <li><span className="pill good">{t('measure.best_ones')}</span> <PeopleLink rule={`trait(p_alive) >= 0.5 and trait(predicted_value) >= ${worth}`} asked={asked} label={t('measure.best_ones')} /></li>
      </ul>}
      <p className="note">{run ? t('measure.written_at', {when: moment(String(run.fitted_at))}) : t('measure.not_written')}</p>
      {mayWrite && <div><Button variant="default" loading={write.isPending} onClick={() => write.mutate()}>{t('measure.write_traits')}</Button></div>}
      {write.error && <Failure small error={write.error} />}
    </div>
  )
}
