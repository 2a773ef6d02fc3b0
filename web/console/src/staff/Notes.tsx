// What is noted of a customer: at the counter, and on the person's page.
import {Button, Textarea} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import {ago} from '../ui/format'
import {Card} from '../ui/parts'
import {Failure, Loaded} from '../ui/states'
import {useAddNote, useNotes, useRemoveNote, type Note} from './queries'

const kNoteMax = 2_000

// Whoever may read notes at the counter reads them here.
export function StaffNotes({profile}: {profile: string}) {
  const {t} = useTranslation()
  const notes = useNotes(profile)
  const mayAdd = useMay('POST profiles/{id}/notes')
  if (!useMay('GET profiles/{id}/notes')) return null
  return (
    <Card title={t('staff.notes')}>
      <Loaded query={notes} rows={2} small>{(told) => !told.may_use ? <p className="note">{t('staff.no_consent')}</p>
        : <><Notes profile={profile} notes={told.notes} />{mayAdd && <NewNote profile={profile} />}</>}</Loaded>
    </Card>
  )
}

export function Notes({profile, notes}: {profile: string; notes: Note[]}) {
  const {t} = useTranslation()
  const remove = useRemoveNote(profile)
  if (notes.length === 0) return <p className="note">{t('staff.no_note')}</p>
  return (
    <>
      <ul className="notes">{notes.map((note) => (
        <li key={note.id}><p>{note.text}</p>
          <div className="row apart note"><span>{note.author_name || t('staff.somebody')} · {ago(note.made)}</span><button type="button" className="chip touch" disabled={remove.isPending} onClick={() => remove.mutate(note.id)}>{t('staff.remove_note')}</button></div></li>
      ))}</ul>
      {remove.error && <Failure small error={remove.error} />}
    </>
  )
}

export function NewNote({profile}: {profile: string}) {
  const {t} = useTranslation()
  const add = useAddNote(profile)
  const [text, setText] = useState('')
  return (
    <form className="stack small" onSubmit={(event) => { event.preventDefault(); add.mutate({text: text.trim(), arrived: false}, {onSuccess: () => setText('')}) }}>
      <Textarea size="md" label={t('staff.note')} placeholder={t('staff.note_how')} value={text} maxLength={kNoteMax} autosize minRows={2} onChange={(e) => setText(e.currentTarget.value)} />
      {add.error && <Failure small error={add.error} />}
      <div><Button size="md" type="submit" loading={add.isPending} disabled={!text.trim()}>{t('staff.add_note')}</Button></div>
    </form>
  )
}
