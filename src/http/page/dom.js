// el('p', {class: 'note'}, 'text', child): the little that makes a page without a framework. Text
// is always text: nothing that comes from an event is ever read as HTML.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else if (name === 'value') node.value = value
    else node.setAttribute(name, value === true ? '' : value)
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

export const fill = (node, ...children) => {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

// A label above its control.
export function field(label, control) {
  control.id ||= `f-${Math.random().toString(36).slice(2, 9)}`
  return el('div', {class: 'field'}, el('label', {for: control.id}, label), control)
}

export const choices = (list, chosen) =>
  list.map((value) => el('option', {value, selected: value === chosen}, value))

export const channelClass = (channel) => `ch ch-${/^[a-z]+$/.test(channel) ? channel : 'other'}`
export const channelTag = (channel) => el('span', {class: channelClass(channel)}, channel)
export const shortId = (id) => id.slice(0, 8)
export const personLink = (id, text) => el('a', {href: `#/person/${encodeURIComponent(id)}`, class: 'person'}, text ?? shortId(id))

// Runs `call` every `ms` while the page is looked at, until `signal` aborts; never twice at once.
export async function every(ms, signal, call) {
  while (!signal.aborted) {
    if (!document.hidden) await call().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, ms))
  }
}
