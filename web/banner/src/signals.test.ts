import {expect, test} from 'vitest'
import type {ChosenPurpose} from './choice'
import {consentManagement, consentMode} from './signals'

const said = (name: string, yes: boolean, ...categories: string[]): ChosenPurpose => ({name, yes, version: 1, gpcDenies: false, categories})

test('Consent Mode denies what nobody asked, and what one of several purposes refuses', () => {
  expect(Object.values(consentMode([])).every((state) => state === 'denied')).toBe(true)
  const mode = consentMode([said('measurement', true, 'Analytics', 'analytics_storage'),
    said('email', true, 'Advertising', 'ad_user_data'), said('profiling', false, 'Advertising', 'ad_personalization')])
  expect(mode).toMatchObject({analytics_storage: 'granted', ad_user_data: 'granted', ad_personalization: 'denied', ad_storage: 'denied'})
})

test('RudderStack hears both what is allowed and what is denied', () => {
  expect(consentManagement([said('a', true), said('b', false)])).toMatchObject({allowedConsentIds: ['a'], deniedConsentIds: ['b']})
})
