// Something done to a person's record: what follows is said first, then why, then it is done. Where
// there is a way back it is told, too.
import {Button, TextInput} from '@mantine/core'
import {useState, type ReactNode} from 'react'
import {useTranslation} from 'react-i18next'
import {Dialog} from '../ui/parts'
import {Failure} from '../ui/states'

const kReasonMax = 1_000

export interface DeedProps {
  title: string
  follows: string[]       // what will be so, a sentence each
  back: string            // the way back
  verb: string            // on the button
  reason: {label: string; example: string}
  strong?: boolean        // takes something away
  ready?: boolean         // false while something is still to be filled in
  doing: {isPending: boolean; error: unknown}
  onDo: (reason: string) => void
  onClose: () => void
  children?: ReactNode    // what is to be chosen or filled in before
}

export function Deed(props: DeedProps) {
  return <Dialog open onClose={props.onClose} label={props.title}><DeedForm {...props} /></Dialog>
}

function DeedForm({title, follows, back, verb, reason, strong, ready = true, doing, onDo, onClose, children}: DeedProps) {
  const {t} = useTranslation()
  const [why, setWhy] = useState('')
  return (
    <form className="inner deed" onSubmit={(event) => { event.preventDefault(); onDo(why.trim()) }}>
      <h2>{title}</h2>
      {children}
      <ul className="follows">{follows.map((line) => <li key={line}>{line}</li>)}</ul>
      <TextInput label={reason.label} placeholder={reason.example} value={why} required maxLength={kReasonMax} autoComplete="off" onChange={(e) => setWhy(e.currentTarget.value)} />
      <p className="note">{back}</p>
      {doing.error != null && <Failure small error={doing.error} />}
      <div className="row">
        <Button type="submit" color={strong ? 'red' : undefined} disabled={!ready || !why.trim()} loading={doing.isPending}>{verb}</Button>
        <Button variant="default" onClick={onClose}>{t('do.cancel')}</Button>
      </div>
    </form>
  )
}
