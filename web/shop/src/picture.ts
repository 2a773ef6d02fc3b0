// A product's picture, drawn: no photograph, no file, no licence.
import type {Product, Shape} from './catalogue'

const kSpace = 'http://www.w3.org/2000/svg'
// Outlines in a box of 100 by 100; the second, where there is one, is a darker detail.
const outlines: Record<Shape, string[]> = {
  coat: ['M38 14 L50 20 L62 14 L78 24 L84 62 L75 64 L70 42 L72 90 L28 90 L30 42 L25 64 L16 62 L22 24 Z', 'M48 20h4v70h-4z M38 14 L50 34 L62 14 L50 22 Z M34 58h9v3h-9z M57 58h9v3h-9z'],
  dress: ['M40 12 L44 22 L56 22 L60 12 L66 16 L62 44 L78 90 L22 90 L38 44 L34 16 Z', 'M37 44h26v4h-26z'],
  knit: ['M38 20 Q50 28 62 20 L80 30 L86 70 L76 72 L71 46 L71 84 L29 84 L29 46 L24 72 L14 70 L20 30 Z', 'M29 78h42v6H29z M38 20 Q50 32 62 20 L60 16 Q50 24 40 16 Z'],
  shirt: ['M38 16 L50 24 L62 16 L80 26 L76 44 L69 42 L69 86 L31 86 L31 42 L24 44 L20 26 Z', 'M49 26h2v60h-2z M38 16 L50 24 L44 34 Z M62 16 L50 24 L56 34 Z'],
  trousers: ['M34 12 H66 L72 90 H56 L50 36 L44 90 H28 Z', 'M34 12 H66 L66.500 18 H33.500 Z'],
  shoe: ['M16 40 L40 40 Q46 56 64 60 Q84 64 86 74 L86 78 L16 78 Z', 'M16 78h70v5H16z M40 44l6 10 M36 40h5v18h-5z'],
  bag: ['M22 40 H78 L84 86 H16 Z', 'M34 40 Q34 14 50 14 Q66 14 66 40 h-5 Q61 19 50 19 Q39 19 39 40 Z M44 54h12v8H44z'],
  scarf: ['M30 18 Q50 34 70 18 L74 26 Q64 40 58 42 L66 84 L52 88 L48 46 Q34 40 26 26 Z', 'M53 80l13-3 1 6-13 3z M51 68l12-2 1 4-12 2z'],
  cup: ['M22 36 H70 V62 Q70 82 52 82 H40 Q22 82 22 62 Z M70 42 Q88 42 86 56 Q84 68 69 66 L70 60 Q79 62 80 55 Q80 48 70 49 Z', 'M22 36h48v6H22z'],
  bottle: ['M34 38 H66 Q72 38 72 46 V82 Q72 88 66 88 H34 Q28 88 28 82 V46 Q28 38 34 38 Z', 'M42 14h16v14H42z M46 28h8v10h-8z M36 54h28v20H36z'],
}

function path(d: string, fill: string, opacity = '1') {
  const element = document.createElementNS(kSpace, 'path')
  for (const [name, value] of Object.entries({d, fill, opacity})) element.setAttribute(name, value)
  return element
}

export function picture(product: Product): SVGSVGElement {
  const svg = document.createElementNS(kSpace, 'svg')
  for (const [name, value] of Object.entries({'viewBox': '0 0 100 100', 'aria-hidden': 'true', 'class': 'picture'})) svg.setAttribute(name, value)
  const [body = '', detail = ''] = outlines[product.shape]
  const shadow = document.createElementNS(kSpace, 'ellipse')
  for (const [name, value] of Object.entries({cx: '50', cy: '92', rx: '30', ry: '3', fill: '#000', opacity: '.1'})) shadow.setAttribute(name, value)
  svg.append(shadow, path(body, product.colour), path(detail, '#000', '.22'))
  return svg
}
