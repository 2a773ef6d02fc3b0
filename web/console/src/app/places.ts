// The places of the console, for the side, the palette and the keys. Somebody sees a place who may call one
// of the routes that fill it.
import {mayCall, type Who} from '../api/client'
import type {RouteName} from '../api/schema.gen'
import type {IconName} from '../ui/icons'

export interface Place { to: string; text: string; icon: IconName; key: string; needs: RouteName[] }

export const places: Place[] = [
  {to: '/now', text: 'nav.now', icon: 'now', key: 'n', needs: ['GET tail']},
  {to: '/people', text: 'nav.people', icon: 'people', key: 'p', needs: ['POST profiles/find']},
  {to: '/staff', text: 'nav.staff', icon: 'staff', key: 'f', needs: ['GET staff/greet']},
  {to: '/audiences', text: 'nav.audiences', icon: 'audiences', key: 'a', needs: ['GET audiences']},
  {to: '/measure', text: 'nav.measure', icon: 'measure', key: 'm', needs: ['POST questions']},
  {to: '/trust', text: 'nav.trust', icon: 'trust', key: 't', needs: ['GET purposes']},
  {to: '/sources', text: 'nav.sources', icon: 'sources', key: 's', needs: ['GET events', 'GET sources']},
]

export const placesOf = (who: Who | undefined) => places.filter(({needs}) => needs.some((route) => mayCall(who, route)))
