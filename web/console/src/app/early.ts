// A script of its own, small and read first (vite.config.ts puts it into the document): while the browser
// still reads the large ones, it asks who is signed in and fetches the words and the code of the page that
// the address names. A fetch that fails is made again by whoever needs it.
import {askFirst} from '../api/first'
import {preferred, wordsOf} from '../texts/languages'
import {pageAt} from './pages'

askFirst()
for (const load of [wordsOf[preferred()], pageAt(location.hash)]) void load?.().catch(() => {})
