import {useTranslation} from 'react-i18next'
import {useParams} from 'react-router'
import type {RouteName} from '../api/schema.gen'
import {mayCall} from '../api/client'
import {useSession} from '../api/session'
import {Page} from '../ui/parts'
import {NoRight} from '../ui/states'
import {Tabs} from '../ui/Tabs'
import {Access} from './Access'
import {Accounts} from './Accounts'
import {EventsPart} from './EventsPart'
import {ImportPart} from './ImportPart'
import {QuarantinePart} from './QuarantinePart'
import {SourceList} from './SourceList'
import './sources.css'

const parts: Array<{part: string; needs: RouteName; view: () => React.JSX.Element}> = [
  {part: 'list', needs: 'GET sources', view: SourceList},
  {part: 'events', needs: 'GET events', view: EventsPart},
  {part: 'quarantine', needs: 'GET quarantine', view: QuarantinePart},
  {part: 'import', needs: 'GET sources', view: ImportPart},
  {part: 'accounts', needs: 'GET accounts', view: Accounts},
  {part: 'access', needs: 'GET tokens', view: Access},
]

export function SourcesPage() {
  const {t} = useTranslation()
  const {data: session} = useSession()
  const {part} = useParams()
  const allowed = parts.filter(({needs}) => mayCall(session, needs))
  const shown = part ? parts.find((each) => each.part === part) : allowed[0]
  const View = shown && allowed.includes(shown) ? shown.view : null
  return (
    <Page title={t('nav.sources')} lead={t('sources.lead')}>
      <Tabs label={t('nav.sources')} tabs={allowed.map((each, i) => ({to: i === 0 ? '/sources' : `/sources/${each.part}`, text: t(`sources.${each.part}` as never)}))} />
      {View ? <View /> : <NoRight needs={shown?.needs} />}
    </Page>
  )
}
