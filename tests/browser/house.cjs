/*
 * house.cjs - what the browser tests share: a home with its server, Chromium, and how to look at a page.
 *
 *     const { journey } = require("./house.cjs");
 *     journey("what is shown", async (house) => {
 *         const home = await house.home();                     // of the demo company; or house.home({yaml, people: 0})
 *         const page = await house.page();                     // 1280 wide, light; house.page({width: 390, dark: true})
 *         await page.goto(home.url + "/");
 *         await house.it("the title is there", (await page.title()) === "Candor");
 *         await house.axe(page, "the first page");             // no violation of WCAG 2.2 AA
 *         await house.look(page, "first");                     // first-1280-light.png and three more
 *     });
 *
 * A journey has a browser of its own, ends what it began, and fails when one thing was not true, when a page
 * logged an error that was not foretold by house.errors.length = 0, or asked anything of somebody else's host.
 * Run as a program it only finds out whether Chromium starts.
 */
"use strict";
const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { chromium } = require("playwright-core");

const root = path.resolve(__dirname, "..", "..");
const shots = process.env.SHOTS || "";

const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });

/* ---- a home and its server ----------------------------------------------------------------------- */

class Home {
    constructor(folder) {
        this.folder = folder;
        this.home = path.join(folder, "home");
        this.operator = "ana";
    }

    /* The program, as an operator; what it prints. A failure throws what it says. */
    candor(...words) {
        const environment = { ...process.env, CANDOR_OPERATOR: this.operator, CANDOR_HOME: this.home };
        try {
            return execFileSync(process.env.CANDOR, words, { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
        } catch (error) {
            throw new Error("candor " + words.join(" ") + ": " + (error.stderr || error.message));
        }
    }

    /* A new API key: home.key("web", "tracker"). */
    key(name, roles) {
        return JSON.parse(this.candor("key", "add", name, "--roles", roles, "--json")).key;
    }

    write(name, text) {
        fs.writeFileSync(path.join(this.home, name), text);
    }

    /* Serve until stop(). From then on this.url. */
    async serve(...options) {
        this.server = spawn(process.env.CANDOR, ["--home", this.home, "--operator", this.operator, "serve", "--listen", "127.0.0.1:0", ...options],
            { stdio: ["ignore", "pipe", "pipe"] });
        this.said = "";
        this.log = "";
        this.server.stderr.on("data", (bytes) => (this.log += bytes));
        this.ended = new Promise((done) => this.server.on("exit", done));
        this.url = await new Promise((done, failed) => {
            this.server.stdout.on("data", (bytes) => {
                this.said += bytes;
                const found = /https?:\/\/[^\s]+/.exec(this.said);
                if (found) done(found[0].replace(/\/$/, ""));
            });
            this.server.on("exit", () => failed(new Error("the server ended: " + this.log)));
        });
    }

    async stop() {
        if (!this.server) return;
        this.server.kill("SIGTERM");
        await this.ended;
        this.server = null;
    }

    /* A call of the API with a key: {status, body}. */
    async call(key, method, where, body) {
        const answer = await fetch(this.url + where, { method, headers: { Authorization: "Bearer " + key },
            body: body === undefined ? undefined : JSON.stringify(body) });
        const text = await answer.text();
        let read = text;
        try {
            read = JSON.parse(text);
        } catch {
            // a page
        }
        return { status: answer.status, body: read };
    }
}

/* ---- one journey --------------------------------------------------------------------------------- */

class House {
    constructor(name, browser) {
        this.name = name;
        this.browser = browser;
        this.homes = [];
        this.errors = []; // of the console and of scripts
        this.elsewhere = []; // requests to hosts that are not this machine
        this.checked = 0;
        this.wrong = 0;
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "candor-browser-"));
    }

    /*
     * yaml: candor.yaml, or a function of the demo's; people: how many of the demo company, with what they did;
     * before: called before it is served; serve: false, or options of `candor serve`.
     */
    async home({ yaml = (demo) => demo, people = 200, before, serve = [] } = {}) {
        const home = new Home(path.join(this.folder, "home" + this.homes.length));
        fs.mkdirSync(home.folder);
        this.homes.push(home);
        home.candor("init", home.home, "--name", "Marlow & Finch");
        const demo = fs.readFileSync(path.join(root, "demo", "candor.yaml"), "utf8");
        home.write("candor.yaml", typeof yaml === "function" ? yaml(demo) : yaml);
        if (people > 0) {
            const data = path.join(home.folder, "data");
            execFileSync(process.env.GENERATE, ["--subjects", String(people), "--seed", "7", "--until", "2026-11-01", "--out", data]);
            for (const kind of ["subjects", "consents", "events"]) home.candor("import", kind, path.join(data, kind + ".csv"));
            home.identifiers = fs.readFileSync(path.join(data, "subjects.csv"), "utf8").trim().split("\n").slice(1).map((row) => row.split(",")[0]);
        }
        if (before) await before(home);
        if (serve) await home.serve(...serve);
        return home;
    }

    /* gpc: the browser asks not to sell or share; script: false, without JavaScript. */
    async page({ width = 1280, height = 900, dark = false, calm = true, gpc = false, script = true, ...more } = {}) {
        const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light",
            reducedMotion: calm ? "reduce" : "no-preference", javaScriptEnabled: script,
            extraHTTPHeaders: gpc ? { "Sec-GPC": "1" } : {}, ...more });
        if (gpc) await context.addInitScript(() => Object.defineProperty(navigator, "globalPrivacyControl", { value: true }));
        const page = await context.newPage();
        page.on("console", (message) => {
            const isIcon = message.location().url.endsWith("/favicon.ico"); // browsers ask for it by themselves
            if (message.type() === "error" && !isIcon) this.errors.push(message.text());
        });
        page.on("pageerror", (error) => this.errors.push(String(error)));
        page.on("request", (request) => {
            const url = new URL(request.url());
            if (url.protocol.startsWith("http") && url.hostname !== "127.0.0.1" && url.hostname !== "localhost") this.elsewhere.push(url.origin);
        });
        return page;
    }

    /* it(label, holds, why): holds may be a promise. */
    async it(label, holds, why = "") {
        this.checked++;
        const isTrue = await holds;
        if (!isTrue) this.wrong++;
        console.log((isTrue ? "ok    " : "not true: ") + label + (isTrue || !why ? "" : "\n      " + (typeof why === "string" ? why : JSON.stringify(why))));
    }

    /* Wait until it is true; for what a page does by itself. */
    async soon(label, question, why = () => "") {
        let holds = false;
        for (let i = 0; i < 100 && !holds; i++) {
            holds = await question();
            if (!holds) await new Promise((done) => setTimeout(done, 50));
        }
        await this.it(label, holds, holds ? "" : await why());
    }

    async axe(page, label) {
        await page.evaluate(fs.readFileSync(require.resolve("axe-core"), "utf8"));
        const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
        const said = found.violations.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message).join("; "));
        await this.it(label + ": axe finds nothing", said.length === 0, said.join("\n      "));
    }

    /* Screenshots at 1280 and 390, light and dark, if $SHOTS names a folder; at every width nothing is cut off. */
    async look(page, name, { full = true } = {}) {
        const before = page.viewportSize();
        for (const width of [1280, 390, 320]) {
            await page.setViewportSize({ width, height: before.height });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            await this.it(name + ": at " + width + " px nothing is cut off", wide <= width, wide + " px wide");
            for (const colorScheme of shots && width > 320 ? ["light", "dark"] : []) {
                await page.emulateMedia({ colorScheme });
                await page.screenshot({ path: path.join(shots, name + "-" + width + "-" + colorScheme + ".png"), fullPage: full });
            }
        }
        await page.emulateMedia({ colorScheme: null });
        await page.setViewportSize(before);
    }

    async end() {
        for (const home of this.homes) await home.stop();
        await this.browser.close();
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

async function run(name, steps) {
    const house = new House(name, await launch());
    console.log("---- " + name);
    try {
        if (shots) fs.mkdirSync(shots, { recursive: true });
        await steps(house);
        await house.it("no page logged an error", house.errors.length === 0, house.errors.join("\n      "));
        await house.it("nobody else was asked for anything", house.elsewhere.length === 0, house.elsewhere.join(" "));
    } catch (error) {
        house.wrong++;
        console.log("not true: " + name + "\n      " + (error.stack || error));
        for (const home of house.homes) console.log("      " + (home.log || "").split("\n").slice(-5).join("\n      "));
    } finally {
        await house.end();
    }
    console.log(name + ": " + house.checked + " checked, " + house.wrong + " not true");
    if (house.wrong > 0) process.exitCode = 1;
}

/* One after the other: they would slow each other, and mix what they say. */
let last = Promise.resolve();
const journey = (name, steps) => (last = last.then(() => run(name, steps)));

module.exports = { journey };

if (require.main === module) {
    launch().then((browser) => browser.close()).catch((error) => {
        console.error(String(error.message || error).split("\n")[0]);
        process.exitCode = 1;
    });
}
