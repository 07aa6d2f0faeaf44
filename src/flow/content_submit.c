/*
 * content_submit.c - content comes in: marked if asked, scanned, kept under a name.
 *
 * The scan looks at the bytes that are kept, not at the file that they came from: a file that changes in
 * between is not what was scanned.
 */
#include "contents.h"
#include "manifest.h"
#include "scanned.h"
#include "staff.h"

enum { MODEL_MAX = 200, FILE_MAX = 200 };

/* ---- what is asked ------------------------------------------------------------------------- */

static struct str base_name(struct str path)
{
    size_t at = path.len;
    while (at > 0 && path.ptr[at - 1] != '/') {
        at--;
    }
    return str_slice(path, at, path.len);
}

/* It becomes a file's name in the folder of a deployment: nothing that leads out of it or hides. */
static bool file_is_allowed(struct str file)
{
    if (file.len == 0 || file.len > FILE_MAX || file.ptr[0] == '.' || file.ptr[0] == '-' ||
        str_ends(file, STR(".approval.json"))) { /* that is of another file */
        return false;
    }
    for (size_t i = 0; i < file.len; i++) {
        if ((unsigned char)file.ptr[i] < ' ') {
            return false;
        }
    }
    return str_is_utf8(file);
}

static enum candor_status take_origin(struct job *job, const struct candor_content *asked,
                                      struct content *content)
{
    content->media = mark_media_of(content->file);
    content->source = asked->model != NULL ? MARK_AI : MARK_HUMAN;
    if (asked->media != NULL && !mark_media_read(str_of(asked->media), &content->media)) {
        return fail(job, CANDOR_BAD_INPUT, "media is text, html or code");
    }
    if (asked->source != NULL && !mark_source_read(str_of(asked->source), &content->source)) {
        return fail(job, CANDOR_BAD_INPUT, "source is human, ai or mixed");
    }
    if (content->source == MARK_HUMAN && (asked->model != NULL || asked->prompt != NULL)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "what has a model or a prompt is no work of people alone: its source is ai or mixed");
    }
    content->model = str_trim(str_of(asked->model));
    content->has_prompt = asked->prompt != NULL;
    if (content->has_prompt) {
        content->prompt =
            digest_of_bytes((struct bytes){(const uint8_t *)asked->prompt, asked->prompt_len});
    }
    return content->model.len <= MODEL_MAX && str_is_utf8(content->model)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "model is UTF-8 text of at most %d bytes", MODEL_MAX);
}

static enum candor_status take_market(struct job *job, const struct candor_content *asked,
                                      struct content *content)
{
    content->market = str_trim(str_of(asked->market));
    return content->market.len == 0 || is_market(content->market)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "market is a country of two capitals, such as DE");
}

static enum candor_status take_asked(struct job *job, struct candor *candor,
                                     const struct candor_content *asked, struct content *content)
{
    size_t purpose = 0;
    content->file = base_name(str_of(asked->file));
    content->text = (struct str){asked->bytes, asked->len};
    content->purpose = str_of(asked->purpose);
    content->is_personalised = asked->personalised != 0;
    content->submitted = job->now;
    content->rules = str_format(job->arena, "candor %s", candor_version());
    TRY(operator_name_check(job,
                            content->name)); /* the same letters: it stands in commands and paths */
    if (!file_is_allowed(content->file)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "a file's name has 1 to %d bytes, begins with neither . nor - and does not end in "
            ".approval.json",
            FILE_MAX);
    }
    if (content->text.len > CONTENT_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "content has at most %zu bytes, this has %zu",
                    CONTENT_MAX, content->text.len);
    }
    if (content->text.len == 0 || !str_is_utf8(content->text)) {
        return fail(job, CANDOR_BAD_INPUT, "content is UTF-8 text and not empty");
    }
    TRY(home_purpose(job, candor, content->purpose, &purpose));
    TRY(take_market(job, asked, content));
    return take_origin(job, asked, content);
}

/* ---- the scan ------------------------------------------------------------------------------ */

/* Stars in the place of personal data and secrets: reviewers read the rest, what presses or steers above all. */
static struct str starred(struct job *job, const struct scanning *scanning, struct str text)
{
    char *shown = NEW_ARRAY(job->arena, text.len + 1, char);
    bytes_copy(shown, text.ptr, text.len);
    for (size_t i = 0; i < scanning->count; i++) {
        const struct scanned *one = &scanning->item[i];
        const bool must_not_leave = ((unsigned)one->kind & GATE_ALL) != 0;
        for (uint64_t k = one->offset; must_not_leave && k < one->offset + one->len && k < text.len;
             k++) {
            shown[k] = shown[k] == '\n' ? '\n' : '*';
        }
    }
    const struct str whole = {shown, text.len};
    return str_is_utf8(whole) ? whole : STR("(a finding cuts a letter in two: it is not shown)");
}

static enum candor_status scan_content(struct job *job, const struct gate_policy *policy,
                                       struct content *content)
{
    struct scanning scanning;
    const struct candor_scan asked = {
        .market = content->market.len == 0 ? NULL : str_z(job->arena, content->market)};
    struct buf buf = buf_begin(job->arena);
    struct json json;
    TRY(scan_bytes(job, bytes_of(content->text), content->file, &asked, policy, &scanning));
    for (size_t i = 0; i < scanning.count; i++) {
        const struct scanned *one = &scanning.item[i];
        content->findings++;
        content->blocking += scan_blocks(&scanning, one);
        content->accepted += one->suppressed == ACCEPTED && one->rank >= RANK_HIGH;
    }
    content->blocking += scanning.is_cut; /* what was not kept is not clean */
    json_begin(&json, &buf, false);
    put_scan_json(&scanning, &json);
    json_end(&json);
    content->report = buf_text(&buf);
    content->scan = digest_of_bytes(bytes_of(content->report));
    content->shown = starred(job, &scanning, content->text);
    return CANDOR_OK;
}

/* ---- submit -------------------------------------------------------------------------------- */

/* Whoever had a hand in what stood under the name has one in what comes after it. The last is who
 * submitted now. */
static enum candor_status take_authors(struct job *job, struct candor *candor, struct txn *txn,
                                       struct content *content)
{
    struct content before;
    const enum candor_status status = content_find(job, txn, content->name, &before);
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    const size_t count = status == CANDOR_OK ? before.author_count : 0;
    content->author = NEW_ARRAY(job->arena, count + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(before.author[i], candor->self.name)) {
            content->author[content->author_count++] = before.author[i];
        }
    }
    if (content->author_count == BOARD_PEOPLE_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "at most %d authors; take another name",
                    BOARD_PEOPLE_MAX);
    }
    content->author[content->author_count++] = candor->self.name;
    return CANDOR_OK;
}

static struct str language_of(struct str market)
{
    static const char *const spoken[][2] = {{"DE", "de"}, {"AT", "de"}, {"FR", "fr"},
                                            {"ES", "es"}, {"IT", "it"}, {"MX", "es"}};
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        if (str_is(market, spoken[i][0])) {
            return str_of(spoken[i][1]);
        }
    }
    return STR("en");
}

/* All but what the scan says of it. */
static enum candor_status take_bytes(struct job *job, struct candor *candor,
                                     const struct candor_content *asked, struct content *content)
{
    TRY(take_asked(job, candor, asked, content));
    if (asked->mark != 0) {
        content->text = mark_add(job->arena, content->text, content->media, content->source,
                                 language_of(content->market));
    }
    if (asked->manifest != 0 || (asked->mark != 0 && candor->c2pa->is_always)) {
        TRY(manifest_add(job, candor, content, asked->manifest != 0));
    }
    content->digest = digest_of_bytes(bytes_of(content->text));
    return CANDOR_OK;
}

enum candor_status content_take(struct job *job, struct candor *candor,
                                const struct candor_content *asked, struct content *content)
{
    TRY(take_bytes(job, candor, asked, content));
    return scan_content(job, candor->scan, content);
}

enum candor_status content_keep(struct job *job, struct candor *candor, struct txn *txn,
                                struct content *content)
{
    TRY(take_authors(job, candor, txn, content));
    TRY(content_account(job, candor, txn, content, LEDGER_CONTENT_SUBMITTED, &content->index));
    return content_put(job, txn, content);
}

static enum candor_status take_up(struct job *job, struct candor *candor,
                                  const struct candor_content *asked, struct content *content)
{
    TRY(caller_may(job, candor, ACT_LEDGER_READ)); /* anybody but a machine */
    return take_bytes(job, candor, asked, content);
}

static enum candor_status submit(struct job *job, struct candor *candor, struct content *content,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    TRY(caller_may(job, candor, ACT_LEDGER_READ)); /* still */
    TRY(home_begin(job, candor, &txn));
    TRY(content_keep(job, candor, txn, content));
    TRY(content_report(job, candor, txn, content, report));
    return home_commit(job, candor, txn);
}

/* The home is everybody's while the scan runs. */
enum candor_status candor_content_submit(struct job *job, struct candor *candor,
                                         const struct candor_content *asked,
                                         struct candor_text *report)
{
    struct content content = {.name = str_of(asked->name)};
    struct gate_policy policy = {0};
    home_enter(candor);
    enum candor_status status = take_up(job, candor, asked, &content);
    const bool has_policy = candor->scan != NULL;
    if (has_policy) {
        policy = *candor->scan; /* what it names stays as long as the home */
    }
    home_leave(candor);
    TRY(status);
    TRY(scan_content(job, has_policy ? &policy : NULL, &content));
    home_enter(candor);
    status = submit(job, candor, &content, report);
    home_leave(candor);
    return status;
}
