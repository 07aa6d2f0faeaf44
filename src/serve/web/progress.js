// For comfort; every page works without it.
//
// A form that takes long is on its way: say how far it has come. Without this script the browser waits alone.
"use strict";
(() => {
    let timer = 0;
    const show = (text, share) => {
        let box = document.getElementById("progress");
        if (!box) {
            box = document.createElement("p");
            box.id = "progress";
            box.setAttribute("role", "status");
            box.append(document.createElement("progress"), document.createElement("span"));
            document.body.append(box);
        }
        const [bar, words] = box.children;
        bar.setAttribute("aria-label", words.textContent = text);
        if (share >= 0) bar.value = share;
        else bar.removeAttribute("value");
    };
    const ask = async () => {
        try {
            const now = await (await fetch("/progress", { headers: { Accept: "application/json" } })).json();
            if (now.text) show(now.text, now.share);
        } catch {
            // the answer is on its way
        }
        timer = setTimeout(ask, 500);
    };
    document.addEventListener("submit", () => {
        clearTimeout(timer);
        timer = setTimeout(ask, 700);
    });
    addEventListener("pageshow", () => {
        clearTimeout(timer);
        document.getElementById("progress")?.remove();
    });
})();

// An audience is counted anew with each choice; without this script, by the button.
(() => {
    const form = document.querySelector("form.builder");
    let turn = 0;
    const isHalfSaid = () => [1, 2, 3, 4].some((i) => {
        const [field, test, value] = ["f", "t", "v"].map((name) => form.elements[name + i]?.value);
        return field && !value && test !== "known" && test !== "unknown";
    });
    // Another purpose opens other fields, and a condition in use makes room for one more.
    const takeConditions = (fresh, changed) => {
        const old = form.querySelectorAll(".condition");
        fresh.querySelectorAll("form.builder .condition").forEach((condition, i) => {
            if (!old[i]) form.querySelector("button").before(document.adoptNode(condition));
            else if (!changed.closest(".condition")) old[i].replaceWith(document.adoptNode(condition));
        });
    };
    form?.addEventListener("change", async (event) => {
        const mine = ++turn;
        if (isHalfSaid()) return;
        const address = "/audience?" + new URLSearchParams(new FormData(form));
        const shown = document.getElementById("counted");
        shown.setAttribute("aria-busy", "true");
        try {
            const fresh = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
            const counted = fresh.getElementById("counted");
            if (mine !== turn || !counted) return;
            shown.replaceChildren(...document.adoptNode(counted).childNodes);
            takeConditions(fresh, event.target);
            history.replaceState(null, "", address);
        } catch {
            // the button is still there
        } finally {
            if (mine === turn) shown.removeAttribute("aria-busy");
        }
    });
})();
