// A plugin of Vite: writes down which npm packages have code, style or fonts in what was built, for the list of
// what Filrouge consists of (tools/sbom).
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'

// The folder of the package that a module stands in: the innermost one under node_modules.
function folderOf(module) {
  const found = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)
  return found?.[1]
}

export function writePackages(file) {
  return {
    name: 'filrouge-packages',
    generateBundle(_options, bundle) {
      const folders = new Set(Object.values(bundle).flatMap((part) => part.moduleIds ?? []).map(folderOf).filter(Boolean))
      const packages = new Map()
      for (const folder of folders) {
        const {name, version, license} = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
        if (name && version) packages.set(`${name}@${version}`, {name, version, license: license ?? ''})
      }
      const sorted = [...packages.keys()].sort().map((key) => packages.get(key))
      mkdirSync(dirname(file), {recursive: true})  // before the first build there is none
      writeFileSync(file, `${JSON.stringify(sorted, null, 1)}\n`)
    },
  }
}
