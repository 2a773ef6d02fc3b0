import {expect, test} from 'vitest'
import {askedOf, firstTiles} from './boards'
import {fallen, fitted, kColumns, overlap, placed, room, type Box} from './grid'
import {bodyOf, firstOf, kinds} from './kinds'

// A seed of one's own: FILROUGE_SEED.
let state = Number(process.env.FILROUGE_SEED ?? 1) >>> 0
const below = (n: number) => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return Math.floor((state / 4_294_967_296) * n) }
const box = (): Box => fitted({x: below(20) - 4, y: below(30), w: below(16), h: below(24)})
const pairs = (tiles: Box[]) => tiles.flatMap((a, i) => tiles.slice(i + 1).map((b) => [a, b] as const))
const clear = (tiles: Box[]) => pairs(tiles).every(([a, b]) => !overlap(a, b))
const inside = ({x, y, w, h}: Box) => x >= 0 && y >= 0 && x + w <= kColumns && w >= 3 && h >= 3

test(`wherever a tile is put, none overlaps another, none hangs in the air, none is lost (seed ${state})`, () => {
  for (let i = 0; i < 400; ++i) {
    let tiles: Box[] = []
    for (let n = below(10) + 1; n > 0; --n) tiles = [...tiles, {...room(tiles), w: 6, h: 6}]
    for (let n = 0; n < 6; ++n) {
      tiles = placed(tiles, below(tiles.length), box())
      expect(clear(tiles) && tiles.every(inside)).toBe(true)
      expect(fallen(tiles)).toEqual(tiles)
    }
  }
})

test('a tile that is put where it stands moves nothing', () => {
  const tiles = firstTiles('p')
  for (let i = 0; i < tiles.length; ++i) expect(placed(tiles, i, tiles[i]!)).toEqual(tiles)
})

test('one more stands beside the last where there is room, else below', () => {
  expect(room([])).toEqual({x: 0, y: 0, w: 6, h: 6})
  expect(room([{x: 0, y: 0, w: 6, h: 6}])).toEqual({x: 6, y: 0, w: 6, h: 6})
  expect(room([{x: 0, y: 0, w: 12, h: 4}])).toEqual({x: 0, y: 4, w: 6, h: 6})
})

test('a question survives the board; a kind without a picture is none', () => {
  for (const kind of kinds) {
    const body = bodyOf({...firstOf(kind), who: 'any(A)', ...(kind === 'mix' ? {args: {of: 'count(*)', costs: '2026-03-02,tv,3.5'}} : {})}, 'measurement')
    expect(bodyOf(askedOf(body)!, 'other')).toEqual(body)
  }
  for (const held of [{from: '2026-03-01', to: '2026-04-01'}, {audience: 'a-1'}, {bots: true}, {brand: 'hats'}, {last: '7 days', brand: 'hats', bots: true}]) {
    const question = {purpose: 'p', ...held, funnel: {steps: ['A', 'B']}}
    expect(bodyOf(askedOf(question)!, 'other', 'coats'), JSON.stringify(held)).toEqual({brand: 'coats', ...question})
  }
  expect(askedOf({purpose: 'p', transitions: {}})).toBeNull()
  for (const tile of firstTiles('p')) expect(askedOf(tile.question)).not.toBeNull()
})
