// check.cjs RECORD - is GET /openapi.json true? The document by the meta-schema, and every recorded exchange by
// the document: its path, its code, its content type, its headers, its body; and what was sent, when it was taken.
// Every operation has to have been seen, and every good answer of it. Says each untruth once.
'use strict';
const fs = require('fs');
const zlib = require('zlib');
const Ajv = require('ajv/dist/2020').default;
const formats = require('ajv-formats').default;
const { Validator } = require('@seriousme/openapi-schema-validator');

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
const exchanges = fs.readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const untrue = new Map();
const wrong = (text, detail) => { if (!untrue.has(text)) untrue.set(text, detail || ''); };

const described = exchanges.find((one) => one.method === 'GET' && one.path === '/openapi.json' && one.status === 200);
if (!described) { console.error('nobody asked for /openapi.json'); process.exit(1); }
const api = JSON.parse(Buffer.from(described.body, 'base64'));

const ajv = new Ajv({ strict: false, allErrors: false, allowUnionTypes: true });
formats(ajv);
ajv.addSchema({ $id: 'api', ...api });
const compiled = new Map();
function validator(pointer) {
    if (!compiled.has(pointer)) {
        compiled.set(pointer, ajv.compile({ $ref: 'api#/' + pointer.map((p) => encodeURIComponent(String(p).replace(/~/g, '~0').replace(/\//g, '~1'))).join('/') }));
    }
    return compiled.get(pointer);
}
const pointers = new Map();
const at = (...parts) => { // one array for one place, so that it is compiled once
    const key = JSON.stringify(parts);
    if (!pointers.has(key)) pointers.set(key, parts);
    return pointers.get(key);
};
const trouble = (check) => check.errors.map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`).join('; ');

const patterns = Object.keys(api.paths).map((path) => ({
    path, fixed: path.replace(/\{[^}]*\}/g, '').length,
    test: new RegExp('^' + path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{path\}/g, '.+').replace(/\{[^}]*\}/g, '[^/]+') + '$')
})).sort((a, b) => b.fixed - a.fixed);

// Their good answers need the private key of a counterpart; unit tests of the flow room have one.
const signed = ['POST /v1/agent/{id} 200', 'GET /v1/agent/{id} 200', 'POST /v1/data-rights-request 200',
    'GET /v1/data-rights-request/{request} 200', 'DELETE /v1/data-rights-request/{request} 200', 'POST /v1/dsrdelete 202'];

const seen = new Set();
let judged = 0;
for (const one of exchanges) {
    const path = one.path.split('?')[0];
    const found = patterns.find((p) => p.test.test(path));
    const method = one.method === 'HEAD' ? 'get' : one.method.toLowerCase();
    if (!found || !api.paths[found.path][method]) {
        if (one.status < 400 && !found && path.startsWith('/v1/')) wrong(`${one.method} ${path} answers ${one.status} and is not described`);
        if (one.status < 400 && found && one.method !== 'OPTIONS') wrong(`${one.method} ${found.path} answers ${one.status} and is not described`);
        continue;
    }
    judged++;
    const name = `${one.method} ${found.path}`;
    const operation = api.paths[found.path][method];
    const code = String(one.status);
    const place = operation.responses[code] ? code : 'default';
    if (code < '300' && place === 'default') { wrong(`${name} answers ${code}, which is not described`); continue; }
    seen.add(`${method} ${found.path} ${place}`);
    const answer = operation.responses[place];
    const type = (one.head['content-type'] || '').split(';')[0].trim();
    const content = Buffer.from(one.body, 'base64');
    for (const header of Object.keys(answer.headers || {})) {
        if (answer.headers[header].required && one.head[header.toLowerCase()] === undefined) wrong(`${name} ${code}: no ${header}`);
    }
    if (code === '401' && !one.head['www-authenticate']) wrong(`${name} 401: no WWW-Authenticate`);
    if (code === '405' && !one.head.allow) wrong(`${name} 405: no Allow`);
    if ((code === '429' || code === '503') && !one.head['retry-after']) wrong(`${name} ${code}: no Retry-After`);
    if (one.method === 'HEAD' || content.length === 0) continue;
    const media = (answer.content || {})[type];
    if (!media) { wrong(`${name} ${code}: content of type '${type}' is not described`); continue; }
    if (/json$/.test(type) && media.schema) {
        const check = validator(at('paths', found.path, method, 'responses', place, 'content', type, 'schema'));
        let value;
        try { value = JSON.parse(content); } catch (error) { wrong(`${name} ${code}: ${error.message}`); continue; }
        if (!check(value)) wrong(`${name} ${code}: the answer is not as described`, trouble(check) + '  ' + content.toString().slice(0, 300));
        if (place === 'default' && value.status !== one.status) wrong(`${name} ${code}: the problem's status is ${value.status}`);
    }
    const sent = Buffer.from(one.sent, 'base64');
    const body = (operation.requestBody || {}).content || {};
    const sentType = (one.type || '').split(';')[0].trim();
    if (code < '300' && sent.length > 0 && body['application/json'] && (sentType === 'application/json' || sentType === '')) {
        const check = validator(at('paths', found.path, method, 'requestBody', 'content', 'application/json', 'schema'));
        const plain = one.encoding === 'gzip' ? zlib.gunzipSync(sent) : sent;
        if (!check(JSON.parse(plain))) wrong(`${name}: what was taken is not as described`, trouble(check) + '  ' + plain.toString().slice(0, 300));
    }
}

for (const path of Object.keys(api.paths)) {
    for (const method of methods.filter((m) => api.paths[path][m])) {
        for (const code of Object.keys(api.paths[path][method].responses)) {
            if (code < '300' && !seen.has(`${method} ${path} ${code}`) && !signed.includes(`${method.toUpperCase()} ${path} ${code}`)) wrong(`${method.toUpperCase()} ${path}: nobody saw its ${code}`);
        }
    }
}

(async () => {
    const meta = await new Validator().validate(api);
    if (!meta.valid) wrong('the document is no OpenAPI 3.1', JSON.stringify(meta.errors).slice(0, 600));
    for (const [text, detail] of untrue) console.log(`not true: ${text}${detail ? '\n      ' + detail : ''}`);
    console.log(`${judged} exchanges judged, ${Object.keys(api.paths).length} paths, ${untrue.size} not true`);
    process.exit(untrue.size > 0 ? 1 : 0);
})();
