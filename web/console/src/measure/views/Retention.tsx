import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {day, number, percent} from '../../ui/format'
import type {Row} from '../../api/shapes'
import {usePurpose} from '../../api/shop'
import {behind} from '../behind'
import type {Asked} from '../kinds'
import type {ViewProps} from './index'

// A row a cohort, a column a later period; the darker a cell, the more came back.
export function Retention({answer, asked}: ViewProps) {
  const {t} = useTranslation()
  const cohorts = [...Map.groupBy(answer.rows, (row) => String(row.cohort))]
  const columns = Math.max(...answer.rows.map((row) => Number(row.later))) + 1
  const most = Math.max(0.0001, ...answer.rows.filter((row) => Number(row.later) > 0).map((row) => Number(row.share)))
  return (
    <div className="scroll">
      <table className="t heat">
        <thead><tr><th scope="col">{t('measure.cohort')}</th><th scope="col" className="n">{t('audiences.people')}</th>
          {Array.from({length: columns}, (_, i) => <th key={i} scope="col" className="n">{i}</th>)}</tr></thead>
        <tbody>{cohorts.map(([cohort, rows]) => (
          <tr key={cohort}>
            <th scope="row">{day(cohort)}</th><td className="n">{number(rows[0]!.persons as number)}</td>
            {Array.from({length: columns}, (_, i) => {
              const row = rows.find((each) => Number(each.later) === i)
              const strength = row ? Math.min(1, Number(row.share) / most) : 0
              return <td key={i} className="n cell" title={row ? number(row.returned as number) : undefined}
                style={row ? {background: `color-mix(in srgb, var(--red) ${Math.round((i === 0 ? 0.12 : strength * 0.62) * 100)}%, var(--card))`} : undefined}>
                {row && <Share row={row} asked={asked} rows={answer.rows} />}</td>
            })}
          </tr>
        ))}</tbody>
      </table>
    </div>
  )
}

// A cell's people: who began then and came back in that later period.
function Share({row, asked, rows}: {row: Row; asked: Asked; rows: Row[]}) {
  const {purpose} = usePurpose()
  const rule = behind(asked, row, rows)
  const share = percent(row.share as number, 0)
  return rule ? <Link to={`/audiences/new?rule=${encodeURIComponent(rule)}&purpose=${encodeURIComponent(asked.purpose ?? purpose)}`}>{share}</Link> : share
}
