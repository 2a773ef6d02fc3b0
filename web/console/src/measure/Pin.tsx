// A figure goes onto a board: one of one's own, or a new one.
import {Button, NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Failure} from '../ui/states'
import {chosenBoard, kTilesMax, useBoards, usePin} from './boards'

export function PinForm({first, question, chart, onDone}: {first: string; question: Record<string, unknown>; chart: string; onDone: () => void}) {
  const {t} = useTranslation()
  const {data: boards = []} = useBoards()
  const pin = usePin()
  const own = boards.filter(({editable, tile_count}) => editable && tile_count < kTilesMax)
  const chosen = chosenBoard.use()
  const [board, setBoard] = useState<string | null>(null)
  const [title, setTitle] = useState(first)
  const id = board ?? (own.find((each) => each.id === chosen) ?? own[0])?.id ?? ''
  const submit = () => pin.mutate({id: id || null, name: t('boards.first_name'), tile: {title, question, chart}}, {onSuccess: (kept) => { chosenBoard.set(kept.id); onDone() }})
  return (
    <form className="inner" onSubmit={(event) => { event.preventDefault(); submit() }}>
      <TextInput label={t('measure.pin_name')} value={title} maxLength={100} autoFocus onChange={(e) => setTitle(e.currentTarget.value)} w={360} />
      <NativeSelect label={t('boards.which')} value={id} data={[...own.map((each) => ({value: each.id, label: each.name})), {value: '', label: t('boards.a_new')}]} onChange={(e) => setBoard(e.currentTarget.value)} />
      {pin.error && <Failure small error={pin.error} />}
      <div><Button type="submit" loading={pin.isPending}>{t('measure.pin')}</Button></div>
    </form>
  )
}
