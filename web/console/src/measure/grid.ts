// Tiles on a board of twelve columns: none overlaps another, and none hangs in the air.
export interface Box { x: number; y: number; w: number; h: number }
export const kColumns = 12
const kLeastWide = 3, kLeastHigh = 3, kMostHigh = 20

export const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
const clamp = (n: number, low: number, high: number) => Math.min(high, Math.max(low, Math.round(n)))

// Within the board, whatever was asked for.
export function fitted<B extends Box>(box: B): B {
  const w = clamp(box.w, kLeastWide, kColumns)
  return {...box, w, h: clamp(box.h, kLeastHigh, kMostHigh), x: clamp(box.x, 0, kColumns - w), y: Math.max(0, Math.round(box.y))}
}

// The tile of this number where it was put; what it covers goes below it, and all fall up as far as they can.
export function placed<B extends Box>(tiles: B[], moved: number, to: Partial<Box>): B[] {
  const wanted = fitted({...tiles[moved]!, ...to})
  const order = tiles.map((_, i) => i).filter((i) => i !== moved).sort((a, b) => tiles[a]!.y - tiles[b]!.y || tiles[a]!.x - tiles[b]!.x)
  const out = new Map<number, B>([[moved, wanted]])
  for (const i of order) {
    const tile = fitted(tiles[i]!)
    while ([...out.values()].some((other) => overlap(other, tile))) ++tile.y
    out.set(i, tile)
  }
  return fallen(tiles.map((_, i) => out.get(i)!))
}

// As far up as others leave room, the upper ones first.
export function fallen<B extends Box>(tiles: B[]): B[] {
  const out = new Map<number, B>()
  for (const i of tiles.map((_, n) => n).sort((a, b) => tiles[a]!.y - tiles[b]!.y || tiles[a]!.x - tiles[b]!.x)) {
    const tile = {...tiles[i]!}
    const free = () => ![...out.values()].some((other) => overlap(other, {...tile, y: tile.y - 1}))
    while (tile.y > 0 && free()) --tile.y
    out.set(i, tile)
  }
  return tiles.map((_, i) => out.get(i)!)
}

// A place for one more: beside the last one where there is room, else below all.
export function room(tiles: Box[], w = 6, h = 6): Box {
  const bottom = Math.max(0, ...tiles.map((tile) => tile.y + tile.h))
  for (let y = 0; y < bottom; ++y)
    for (let x = 0; x <= kColumns - w; ++x)
      if (!tiles.some((tile) => overlap(tile, {x, y, w, h}))) return {x, y, w, h}
  return {x: 0, y: bottom, w, h}
}
