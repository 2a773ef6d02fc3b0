// What arrives, what becomes of it, and why some of it is not kept.
import * as api from './api.js'
import {channelTag, el, every, fill, personLink} from './dom.js'
import {Threads, kWindowSeconds, sparkline} from './threads.js'
import {clock, has, number, t} from './texts.js'

const kListed = 14
const kRates = 90
const parts = ['stored', 'deduplicated', 'not_kept', 'quarantined']

function figure(label, value = '—') {
  const strong = el('strong', {}, value)
  return {node: el('div', {class: 'figure'}, strong, el('span', {}, label)), set: (n) => { strong.textContent = number(n) }}
}

// One bar whose parts add up to what was received.
function balance() {
  const bar = el('div', {class: 'bar', 'aria-hidden': 'true'})
  const rows = Object.fromEntries(parts.map((name) => {
    const count = el('td', {class: 'n'}, '—')
    const fillPart = el('i', {class: `part-${name}`})
    bar.append(fillPart)
    return [name, {count, fillPart, node: el('tr', {}, el('td', {}, el('i', {class: `dot part-${name}`}), t(name)), count)}]
  }))
  const total = el('td', {class: 'n'}, '—')
  const node = el('section', {class: 'card'},
    el('h2', {}, t('what_became')), el('p', {class: 'note'}, t('since_start')), bar,
    el('table', {class: 'plain'}, el('tbody', {}, parts.map((name) => rows[name].node),
      el('tr', {class: 'sum'}, el('td', {}, t('received')), total))))
  const set = (m) => {
    const received = m.events_received_total ?? 0
    total.textContent = number(received)
    for (const name of parts) {
      const n = m[`events_${name}_total`] ?? 0
      rows[name].count.textContent = number(n)
      rows[name].fillPart.style.flexGrow = received ? n / received : 0
    }
  }
  return {node, set}
}

function reasons() {
  const list = el('dl', {class: 'reasons'})
  const robots = el('p', {class: 'note'})
  const properties = el('p', {class: 'note'})
  const node = el('section', {class: 'card'}, el('h2', {}, t('why_not')), list, properties, robots)
  const set = ({events}) => {
    const found = Object.entries(events.not_kept)
    const dropped = events.properties_not_kept
    properties.textContent = dropped ? t('properties_note', {n: number(dropped)}) : ''
    fill(list, found.length === 0 ? el('dd', {}, t('none_dropped')) : found.map(([reason, n]) => [
      el('dt', {}, el('strong', {}, number(n)), ' ', has(`reason_${reason}`) ? t(`reason_${reason}`) : reason.replaceAll('_', ' ')),
      el('dd', {class: 'note'}, t(has(`setting_${reason}`) ? `setting_${reason}` : 'setting_other'))]))
    const why = Object.entries(events.bots_by_reason).map(([reason, n]) => t(`bot_${reason}`, {n: number(n)}))
    robots.textContent = events.bots ? [t('robots_note', {n: number(events.bots)}), ...why].join(' ') : ''
  }
  return {node, set}
}

function consentMix(signal) {
  const rows = el('div', {class: 'mix'})
  const node = el('section', {class: 'card'}, el('h2', {}, t('consent_mix')), rows)
  every(20_000, signal, async () => {
    const {purposes} = await api.get('purposes', signal)
    const asked = purposes.filter((p) => p.basis === 'consent').slice(0, 8)
    const drawn = []
    for (const {name} of asked) {
      const {allowed, persons} = await api.post('rules/count', api.ofBrand({rule: `consent(${name})`, purpose: name}), signal)
      const share = el('i')
      share.style.width = `${persons ? (100 * allowed) / persons : 0}%`
      drawn.push(el('div', {}, el('span', {}, name),
        el('span', {class: 'note'}, t('consent_row', {n: number(allowed), all: number(persons)})),
        el('div', {class: 'share', 'aria-hidden': 'true'}, share)))
    }
    fill(rows, drawn)
  })
  return node
}

function latest() {
  const rows = el('ol', {class: 'latest'})
  let paused = false
  const button = el('button', {type: 'button', class: 'quiet', 'aria-pressed': 'false', onclick: () => {
    paused = !paused
    button.textContent = t(paused ? 'resume' : 'pause')
    button.setAttribute('aria-pressed', String(paused))
  }}, t('pause'))
  const node = el('section', {class: 'card'}, el('div', {class: 'row'}, el('h2', {}, t('latest')), button), rows)
  // At most a few a second are listed: more could not be read.
  const waiting = []
  const add = (event) => { if (waiting.push(event) > kListed) waiting.shift() }
  const show = () => {
    if (paused || waiting.length === 0) return
    rows.prepend(...waiting.splice(0).reverse().map((event) => el('li', {class: event.bot ? 'bot' : ''},
      el('time', {datetime: event.received}, clock(event.received)), channelTag(event.channel),
      el('span', {class: 'name', title: event.name}, event.name || '—'),
      event.bot ? el('span', {class: 'note'}, t('robot')) : personLink(event.profile))))
    while (rows.children.length > kListed) rows.lastChild.remove()
  }
  return {node, add, show}
}

export function liveView(main, signal, link) {
  const canvas = el('canvas', {class: 'threads', role: 'img', 'aria-label': t('threads_label', {n: kWindowSeconds})})
  const tip = el('div', {class: 'tip', hidden: true})
  const empty = el('div', {class: 'empty', hidden: true}, el('p', {}, t('nothing_yet')), el('p', {class: 'note'}, t('nothing_yet_how')),
    el('p', {}, el('a', {href: '#/sources'}, t('nav_sources'))))
  const figures = {persons: figure(t('people_known')), stored: figure(t('events_ever')), edges: figure(t('ties')),
    merges: figure(t('merges')), splits: figure(t('splits'))}
  const rate = figure(t('per_second'))
  const spark = el('canvas', {class: 'spark', 'aria-hidden': 'true'})
  const sums = balance(), whys = reasons(), list = latest()
  const threads = new Threads(canvas, tip, (profile) => { location.hash = `#/person/${encodeURIComponent(profile)}` })

  const disk = el('p', {role: 'alert', class: 'error', hidden: true}, t('disk_short'))
  fill(main, el('h1', {}, t('live_title')), disk,
    el('div', {class: 'figures'}, el('div', {class: 'figure rate'}, rate.node, spark), Object.values(figures).map((f) => f.node)),
    el('section', {class: 'card wide stage'}, canvas, tip, empty, el('p', {class: 'note'}, t('threads_hint'))),
    el('div', {class: 'columns live-columns'}, list.node, el('div', {}, sums.node, consentMix(signal)), el('div', {}, whys.node)))

  threads.run(signal)
  api.stream('tail', signal, (event, data) => { threads.add(data); list.add(data) }, link)
  every(400, signal, async () => list.show())
  const rates = []
  let before = null
  every(1_000, signal, async () => {
    const m = await api.metrics(signal)
    sums.set(m)
    const now = {at: performance.now(), n: m.events_received_total ?? 0}
    // A smaller count than before: the server was started again.
    if (before && now.n >= before.n) {
      rates.push((now.n - before.n) * 1000 / (now.at - before.at))
      if (rates.length > kRates) rates.shift()
      rate.set(Math.round(rates.slice(-3).reduce((a, b) => a + b, 0) / Math.min(3, rates.length)))
      sparkline(spark, rates)
    }
    before = now
  })
  every(2_000, signal, async () => {
    const stats = await api.get('stats', signal)
    figures.persons.set(stats.persons)
    figures.stored.set(stats.events.stored)
    for (const name of ['edges', 'merges', 'splits']) figures[name].set(stats.identity[name])
    whys.set(stats)
    disk.hidden = !stats.disk.short
    empty.hidden = stats.events.stored > 0
    canvas.hidden = stats.events.stored === 0
  })
}
