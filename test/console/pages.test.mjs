// The tasks of a marketer, an analyst, a privacy officer and of store staff, in Chromium, on the real server;
// each role's refusals; markup in every field; both languages and themes; axe on each page. Pictures go to
// $SHOTS.
import {Filrouge, launch, Reader, story, TwoBrands} from './begin.mjs'

const marketer = await import('./marketer.mjs')
const analyst = await import('./analyst.mjs')
const trust = await import('./trust.mjs')
const everywhere = await import('./everywhere.mjs')
const {keepsToABrand} = await import('./brands.mjs')
const {offerTasks} = await import('./offers.mjs')
const {rightsTasks} = await import('./rights.mjs')
const {staffTasks} = await import('./staff.mjs')
const {fill} = await import('./shop.mjs')

const began = Date.now()
const task = async (name, run) => {
  const since = Date.now()
  await run()
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${name} (${((Date.now() - since) / 1000).toFixed(1)} s)`)
}

// Who asks and who arranges: what one changes the next one counts, so it is one after the other.
async function worksThrough(browser, server) {
  let self
  await task('signs in, sees what happens', async () => { self = await marketer.signsIn(browser, server) })
  await task('goes by keys', () => marketer.goesByKeys(self))
  await task('finds a person and asks why', () => marketer.findsAPerson(self))
  await task('makes an audience, compares two', () => marketer.makesAnAudience(self))
  await task('learns who resembles', () => marketer.learnsWhoResembles(self, server))
  await task('builds a rule by its form', () => marketer.buildsByForm(self))
  await task('asks every kind of question', () => analyst.asksQuestions(self))
  await task('weighs money, an opening, buyers', () => analyst.weighsWhatWasDone(self))
  await task('opens the people behind figures', () => analyst.opensThePeopleBehind(self, server))
  await task('arranges and shares a board', () => analyst.arrangesABoard(self, browser, server))
  await task('imports a file', () => marketer.importsAFile(self))
  await task('separates two, puts them back', () => trust.separatesAndPutsBack(self, server))
  await task('erases somebody', () => trust.erases(self, server))
  await self.close('the tasks')
}

// Who answers for people's data and who serves them: no figure of the others moves.
async function answersFor(browser, server) {
  const self = await Reader.open(browser, server, {token: server.token})
  await task('connects a source, mends an event', () => marketer.tendsSources(self))
  await task('gives access', () => trust.givesAccess(self))
  await task('opens an account', () => trust.opensAnAccount(self, browser, server))
  await task('keeps words, requests and proofs', () => trust.keepsTrust(self))
  await task('finds who looked', () => trust.findsWhoLooked(self, server))
  await task('tells pairs apart', () => trust.tellsPairsApart(self))
  await self.close('who answers for data')
  await rightsTasks(browser, server, task)
  await offerTasks(browser, server, task)
  await staffTasks(browser, server, task)
}

// Looks at every page and changes nothing that the tasks need, so it goes beside them.
async function looksEverywhere(browser, server) {
  await task('each role sees its own', () => everywhere.refusesByRole(browser, server))
  await task('markup stays text', () => everywhere.showsMarkupAsText(browser, server))
  await task('French, in the dark', () => everywhere.speaksFrenchInTheDark(browser, server))
  await task('the server in French', () => everywhere.hearsTheServerInFrench(browser, server))
  await task('keeps to a brand', () => besides(TwoBrands, (two) => keepsToABrand(browser, two)))
  await task('a tablet, a telephone', () => everywhere.fitsATablet(browser, server))
}

// With a server of its own, beside the story's.
async function besides(Server, tell) {
  const server = await Server.start()
  try { await tell(server) } finally { await server.stop() }
}

await story('console', Filrouge, async (server) => {
  await fill(server)
  const browser = await launch()
  try {
    await task('how soon', () => everywhere.tellsHowSoon(browser, server))
    await Promise.all([worksThrough, answersFor, looksEverywhere].map((lane) => lane(browser, server)))
    await task('what staff write stays text', () => everywhere.showsWhatStaffWriteAsText(browser, server))
    await task('erases whom the terms keep no longer', () => trust.sweeps(browser, server))
  } finally {
    await browser.close()
  }
})
