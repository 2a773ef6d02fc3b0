import {Button} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link, useNavigate} from 'react-router'
import type {Audience} from '../api/shapes'
import {useMay} from '../api/session'
import {WhyBox} from '../people/Why'
import {ago, number} from '../ui/format'
import {Icon} from '../ui/icons'
import {Card, Page, PersonLink} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {AudienceTabs} from './AudienceTabs'
import {comparable} from './compare'
import {Overlap} from './Overlap'
import {useAudiences, useMoves, type Moved} from './queries'
import {useRuleText} from './ruleText'
import './audiences.css'

const kOverlapMax = 8
const kMovesShown = 14

export function AudiencesPage() {
  const {t} = useTranslation()
  const audiences = useAudiences()
  const moves = useMoves()
  const mayMake = useMay('POST audiences')
  const mayCompare = useMay('GET audiences/overlap'), mayFollow = useMay('GET audiences/stream')
  const [compared, setCompared] = useState<string[]>([])
  const toggle = (id: string) => setCompared((ids) => (ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id].slice(-kOverlapMax)))
  return (
    <Page title={t('nav.audiences')} lead={t('audiences.lead')} actions={mayMake && <NewButton />}>
      <AudienceTabs />
      <Loaded query={audiences} rows={8}>{(list) => list.length === 0 ? (
        <Card><Empty title={t('audiences.none')}>{t('audiences.none_how')}</Empty></Card>
      ) : (
        <div className={mayFollow ? 'split' : undefined}>
          <div className="stack">
            <Card flush><List audiences={list} moves={moves} compared={compared} toggle={mayCompare ? toggle : undefined} /></Card>
            {compared.length > 1
              ? <Card title={t('audiences.overlap')}><Overlap audiences={list.filter(({id}) => compared.includes(id))} /></Card>
              : mayCompare && list.length > 1 && <p className="note">{t('audiences.overlap_how')}</p>}
          </div>
          {mayFollow && <MovesCard moves={moves} names={new Map(list.map(({id, name}) => [id, name]))} />}
        </div>
      )}</Loaded>
    </Page>
  )
}

function NewButton() {
  const {t} = useTranslation()
  const navigate = useNavigate()
  return <Button leftSection={<Icon name="plus" size={14} />} onClick={() => void navigate('/audiences/new')}>{t('palette.new_audience')}</Button>
}

function List({audiences, moves, compared, toggle}: {audiences: Audience[]; moves: Moved[]; compared: string[]; toggle?: (id: string) => void}) {
  const {t} = useTranslation()
  const ruleText = useRuleText()
  const sums = (id: string, entered: boolean) => moves.filter((move) => move.audience === id && move.entered === entered).length
  return (
    <div className="scroll"><table className="t">
      <thead><tr>
        {toggle && <th scope="col"><span className="hidden">{t('audiences.compare')}</span></th>}<th scope="col">{t('audiences.name')}</th>
        <th scope="col" className="n">{t('audiences.people')}</th><th scope="col" className="n">{t('audiences.moves')}</th><th scope="col">{t('audiences.purpose')}</th><th scope="col">{t('audiences.made')}</th>
      </tr></thead>
      <tbody>{audiences.map((a) => (
        <tr key={a.id}>
          {toggle && <td><Tick audience={a} compared={audiences.filter(({id}) => compared.includes(id))} toggle={() => toggle(a.id)} /></td>}
          <td className="wide"><Link className="cover" to={`/audiences/${encodeURIComponent(a.id)}`}>{a.name}</Link><code className="rule-line clip" title={ruleText(a.rule)}>{ruleText(a.rule)}</code></td>
          <td className="n"><strong>{number(a.count)}</strong>{!a.complete && <div className="note">{t('audiences.counting')}</div>}</td>
          <td className="n"><Flow up={sums(a.id, true)} down={sums(a.id, false)} /></td>
          <td><span className="pill">{a.purpose}</span></td>
          <td className="note nowrap">{ago(a.created)}</td>
        </tr>
      ))}</tbody>
    </table></div>
  )
}

// Who is in two audiences is told for one purpose: with the first tick the others fall away.
function Tick({audience, compared, toggle}: {audience: Audience; compared: Audience[]; toggle: () => void}) {
  const {t} = useTranslation()
  const why = comparable(audience, compared[0]) ? undefined : t('audiences.other_purpose', {purpose: compared[0]?.purpose})
  const name = t('audiences.compare_one', {name: audience.name})
  return <input type="checkbox" checked={compared.includes(audience)} disabled={why !== undefined} title={why} onChange={toggle} aria-label={why ? `${name}: ${why}` : name} />
}

export function Flow({up, down}: {up: number; down: number}) {
  const {t} = useTranslation()
  if (up + down === 0) return <span className="note">–</span>
  return <span className="num"><span className="good" title={t('audiences.entered')}>+{number(up)}</span> <span className="bad" title={t('audiences.left')}>−{number(down)}</span></span>
}

export function MovesCard({moves, names}: {moves: Moved[]; names?: Map<string, string>}) {
  const {t} = useTranslation()
  return (
    <Card title={t('audiences.live')}>
      {moves.length === 0 ? <Empty small title={t('audiences.no_moves')} /> : (
        <ol className="moves">{moves.slice(0, kMovesShown).map((move) => (
          <li key={`${move.sequence}-${move.ordinal}`}>
            <span className={move.entered ? 'good' : 'bad'} aria-hidden="true">{move.entered ? '+' : '−'}</span>
            <span className="clip"><PersonLink id={move.profile} /> {t(move.entered ? 'audiences.enters' : 'audiences.leaves')} {names && <strong>{names.get(move.audience) ?? move.audience}</strong>}</span>
            <time className="note" dateTime={move.at}>{ago(move.at)}</time>
            <WhyBox audience={move.audience} profile={move.profile} label={t('people.why_now')} />
          </li>
        ))}</ol>
      )}
    </Card>
  )
}
