import {MantineProvider} from '@mantine/core'
import {QueryClient, QueryClientProvider} from '@tanstack/react-query'
import {RouterProvider} from 'react-router'
import {ApiError} from '../api/client'
import {theme} from '../ui/theme'
import {router} from './routes'

// Asked again only where that can help: a refusal stays one.
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000, refetchOnWindowFocus: false,
      retry: (times, error) => times < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
})

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withStaticClasses={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}><RouterProvider router={router} /></QueryClientProvider>
    </MantineProvider>
  )
}
