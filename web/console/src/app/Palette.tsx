import {useMantineColorScheme} from '@mantine/core'
import {useQuery} from '@tanstack/react-query'
import {useId, useMemo, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useNavigate} from 'react-router'
import {call} from '../api/client'
import {useMay} from '../api/session'
import type {Audience} from '../api/shapes'
import {kinds} from '../measure/kinds'
import {speak} from '../texts'
import {Icon, type IconName} from '../ui/icons'
import {Dialog} from '../ui/parts'
import {matching, type Command} from './matching'
import type {Place} from './places'

export function Palette({open, onClose, places}: {open: boolean; onClose: () => void; places: Place[]}) {
  const {t} = useTranslation()
  return (
    <Dialog open={open} onClose={onClose} label={t('palette.label')} className="palette">
      <Commands places={places} onDone={onClose} />
    </Dialog>
  )
}

interface Entry extends Command { icon: IconName; hint?: string; run: () => void }

function useEntries(places: Place[]): Entry[] {
  const {t, i18n} = useTranslation()
  const navigate = useNavigate()
  const {setColorScheme} = useMantineColorScheme()
  const mayAsk = useMay('POST questions'), mayMake = useMay('POST audiences'), maySee = useMay('GET audiences')
  const audiences = useQuery({
    queryKey: ['audiences', 'all'], enabled: maySee,
    queryFn: async () => (await call<{audiences: Audience[]}>('GET audiences')).audiences,
  })
  return useMemo(() => {
    const go = (to: string) => () => void navigate(to)
    return [
      ...places.map(({to, text, icon, key}): Entry => ({text: t(text as never), icon, hint: `g ${key}`, run: go(to)})),
      ...(mayMake ? [{text: t('palette.new_audience'), icon: 'plus' as const, run: go('/audiences/new')}] : []),
      ...(mayAsk ? kinds.map((kind): Entry => ({text: `${t('nav.measure')}: ${t(`kind.${kind}.name` as never)}`, icon: 'measure', run: go(`/measure/${kind}`)})) : []),
      ...(audiences.data ?? []).map((a): Entry => ({text: a.name, icon: 'audiences', hint: t('nav.audiences'), run: go(`/audiences/${encodeURIComponent(a.id)}`)})),
      {text: t('nav.dark'), icon: 'moon', run: () => setColorScheme('dark')},
      {text: t('nav.light'), icon: 'sun', run: () => setColorScheme('light')},
      {text: i18n.language === 'fr' ? 'English' : 'Français', icon: 'language', run: () => void speak(i18n.language === 'fr' ? 'en' : 'fr')},
    ]
  }, [audiences.data, i18n.language, mayAsk, mayMake, navigate, places, setColorScheme, t])
}

// Whoever is meant is asked for by the page of people, which says what was found. What is typed is somebody's
// e-mail or card: it goes along in memory, not in the address.
const kPersonTypedMin = 3
function usePersonEntry(typed: string): Entry | null {
  const {t} = useTranslation()
  const navigate = useNavigate()
  const what = typed.trim()
  if (!useMay('POST profiles/find') || what.length < kPersonTypedMin) return null
  return {text: t('palette.find_person', {what}), icon: 'people', hint: t('nav.people'), run: () => void navigate('/people', {state: {find: what}})}
}

function Commands({places, onDone}: {places: Place[]; onDone: () => void}) {
  const {t} = useTranslation()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = useId()
  const person = usePersonEntry(typed)
  const found = [...matching(useEntries(places), typed), ...(person ? [person] : [])]
  const run = (entry: Entry | undefined) => { if (entry) { onDone(); entry.run() } }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setChosen((at) => (found.length ? (at + step + found.length) % found.length : 0))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(found[chosen])
    }
  }
  return (
    <div>
      <input autoFocus role="combobox" aria-expanded="true" aria-controls={list} aria-activedescendant={`${list}-${chosen}`}
        aria-label={t('palette.label')} placeholder={t('palette.placeholder')} value={typed} autoComplete="off" spellCheck={false}
        onChange={(event) => { setTyped(event.target.value); setChosen(0) }} onKeyDown={onKeyDown} />
      <ul role="listbox" id={list} aria-label={t('palette.label')}>
        {found.map((entry, i) => (
          <li key={`${entry.text}${i}`} id={`${list}-${i}`} role="option" aria-selected={i === chosen}
            onMouseMove={() => setChosen(i)} onClick={() => run(entry)}>
            <Icon name={entry.icon} /><span className="clip">{entry.text}</span>
            {entry.hint && <span className={/^g ./.test(entry.hint) ? 'key' : 'note'}>{entry.hint}</span>}
          </li>
        ))}
        {found.length === 0 && <li role="option" aria-selected="false" aria-disabled="true"><span className="note">{t('palette.nothing')}</span></li>}
      </ul>
    </div>
  )
}
