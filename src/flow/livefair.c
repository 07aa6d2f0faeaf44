/*
 * livefair.c - does a campaign's fairness rule hold of what is really decided?
 *
 * A plan is checked before it is approved; single decisions come one by one, and nobody looks at all of
 * them. So sums are kept of each campaign that states a rule: how many could have been chosen and how many
 * were, by group, of the present thirty days and of the thirty before. A document per campaign,
 *
 *     version 1, u8 | period, i64 | said, i64 | twice: count, u32, then of each group
 *         attribute, text (name of the field) | value, text | considered, u64 | chosen, u64
 *
 * has nothing that leads to a person. Said is the period in which a failure was put on the ledger: once.
 */
#include "constraint.h"

#include "monitors.h"
#include "numeric.h"
#include "plan.h"

enum { VERSION = 1, GROUPS_MAX = 256, PERIODS = 2, VALUE_LEN_MAX = 256 };

#define PERIOD_MICROS (INT64_C(30) * 86400 * MICROS_PER_SECOND)

struct sum {
    size_t campaign; /* of the sums of a call */
    struct str attribute;
    struct str value;
    uint64_t considered;
    uint64_t chosen;
};

struct sums {
    size_t count;
    struct sum sum[GROUPS_MAX];
};

struct livefair {
    struct sums sums;
};

struct kept {
    int64_t period;
    int64_t said;
    struct sums *of[PERIODS]; /* the present one, the one before */
};

/* ---- sums ---------------------------------------------------------------------------------- */

/* NULL: there are too many groups, and this one is not counted. */
static struct sum *sum_of(struct sums *sums, size_t campaign, struct str attribute,
                          struct str value)
{
    for (size_t i = 0; i < sums->count; i++) {
        struct sum *sum = &sums->sum[i];
        if (sum->campaign == campaign && str_equal(sum->attribute, attribute) &&
            str_equal(sum->value, value)) {
            return sum;
        }
    }
    if (sums->count == GROUPS_MAX) {
        return NULL;
    }
    sums->sum[sums->count] = (struct sum){campaign, attribute, value, 0, 0};
    return &sums->sum[sums->count++];
}

static enum candor_status count_attribute(struct job *job, struct candor *candor, struct txn *txn,
                                          struct subject subject, const struct campaign *campaign,
                                          size_t field, bool is_chosen, struct livefair *live)
{
    struct str value;
    TRY(attribute_of(job, candor, txn, subject, campaign->fairness.audit, field, &value));
    if (value.len == 0 || value.len > VALUE_LEN_MAX) {
        return CANDOR_OK;
    }
    const size_t index = (size_t)(campaign - candor->campaign);
    struct sum *sum = sum_of(&live->sums, index, candor->inventory->field[field].name, value);
    if (sum != NULL) {
        sum->considered++;
        sum->chosen += is_chosen;
    }
    return CANDOR_OK;
}

enum candor_status livefair_count(struct job *job, struct candor *candor, struct txn *txn,
                                  struct subject subject, const struct campaign *campaign,
                                  const struct weighed *weighed, struct livefair **live)
{
    const struct campaign_fairness *rule = &campaign->fairness;
    const bool is_looked_at_now = weighed->facts != NULL && weighed->facts->as_of == job->now;
    if (rule->attribute_count == 0 || !is_looked_at_now || !weighed_was_considered(weighed)) {
        return CANDOR_OK;
    }
    if (*live == NULL) {
        *live = NEW(job->arena, struct livefair);
    }
    for (size_t a = 0; a < rule->attribute_count; a++) {
        TRY(count_attribute(job, candor, txn, subject, campaign, rule->attribute[a],
                            weighed->withhold == SEND, *live));
    }
    return CANDOR_OK;
}

/* ---- what is kept -------------------------------------------------------------------------- */

static void read_sums(struct reader *reader, struct sums *sums)
{
    const size_t count = read_u32le(reader);
    if (count > GROUPS_MAX) {
        reader->bad = true;
        return;
    }
    for (size_t i = 0; i < count && !reader->bad; i++) {
        struct sum *sum = &sums->sum[sums->count++];
        sum->attribute = read_text(reader);
        sum->value = read_text(reader);
        sum->considered = read_u64le(reader);
        sum->chosen = read_u64le(reader);
    }
}

static enum candor_status kept_read(struct job *job, struct txn *txn, struct str campaign,
                                    struct kept *kept)
{
    struct bytes bytes;
    *kept = (struct kept){.period = job->now / PERIOD_MICROS, .said = -1};
    for (size_t p = 0; p < PERIODS; p++) {
        kept->of[p] = NEW(job->arena, struct sums);
    }
    const enum candor_status status =
        store_document(job, txn, LIT("live_fairness"), campaign, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    if (read_u8(&reader) != VERSION) {
        reader.bad = true;
    }
    const int64_t period = (int64_t)read_u64le(&reader);
    kept->said = (int64_t)read_u64le(&reader);
    for (size_t p = 0; p < PERIODS; p++) {
        read_sums(&reader, kept->of[p]);
    }
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "the live fairness sums of '%.*s' are damaged",
                    STR_ARG(campaign));
    }
    if (period < kept->period) { /* what was present is past, or long past */
        kept->of[1] = period + 1 == kept->period ? kept->of[0] : NEW(job->arena, struct sums);
        kept->of[0] = NEW(job->arena, struct sums);
    }
    return CANDOR_OK;
}

static enum candor_status kept_write(struct job *job, struct txn *txn, struct str campaign,
                                     const struct kept *kept)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, VERSION);
    buf_u64le(&buf, (uint64_t)kept->period);
    buf_u64le(&buf, (uint64_t)kept->said);
    for (size_t p = 0; p < PERIODS; p++) {
        buf_u32le(&buf, (uint32_t)kept->of[p]->count);
        for (size_t i = 0; i < kept->of[p]->count; i++) {
            const struct sum *sum = &kept->of[p]->sum[i];
            buf_block(&buf, bytes_of(sum->attribute));
            buf_block(&buf, bytes_of(sum->value));
            buf_u64le(&buf, sum->considered);
            buf_u64le(&buf, sum->chosen);
        }
    }
    return store_put_document(job, txn, LIT("live_fairness"), campaign, buf_all(&buf));
}

/* ---- the rule ------------------------------------------------------------------------------ */

/* Both periods together, of one attribute: a rule is not forgotten on the first of a period. */
static void rule_of(struct job *job, const struct candor *candor, const struct campaign *campaign,
                    const struct kept *kept, size_t field, struct plan_fairness *fairness)
{
    struct plan_group *group = NEW_ARRAY(job->arena, GROUPS_MAX, struct plan_group);
    const struct str name = candor->inventory->field[field].name;
    size_t count = 0;
    for (size_t p = 0; p < PERIODS; p++) {
        for (size_t i = 0; i < kept->of[p]->count; i++) {
            const struct sum *sum = &kept->of[p]->sum[i];
            size_t g = 0;
            if (!str_equal(sum->attribute, name)) {
                continue;
            }
            while (g < count && !str_equal(group[g].value, sum->value)) {
                g++;
            }
            if (g == count && count == GROUPS_MAX) {
                continue;
            }
            count += g == count;
            group[g].attribute = candor->inventory->field[field].label;
            group[g].value = sum->value;
            group[g].considered += sum->considered;
            group[g].chosen += sum->chosen;
        }
    }
    plan_fairness_of(job, candor, &campaign->fairness, field, group, count, fairness);
}

/* Known not to hold: the interval says so, too. */
static bool rule_fails(const struct plan_fairness *fairness)
{
    return fairness->checked && !fairness->passed && fairness->enough;
}

static enum candor_status say_failure(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct campaign *campaign,
                                      const struct plan_fairness *fairness)
{
    uint64_t index = 0;
    const struct str said = str_format(job->arena, "Campaign '%.*s', live decisions: %.*s",
                                       STR_ARG(campaign->name), STR_ARG(fairness->sentence));
    const struct account account = {
        .action = LEDGER_AUDIT, .outcome = OUTCOME_FAILED, .payload = bytes_of(said)};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    log_event(job, LOG_WARN, LIT("live decisions fail a fairness rule"), LOG_U64("leaf", index),
              LOG_F64("value", fairness->value), LOG_F64("limit", fairness->limit));
    return CANDOR_OK;
}

static enum candor_status keep_campaign(struct job *job, struct candor *candor, struct txn *txn,
                                        const struct livefair *live, size_t index)
{
    const struct campaign *campaign = &candor->campaign[index];
    struct kept kept;
    TRY(kept_read(job, txn, campaign->name, &kept));
    for (size_t i = 0; i < live->sums.count; i++) {
        const struct sum *counted = &live->sums.sum[i];
        if (counted->campaign == index) {
            watch_group(job, candor, txn, campaign->name, counted->attribute, counted->value,
                        counted->considered, counted->chosen);
            struct sum *sum = sum_of(kept.of[0], 0, counted->attribute, counted->value);
            if (sum != NULL) {
                sum->considered += counted->considered;
                sum->chosen += counted->chosen;
            }
        }
    }
    for (size_t a = 0; a < campaign->fairness.attribute_count; a++) {
        struct plan_fairness fairness;
        rule_of(job, candor, campaign, &kept, campaign->fairness.attribute[a], &fairness);
        if (kept.said != kept.period && rule_fails(&fairness)) {
            TRY(say_failure(job, candor, txn, campaign, &fairness));
            kept.said = kept.period;
        }
    }
    return kept_write(job, txn, campaign->name, &kept);
}

enum candor_status livefair_keep(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct livefair *live)
{
    for (size_t c = 0; live != NULL && c < candor->campaign_count; c++) {
        bool is_counted = false;
        for (size_t i = 0; i < live->sums.count; i++) {
            is_counted = is_counted || live->sums.sum[i].campaign == c;
        }
        if (is_counted) {
            TRY(keep_campaign(job, candor, txn, live, c));
        }
    }
    return CANDOR_OK;
}

/* ---- audit --------------------------------------------------------------------------------- */

/* Of all groups: decisions of people who could have been chosen. */
static uint64_t counted_of(const struct kept *kept, struct str attribute)
{
    uint64_t counted = 0;
    for (size_t p = 0; p < PERIODS; p++) {
        for (size_t i = 0; i < kept->of[p]->count; i++) {
            const struct sum *sum = &kept->of[p]->sum[i];
            counted += str_equal(sum->attribute, attribute) ? sum->considered : 0;
        }
    }
    return counted;
}

static void put_rule(struct json *json, const struct campaign *campaign, struct str attribute,
                     uint64_t counted, const struct plan_fairness *fairness)
{
    json_map_begin(json);
    json_key(json, LIT("campaign"));
    json_text(json, campaign->name);
    json_key(json, LIT("attribute"));
    json_text(json, attribute);
    json_key(json, LIT("measure"));
    json_text(json, str_of(campaign_measure_name(campaign->fairness.measure)));
    json_key(json, LIT("limit"));
    json_f64(json, campaign->fairness.limit);
    json_key(json, LIT("counted"));
    json_u64(json, counted);
    json_key(json, LIT("value"));
    json_f64(json, fairness->value);
    json_key(json, LIT("low"));
    json_f64(json, fairness->low);
    json_key(json, LIT("high"));
    json_f64(json, fairness->high);
    json_key(json, LIT("enough_evidence"));
    json_bool(json, fairness->checked && fairness->enough);
    json_key(json, LIT("finding"));
    json_bool(json, rule_fails(fairness));
    json_key(json, LIT("sentence"));
    json_text(json, fairness->checked ? fairness->sentence
                                      : STR("Too few decisions were counted to compare groups."));
    json_map_end(json);
}

enum candor_status livefair_json(struct job *job, struct candor *candor, struct txn *txn,
                                 struct json *json, size_t *findings)
{
    json_key(json, LIT("fairness_live"));
    json_list_begin(json);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign *campaign = &candor->campaign[c];
        struct kept kept;
        if (campaign->fairness.attribute_count == 0) {
            continue;
        }
        TRY(kept_read(job, txn, campaign->name, &kept));
        for (size_t a = 0; a < campaign->fairness.attribute_count; a++) {
            const size_t field = campaign->fairness.attribute[a];
            struct plan_fairness fairness;
            rule_of(job, candor, campaign, &kept, field, &fairness);
            *findings += rule_fails(&fairness);
            const struct str name = candor->inventory->field[field].name;
            put_rule(json, campaign, name, counted_of(&kept, name), &fairness);
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}
