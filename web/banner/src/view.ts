// What the banner looks like: builders of elements that know nothing of storage or servers.
import type {Asked} from './purposes'
import type {Texts} from './texts'

type Child = Node | string | null
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Record<string, string | boolean | ((event: Event) => void)> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (typeof value === 'string') element.setAttribute(name, value)
    else if (value) element.setAttribute(name, '')
  }
  element.append(...children.filter((child) => child !== null))
  return element
}

// The first line of a purpose's words is its title, the rest explains it.
export function wordsOf(purpose: Asked, texts: Texts): {title: string; more: string} {
  const [first = '', ...rest] = (purpose.wording?.text ?? texts.purposes[purpose.name] ?? purpose.name).trim().split('\n')
  return {title: first, more: rest.join('\n').trim()}
}

export interface Act {
  accept: () => void
  refuse: () => void
  save: (yes: Set<string>) => void
  open: () => void
  close: () => void
}

// Both answers look alike and stand side by side, a refusal first.
const answers = (texts: Texts, act: Act, third: HTMLElement) => make('div', {class: 'answers'},
  make('button', {class: 'answer', type: 'button', click: act.refuse}, texts.refuse),
  make('button', {class: 'answer', type: 'button', click: act.accept}, texts.accept),
  third)

const policyLink = (texts: Texts, href: string | null) => (href ? make('p', {}, make('a', {href}, texts.policy)) : null)

export function bar(texts: Texts, asked: Asked[], policy: string | null, act: Act): HTMLElement {
  const titles = asked.map((purpose) => make('li', {}, wordsOf(purpose, texts).title))
  return make('section', {class: 'bar', 'aria-labelledby': 'bar-title'}, make('div', {class: 'inner'},
    make('h2', {id: 'bar-title'}, texts.title),
    make('p', {}, texts.text),
    make('ul', {class: 'short'}, ...titles),
    policyLink(texts, policy),
    answers(texts, act, make('button', {type: 'button', click: act.open}, texts.choose))))
}

function row(purpose: Asked, texts: Texts, yes: boolean, gpc: boolean): HTMLElement {
  const {title, more} = wordsOf(purpose, texts)
  const stays = gpc && purpose.gpc_denies
  const id = `more-${purpose.name}`
  const told = [more, stays ? texts.gpc : ''].filter(Boolean)
  return make('li', {},
    make('label', {}, make('span', {}, title), make('input', {
      type: 'checkbox', role: 'switch', name: purpose.name, checked: yes && !stays, disabled: stays, ...(told.length > 0 && {'aria-describedby': id}),
    })),
    told.length > 0 ? make('div', {id}, ...told.map((text) => make('p', {class: 'soft'}, text))) : null)
}

export function centre(texts: Texts, asked: Asked[], yes: Set<string>, gpc: boolean, policy: string | null, act: Act): HTMLDialogElement {
  const rows = make('ul', {class: 'purposes'}, ...asked.map((purpose) => row(purpose, texts, yes.has(purpose.name), gpc)))
  const chosen = () => new Set([...rows.querySelectorAll('input')].filter((input) => input.checked).map((input) => input.name))
  return make('dialog', {'aria-labelledby': 'centre-title', close: act.close},
    make('div', {class: 'head'},
      make('h2', {id: 'centre-title', tabindex: '-1', autofocus: true}, texts.title),
      make('button', {class: 'close', type: 'button', 'aria-label': texts.close, click: act.close}, '×')),
    make('p', {}, texts.text),
    rows,
    policyLink(texts, policy),
    answers(texts, act, make('button', {type: 'button', click: () => act.save(chosen())}, texts.save)))
}
