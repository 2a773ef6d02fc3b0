// The one place that knows how a question is asked. It is asked as a stream, so that a page that is
// left stops its question on the server.
import i18next from 'i18next'
import {keepPreviousData, useQuery} from '@tanstack/react-query'
import {ApiError, send, told, type Problem} from '../api/client'
import type {Answer} from '../api/shapes'
import {useMay} from '../api/session'
import {useBrand, usePurpose} from '../api/shop'
import {csvFile} from '../ui/csv'
import {messagesOf} from '../api/stream'
import {bodyOf, lacks, written, type Asked} from './kinds'

export async function ask(body: Record<string, unknown>, signal?: AbortSignal): Promise<Answer> {
  const reply = await send('POST questions', {body, signal}, 'text/event-stream')
  for await (const {event, data} of messagesOf(reply.body!)) {
    if (event === 'answer') return data as Answer
    if (event === 'error') throw await told(data as Problem)
  }
  throw new ApiError({status: 0, code: 'console.no_answer', message: i18next.t('measure.no_answer')})
}

export function useAnswer(asked: Asked) {
  const allowed = useMay('POST questions')
  const enabled = allowed && !lacks(asked)
  const {purpose} = usePurpose()
  const {brand} = useBrand()
  return useQuery({
    queryKey: ['question', written(asked), purpose, brand], enabled, staleTime: 30_000, placeholderData: keepPreviousData, retry: false,
    queryFn: async ({signal}) => ({asked, answer: await ask(bodyOf(asked, purpose, brand), signal)}),
  })
}

export async function askCsv(body: Record<string, unknown>): Promise<Blob> {
  return csvFile(await (await send('POST questions', {body}, 'text/csv')).blob())
}
