// server_texts.mjs: the sentences that the server's sources say, with a hole {} where a value stands:
//   "The board has " + std::to_string(n) + " bytes."   is   The board has {} bytes.
// No parser of C++: a chain of literals and whatever is added between them, which is how our errors are written.
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const kToken = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"(\w*)\(([\s\S]*?)\)\1"|"((?:[^"\\\n]|\\.)*)"|'(?:[^'\\\n]|\\.)+'|^[ \t]*#[^\n]*|[A-Za-z_][\w:]*|\d[\w'.]*|->|<<|>>|::|[^\s]/gm
const kEscapes = {n: '\n', t: '\t', '"': '"', '\\': '\\', "'": "'", 0: '\0', r: '\r'}

function tokensOf(source) {
  const tokens = []
  for (const found of source.matchAll(kToken)) {
    const [text, , raw, quoted] = found
    if (/^(\/\/|\/\*|\s*#)/.test(text)) continue
    if (raw !== undefined) tokens.push({text: raw, literal: true, at: found.index})
    else if (quoted !== undefined) tokens.push({text: quoted.replace(/\\x([0-9a-f]{2})|\\(.)/gi, (_, hex, letter) => (hex ? String.fromCharCode(parseInt(hex, 16)) : kEscapes[letter] ?? letter)), literal: true, at: found.index})
    else tokens.push({text, literal: false, at: found.index})
  }
  return tokens
}

const kOpens = new Set(['(', '[', '{']), kCloses = new Set([')', ']', '}'])
const kEnds = new Set([',', ';', '?', ':', '=', '<<', 'return', '<', '>', '&', '|'])

// What a run of tokens between two signs of addition is: the words of a literal, or a hole.
function piece(tokens) {
  const plain = tokens.filter(({text, literal}) => literal || !['std::string', 'std::string_view', '(', ')', '{', '}'].includes(text))
  if (plain.length > 0 && plain.every(({literal}) => literal)) return plain.map(({text}) => text).join('')
  return '{}'
}

function chainsIn(tokens) {
  const found = []
  let parts = [], part = [], at = 0
  const endPart = () => { if (part.length > 0) { parts.push(piece(part)); part = [] } }
  const end = () => {
    endPart()
    if (parts.some((each) => each !== '{}')) found.push({text: parts.join(''), at})
    parts = []
  }
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (part.length === 0 && parts.length === 0) at = token.at
    if (token.literal) { if (parts.length === 0) at = token.at; part.push(token); continue }
    if (token.text === '+' && tokens[i + 1]?.text === '=') { end(); i++; continue }
    if (token.text === '+') { endPart(); continue }
    if (kOpens.has(token.text)) {
      const isOurs = ['static_assert', 'ASSERT'].includes(tokens[i - 1]?.text)
      let depth = 1, j = i + 1
      for (; j < tokens.length && depth > 0; j++) if (!tokens[j].literal) depth += kOpens.has(tokens[j].text) ? 1 : kCloses.has(tokens[j].text) ? -1 : 0
      const inside = tokens.slice(i + 1, j - 1)
      if (isOurs) { part = []; parts = []; i = j - 1; continue }
      const wraps = token.text !== '[' && ['std::string', 'std::string_view'].includes(tokens[i - 1]?.text) && inside.length > 0 && inside.every(({literal}) => literal)
      if (wraps) part.push(...inside)
      else {
        found.push(...chainsIn(inside))
        if (token.text === '{' && tokens[i - 1]?.text === ')') end()
        else part.push({text: '()', literal: false, at: token.at})
      }
      i = j - 1
      if (token.text === '{' && !wraps) { const next = tokens[j]; if (!next || next.literal || !['+', '.', ',', ';', ')'].includes(next.text)) end() }
      continue
    }
    if (kEnds.has(token.text)) { end(); continue }
    part.push(token)
  }
  end()
  return found
}

export function textsOf(source) {
  return chainsIn(tokensOf(source)).map(({text, at}) => ({text, line: source.slice(0, at).split('\n').length}))
}

export function serverSources(root, folders) {
  return folders.flatMap((folder) => readdirSync(join(root, folder), {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name) && !/_test\.cc$|_for_test\.h$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name)))
}
