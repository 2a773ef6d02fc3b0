import {Decisions} from './Decisions'
import {IdentityRules} from './IdentityRules'
import {Review} from './Review'

export const IdentityPart = () => <div className="stack"><Review /><IdentityRules /><Decisions /></div>
