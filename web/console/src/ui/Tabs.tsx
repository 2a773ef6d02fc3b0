import {useEffect, useRef} from 'react'
import {NavLink, useLocation} from 'react-router'

export interface Tab { to: string; text: string; end?: boolean }

// The parts of a page. Where they do not fit they are one row that is pushed, and the part that is open is in sight.
export function Tabs({label, tabs}: {label: string; tabs: Tab[]}) {
  const row = useRef<HTMLElement>(null)
  const {pathname} = useLocation()
  useEffect(() => {
    const open = row.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (row.current && open) row.current.scrollLeft = open.offsetLeft - (row.current.clientWidth - open.offsetWidth) / 2
  }, [pathname])
  return <nav ref={row} className="tabs" aria-label={label}>{tabs.map(({to, text, end = true}) => <NavLink key={to} to={to} end={end}>{text}</NavLink>)}</nav>
}
