// send.cjs - the real SDKs of Segment and RudderStack against a running server.
//
//     node send.cjs URL KEY WHAT
//
// WHAT is 'all' (every call, once with each SDK), 'again' (the same messages again), or 'flaky' (through a
// proxy in front that first says 503 and 429 and drops a connection). Exit 1: an SDK saw a failure.
'use strict'
const http = require('http')
const { Analytics } = require('@segment/analytics-node')
const Rudder = require('@rudderstack/rudder-sdk-node')

const [url, key, what] = process.argv.slice(2)
let failures = 0

function failed(name, error) {
    failures++
    console.error(`${name}: ${error && error.message ? error.message : error}`)
}

const consent = { context: { consent: { categoryPreferences: { Analytics: true } } } }

function calls(sdk, prefix) {
    const user = `${prefix}-user`
    return [
        ['identify', { userId: user, traits: { email: `${user}@example.org`, years: 41 } }],
        ['track', { userId: user, event: 'Order Completed', properties: { total: 12.5, coupon: 'X' } }],
        ['page', { userId: user, name: 'Home', properties: { path: '/' }, ...consent }],
        ['page', { userId: user, name: 'Secret', properties: { path: '/without-consent' } }],
        ['group', { userId: user, groupId: `${prefix}-group` }],
        ['alias', { userId: user, previousId: `${prefix}-visitor` }],
        ['track', { anonymousId: `${prefix}-visitor`, event: 'Order Completed', properties: { total: 3 } }],
    ].map(([call, message], i) => [call, { ...message, messageId: `${sdk}-${prefix}-${i}` }])
}

async function segment(host, prefix, options) {
    const analytics = new Analytics({ writeKey: key, host, flushAt: 3, flushInterval: 50, ...options })
    analytics.on('error', (error) => failed('segment', error.reason || error.code))
    for (const [call, message] of calls('segment', prefix)) analytics[call](message)
    await analytics.closeAndFlush({ timeout: 30000 })
}

async function rudder(host, prefix, options) {
    const client = new Rudder(key, { dataPlaneUrl: host, flushAt: 4, flushInterval: 50, logLevel: 'none',
        errorHandler: (error) => failed('rudder', error), ...options })
    const sent = calls('rudder', prefix).map(([call, message]) => new Promise((resolve) => {
        client[call](message, (error) => {
            if (error) failed('rudder', error)
            resolve()
        })
    }))
    await client.flush()
    await Promise.all(sent)
}

// A server in front: of each client the first requests go wrong, and one is kept but its answer is lost.
function flaky() {
    let count = 0
    const proxy = http.createServer((request, response) => {
        const n = count++
        const parts = []
        request.on('data', (part) => parts.push(part))
        request.on('end', () => {
            if (n === 0) return response.writeHead(503, { 'Retry-After': '1' }).end()
            if (n === 1) return response.writeHead(429, { 'Retry-After': '1' }).end()
            const target = new URL(request.url, url)
            const passed = http.request(target, { method: request.method, headers: { ...request.headers, host: target.host } },
                (answer) => {
                    if (n === 2) return answer.resume().on('end', () => request.socket.destroy())
                    response.writeHead(answer.statusCode, answer.headers)
                    answer.pipe(response)
                })
            passed.end(Buffer.concat(parts))
        })
    })
    return new Promise((resolve) => proxy.listen(0, '127.0.0.1', () => resolve(proxy)))
}

async function main() {
    if (what !== 'flaky') {
        await segment(url, 'sam')
        await rudder(url, 'rob')
    } else {
        for (const [send, prefix] of [[segment, 'fay'], [rudder, 'flo']]) {
            const proxy = await flaky()
            await send(`http://127.0.0.1:${proxy.address().port}`, prefix)
            proxy.close()
        }
    }
    process.exit(failures > 0 ? 1 : 0)
}

main().catch((error) => {
    failed('test', error)
    process.exit(1)
})
