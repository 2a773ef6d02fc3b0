// What is owed to customers, and what shows that it is done: a part for each, for whom the role lets in.
import {useTranslation} from 'react-i18next'
import {useParams} from 'react-router'
import type {RouteName} from '../api/schema.gen'
import {mayCall} from '../api/client'
import {useSession} from '../api/session'
import {Page} from '../ui/parts'
import {NoRight} from '../ui/states'
import {Tabs} from '../ui/Tabs'
import {Audit} from './Audit'
import {Erasures} from './Erasures'
import {IdentityPart} from './IdentityPart'
import {Matching} from './Matching'
import {Proofs} from './Proofs'
import {Purposes} from './Purposes'
import {Requests} from './Requests'
import {Retention} from './Retention'
import {Suppressions} from './Suppressions'
import './trust.css'

export const parts: Array<{part: string; needs: RouteName; view: () => React.JSX.Element | null}> = [
  {part: 'purposes', needs: 'GET purposes', view: Purposes},
  {part: 'requests', needs: 'GET rights/requests', view: Requests},
  {part: 'retention', needs: 'GET rights/retention', view: Retention},
  {part: 'proofs', needs: 'GET consents/verify', view: Proofs},
  {part: 'suppressions', needs: 'GET suppressions', view: Suppressions},
  {part: 'identity', needs: 'GET identity/suspicious', view: IdentityPart},
  {part: 'matching', needs: 'GET matching/review', view: Matching},
  {part: 'audit', needs: 'GET audit', view: Audit},
  {part: 'erasures', needs: 'GET erasures', view: Erasures},
]

export function TrustPage() {
  const {t} = useTranslation()
  const {data: session} = useSession()
  const {part = 'purposes'} = useParams()
  const allowed = parts.filter(({needs}) => mayCall(session, needs))
  const asked = parts.find((each) => each.part === part)
  const View = asked && allowed.includes(asked) ? asked.view : null
  return (
    <Page title={t('nav.trust')} lead={t('trust.lead')}>
      <Tabs label={t('nav.trust')} tabs={allowed.map((each) => ({to: each.part === 'purposes' ? '/trust' : `/trust/${each.part}`, text: t(`trust_part.${each.part}` as never)}))} />
      {View ? <View /> : <NoRight needs={asked?.needs} />}
    </Page>
  )
}
