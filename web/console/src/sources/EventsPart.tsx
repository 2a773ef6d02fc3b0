import {TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {useEventNames} from '../api/events'
import {number} from '../ui/format'
import {Card, Meter} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {firstOf, written} from '../measure/kinds'

// Which events there are, with their properties: what a rule and a question may speak of.
export function EventsPart() {
  const {t} = useTranslation()
  const events = useEventNames()
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState<string | null>(null)
  return (
    <Card title={t('sources.events')} actions={<TextInput aria-label={t('sources.find_event')} placeholder={t('sources.find_event')} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />}>
      <Loaded query={events} rows={8}>{(list) => {
        const most = list[0]?.count ?? 1
        const found = list.filter(({name}) => name.toLowerCase().includes(typed.toLowerCase()))
        if (found.length === 0) return <Empty title={t('sources.no_event')} />
        return (
          <ul className="event-list">{found.map((event) => (
            <li key={event.name}>
              <details open={open === event.name} onToggle={(e) => { if (e.currentTarget.open) setOpen(event.name) }}>
                <summary><span className="clip"><strong>{event.name}</strong></span><div className="grow"><Meter share={event.count / most} /></div><span className="n num">{number(event.count)}</span></summary>
                <div className="row tight">{event.properties.map((p) => <span key={p.name} className="pill"><code>{p.name}</code><span className="num">{number(p.count)}</span></span>)}
                  <Link className="link note" to={`/measure/metric?q=${encodeURIComponent(written({...firstOf('metric'), args: {of: `count(${event.name})`, by: 'channel', grain: 'day'}}))}`}>{t('sources.over_time')}</Link>
                  <Link className="link note" to={`/audiences/new?rule=${encodeURIComponent(`any(${event.name}, last 30 days)`)}`}>{t('sources.who_did')}</Link></div>
              </details>
            </li>
          ))}</ul>
        )
      }}</Loaded>
    </Card>
  )
}
