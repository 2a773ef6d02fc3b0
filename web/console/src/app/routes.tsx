// Which page stands under which address. The address is behind a #: whom somebody looks at then
// stands in no log of a server or proxy. Each page is loaded when it is first opened.
import {createHashRouter} from 'react-router'
import {Home} from './Home'
import {Shell} from './Shell'
import {Waiting} from '../ui/states'
import {Broken} from './Broken'

export const router = createHashRouter([{
  path: '/', element: <Shell />, errorElement: <Broken />, hydrateFallbackElement: <main className="page"><Waiting /></main>,
  children: [
    {index: true, element: <Home />},
    {path: 'now', lazy: async () => ({Component: (await import('../now/NowPage')).NowPage})},
    {path: 'people', lazy: async () => ({Component: (await import('../people/PeoplePage')).PeoplePage})},
    {path: 'people/:id', lazy: async () => ({Component: (await import('../people/PersonPage')).PersonPage})},
    {path: 'staff', lazy: async () => ({Component: (await import('../staff/StaffPage')).StaffPage})},
    {path: 'audiences', lazy: async () => ({Component: (await import('../audiences/AudiencesPage')).AudiencesPage})},
    {path: 'audiences/new', lazy: async () => ({Component: (await import('../audiences/BuilderPage')).BuilderPage})},
    {path: 'audiences/offers', lazy: async () => ({Component: (await import('../offers/OffersPage')).OffersPage})},
    {path: 'audiences/:id', lazy: async () => ({Component: (await import('../audiences/AudiencePage')).AudiencePage})},
    {path: 'measure', lazy: async () => ({Component: (await import('../measure/MeasurePage')).MeasurePage})},
    {path: 'measure/:kind', lazy: async () => ({Component: (await import('../measure/MeasurePage')).MeasurePage})},
    {path: 'sources', lazy: async () => ({Component: (await import('../sources/SourcesPage')).SourcesPage})},
    {path: 'sources/:part', lazy: async () => ({Component: (await import('../sources/SourcesPage')).SourcesPage})},
    {path: 'trust', lazy: async () => ({Component: (await import('../trust/TrustPage')).TrustPage})},
    {path: 'trust/:part', lazy: async () => ({Component: (await import('../trust/TrustPage')).TrustPage})},
    {path: 'account', lazy: async () => ({Component: (await import('../account/AccountPage')).AccountPage})},
    {path: '*', element: <Home />},
  ],
}])
