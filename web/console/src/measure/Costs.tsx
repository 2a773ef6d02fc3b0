import {Textarea} from '@mantine/core'
import {useTranslation} from 'react-i18next'
import {number} from '../ui/format'
import {costsOf, told} from './costs'

export function Costs({label, value, set}: {label: string; value: string; set: (text: string) => void}) {
  const {t} = useTranslation()
  const found = value ? told(costsOf(value)) : null
  const read = async (file: File | undefined) => { if (file) set(await file.text()) }
  return (
    <div className="stack small">
      <Textarea label={label} description={t('costs.how')} placeholder={'2026-03-02,search,120.50\n2026-03-02,tv,900'} value={value} rows={5} className="mono" spellCheck={false}
        onChange={(e) => set(e.currentTarget.value)} />
      <label className="chip filechip">{t('costs.file')}<input type="file" accept=".csv,.tsv,text/csv,text/plain" className="hidden" onChange={(e) => void read(e.currentTarget.files?.[0])} /></label>
      {found && <p className={`note${found.wrong ? ' bad' : ''}`} role="status">{t('costs.found', {rows: number(found.rows), channels: found.channels.join(', '), sum: number(found.sum)})}{found.wrong > 0 && ` ${t('costs.wrong', {n: number(found.wrong)})}`}</p>}
    </div>
  )
}
