// Which brands somebody is limited to; asked for where there are several.
import {Checkbox} from '@mantine/core'
import {useTranslation} from 'react-i18next'
import {useBrands} from '../api/shop'

// None chosen: all of them, also those to come.
export function BrandChoice({value, onChange}: {value: string[]; onChange: (brands: string[]) => void}) {
  const {t} = useTranslation()
  const brands = useBrands()
  if (brands.length < 2) return null
  return (
    <fieldset className="steps checks"><legend>{t('brands.limit')}</legend>
      {brands.map(({id, name}) => (
        <Checkbox key={id} label={name} checked={value.includes(id)} onChange={(e) => onChange(e.currentTarget.checked ? [...value, id] : value.filter((each) => each !== id))} />
      ))}
      <p className="note">{value.length === 0 ? t('brands.all') : t('brands.only', {brands: nameAll(value, brands)})}</p>
    </fieldset>
  )
}

// As the API takes it, which knows no empty list.
export const limitedTo = (brands: string[]) => (brands.length > 0 ? {brands} : {})

const nameAll = (ids: string[], brands: Array<{id: string; name: string}>) => ids.map((id) => brands.find((each) => each.id === id)?.name ?? id).join(', ')

// Beside a name in a list.
export function Brands({ids}: {ids?: string[]}) {
  const brands = useBrands()
  return ids?.map((id) => <span key={id} className="pill">{nameAll([id], brands)}</span>)
}
