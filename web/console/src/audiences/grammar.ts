// Enough of the rule language to colour it while it is typed. What a rule means, and whether it is
// one, the server says.
export type TokenKind = 'keyword' | 'function' | 'string' | 'number' | 'operator' | 'name'

const keywords = new Set(['and', 'or', 'not', 'then', 'where', 'within', 'without', 'including', 'bots', 'last', 'since', 'between', 'today',
  'yesterday', 'this', 'ever', 'in', 'exists', 'contains', 'starts', 'ends', 'with', 'true', 'false'])
const functions = new Set(['any', 'count', 'sum', 'avg', 'min', 'max', 'first', 'last', 'distinct', 'trait', 'consent', 'member', 'model', 'audience'])

const pieces = /"(?:[^"\\]|\\.)*"?|\d[\d.]*|[<>=!]+|[\p{L}_][\p{L}\p{N}_.]*|\s+|./gsu

export interface Token { kind: TokenKind; from: number; to: number }

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(pieces)) {
    const word = match[0], from = match.index, to = from + word.length
    const kind = kindOf(word, text.slice(to))
    if (kind) tokens.push({kind, from, to})
  }
  return tokens
}

function kindOf(word: string, rest: string): TokenKind | null {
  if (/^\s/.test(word)) return null
  if (word.startsWith('"')) return 'string'
  if (/^\d/.test(word)) return 'number'
  if (/^[<>=!]/.test(word)) return 'operator'
  if (/^[\p{L}_]/u.test(word)) {
    if (functions.has(word.toLowerCase()) && /^\s*\(/.test(rest)) return 'function'
    return keywords.has(word.toLowerCase()) ? 'keyword' : 'name'
  }
  return null
}
