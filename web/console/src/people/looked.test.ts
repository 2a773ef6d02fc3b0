import {expect, test} from 'vitest'
import {en} from '../texts/en'
import {fr} from '../texts/fr'
import {deedOf, deeds, looksOf} from './looked'

const person = '/api/v1/profiles/{id}'

test('a page left open is one line of the day and pushes nobody off', () => {
  const open = {at: '2026-03-02T09:00:00.000Z', actor: 'marc', role: 'marketer', route: `GET ${person}`, times: 360}
  const looks = looksOf([open, {...open, route: `GET ${person}/thread`, times: 2}, {...open, at: '2026-03-02T08:00:00.000Z', actor: 'eve', role: 'staff', times: 1},
    {...open, at: '2026-02-27T08:00:00.000Z'}])
  expect(looks.map(({day, actor, deeds}) => [day, actor, [...deeds]])).toEqual([
    ['2026-03-02', 'marc', [['opened', 360], ['thread', 2]]], ['2026-03-02', 'eve', [['opened', 1]]], ['2026-02-27', 'marc', [['opened', 360]]]])
})

test('each call has its words in both languages', () => {
  const told = [`GET ${person}`, `GET ${person}/thread`, `GET ${person}/export`, 'POST /api/v1/profiles/find', 'POST /api/v1/me/links', 'GET /me/looked', `POST ${person}/restriction`, `POST ${person}/notes`]
  expect(told.map(deedOf)).toEqual(['opened', 'thread', 'exported', 'found', 'link', 'own', 'changed', 'changed'])
  for (const texts of [en, fr]) for (const deed of deeds) expect(texts.looked[deed], deed).toBeTruthy()
})
