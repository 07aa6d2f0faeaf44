/*
 * surface.c - what is asked of visitors, and its version.
 *
 * A language is spoken when the words around the questions and the wording of every question are there
 * in it: a notice in two languages is one that is half understood. The version is the first half of the
 * SHA-256 of all that is shown, in its order.
 */
#include "surface.h"

#include "consenting.h"
#include "reviewed.h"
#include "signals.h"

/* The words of a purpose in a language; empty: there are none. */
static struct str wording_in(const struct purpose *purpose, struct str language)
{
    if (str_equal(purpose->language, language)) {
        return purpose->wording;
    }
    for (size_t t = 0; t < purpose->translation_count; t++) {
        if (str_equal(purpose->translation[t].language, language)) {
            return purpose->translation[t].wording;
        }
    }
    return STR("");
}

/* ---- the language -------------------------------------------------------------------------- */

static bool is_spoken(const struct surface *surface, size_t words)
{
    const struct inventory *inventory = surface->candor->inventory;
    const struct str language = surface_words_language(words);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((surface->purposes >> p & 1) == 1 &&
            wording_in(&inventory->purpose[p], language).len == 0) {
            return false;
        }
    }
    return true;
}

/* "de-AT" is answered in "de". */
static size_t words_wanted(const struct surface *surface, struct str language)
{
    struct str main_part = language;
    const struct str first = str_cut(&main_part, '-');
    const size_t words = language.len == 0 ? NONE : surface_words_in(first);
    return words != NONE && is_spoken(surface, words) ? words : NONE;
}

/* The one that was wanted, else the company's own, else any in which all is there. */
static enum candor_status choose_language(struct job *job, struct surface *surface,
                                          struct str wanted)
{
    const struct inventory *inventory = surface->candor->inventory;
    surface->words = words_wanted(surface, wanted);
    for (size_t p = 0; p < inventory->purpose_count && surface->words == NONE; p++) {
        if ((surface->purposes >> p & 1) == 1) {
            surface->words = words_wanted(surface, inventory->purpose[p].language);
        }
    }
    for (size_t i = 0; surface->words == NONE && surface_words_language(i).len > 0; i++) {
        surface->words = is_spoken(surface, i) ? i : NONE;
    }
    if (surface->words == NONE) {
        return fail(job, CANDOR_BAD_INPUT,
                    "there is no language in which every purpose of 'surface' has a wording and "
                    "/candor.js has words; add 'translations' in candor.yaml");
    }
    surface->language = surface_words_language(surface->words);
    return CANDOR_OK;
}

/* ---- what is shown ------------------------------------------------------------------------- */

static void put_recipients(struct json *json, const struct inventory *inventory,
                           const struct purpose *purpose)
{
    const size_t r =
        purpose->recipient.len == 0 ? NONE : inventory_recipient(inventory, purpose->recipient);
    json_key(json, LIT("recipients"));
    json_list_begin(json);
    if (purpose->recipient.len > 0) {
        json_map_begin(json);
        json_key(json, LIT("title"));
        json_text(json, r == NONE ? purpose->recipient : inventory->recipient[r].title);
        put_text_or_null(json, LIT("country"),
                         r == NONE ? STR("") : inventory->recipient[r].country);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_others(struct json *json, const struct surface *surface, size_t p)
{
    const struct signal_map *map = &surface->candor->signals->map[p];
    const struct permit_question question = {.purpose = p, .recipient = OURSELVES};
    json_key(json, LIT("gpc"));
    json_bool(json, signals_gpc_forbids(surface->candor, &question));
    json_key(json, LIT("consent_mode"));
    json_list_begin(json);
    for (unsigned s = 0; s < MODE_SIGNALS; s++) {
        if ((map->consent_mode >> s & 1) == 1) {
            json_text(json, str_of(mode_signal_name((enum mode_signal)s)));
        }
    }
    json_list_end(json);
    json_key(json, LIT("tcf"));
    json_list_begin(json);
    for (unsigned i = 1; i <= TCF_PURPOSES_KNOWN; i++) {
        if ((map->tcf >> (i - 1) & 1) == 1) {
            json_u64(json, i);
        }
    }
    json_list_end(json);
}

/* A title stands in the inventory's language only. */
static void put_purpose(struct json *json, const struct surface *surface, size_t p)
{
    const struct purpose *purpose = &surface->candor->inventory->purpose[p];
    const bool is_own = str_equal(purpose->language, surface->language);
    json_map_begin(json);
    json_key(json, LIT("name"));
    json_text(json, purpose->name);
    put_text_or_null(json, LIT("title"), is_own ? purpose->title : STR(""));
    json_key(json, LIT("wording"));
    json_text(json, wording_in(purpose, surface->language));
    json_key(json, LIT("wording_version"));
    json_text(json, purpose->wording_version);
    put_recipients(json, surface->candor->inventory, purpose);
    put_others(json, surface, p);
    json_map_end(json);
}

static void put_shown(struct job *job, struct json *json, const struct surface *surface)
{
    const struct candor *candor = surface->candor;
    const struct str name = candor->inventory->name;
    json_key(json, LIT("name"));
    json_text(json, name);
    put_text_or_null(json, LIT("contact"), candor->controller->contact);
    put_text_or_null(json, LIT("notice_url"), candor->surface->notice_url);
    json_key(json, LIT("language"));
    json_text(json, surface->language);
    json_key(json, LIT("words"));
    json_map_begin(json);
    for (unsigned w = 0; w < SURFACE_WORDS; w++) {
        json_key(json, surface_word_key((enum surface_word)w));
        json_text(json, surface_word(job->arena, surface->words, (enum surface_word)w, name));
    }
    json_map_end(json);
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        if ((surface->purposes >> p & 1) == 1) {
            put_purpose(json, surface, p);
        }
    }
    json_list_end(json);
}

/* Nobody is asked in words that candor.yaml wants reviewed and nobody has reviewed. */
static enum candor_status may_be_shown(struct job *job, struct candor *candor, struct txn *txn,
                                       uint64_t *purposes)
{
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        if ((*purposes >> p & 1) == 0) {
            continue;
        }
        const enum candor_status status = board_require_notice(job, candor, txn, p);
        if (status == CANDOR_REFUSED) {
            job_forgive(job);
            *purposes &= ~(UINT64_C(1) << p);
        } else if (status != CANDOR_OK) {
            return status;
        }
    }
    return CANDOR_OK;
}

enum candor_status surface_in(struct job *job, struct candor *candor, struct txn *txn,
                              struct str language, struct surface *surface)
{
    struct answer shown;
    *surface = (struct surface){.candor = candor, .purposes = candor->surface->purposes};
    TRY(may_be_shown(job, candor, txn, &surface->purposes));
    TRY(choose_language(job, surface, language));
    answer_begin(job, &shown);
    json_map_begin(&shown.json);
    put_shown(job, &shown.json, surface);
    json_map_end(&shown.json);
    const struct digest digest = digest_of_bytes(buf_all(&shown.buf));
    surface->version = hex_of(job->arena, (struct bytes){digest.byte, SURFACE_VERSION_LEN / 2});
    return CANDOR_OK;
}

/* ---- the report ---------------------------------------------------------------------------- */

/* In the browser a yes is forgotten with the first purpose whose yes ends, and a no is respected for as
 * long as the purpose with the longest pause wants. */
static void put_days(struct json *json, const struct surface *surface)
{
    const struct surface_config *config = surface->candor->surface;
    uint32_t valid = config->valid_days;
    uint32_t pause = config->ask_again_days;
    for (size_t p = 0; p < surface->candor->inventory->purpose_count; p++) {
        const struct purpose *purpose = &surface->candor->inventory->purpose[p];
        if ((surface->purposes >> p & 1) == 1) {
            const bool ends = purpose->valid_days > 0 && purpose->valid_days < valid;
            valid = ends ? purpose->valid_days : valid;
            pause = purpose->ask_again_days > pause ? purpose->ask_again_days : pause;
        }
    }
    json_key(json, LIT("valid_days"));
    json_u64(json, valid);
    json_key(json, LIT("ask_again_days"));
    json_u64(json, pause);
}

static enum candor_status report_surface(struct job *job, struct candor *candor,
                                         const char *language, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct surface surface;
    struct answer answer;
    TRY(home_begin(job, candor, &txn));
    TRY(surface_in(job, candor, txn, str_of(language), &surface));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("version"));
    json_text(&answer.json, surface.version);
    put_days(&answer.json, &surface);
    json_key(&answer.json, LIT("vendor"));
    json_u64(&answer.json, candor->signals->vendor);
    json_key(&answer.json, LIT("cmp_id"));
    json_u64(&answer.json, candor->signals->cmp_id);
    put_shown(job, &answer.json, &surface);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_surface(struct job *job, struct candor *candor, const char *language,
                                  struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = report_surface(job, candor, language, report);
    home_leave(candor);
    return status;
}
