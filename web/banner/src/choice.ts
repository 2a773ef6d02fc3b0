// What somebody chose, as this browser keeps it, and when it has to be asked again.
import type {Asked} from './purposes'
import type {Store} from './storage'

export interface ChosenPurpose {
  name: string
  yes: boolean
  version: number  // of the words that were shown; 0 where there were none
  gpcDenies: boolean
  categories: string[]
}
export interface Choice {
  format: 1
  at: number       // ms since 1970
  checked: number  // when the words were last compared with the server's
  anonymousId: string | null
  purposes: ChosenPurpose[]
  unsent: string | null  // the proof, until the server has taken it
  provedFor?: string  // the account that it was proved for
  spent?: boolean  // an account had it proved and signed out: it is proved for no other
}

export const kKey = 'filrouge.consent'
const kDay = 86_400_000
// CNIL, guidelines of 17 September 2020: six months is good practice for a yes and for a no.
export const kGoodForDays = 183
const kCheckAfterDays = 1

export function load(store: Store, now: number): Choice | null {
  try {
    const choice = JSON.parse(store.getItem(kKey) ?? 'null') as Choice | null
    if (choice?.format !== 1 || !Array.isArray(choice.purposes)) return null
    // A time ahead of us is a clock that was set back: nobody knows how old the choice is.
    const age = now - choice.at
    return age >= 0 && age < kGoodForDays * kDay ? choice : null
  } catch {
    return null
  }
}

export function save(store: Store, choice: Choice): void {
  try {
    store.setItem(kKey, JSON.stringify(choice))
  } catch {
    // Storage is full or forbidden: the choice holds for this page, and is asked again.
  }
}

export const isDueForCheck = (choice: Choice, now: number) => now - choice.checked > kCheckAfterDays * kDay

const versionOf = (purpose: Asked) => purpose.wording?.version ?? 0

// What was chosen under the very words that are asked by now. A yes to other words is none to these.
export function stillChosen(choice: Choice, asked: Asked[]): ChosenPurpose[] {
  return choice.purposes.filter((said) =>
    asked.some((purpose) => purpose.name === said.name && (!said.yes || versionOf(purpose) === said.version)))
}

export function choose(asked: Asked[], yes: (purpose: Asked) => boolean, gpc: boolean): ChosenPurpose[] {
  return asked.map((purpose) => ({
    name: purpose.name,
    yes: yes(purpose) && !(gpc && purpose.gpc_denies),
    version: versionOf(purpose),
    gpcDenies: purpose.gpc_denies,
    categories: purpose.categories,
  }))
}

// The browser's signal wins over what was chosen before it was switched on.
export function inForce(purposes: ChosenPurpose[], gpc: boolean): ChosenPurpose[] {
  return purposes.map((said) => (gpc && said.gpcDenies ? {...said, yes: false} : said))
}

export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
