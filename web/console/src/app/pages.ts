// Which code stands behind which address. The address is behind a #: whom somebody looks at then stands in
// no log of a server or proxy. A page is loaded when it is first opened.
import type {ComponentType} from 'react'

export type Load = () => Promise<ComponentType>

// What a page shows a moment later is fetched while the page itself is; the page does not wait for it.
const beside = (load: () => Promise<unknown>) => void load().catch(() => {})

const audiences: Load = async () => (await import('../audiences/AudiencesPage')).AudiencesPage
const measure: Load = async () => {
  beside(() => import('../ui/echarts'))
  return (await import('../measure/MeasurePage')).MeasurePage
}
const builder: Load = async () => {
  beside(() => import('../audiences/RuleEditor'))
  return (await import('../audiences/BuilderPage')).BuilderPage
}
const sources: Load = async () => (await import('../sources/SourcesPage')).SourcesPage
const trust: Load = async () => (await import('../trust/TrustPage')).TrustPage

// Of two that fit an address the first is meant.
export const pages: Record<string, Load> = {
  'now': async () => (await import('../now/NowPage')).NowPage,
  'people': async () => (await import('../people/PeoplePage')).PeoplePage,
  'people/:id': async () => (await import('../people/PersonPage')).PersonPage,
  'staff': async () => (await import('../staff/StaffPage')).StaffPage,
  'audiences': audiences,
  'audiences/new': builder,
  'audiences/offers': async () => (await import('../offers/OffersPage')).OffersPage,
  'audiences/:id': async () => (await import('../audiences/AudiencePage')).AudiencePage,
  'measure': measure,
  'measure/:kind': measure,
  'sources': sources,
  'sources/:part': sources,
  'trust': trust,
  'trust/:part': trust,
  'account': async () => (await import('../account/AccountPage')).AccountPage,
}

export function pageAt(hash: string): Load | undefined {
  const asked = hash.replace(/^#\/?/, '').replace(/\?.*/, '').split('/')
  const fits = (pattern: string) => {
    const parts = pattern.split('/')
    return parts.length === asked.length && parts.every((part, i) => part.startsWith(':') || part === asked[i])
  }
  const found = Object.keys(pages).find(fits)
  return found === undefined ? undefined : pages[found]
}
