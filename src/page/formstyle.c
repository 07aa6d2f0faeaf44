/*
 * formstyle.c - how the shell, forms, notices and lists look; and the style sheet that the server's
 * pages link to.
 *
 * A target is at least 44 pixels high. What is wrong is said in words and by a bar, not by colour
 * alone. Who navigates by keyboard sees where they are.
 */
#include "page.h"

static const char style[] =
    "a{color:var(--fill)}"
    ":focus-visible{outline:3px solid var(--fill);outline-offset:2px;border-radius:.2rem}"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;z-index:1;padding:.6rem "
    "1rem;background:var(--card)}"
    ".top{display:flex;flex-wrap:wrap;gap:.4rem 1.6rem;align-items:center;padding:.5rem 1.5rem;"
    "border-bottom:1px solid var(--line);background:var(--card)}"
    ".brand{font:600 1.25rem/1.2 Georgia,\"Iowan Old Style\",\"Times New Roman\",serif;"
    "color:var(--ink);text-decoration:none;padding:.5rem 0}"
    ".top nav{flex:1}.top ul{display:flex;flex-wrap:wrap;gap:.2rem;margin:0;padding:0;"
    "list-style:none}"
    ".top nav a{display:block;padding:.6rem .7rem;min-height:2.75rem;color:var(--soft);"
    "text-decoration:none;border-bottom:3px solid transparent}"
    ".top nav a:hover{color:var(--ink)}"
    ".top nav a[aria-current]{color:var(--ink);border-bottom-color:var(--fill)}"
    ".who{display:flex;gap:.8rem;align-items:center;margin-left:auto;color:var(--soft)}"
    ".who form{margin:0}"
    "main.narrow{max-width:30rem}main.wide{max-width:72rem}"
    "form{margin:1.2rem 0}.field{margin:0 0 1.2rem;max-width:36rem}"
    "label{display:block;font-weight:600}"
    ".hint{margin:.1rem 0 .3rem;color:var(--soft);font-size:.92rem}"
    ".error{margin:.1rem 0 .3rem;color:var(--bad);font-weight:600}"
    ".wrong{padding-left:.8rem;border-left:4px solid var(--bad)}"
    "input,select,textarea{width:100%;min-height:2.75rem;padding:.45rem .7rem;font:inherit;"
    "color:var(--ink);background:var(--card);border:1px solid var(--soft);border-radius:.3rem}"
    "button,.button{display:inline-block;min-height:2.75rem;padding:.5rem 1.2rem;font:inherit;"
    "font-weight:600;color:var(--fill);background:var(--card);border:1px solid var(--fill);"
    "border-radius:.3rem;cursor:pointer;text-decoration:none}"
    "button.main{color:var(--paper);background:var(--fill)}"
    "button.quiet{border-color:var(--line);color:var(--ink);font-weight:400}"
    "button.danger{color:var(--bad);border-color:var(--bad)}"
    ".notice{margin:1.2rem 0;padding:.8rem 1rem;background:var(--card);border:1px solid "
    "var(--line);border-left:4px solid var(--soft);border-radius:.3rem}"
    ".notice.good{border-left-color:var(--good)}.notice.bad{border-left-color:var(--bad)}"
    ".scroll{overflow-x:auto;margin:1.2rem 0}"
    "table.list{font-size:.95rem;margin:0}.list caption{text-align:left;font-weight:600;"
    "padding:.4rem 0}"
    ".list th,.list td,.list tbody td:last-child,.list thead th:last-child{text-align:left;"
    "padding:.5rem 1rem .5rem 0;border-bottom:1px solid var(--line);white-space:normal}"
    ".secret{font:1.05rem/1.6 ui-monospace,\"SF Mono\",Menlo,Consolas,monospace;"
    "overflow-wrap:anywhere;color:var(--ink)}"
    "ul.plain{list-style:none;margin:1rem 0;padding:0}ul.plain li{padding:.25rem 0}"
    "@media(max-width:44rem){.top{padding:.3rem 1rem;gap:0 1rem}.top nav{order:3;flex-basis:100%;"
    "overflow-x:auto;mask-image:linear-gradient(90deg,#000 calc(100% - 3rem),transparent)}"
    ".top ul{flex-wrap:nowrap;padding-right:3rem}.top nav a{white-space:nowrap}.who button{"
    "padding:.3rem .8rem}}"
    "@media print{.top,form,.skip{display:none}}";

/* Of the dashboard: pairs of answers, switches, quotations; and buttons in a row. */
static const char cards[] =
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:.8rem;max-width:26rem}"
    ".pair button{margin:0}.acts{display:flex;flex-wrap:wrap;gap:.8rem;align-items:center;"
    "margin:1.2rem 0}.acts button,.acts form{margin:0}"
    "article h3::first-letter{text-transform:uppercase}main>nav{margin-top:2rem}"
    "article form{margin:.8rem 0 0}article button,article .button{margin:.4rem 0 0}"
    "main>h2{margin-top:2rem}.lead+article{margin-top:1.6rem}"
    ".switch{margin:1rem 0 0;padding:.8rem 0 0;border-top:1px solid var(--line)}"
    "h4{margin:0 0 .2rem;font-size:1rem}.switch form{margin:.8rem 0 0}"
    "blockquote{margin:.6rem 0;padding:.2rem 0 .2rem .9rem;border-left:3px solid var(--fill);"
    "font-family:Georgia,\"Iowan Old Style\",\"Times New Roman\",serif;font-size:1.08rem}"
    ".value{font:600 1.3rem/1.3 Georgia,serif;overflow-wrap:anywhere}"
    "progress{width:100%;height:.7rem;accent-color:var(--fill)}"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.8rem 0;padding:.8rem "
    "1rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:.3rem;font-size:.85rem}"
    "article:target{border-color:var(--fill)}"
    "#progress{position:fixed;inset:auto 0 0;margin:0;padding:.8rem 1.5rem;background:var(--card);"
    "border-top:1px solid var(--line)}#progress "
    "span{display:block;color:var(--soft);font-size:.92rem}";

/* Of the console: figures in tables, the way in, what waits, what may be done. */
static const char console[] =
    ".list td.number,.list thead th.number,.list tbody td.number:last-child,.list thead "
    "th.number:last-child{text-align:right;padding-right:1.4rem}"
    ".list .under{display:block}.list .state{margin:0}"
    ".guide ol{list-style:none;margin:1.2rem 0 0;padding:0;display:grid;gap:1.2rem;"
    "grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}"
    ".guide li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;"
    "padding:1.1rem 1.2rem}.guide li.done{background:none}"
    ".mark{font:400 .85rem/1.4 system-ui,sans-serif;color:var(--good)}"
    ".waiting{list-style:none;margin:1rem 0 0;padding:0}"
    ".waiting a{display:flex;gap:.8rem;align-items:baseline;min-height:2.75rem;padding:.5rem 0;"
    "border-bottom:1px solid var(--line);color:var(--ink);text-decoration:none}"
    ".waiting a:hover{color:var(--fill)}.waiting b{font:600 1.3rem/1.2 Georgia,serif;"
    "min-width:2.5rem;text-align:right}"
    ".left a{color:inherit;text-underline-offset:.2em}"
    "main.wide>.state{margin-top:.8rem}.relative .bar{background:none}"
    ".optional{font-weight:400;font-size:.85rem;color:var(--soft)}"
    "fieldset.card{margin:1.6rem 0;padding:1.2rem 1.4rem .2rem;background:var(--card);border:1px "
    "solid "
    "var(--line);border-radius:.6rem;max-width:44rem}fieldset.card legend{font:600 1.15rem/1.2 "
    "Georgia,serif;float:left;width:100%;margin-bottom:1rem}fieldset.card legend+*{clear:both}"
    "fieldset{border:0;margin:0 0 1.2rem;padding:0}legend{font-weight:600;padding:0}"
    "main.wide .figures{grid-template-columns:repeat(auto-fit,minmax(9rem,1fr))}"
    ".choice{display:flex;gap:.6rem;align-items:center;min-height:2.75rem;padding:.25rem "
    "0;font-weight:400}"
    ".choice "
    "input{flex:none;width:1.25rem;min-height:1.25rem;height:1.25rem;accent-color:var(--fill)}"
    "input[type=file]{padding:.6rem .7rem;max-width:36rem}.acts input[type=file]{width:auto}";

/* Two columns that become one; forms of many parts; tables whose rows become cards; lines over time. */
static const char parts[] =
    ".split{display:grid;grid-template-columns:minmax(0,22rem) minmax(0,1fr);gap:1rem 3rem}"
    ".builder{margin-top:1.2rem}.builder .field{margin-bottom:.8rem}"
    ".builder fieldset{margin:0 0 1rem;padding:.6rem 1rem .4rem;border:1px solid var(--line);"
    "border-radius:.4rem;min-width:0}.builder legend{padding:0 "
    ".4rem;color:var(--soft);font-size:.9rem}"
    ".condition{display:grid;grid-template-columns:1fr 1fr;gap:0 .8rem}"
    ".condition .field:nth-of-type(1){grid-column:1/-1}.condition label{font-weight:400;"
    "font-size:.9rem;color:var(--soft)}"
    ".total{font:400 1.15rem/1.4 system-ui,sans-serif;margin-top:1.2rem}"
    ".total b{font:600 2.6rem/1.1 Georgia,serif}[aria-busy=true]{opacity:.55}"
    ".split .stairs .row{grid-template-columns:13rem 1fr 7.5rem}"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));"
    "gap:1.2rem;margin-top:1.2rem}.pictures h3{overflow-wrap:anywhere}"
    ".pictures p{margin:.3rem 0 .6rem;font-size:.9rem;color:var(--soft)}"
    ".glossary dt{margin-top:.8rem;font-weight:600}.glossary dd{margin:.1rem "
    "0;overflow-wrap:anywhere}"
    ".glossary dd span{color:var(--soft)}"
    ".spark{width:6rem;height:1.5rem;vertical-align:middle}.spark .line{fill:none;"
    "stroke:var(--fill);stroke-width:1.6}.spark circle{fill:var(--fill)}.spark .least{fill:none;"
    "stroke:var(--soft);stroke-dasharray:2 3}"
    ".stack caption{position:absolute;left:-99rem}.apart{margin-top:1.8rem}.short{color:var(--bad)}"
    ".stack small{display:block;color:var(--soft);font-size:.8rem}.stack small.short{color:"
    "var(--bad)}.stack b{font-weight:500}"
    "@media(min-width:44.01rem){.stairs:not(.tight) .row{grid-template-columns:15rem 1fr 7.5rem}}"
    "@media(max-width:44rem){.split{grid-template-columns:minmax(0,1fr)}.split .stairs .row{"
    "grid-template-columns:1fr auto}.stack thead{position:absolute;left:-99rem}"
    ".stack tbody,.stack tr{display:block}.stack tr{padding:.7rem 0;border-bottom:1px solid "
    "var(--line)}.stack th[scope=row]{display:block;font-weight:600;border:0;padding:.1rem 0}"
    ".stack td,.stack tbody td:last-child{display:flex;justify-content:space-between;gap:1rem;"
    "padding:.1rem 0;border:0;text-align:right}.stack td::before{content:attr(data-label);"
    "color:var(--soft);text-align:left;white-space:nowrap}.stack td span{min-width:0;"
    "overflow-wrap:anywhere}.stack tbody td.none{display:none}"
    ".stack td.number,.stack tbody td.number:last-child{padding-right:0}.stack .under{font-weight:"
    "400}}";

struct str page_sheet(struct arena *arena)
{
    struct buf buf = buf_begin(arena);
    buf_lit(&buf, page_style());
    buf_lit(&buf, chart_style());
    buf_bytes(&buf, style, sizeof style - 1);
    buf_bytes(&buf, cards, sizeof cards - 1);
    buf_bytes(&buf, console, sizeof console - 1);
    buf_lit(&buf, work_style());
    buf_bytes(&buf, parts, sizeof parts - 1);
    return buf_text(&buf);
}
