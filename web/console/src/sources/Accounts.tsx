// Who may sign in by a name and a password, and with which role.
import {Button, NativeSelect, PasswordInput, TextInput} from '@mantine/core'
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import type {Schemas} from '../api/schema.gen'
import {kPasswordMin} from '../api/shapes'
import {day} from '../ui/format'
import {Card} from '../ui/parts'
import {BrandChoice, Brands, limitedTo} from '../ui/BrandChoice'
import {Empty, Loaded} from '../ui/states'

export const roles = ['staff', 'call_centre', 'analyst', 'marketer', 'privacy', 'admin']

function useAccounts() {
  const enabled = useMay('GET accounts')
  return useQuery({queryKey: ['accounts'], enabled, queryFn: async ({signal}) => (await call<{accounts: Array<Schemas['Account']>}>('GET accounts', {signal})).accounts})
}

function useChange<A>(change: (given: A) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => client.invalidateQueries({queryKey: ['accounts']})})
}

export function Accounts() {
  const {t} = useTranslation()
  const accounts = useAccounts()
  const remove = useChange((id: string) => call('DELETE accounts/{id}', {path: {id}}))
  const [sure, setSure] = useState<string | null>(null)
  return (
    <div className="split">
      <Card title={t('accounts.title')} flush>
        <Loaded query={accounts} rows={4}>{(list) => list.length === 0 ? <Empty title={t('accounts.none')}>{t('accounts.none_how')}</Empty> : (
          <div className="scroll"><table className="t">
            <thead><tr><th scope="col">{t('sources.name')}</th><th scope="col">{t('sources.role')}</th><th scope="col">{t('audiences.made')}</th><th scope="col"><span className="hidden">{t('accounts.remove')}</span></th></tr></thead>
            <tbody>{list.map((account) => (
              <tr key={account.id}><td><strong>{account.name}</strong> <Brands ids={account.brands} /></td><td><span className="pill">{t(`role.${account.role}` as never)}</span></td><td className="note">{day(account.created)}</td>
                <td>{sure === account.id ? <Button color="red" onClick={() => remove.mutate(account.id)}>{t('accounts.remove_sure')}</Button>
                  : <button type="button" className="chip" onClick={() => setSure(account.id)}>{t('accounts.remove')}</button>}</td></tr>
            ))}</tbody>
          </table></div>
        )}</Loaded>
        {remove.error && <p className="bad pad" role="alert">{remove.error.message}</p>}
      </Card>
      <NewAccount />
    </div>
  )
}

function NewAccount() {
  const {t} = useTranslation()
  const make = useChange((account: {name: string; role: 'analyst'; password: string; brands?: string[]}) => call('POST accounts', {body: account}))
  const [name, setName] = useState('')
  const [role, setRole] = useState('analyst')
  const [password, setPassword] = useState('')
  const [brands, setBrands] = useState<string[]>([])
  const submit = () => make.mutate({name, role: role as 'analyst', password, ...limitedTo(brands)}, {onSuccess: () => { setName(''); setPassword(''); setBrands([]) }})
  return (
    <Card title={t('accounts.new')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
        <TextInput label={t('accounts.name')} value={name} required maxLength={100} autoComplete="off" onChange={(e) => setName(e.currentTarget.value)} />
        <NativeSelect label={t('sources.role')} value={role} data={roles.map((each) => ({value: each, label: t(`role.${each}` as never) as string}))} onChange={(e) => setRole(e.currentTarget.value)} />
        <p className="note">{t(`role_means.${role}` as never)}</p>
        <BrandChoice value={brands} onChange={setBrands} />
        <PasswordInput label={t('sign_in.password')} value={password} required minLength={kPasswordMin} autoComplete="new-password" description={t('accounts.password_how', {n: kPasswordMin})} onChange={(e) => setPassword(e.currentTarget.value)} />
        {make.error && <p className="bad" role="alert">{make.error.message}</p>}
        {make.isSuccess && <p className="good" role="status">{t('accounts.made')}</p>}
        <Button type="submit" loading={make.isPending}>{t('accounts.make')}</Button>
        <p className="note">{t('accounts.again')}</p>
      </form>
    </Card>
  )
}
