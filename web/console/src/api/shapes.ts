// The answers' shapes where the API's document leaves an object free in form.
export type Role = 'staff' | 'call_centre' | 'analyst' | 'marketer' | 'privacy' | 'admin'

export interface Stats {
  sequence: number
  now: string
  persons: number
  identifiers: number
  events: {
    stored: number; bots: number; quarantined: number; bots_by_reason: Record<string, number>
    not_kept: Record<string, number>; properties_not_kept: number; identifiers_refused: number; traits_left_out: number
  }
  identity: Record<string, number>
  disk: {short: boolean; [name: string]: unknown}
  memory: Record<string, number>
  brands?: Array<{id: string; name: string; time_zone: string}>
}

export interface Purpose {
  name: string
  basis: 'consent' | 'contract' | 'legal_obligation' | 'legitimate_interest'
  gpc_denies: boolean
  categories: string[]
  used_by: {audiences: string[]; sources: string[]}
}

export interface Audience {
  id: string; name: string; purpose: string; rule: string; count: number; complete: boolean
  live: boolean; created: string; brand?: string
}

export interface StoredEvent {
  sequence: number; received: string; source: string; channel: string; name: string; profile: string; bot: boolean
}

export interface Move { sequence: number; ordinal: number; audience: string; profile: string; at: string }

// `corrected`: put right by hand, and it holds against what sources tell.
export interface Trait { value: unknown; at: string; source: string; record: number; model?: string; corrected?: boolean }
// `objected`: refused in the person's own words.
export interface Choice { state: string; may_use: boolean; since?: string; record?: number; objected?: boolean }
export interface ChannelSum { events: number; orders: number; first: string; last: string; spend: Record<string, string> }
export interface Named { name: string; count: number }
export interface Evidence {
  a: string; b: string; a_type: string; b_type: string; at: string; source: string; record: number
  rule: string; state: string; seen: number; known_to?: string
}
export interface Person {
  id: string; purpose: string; may_use: boolean; sequence: number; aliases: string[]
  restricted: boolean; restricted_since?: string; objects_to_profiling: boolean; objects_since?: string
  consents: Record<string, Choice>
  traits?: Record<string, Trait>
  channels?: Record<string, ChannelSum>
  habits?: {hours: number[]; weekdays: number[]; categories: Named[]; products: Named[]; last_products: unknown[]}
  events?: number; bot_events?: number; time_zone?: string; preferred_channel?: string
  identifiers?: Array<{type: string; profile: string; value?: string}>
  evidence?: Evidence[]
  audiences?: Array<{id: string; name: string}>
}
export interface ThreadEvent {
  sequence: number; at: string; name: string; channel: string; source: string; bot: boolean; bot_reason?: string
  time?: string; value?: string; place?: string; properties?: Record<string, unknown>; traits?: Record<string, unknown>
  identifiers?: string[]; note?: string
}
export interface ThreadPage { id: string; may_use: boolean; next_before?: number; events: ThreadEvent[] }

export interface Clause {
  clause: string; met: boolean; value?: string; wanted?: string; may_change?: string; records?: number[]; parts?: Clause[]
}
export interface Why { member: boolean; rule: string; may_use: boolean; why?: Clause; note?: string; events: Record<string, string> }

export interface RuleVerdict {
  valid: boolean; rule?: string; json?: unknown; message?: string; hint?: string
  offset?: number; length?: number; line?: number; column?: number; allowed?: string[]
}
export interface RuleCount { count: number; persons: number; allowed: number; amounts_without_rate: number }

export interface Source {
  id: string; name: string; write_key: string; channel: string; currency: string; purpose: string; basis: string
  strict: boolean; enabled: boolean; stored: number; bots: number; quarantined: number
  properties_not_kept: number; identifiers_refused: number; traits_left_out: number
}
export interface Quarantined {
  sequence: number; received: string; source: string; code: string; state: string; message?: string; event?: string; event_note?: string
}
export interface EventName { name: string; count: number; properties: Named[] }

export type Cell = string | number | boolean | null
export type Row = Record<string, Cell>
// An answer to a question: single figures, then tables.
export interface Answer { sequence: number; rows: Row[]; notes?: string[]; [name: string]: unknown }
export interface Confirmation { id: string; deleted: boolean; follows: string[]; confirm?: string }

export const kPasswordMin = 12  // bytes; engine/password.h
