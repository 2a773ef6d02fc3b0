import {expect, test} from 'vitest'
import {ApiError} from '../api/client'
import {guestsOf} from '../staff/queries'
import {firstKnown, typesOf} from './queries'

const refusal = (status: number, message: string) => new ApiError({status, code: '', message})
// Somebody who knows these, and notes what was asked.
function knower(known: Record<string, unknown>) {
  const asked: string[] = []
  return {asked, ask: async (type: string) => {
    asked.push(type)
    const answer = known[type] ?? refusal(404, `no ${type}`)
    if (answer instanceof Error) throw answer
    return answer
  }}
}

test('a number may be a customer’s, a card’s, another system’s or a badge’s', async () => {
  expect(typesOf('CAM700001893')).toEqual(['user_id', 'loyalty_card', 'external_id', 'badge'])
  expect(typesOf('4000123456789')).toEqual(['loyalty_card', 'user_id', 'external_id', 'badge'])
  const {ask} = knower({loyalty_card: 'Camille'})
  expect(await firstKnown(typesOf('CAM700001893'), ask)).toBe('Camille')
})

test('digits after a 0 may be a phone or a card; an e-mail, a phone with its country and a visitor are nothing else', () => {
  expect(typesOf('0400012345678')).toEqual(['phone', 'loyalty_card'])
  expect(typesOf(' 06 12 34 56 78 ')).toEqual(['phone', 'loyalty_card'])
  for (const typed of ['+33612345678', 'a@b.example', '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0']) expect(typesOf(typed), typed).toHaveLength(1)
  expect(guestsOf(' 0400012345678 ')).toEqual([{type: 'phone', value: '0400012345678'}, {type: 'loyalty_card', value: '0400012345678'}])
  expect(guestsOf('CAM4')).toEqual([{type: 'loyalty_card', value: 'CAM4'}])
})

test('a card is found where no phone is known by its digits, or may be asked for', async () => {
  for (const phone of [refusal(404, 'nobody'), refusal(403, 'hidden'), refusal(422, 'unfit')]) {
    const {ask, asked} = knower({phone, loyalty_card: 'Camille'})
    expect(await firstKnown(['phone', 'loyalty_card'], ask)).toBe('Camille')
    expect(asked).toEqual(['phone', 'loyalty_card'])
  }
})

test('a phone that is known is asked for once', async () => {
  const {ask, asked} = knower({phone: 'Nora', loyalty_card: 'Camille'})
  expect(await firstKnown(['phone', 'loyalty_card'], ask)).toBe('Nora')
  expect(asked).toEqual(['phone'])
})

test('where neither is known the phone’s answer is told, and a server that cannot answer is not asked again', async () => {
  const both = knower({phone: refusal(403, 'hidden'), loyalty_card: refusal(404, 'nobody')})
  await expect(firstKnown(['phone', 'loyalty_card'], both.ask)).rejects.toThrow('hidden')
  for (const failure of [refusal(0, 'silent'), refusal(503, 'busy'), refusal(429, 'wait'), refusal(401, 'signed out'), new DOMException('left', 'AbortError')]) {
    const {ask, asked} = knower({phone: failure, loyalty_card: 'Camille'})
    await expect(firstKnown(['phone', 'loyalty_card'], ask)).rejects.toBe(failure)
    expect(asked).toEqual(['phone'])
  }
})
