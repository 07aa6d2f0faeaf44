/* The pages for people, as people use them: a marketer, an approver, a customer; and every page looked at. */
"use strict";
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { journey } = require("./house.cjs");

const password = "seven green herons walk";

/* An operator chooses a password by an invitation made before the home was served. */
async function comesIn(house, home, name, options) {
    const page = await house.page(options);
    await page.goto(home.url + home.invitation[name]);
    await page.fill("#password", password);
    await page.click("button.main");
    await page.waitForURL(home.url + "/");
    return page;
}

function invite(home, ...names) {
    home.invitation = {};
    for (const name of names) home.invitation[name] = JSON.parse(home.candor("operator", "invite", name, "--json")).path;
}

/* A form that no page of theirs has, sent with their session and the token of the page they see. */
async function forged(page, url, fields) {
    const form = await page.inputValue("input[name=form] >> nth=0");
    const answer = await page.request.post(url, { form: { form, ...fields }, maxRedirects: 0 });
    return { status: answer.status(), text: await answer.text() };
}

async function subjectComesIn(house, home, options) {
    const page = await house.page(options);
    await page.goto(home.url + home.link);
    await page.click("button.main");
    await page.waitForURL(home.url + "/me/");
    return page;
}

journey("from an empty home to a signed plan and a decision", async (house) => {
    let data;
    const home = await house.home({ people: 0, before: (made) => {
        data = path.join(made.folder, "files");
        execFileSync(process.env.GENERATE, ["--subjects", "600", "--seed", "7", "--until", "2026-11-01", "--out", data]);
        made.candor("operator", "add", "bea", "--roles", "approver");
        made.machine = made.key("machine", "machine");
        invite(made, "ana", "bea");
    } });
    const ana = await comesIn(house, home, "ana");
    await house.it("the first visit shows the way", (await ana.textContent("main")).includes("Bring in customers"));
    await house.axe(ana, "the first visit");
    await house.look(ana, "console-first");
    for (const kind of ["subjects", "consents", "events"]) {
        await ana.goto(home.url + "/import");
        await ana.check("input[value=" + kind + "]");
        await ana.setInputFiles("#file", path.join(data, kind + ".csv"));
        await ana.click("button[value=import]");
        await house.it(kind + " come in", (await ana.textContent("main")).includes("The file was imported."));
    }
    await ana.goto(home.url + "/import");
    await ana.setInputFiles("#file", { name: "odd.csv", mimeType: "text/csv", buffer: Buffer.from(
        "identifier,email,age\nx1,not-an-address,30\nx2,b@shop.example,twelve\nx3,c@shop.example,30\n") });
    await ana.click("button[value=try]");
    const left = await ana.$$eval("main tbody tr", (all) => all.map((row) => row.innerText.replace(/\s+/g, " ").trim()));
    await house.it("what an import leaves out stands there by line, field and reason",
        left.length === 2 && /Line 2 email .*is not an e-mail address/.test(left[0]) && /Line 3 age .*is not a number/.test(left[1]), left);
    await house.it("... and no value of a person", !(await ana.textContent("main")).includes("not-an-address"));
    await house.axe(ana, "an import");
    await house.look(ana, "console-import-report");
    await ana.goto(home.url + "/campaigns/new");
    await house.axe(ana, "the form of a campaign");
    await house.look(ana, "console-campaign-new");
    await ana.fill("#title", "Autumn");
    await ana.fill("#name", "Not a name");
    await ana.fill("#offer1", "Free delivery");
    await ana.selectOption("#uses", "profiling");
    await ana.click("button.main");
    await house.it("a form that was refused says why", (await ana.textContent("[role=alert]")).includes("the name of a campaign"));
    await house.it("... and keeps what was typed", (await ana.inputValue("#offer1")) === "Free delivery" && (await ana.inputValue("#uses")) === "profiling");
    await house.axe(ana, "a form that was refused");
    house.errors.length = 0; // the answer was a 400
    await ana.fill("#name", "autumn");
    await ana.selectOption("#purpose", "email_marketing");
    await ana.selectOption("#channel", "email");
    await ana.selectOption("#address", "email");
    await ana.selectOption("#uses", "profiling");
    await ana.fill("#holdout", "0.1");
    await ana.fill("#offer1", "Free delivery");
    await ana.click("button.main");
    await house.it("the campaign stands", (await ana.textContent("main")).includes("The campaign stands."));
    await ana.click("button.main");
    await house.it("the plan is made", (await ana.textContent("main")).includes("Nothing was sent."));
    await house.axe(ana, "a plan");
    await house.look(ana, "console-campaign");
    await house.it("its author has nothing to sign it with", (await ana.locator("input[name=act][value=approve]").count()) === 0);
    await house.it("... and is told why", (await ana.textContent("main")).includes("somebody else signs it"));
    const signed = await forged(ana, home.url + "/campaigns/autumn", { act: "approve" });
    await house.it("... a form of their own is refused", signed.status === 403 && signed.text.includes("another operator"), signed);
    const bea = await comesIn(house, home, "bea", { width: 390 });
    await bea.goto(home.url + "/campaigns/autumn");
    await bea.click("button.main");
    await house.it("an approver signs it", (await bea.textContent("main")).includes("Signed by bea."));
    await ana.goto(home.url + "/campaigns/autumn/people?code=send");
    await house.axe(ana, "the people of a step");
    await house.look(ana, "console-people");
    const person = (await ana.textContent("tbody th")).trim();
    const answer = await home.call(home.machine, "POST", "/v1/decide", { identifier: person, campaign: "autumn" });
    await house.it("a machine asks about one of them", answer.status === 200 && answer.body.decision === "send", answer);
});

journey("a long import says how far it has come", async (house) => {
    let data;
    const home = await house.home({ people: 0, before: (made) => {
        data = path.join(made.folder, "files");
        execFileSync(process.env.GENERATE, ["--subjects", "60000", "--seed", "7", "--until", "2026-11-01", "--out", data]);
        invite(made, "ana");
    } });
    const ana = await comesIn(house, home, "ana");
    await ana.goto(home.url + "/import");
    await ana.check("input[value=subjects]");
    await ana.setInputFiles("#file", path.join(data, "subjects.csv"));
    await ana.evaluate(() => new MutationObserver(() => {
        const said = document.querySelector("#progress span")?.textContent;
        if (said) sessionStorage.setItem("said", said);
    }).observe(document.body, { childList: true, subtree: true }));
    await ana.click("button[value=import]");
    await ana.waitForFunction(() => document.body.textContent.includes("The file was imported."), null, { timeout: 120000 });
    const said = await ana.evaluate(() => sessionStorage.getItem("said"));
    await house.it("the page said it", /^importing subjects: [0-9,]+ of [0-9,]+$/.test(said), said);
    await house.it("... and stopped saying it", (await ana.locator("#progress").count()) === 0);
});

/* Ana trained the model and shares an interest with finn; dan and eva have no part in it. */
const governance = `governance:
  team:
    - {operator: dan, function: Data science, reviews: [models]}
    - {operator: finn, function: Marketing, reviews: [models]}
  approvals: {ordinary: 1, high: 2}
  review: [models]
  conflicts: [{name: family, people: [ana, finn]}]
`;

journey("a reviewer approves, and one with a conflict cannot", async (house) => {
    let review;
    const home = await house.home({ people: 600, yaml: (demo) => demo.replace(/^governance:[^]*$/m, governance), before: (made) => {
        for (const name of ["dan", "finn"]) made.candor("operator", "add", name, "--roles", "approver,analyst");
        made.candor("import", "events", path.join(made.folder, "data", "responses.csv"), "--map",
            path.resolve(__dirname, "..", "..", "demo", "responses.yaml"));
        made.candor("train", "lead");
        review = "/board/reviews/" + JSON.parse(made.candor("board", "propose", "model", "lead", "--json")).id;
        invite(made, "ana", "dan", "finn");
    } });
    for (const [name, why] of [["ana", "you"], ["finn", "conflict of interest"]]) {
        const page = await comesIn(house, home, name);
        await page.goto(home.url + review);
        await house.it(name + " has no vote", (await page.locator("button[value=approve]").count()) === 0);
        await house.it("... and is told why", (await page.textContent("main")).includes(why));
        const sent = await forged(page, home.url + review, { act: "approve", reason: "it is fine" });
        await house.it("... a form of their own is refused", sent.status === 403, sent);
        await house.axe(page, "a review, for who cannot vote");
        if (name === "finn") await house.look(page, "board-review-conflict");
    }
    const dan = await comesIn(house, home, "dan");
    await dan.goto(home.url + review);
    await house.axe(dan, "a review, for who votes");
    await house.look(dan, "board-review");
    await dan.setViewportSize({ width: 390, height: 800 });
    for (const where of [review, "/board/"]) {
        await dan.goto(home.url + where);
        const hidden = await dan.$$eval("main .scroll", (all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.getAttribute("aria-label")));
        await house.it("on a telephone no column is out of sight", hidden.length === 0, hidden);
        await house.it("... and each cell says what it is", (await dan.locator("main .stack td[data-label]").count()) > 0);
    }
    await dan.goto(home.url + review);
    await dan.fill("textarea[name=reason]", "Its groups are treated alike.");
    await dan.click("button[value=approve]");
    await house.it("a reviewer approves it", /approved/i.test(await dan.textContent("main")), await dan.textContent("main"));
    await house.it("... and votes once", (await dan.locator("button[value=approve]").count()) === 0);
});

journey("a customer changes their mind, and the next decision changes", async (house) => {
    const home = await house.home({ people: 200, before: (made) => {
        made.candor("operator", "add", "bea", "--roles", "approver");
        made.machine = made.key("machine", "machine");
        made.person = made.identifiers[16];
        for (const purpose of ["email_marketing", "profiling"]) {
            made.candor("consent", "give", made.person, "--purpose", purpose, ...(purpose === "profiling" ? [] : ["--channel", "email"]));
        }
        made.link = JSON.parse(made.candor("subject", "link", made.person, "--json")).path;
    } });
    const decide = async () => (await home.call(home.machine, "POST", "/v1/permit",
        { identifier: home.person, purpose: "email_marketing", channel: "email" })).body;
    await house.it("they may be written to", (await decide()).allowed === true, await decide());
    const page = await subjectComesIn(house, home, { width: 390, script: false });
    await page.click("form[aria-label^='News and offers by e-mail'] button[value=no]");
    await house.it("the page says so", (await page.textContent("main")).includes("You said no"));
    await house.it("... and the next answer is no", (await decide()).allowed === false, await decide());
    await page.click("form[aria-label^='News and offers by e-mail'] button[value=yes]");
    await house.it("a yes counts at once too", (await decide()).allowed === true, await decide());
    await page.goto(home.url + home.link);
    await house.it("the link opens once", (await page.textContent("main")).includes("has been used"));
    house.errors.length = 0; // the browser reports the 404
});

journey("a name that turns the direction of text", async (house) => {
    const name = "Ada \u202egnp.exe \u2067\u05d0 " + "long".repeat(60);
    const home = await house.home({ people: 0, before: (made) => {
        fs.writeFileSync(path.join(made.folder, "odd.csv"), "identifier,email,name\nodd,ada@shop.example," + name + "\n");
        made.candor("import", "subjects", path.join(made.folder, "odd.csv"));
        made.link = JSON.parse(made.candor("subject", "link", "odd", "--json")).path;
    } });
    const page = await subjectComesIn(house, home);
    await page.goto(home.url + "/me/data");
    const shown = await page.textContent("main");
    await house.it("shows what it hides", shown.includes("Ada \ufffdgnp.exe") && !shown.includes("\u202e"));
    await house.it("... and turns nothing but itself", /\u2067\u05d0 (long)+\u2069/.test(shown));
    await house.look(page, "me-odd");
});

journey("every page of a customer", async (house) => {
    const home = await house.home({ people: 200, before: (made) => {
        made.link = JSON.parse(made.candor("subject", "link", made.identifiers[20], "--json")).path;
    } });
    const page = await subjectComesIn(house, home);
    for (const name of ["", "data", "messages", "people", "rights", "receipts", "leave"]) {
        await page.goto(home.url + "/me/" + name);
        await house.axe(page, "/me/" + name);
        await house.look(page, "me-" + (name || "home"));
    }
});

journey("every page of the console and the board", async (house) => {
    const home = await house.home({ people: 1500, before: (made) => {
        made.candor("operator", "add", "bea", "--roles", "approver");
        made.candor("import", "events", path.join(made.folder, "data", "responses.csv"), "--map",
            path.resolve(__dirname, "..", "..", "demo", "responses.yaml"));
        made.candor("train", "lead");
        made.operator = "bea";
        made.candor("model", "publish", "lead");
        made.operator = "ana";
        made.candor("plan", "spring");
        made.candor("request", "open", made.identifiers[3], "--right", "access");
        made.candor("incident", "open", "--title", "A letter went astray");
        invite(made, "ana", "bea");
    } });
    const page = await comesIn(house, home, "ana");
    for (const name of ["", "audience", "campaigns", "campaigns/spring", "models", "models/lead", "data", "import", "board/", "board/kpis", "account"]) {
        await page.goto(home.url + "/" + name);
        await house.axe(page, "/" + name);
        await house.look(page, "console-" + (name.replace(/\W+/g, "-") || "today"));
    }
    await page.goto(home.url + "/audience");
    const counted = () => page.textContent("#counted .total b");
    const everyone = await counted();
    await page.selectOption("#f1", "spent_365d");
    await page.fill("#v1", "200");
    await page.locator("#v1").blur();
    await house.soon("an audience is counted anew with each choice", async () => (await counted()) !== everyone && page.url().includes("v1=200"), counted);
    await house.it("... and there is room for one more condition", (await page.locator("#f2").count()) === 1 && (await page.inputValue("#v1")) === "200");
    await house.axe(page, "an audience");
    await page.goto(home.url + "/board/kpis");
    await page.setViewportSize({ width: 390, height: 900 });
    for (const summary of await page.$$("main details summary")) await summary.click();
    const hidden = await page.$$eval("main table", (all) => all.filter((one) => one.scrollWidth > document.documentElement.clientWidth).length);
    await house.it("the tables of the key figures fit a telephone", hidden === 0, hidden);
    await house.axe(page, "the tables of the key figures");
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(home.url + "/board/incidents/new");
    await page.fill("#title", "A letter went astray");
    await page.fill("#aware", "yesterday");
    await page.click("button.main");
    await house.it("a form that was refused names its field as the form does", (await page.textContent("[role=alert]")).includes("\u201cKnown since\u201d"));
    await house.it("... and keeps what was typed", (await page.inputValue("#title")) === "A letter went astray");
    await house.axe(page, "an incident that was refused");
    for (const [name, where] of [["a page that is not there", "/nothing"], ["a campaign that is not there", "/campaigns/nothing"]]) {
        const answer = await page.goto(home.url + where);
        await house.it(name + ": 404, on a page with a way on", answer.status() === 404 && (await page.locator("main a[href='/']").count()) === 1);
        await house.axe(page, name);
    }
    const asked = await (await fetch(home.url + "/nothing")).json();
    await house.it("a program is told so in JSON", asked.status === 404, asked);
    house.errors.length = 0; // the answers were a 400 and 404s
    await page.goto(home.url + "/data");
    await page.click("a[href^='/data/quarantine/']");
    await house.axe(page, "a row in quarantine");
    await house.look(page, "console-row");
    await page.click("text=Sign out");
    await house.axe(page, "the door");
    await house.look(page, "login");
});
