/*
 * account.c - the sealed account of a decision, and the ledger's commands.
 *
 * A decision is kept twice: as a commitment on the ledger, which anyone may read, and as a payload
 * sealed with the subject's key, from which the decision can be explained again. The payload:
 *
 *     version u8 = 4 | time u64 | as of u64 | epoch u32 | campaign purpose channel code offer (blocks)
 *     | send u8 | has score u8 | score f64 | threshold f64 | base f64 | model digest 32
 *     | terms u16 | terms * (name, cell, contribution f64) | reasons u8 | reasons * block
 *
 * and what was doubted (doubt.c). Version 1 had no epoch, 2 no threshold, 3 no doubt; a cell is its kind u8 and number f64, time u64 or a block. In the store the salt of the commitment
 * (32 bytes) stands before the payload: who has both can check the ledger's entry.
 */
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"

enum {
    DECISION_V1 = 1,
    DECISION_V3 = 3,
    DECISION_VERSION = 4,
    TERMS_MAX = MODEL_FEATURES_MAX + MODEL_PAIRS_MAX
};

/* ---- writing ------------------------------------------------------------------------------- */

static void put_cell(struct buf *buf, const struct cell *cell)
{
    buf_u8(buf, (uint8_t)cell->kind);
    switch (cell->kind) {
    case CELL_MISSING:
        break;
    case CELL_NUMBER:
        buf_f64le(buf, cell->number);
        break;
    case CELL_TIME:
        buf_u64le(buf, (uint64_t)cell->time);
        break;
    case CELL_TEXT:
        buf_block(buf, bytes_of(cell->text));
        break;
    }
}

static void put_terms(struct buf *buf, const struct published *published, const struct facts *facts)
{
    const struct cell missing = {0};
    if (published == NULL || facts == NULL) {
        buf_u16le(buf, 0);
        return;
    }
    const struct model *model = published->model;
    buf_u16le(buf, (uint16_t)model->term_count);
    for (size_t t = 0; t < model->term_count; t++) {
        buf_block(buf, bytes_of(model->term[t].name));
        put_cell(buf, t < model->feature_count ? &facts->cell[t] : &missing);
        buf_f64le(buf, facts->contribution[t]);
    }
}

static struct str code_of(struct job *job, const struct weighed *weighed)
{
    switch (weighed->withhold) {
    case WITHHOLD_PERMIT:
        return str_of(permit_code_name(weighed->permit));
    case WITHHOLD_SIGNAL:
        return str_format(job->arena, "signal_%s",
                          signal_source_name(weighed->ruling.evidence->source));
    case SEND:
    case WITHHOLD_ERASED:
    case WITHHOLD_NO_PROFILING:
    case WITHHOLD_UNREACHABLE:
    case WITHHOLD_CAP:
    case WITHHOLD_NOT_INTERESTED:
    case WITHHOLD_NOT_IN_AUDIENCE:
    case WITHHOLD_NO_OFFER:
    case WITHHOLD_LOW_SCORE:
    case WITHHOLD_NOT_SELECTED:
    case WITHHOLD_FAIRNESS:
    case WITHHOLD_HOLDOUT:
    case WITHHOLD_HUMAN:
    case WITHHOLD_REFERRED:
    case WITHHOLD_TOPIC:
    case WITHHOLD_OWN_LIMIT:
    case WITHHOLD_QUIET:
    case WITHHOLD_DOUBTED:
    case WITHHOLD_IMPLAUSIBLE:
    case WITHHOLD_CODES:
        break;
    }
    return str_of(withhold_name(weighed->withhold));
}

static void fill(struct job *job, struct candor *candor, const struct campaign *campaign,
                 const struct weighed *weighed, const struct published *published,
                 struct decision *decision)
{
    const struct inventory *inventory = candor->inventory;
    *decision = (struct decision){
        .time = job->now,
        .as_of = weighed->facts == NULL ? job->now : weighed->facts->as_of,
        .has_epoch = true,
        .epoch = weighed->epoch,
        .campaign = campaign->name,
        .purpose = inventory->purpose[campaign->purpose].name,
        .channel = campaign->channel == NONE ? STR("") : inventory->channel[campaign->channel],
        .code = code_of(job, weighed),
        .send = weighed->withhold == SEND,
        .offer = weighed->offer == NONE ? STR("") : campaign->offer[weighed->offer].name,
        .has_score = weighed->has_score,
        .score = weighed->score,
        .threshold = weighed->threshold,
        .base = published == NULL ? 0 : published->model->base,
    };
    decision->doubt.rate = 1;
    if (published != NULL) {
        decision->model = published->digest;
    }
    if (published != NULL && weighed->facts != NULL && weighed->facts->doubt != NULL) {
        decision->doubt = *weighed->facts->doubt;
    }
    weigh_reasons(job, candor, campaign, weighed, decision->reason, &decision->reason_count);
}

static void put_decision(struct buf *buf, const struct decision *decision,
                         const struct published *published, const struct facts *facts)
{
    buf_u8(buf, DECISION_VERSION);
    buf_u64le(buf, (uint64_t)decision->time);
    buf_u64le(buf, (uint64_t)decision->as_of);
    buf_u32le(buf, decision->epoch);
    buf_block(buf, bytes_of(decision->campaign));
    buf_block(buf, bytes_of(decision->purpose));
    buf_block(buf, bytes_of(decision->channel));
    buf_block(buf, bytes_of(decision->code));
    buf_block(buf, bytes_of(decision->offer));
    buf_u8(buf, decision->send);
    buf_u8(buf, decision->has_score);
    buf_f64le(buf, decision->score);
    buf_f64le(buf, decision->threshold);
    buf_f64le(buf, decision->base);
    buf_bytes(buf, decision->model.byte, sizeof decision->model.byte);
    put_terms(buf, published, facts);
    buf_u8(buf, (uint8_t)decision->reason_count);
    for (size_t r = 0; r < decision->reason_count; r++) {
        buf_block(buf, bytes_of(decision->reason[r]));
    }
    doubt_write(&decision->doubt, buf);
}

enum candor_status decision_record_new(struct job *job, struct candor *candor, struct txn *txn,
                                       struct subject subject, const struct campaign *campaign,
                                       const struct weighed *weighed, struct decision *decision)
{
    const struct published *published = NULL;
    if (weighed->has_score) {
        TRY(model_published(job, candor, txn, campaign->model, &published));
    }
    fill(job, candor, campaign, weighed, published, decision);
    TRY(entropy_draw(job, decision->id, sizeof decision->id));

    struct buf payload = buf_begin(job->arena);
    put_decision(&payload, decision, published, weighed->facts);
    const struct account account = {
        .action = LEDGER_DECIDE,
        .outcome = decision->send ? OUTCOME_ALLOW : OUTCOME_DENY,
        .subject = &subject,
        .payload = buf_all(&payload),
        .object = decision->id,
        .policy = published == NULL ? NULL : &published->digest,
    };
    TRY(home_account(job, candor, txn, &account, &decision->ledger_index, decision->salt));

    struct buf kept = buf_begin(job->arena);
    buf_bytes(&kept, decision->salt, sizeof decision->salt);
    buf_bytes(&kept, payload.ptr, payload.len);
    struct decision_record record = {.ledger_index = decision->ledger_index,
                                     .payload = buf_all(&kept)};
    bytes_copy(record.id, decision->id, sizeof record.id);
    return store_add_decision(job, txn, subject, &record);
}

/* ---- reading ------------------------------------------------------------------------------- */

static struct cell get_cell(struct reader *reader)
{
    struct cell cell = {0};
    const uint8_t kind = read_u8(reader);
    if (kind == CELL_NUMBER) {
        cell.kind = CELL_NUMBER;
        cell.number = read_f64le(reader);
    } else if (kind == CELL_TIME) {
        cell.kind = CELL_TIME;
        cell.time = (int64_t)read_u64le(reader);
    } else if (kind == CELL_TEXT) {
        cell.kind = CELL_TEXT;
        cell.text = read_text(reader);
    } else if (kind != CELL_MISSING) {
        reader->bad = true;
    }
    return cell;
}

static void get_terms(struct job *job, struct reader *reader, struct decision *decision)
{
    decision->term_count = read_u16le(reader);
    if (decision->term_count > TERMS_MAX) {
        reader->bad = true;
    }
    if (reader->bad) {
        decision->term_count = 0;
    }
    decision->term = NEW_ARRAY(job->arena, decision->term_count, struct str);
    decision->value = NEW_ARRAY(job->arena, decision->term_count, struct str);
    decision->cell = NEW_ARRAY(job->arena, decision->term_count, struct cell);
    decision->contribution = NEW_ARRAY(job->arena, decision->term_count, double);
    for (size_t t = 0; t < decision->term_count; t++) {
        decision->term[t] = read_text(reader);
        const struct cell cell = get_cell(reader);
        decision->cell[t] = cell;
        decision->value[t] = feature_value_text(job->arena, &cell);
        decision->contribution[t] = read_f64le(reader);
    }
}

static void get_reasons(struct reader *reader, struct decision *decision)
{
    decision->reason_count = read_u8(reader);
    if (decision->reason_count > WEIGH_REASONS_MAX) {
        reader->bad = true;
        decision->reason_count = 0;
    }
    for (size_t r = 0; r < decision->reason_count; r++) {
        decision->reason[r] = read_text(reader);
    }
}

enum candor_status decision_read(struct job *job, struct bytes payload, struct decision *decision)
{
    struct reader reader = reader_of(payload);
    *decision = (struct decision){0};
    const struct bytes salt = read_bytes(&reader, sizeof decision->salt);
    const uint8_t version = read_u8(&reader);
    decision->time = (int64_t)read_u64le(&reader);
    decision->as_of = (int64_t)read_u64le(&reader);
    decision->has_epoch = version != DECISION_V1;
    decision->epoch = decision->has_epoch ? read_u32le(&reader) : 0;
    decision->campaign = read_text(&reader);
    decision->purpose = read_text(&reader);
    decision->channel = read_text(&reader);
    decision->code = read_text(&reader);
    decision->offer = read_text(&reader);
    decision->send = read_u8(&reader) != 0;
    decision->has_score = read_u8(&reader) != 0;
    decision->score = read_f64le(&reader);
    decision->threshold = version >= DECISION_V3 ? read_f64le(&reader) : 0;
    decision->base = read_f64le(&reader);
    const struct bytes digest = read_bytes(&reader, sizeof decision->model.byte);
    get_terms(job, &reader, decision);
    get_reasons(&reader, decision);
    decision->doubt.rate = 1;
    if (version >= DECISION_VERSION) {
        doubt_read(job->arena, &reader, &decision->doubt);
    }
    const bool is_known = version >= DECISION_V1 && version <= DECISION_VERSION;
    if (!reader_is_done(&reader) || !is_known) {
        return fail(job, CANDOR_CORRUPT, "the record of a decision is damaged");
    }
    bytes_copy(decision->salt, salt.ptr, salt.len);
    bytes_copy(decision->model.byte, digest.ptr, digest.len);
    return CANDOR_OK;
}

/* ---- showing ------------------------------------------------------------------------------- */

static void put_contributions(struct json *json, const struct decision *decision)
{
    json_key(json, LIT("base"));
    json_f64(json, decision->base);
    json_key(json, LIT("contributions"));
    json_list_begin(json);
    for (size_t t = 0; t < decision->term_count; t++) {
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, decision->term[t]);
        json_key(json, LIT("value"));
        json_text(json, decision->value[t]);
        json_key(json, LIT("contribution"));
        json_f64(json, decision->contribution[t]);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("model"));
    json_hex(json, (struct bytes){decision->model.byte, sizeof decision->model.byte});
}

void decision_members(struct json *json, struct arena *arena, const struct decision *decision)
{
    json_key(json, LIT("id"));
    json_hex(json, (struct bytes){decision->id, sizeof decision->id});
    json_key(json, LIT("time"));
    json_text(json, str_from_time(arena, decision->time));
    json_key(json, LIT("features_as_of"));
    json_text(json, str_from_time(arena, decision->as_of));
    json_key(json, LIT("campaign"));
    json_text(json, decision->campaign);
    json_key(json, LIT("purpose"));
    json_text(json, decision->purpose);
    json_key(json, LIT("channel"));
    json_text(json, decision->channel);
    json_key(json, LIT("decision"));
    json_text(json, decision->send ? STR("send") : STR("withhold"));
    json_key(json, LIT("code"));
    json_text(json, decision->code);
    put_text_or_null(json, LIT("offer"), decision->offer);
    json_key(json, LIT("score"));
    if (decision->has_score) {
        json_f64(json, decision->score);
    } else {
        json_null(json);
    }
    json_key(json, LIT("reasons"));
    json_list_begin(json);
    for (size_t r = 0; r < decision->reason_count; r++) {
        json_text(json, decision->reason[r]);
    }
    json_list_end(json);
    if (decision->has_score) {
        json_key(json, LIT("plausibility"));
        doubt_json(json, &decision->doubt);
    }
    if (decision->term_count > 0) {
        put_contributions(json, decision);
    }
    json_key(json, LIT("ledger_index"));
    json_u64(json, decision->ledger_index);
}

void decision_json(struct json *json, struct arena *arena, const struct decision *decision)
{
    json_map_begin(json);
    decision_members(json, arena, decision);
    json_map_end(json);
}

enum candor_status receipt_json(struct job *job, struct candor *candor, struct json *json,
                                uint64_t index)
{
    struct str proof;
    struct bytes leaf;
    TRY(ledger_prove(job, candor->ledger, index, &proof));
    TRY(store_leaf(job, candor->store, index, &leaf));
    json_key(json, LIT("receipt"));
    json_map_begin(json);
    json_key(json, LIT("ledger_index"));
    json_u64(json, index);
    json_key(json, LIT("leaf"));
    json_base64(json, leaf);
    json_key(json, LIT("proof"));
    json_text(json, proof);
    json_map_end(json);
    return CANDOR_OK;
}
