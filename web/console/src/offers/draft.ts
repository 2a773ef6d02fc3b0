// An offer as it is written in the form, and as the API takes it.
import {instantOf} from '../trust/instants'
import {dayOf} from '../ui/days'
import type {Ask, Offer, Text} from './queries'

export const askTypes = ['yes_no', 'choice', 'choices', 'text', 'number', 'date', 'plan'] as const
export const kLinesMax = 12
export const kTextMax = 400
export const kNameMax = 40

// `choices`: one a line, as "value; English; French"; the value stands for a language that is left out.
export interface Line { name: string; type: Ask['type']; required: boolean; label: Text; choices: string; min: string; max: string }
// `from` and `to`: days of the reader's own calendar, the last one whole.
export interface Draft { id: string; purpose: string; title: Text; benefit: Text; code: string; from: string; to: string; on_taking_back: Offer['on_taking_back']; lines: Line[] }

const kOpenDays = 90

export const newLine = (): Line => ({name: '', type: 'choice', required: false, label: {en: '', fr: ''}, choices: '', min: '', max: ''})
export const newDraft = (purpose: string, now = new Date()): Draft => ({
  id: '', purpose, title: {en: '', fr: ''}, benefit: {en: '', fr: ''}, code: '', from: dayOf(now), to: dayOf(new Date(now.getTime() + kOpenDays * 86_400_000)), on_taking_back: 'kept',
  lines: [{...newLine(), required: true}],
})

// "Taille de chemise" becomes taille_de_chemise: a name that no rule has to quote.
export const nameOf = (text: string, joint = '_') =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim().replace(/^[0-9 ]+/, '').replaceAll(' ', joint).slice(0, kNameMax)

export function choicesOf(text: string): Ask['choices'] {
  return text.split('\n').map((line) => line.split(';').map((part) => part.trim())).filter(([value]) => value).map(([value = '', en = '', fr = '']) =>
    en || fr ? {value, label: {en: en || value, fr: fr || en || value}} : {value})
}
const choicesText = (choices: Ask['choices'] = []) => choices.map(({value, label}) => (label ? `${value}; ${label.en}; ${label.fr}` : value)).join('\n')

export const chooses = ({type}: Line) => type === 'choice' || type === 'choices' || type === 'plan'
const numberOf = (text: string) => (text.trim() === '' ? undefined : Number(text))

function askOf(line: Line): Ask {
  const {name, type, required, label} = line
  const choices = chooses(line) ? choicesOf(line.choices) : []
  const min = type === 'number' ? numberOf(line.min) : undefined, max = type === 'number' ? numberOf(line.max) : undefined
  return {name: name || nameOf(label.en), type, required, label, ...(choices?.length ? {choices} : {}), ...(min !== undefined ? {min} : {}), ...(max !== undefined ? {max} : {})}
}

export function offerOf({lines, from, to, ...draft}: Draft): Offer {
  return {...draft, id: draft.id || nameOf(draft.title.en, '-'), from: instantOf(`${from}T00:00`) ?? '', to: instantOf(`${to}T23:59:59`) ?? '', asks: lines.map(askOf)}
}

// To be made anew with another id: an offer is never changed, since people have accepted it as it is.
export function draftOf(offer: Offer): Draft {
  const {id, purpose, title, benefit, code, from, to, on_taking_back, asks} = offer
  const [, stem = id, n = '1'] = /^(.*?)(?:-(\d+))?$/.exec(id) ?? []
  return {
    id: `${stem}-${Number(n) + 1}`, purpose, title, benefit, code, from: dayOf(new Date(from)), to: dayOf(new Date(to)), on_taking_back,
    lines: asks.map(({name, type, required = false, label, choices, min, max}) => ({name, type, required, label, choices: choicesText(choices), min: min === undefined ? '' : String(min), max: max === undefined ? '' : String(max)})),
  }
}
