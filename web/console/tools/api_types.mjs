// api_types.mjs API.json OUT.ts: the routes of the API's document as TypeScript: what each takes,
// what it answers, which roles may call it, and whether who is limited to brands is let in.
import {readFileSync, writeFileSync} from 'node:fs'

const [document, out] = process.argv.slice(2)
const api = JSON.parse(readFileSync(document, 'utf8'))
const quoted = (text) => JSON.stringify(text)

function typeOf(schema) {
  if (!schema) return 'unknown'
  if (schema.$ref) return `Schemas[${quoted(schema.$ref.split('/').pop())}]`
  if (schema.enum) return schema.enum.map(quoted).join(' | ')
  if (schema.oneOf ?? schema.anyOf) return (schema.oneOf ?? schema.anyOf).map(typeOf).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({...schema, type})).join(' | ')
  switch (schema.type) {
    case 'integer': case 'number': return 'number'
    case 'boolean': return 'boolean'
    case 'string': return 'string'
    case 'null': return 'null'
    case 'array': return `Array<${typeOf(schema.items)}>`
    case 'object': return objectType(schema)
    default: return 'unknown'
  }
}

// An object without named members is free in form: whoever reads it says what is expected there.
function objectType(schema) {
  const members = Object.entries(schema.properties ?? {})
  const rest = schema.additionalProperties
  if (members.length === 0) return `Record<string, ${rest && rest !== true ? typeOf(rest) : 'unknown'}>`
  const required = new Set(schema.required ?? [])
  const lines = members.map(([name, member]) => `${quoted(name)}${required.has(name) ? '' : '?'}: ${typeOf(member)}`)
  return `{${lines.join('; ')}}`
}

function parameters(operation, where) {
  const found = (operation.parameters ?? []).filter((parameter) => parameter.in === where)
  if (found.length === 0) return 'Record<string, never>'
  return `{${found.map((p) => `${quoted(p.name)}${p.required ? '' : '?'}: ${typeOf(p.schema)}`).join('; ')}}`
}

function contentOf(holder, kind = 'application/json') {
  const content = holder?.content?.[kind]
  return content ? typeOf(content.schema) : 'never'
}

const routes = [], roles = [], open = []
for (const [path, operations] of Object.entries(api.paths)) {
  if (!path.startsWith('/api/v1/')) continue
  for (const [method, operation] of Object.entries(operations)) {
    const name = quoted(`${method.toUpperCase()} ${path.slice('/api/v1/'.length)}`)
    const good = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1]
    routes.push(`  ${name}: {path: ${parameters(operation, 'path')}; query: ${parameters(operation, 'query')}; ` +
      `body: ${contentOf(operation.requestBody)}; answer: ${contentOf(good)}}`)
    if (operation['x-brands']) open.push(name)
    roles.push(`  ${name}: [${(operation['x-roles'] ?? []).map(quoted).join(', ')}],`)
  }
}
const schemas = Object.entries(api.components.schemas)
  .map(([name, schema]) => `  ${quoted(name)}: ${typeOf(schema)}`)

writeFileSync(out, [
  '// Made from schema/api.json by tools/api_types.mjs.',
  `export interface Schemas {\n${schemas.join('\n')}\n}`,
  `export interface Routes {\n${routes.join('\n')}\n}`,
  'export type RouteName = keyof Routes',
  `export const rolesOf: Record<RouteName, readonly string[]> = {\n${roles.join('\n')}\n}`,
  `export const openToBrands: ReadonlySet<RouteName> = new Set<RouteName>([${open.join(', ')}])`,
  '',
].join('\n\n'))
