// A rule as a form: clauses of which all or any must hold, each of a kind that has its own row. The form knows
// no grammar: it reads the tree that the server makes of a text and writes one that the server says in words.
// A tree it cannot show whole is null, so that nothing is lost behind a form.
export type Op = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'starts with' | 'exists' | 'not exists' | 'is true' | 'is false'
export const ops: Op[] = ['=', '!=', '<', '<=', '>', '>=', 'contains', 'starts with', 'exists', 'not exists', 'is true', 'is false']
export const comparisons: Op[] = ['>=', '>', '=', '!=', '<', '<=']
export const units = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const
export type Unit = (typeof units)[number]

export interface Length { count: number; unit: Unit }
export interface Condition { field: string; op: Op; value: string }
// `*` is any event.
export interface Did { kind: 'any' | 'count' | 'sum'; event: string; where: Condition[]; field: string; op: Op; value: string; last: Length | null }
export interface Followed { kind: 'then'; event: string; next: string; absent: boolean; within: Length | null }
export interface Known { kind: 'trait'; name: string; op: Op; value: string }
export interface Allows { kind: 'consent' | 'refused'; purpose: string }
export interface Member { kind: 'audience'; name: string }
export type Clause = {not: boolean} & (Did | Followed | Known | Allows | Member)
export type ClauseKind = Clause['kind']
export const clauseKinds: ClauseKind[] = ['any', 'count', 'sum', 'then', 'trait', 'consent', 'refused', 'audience']
export interface Form { join: 'and' | 'or'; clauses: Clause[] }

export type Json = null | boolean | number | string | Json[] | {[name: string]: Json}
type Tree = {[name: string]: Json}
const tree = (json: Json | undefined): Tree => (json !== null && typeof json === 'object' && !Array.isArray(json) ? json : {})
const only = (node: Tree, ...names: string[]) => Object.keys(node).every((name) => names.includes(name))

export const takesValue = (op: Op) => !/exists|is /.test(op)
const ourFields = ['revenue', 'quantity', 'product', 'place', 'channel', 'products.product', 'products.category', 'products.price', 'products.quantity']
export const kPlainNumber = /^-?\d{1,15}(\.\d{1,4})?$/
const kMoney = /^(-?\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})$/

// A value as somebody types it: a number, an amount with its currency, or a text; in quotes it is always one.
export function literalOf(typed: string): Json {
  const text = typed.trim()
  if (kPlainNumber.test(text)) return Number(text)
  const money = kMoney.exec(text)
  if (money) return {amount: Number(money[1]), currency: money[2]!}
  if (/^".*"$/s.test(text)) { try { return JSON.parse(text) as string } catch { return text } }
  return typed
}

export function typedOf(literal: Json | undefined): string | null {
  if (typeof literal === 'number') return kPlainNumber.test(String(literal)) ? String(literal) : null
  if (typeof literal === 'string') return literalOf(literal) === literal && literal.trim() !== '' ? literal : JSON.stringify(literal)
  const {amount, currency, ...rest} = tree(literal)
  return typeof amount === 'number' && typeof currency === 'string' && kPlainNumber.test(String(amount)) && Object.keys(rest).length === 0 ? `${amount} ${currency}` : null
}

// A property of the shop's own that bears the name of one of ours stands in quotes, as in the language.
const fieldJson = (field: string): Tree => {
  const own = /^".+"$/.test(field) ? field.slice(1, -1) : null
  return own === null && ourFields.includes(field) ? {field} : {property: own ?? field}
}
const fieldText = (node: Tree): string | null => typeof node.field === 'string' ? node.field
  : typeof node.property === 'string' ? (ourFields.includes(node.property) || /^".+"$/.test(node.property) ? `"${node.property}"` : node.property) : null

const testJson = ({op, value}: {op: Op; value: string}): Tree => (takesValue(op) ? {op, value: literalOf(value)} : {op})
function testOf(node: Tree): {op: Op; value: string} | null {
  const op = ops.find((each) => each === node.op)
  if (!op) return null
  const value = takesValue(op) ? typedOf(node.value) : ''
  return value === null ? null : {op, value}
}

const lengthOf = (json: Json | undefined): Length | null => {
  const {count, unit} = tree(json)
  return typeof count === 'number' && units.includes(unit as Unit) ? {count, unit: unit as Unit} : null
}

const eventJson = (event: string): Tree => (event.trim() === '*' ? {any_event: true} : {event: event.trim()})
const eventOf = (node: Tree): string | null => (node.any_event === true ? '*' : typeof node.event === 'string' && node.event.trim() === node.event && node.event !== '*' ? node.event : null)

function conditionOf(json: Json): Condition | null {
  const node = tree(json)
  if (node.type !== 'condition') return null
  const field = fieldText(node), test = testOf(node)
  return field && test ? {field, ...test} : null
}

function conditionsOf(json: Json | undefined): Condition[] | null {
  if (json === undefined) return []
  const node = tree(json)
  const parts = node.type === 'and' && Array.isArray(node.conditions) ? node.conditions : [json]
  const conditions = parts.map(conditionOf)
  return conditions.every((each) => each !== null) ? conditions : null
}

function whereJson(conditions: Condition[]): Tree {
  const all = conditions.map((c): Tree => ({type: 'condition', ...fieldJson(c.field.trim()), ...testJson(c)}))
  return all.length === 0 ? {} : {where: all.length === 1 ? all[0]! : {type: 'and', conditions: all}}
}

function didOf(node: Tree): Did | null {
  if (!only(node, 'type', 'function', 'event', 'any_event', 'where', 'field', 'property', 'window', 'op', 'value')) return null
  const kind = (['any', 'count', 'sum'] as const).find((each) => each === node.function)
  const event = eventOf(node), where = conditionsOf(node.where)
  const window = node.window === undefined ? null : tree(node.window).type === 'last' ? lengthOf(node.window) : undefined
  if (!kind || event === null || where === null || window === undefined || (node.window !== undefined && window === null)) return null
  if (kind === 'any') return {kind, event, where, field: '', op: '>=', value: '1', last: window}
  const test = testOf(node), field = kind === 'sum' ? fieldText(node) : ''
  return test && comparisons.includes(test.op) && field !== null ? {kind, event, where, field, ...test, last: window} : null
}

function followedOf(node: Tree): Followed | null {
  const steps = Array.isArray(node.steps) ? node.steps.map(tree) : []
  const [first, second] = steps
  if (!only(node, 'type', 'steps') || steps.length !== 2 || !first || !second || !only(first, 'event', 'any_event') || !only(second, 'event', 'any_event', 'not', 'within')) return null
  const event = eventOf(first), next = eventOf(second), within = second.within === undefined ? null : lengthOf(second.within)
  return event === null || next === null || (second.within !== undefined && within === null) ? null : {kind: 'then', event, next, absent: second.not === true, within}
}

function clauseOf(json: Json): Clause | null {
  const node = tree(json)
  if (node.type === 'not') {
    const inner = clauseOf(node.rule ?? null)
    return inner && !inner.not ? {...inner, not: true} : null
  }
  const found = (): Did | Followed | Known | Allows | Member | null => {
    switch (node.type) {
      case 'aggregate': return didOf(node)
      case 'sequence': return followedOf(node)
      case 'trait': { const test = testOf(node); return test && typeof node.name === 'string' ? {kind: 'trait', name: node.name, ...test} : null }
      case 'consent': case 'refused': return {kind: node.type, purpose: String(node.purpose)}
      case 'audience': return {kind: 'audience', name: String(node.name)}
      default: return null
    }
  }
  const clause = found()
  return clause && {not: false, ...clause}
}

// The form that shows all of a rule, or null.
export function formOf(json: Json | undefined): Form | null {
  const node = tree(json)
  const joined = (node.type === 'and' || node.type === 'or') && Array.isArray(node.rules)
  const clauses = (joined ? (node.rules as Json[]) : [json ?? null]).map(clauseOf)
  return clauses.every((each) => each !== null) ? {join: joined ? (node.type as 'and' | 'or') : 'and', clauses} : null
}

function clauseJson(clause: Clause): Tree {
  switch (clause.kind) {
    case 'any': case 'count': case 'sum': return {
      type: 'aggregate', function: clause.kind, ...eventJson(clause.event), ...(clause.kind === 'sum' ? fieldJson(clause.field.trim()) : {}), ...whereJson(clause.where),
      ...(clause.last ? {window: {type: 'last', count: clause.last.count, unit: clause.last.unit}} : {}), ...(clause.kind === 'any' ? {} : testJson(clause)),
    }
    case 'then': return {type: 'sequence', steps: [eventJson(clause.event), {...(clause.absent ? {not: true} : {}), ...eventJson(clause.next), ...(clause.within ? {within: {...clause.within}} : {})}]}
    case 'trait': return {type: 'trait', name: clause.name.trim(), ...testJson(clause)}
    case 'consent': case 'refused': return {type: clause.kind, purpose: clause.purpose}
    case 'audience': return {type: 'audience', name: clause.name}
  }
}

const told = (test: {op: Op; value: string}) => !takesValue(test.op) || test.value.trim() !== ''

export function isComplete(clause: Clause): boolean {
  switch (clause.kind) {
    case 'any': case 'count': case 'sum':
      return clause.event.trim() !== '' && (clause.kind !== 'sum' || clause.field.trim() !== '') && (clause.kind === 'any' || told(clause)) && clause.where.every((c) => c.field.trim() !== '' && told(c))
    case 'then': return clause.event.trim() !== '' && clause.next.trim() !== ''
    case 'trait': return clause.name.trim() !== '' && told(clause)
    case 'consent': case 'refused': return clause.purpose !== ''
    case 'audience': return clause.name !== ''
  }
}

// The tree of a form; null while a clause lacks something, or there is none.
export function jsonOf({join, clauses}: Form): Json {
  if (clauses.length === 0 || !clauses.every(isComplete)) return null
  const all = clauses.map((clause): Json => (clause.not ? {type: 'not', rule: clauseJson(clause)} : clauseJson(clause)))
  return all.length === 1 ? all[0]! : {type: join, rules: all}
}

// A new clause of a kind; what fits is taken over from the one it replaces.
export function clauseOfKind(kind: ClauseKind, before?: Clause): Clause {
  const not = before?.not ?? false
  const event = before && 'event' in before ? before.event : ''
  const known = before && 'where' in before ? before : null
  switch (kind) {
    case 'any': case 'count': case 'sum': return {not, kind, event, where: known?.where ?? [], field: kind === 'sum' ? 'revenue' : '', op: '>=', value: kind === 'sum' ? '100 EUR' : kind === 'count' ? '2' : '1', last: known ? known.last : {count: 90, unit: 'day'}}
    case 'then': return {not, kind, event, next: '', absent: true, within: {count: 24, unit: 'hour'}}
    case 'trait': return {not, kind, name: '', op: '=', value: ''}
    case 'consent': case 'refused': return {not, kind, purpose: ''}
    case 'audience': return {not, kind, name: ''}
  }
}
