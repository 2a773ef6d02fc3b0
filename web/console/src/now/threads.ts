// The moving picture: one coloured line a channel, a knot a contact, and the red thread through the
// knots of one person. It only draws; who asks what was clicked gets a profile.
import type {StoredEvent} from '../api/shapes'

export const kWindowSeconds = 40
const kKnotsMax = 2_500
const kRowHeight = 46
const kLeft = 78  // where names of channels stand

interface Knot extends StoredEvent { at: number; x: number; y: number; radius: number; shift: number }

// A place within a row that an event always gets again: 37 of them, none beside the next's.
const shiftOf = (sequence: number) => ((Math.imul(sequence, 0x9e3779b1) >>> 16) % 33) - 16

export class Threads {
  private knots: Knot[] = []
  private channels: string[] = []
  private hovered: Knot | null = null
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)')
  private readonly canvas: HTMLCanvasElement
  private readonly tip: HTMLElement

  constructor(canvas: HTMLCanvasElement, tip: HTMLElement, open: (profile: string) => void, signal: AbortSignal) {
    this.canvas = canvas
    this.tip = tip
    canvas.addEventListener('pointermove', (e) => this.hover(e), {signal})
    canvas.addEventListener('pointerleave', () => { this.hovered = null; tip.hidden = true }, {signal})
    canvas.addEventListener('click', (e) => { this.hover(e); if (this.hovered?.profile) open(this.hovered.profile) }, {signal})
    this.run(signal)
  }

  add(event: StoredEvent) {
    if (!this.channels.includes(event.channel)) {
      this.channels = [...this.channels, event.channel].sort()
      this.canvas.style.height = `${this.channels.length * kRowHeight + 16}px`
    }
    const order = /^Order (Completed|Refunded)|^Receipt/.test(event.name)
    this.knots.push({...event, at: performance.now(), x: -99, y: -99, radius: order ? 5.5 : event.bot ? 1.6 : 2.7, shift: shiftOf(event.sequence)})
    if (this.knots.length > kKnotsMax) this.knots.splice(0, this.knots.length - kKnotsMax)
  }

  private run(signal: AbortSignal) {
    const step = () => {
      if (signal.aborted) return
      if (!document.hidden) this.draw()
      if (this.calm.matches) setTimeout(step, 1_000)
      else requestAnimationFrame(step)
    }
    step()
  }

  private hover(e: PointerEvent | MouseEvent) {
    const box = this.canvas.getBoundingClientRect()
    const [x, y] = [e.clientX - box.left, e.clientY - box.top]
    let best: Knot | null = null, distance = 14
    for (const knot of this.knots) {
      const d = Math.hypot(knot.x - x, knot.y - y)
      if (d < distance) [best, distance] = [knot, d]
    }
    this.hovered = best
    this.tip.hidden = !best
    this.canvas.style.cursor = best ? 'pointer' : ''
    if (!best) return
    this.tip.textContent = `${best.name || '–'} · ${best.channel}`
    this.tip.style.left = `${Math.min(best.x + 10, box.width - 180)}px`
    this.tip.style.top = `${best.y + 12}px`
  }

  private place(now: number, width: number) {
    this.knots = this.knots.filter((knot) => now - knot.at < kWindowSeconds * 1000)
    for (const knot of this.knots) {
      const share = (now - knot.at) / (kWindowSeconds * 1000)
      knot.x = kLeft + (width - kLeft - 10) * (1 - share)
      knot.y = 8 + kRowHeight * (this.channels.indexOf(knot.channel) + 0.5) + knot.shift
    }
  }

  private draw() {
    const pen = sized(this.canvas)
    const width = this.canvas.clientWidth
    const style = getComputedStyle(this.canvas)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    const ofChannel = (channel: string) => colour(`--ch-${channel}`) || colour('--ch-other')
    this.place(performance.now(), width)
    this.drawLines(pen, width, ofChannel, colour('--ink-2'))
    this.drawThreads(pen, colour('--red'))
    for (const knot of this.knots) {
      const other = this.hovered && knot.profile !== this.hovered.profile
      pen.globalAlpha = other ? 0.12 : knot.bot ? 0.3 : 0.85
      pen.fillStyle = ofChannel(knot.channel)
      pen.beginPath()
      pen.arc(knot.x, knot.y, knot.radius, 0, 7)
      pen.fill()
    }
    pen.globalAlpha = 1
  }

  private drawLines(pen: CanvasRenderingContext2D, width: number, ofChannel: (name: string) => string, ink: string) {
    pen.font = "12px 'Inter Variable', system-ui, sans-serif"
    pen.textBaseline = 'middle'
    this.channels.forEach((channel, row) => {
      const y = 8 + kRowHeight * (row + 0.5)
      pen.globalAlpha = 0.25
      pen.strokeStyle = ofChannel(channel)
      pen.lineWidth = 1.5
      pen.beginPath()
      pen.moveTo(kLeft, y)
      pen.lineTo(width - 4, y)
      pen.stroke()
      pen.globalAlpha = 1
      pen.fillStyle = ink
      pen.fillText(channel, 4, y)
    })
  }

  // Only who was met on two channels has a thread: it is what a single channel does not know.
  private drawThreads(pen: CanvasRenderingContext2D, red: string) {
    const people = Map.groupBy(this.knots.filter((knot) => !knot.bot && knot.profile), (knot) => knot.profile)
    pen.strokeStyle = red
    for (const [profile, list] of people) {
      if (new Set(list.map((knot) => knot.channel)).size < 2) continue
      const mine = this.hovered?.profile === profile
      pen.lineWidth = mine ? 2.4 : 1.3
      pen.globalAlpha = mine ? 1 : this.hovered ? 0.1 : 0.65
      drawThrough(pen, list)
    }
    pen.globalAlpha = 1
  }
}

export function drawThrough(pen: CanvasRenderingContext2D, points: Array<{x: number; y: number}>) {
  pen.beginPath()
  points.forEach((point, i) => {
    const before = points[i - 1]
    if (!before) return pen.moveTo(point.x, point.y)
    const middle = (before.x + point.x) / 2
    pen.bezierCurveTo(middle, before.y, middle, point.y, point.x, point.y)
  })
  pen.stroke()
}

// A clean canvas of as many dots as the screen has.
export function sized(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const scale = devicePixelRatio || 1
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)]
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
  const pen = canvas.getContext('2d')!
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight)
  return pen
}

// A calm little curve of the last figures.
export function sparkline(canvas: HTMLCanvasElement, values: number[]) {
  const pen = sized(canvas)
  const {clientWidth: width, clientHeight: height} = canvas
  if (values.length < 2) return
  const top = Math.max(...values, 1)
  const x = (i: number) => (i / (values.length - 1)) * width
  const y = (v: number) => height - 2 - (v / top) * (height - 6)
  pen.beginPath()
  values.forEach((v, i) => (i ? pen.lineTo(x(i), y(v)) : pen.moveTo(x(i), y(v))))
  pen.strokeStyle = getComputedStyle(canvas).getPropertyValue('--red').trim()
  pen.lineWidth = 1.5
  pen.lineJoin = 'round'
  pen.stroke()
  pen.lineTo(width, height)
  pen.lineTo(0, height)
  pen.globalAlpha = 0.08
  pen.fillStyle = pen.strokeStyle
  pen.fill()
  pen.globalAlpha = 1
}
