// What the banner says by itself. What a purpose is asked by are the shop's own words; these titles stand in
// only where none were told.
const en = {
  title: 'Your choices',
  text: 'With your leave we use what you do here for the purposes below. Without it we do not, and everything still works. You can change your mind at any time.',
  accept: 'Accept all',
  refuse: 'Refuse all',
  choose: 'Choose',
  save: 'Save my choices',
  close: 'Close without changing anything',
  reopen: 'Your privacy choices',
  policy: 'More about how we use data',
  gpc: 'Your browser asks not to be sold or shared (Global Privacy Control). We follow it: this stays off.',
  purposes: {
    'measurement': 'Measure how this site is used',
    'personalisation': 'Adapt this site to you',
    'marketing.email': 'Send you e-mails about our offers',
    'marketing.sms': 'Send you text messages about our offers',
    'marketing.push': 'Notify you about our offers',
    'marketing.call': 'Call you about our offers',
    'profiling': 'Advertise to you by what interests you',
    'location': 'Use where you are',
  } as Record<string, string>,
}
const fr: typeof en = {
  title: 'Vos choix',
  text: 'Avec votre accord, nous utilisons ce que vous faites ici pour les finalités ci-dessous. Sans votre accord, nous ne le faisons pas, et tout fonctionne de la même façon. Vous pouvez changer d’avis à tout moment.',
  accept: 'Tout accepter',
  refuse: 'Tout refuser',
  choose: 'Choisir',
  save: 'Enregistrer mes choix',
  close: 'Fermer sans rien changer',
  reopen: 'Vos choix de confidentialité',
  policy: 'En savoir plus sur l’usage des données',
  gpc: 'Votre navigateur demande que vos données ne soient ni vendues ni partagées (Global Privacy Control). Nous le respectons : ceci reste désactivé.',
  purposes: {
    'measurement': 'Mesurer l’utilisation de ce site',
    'personalisation': 'Adapter ce site à vos goûts',
    'marketing.email': 'Vous envoyer nos offres par e-mail',
    'marketing.sms': 'Vous envoyer nos offres par SMS',
    'marketing.push': 'Vous envoyer nos offres par notification',
    'marketing.call': 'Vous appeler au sujet de nos offres',
    'profiling': 'Vous proposer des publicités selon vos centres d’intérêt',
    'location': 'Utiliser votre localisation',
  },
}

export type Texts = typeof en
export const textsIn = (language: string): Texts => (language.toLowerCase().startsWith('fr') ? fr : en)
