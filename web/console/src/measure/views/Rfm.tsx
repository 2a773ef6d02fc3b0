// Buyers by how lately and how often they bought; a cell's people are an audience in a click.
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import type {Row} from '../../api/shapes'
import {usePurpose} from '../../api/shop'
import {number, percent} from '../../ui/format'
import {ofThese, saysMore} from '../behind'
import type {ViewProps} from './index'

const scores = [1, 2, 3, 4, 5]

// The rule of who has these scores: between the cut of the score and that of the next one.
export function ruleOfCell(recency: number, frequency: number, cuts: Row[], event: string): string | null {
  const cut = (score: number, name: string) => cuts.find((row) => row.score === score)?.[name] ?? null
  const from = cut(frequency, 'purchases_from'), next = cut(frequency + 1, 'purchases_from')
  const since = cut(recency, 'last_purchase_from'), until = cut(recency + 1, 'last_purchase_from')
  if (from === null || since === null) return null
  const parts = [`count(${event}) >= ${Math.max(1, Number(from))}`]
  if (next !== null) parts.push(`count(${event}) < ${Number(next)}`)
  if (recency > 1) parts.push(`any(${event}, since ${String(since).slice(0, 10)})`)
  if (until !== null) parts.push(`not any(${event}, since ${String(until).slice(0, 10)})`)
  return parts.join(' and ')
}

export function Rfm({answer, asked}: ViewProps) {
  const {t} = useTranslation()
  const {purpose} = usePurpose()
  const cuts = (answer.cuts ?? []) as Row[]
  const cell = (recency: number, frequency: number) => {
    const rows = answer.rows.filter((row) => row.recency === recency && row.frequency === frequency)
    const buyers = rows.reduce((sum, row) => sum + Number(row.buyers), 0)
    const money = rows.reduce((sum, row) => sum + Number(row.buyers) * Number(row.monetary), 0)
    return {buyers, money: buyers ? money / buyers : 0}
  }
  const all = Number(answer.buyers) || 1
  const most = Math.max(1, ...scores.flatMap((r) => scores.map((f) => cell(r, f).buyers)))
  return (
    <div className="scroll">
      <table className="rfm">
        <caption className="note">{t('measure.rfm_how')}</caption>
        <thead><tr><td /><th colSpan={5} scope="colgroup">{t('measure.frequency')}</th></tr><tr><td />{scores.map((f) => <th key={f} scope="col">{f}</th>)}</tr></thead>
        <tbody>{[...scores].reverse().map((r) => (
          <tr key={r}><th scope="row">{t('measure.recency')} {r}</th>{scores.map((f) => {
            const {buyers, money} = cell(r, f)
            const rule = saysMore(asked) ? null : ofThese(asked, ruleOfCell(r, f, cuts, String(asked.args.purchase)))
            const inside = buyers === 0 ? <span className="note">0</span> : <><b className="num">{number(buyers)}</b><span>{percent(buyers / all)}</span><span>{t('measure.money', {score: number(money, 1)})}</span></>
            return (
              <td key={f} style={{background: `color-mix(in srgb, var(--red) ${Math.round((buyers / most) * 52)}%, var(--card))`}}>
                {buyers > 0 && rule ? <Link to={`/audiences/new?rule=${encodeURIComponent(rule)}&purpose=${encodeURIComponent(asked.purpose ?? purpose)}`}><span className="hidden">{t('measure.recency')} {r}, {t('measure.frequency')} {f}: </span>{inside}</Link> : <div>{inside}</div>}
              </td>
            )
          })}</tr>
        ))}</tbody>
      </table>
    </div>
  )
}
