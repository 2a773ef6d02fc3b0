import {useCallback} from 'react'
import {useTranslation} from 'react-i18next'
import {Chart, type Ink} from '../../ui/Chart'
import {number} from '../../ui/format'
import {allChannels} from '../../ui/parts'
import type {ViewProps} from './index'

const kFlowsMax = 48
const kLabelledShare = 0.025
const kLabelPx = 130
const kBesidesPx = 16  // of a stage: its node, and air
const kOneLinePx = 110

// Each stage has its own nodes, so that a flow never runs back.
export function Flows({answer, tall}: ViewProps) {
  const {t} = useTranslation()
  const option = useCallback((ink: Ink, width: number) => {
    const rows = [...answer.rows].sort((a, b) => Number(b.count) - Number(a.count)).slice(0, kFlowsMax)
    const nameOf = (stage: number, what: unknown) => `${stage}\u0000${what === null ? t('measure.ends') : String(what)}`
    const links = rows.map((row) => ({source: nameOf(Number(row.stage), row.from), target: nameOf(Number(row.stage) + 1, row.to), value: Number(row.count), ends: row.to === null}))
    const nodes = [...new Set(links.flatMap(({source, target}) => [source, target]))]
    const most = Math.max(1, ...rows.filter((row) => row.stage === 0).map((row) => Number(row.count)))
    const size = new Map<string, number>()
    for (const {source, target, value} of links) for (const name of [source, target]) size.set(name, (size.get(name) ?? 0) + value)
    // A name ends before the next stage begins; the last one has its own margin.
    const stages = Math.max(1, ...rows.map((row) => Number(row.stage) + 1)), right = Math.min(kLabelPx, width / 4)
    const room = Math.min(kLabelPx, (width - right) / stages - kBesidesPx)
    const shown = (name: string) => name.slice(name.indexOf('\u0000') + 1)
    const channelOf = (name: string) => shown(name).split(' / ').at(-1)!
    // The colour tells the channel; where there is little room a word is a line.
    const label = (name: string) => {
      const what = allChannels.includes(channelOf(name)) ? shown(name).split(' / ').slice(0, -1).join(' / ') || channelOf(name) : shown(name)
      return room < kOneLinePx ? what.replaceAll(' ', '\n') : what
    }
    const tone = (name: string) => {
      const channel = channelOf(name)
      return shown(name) === t('measure.ends') ? ink.ink3 : allChannels.includes(channel) ? ink.channel(channel) : ink.red
    }
    return {
      tooltip: {trigger: 'item', formatter: (p: {dataType: string; name: string; value: number; data: {source?: string; target?: string}}) =>
        p.dataType === 'edge' ? `${shown(p.data.source ?? '')} → ${shown(p.data.target ?? '')}  ${number(p.value)}` : `${shown(p.name)}  ${number(p.value)}`},
      series: [{
        type: 'sankey', left: 4, right, top: 8, bottom: 8, nodeWidth: 9, nodeGap: 9, draggable: false, emphasis: {focus: 'adjacency'},
        label: {color: ink.ink, fontSize: 11.5, formatter: (p: {name: string}) => label(p.name), lineHeight: 13, width: room, overflow: 'truncate'},
        lineStyle: {color: 'source', opacity: ink.dark ? 0.28 : 0.2, curveness: 0.5},
        labelLayout: {hideOverlap: true}, links,
        data: nodes.map((name) => ({name, itemStyle: {color: tone(name), borderWidth: 0}, label: {show: (size.get(name) ?? 0) > most * kLabelledShare}})),
      }],
    }
  }, [answer.rows, t])
  return <Chart option={option} height={tall ? 520 : 260} label={t('kind.flows.name')} />
}
