// A token that was pasted lives as long as its tab.
const key = 'filrouge.token'
export const pastedToken = () => sessionStorage.getItem(key)
export function pasteToken(token: string | null) {
  if (token) sessionStorage.setItem(key, token)
  else sessionStorage.removeItem(key)
}
