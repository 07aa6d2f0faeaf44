/*
 * chartstyle.c - how charts look: ink on paper, one accent, blue against orange for less and more.
 */
#include "page.h"

static const char style[] =
    ":root{--two:#b35c1e;--n4:#2b5c9b;--n3:#5b86bb;--n2:#93b3d6;--n1:#c9d9eb;--z0:#f0ece3;"
    "--p1:#f5d9bd;--p2:#eab27f;--p3:#d28243;--p4:#a9561a}"
    "@media(prefers-color-scheme:dark){:root{--two:#f0a868;--n4:#8ebdf5;--n3:#5f92cf;--n2:#416b9e;"
    "--n1:#2d4a6b;--z0:#2a303a;--p1:#5b4029;--p2:#8d5f35;--p3:#c48347;--p4:#f5b87c}}"
    ".chart{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,\"Segoe UI\","
    "Roboto,\"Helvetica Neue\",Arial,sans-serif;font-variant-numeric:tabular-nums}"
    ".chart text{fill:var(--ink)}.chart .soft{fill:var(--soft)}.chart .e{text-anchor:end}"
    ".chart .m{text-anchor:middle}.chart .tiny{font-size:10.5px}"
    ".chart .grid{stroke:var(--line);stroke-width:.8}"
    ".chart .zero{stroke:var(--soft);stroke-width:1}.chart .base{stroke:var(--soft);"
    "stroke-width:.8}.chart .ideal{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}"
    ".chart .shape{fill:none;stroke:var(--fill);stroke-width:1.9;stroke-linejoin:round}"
    ".chart .shape.two{stroke:var(--two)}"
    ".chart .band{fill:var(--fill);fill-opacity:.2}.chart .band.two{fill:var(--two)}"
    ".chart .rows{fill:var(--soft);fill-opacity:.34}"
    ".chart .whisker{stroke:var(--fill);stroke-width:1.4;stroke-opacity:.75}"
    ".chart .whisker.two{stroke:var(--two)}.chart .dot{fill:var(--fill)}"
    ".chart .dot.two{fill:var(--two)}.chart .pointed{fill:transparent}"
    ".chart .pointed:hover{fill:var(--ink);fill-opacity:.1}"
    ".chart .empty{fill:none;stroke:var(--line);stroke-width:.8}.chart .paper{fill:var(--card)}"
    ".chart .n4{fill:var(--n4)}.chart .n3{fill:var(--n3)}.chart .n2{fill:var(--n2)}"
    ".chart .n1{fill:var(--n1)}.chart .z0{fill:var(--z0)}.chart .p1{fill:var(--p1)}"
    ".chart .p2{fill:var(--p2)}.chart .p3{fill:var(--p3)}.chart .p4{fill:var(--p4)}"
    ".shapes{display:flex;gap:1.2rem;margin-top:1.2rem;align-items:flex-start}"
    ".shapes>div{flex:1;min-width:0;display:flex;flex-direction:column;gap:1.2rem}"
    ".planes{display:grid;grid-template-columns:1fr 1fr;gap:.8rem 1.2rem}"
    "summary{cursor:pointer;font-size:.88rem;color:var(--soft);margin-top:.5rem}"
    ".shapes article{min-width:0}.shapes h3{overflow-wrap:anywhere}"
    ".shapes article p{margin:.3rem 0 .6rem;font-size:.9rem;color:var(--soft)}"
    ".shapes figure{margin:.4rem 0 0}.shapes figcaption{font-size:.88rem;font-weight:600}"
    ".shapes .rank{float:right;color:var(--soft);font-size:.82rem;margin-left:.6rem}"
    "ol.stairs a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.2em}"
    "ol.stairs .name{overflow-wrap:anywhere}"
    ".key{display:inline-block;width:.9rem;height:.28rem;border-radius:.1rem;vertical-align:middle;"
    "margin-right:.35rem;background:var(--fill)}.key.two{background:var(--two)}"
    ".narrow{max-width:30rem}"
    "table.facts th{width:13rem;padding-right:1rem}table.facts tbody td,table.facts tbody "
    "td:last-child{text-align:left;white-space:normal;overflow-wrap:anywhere;padding-left:0}"
    "table.numbers{max-width:36rem}.shapes article>.chart{margin-top:.5rem}"
    "table.numbers td,table.numbers thead th+th{text-align:right;padding-left:.8rem}"
    "table.numbers tbody th{overflow-wrap:break-word}table.numbers small{display:block;"
    "color:var(--soft)}.scroll{overflow-x:auto}"
    "td.word{white-space:nowrap}"
    "@media(max-width:44rem){.shapes{flex-direction:column;align-items:stretch}"
    ".shapes>div{display:contents}.planes{grid-template-columns:1fr}"
    "table.facts th{width:8rem}}"
    "@media print{.shapes{gap:.6rem}.chart rect,.chart path{-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact}}";

static const char alone[] =
    ":root{--ink:#1d2433;--soft:#5c6473;--line:#e2ded4;--fill:#2f5d62;--card:#fff}"
    "@media(prefers-color-scheme:dark){:root{--ink:#eceae4;--soft:#a3a9b5;--line:#2c323d;"
    "--fill:#7fb7b0;--card:#1a1f28}}";

struct lit chart_style(void)
{
    return (struct lit){style, sizeof style - 1};
}

struct lit chart_style_alone(void)
{
    return (struct lit){alone, sizeof alone - 1};
}
