// Why somebody is in this audience, or not: asked by whatever they are known by.
import {Button, TextInput} from '@mantine/core'
import {useMutation} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {ApiError} from '../api/client'
import {useMay} from '../api/session'
import {profileOf} from '../people/queries'
import {WhyAnswer} from '../people/Why'
import {Card, PersonLink} from '../ui/parts'

export function WhyNot({audience, brand}: {audience: string; brand?: string}) {
  const {t} = useTranslation()
  const [who, setWho] = useState('')
  const find = useMutation({mutationFn: (typed: string) => profileOf(typed, brand)})
  const mayFind = useMay('POST profiles/find'), mayAsk = useMay('GET audiences/{id}/why')
  if (!mayFind || !mayAsk) return null
  const wrong = find.error && (find.error instanceof ApiError && find.error.status === 404 ? t('people.not_found') : find.error.message)
  return (
    <Card title={t('audiences.why_somebody')}>
      <form className="row end" onSubmit={(event) => { event.preventDefault(); find.mutate(who) }}>
        <TextInput className="grow" label={t('people.value')} placeholder={t('people.placeholder')} value={who} required autoComplete="off" error={wrong || undefined} onChange={(e) => { setWho(e.currentTarget.value); find.reset() }} />
        <Button type="submit" variant="default" loading={find.isPending}>{t('audiences.why_ask')}</Button>
      </form>
      {find.data && <div className="stack small" role="status"><PersonLink id={find.data} /><WhyAnswer key={find.data} audience={audience} profile={find.data} told /></div>}
    </Card>
  )
}
