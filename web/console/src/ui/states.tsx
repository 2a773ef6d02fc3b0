// What a part of a page looks like while there is nothing to show yet: waiting, empty, refused, failed.
import {Button} from '@mantine/core'
import type {UseQueryResult} from '@tanstack/react-query'
import type {ReactNode} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError, isForWholeShop} from '../api/client'
import {rolesOf, type RouteName} from '../api/schema.gen'
import {useSession} from '../api/session'

export function Waiting({rows = 3}: {rows?: number}) {
  const {t} = useTranslation()
  return (
    <div className="stack small" role="status" aria-label={t('state.loading')}>
      {Array.from({length: rows}, (_, i) => <div key={i} className="wait" style={{height: 14, width: `${92 - ((i * 23) % 50)}%`}} />)}
    </div>
  )
}

export function Empty({title, children, small}: {title: string; children?: ReactNode; small?: boolean}) {
  return <div className={`state${small ? ' small' : ''}`}><strong>{title}</strong>{children && <p>{children}</p>}</div>
}

// Where the role would do but not the brands: whatever is kept for the whole shop is told as such.
export function NoRight({small, needs}: {small?: boolean; needs?: RouteName}) {
  const {t} = useTranslation()
  const {data: session} = useSession()
  const whole = session?.brands?.length && (!needs || (rolesOf[needs].includes(session.role) && isForWholeShop(session, needs)))
  if (whole) return <Empty title={t('state.whole_shop')} small={small}>{t('state.whole_shop_why', {brands: session.brands!.join(', ')})}</Empty>
  return <Empty title={t('state.no_right')} small={small}>{t('state.no_right_why')}</Empty>
}

// Not there, or not yet: it starts again, or has too much to do.
export const isAway = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status === 503)

export function Failure({error, retry, small}: {error: unknown; retry?: () => void; small?: boolean}) {
  const {t} = useTranslation()
  if (error instanceof ApiError && error.status === 403) return <NoRight small={small} />
  const away = isAway(error)
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div className={`state${small ? ' small' : ''}`} role="alert">
      <strong>{away ? t('state.away') : t('state.failed')}</strong>
      <p>{away ? t('state.away_why') : message}</p>
      {error instanceof ApiError && error.hint && <p className="note">{error.hint}</p>}
      {retry && <Button variant="default" onClick={retry}>{t('state.retry')}</Button>}
    </div>
  )
}

// The part that needs a query's data, or what stands in its place.
export function Loaded<T>({query, children, rows, small}: {
  query: UseQueryResult<T>; children: (data: T) => ReactNode; rows?: number; small?: boolean
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} small={small} />
  if (query.fetchStatus === 'idle') return <NoRight small={small} />
  return <Waiting rows={rows} />
}
