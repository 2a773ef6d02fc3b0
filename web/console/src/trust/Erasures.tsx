// Who was erased, by ids that name nobody any more, and how far each erasure is.
import {useQuery} from '@tanstack/react-query'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import {moment, number, shortId} from '../ui/format'
import {Card} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'

interface Erasure { id: string; at: string; state: string; profile: string; identifiers: number }

export function Erasures() {
  const {t, i18n} = useTranslation()
  const enabled = useMay('GET erasures')
  const list = useQuery({queryKey: ['erasures'], enabled, refetchInterval: 10_000, queryFn: async ({signal}) => (await call<{erasures: Erasure[]}>('GET erasures', {signal})).erasures})
  if (!enabled) return null
  return (
    <Card title={t('trust.erasures')} flush>
      <Loaded query={list} rows={3}>{(rows) => rows.length === 0 ? <Empty small title={t('trust.no_erasure')} /> : (
        <div className="scroll"><table className="t">
          <thead><tr><th scope="col">{t('people.time')}</th><th scope="col">{t('trust.receipt')}</th><th scope="col">{t('sources.state')}</th><th scope="col" className="n">{t('people.identifiers')}</th></tr></thead>
          <tbody>{rows.map((e) => (
            <tr key={e.id}><td className="nowrap">{moment(e.at)}</td><td><code>{shortId(e.id)}</code></td>
              <td><span className={`pill ${e.state === 'complete' ? 'good' : 'warn'}`}>{i18n.exists(`erasure.${e.state}`) ? t(`erasure.${e.state}` as never) : e.state}</span></td><td className="n">{number(e.identifiers)}</td></tr>
          ))}</tbody>
        </table></div>
      )}</Loaded>
    </Card>
  )
}
