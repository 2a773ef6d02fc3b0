// One line of an offer: what is asked, and the trait its answer becomes.
import {Checkbox, NativeSelect, Textarea, TextInput} from '@mantine/core'
import {useTranslation} from 'react-i18next'
import {Tool} from '../ui/parts'
import {askTypes, chooses, kNameMax, kTextMax, nameOf, type Line} from './draft'
import type {Ask} from './queries'

export function LineFields({line, n, change, drop}: {line: Line; n: number; change: (line: Line) => void; drop?: () => void}) {
  const {t} = useTranslation()
  const set = (part: Partial<Line>) => change({...line, ...part})
  const say = (language: 'en' | 'fr', text: string) => set({label: {...line.label, [language]: text}})
  return (
    <fieldset className="line"><legend>{t('offers.line_n', {n})}</legend>
      <div className="row end">
        <TextInput className="grow" label={t('offers.label_en')} value={line.label.en} required maxLength={kTextMax} onChange={(e) => say('en', e.currentTarget.value)} />
        <TextInput className="grow" label={t('offers.label_fr')} value={line.label.fr} required maxLength={kTextMax} onChange={(e) => say('fr', e.currentTarget.value)} />
        {drop && <Tool icon="close" label={t('offers.drop_line', {n})} onClick={drop} />}
      </div>
      <div className="row end">
        <NativeSelect label={t('offers.type')} value={line.type} data={askTypes.map((each) => ({value: each, label: t(`ask.${each}`) as string}))} onChange={(e) => set({type: e.currentTarget.value as Ask['type']})} />
        <TextInput className="grow" label={t('offers.trait')} value={line.name} placeholder={nameOf(line.label.en)} pattern="[a-z][a-z0-9_]*" maxLength={kNameMax} autoComplete="off" spellCheck={false} onChange={(e) => set({name: e.currentTarget.value})} />
        {line.type === 'number' && <><TextInput type="number" step="any" w={90} label={t('offers.min')} value={line.min} onChange={(e) => set({min: e.currentTarget.value})} />
          <TextInput type="number" step="any" w={90} label={t('offers.max')} value={line.max} onChange={(e) => set({max: e.currentTarget.value})} /></>}
      </div>
      {chooses(line) && <Textarea label={t('offers.choices')} description={t(line.type === 'plan' ? 'offers.choices_plan' : 'offers.choices_how')} placeholder={'wool; Wool; Laine\nsilk; Silk; Soie'} value={line.choices} required={line.type !== 'plan'} autosize minRows={2} maxRows={8}
        onChange={(e) => set({choices: e.currentTarget.value})} />}
      <Checkbox label={t('offers.required')} checked={line.required} onChange={(e) => set({required: e.currentTarget.checked})} />
    </fieldset>
  )
}
