// Boards: which one, whose, for whom; its tiles, and while it is arranged, what is to be saved.
import {Button, Checkbox, NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {usePurpose} from '../api/shop'
import {ago} from '../ui/format'
import {Dialog} from '../ui/parts'
import {Empty, Failure, Loaded, Waiting} from '../ui/states'
import {Tiles} from './Tiles'
import {boardRoles, chosenBoard, firstTiles, useBoard, useBoards, useMakeBoard, useRemoveBoard, useSaveBoard, type Board, type BoardHead, type Tile} from './boards'

export function Boards() {
  const boards = useBoards()
  const chosen = chosenBoard.use()
  return (
    <Loaded query={boards} rows={6}>{(list) => {
      const id = (list.find((each) => each.id === chosen) ?? list[0])?.id
      return id === undefined ? <FirstBoard /> : <Chosen key={id} id={id} boards={list} />
    }}</Loaded>
  )
}

// Before there is any: figures that every shop has, to be kept or not.
function FirstBoard() {
  const {t} = useTranslation()
  const {purpose} = usePurpose()
  const make = useMakeBoard()
  const tiles = firstTiles(purpose)
  const keep = () => make.mutate({name: t('boards.first_name'), shared: [], tiles}, {onSuccess: ({id}) => chosenBoard.set(id)})
  return (
    <div className="stack">
      <div className="row apart"><p className="note">{t('boards.first')}</p><Button variant="default" loading={make.isPending} onClick={keep}>{t('boards.keep')}</Button></div>
      {make.error && <Failure small error={make.error} />}
      <Tiles tiles={tiles} />
    </div>
  )
}

function Chosen({id, boards}: {id: string; boards: BoardHead[]}) {
  const board = useBoard(id)
  if (board.error) return <Failure error={board.error} retry={() => void board.refetch()} />
  return board.data ? <Opened board={board.data} boards={boards} /> : <Waiting rows={8} />
}

function Opened({board, boards}: {board: Board; boards: BoardHead[]}) {
  const {t} = useTranslation()
  // With the board as it stood when arranging began: its version says what a save would write over.
  const [draft, setDraft] = useState<{of: Board; tiles: Tile[]} | null>(null)
  const [dialog, setDialog] = useState<'settings' | 'new' | null>(null)
  const save = useSaveBoard()
  const done = () => { setDraft(null); save.reset() }
  const tiles = draft?.tiles ?? board.tiles
  return (
    <div className="stack">
      <div className="row apart boardbar">
        <div className="row tight">
          <NativeSelect aria-label={t('boards.which')} disabled={draft !== null} value={board.id} data={boards.map((each) => ({value: each.id, label: each.name}))} onChange={(e) => chosenBoard.set(e.currentTarget.value)} />
          <span className="note">{board.owner_name ? t('boards.by', {who: board.owner_name, when: ago(board.changed)}) : ago(board.changed)}</span>
        </div>
        <div className="row tight">
          {draft === null ? <>
            {board.editable && <Button variant="default" onClick={() => setDraft({of: board, tiles: board.tiles})}>{t('boards.arrange')}</Button>}
            {board.editable && <Button variant="default" onClick={() => setDialog('settings')}>{t('boards.settings')}</Button>}
            <Button variant="default" onClick={() => setDialog('new')}>{t('boards.new')}</Button>
          </> : <>
            <Button loading={save.isPending} onClick={() => save.mutate({board: draft.of, tiles: draft.tiles}, {onSuccess: done})}>{t('boards.save')}</Button>
            <Button variant="default" onClick={done}>{t('do.cancel')}</Button>
          </>}
        </div>
      </div>
      {draft !== null && <p className="note">{t('boards.arrange_how')}</p>}
      {save.error && <Failure small error={save.error} />}
      {tiles.length === 0 ? <Empty title={t('measure.no_board')}>{t('measure.no_board_how')}</Empty>
        : <Tiles tiles={tiles} change={draft === null ? undefined : (changed) => setDraft({of: draft.of, tiles: changed})} />}
      <Dialog open={dialog === 'settings'} onClose={() => setDialog(null)} label={t('boards.settings')}><Settings board={board} onDone={() => setDialog(null)} /></Dialog>
      <Dialog open={dialog === 'new'} onClose={() => setDialog(null)} label={t('boards.new')}><NewBoard onDone={() => setDialog(null)} /></Dialog>
    </div>
  )
}

function Settings({board: now, onDone}: {board: Board; onDone: () => void}) {
  const {t} = useTranslation()
  const [board] = useState(now)  // as it is shown here, whatever is read meanwhile
  const [name, setName] = useState(board.name)
  const [shared, setShared] = useState<Board['shared']>(board.shared)
  const [sure, setSure] = useState(false)
  const save = useSaveBoard(), remove = useRemoveBoard()
  return (
    <form className="inner" onSubmit={(event) => { event.preventDefault(); save.mutate({board, name: name.trim(), shared}, {onSuccess: onDone}) }}>
      <h2>{t('boards.settings')}</h2>
      <TextInput label={t('boards.name')} value={name} required maxLength={100} w={360} onChange={(e) => setName(e.currentTarget.value)} />
      <fieldset className="steps checks"><legend>{t('boards.shared')}</legend>
        {boardRoles.map((role) => <Checkbox key={role} label={t(`role.${role}`)} checked={shared.includes(role)} onChange={(e) => { const on = e.currentTarget.checked; setShared(on ? [...shared, role] : shared.filter((each) => each !== role)) }} />)}
      </fieldset>
      <p className="note">{t('boards.shared_how')}</p>
      {(save.error ?? remove.error) && <Failure small error={save.error ?? remove.error} />}
      <div className="row">
        <Button type="submit" loading={save.isPending} disabled={!name.trim()}>{t('boards.save')}</Button>
        <Button variant="default" onClick={onDone}>{t('do.cancel')}</Button>
        {sure ? <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(board.id, {onSuccess: onDone})}>{t('boards.remove_sure')}</Button>
          : <Button variant="default" onClick={() => setSure(true)}>{t('boards.remove')}</Button>}
      </div>
    </form>
  )
}

function NewBoard({onDone}: {onDone: () => void}) {
  const {t} = useTranslation()
  const [name, setName] = useState('')
  const make = useMakeBoard()
  return (
    <form className="inner" onSubmit={(event) => { event.preventDefault(); make.mutate({name: name.trim(), shared: [], tiles: []}, {onSuccess: ({id}) => { chosenBoard.set(id); onDone() }}) }}>
      <h2>{t('boards.new')}</h2>
      <TextInput label={t('boards.name')} value={name} required autoFocus maxLength={100} w={360} onChange={(e) => setName(e.currentTarget.value)} />
      {make.error && <Failure small error={make.error} />}
      <div><Button type="submit" loading={make.isPending} disabled={!name.trim()}>{t('boards.make')}</Button></div>
    </form>
  )
}
