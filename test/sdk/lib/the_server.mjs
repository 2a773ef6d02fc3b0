// The real server, unless the script is only being written. 77 tells ctest: skipped.
import {existsSync} from 'node:fs'
import {Filrouge} from './server.mjs'
import {Recorder} from './recorder.mjs'

export const theServer = () => (process.env.FILROUGE_RECORDER ? Recorder : Filrouge)

export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find((path) => existsSync(path))

export function needChromium() {
  if (chromium) return
  console.log('skipped: no Chromium here; ./dev test installs it')
  process.exit(77)
}
