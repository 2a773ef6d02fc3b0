import {expect, test} from 'vitest'
import {en} from '../texts/en'
import {fr} from '../texts/fr'
import {inferred, inferredOf} from './inferred'

test('what a model wrote leads to the model and is said in words', () => {
  expect(inferredOf('p_alive')).toEqual({means: 'p_alive', to: '/measure/value', isShare: true})
  expect(inferredOf('predicted_value')).toEqual({means: 'predicted_value', to: '/measure/value', isShare: false})
  expect(inferredOf('lookalike_a 1')).toEqual({means: 'lookalike', to: '/audiences/a%201', audience: 'a 1', isShare: true})
  expect(inferredOf('score').to).toBeUndefined()
  for (const texts of [en, fr]) for (const means of inferred) expect(texts.inferred[means]).toBeTruthy()
})
