// One person, for one purpose: who it is known to be and why, what it allows, where it belongs, and
// its contacts on every channel along one red thread.
import * as api from './api.js'
import {channelClass, channelTag, choices, el, field, fill, shortId} from './dom.js'
import {ago, has, moment, number, t} from './texts.js'

const kPage = 40
const types = ['email', 'loyalty_card', 'user_id', 'phone', 'anonymous_id', 'device_id', 'badge', 'household', 'external_id']
const purposeKey = 'filrouge.purpose'
const shownValue = (value) => typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

function clauseTree(clause, events) {
  const facts = [clause.value, clause.wanted && t('wanted', {what: clause.wanted})].filter(Boolean).join(' · ')
  return el('li', {class: clause.met ? 'met' : 'unmet'}, el('code', {}, clause.clause), facts ? ` ${facts}` : null,
    clause.may_change ? el('span', {class: 'note'}, ` ⟳ ${moment(clause.may_change)}`) : null,
    clause.records?.length ? el('ul', {class: 'note'}, clause.records.slice(0, 5).map((sequence) =>
      el('li', {}, events[sequence] ?? `#${sequence}`))) : null,
    clause.parts?.length ? el('ul', {class: 'clauses'}, clause.parts.map((part) => clauseTree(part, events))) : null)
}

// "Why?", answered in place.
export function whyBox(signal, audience, profile) {
  const box = el('div', {class: 'why'})
  const details = el('details', {ontoggle: async () => {
    if (!details.open || box.hasChildNodes()) return
    fill(box, t('loading'))
    try {
      const answer = await api.get(`audiences/${api.part(audience)}/why?profile=${api.part(profile)}`, signal)
      fill(box, answer.why ? el('ul', {class: 'clauses'}, clauseTree(answer.why, answer.events)) : answer.note)
    } catch (e) { fill(box, t('failed', {why: e.message})) }
  }}, el('summary', {}, t('why')), box)
  return details
}

function finder(signal, say) {
  const type = el('select', {}, choices(types, 'email'))
  const value = el('input', {type: 'search', required: true, autocomplete: 'off'})
  const submit = async (e) => {
    e.preventDefault()
    try {
      const {id} = await api.post('profiles/find', api.ofBrand({type: type.value, value: value.value}), signal)
      location.hash = `#/person/${encodeURIComponent(id)}`
    } catch (problem) { say(problem.status === 404 ? t('not_found') : problem.message) }
  }
  return el('form', {class: 'row find', onsubmit: submit, role: 'search'},
    field(t('known_by'), type), field(t('value'), value), el('button', {type: 'submit'}, t('find')))
}

function rows(title, list) {
  return el('section', {class: 'card'}, el('h2', {}, title), list)
}

function identityCard(person) {
  const values = new Map((person.identifiers ?? []).map((i) => [i.profile, i.value ?? i.type]))
  const named = (id, type) => values.get(id) ?? `${type} ${shortId(id)}`
  const state = (name) => has(`state_${name}`) ? t(`state_${name}`) : name
  return [
    rows(t('identifiers'), el('ul', {class: 'plain'}, (person.identifiers ?? []).map((i) =>
      el('li', {}, el('span', {class: 'note'}, i.type), ' ', el('span', {class: 'value'}, i.value ?? '—'))))),
    rows(t('evidence'), el('ul', {class: 'plain evidence'}, (person.evidence ?? []).map((e) =>
      e.known_to
        ? el('li', {class: e.state}, t('known_to', {a: named(e.a, e.a_type), brand: e.known_to}), el('div', {class: 'note'}, state(e.state)))
        : el('li', {class: e.state}, t('evidence_row', {a: named(e.a, e.a_type), b: named(e.b, e.b_type)}),
          el('div', {class: 'note'}, [state(e.state), e.rule.replaceAll('_', ' '), e.source, moment(e.at), t('seen_times', {n: e.seen})].join(' · ')))))),
  ]
}

function factsCard(person) {
  const traits = Object.entries(person.traits ?? {})
  const channels = Object.entries(person.channels ?? {})
  const categories = person.habits?.categories ?? []
  return el('section', {class: 'card'},
    el('p', {class: 'lead'}, el('strong', {}, number(person.events ?? 0)), ' ', t('contacts'),
      person.preferred_channel ? [' · ', t('prefers'), ' ', channelTag(person.preferred_channel)] : null),
    el('ul', {class: 'chips'}, channels.map(([name, c]) => el('li', {}, channelTag(name), ' ', number(c.events),
      Object.entries(c.spend).map(([currency, amount]) => ` · ${amount} ${currency}`)))),
    categories.length ? el('p', {}, el('span', {class: 'note'}, t('likes')), ' ', categories.slice(0, 5).map((c) => c.name).join(', ')) : null,
    traits.length ? [el('h2', {}, t('known_traits')), el('dl', {class: 'traits'}, traits.map(([name, trait]) =>
      [el('dt', {}, name), el('dd', {title: `${trait.source}, ${moment(trait.at)}`}, shownValue(trait.value))]))] : null)
}

function choicesCard(person) {
  return rows(t('choices'), el('ul', {class: 'plain choices'}, Object.entries(person.consents).map(([purpose, c]) =>
    el('li', {class: c.state.replace(' ', '-')}, el('span', {}, purpose), ' ', el('strong', {}, t(`choice_${c.state}`)),
      c.since ? el('span', {class: 'note'}, ` ${moment(c.since)}`) : null))))
}

function knot(event) {
  const {products, ...rest} = event.properties ?? {}
  const shown = Object.entries(rest).filter(([, value]) => typeof value !== 'object')
  const headline = rest.name ?? rest.title ?? rest.query ?? rest.topic ?? rest.zone ?? rest.order_id
  const lines = Array.isArray(products) ? products.map((p) => p.name ?? p.product_id).filter(Boolean).slice(0, 4).join(', ') : ''
  return el('li', {class: `${channelClass(event.channel)} knot${/^Order Completed/.test(event.name) ? ' big' : ''}`},
    el('details', {}, el('summary', {},
      el('time', {datetime: event.at, title: ago(event.at)}, moment(event.at)), channelTag(event.channel),
      el('span', {class: 'what'}, el('strong', {}, event.name || event.identifiers?.join(' + ') || '—'), headline ? el('span', {}, headline) : null,
        lines && lines !== headline ? el('span', {class: 'note'}, lines) : null, event.bot ? el('span', {class: 'note'}, t('robot')) : null),
      event.value ? el('span', {class: 'money'}, event.value) : null),
    el('dl', {class: 'traits'}, [['source', event.source], ['place', event.place], ['record', event.sequence],
      event.time === 'corrected' ? ['', t('corrected_time')] : null, ...shown].filter((row) => row && row[1] !== undefined)
      .map(([name, value]) => [el('dt', {}, name), el('dd', {}, shownValue(value))]))))
}

function threadCard(signal, id, purpose) {
  const list = el('ol', {class: 'thread'})
  const more = el('button', {type: 'button', class: 'quiet', hidden: true}, t('older'))
  let before = 0
  const load = async () => {
    const page = await api.get(api.inBrand(`profiles/${api.part(id)}/thread?purpose=${api.part(purpose)}&limit=${kPage}${before ? `&before=${before}` : ''}`), signal)
    list.append(...page.events.map(knot))
    before = page.next_before ?? 0
    more.hidden = !before
    if (!list.children.length) list.append(el('li', {class: 'empty'}, t('no_thread')))
  }
  more.addEventListener('click', load)
  return {node: el('section', {class: 'card'}, el('h2', {}, t('the_thread')), list, more), load}
}

export async function personView(main, signal, id) {
  const notice = el('p', {role: 'status'}, id ? '' : t('find_how'))
  const find = finder(signal, (text) => { notice.textContent = text })
  if (!id) return fill(main, el('h1', {}, t('person_title')), find, notice)
  const {purposes} = await api.get('purposes', signal)
  const names = purposes.map((p) => p.name)
  const remembered = sessionStorage.getItem(purposeKey)
  const purpose = el('select', {onchange: () => { sessionStorage.setItem(purposeKey, purpose.value); show() }},
    choices(names, names.includes(remembered) ? remembered : 'measurement'))
  const body = el('div', {class: 'columns person-columns'})
  const title = el('span', {}, t('person_title'))
  const show = async () => {
    const person = await api.get(api.inBrand(`profiles/${api.part(id)}?purpose=${api.part(purpose.value)}`), signal)
    title.textContent = t('person_title')
    if (!person.may_use) return fill(body, el('p', {class: 'empty'}, t('may_not')), choicesCard(person))
    const name = ['firstName', 'lastName'].map((key) => person.traits[key]?.value).filter(Boolean).join(' ') || person.traits.name?.value
    title.textContent = name ?? t('person_title')
    const thread = threadCard(signal, person.id, purpose.value)
    const member = rows(t('in_audiences'), person.audiences.length
      ? el('ul', {class: 'plain'}, person.audiences.map((a) => el('li', {}, el('a', {href: `#/audiences/${api.part(a.id)}`}, a.name), whyBox(signal, a.id, person.id))))
      : el('p', {class: 'note'}, t('in_none')))
    fill(body, thread.node, el('div', {}, factsCard(person), choicesCard(person), member), el('div', {}, identityCard(person)))
    await thread.load()
  }
  fill(main, el('div', {class: 'row'}, el('h1', {}, title, ' ', el('code', {class: 'note'}, shortId(id))), field(t('seen_for'), purpose)),
    find, notice, body)
  await show()
}
