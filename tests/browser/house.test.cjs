/* The house itself: a home is served, and a page of it is looked at. */
"use strict";
const { journey } = require("./house.cjs");

journey("a home in a browser", async (house) => {
    const home = await house.home({ people: 20 });
    const page = await house.page();
    await page.goto(home.url + "/healthz");
    await house.it("the server answers a browser", (await page.textContent("body")).includes("alive"));
    await house.it("the demo company has people", home.identifiers.length === 20);
});
