import {useTranslation} from 'react-i18next'
import type {Answer, Cell, Row} from '../api/shapes'
import {useSaid} from '../texts/said'
import {figure} from '../ui/format'
import {behind} from './behind'
import {cellOf, EventsLink} from './Events'
import {PeopleLink} from './People'
import type {Asked} from './kinds'

const kRowsShown = 200

export function Table({answer, asked}: {answer: Answer; asked: Asked}) {
  const {t} = useTranslation()
  const said = useSaid()
  const rows = answer.rows
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== 'rule')
  const numeric = new Set(columns.filter((name) => rows.some((row) => typeof row[name] === 'number')))
  const rules = rows.slice(0, kRowsShown).map((row) => behind(asked, row, rows))
  const people = rules.some((rule) => rule !== null)
  const events = rows.length > 0 && cellOf(asked, rows[0]!) !== null
  return (
    <div className="scroll">
      <table className="t">
        <thead><tr>{columns.map((name) => <th key={name} scope="col" className={numeric.has(name) ? 'n' : ''}>{said(name, 'columns').replaceAll('_', ' ')}</th>)}{people && <th scope="col">{t('audiences.people')}</th>}{events && <th scope="col">{t('measure.events')}</th>}</tr></thead>
        <tbody>{rows.slice(0, kRowsShown).map((row, i) => (
          <tr key={i}>{columns.map((name) => <td key={name} className={numeric.has(name) ? 'n' : ''}>{cell(row[name])}</td>)}
            {people && <td>{rules[i] && <PeopleLink rule={rules[i]} asked={asked} label={labelOf(row, columns, numeric)} />}</td>}
            {events && <td><EventsLink asked={asked} row={row} label={labelOf(row, columns, numeric)} /></td>}</tr>
        ))}</tbody>
      </table>
      {rows.length > kRowsShown && <p className="note">{t('measure.cut', {shown: kRowsShown, all: rows.length})}</p>}
    </div>
  )
}

const cell = (value: Cell | undefined) => (typeof value === 'number' ? figure(value) : value === null || value === undefined ? '–' : String(value))
const labelOf = (row: Row, columns: string[], numeric: Set<string>) => columns.filter((name) => !numeric.has(name)).map((name) => cell(row[name])).join(', ')
