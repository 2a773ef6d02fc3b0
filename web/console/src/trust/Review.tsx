// Merges that look wrong, evidence that gave way, identifiers on too many people: the most suspicious
// first, each with its signs, to be looked at and, where it is wrong, separated.
import {useQuery} from '@tanstack/react-query'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import {Separate} from '../people/Separate'
import {useSaid} from '../texts/said'
import {moment, number, shortId} from '../ui/format'
import {Card, PersonLink} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {useTypeName} from '../ui/typeName'

interface Suspicious {
  kind: string; profile?: string; a: {id: string; type: string}; b?: {id: string; type: string}; at?: string; source?: string; record?: number
  seen?: number; halves?: number[]; signs: string[]
}

export function Review() {
  const {t} = useTranslation()
  const said = useSaid()
  const typeName = useTypeName()
  const enabled = useMay('GET identity/suspicious')
  const list = useQuery({queryKey: ['suspicious'], enabled, queryFn: async ({signal}) => (await call<{suspicious: Suspicious[]}>('GET identity/suspicious', {query: {limit: 50}, signal})).suspicious})
  const mayDecide = useMay('POST identity/decisions')
  if (!enabled) return null
  return (
    <Card title={t('trust.review')} flush>
      <Loaded query={list} rows={4}>{(rows) => rows.length === 0 ? <Empty small title={t('trust.no_review')} /> : (
        <div className="scroll"><table className="t">
          <thead><tr><th scope="col">{t('trust.between')}</th><th scope="col">{t('trust.signs')}</th><th scope="col">{t('people.source')}</th><th scope="col" className="n">{t('trust.halves')}</th><th scope="col"><span className="hidden">{t('separate.open')}</span></th></tr></thead>
          <tbody>{rows.map((row, i) => (
            <tr key={i}>
              <td>{row.profile ? <PersonLink id={row.profile}>{typeName(row.a.type)} – {row.b ? typeName(row.b.type) : ''}</PersonLink> : <>{typeName(row.a.type)} <code>{shortId(row.a.id)}</code></>}</td>
              <td><ul>{row.signs.map((sign) => <li key={sign}>{said(sign)}</li>)}</ul></td>
              <td className="note">{row.source}<div>{row.at && moment(row.at)}</div></td>
              <td className="n">{row.halves?.map((n) => number(n)).join(' + ')}</td>
              <td>{mayDecide && row.kind === 'merge' && row.b && <Separate cut={{action: 'withdraw', a: row.a.id, b: row.b.id}} named={(id) => shortId(id)} />}</td>
            </tr>
          ))}</tbody>
        </table></div>
      )}</Loaded>
    </Card>
  )
}
