// The tiles of a board where they were put. While it is arranged each has two handles, for a pointer and for
// the arrow keys alike.
import {useRef, type KeyboardEvent, type PointerEvent} from 'react'
import {useTranslation} from 'react-i18next'
import {Card} from '../ui/parts'
import {Icon} from '../ui/icons'
import {Empty} from '../ui/states'
import {askedOf, type Tile} from './boards'
import {Figure, titleOf} from './Figure'
import {kColumns, placed, type Box} from './grid'

const kRowPx = 56, kGapPx = 16
const steps: Record<string, [number, number]> = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}

export function Tiles({tiles, change}: {tiles: Tile[]; change?: (tiles: Tile[]) => void}) {
  const grid = useRef<HTMLDivElement>(null)
  const put = (i: number, box: Partial<Box>, from = tiles) => change?.(placed(from, i, box))
  return (
    <div ref={grid} className={`board${change ? ' arranged' : ''}`}>
      {tiles.map((tile, i) => (
        <div key={i} className="tile" style={{gridColumn: `${tile.x + 1} / span ${tile.w}`, gridRow: `${tile.y + 1} / span ${tile.h}`, order: tile.y * kColumns + tile.x}}>
          <Content tile={tile} />
          {change && <Handles tile={tile} tiles={tiles} grid={grid} put={(box, from) => put(i, box, from)} remove={() => change(tiles.filter((_, j) => j !== i))} />}
        </div>
      ))}
    </div>
  )
}

function Content({tile}: {tile: Tile}) {
  const {t} = useTranslation()
  const asked = askedOf(tile.question)
  if (tile.question.masked) return <Card title={tile.title ?? ''}><Empty small title={t('boards.masked')}>{t('boards.masked_how')}</Empty></Card>
  if (asked) return <Figure asked={asked} title={tile.title} onBoard />
  return <Card title={tile.title ?? ''}><Empty small title={t('boards.no_picture')}>{t('boards.no_picture_how')}</Empty></Card>
}

interface HandlesProps { tile: Tile; tiles: Tile[]; grid: React.RefObject<HTMLDivElement | null>; put: (box: Partial<Box>, from?: Tile[]) => void; remove: () => void }

function Handles({tile, tiles, grid, put, remove}: HandlesProps) {
  const {t} = useTranslation()
  const asked = askedOf(tile.question)
  const name = tile.title || (asked ? titleOf(asked, t as never) : tile.question.masked ? t('boards.masked') : '')
  const moved = (dx: number, dy: number, from?: Tile[]) => put({x: tile.x + dx, y: tile.y + dy}, from)
  const sized = (dx: number, dy: number, from?: Tile[]) => put({w: tile.w + dx, h: tile.h + dy}, from)
  // All of a pull is reckoned from where it began, so that a tile pushed aside comes back.
  const pull = (apply: (dx: number, dy: number, from?: Tile[]) => void) => (event: PointerEvent<HTMLButtonElement>) => {
    const button = event.currentTarget, column = ((grid.current?.clientWidth ?? 0) + kGapPx) / kColumns
    const start = {x: event.clientX, y: event.clientY, scroll: scrollY}
    button.setPointerCapture(event.pointerId)
    const move = (next: globalThis.PointerEvent) => apply(Math.round((next.clientX - start.x) / column), Math.round((next.clientY - start.y + scrollY - start.scroll) / (kRowPx + kGapPx)), tiles)
    const end = () => { button.removeEventListener('pointermove', move); button.removeEventListener('pointerup', end); button.removeEventListener('pointercancel', end) }
    button.addEventListener('pointermove', move)
    button.addEventListener('pointerup', end)
    button.addEventListener('pointercancel', end)
  }
  const keys = (apply: (dx: number, dy: number) => void) => (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step) { event.preventDefault(); apply(...step) }
  }
  return (
    <>
      <button type="button" className="handle move" aria-label={t('boards.move', {name})} title={t('boards.move', {name})} onPointerDown={pull(moved)} onKeyDown={keys(moved)} />
      <button type="button" className="handle off" aria-label={t('boards.drop', {name})} title={t('boards.drop', {name})} onClick={remove}><Icon name="close" size={12} /></button>
      <button type="button" className="handle size" aria-label={t('boards.size', {name})} title={t('boards.size', {name})} onPointerDown={pull(sized)} onKeyDown={keys(sized)} />
    </>
  )
}
