// An offer is written here and seen beside it as the customer will see it.
import {Button, Checkbox, NativeSelect, Radio, TextInput} from '@mantine/core'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {usePurposes} from '../api/shop'
import {Card} from '../ui/parts'
import {Failure} from '../ui/states'
import {kLinesMax, kTextMax, nameOf, newLine, offerOf, type Draft} from './draft'
import {LineFields} from './LineFields'
import {Preview} from './Preview'
import {useMakeOffer, type Offer, type Text} from './queries'

export function OfferForm({first, former, onDone}: {first: Draft; former?: Offer; onDone: () => void}) {
  const {t} = useTranslation()
  const make = useMakeOffer()
  const [draft, setDraft] = useState(first)
  const [ends, setEnds] = useState(former?.open ?? false)
  const set = (part: Partial<Draft>) => setDraft({...draft, ...part})
  const earns = draft.lines.some(({required}) => required)
  const submit = () => make.mutate({offer: offerOf(draft), former: ends ? former?.id : undefined}, {onSuccess: onDone})
  return (
    <div className="split">
      <form className="stack" onSubmit={(event) => { event.preventDefault(); submit() }}>
        <Card title={t(former ? 'offers.changed' : 'offers.new')}>
          <div className="stack small">
            {former && <p className="note">{t('offers.never_changed')}</p>}
            <Words label="title" text={draft.title} change={(title) => set({title})} />
            <Words label="benefit" text={draft.benefit} change={(benefit) => set({benefit})} />
            <Terms draft={draft} set={set} />
          </div>
        </Card>
        <Card title={t('offers.lines')} actions={draft.lines.length < kLinesMax && <button type="button" className="chip" onClick={() => set({lines: [...draft.lines, newLine()]})}>{t('offers.add_line')}</button>}>
          {draft.lines.map((line, i) => (
            <LineFields key={i} n={i + 1} line={line} change={(changed) => set({lines: draft.lines.with(i, changed)})} drop={draft.lines.length > 1 ? () => set({lines: draft.lines.toSpliced(i, 1)}) : undefined} />
          ))}
          {!earns && <p className="bad" role="alert">{t('offers.needs_required')}</p>}
        </Card>
        {former?.open && <Checkbox label={t('offers.ends_former', {id: former.id})} checked={ends} onChange={(e) => setEnds(e.currentTarget.checked)} />}
        {make.error && <Failure small error={make.error} />}
        <p className="note">{t('offers.stands')}</p>
        <div className="row"><Button type="submit" disabled={!earns} loading={make.isPending}>{t('offers.make')}</Button><Button variant="default" onClick={onDone}>{t('do.cancel')}</Button></div>
      </form>
      <div className="seen"><Preview offer={offerOf(draft)} /></div>
    </div>
  )
}

function Words({label, text, change}: {label: 'title' | 'benefit'; text: Text; change: (text: Text) => void}) {
  const {t} = useTranslation()
  return (
    <div className="row end">{(['en', 'fr'] as const).map((language) => (
      <TextInput key={language} className="grow" label={t(`offers.${label}_${language}`)} lang={language} value={text[language]} required maxLength={kTextMax} onChange={(e) => change({...text, [language]: e.currentTarget.value})} />
    ))}</div>
  )
}

function Terms({draft, set}: {draft: Draft; set: (part: Partial<Draft>) => void}) {
  const {t} = useTranslation()
  const purposes = usePurposes()
  return (
    <>
      <div className="row end">
        <NativeSelect className="grow" label={t('offers.purpose')} value={draft.purpose} data={purposes.data?.map(({name}) => name) ?? [draft.purpose]} onChange={(e) => set({purpose: e.currentTarget.value})} />
        <TextInput className="grow" label={t('offers.code')} value={draft.code} required maxLength={64} autoComplete="off" onChange={(e) => set({code: e.currentTarget.value})} />
        <TextInput className="grow" label={t('offers.id')} value={draft.id} placeholder={nameOf(draft.title.en, '-')} pattern="[a-z0-9_\-]*" maxLength={64} autoComplete="off" spellCheck={false} onChange={(e) => set({id: e.currentTarget.value})} />
      </div>
      <div className="row end">
        <TextInput type="date" label={t('offers.from')} value={draft.from} required onChange={(e) => set({from: e.currentTarget.value})} />
        <TextInput type="date" label={t('offers.to')} value={draft.to} required min={draft.from} onChange={(e) => set({to: e.currentTarget.value})} />
      </div>
      <Radio.Group size="xs" label={t('offers.on_taking_back')} value={draft.on_taking_back} onChange={(value) => set({on_taking_back: value as Draft['on_taking_back']})}>
        <div className="row touchrow">{(['kept', 'taken_back'] as const).map((each) => <Radio key={each} size="xs" value={each} label={t(`offers.${each}`)} />)}</div>
      </Radio.Group>
    </>
  )
}
