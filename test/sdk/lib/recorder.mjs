// Takes the place of Filrouge (lib/server.mjs) while a script is written: nothing is killed and
// nothing is checked, record.mjs prints what it gets.
export class Recorder {
  static async start() { return new Recorder() }
  url = process.env.FILROUGE_RECORDER
  output = ''
  async source() { return 'wk_recorder' }
  async killAndRestart() {}
  async stop() {}
  async count() { return 0 }
  async find() { return '' }
  async settledStats() { return {events: {stored: 0, quarantined: 0, not_kept: {}}} }
}
