// A choice in the words of those who have to follow it.
import type {ChosenPurpose} from './choice'

// Segment: context.consent.categoryPreferences of every event.
export const categoryPreferences = (purposes: ChosenPurpose[]): Record<string, boolean> =>
  Object.fromEntries(purposes.map((said) => [said.name, said.yes]))

// RudderStack: context.consentManagement of every event, and the argument of its consent().
export const consentManagement = (purposes: ChosenPurpose[]) => ({
  enabled: true,
  provider: 'custom' as const,
  allowedConsentIds: purposes.filter((said) => said.yes).map((said) => said.name),
  deniedConsentIds: purposes.filter((said) => !said.yes).map((said) => said.name),
})

// Google's Consent Mode, version 2, and the categories under which our purposes stand for its types.
const kModeTypes = {
  ad_storage: ['ad_storage', 'Advertising'],
  ad_user_data: ['ad_user_data'],
  ad_personalization: ['ad_personalization'],
  analytics_storage: ['analytics_storage'],
  functionality_storage: ['functionality_storage', 'Functional'],
  personalization_storage: ['personalization_storage'],
}
type Mode = Record<keyof typeof kModeTypes, 'granted' | 'denied'>

// A type is granted when all purposes that stand for it are, and there is one.
export function consentMode(purposes: ChosenPurpose[]): Mode {
  const granted = (names: string[]) => {
    const standing = purposes.filter((said) => said.categories.some((category) => names.includes(category)))
    return standing.length > 0 && standing.every((said) => said.yes)
  }
  return Object.fromEntries(Object.entries(kModeTypes)
    .map(([type, names]) => [type, granted(names) ? 'granted' : 'denied'])) as Mode
}

declare global {
  interface Window { dataLayer?: unknown[] }
}

// Google's tags tell a command from an event by its being an `arguments` object.
function gtag(..._command: unknown[]) {
  // eslint-disable-next-line prefer-rest-params
  (window.dataLayer ??= []).push(arguments)
}

export const denyByDefault = () => gtag('consent', 'default', {...consentMode([]), wait_for_update: 500})
export const updateMode = (purposes: ChosenPurpose[]) => gtag('consent', 'update', consentMode(purposes))
