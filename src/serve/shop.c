/*
 * shop.c - the demo shop: a page of the demo company as a visitor sees it, with the banner of /candor.js.
 *
 * It is there when candor.yaml has surface.demo_shop, the public write key that the page sends with. Its
 * counting tag waits for a yes to `measurement`; what happens, and what does not, stands in a panel.
 */
#include "site.h"
#include "webfile.h"

struct good {
    struct lit name;
    struct lit price;
    struct lit category;
    struct lit text;
    struct lit more;
    struct lit id;
    struct lit picture;
};

static const struct good good_row[] = {
    {WORDS("Oak bird table"), WORDS("€48.00"), WORDS("garden"),
     WORDS("Oiled oak, made to stand outside all year."),
     WORDS("The roof lifts off for cleaning. Finches come first, as a rule."), WORDS("bird"),
     WORDS("<svg viewBox=\"0 0 400 300\" preserveAspectRatio=\"xMidYMid slice\" "
           "aria-hidden=\"true\"><rect class=\"sky-a\" width=\"400\" "
           "height=\"300\"/><path class=\"warm\" d=\"M192 130h16v150h-16z\"/><path class=\"warm\" "
           "d=\"M110 126h180v14H110z\"/><path class=\"deep\" d=\"M200 40l100 56H100z\"/><path "
           "class=\"warm\" d=\"M124 94h10v34h-10zM266 94h10v34h-10z\"/><circle class=\"plum\" "
           "cx=\"188\" cy=\"112\" r=\"15\"/><circle class=\"plum\" cx=\"203\" cy=\"99\" "
           "r=\"9\"/><path class=\"plum\" d=\"M173 112l-20-8 8 16z\"/><path class=\"warm\" "
           "d=\"M211 98l10 3-10 4z\"/></svg>")},
    {WORDS("Enamel watering can"), WORDS("€32.00"), WORDS("home"),
     WORDS("Five litres, a long neck, a rose of brass."),
     WORDS("Enamel chips when it falls: that is when it begins to look its age, and well."),
     WORDS("can"),
     WORDS("<svg viewBox=\"0 0 400 300\" preserveAspectRatio=\"xMidYMid slice\" "
           "aria-hidden=\"true\"><rect class=\"sky-b\" width=\"400\" "
           "height=\"300\"/><path class=\"line\" d=\"M252 130c60 0 60 96 2 96\"/><path "
           "class=\"line\" d=\"M168 200C130 190 120 130 88 112\"/><path class=\"deep\" d=\"M160 "
           "120h96l8 128H152z\"/><path class=\"deep\" d=\"M70 118l26-22 10 12-26 22z\"/><path "
           "class=\"thin\" d=\"M158 152h100M155 218h107\"/></svg>")},
    {WORDS("Wool picnic blanket"), WORDS("€65.00"), WORDS("outdoor"),
     WORDS("Woven in Donegal, with a back that keeps the dew out."),
     WORDS("1.40 m by 1.80 m, and a strap to carry it by."), WORDS("blanket"),
     WORDS("<svg viewBox=\"0 0 400 300\" preserveAspectRatio=\"xMidYMid slice\" "
           "aria-hidden=\"true\"><rect class=\"sky-c\" width=\"400\" "
           "height=\"300\"/><path class=\"plum\" d=\"M92 96h216v128H92z\"/><path class=\"pale\" "
           "d=\"M92 130h216v12H92zM92 178h216v12H92z\"/><path class=\"warm\" d=\"M136 "
           "96h12v128h-12zM194 96h12v128h-12zM252 96h12v128h-12z\"/><path class=\"plum\" d=\"M96 "
           "224h8v18h-8zM120 224h8v18h-8zM144 224h8v18h-8zM168 224h8v18h-8zM192 224h8v18h-8zM216 "
           "224h8v18h-8zM240 224h8v18h-8zM264 224h8v18h-8zM288 224h8v18h-8z\"/></svg>")},
};

static void put_good(struct buf *html, const struct good *good)
{
    buf_lit(html, LIT("<li class=\"good\">"));
    buf_lit(html, good->picture);
    page_tag(html, LIT("<div><h2>"), str_from(good->name), LIT("</h2>"));
    page_tag(html, LIT("<p class=\"price\">"), str_from(good->price), LIT("</p>"));
    page_tag(html, LIT("<p>"), str_from(good->text), LIT("</p>"));
    page_tag(html, LIT("<p class=\"more\" hidden id=\"more-"), str_from(good->id), LIT("\">"));
    page_tag(html, LIT(""), str_from(good->more), LIT("</p>"));
    page_tag(html, LIT("<div class=\"acts\"><button type=\"button\" data-add=\""),
             str_from(good->name), LIT("\" "));
    page_tag(html, LIT("aria-label=\"Add to basket: "), str_from(good->name),
             LIT("\">Add to basket</button>"));
    page_tag(html, LIT("<button class=\"quiet\" type=\"button\" data-look=\""),
             str_from(good->category), LIT("\" aria-expanded=\"false\" "));
    page_tag(html, LIT("aria-controls=\"more-"), str_from(good->id), LIT("\" "));
    page_tag(html, LIT("aria-label=\"Look closer: "), str_from(good->name),
             LIT("\">Look closer</button></div></div></li>"));
}

static void put_head(struct buf *html, const struct candor_surface_rules *rules)
{
    buf_lit(html, LIT("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
                      "name=\"viewport\" content=\"width=device-width\">"));
    page_tag(html, LIT("<title>"), str_of(rules->name), LIT(" (a demo shop)</title>"));
    page_tag(html, LIT("<script src=\"/candor.js\" data-write-key=\""), str_of(rules->demo_shop),
             LIT("\"></script>"));
    buf_lit(html, LIT("<script type=\"text/plain\" data-candor-purpose=\"measurement\" "
                      "src=\"/demo/measure.js\"></script><script src=\"/demo/shop.js\" "
                      "defer></script><link rel=\"stylesheet\" href=\"/demo/shop.css\"></head>"));
}

static void put_body(struct buf *html, const struct candor_surface_rules *rules)
{
    page_tag(html, LIT("<body><header><p class=\"brand\">"), str_of(rules->name), LIT("</p>"));
    buf_lit(html, LIT("<span class=\"bag\">Basket <b id=\"basket\">0</b></span></header>"
                      "<main><div class=\"hero\"><h1>Good things for outside the door</h1><p>Three "
                      "of them this week. Nothing here can be bought: it is a demo, of a company "
                      "that never was.</p></div><ul class=\"goods\">"));
    for (size_t i = 0; i < sizeof good_row / sizeof good_row[0]; i++) {
        put_good(html, &good_row[i]);
    }
    buf_lit(html,
            LIT("</ul><p class=\"told\" id=\"told\" role=\"status\"></p><section "
                "class=\"happens\" aria-labelledby=\"happens\"><h2 id=\"happens\">What happens on "
                "this page</h2><dl><dt>You said</dt><dd id=\"said\" class=\"off\">nothing "
                "yet</dd><dt>Counting tag</dt><dd id=\"tag\" class=\"off\">blocked</dd></dl><ul "
                "id=\"log\" aria-label=\"What was sent\"><li id=\"none\">Nothing was "
                "sent.</li></ul><noscript>"
                "<p>Without JavaScript nothing is measured, and nothing has to be "
                "asked.</p></noscript></section></main><footer>"));
    page_tag(html, LIT("<span>"), str_of(rules->name), LIT("</span>"));
    buf_lit(html, LIT("<button class=\"link\" type=\"button\" data-candor-open>Privacy "
                      "choices</button></footer></body></html>"));
}

static bool is_open(const struct site *site)
{
    return desk_served(site->desk)->surface.demo_shop[0] != '\0';
}

static struct outcome closed(struct site *site)
{
    return site_refusal(site, 404, str_from(word(W_NOT_FOUND)),
                        STR("There is no shop here: candor.yaml has no surface.demo_shop."));
}

struct outcome site_shop(struct site *site)
{
    struct buf html = buf_begin(site->job->arena);
    if (!is_open(site)) {
        return closed(site);
    }
    put_head(&html, &desk_served(site->desk)->surface);
    put_body(&html, &desk_served(site->desk)->surface);
    return site_file(site, "text/html; charset=utf-8", buf_all(&html), NULL);
}

/* The rest of it: "/demo/{name}". */
struct outcome site_shop_file(struct site *site)
{
    static const struct {
        const char *name;
        const char *type;
    } row[] = {{"measure.js", "text/javascript; charset=utf-8"},
               {"shop.js", "text/javascript; charset=utf-8"},
               {"shop.css", "text/css; charset=utf-8"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0] && is_open(site); i++) {
        if (str_is(site->ask->parameter[0], row[i].name)) {
            const struct web_file *file = web_file(row[i].name);
            struct outcome outcome =
                site_file(site, row[i].type, (struct bytes){file->ptr, file->len}, NULL);
            outcome.cache = STR("no-cache");
            return outcome;
        }
    }
    return closed(site);
}
