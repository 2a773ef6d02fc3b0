// What customers asked for under the law, by when it is due; written down here and moved on.
import {Button, NativeSelect, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError} from '../api/client'
import {Actor} from '../ui/Actor'
import {day, moment} from '../ui/format'
import {Card, PersonLink} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {instantOf} from './instants'
import {requestKinds, requestStates, useAddRequest, useMoveRequest, useRequests, type RequestKind, type RequestState, type RightsRequest} from './queries'
import {Restricted} from './Restricted'

const settled = (state: RequestState) => state === 'done' || state === 'refused'
// What is owed first comes first; what is settled last.
const byDue = (a: RightsRequest, b: RightsRequest) => Number(settled(a.state)) - Number(settled(b.state)) || a.due.localeCompare(b.due)

export function Requests() {
  const {t} = useTranslation()
  const [state, setState] = useState<RequestState | ''>('')
  const requests = useRequests(state || undefined)
  return (
    <div className="split">
      <Card title={t('requests.title')} flush actions={(
        <NativeSelect aria-label={t('requests.state')} value={state} onChange={(e) => setState(e.currentTarget.value as RequestState | '')}
          data={[{value: '', label: t('requests.all')}, ...requestStates.map((each) => ({value: each, label: t(`request_state.${each}` as never) as string}))]} />
      )}>
        <Loaded query={requests} rows={5}>{(list) => list.length === 0 ? <Empty title={t('requests.none')}>{t('requests.none_how')}</Empty> : <List requests={[...list].sort(byDue)} />}</Loaded>
      </Card>
      <div className="stack"><NewRequest /><Restricted /></div>
    </div>
  )
}

function List({requests}: {requests: RightsRequest[]}) {
  const {t} = useTranslation()
  const move = useMoveRequest()
  return (
    <>
      <div className="scroll"><table className="t">
        <thead><tr><th scope="col">{t('requests.due')}</th><th scope="col">{t('requests.kind')}</th><th scope="col">{t('people.person')}</th><th scope="col">{t('requests.received')}</th><th scope="col">{t('requests.state')}</th></tr></thead>
        <tbody>{requests.map((request) => (
          <tr key={request.id}>
            <td className="nowrap"><Due request={request} /></td>
            <td><strong>{t(`request_kind.${request.kind}` as never)}</strong></td>
            <td><PersonLink id={request.profile} /></td>
            <td className="note nowrap">{day(request.received)}</td>
            <td><NativeSelect miw={120} aria-label={t('requests.state_of', {kind: t(`request_kind.${request.kind}` as never)})} value={request.state}
              data={requestStates.map((each) => ({value: each, label: t(`request_state.${each}` as never) as string}))}
              onChange={(e) => move.mutate({id: request.id, state: e.currentTarget.value as RequestState})} />
              <History request={request} /></td>
          </tr>
        ))}</tbody>
      </table></div>
      {move.error && <Failure small error={move.error} />}
    </>
  )
}

function Due({request}: {request: RightsRequest}) {
  const {t} = useTranslation()
  if (settled(request.state)) return <span className="note">{day(request.due)}</span>
  return <>{day(request.due)} {request.overdue ? <span className="pill bad">{t('requests.overdue')}</span> : request.alert && <span className="pill warn">{t('requests.soon')}</span>}</>
}

function History({request}: {request: RightsRequest}) {
  const {t} = useTranslation()
  const steps = request.history ?? []
  if (steps.length < 2) return null
  return (
    <details className="why"><summary>{t('requests.history')}</summary>
      <ul className="note">{steps.map((step, i) => <li key={i}>{step.at && moment(step.at)} · {t(`request_state.${step.state}` as never)} · <Actor id={step.by} /></li>)}</ul></details>
  )
}

function NewRequest() {
  const {t} = useTranslation()
  const add = useAddRequest()
  const [kind, setKind] = useState<RequestKind>('access')
  const [who, setWho] = useState('')
  const [received, setReceived] = useState('')
  const unknown = add.error instanceof ApiError && add.error.status === 404
  const submit = () => add.mutate({kind, who, received: instantOf(received)}, {onSuccess: () => { setWho(''); setReceived('') }})
  return (
    <Card title={t('requests.new')}>
      <form className="stack small" onSubmit={(event) => { event.preventDefault(); submit() }}>
        <NativeSelect label={t('requests.kind')} value={kind} data={requestKinds.map((each) => ({value: each, label: t(`request_kind.${each}` as never) as string}))} onChange={(e) => setKind(e.currentTarget.value as RequestKind)} />
        <TextInput label={t('requests.who')} placeholder={t('people.placeholder')} value={who} required autoComplete="off" error={unknown ? t('people.not_found') : undefined} onChange={(e) => { setWho(e.currentTarget.value); add.reset() }} />
        <TextInput type="datetime-local" label={t('requests.received')} description={t('requests.received_how')} value={received} onChange={(e) => setReceived(e.currentTarget.value)} />
        {add.error && !unknown && <Failure small error={add.error} />}
        {add.isSuccess && <p className="good" role="status">{t('requests.made')}</p>}
        <Button type="submit" loading={add.isPending}>{t('requests.add')}</Button>
        <p className="note">{t('requests.how')}</p>
      </form>
    </Card>
  )
}
