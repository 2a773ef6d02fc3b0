// What Maison Camélia sells online. Names of categories are data (rules speak of them), so they stay French in
// events; the page shows them in the visitor's language.
export type Shape = 'coat' | 'dress' | 'knit' | 'shirt' | 'trousers' | 'shoe' | 'bag' | 'scarf' | 'cup' | 'bottle'
export interface Product { id: string; fr: string; en: string; category: string; shape: Shape; cents: number; colour: string }

export const categories: Record<string, string> = {
  Manteaux: 'Coats', Robes: 'Dresses', Mailles: 'Knitwear', Chemises: 'Shirts', Pantalons: 'Trousers',
  Chaussures: 'Shoes', Sacs: 'Bags', Accessoires: 'Accessories', Maison: 'Home', Parfums: 'Perfumes',
}

const rows: Array<[string, string, string, Shape, number, string]> = [
  ['Manteau Bellecour', 'Bellecour coat', 'Manteaux', 'coat', 32900, '#7d2a35'],
  ['Manteau Saône', 'Saône coat', 'Manteaux', 'coat', 27900, '#35506b'],
  ['Caban Croix-Rousse', 'Croix-Rousse peacoat', 'Manteaux', 'coat', 24900, '#2f3b36'],
  ['Robe Guignol', 'Guignol dress', 'Robes', 'dress', 14900, '#b65a4a'],
  ['Robe Soierie', 'Silk-weaver dress', 'Robes', 'dress', 18900, '#c7a24a'],
  ['Robe Presqu’île', 'Presqu’île dress', 'Robes', 'dress', 12900, '#5d7a8c'],
  ['Pull Canut', 'Canut jumper', 'Mailles', 'knit', 9900, '#8a6a52'],
  ['Cardigan Traboule', 'Traboule cardigan', 'Mailles', 'knit', 11900, '#6f7f5c'],
  ['Col roulé Fourvière', 'Fourvière roll-neck', 'Mailles', 'knit', 10900, '#a14b58'],
  ['Chemise Ainay', 'Ainay shirt', 'Chemises', 'shirt', 7900, '#dfe4ea'],
  ['Chemise Confluence', 'Confluence shirt', 'Chemises', 'shirt', 8500, '#a9bfd0'],
  ['Pantalon Perrache', 'Perrache trousers', 'Pantalons', 'trousers', 9500, '#454a57'],
  ['Pantalon Gerland', 'Gerland trousers', 'Pantalons', 'trousers', 8900, '#8d7558'],
  ['Bottine Vaise', 'Vaise ankle boot', 'Chaussures', 'shoe', 16900, '#5a3a2e'],
  ['Mocassin Jacobins', 'Jacobins loafer', 'Chaussures', 'shoe', 13900, '#7b2f38'],
  ['Cabas Célestins', 'Célestins tote', 'Sacs', 'bag', 19900, '#94543a'],
  ['Besace Terreaux', 'Terreaux satchel', 'Sacs', 'bag', 15900, '#3f5548'],
  ['Pochette Opéra', 'Opéra clutch', 'Sacs', 'bag', 11500, '#8c1d2f'],
  ['Écharpe Rhône', 'Rhône scarf', 'Accessoires', 'scarf', 4900, '#b8453e'],
  ['Foulard de soie', 'Silk square', 'Accessoires', 'scarf', 8900, '#d39a5b'],
  ['Tasse Camélia', 'Camellia cup', 'Maison', 'cup', 2400, '#c9828b'],
  ['Bol Bouchon', 'Bouchon bowl', 'Maison', 'cup', 2900, '#6e8797'],
  ['Eau de Camélia', 'Eau de Camélia', 'Parfums', 'bottle', 7900, '#e2b7ae'],
  ['Eau des Quais', 'Eau des Quais', 'Parfums', 'bottle', 8500, '#9fb8b4'],
]

export const products: Product[] = rows.map(([fr, en, category, shape, cents, colour], i) =>
  ({id: `CAM${String(i + 1).padStart(3, '0')}`, fr, en, category, shape, cents, colour}))

export const productOf = (id: string) => products.find((product) => product.id === id)
export const centsOf = (lines: Line[]) => lines.reduce((sum, line) => sum + line.quantity * (productOf(line.id)?.cents ?? 0), 0)
export interface Line { id: string; quantity: number }

// As the e-commerce events spell it: docs/tracking.md.
export const asProperties = (product: Product, quantity = 1) => ({
  product_id: product.id, sku: product.id, name: product.fr, category: product.category,
  price: product.cents / 100, quantity, currency: 'EUR',
})
export const orderProperties = (orderId: string, lines: Line[], affiliation: string) => ({
  order_id: orderId, affiliation, currency: 'EUR', revenue: centsOf(lines) / 100, total: centsOf(lines) / 100,
  products: lines.flatMap((line) => {
    const product = productOf(line.id)
    return product ? [asProperties(product, line.quantity)] : []
  }),
})
