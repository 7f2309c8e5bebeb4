// What a shop's own code would say, with any of the libraries: node calls.cjs LIBRARY KEY HOST USER
const [library, key, host, user] = process.argv.slice(2)
const anonymousId = `browser-of-${user}`
const timestamp = new Date(Date.now() - 60_000)

const clients = {
  '@segment/analytics-node': () => {
    const { Analytics } = require('@segment/analytics-node')
    const client = new Analytics({ writeKey: key, host, maxRetries: 5 })
    client.on('error', (e) => { console.error(e); process.exitCode = 1 })
    return [client, () => client.closeAndFlush()]
  },
  'analytics-node': () => {
    const Analytics = require('analytics-node')
    const client = new Analytics(key, { host, flushAt: 100 })
    return [client, () => new Promise((done, fail) => client.flush((e) => (e ? fail(e) : done())))]
  },
  '@rudderstack/rudder-sdk-node': () => {
    const Analytics = require('@rudderstack/rudder-sdk-node')
    const client = new Analytics(key, { dataPlaneUrl: host, flushAt: 100 })
    return [client, () => new Promise((done, fail) => client.flush((e) => (e ? fail(e) : done())))]
  },
}

const [client, finish] = clients[library]()
client.identify({
  userId: user,
  anonymousId,
  timestamp,
  traits: { email: `${user}@shop.test`, firstName: 'Grâce', plan: 'pro', address: { city: 'Zürich' } },
  context: { consent: { categoryPreferences: { email_marketing: true } } },
})
client.track({
  userId: user,
  event: 'Order Completed',
  timestamp,
  properties: { order_id: `order-${user}`, currency: 'EUR', products: [{ product_id: 'p1', name: 'Thé', price: 7.5, quantity: 2 }] },
})
client.page({ anonymousId, name: 'Home', timestamp, properties: { url: 'https://shop.example/' } })
client.screen({ userId: user, name: 'Basket', timestamp, properties: { items: 3 } })
client.group({ userId: user, groupId: 'club', timestamp, traits: { tier: 'gold' } })
client.alias({ previousId: `old-${user}`, userId: user, timestamp })
finish().catch((e) => { console.error(e); process.exitCode = 1 })
