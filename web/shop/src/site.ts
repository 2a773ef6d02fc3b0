// Where Filrouge answers and by which keys each page tells it: the demonstration's own server says so.
import {AnalyticsBrowser} from '@segment/analytics-next'

export interface Site { server: string; keys: {web: string; till: string; kiosk: string} }
export const site: Promise<Site> = fetch('/site.json').then((reply) => reply.json() as Promise<Site>)

export interface Banner extends HTMLElement {
  anonymousId: string | null
  preferences: Record<string, boolean>
  watch(run: (preferences: Record<string, boolean>) => void): void
  segment(analytics: AnalyticsBrowser): void
  identify(userId: string): void
  forget(): void
  open(): void
}

function script(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = address
    element.addEventListener('load', () => resolve())
    element.addEventListener('error', reject)
    document.head.append(element)
  })
}

export async function showBanner(): Promise<Banner> {
  const {server, keys} = await site
  await script(`${server}/banner/1.0.3/banner.js`)
  const banner = document.createElement('filrouge-consent') as Banner
  banner.setAttribute('server', server)
  banner.setAttribute('write-key', keys.web)
  banner.setAttribute('purposes', 'measurement personalisation profiling')
  document.body.prepend(banner)
  return banner
}

// A till or a kiosk belongs to nobody: each customer is a new visitor, and nothing stays in the browser.
export async function deviceAnalytics(key: 'till' | 'kiosk') {
  const {server, keys} = await site
  const [analytics] = await AnalyticsBrowser.load({writeKey: keys[key], cdnURL: server}, {disableClientPersistence: true})
  return {
    analytics,
    nextCustomer() {
      analytics.reset()
      analytics.setAnonymousId(crypto.randomUUID())
    },
  }
}

// What the demonstration's server does as the shop's back office would.
export async function office<T>(path: string, body: unknown): Promise<T> {
  const reply = await fetch(path, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)})
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`)
  return (await reply.json()) as T
}
