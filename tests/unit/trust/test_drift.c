/*
 * test_drift.c - columns of Adult against what scipy 1.10 says of them, to 1e-9; the definitions, slow and
 * obvious; and what must not fool the verdict: zeros, many levels, new levels, missing values.
 *
 * Data is found by CANDOR_DATA, or in ../shared/data beside the source tree; without it the first test is
 * skipped.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "watch.h"

#include "testing.h"

static struct str data_folder(struct arena *arena)
{
    const char *given = getenv("CANDOR_DATA");
    if (given != NULL) {
        return str_of(given);
    }
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("tests/unit/trust/test_drift.c");
    must(str_ends(here, inside));
    return path_join(arena, str_slice(here, 0, here.len - inside.len), STR("../shared/data"));
}

/* ---- Adult --------------------------------------------------------------------------------- */

struct picked {
    const char *column;
    struct str part; /* "train", "Male", "first500" ... */
    struct text_column *text;
    size_t rows;
    struct frame *frame;
};

static bool is_picked(struct str part, uint64_t at, const struct csv *csv,
                      const struct csv_row *row)
{
    const struct str income = row->field[csv_column(csv, "income")];
    if (str_is(part, "train") || str_is(part, "test")) {
        return (at <= 32560) == str_is(part, "train");
    }
    if (str_is(part, "first500") || str_is(part, "next500")) {
        return at / 500 == (str_is(part, "first500") ? 0 : 1);
    }
    if (str_is(part, "y=0") || str_is(part, "y=1")) {
        return str_starts(income, STR(">")) == str_is(part, "y=1");
    }
    return str_equal(row->field[csv_column(csv, "sex")], part) ||
           str_equal(row->field[csv_column(csv, "race")], part);
}

static void pick(struct job *job, struct picked *side, size_t side_count)
{
    const struct str path =
        path_join(job->arena, data_folder(job->arena), STR("adult/adult.csv.gz"));
    struct csv *csv = NULL;
    struct csv_row row;
    must(csv_open(job, path, NULL, &csv) == CANDOR_OK);
    for (size_t s = 0; s < side_count; s++) {
        must(text_column_begin(job, str_of(side[s].column), 0, 0, &side[s].text) == CANDOR_OK);
    }
    for (uint64_t at = 0; csv_next(job, csv, &row) == CANDOR_OK; at++) {
        for (size_t s = 0; s < side_count; s++) {
            if (is_picked(side[s].part, at, csv, &row)) {
                const struct str cell = row.field[csv_column(csv, side[s].column)];
                must(text_column_add(job, side[s].text, cell) == CANDOR_OK);
                side[s].rows++;
            }
        }
    }
    csv_close(csv);
    job_forgive(job);
    for (size_t s = 0; s < side_count; s++) {
        must(frame_begin(job, side[s].rows, 1, &side[s].frame) == CANDOR_OK);
        must(text_column_end(job, side[s].text, side[s].frame) == CANDOR_OK);
    }
}

static void check(struct str pair, const char *what, double got, const struct value *map,
                  const char *key)
{
    const struct value *wanted = map == NULL ? NULL : value_get(map, key);
    must(map == NULL || wanted != NULL);
    if (wanted == NULL || wanted->kind == VALUE_NULL) {
        expect(isnan(got), "%.*s, %s: %.17g is not defined", STR_ARG(pair), what, got);
        return;
    }
    expect(fabs(got - wanted->number) <= 1e-9 * fmax(1, fabs(wanted->number)),
           "%.*s, %s: %.17g, not %.17g", STR_ARG(pair), what, got, wanted->number);
}

static void check_shares(struct str pair, const struct shares *got, const struct value *wanted)
{
    const struct value *two = value_get(wanted, "chi2_two_sample");
    const struct value *one = value_get(wanted, "chi2_one_sample_ref_as_expected(evidently)");
    one = one->kind == VALUE_NULL ? NULL : one;
    check(pair, "psi", got->psi, wanted, "psi_half_count_smoothed");
    check(pair, "psi, floor 1e-4", got->psi_floor_low, wanted, "psi_floor_1e-4");
    check(pair, "psi, floor 0.01", got->psi_floor, wanted, "psi_floor_0.01");
    check(pair, "psi, plain", got->psi_plain, wanted, "psi_unsmoothed");
    check(pair, "js", got->js, wanted, "js_divergence_nats");
    check(pair, "hellinger", got->hellinger, wanted, "hellinger");
    check(pair, "total variation", got->total_variation, wanted, "total_variation");
    check(pair, "most", got->most, wanted, "l_infinity");
    check(pair, "kl", got->kl, wanted, "kl_ref_to_cur_nats");
    check(pair, "chi2", got->chi2, two, "statistic");
    check(pair, "chi2 p", got->chi2_p, two, "p");
    check(pair, "chi2 fixed", got->chi2_fixed, one, "statistic");
    check(pair, "chi2 fixed p", got->chi2_fixed_p, one, "p");
}

static void check_ranks(struct str pair, const struct ranks *got, const struct value *wanted)
{
    const struct value *ks = value_get(wanted, "ks");
    const struct value *mann = value_get(wanted, "mann_whitney");
    check(pair, "ks", got->ks, ks, "statistic");
    check(pair, "ks p", got->ks_p, ks, "p_asymptotic");
    check(pair, "wasserstein", got->wasserstein, wanted, "wasserstein1");
    check(pair, "energy", got->energy, wanted, "energy_distance");
    check(pair, "cramer", got->cramer, value_get(wanted, "cramer_von_mises"), "statistic");
    check(pair, "u", got->mann_whitney, mann, "u_ref");
    check(pair, "u p", got->mann_whitney_p, mann, "p");
    check(pair, "auc", got->auc, mann, "auc_cur_gt_ref");
    check(pair, "t", got->welch, value_get(wanted, "welch_t"), "t");
}

/* "age: Male->Female", and the columns of Adult have dashes. */
static void check_pair(struct job *job, struct str pair, const struct value *wanted)
{
    struct str rest = pair;
    struct str name = str_cut(&rest, ':');
    char *column = NEW_ARRAY(job->arena, name.len + 1, char);
    for (size_t i = 0; i < name.len; i++) {
        column[i] = name.ptr[i] == '_' ? '-' : name.ptr[i];
    }
    rest = str_trim(rest);
    const struct str first = str_cut(&rest, '-');
    struct picked side[2] = {{.column = column, .part = first},
                             {.column = column, .part = str_slice(rest, 1, rest.len)}};
    struct column_drift drift;
    pick(job, side, 2);
    must(column_drift_of(job, side[0].frame->column, side[0].rows, side[1].frame->column,
                         side[1].rows, 1, &drift) == CANDOR_OK);
    const bool is_number = str_is(value_get(wanted, "type")->text, "numeric");
    assert_true(drift.is_number == is_number);
    check_shares(pair, &drift.shares,
                 value_get(wanted, is_number ? "binned_by_reference_deciles" : "binned"));
    if (is_number) {
        check_ranks(pair, &drift.ranks, wanted);
    }
    const bool is_same = str_ends(pair, STR("test")) || str_ends(pair, STR("next500"));
    expect(drift.verdict == (is_same ? DRIFT_STABLE : DRIFT_DRIFTED), "%.*s: %s", STR_ARG(pair),
           drift_verdict_word(drift.verdict));
}

static void all_statistics_are_those_of_the_reference(void **state)
{
    (void)state;
    const struct text_limits limits = {.size_max = (size_t)16 << 20};
    const struct value *root = NULL;
    struct bytes content;
    struct job job;
    job_begin(&job, host_real());
    const struct str path =
        path_join(job.arena, data_folder(job.arena), STR("drift-ref/adult-drift.json"));
    if (!file_exists(&job, path)) {
        print_message("skipped: no %.*s; set CANDOR_DATA\n", STR_ARG(path));
        job_end(&job);
        return;
    }
    must(file_read(&job, path, limits.size_max, &content) == CANDOR_OK);
    must(json_read(&job, content, &limits, "the reference", &root) == CANDOR_OK);
    const struct value *pairs = value_get(root, "pairs");
    assert_true(pairs->count >= 11);
    for (size_t p = 0; p < pairs->count; p++) {
        const struct arena_mark mark = arena_mark(job.arena);
        check_pair(&job, pairs->key[p], &pairs->item[p]);
        arena_rewind(job.arena, mark);
    }
    job_end(&job);
}

/* ---- the definitions ------------------------------------------------------------------------- */

static double share_below(const double *value, size_t count, double x)
{
    double below = 0;
    for (size_t i = 0; i < count; i++) {
        below += value[i] <= x ? 1 : 0;
    }
    return below / (double)count;
}

enum { THEN = 37, NOW = 23 };

static void one_walk_gives_what_the_definitions_say(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        double then[THEN];
        double now[NOW];
        double ks = 0;
        double area = 0;
        double wins = 0;
        struct rng rng = rng_of(seed);
        struct job job;
        struct ranks ranks;
        job_begin(&job, host_real());
        for (size_t i = 0; i < THEN; i++) {
            then[i] = (double)rng_below(&rng, 15);
        }
        for (size_t i = 0; i < NOW; i++) {
            now[i] = (double)rng_below(&rng, 18);
        }
        for (double x = 0; x < 18; x++) {
            const double far = fabs(share_below(then, THEN, x) - share_below(now, NOW, x));
            ks = fmax(ks, far);
            area += far; /* values are whole numbers: each step is 1 */
        }
        for (size_t i = 0; i < THEN * NOW; i++) {
            const double far = now[i % NOW] - then[i / NOW];
            wins += far > 0 ? 1 : far < 0 ? 0 : 0.5;
        }
        must(ranks_of(&job, (struct sample){then, THEN}, (struct sample){now, NOW}, &ranks) ==
             CANDOR_OK);
        expect(fabs(ranks.ks - ks) < 1e-14, "seed %d", (int)seed);
        expect(fabs(ranks.wasserstein - area) < 1e-12, "seed %d", (int)seed);
        expect(fabs(ranks.auc - wins / (THEN * NOW)) < 1e-14, "seed %d", (int)seed);
        job_end(&job);
    }
}

/* ---- verdicts --------------------------------------------------------------------------------- */

enum { ROWS = 4000 };

static struct column_drift drift_of_numbers(struct job *job, const double *then, const double *now)
{
    const struct column before = {.name = STR("x"), .kind = COLUMN_NUMBER, .number = then};
    const struct column after = {.name = STR("x"), .kind = COLUMN_NUMBER, .number = now};
    struct column_drift drift;
    must(column_drift_of(job, &before, ROWS, &after, ROWS, 10, &drift) == CANDOR_OK);
    return drift;
}

static void zeros_do_not_hide_what_happens_above_them(void **state)
{
    (void)state;
    double then[ROWS];
    double now[ROWS];
    struct rng rng = rng_of(5);
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < ROWS; i++) {
        then[i] = rng_below(&rng, 100) < 93 ? 0 : 1 + rng_f64(&rng);
        now[i] = rng_below(&rng, 100) < 80 ? 0 : 1 + rng_f64(&rng);
    }
    struct column_drift drift = drift_of_numbers(&job, then, now);
    assert_true(drift.shares.psi < 1e-3 && drift.own.psi > 0.1);
    assert_int_equal(drift.verdict, DRIFT_DRIFTED);
    for (size_t i = 0; i < ROWS; i++) {
        now[i] = i % 5 == 0 ? (double)NAN : then[(i * 7) % ROWS];
    }
    drift = drift_of_numbers(&job, then, now);
    assert_int_equal(drift.verdict, DRIFT_DRIFTED); /* what is missing */
    assert_int_equal(drift.missing[1], ROWS / 5);
    for (size_t i = 0; i < ROWS; i++) {
        now[i] = (double)NAN;
    }
    drift = drift_of_numbers(&job, then, now);
    assert_true(drift.verdict == DRIFT_DRIFTED && drift.reason.len > 0 && isnan(drift.shares.psi));
    drift = drift_of_numbers(&job, now, now);
    assert_int_equal(drift.verdict, DRIFT_NOT_JUDGED);
    job_end(&job);
}

static void levels_of(struct job *job, struct rng *rng, uint64_t level_count, size_t from,
                      struct column *column)
{
    uint32_t *code = NEW_ARRAY(job->arena, ROWS, uint32_t);
    struct str *level = NEW_ARRAY(job->arena, level_count, struct str);
    for (size_t l = 0; l < level_count; l++) {
        level[l] = str_format(job->arena, "L%zu", from + l);
    }
    for (size_t i = 0; i < ROWS; i++) {
        code[i] = (uint32_t)rng_below(rng, level_count);
    }
    *column = (struct column){.name = STR("x"),
                              .kind = COLUMN_CATEGORY,
                              .code = code,
                              .level = level,
                              .level_count = level_count};
}

static void a_thousand_levels_are_no_drift_and_new_ones_are(void **state)
{
    (void)state;
    static const uint64_t counts[] = {2, 30, 1000, 3999};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        struct column then;
        struct column now;
        struct column_drift drift;
        struct rng rng = rng_of(c + 1);
        struct job job;
        job_begin(&job, host_real());
        levels_of(&job, &rng, counts[c], 0, &then);
        levels_of(&job, &rng, counts[c], 0, &now);
        must(column_drift_of(&job, &then, ROWS, &now, ROWS, 10, &drift) == CANDOR_OK);
        expect(drift.verdict == DRIFT_STABLE || counts[c] > ROWS / 2, "%d levels: %s",
               (int)counts[c], drift_verdict_word(drift.verdict));
        expect(drift.new_levels < counts[c] / 3 + 1, "%d levels", (int)counts[c]);
        levels_of(&job, &rng, counts[c], counts[c] / 2, &now);
        must(column_drift_of(&job, &then, ROWS, &now, ROWS, 10, &drift) == CANDOR_OK);
        expect(drift.verdict == DRIFT_DRIFTED || counts[c] > ROWS / 10, "%d levels: %s",
               (int)counts[c], drift_verdict_word(drift.verdict));
        expect(drift.new_share > 0.2, "%d levels", (int)counts[c]);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(all_statistics_are_those_of_the_reference),
        cmocka_unit_test(one_walk_gives_what_the_definitions_say),
        cmocka_unit_test(zeros_do_not_hide_what_happens_above_them),
        cmocka_unit_test(a_thousand_levels_are_no_drift_and_new_ones_are),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
