// Amounts and counts as tables write them: 1234.5, 1 234,50, 1,234.50, 1'234.50, 12,50 €.
export type DecimalMark = ',' | '.'

const kThousands = /^\d{1,3}(,\d{2,3})*,\d{3}$/  // 1,234,567; and 12,34,567, as India writes it
const kPlain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const bare = (text: string) =>
  text.replace(/\s/g, '').replace('\u2212', '-').replace(/(?<=\d)['’](?=\d{3})/g, '').replace(/\p{Sc}$/u, '').replace(/^([+-]?)\p{Sc}/u, '$1')

// The mark before the decimals, where the text alone tells it: the last one of both; else the only one, unless
// three digits behind it may be thousands as well. Several of one kind part thousands.
function markIn(told: string): DecimalMark | undefined {
  const marks = told.replace(/[^.,]/g, ''), last = marks.at(-1)
  if (last !== ',' && last !== '.') return undefined
  if (marks.indexOf(last) < marks.length - 1) return last === ',' ? '.' : ','
  return marks.length > 1 || !/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(told) ? last : undefined
}

function readBy(decimal: DecimalMark, told: string): number | undefined {
  const [whole = '', ...parts] = told.split(decimal)
  const groups = whole.replaceAll('.', ',').replace(/^[+-]/, '')
  if (parts.length > 1 || (groups.includes(',') && !kThousands.test(groups))) return undefined
  const plain = [whole.replace(/[.,]/g, ''), ...parts].join('.')
  return kPlain.test(plain) ? Number(plain) : undefined
}

// How a column writes its decimals, by those of its cells that leave no doubt; nothing where they differ.
export function decimalOf(cells: Iterable<string>): DecimalMark | undefined {
  const found = new Set<DecimalMark>()
  for (const cell of cells) {
    if (!/[.,]\d/.test(cell)) continue  // most cells of most files, at little cost
    const told = bare(cell), mark = markIn(told)
    if (mark && readBy(mark, told) !== undefined) found.add(mark)
  }
  return found.size === 1 ? [...found][0] : undefined
}

// Nothing where the text is no amount, and where 1,234 is all there is: a thousand to some, a bit over one to
// others, so that whoever guesses is wrong by a factor of 1000.
export function amountOf(text: string, decimal?: DecimalMark): number | undefined {
  const told = bare(text)
  const mark = markIn(told) ?? decimal ?? (told.includes(',') ? undefined : '.')
  return mark && readBy(mark, told)
}
