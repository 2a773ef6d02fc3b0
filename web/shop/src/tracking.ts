// The storefront's wiring: the unchanged Segment browser SDK, loaded after a yes to measurement and not before,
// and told by the banner what each event may be used for.
import {AnalyticsBrowser} from '@segment/analytics-next'
import {make, remembered} from './dom'
import {type Banner, showBanner, site} from './site'

export interface Account { userId: string; email: string; firstName: string; card: string }

let banner: Banner | null = null
let analytics: AnalyticsBrowser | null = null
let allowed = false

export async function startTracking(look: () => void) {
  const {server, keys} = await site
  const shown = banner = await showBanner()
  shown.watch(({measurement}) => {
    const before = allowed
    allowed = measurement === true
    if (allowed && !analytics) {
      analytics = AnalyticsBrowser.load({writeKey: keys.web, cdnURL: server})
      shown.segment(analytics)
    }
    if (before && !allowed) void analytics?.reset()
    if (!before && allowed) greet(look)
  })
}

// A visitor who agrees while looking at a page has looked at it; one who is signed in stays so.
function greet(look: () => void) {
  const account = remembered<Account | null>('account', null)
  if (account) recognise(account)
  look()
}

export function recognise({userId, email, firstName, card}: Account) {
  banner?.identify(userId)
  if (allowed) void analytics?.identify(userId, {email, ...(firstName && {firstName}), ...(card && {loyalty_card: card})})
}
// Forgets who it was, so that the next one at this browser is somebody else.
export function forget() {
  banner?.forget()
  if (allowed) void analytics?.reset()
}
export const track = (event: string, properties: object = {}) => { if (allowed) void analytics?.track(event, properties) }
export const page = (name: string) => { if (allowed) void analytics?.page(name) }

// A choice beside the banner's: letters, asked where the address is given.
export function agreeToLetters(yes: boolean, language: string) {
  track('Consent Updated', {purposes: {'marketing.email': yes}, wordings: {'marketing.email': 1}, language, evidence: {form: 'shop account', page: '/shop#/account'}})
}

// One's own data: the shop makes a link that is good once.
export const myDataForm = (label: string) => make('form', {method: 'post', action: '/my-data', target: '_blank', submit: (event) => {
  const form = event.currentTarget as HTMLFormElement
  const id = banner?.anonymousId ?? ''
  form.querySelector('input')!.value = id
  if (!id) event.preventDefault()
}}, make('input', {type: 'hidden', name: 'anonymous_id'}), make('button', {class: 'plain'}, label))
