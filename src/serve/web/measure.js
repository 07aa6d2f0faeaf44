/*
 * measure.js - the demo shop's counting tag. It stands in the page as text/plain, and runs after a yes to
 * `measurement` and not before.
 */
(() => {
    "use strict";
    window.candor.page("Shop", { path: location.pathname }).then((sent) => {
        document.dispatchEvent(new CustomEvent("measured", { detail: { sent } }));
    });
})();
