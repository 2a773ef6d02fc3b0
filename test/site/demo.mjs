// A demonstration of one's own: `filrouge demo --serve` in a folder that is thrown away, on two free ports in a
// row.
import {spawn} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {request} from 'node:http'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

const kStartMsMax = 30_000
const kTries = 50

async function isFree(port) {
  const socket = createServer()
  const free = await new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.listen(port, '127.0.0.1', () => resolve(true))
  })
  await new Promise((resolve) => { if (free) socket.close(resolve); else resolve() })
  return free
}

async function freePair() {
  for (let i = 0; i < kTries; ++i) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (await isFree(port) && await isFree(port + 1)) return port
  }
  throw new Error('no two free ports in a row')
}

export class Demo {
  static async start() {
    const demo = new Demo()
    const port = await freePair()
    demo.folder = await mkdtemp(join(tmpdir(), 'filrouge-demo-'))
    demo.url = `http://127.0.0.1:${port}`
    demo.site = `http://127.0.0.1:${port + 1}`
    demo.output = ''
    const args = ['demo', '--serve', '--data', demo.folder, '--url', demo.url, '--people', '200']
    demo.child = spawn(process.env.FILROUGE, args, {stdio: ['ignore', 'pipe', 'pipe']})
    const keep = (bytes) => { demo.output = (demo.output + bytes).slice(-20_000) }
    demo.child.stdout.on('data', keep)
    demo.child.stderr.on('data', keep)
    demo.gone = new Promise((resolve) => demo.child.once('exit', resolve))
    for (const end = Date.now() + kStartMsMax; Date.now() < end; await sleep(50)) {
      if (demo.output.includes(demo.site)) return demo
      if (demo.child.exitCode !== null) break
    }
    throw new Error(`the demonstration does not get ready:\n${demo.output}`)
  }

  // The status of an answer to a browser that reached this by another name.
  as(host, path) {
    return new Promise((resolve, reject) => {
      request(this.site + path, {headers: {host}}, (reply) => { reply.resume(); resolve(reply.statusCode) }).on('error', reject).end()
    })
  }

  async stop() {
    this.child.kill('SIGTERM')
    await Promise.race([this.gone, sleep(25_000)])
    this.child.kill('SIGKILL')
    await rm(this.folder, {recursive: true, force: true})
  }
}
