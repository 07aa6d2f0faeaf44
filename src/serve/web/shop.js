/*
 * shop.js - the demo shop itself: a basket, which needs nobody's consent, and a panel that says what happens.
 */
(() => {
    "use strict";
    const by = (id) => document.getElementById(id);
    const basket = by("basket");
    const log = by("log");
    let count = 0;

    const say = (text) => {
        const line = document.createElement("li");
        if (by("none")) by("none").remove();
        line.textContent = text;
        log.prepend(line);
        while (log.children.length > 5) log.lastChild.remove();
    };
    const show = (id, isOn, text) => {
        by(id).textContent = text;
        by(id).className = isOn ? "on" : "off";
    };

    document.addEventListener("click", async (event) => {
        const button = event.target.closest("button[data-add],button[data-look]");
        if (!button) return;
        if (button.dataset.add) {
            count++;
            basket.textContent = String(count);
            by("told").textContent = button.dataset.add + " is in your basket.";
            return;
        }
        const more = by(button.getAttribute("aria-controls"));
        more.hidden = !more.hidden;
        button.setAttribute("aria-expanded", String(!more.hidden));
        if (more.hidden) return;
        const sent = window.candor && window.candor.allowed("profiling") && await window.candor.track("Product Viewed", { category: button.dataset.look });
        say(sent ? "Sent: a look at something for " + button.dataset.look + "." : "Not sent: a look at something for " + button.dataset.look + ".");
    });

    document.addEventListener("measured", (event) => {
        show("tag", true, "running");
        say(event.detail.sent ? "Sent: this page was seen." : "The counting tag ran, and nothing was taken.");
    });
    const tellChoice = () => {
        const given = (window.candor && window.candor.given()) || {};
        const yes = Object.keys(given).filter((name) => given[name]);
        show("said", yes.length > 0, yes.length > 0 ? "yes to " + yes.join(", ") : Object.keys(given).length > 0 ? "no" : "nothing yet");
        if (!given.measurement) show("tag", false, "blocked");
    };
    document.addEventListener("candor", tellChoice);
    tellChoice();
})();
