import {useTranslation} from 'react-i18next'

// Who did something, as records keep it: the id of a token or account, or the person's own page.
export function Actor({id}: {id?: string}) {
  const {t} = useTranslation()
  return id === 'me' ? <strong>{t('corrections.themselves')}</strong> : <code>{id ?? t('staff.somebody')}</code>
}
