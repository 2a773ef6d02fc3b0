// What is pasted to send events from a place, with the key and the address already in it.
export const snippets = {
  segment_browser: (origin: string, key: string) => `import {AnalyticsBrowser} from '@segment/analytics-next'

export const analytics = AnalyticsBrowser.load({
  writeKey: '${key}',
  cdnURL: '${origin}',
})

analytics.track('Product Viewed', {product_id: 'coat-38', price: 129.9, currency: 'EUR'}, {
  context: {consent: {categoryPreferences: {Analytics: true, Advertising: false}}},
})`,
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
  http: (origin: string, key: string) => `curl ${origin}/v1/track -u ${key}: -d '{
  "anonymousId": "visitor-1", "event": "Product Viewed",
  "properties": {"product_id": "coat-38", "price": 129.9, "currency": "EUR"},
  "context": {"consent": {"categoryPreferences": {"Analytics": true}}}
}'`,
  pixel: (origin: string, key: string) => `<img alt="" width="1" height="1"
  src="${origin}/pixel/v1/page?writeKey=${key}&anonymousId=VISITOR&name=Newsletter">`,
}
