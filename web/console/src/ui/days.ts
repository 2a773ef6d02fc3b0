// Days as the reader's own calendar has them, written as 2026-01-31.
const two = (n: number) => String(n).padStart(2, '0')
export const dayOf = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`

// What is due on a day is late on the next one, where it is read.
export const isPast = (day: string, now = new Date()) => day < dayOf(now)
