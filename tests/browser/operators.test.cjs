/* Who works here, on a page: an owner adds somebody, gives them the link, changes and ends how others come in. */
"use strict";
const { journey } = require("./house.cjs");

const password = "seven green herons walk";

async function chooses(house, page, url) {
    await page.goto(url);
    await page.fill("#password", password);
    await page.click("button.main");
}

journey("operators come and go while the server runs", async (house) => {
    const invitation = {};
    const home = await house.home({ people: 0, yaml: (demo) => demo + "\nserver: {second_factor: [privacy]}\n", before: (made) => {
        made.candor("operator", "add", "bea", "--roles", "approver");
        made.candor("operator", "add", "pia", "--roles", "privacy,analyst");
        made.candor("operator", "training", "pia", "--course", "privacy-basics", "--until", "2099-01-01");
        made.candor("operator", "add", "zoe", "--roles", "marketer");
        made.candor("operator", "expire", "zoe");
        for (const name of ["ana", "bea"]) invitation[name] = JSON.parse(made.candor("operator", "invite", name, "--json")).path;
    } });
    const ana = await house.page();
    await chooses(house, ana, home.url + invitation.ana);
    const bea = await house.page();
    await chooses(house, bea, home.url + invitation.bea);
    await house.it("an approver has no way there", (await bea.locator("nav a[href='/operators']").count()) === 0);
    await ana.click("nav a[href='/operators']");
    await house.it("an owner has", (await ana.textContent("h1")) === "Operators");
    await house.axe(ana, "operators");
    await house.look(ana, "operators");
    await ana.locator("summary").first().click();
    await house.axe(ana, "operators, with what may be changed");
    await house.look(ana, "operators-open");
    await ana.fill("#name", "nia");
    await ana.check("input[value=analyst]");
    await ana.click("button[value=add]");
    const link = await ana.textContent(".secret");
    await house.axe(ana, "a link");
    await house.look(ana, "operators-link");
    const nia = await house.page();
    await chooses(house, nia, home.url + link.trim().replace(/^https?:\/\/[^/]*/, ""));
    await house.it("who is new comes in", (await nia.textContent("header")).includes("nia"));
    await ana.goto(home.url + "/operators");
    await house.it("the list says so", (await ana.textContent("main")).includes("nia"));
    const row = ana.locator("li", { has: ana.locator("h2", { hasText: "nia" }) });
    await row.locator("summary").click();
    await row.locator("button[value=end]").click();
    await house.it("an end is said", (await ana.textContent("main")).includes("Their access has ended"));
    await nia.goto(home.url + "/");
    await house.it("and ends", nia.url().includes("/login"));
    await ana.fill("#name", "../x");
    await ana.check("input[value=owner]");
    house.errors.length = 0;
    await ana.click("button[value=add]");
    await house.it("a name that is none is named", (await ana.textContent("main")).includes("1 to 40 letters"));
    await house.it("and what was chosen stands", await ana.isChecked("input[value=owner]"));
    await house.axe(ana, "a fault in the form");
    house.errors.length = 0; // the answer was a 400
});
