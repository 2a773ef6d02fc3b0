// The moving picture of the live page: one coloured line a channel, a knot a contact, and the red
// thread through the knots of one person. It only draws; who asks what was clicked gets a profile.
export const kWindowSeconds = 40
const kKnotsMax = 2_500
const kRowHeight = 52
const kLeft = 84  // where names of channels stand

export class Threads {
  constructor(canvas, tip, open) {
    this.canvas = canvas
    this.tip = tip
    this.knots = []
    this.channels = []
    this.hovered = null
    this.calm = matchMedia('(prefers-reduced-motion: reduce)')
    canvas.addEventListener('pointermove', (e) => this.#hover(e))
    canvas.addEventListener('pointerleave', () => { this.hovered = null; this.tip.hidden = true })
    canvas.addEventListener('click', (e) => { this.#hover(e); if (this.hovered) open(this.hovered.profile) })
  }

  add(event) {
    if (!this.channels.includes(event.channel)) {
      this.channels = [...this.channels, event.channel].sort()
      this.canvas.style.height = `${this.channels.length * kRowHeight + 16}px`
    }
    const order = /^Order (Completed|Refunded)|^Receipt/.test(event.name)
    this.knots.push({...event, at: performance.now(), radius: order ? 6 : event.bot ? 1.8 : 2.8,
      shift: ((Math.imul(event.sequence, 0x9e3779b1) >>> 16) % 37) - 18})
    if (this.knots.length > kKnotsMax) this.knots.splice(0, this.knots.length - kKnotsMax)
  }

  run(signal) {
    const step = () => {
      if (signal.aborted) return
      if (!document.hidden) this.#draw()
      if (this.calm.matches) setTimeout(step, 1_000)
      else requestAnimationFrame(step)
    }
    step()
  }

  #place(knot, now, width) {
    const share = (now - knot.at) / (kWindowSeconds * 1000)
    return {
      x: kLeft + (width - kLeft - 10) * (1 - share),
      y: 8 + kRowHeight * (this.channels.indexOf(knot.channel) + 0.5) + knot.shift,
    }
  }

  #hover(e) {
    const box = this.canvas.getBoundingClientRect()
    const [x, y] = [e.clientX - box.left, e.clientY - box.top]
    let best = null, distance = 14
    for (const knot of this.knots) {
      const d = Math.hypot((knot.x ?? -99) - x, (knot.y ?? -99) - y)
      if (d < distance) [best, distance] = [knot, d]
    }
    this.hovered = best
    this.tip.hidden = !best
    this.canvas.classList.toggle('points', Boolean(best))
    if (!best) return
    this.tip.textContent = `${best.name || '—'} · ${best.channel}`
    this.tip.style.left = `${Math.min(best.x + 10, box.width - 180)}px`
    this.tip.style.top = `${best.y + 12}px`
  }

  #draw() {
    const now = performance.now()
    const {clientWidth: width, clientHeight: height} = this.canvas
    const scale = devicePixelRatio || 1
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale)
      this.canvas.height = Math.round(height * scale)
    }
    const pen = this.canvas.getContext('2d')
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, width, height)
    const style = getComputedStyle(this.canvas)
    const colour = (name) => style.getPropertyValue(name).trim()
    const ofChannel = (channel) => colour(`--ch-${channel}`) || colour('--ch-other')
    this.knots = this.knots.filter((knot) => now - knot.at < kWindowSeconds * 1000)
    for (const knot of this.knots) Object.assign(knot, this.#place(knot, now, width))
    this.#drawLines(pen, width, ofChannel, colour('--ink-soft'))
    this.#drawThreads(pen, colour('--red'))
    for (const knot of this.knots) {
      const other = this.hovered && knot.profile !== this.hovered.profile
      pen.globalAlpha = other ? 0.12 : knot.bot ? 0.3 : 0.8
      pen.fillStyle = ofChannel(knot.channel)
      pen.beginPath()
      pen.arc(knot.x, knot.y, knot.radius, 0, 7)
      pen.fill()
    }
    pen.globalAlpha = 1
  }

  #drawLines(pen, width, ofChannel, ink) {
    pen.font = '13px system-ui, sans-serif'
    pen.textBaseline = 'middle'
    this.channels.forEach((channel, row) => {
      const y = 8 + kRowHeight * (row + 0.5)
      pen.globalAlpha = 0.28
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
  #drawThreads(pen, red) {
    const people = new Map()
    for (const knot of this.knots) {
      if (knot.bot || !knot.profile) continue
      const list = people.get(knot.profile)
      if (list) list.push(knot)
      else people.set(knot.profile, [knot])
    }
    pen.strokeStyle = red
    for (const [profile, list] of people) {
      if (new Set(list.map((knot) => knot.channel)).size < 2) continue
      const mine = this.hovered?.profile === profile
      pen.lineWidth = mine ? 2.6 : 1.5
      pen.globalAlpha = mine ? 1 : this.hovered ? 0.12 : 0.7
      pen.beginPath()
      pen.moveTo(list[0].x, list[0].y)
      for (let i = 1; i < list.length; ++i) {
        const [a, b] = [list[i - 1], list[i]]
        const middle = (a.x + b.x) / 2
        pen.bezierCurveTo(middle, a.y, middle, b.y, b.x, b.y)
      }
      pen.stroke()
    }
    pen.globalAlpha = 1
  }
}

// A calm little curve of the last figures.
export function sparkline(canvas, values) {
  const {clientWidth: width, clientHeight: height} = canvas
  const scale = devicePixelRatio || 1
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const pen = canvas.getContext('2d')
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  if (values.length < 2) return
  const top = Math.max(...values, 1)
  const x = (i) => (i / (values.length - 1)) * width
  const y = (v) => height - 2 - (v / top) * (height - 6)
  pen.beginPath()
  values.forEach((v, i) => (i ? pen.lineTo(x(i), y(v)) : pen.moveTo(x(i), y(v))))
  pen.strokeStyle = getComputedStyle(canvas).getPropertyValue('--red').trim()
  pen.lineWidth = 1.6
  pen.lineJoin = 'round'
  pen.stroke()
  pen.lineTo(width, height)
  pen.lineTo(0, height)
  pen.globalAlpha = 0.08
  pen.fillStyle = pen.strokeStyle
  pen.fill()
}
