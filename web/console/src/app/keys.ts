import {useEffect} from 'react'
import {useNavigate} from 'react-router'
import type {Place} from './places'

const kSecondKeyMs = 1_200
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.shadowRoot !== null)

// Ctrl K (or /) opens the palette; g and a letter goes to a place.
export function useKeys(places: Place[], openPalette: () => void) {
  const navigate = useNavigate()
  useEffect(() => {
    let goUntil = 0
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        return openPalette()
      }
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
      if (event.key === '/') {
        event.preventDefault()
        return openPalette()
      }
      if (event.key === 'g') { goUntil = event.timeStamp + kSecondKeyMs; return }
      const place = event.timeStamp < goUntil ? places.find(({key}) => key === event.key) : undefined
      goUntil = 0
      if (place) void navigate(place.to)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [navigate, places, openPalette])
}
