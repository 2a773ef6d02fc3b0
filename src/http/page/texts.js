// Every text of the page, once: [English, français]. t('key', {n: 3}) fills in {n}.
const table = {
  skip: ['Skip to content', 'Aller au contenu'],
  nav_live: ['Live', 'En direct'],
  nav_audiences: ['Audiences', 'Audiences'],
  nav_person: ['One person', 'Une personne'],
  nav_sources: ['Sources', 'Sources'],
  other_language: ['Français', 'English'],
  sign_out: ['Sign out', 'Se déconnecter'],
  sign_in: ['Sign in', 'Se connecter'],
  sign_in_why: [
    'Open the sign-in link that the server printed when it started, or paste a token. It stays in this tab.',
    'Ouvrez le lien de connexion affiché par le serveur à son démarrage, ou collez un jeton. Il reste dans cet onglet.'],
  sign_in_how: ['The command line’s token is in the data folder: secrets/cli-token',
    'Le jeton de la ligne de commande est dans le dossier de données : secrets/cli-token'],
  token: ['Token', 'Jeton'],
  token_refused: ['This token is not known here.', 'Ce jeton n’est pas connu ici.'],
  link_live: ['live', 'en direct'],
  link_lost: ['waiting for the server…', 'en attente du serveur…'],
  loading: ['Loading…', 'Chargement…'],
  failed: ['That did not work: {why}', 'Cela n’a pas marché : {why}'],
  not_allowed: ['Your role may not see this part.', 'Votre rôle ne donne pas accès à cette partie.'],

  live_title: ['Every contact, as it happens', 'Chaque contact, à l’instant'],
  threads_label: ['The last {n} seconds by channel. A red line joins contacts of one person.',
    'Les {n} dernières secondes par canal. Un fil rouge relie les contacts d’une même personne.'],
  threads_hint: ['Each dot is a contact; the red thread joins those of one person on several channels. Click one.',
    'Chaque point est un contact ; le fil rouge relie ceux d’une même personne sur plusieurs canaux. Cliquez.'],
  disk_short: ['The disk is nearly full: events are refused until there is space. Withdrawals of consent still count.',
    'Le disque est presque plein : les événements sont refusés jusqu’à ce qu’il y ait de la place. Les retraits de consentement comptent toujours.'],
  latest: ['Latest contacts', 'Derniers contacts'],
  pause: ['Pause', 'Pause'],
  resume: ['Go on', 'Reprendre'],
  robot: ['robot', 'robot'],
  nothing_yet: ['Nothing has arrived yet.', 'Rien n’est encore arrivé.'],
  nothing_yet_how: ['Create a source, then send an event with its write key, or run: filrouge demo',
    'Créez une source, puis envoyez un événement avec sa clé d’écriture, ou lancez : filrouge demo'],
  people_known: ['people', 'personnes'],
  events_ever: ['events kept in all', 'événements gardés en tout'],
  ties: ['identity ties', 'liens d’identité'],
  merges: ['merges', 'fusions'],
  splits: ['splits', 'séparations'],
  per_second: ['events per second', 'événements par seconde'],
  what_became: ['What became of them', 'Ce qu’ils sont devenus'],
  since_start: ['Since the server started', 'Depuis le démarrage du serveur'],
  received: ['received', 'reçus'],
  stored: ['stored', 'gardés'],
  deduplicated: ['seen before', 'déjà vus'],
  not_kept: ['not kept', 'non gardés'],
  quarantined: ['in quarantine', 'en quarantaine'],
  why_not: ['Not kept, and why', 'Non gardés, et pourquoi'],
  none_dropped: ['Nothing was turned away: all who were met allow what their source collects for.',
    'Rien n’a été refusé : chacun permet ce pour quoi sa source collecte.'],
  reason_no_consent: ['The person does not allow what the source collects for.',
    'La personne ne permet pas ce pour quoi la source collecte.'],
  setting_no_consent: ['Decided by: the purpose of the source, and [[purpose]] in filrouge.toml',
    'Décidé par : la finalité de la source, et [[purpose]] dans filrouge.toml'],
  reason_privacy_control: ['The browser asks not to be followed (Global Privacy Control).',
    'Le navigateur demande à ne pas être suivi (Global Privacy Control).'],
  setting_privacy_control: ['Decided by: gpc_denies of [[purpose]] in filrouge.toml',
    'Décidé par : gpc_denies de [[purpose]] dans filrouge.toml'],
  setting_other: ['Decided by: filrouge.toml', 'Décidé par : filrouge.toml'],
  properties_note: ['{n} properties that nobody declared were not kept, by sources that are strict.',
    '{n} propriétés que personne n’a déclarées n’ont pas été gardées, par les sources strictes.'],
  robots_note: ['{n} events came from robots: they are marked, and left out of figures.',
    '{n} événements viennent de robots : ils sont marqués, et hors des chiffres.'],
  bot_user_agent: ['{n} by their user agent.', '{n} par leur agent utilisateur.'],
  bot_prefetch: ['{n} fetched ahead of a visit.', '{n} en préchargement.'],
  bot_rate: ['{n} faster than people are.', '{n} plus rapides que des personnes.'],
  bot_declared: ['{n} said so themselves.', '{n} le disent eux-mêmes.'],
  consent_mix: ['Who allows what', 'Qui permet quoi'],
  consent_row: ['{n} of {all}', '{n} sur {all}'],

  audiences_title: ['Audiences', 'Audiences'],
  no_audience: ['No audience yet. Write a rule below; its count appears as you type.',
    'Pas encore d’audience. Écrivez une règle ci-dessous ; son compte apparaît pendant la frappe.'],
  members: ['members', 'membres'],
  moves: ['Who comes and goes', 'Qui entre et sort'],
  moves_none: ['Nobody moved since you opened this page.', 'Personne n’a bougé depuis l’ouverture de cette page.'],
  enters: ['enters', 'entre'],
  leaves: ['leaves', 'sort'],
  still_counting: ['still counting', 'comptage en cours'],
  entered: ['{n} in', '{n} entrées'],
  left: ['{n} out', '{n} sorties'],
  rule_title: ['A new rule', 'Une nouvelle règle'],
  rule_label: ['Rule', 'Règle'],
  rule_help: ['For example', 'Par exemple'],
  purpose: ['Purpose', 'Finalité'],
  rule_count: ['{n} people match, of {allowed} who allow this purpose ({persons} known).',
    '{n} personnes correspondent, sur {allowed} qui permettent cette finalité ({persons} connues).'],
  counting: ['Counting…', 'Comptage…'],
  may_follow: ['What may stand here', 'Ce qui peut être écrit ici'],
  audience_name: ['Name', 'Nom'],
  keep_audience: ['Keep as an audience', 'Garder comme audience'],
  kept: ['“{name}” is kept current from now on.', '« {name} » est tenue à jour à partir de maintenant.'],
  members_of: ['Members of {name}', 'Membres de {name}'],
  no_members: ['Nobody at this moment.', 'Personne en ce moment.'],
  more: ['More', 'Suite'],
  all_audiences: ['All audiences', 'Toutes les audiences'],

  person_title: ['One person', 'Une personne'],
  find: ['Find', 'Chercher'],
  known_by: ['Known by', 'Connu par'],
  value: ['Value', 'Valeur'],
  not_found: ['Nobody is known by that.', 'Personne n’est connu ainsi.'],
  find_how: ['Type an e-mail address, a card or another identifier, or click a contact on the live page.',
    'Tapez une adresse, une carte ou un autre identifiant, ou cliquez un contact sur la page en direct.'],
  seen_for: ['Seen for', 'Vu pour'],
  may_not: ['This person does not allow that purpose. Only the choices are shown.',
    'Cette personne ne permet pas cette finalité. Seuls ses choix sont montrés.'],
  contacts: ['contacts', 'contacts'],
  prefers: ['prefers', 'préfère'],
  likes: ['Looks at', 'Regarde'],
  known_traits: ['Told us', 'Nous a dit'],
  identifiers: ['Identifiers', 'Identifiants'],
  evidence: ['What ties them', 'Ce qui les lie'],
  evidence_row: ['{a} and {b}', '{a} et {b}'],
  known_to: ['{a}, also known to {brand}', '{a}, connu aussi de {brand}'],
  seen_times: ['seen {n}×', 'vu {n}×'],
  state_accepted: ['counts', 'compte'],
  state_refused_by_limit: ['set aside by a limit', 'écarté par une limite'],
  state_withdrawn: ['withdrawn', 'retiré'],
  choices: ['Choices', 'Choix'],
  choice_granted: ['allowed', 'permis'],
  choice_refused: ['refused', 'refusé'],
  'choice_not asked': ['not asked', 'pas demandé'],
  in_audiences: ['In audiences', 'Dans les audiences'],
  in_none: ['In none of this purpose.', 'Dans aucune de cette finalité.'],
  why: ['Why?', 'Pourquoi ?'],
  wanted: ['wanted {what}', 'voulu {what}'],
  the_thread: ['The thread', 'Le fil'],
  no_thread: ['No contact is kept for this purpose.', 'Aucun contact n’est gardé pour cette finalité.'],
  older: ['Older', 'Plus ancien'],
  corrected_time: ['time corrected', 'heure corrigée'],

  sources_title: ['Sources', 'Sources'],
  no_source: ['No source yet. Name the first one: a site, an app, the tills.',
    'Pas encore de source. Nommez la première : un site, une application, les caisses.'],
  source_name: ['Name', 'Nom'],
  channel: ['Channel', 'Canal'],
  create_source: ['Create', 'Créer'],
  write_key: ['Write key', 'Clé d’écriture'],
  basis: ['Basis', 'Base légale'],
  try_it: ['Try it', 'Essayez'],
  bots: ['robots', 'robots'],
  properties_dropped: ['{n} properties dropped', '{n} propriétés écartées'],
  quarantine_title: ['Quarantine', 'Quarantaine'],
  quarantine_empty: ['Empty: every event could be taken as it came.',
    'Vide : chaque événement a pu être pris tel quel.'],
  quarantine_note: ['Kept sealed and apart, so that a fault at the sender costs nothing.',
    'Gardés scellés et à part, pour qu’une faute de l’expéditeur ne coûte rien.'],
  last_ones: ['The last ones', 'Les derniers'],
  show: ['Show', 'Voir'],
  purposes_title: ['Purposes', 'Finalités'],
  gpc_denies: ['refused by Global Privacy Control', 'refusée par Global Privacy Control'],
}

const languages = ['en', 'fr']
const stored = () => { try { return localStorage.getItem('filrouge.language') } catch { return null } }
let language = languages.includes(stored()) ? stored() : (navigator.language || 'en').startsWith('fr') ? 'fr' : 'en'

export const locale = () => language
export function switchLanguage() {
  language = language === 'en' ? 'fr' : 'en'
  try { localStorage.setItem('filrouge.language', language) } catch { /* private window */ }
}
export const has = (key) => key in table
export function t(key, values = {}) {
  const text = table[key]?.[languages.indexOf(language)] ?? key
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '')
}

export const number = (n) => new Intl.NumberFormat(language).format(n)
const relative = () => new Intl.RelativeTimeFormat(language, {numeric: 'auto'})
export const clock = (iso) => new Date(iso).toLocaleTimeString(language, {hour12: false})
export function moment(iso) {
  const date = new Date(iso)
  const today = date.toDateString() === new Date().toDateString()
  return today ? clock(iso) : date.toLocaleString(language, {dateStyle: 'medium', timeStyle: 'short', hour12: false})
}
export function ago(iso) {
  const seconds = (Date.parse(iso) - Date.now()) / 1000
  for (const [unit, size] of [['day', 86_400], ['hour', 3_600], ['minute', 60]]) {
    if (-seconds >= size) return relative().format(Math.round(seconds / size), unit)
  }
  return relative().format(Math.round(seconds), 'second')
}
