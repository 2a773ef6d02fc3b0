import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {Tabs} from '../ui/Tabs'

// Groups of people by what is known of them, and offers by which people tell more.
export function AudienceTabs() {
  const {t} = useTranslation()
  const offers = useMay('GET offers')
  if (!offers) return null
  return <Tabs label={t('nav.audiences')} tabs={[{to: '/audiences', text: t('nav.audiences')}, {to: '/audiences/offers', text: t('offers.title')}]} />
}
