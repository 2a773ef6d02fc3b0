export interface Command { text: string }

const kListed = 40
const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

// Entries that have the typed letters in this order, without regard to accents and case. The tighter
// the letters stand, and the earlier, the sooner an entry comes.
export function matching<T extends Command>(entries: T[], typed: string): T[] {
  const wanted = folded(typed.trim())
  if (!wanted) return entries.slice(0, kListed)
  return entries
    .map((entry) => ({entry, distance: distanceOf(folded(entry.text), wanted)}))
    .filter(({distance}) => distance >= 0)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, kListed)
    .map(({entry}) => entry)
}

function distanceOf(text: string, wanted: string): number {
  const whole = text.indexOf(wanted)
  if (whole >= 0) return whole
  let at = -1, first = -1
  for (const letter of wanted) {
    at = text.indexOf(letter, at + 1)
    if (at < 0) return -1
    if (first < 0) first = at
  }
  return 1_000 + (at - first) * 10 + first
}
