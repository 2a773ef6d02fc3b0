// The kinds of questions, and the arguments each is asked with. docs/questions.md says what they mean.
import {costsOf} from './costs'

export const kinds = ['metric', 'funnel', 'flows', 'retention', 'attribution', 'share', 'rfm', 'value', 'rising', 'forecast', 'niche',
  'clusters', 'lookalike', 'effect', 'mix'] as const
export type Kind = (typeof kinds)[number]
export const isKind = (text: string | undefined): text is Kind => (kinds as readonly string[]).includes(text ?? '')

export type Field =
  | {name: string; as: 'event' | 'figure' | 'split' | 'text' | 'audience' | 'number' | 'day'; optional?: boolean}
  | {name: string; as: 'costs'}
  | {name: string; as: 'events' | 'texts'; options?: string[]}
  | {name: string; as: 'choice'; options: string[]; optional?: boolean}
  | {name: string; as: 'check'}

export type Arguments = Record<string, string | string[] | boolean | number>

const features = ['event', 'channel', 'category', 'product', 'place', 'source', 'weekday', 'hours']

interface Declared { fields: Field[]; first: Arguments; last?: string; period: 'optional' | 'none' }

// `first` is what is asked before anybody has chosen anything; `last` the period then.
export const declared: Record<Kind, Declared> = {
  metric: {
    fields: [{name: 'of', as: 'figure'}, {name: 'over', as: 'figure', optional: true}, {name: 'by', as: 'split', optional: true},
      {name: 'grain', as: 'choice', options: ['hour', 'day', 'week', 'month'], optional: true}, {name: 'compare', as: 'check'}, {name: 'currency', as: 'text', optional: true}],
    first: {of: 'count(*)', by: 'channel', grain: 'day'}, last: '30 days', period: 'optional',
  },
  funnel: {
    fields: [{name: 'steps', as: 'events'}, {name: 'within', as: 'text', optional: true}, {name: 'by', as: 'split', optional: true}],
    first: {steps: ['Product Viewed', 'Product Added', 'Order Completed'], within: '24 hours'}, period: 'optional',
  },
  flows: {
    fields: [{name: 'start', as: 'event'}, {name: 'of', as: 'choice', options: ['event', 'channel', 'event and channel']}, {name: 'within', as: 'text', optional: true},
      {name: 'collapse_loops', as: 'check'}],
    first: {start: 'Product Viewed', of: 'event and channel', within: '7 days', collapse_loops: true}, period: 'optional',
  },
  retention: {
    fields: [{name: 'first', as: 'event', optional: true}, {name: 'again', as: 'event', optional: true}, {name: 'grain', as: 'choice', options: ['day', 'week', 'month']}],
    first: {grain: 'week'}, last: '12 weeks', period: 'optional',
  },
  attribution: {
    fields: [{name: 'conversion', as: 'event'}, {name: 'touch', as: 'event', optional: true}, {name: 'by', as: 'split'}, {name: 'window', as: 'text'},
      {name: 'models', as: 'texts', options: ['first', 'last', 'linear', 'position', 'decay', 'markov', 'shapley']}],
    first: {conversion: 'Order Completed', by: 'channel', window: '30 days', models: ['first', 'last', 'linear', 'markov', 'shapley']}, period: 'optional',
  },
  share: {
    fields: [{name: 'purchase', as: 'event'}, {name: 'currency', as: 'text', optional: true}, {name: 'by', as: 'choice', options: ['touched'], optional: true}],
    first: {purchase: 'Order Completed'}, period: 'optional',
  },
  rfm: {
    fields: [{name: 'purchase', as: 'event'}, {name: 'currency', as: 'text', optional: true}],
    first: {purchase: 'Order Completed'}, period: 'optional',
  },
  value: {
    fields: [{name: 'purchase', as: 'event'}, {name: 'currency', as: 'text', optional: true}, {name: 'model', as: 'choice', options: ['bg_nbd', 'pareto_nbd'], optional: true}],
    first: {purchase: 'Order Completed'}, period: 'optional',
  },
  rising: {
    fields: [{name: 'of', as: 'figure'}, {name: 'by', as: 'split'}, {name: 'recent', as: 'text', optional: true}, {name: 'before', as: 'text', optional: true}],
    first: {of: 'count(Product Viewed)', by: 'product'}, period: 'none',
  },
  forecast: {
    fields: [{name: 'of', as: 'figure'}, {name: 'by', as: 'split', optional: true}, {name: 'grain', as: 'choice', options: ['day', 'week'], optional: true}],
    first: {of: 'count(Order Completed)'}, last: '1 year', period: 'optional',
  },
  niche: {
    fields: [{name: 'audience', as: 'audience', optional: true}, {name: 'rule', as: 'text', optional: true}, {name: 'features', as: 'texts', options: features}],
    first: {rule: 'count(Order Completed) >= 2', features: ['event', 'channel', 'category']}, period: 'optional',
  },
  clusters: {
    fields: [{name: 'features', as: 'texts', options: [...features, 'recency', 'spent']}, {name: 'most', as: 'number', optional: true}],
    first: {features: ['event', 'channel']}, last: '90 days', period: 'optional',
  },
  lookalike: {
    fields: [{name: 'audience', as: 'audience', optional: true}, {name: 'rule', as: 'text', optional: true},
      {name: 'features', as: 'texts', options: [...features, 'recency', 'spent']}, {name: 'size', as: 'number', optional: true}],
    first: {rule: 'count(Order Completed) >= 2', features: ['channel', 'hours', 'weekday']}, period: 'optional',
  },
  effect: {
    fields: [{name: 'of', as: 'figure'}, {name: 'by', as: 'split'}, {name: 'treated', as: 'texts'}, {name: 'start', as: 'day'}, {name: 'leave_out', as: 'texts'},
      {name: 'method', as: 'choice', options: ['augmented', 'synthetic', 'difference_in_differences'], optional: true}],
    first: {of: 'sum(Order Completed.revenue)', by: 'place', treated: [], start: ''}, last: '1 year', period: 'optional',
  },
  mix: {
    fields: [{name: 'of', as: 'figure'}, {name: 'costs', as: 'costs'}, {name: 'grain', as: 'choice', options: ['day', 'week', 'month'], optional: true}, {name: 'budget', as: 'number', optional: true}],
    first: {of: 'sum(Order Completed.revenue)', costs: '', grain: 'week'}, last: '2 years', period: 'optional',
  },
}

// What a kind cannot be asked without: before it is told, the page says what is wanted instead of asking.
export const lacks = (asked: Asked): 'treated' | 'costs' | null =>
  asked.kind === 'effect' && (!(asked.args.treated as string[] | undefined)?.length || !asked.args.start) ? 'treated' : asked.kind === 'mix' && !asked.args.costs ? 'costs' : null

// A question as it stands in the address of the page, in a dashboard and, completed, in a request.
// `held` is what else all kinds have in common (from, to, audience, bots, brand) and a tile says of itself.
export interface Asked { kind: Kind; args: Arguments; last?: string; purpose?: string; who?: string; held?: Record<string, unknown> }

export const firstOf = (kind: Kind): Asked => ({kind, args: declared[kind].first, last: declared[kind].last})

export function bodyOf(asked: Asked, purpose: string, brand?: string): Record<string, unknown> {
  // A box without its tick says no: the server may do it by itself otherwise.
  const boxes = declared[asked.kind].fields.filter(({as}) => as === 'check').map(({name}) => name)
  const isTold = (name: string, value: unknown) => value !== '' && (value !== false || boxes.includes(name)) && !(Array.isArray(value) && value.length === 0)
  const args: Record<string, unknown> = Object.fromEntries(Object.entries(asked.args).filter(([name, value]) => isTold(name, value)))
  if (args.audience) delete args.rule
  for (const field of declared[asked.kind].fields) if (field.as === 'number' && args[field.name] !== undefined) args[field.name] = Number(args[field.name])
  if (typeof args.costs === 'string') args.costs = costsOf(args.costs)
  if (typeof args.by === 'string' && (asked.kind === 'metric')) args.by = [args.by]
  return {
    purpose: asked.purpose ?? purpose, ...(brand ? {brand} : {}), ...(asked.last ? {last: asked.last} : {}),
    ...(asked.who ? {who: asked.who} : {}), ...asked.held, [asked.kind]: args,
  }
}

export const written = (asked: Asked) => JSON.stringify(asked)
export function read(text: string | null, kind: Kind): Asked {
  try {
    const asked = JSON.parse(text ?? '') as Partial<Asked>
    if (asked.kind === kind && asked.args && typeof asked.args === 'object') return asked as Asked
  } catch { /* somebody else's address: the first question */ }
  return firstOf(kind)
}
