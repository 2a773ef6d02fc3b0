import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {usePurpose} from '../../api/shop'
import {duration, number, percent} from '../../ui/format'
import type {ViewProps} from './index'

// A bar a step. A bar is also an audience: its rule makes one in a click.
export function Funnel({answer, asked}: ViewProps) {
  const {t} = useTranslation()
  const {purpose} = usePurpose()
  return (
    <ol className="funnel">
      {answer.rows.map((row) => (
        <li key={String(row.step)}>
          <div className="row apart">
            <strong className="clip">{String(row.step)}. {String(row.event)}</strong>
            <span className="num"><b>{number(row.persons as number)}</b> <span className="note">{percent(row.of_first as number)}</span></span>
          </div>
          <div className="track" aria-hidden="true"><i style={{width: `${100 * Number(row.of_first ?? 0)}%`}} /></div>
          <div className="row apart note">
            <span>{row.of_previous === null ? '' : t('measure.of_previous', {share: percent(row.of_previous as number)})}{row.median_seconds !== null && ` · ${t('measure.median', {time: duration(row.median_seconds as number)})}`}</span>
            {typeof row.rule === 'string' && (
              <Link className="link" to={`/audiences/new?rule=${encodeURIComponent(row.rule)}&purpose=${encodeURIComponent(asked.purpose ?? purpose)}`}>{t('measure.these_people')}</Link>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
