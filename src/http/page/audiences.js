// Audiences with their counts as they change, and the box where a rule is written: checked at each
// pause of the typing, counted when it is sound.
import * as api from './api.js'
import {choices, el, every, field, fill, personLink} from './dom.js'
import {moment, number, t} from './texts.js'
import {whyBox} from './person.js'

const kMovesListed = 12
const kCheckMs = 250
const kCountMs = 500
const examples = [
  'Product Added then not Order Completed within 10 minutes',
  'count(Order Completed, last 90 days) >= 2 and consent(marketing.email)',
  'any(Product Viewed where channel = web, last 7 days) and any(Order Completed where channel = store)',
  'sum(Order Completed.revenue, last 365 days) > 300 EUR',
]

const encoder = new TextEncoder()
// The server counts bytes; a text box counts UTF-16 units.
export function unitsOfBytes(text, bytes) {
  let at = 0
  for (const character of text) {
    if (bytes <= 0) break
    bytes -= encoder.encode(character).length
    at += character.length
  }
  return at
}

function marked(text, {offset, length}) {
  const from = unitsOfBytes(text, offset)
  const to = Math.max(unitsOfBytes(text, offset + length), from)
  return el('pre', {class: 'marked', 'aria-hidden': 'true'}, text.slice(0, from),
    el('mark', {}, text.slice(from, to) || ' '), text.slice(to))
}

function ruleBox(signal, purposes, keptOne) {
  const rule = el('textarea', {rows: 4, spellcheck: 'false', autocomplete: 'off', class: 'rule', 'aria-describedby': 'rule-verdict'})
  const purpose = el('select', {}, choices(purposes.map((p) => p.name), 'measurement'))
  const name = el('input', {type: 'text', maxlength: 100, required: true})
  const verdict = el('div', {id: 'rule-verdict', class: 'verdict', 'aria-live': 'polite'})
  const keep = el('button', {type: 'submit', disabled: true}, t('keep_audience'))
  let asked = null, timer = 0

  const insert = (word) => {
    const at = rule.selectionEnd
    const gap = at > 0 && !/[\s(.]$/.test(rule.value.slice(0, at)) ? ' ' : ''
    rule.setRangeText(gap + word + ' ', at, at, 'end')
    rule.focus()
    rule.dispatchEvent(new Event('input'))
  }
  const showError = (text, e) => fill(verdict, marked(text, e),
    el('p', {class: 'error'}, e.message), e.hint ? el('p', {}, e.hint) : null,
    e.allowed.length ? el('p', {class: 'note'}, t('may_follow'), ' ', e.allowed.slice(0, 16).map((word) => /^'.*'$/.test(word)
      ? el('button', {type: 'button', class: 'chip', onclick: () => insert(word.slice(1, -1))}, word.slice(1, -1))
      : el('span', {class: 'chip'}, word))) : null)
  const check = async (text, stop) => {
    const answer = await api.post('rules/check', {rule: text}, stop)
    if (!answer.valid) return showError(text, answer)
    keep.disabled = false
    fill(verdict, el('p', {class: 'note'}, t('counting')))
    await new Promise((resolve) => setTimeout(resolve, kCountMs - kCheckMs))
    if (stop.aborted) return
    const {count, allowed, persons} = await api.post('rules/count', api.ofBrand({rule: text, purpose: purpose.value}), stop)
    fill(verdict, el('p', {class: 'count'}, el('strong', {}, number(count)),
      ' ', t('rule_count', {n: number(count), allowed: number(allowed), persons: number(persons)}).replace(/^\S+ /, '')))
  }
  const changed = () => {
    asked?.abort()
    clearTimeout(timer)
    keep.disabled = true
    const text = rule.value.trim() === '' ? '' : rule.value
    if (!text) return fill(verdict)
    asked = new AbortController()
    const {signal: stop} = asked
    timer = setTimeout(() => check(text, stop).catch((e) => {
      if (!stop.aborted) fill(verdict, el('p', {class: 'error'}, t('failed', {why: e.message})))
    }), kCheckMs)
  }
  rule.addEventListener('input', changed)
  purpose.addEventListener('change', changed)
  signal.addEventListener('abort', () => { asked?.abort(); clearTimeout(timer) })
  const submit = async (e) => {
    e.preventDefault()
    try {
      await api.post('audiences', api.ofBrand({name: name.value, rule: rule.value, purpose: purpose.value}))
      fill(verdict, el('p', {}, t('kept', {name: name.value})))
      rule.value = name.value = ''
      keptOne()
    } catch (problem) {
      fill(verdict, el('p', {class: 'error'}, problem.message))
    }
  }
  return el('section', {class: 'card wide'}, el('h2', {}, t('rule_title')), el('form', {onsubmit: submit},
    field(t('rule_label'), rule),
    el('p', {class: 'note'}, t('rule_help'), ' ', examples.map((text) =>
      el('button', {type: 'button', class: 'chip', onclick: () => { rule.value = text; rule.focus(); changed() }}, text))),
    verdict, el('div', {class: 'row'}, field(t('purpose'), purpose), field(t('audience_name'), name), keep)))
}

function audienceCard(audience) {
  const count = el('strong', {})
  const moves = el('span', {class: 'moves'})
  const moved = {enter: 0, leave: 0}
  const set = ({count: n, complete}) => {
    count.textContent = number(n)
    moves.classList.toggle('counting', !complete)
    if (!complete) moves.textContent = t('still_counting')
  }
  const move = (event) => {
    ++moved[event]
    moves.textContent = `▲ ${t('entered', {n: number(moved.enter)})}  ▼ ${t('left', {n: number(moved.leave)})}`
    node.classList.remove('entered', 'leaving')
    void node.offsetWidth  // so that the same class can glow again
    node.classList.add(event === 'enter' ? 'entered' : 'leaving')
  }
  const node = el('li', {}, el('a', {href: `#/audiences/${encodeURIComponent(audience.id)}`, class: 'audience'},
    count, el('span', {class: 'title'}, audience.name), el('span', {class: 'note'}, audience.purpose), moves,
    el('code', {}, audience.rule)))
  set(audience)
  return {node, set, move}
}

export async function audiencesView(main, signal) {
  const cards = new Map()
  const list = el('ul', {class: 'audiences'})
  const empty = el('p', {class: 'empty'}, t('no_audience'))
  const refresh = async () => {
    const {audiences} = await api.get(api.inBrand('audiences'), signal)
    empty.hidden = audiences.length > 0
    for (const audience of audiences) {
      if (cards.has(audience.id)) { cards.get(audience.id).set(audience); continue }
      const card = audienceCard(audience)
      cards.set(audience.id, card)
      list.append(card.node)
    }
  }
  const {purposes} = await api.get('purposes', signal)
  fill(main, el('h1', {}, t('audiences_title')), empty, list, ruleBox(signal, purposes, refresh))
  api.stream('audiences/stream', signal, (event, {audience}) => cards.get(audience)?.move(event))
  every(1_000, signal, refresh)
}

function movesCard(signal, id) {
  const list = el('ol', {class: 'plain'}, el('li', {class: 'note'}, t('moves_none')))
  api.stream(`audiences/${api.part(id)}/stream`, signal, (event, {profile, at}) => {
    list.querySelector('.note:only-child')?.remove()
    list.prepend(el('li', {class: event}, el('span', {'aria-hidden': 'true'}, event === 'enter' ? '▲ ' : '▼ '),
      personLink(profile), ` ${t(event === 'enter' ? 'enters' : 'leaves')} `, el('time', {datetime: at, class: 'note'}, moment(at))))
    while (list.children.length > kMovesListed) list.lastChild.remove()
  })
  return el('section', {class: 'card'}, el('h2', {}, t('moves')), list)
}

export async function audienceView(main, signal, id) {
  const audience = await api.get(`audiences/${api.part(id)}`, signal)
  const list = el('ul', {class: 'members'})
  const more = el('button', {type: 'button', class: 'quiet', hidden: true}, t('more'))
  let cursor = ''
  const load = async () => {
    const page = await api.get(`audiences/${api.part(id)}/members?limit=40${cursor && `&cursor=${api.part(cursor)}`}`, signal)
    for (const profile of page.members) {
      list.append(el('li', {}, personLink(profile), whyBox(signal, id, profile)))
    }
    cursor = page.next_cursor ?? ''
    more.hidden = !cursor
    if (!list.children.length) list.append(el('li', {class: 'empty'}, t('no_members')))
  }
  more.addEventListener('click', load)
  fill(main, el('p', {}, el('a', {href: '#/audiences'}, `← ${t('all_audiences')}`)),
    el('h1', {}, t('members_of', {name: audience.name})),
    el('p', {}, el('strong', {}, number(audience.count)), ' ', t('members'), ' · ', audience.purpose),
    el('pre', {class: 'rule'}, audience.rule),
    el('div', {class: 'columns'}, el('div', {}, list, more), movesCard(signal, id)))
  await load()
}
