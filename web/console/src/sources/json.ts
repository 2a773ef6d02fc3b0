// Text that should be JSON, indented for a reader without being read as values: a parser drops doubled keys,
// rounds 9007199254740993 and turns 1e999 into null.
const kToken = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+|"/gs
const kDeepest = 64  // past it the margins outgrow the text, which then stays as it is

const opens = (token: string) => token === '{' || token === '['
const closes = (token: string) => token === '}' || token === ']'
const isMark = (token: string) => /^[{}[\],:]?$/.test(token)

// Every token keeps its text and its place; between them there are other blanks than before.
export function indented(text: string): string {
  let out = '', depth = 0, last = ''
  for (const [token] of text.matchAll(kToken)) {
    if (token === '"') return text  // a string without an end: the blanks after it may be its own
    if (closes(token)) depth = Math.max(0, depth - 1)
    const empty = opens(last) && closes(token)
    if (last === ',' || (!empty && (opens(last) || closes(token)))) out += `\n${'  '.repeat(depth)}`
    else if (last === ':' || (!isMark(last) && !isMark(token))) out += ' '
    out += token
    if (opens(token) && ++depth > kDeepest) return text
    last = token
  }
  return out
}

export function isJson(text: string): boolean {
  try { JSON.parse(text) } catch { return false }
  return true
}
