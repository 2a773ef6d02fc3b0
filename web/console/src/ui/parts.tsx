// Small parts that every page uses.
import {ActionIcon, Tooltip} from '@mantine/core'
import {useEffect, useRef, useState, type ReactNode} from 'react'
import {useTranslation} from 'react-i18next'
import {Link} from 'react-router'
import {Icon, type IconName} from './icons'
import {shortId} from './format'

const channels = new Set(['web', 'app', 'store', 'kiosk', 'beacon', 'call', 'chat', 'email', 'sms', 'push', 'social', 'tv', 'object', 'server', 'catalog'])
export const toneOf = (channel: string) => `var(--ch-${channels.has(channel) ? channel : 'other'})`
export const allChannels = [...channels]

export function Channel({name}: {name: string}) {
  return <span className="tag"><i className="dot" style={{'--tone': toneOf(name)} as React.CSSProperties} />{name}</span>
}

export function PersonLink({id, children}: {id: string; children?: ReactNode}) {
  return <Link className="link" to={`/people/${encodeURIComponent(id)}`}>{children ?? <code>{shortId(id)}</code>}</Link>
}

export function Page({title, lead, actions, children}: {title: ReactNode; lead?: ReactNode; actions?: ReactNode; children: ReactNode}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => { if (typeof title === 'string') document.title = `${title} · Filrouge` }, [title])
  return (
    <>
      <header>
        <div className="grow"><h1 ref={heading}>{title}</h1>{lead && <p>{lead}</p>}</div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </>
  )
}

export function Card({title, actions, flush, children, className = ''}: {
  title?: ReactNode; actions?: ReactNode; flush?: boolean; children: ReactNode; className?: string
}) {
  return (
    <section className={`card${flush ? ' flush' : ''} ${className}`}>
      {(title || actions) && <div className="head">{title && <h2>{title}</h2>}{actions && <div className="row tight">{actions}</div>}</div>}
      {children}
    </section>
  )
}

export function Tool({icon, label, onClick, pressed, disabled}: {
  icon: IconName; label: string; onClick: () => void; pressed?: boolean; disabled?: boolean
}) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant="subtle" color="gray" size="md" aria-label={label} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  )
}

export function Copy({text, label}: {text: string; label?: string}) {
  const {t} = useTranslation()
  const [done, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text).catch(() => {})
    setDone(true)
    setTimeout(() => setDone(false), 1_500)
  }
  return <button type="button" className="chip" onClick={() => void copy()}>{done ? t('do.copied') : label ?? t('do.copy')}</button>
}

export function Dialog({open, onClose, label, children, className}: {
  open: boolean; onClose: () => void; label: string; children: ReactNode; className?: string
}) {
  const node = useRef<HTMLDialogElement>(null)
  // A selection of text that ends outside is a click on the dialog, too: only what began there closes it.
  const outside = useRef(false)
  useEffect(() => {
    const dialog = node.current
    if (open && dialog && !dialog.open) dialog.showModal()
    if (!open && dialog?.open) dialog.close()
  }, [open])
  return (
    <dialog ref={node} className={className} aria-label={label} onClose={onClose}
      onPointerDown={(event) => { outside.current = event.target === node.current }}
      onClick={(event) => { if (outside.current && event.target === node.current) onClose() }}>
      {open && children}
    </dialog>
  )
}

// A sum of parts as one bar; the table beside it says the same in words.
export function PartBar({parts}: {parts: Array<{size: number; tone: string}>}) {
  return <div className="bar" aria-hidden="true">{parts.map((part, i) => <i key={i} style={{flexGrow: part.size, background: part.tone}} />)}</div>
}

export function Meter({share, tone}: {share: number; tone?: string}) {
  return <div className="meter" aria-hidden="true"><i style={{width: `${Math.min(100, 100 * share)}%`, ...(tone ? {background: tone} : {})}} /></div>
}
