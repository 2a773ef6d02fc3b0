// The one place that knows how the model of who resembles an audience is learned, read and removed.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {call} from '../api/client'
import {useMay} from '../api/session'
import type {Audience, Confirmation} from '../api/shapes'

export interface Cut { score: number; share: number; precision: number | null }
export interface AlikeModel {
  id: string; kind: string; fitted_at: string; refit_days: number
  request: {audience?: string; features?: string[]; last?: string}
  fit: {trait: string; auc: number; base_rate: number; audience: number; rest: number; cuts: Cut[]}
}

// Null: none was learned yet.
export function useAlikeModel(audience: Audience) {
  const enabled = useMay('GET models')
  return useQuery({
    queryKey: ['models', audience.id], enabled,
    queryFn: async ({signal}) => {
      const {models} = await call<{models: AlikeModel[]}>('GET models', {query: {brand: audience.brand}, signal})
      return models.find(({kind, request}) => kind === 'lookalike' && request.audience === audience.id) ?? null
    },
  })
}

function useModelChange<A, B>(change: (given: A) => Promise<B>) {
  const client = useQueryClient()
  return useMutation({mutationFn: change, onSuccess: () => client.invalidateQueries({queryKey: ['models']})})
}

export interface Learning { features: string[]; last?: string; refit_days: number }
export const useLearnAlike = (audience: Audience) => useModelChange((asked: Learning) =>
  call<AlikeModel>('POST models/lookalike', {body: {purpose: audience.purpose, ...(audience.brand ? {brand: audience.brand} : {}), audience: audience.id, ...asked}}))

export const useRemoveModel = (id: string) => useModelChange((confirm: boolean) =>
  call<Confirmation>('DELETE models/{id}', {path: {id}, query: confirm ? {confirm: 'true'} : {}}))

// Who reaches the score and is not in it yet.
export const ruleOf = (audience: Audience, model: AlikeModel, score: number) =>
  `trait(${JSON.stringify(model.fit.trait)}) >= ${score} and not in audience ${JSON.stringify(audience.name)}`
