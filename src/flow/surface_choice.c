/*
 * surface_choice.c - what a visitor said on a page, as records.
 *
 * One answer is one transaction: a record and an entry for each purpose that was asked for, all or none.
 * A write key that everybody can read speaks for visitors only, under ids that nobody can guess: else
 * whoever reads the page could agree, or refuse, for somebody they know.
 */
#include "consenting.h"
#include "request.h"
#include "signals.h"
#include "surface.h"
#include "track.h"

enum { CHOICE_BYTES_MAX = 64 << 10, RANDOM_ID_MIN = 16 };

static const struct text_limits request_limits = {
    .size_max = CHOICE_BYTES_MAX,
    .depth_max = 4,
    .count_max = 256,
    .text_max = CELL_TEXT_MAX,
};

/* An answer on its way. */
struct said {
    struct str anonymous;
    struct str user;
    struct str version;
    struct str language;
    const struct value *choices;
    struct str evidence;
    bool gpc;
    struct str name; /* under which whoever it is is found */
    bool is_new;
    struct subject subject;
    struct consent_record *before; /* all that they said until now */
    size_t before_count;
};

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status text_at(struct job *job, const struct value *map, const char *key,
                                  struct str *text)
{
    const struct value *value = value_get(map, key);
    *text = STR("");
    return value == NULL || value->kind == VALUE_NULL
               ? CANDOR_OK
               : value_text(job, value, str_z(job->arena, str_format(job->arena, "'%s'", key)),
                            text);
}

static enum candor_status read_request(struct job *job, const char *request, size_t request_len,
                                       bool gpc, struct said *said)
{
    static const char *const known[] = {"anonymousId", "userId", "version",    "language",
                                        "choices",     "gpc",    "ui_evidence"};
    const struct bytes bytes = {(const uint8_t *)request, request_len};
    const struct value *root = NULL;
    *said = (struct said){.gpc = gpc};
    TRY(json_read(job, bytes, &request_limits, "the request", &root));
    TRY(value_is(job, root, VALUE_MAP, "the request"));
    TRY(value_only(job, root, known, sizeof known / sizeof known[0], "the request"));
    TRY(text_at(job, root, "anonymousId", &said->anonymous));
    TRY(text_at(job, root, "userId", &said->user));
    TRY(text_at(job, root, "version", &said->version));
    TRY(text_at(job, root, "language", &said->language));
    TRY(text_at(job, root, "ui_evidence", &said->evidence));
    said->choices = value_get(root, "choices");
    TRY(value_is(job, said->choices, VALUE_MAP, "'choices'"));
    if (value_get(root, "gpc") != NULL) {
        bool says = false;
        TRY(value_bool(job, value_get(root, "gpc"), "'gpc'", &says));
        said->gpc = said->gpc || says;
    }
    return (said->anonymous.len > 0) != (said->user.len > 0)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "give 'anonymousId' or 'userId', and not both");
}

/* Each purpose that was asked for is answered, and nothing else. */
static enum candor_status check_choices(struct job *job, const struct surface *surface,
                                        const struct said *said)
{
    const struct inventory *inventory = surface->candor->inventory;
    size_t asked = 0;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        asked += surface->purposes >> p & 1;
    }
    for (size_t i = 0; i < said->choices->count; i++) {
        const size_t p = inventory_purpose(inventory, said->choices->key[i]);
        bool yes = false;
        if (p == NONE || (surface->purposes >> p & 1) == 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "'choices' names what is not asked for; see GET /v1/surface");
        }
        TRY(value_bool(job, &said->choices->item[i], "each of 'choices'", &yes));
    }
    return said->choices->count == asked
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "'choices' answers %zu purposes of the %zu asked for",
                      said->choices->count, asked);
}

static enum candor_status check_version(struct job *job, const struct surface *surface,
                                        const struct said *said)
{
    if (said->version.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'version' says which words were shown: it is needed");
    }
    return str_equal(said->version, surface->version)
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED,
                      "the words have changed since they were shown: get /v1/surface again, which "
                      "is version %.*s now, and ask in those",
                      STR_ARG(surface->version));
}

/* ---- whom ---------------------------------------------------------------------------------- */

static enum candor_status may_speak_for(struct job *job, const struct candor *candor,
                                        const struct said *said)
{
    const struct str key = caller_key(candor);
    const bool is_public = track_is_public(candor->tracking, key.len > 0 ? key : STR("api"));
    TRY(caller_may(job, candor, ACT_TRACK));
    if (said->user.len == 0) {
        return !is_public || said->anonymous.len >= RANDOM_ID_MIN
                   ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT,
                          "'anonymousId' is made at random: %d bytes at least", RANDOM_ID_MIN);
    }
    if (is_public) {
        return fail(job, CANDOR_FORBIDDEN,
                    "a public write key speaks for visitors only: send what a person with a userId "
                    "chose from your own server");
    }
    return caller_may(job, candor, ACT_CONSENT);
}

static enum candor_status make_visitor(struct job *job, struct candor *candor, struct txn *txn,
                                       struct said *said)
{
    struct map *marks = NULL;
    bool is_held = false;
    TRY(suppress_load(job, candor, txn, job->arena, &marks));
    TRY(suppress_holds(job, candor, marks, said->name, &is_held));
    if (is_held) {
        return fail(job, CANDOR_REFUSED, "whoever this was asked to stay away");
    }
    if (!track_may_make_one_more(candor, job->now)) {
        return fail(job, CANDOR_SPENT, "too many visitors in this hour; see tracking.new_per_hour");
    }
    said->is_new = true;
    return store_add_subjects(job, txn, &said->name, 1, &said->subject);
}

/* The same name as in the tracking API, so that what a visitor does is kept by what they said. */
static enum candor_status find(struct job *job, struct candor *candor, struct txn *txn,
                               struct said *said)
{
    const struct message message = {.user = said->user, .anonymous = said->anonymous};
    if (!track_name(job->arena, &message, &said->name)) {
        return fail(job, CANDOR_BAD_INPUT, "that id cannot be anybody's");
    }
    const enum candor_status status =
        home_subject(job, candor, txn, str_z(job->arena, said->name), &said->subject);
    if (status != CANDOR_NOT_FOUND || said->user.len > 0) {
        return status;
    }
    job_forgive(job);
    return make_visitor(job, candor, txn, said);
}

/* ---- recording ----------------------------------------------------------------------------- */

/* Was the last that they said of it a yes? Then a no takes it back. */
static bool had_agreed(const struct said *said, size_t purpose)
{
    const struct consent_record *last = NULL;
    for (size_t i = 0; i < said->before_count; i++) {
        const struct consent_record *record = &said->before[i];
        const bool is_of = record->purpose == purpose && record->recipient == OURSELVES;
        if (is_of && (last == NULL || record->time >= last->time)) {
            last = record;
        }
    }
    return last != NULL && last->decision == CONSENT_GIVEN;
}

static enum candor_status record_one(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct surface *surface, const struct said *said,
                                     size_t choice, struct json *json)
{
    struct consent_record record;
    struct str token;
    const size_t p = inventory_purpose(candor->inventory, said->choices->key[choice]);
    const bool yes = said->choices->item[choice].boolean;
    const struct candor_choice made = {
        .purpose = str_z(job->arena, candor->inventory->purpose[p].name),
        .decision = yes                   ? "give"
                    : had_agreed(said, p) ? "withdraw"
                                          : "refuse",
        .language = str_z(job->arena, surface->language),
        .surface = "candor.js",
        .proof =
            str_z(job->arena, str_format(job->arena, "surface %.*s%s", STR_ARG(surface->version),
                                         said->gpc ? ", Sec-GPC: 1" : "")),
        .ui_evidence = str_z(job->arena, said->evidence),
        .gpc = said->gpc,
    };
    TRY(choice_read(job, candor, &made, &record));
    TRY(choice_allow(job, candor, txn, said->subject, &record, &token));
    TRY(consent_record_add(job, candor, txn, said->subject, &record, &record.ledger_index));
    json_map_begin(json);
    json_key(json, LIT("purpose"));
    json_text(json, candor->inventory->purpose[p].name);
    json_key(json, LIT("decision"));
    json_text(json, str_of(consent_decision_name(record.decision)));
    json_key(json, LIT("wording_version"));
    json_text(json, record.wording_version);
    json_key(json, LIT("ledger_index"));
    json_u64(json, record.ledger_index);
    json_map_end(json);
    return CANDOR_OK;
}

/* What they said is in force now: so the strings come from what is stored. */
static enum candor_status put_strings(struct job *job, struct candor *candor,
                                      const struct said *said, struct json *json)
{
    struct txn *txn = NULL;
    struct view_entry *entry = NULL;
    TRY(home_begin(job, candor, &txn));
    TRY(view_find(job, candor, str_z(job->arena, said->name), &entry));
    json_key(json, LIT("strings"));
    json_map_begin(json);
    signals_put_strings(job, json, candor, entry, said->gpc);
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status choose(struct job *job, struct candor *candor, const char *request,
                                 size_t request_len, bool gpc, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct surface surface;
    struct said said;
    struct answer answer;
    TRY(read_request(job, request, request_len, gpc, &said));
    TRY(may_speak_for(job, candor, &said));
    TRY(home_begin(job, candor, &txn));
    TRY(surface_in(job, candor, txn, said.language, &surface));
    TRY(check_version(job, &surface, &said));
    TRY(check_choices(job, &surface, &said));
    TRY(find(job, candor, txn, &said));
    TRY(store_consents(job, txn, said.subject, &said.before, &said.before_count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("version"));
    json_text(&answer.json, surface.version);
    json_key(&answer.json, LIT("time"));
    json_text(&answer.json, str_from_time(job->arena, job->now));
    json_key(&answer.json, LIT("receipts"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < said.choices->count; i++) {
        TRY(record_one(job, candor, txn, &surface, &said, i, &answer.json));
    }
    json_list_end(&answer.json);
    TRY(home_commit(job, candor, txn));
    candor->subjects += said.is_new ? 1 : 0;
    view_drop(candor, said.subject);
    TRY(put_strings(job, candor, &said, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_surface_choose(struct job *job, struct candor *candor,
                                         const char *request, size_t request_len, bool gpc,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = choose(job, candor, request, request_len, gpc, report);
    home_leave(candor);
    return status;
}
