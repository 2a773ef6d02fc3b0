// Browsers that are signed in: one's own, an administrator's all; each can be signed out from here.
import {Button} from '@mantine/core'
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import {ago, full, moment} from '../ui/format'
import {Card} from '../ui/parts'
import {Failure, Loaded} from '../ui/states'

export function Sessions() {
  const {t} = useTranslation()
  const client = useQueryClient()
  const enabled = useMay('GET sessions')
  const sessions = useQuery({queryKey: ['sessions'], enabled, refetchInterval: 30_000, queryFn: async ({signal}) => (await call('GET sessions', {signal})).sessions})
  const end = useMutation({mutationFn: (id: string) => call('DELETE sessions/{id}', {path: {id}}), onSuccess: () => client.invalidateQueries({queryKey: ['sessions']})})
  const [sure, setSure] = useState<string | null>(null)
  return (
    <Card title={t('account.sessions')}>
      <Loaded query={sessions} rows={2} small>{(list) => list.length === 0 ? <p className="note">{t('account.no_session')}</p> : (
        <ul className="receipts sessions">{list.map((each) => (
          <li key={each.id}>
            <div className="row apart"><span>{each.name && <strong>{each.name}</strong>} <span className="pill">{t(`role.${each.role}`)}</span></span>
              {sure === each.id ? <Button color="red" loading={end.isPending} onClick={() => end.mutate(each.id)}>{t('account.end_sure')}</Button>
                : <button type="button" className="chip" onClick={() => setSure(each.id)}>{t('nav.sign_out')}</button>}</div>
            <p className="note" title={full(each.used)}>{t('account.begun', {begun: moment(each.begun), used: ago(each.used)})}</p>
          </li>
        ))}</ul>
      )}</Loaded>
      {end.error && <Failure small error={end.error} />}
    </Card>
  )
}
