// client.cjs - the real client of OpenAI's interface against a running server, behind it tests/guard/provider.py.
//
//     node client.cjs URL KEY          all of it, but
//     node client.cjs URL KEY again    limits: one request a second, three chats a day
//
// Exit 1: something is not as the client wants it; each is said in one line.
'use strict'
const OpenAI = require('openai')

const [url, key] = process.argv.slice(2)
const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0, timeout: 60000 })
const mail = 'ada.l@shop-of-ada.de'
let wrong = 0

function is(what, true_, more) {
    if (true_) return
    wrong++
    console.log(`not true: ${what}${more === undefined ? '' : `: ${JSON.stringify(more)}`}`)
}
const asked = (model, text, more = {}) => ({ model, messages: [{ role: 'user', content: text }], ...more })

async function fails(what, kind, code, request) {
    try {
        const answer = await client.chat.completions.create(request)
        if (request.stream) for await (const _ of answer);
        is(`${what} fails`, false)
    } catch (error) {
        is(`${what} is a ${kind.name}`, error instanceof kind, String(error))
        is(`${what} has the code ${code}`, error.code === code, error.code)
    }
}

async function whole() {
    const models = []
    for await (const model of client.models.list()) models.push(model.id)
    is('the models are listed', models.includes('alias') && models.includes('ollama'), models)
    const answer = await client.chat.completions.create(asked('openai', `to ${mail}`))
    is('a whole answer is restored', answer.choices[0].message.content === `You said: to ${mail}`, answer.choices[0])
    is('it is marked', answer.candor.ai_generated === true && answer.candor.model === 'openai', answer.candor)
    is('its tokens are told', answer.usage.total_tokens === 18, answer.usage)
    const tool = await client.chat.completions.create(asked('tool', `to ${mail}`))
    const call = tool.choices[0].message.tool_calls[0].function
    is('arguments of a tool are JSON with the value', JSON.parse(call.arguments).to === `You said: to ${mail}`, call)
}

async function streams() {
    for (const model of ['openai', 'llamacpp', 'vllm', 'ollama']) {
        const stream = client.beta.chat.completions.stream(asked(model, `to "${mail}"`))
        const content = await stream.finalContent()
        is(`${model}: the stream is restored`, content === `You said: to "${mail}"`, content)
    }
    const stream = client.beta.chat.completions.stream(asked('tool', `to "${mail}"`))
    const message = await stream.finalMessage()
    is('arguments come in pieces', JSON.parse(message.tool_calls[0].function.arguments).to === `You said: to "${mail}"`, message)
    let usage = null
    const counted = await client.chat.completions.create(asked('openai', 'hi', { stream: true, stream_options: { include_usage: true } }))
    for await (const chunk of counted) usage = chunk.usage || usage
    is('tokens of a stream are told', usage && usage.total_tokens === 18, usage)
}

async function many() {
    const all = await Promise.all(Array.from({ length: 60 }, async (_, i) => {
        const who = `person${i}@shop-of-ada.de`
        const answer = await client.chat.completions.create(asked('openai', who, { stream: true }))
        let text = ''
        for await (const chunk of answer) text += chunk.choices[0]?.delta?.content || ''
        return text === `You said: ${who}`
    }))
    is('sixty at once keep apart', all.every(Boolean), all.filter((one) => !one).length)
    const left = await client.chat.completions.create(asked('huge', 'hi', { stream: true }))
    for await (const _ of left) break // and it is aborted
}

async function failures() {
    await fails('a model that is not listed', OpenAI.NotFoundError, 'model_not_found', asked('none', 'hi'))
    await fails('a canary', OpenAI.PermissionDeniedError, 'canary_in_prompt', asked('openai', 'project-heron-9'))
    await fails('a provider that is busy', OpenAI.RateLimitError, null, asked('refuse-429', 'hi'))
    await fails('a page', OpenAI.InternalServerError, 'gate_unavailable', asked('html', 'hi'))
    await fails('an answer cut off', OpenAI.APIError, 'provider_broke_off', asked('cut', 'hi', { stream: true }))
    await fails('garbage', OpenAI.APIError, 'gate_unavailable', asked('garbage', 'hi', { stream: true }))
    await refused('a wrong key', OpenAI.AuthenticationError, 'invalid_api_key', () => other.models.list())
    await refused('a wrong key for a chat', OpenAI.AuthenticationError, 'invalid_api_key', () => other.chat.completions.create(asked('openai', 'hi')))
    await refused('a call that is not there', OpenAI.NotFoundError, 'unknown_url', () => client.embeddings.create({ model: 'openai', input: 'hi' }))
    await refused('a prompt that is too large', OpenAI.APIError, 'request_too_large', () => client.chat.completions.create(asked('openai', ' '.repeat(4300000))))
}

const other = new OpenAI({ apiKey: 'cnd_0', baseURL: `${url}/v1`, maxRetries: 0 })

// Of what is refused before it is a chat: the client knows it, and people can read why.
async function refused(what, kind, code, ask) {
    try {
        await ask()
        is(`${what} fails`, false)
    } catch (error) {
        is(`${what} is a ${kind.name}`, error instanceof kind, String(error))
        is(`${what} has the code ${code}`, error.code === code, error.code)
        is(`${what} says why`, !/no body|undefined/.test(error.message) && error.message.length > 15, error.message)
    }
}

// The client asks again by itself: after the time that it is told, and not where that is in vain.
async function again() {
    let requests = 0
    const counted = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 4, fetch: (...a) => (requests++, fetch(...a)) })
    const began = Date.now()
    for (let i = 0; i < 3; i++) await counted.chat.completions.create(asked('openai', `to ${mail}`))
    is('a key that asks too often waits as it is told', requests > 3 && Date.now() - began >= 1500, [requests, Date.now() - began])
    const quick = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 })
    await refused('a key that asks too often', OpenAI.RateLimitError, 'rate_limit_exceeded', () => Promise.all([1, 2, 3].map(() => quick.models.list())))
    await new Promise((done) => setTimeout(done, 3000))
    requests = 0
    await refused('a budget that is spent', OpenAI.RateLimitError, 'budget_spent', () => counted.chat.completions.create(asked('openai', 'hi')))
    is('asking again is in vain', requests === 1, requests)
}

async function main() {
    if (process.argv[4] === 'again') {
        await again()
        process.exit(wrong > 0 ? 1 : 0)
    }
    await whole()
    await streams()
    await many()
    await failures()
    process.exit(wrong > 0 ? 1 : 0)
}
main().catch((error) => {
    console.log(`not true: ${error.stack}`)
    process.exit(1)
})
