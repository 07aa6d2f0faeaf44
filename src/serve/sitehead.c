/*
 * sitehead.c - the head of a page for whoever is here, with the way that they have; and their forms.
 */
#include <assert.h>

#include "site.h"

static const struct {
    struct lit path;
    enum word name;
    const char *act; /* of its page; NULL: open to all who work here */
} staff_item[] = {
    {WORDS("/"), W_NAV_TODAY, NULL},
    {WORDS("/audience"), W_NAV_AUDIENCE, "plan"},
    {WORDS("/campaigns"), W_NAV_CAMPAIGNS, NULL},
    {WORDS("/models"), W_NAV_MODELS, "ledger.read"},
    {WORDS("/data"), W_NAV_DATA, "ledger.read"},
    {WORDS("/board/"), W_NAV_BOARD, "ledger.read"},
    {WORDS("/operators"), W_NAV_OPERATORS, "administer"},
    {WORDS("/account"), W_NAV_ACCOUNT, NULL},
};

/* On each page of a subject: their choices are one click away. */
static const struct {
    struct lit path;
    enum word name;
} subject_item[] = {
    {WORDS("/me/"), W_NAV_ME_CHOICES},          {WORDS("/me/data"), W_NAV_ME_DATA},
    {WORDS("/me/messages"), W_NAV_ME_MESSAGES}, {WORDS("/me/people"), W_NAV_ME_PEOPLE},
    {WORDS("/me/rights"), W_NAV_ME_RIGHTS},     {WORDS("/me/receipts"), W_NAV_ME_RECEIPTS},
};

enum {
    ITEMS = sizeof staff_item / sizeof staff_item[0],
    SUBJECT_ITEMS = sizeof subject_item / sizeof subject_item[0],
};
static_assert(SUBJECT_ITEMS <= ITEMS, "the shell has room for either");

/* Sentences that a redirect may ask for: "done=KEY". */
static const struct {
    const char *key;
    enum word sentence;
} done_row[] = {
#define DONE(key, which) {key, W_##which},
#include "words_done.def"
#undef DONE
};

static void put_done(const struct site *site, struct buf *html)
{
    const struct str key = site_query(site, "done");
    for (size_t i = 0; key.len > 0 && i < sizeof done_row / sizeof done_row[0]; i++) {
        if (str_is(key, done_row[i].key)) {
            page_notice(html, PAGE_NOTICE_GOOD, str_from(word(done_row[i].sentence)));
        }
    }
}

/* A page without calls in somebody's name, such as the account's, still has the way of whoever reads it. */
static bool enter_for_way(struct site *site)
{
    if (site->is_entered || site->visit.session == NULL) {
        return false;
    }
    if (candor_session_enter(site->job, site->candor, site->visit.session, NULL, NULL) !=
        CANDOR_OK) {
        job_forgive(site->job);
        return false;
    }
    site->is_entered = true;
    return true;
}

/* Only where they may go. */
static size_t staff_way(struct site *site, const char *here, struct page_item item[ITEMS])
{
    const bool has_entered = enter_for_way(site);
    size_t count = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        const char *act = staff_item[i].act;
        if (act == NULL || site_may(site, act)) {
            item[count++] =
                (struct page_item){staff_item[i].path, word(staff_item[i].name),
                                   here != NULL && str_is(str_from(staff_item[i].path), here)};
        }
    }
    if (has_entered) {
        site->is_entered = false;
        candor_key_leave(site->candor);
    }
    return count;
}

static void begin(struct site *site, struct buf *html, struct str title, const char *here,
                  bool is_narrow)
{
    struct page_item item[ITEMS];
    const bool is_staff = site->who.kind == CANDOR_OPERATOR && !site->who.must_enrol;
    size_t count = is_staff ? staff_way(site, here, item) : 0;
    const bool is_subject = site->who.kind == CANDOR_SUBJECT;
    for (size_t i = 0; is_subject && i < SUBJECT_ITEMS; i++) {
        item[count++] =
            (struct page_item){subject_item[i].path, word(subject_item[i].name),
                               here != NULL && str_is(str_from(subject_item[i].path), here)};
    }
    const struct page_shell shell = {
        .title = title,
        .home = is_subject ? LIT("/me/") : LIT("/"),
        .item = item,
        .item_count = count,
        .who = is_subject ? str_from(word(W_YOU)) : str_of(site->who.name),
        .form_token = str_of(site->who.form_token),
        .is_narrow = is_narrow,
        .script = is_staff ? LIT("/progress.js") : LIT(""),
    };
    page_shell_begin(html, &shell);
    put_done(site, html);
}

void site_begin(struct site *site, struct buf *html, struct str title, const char *here)
{
    begin(site, html, title, here, false);
}

void site_begin_narrow(struct site *site, struct buf *html, struct str title)
{
    begin(site, html, title, NULL, true);
}

void site_form(const struct site *site, struct buf *html, struct lit action)
{
    page_form_begin(html, action, str_of(site->who.form_token));
}

void site_form_to(const struct site *site, struct buf *html, struct str action)
{
    page_tag(html, LIT("<form method=\"post\" action=\""), action, LIT("\">"));
    page_hidden(html, LIT("form"), str_of(site->who.form_token));
}
