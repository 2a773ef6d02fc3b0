// The people behind a figure, as the rule of an audience: what was counted in a row, said in the language of
// rules. Null where a rule cannot say it (an hour of the day, members of an audience, what names nobody).
import type {Cell, Row} from '../api/shapes'
import type {Asked, Kind} from './kinds'

const text = (value: unknown) => (typeof value === 'string' ? value : '')
const quoted = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
const kDayMs = 86_400_000

// `Order Completed.revenue where channel = web` as the event alone, its property and its conditions.
export function partsOf(figure: string): {event: string; where: string} | null {
  const inner = /^\s*(\w+)\s*\((.*)\)\s*$/s.exec(figure)
  if (!inner) return null
  const [, name, body] = inner
  const at = body!.search(/\swhere\s/)
  const left = (at < 0 ? body! : body!.slice(0, at)).trim(), where = at < 0 ? '' : body!.slice(at).trim().slice('where'.length).trim()
  return {event: name === 'count' || name === 'any' ? left : left.replace(/\.[^.\s]+(\.[^.\s]+)?$/, ''), where}
}

// Where an answer has the split: a property with the name of one of its figures has another.
export const splitColumn = (row: Row | undefined, by: string) => (row && `by ${by}` in row ? `by ${by}` : by)

// A split's value as a condition; null for a split that rules do not know.
function conditionOf(by: string, value: Cell | undefined): string | null {
  if (value === null || value === undefined || by === 'source' || by === 'event') return null
  if (by === 'channel') return `channel = ${String(value)}`
  if (typeof value === 'boolean') return `${by} is ${String(value)}`
  return `${by} = ${typeof value === 'number' ? String(value) : quoted(String(value))}`
}

const kPlain = /^(?!.*\b(and|or|not|then|where|within|without|including)\b)[\p{L}\p{N}_]+( [\p{L}\p{N}_]+)*$/u
const named = (event: string) => (event === '*' || kPlain.test(event) ? event : quoted(event))

function clause(event: string, conditions: Array<string | null>, window: string): string {
  const said = conditions.filter((each): each is string => each !== null && each !== '')
  const where = said.length === 0 ? '' : ` where ${said.length === 1 ? said[0] : said.map((each) => (/\b(and|or)\b/.test(each) ? `(${each})` : each)).join(' and ')}`
  return `any(${event}${where}${window})`
}

const kDay = /^\d{4}-\d{2}-\d{2}$/
const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const dayBefore = (day: string) => dayOf(new Date(Date.parse(day) - kDayMs))
const dayAfter = (day: string) => dayOf(new Date(Date.parse(day) + kDayMs))
const windowOf = (last: string | undefined) => (last ? `, last ${last}` : '')

// What a question says of time and of robots, as a clause ends with it; null where no rule says so. "to" is the first
// day that no longer counts, the last day of a rule is the last that does.
function timeOf({last, held}: Asked): string | null {
  const robots = held?.bots === true ? ', including bots' : ''
  const ends = [held?.from, held?.to]
  if (last) return ends.some((end) => end !== undefined) ? null : windowOf(last) + robots
  if (ends.some((end) => end !== undefined && !(typeof end === 'string' && kDay.test(end)))) return null
  const [from, past] = ends as Array<string | undefined>
  if (past === undefined) return (from === undefined ? '' : `, since ${from}`) + robots
  if (from === undefined) return `, before ${past}${robots}`
  return from < past ? `, between ${from} and ${dayBefore(past)}${robots}` : null
}

// The last day of a period that begins on `from`.
function endOf(from: string, grain: string): string | null {
  const at = new Date(`${from}T00:00:00Z`)
  if (grain === 'month') return dayOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)))
  const days = grain === 'day' ? 1 : grain === 'week' ? 7 : 0
  return days ? dayOf(new Date(at.getTime() + (days - 1) * kDayMs)) : null
}

// The first of the periods that a time of so many days up to now touches: most often it began within that period,
// which no rule can say.
const firstOfPeriods = (rows: Row[], column: string) => rows.map((row) => text(row[column])).filter(Boolean).sort()[0]

function metricRow(asked: Asked, row: Row, rows: Row[]): string | null {
  const {args, last, held} = asked
  const figure = partsOf(text(args.of))
  if (!figure || row.figure === 0) return null
  let window = timeOf(asked) ?? ''
  if (typeof row.at === 'string') {
    if (last && row.at === firstOfPeriods(rows, 'at')) return null
    const begun = row.at.slice(0, 10), end = endOf(begun, text(args.grain))
    if (!end) return null
    // The first and the last of the periods may be parts of theirs.
    const past = dayAfter(end)
    window = timeOf({...asked, last: undefined, held: {...held, from: [begun, text(held?.from)].sort()[1], to: [past, text(held?.to) || past].sort()[0]}}) ?? ''
  }
  return text(args.by) ? splitRow(asked, row, window) : clause(figure.event, [figure.where], window)
}

// What is counted of one value of the split.
function splitRow({args}: Asked, row: Row, window: string): string | null {
  const figure = partsOf(text(args.of)), by = text(args.by), value = row[splitColumn(row, by)]
  if (!figure || !by) return null
  if (by === 'event' && typeof value === 'string') return clause(named(value), [figure.where], window)
  const condition = conditionOf(by, value)
  return condition && clause(figure.event, [figure.where, condition], window)
}

// A cohort: whose first event of all was then; in a later period, who came back in it.
function cohortRow({args, last}: Asked, row: Row, rows: Row[]): string | null {
  const grain = text(args.grain), cohort = text(row.cohort), from = cohort.slice(0, 10), to = endOf(from, grain)
  if (!to || row.persons === 0 || args.window || args.first_in_time || (last && cohort === firstOfPeriods(rows, 'cohort'))) return null
  const first = text(args.first) || '*', again = text(args.again) || first
  const began = `${clause(first, [], `, between ${from} and ${to}`)} and not ${clause(first, [], `, before ${from}`)}`
  const later = Number(row.later ?? 0)
  if (later === 0) return began
  if (row.returned === 0) return null
  let back = from
  for (let i = 0; i < later; ++i) back = dayAfter(endOf(back, grain)!)
  return `${began} and ${clause(again, [], `, between ${back} and ${endOf(back, grain)!}`)}`
}

// Who had such a touch on the way to a conversion: of these models each of them has a part in the row. Without
// saying which events are touches, all but conversions are, and rules have no "all but"; nor can they say when the
// conversion was.
const kOfAllTouches = ['linear', 'decay', 'shapley']
function touchRow({args, last}: Asked, row: Row): string | null {
  const by = text(args.by), value = row[splitColumn(row, by)]
  if (last || args.each_touch_once || row.conversions === 0 || !kOfAllTouches.includes(text(row.model))) return null
  const [touch, conversion] = [text(args.touch) || (by === 'event' && typeof value === 'string' ? named(value) : ''), text(args.conversion)].map((event) => partsOf(`any(${event})`))
  if (!touch?.event || !conversion || touch.event === '*' || touch.event === conversion.event) return null
  const condition = by === 'event' ? (touch.event === value || touch.event === named(String(value)) ? '' : null) : conditionOf(by, value)
  if (condition === null) return null
  const inner = clause(touch.event, [touch.where, condition], '')
  return `${inner.slice('any('.length, -1)} then ${text(args.conversion)} within ${text(args.window) || '30 days'}`
}

function featureRow({args, last}: Asked, row: Row): string | null {
  const rule = text(args.rule), feature = text(row.feature)
  if (!rule || text(args.audience)) return null
  const does = feature === 'event' ? clause(named(text(row.value)), [], windowOf(last)) : ['weekday', 'hours', 'source', 'recency', 'spent'].includes(feature) ? null
    : clause('*', [conditionOf(feature, row.value)], windowOf(last))
  return does && `(${rule}) and ${does}`
}

// Members of an audience, and times other than days: no rule of ours says the same. Nor are a period of two ends and
// robots said of what is more than one clause. A brand is chosen beside it.
const kOfOneClause: Kind[] = ['metric', 'forecast', 'mix', 'flows', 'share', 'value']
export const saysMore = (asked: Asked) => timeOf(asked) === null ||
  Object.keys(asked.held ?? {}).some((name) => name !== 'brand' && !(['from', 'to', 'bots'].includes(name) && kOfOneClause.includes(asked.kind)))

// Only those who fulfil the question's own rule, where it has one.
export const ofThese = ({who}: Asked, rule: string | null) => (rule && who?.trim() ? `(${who.trim()}) and (${rule})` : rule)

// Whom a row counts. `rows` are all of the answer's: a cohort begins where the one before ends.
export function behind(asked: Asked, row: Row, rows: Row[]): string | null {
  if (typeof row.rule === 'string') return row.rule
  return saysMore(asked) ? null : ofThese(asked, counted(asked, row, rows))
}

function counted(asked: Asked, row: Row, rows: Row[]): string | null {
  const {args} = asked
  switch (asked.kind) {
    case 'metric': return metricRow(asked, row, rows)
    case 'retention': return cohortRow(asked, row, rows)
    case 'niche': case 'lookalike': return featureRow(asked, row)
    case 'rising': return splitRow(asked, row, windowOf(text(args.recent) || '7 days'))
    case 'attribution': return touchRow(asked, row)
    // What is expected of a day counts nobody yet: these are the people whose past it was learned from.
    case 'forecast': return splitRow(asked, row, timeOf(asked) ?? '')
    case 'share': { const touched = args.by === 'touched', time = timeOf(asked) ?? ''; return `distinct(${touched ? '*' : text(args.purchase)}.channel${time}) = ${String(row.channels)}${touched ? ` and any(${text(args.purchase)}${time})` : ''}` }
    default: return null
  }
}

// Whom the whole figure is about.
export const behindAll = (asked: Asked): string | null => (saysMore(asked) ? null : ofThese(asked, countedInAll(asked)))

function countedInAll(asked: Asked): string | null {
  const {kind, args} = asked, time = timeOf(asked) ?? ''
  switch (kind) {
    case 'metric': case 'forecast': case 'mix': { const of = partsOf(text(args.of)); return of && clause(of.event, [of.where], time) }
    case 'flows': return clause(text(args.start), [], time)
    case 'attribution': return clause(text(args.conversion), [], time)
    case 'share': case 'rfm': case 'value': return clause(text(args.purchase), [], time)
    case 'niche': case 'lookalike': return args.audience ? null : text(args.rule)
    case 'effect': { const of = partsOf(text(args.of)); return of && clause(of.event, [of.where, `${text(args.by)} in (${(args.treated as string[]).map(quoted).join(', ')})`], `, since ${text(args.start)}`) }
    default: return null
  }
}
