import {afterAll, expect, test} from 'vitest'
import {dayOf, isPast} from './days'

const zone = process.env.TZ
const inZone = (name: string) => { process.env.TZ = name }
afterAll(() => { if (zone === undefined) delete process.env.TZ; else process.env.TZ = zone })

const seed = Number(process.env.FILROUGE_SEED ?? 1)
let state = seed >>> 0
const below = (n: number) => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return Math.floor((state / 4_294_967_296) * n) }

test(`an instant is of the day that its clock reads, in every zone (seed ${seed})`, () => {
  for (const name of ['America/New_York', 'Europe/Paris', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
    inZone(name)
    const read = new Intl.DateTimeFormat('sv-SE', {timeZone: name, dateStyle: 'short'})
    for (let i = 0; i < 300; ++i) {
      const at = new Date(Date.UTC(2024, 0, 1) + below(1_000) * 86_400_000 + below(86_400_000))
      expect(dayOf(at), `${name} ${at.toISOString()}`).toBe(read.format(at))
    }
  }
})

test('an evening in New York and the next morning in UTC are one day there', () => {
  inZone('America/New_York')
  expect(dayOf(new Date('2026-03-01T23:30:00Z'))).toBe(dayOf(new Date('2026-03-02T01:00:00Z')))
  expect(dayOf(new Date('2026-03-02T01:00:00Z'))).not.toBe(dayOf(new Date('2026-03-02T14:00:00Z')))
})

test('a task due today is late tomorrow, by the clock on the wall', () => {
  inZone('America/New_York')
  expect(isPast('2026-03-01', new Date('2026-03-02T01:00:00Z'))).toBe(false)  // 20:00 of the first
  expect(isPast('2026-03-01', new Date('2026-03-02T05:00:00Z'))).toBe(true)  // 00:00 of the second
  inZone('Pacific/Kiritimati')
  expect(isPast('2026-03-01', new Date('2026-03-01T10:00:00Z'))).toBe(true)  // 00:00 of the second
})
