// A stand-in for the server while a script is written: answers as Filrouge would and prints what
// the SDK sent. `node record.mjs 8180`, then FILROUGE_RECORDER=http://127.0.0.1:8180 node ...
// It fails every third request when called with --rough, so that the SDK's retries can be watched.
import {createServer} from 'node:http'
import {gunzipSync} from 'node:zlib'

const port = Number(process.argv[2] ?? 8180)
const rough = process.argv.includes('--rough')
let requests = 0

const settings = (host, key) => ({
  integrations: {'Segment.io': {apiKey: key, apiHost: `${host}/v1`, protocol: 'http', addBundledMetadata: true}},
  plan: {track: {__default: {enabled: true, integrations: {}}}},
  metrics: {sampleRate: 0},
  remotePlugins: [],
})
const sourceConfig = (key) => ({
  source: {
    id: 'recorder', name: 'recorder', writeKey: key, enabled: true, workspaceId: 'filrouge', destinations: [],
    config: {statsCollection: {errors: {enabled: false}, metrics: {enabled: false}}},
  },
  updatedAt: new Date().toISOString(),
})

function answer(request, response, body) {
  const headers = {
    'access-control-allow-origin': request.headers.origin ?? '*',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '',
    'content-type': 'application/json',
  }
  const url = new URL(request.url, `http://${request.headers.host}`)
  const send = (status, value) => response.writeHead(status, headers).end(JSON.stringify(value))
  if (request.method === 'OPTIONS') return send(204, {})
  const project = url.pathname.match(/^\/v1\/projects\/([^/]+)\/settings/)
  if (project) return send(200, settings(request.headers.host, project[1]))
  if (url.pathname.startsWith('/sourceConfig')) return send(200, sourceConfig(url.searchParams.get('writeKey')))
  console.log(request.method, request.url, JSON.stringify(request.headers), body.slice(0, 2_000))
  send(rough && ++requests % 3 === 0 ? 503 : 200, {success: true})
}

createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', () => {
    const bytes = Buffer.concat(parts)
    const gzip = request.headers['content-encoding'] === 'gzip'
    answer(request, response, (gzip ? gunzipSync(bytes) : bytes).toString('utf8'))
  })
}).listen(port, '127.0.0.1', () => console.log(`recording on http://127.0.0.1:${port}`))
