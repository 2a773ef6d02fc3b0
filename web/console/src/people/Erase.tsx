// Erasure: what would go and what is kept is told first; then it is done, and cannot be undone.
import {Button} from '@mantine/core'
import {useMutation, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import {useSaid} from '../texts/said'
import {number} from '../ui/format'
import {Dialog} from '../ui/parts'
import {Failure, Waiting} from '../ui/states'

interface Erasure { state: string; identifiers: number; events: number; quarantined?: number; kept?: Array<{what: string; why: string}> }

export function Erase({id}: {id: string}) {
  const {t} = useTranslation()
  const said = useSaid()
  const allowed = useMay('POST profiles/{id}/erase')
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const erase = useMutation({
    mutationFn: (confirm: boolean) => call<Erasure>('POST profiles/{id}/erase', {path: {id}, query: confirm ? {confirm: 'true'} : {}, body: {}}),
    onSuccess: (_, confirmed) => confirmed ? client.invalidateQueries() : undefined,
  })
  if (!allowed) return null
  const ask = () => { setOpen(true); erase.mutate(false) }
  return (
    <>
      <button type="button" className="chip" onClick={ask}>{t('erase.open')}</button>
      <Dialog open={open} onClose={() => setOpen(false)} label={t('erase.title')}>
        <div className="inner">
          <h2>{t('erase.title')}</h2>
          {erase.error ? <Failure small error={erase.error} /> : !erase.data ? <Waiting rows={3} /> : (
            <>
              <p>{t('erase.goes', {events: number(erase.data.events), identifiers: number(erase.data.identifiers)})}</p>
              {erase.data.kept && erase.data.kept.length > 0 && <><h3>{t('erase.kept')}</h3><ul className="stack small">{erase.data.kept.map((k) => <li key={k.what}><strong>{said(k.what)}</strong> <span className="note">{said(k.why)}</span></li>)}</ul></>}
              {erase.isSuccess && erase.variables === true && <p className="good" role="status">{t('erase.done')}</p>}
            </>
          )}
          <div className="row">{erase.variables !== true && <Button color="red" disabled={!erase.data} loading={erase.isPending} onClick={() => erase.mutate(true)}>{t('erase.do')}</Button>}
            <Button variant="default" onClick={() => setOpen(false)}>{t('do.close')}</Button></div>
        </div>
      </Dialog>
    </>
  )
}
