import {Button, PasswordInput} from '@mantine/core'
import {useQueryClient} from '@tanstack/react-query'
import {useState, type FormEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError, call, pasteToken} from '../api/client'
import iconUrl from '../ui/icon.svg'

export function SignIn() {
  const {t} = useTranslation()
  return (
    <main className="state" style={{minHeight: '100vh', alignContent: 'center'}}>
      <div className="card stack" style={{width: 'min(380px, 100%)', textAlign: 'left', padding: 24}}>
        <div className="row"><img src={iconUrl} width={26} height={26} alt="" /><h1>{t('sign_in.title')}</h1></div>
        <TokenForm />
        <p className="note">{t('sign_in.first')} {t('sign_in.token_where')}</p>
      </div>
    </main>
  )
}

function useAttempt(attempt: () => Promise<void>) {
  const {t} = useTranslation()
  const client = useQueryClient()
  const [wrong, setWrong] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await attempt()
      await client.resetQueries()
    } catch (error) {
      const known = error instanceof ApiError ? error : null
      setWrong(known?.status === 401 ? t('sign_in.refused') : known?.status === 429 ? t('sign_in.too_often') : known?.message ?? String(error))
    } finally {
      setBusy(false)
    }
  }
  return {submit, wrong, busy}
}

function TokenForm() {
  const {t} = useTranslation()
  const [token, setToken] = useState('')
  const {submit, wrong, busy} = useAttempt(async () => {
    pasteToken(token.trim())
    await call('GET session').catch((error: unknown) => { pasteToken(null); throw error })
  })
  return (
    <form className="stack small" onSubmit={(event) => void submit(event)}>
      <PasswordInput size="sm" label={t('sign_in.token')} value={token} autoComplete="off" required autoFocus onChange={(e) => setToken(e.currentTarget.value)} />
      {wrong && <p role="alert" className="bad">{wrong}</p>}
      <Button size="sm" type="submit" loading={busy}>{t('sign_in.do')}</Button>
    </form>
  )
}
