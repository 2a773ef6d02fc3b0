import {ConsentElement} from './element'
import {denyByDefault} from './signals'

denyByDefault()
if (!customElements.get('filrouge-consent')) customElements.define('filrouge-consent', ConsentElement)
