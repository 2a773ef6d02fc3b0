import {useTranslation} from 'react-i18next'
import {Navigate, useParams, useSearchParams} from 'react-router'
import {useMay} from '../api/session'
import {Page} from '../ui/parts'
import {NoRight} from '../ui/states'
import {Tabs} from '../ui/Tabs'
import {Boards} from './Boards'
import {Figure} from './Figure'
import {isKind, kinds, read, written, type Asked, type Kind} from './kinds'
import {QuestionForm} from './QuestionForm'
import './measure.css'

export function MeasurePage() {
  const {t} = useTranslation()
  const {kind} = useParams()
  const allowed = useMay('POST questions')
  const mayBoards = useMay('GET boards')
  const boards = mayBoards ? [{to: '/measure', text: t('measure.board')}] : []
  if (allowed && !mayBoards && kind === undefined) return <Navigate to={`/measure/${kinds[0]}`} replace />
  if (!allowed) return <Page title={t('nav.measure')}><NoRight /></Page>
  return (
    <Page title={isKind(kind) ? t(`kind.${kind}.name` as never) as string : t('nav.measure')} lead={isKind(kind) ? t(`kind.${kind}.lead` as never) : t('measure.lead')}>
      <Tabs label={t('measure.kinds')} tabs={[...boards, ...kinds.map((each) => ({to: `/measure/${each}`, text: t(`kind.${each}.name` as never)}))]} />
      {isKind(kind) ? <One key={kind} kind={kind} /> : <Boards />}
    </Page>
  )
}

function One({kind}: {kind: Kind}) {
  const [search, setSearch] = useSearchParams()
  const asked = askedOf(search, kind)
  const change = (next: Asked) => setSearch({q: written(next)}, {replace: true})
  return (
    <div className="split left">
      <QuestionForm asked={asked} onChange={change} />
      <Figure asked={asked} tall />
    </div>
  )
}

function askedOf(search: URLSearchParams, kind: Kind): Asked {
  const asked = read(search.get('q'), kind)
  const audience = search.get('audience')
  if ((kind === 'niche' || kind === 'lookalike') && audience && !search.get('q')) return {...asked, purpose: search.get('purpose') ?? undefined, args: {...asked.args, audience}}
  return asked
}
