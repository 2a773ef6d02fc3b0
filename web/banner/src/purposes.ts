// What the server says a site asks for (GET /v1/projects/{writeKey}/consent).
export interface Asked {
  name: string
  categories: string[]
  gpc_denies: boolean
  // The words in force, in the best language there is; null where none were told.
  wording: {version: number; language: string; text: string} | null
}

export async function fetchAsked(server: string, writeKey: string, language: string): Promise<Asked[]> {
  const address = `${server}/v1/projects/${encodeURIComponent(writeKey)}/consent?language=${encodeURIComponent(`${language},en`)}`
  const reply = await fetch(address, {credentials: 'omit'})
  if (!reply.ok) throw new Error(`filrouge-consent: the server answered ${reply.status} to ${address}`)
  return ((await reply.json()) as {purposes: Asked[]}).purposes
}

// Those the site names, in its order; all of them where it names none.
export function pick(all: Asked[], names: string[]): Asked[] {
  if (names.length === 0) return all
  return names.flatMap((name) => all.filter((purpose) => purpose.name === name))
}
