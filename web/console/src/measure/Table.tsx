import {useTranslation} from 'react-i18next'
import type {Cell, Row} from '../api/shapes'
import {figure} from '../ui/format'

const kRowsShown = 200

export function Table({rows}: {rows: Row[]}) {
  const {t} = useTranslation()
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const numeric = new Set(columns.filter((name) => rows.some((row) => typeof row[name] === 'number')))
  return (
    <div className="scroll">
      <table className="t">
        <thead><tr>{columns.map((name) => <th key={name} scope="col" className={numeric.has(name) ? 'n' : ''}>{name.replaceAll('_', ' ')}</th>)}</tr></thead>
        <tbody>{rows.slice(0, kRowsShown).map((row, i) => (
          <tr key={i}>{columns.map((name) => <td key={name} className={numeric.has(name) ? 'n' : ''}>{cell(row[name])}</td>)}</tr>
        ))}</tbody>
      </table>
      {rows.length > kRowsShown && <p className="note">{t('measure.cut', {shown: kRowsShown, all: rows.length})}</p>}
    </div>
  )
}

const cell = (value: Cell | undefined) => (typeof value === 'number' ? figure(value) : value === null || value === undefined ? '–' : String(value))
