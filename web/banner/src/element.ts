// <filrouge-consent server write-key [purposes] [policy] [theme]>: asks, remembers, proves and signals.
// Nothing is stored in the browser and nothing of the person is sent before somebody has chosen.
import {choose, type ChosenPurpose, inForce, isDueForCheck, kKey, load, newId, save, stillChosen, type Choice} from './choice'
import {proofOf, send, type Who} from './proof'
import {type Asked, fetchAsked, pick} from './purposes'
import {categoryPreferences, consentManagement, updateMode} from './signals'
import {storage} from './storage'
import {style} from './style'
import {textsIn} from './texts'
import {type Act, bar, centre, make} from './view'

export type Preferences = Record<string, boolean>
type Watcher = (preferences: Preferences) => void

// What we use of @segment/analytics-next and of @rudderstack/analytics-js.
interface SegmentEvent { payload: {obj: {context?: Record<string, unknown>}}; next: (payload: unknown) => void }
interface Segment { addSourceMiddleware(run: (event: SegmentEvent) => void): unknown; setAnonymousId(id: string): unknown }
interface Rudder { consent(options: {consentManagement: ReturnType<typeof consentManagement>}): unknown }

const sheet = new CSSStyleSheet()
sheet.replaceSync(style)

// The id under which Segment's SDK knows this browser, when it is there already.
function segmentsId(): string | null {
  try {
    return JSON.parse(storage().getItem('ajs_anonymous_id') ?? 'null') as string | null
  } catch {
    return null
  }
}

export class ConsentElement extends HTMLElement {
  #root = this.attachShadow({mode: 'open'})
  #choice: Choice | null = null
  #asked: Asked[] = []
  #watchers: Watcher[] = []
  #userId: string | undefined
  #bar: HTMLElement | null = null
  #centre: HTMLDialogElement | null = null
  #loading: Promise<void> | null = null

  connectedCallback() {
    addEventListener('storage', this.#chosenElsewhere)
    // Moved in the page, or back in it: what was said elsewhere meanwhile it has not heard.
    if (this.#choice || this.#loading) return this.#catchUp()
    this.#root.adoptedStyleSheets = [sheet]
    this.#choice = load(storage(), Date.now())
    if (this.#choice) this.#tell()
    void this.#begin()
  }
  disconnectedCallback() { removeEventListener('storage', this.#chosenElsewhere) }

  // --- for the page

  // By purpose; nothing is allowed that is not true here.
  get preferences(): Preferences { return categoryPreferences(this.#purposes) }
  get gpc(): boolean { return (navigator as {globalPrivacyControl?: boolean}).globalPrivacyControl === true }
  get anonymousId(): string | null { return segmentsId() ?? this.#choice?.anonymousId ?? null }
  // Called at once when a choice is known, and at each change of it.
  watch(watcher: Watcher) {
    this.#watchers.push(watcher)
    if (this.#choice) watcher(this.preferences)
  }
  // Each event says what is allowed; none leaves while nothing is. Load the SDK itself only after a yes.
  segment(analytics: Segment) {
    if (this.anonymousId) analytics.setAnonymousId(this.anonymousId)
    analytics.addSourceMiddleware(({payload, next}) => {
      const preferences = this.preferences
      if (!Object.values(preferences).includes(true)) return
      payload.obj.context = {...payload.obj.context, consent: {categoryPreferences: preferences}}
      next(payload)
    })
  }
  rudder(analytics: Rudder) { this.watch(() => analytics.consent({consentManagement: this.consentManagement})) }
  get consentManagement() { return consentManagement(this.#purposes) }
  // Who it is, once they have signed in: what they chose here is then proved for the account, once, however
  // often a shop says at each page who it is. What another account chose here is no word of theirs: they are asked.
  identify(userId: string) {
    this.#userId = userId
    this.#catchUp()
    const choice = this.#choice
    if (!choice || choice.provedFor === userId) return
    if (!choice.provedFor && !choice.spent) void this.#prove('identify')
    else if (choice.purposes.length > 0) this.#askAnew(choice)
  }
  // They have signed out: what is chosen from now on is not theirs, and nothing here names the account.
  forget() {
    this.#userId = undefined
    this.#catchUp()
    if (!this.#choice?.provedFor) return
    delete this.#choice.provedFor
    this.#choice.spent = true
    this.#choice.anonymousId = null
    save(storage(), this.#choice)
  }
  open() {
    void this.#load().catch((error: unknown) => {
      console.warn(error)
      // Who wants to withdraw need not wait for the words: the proof does, until the server is there again.
      this.#asked = (this.#choice?.purposes ?? []).map(({name, categories, gpcDenies}) => ({name, categories, gpc_denies: gpcDenies, wording: null}))
      if (this.#asked.length === 0) throw error
    }).then(() => this.#showCentre(), () => {})
  }

  // --- asking

  get #server() { return (this.getAttribute('server') ?? '').replace(/\/$/, '') }
  get #writeKey() { return this.getAttribute('write-key') ?? '' }
  get #language() { return (this.closest('[lang]') as HTMLElement | null)?.lang || navigator.language }
  get #texts() { return textsIn(this.#language) }
  get #purposes(): ChosenPurpose[] { return inForce(this.#choice?.purposes ?? [], this.gpc) }

  async #begin() {
    if (this.#choice?.unsent) void this.#sendAgain(this.#choice)
    if (this.#choice && !isDueForCheck(this.#choice, Date.now())) return this.#showButton()
    try {
      await this.#load()
    } catch (error) {
      console.warn(error)  // who cannot be asked has not agreed
      if (this.#choice?.purposes.length) this.#showButton()
      return
    }
    this.#catchUp()
    if (this.#choice && this.#stillGood(this.#choice)) return this.#showButton()
    this.#showBar()
  }

  #load(): Promise<void> {
    this.#loading ??= fetchAsked(this.#server, this.#writeKey, this.#language).then((all) => {
      this.#asked = pick(all, (this.getAttribute('purposes') ?? '').split(/\s+/).filter(Boolean))
    }, (error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  // Words that changed and purposes that are new have to be asked; what else was said stays.
  #stillGood(choice: Choice): boolean {
    const still = stillChosen(choice, this.#asked)
    const changed = still.length !== choice.purposes.length
    const good = this.#asked.every((purpose) => still.some((said) => said.name === purpose.name))
    // What lacks an answer is asked at each page, not once a day.
    this.#choice = {...choice, purposes: still, checked: good ? Date.now() : 0}
    save(storage(), this.#choice)
    if (changed) this.#tell()
    return good
  }

  // Nothing is allowed, in any window, until whoever is there now has chosen. A proof that waits goes on waiting.
  #askAnew({unsent}: Choice) {
    const choice: Choice = {format: 1, at: Date.now(), checked: 0, anonymousId: null, purposes: [], unsent, spent: true}
    save(storage(), choice)
    this.#take(choice)
  }

  #act: Act = {
    accept: () => this.#chosen('accept_all', () => true),
    refuse: () => this.#chosen('refuse_all', () => false),
    save: (yes) => this.#chosen('save', (purpose) => yes.has(purpose.name)),
    open: () => this.#showCentre(),
    close: () => this.#closeCentre(),
  }

  // Another window of this site was answered: what was said there holds here.
  #chosenElsewhere = (event: StorageEvent) => {
    if (event.key !== kKey) return
    const choice = load(storage(), Date.now())
    if (choice && choice.at !== this.#choice?.at) this.#take(choice)
  }
  // The same, where no event said so. What is stored may be older than ours where it could not be replaced.
  #catchUp() {
    const choice = load(storage(), Date.now())
    if (choice && choice.at > (this.#choice?.at ?? 0)) this.#take(choice)
    else if (choice && choice.at === this.#choice?.at) this.#choice = choice  // it may have been proved since
  }
  #take(choice: Choice) {
    this.#choice = choice
    this.#closeCentre()
    this.#hideBar()
    this.#tell()
    if (choice.spent && choice.purposes.length === 0) void this.#begin()
    else this.#showButton()
  }

  #chosen(button: string, yes: (purpose: Asked) => boolean) {
    const purposes = choose(this.#asked, yes, this.gpc)
    // A no of somebody nobody knows needs no name: none is made for it.
    const anonymousId = this.anonymousId ?? (purposes.some((said) => said.yes) ? newId() : null)
    this.#choice = {format: 1, at: Date.now(), checked: Date.now(), anonymousId, purposes, unsent: null}
    save(storage(), this.#choice)
    this.#closeCentre()
    this.#hideBar()
    this.#showButton(true)
    void this.#prove(button)
    this.#tell()
  }

  // --- proving and telling

  async #prove(button: string) {
    const choice = this.#choice
    if (!choice) return
    const who: Who = {...(this.anonymousId && {anonymousId: this.anonymousId}), ...(this.#userId && {userId: this.#userId})}
    if (Object.keys(who).length === 0) return
    choice.unsent = proofOf(who, this.#writeKey, choice.at, this.#purposes, this.#languageShown, button, this.gpc)
    choice.provedFor = this.#userId
    save(storage(), choice)
    await this.#sendAgain(choice)
  }

  // The server knows a proof by its messageId: what is sent twice counts once.
  async #sendAgain(choice: Choice) {
    const proof = choice.unsent
    if (!proof || !await send(this.#server, proof) || choice.unsent !== proof) return
    choice.unsent = null
    // Whoever has chosen since, here or in another window, is not to be overwritten.
    const newest = load(storage(), Date.now())
    if (newest?.at !== choice.at || newest.unsent !== proof) return
    newest.unsent = null
    if (!newest.purposes.some((said) => said.yes)) newest.anonymousId = null
    save(storage(), newest)
    if (this.#choice?.at === newest.at) this.#choice = newest
  }

  get #languageShown() {
    return this.#asked.find((purpose) => purpose.wording)?.wording?.language ?? this.#language
  }

  #tell() {
    updateMode(this.#purposes)
    for (const watcher of this.#watchers) watcher(this.preferences)
    this.dispatchEvent(new CustomEvent('filrouge-consent', {bubbles: true, composed: true, detail: this.preferences}))
  }

  // --- showing

  #showBar() {
    if (this.#bar || this.#asked.length === 0) return
    this.#root.querySelector('.reopen')?.remove()
    this.#bar = bar(this.#texts, this.#asked, this.getAttribute('policy'), this.#act)
    this.#root.append(this.#bar)
    // What has the focus must not be under the bar (WCAG 2.4.11).
    document.documentElement.style.scrollPaddingBottom = `${this.#bar.offsetHeight}px`
  }
  #hideBar() {
    this.#bar?.remove()
    this.#bar = null
    document.documentElement.style.scrollPaddingBottom = ''
  }
  #showCentre() {
    if (this.#centre) return
    const yes = new Set(this.#purposes.filter((said) => said.yes).map((said) => said.name))
    this.#centre = centre(this.#texts, this.#asked, yes, this.gpc, this.getAttribute('policy'), this.#act)
    this.#root.append(this.#centre)
    this.#centre.showModal()
  }
  #closeCentre() {
    const open = this.#centre
    this.#centre = null
    if (!open) return
    open.close()  // gives the focus back
    open.remove()
  }
  #showButton(focus = false) {
    let button = this.#root.querySelector<HTMLButtonElement>('.reopen')
    if (!button) {
      button = make('button', {class: 'reopen', type: 'button', click: () => this.open()}, this.#texts.reopen)
      this.#root.prepend(button)
    }
    if (focus) button.focus({preventScroll: true})
  }
}
