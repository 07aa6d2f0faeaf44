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
