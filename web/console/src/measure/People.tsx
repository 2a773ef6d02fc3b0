import {useTranslation} from 'react-i18next'
import {Link, useNavigate} from 'react-router'
import {useBrand, usePurpose} from '../api/shop'
import {useMay} from '../api/session'
import type {Asked} from './kinds'

const addressOf = (rule: string, purpose: string) => `/audiences/new?rule=${encodeURIComponent(rule)}&purpose=${encodeURIComponent(purpose)}`

// A draft counts the people of the brand that is chosen above: those of a tile of another one it would not show.
function useIsOfThisBrand({held}: Asked): boolean {
  const {brand} = useBrand()
  return held?.brand === undefined || brand === undefined || held.brand === brand
}

// The people of a figure open as the draft of an audience, for the purpose the figure was asked for.
export function PeopleLink({rule, asked, label, text}: {rule: string; asked: Asked; label?: string; text?: string}) {
  const {t} = useTranslation()
  const {purpose} = usePurpose()
  const here = useIsOfThisBrand(asked)
  if (!useMay('POST rules/check') || !here) return null
  return <Link className="link people" to={addressOf(rule, asked.purpose ?? purpose)} aria-label={label && `${t('measure.these_people')}: ${label}`}>{text ?? t('measure.these_people')}</Link>
}

// The same for a bar that is clicked; whoever uses no mouse finds the link in the table of the figure.
export function useOpenPeople(asked: Asked) {
  const navigate = useNavigate()
  const {purpose} = usePurpose()
  const here = useIsOfThisBrand(asked)
  return (rule: string | null) => { if (rule && here) void navigate(addressOf(rule, asked.purpose ?? purpose)) }
}
