/*
 * The banner and preference centre of /candor.js, as a visitor and as their browser meet them: nothing runs before
 * a yes, a no is on record, GPC is heard, __tcfapi, __gpp and Consent Mode answer, and no pattern of
 * docs/surface.md's list is dark.
 */
"use strict";
const http = require("node:http");
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");
const { journey } = require("./house.cjs");

const shop = async (house) => {
    let key;
    const home = await house.home({ people: 0, before: (made) => {
        key = made.key("web", "tracker");
        made.privacy = made.key("privacy", "privacy");
        made.write("candor.yaml", fs.readFileSync(path.join(made.home, "candor.yaml"), "utf8").replace(/^ {2}# demo_shop:.*$/m, "  demo_shop: " + key));
    } });
    home.web = key;
    home.shop = home.url + "/demo/shop";
    return home;
};
const banner = (page) => page.locator("#candor-choices .box");
const centre = (page) => page.locator("#candor-choices dialog");
const press = (box, name) => box.locator("button[data-name=" + name + "]").click();
const text = (page, id) => page.locator("#" + id).textContent();
const stored = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("candor.choice")));
const tcData = (page) => page.evaluate(() => new Promise((done) => window.__tcfapi("getTCData", 2, (data, good) => done({ ...data, good }))));
const ping = (page) => page.evaluate(() => new Promise((done) => window.__gpp("ping", (data) => done(data))));
/* The last that Google's tag was told. */
const google = (page) => page.evaluate(() => window.dataLayer.map((call) => Array.from(call)).filter((call) => call[0] === "consent").map((call) => call[2]).pop());

journey("a visitor says no, then yes, then no", async (house) => {
    const home = await shop(house);
    const privacy = home.privacy;
    const page = await house.page();
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push({ path: new URL(request.url()).pathname, body: request.postDataJSON() }));
    await page.goto(home.shop);
    await banner(page).waitFor();

    await house.it("nothing is sent and the tag does not run before an answer", sent.length === 0 && (await text(page, "tag")) === "blocked");
    await house.it("nothing is stored before an answer", (await page.evaluate(() => localStorage.length + document.cookie.length)) === 0);
    await house.it("Google is told no", Object.entries(await google(page)).every(([name, value]) => name === "wait_for_update" || value === "denied"));
    await house.it("the focus stays where it was", await page.evaluate(() => document.activeElement === document.body));
    await page.keyboard.press("Tab");
    await house.it("the banner is the first that the keyboard comes to", await page.evaluate(() => document.activeElement.id === "candor-choices"));
    await house.axe(page, "the banner");
    await house.look(page, "banner", { full: false });

    await press(banner(page), "refuse");
    await house.soon("the banner goes", async () => (await banner(page).count()) === 0);
    const no = sent.find((one) => one.path === "/v1/surface/choices");
    await house.it("a no to each purpose is sent", !!no && Object.keys(no.body.choices).length === 3 && Object.values(no.body.choices).every((yes) => yes === false));
    await house.it("and how it looked: equal buttons, no boxes", /^notice=[0-9a-f]{64} buttons=refuse\/accept\/settings sizes=equal defaults=none locale=en screen=desktop$/.test(no.body.ui_evidence), no.body.ui_evidence);
    await house.soon("whoever said no to all has no id here", async () => {
        const kept = await stored(page);
        return !kept.id && !kept.unsent && !kept.receipts;
    });
    const record = await home.call(privacy, "GET", "/v1/subjects/" + encodeURIComponent("anonymous:" + no.body.anonymousId) + "/consents");
    const records = record.body.consents || [];
    await house.it("the no is on record, in the exact words", records.length === 3 && records.every((one) => one.decision === "refused" && one.surface === "candor.js" && one.ui_evidence === no.body.ui_evidence) &&
        records.some((one) => one.wording === "May we count which of our pages are visited?" && one.wording_version === "2026-11"), record);
    await house.it("the tag stays blocked", (await text(page, "tag")) === "blocked");
    await house.it("the focus is on the button that opens it again", await page.evaluate(() => document.getElementById("candor-choices").shadowRoot.activeElement.dataset.name === "reopen"));
    const days = ((await stored(page)).until - Date.now()) / 86400000;
    await house.it("nobody is asked again for six months", days > 183 && days < 185, days);
    await page.reload();
    await page.locator("#candor-choices aside button").waitFor();
    await house.it("and is not, on the next page", (await banner(page).count()) === 0 && (await text(page, "tag")) === "blocked");
    await house.axe(page, "the shop");
    await house.look(page, "shop");

    await page.locator("#candor-choices aside button").click();
    await centre(page).waitFor();
    await house.axe(page, "the preference centre");
    await house.look(page, "centre", { full: false });
    await page.keyboard.press("Escape");
    await house.soon("Escape closes the centre and changes nothing", async () => (await centre(page).count()) === 0 && (await stored(page)).given.measurement === false);
    await page.locator("[data-candor-open]").click();
    await centre(page).locator("input[name=measurement]").check();
    await press(centre(page), "save");
    await house.soon("a yes lets its tag run", async () => (await text(page, "tag")) === "running");
    const yes = sent.filter((one) => one.path === "/v1/surface/choices").pop();
    await house.it("with a new id, and boxes that were off", yes.body.anonymousId !== no.body.anonymousId && / buttons=close\/refuse\/accept\/save sizes=equal defaults=off /.test(yes.body.ui_evidence), yes.body);
    await house.it("Google is told of that one only", await google(page).then((said) => said.analytics_storage === "granted" && said.ad_personalization === "denied"));
    await house.soon("the visit is sent by the tracking API", async () => sent.some((one) => one.path === "/v1/page" && one.body.anonymousId === yes.body.anonymousId));
    await house.soon("and kept for that purpose", async () => {
        const kept = await home.call(privacy, "GET", "/v1/subjects/" + encodeURIComponent("anonymous:" + yes.body.anonymousId) + "/export");
        return JSON.stringify(kept.body).includes("visited");
    });
    await page.locator("button[data-look=garden]").click();
    await house.soon("what nobody agreed to is not sent", async () => (await text(page, "log")).includes("Not sent: a look at something for garden.") && !sent.some((one) => one.path === "/v1/track"));
    await page.locator("#candor-choices aside button").click();
    await house.it("what they said stands in the centre, with its entries", (await centre(page).locator(".state").last().textContent()).includes("#") && (await centre(page).locator("input[name=measurement]").isChecked()));

    const gone = page.waitForNavigation();
    await press(centre(page), "refuse");
    await gone;
    await house.soon("a no later stops what ran: the page begins anew, and nothing runs", async () => (await text(page, "tag")) === "blocked" && (await text(page, "said")) === "no");
    const last = sent.filter((one) => one.path === "/v1/surface/choices").pop();
    const withdrawn = await home.call(privacy, "GET", "/v1/subjects/" + encodeURIComponent("anonymous:" + last.body.anonymousId) + "/consents");
    await house.it("and is a withdrawal on record", last.body.anonymousId === yes.body.anonymousId && withdrawn.body.consents.some((one) => one.purpose === "measurement" && one.decision === "withdrawn"), withdrawn);
    await house.it("the id is gone from the browser", !(await stored(page)).id);
});

journey("the dark patterns that are not there", async (house) => {
    const home = await shop(house);
    for (const [width, dark] of [[1280, false], [390, true], [320, false]]) {
        const page = await house.page({ width, height: 844, dark });
        await page.goto(home.shop);
        await banner(page).waitFor();
        const look = (box) => box.evaluate((element) => Array.from(element.querySelectorAll("button")).map((button) => {
            const style = getComputedStyle(button);
            const { x, y, width, height } = button.getBoundingClientRect();
            return { name: button.dataset.name, x, y, width, height, tag: button.tagName, look: [style.fontSize, style.fontWeight, style.fontFamily, style.padding, style.color,
                style.backgroundColor, style.borderColor, style.borderWidth, style.borderRadius, style.opacity, style.textTransform].join("|") };
        }));
        const same = (buttons) => {
            const refuse = buttons.find((button) => button.name === "refuse");
            const accept = buttons.find((button) => button.name === "accept");
            return !!refuse && !!accept && refuse.look === accept.look && Math.abs(refuse.width - accept.width) < 1 && Math.abs(refuse.height - accept.height) < 1 &&
                (Math.abs(refuse.x - accept.x) < 1 || Math.abs(refuse.y - accept.y) < 1);
        };
        const shown = await look(banner(page));
        await house.it("at " + width + ": no and yes look the same, on the first layer", same(shown), shown);
        await house.it("at " + width + ": no comes first", shown.findIndex((one) => one.name === "refuse") < shown.findIndex((one) => one.name === "accept"));
        await house.it("at " + width + ": every button is in view, and large enough", shown.every((one) => one.y >= 0 && one.y + one.height <= 844 && one.x >= 0 && one.x + one.width <= width && one.height >= 44), shown);
        await house.it("at " + width + ": the banner leaves some of the page to be seen", (await banner(page).boundingBox()).height < 844 * 0.85, await banner(page).boundingBox());
        const words = (await banner(page).innerText()).toLowerCase();
        await house.it("at " + width + ": the words are neutral", !/no thanks|hate|miss out|hurry|only today|best experience|enhance|improve your experience|agree and continue/.test(words));
        await house.it("at " + width + ": the page can be scrolled to its end above the banner", await page.evaluate(() => {
            scrollTo(0, document.body.scrollHeight);
            const foot = document.querySelector("footer").getBoundingClientRect();
            return foot.bottom <= innerHeight - document.getElementById("candor-choices").shadowRoot.querySelector(".box").offsetHeight + 1;
        }));
        await press(banner(page), "settings");
        await centre(page).waitFor();
        await house.it("at " + width + ": nothing is ticked beforehand", (await centre(page).locator("input:checked").count()) === 0 && (await centre(page).locator("input").count()) === 3);
        const inside = await look(centre(page));
        await house.it("at " + width + ": no and yes look the same in the centre", same(inside), inside);
        await press(centre(page), "close");
        await house.soon("at " + width + ": to close the centre is no answer", async () => (await banner(page).count()) === 1 && (await stored(page)) === null);
        await page.context().close();
    }
});

journey("a browser that asks not to be followed", async (house) => {
    const home = await shop(house);
    const page = await house.page({ gpc: true });
    await page.goto(home.shop);
    await banner(page).waitFor();
    await house.it("they are told that we follow it", (await banner(page).innerText()).includes("Global Privacy Control"));
    await press(banner(page), "settings");
    await house.it("what it speaks of cannot be ticked", await centre(page).locator("input[name=profiling]").isDisabled());
    const answered = page.waitForResponse((response) => response.url().endsWith("/v1/surface/choices"));
    await press(centre(page), "accept");
    const answer = await (await answered).json();
    await house.it("a yes to all is none to that", answer.receipts.find((one) => one.purpose === "profiling").decision === "refused" && answer.receipts.find((one) => one.purpose === "measurement").decision === "given", answer.receipts);
    await house.it("candor.allowed says so", await page.evaluate(() => !window.candor.allowed("profiling") && window.candor.allowed("measurement")));
    const said = await ping(page);
    await house.it("__gpp has the signal", said.parsedSections.usnat[1].Gpc === true && said.parsedSections.usnat[0].TargetedAdvertisingOptOut === 1, said);
    await page.evaluate(() => localStorage.setItem("candor.choice", JSON.stringify({ ...JSON.parse(localStorage.getItem("candor.choice")), given: { profiling: true, measurement: true, model_training: true } })));
    await page.reload();
    await page.locator("#candor-choices aside button").waitFor();
    await house.it("nor does an older yes in the browser count against it", await page.evaluate(() => !window.candor.allowed("profiling")));
});

/* A page of somebody else's making, on an origin of its own, with as strict a policy as can be. */
const serveShop = (page) => new Promise((done) => {
    const server = http.createServer((request, response) => {
        const found = page(request.url);
        response.writeHead(200, { "Content-Type": found.type || "text/html", ...found.headers });
        response.end(found.body);
    });
    server.listen(0, "127.0.0.1", () => done({ url: "http://127.0.0.1:" + server.address().port, end: () => server.close() }));
});

journey("a shop on another origin, under a strict policy", async (house) => {
    let candor = null;
    const ran = [];
    const policy = () => "default-src 'none'; script-src 'nonce-n0nce' " + candor.url + "; connect-src " + candor.url + "; base-uri 'none'";
    const page = (url) => url.startsWith("/count") ? (ran.push(url), { type: "text/javascript", body: "window.counted = (window.counted || 0) + 1" })
        : { headers: { "Content-Security-Policy": policy() }, body: `<!doctype html><html lang="de-AT"><title>Laden</title><main><h1>Laden</h1>
<script nonce="n0nce">window.__tcfapi = (...call) => { window.__tcfapi.queue.push(call); }; window.__tcfapi.queue = [];
window.heard = []; window.__tcfapi("addEventListener", 2, (data) => window.heard.push(data.eventStatus));</script>
<script nonce="n0nce" src="${candor.url}/candor.js" data-write-key="${candor.web}"></script>
<script type="text/plain" nonce="n0nce" data-candor-purpose="counting">window.inline = true</script>
<script type="text/plain" nonce="n0nce" data-candor-purpose="counting" src="/count.js"></script>
<script type="text/plain" nonce="n0nce" data-candor-purpose="counting share:north" src="/count-both.js"></script></main></html>` };
    const other = await serveShop(page);
    const stranger = await serveShop(page);
    const yaml = `candor: 1
name: Laden
purposes:
  - {name: counting, title: Counting, basis: consent, wording: May we count?, wording_version: "1", translations: {de: Dürfen wir zählen?}}
  - {name: "share:north", title: Sharing with North, basis: consent, wording: May North see it?, wording_version: "1", translations: {de: Darf Nord es sehen?}}
recipients: [{name: north, title: North Ads, country: SE, contract: of 2026-01-01, purposes: ["share:north"]}]
subjects: {identifier: identifier, fields: [{name: age, type: number, min: 0, max: 120, purposes: [counting]}]}
events: [{name: seen, purposes: [counting]}]
signals:
  vendor: 755
  vendor_list_version: 210
  cmp_id: 300
  declared: {purposes: [1, 2, 3]}
  purposes:
    - {purpose: counting, tcf: [1, 2], consent_mode: [analytics_storage]}
    - {purpose: "share:north", tcf: [3], opt_out: [sale, sharing], consent_mode: [ad_storage, ad_user_data]}
tracking: {visitors: [counting], sources: [{source: web, public: true}]}
surface: {origins: ["${other.url}"], notice_url: /privacy}
`;
    candor = await house.home({ people: 0, yaml, before: (home) => (home.web = home.key("web", "tracker")) });
    const visitor = await house.page();
    const refusals = [];
    visitor.on("console", (message) => /Content.Security.Policy/i.test(message.text()) && refusals.push(message.text()));
    await visitor.goto(other.url);
    await banner(visitor).waitFor();
    await house.it("the words are those of the page's language", (await banner(visitor).innerText()).includes("Dürfen wir zählen?") && (await banner(visitor).locator("button").first().textContent()) === "Alle ablehnen");
    await house.it("the recipient is named, with its country", (await banner(visitor).innerText()).includes("North Ads (SE)"));
    await house.it("the style came through without inline style", await banner(visitor).evaluate((box) => getComputedStyle(box).position === "fixed"));
    await house.it("a queue of before was heard", (await visitor.evaluate(() => window.heard)).includes("cmpuishown"));
    const before = await tcData(visitor);
    await house.it("__tcfapi says that nobody has answered", before.good && before.tcString === "" && before.eventStatus === "cmpuishown" && before.cmpStatus === "loaded" && Object.keys(before.purpose.consents).length === 0, before);
    await house.it("__gpp too", (await ping(visitor)).signalStatus === "not ready");
    await press(banner(visitor), "settings");
    await centre(visitor).locator("input[name=counting]").check();
    await press(centre(visitor), "save");
    await house.soon("tags run after their yes, in the page and beside it", () => visitor.evaluate(() => window.inline === true && window.counted === 1));
    await house.it("one that needs two purposes needs two", ran.every((url) => url !== "/count-both.js"));
    const after = await tcData(visitor);
    await house.it("__tcfapi has the string, and what it says", /^C[\w-]+\./.test(after.tcString) && after.purpose.consents[1] === true && !after.purpose.consents[3] && after.vendor.consents[755] === true && after.cmpId === 300 && after.eventStatus === "useractioncomplete", after);
    await house.it("listeners hear of it", (await visitor.evaluate(() => window.heard)).includes("useractioncomplete"));
    const decoded = JSON.parse(candor.candor("consent", "decode", after.tcString, "--json"));
    await house.it("the string decodes to the same", JSON.stringify(decoded).includes('"purpose_consents":[1,2]'), decoded);
    const gpp = await ping(visitor);
    await house.it("__gpp has its string, and that sale is refused", gpp.signalStatus === "ready" && gpp.parsedSections.usnat[0].SaleOptOut === 1 && gpp.sectionList[0] === 7, gpp);
    const gets = await visitor.evaluate(() => new Promise((done) => {
        const said = {};
        window.__gpp("hasSection", (has) => (said.has = has), "usnat");
        window.__gpp("getSection", (section) => (said.section = section), "usnat");
        window.__gpp("getField", (field) => (said.field = field), "usnat.SaleOptOut");
        window.__gpp("nonsense", (value, good) => (said.nonsense = [value, good]));
        done(said);
    }));
    await house.it("__gpp answers hasSection, getSection, getField, and no to what it does not know", gets.has === true && gets.section[0].SaleOptOut === 1 && gets.field === 1 && gets.nonsense[1] === false, gets);
    const posted = await visitor.evaluate(() => new Promise((done) => {
        window.addEventListener("message", (event) => event.data && event.data.__tcfapiReturn && done(event.data.__tcfapiReturn));
        window.postMessage({ __tcfapiCall: { command: "ping", version: 2, callId: "7" } }, "*");
    }));
    await house.it("frames are answered by message", posted.callId === "7" && posted.returnValue.cmpLoaded === true && posted.success === true, posted);
    await house.it("frames find it", await visitor.evaluate(() => !!window.frames.__tcfapiLocator && !!window.frames.__gppLocator));
    await house.it("no policy was in the way", refusals.length === 0, refusals.join("\n"));
    await house.axe(visitor, "another's page");

    // Somebody puts the company's banner into a page of theirs.
    const errors = house.errors.length;
    const trap = await house.page();
    await trap.goto(stranger.url);
    await trap.waitForTimeout(500);
    await house.it("a stranger's page cannot ask", (await banner(trap).count()) === 0 && (await trap.evaluate(() => window.counted)) === undefined);
    house.errors.length = errors; // the browser said why, as it should
    for (const [origin, code] of [[stranger.url, 403], ["null", 403], [other.url, 400], [undefined, 400]]) {
        const answer = await fetch(candor.url + "/v1/surface/choices", { method: "POST", body: "{}",
            headers: { Authorization: "Basic " + btoa(candor.web + ":"), ...(origin ? { Origin: origin } : {}) } });
        await house.it("a choice from " + (origin === stranger.url ? "a stranger's page" : origin === other.url ? "the shop" : origin || "a server") + " gets " + code, answer.status === code, answer.status);
    }
    other.end();
    stranger.end();
});

journey("when the server fails", async (house) => {
    const home = await shop(house);
    const page = await house.page();
    await page.route("**/v1/surface/choices", (route) => route.abort());
    await page.goto(home.shop);
    await banner(page).waitFor();
    await press(banner(page), "accept");
    await house.soon("a yes that is not on record is none, and they are told", async () => (await banner(page).locator("[role=alert]").textContent()).length > 10);
    await house.it("nothing ran, and nothing is kept", (await text(page, "tag")) === "blocked" && (await stored(page)) === null);
    await press(banner(page), "refuse");
    await house.soon("a no is one all the same", async () => (await banner(page).count()) === 0 && (await stored(page)).given.measurement === false);
    await page.unroute("**/v1/surface/choices");
    await page.reload();
    await house.soon("and is sent with the next page", async () => !(await stored(page)).unsent);
    await page.evaluate(() => {
        const kept = JSON.parse(localStorage.getItem("candor.choice"));
        kept.words.measurement = "2020-01";
        localStorage.setItem("candor.choice", JSON.stringify(kept));
    });
    await page.reload();
    await banner(page).waitFor();
    await house.it("other words are a new question", true);
    await page.evaluate(() => {
        const kept = JSON.parse(localStorage.getItem("candor.choice"));
        kept.until = Date.now() - 1;
        localStorage.setItem("candor.choice", JSON.stringify(kept));
    });
    await page.reload();
    await banner(page).waitFor();
    await house.it("and so is the time that has passed", true);
    house.errors.length = 0; // the answers that were kept from it
});

journey("two windows of one visitor", async (house) => {
    const home = await shop(house);
    const one = await house.page();
    await one.goto(home.shop);
    await banner(one).waitFor();
    const other = await one.context().newPage();
    await other.goto(home.shop);
    await banner(other).waitFor();
    await press(banner(one), "accept");
    await house.soon("what is said in one holds in the other", async () => (await banner(other).count()) === 0 && (await text(other, "tag")) === "running");
    await one.locator("[data-candor-open]").click();
    const gone = other.waitForNavigation();
    await press(centre(one), "refuse");
    await gone;
    await house.soon("and so does a no", async () => (await text(other, "tag")) === "blocked" && (await text(other, "said")) === "no");
});

journey("what it weighs", async (house) => {
    const home = await shop(house);
    const answer = await fetch(home.url + "/candor.js");
    const script = Buffer.from(await answer.arrayBuffer());
    const weight = zlib.gzipSync(script, { level: 9 }).length;
    console.log("      candor.js: " + script.length + " bytes, " + weight + " with gzip");
    await house.it("the script is 15 KB at most, with gzip", weight <= 15 * 1024);
    await house.it("it is JavaScript, and says how long it may be kept", answer.headers.get("content-type").startsWith("text/javascript") && answer.headers.get("cache-control") === "public, max-age=3600");
    const again = await fetch(home.url + "/candor.js", { headers: { "If-None-Match": answer.headers.get("etag") } });
    await house.it("it is not sent twice", again.status === 304 && (await again.text()) === "");
    await house.it("it evaluates no text", !/\beval\(|new Function|innerHTML|document\.write/.test(script.toString()));
    const page = await house.page();
    const bodies = [];
    page.on("response", (response) => bodies.push(response.body()));
    await page.goto(home.shop, { waitUntil: "networkidle" });
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
    console.log("      the shop's first view: " + bytes + " bytes");
    await house.it("the shop's first view is 100 KB at most", bytes <= 100 * 1024, bytes);
});
