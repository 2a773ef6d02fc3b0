import {expect, test} from 'vitest'
import {typesetAll} from './typography'

test('no line breaks before a two-part sign or inside quotation marks', () => {
  expect(typesetAll({one: 'Combien ? 12 % : « tout » !', two: {three: 'https://x.fr/a?b=c, 10:30'}}))
    .toEqual({one: 'Combien\u00a0? 12\u00a0%\u00a0: «\u00a0tout\u00a0»\u00a0!', two: {three: 'https://x.fr/a?b=c, 10:30'}})
})
