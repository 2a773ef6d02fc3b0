// Where events come from and what each source collects for; what could not be taken as it came.
import * as api from './api.js'
import {channelTag, choices, el, every, field, fill} from './dom.js'
import {moment, number, t} from './texts.js'

const channels = ['web', 'app', 'store', 'kiosk', 'beacon', 'call', 'chat', 'email', 'sms', 'push', 'social', 'tv', 'object', 'server', 'catalog']

function example(source) {
  return `curl ${location.origin}/v1/track -u ${source.write_key}: -d '{"anonymousId":"visitor-1","event":"Product Viewed",` +
    `"properties":{"product_id":"p-1","price":39.9,"currency":"EUR"},"context":{"consent":{"categoryPreferences":{"Analytics":true}}}}'`
}

function sourceRow(source) {
  return el('tr', {}, el('td', {}, el('strong', {}, source.name), el('div', {class: 'note'}, source.id)),
    el('td', {}, channelTag(source.channel)), el('td', {}, source.purpose, el('div', {class: 'note'}, source.basis)),
    el('td', {class: 'n'}, number(source.stored)), el('td', {class: 'n'}, number(source.bots)),
    el('td', {class: 'n'}, number(source.quarantined),
      source.properties_not_kept ? el('div', {class: 'note'}, t('properties_dropped', {n: number(source.properties_not_kept)})) : null),
    el('td', {}, el('details', {}, el('summary', {}, t('write_key')), el('code', {class: 'key'}, source.write_key),
      el('p', {class: 'note'}, t('try_it')), el('pre', {}, example(source)))))
}

function newSource(purposes, made) {
  const name = el('input', {type: 'text', required: true, maxlength: 100})
  const channel = el('select', {}, choices(channels, 'web'))
  const purpose = el('select', {}, choices(purposes.map((p) => p.name), 'measurement'))
  const notice = el('p', {role: 'status', class: 'error'})
  const submit = async (e) => {
    e.preventDefault()
    try {
      await api.post('sources', api.ofBrand({name: name.value, channel: channel.value, purpose: purpose.value}))
      name.value = notice.textContent = ''
      await made()
    } catch (problem) { notice.textContent = problem.message }
  }
  return el('form', {class: 'row', onsubmit: submit}, field(t('source_name'), name), field(t('channel'), channel),
    field(t('purpose'), purpose), el('button', {type: 'submit'}, t('create_source')), notice)
}

function quarantineCard(signal) {
  const body = el('div')
  const show = (sequence) => {
    const details = el('details', {ontoggle: async () => {
      if (!details.open || details.children.length > 1) return
      const one = await api.get(`quarantine/${sequence}`, signal).catch((e) => ({message: e.message}))
      details.append(el('p', {}, one.message), el('pre', {}, (one.event ?? one.event_note ?? '').slice(0, 2_000)))
    }}, el('summary', {}, t('show')))
    return details
  }
  api.get('quarantine?limit=8', signal).then(({events, open}) => fill(body,
    events.length === 0 ? el('p', {}, t('quarantine_empty')) : [
      el('ul', {class: 'chips'}, Object.entries(open).map(([code, n]) => el('li', {}, el('strong', {}, number(n)), ' ', code))),
      el('h3', {}, t('last_ones')),
      el('ul', {class: 'plain'}, events.map((e) => el('li', {}, moment(e.received), ' · ', e.source, ' · ', e.code, show(e.sequence))))]))
    .catch((e) => fill(body, el('p', {class: 'note'}, e.status === 403 ? t('not_allowed') : e.message)))
  return el('section', {class: 'card'}, el('h2', {}, t('quarantine_title')), el('p', {class: 'note'}, t('quarantine_note')), body)
}

function purposesCard(purposes) {
  return el('section', {class: 'card'}, el('h2', {}, t('purposes_title')), el('ul', {class: 'plain'}, purposes.map((p) =>
    el('li', {}, el('strong', {}, p.name), ' ', p.basis.replaceAll('_', ' '), p.gpc_denies ? ` · ${t('gpc_denies')}` : '',
      p.categories.length ? el('div', {class: 'note'}, p.categories.join(', ')) : null))))
}

export async function sourcesView(main, signal) {
  const {purposes} = await api.get('purposes', signal)
  const table = el('tbody')
  const heads = [t('source_name'), t('channel'), t('purpose'), t('stored'), t('bots'), t('quarantined'), '']
  const empty = el('p', {class: 'empty', hidden: true}, t('no_source'))
  const refresh = async () => {
    if (table.querySelector('details[open]')) return  // somebody reads a key
    const {sources} = await api.get(api.inBrand('sources'), signal)
    empty.hidden = sources.length > 0
    fill(table, sources.map(sourceRow))
  }
  fill(main, el('h1', {}, t('sources_title')), empty,
    el('section', {class: 'card wide scroll'}, el('table', {}, el('thead', {}, el('tr', {}, heads.map((text, i) => el('th', {scope: 'col', class: i > 2 && i < 6 ? 'n' : ''}, text)))), table)),
    newSource(purposes, refresh), el('div', {class: 'columns'}, quarantineCard(signal), purposesCard(purposes)))
  await refresh().catch((e) => { empty.hidden = false; empty.textContent = e.status === 403 ? t('not_allowed') : e.message })
  every(3_000, signal, refresh)
}
