// A part of the page as a PNG. The policy of the page allows no image made of HTML, so what stands there is
// drawn anew on a canvas: boxes with their colours, canvases of charts as they are, text line by line.
const kScale = 2
const kMargin = 16

export async function pictureOf(root: HTMLElement): Promise<Blob> {
  root.classList.add('pictured')  // shows what only a picture has, hides what only a page has
  try {
    const frame = root.getBoundingClientRect()
    const canvas = document.createElement('canvas')
    canvas.width = Math.ceil((root.scrollWidth + 2 * kMargin) * kScale)
    canvas.height = Math.ceil((frame.height + 2 * kMargin) * kScale)
    const pen = canvas.getContext('2d')!
    pen.scale(kScale, kScale)
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--card')
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.translate(kMargin - frame.left, kMargin - frame.top)
    draw(root, pen)
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('No picture could be made.')))))
  } finally {
    root.classList.remove('pictured')
  }
}

function draw(element: Element, pen: CanvasRenderingContext2D) {
  const style = getComputedStyle(element), box = element.getBoundingClientRect()
  if (style.display === 'none' || style.visibility === 'hidden' || element.classList.contains('hidden')) return
  drawBox(style, box, pen)
  if (element instanceof HTMLCanvasElement) pen.drawImage(element, box.left, box.top, box.width, box.height)
  for (const node of element.childNodes) {
    if (node instanceof Element) draw(node, pen)
    else if (node instanceof Text) drawText(node, style, pen)
  }
}

function drawBox(style: CSSStyleDeclaration, box: DOMRect, pen: CanvasRenderingContext2D) {
  if (box.width === 0 || box.height === 0) return
  pen.beginPath()
  pen.roundRect(box.left, box.top, box.width, box.height, Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2))
  // A gradient is drawn as its first colour; the track of a bar is all that has one.
  const gradient = /(?:rgb|color)[^)]*\)/.exec(style.backgroundImage)
  pen.fillStyle = gradient ? gradient[0] : style.backgroundColor
  pen.fill()
  if (parseFloat(style.borderBottomWidth) > 0 && style.borderBottomStyle !== 'none') {
    pen.fillStyle = style.borderBottomColor
    pen.fillRect(box.left, box.bottom - 1, box.width, 1)
  }
}

// A text may run over several lines, and several pieces may stand on one: each letter says where it is.
function drawText(node: Text, style: CSSStyleDeclaration, pen: CanvasRenderingContext2D) {
  const text = node.data
  if (text.trim() === '') return
  pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  pen.fillStyle = style.color
  pen.textBaseline = 'middle'
  for (const {line, box} of linesOf(node)) pen.fillText(line, box.left, box.top + box.height / 2)
}

function linesOf(node: Text): Array<{line: string; box: DOMRect}> {
  const lines: Array<{line: string; box: DOMRect}> = []
  const range = document.createRange()
  for (let i = 0; i < node.length; ++i) {
    range.setStart(node, i)
    range.setEnd(node, i + 1)
    const box = range.getClientRects()[0]
    if (!box || box.width === 0) continue
    const last = lines.at(-1)
    if (last && Math.abs(last.box.top - box.top) < 2) last.line += node.data[i]!
    else lines.push({line: node.data[i]!, box})
  }
  return lines
}
