// A Filrouge of one's own: the real binary in a data folder that is thrown away, killed and started
// again as the test wants. With FILROUGE_RECORDER=URL the scripts run against record.mjs instead.
import {spawn} from 'node:child_process'
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

const kStartMsMax = 30_000

async function freePort() {
  const socket = createServer()
  await new Promise((resolve) => socket.listen(0, '127.0.0.1', resolve))
  const {port} = socket.address()
  await new Promise((resolve) => socket.close(resolve))
  return port
}

export class Filrouge {
  static async start() {
    const server = new Filrouge()
    server.binary = process.env.FILROUGE
    if (!server.binary) throw new Error('FILROUGE names no program; ctest sets it')
    server.folder = await mkdtemp(join(tmpdir(), 'filrouge-sdk-'))
    server.port = await freePort()
    server.url = `http://127.0.0.1:${server.port}`
    server.output = ''
    await server.#spawn()
    await server.#ready()
    server.token = (await readFile(join(server.folder, 'secrets', 'cli-token'), 'utf8')).trim()
    return server
  }

  async #spawn() {
    const args = ['serve', '--data', this.folder, '--port', String(this.port)]
    this.child = spawn(this.binary, args, {stdio: ['ignore', 'pipe', 'pipe']})
    const keep = (bytes) => { this.output = (this.output + bytes).slice(-20_000) }
    this.child.stdout.on('data', keep)
    this.child.stderr.on('data', keep)
    this.gone = new Promise((resolve) => this.child.once('exit', resolve))
  }

  async #ready() {
    for (const end = Date.now() + kStartMsMax; Date.now() < end; await sleep(50)) {
      if (this.child.exitCode !== null) break
      const reply = await fetch(`${this.url}/readyz`).catch(() => null)
      if (reply?.status === 200) return
    }
    throw new Error(`the server does not get ready:\n${this.output}`)
  }

  // Pulls the plug and starts it again at once: whoever is sending meanwhile notices.
  async killAndRestart() {
    this.child.kill('SIGKILL')
    await this.gone
    await this.#spawn()
    await this.#ready()
  }

  async stop() {
    this.child.kill('SIGTERM')
    await Promise.race([this.gone, sleep(10_000)])
    this.child.kill('SIGKILL')
    await rm(this.folder, {recursive: true, force: true})
  }

  async api(method, path, body) {
    const reply = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: {authorization: `Bearer ${this.token}`, 'content-type': 'application/json'},
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
    return JSON.parse(text)
  }

  async source(id, channel) {
    const source = {id, name: id, channel, currency: 'EUR', purpose: 'measurement', basis: 'consent'}
    return (await this.api('POST', 'sources', source)).write_key
  }

  async count(rule) {
    return (await this.api('POST', 'rules/count', {rule, purpose: 'measurement'})).count
  }

  async find(type, value) {
    return (await this.api('POST', 'profiles/find', {type, value})).id
  }

  // Asks until the figures are those expected, or stand still for a while.
  async settledStats(expected) {
    let last = '', since = Date.now(), stats
    while (Date.now() - since < 3_000) {
      stats = await this.api('GET', 'stats')
      if (expected(stats)) return stats
      const now = JSON.stringify(stats.events)
      if (now !== last) [last, since] = [now, Date.now()]
      await sleep(100)
    }
    return stats
  }
}
