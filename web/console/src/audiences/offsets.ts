// The server tells places in a rule in bytes of UTF-8; an editor counts UTF-16 units.
const encoder = new TextEncoder()

export function unitsOfBytes(text: string, bytes: number): number {
  let at = 0
  for (const character of text) {
    if (bytes <= 0) break
    bytes -= encoder.encode(character).length
    at += character.length
  }
  return at
}

export function bytesOfUnits(text: string, units: number): number {
  return encoder.encode(text.slice(0, units)).length
}
