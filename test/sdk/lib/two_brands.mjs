// A Filrouge of two brands, coats and hats.
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Filrouge} from './server.mjs'

const kSettings = `
[[purpose]]
name = "measurement"
basis = "consent"
[[purpose]]
name = "personalisation"
basis = "consent"
[[brand]]
id = "coats"
name = "Coats"
[[brand]]
id = "hats"
name = "Hats"
`

export class TwoBrands extends Filrouge {
  static async start() {
    const server = await super.start()
    await writeFile(join(server.folder, 'filrouge.toml'), kSettings)
    await server.killAndRestart()
    return server
  }
}
