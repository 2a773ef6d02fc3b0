import './ui/fonts.css'
import './ui/kit.css'
import './ui/tokens.css'
import './ui/app.css'
import './ui/narrow.css'
import {StrictMode} from 'react'
import {createRoot} from 'react-dom/client'
import {App} from './app/App'
import {startTexts} from './texts'

await startTexts()
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)
