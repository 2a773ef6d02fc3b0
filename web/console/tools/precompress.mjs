// precompress.mjs [FOLDER of build/]: after a build, each file once more as .br and .gz, since the server
// only hands out bytes.
import {brotliCompressSync, constants, gzipSync} from 'node:zlib'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join, relative} from 'node:path'

const root = new URL(`../../../build/${process.argv[2] ?? 'console'}`, import.meta.url).pathname
const files = readdirSync(root, {recursive: true, withFileTypes: true})
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))

for (const file of files) {
  if (file.endsWith('.woff2')) continue  // compressed by its own format
  const bytes = readFileSync(file)
  const brotli = brotliCompressSync(bytes, {params: {[constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length}})
  writeFileSync(`${file}.br`, brotli)
  writeFileSync(`${file}.gz`, gzipSync(bytes, {level: 9}))
}
console.log(`${files.length} files compressed in ${relative(process.cwd(), root)}`)
