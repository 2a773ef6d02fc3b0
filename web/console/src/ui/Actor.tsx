import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {nameOf, useActors} from '../api/actors'
import {useMay} from '../api/session'
import {shortId} from './format'

// Who did something, by name; the id, as records keep it, is under the pointer and copied by a click. "me" is the
// person's own page; a role stands where a record of old kept nothing else.
export function Actor({id}: {id?: string}) {
  const {t, i18n} = useTranslation()
  const actors = useActors()
  const mayKnow = useMay('GET actors')
  const [copied, setCopied] = useState(false)
  if (!id) return <span>{t('staff.somebody')}</span>
  if (id === 'me') return <strong>{t('corrections.themselves')}</strong>
  if (i18n.exists(`role.${id}`)) return <span>{t(`role.${id}` as never)}</span>
  const name = !mayKnow ? t('actor.masked') : actors === undefined ? shortId(id) : nameOf(actors, id) ?? t('actor.gone', {id: shortId(id)})
  const copy = async () => {
    await navigator.clipboard.writeText(id).catch(() => {})
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return <button type="button" className="actor" title={id} aria-label={t('actor.copy', {name})} onClick={() => void copy()}>{copied ? t('do.copied') : name}</button>
}
