import {dayOf} from '../ui/days'

// What a field of date and time holds is local; the API takes instants.
export function instantOf(local: string): string | undefined {
  const at = local ? new Date(local) : null
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined
}

// The same, the other way round: what a field of date and time shows of an instant.
export function localOf(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${dayOf(at)}T${two(at.getHours())}:${two(at.getMinutes())}`
}
