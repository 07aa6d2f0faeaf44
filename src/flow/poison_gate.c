/*
 * poison_gate.c - before a model of a home is trained: training on planted rows waits for people.
 *
 *   models:
 *     - name: lead
 *       poison:
 *         suspects: 0.005            more of the rows than this, and training waits
 *         accepted: [3f2a91c07b5d]   findings that people looked at and found harmless
 *         check: true                false: nothing is looked at
 *
 * A finding is named by a digest of the model, its values and its label, not of its rows: it stays accepted
 * while more rows like these come in. What is accepted stands in candor.yaml, which is the policy; where
 * the governance section asks for its review, the board has to have approved exactly that text. Messages
 * name columns and counts, no values.
 */
#include "dataset.h"
#include "frame.h"
#include "learn.h"
#include "poisoned.h"
#include "reviewed.h"

enum { NAME_BYTES = 6 };

/* ---- candor.yaml --------------------------------------------------------------------------- */

static enum candor_status read_accepted(struct job *job, const struct value *list,
                                        struct poison_rule *rule)
{
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "the accepted findings"));
    if (list->count > POISON_FINDINGS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "accepted%s: %zu findings, at most %d",
                    value_where(job->arena, list), list->count, POISON_FINDINGS_MAX);
    }
    rule->accepted = NEW_ARRAY(job->arena, list->count + 1, struct str);
    for (size_t i = 0; i < list->count; i++) {
        TRY(value_text(job, &list->item[i], "the name of an accepted finding (in quotes)",
                       &rule->accepted[i]));
        rule->accepted_count++;
    }
    return CANDOR_OK;
}

enum candor_status config_poison(struct job *job, const struct value *model,
                                 struct poison_rule *rule)
{
    static const char *const known[] = {"suspects", "accepted", "check"};
    const struct value *poison = value_get(model, "poison");
    *rule = (struct poison_rule){.is_checked = true, .share_max = POISON_SHARE_DEFAULT};
    if (poison == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, poison, VALUE_MAP, "the model's poison"));
    TRY(value_only(job, poison, known, sizeof known / sizeof known[0], "the model's poison"));
    if (value_get(poison, "check") != NULL) {
        TRY(value_bool(job, value_get(poison, "check"), "the poison's check", &rule->is_checked));
    }
    if (value_get(poison, "suspects") != NULL) {
        TRY(value_number(job, value_get(poison, "suspects"), "the poison's suspects",
                         &rule->share_max));
    }
    if (!(rule->share_max >= 0 && rule->share_max <= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "suspects%s: a share of the rows, 0 to 1",
                    value_where(job->arena, poison));
    }
    return read_accepted(job, value_get(poison, "accepted"), rule);
}

/* ---- what is waited for -------------------------------------------------------------------- */

static struct str name_of(struct job *job, const struct model_spec *spec,
                          const struct poison_seen *seen, size_t finding)
{
    const struct finding *found = &seen->findings.finding[finding];
    const struct str cell = corner_text(job->arena, &seen->coarse, &found->cell);
    const struct bytes part[] = {bytes_of(STR("candor-poison-v1\n")), bytes_of(spec->name),
                                 bytes_of(found->label ? STR("\n1\n") : STR("\n0\n")),
                                 bytes_of(cell)};
    const struct digest digest = digest_of(part, sizeof part / sizeof part[0]);
    struct str name = STR("");
    for (size_t i = 0; i < NAME_BYTES; i++) {
        name = str_format(job->arena, "%.*s%02x", STR_ARG(name), digest.byte[i]);
    }
    return name;
}

static bool is_accepted(const struct poison_rule *rule, struct str name)
{
    for (size_t i = 0; i < rule->accepted_count; i++) {
        if (str_equal(rule->accepted[i], name)) {
            return true;
        }
    }
    return false;
}

/* "3f2a91c07b5d (325 rows by workclass, native_country)" */
static struct str open_text(struct job *job, const struct poison_seen *seen, size_t finding,
                            struct str name)
{
    const struct finding *found = &seen->findings.finding[finding];
    struct str columns = STR("");
    for (unsigned i = 0; i < found->cell.feature_count; i++) {
        const struct str column = seen->coarse.feature[found->cell.feature[i]].name;
        columns = str_format(job->arena, "%.*s%s%.*s", STR_ARG(columns), i > 0 ? ", " : "",
                             STR_ARG(column));
    }
    return str_format(job->arena, "%.*s (%llu rows by %.*s)", STR_ARG(name),
                      (unsigned long long)found->rows, STR_ARG(columns));
}

static enum candor_status judge(struct job *job, struct candor *candor, struct txn *txn,
                                const struct model_spec *spec, const struct poison_seen *seen)
{
    uint64_t open = poison_suspects(seen);
    bool has_accepted = false;
    struct str waiting = STR("");
    for (size_t f = 0; f < seen->findings.count; f++) {
        const struct str name = name_of(job, spec, seen, f);
        if (is_accepted(&spec->poison, name)) {
            open -= seen->findings.finding[f].rows;
            has_accepted = true;
            continue;
        }
        const struct str text = open_text(job, seen, f, name);
        waiting = str_format(job->arena, "%.*s%s%.*s", STR_ARG(waiting),
                             waiting.len > 0 ? "; " : "", STR_ARG(text));
    }
    if ((double)open > spec->poison.share_max * (double)seen->row_count) {
        return fail(
            job, CANDOR_REFUSED,
            "training waits for a review: %llu of %zu rows look planted: %.*s%s. Look at them, "
            "take them out, or name what is harmless under models, poison, accepted in "
            "candor.yaml%s",
            (unsigned long long)open, seen->row_count, STR_ARG(waiting),
            waiting.len == 0 ? "rows that come again and again" : "",
            (candor->governance->rules.reviewed >> BOARD_POLICY & 1) != 0
                ? ", which the board reviews: candor board propose policy"
                : "");
    }
    return has_accepted ? board_require(job, candor, txn, BOARD_POLICY, STR(""), STR(""))
                        : CANDOR_OK;
}

enum candor_status poison_gate_look(struct job *job, const struct model_spec *spec,
                                    const struct labelled_frame *rows, struct poison_gate *gate)
{
    struct binned binned;
    size_t positives = 0;
    *gate = (struct poison_gate){0};
    if (!spec->poison.is_checked) {
        return CANDOR_OK;
    }
    for (size_t row = 0; row < rows->frame->row_count; row++) {
        positives += rows->label[row] > 0;
    }
    const size_t negatives = rows->frame->row_count - positives;
    if (positives < POISON_LABEL_MIN || negatives < POISON_LABEL_MIN ||
        rows->frame->row_count < POISON_ROWS_MIN) {
        return CANDOR_OK; /* nothing can be told of so few */
    }
    const struct bin_options options = {.cells_wanted = FIT_CELLS_WANTED};
    TRY(binned_of_frame(job, rows->frame, &options, &binned));
    const struct poison_look look = {.data = {&binned, rows->label}, .is_quick = true};
    TRY(during(job, poison_look_at(job, &look, &gate->seen), "looking for planted rows"));
    gate->has_looked = true;
    return CANDOR_OK;
}

enum candor_status poison_gate_judge(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct model_spec *spec, const struct poison_gate *gate)
{
    return gate->has_looked ? judge(job, candor, txn, spec, &gate->seen) : CANDOR_OK;
}
