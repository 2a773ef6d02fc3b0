import {afterEach, expect, test, vi} from 'vitest'
import {ApiError} from '../api/client'
import {guestsOf} from '../staff/queries'
import {firstKnown, looksLikeName, typesOf, whoIsMeant} from './queries'

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

const kId = '9f1c2b3a4d5e6f708192a3b4c5d6e7f8'
// A server that knows these names, and somebody by the user id "camille".
function shopWith(people: {id: string; name: string}[], searchStatus = 200) {
  const asked: string[] = []
  vi.stubGlobal('sessionStorage', {getItem: () => null})
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const route = String(url).replace(/^.*profiles\//, '')
    const body = JSON.parse(String(init.body)) as {type?: string; value?: string; name?: string}
    asked.push(`${route} ${body.type ?? body.name ?? ''}`)
    if (route === 'search') return new Response(JSON.stringify(searchStatus === 200 ? {purpose: 'p', people, more: false} : {status: searchStatus, code: 'masking.forbidden', message: 'no'}), {status: searchStatus, headers: {'Content-Type': 'application/json'}})
    const known = body.type === 'user_id' && body.value === 'camille'
    return new Response(JSON.stringify(known ? {id: kId} : {status: 404, code: 'profile_not_found', message: 'nobody'}), {status: known ? 200 : 404, headers: {'Content-Type': 'application/json'}})
  })
  return asked
}
afterEach(() => vi.unstubAllGlobals())

test('words of letters look like a name; addresses, numbers and ids do not', () => {
  for (const name of ['Camille', 'zoé martin', 'Jean-Luc d’Artagnan', 'Мария']) expect(looksLikeName(name), name).toBe(true)
  for (const other of ['a@b.example', '0612345678', 'CAM4', kId, '', '- -']) expect(looksLikeName(other), other).toBe(false)
})

test('of a name all who have it are told; nobody’s name may be a user id', async () => {
  const camille = {id: kId, name: 'Camille Martin'}
  expect(shopWith([camille])).toEqual([])
  expect(await whoIsMeant('camille', null, 'p')).toEqual({purpose: 'p', people: [camille], more: false})
  const asked = shopWith([])
  expect(await whoIsMeant('camille', null, 'p')).toBe(kId)
  expect(asked).toEqual(['search camille', 'find user_id'])
  expect(await whoIsMeant('nobody', null, 'p')).toEqual({purpose: 'p', people: [], more: false})
  expect(await whoIsMeant('camille', 'name', 'p')).toEqual({purpose: 'p', people: [], more: false})
})

test('who may not see names still finds by an id, and is told so when they asked for a name', async () => {
  shopWith([], 403)
  expect(await whoIsMeant('camille', null, 'p')).toBe(kId)
  await expect(whoIsMeant('camille', 'name', 'p')).rejects.toThrow('no')
})
