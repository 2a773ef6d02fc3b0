// The few icons of the console, drawn on a grid of 16 with one stroke.
const paths = {
  now: 'M1.5 8h3l2-5 3 10 2-5h3',
  people: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8ZM2.75 13.5c.6-2.2 2.6-3.5 5.25-3.5s4.65 1.3 5.25 3.5',
  staff: 'M2.5 6.5 3.6 3h8.8l1.1 3.5M3.2 6.5V13h9.6V6.5M2.5 6.5a1.8 1.8 0 0 0 3.6 0 1.9 1.9 0 0 0 3.8 0 1.8 1.8 0 0 0 3.6 0M6.6 13v-3.2h2.8V13',
  audiences: 'M6 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z',
  right: 'M3 8h9.5M9 4.5 12.5 8 9 11.5',
  measure: 'M2.5 13.5v-5M6.2 13.5v-11M9.9 13.5V7M13.5 13.5v-9',
  sources: 'M8 2v4M4 6h8v2.5a4 4 0 0 1-8 0ZM8 12.5V14M5.5 2v4M10.5 2v4',
  trust: 'M8 1.8 13 3.6v4c0 3.2-2 5.4-5 6.6-3-1.2-5-3.4-5-6.6v-4ZM5.8 8l1.6 1.6 2.9-3.2',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.4 10.4l3.3 3.3',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z',
  sun: 'M8 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  language: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2.2 8h11.6M8 2c2.2 2 2.2 10 0 12M8 2c-2.2 2-2.2 10 0 12',
  leave: 'M6.5 2.5h-4v11h4M6 8h7.5M10.7 5.2 13.5 8l-2.8 2.8',
  download: 'M8 2.5v7.6M4.9 7.2 8 10.3l3.1-3.1M2.5 13.5h11',
  table: 'M2.5 3h11v10h-11ZM2.5 6.4h11M2.5 9.7h11M6.4 6.4V13',
  image: 'M2.5 3h11v10h-11ZM2.5 11l3.4-3.6 2.7 2.8 1.8-1.6 3.1 2.9',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3v3.6M8 5.1v.1',
  plus: 'M8 3v10M3 8h10',
  pin: 'M5.5 2.5h5l-.6 4 2.1 2H4l2.1-2ZM8 8.5v5',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.3V2.5h-8v8h2.8',
  close: 'M4 4l8 8M12 4l-8 8',
  edit: 'M10.6 3.2l2.2 2.2L5.6 12.6l-2.8.6.6-2.8Z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8Z',
} as const
export type IconName = keyof typeof paths

export function Icon({name, size = 16}: {name: IconName; size?: number}) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.35"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={paths[name]} /></svg>
  )
}
