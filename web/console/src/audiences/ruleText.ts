import {useSaid} from '../texts/said'

// A rule is in its own language; where the role does not see its fields, the server says that in its place.
export function useRuleText() {
  const said = useSaid()
  return (rule: string) => (/^\(asks about [^()]*\)$/.test(rule) ? said(rule) : rule)
}
