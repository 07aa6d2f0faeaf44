/*
 * content.c - where content stands: list, show, approval, retire.
 *
 *     submit (content_submit.c) ─▶ candor board propose content NAME ─▶ votes ─▶ deploy ─▶ retire
 *
 * Where a piece stands is computed (govern/content.h) from the board's review of exactly its bytes.
 * How it leaves is content_deploy.c's.
 */
#include "contents.h"
#include "manifest.h"

/* ---- where it stands ----------------------------------------------------------------------- */

enum candor_status content_place_of(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct content *content, struct content_place *place)
{
    struct board_thing thing;
    struct content_life life = {.is_deployed = content->is_deployed,
                                .is_retired = content->is_retired};
    *place = (struct content_place){.state = CONTENT_RETIRED};
    if (!content->is_retired) {
        TRY(board_thing_load(job, candor, txn, BOARD_CONTENT, content->name, &thing));
        TRY(board_passage_of(job, candor, txn, &thing, thing.digest, STR(""), &place->passage));
        const struct board_record *of =
            place->passage.open != NULL ? place->passage.open : place->passage.latest;
        life.has_review =
            of != NULL && bytes_same(of->review.digest, thing.digest, BOARD_DIGEST_LEN);
        life.review = life.has_review ? place->passage.standing.state : BOARD_IN_REVIEW;
        place->state = content_stand(&life);
    }
    return CANDOR_OK;
}

enum candor_status content_account(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct content *content, enum ledger_action action,
                                   uint64_t *index)
{
    const struct account account = {
        .action = action,
        .outcome = OUTCOME_DONE,
        .payload = bytes_of(str_format(job->arena, "content %.*s", STR_ARG(content->name))),
        .object = content->digest.byte,
        .policy = &content->digest};
    return home_account_kept(job, candor, txn, &account, LIT("content_entry"), index);
}

static void put_hex(struct json *json, struct lit key, const struct digest *digest)
{
    json_key(json, key);
    json_hex(json, (struct bytes){digest->byte, sizeof digest->byte});
}

void content_members(struct job *job, struct json *json, const struct content *content,
                     const struct content_place *place)
{
    const bool has_review = place->passage.latest != NULL;
    put_text(json, LIT("name"), content->name);
    put_text(json, LIT("file"), content->file);
    put_text(json, LIT("state"), str_of(content_state_name(place->state)));
    put_text_or_null(json, LIT("waits"),
                     place->state == CONTENT_IN_REVIEW
                         ? str_of(board_wait_sentence(place->passage.standing.wait))
                         : STR(""));
    put_text_or_null(json, LIT("review"),
                     has_review ? board_hex(job->arena, place->passage.latest) : STR(""));
    put_hex(json, LIT("sha256"), &content->digest);
    put_text(json, LIT("media"), str_of(mark_media_name(content->media)));
    put_text(json, LIT("source"), str_of(mark_source_name(content->source)));
    put_text_or_null(json, LIT("model"), content->model);
    if (content->generator.len > 0) {
        put_text(json, LIT("generator"), content->generator);
        put_hex(json, LIT("brief_sha256"), &content->brief);
    }
    put_text(json, LIT("purpose"), content->purpose);
    put_text_or_null(json, LIT("market"), content->market);
    json_key(json, LIT("findings"));
    json_u64(json, content->findings);
    json_key(json, LIT("blocking"));
    json_u64(json, content->blocking);
    json_key(json, LIT("mark_needed"));
    json_bool(json, mark_is_needed(content->media, content->source));
    json_key(json, LIT("mark_there"));
    json_bool(json, mark_holds(content->text, content->media, content->source));
    put_text_or_null(json, LIT("c2pa_manifest"), manifest_form(job, content->text));
    put_text(json, LIT("submitted"), str_from_time(job->arena, content->submitted));
    put_text(json, LIT("submitted_by"),
             content->author[content->author_count > 0 ? content->author_count - 1 : 0]);
    json_key(json, LIT("ledger_index"));
    json_u64(json, content->index);
}

enum candor_status content_report(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct content *content, struct candor_text *report)
{
    struct content_place place;
    struct answer answer;
    TRY(content_place_of(job, candor, txn, content, &place));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    content_members(job, &answer.json, content, &place);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- list, show ---------------------------------------------------------------------------- */

static enum candor_status list(struct job *job, struct candor *candor, struct str after,
                               size_t most, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    size_t at = 0;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("content"), &name, &count));
    while (at < count && after.len > 0 && str_compare(name[at], after) <= 0) {
        at++;
    }
    const size_t end = most == 0 || count - at < most ? count : at + most;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("contents"));
    json_list_begin(&answer.json);
    for (; at < end; at++) {
        struct content content;
        struct content_place place;
        TRY(content_find(job, txn, name[at], &content));
        TRY(content_place_of(job, candor, txn, &content, &place));
        json_map_begin(&answer.json);
        content_members(job, &answer.json, &content, &place);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    put_text_or_null(&answer.json, LIT("next"), end < count ? name[end - 1] : STR(""));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_content_list(struct job *job, struct candor *candor, const char *after,
                                       size_t most, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, str_of(after), most, report);
    home_leave(candor);
    return status;
}

static enum candor_status show(struct job *job, struct candor *candor, struct str name,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct content content;
    struct content_place place;
    const struct value *scan = NULL;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(content_find(job, txn, name, &content));
    TRY(content_place_of(job, candor, txn, &content, &place));
    TRY(json_read(job, bytes_of(content.report), NULL, "the findings", &scan));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    content_members(job, &answer.json, &content, &place);
    json_key(&answer.json, LIT("authors"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < content.author_count; i++) {
        json_text(&answer.json, content.author[i]);
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("scan"));
    json_value(&answer.json, scan);
    put_text(&answer.json, LIT("text"), content.shown);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_content_show(struct job *job, struct candor *candor, const char *name,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, str_of(name), report);
    home_leave(candor);
    return status;
}

/* ---- approval, retire ---------------------------------------------------------------------- */

static enum candor_status approval(struct job *job, struct candor *candor, struct str name,
                                   struct candor_text *envelope)
{
    struct txn *txn = NULL;
    struct content content;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(content_find(job, txn, name, &content));
    TRY(approval_write(job, candor, txn, &content, envelope));
    return home_commit(job, candor, txn);
}

enum candor_status candor_content_approval(struct job *job, struct candor *candor, const char *name,
                                           struct candor_text *envelope)
{
    home_enter(candor);
    const enum candor_status status = approval(job, candor, str_of(name), envelope);
    home_leave(candor);
    return status;
}

enum candor_status content_must_step(struct job *job, const struct content *content,
                                     struct content_place *place, enum content_event event,
                                     const char *what)
{
    const enum content_state before = place->state;
    return content_step(&place->state, event)
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED, "content '%.*s' is %s: it cannot be %s",
                      STR_ARG(content->name), content_state_name(before), what);
}

static enum candor_status retire(struct job *job, struct candor *candor, struct str name,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct content content;
    struct content_place place;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(content_find(job, txn, name, &content));
    TRY(content_place_of(job, candor, txn, &content, &place));
    TRY(content_must_step(job, &content, &place, CONTENT_RETIRE, "retired"));
    content.is_retired = true;
    TRY(content_account(job, candor, txn, &content, LEDGER_CONTENT_RETIRED, &index));
    TRY(content_put(job, txn, &content));
    TRY(content_report(job, candor, txn, &content, report));
    return home_commit(job, candor, txn);
}

enum candor_status candor_content_retire(struct job *job, struct candor *candor, const char *name,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = retire(job, candor, str_of(name), report);
    home_leave(candor);
    return status;
}
