// Purposes and what rests on them. Requests, proofs, audit and matching get their parts here.
import {useTranslation} from 'react-i18next'
import {usePurposes} from '../api/shop'
import {useConsentMix} from '../now/queries'
import {number, percent} from '../ui/format'
import {Decisions} from './Decisions'
import {Erasures} from './Erasures'
import {IdentityRules} from './IdentityRules'
import {Review} from './Review'
import {Card, Meter, Page} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import './trust.css'

export function TrustPage() {
  const {t} = useTranslation()
  const purposes = usePurposes()
  const mix = useConsentMix()
  return (
    <Page title={t('nav.trust')} lead={t('trust.lead')}>
      <div className="stack">
      <Card title={t('trust.purposes')} flush>
        <Loaded query={purposes} rows={8}>{(list) => list.length === 0 ? <Empty title={t('trust.no_purpose')} /> : (
          <div className="scroll"><table className="t">
            <thead><tr><th scope="col">{t('trust.purpose')}</th><th scope="col">{t('trust.basis')}</th><th scope="col">{t('trust.allow')}</th><th scope="col">{t('trust.used_by')}</th><th scope="col">{t('trust.categories')}</th></tr></thead>
            <tbody>{list.map((p) => {
              const row = mix.data?.find(({name}) => name === p.name)
              return (
                <tr key={p.name}><td><strong>{p.name}</strong> {p.gpc_denies && <span className="pill" title={t('trust.gpc_why')}>{t('trust.gpc')}</span>}</td><td>{t(`basis.${p.basis}` as never)}</td>
                  <td>{row ? <><span className="num">{percent(row.persons ? row.allowed / row.persons : 0)}</span> <span className="note num">{number(row.allowed)}</span><Meter share={row.persons ? row.allowed / row.persons : 0} tone="var(--good)" /></> : <span className="note">–</span>}</td>
                  <td>{p.used_by.audiences.length + p.used_by.sources.length === 0 ? <span className="note">{t('trust.nothing')}</span> : <span className="note">{t('trust.used', {audiences: p.used_by.audiences.length, sources: p.used_by.sources.length})}</span>}</td>
                  <td className="note">{p.categories.join(', ')}</td></tr>
              )
            })}</tbody>
          </table></div>
        )}</Loaded>
      </Card>
      <Review />
      <IdentityRules />
      <Decisions />
      <Erasures />
      </div>
    </Page>
  )
}
