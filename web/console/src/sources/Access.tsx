import {Button, NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {day} from '../ui/format'
import {Card, Copy} from '../ui/parts'
import {BrandChoice, Brands, limitedTo} from '../ui/BrandChoice'
import {Loaded} from '../ui/states'
import {roles} from './Accounts'
import {useMakeToken, useRevokeToken, useTokens} from './queries'

// Who may do what: tokens for programs and people, each with a role.
export function Access() {
  const {t} = useTranslation()
  const tokens = useTokens()
  const revoke = useRevokeToken()
  const [sure, setSure] = useState<string | null>(null)
  return (
    <div className="split">
      <Card title={t('sources.tokens')} flush>
        <Loaded query={tokens} rows={4}>{(list) => (
          <div className="scroll"><table className="t">
            <thead><tr><th scope="col">{t('sources.name')}</th><th scope="col">{t('sources.role')}</th><th scope="col">{t('audiences.made')}</th><th scope="col">{t('account.used')}</th><th scope="col"><span className="hidden">{t('sources.revoke')}</span></th></tr></thead>
            <tbody>{list.map((token) => (
              <tr key={token.id}><td><strong>{token.name}</strong> <code className="note">{token.id}</code> <Brands ids={token.brands} /> {token.account_name && <span className="pill">{token.account_name}</span>} {token.ended && <span className="pill bad">{t(`ended.${token.ended}`)}</span>}</td><td><span className="pill">{t(`role.${token.role}` as never)}</span></td><td className="note">{day(token.created)}</td><td className="note">{token.last_used ? day(token.last_used) : t('account.never')}</td>
                <td>{sure === token.id ? <Button color="red" onClick={() => revoke.mutate(token.id)}>{t('sources.revoke_sure')}</Button>
                  : <button type="button" className="chip" onClick={() => setSure(token.id)}>{t('sources.revoke')}</button>}</td></tr>
            ))}</tbody>
          </table></div>
        )}</Loaded>
        {revoke.error && <p className="bad pad" role="alert">{revoke.error.message}</p>}
      </Card>
      <NewToken />
    </div>
  )
}

function NewToken() {
  const {t} = useTranslation()
  const make = useMakeToken()
  const [name, setName] = useState('')
  const [role, setRole] = useState('analyst')
  const [brands, setBrands] = useState<string[]>([])
  return (
    <Card title={t('sources.new_token')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); make.mutate({name, role, ...limitedTo(brands)}, {onSuccess: () => { setName(''); setBrands([]) }}) }}>
        <TextInput label={t('sources.name')} value={name} required maxLength={100} onChange={(e) => setName(e.currentTarget.value)} />
        <NativeSelect label={t('sources.role')} value={role} data={roles.map((each) => ({value: each, label: t(`role.${each}` as never) as string}))} onChange={(e) => setRole(e.currentTarget.value)} />
        <p className="note">{t(`role_means.${role}` as never)}</p>
        <BrandChoice value={brands} onChange={setBrands} />
        {make.error && <p className="bad" role="alert">{make.error.message}</p>}
        <Button type="submit" loading={make.isPending}>{t('sources.make_token')}</Button>
        {make.data && <div className="stack small" role="status"><p className="note">{t('sources.token_once')}</p><pre className="code">{make.data.token}</pre><Copy text={make.data.token} /></div>}
      </form>
    </Card>
  )
}
