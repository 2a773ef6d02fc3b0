// @vitest-environment jsdom
import {fireEvent, screen} from '@testing-library/react'
import {expect, test} from 'vitest'
import {rendered, usesThePage} from '../ui/render_for_test'
import {WhyAnswer, WhyBox} from './Why'

usesThePage()

const address = '/api/v1/audiences/vip/why'
const why = (member: boolean) => ({member, rule: 'count(Order Completed) >= 2', may_use: true, events: {7: 'Order Completed, 2026-03-01T08:30:00.000Z'},
  why: {clause: 'count(Order Completed) >= 2', met: member, value: '1', wanted: '>= 2', records: [7]}})
const open = () => { const box = document.querySelector('details')!; box.open = true; fireEvent(box, new Event('toggle')) }

test('"Why?" asks when it is opened, and tells each clause with what decided it', async () => {
  const asked = rendered(<WhyBox audience="vip" profile="p1" label="Why not?" />, {answers: {[address]: why(false)}})
  expect(asked).toEqual([])
  screen.getByText('Why not?')
  open()
  expect((await screen.findByText('count(Order Completed) >= 2')).closest('li')!.className).toBe('unmet')
  expect(screen.getByText('1 · wanted >= 2')).toBeTruthy()
  expect(asked).toEqual([`${address}?profile=p1`])
})

test('whether somebody is in it is said where it was asked', async () => {
  rendered(<WhyAnswer audience="vip" profile="p1" told />, {answers: {[address]: why(false)}})
  expect(await screen.findByText('Is not in it.')).toBeTruthy()
})

test('a role that may not ask why sees no "Why?"', () => {
  rendered(<WhyBox audience="vip" profile="p1" />, {role: 'analyst'})
  expect(document.querySelector('details')).toBeNull()
})

test('what goes wrong is told in its place', async () => {
  rendered(<WhyBox audience="vip" profile="p1" />, {})
  open()
  expect(await screen.findByText(/no \/api\/v1\/audiences\/vip\/why/)).toBeTruthy()
})
