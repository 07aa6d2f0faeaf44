/*
 * quality.c - measurements of quality: taken value by value, compared with what is asked, kept.
 *
 * A measurement is counts only, and stays when the data is gone. It is kept as a document
 *
 *     "quality" / TIME SOURCE     salt 32 | index u64le | the JSON that the ledger's entry commits to
 *
 * so that the history of a source can be read, and nobody can better it afterwards.
 */
#include "measured.h"

#include <math.h>

enum { SALT_LEN = 32 };

/* ---- taking one ---------------------------------------------------------------------------- */

void measured_begin(struct job *job, const struct candor *candor, struct str source,
                    struct str kind, const struct str *field, size_t field_count,
                    struct measured *measured)
{
    *measured = (struct measured){
        .source = source,
        .kind = kind,
        .time = job->now,
        .field_count = field_count,
        .field = NEW_ARRAY(job->arena, field_count + 1, struct str),
        .standard = NEW_ARRAY(job->arena, field_count + 1, size_t),
        .of_field = NEW_ARRAY(job->arena, field_count + 1, struct quality_tally),
        .of_rule = NEW_ARRAY(job->arena, candor->quality.rule_count + 1, struct quality_count),
        .seen_arena = arena_beside(job)};
    measured->seen = map_begin(measured->seen_arena);
    const bool is_events = str_is(kind, "events");
    for (size_t f = 0; f < field_count; f++) {
        measured->field[f] = field[f];
        measured->standard[f] = is_events ? NONE : inventory_field(candor->inventory, field[f]);
    }
}

/* Has nobody had this value of the field before? */
static bool is_new_value(struct measured *measured, size_t field, struct str text)
{
    uint8_t byte[8 + CELL_TEXT_MAX];
    const size_t len = text.len < CELL_TEXT_MAX ? text.len : CELL_TEXT_MAX;
    for (unsigned i = 0; i < 8; i++) {
        byte[i] = (uint8_t)((uint64_t)field >> (8 * i));
    }
    bytes_copy(byte + 8, text.ptr, len);
    const struct bytes key = {byte, 8 + len};
    const bool is_new = map_get(measured->seen, key) == NULL;
    if (is_new) {
        map_put(measured->seen, key, measured);
    }
    return is_new;
}

void measured_value(const struct candor *candor, struct measured *measured, size_t field,
                    struct str text, enum cell_fault fault, const struct cell *cell)
{
    must(field < measured->field_count);
    struct quality_tally *tally = &measured->of_field[field];
    const bool is_there =
        fault != CELL_REQUIRED && (fault != CELL_FINE || cell->kind != CELL_MISSING);
    quality_add(tally, QUALITY_COMPLETENESS, is_there);
    if (!is_there) {
        return;
    }
    quality_add(tally, QUALITY_VALIDITY, fault == CELL_FINE);
    const size_t standard = measured->standard[field];
    if (standard != NONE && candor->quality.field[standard].is_unique) {
        quality_add(tally, QUALITY_UNIQUENESS, is_new_value(measured, field, str_trim(text)));
    }
}

void measured_rules(const struct candor *candor, struct measured *measured, const struct cell *cell)
{
    for (size_t r = 0; r < candor->quality.rule_count; r++) {
        const enum quality_verdict verdict = quality_judge(&candor->quality.rule[r], cell);
        measured->of_rule[r].all += verdict != RULE_SILENT;
        measured->of_rule[r].right += verdict == RULE_HOLDS;
        if (verdict != RULE_SILENT) {
            quality_add(&measured->total, QUALITY_CONSISTENCY, verdict == RULE_HOLDS);
        }
    }
}

void measured_end(struct measured *measured)
{
    for (size_t f = 0; f < measured->field_count; f++) {
        quality_merge(&measured->total, &measured->of_field[f]);
    }
}

/* ---- what falls short ---------------------------------------------------------------------- */

/*
 * What is held is measured against the field's own standard, then the home's. A source is measured as a
 * whole, against what `sources` asks of it: what it sent that was bad has not come in.
 */
static void look(const struct candor *candor, const struct measured *measured, size_t field,
                 void (*found)(void *self, const struct shortfall *shortfall), void *self)
{
    static const struct quality_least nothing = {
        {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN}};
    const bool is_total = field == NONE;
    const bool is_held = str_is(measured->source, SOURCE_HELD);
    const struct quality_tally *tally = is_total ? &measured->total : &measured->of_field[field];
    const struct quality_source *source = quality_source(&candor->quality, measured->source);
    const size_t standard = is_total ? NONE : measured->standard[field];
    const struct quality_least *own = standard != NONE ? &candor->quality.field[standard].least
                                      : source != NULL ? &source->least
                                                       : NULL;
    const struct quality_least *home = is_held ? &candor->quality.least : &nothing;
    if (!is_held && !is_total) {
        return;
    }
    for (size_t q = 0; q < QUALITIES; q++) {
        struct shortfall shortfall = {.source = measured->source,
                                      .field = is_total ? STR("") : measured->field[field],
                                      .quality = (enum quality)q,
                                      .score = quality_score(tally->of[q])};
        if (quality_falls_short(tally->of[q], (enum quality)q, own, home, &shortfall.least)) {
            found(self, &shortfall);
        }
    }
}

void measured_shortfalls(const struct candor *candor, const struct measured *measured,
                         const bool *wanted,
                         void (*found)(void *self, const struct shortfall *shortfall), void *self)
{
    for (size_t f = 0; f < measured->field_count; f++) {
        if (wanted == NULL || wanted[f]) {
            look(candor, measured, f, found, self);
        }
    }
    look(candor, measured, NONE, found, self);
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void put_tally(struct json *json, const struct quality_tally *tally)
{
    json_key(json, LIT("scores"));
    json_map_begin(json);
    for (size_t q = 0; q < QUALITIES; q++) {
        if (tally->of[q].all == 0) {
            continue;
        }
        json_key_str(json, str_of(quality_name((enum quality)q)));
        json_map_begin(json);
        json_key(json, LIT("score"));
        json_f64(json, quality_score(tally->of[q]));
        json_key(json, LIT("right"));
        json_u64(json, tally->of[q].right);
        json_key(json, LIT("of"));
        json_u64(json, tally->of[q].all);
        json_map_end(json);
    }
    json_map_end(json);
}

void measured_json(struct job *job, const struct candor *candor, struct json *json,
                   const struct measured *measured)
{
    json_map_begin(json);
    json_key(json, LIT("source"));
    json_text(json, measured->source);
    json_key(json, LIT("kind"));
    json_text(json, measured->kind);
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, measured->time));
    json_key(json, LIT("rows"));
    json_u64(json, measured->rows);
    json_key(json, LIT("rejected"));
    json_u64(json, measured->rejected);
    json_key(json, LIT("restricted"));
    json_u64(json, measured->restricted);
    put_tally(json, &measured->total);
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t f = 0; f < measured->field_count; f++) {
        if (measured->of_field[f].of[QUALITY_COMPLETENESS].all == 0 &&
            measured->of_field[f].of[QUALITY_UNIQUENESS].all == 0) {
            continue;
        }
        json_map_begin(json);
        json_key(json, LIT("field"));
        json_text(json, measured->field[f]);
        put_tally(json, &measured->of_field[f]);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("rules"));
    json_list_begin(json);
    for (size_t r = 0; r < candor->quality.rule_count; r++) {
        if (measured->of_rule[r].all == 0) {
            continue;
        }
        json_map_begin(json);
        json_key(json, LIT("rule"));
        json_text(json, candor->quality.rule[r].name);
        json_key(json, LIT("holds"));
        json_u64(json, measured->of_rule[r].right);
        json_key(json, LIT("of"));
        json_u64(json, measured->of_rule[r].all);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

/* ---- the history --------------------------------------------------------------------------- */

enum candor_status measured_keep(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct measured *measured, uint64_t *index)
{
    struct buf text = buf_begin(job->arena);
    struct buf content = buf_begin(job->arena);
    struct json json;
    uint8_t salt[SALT_LEN];
    json_begin(&json, &text, false);
    measured_json(job, candor, &json, measured);
    json_end(&json);
    const struct account account = {
        .action = LEDGER_QUALITY, .outcome = OUTCOME_DONE, .payload = buf_all(&text)};
    TRY(home_account(job, candor, txn, &account, index, salt));
    buf_bytes(&content, salt, sizeof salt);
    buf_u64le(&content, *index);
    buf_bytes(&content, text.ptr, text.len);
    const struct str name =
        str_format(job->arena, "%020llu %012llu %.*s", (unsigned long long)measured->time,
                   (unsigned long long)*index, STR_ARG(measured->source));
    return store_put_document(job, txn, LIT("quality"), name, buf_all(&content));
}

enum candor_status measured_names(struct job *job, struct txn *txn, struct str **name,
                                  size_t *count)
{
    return store_documents(job, txn, LIT("quality"), name, count);
}

static uint64_t number_of(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->is_integer && value->integer > 0 ? (uint64_t)value->integer : 0;
}

static void read_tally(const struct value *map, struct quality_tally *tally)
{
    const struct value *scores = value_get(map, "scores");
    for (size_t q = 0; q < QUALITIES; q++) {
        const struct value *one = value_get(scores, quality_name((enum quality)q));
        tally->of[q] = (struct quality_count){number_of(one, "right"), number_of(one, "of")};
    }
}

enum candor_status measured_read(struct job *job, const struct candor *candor, struct txn *txn,
                                 struct str name, struct measured *measured)
{
    const struct value *root = NULL;
    struct bytes content;
    TRY(store_document(job, txn, LIT("quality"), name, &content));
    if (content.len < SALT_LEN + 8) {
        return fail(job, CANDOR_CORRUPT, "a kept measurement is damaged");
    }
    const struct bytes text = {content.ptr + SALT_LEN + 8, content.len - SALT_LEN - 8};
    TRY(json_read(job, text, NULL, "a kept measurement", &root));
    const struct value *fields = value_get(root, "fields");
    const size_t count = fields == NULL ? 0 : fields->count;
    struct str *field = NEW_ARRAY(job->arena, count + 1, struct str);
    for (size_t f = 0; f < count; f++) {
        field[f] = value_text_at(&fields->item[f], "field");
    }
    measured_begin(job, candor, value_text_at(root, "source"), value_text_at(root, "kind"), field,
                   count, measured);
    measured->rows = number_of(root, "rows");
    measured->rejected = number_of(root, "rejected");
    measured->restricted = number_of(root, "restricted");
    read_tally(root, &measured->total);
    for (size_t f = 0; f < count; f++) {
        read_tally(&fields->item[f], &measured->of_field[f]);
    }
    return str_to_time(value_text_at(root, "time"), &measured->time)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "a kept measurement has no time");
}

/* The source's part of a name: behind the time and the index. */
static struct str source_of(struct str name)
{
    struct str rest = name;
    (void)str_cut(&rest, ' ');
    (void)str_cut(&rest, ' ');
    return rest;
}

enum candor_status measured_latest(struct job *job, const struct candor *candor, struct txn *txn,
                                   struct measured **measured, size_t *count)
{
    struct str *name = NULL;
    size_t names = 0;
    TRY(measured_names(job, txn, &name, &names));
    struct map *seen = map_begin(job->arena);
    *measured = NEW_ARRAY(job->arena, names + 1, struct measured);
    *count = 0;
    for (size_t i = names; i > 0; i--) {
        const struct str source = source_of(name[i - 1]);
        if (str_is(source, SOURCE_HELD) || map_get(seen, KEY(source)) != NULL) {
            continue;
        }
        map_put(seen, KEY(source), seen);
        TRY(measured_read(job, candor, txn, name[i - 1], &(*measured)[*count]));
        (*count)++;
    }
    return CANDOR_OK;
}
