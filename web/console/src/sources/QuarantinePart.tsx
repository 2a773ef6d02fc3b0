import {Button, Textarea} from '@mantine/core'
import {useEffect, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {moment, number} from '../ui/format'
import {Card} from '../ui/parts'
import {Empty, Failure, Loaded, Waiting} from '../ui/states'
import {useQuarantine, useQuarantined, useRepair} from './queries'

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
  const one = useQuarantined(sequence)
  const repair = useRepair()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState('')
  useEffect(() => { if (one.data?.event) setText(pretty(one.data.event)) }, [one.data])
  if (one.error) return <Card><Failure small error={one.error} /></Card>
  if (!one.data) return <Card><Waiting /></Card>
  const retry = () => {
    try {
      repair.mutate({sequence, event: JSON.parse(text) as unknown}, {onSuccess: onDone})
    } catch { setWrong(t('sources.no_json')) }
  }
  return (
    <Card title={one.data.code}>
      <div className="stack small">
        <p>{one.data.message}</p>
        {one.data.event_note && <p className="note">{one.data.event_note}</p>}
        <Textarea aria-label={t('sources.event_text')} autosize minRows={8} maxRows={22} value={text} className="mono" onChange={(e) => { setText(e.currentTarget.value); setWrong('') }} />
        {(wrong || repair.error) && <p className="bad" role="alert">{wrong || repair.error?.message}</p>}
        {one.data.state === 'open' && <div className="row"><Button onClick={retry} loading={repair.isPending}>{t('sources.try_again')}</Button>
          <Button variant="default" onClick={() => repair.mutate({sequence, event: null}, {onSuccess: onDone})}>{t('sources.discard')}</Button></div>}
      </div>
    </Card>
  )
}

function pretty(text: string): string {
  try { return JSON.stringify(JSON.parse(text), null, 2) } catch { return text }
}
