// @vitest-environment jsdom
import {fireEvent, screen} from '@testing-library/react'
import {expect, test, vi} from 'vitest'
import {rendered, usesThePage} from '../ui/render_for_test'
import {OwnPassword} from './OwnPassword'

usesThePage()

function told(status: number, answer: unknown) {
  rendered(<OwnPassword name="Camille" />, {})
  const sent: Array<{address: string; body: unknown}> = []
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    if (init?.method === 'POST') sent.push({address, body: JSON.parse(String(init.body))})
    return Response.json(answer, {status})
  })
  fireEvent.change(screen.getByLabelText(/Present password/), {target: {value: 'corail velours minuit'}})
  fireEvent.change(screen.getByLabelText(/New password/), {target: {value: 'ocre lin matin'}})
  fireEvent.click(screen.getByRole('button', {name: 'Change the password'}))
  return sent
}

test('who tells the present password changes it, and the fields are empty again', async () => {
  const sent = told(200, {role: 'analyst', name: 'Camille', signed_in_by: 'session', brands_of_shop: []})
  expect(await screen.findByText(/The password is changed/)).toBeTruthy()
  expect(sent).toEqual([{address: '/api/v1/session/password', body: {present: 'corail velours minuit', password: 'ocre lin matin'}}])
  expect((screen.getByLabelText(/Present password/) as HTMLInputElement).value).toBe('')
  expect((screen.getByLabelText(/New password/) as HTMLInputElement).value).toBe('')
})

test('a refusal is told, and what was typed stays', async () => {
  told(422, {status: 422, code: 'account.wrong_password', message: 'This is not the present password.'})
  expect(await screen.findByText('This is not the present password.')).toBeTruthy()
  expect((screen.getByLabelText(/New password/) as HTMLInputElement).value).toBe('ocre lin matin')
})
