/*
 * content_deploy.c - content leaves: into a folder, or to whoever asks for its bytes.
 *
 * Both ask the board at that instant, and the entry is durable before a byte is out: a copy without one
 * would be a breach. The bytes leave with a signed approval, so that whoever serves them can check both
 * without this home. In a folder an approval beside a file says whose it is: what another content put there
 * is not replaced.
 */
#include "contents.h"

/* ---- what stands there --------------------------------------------------------------------- */

/* The name of the content that an approval is about; empty: it is none. */
static struct str content_in(struct job *job, struct bytes envelope)
{
    const struct text_limits limits = {.size_max = APPROVAL_LEN_MAX, .text_max = APPROVAL_LEN_MAX};
    const struct value *outer = NULL;
    const struct value *statement = NULL;
    struct bytes payload = {NULL, 0};
    struct str name = STR("");
    if (json_read(job, envelope, &limits, "the approval", &outer) == CANDOR_OK &&
        base64_read(job->arena, value_text_at(outer, "payload"), &payload) &&
        json_read(job, payload, &limits, "the approval", &statement) == CANDOR_OK) {
        name = value_text_at(value_get(statement, "predicate"), "content");
    }
    job_forgive(job);
    return name;
}

/* A file without an approval is nobody's so far: it may be the page before there was a gate. */
static enum candor_status must_be_ours(struct job *job, const struct content *content,
                                       struct str path, struct str beside)
{
    struct bytes envelope = {NULL, 0};
    if (!file_exists(job, beside)) {
        return CANDOR_OK;
    }
    TRY(file_must_end(job, beside));
    TRY(file_read(job, beside, APPROVAL_LEN_MAX, &envelope));
    const struct str there = content_in(job, envelope);
    if (str_equal(there, content->name)) {
        return CANDOR_OK;
    }
    return there.len == 0
               ? fail(job, CANDOR_EXISTS,
                      "'%.*s' is no approval of ours: remove it, or deploy to another folder",
                      STR_ARG(beside))
               : fail(job, CANDOR_EXISTS,
                      "'%.*s' is of content '%.*s': '%.*s' would replace it; deploy to another "
                      "folder, submit it under another file's name, or remove the file and its "
                      "approval",
                      STR_ARG(path), STR_ARG(there), STR_ARG(content->name));
}

/* ---- leaving ------------------------------------------------------------------------------- */

struct leaving {
    struct content content;
    struct content_place place;
    struct candor_text envelope;
};

static enum candor_status find(struct job *job, struct candor *candor, struct str name,
                               struct txn **txn, struct leaving *leaving)
{
    TRY(caller_may(job, candor, ACT_SEND));
    TRY(home_begin(job, candor, txn));
    TRY(content_find(job, *txn, name, &leaving->content));
    TRY(content_place_of(job, candor, *txn, &leaving->content, &leaving->place));
    return content_must_step(job, &leaving->content, &leaving->place, CONTENT_DEPLOY,
                             "deployed: it needs an approval that holds");
}

/* Its approval and its entry; not yet committed. */
static enum candor_status account(struct job *job, struct candor *candor, struct txn *txn,
                                  struct leaving *leaving)
{
    uint64_t index = 0;
    TRY(approval_write(job, candor, txn, &leaving->content, &leaving->envelope));
    TRY(content_account(job, candor, txn, &leaving->content, LEDGER_CONTENT_DEPLOYED, &index));
    leaving->content.is_deployed = true;
    return content_put(job, txn, &leaving->content);
}

static enum candor_status deploy(struct job *job, struct candor *candor, struct str name,
                                 const char *folder, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct leaving leaving;
    TRY(find(job, candor, name, &txn, &leaving));
    const struct content *content = &leaving.content;
    const struct str path = str_format(job->arena, "%s/%.*s", folder, STR_ARG(content->file));
    const struct str beside = str_format(job->arena, "%.*s.approval.json", STR_ARG(path));
    TRY(path_may_be_written(job, str_z(job->arena, path)));
    TRY(must_be_ours(job, content, path, beside));
    TRY(account(job, candor, txn, &leaving));
    TRY(content_report(job, candor, txn, content, report));
    TRY(home_commit(job, candor, txn));
    TRY(file_replace(job, beside,
                     (struct bytes){(const uint8_t *)leaving.envelope.ptr, leaving.envelope.len},
                     0644));
    return file_replace(job, path, bytes_of(content->text), 0644);
}

enum candor_status candor_content_deploy(struct job *job, struct candor *candor, const char *name,
                                         const char *folder, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = deploy(job, candor, str_of(name), folder, report);
    home_leave(candor);
    return status;
}

static enum candor_status hand(struct job *job, struct candor *candor, struct str name,
                               struct candor_text *report)
{
    const struct text_limits limits = {.size_max = APPROVAL_LEN_MAX, .text_max = APPROVAL_LEN_MAX};
    struct txn *txn = NULL;
    struct leaving leaving;
    const struct value *approval = NULL;
    struct answer answer;
    TRY(find(job, candor, name, &txn, &leaving));
    TRY(account(job, candor, txn, &leaving));
    TRY(content_place_of(job, candor, txn, &leaving.content, &leaving.place));
    TRY(json_read(job, (struct bytes){(const uint8_t *)leaving.envelope.ptr, leaving.envelope.len},
                  &limits, "the approval", &approval));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    content_members(job, &answer.json, &leaving.content, &leaving.place);
    put_text(&answer.json, LIT("text"), leaving.content.text);
    json_key(&answer.json, LIT("approval"));
    json_value(&answer.json, approval);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return home_commit(job, candor, txn);
}

enum candor_status candor_content_hand(struct job *job, struct candor *candor, const char *name,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = hand(job, candor, str_of(name), report);
    home_leave(candor);
    return status;
}
