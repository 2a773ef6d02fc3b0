// A chart on a canvas. Its colours are those of the page; its tips are drawn, not written as HTML,
// so that no name of an event can ever be read as markup (and the policy of the page allows no
// inline style). What it shows stands in a table beside it for whoever cannot see it.
import {useMantineColorScheme} from '@mantine/core'
import {useEffect, useRef} from 'react'
import type {EChartsCoreOption, EChartsType} from './echarts'

export interface Ink {
  ink: string; ink2: string; ink3: string; line: string; card: string; raised: string; red: string; redSoft: string; good: string
  blue: string; hover: string; channel: (name: string) => string; series: string[]; dark: boolean
}

export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element)
  const of = (name: string) => style.getPropertyValue(name).trim()
  const channel = (name: string) => of(`--ch-${name}`) || of('--ch-other')
  return {
    ink: of('--ink'), ink2: of('--ink-2'), ink3: of('--ink-3'), line: of('--line'), card: of('--card'), raised: of('--raised'),
    red: of('--red'), redSoft: of('--red-soft'), good: of('--good'), blue: of('--blue'), hover: of('--hover'), channel,
    series: ['--red', '--ch-web', '--ch-store', '--ch-call', '--ch-app', '--ch-kiosk', '--ch-email', '--ch-beacon'].map(of),
    dark: document.documentElement.dataset.mantineColorScheme === 'dark',
  }
}

const plain = (ink: Ink): EChartsCoreOption => ({
  textStyle: {fontFamily: "'Inter Variable', system-ui, sans-serif", fontSize: 11.5, color: ink.ink2},
  color: ink.series,
  animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  animationDuration: 280,
  tooltip: {
    renderMode: 'richText', backgroundColor: ink.raised, borderColor: ink.line, borderWidth: 1, padding: [8, 10],
    textStyle: {color: ink.ink, fontSize: 12}, confine: true,
  },
})

const axis = (ink: Ink) => ({
  axisLine: {lineStyle: {color: ink.line}}, axisTick: {show: false},
  axisLabel: {color: ink.ink2, fontSize: 11}, splitLine: {lineStyle: {color: ink.line, opacity: 0.7}},
})

export interface ChartProps {
  // Made anew for each theme, for so many pixels across. Axes under xAxis and yAxis get the page's lines and letters.
  option: (ink: Ink, width: number) => EChartsCoreOption
  height: number
  label: string
  onPick?: (picked: {name: string; value: unknown; data: unknown; seriesName?: string}) => void
}

function dressed(option: EChartsCoreOption, ink: Ink): EChartsCoreOption {
  const base = plain(ink)
  const out: EChartsCoreOption = {...base, ...option, tooltip: {...(base.tooltip as object), ...(option.tooltip as object)}}
  // Names that find no room are turned over, not laid on the picture.
  if (option.legend) out.legend = {type: 'scroll', right: 0, pageIconColor: ink.ink2, pageTextStyle: {color: ink.ink2}, ...(option.legend as object)}
  for (const name of ['xAxis', 'yAxis'] as const) {
    const mine = option[name]
    if (mine) out[name] = Array.isArray(mine) ? mine.map((each) => ({...axis(ink), ...each})) : {...axis(ink), ...(mine as object)}
  }
  return out
}

function drawn(place: HTMLElement, option: ChartProps['option']): EChartsCoreOption {
  const ink = inkOf(place)
  return dressed(option(ink, place.clientWidth), ink)
}

export function Chart({option, height, label, onPick}: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)
  const latest = useRef({option, onPick})
  latest.current = {option, onPick}
  const {colorScheme} = useMantineColorScheme()

  useEffect(() => {
    let gone = false
    const sized = new ResizeObserver(() => chart.current?.resize())
    void import('./echarts').then(({init}) => {
      if (gone || !place.current) return
      chart.current = init(place.current, null, {renderer: 'canvas'})
      chart.current.setOption(drawn(place.current, latest.current.option))
      chart.current.on('click', (event) => latest.current.onPick?.(event as never))
      sized.observe(place.current)
    })
    return () => { gone = true; sized.disconnect(); chart.current?.dispose(); chart.current = null }
  }, [])
  useEffect(() => {
    if (chart.current && place.current) chart.current.setOption(drawn(place.current, option), true)
  }, [option, colorScheme])

  return <div ref={place} role="img" aria-label={label} style={{height, width: '100%'}} />
}
