// What is pasted to send events from a place, with the key and the address already in it. Consent is the visitor's
// to give: in a page the banner asks for it, and no snippet states a yes of its own.
export const kBanner = '1.0.3'

const banner = (origin: string, key: string) => `<!-- in the page: asks, and remembers the choice -->
<script src="${origin}/banner/${kBanner}/banner.js"></script>
<filrouge-consent server="${origin}" write-key="${key}"></filrouge-consent>

// in your script
`

export const snippets = {
  segment_browser: (origin: string, key: string) => `${banner(origin, key)}import {AnalyticsBrowser} from '@segment/analytics-next'

export const analytics = AnalyticsBrowser.load({
  writeKey: '${key}',
  cdnURL: '${origin}',
})

// Each event carries the choice; none leaves before a yes.
document.querySelector('filrouge-consent').segment(analytics)

analytics.track('Product Viewed', {product_id: 'coat-38', price: 129.9, currency: 'EUR'})`,
  segment_node: (origin: string, key: string) => `import {Analytics} from '@segment/analytics-node'

const analytics = new Analytics({writeKey: '${key}', host: '${origin}'})

analytics.track({
  userId: 'camille-1204', event: 'Order Completed',
  properties: {order_id: '1042', revenue: 129.9, currency: 'EUR'},
})`,
  rudder_browser: (origin: string, key: string) => `import {RudderAnalytics} from '@rudderstack/analytics-js'

const analytics = new RudderAnalytics()
analytics.load('${key}', '${origin}', {configUrl: '${origin}'})
analytics.track('Product Viewed', {product_id: 'coat-38', price: 129.9, currency: 'EUR'})`,
  rudder_node: (origin: string, key: string) => `import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const analytics = new RudderAnalytics('${key}', {dataPlaneUrl: '${origin}'})
analytics.track({userId: 'camille-1204', event: 'Order Completed', properties: {order_id: '1042', revenue: 129.9}})`,
  http: (origin: string, key: string) => `AGREED=false  # what this visitor said: true or false
curl ${origin}/v1/track -u ${key}: -d '{
  "anonymousId": "visitor-1", "event": "Product Viewed",
  "properties": {"product_id": "coat-38", "price": 129.9, "currency": "EUR"},
  "context": {"consent": {"categoryPreferences": {"Analytics": '$AGREED'}}}
}'`,
  pixel: (origin: string, key: string) => `<img alt="" width="1" height="1"
  src="${origin}/pixel/v1/page?writeKey=${key}&anonymousId=VISITOR&name=Newsletter">`,
}
