import {Button, NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {Source} from '../api/shapes'
import {usePurposes} from '../api/shop'
import {useSaid} from '../texts/said'
import {number} from '../ui/format'
import {allChannels, Card, Channel, Copy, Dialog} from '../ui/parts'
import {Empty, Failure, Loaded, Waiting} from '../ui/states'
import {useDisableSource, useMakeSource, useSources} from './queries'
import {snippets} from './snippets'

export function SourceList() {
  const {t} = useTranslation()
  const sources = useSources(5_000)
  const [shown, setShown] = useState<string | null>(null)
  return (
    <div className="split">
      <Card flush><Loaded query={sources} rows={6}>{(list) => list.length === 0 ? <Empty title={t('sources.none')}>{t('sources.none_how')}</Empty> : (
        <div className="scroll"><table className="t">
          <thead><tr><th scope="col">{t('sources.source')}</th><th scope="col">{t('people.channel')}</th><th scope="col">{t('sources.purpose')}</th>
            <th scope="col" className="n">{t('now.stored')}</th><th scope="col" className="n">{t('sources.robots')}</th><th scope="col" className="n">{t('now.quarantined')}</th><th scope="col"><span className="hidden">{t('sources.connect')}</span></th></tr></thead>
          <tbody>{list.map((s) => (
            <tr key={s.id}>
              <td><strong>{s.name}</strong> {!s.enabled && <span className="pill bad">{t('sources.off')}</span>}{s.strict && <span className="pill">{t('sources.strict')}</span>}<div className="note">{s.id}</div></td>
              <td><Channel name={s.channel} /></td><td>{s.purpose}<div className="note">{t(`basis.${s.basis}` as never)}</div></td>
              <td className="n">{number(s.stored)}</td><td className="n">{number(s.bots)}</td><td className="n">{number(s.quarantined)}</td>
              <td><button type="button" className="chip" onClick={() => setShown(s.id)}>{t('sources.connect')}</button></td>
            </tr>
          ))}</tbody>
        </table></div>
      )}</Loaded></Card>
      <NewSource />
      <Dialog open={shown !== null} onClose={() => setShown(null)} label={t('sources.connect')}>
        <Connect source={sources.data?.find(({id}) => id === shown)} onClose={() => setShown(null)} />
      </Dialog>
    </div>
  )
}

function Connect({source, onClose}: {source?: Source; onClose: () => void}) {
  const {t} = useTranslation()
  const [sdk, setSdk] = useState<keyof typeof snippets>('segment_browser')
  if (!source) return null
  const text = snippets[sdk](location.origin, source.write_key)
  return (
    <div className="inner wide">
      <h2>{source.name}</h2>
      <dl className="kv"><dt>{t('sources.write_key')}</dt><dd className="row tight"><code>{source.write_key}</code><Copy text={source.write_key} /></dd></dl>
      <div className="row tight" role="group" aria-label={t('sources.sdk')}>
        {(Object.keys(snippets) as Array<keyof typeof snippets>).map((name) => <button key={name} type="button" className="chip" aria-pressed={name === sdk} onClick={() => setSdk(name)}>{t(`sdk.${name}` as never)}</button>)}
      </div>
      <pre className="code">{text}</pre>
      <div className="row apart"><Copy text={text} label={t('sources.copy_snippet')} /><div className="row"><Disable source={source} onDone={onClose} /><Button variant="default" onClick={onClose}>{t('do.close')}</Button></div></div>
      <p className="note">{t('sources.key_note')}</p>
    </div>
  )
}

function Disable({source, onDone}: {source: Source; onDone: () => void}) {
  const {t} = useTranslation()
  const said = useSaid()
  const disable = useDisableSource()
  if (!source.enabled) return null
  if (!disable.data && !disable.error && !disable.isPending) return <button type="button" className="chip" onClick={() => disable.mutate({id: source.id, confirm: false})}>{t('sources.disable')}</button>
  if (disable.error) return <Failure small error={disable.error} />
  if (!disable.data) return <Waiting rows={1} />
  return <div className="stack small">{disable.data.follows.map((line) => <p className="note" key={line}>{said(line)}</p>)}
    <Button color="red" onClick={() => disable.mutate({id: source.id, confirm: true}, {onSuccess: onDone})}>{t('sources.disable')}</Button></div>
}

function NewSource() {
  const {t} = useTranslation()
  const {data: purposes = []} = usePurposes()
  const make = useMakeSource()
  const [name, setName] = useState('')
  const [channel, setChannel] = useState('web')
  const [purpose, setPurpose] = useState('measurement')
  return (
    <Card title={t('sources.new')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); make.mutate({name, channel, purpose}, {onSuccess: () => setName('')}) }}>
        <TextInput label={t('sources.name')} value={name} required maxLength={100} onChange={(e) => setName(e.currentTarget.value)} />
        <NativeSelect label={t('people.channel')} data={allChannels} value={channel} onChange={(e) => setChannel(e.currentTarget.value)} />
        <NativeSelect label={t('sources.purpose')} data={purposes.map((p) => p.name)} value={purpose} onChange={(e) => setPurpose(e.currentTarget.value)} />
        {make.error && <p className="bad" role="alert">{make.error.message}</p>}
        <Button type="submit" loading={make.isPending}>{t('sources.make')}</Button>
        <p className="note">{t('sources.purpose_how')}</p>
      </form>
    </Card>
  )
}
