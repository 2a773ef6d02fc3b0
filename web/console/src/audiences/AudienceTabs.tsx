import {useTranslation} from 'react-i18next'
import {NavLink} from 'react-router'
import {useMay} from '../api/session'

// Groups of people by what is known of them, and offers by which people tell more.
export function AudienceTabs() {
  const {t} = useTranslation()
  const offers = useMay('GET offers')
  if (!offers) return null
  return (
    <nav className="tabs" aria-label={t('nav.audiences')}>
      <NavLink to="/audiences" end>{t('nav.audiences')}</NavLink>
      <NavLink to="/audiences/offers">{t('offers.title')}</NavLink>
    </nav>
  )
}
