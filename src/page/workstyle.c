/*
 * workstyle.c - how pages look on which people decide: marks, facts in pairs, evidence with the decision
 * beside it, steps along a line, cards of figures.
 *
 * A mark is told apart by its shape and its word, not by its colour alone.
 */
#include "page.h"

static const char style[] =
    ".badge{display:inline-block;padding:.05rem .6rem;border:1px solid "
    "var(--soft);border-radius:1rem;"
    "font-size:.85rem;background:var(--card);white-space:nowrap}.badge.good{border-color:"
    "var(--good);color:var(--good)}.badge.watch{border:1px dashed var(--two);color:var(--two)}"
    ".badge.bad{border:2px solid var(--bad);color:var(--bad);font-weight:600}"
    ".marks{margin:.8rem 0}a.entry{white-space:nowrap;font-size:.9rem}"
    ".beside{display:grid;grid-template-columns:minmax(0,1fr);gap:0 3rem}"
    ".beside h3{margin:1.8rem 0 .4rem}.beside "
    "aside{margin-top:3rem;padding-top:1.6rem;border-top:1px solid var(--line)}"
    ".beside aside>div,.beside aside>h2~h2{margin-top:2rem}"
    "@media(min-width:62rem){.beside{grid-template-columns:minmax(0,1fr) 22rem}"
    ".beside aside{border-top:0}.beside>div:has(>ul.parted)+aside{margin-top:1rem;padding-top:0}}"
    "dl.pairs{display:grid;grid-template-columns:minmax(6rem,13rem) minmax(0,1fr);gap:.35rem "
    "1.2rem;margin:1.2rem 0}dl.facts{display:grid;grid-template-columns:max-content 1fr;"
    "gap:.15rem .9rem;margin:.6rem 0;font-size:.92rem}"
    ".pairs dt,.facts dt{color:var(--soft)}.pairs dd,.facts dd{margin:0;overflow-wrap:anywhere}"
    ".words{margin:1.2rem 0;padding:.2rem 0 .2rem 1.2rem;border-left:3px solid var(--line);"
    "font:1.15rem/1.5 Georgia,\"Iowan Old Style\",\"Times New Roman\",serif}"
    "pre.sheet{margin:1rem 0;padding:1rem 1.2rem;max-height:32rem;overflow:auto;white-space:"
    "pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);"
    "border-radius:.3rem;font:.85rem/1.5 ui-monospace,\"SF Mono\",Menlo,Consolas,monospace}"
    ".sheet ins,.sheet del{text-decoration:none}.sheet ins{color:var(--good);font-weight:600}"
    ".sheet del{color:var(--bad)}"
    "ol.timeline{list-style:none;margin:1rem 0;padding:0 0 0 1.2rem;border-left:2px solid "
    "var(--line)}.timeline li{margin:0 0 .9rem}.timeline p{margin:0}"
    ".cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));"
    "margin:1.4rem 0}.cards article{padding:1rem 1.1rem}.cards h3{font:400 .9rem/1.4 system-ui,"
    "-apple-system,\"Segoe UI\",Roboto,Arial,sans-serif;color:var(--soft)}"
    ".cards .now{font:600 1.8rem/1.2 Georgia,serif;margin:.2rem 0 .5rem}"
    ".picture{max-width:24rem}"
    "details{margin:1rem 0}aside details{border-top:1px solid var(--line);padding-top:.4rem}"
    "summary{min-height:2.75rem;margin:0;padding:.5rem 0;font-size:1rem;color:var(--fill)}"
    ".tight>li{margin-bottom:.4rem}.tight .row{grid-template-columns:minmax(0,1fr) auto;gap:.2rem "
    ".8rem}.tight .bar{grid-column:1/-1;grid-row:2}"
    "h2+.scroll caption,h2+p+.scroll caption{position:absolute;left:-99rem}"
    ".beside .acts{display:grid;grid-template-columns:1fr}.list .bar{max-width:16rem;height:.5rem}"
    ".list form{margin:0}.list .acts{margin:.2rem 0}"
    "ul.parted{list-style:none;margin:1rem 0;padding:0}.parted>li+li{border-top:1px solid "
    "var(--line);margin-top:1.2rem;padding-top:1.2rem}.parted h3{margin-top:0}"
    ".parted details{margin:.8rem 0}@media(max-width:40rem){main.wide "
    ".figures>:last-child:nth-child(odd){grid-column:1/-1}}";

struct lit work_style(void)
{
    return (struct lit){style, sizeof style - 1};
}
