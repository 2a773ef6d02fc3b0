// Which page stands under which address.
import {createHashRouter} from 'react-router'
import {Waiting} from '../ui/states'
import {Broken} from './Broken'
import {Home} from './Home'
import {Nowhere} from './Nowhere'
import {pages} from './pages'
import {Shell} from './Shell'

export const router = createHashRouter([{
  path: '/', element: <Shell />, errorElement: <Broken />, hydrateFallbackElement: <main className="page"><Waiting /></main>,
  children: [
    {index: true, element: <Home />},
    ...Object.entries(pages).map(([path, load]) => ({path, lazy: async () => ({Component: await load()})})),
    {path: '*', element: <Nowhere />},
  ],
}])
