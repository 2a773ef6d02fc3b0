// Five steps through what Filrouge does. A step ticks itself when the demonstration's server finds that it has
// really happened; the page never asks anybody to tick.
import './tour.css'
import {language, make, place, randomId, remember, remembered, say, speak} from './dom'
import {office, site} from './site'

interface Tour { key: string; card: string; since: string; person: string; done: boolean[] }
interface Found {
  web: string | null     // profile of this browser's visitor
  card: string | null    // profile of the card's holder
  till_sale: boolean     // the card was scanned since the tour began
  looked: boolean        // somebody has read the visitor's profile
  member: boolean        // of the audience of step 4
}

const kAskEveryMs = 1_500
const kSteps = 5
const started = remembered<Tour | null>('tour', null)
const tour: Tour = started ?? {key: '', card: '', since: new Date().toISOString(), person: '', done: Array<boolean>(kSteps).fill(false)}
const keep = () => remember('tour', tour)
let asked = tour.since  // when the server was last asked; a read of the profile since then is news

// What the shop's pages left in this browser, which is one with the tour's: nothing before a yes.
function visitor(): string {
  try {
    const segments = JSON.parse(localStorage.getItem('ajs_anonymous_id') ?? 'null') as string | null
    const choice = JSON.parse(localStorage.getItem('filrouge.consent') ?? 'null') as {anonymousId?: string | null} | null
    return segments ?? choice?.anonymousId ?? ''
  } catch {
    return ''
  }
}

const bars = (text: string) => make('span', {'class': 'bars', 'aria-hidden': 'true'}, ...[...text].flatMap((letter) =>
  [...letter.charCodeAt(0).toString(2)].map((bit) => make('i', {class: bit === '1' ? 'wide' : ''}))))

const go = (href: string, label: string, kind = 'main') => make('a', {class: kind, href, target: '_blank'}, label)
const person = () => `/console?person=${encodeURIComponent(tour.person)}`

function myData() {
  return make('form', {method: 'post', action: '/my-data', target: '_blank', class: 'inline'},
    make('input', {type: 'hidden', name: 'anonymous_id', value: visitor()}), make('button', {class: 'main'}, say('Mes données', 'My data')))
}

interface Step { title: string; text: string; links: () => HTMLElement[] }
const steps: Step[] = [
  {title: say('Visitez la boutique et choisissez', 'Visit the shop, and choose'),
    text: say('Ouvrez la boutique. Rien n’est envoyé avant votre réponse au bandeau. Acceptez la mesure, regardez un manteau, connectez-vous avec une adresse inventée. Refusez, et la boutique fonctionne tout aussi bien : il n’y aura rien à voir ensuite.',
      'Open the shop. Nothing is sent before you answer the banner. Allow measurement, look at a coat, sign in with an address you make up. Refuse, and the shop works just as well: there will be nothing to see afterwards.'),
    links: () => [go('/shop', say('La boutique', 'The shop'))]},
  {title: say('Voyez votre fil grandir', 'See your thread grow'),
    text: say('La console montre une personne, sans nom si vous n’en avez pas donné : chaque contact, votre choix et sa preuve. Gardez-la ouverte à côté de la boutique.',
      'The console shows one person, nameless if you gave no name: each contact, your choice and its proof. Keep it open beside the shop.'),
    links: () => [go(person(), say('Mon fil', 'My thread')), go('/console', say('Toute la console', 'All of the console'), 'plain')]},
  {title: say('Passez en caisse avec la carte', 'Pay at the till with the card'),
    text: say('Cette carte a déjà un passé : une cliente l’a demandée sur papier et a acheté en magasin. À la caisse, ajoutez un article, scannez la carte, demandez le ticket à l’adresse e-mail donnée à la boutique.',
      'This card has a past already: a customer filled it in on paper and bought in a store. At the till, add an article, scan the card, ask for the receipt at the address you gave the shop.'),
    links: () => [go('/till', say('La caisse', 'The till')), go('/kiosk', say('La borne', 'The kiosk'), 'plain')]},
  {title: say('Deux moitiés, une personne', 'Two halves, one person'),
    text: say('L’adresse relie la carte au navigateur : les deux fils n’en font plus qu’un, preuve à l’appui, et la personne entre dans l’audience « Looked online, bought in store ». Ouvrez « Pourquoi ? » sur sa fiche.',
      'The address ties the card to the browser: two threads become one, with the evidence, and the person enters the audience “Looked online, bought in store”. Open “Why?” on their page.'),
    links: () => [go(person(), say('La personne et pourquoi', 'The person, and why'))]},
  {title: say('Reprenez tout', 'Take it all back'),
    text: say('Un lien à usage unique, comme celui qu’une boutique envoie par e-mail, ouvre à la cliente sa propre page : lire, changer d’avis, emporter, effacer. Effacez : le fil n’existe plus nulle part.',
      'A link that is good once, such as a shop sends by e-mail, opens the customer’s door: read, change your mind, take it along, erase. Erase: the thread is nowhere any more.'),
    links: () => [myData()]},
]

function drawStep(step: Step, i: number) {
  const done = tour.done[i] === true
  const ready = i === 0 || tour.person !== ''
  return make('li', {class: done ? 'done' : ready ? 'open' : 'later', id: `step-${i + 1}`},
    make('span', {class: 'mark', role: 'img', 'aria-label': done ? say('fait', 'done') : say('à faire', 'to do')}, done ? '✓' : String(i + 1)),
    make('div', {}, make('h2', {}, step.title), make('p', {}, step.text), ready && make('p', {class: 'links'}, ...step.links())))
}

function startAgain() {
  for (const key of Object.keys(localStorage)) {
    if (/^(camelia\.(?!language)|filrouge\.|ajs_)/.test(key)) localStorage.removeItem(key)
  }
  for (const name of ['ajs_anonymous_id', 'ajs_user_id']) document.cookie = `${name}=; Max-Age=0; path=/`
  location.reload()
}

function draw() {
  const over = tour.done.every(Boolean)
  place('main').replaceChildren(
    make('h1', {}, say('Un fil rouge, cinq étapes', 'One red thread, five steps')),
    make('p', {class: 'lead'}, say('Maison Camélia n’existe pas, ses deux mille clients non plus ; les points d’entrée, le journal et les règles sont les vrais. Chaque étape se coche d’elle-même quand elle a vraiment eu lieu.',
      'Maison Camélia does not exist, nor do its two thousand customers; the doors, the log and the rules are the real ones. Each step ticks itself once it has really happened.')),
    make('aside', {class: 'loyalty', 'aria-label': say('Votre carte de fidélité', 'Your loyalty card')}, make('b', {}, 'Maison Camélia'), bars(tour.card), make('code', {id: 'card'}, tour.card)),
    make('ol', {class: 'steps'}, ...steps.map(drawStep)),
    make('p', {role: 'status', class: 'over'}, over && say('C’était Filrouge.', 'That was Filrouge.')),
    make('button', {class: 'plain', click: startAgain}, say('Recommencer avec une autre carte', 'Start again with another card')))
}

// True when something is new.
function learn(found: Found): boolean {
  const before = JSON.stringify(tour)
  if (found.web) tour.person = found.web
  const now = [found.web !== null, found.looked, found.till_sale,
    found.web !== null && found.web === found.card && found.member,
    tour.done[0] === true && tour.person !== '' && found.web === null]
  tour.done = tour.done.map((done, i) => done || now[i] === true)
  return JSON.stringify(tour) !== before
}

async function ask() {
  const id = visitor()
  if (!document.hidden && id && !tour.done.every(Boolean)) {
    try {
      const before = new Date(Date.now() - kAskEveryMs).toISOString()
      if (learn(await office<Found>('/tour/state', {anonymous_id: id, card: tour.card, since: tour.since, read_since: asked}))) {
        keep()
        draw()
      }
      asked = before
    } catch {
      // The server was killed, as the terminal invites to: it is asked again.
    }
  }
  setTimeout(() => void ask(), kAskEveryMs)
}

async function begin() {
  // Another write key is another data folder: what this browser remembers happened elsewhere.
  const {keys} = await site
  if (tour.key && tour.key !== keys.web) return startAgain()
  tour.key = keys.web
  document.title = say('Filrouge : la visite guidée', 'Filrouge: the tour')
  document.body.append(make('header', {class: 'top'}, make('b', {}, 'Filrouge'),
    make('nav', {'aria-label': say('Langue', 'Language')}, ...(['fr', 'en'] as const).map((tag) =>
      make('button', {'class': 'plain', 'lang': tag, 'aria-pressed': String(tag === language), 'click': () => speak(tag)}, tag === 'fr' ? 'Français' : 'English')))),
    make('main', {id: 'main'}))
  if (!tour.card) {
    tour.card = randomId('CAM')
    keep()
    remember('card', tour.card)
    await office('/tour/card', {card: tour.card})
  }
  draw()
  void ask()
}

void begin()
