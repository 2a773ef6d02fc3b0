// The page: which view stands under which address, who is signed in, and in what language. A view
// is a function of its place, a signal that ends it, and what the address says.
import {audienceView, audiencesView} from '/page/audiences.js'
import * as api from '/page/api.js'
import {choices, el, field, fill} from '/page/dom.js'
import {liveView} from '/page/live.js'
import {personView} from '/page/person.js'
import {sourcesView} from '/page/sources.js'
import {locale, switchLanguage, t} from '/page/texts.js'

const main = document.getElementById('main')
const link = document.getElementById('link')
const language = document.getElementById('language')
const brand = document.getElementById('brand')
const signOut = document.getElementById('sign-out')
let current = new AbortController()

const routes = [
  [/^#?\/?$/, '#/', liveView],
  [/^#\/audiences$/, '#/audiences', audiencesView],
  [/^#\/audiences\/([^/]+)$/, '#/audiences', audienceView],
  [/^#\/person$/, '#/person', personView],
  [/^#\/person\/([^/]+)$/, '#/person', personView],
  [/^#\/sources$/, '#/sources', sourcesView],
]

function tellLink(connected) {
  link.textContent = t(connected ? 'link_live' : 'link_lost')
  link.classList.toggle('lost', !connected)
}

function dressUp() {
  document.documentElement.lang = locale()
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = t(node.dataset.text)
  language.textContent = t('other_language')
  language.lang = locale() === 'en' ? 'fr' : 'en'
}

function signInView(problem) {
  const token = el('input', {type: 'password', autocomplete: 'off', required: true})
  const notice = el('p', {role: 'alert', class: 'error'}, problem ?? '')
  const submit = async (e) => {
    e.preventDefault()
    api.setToken(token.value.trim())
    try {
      await api.get('stats')
      go()
    } catch (error) {
      api.setToken('')
      notice.textContent = error.status === 401 ? t('token_refused') : error.message
    }
  }
  fill(main, el('section', {class: 'card sign-in'}, el('h1', {}, t('sign_in')), el('p', {}, t('sign_in_why')),
    el('form', {onsubmit: submit}, field(t('token'), token), el('button', {type: 'submit'}, t('sign_in'))), notice,
    el('p', {class: 'note'}, t('sign_in_how'))))
  token.focus()
}

// Whose figures are shown; nothing to choose in a single shop.
async function tellBrands(signal) {
  const {brands = []} = await api.get('stats', signal).catch((e) => { if (e.status === 403) return {}; throw e })
  api.setBrands(brands.map(({id}) => id))
  brand.hidden = brands.length < 2
  fill(brand, choices(brands.map(({id}) => id), api.brand()))
}

async function go() {
  current.abort()
  current = new AbortController()
  const {signal} = current
  const [pattern, home, view] = routes.find(([p]) => p.test(location.hash)) ?? routes[0]
  for (const a of document.querySelectorAll('nav a')) {
    if (a.getAttribute('href') === home) a.setAttribute('aria-current', 'page')
    else a.removeAttribute('aria-current')
  }
  signOut.hidden = !api.token()
  link.textContent = ''
  try {
    const words = pattern.exec(location.hash)?.slice(1).map(decodeURIComponent) ?? []
    await tellBrands(signal)  // and is anybody signed in?
    if (signal.aborted) return
    await view(main, signal, ...(view === liveView ? [tellLink] : words))
  } catch (error) {
    if (signal.aborted) return
    if (error.status === 401) return signInView()
    fill(main, el('p', {class: 'empty'}, error.status === 403 ? t('not_allowed') : t('failed', {why: error.message})))
  }
}

language.addEventListener('click', () => { switchLanguage(); dressUp(); go() })
brand.addEventListener('change', () => { api.chooseBrand(brand.value); go() })
signOut.addEventListener('click', () => { api.setToken(''); go() })
addEventListener('hashchange', async () => { await go(); main.focus({preventScroll: true}); scrollTo(0, 0) })
dressUp()
go()
