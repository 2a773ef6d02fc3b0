// One's own password: changed by whoever knows the present one. Every other browser is signed out by it.
import {Button, PasswordInput} from '@mantine/core'
import {useMutation, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {kPasswordMin} from '../api/shapes'
import {Card} from '../ui/parts'
import {Failure} from '../ui/states'

export function OwnPassword({name}: {name: string}) {
  const {t} = useTranslation()
  const client = useQueryClient()
  const [present, setPresent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: (given: {present: string; password: string}) => call('POST session/password', {body: given}),
    onSuccess: () => { setPresent(''); setPassword(''); void client.invalidateQueries({queryKey: ['sessions']}) },
  })
  return (
    <Card title={t('account.password')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); change.mutate({present, password}) }}>
        {/* For who keeps passwords: whose it is. */}
        <input type="text" className="hidden" name="username" autoComplete="username" value={name} readOnly tabIndex={-1} aria-hidden="true" />
        <PasswordInput label={t('account.present')} value={present} required autoComplete="current-password" onChange={(e) => setPresent(e.currentTarget.value)} />
        <PasswordInput label={t('account.wanted')} value={password} required minLength={kPasswordMin} autoComplete="new-password" description={t('accounts.password_how', {n: kPasswordMin})} onChange={(e) => setPassword(e.currentTarget.value)} />
        {change.error && <Failure small error={change.error} />}
        {change.isSuccess && <p className="good" role="status">{t('account.changed')}</p>}
        <Button type="submit" loading={change.isPending}>{t('account.change')}</Button>
        <p className="note">{t('account.change_means')}</p>
      </form>
    </Card>
  )
}
