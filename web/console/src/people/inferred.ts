// What a model wrote of somebody: what its trait says in words, and the page of the model itself.
export const inferred = ['p_alive', 'predicted_purchases', 'predicted_value', 'lookalike', 'other'] as const
export type Inferred = (typeof inferred)[number]

const kLookalike = 'lookalike_'

export function inferredOf(name: string): {means: Inferred; to?: string; audience?: string; isShare: boolean} {
  if (name.startsWith(kLookalike)) {
    const audience = name.slice(kLookalike.length)
    return {means: 'lookalike', to: `/audiences/${encodeURIComponent(audience)}`, audience, isShare: true}
  }
  if (name === 'p_alive' || name === 'predicted_purchases' || name === 'predicted_value') return {means: name, to: '/measure/value', isShare: name === 'p_alive'}
  return {means: 'other', isShare: false}
}
