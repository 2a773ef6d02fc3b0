// Who is signed in, asked before the page's scripts are read: once, for whoever asks first.
import {pastedToken} from './token'

let asked: Promise<Response | null> | null = null

export function askFirst() {
  const token = pastedToken()
  const headers: Record<string, string> = {accept: 'application/json', ...(token ? {authorization: `Bearer ${token}`} : {})}
  asked = fetch('/api/v1/session', {cache: 'no-store', headers}).catch(() => null)
}

// Nothing where nobody asked, where it was taken already, or where the server did not answer.
export function firstAnswer(): Promise<Response | null> | null {
  const taken = asked
  asked = null
  return taken
}
