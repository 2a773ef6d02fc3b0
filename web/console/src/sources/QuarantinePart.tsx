import {Button, Textarea} from '@mantine/core'
import {useMemo, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useSaid} from '../texts/said'
import {moment, number} from '../ui/format'
import {Card} from '../ui/parts'
import {Empty, Failure, Loaded, Waiting} from '../ui/states'
import {indented, isJson} from './json'
import {useDiscard, useQuarantine, useQuarantined, useReplay} from './queries'

export function QuarantinePart() {
  const {t} = useTranslation()
  const [reason, setReason] = useState('')
  const [chosen, setChosen] = useState<number | null>(null)
  const list = useQuarantine(reason)
  return (
    <div className="split">
      <Card title={t('sources.quarantine')} flush>
        <Loaded query={list} rows={6}>{({events, open}) => (
          <>
            <div className="row tight pad">{Object.entries(open).map(([code, n]) => (
              <button key={code} type="button" className="chip" aria-pressed={reason === code} onClick={() => setReason(reason === code ? '' : code)}>{code} <span className="num">{number(n)}</span></button>
            ))}</div>
            {events.length === 0 ? <Empty title={t('now.quarantine_empty')}>{t('sources.quarantine_note')}</Empty> : (
              <div className="scroll"><table className="t">
                <thead><tr><th scope="col">{t('sources.received')}</th><th scope="col">{t('people.source')}</th><th scope="col">{t('sources.reason')}</th><th scope="col">{t('sources.state')}</th></tr></thead>
                <tbody>{events.map((e) => (
                  <tr key={e.sequence} className="pointer" aria-selected={chosen === e.sequence} onClick={() => setChosen(e.sequence)}>
                    <td><button type="button" className="plain link" onClick={() => setChosen(e.sequence)}>{moment(e.received)}</button></td><td>{e.source}</td><td><code>{e.code}</code></td>
                    <td><span className={`pill ${e.state === 'open' ? 'warn' : ''}`}>{t(`quarantine.${e.state}` as never)}</span></td>
                  </tr>
                ))}</tbody>
              </table></div>
            )}
          </>
        )}</Loaded>
      </Card>
      {chosen !== null && <Repair key={chosen} sequence={chosen} onDone={() => setChosen(null)} />}
    </div>
  )
}

// The event as it came, to be mended by hand and tried again.
function Repair({sequence, onDone}: {sequence: number; onDone: () => void}) {
  const {t} = useTranslation()
  const said = useSaid()
  const one = useQuarantined(sequence)
  const replay = useReplay(), discard = useDiscard()
  const [edited, setEdited] = useState<string | null>(null)
  const [wrong, setWrong] = useState('')
  const told = one.data?.event ?? ''
  const asCame = useMemo(() => indented(told), [told])
  if (one.error) return <Card><Failure small error={one.error} /></Card>
  if (!one.data) return <Card><Waiting /></Card>
  const retry = () => {
    if (edited === null || edited === asCame) return replay.mutate({sequence}, {onSuccess: onDone})
    if (!isJson(edited)) return setWrong(t('sources.no_json'))
    replay.mutate({sequence, event: edited}, {onSuccess: onDone})
  }
  const failed = wrong || (replay.error ?? discard.error)?.message
  return (
    <Card title={one.data.code}>
      <div className="stack small">
        <p>{said(one.data.message ?? '')}</p>
        {one.data.event_note && <p className="note">{said(one.data.event_note)}</p>}
        <Textarea aria-label={t('sources.event_text')} autosize minRows={8} maxRows={22} value={edited ?? asCame} className="mono" onChange={(e) => { setEdited(e.currentTarget.value); setWrong('') }} />
        {failed && <p className="bad" role="alert">{failed}</p>}
        {one.data.state === 'open' && <div className="row"><Button onClick={retry} loading={replay.isPending} disabled={discard.isPending}>{t('sources.try_again')}</Button>
          <Button variant="default" onClick={() => discard.mutate({sequence}, {onSuccess: onDone})} loading={discard.isPending} disabled={replay.isPending}>{t('sources.discard')}</Button></div>}
      </div>
    </Card>
  )
}
