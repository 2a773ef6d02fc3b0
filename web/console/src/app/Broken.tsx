import {Button} from '@mantine/core'
import {useTranslation} from 'react-i18next'

// A page whose code failed, or whose files are gone because the server has a newer console.
export function Broken() {
  const {t} = useTranslation()
  return (
    <main className="state" role="alert">
      <strong>{t('state.broken')}</strong>
      <p>{t('state.broken_why')}</p>
      <Button onClick={() => location.reload()}>{t('state.reload')}</Button>
    </main>
  )
}
