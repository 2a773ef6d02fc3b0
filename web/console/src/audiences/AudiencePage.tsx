import {Button} from '@mantine/core'
import {useTranslation} from 'react-i18next'
import {Link, useNavigate, useParams} from 'react-router'
import {useMay} from '../api/session'
import {day, number} from '../ui/format'
import {Card, Page, PersonLink} from '../ui/parts'
import {Removal} from '../ui/Removal'
import {Empty, Loaded, NoRight} from '../ui/states'
import {WhyBox} from '../people/Why'
import {Alike} from './Alike'
import {MovesCard} from './AudiencesPage'
import {Growth} from './Growth'
import {useAudience, useDeleteAudience, useMembers, useMoves} from './queries'
import {useRuleText} from './ruleText'
import {WhyNot} from './WhyNot'
import './audiences.css'

// Keyed by the audience: a removal that stands open of one is never another's.
export function AudiencePage() {
  const {id = ''} = useParams()
  return <AudienceOf key={id} id={id} />
}

function AudienceOf({id}: {id: string}) {
  const {t} = useTranslation()
  const audience = useAudience(id)
  const moves = useMoves(id)
  const mayDelete = useMay('DELETE audiences/{id}'), mayFollow = useMay('GET audiences/{id}/stream')
  const remove = useDeleteAudience(id)
  const navigate = useNavigate()
  const ruleText = useRuleText()
  return (
    <Loaded query={audience} rows={8}>{(a) => (
      <Page title={a.name} lead={<><span className="pill">{a.purpose}</span> {t('audiences.since', {day: day(a.created)})}</>}
        actions={<>{<Link className="chip" to={`/audiences/new?rule=${encodeURIComponent(a.rule)}&purpose=${encodeURIComponent(a.purpose)}`}>{t('audiences.copy')}</Link>}
          <Link className="chip" to={`/measure/niche?audience=${encodeURIComponent(a.id)}&purpose=${encodeURIComponent(a.purpose)}`}>{t('audiences.apart')}</Link>
          {mayDelete && <Removal label={t('audiences.delete')} text={t('do.delete')} remove={remove} onDone={() => void navigate('/audiences')} />}</>}>
        <div className="stack">
          <div className="figures">
            <div className="figure"><b>{number(a.count)}</b><span>{a.complete ? t('audiences.people') : t('audiences.counting')}</span></div>
            <div className="figure"><b className="good">+{number(moves.filter((m) => m.entered).length)}</b><span>{t('audiences.entered')}</span></div>
            <div className="figure"><b className="bad">−{number(moves.filter((m) => !m.entered).length)}</b><span>{t('audiences.left')}</span></div>
          </div>
          <pre className="code">{ruleText(a.rule)}</pre>
          <Growth id={a.id} />
          <Alike audience={a} />
          <WhyNot audience={a.id} brand={a.brand} />
          <div className={mayFollow ? 'split' : undefined}><Members id={a.id} />{mayFollow && <MovesCard moves={moves} />}</div>
        </div>
      </Page>
    )}</Loaded>
  )
}

function Members({id}: {id: string}) {
  const {t} = useTranslation()
  const members = useMembers(id)
  const allowed = useMay('GET audiences/{id}/members')
  if (!allowed) return <Card title={t('audiences.members')}><NoRight small needs="GET audiences/{id}/members" /></Card>
  return (
    <Card title={t('audiences.members')}>
      <Loaded query={members} rows={8}>{({pages}) => {
        const list = pages.flatMap((page) => page.members)
        if (list.length === 0) return <Empty small title={t('audiences.no_members')} />
        return (
          <>
            <ul className="members">{list.map((profile) => <li key={profile}><PersonLink id={profile} /><WhyBox audience={id} profile={profile} /></li>)}</ul>
            {members.hasNextPage && <Button variant="default" loading={members.isFetchingNextPage} onClick={() => void members.fetchNextPage()}>{t('do.more')}</Button>}
          </>
        )
      }}</Loaded>
    </Card>
  )
}
