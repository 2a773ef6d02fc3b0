// Who one is here, one's own password, and one's own tokens for programs: made, shown once, seen in use, revoked.
import {Button, NativeSelect, NumberInput, TextInput} from '@mantine/core'
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import type {Schemas} from '../api/schema.gen'
import {useMay, useSession} from '../api/session'
import type {Role} from '../api/shapes'
import {day} from '../ui/format'
import {BrandChoice, Brands, limitedTo} from '../ui/BrandChoice'
import {Card, Copy, Page} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {OwnPassword} from './OwnPassword'
import {Sessions} from './Sessions'

const kDaysUsual = 90
const kDaysMax = 365
const roles: Role[] = ['staff', 'call_centre', 'analyst', 'marketer', 'privacy', 'admin']

function useTokens() {
  const enabled = useMay('GET session/tokens')
  return useQuery({queryKey: ['own-tokens'], enabled, queryFn: async ({signal}) => (await call('GET session/tokens', {signal})).tokens})
}

function useChange<A, B>(change: (given: A) => Promise<B>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => client.invalidateQueries({queryKey: ['own-tokens']})})
}

export function AccountPage() {
  const {t} = useTranslation()
  const {data: session} = useSession()
  const tokens = useTokens()
  if (!session) return null
  return (
    <Page title={session.name ?? t('account.title')} lead={<><span className="pill">{t(`role.${session.role}`)}</span> <Brands ids={session.brands} /> {t(`role_means.${session.role}`)}</>}>
      <div className="split">
        <Card title={t('account.tokens')} flush>
          <Loaded query={tokens} rows={3}>{(list) => list.length === 0 ? <Empty title={t('account.none')}>{t('account.none_how')}</Empty> : <Tokens tokens={list} />}</Loaded>
        </Card>
        <div className="stack">
          <Card title={t('account.new')}>{session.signed_in_by === 'session' ? <NewToken role={session.role} /> : <p className="note">{t('account.by_token')}</p>}</Card>
          {session.signed_in_by === 'session' && session.name && <OwnPassword name={session.name} />}
          <Sessions />
        </div>
      </div>
    </Page>
  )
}

function Tokens({tokens}: {tokens: Array<Schemas['Token']>}) {
  const {t} = useTranslation()
  const revoke = useChange((id: string) => call('DELETE session/tokens/{id}', {path: {id}}))
  const [sure, setSure] = useState<string | null>(null)
  return (
    <>
      <div className="scroll"><table className="t">
        <thead><tr><th scope="col">{t('sources.name')}</th><th scope="col">{t('sources.role')}</th><th scope="col">{t('account.used')}</th><th scope="col">{t('account.expires')}</th><th scope="col"><span className="hidden">{t('sources.revoke')}</span></th></tr></thead>
        <tbody>{tokens.map((token) => (
          <tr key={token.id}><td><strong>{token.name}</strong> <code className="note">{token.id}</code> <Brands ids={token.brands} /></td><td><span className="pill">{t(`role.${token.role}` as never)}</span></td>
            <td className="note nowrap">{token.last_used ? day(token.last_used) : t('account.never')}</td><td className="note nowrap">{token.expires ? day(token.expires) : t('retention.for_ever')} {token.ended && <span className="pill bad">{t(`ended.${token.ended}`)}</span>}</td>
            <td>{sure === token.id ? <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate(token.id)}>{t('sources.revoke_sure')}</Button>
              : <button type="button" className="chip" onClick={() => setSure(token.id)}>{t('sources.revoke')}</button>}</td></tr>
        ))}</tbody>
      </table></div>
      {revoke.error && <Failure small error={revoke.error} />}
    </>
  )
}

function NewToken({role: own}: {role: Role}) {
  const {t} = useTranslation()
  const make = useChange((token: {name: string; role: Role; days: number; brands?: string[]}) => call('POST session/tokens', {body: token}))
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>(own)
  const [days, setDays] = useState<number>(kDaysUsual)
  const [brands, setBrands] = useState<string[]>([])
  // An admin's may have any role; anybody else's has their own.
  const choices = own === 'admin' ? roles : [own]
  return (
    <form className="stack small" onSubmit={(event) => { event.preventDefault(); make.mutate({name: name.trim(), role, days, ...limitedTo(brands)}, {onSuccess: () => { setName(''); setBrands([]) }}) }}>
      <TextInput label={t('sources.name')} placeholder={t('account.name_how')} value={name} required maxLength={100} autoComplete="off" onChange={(e) => setName(e.currentTarget.value)} />
      {choices.length > 1 && <NativeSelect label={t('sources.role')} value={role} data={choices.map((each) => ({value: each, label: t(`role.${each}`) as string}))} onChange={(e) => setRole(e.currentTarget.value as Role)} />}
      <NumberInput label={t('account.days')} value={days} min={1} max={kDaysMax} clampBehavior="strict" allowDecimal={false} onChange={(value) => setDays(Number(value) || 1)} />
      <BrandChoice value={brands} onChange={setBrands} />
      {make.error && <Failure small error={make.error} />}
      <Button type="submit" loading={make.isPending} disabled={!name.trim()}>{t('sources.make_token')}</Button>
      {make.data && <div className="stack small" role="status"><p className="note">{t('sources.token_once')}</p><pre className="code">{make.data.token}</pre><div><Copy text={make.data.token} /></div></div>}
      <p className="note">{t('account.means')}</p>
    </form>
  )
}
