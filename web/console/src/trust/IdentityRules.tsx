// How many identifiers of a type one person may have, and on how many people one identifier may be. What
// other limits would change over the whole history is shown before they are kept.
import {Button, NumberInput, TextInput} from '@mantine/core'
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useState} from 'react'
import {useTranslation} from 'react-i18next'
import {call} from '../api/client'
import {useMay} from '../api/session'
import {number} from '../ui/format'
import {Card} from '../ui/parts'
import {Failure, Loaded} from '../ui/states'
import {useTypeName} from '../ui/typeName'

interface Limit { type: string; per_person_max: number; priority: number; from: string }
interface Rules { people_max: number; types: Limit[]; blocked: unknown[] }
interface Change { persons: number; merged: number; parted: number; changed: number; audiences: Array<{id: string; count: number; enter: number; leave: number}> }
type Draft = {people_max: number; types: Record<string, number>}

export function IdentityRules() {
  const {t} = useTranslation()
  const enabled = useMay('GET identity/rules')
  const rules = useQuery({queryKey: ['identity-rules'], enabled, queryFn: ({signal}) => call<Rules>('GET identity/rules', {signal})})
  if (!enabled) return null
  return <Card title={t('rules.title')}><Loaded query={rules} rows={4}>{(data) => <Form key={JSON.stringify(data)} rules={data} />}</Loaded></Card>
}

// What is not named goes back to the settings' file: so what was changed before is named again.
function bodyOf(rules: Rules, draft: Draft) {
  const types = rules.types.filter(({type, per_person_max, from}) => from === 'rules' || draft.types[type] !== per_person_max)
  return {people_max: draft.people_max, types: types.map(({type, priority, from}) => ({type, per_person_max: draft.types[type], ...(from === 'rules' ? {priority} : {})}))}
}

function Form({rules}: {rules: Rules}) {
  const {t} = useTranslation()
  const typeName = useTypeName()
  const client = useQueryClient()
  const [draft, setDraft] = useState<Draft>({people_max: rules.people_max, types: Object.fromEntries(rules.types.map(({type, per_person_max}) => [type, per_person_max]))})
  const [reason, setReason] = useState('')
  const preview = useMutation({mutationFn: () => call<Change>('POST identity/rules/preview', {body: bodyOf(rules, draft)})})
  const keep = useMutation({
    mutationFn: () => call('POST identity/rules', {body: {...bodyOf(rules, draft), reason}}),
    onSuccess: () => client.invalidateQueries(),
  })
  const set = (next: Draft) => { setDraft(next); preview.reset() }
  const atLeast = (least: number, value: string | number) => Math.max(least, Math.round(Number(value) || 0))
  return (
    <div className="stack">
      <p className="note">{t('rules.how')}</p>
      <div className="limits">
        <NumberInput label={t('rules.people_max')} min={1} value={draft.people_max} onChange={(value) => set({...draft, people_max: atLeast(1, value)})} />
        {rules.types.map(({type}) => (
          <NumberInput key={type} label={typeName(type)} min={0} value={draft.types[type]} onChange={(value) => set({...draft, types: {...draft.types, [type]: atLeast(0, value)}})} />
        ))}
      </div>
      <div><Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>{t('rules.preview')}</Button></div>
      {preview.error && <Failure small error={preview.error} />}
      {preview.data && (
        <>
          <p role="status">{t('rules.follows', {persons: number(preview.data.persons), merged: number(preview.data.merged), parted: number(preview.data.parted), changed: number(preview.data.changed)})}</p>
          {preview.data.audiences.length > 0 && <ul className="note">{preview.data.audiences.map((a) => <li key={a.id}>{a.id}: +{number(a.enter)} −{number(a.leave)}</li>)}</ul>}
          <form className="row end" onSubmit={(event) => { event.preventDefault(); keep.mutate() }}>
            <TextInput className="grow" label={t('separate.reason')} value={reason} required maxLength={1_000} onChange={(e) => setReason(e.currentTarget.value)} />
            <Button type="submit" loading={keep.isPending}>{t('rules.keep')}</Button>
          </form>
          {keep.error && <Failure small error={keep.error} />}
        </>
      )}
    </div>
  )
}
