import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {expect, test} from 'vitest'

const kit = join(import.meta.dirname, '../../node_modules/@mantine/core')
const read = (path: string) => readFileSync(path, 'utf8')

// The parts that our pages take from the kit.
function partsUsed(): string[] {
  const source = join(import.meta.dirname, '..')
  const files = readdirSync(source, {recursive: true, withFileTypes: true}).filter((entry) => /\.tsx?$/.test(entry.name))
  const taken = files.flatMap((entry) => [...read(join(entry.parentPath, entry.name)).matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)])
  return [...new Set(taken.flatMap(([, names]) => names!.split(',').map((name) => name.trim())))]
}

// The style modules that a file of the kit and all it imports have.
function stylesOf(file: string, seen: Set<string>) {
  if (seen.has(file) || !existsSync(file)) return
  seen.add(file)
  for (const [, path] of read(file).matchAll(/from\s*"(\.[^"]+)"/g)) stylesOf(resolve(dirname(file), path!), seen)
}

test('every part of the kit that a page uses has its style, in the kit’s own order', () => {
  const seen = new Set<string>()
  const parts = partsUsed()
  for (const part of parts) stylesOf(join(kit, 'esm/components', part, `${part}.mjs`), seen)
  const wanted = [...seen].filter((file) => file.endsWith('.module.mjs')).map((file) => basename(file, '.module.mjs'))
  expect(wanted.length).toBeGreaterThan(15)
  const imported = [...read(join(import.meta.dirname, 'kit.css')).matchAll(/styles\/([\w-]+)\.css/g)].map(([, name]) => name!)
  expect(wanted.filter((name) => !imported.includes(name))).toEqual([])
  const whole = read(join(kit, 'styles.css'))
  const places = imported.map((name) => whole.indexOf(read(join(kit, `styles/${name}.css`)).trim().slice(0, 200)))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places[0]).toBeGreaterThanOrEqual(0)
})
