import {expect, test} from 'vitest'
import {choicesOf, draftOf, nameOf, newDraft, offerOf, type Draft} from './draft'

const draft: Draft = {
  ...newDraft('measurement', new Date(2026, 8, 1)), title: {en: 'Your wardrobe', fr: 'Votre garde-robe'}, benefit: {en: 'Free alterations', fr: 'Retouches'}, code: 'HEM',
  lines: [
    {name: '', type: 'choice', required: true, label: {en: 'Shirt size', fr: 'Taille'}, choices: 'S\nM; Medium; Moyen\n\n', min: '3', max: ''},
    {name: 'shoe', type: 'number', required: false, label: {en: 'Shoe', fr: 'Pointure'}, choices: 'left over', min: '35', max: '46'},
  ],
}

test('what is written is what the API takes', () => {
  const offer = offerOf(draft)
  expect(offer).toMatchObject({id: 'your-wardrobe', on_taking_back: 'kept', asks: [
    {name: 'shirt_size', type: 'choice', required: true, choices: [{value: 'S'}, {value: 'M', label: {en: 'Medium', fr: 'Moyen'}}]},
    {name: 'shoe', type: 'number', min: 35, max: 46},
  ]})
  expect(offer.asks[0]).not.toHaveProperty('min')
  expect(offer.asks[1]).not.toHaveProperty('choices')
  expect(Date.parse(offer.to) - Date.parse(offer.from)).toBeGreaterThan(90 * 86_400_000)
})

test('an offer that is made anew says the same under another id, however often', () => {
  let offer = offerOf(draft)
  for (const id of ['your-wardrobe-2', 'your-wardrobe-3', 'your-wardrobe-4']) {
    const again = offerOf(draftOf(offer))
    expect(again).toEqual({...offer, id})
    offer = again
  }
})

test('a name is one that no rule has to quote', () => {
  for (const text of ['Taille de chemise', '2 pièces', 'Où ?', 'Ça vous va', 'x'.repeat(90)]) expect(nameOf(text)).toMatch(/^[a-z][a-z0-9_]{0,39}$/)
  expect(nameOf('Pointure (été)')).toBe('pointure_ete')
})

test('a language that is left out is said by the other, or by the value', () => {
  expect(choicesOf('wool; Wool; Laine\nsilk; Silk\ndenim\n ; x')).toEqual([
    {value: 'wool', label: {en: 'Wool', fr: 'Laine'}}, {value: 'silk', label: {en: 'Silk', fr: 'Silk'}}, {value: 'denim'}])
})
