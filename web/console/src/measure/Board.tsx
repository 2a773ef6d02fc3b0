import {useTranslation} from 'react-i18next'
import {Empty} from '../ui/states'
import {useBoard} from './board'
import {Figure} from './Figure'

export function Board() {
  const {t} = useTranslation()
  const pinned = useBoard()
  if (pinned.length === 0) return <Empty title={t('measure.no_board')}>{t('measure.no_board_how')}</Empty>
  return <div className="board">{pinned.map((p) => <Figure key={p.id} asked={p.asked} title={p.title} pinned={p.id} />)}</div>
}
