import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {Page} from '../ui/parts'
import {Empty} from '../ui/states'

// An address that no page stands under.
export function Nowhere() {
  const {t} = useTranslation()
  return <Page title={t('state.nothing_here')}><Empty title={t('state.nothing_here')}>{t('state.nothing_here_why')} <Link className="link" to="/">Filrouge</Link></Empty></Page>
}
