// Addresses that are not to be reached whatever anybody allowed: how many, and a list to add or to lift.
import {Button, NativeSelect, Textarea, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {number} from '../ui/format'
import {Card} from '../ui/parts'
import {Failure, Loaded} from '../ui/states'
import {useSuppress, useSuppressed} from './queries'

const channels = ['email', 'sms', 'phone']
const kAddressesMax = 1_000
const linesOf = (text: string) => text.split(/[\n,;]/).map((line) => line.trim()).filter((line) => line !== '')

export function Suppressions() {
  const {t} = useTranslation()
  const suppressed = useSuppressed()
  return (
    <div className="stack">
      <Loaded query={suppressed} rows={2}>{(counts) => (
        <div className="figures">{Object.entries(counts).map(([channel, n]) => <div className="figure" key={channel}><b>{number(n)}</b><span>{t(`suppressed.${channel}` as never, {defaultValue: channel})}</span></div>)}</div>
      )}</Loaded>
      <div className="split"><Change /><Card title={t('suppressions.how_title')}><p className="note">{t('suppressions.how')}</p></Card></div>
    </div>
  )
}

function Change() {
  const {t} = useTranslation()
  const change = useSuppress()
  const [lifted, setLifted] = useState(false)
  const [list, setList] = useState('')
  const [channel, setChannel] = useState('email')
  const [text, setText] = useState('')
  const addresses = linesOf(text)
  const tooMany = addresses.length > kAddressesMax
  const submit = () => change.mutate({list, channel, addresses, lifted}, {onSuccess: () => setText('')})
  return (
    <Card title={t('suppressions.change')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
        <div className="row end">
          <NativeSelect label={t('suppressions.do')} value={lifted ? 'lift' : 'add'} data={[{value: 'add', label: t('suppressions.add')}, {value: 'lift', label: t('suppressions.lift')}]} onChange={(e) => setLifted(e.currentTarget.value === 'lift')} />
          <NativeSelect label={t('people.channel')} value={channel} data={channels.map((each) => ({value: each, label: t(`suppressed.${each}` as never) as string}))} onChange={(e) => setChannel(e.currentTarget.value)} />
          <TextInput className="grow" label={t('suppressions.list')} placeholder="bounce, do-not-call" value={list} required maxLength={100} onChange={(e) => setList(e.currentTarget.value)} />
        </div>
        <Textarea label={t('suppressions.addresses')} description={t('suppressions.addresses_how')} value={text} autosize minRows={4} maxRows={14} required autoComplete="off"
          error={tooMany ? t('suppressions.too_many', {n: number(kAddressesMax)}) : undefined} onChange={(e) => { setText(e.currentTarget.value); change.reset() }} />
        {change.error && <Failure small error={change.error} />}
        {change.data && <p role="status" className={change.data.invalid ? 'bad' : 'good'}>{change.data.addresses > 0 && t(change.data.lifted ? 'suppressions.lifted' : 'suppressions.added', {count: change.data.addresses, n: number(change.data.addresses)})}{change.data.invalid > 0 && ` ${t('suppressions.invalid', {count: change.data.invalid, n: number(change.data.invalid)})}`}</p>}
        <div><Button type="submit" color={lifted ? 'red' : undefined} disabled={addresses.length === 0 || tooMany} loading={change.isPending}>{t(lifted ? 'suppressions.lift_n' : 'suppressions.add_n', {n: number(addresses.length)})}</Button></div>
      </form>
    </Card>
  )
}
