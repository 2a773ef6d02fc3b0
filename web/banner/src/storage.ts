// Where a choice is kept. Where all cookies are blocked and in a sandboxed frame even asking for localStorage
// throws, in some web views it is null: what is chosen then holds for this page.
export type Store = Pick<Storage, 'getItem' | 'setItem'>

const kept = new Map<string, string>()
const ofThisPage: Store = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => { kept.set(key, value) },
}

export function storage(): Store {
  try {
    return (localStorage as Storage | null) ?? ofThisPage
  } catch {
    return ofThisPage
  }
}
