// The choice as an event that the server proves: docs/consent.md, "A choice".
import type {ChosenPurpose} from './choice'
import {newId} from './choice'
import {categoryPreferences} from './signals'
import {version} from './version'

export interface Who { anonymousId?: string; userId?: string }

export function proofOf(who: Who, writeKey: string, at: number, purposes: ChosenPurpose[], language: string, button: string, gpc: boolean): string {
  // What the browser's signal decided is no choice of the person: the event says it by context.gpc.
  const chosen = purposes.filter((said) => !(gpc && said.gpcDenies))
  const worded = chosen.filter((said) => said.version > 0)
  return JSON.stringify({
    ...who, writeKey, type: 'track', event: 'Consent Updated', messageId: `banner-${newId()}`,
    // When it was chosen, not when it is proved: what was said since then is newer, and stands.
    originalTimestamp: new Date(at).toISOString(),
    properties: {
      purposes: categoryPreferences(chosen),
      wordings: Object.fromEntries(worded.map((said) => [said.name, said.version])),
      language,
      evidence: {form: `filrouge-banner ${version}`, button, page: location.origin + location.pathname},
    },
    context: {
      library: {name: 'filrouge-banner', version}, locale: language, ...(gpc && {gpc: true}),
      page: {path: location.pathname, url: location.origin + location.pathname},
    },
  })
}

// True once the server has it. As text/plain, a request that no browser asks leave for beforehand.
export async function send(server: string, proof: string): Promise<boolean> {
  const body = JSON.stringify({...(JSON.parse(proof) as object), sentAt: new Date().toISOString()})
  try {
    const reply = await fetch(`${server}/v1/track`, {method: 'POST', body, keepalive: true, credentials: 'omit', headers: {'Content-Type': 'text/plain'}})
    return reply.ok
  } catch {
    return false
  }
}
