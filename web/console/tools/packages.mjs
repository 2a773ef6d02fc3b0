// A plugin of Vite: writes down which npm packages have code, style or fonts in what was built, for the list of
// what Filrouge consists of (tools/sbom), and puts their licences beside the files: most ask to go with every copy.
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'

// The folder of the package that a module stands in: the innermost one under node_modules.
function folderOf(module) {
  const found = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)
  return found?.[1]
}

// Of a package that ships no text, the name of its licence.
function licenceOf(folder, license) {
  const name = readdirSync(folder).find((each) => /^(licen[cs]e|copying)/i.test(each))
  return name ? readFileSync(`${folder}/${name}`, 'utf8').trim() : `${license}, without a text in the package.`
}

export function writePackages(file) {
  return {
    name: 'filrouge-packages',
    generateBundle(_options, bundle) {
      const folders = new Set(Object.values(bundle).flatMap((part) => part.moduleIds ?? []).map(folderOf).filter(Boolean))
      const packages = new Map()
      for (const folder of folders) {
        const {name, version, license} = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
        if (name && version) packages.set(`${name}@${version}`, {name, version, license: license ?? '', text: licenceOf(folder, license)})
      }
      const sorted = [...packages.keys()].sort().map((key) => packages.get(key))
      mkdirSync(dirname(file), {recursive: true})  // before the first build there is none
      writeFileSync(file, `${JSON.stringify(sorted.map(({text: _text, ...listed}) => listed), null, 1)}\n`)
      const source = sorted.map(({name, version, text}) => `${name} ${version}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`)
      this.emitFile({type: 'asset', fileName: 'licences.txt', source})
    },
  }
}
