// What was decided about who is one person, the newest first; what was withdrawn can be put back.
import {useQuery} from '@tanstack/react-query'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import {Separate} from '../people/Separate'
import {Actor} from '../ui/Actor'
import {moment, shortId} from '../ui/format'
import {Card, PersonLink} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {useTypeName} from '../ui/typeName'

interface End { id: string; type: string; person: string }
interface Decision { record: number; at: string; action: 'withdraw' | 'restore' | 'block' | 'unblock'; a: End; b?: End; by?: string; reason?: string }

export function Decisions() {
  const {t} = useTranslation()
  const typeName = useTypeName()
  const enabled = useMay('GET identity/decisions')
  const decisions = useQuery({queryKey: ['decisions'], enabled, queryFn: async ({signal}) => (await call<{decisions: Decision[]}>('GET identity/decisions', {query: {limit: 100}, signal})).decisions})
  if (!enabled) return null
  return (
    <Card title={t('trust.decisions')} flush>
      <Loaded query={decisions} rows={3}>{(list) => list.length === 0 ? <Empty small title={t('trust.no_decision')}>{t('trust.no_decision_how')}</Empty> : (
        <div className="scroll"><table className="t">
          <thead><tr><th scope="col">{t('people.time')}</th><th scope="col">{t('trust.action')}</th><th scope="col">{t('trust.between')}</th><th scope="col">{t('separate.reason')}</th><th scope="col"><span className="hidden">{t('separate.restore')}</span></th></tr></thead>
          <tbody>{list.map((d) => (
            <tr key={d.record}><td className="nowrap">{moment(d.at)}</td><td><span className="pill">{t(`decision.${d.action}` as never)}</span></td>
              <td>{[d.a, d.b].filter((end) => end !== undefined).map((end) => <div key={end.id}><span className="note">{typeName(end.type)}</span> <PersonLink id={end.person}><code>{shortId(end.id)}</code></PersonLink></div>)}</td>
              <td>{d.reason}<div className="note"><Actor id={d.by} /></div></td>
              <td>{d.action === 'withdraw' && d.b && <Separate cut={{action: 'restore', a: d.a.id, b: d.b.id}} named={(id) => shortId(id)} />}</td></tr>
          ))}</tbody>
        </table></div>
      )}</Loaded>
    </Card>
  )
}
