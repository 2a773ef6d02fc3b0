// Purposes, what rests on them, and the words by which each is asked for.
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {useMay} from '../api/session'
import type {Purpose} from '../api/shapes'
import {usePurposes} from '../api/shop'
import {useConsentMix} from '../now/queries'
import {number, percent} from '../ui/format'
import {Card, Meter} from '../ui/parts'
import {Empty, Loaded} from '../ui/states'
import {ShownForm} from './Shown'
import {Wordings} from './Wordings'

export function Purposes() {
  const {t} = useTranslation()
  const purposes = usePurposes()
  const [chosen, setChosen] = useState<string | null>(null)
  const mayAskShown = useMay('GET consents/shown')
  return (
    <Loaded query={purposes} rows={8}>{(list) => {
      if (list.length === 0) return <Card><Empty title={t('trust.no_purpose')} /></Card>
      const purpose = list.some(({name}) => name === chosen) ? chosen! : list[0]!.name
      return (
        <div className="stack">
          <Card title={t('trust.purposes')} flush><Table purposes={list} chosen={purpose} choose={setChosen} /></Card>
          <div className="split">
            <Wordings key={purpose} purpose={purpose} />
            {mayAskShown && <ShownForm key={`shown ${purpose}`} purpose={purpose} />}
          </div>
        </div>
      )
    }}</Loaded>
  )
}

function Table({purposes, chosen, choose}: {purposes: Purpose[]; chosen: string; choose: (name: string) => void}) {
  const {t} = useTranslation()
  const mix = useConsentMix()
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col">{t('trust.purpose')}</th><th scope="col">{t('trust.basis')}</th><th scope="col">{t('trust.allow')}</th><th scope="col">{t('trust.used_by')}</th><th scope="col">{t('trust.categories')}</th></tr></thead>
      <tbody>{purposes.map((p) => {
        const row = mix.data?.find(({name}) => name === p.name)
        const used = p.used_by.audiences.length + p.used_by.sources.length
        return (
          <tr key={p.name} className={p.name === chosen ? 'chosen' : ''}>
            <td><button type="button" className="namebutton" aria-pressed={p.name === chosen} onClick={() => choose(p.name)}>{p.name}</button> {p.gpc_denies && <span className="pill" title={t('trust.gpc_why')}>{t('trust.gpc')}</span>}</td>
            <td>{t(`basis.${p.basis}` as never)}</td>
            <td>{row ? <Allowed allowed={row.allowed} persons={row.persons} /> : <span className="note">–</span>}</td>
            <td className="note">{used === 0 ? t('trust.nothing') : `${t('trust.audiences', {count: p.used_by.audiences.length})}, ${t('trust.sources', {count: p.used_by.sources.length})}`}</td>
            <td className="note">{p.categories.join(', ')}</td>
          </tr>
        )
      })}</tbody>
    </table></div>
  )
}

function Allowed({allowed, persons}: {allowed: number; persons: number}) {
  const share = persons ? allowed / persons : 0
  return <><span className="num">{percent(share)}</span> <span className="note num">{number(allowed)}</span><Meter share={share} tone="var(--good)" /></>
}
