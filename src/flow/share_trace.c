/*
 * share_trace.c - whose copy a file is.
 *
 * Two marks, neither of which changes a value. Every recipient's file has pseudonyms of its own: one that is
 * found names the recipient, and no other could have it. And its rows stand in an order that the home's key
 * gives this recipient. Whoever drops the pseudonyms and most of the rows keeps the order of the rest: when a
 * row's values belong to one subject only, its place in each recipient's order is known, and how often the
 * next row stands higher tells. By chance that is half the time: of n rows (n - 1) / 2 times with variance
 * (n + 1) / 12 (Moore and Wallis 1943). Who shuffles the rows and drops the pseudonyms leaves no trace.
 */
#include "share.h"

#define SURE 4.0 /* standard deviations: by chance once in 30,000 */

enum { ROWS_MAX = 10 * 1000 * 1000 };

struct candidate {
    struct disclosure disclosure;
    uint64_t pseudonyms; /* of the file's that are this recipient's */
    uint64_t rows;       /* whose place in the recipient's order is known */
    uint64_t rises;
    double sigma;
};

struct tracing {
    struct candor *candor;
    struct txn *txn;
    const char *path;
    const char *called; /* for messages */
    const struct csv_row *header;
    size_t *field; /* of each column; NONE: it is none, or the pseudonym */
    size_t field_count;
    size_t pseudonym; /* column; SIZE_MAX: there is none */
    uint64_t rows;
    struct arena *kept; /* people and pseudonyms of one candidate */
};

/* One who may be in the file. */
struct person {
    uint64_t mark;
    bool is_shared; /* others have the same values */
};

static enum candor_status begin(struct job *job, struct tracing *tracing, struct csv **csv)
{
    const struct inventory *inventory = tracing->candor->inventory;
    TRY(csv_open(job, str_of(tracing->path), NULL, csv));
    tracing->header = csv_header(*csv);
    tracing->pseudonym = csv_column(*csv, PSEUDONYM_COLUMN);
    tracing->field = NEW_ARRAY(job->arena, tracing->header->field_count, size_t);
    tracing->field_count = 0;
    for (size_t c = 0; c < tracing->header->field_count; c++) {
        tracing->field[c] =
            c == tracing->pseudonym ? NONE : inventory_field(inventory, tracing->header->field[c]);
        tracing->field_count += tracing->field[c] != NONE;
    }
    if (tracing->pseudonym == SIZE_MAX && tracing->field_count == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s' has no column of an export: neither %s nor a field", tracing->called,
                    PSEUDONYM_COLUMN);
    }
    return CANDOR_OK;
}

/* What a subject's row would hold, when this recipient may have it now. */
static enum candor_status add_person(struct job *job, const struct tracing *tracing,
                                     const struct disclosure *disclosure, struct subject subject,
                                     struct map *by_values)
{
    const struct inventory *inventory = tracing->candor->inventory;
    const struct str name = inventory->recipient[disclosure->recipient].name;
    struct consent_state state;
    const struct permit *permit = NULL;
    enum permit_code code;
    size_t channel = NONE;
    for (size_t c = 0; c < inventory->channel_count && channel == NONE; c++) {
        channel = (inventory->purpose[disclosure->purpose].channels >> c & 1) != 0 ? c : NONE;
    }
    const struct permit_question question = {
        subject, disclosure->purpose, channel,
        share_recipient(inventory, disclosure->purpose,
                        &inventory->recipient[disclosure->recipient])};
    TRY(home_consent_state(job, tracing->candor, tracing->txn, subject, &state));
    const enum candor_status status =
        permit_issue(job, inventory, &state, &question, &code, &permit);
    if (status == CANDOR_REFUSED) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct profile profile = profile_begin(job->arena, inventory);
    struct buf key = buf_begin(job->arena);
    TRY(store_profile(job, tracing->txn, permit, &profile));
    for (size_t c = 0; c < tracing->header->field_count; c++) {
        const size_t f = tracing->field[c];
        if (f != NONE) {
            const bool is_missing = profile.cell[f].kind == CELL_MISSING;
            buf_block(&key, bytes_of(is_missing ? STR("")
                                                : cell_text(job->arena, &inventory->field[f],
                                                            &profile.cell[f])));
        }
    }
    struct person *person = map_get(by_values, buf_all(&key));
    if (person != NULL) {
        person->is_shared = true;
        return CANDOR_OK;
    }
    person = NEW(tracing->kept, struct person);
    map_put(by_values, buf_all(&key), person);
    return order_mark(job, tracing->candor, name, subject, &person->mark);
}

static enum candor_status add_people(struct job *job, const struct tracing *tracing,
                                     const struct disclosure *disclosure, struct map *by_values,
                                     struct map *pseudonyms)
{
    const struct str name = tracing->candor->inventory->recipient[disclosure->recipient].name;
    uint64_t cursor = 0;
    struct subject subject;
    enum candor_status status;
    while ((status = store_next_subject(job, tracing->txn, &cursor, &subject)) == CANDOR_OK) {
        const struct arena_mark mark = arena_mark(job->arena);
        uint8_t pseudonym[PSEUDONYM_LEN];
        if (tracing->field_count > 0) {
            TRY(add_person(job, tracing, disclosure, subject, by_values));
        }
        TRY(pseudonym_of(job, tracing->candor, name, subject, pseudonym));
        const struct str hex = hex_of(job->arena, (struct bytes){pseudonym, sizeof pseudonym});
        map_put(pseudonyms, KEY(hex), pseudonyms);
        arena_rewind(job->arena, mark);
    }
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

static void weigh_row(const struct tracing *tracing, const struct csv_row *row,
                      const struct map *by_values, const struct map *pseudonyms, struct buf *key,
                      uint64_t *before, struct candidate *candidate)
{
    if (tracing->pseudonym < row->field_count &&
        map_get(pseudonyms, KEY(row->field[tracing->pseudonym])) != NULL) {
        candidate->pseudonyms++;
    }
    key->len = 0;
    for (size_t c = 0; c < row->field_count && c < tracing->header->field_count; c++) {
        if (tracing->field[c] != NONE) {
            buf_block(key, bytes_of(row->field[c]));
        }
    }
    const struct person *person = map_get(by_values, buf_all(key));
    if (person != NULL && !person->is_shared) {
        candidate->rises += candidate->rows > 0 && person->mark > *before;
        candidate->rows++;
        *before = person->mark;
    }
}

static enum candor_status weigh_recipient(struct job *job, struct tracing *tracing,
                                          struct candidate *candidate)
{
    struct csv *csv = NULL;
    struct csv_row row;
    tracing->kept = arena_beside(job);
    struct map *by_values = map_begin(tracing->kept);
    struct map *pseudonyms = map_begin(tracing->kept);
    struct buf key = buf_begin(job->arena);
    uint64_t before = 0;
    enum candor_status status;
    TRY(begin(job, tracing, &csv));
    TRY(add_people(job, tracing, &candidate->disclosure, by_values, pseudonyms));
    tracing->rows = 0;
    while ((status = csv_next(job, csv, &row)) == CANDOR_OK) {
        if (++tracing->rows > ROWS_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "more than %d rows", ROWS_MAX);
        }
        weigh_row(tracing, &row, by_values, pseudonyms, &key, &before, candidate);
    }
    csv_close(csv);
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    if (candidate->rows >= 2) {
        const double n = (double)candidate->rows;
        candidate->sigma = ((double)candidate->rises - (n - 1) / 2) / sqrt((n + 1) / 12);
    }
    return CANDOR_OK;
}

/* NULL: nobody's, as far as can be told. */
static const struct candidate *find(const struct candidate *candidate, size_t count,
                                    const char **by)
{
    const struct candidate *best = NULL;
    *by = "nothing";
    for (size_t i = 0; i < count; i++) {
        if (candidate[i].pseudonyms > 0 &&
            (best == NULL || candidate[i].pseudonyms > best->pseudonyms)) {
            best = &candidate[i];
            *by = "pseudonyms";
        }
    }
    for (size_t i = 0; i < count && (best == NULL || best->pseudonyms == 0); i++) {
        if (candidate[i].sigma >= SURE && (best == NULL || candidate[i].sigma > best->sigma)) {
            best = &candidate[i];
            *by = "row order";
        }
    }
    return best;
}

static void put_trace(struct json *json, const struct tracing *tracing,
                      const struct candidate *candidate, size_t count)
{
    const struct inventory *inventory = tracing->candor->inventory;
    const char *by = NULL;
    const struct candidate *found = find(candidate, count, &by);
    json_map_begin(json);
    json_key(json, LIT("recipient"));
    if (found == NULL) {
        json_null(json);
    } else {
        json_text(json, inventory->recipient[found->disclosure.recipient].name);
    }
    json_key(json, LIT("found_by"));
    json_text(json, str_of(by));
    json_key(json, LIT("rows"));
    json_u64(json, tracing->rows);
    json_key(json, LIT("candidates"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_map_begin(json);
        json_key(json, LIT("recipient"));
        json_text(json, inventory->recipient[candidate[i].disclosure.recipient].name);
        json_key(json, LIT("purpose"));
        json_text(json, inventory->purpose[candidate[i].disclosure.purpose].name);
        json_key(json, LIT("pseudonyms"));
        json_u64(json, candidate[i].pseudonyms);
        json_key(json, LIT("rows_in_order"));
        json_u64(json, candidate[i].rises);
        json_key(json, LIT("rows_known"));
        json_u64(json, candidate[i].rows);
        json_key(json, LIT("sigma"));
        json_f64(json, candidate[i].sigma);
        json_map_end(json);
    }
    json_list_end(json);
}

/* Every recipient with each of its purposes. */
static struct candidate *candidates_of(struct job *job, const struct inventory *inventory,
                                       size_t *count)
{
    struct candidate *candidate =
        NEW_ARRAY(job->arena, inventory->recipient_count * PURPOSES_MAX + 1, struct candidate);
    *count = 0;
    for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
        for (size_t p = 0; p < inventory->purpose_count; p++) {
            if ((inventory->recipient[r].purposes >> p & 1) != 0) {
                candidate[(*count)++].disclosure = (struct disclosure){p, r};
            }
        }
    }
    return candidate;
}

static enum candor_status trace(struct job *job, struct tracing *tracing,
                                struct candor_text *report)
{
    struct answer answer;
    uint64_t index = 0;
    size_t count = 0;
    struct candidate *candidate = candidates_of(job, tracing->candor->inventory, &count);
    TRY(caller_may(job, tracing->candor, ACT_SHARE));
    if (count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "candor.yaml has no recipients");
    }
    TRY(home_begin(job, tracing->candor, &tracing->txn));
    for (size_t i = 0; i < count; i++) {
        TRY(weigh_recipient(job, tracing, &candidate[i]));
    }
    const struct account account = {.action = LEDGER_TRACE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, tracing->candor, tracing->txn, &account, &index, NULL));
    TRY(home_commit(job, tracing->candor, tracing->txn));
    answer_begin(job, &answer);
    put_trace(&answer.json, tracing, candidate, count);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status trace_file(struct job *job, struct candor *candor, const char *path,
                                     const char *called, struct candor_text *report)
{
    struct tracing tracing = {.candor = candor, .path = path, .called = called};
    home_enter(candor);
    const enum candor_status status = trace(job, &tracing, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_share_trace(struct job *job, struct candor *candor, const char *path,
                                      struct candor_text *report)
{
    return trace_file(job, candor, path, path, report);
}

enum candor_status candor_share_trace_text(struct job *job, struct candor *candor,
                                           struct candor_text csv, struct candor_text *report)
{
    const char *path = NULL;
    TRY(file_in_memory(job, (struct bytes){(const uint8_t *)csv.ptr, csv.len}, &path));
    return trace_file(job, candor, path, "the text", report);
}
