/*
 * report.c - one report, from the order to its files.
 *
 * A report is made inside one transaction, so all of its figures are of one instant. Its entry on the
 * ledger commits to 32 bytes: the SHA-256 of the document's JSON, written without spaces. What was
 * committed to is kept as the document "report" / INDEX, so that a file can be held against it for
 * ever. Files are written after the commit: a report that is not on the ledger is nowhere.
 */
#include "report.h"

#include "consenting.h"
#include "staff.h"

#define REPORT_LEN_MAX ((size_t)64 << 20)

enum { SALT_LEN = 32 };

struct kind {
    struct lit name;
    struct lit title;
    struct lit law;
    struct lit summary;
    enum candor_status (*fill)(struct reporting *reporting);
    bool has_period;
};

#define WORDS(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }

static const struct kind kind[] = {
    {WORDS("ropa"), WORDS("Record of processing"), WORDS("GDPR Article 30(1)"),
     WORDS("What personal data is used for, by whom it is received, how long it is kept, and when "
           "each use really ran. It is made from what is in force and from what was done."),
     report_ropa, true},
    {WORDS("dpia"), WORDS("Impact assessment, a draft"), WORDS("GDPR Article 35(7); WP 248 rev.01"),
     WORDS("What can be worked out from the configuration and the record of what ran stands here. "
           "What only people can judge stands in a frame, and is theirs to write."),
     report_dpia, true},
    {WORDS("card"), WORDS("Model card"), WORDS("AI Act Articles 11, 13"),
     WORDS("What a person should know before using this model."), report_card, false},
    {WORDS("board"), WORDS("Board pack"), WORDS("Key figures with their earlier value and limit"),
     WORDS("Does it work, is it fair, is it lawful, is it safe? Each figure stands beside the one "
           "of the period before and the limit that it is held to."),
     report_board, true},
    {WORDS("dsar"), WORDS("Rights requests"), WORDS("GDPR Articles 12 to 22"),
     WORDS("What people asked for, how soon they had their answer, and how it ended."), report_dsar,
     true},
    {WORDS("consent"), WORDS("Consent statistics"), WORDS("GDPR Article 7(1); Article 5(2)"),
     WORDS("What people were asked, what they said, and how soon a no was in force. People are "
           "counted, not clicks; fewer than ten are not told."),
     report_consent, true},
    {WORDS("ccpa"), WORDS("CCPA request metrics"), WORDS("California, 11 CCR 7102(a)"),
     WORDS("Requests of consumers received, complied with in whole or in part, and denied, and how "
           "long answers took."),
     report_ccpa, true},
    {WORDS("ai-act"), WORDS("Technical file and marks"),
     WORDS("Regulation (EU) 2024/1689, Annex IV and Article 50"),
     WORDS("What the models are, how they were made and measured, who watches over them, and which "
           "duties to tell people apply."),
     report_ai, true},
};

/* ---- the order ----------------------------------------------------------------------------- */

static enum candor_status find_kind(struct job *job, const char *name, const struct kind **found)
{
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        if (name != NULL && str_is((struct str){kind[k].name.ptr, kind[k].name.len}, name)) {
            *found = &kind[k];
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "report what? ropa, dpia, card, board, dsar, consent, ccpa or ai-act");
}

static enum candor_status read_day(struct job *job, const char *text, const char *option,
                                   int64_t *day)
{
    const struct str view = str_of(text);
    return view.len == 10 && str_to_time(view, day)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s is a day, as 2026-11-28", option);
}

/* The same day a year before; 28 February for 29. */
static int64_t year_before(int64_t time)
{
    const int64_t day = time - time % MICROS_PER_DAY;
    for (int64_t back = 366; back >= 365; back--) {
        const int64_t from = day - back * MICROS_PER_DAY;
        if (time_add_months(from, 12) == day) {
            return from + (time - day);
        }
    }
    return time - 365 * MICROS_PER_DAY;
}

static enum candor_status read_period(struct reporting *reporting)
{
    struct job *job = reporting->job;
    const struct candor_report_order *order = reporting->order;
    int64_t until = job->now + 1; /* what happened at this very instant is in */
    if (order->until != NULL) {
        TRY(read_day(job, order->until, "until", &until));
        until += MICROS_PER_DAY;
    }
    int64_t from = year_before(until);
    if (order->from != NULL) {
        TRY(read_day(job, order->from, "from", &from));
    }
    if (until > job->now + MICROS_PER_DAY || from > job->now) {
        return fail(job, CANDOR_BAD_INPUT, "%s lies in the future: nothing ran then yet",
                    until > job->now + MICROS_PER_DAY ? "until" : "from");
    }
    if (from >= until) {
        return fail(job, CANDOR_BAD_INPUT, "the period ends before it begins");
    }
    reporting->from[NOW] = from;
    reporting->until[NOW] = until;
    reporting->from[BEFORE] = from - (until - from);
    reporting->until[BEFORE] = from;
    return CANDOR_OK;
}

static enum candor_status check_format(struct job *job, const char *format)
{
    static const char *const known[] = {"json", "text", "html", "pdf"};
    for (size_t f = 0; f < sizeof known / sizeof known[0]; f++) {
        if (format == NULL || str_is(str_of(format), known[f])) {
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "a report is written as json, text, html or pdf");
}

/* ---- making it ----------------------------------------------------------------------------- */

static void put_about(struct reporting *reporting, const struct kind *of)
{
    struct candor *candor = reporting->candor;
    struct document *document = &reporting->document;
    const struct controller *controller = candor->controller;
    *document =
        document_begin(reporting->job->arena, of->name, of->title,
                       controller->name.len > 0 ? controller->name : candor->inventory->name);
    document->law = str_from(of->law);
    document->summary = str_from(of->summary);
    document->author = str_format(reporting->job->arena, "an operator (%.*s)",
                                  STR_ARG(roles_text(reporting->job->arena, candor->self.roles)));
    document->made = reporting->job->now;
    if (of->has_period) {
        document->from = reporting->from[NOW];
        document->until = reporting->until[NOW] - 1; /* the last instant that counts */
    }
}

/* The digest that the ledger commits to: of the document without spaces, in its own order. */
static struct digest document_digest(struct job *job, const struct value *document)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_value(&json, document);
    json_end(&json);
    return digest_of_bytes(buf_all(&buf));
}

static enum candor_status as_value(struct reporting *reporting, struct str *text,
                                   const struct value **value)
{
    static const struct text_limits limits = {.size_max = REPORT_LEN_MAX};
    struct buf buf = buf_begin(reporting->job->arena);
    struct json json;
    json_begin(&json, &buf, true);
    document_json(&json, &reporting->document);
    json_end(&json);
    *text = buf_text(&buf);
    return json_read(reporting->job, bytes_of(*text), &limits, "the report", value);
}

/* On the ledger, with what it commits to. */
static enum candor_status put_on_ledger(struct reporting *reporting, const struct value *value)
{
    struct job *job = reporting->job;
    struct document *document = &reporting->document;
    const struct digest digest = document_digest(job, value);
    const struct account account = {.action = LEDGER_REPORT,
                                    .outcome = OUTCOME_DONE,
                                    .payload = {digest.byte, sizeof digest.byte}};
    TRY(home_account_kept(job, reporting->candor, reporting->txn, &account, LIT("report"),
                          &document->entry));
    TRY(home_commit(job, reporting->candor, reporting->txn));
    document->has_entry = true;
    document->digest = hex_of(job->arena, account.payload);
    return CANDOR_OK;
}

static struct candor_text json_answer(struct reporting *reporting, const struct value *value)
{
    struct answer answer;
    struct candor_text text;
    answer_begin(reporting->job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("document"));
    json_value(&answer.json, value);
    json_key(&answer.json, LIT("digest"));
    json_text(&answer.json, reporting->document.digest);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, reporting->document.entry);
    json_map_end(&answer.json);
    answer_end(&answer, &text);
    return text;
}

static enum candor_status write_files(struct reporting *reporting, const struct value *value)
{
    const struct candor_report_order *order = reporting->order;
    if (order->json_path != NULL) {
        const struct candor_text text = json_answer(reporting, value);
        const struct bytes bytes = {(const uint8_t *)text.ptr, text.len};
        TRY(file_replace(reporting->job, str_of(order->json_path), bytes, 0644));
    }
    if (order->html_path != NULL) {
        const struct str page = document_as_html(&reporting->document);
        TRY(file_replace(reporting->job, str_of(order->html_path), bytes_of(page), 0644));
    }
    if (order->pdf_path != NULL) {
        struct bytes pdf;
        TRY(document_as_pdf(reporting->job, &reporting->document, &pdf));
        TRY(file_replace(reporting->job, str_of(order->pdf_path), pdf, 0644));
    }
    return CANDOR_OK;
}

static enum candor_status write_answer(struct reporting *reporting, const struct value *value,
                                       struct candor_text *report)
{
    struct job *job = reporting->job;
    const struct str format = str_of(reporting->order->format);
    if (str_is(format, "text")) {
        *report = text_of(job, document_as_text(&reporting->document));
    } else if (str_is(format, "html")) {
        *report = text_of(job, document_as_html(&reporting->document));
    } else if (str_is(format, "pdf")) {
        struct bytes pdf;
        TRY(document_as_pdf(job, &reporting->document, &pdf));
        *report = (struct candor_text){(const char *)pdf.ptr, pdf.len};
    } else {
        *report = json_answer(reporting, value);
    }
    return CANDOR_OK;
}

static enum candor_status make(struct job *job, struct candor *candor,
                               const struct candor_report_order *order, struct candor_text *report)
{
    const struct kind *of = NULL;
    const struct value *value = NULL;
    struct str text;
    struct reporting *reporting = NEW(job->arena, struct reporting);
    reporting->job = job;
    reporting->candor = candor;
    reporting->order = order;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(find_kind(job, order->kind, &of));
    if (order->model != NULL && !str_is(str_from(of->name), "card")) {
        return fail(job, CANDOR_BAD_INPUT, "only the card is about one model: candor report %s",
                    order->kind);
    }
    TRY(check_format(job, order->format));
    TRY(path_may_be_written(job, order->html_path));
    TRY(path_may_be_written(job, order->pdf_path));
    TRY(path_may_be_written(job, order->json_path));
    TRY(paths_differ(job, order->html_path, order->pdf_path));
    TRY(paths_differ(job, order->html_path, order->json_path));
    TRY(paths_differ(job, order->pdf_path, order->json_path));
    TRY(read_period(reporting));
    TRY(home_begin(job, candor, &reporting->txn));
    put_about(reporting, of);
    TRY(gather_ledger(reporting));
    TRY(of->fill(reporting));
    TRY(as_value(reporting, &text, &value));
    TRY(put_on_ledger(reporting, value));
    TRY(write_files(reporting, value));
    return write_answer(reporting, value, report);
}

enum candor_status candor_report(struct job *job, struct candor *candor,
                                 const struct candor_report_order *order,
                                 struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = make(job, candor, order, report);
    home_leave(candor);
    return status;
}

/* ---- verifying one ------------------------------------------------------------------------- */

struct checking {
    uint64_t index;
    const struct value *document;
    struct digest digest; /* of the document in the file */
    bool is_kept;         /* a report is on the ledger under that number */
    bool is_same;
};

static enum candor_status read_file(struct job *job, const char *path, struct checking *checking)
{
    static const struct text_limits limits = {.size_max = REPORT_LEN_MAX};
    const struct value *file = NULL;
    struct bytes bytes;
    int64_t index = 0;
    TRY(file_read(job, str_of(path), REPORT_LEN_MAX, &bytes));
    TRY(json_read(job, bytes, &limits, "the report", &file));
    checking->document = value_get(file, "document");
    TRY(value_is(job, checking->document, VALUE_MAP, "'document' of the report"));
    TRY(value_int(job, value_get(file, "ledger_index"), "'ledger_index' of the report", &index));
    if (index < 0) {
        return fail(job, CANDOR_BAD_INPUT, "'ledger_index' of the report is not below 0");
    }
    checking->index = (uint64_t)index;
    checking->digest = document_digest(job, checking->document);
    return CANDOR_OK;
}

/* What is kept, salt and digest, must be what the leaf commits to; then the file must be it. */
static enum candor_status compare(struct job *job, struct candor *candor, struct txn *txn,
                                  struct checking *checking)
{
    struct bytes kept;
    struct bytes bytes;
    struct ledger_leaf leaf;
    const struct str name = str_format(job->arena, "%llu", (unsigned long long)checking->index);
    const enum candor_status status = store_document(job, txn, LIT("report"), name, &kept);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    if (kept.len != SALT_LEN + sizeof checking->digest.byte) {
        return fail(job, CANDOR_CORRUPT, "what is kept of report %llu is damaged",
                    (unsigned long long)checking->index);
    }
    TRY(store_leaf(job, candor->store, checking->index, &bytes));
    TRY(leaf_read(job, bytes, &leaf));
    const struct bytes payload = {kept.ptr + SALT_LEN, sizeof checking->digest.byte};
    checking->is_kept =
        leaf.action == LEDGER_REPORT && leaf.has_commitment &&
        bytes_same(commitment_of(kept.ptr, payload).byte, leaf.commitment, sizeof leaf.commitment);
    checking->is_same = checking->is_kept && bytes_same(payload.ptr, checking->digest.byte,
                                                        sizeof checking->digest.byte);
    return CANDOR_OK;
}

static enum candor_status verify(struct job *job, struct candor *candor, const char *path,
                                 bool *same, struct candor_text *report)
{
    struct checking checking = {0};
    struct txn *txn = NULL;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(read_file(job, path, &checking));
    TRY(home_begin(job, candor, &txn));
    TRY(compare(job, candor, txn, &checking));
    *same = checking.is_same;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("same"));
    json_bool(&answer.json, checking.is_same);
    json_key(&answer.json, LIT("report"));
    json_text(&answer.json, value_text_at(checking.document, "report"));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, checking.index);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, (struct bytes){checking.digest.byte, sizeof checking.digest.byte});
    json_key(&answer.json, LIT("sentence"));
    json_lit(&answer.json,
             checking.is_same   ? LIT("This home made this report, and it was not changed since.")
             : checking.is_kept ? LIT("A report is on the ledger under that number, and it is "
                                      "another one: this file was changed.")
                                : LIT("No report is on the ledger under that number."));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_report_verify(struct job *job, struct candor *candor, const char *path,
                                        bool *same, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = verify(job, candor, path, same, report);
    home_leave(candor);
    return status;
}
