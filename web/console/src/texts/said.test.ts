// French for all that the server's own sources say to whoever looks at the console: what is new there and has no
// French here makes this fail, and so does French for what is no longer said.
import {readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {expect, test} from 'vitest'
import {serverSources, textsOf} from '../../tools/server_texts.mjs'
import {en} from './en'
import {speaker} from './said'
import {saidInFrench} from './said_fr'

const root = join(import.meta.dirname, '../../../../src')
const say = speaker(saidInFrench)

// Whatever a call of the console can be answered with comes from these.
const told = ['audience', 'collect', 'consent', 'engine', 'history', 'http', 'identity', 'matching', 'measure', 'model', 'profile', 'query']
const toldFiles = ['storage/segment_log.cc', 'storage/log_segment.cc', 'storage/log_format.cc', 'storage/keys.cc', 'storage/master_key.cc', 'storage/key_folding.cc', 'storage/seal.cc', 'storage/erasures.cc', 'storage/expiries.cc', 'os/disk.cc', 'seam/disk.cc']

// What nobody reads in the console.
const elsewhere: Array<[files: RegExp, why: string]> = [
  [/^http\/(me_\w+|routes_confirm|routes_unsubscribe|link_page|person_page|export_page)\.cc$/, 'pages for customers, in both languages'],
  [/^http\/(routes_page\.cc|http_counters\.cc|protect\.h|routes_health\.cc|routes_sdk\.cc)$/, 'for machines'],
  [/^engine\/(settings\w*|runtime_start)\.(cc|h)$/, 'before the server answers'],
  [/^engine\/runtime_(refold|retention)\.cc$/, 'the log of the process'],
  [/^audience\/(words\.h|print\.cc)$/, 'the language of rules is one for all'],
  [/^collect\/(event_names|bots|normalise)\.cc$/, 'names that others send'],
]
const unsaid: Array<[texts: RegExp, why: string]> = [
  [/^[A-Z]\w*( [A-Z]\w*)+$/, 'the names of events'],
  [/^'[^']*'$/, 'words of the language of rules'],
  [/^(any\(\*, (last|since) .*|any\(\* where \{\}\)|a then b within | within \{\})$/, 'rules that the server makes itself'],
  [/^[\w-]+\/[\w-]+; charset|^public, max-age|^; |OPTIONS$|Retry-After|^\n?(event|data|id): |\ndata: |^: connected/, 'the protocol'],
  [/^POST \/admin$/, 'a route, as the audit tells it'],
  [/^filrouge_|^#|[a-z]\.$/, ''],  // metrics: see below
  [/^(identity rules|reading people|folding \{\} of \{\} records|clock ahead|clock caught up|clock held back|clock no longer held back|master key rotated|next master key|taken over|in use|model not refitted|webhook changes dropped)$/, 'progress and the log of the process'],
  [/^(Open|Ouvrir) Filrouge<|>(Open|Ouvrir) Filrouge</, 'the page of a sign-in link'],
  [/^(nobody has this password|First administrator|libphonenumber-js.*|as in the export|type and value| \(nearly\)| \+ )$/, 'read by no page'],
]
const isMetric = (file: string) => file === 'engine/runtime_answers.cc'

interface Found { file: string; line: number; text: string }
const sourcesOfTold = () => [...serverSources(root, told), ...toldFiles.map((file) => join(root, file))]
  .filter((path) => !elsewhere.some(([files]) => files.test(relative(root, path))))
function spoken(): Found[] {
  return sourcesOfTold().flatMap((path) => {
    const file = relative(root, path)
    return textsOf(readFileSync(path, 'utf8')).map(({text, line}) => ({file, line, text}))
  })
}
// A word of a protocol has no space in it; what somebody reads has.
const isSaid = ({file, text}: Found) => / .*[a-z]{2}|[a-z]{2}.* /i.test(text.replaceAll('{}', '')) && !/^</.test(text)
  && !unsaid.some(([texts, why]) => texts.test(text) && (why !== '' || isMetric(file)))

const keys = [...Object.keys(saidInFrench.sentences), ...Object.keys(saidInFrench.parts), ...Object.keys(saidInFrench.values)]
const known = new Set(keys)
// As the sentence of a key reads with figures in its holes.
const patternOf = (key: string, hole: string) => new RegExp(`^${key.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join(hole)}$`)
const withFigures = keys.filter((key) => key.includes('{}')).map((key) => patternOf(key, '[^a-zA-Z]*'))
// A sentence that is put together in steps stands here whole: then its pieces are in it.
const isFrench = (text: string) => known.has(text) || keys.some((key) => key.includes(text)) || Object.hasOwn(en.agreement, text)
  || withFigures.some((pattern) => pattern.test(text.replaceAll('{}', '7')))

test('whatever the server tells the console is there in French', () => {
  const all = spoken().filter(isSaid)
  expect(all.length).toBeGreaterThan(700)
  expect(all.filter(({text}) => !isFrench(text)).map(({file, line, text}) => `src/${file}:${line}: ${JSON.stringify(text)} has no French in texts/said_fr.ts`)).toEqual([])
})

// Read in another way, by the code: {"code", "message..."} or a raw literal.
test('every code of an error that a call can answer with has its message in French', () => {
  const codes = new Map(sourcesOfTold().flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\{\s*"([a-z]+(?:[._][a-z_]+)+)",\s*(?:std::string\()?(?:"((?:[^"\\]|\\.)*)"|R"\(([^]*?)\)")/g)]
    .map(([, code, quoted, raw]) => [code!, raw ?? quoted!.replace(/\\(.)/g, '$1')] as const)).filter(([, message]) => / /.test(message)))
  expect(codes.size).toBeGreaterThan(180)
  expect([...codes].filter(([, message]) => !known.has(message) && !keys.some((key) => key.includes(message)) && !withFigures.some((pattern) => pattern.test(message)))).toEqual([])
})

test('nothing is there in French that the server does not say', () => {
  const texts = spoken().map(({text}) => text), whole = new Set(texts)
  const pieces = texts.filter((text) => / .*[a-z]|[a-z].* /.test(text))
  const isTold = (key: string) => whole.has(key) || pieces.some((piece) => key.includes(piece)) || texts.some((text) => patternOf(key, '[^a-zA-Z]*').test(text))
  const stale = [...Object.keys(saidInFrench.sentences), ...Object.keys(saidInFrench.parts), ...Object.keys(saidInFrench.values)].filter((key) => /[a-z]/i.test(key) && !isTold(key))
  expect(stale).toEqual([])
})

test('the columns of every question, but its rules, have a French name', () => {
  const asked = serverSources(root, ['engine']).filter((path) => /question_\w+\.cc$/.test(path)).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/table\(\s*"rows",\s*\{([^}]*)\}/g)].flatMap(([, list]) => [...list!.matchAll(/"(\w+)"/g)].map(([, name]) => name!)))
  expect(asked.length).toBeGreaterThan(40)
  expect(asked.filter((name) => name !== 'rule' && !Object.hasOwn(saidInFrench.columns, name))).toEqual([])
})

test('French takes up the values that English tells, each at most as often as it is told', () => {
  for (const section of ['sentences', 'parts', 'values'] as const)
    for (const [english, french] of Object.entries(saidInFrench[section])) {
      const holes = english.split('{}').length - 1
      const taken = [...french.matchAll(/\{(\d)[~*]?\}/g)].map(([, n]) => Number(n)).sort()
      expect(taken, english).toEqual(Array.from({length: holes}, (_, i) => i + 1))
    }
})

test('French is set as French is', () => {
  const texts = (['sentences', 'parts', 'values', 'columns'] as const).flatMap((section) => Object.values(saidInFrench[section]))
  expect(texts.filter((text) => text.trim() === '')).toEqual([])
  expect(texts.filter((text) => /\p{L}'\p{L}/u.test(text))).toEqual([])                     // l’un, not l'un
  expect(texts.filter((text) => /[^ «\d"\]}=?]([;?!»](?!=)|:(?=\s))/u.test(text.replaceAll('Authorization:', '')))).toEqual([])  // a space before ; : ? ! »
  expect(texts.filter((text) => /«[^ ]/.test(text))).toEqual([])
})

test('a sentence keeps its values, and the whole of it is French', () => {
  expect(say('There are 100 webhooks, the limit.')).toBe('La limite de 100 webhooks est atteinte.')
  expect(say("The field 'name' is missing.")).toBe('Il manque le nom.')
  expect(say("The field 'rule_text' must be text of at most 64 bytes.")).toBe('Le champ « rule_text » doit être un texte d’au plus 64 octets.')
  expect(say('Its 12000 stored events stay, with the people they belong to.')).toBe('Ses événements enregistrés (12 000) restent, avec les personnes auxquelles ils appartiennent.')
  expect(say('costs.at should be a text.')).toBe('« costs.at » : il faut un texte.')
  expect(say('window should be a whole number from 1 to 90.')).toBe('« window » : il faut un nombre entier de 1 à 90.')
  expect(say("Tile 3 must say 'w' as a whole number from 1 to 12.")).toBe('La case 3 doit donner « w » en nombre entier de 1 à 12.')
  expect(say('It still cannot be taken: A track event needs the name of the event.')).toBe('Il ne peut toujours pas être pris : Un événement de type track doit avoir un nom.')
})

test('an error in a rule is told in French, its words as they are', () => {
  expect(say("At line 1, character 7: expected 'not', 'in audience', '(' or the name of an event after 'and', found the end of the rule."))
    .toBe("Ligne 1, caractère 7 : on attend 'not', 'in audience', '(' ou le nom d’un événement après 'and', et non la fin de la règle.")
  expect(say("At line 2, character 3: expected a whole number, 1 or more after 'last', found 'x'.")).toBe("Ligne 2, caractère 3 : on attend un nombre entier, 1 ou plus après 'last', et non 'x'.")
  expect(say('At line 1, character 4: this property is a number.')).toBe('Ligne 1, caractère 4 : cette propriété est un nombre.')
  expect(say("At the top: 'x' has no meaning here.")).toBe('Dans l’ensemble : « x » n’a pas de sens ici.')
  expect(say("The audience would depend on itself: 'A or B' asks who resembles 'C', 'C' names 'A or B'.")).toBe("L’audience dépendrait d’elle-même : 'A or B' demande qui ressemble à 'C', 'C' nomme 'A or B'.")
})

test('the signs of a merge and what a clause found are told in French', () => {
  expect(say('Each half has its own user_id, and only the device_id joins them.')).toBe('Chaque moitié a le sien (identifiant client), et un seul identifiant les relie (appareil).')
  expect(say('The phone was seen with 31 people; with more than 20 it ties nobody.')).toBe('Cet identifiant (téléphone) a été vu avec 31 personnes ; au-delà de 20, il ne relie plus personne.')
  expect(say('1 of 3 steps', 'values')).toBe('étapes franchies : 1 sur 3')
  expect(say('0, 4 amounts without a rate', 'values')).toBe('0, 4 montants sans taux de change')
  expect(say('weekday = Monday', 'values')).toBe('jour de la semaine = lundi')
  expect(say('hours = 6 to 12 >= 2.5', 'values')).toBe('heures du jour = de 6 h à 12 h >= 2.5')
  expect(say('Paris', 'values')).toBe('Paris')
})

test('what nobody gave French for stays as it came', () => {
  expect(say('Something new.')).toBe('Something new.')
})
