/* What leaves the company: a signed plan's list, from its page; messages to other systems that nobody takes. */
"use strict";
const fs = require("node:fs");
const { journey } = require("./house.cjs");

const password = "seven green herons walk";
const autumn = `campaigns:
  - name: autumn
    title: Autumn offers
    purpose: email_marketing
    channel: email
    uses: profiling
    address: email
    select: {top: 60}
    holdout: 0.1
    offers: [{name: delivery, title: Free delivery}]
`;
const webhooks = `
webhooks:
  - {name: crm, url: 'http://127.0.0.1:1/in', events: [import]}
  - {name: warehouse, url: 'http://127.0.0.1:1/stock', events: [import, plan]}
  - {name: lake, url: 'http://127.0.0.1:1/lake', events: [plan]}
`;

async function comes_in(house, home, path) {
    const page = await house.page();
    await page.goto(home.url + path);
    await page.fill("#password", password);
    await page.click("button.main");
    return page;
}

journey("a signed plan is handed over from its page", async (house) => {
    const path = {};
    const home = await house.home({ yaml: (demo) => demo.replace("campaigns:\n", autumn), before: (made) => {
        made.candor("operator", "add", "bea", "--roles", "approver");
        made.candor("plan", "autumn");
        made.operator = "bea";
        made.candor("approve", "autumn");
        made.operator = "ana";
        for (const name of ["ana", "bea"]) path[name] = JSON.parse(made.candor("operator", "invite", name, "--json")).path;
    } });
    const bea = await comes_in(house, home, path.bea);
    await bea.goto(home.url + "/campaigns/autumn");
    await house.it("an approver is offered no list", (await bea.locator("input[value=send]").count()) === 0);
    const ana = await comes_in(house, home, path.ana);
    await ana.goto(home.url + "/campaigns/autumn");
    await house.axe(ana, "a signed plan");
    await house.look(ana, "handover");
    const [download] = await Promise.all([ana.waitForEvent("download"), ana.click("text=Hand the list over")]);
    await house.it("the list is saved under the campaign's name", download.suggestedFilename() === "autumn-contacts.csv", download.suggestedFilename());
    const list = fs.readFileSync(await download.path(), "utf8");
    await house.it("and has a line for each", list.startsWith("identifier,address,offer,") && list.trim().split("\n").length > 1);
    await ana.reload();
    await house.it("then the campaign is sent", (await ana.textContent("main")).includes("Left out at the end"));
    await house.it("and there is no second list", (await ana.locator("input[value=send]").count()) === 0);
    await house.axe(ana, "a campaign that was sent");
    await house.look(ana, "handover-sent");
});

journey("messages that nobody takes are tried again or forgotten", async (house) => {
    const path = {};
    const ahead = process.env.LATER_LIBRARY || ""; // tests/e2e/later.c: days pass
    const home = await house.home({ people: 0, yaml: (demo) => demo.replace("campaigns:\n", autumn) + webhooks, before: (made) => {
        for (const name of ["crm", "warehouse", "lake"]) made.candor("share", "secret", name);
        made.candor("outgoing", "send");
        fs.writeFileSync(made.folder + "/people.csv", "identifier,email\nC000001,c@example.org\n");
        made.candor("import", "subjects", made.folder + "/people.csv");
        for (let day = 0; ahead && day < 10; day++) {
            Object.assign(process.env, { LD_PRELOAD: ahead, LATER: String(day * 172800) });
            try {
                made.candor("outgoing", "send");
            } catch {
                // not taken
            }
            delete process.env.LD_PRELOAD;
        }
        made.candor("plan", "autumn");
        path.ana = JSON.parse(made.candor("operator", "invite", "ana", "--json")).path;
    } });
    const ana = await comes_in(house, home, path.ana);
    if (!ahead) {
        await ana.goto(home.url + "/outgoing");
        await house.axe(ana, "messages on their way");
        return;
    }
    await house.look(ana, "outgoing-today");
    await ana.click("a[href='/outgoing']");
    await house.soon("what came since is on its way", async () => {
        await ana.reload();
        return (await ana.textContent("main")).includes("On their way");
    });
    await house.it("two lie aside", (await ana.locator("button[value=retry]").count()) === 2);
    await house.axe(ana, "messages that nobody takes");
    await house.look(ana, "outgoing");
    await ana.locator("summary").first().click();
    await house.look(ana, "outgoing-forget");
    await house.axe(ana, "one that may be forgotten");
    await ana.locator("button[value=drop]").first().click();
    await house.it("what was done is said", (await ana.textContent("main")).includes("is forgotten"));
    await ana.locator("button[value=retry]").first().click();
    await house.it("and then nothing is dead", (await ana.locator("button[value=retry]").count()) === 0);
    await house.axe(ana, "nothing is dead");
    await house.look(ana, "outgoing-again");
});
