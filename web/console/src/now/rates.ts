// How many events arrive in a second, from a counter that is read now and then.
export interface Rates { shown: number[]; at: number; n: number }

const kRates = 90
const kSmoothed = 3

export const noRates: Rates = {shown: [], at: 0, n: -1}

// `at` is when the server was asked, in milliseconds: what was kept of it while another page was open
// is as old as it is. A smaller count than before: the server was started again.
export function withCount(before: Rates, n: number, at: number): Rates {
  const known = before.n >= 0 && n >= before.n && at > before.at
  return {at, n, shown: known ? [...before.shown, ((n - before.n) * 1_000) / (at - before.at)].slice(-kRates) : before.shown}
}

export function rateOf({shown}: Rates): number | null {
  const last = shown.slice(-kSmoothed)
  return last.length === 0 ? null : last.reduce((a, b) => a + b, 0) / last.length
}
