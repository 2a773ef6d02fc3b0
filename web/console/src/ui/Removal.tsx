// What is removed only after it was told what follows.
import {Button} from '@mantine/core'
import type {UseMutationResult} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import type {Confirmation} from '../api/shapes'
import {useSaid} from '../texts/said'
import {Dialog} from './parts'
import {Failure, Waiting} from './states'

// `remove` is asked with false for what follows, then with true.
export function Removal({label, text, remove, onDone}: {label: string; text?: string; remove: UseMutationResult<Confirmation, Error, boolean>; onDone?: () => void}) {
  const {t} = useTranslation()
  const said = useSaid()
  const [open, setOpen] = useState(false)
  const ask = () => { setOpen(true); remove.mutate(false) }
  const confirm = () => remove.mutate(true, {onSuccess: () => { setOpen(false); onDone?.() }})
  return (
    <>
      <button type="button" className="chip" onClick={ask}>{text ?? label}</button>
      <Dialog open={open} onClose={() => setOpen(false)} label={label}>
        <div className="inner">
          <h2>{label}</h2>
          {remove.error ? <Failure small error={remove.error} /> : remove.data ? <ul>{remove.data.follows.map((line) => <li key={line}>{said(line)}</li>)}</ul> : <Waiting rows={2} />}
          <div className="row">
            {!remove.error && <Button color="red" loading={remove.isPending} onClick={confirm}>{t('do.delete')}</Button>}
            <Button variant="default" onClick={() => setOpen(false)}>{t('do.cancel')}</Button>
          </div>
        </div>
      </Dialog>
    </>
  )
}
