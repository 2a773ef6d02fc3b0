import {NativeSelect, useMantineColorScheme} from '@mantine/core'
import {useEffect, useRef, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {NavLink, Outlet, useLocation, useNavigation} from 'react-router'
import {useSession, useSignOut, type Session} from '../api/session'
import {useBrand} from '../api/shop'
import {speak} from '../texts'
import {Icon} from '../ui/icons'
import iconUrl from '../ui/icon.svg'
import {Failure, Waiting} from '../ui/states'
import {ApiError} from '../api/client'
import {Palette} from './Palette'
import {placesOf} from './places'
import {SignIn} from './SignIn'
import {useKeys} from './keys'

export function Shell() {
  const session = useSession()
  if (session.isPending) return <main className="page"><Waiting /></main>
  if (session.error instanceof ApiError && session.error.status === 401) return <SignIn />
  if (!session.data) return <main className="page"><Failure error={session.error} retry={() => void session.refetch()} /></main>
  return <Frame session={session.data} />
}

function Frame({session}: {session: Session}) {
  const {t} = useTranslation()
  const [palette, setPalette] = useState(false)
  const main = useRef<HTMLElement>(null)
  const {pathname} = useLocation()
  const loading = useNavigation().state === 'loading'
  const shown = placesOf(session)
  const signOut = useSignOut()
  useKeys(shown, () => setPalette(true))
  // A new page is read from its beginning; keys go on from there.
  useEffect(() => { main.current?.focus({preventScroll: true}); scrollTo(0, 0) }, [pathname])
  return (
    <div className="frame">
      <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus() }}>{t('nav.skip')}</a>
      <div className="side">
        <div className="brandmark"><img src={iconUrl} alt="" /><span>Filrouge</span></div>
        <nav aria-label={t('nav.places')}>
          {shown.map((place) => (
            <NavLink key={place.to} to={place.to}><Icon name={place.icon} />{t(place.text as never)}</NavLink>
          ))}
        </nav>
        <Foot role={session.role} name={session.name} openPalette={() => setPalette(true)} signOut={() => signOut.mutate()} />
      </div>
      <main className="page" id="main" ref={main} tabIndex={-1} aria-busy={loading}>
        {signOut.error && <p className="bad" role="alert">{t('nav.still_signed_in', {why: signOut.error.message})}</p>}
        <Outlet />
      </main>
      <Palette open={palette} onClose={() => setPalette(false)} places={shown} />
    </div>
  )
}

function Foot({role, name, openPalette, signOut}: {role: string; name?: string; openPalette: () => void; signOut: () => void}) {
  const {t, i18n} = useTranslation()
  const {colorScheme, setColorScheme} = useMantineColorScheme()
  const {brands, brand, choose} = useBrand()
  const dark = document.documentElement.dataset.mantineColorScheme === 'dark' || colorScheme === 'dark'
  const other = i18n.language === 'fr' ? 'en' : 'fr'
  return (
    <div className="foot">
      {brands.length > 0 && (
        <NativeSelect aria-label={t('nav.brand')} value={brand} data={brands.map(({id, name: label}) => ({value: id, label}))}
          onChange={(event) => choose(event.currentTarget.value)} />
      )}
      <button type="button" className="plainbutton" onClick={openPalette}>
        <Icon name="search" /><span>{t('nav.find')}</span><kbd className="key">Ctrl K</kbd>
      </button>
      <button type="button" className="plainbutton" onClick={() => setColorScheme(dark ? 'light' : 'dark')} aria-label={t(dark ? 'nav.light' : 'nav.dark')}>
        <Icon name={dark ? 'sun' : 'moon'} /><span>{t(dark ? 'nav.light' : 'nav.dark')}</span>
      </button>
      <button type="button" className="plainbutton" lang={other} onClick={() => void speak(other)} aria-label={other === 'fr' ? 'Français' : 'English'}>
        <Icon name="language" /><span>{other === 'fr' ? 'Français' : 'English'}</span>
      </button>
      <button type="button" className="plainbutton" onClick={signOut} aria-label={t('nav.sign_out')}>
        <Icon name="leave" /><span>{t('nav.sign_out')}</span>
      </button>
      <NavLink className="plainbutton who" to="/account"><Icon name="people" /><span className="clip">{name ? `${name} · ` : ''}{t(`role.${role}` as never)}</span></NavLink>
    </div>
  )
}
