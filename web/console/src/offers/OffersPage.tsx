// Offers of value for what customers tell: what is asked, what is given, how many took it.
import {Button} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {AudienceTabs} from '../audiences/AudienceTabs'
import {useMay} from '../api/session'
import {usePurpose} from '../api/shop'
import {day, number} from '../ui/format'
import {Icon} from '../ui/icons'
import {Card, Dialog, Page} from '../ui/parts'
import {Empty, Failure, Loaded} from '../ui/states'
import {draftOf, newDraft, type Draft} from './draft'
import {OfferForm} from './OfferForm'
import {Preview} from './Preview'
import {useEndOffer, useOffers, type Ask, type Offer} from './queries'
import './offers.css'

interface Writing { first: Draft; former?: Offer }

export function OffersPage() {
  const {t} = useTranslation()
  const offers = useOffers()
  const mayMake = useMay('POST offers')
  const {purpose} = usePurpose()
  const [writing, setWriting] = useState<Writing | null>(null)
  const begin = () => setWriting({first: newDraft(purpose)})
  return (
    <Page title={t('nav.audiences')} lead={t('offers.lead')} actions={mayMake && !writing && <Button leftSection={<Icon name="plus" size={14} />} onClick={begin}>{t('offers.new')}</Button>}>
      <AudienceTabs />
      {writing ? <OfferForm {...writing} onDone={() => setWriting(null)} /> : (
        <Loaded query={offers} rows={6}>{(list) => list.length === 0 ? <Card><Empty title={t('offers.none')}>{t('offers.none_how')}</Empty></Card>
          : <div className="stack">{[...list].sort(openFirst).map((offer) => <OneOffer key={offer.id} offer={offer} write={mayMake ? setWriting : undefined} />)}</div>}</Loaded>
      )}
    </Page>
  )
}

const openFirst = (a: Offer, b: Offer) => Number(b.open ?? false) - Number(a.open ?? false) || b.from.localeCompare(a.from)

function OneOffer({offer, write}: {offer: Offer; write?: (writing: Writing) => void}) {
  const {t, i18n} = useTranslation()
  const language = i18n.language === 'fr' ? 'fr' : 'en'
  const [seen, setSeen] = useState(false)
  const [ending, setEnding] = useState(false)
  return (
    <Card title={<>{offer.title[language]} <State offer={offer} /></>} actions={<>
      <button type="button" className="chip" aria-pressed={seen} onClick={() => setSeen(!seen)}>{t('offers.preview')}</button>
      {write && <button type="button" className="chip" onClick={() => write({first: draftOf(offer), former: offer})}>{t('offers.change')}</button>}
      {write && offer.open && <button type="button" className="chip" onClick={() => setEnding(true)}>{t('offers.end')}</button>}
    </>}>
      <div className={seen ? 'split' : ''}>
        <div className="stack small">
          <p>{offer.benefit[language]} <code>{offer.code}</code> <span className="pill">{offer.purpose}</span></p>
          <p className="note">{t('offers.open_from', {from: day(offer.from), to: day(offer.to)})} {t(`offers.${offer.on_taking_back}_means`)}</p>
          <div className="taken"><span><b className="num">{number(offer.told)}</b> {t('offers.told')}</span><span><b className="num">{number(offer.benefits)}</b> {t('offers.benefits')}</span></div>
          <Lines offer={offer} language={language} />
        </div>
        {seen && <Preview offer={offer} />}
      </div>
      {ending && <End offer={offer} onClose={() => setEnding(false)} />}
    </Card>
  )
}

function State({offer}: {offer: Offer}) {
  const {t} = useTranslation()
  if (offer.open) return <span className="pill good">{t('offers.is_open')}</span>
  return Date.parse(offer.from) > Date.now() ? <span className="pill blue">{t('offers.is_to_come')}</span> : <span className="pill">{t('offers.is_ended')}</span>
}

function Lines({offer, language}: {offer: Offer; language: 'en' | 'fr'}) {
  const {t} = useTranslation()
  const mayTry = useMay('POST rules/count')
  const rule = ({name, type}: Ask) => `trait(${type === 'plan' ? `${name}.what` : name}) exists`
  return (
    <div className="scroll"><table className="t">
      <thead><tr><th scope="col">{t('offers.lines')}</th><th scope="col">{t('offers.type')}</th><th scope="col">{t('offers.trait')}</th>{mayTry && <th scope="col">{t('audiences.people')}</th>}</tr></thead>
      <tbody>{offer.asks.map((ask) => (
        <tr key={ask.name}><td>{ask.label[language]} {ask.required && <span className="pill">{t('offers.for_benefit')}</span>}
          {ask.choices && <div className="note">{ask.choices.map((choice) => choice.label?.[language] ?? choice.value).join(', ')}</div>}</td>
          <td className="note">{t(`ask.${ask.type}`)}</td><td><code>{ask.name}</code></td>
          {mayTry && <td><Link className="link people" to={`/audiences/new?rule=${encodeURIComponent(rule(ask))}&purpose=${encodeURIComponent(offer.purpose)}`} aria-label={t('offers.who_told', {line: ask.label[language]})}>{t('measure.these_people')}</Link></td>}</tr>
      ))}</tbody>
    </table></div>
  )
}

// What follows is told, then it is done: an offer that ended does not open again.
function End({offer, onClose}: {offer: Offer; onClose: () => void}) {
  const {t} = useTranslation()
  const end = useEndOffer()
  return (
    <Dialog open onClose={onClose} label={t('offers.end_title')}>
      <div className="inner">
        <h2>{t('offers.end_title')}</h2>
        <p>{t('offers.end_follows', {told: number(offer.told), benefits: number(offer.benefits)})}</p>
        <p className="note">{t('offers.end_back')}</p>
        {end.error && <Failure small error={end.error} />}
        <div className="row"><Button color="red" loading={end.isPending} onClick={() => end.mutate(offer.id, {onSuccess: onClose})}>{t('offers.end')}</Button><Button variant="default" onClick={onClose}>{t('do.cancel')}</Button></div>
      </div>
    </Dialog>
  )
}
