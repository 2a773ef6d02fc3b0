// Whose data is restricted, since when and why; it is lifted on the person's page.
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {useRestricted} from '../people/asked'
import {moment} from '../ui/format'
import {Actor} from '../ui/Actor'
import {Card, PersonLink} from '../ui/parts'
import {Loaded} from '../ui/states'

export function Restricted() {
  const {t} = useTranslation()
  const restricted = useRestricted()
  if (!useMay('GET rights/restricted')) return null
  return (
    <Card title={t('requests.restricted')}>
      <Loaded query={restricted} rows={2} small>{({restricted: rows, more}) => rows.length === 0 ? <p className="note">{t('requests.none_restricted')}</p> : (
        <>
          <ul className="receipts">{rows.map((row) => (
            <li key={row.record}><div className="row apart"><PersonLink id={row.profile} /><time className="note" dateTime={row.since}>{moment(row.since)}</time></div>
              <p className="note"><Actor id={row.by} />{row.reason && `: ${row.reason}`}</p></li>
          ))}</ul>
          {more && <p className="note">{t('requests.more_restricted', {n: rows.length})}</p>}
        </>
      )}</Loaded>
    </Card>
  )
}
