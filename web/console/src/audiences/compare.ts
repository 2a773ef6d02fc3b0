import type {Audience} from '../api/shapes'

// Whether who is in both is answered: for audiences of one purpose and one brand.
export const comparable = (a: Pick<Audience, 'purpose' | 'brand'>, first?: Pick<Audience, 'purpose' | 'brand'>) =>
  first === undefined || (a.purpose === first.purpose && a.brand === first.brand)
