// A value of an event or trait as text; it is never anything but text. What the role may not see comes as
// {"masked": true}.
const isMasked = (value: unknown) => value !== null && typeof value === 'object' && (value as {masked?: unknown}).masked === true
export const shown = (value: unknown): string =>
  value === null || value === undefined ? '–' : isMasked(value) ? '•••••' : typeof value === 'object' ? JSON.stringify(value) : String(value)
