// The storefront: shelves, search, a product, the basket, checkout, the account. The address behind the # says
// what is looked at.
import './shop.css'
import {asProperties, categories, centsOf, type Line, orderProperties, type Product, productOf, products} from './catalogue'
import {language, make, money, place, randomId, remember, remembered, say} from './dom'
import {picture} from './picture'
import {type Account, agreeToLetters, forget, myDataForm, page, recognise, startTracking, track} from './tracking'

const nameOf = (product: Product) => product[language]
const shelf = (category: string) => (language === 'fr' ? category : categories[category] ?? category)
const basket = () => remembered<Line[]>('basket', [])
const account = () => remembered<Account | null>('account', null)

function keepBasket(lines: Line[]) {
  remember('basket', lines.filter((line) => line.quantity > 0))
  place('count').textContent = String(basket().reduce((sum, line) => sum + line.quantity, 0))
}

function card(product: Product) {
  return make('li', {}, make('a', {class: 'card', href: `#/p/${product.id}`}, make('span', {class: 'frame'}, picture(product)),
    make('span', {class: 'name'}, nameOf(product)), make('span', {class: 'price'}, money(product.cents))))
}

const grid = (found: Product[]) => make('ul', {class: 'grid'}, ...found.map(card))

function showShelves(category?: string): HTMLElement {
  const found = category ? products.filter((product) => product.category === category) : products
  if (category) track('Product List Viewed', {list_id: category, category, products: found.map((product) => asProperties(product))})
  return make('section', {},
    category ? make('h1', {}, shelf(category)) : make('div', {class: 'hero'},
      make('h1', {}, say('L’hiver, taillé à Lyon', 'Winter, cut in Lyon')),
      make('p', {}, say('Vingt-quatre pièces, quatre magasins, une seule Maison.', 'Twenty-four pieces, four stores, one house.'))),
    grid(found))
}

function showSearch(query: string): HTMLElement {
  const wanted = query.toLowerCase()
  const found = products.filter((product) => [product.fr, product.en, shelf(product.category)].some((text) => text.toLowerCase().includes(wanted)))
  track('Products Searched', {query})
  return make('section', {}, make('h1', {}, `« ${query} »`),
    found.length > 0 ? grid(found) : make('p', {}, say('Aucun résultat. Essayez « manteau » ou « soie ».', 'Nothing by that name. Try “coat” or “silk”.')))
}

function showProduct(product: Product): HTMLElement {
  track('Product Viewed', asProperties(product))
  const add = () => {
    const lines = basket()
    const line = lines.find((one) => one.id === product.id)
    if (line) line.quantity += 1
    else lines.push({id: product.id, quantity: 1})
    keepBasket(lines)
    track('Product Added', asProperties(product))
    location.hash = '#/basket'
  }
  return make('section', {class: 'product'}, make('div', {class: 'frame large'}, picture(product)), make('div', {},
    make('a', {href: `#/c/${product.category}`}, shelf(product.category)),
    make('h1', {}, nameOf(product)),
    make('p', {class: 'price'}, money(product.cents)),
    make('p', {}, say('Coupé et cousu à Lyon, en petites séries. Livraison offerte, retour sous 30 jours.', 'Cut and sewn in Lyon, in small series. Free delivery, returns within 30 days.')),
    make('button', {class: 'main', click: add}, say('Ajouter au panier', 'Add to basket'))))
}

function basketLine(line: Line): HTMLElement | null {
  const product = productOf(line.id)
  if (!product) return null
  const drop = () => {
    track('Product Removed', asProperties(product, line.quantity))
    keepBasket(basket().filter((one) => one.id !== line.id))
    show()
  }
  return make('li', {}, make('span', {class: 'frame small'}, picture(product)),
    make('span', {class: 'name'}, `${line.quantity} × ${nameOf(product)}`),
    make('span', {}, money(line.quantity * product.cents)),
    make('button', {class: 'plain', click: drop, 'aria-label': `${say('Retirer', 'Remove')} ${nameOf(product)}`}, say('Retirer', 'Remove')))
}

function showBasket(): HTMLElement {
  const lines = basket()
  track('Cart Viewed', {products: orderProperties('', lines, '').products})
  if (lines.length === 0) return make('section', {}, make('h1', {}, say('Votre panier est vide', 'Your basket is empty')), make('a', {href: '#/'}, say('Voir la collection', 'See the collection')))
  return make('section', {}, make('h1', {}, say('Votre panier', 'Your basket')),
    make('ul', {class: 'lines'}, ...lines.map(basketLine)),
    make('p', {class: 'total'}, `${say('Total', 'Total')} ${money(centsOf(lines))}`),
    make('a', {class: 'main', href: account() ? '#/checkout' : '#/account'}, account() ? say('Commander', 'Check out') : say('Se connecter et commander', 'Sign in and check out')))
}

function showCheckout(): HTMLElement {
  const lines = basket()
  const order = randomId('MC-')
  if (lines.length === 0) return showBasket()
  track('Checkout Started', orderProperties(order, lines, 'Maison Camélia en ligne'))
  const pay = () => {
    track('Order Completed', orderProperties(order, lines, 'Maison Camélia en ligne'))
    keepBasket([])
    place('main').replaceChildren(make('section', {}, make('h1', {}, say('Merci !', 'Thank you!')), make('p', {}, say(`Commande ${order}, livrée demain.`, `Order ${order}, delivered tomorrow.`))))
  }
  return make('section', {}, make('h1', {}, say('Paiement', 'Payment')),
    make('p', {}, say('Une démonstration : rien n’est débité.', 'A demonstration: nothing is charged.')),
    make('p', {class: 'total'}, money(centsOf(lines))),
    make('button', {class: 'main', click: pay}, say('Payer', 'Pay')))
}

async function accountOf(email: string, firstName: string, card: string): Promise<Account> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(email.toLowerCase()))
  const hex = Array.from(new Uint8Array(digest).slice(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return {userId: `mc-${hex}`, email, firstName, card}
}

async function signIn(event: Event) {
  event.preventDefault()
  const data = new FormData(event.currentTarget as HTMLFormElement)
  const made = await accountOf(String(data.get('email')), String(data.get('name')), String(data.get('card')).trim())
  remember('account', made)
  recognise(made)
  if (data.get('letters')) agreeToLetters(true, language)
  location.hash = basket().length > 0 ? '#/checkout' : '#/'
  drawHead()
}

const field = (label: string, attributes: Record<string, string | boolean>) => make('label', {}, label, make('input', attributes))

function showSignIn(): HTMLElement {
  return make('section', {class: 'narrow'}, make('h1', {}, say('Se connecter', 'Sign in')),
    make('p', {}, say('N’importe quelle adresse convient : rien ne sort de cette machine.', 'Any address will do: nothing leaves this machine.')),
    make('form', {submit: (event) => void signIn(event)},
      field(say('Adresse e-mail', 'E-mail address'), {name: 'email', type: 'email', required: true, autocomplete: 'email', maxlength: '200'}),
      field(say('Prénom', 'First name'), {name: 'name', autocomplete: 'given-name', maxlength: '60'}),
      field(say('Carte de fidélité, si vous en avez une', 'Loyalty card, if you have one'), {name: 'card', autocomplete: 'off', maxlength: '40'}),
      make('label', {class: 'tick'}, make('input', {type: 'checkbox', name: 'letters'}),
        say('Oui, écrivez-moi au sujet des nouveautés et des offres.', 'Yes, write to me about new pieces and offers.')),
      make('button', {class: 'main'}, say('Continuer', 'Continue'))))
}

function showAccount(): HTMLElement {
  const known = account()
  if (!known) return showSignIn()
  const leave = () => {
    remember('account', null)
    forget()
    drawHead()
    show()
  }
  return make('section', {class: 'narrow'}, make('h1', {}, say(`Bonjour ${known.firstName}`, `Hello ${known.firstName}`)),
    make('p', {}, [known.email, known.card].filter(Boolean).join(' · ')),
    myDataForm(say('Mes données, mes choix', 'My data, my choices')),
    make('button', {class: 'plain', click: leave}, say('Se déconnecter', 'Sign out')))
}

function content(): {name: string; body: () => HTMLElement} {
  const [kind = '', rest = ''] = decodeURIComponent(location.hash.slice(2)).split('/')
  const product = productOf(rest)
  if (kind === 'p' && product) return {name: 'Fiche produit', body: () => showProduct(product)}
  if (kind === 'c' && categories[rest]) return {name: 'Rayon', body: () => showShelves(rest)}
  if (kind === 'search') return {name: 'Recherche', body: () => showSearch(rest)}
  if (kind === 'basket') return {name: 'Panier', body: showBasket}
  if (kind === 'checkout') return {name: 'Paiement', body: showCheckout}
  if (kind === 'account') return {name: 'Compte', body: showAccount}
  return {name: 'Accueil', body: () => showShelves()}
}

function show() {
  const {name, body} = content()
  page(name)
  place('main').replaceChildren(body())
  scrollTo(0, 0)
}

function search(event: Event) {
  event.preventDefault()
  const text = String(new FormData(event.currentTarget as HTMLFormElement).get('q')).trim()
  if (text) location.hash = `#/search/${encodeURIComponent(text)}`
}

function drawHead() {
  const known = account()
  place('head').replaceChildren(
    make('a', {class: 'brand', href: '#/'}, 'Maison Camélia'),
    make('form', {role: 'search', submit: search}, make('input', {name: 'q', type: 'search', maxlength: '60', 'aria-label': say('Rechercher', 'Search'), placeholder: say('Chercher un manteau…', 'Look for a coat…')})),
    make('a', {href: '#/account'}, known ? known.firstName || say('Mon compte', 'My account') : say('Se connecter', 'Sign in')),
    make('a', {href: '#/basket'}, `${say('Panier', 'Basket')} `, make('b', {id: 'count'})))
  keepBasket(basket())
}

document.body.append(make('header', {class: 'head', id: 'head'}),
  make('nav', {class: 'shelves', 'aria-label': say('Rayons', 'Shelves')}, ...Object.keys(categories).map((category) => make('a', {href: `#/c/${category}`}, shelf(category)))),
  make('main', {id: 'main'}),
  make('footer', {}, say('Une boutique qui n’existe pas, pour montrer ', 'A shop that does not exist, to show '), make('a', {href: '/'}, 'Filrouge')))
drawHead()
addEventListener('hashchange', show)
show()
void startTracking(show)
