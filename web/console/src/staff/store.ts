import {remembered} from '../api/shop'

// Which store this tablet stands in.
export const rememberedStore = remembered('filrouge.store')
