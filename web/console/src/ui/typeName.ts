import {useTranslation} from 'react-i18next'

// What a kind of identifier is called; one of a shop's own by its own name.
export function useTypeName() {
  const {t, i18n} = useTranslation()
  return (type: string) => (i18n.exists(`identifier.${type}`) ? t(`identifier.${type}` as never) as string : type)
}
