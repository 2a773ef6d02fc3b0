// The kiosk in a store: anybody may look, and nothing is told of nobody; who holds up a card keeps a list.
import './shop.css'
import {asProperties, type Product, products} from './catalogue'
import {language, make, money, place, remembered, say} from './dom'
import {picture} from './picture'
import {deviceAnalytics} from './site'

const context = {kiosk_id: 'kiosk-bellecour-1', channel: 'kiosk', place: 'lyon-bellecour'}
const device = deviceAnalytics('kiosk')
let card = ''

async function tell(event: string, product: Product) {
  if (!card) return
  const {analytics} = await device
  await analytics.track(event, {...asProperties(product), loyalty_card: card}, {context})
}

function showProduct(product: Product) {
  void tell('Product Viewed', product)
  const keep = () => {
    void tell('Product Added to Wishlist', product)
    place('kept').textContent = say('Ajouté à votre liste.', 'Kept in your list.')
  }
  place('main').replaceChildren(make('section', {class: 'product'}, make('div', {class: 'frame large'}, picture(product)), make('div', {},
    make('h1', {}, product[language]), make('p', {class: 'price'}, money(product.cents)),
    make('p', {}, say('En rayon ici, à Bellecour.', 'On the shelf here, in Bellecour.')),
    card ? make('button', {class: 'main', click: keep}, say('Ajouter à ma liste', 'Keep in my list'))
      : make('p', {}, say('Scannez votre carte pour l’ajouter à votre liste.', 'Scan your card to keep it in your list.')),
    make('p', {id: 'kept', role: 'status'}),
    make('button', {class: 'plain', click: showAll}, say('Retour', 'Back')))))
}

function showAll() {
  place('main').replaceChildren(make('h1', {}, say('Que cherchez-vous ?', 'What are you looking for?')),
    make('div', {class: 'keys'}, ...products.map((product) => make('button', {class: 'card key', click: () => showProduct(product)},
      make('span', {class: 'frame'}, picture(product)), make('span', {class: 'name'}, product[language])))))
}

async function scan(held: string) {
  (await device).nextCustomer()
  card = held
  place('who').textContent = card ? `${say('Carte', 'Card')} ${card}` : ''
  place('scan').textContent = card ? say('Terminer', 'Finish') : say('Scanner ma carte', 'Scan my card')
  showAll()
}

document.body.append(make('header', {class: 'head device'}, make('span', {class: 'brand'}, 'Maison Camélia'), make('span', {id: 'who', role: 'status'}),
  make('button', {id: 'scan', click: () => void scan(card ? '' : remembered('card', ''))}, say('Scanner ma carte', 'Scan my card')), make('a', {href: '/'}, say('La visite guidée', 'The tour'))),
  make('main', {id: 'main', class: 'kiosk'}))
showAll()
