// The till of a store: lines, the customer's card, an address for the receipt, payment.
import './shop.css'
import {centsOf, type Line, orderProperties, productOf, products} from './catalogue'
import {language, make, money, place, randomId, remembered, say} from './dom'
import {picture} from './picture'
import {deviceAnalytics} from './site'
import type {Account} from './tracking'

const kStore = {id: 'lyon-bellecour', name: 'Lyon Bellecour'}
const context = {till_id: 'till-bellecour-1', channel: 'store', place: kStore.id}
let lines: Line[] = []
const device = deviceAnalytics('till')

function add(id: string) {
  const line = lines.find((one) => one.id === id)
  if (line) line.quantity += 1
  else lines.push({id, quantity: 1})
  drawReceipt()
}

function drawReceipt() {
  place('lines').replaceChildren(...lines.map((line) => {
    const product = productOf(line.id)!
    return make('li', {}, make('span', {}, `${line.quantity} × ${product[language]}`), make('span', {}, money(line.quantity * product.cents)))
  }))
  place('total').textContent = money(centsOf(lines))
  place('pay').toggleAttribute('disabled', lines.length === 0)
}

// The scanner reads what the customer holds up: here, the card the tour gave out.
function scan() {
  const input = place('card') as HTMLInputElement
  input.value = remembered('card', '')
  if (!input.value) input.focus()
}

async function pay(event: Event) {
  event.preventDefault()
  const data = new FormData(event.currentTarget as HTMLFormElement)
  const card = String(data.get('card')).trim()
  const email = String(data.get('email')).trim()
  const order = randomId('TB-')
  const {analytics, nextCustomer} = await device
  nextCustomer()
  await analytics.track('Order Completed', {
    ...orderProperties(order, lines, kStore.id), ...(card && {loyalty_card: card}), ...(email && {email}),
  }, {context})
  place('done').replaceChildren(make('strong', {}, say('Payé. ', 'Paid. ')), say(`Ticket ${order}`, `Receipt ${order}`), email ? say(` envoyé à ${email}.`, ` sent to ${email}.`) : '.')
  lines = [];
  (place('card') as HTMLInputElement).value = '';
  (place('email') as HTMLInputElement).value = ''
  drawReceipt()
}

const article = (id: string) => {
  const product = productOf(id)!
  return make('button', {class: 'card key', type: 'button', click: () => add(id)}, make('span', {class: 'frame'}, picture(product)), make('span', {class: 'name'}, product[language]), make('span', {class: 'price'}, money(product.cents)))
}

document.body.append(make('header', {class: 'head device'}, make('span', {class: 'brand'}, 'Maison Camélia'), make('span', {}, `${say('Caisse 1', 'Till 1')} · ${kStore.name}`), make('a', {href: '/'}, say('La visite guidée', 'The tour'))),
  make('main', {class: 'till'},
    make('section', {'aria-label': say('Articles', 'Articles')}, make('h1', {}, say('Articles', 'Articles')), make('div', {class: 'keys'}, ...products.slice(0, 12).map((product) => article(product.id)))),
    make('form', {class: 'receipt', submit: (event) => void pay(event)}, make('h2', {}, say('Ticket', 'Receipt')),
      make('ul', {class: 'lines', id: 'lines'}),
      make('p', {class: 'total'}, `${say('Total', 'Total')} `, make('b', {id: 'total'})),
      make('label', {for: 'card'}, say('Carte de fidélité', 'Loyalty card')),
      make('div', {class: 'row'}, make('input', {id: 'card', name: 'card', autocomplete: 'off', maxlength: '40'}), make('button', {type: 'button', click: scan}, say('Scanner', 'Scan'))),
      make('label', {for: 'email'}, say('E-mail pour le ticket', 'E-mail for the receipt')),
      make('div', {class: 'row'}, make('input', {id: 'email', name: 'email', type: 'email', autocomplete: 'off', maxlength: '200'}),
        make('button', {type: 'button', click: () => { (place('email') as HTMLInputElement).value = remembered<Account | null>('account', null)?.email ?? '' }}, say('Demander', 'Ask'))),
      make('button', {class: 'main', id: 'pay'}, say('Encaisser', 'Take payment')),
      make('p', {id: 'done', role: 'status'}))))
drawReceipt()
