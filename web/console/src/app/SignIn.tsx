import {Button, PasswordInput, TextInput} from '@mantine/core'
import {useQueryClient} from '@tanstack/react-query'
import {useState, type FormEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError, call} from '../api/client'
import {pasteToken} from '../api/token'
import iconUrl from '../ui/icon.svg'

export function SignIn() {
  const {t} = useTranslation()
  const [withToken, setWithToken] = useState(false)
  return (
    <main className="state" style={{minHeight: '100vh', alignContent: 'center'}}>
      <div className="card stack" style={{width: 'min(380px, 100%)', textAlign: 'left', padding: 24}}>
        <div className="row"><img src={iconUrl} width={26} height={26} alt="" /><h1>{t('sign_in.title')}</h1></div>
        {withToken ? <TokenForm /> : <AccountForm />}
        <button type="button" className="chip" onClick={() => setWithToken(!withToken)}>{t(withToken ? 'sign_in.by_account' : 'sign_in.by_token')}</button>
        <p className="note">{t(withToken ? 'sign_in.token_where' : 'sign_in.first')}</p>
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

function AccountForm() {
  const {t} = useTranslation()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const {submit, wrong, busy} = useAttempt(async () => { await call('POST session', {body: {name, password}}) })
  return (
    <form className="stack small" onSubmit={(event) => void submit(event)}>
      <TextInput size="sm" label={t('sign_in.name')} value={name} autoComplete="username" required autoFocus onChange={(e) => setName(e.currentTarget.value)} />
      <PasswordInput size="sm" label={t('sign_in.password')} value={password} autoComplete="current-password" required onChange={(e) => setPassword(e.currentTarget.value)} />
      {wrong && <p role="alert" className="bad">{wrong}</p>}
      <Button size="sm" type="submit" loading={busy}>{t('sign_in.do')}</Button>
    </form>
  )
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
