/*
 * candor.js - asks a visitor, remembers the answer, and lets nothing run before it.
 *
 *     <script src="https://candor.example/candor.js" data-write-key="cnd_..."></script>          first in the head
 *     <script type="text/plain" data-candor-purpose="measurement" src="/count.js"></script>      waits for a yes
 *     <iframe data-candor-purpose="measurement" data-src="https://..."></iframe>                 likewise
 *     <button data-candor-open>Privacy choices</button>
 *
 * A no takes as many clicks as a yes, nothing is ticked beforehand, and a yes that could not be recorded is
 * none. Whoever says no to everything has no id in this browser afterwards. docs/surface.md has the rules.
 */
(() => {
    "use strict";
    if (window.candor) return;
    const script = document.currentScript || document.querySelector('script[src$="candor.js"][data-write-key]');
    const option = script ? script.dataset : {};
    const server = option.server || (script ? new URL(script.src).origin : location.origin);
    const place = "candor.choice";
    const gpc = navigator.globalPrivacyControl === true;
    const DAY = 86400000;

    let surface = null; // what is asked, from the server
    let choice = null; // what was answered: {version, words, time, until, id, given, strings, receipts, unsent}
    let isAsking = false; // the banner or the preference centre is there
    const ran = new Set(); // purposes of which something ran on this page

    /* ---- what is remembered ------------------------------------------------------------------ */

    const read = () => {
        try {
            const found = JSON.parse(localStorage.getItem(place));
            return found && typeof found.given === "object" && Date.now() < found.until ? found : null;
        } catch {
            return null; // no storage, or not ours: nobody has answered
        }
    };
    const keep = () => {
        try {
            if (choice) localStorage.setItem(place, JSON.stringify(choice));
            else localStorage.removeItem(place);
        } catch {
            // it counts until the page is left
        }
    };
    const denies = (purpose) => gpc && purpose.gpc;
    const asked = (name) => surface && surface.purposes.find((purpose) => purpose.name === name);
    const isAnswered = (purpose) => !!choice && choice.words[purpose.name] === purpose.wording_version && purpose.name in choice.given;
    const allowed = (name) => {
        const purpose = asked(name);
        return !!purpose && isAnswered(purpose) && choice.given[name] === true && !denies(purpose);
    };
    // New words, or a new purpose, are a new question; another title or lead is none.
    const stands = () => !!surface && surface.purposes.every(isAnswered);
    const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

    /* ---- what waits for a yes ---------------------------------------------------------------- */

    const waiting = 'script[type="text/plain"][data-candor-purpose],[data-candor-purpose][data-src]';
    const release = (element) => {
        const wants = element.dataset.candorPurpose.split(/\s+/); // several: all of them
        if (!wants.every(allowed)) return;
        wants.forEach((name) => ran.add(name));
        if (element.tagName === "SCRIPT") {
            const run = document.createElement("script");
            for (const { name, value } of element.attributes) {
                if (name !== "type" && name !== "nonce" && !name.startsWith("data-candor")) run.setAttribute(name, value);
            }
            if (element.dataset.candorType) run.type = element.dataset.candorType;
            run.async = element.hasAttribute("async"); // else in their order
            run.nonce = element.nonce || (script ? script.nonce : "");
            run.text = element.text;
            element.replaceWith(run);
        } else {
            element.setAttribute("src", element.dataset.src);
            element.removeAttribute("data-src");
        }
    };
    const releaseIn = (node) => {
        if (node.nodeType !== 1) return;
        if (node.matches(waiting)) release(node);
        node.querySelectorAll(waiting).forEach(release);
    };

    /* ---- Google Consent Mode ----------------------------------------------------------------- */

    const modes = ["ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage",
        "personalization_storage"];
    const tellGoogle = (how) => {
        const layer = (window.dataLayer = window.dataLayer || []);
        const state = how === "default" ? { wait_for_update: 500 } : {};
        for (const mode of modes) {
            const means = surface ? surface.purposes.filter((purpose) => purpose.consent_mode.includes(mode)) : [];
            state[mode] = means.length > 0 && means.every((purpose) => allowed(purpose.name)) ? "granted" : "denied";
        }
        (function () {
            layer.push(arguments); // as gtag() does
        })("consent", how, state);
    };

    /* ---- __tcfapi and __gpp ------------------------------------------------------------------ */

    const listeners = { tcf: new Map(), gpp: new Map() };
    let next = 1;
    let hasChosen = false; // on this page
    const strings = () => (choice && stands() && choice.strings) || {};
    const status = () => (surface ? "loaded" : "loading");
    const cmpId = () => (surface && surface.cmp_id) || 0; // 0: not in IAB Europe's list of consent platforms
    const numbers = (list) => Object.fromEntries((list || []).map((number) => [number, true]));
    const tcData = (listenerId) => {
        const said = strings();
        const vendor = surface ? surface.vendor : 0;
        const us = (list) => (vendor && list && list.length > 0 ? { [vendor]: true } : {});
        return {
            tcString: said.tcf || "",
            tcfPolicyVersion: 5,
            cmpId: cmpId(),
            cmpVersion: 1,
            gdprApplies: true,
            eventStatus: !stands() || isAsking ? "cmpuishown" : hasChosen ? "useractioncomplete" : "tcloaded",
            cmpStatus: status(),
            listenerId,
            isServiceSpecific: true,
            useNonStandardTexts: false,
            publisherCC: "AA",
            purposeOneTreatment: false,
            outOfBand: { allowedVendors: {}, disclosedVendors: {} },
            purpose: { consents: numbers(said.tcf_consents), legitimateInterests: numbers(said.tcf_interests) },
            vendor: { consents: us(said.tcf_consents), legitimateInterests: us(said.tcf_interests) },
            specialFeatureOptins: numbers(said.tcf_features),
            publisher: { consents: {}, legitimateInterests: {}, customPurpose: { consents: {}, legitimateInterests: {} }, restrictions: {} },
        };
    };
    const gppPing = () => {
        const said = strings();
        return {
            gppVersion: "1.1",
            cmpStatus: status(),
            cmpDisplayStatus: isAsking ? "visible" : "hidden",
            signalStatus: stands() ? "ready" : "not ready",
            supportedAPIs: ["7:usnat"],
            cmpId: cmpId(),
            sectionList: said.gpp_sid || [],
            applicableSections: said.gpp_sid || [-1],
            gppString: said.gpp || "DBAA", // a header without sections
            parsedSections: Object.fromEntries(Object.entries((said.gpp_fields || {}).sections || {}).map(([name, { fields }]) => {
                const { Gpc, ...core } = fields;
                return [name, Gpc === null ? [core] : [core, { SubsectionType: 1, Gpc }]];
            })),
        };
    };
    const section = (name) => gppPing().parsedSections[name] || null;
    const tcf = {
        ping: (done) => done({ gdprApplies: true, cmpLoaded: !!surface, cmpStatus: status(), displayStatus: isAsking ? "visible" : "hidden",
            apiVersion: "2.3", cmpVersion: 1, cmpId: cmpId(), gvlVersion: 0, tcfPolicyVersion: 5 }, true),
        getTCData: (done) => done(tcData(), true),
        addEventListener: (done) => {
            const id = next++;
            listeners.tcf.set(id, done);
            done(tcData(id), true);
        },
        removeEventListener: (done, id) => done(listeners.tcf.delete(id)),
    };
    const gpp = {
        ping: (done) => done(gppPing(), true),
        addEventListener: (done) => {
            const listenerId = next++;
            listeners.gpp.set(listenerId, done);
            done({ eventName: "listenerRegistered", listenerId, data: true, pingData: gppPing() }, true);
        },
        removeEventListener: (done, listenerId) =>
            done({ eventName: "listenerRemoved", listenerId, data: listeners.gpp.delete(listenerId), pingData: gppPing() }, true),
        hasSection: (done, name) => done(section(name) !== null, true),
        getSection: (done, name) => done(section(name), section(name) !== null),
        getField: (done, path) => {
            const [name, field] = String(path).split(".");
            const part = (section(name) || []).find((fields) => field in fields);
            done(part ? part[field] : null, !!part);
        },
    };
    const speak = (name, verbs, take) => {
        const stub = window[name];
        let queue = [];
        try {
            queue = (stub && (stub.queue || stub())) || [];
        } catch {
            // not the standard's stub
        }
        window[name] = (...call) => {
            const { verb, done, argument } = take(call);
            if (typeof done !== "function") return;
            if (Object.prototype.hasOwnProperty.call(verbs, verb)) verbs[verb](done, argument);
            else done(null, false);
        };
        if (Array.isArray(queue)) queue.forEach((call) => window[name](...call));
        window.addEventListener("message", (event) => {
            const isText = typeof event.data === "string";
            let data = event.data;
            try {
                data = isText ? JSON.parse(data) : data;
            } catch {
                return; // somebody else's message
            }
            const call = data && data[name + "Call"];
            if (!call || !event.source) return;
            const reply = (returnValue, success) => {
                const said = { [name + "Return"]: { returnValue, success, callId: call.callId } };
                event.source.postMessage(isText ? JSON.stringify(said) : said, "*");
            };
            if (name === "__tcfapi") window[name](call.command, call.version, reply, call.parameter);
            else window[name](call.command, reply, call.parameter, call.version);
        });
    };
    const locate = (name) => { // frames inside find us by it
        if (window.frames[name] || !document.body) return;
        const frame = document.createElement("iframe");
        frame.name = frame.title = name;
        frame.hidden = true;
        document.body.append(frame);
    };
    const announce = (event) => {
        hasChosen = hasChosen || event === "chosen";
        listeners.tcf.forEach((done, id) => done(tcData(id), true));
        listeners.gpp.forEach((done, listenerId) => {
            const say = (eventName, data) => done({ eventName, listenerId, data, pingData: gppPing() }, true);
            say("cmpDisplayStatus", gppPing().cmpDisplayStatus);
            if (event === "chosen") {
                say("sectionChange", "usnat");
                say("signalStatus", "ready");
            }
        });
        document.dispatchEvent(new CustomEvent("candor", { detail: { event, given: given() } }));
    };
    const given = () => (surface && choice ? Object.fromEntries(surface.purposes.map(({ name }) => [name, allowed(name)])) : null);

    /* ---- the server -------------------------------------------------------------------------- */

    const post = async (path, body) => {
        const answer = await fetch(server + path, { method: "POST", credentials: "omit", keepalive: true,
            headers: { Authorization: "Basic " + btoa((option.writeKey || "") + ":"), "Content-Type": "application/json" },
            body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(path + ": " + answer.status);
        return answer.json();
    };
    const load = async (cache = "default") => {
        const language = option.language || document.documentElement.lang || navigator.language || "";
        const answer = await fetch(server + "/v1/surface?language=" + encodeURIComponent(language), { credentials: "omit", cache });
        if (!answer.ok) throw new Error("/v1/surface: " + answer.status);
        surface = await answer.json();
    };
    const recorded = (said) => {
        choice.strings = said.strings;
        // A number on the ledger is one of a kind: it stays only where there is an id anyway.
        if (choice.id) choice.receipts = said.receipts.map((receipt) => receipt.ledger_index);
        delete choice.unsent;
        keep();
    };
    const answer = async (said, evidence) => {
        const before = choice;
        const choices = Object.fromEntries(surface.purposes.map((purpose) => [purpose.name, said[purpose.name] === true && !denies(purpose)]));
        const some = Object.values(choices).some(Boolean);
        const id = (before && before.id) || random();
        const body = { anonymousId: id, version: surface.version, language: surface.language, choices, gpc, ui_evidence: evidence };
        choice = { version: surface.version, words: Object.fromEntries(surface.purposes.map((purpose) => [purpose.name, purpose.wording_version])),
            time: Date.now(), until: Date.now() + (some ? surface.valid_days : surface.ask_again_days) * DAY, given: choices, strings: {} };
        if (some) {
            choice.id = id;
            try {
                recorded(await post("/v1/surface/choices", body));
            } catch (error) {
                choice = before; // a yes that is not on record is none
                keep();
                await load("no-cache").catch(() => {}); // the words may have changed since
                throw error;
            }
        } else {
            choice.unsent = body; // a no is one at once, and is sent until it is on record
            keep();
            await send();
        }
        obey();
    };
    const obey = () => {
        tellGoogle("update");
        if (option.reload !== "no" && [...ran].some((name) => !allowed(name))) location.reload(); // what runs cannot be called back
        releaseIn(document.documentElement);
    };
    const send = async () => {
        if (!choice || !choice.unsent || choice.unsent.version !== surface.version) return;
        try {
            recorded(await post("/v1/surface/choices", choice.unsent));
        } catch {
            // with the next page
        }
    };

    /* ---- what is seen ------------------------------------------------------------------------ */

    const dark = "--card:#1a1f28;--ink:#eceae4;--soft:#b0b6c1;--line:#39404d;--fill:#7fb7b0;--on:#10161c;--wash:#222a33;--bad:#ee9a94;color-scheme:dark";
    const style = `
:host{all:initial;--card:#fff;--ink:#1d2433;--soft:#565e6d;--line:#e2ded4;--fill:#2f5d62;--on:#fff;--wash:#f4f2ec;--bad:#9b2c2c;color-scheme:light}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light])){${dark}}}:host([data-theme=dark]){${dark}}
@media print{:host{display:none}}
*{box-sizing:border-box}
.box,dialog,aside,.said{color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;text-align:start}
.box{position:fixed;z-index:2147483646;inset:auto 0 0;display:flex;justify-content:center;padding:0 1rem 1rem;pointer-events:none}
.card{pointer-events:auto;display:flex;flex-direction:column;width:100%;max-width:62rem;max-height:min(36rem,78vh);background:var(--card);
border:1px solid var(--line);border-radius:.8rem;box-shadow:0 .4rem 2.4rem rgba(20,24,31,.22);overflow:hidden}
.text{overflow:auto;padding:1.3rem 1.5rem .9rem}
h2{font:600 1.35rem/1.25 Georgia,"Iowan Old Style","Times New Roman",serif;margin:0 0 .45rem}h2:focus{outline:0}
p{margin:.35rem 0}.lead{max-width:48rem;color:var(--soft)}small{display:block;color:var(--soft);font-size:.875rem}
ul{list-style:none;margin:.8rem 0 .2rem;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,16.5rem),1fr));gap:.7rem 2rem}
li{padding:0}b{display:block;font-weight:600}
.row{display:grid;grid-template-columns:repeat(3,1fr);gap:.7rem;padding:.9rem 1.5rem 1.2rem;border-top:1px solid var(--line);background:var(--card)}
button{font:600 1rem/1.25 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;min-height:2.9rem;margin:0;padding:.5rem 1rem;
border:2px solid var(--fill);border-radius:.45rem;background:var(--fill);color:var(--on);cursor:pointer}
button:hover{text-decoration:underline;text-underline-offset:.2em}
button[data-name=settings],button[data-name=save]{background:transparent;color:var(--fill)}
button[aria-disabled=true]{opacity:.6;cursor:progress}
button:focus-visible,input:focus-visible,a:focus-visible,.text:focus-visible{outline:3px solid #b25d00;outline-offset:2px}
.foot{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin-top:.8rem;color:var(--soft);font-size:.875rem}a{color:inherit}
.note{margin:.8rem 0 0;padding:.6rem .9rem;border-inline-start:4px solid var(--fill);border-radius:.3rem;background:var(--wash)}
.note.bad{border-color:var(--bad)}.note:empty{display:none}
dialog{width:min(40rem,calc(100% - 2rem));max-height:min(46rem,calc(100% - 2rem));margin:auto;padding:0;border:1px solid var(--line);border-radius:.8rem;
background:var(--card);box-shadow:0 .8rem 4rem rgba(20,24,31,.35);overflow:hidden}
dialog[open]{display:flex;flex-direction:column}dialog::backdrop{background:rgba(20,24,31,.55)}
dialog ul{display:block;margin:1rem 0 .4rem}dialog li{border-top:1px solid var(--line)}dialog h2{padding-inline-end:3rem}
label{display:grid;grid-template-columns:auto 1fr;gap:.1rem .9rem;padding:.85rem 0;cursor:pointer}label>*{grid-column:2}
input{grid-column:1;grid-row:1/span 4;width:1.4rem;height:1.4rem;margin:.05rem 0 0;accent-color:var(--fill);cursor:inherit}
input:disabled~*{color:var(--soft)}
.close{position:absolute;inset-block-start:.8rem;inset-inline-end:.8rem;width:2.75rem;min-height:2.75rem;padding:0;border-color:transparent;background:transparent;color:var(--ink);font-size:1.5rem;line-height:1}
aside{position:fixed;z-index:2147483645;inset:auto auto .8rem .8rem}
aside button{min-height:2.1rem;padding:.25rem .8rem;border:1px solid var(--soft);border-radius:1.1rem;background:var(--card);color:var(--ink);font-weight:500;font-size:.85rem;box-shadow:0 .1rem .6rem rgba(20,24,31,.16)}
.said{position:fixed;z-index:2147483645;inset:auto auto 3.4rem .8rem;max-width:calc(100% - 1.6rem);padding:.5rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card);box-shadow:0 .2rem 1rem rgba(20,24,31,.2)}
.said:empty{visibility:hidden}
@media(max-width:46rem){.row{grid-template-columns:1fr;gap:.5rem;padding:.8rem 1.1rem 1.1rem}.box{padding:0 .5rem .5rem}.text{padding:1.1rem 1.1rem .7rem}
.box .lead,.box li{font-size:.94rem}ul{gap:.55rem}button{min-height:2.75rem}}
@media(prefers-reduced-motion:no-preference){.card,dialog[open]{animation:in .22s ease-out}@keyframes in{from{opacity:0;transform:translateY(.6rem)}}}
@media(forced-colors:active){.card,dialog,.said{border:2px solid}}`;

    const make = (name, attributes, ...inside) => {
        const element = document.createElement(name);
        for (const [attribute, value] of Object.entries(attributes || {})) {
            if (attribute === "on") element.addEventListener("click", value);
            else if (value !== undefined && value !== false) element.setAttribute(attribute, value === true ? "" : value);
        }
        element.append(...inside.filter((part) => part || part === ""));
        return element;
    };
    const button = (name, text, on) => make("button", { type: "button", "data-name": name, on }, text);
    const heading = (purpose) => (purpose.title && purpose.title !== purpose.wording ? make("b", null, purpose.title) : null);
    const about = (purpose) => {
        const to = purpose.recipients.map(({ title, country }) => title + (country ? " (" + country + ")" : "")).join(", ");
        return [make("span", null, purpose.wording), to && make("small", null, surface.words.recipients + " " + to),
            denies(purpose) && make("small", null, surface.words.browser_says_no)];
    };
    const foot = () => make("p", { class: "foot" }, make("span", null, surface.name + (surface.contact ? " \u00b7 " + surface.contact : "")),
        surface.notice_url && make("a", { href: new URL(surface.notice_url, server).href }, surface.words.notice));
    const browserNote = () => gpc && surface.purposes.some((purpose) => purpose.gpc) && make("p", { class: "note" }, surface.words.browser);

    let host = null; // holds all of it, in a shadow that the page's style does not reach
    let root = null;
    let room = null; // watches how much of the page the banner covers
    const build = () => {
        host = make("div", { id: "candor-choices", lang: surface.language, "data-theme": option.theme });
        root = host.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet(); // no Content-Security-Policy has to allow inline style for it
        sheet.replaceSync(style);
        root.adoptedStyleSheets = [sheet];
        root.append(make("p", { class: "said", role: "status" }));
        document.body.append(host);
    };
    const part = (selector) => root.querySelector(selector);
    const tell = (text) => {
        part(".said").textContent = text;
        if (text) setTimeout(() => (part(".said").textContent = ""), 8000); // it stands in the preference centre too
    };

    /* What was shown, so that it can be proved that a no was as easy as a yes: nothing about the visitor. */
    const look = async (box) => {
        const buttons = Array.from(box.querySelectorAll("button"));
        const boxes = Array.from(box.querySelectorAll("input"));
        const sizes = new Set(buttons.filter((one) => one.dataset.name !== "close").map((one) => {
            const { width, height } = one.getBoundingClientRect();
            return Math.round(width) + "x" + Math.round(height);
        }));
        // Ticks that somebody made in an earlier answer are their own, and no default.
        const defaults = boxes.length === 0 ? "none" : boxes.some((one) => one.checked && !allowed(one.name)) ? "on" : "off";
        const screen = innerWidth < 640 ? "phone" : innerWidth < 1024 ? "tablet" : "desktop";
        const words = [];
        for (const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT); walk.nextNode();) {
            if (!walk.currentNode.parentNode.closest(".state")) words.push(walk.currentNode.data);
        }
        if (!window.crypto || !crypto.subtle) return undefined; // only where the page came by TLS
        const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words.join("\n")));
        return "notice=" + Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("") +
            " buttons=" + buttons.map((one) => one.dataset.name).join("/") + " sizes=" + (sizes.size === 1 ? "equal" : "different") +
            " defaults=" + defaults + " locale=" + surface.language + " screen=" + screen;
    };

    const all = (value) => Object.fromEntries(surface.purposes.map((purpose) => [purpose.name, value]));
    let isBusy = false;
    const finish = async (box, said, evidence) => {
        if (isBusy) return;
        isBusy = true;
        const buttons = box.querySelectorAll("button");
        buttons.forEach((one) => one.setAttribute("aria-disabled", "true"));
        try {
            await answer(said, await evidence);
            close();
            announce("chosen");
            tell(surface.words.saved);
            if (part("aside button")) part("aside button").focus();
        } catch {
            buttons.forEach((one) => one.removeAttribute("aria-disabled"));
            box.querySelector("[role=alert]").textContent = surface.words.failed;
            // New words since: they are shown, and it is asked again.
            if (box.dataset.version !== surface.version) (box.tagName === "DIALOG" ? openCentre : openBanner)(surface.words.failed);
        }
        isBusy = false;
    };

    const makeRoom = (height) => { // nothing of the page stays under the banner for good
        document.documentElement.style.scrollPaddingBottom = height ? height + "px" : "";
        document.body.style.paddingBottom = height ? height + "px" : "";
    };
    const closeBanner = () => {
        if (room) room.disconnect();
        room = null;
        makeRoom(0);
        if (part(".box")) part(".box").remove();
    };
    const closeCentre = () => {
        const box = part("dialog");
        if (!box) return;
        box.dataset.done = "yes";
        box.close();
        box.remove();
    };
    const close = () => {
        closeBanner();
        closeCentre();
        isAsking = false;
        showReopen();
    };
    const showReopen = () => {
        if (option.button === "no" || part("aside")) return;
        root.append(make("aside", { "aria-label": surface.words.reopen }, button("reopen", surface.words.reopen, () => openCentre())));
        document.body.append(host); // at the end of the page, as what belongs to its foot
    };

    const openBanner = (error) => {
        closeBanner();
        if (part("aside")) part("aside").remove();
        let evidence;
        const say = (value) => () => finish(box, all(value), evidence);
        const box = make("div", { class: "box", role: "dialog", "aria-modal": "false", "aria-labelledby": "title", "aria-describedby": "lead",
            "data-version": surface.version },
            make("div", { class: "card" },
                make("div", { class: "text", tabindex: "0", role: "group", "aria-labelledby": "title" },
                    make("h2", { id: "title" }, surface.words.title),
                    make("p", { class: "lead", id: "lead" }, surface.words.lead),
                    make("ul", null, ...surface.purposes.map((purpose) => make("li", null, heading(purpose), ...about(purpose)))),
                    browserNote(),
                    make("p", { class: "note bad state", role: "alert" }, error || ""),
                    foot()),
                make("div", { class: "row" },
                    button("refuse", surface.words.refuse, say(false)),
                    button("accept", surface.words.allow, say(true)),
                    button("settings", surface.words.choose, () => openCentre()))));
        document.body.prepend(host); // the first thing that a keyboard or a screen reader comes to; the focus stays
        root.append(box);
        isAsking = true;
        evidence = look(box);
        room = new ResizeObserver(() => makeRoom(box.offsetHeight));
        room.observe(box);
        announce("shown");
    };

    const openCentre = (error) => {
        if (!surface || surface.purposes.length === 0) return;
        closeCentre();
        let evidence;
        const ticked = () => Object.fromEntries(Array.from(box.querySelectorAll("input"), (one) => [one.name, one.checked]));
        const row = (purpose) => {
            const input = make("input", { type: "checkbox", name: purpose.name, disabled: denies(purpose) });
            input.checked = allowed(purpose.name); // what they said before, and nothing by itself
            return make("li", null, make("label", null, input, heading(purpose), ...about(purpose)));
        };
        const receipts = (choice && choice.receipts) || [];
        const when = choice && stands() && surface.words.chosen + " " + new Date(choice.time).toLocaleString(surface.language, { dateStyle: "long", timeStyle: "short" }) +
            (receipts.length > 0 ? " \u00b7 #" + receipts.join(", #") : "");
        const box = make("dialog", { "aria-labelledby": "choices", "data-version": surface.version },
            make("button", { class: "close", type: "button", "data-name": "close", "aria-label": surface.words.close, on: () => box.close() }, "\u00d7"),
            make("div", { class: "text" },
                make("h2", { id: "choices", tabindex: "-1", autofocus: true }, surface.words.title),
                make("p", { class: "lead" }, surface.words.lead),
                browserNote(),
                make("ul", null, ...surface.purposes.map(row)),
                make("p", { class: "note bad state", role: "alert" }, error || ""),
                when && make("p", { class: "foot state" }, when),
                foot()),
            make("div", { class: "row" },
                button("refuse", surface.words.refuse, () => finish(box, all(false), evidence)),
                button("accept", surface.words.allow, () => finish(box, all(true), evidence)),
                button("save", surface.words.save, () => finish(box, ticked(), evidence))));
        box.addEventListener("close", () => {
            if (box.dataset.done) return;
            // Nothing was said: the banner, if it was there, still asks.
            box.remove();
            isAsking = !!part(".box");
            announce("closed");
        });
        root.append(box);
        box.showModal();
        isAsking = true;
        evidence = look(box);
        announce("shown");
    };

    /* ---- events ------------------------------------------------------------------------------ */

    /* By the tracking API, and only of who said yes to something; the server keeps what that yes covers. */
    const track = (call) => async (name, properties) => {
        if (!choice || !choice.id || !stands()) return false;
        try {
            await post("/v1/" + call, { anonymousId: choice.id, [call === "track" ? "event" : "name"]: name, properties: properties || {},
                messageId: random(), timestamp: new Date().toISOString() });
            return true;
        } catch {
            return false;
        }
    };

    /* ---- begin ------------------------------------------------------------------------------- */

    const begin = async () => {
        locate("__tcfapiLocator");
        locate("__gppLocator");
        try {
            await load();
        } catch {
            return; // whom we cannot ask has not agreed: nothing runs
        }
        build();
        if (surface.purposes.length === 0) return;
        if (choice) obey(); // a new question takes nothing back from the answers to the others
        if (stands()) {
            showReopen();
            announce("remembered");
            await send();
        } else {
            openBanner();
        }
        new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(releaseIn)))
            .observe(document.documentElement, { childList: true, subtree: true });
    };

    choice = read();
    tellGoogle("default");
    speak("__tcfapi", tcf, ([verb, , done, argument]) => ({ verb, done, argument }));
    speak("__gpp", gpp, ([verb, done, argument]) => ({ verb, done, argument }));
    window.candor = { open: () => openCentre(), allowed, given, gpc, track: track("track"), page: track("page") };
    window.addEventListener("storage", (event) => { // they answered in another window
        if (event.key !== place || !root) return;
        choice = read();
        obey();
        if (stands()) {
            close();
            announce("chosen");
        }
    });
    document.addEventListener("click", (event) => {
        if (event.target.closest && event.target.closest("[data-candor-open]")) openCentre();
    });
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
    else begin();
})();
