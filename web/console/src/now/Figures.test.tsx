// @vitest-environment jsdom
import {QueryClient} from '@tanstack/react-query'
import {screen} from '@testing-library/react'
import {expect, test} from 'vitest'
import {rendered, usesThePage} from '../ui/render_for_test'
import {Figures} from './NowPage'

usesThePage()

test('who comes back to Now after half a minute sees the rate of it, and no burst', async () => {
  const client = new QueryClient()
  client.setQueryData(['metrics'], {events_received_total: 10_000}, {updatedAt: Date.now() - 30_000})
  rendered(<Figures />, {client, answers: {'/metrics': 'filrouge_events_received_total 10930\n'}})
  expect(screen.getByText('–')).toBeTruthy()
  expect(await screen.findByText('31')).toBeTruthy()
})
