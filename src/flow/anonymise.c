/*
 * anonymise.c - `candor anonymise` and `candor anonymise risk`: nobody in a table stands alone.
 */
#include "anonymise.h"

#define RISK_ABOVE 0.2 /* El Emam 2013: what is usual for data that are not public */

static void put_risk(struct json *json, const struct risk *risk, double above)
{
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, risk->rows);
    json_key(json, LIT("classes"));
    json_u64(json, risk->classes);
    json_key(json, LIT("smallest_class"));
    json_u64(json, risk->smallest);
    json_key(json, LIT("sample_uniques"));
    json_u64(json, risk->uniques);
    json_key(json, LIT("prosecutor_highest"));
    json_f64(json, risk->prosecutor_highest);
    json_key(json, LIT("prosecutor_average"));
    json_f64(json, risk->prosecutor_average);
    json_key(json, LIT("risk_above"));
    json_f64(json, above);
    json_key(json, LIT("rows_above"));
    json_f64(json, (double)risk->above_rows / (double)risk->rows);
    json_key(json, LIT("journalist_highest"));
    json_f64(json, risk->journalist_highest);
    json_key(json, LIT("journalist_average"));
    json_f64(json, risk->journalist_average);
    json_key(json, LIT("marketer"));
    json_f64(json, risk->marketer);
    json_key(json, LIT("k_distribution"));
    json_list_begin(json);
    for (size_t b = 0; b < RISK_BANDS; b++) {
        const struct risk_band *band = &risk->band[b];
        json_map_begin(json);
        json_key(json, LIT("from"));
        json_u64(json, band->low);
        json_key(json, LIT("to"));
        if (band->high == 0) {
            json_null(json);
        } else {
            json_u64(json, band->high);
        }
        json_key(json, LIT("classes"));
        json_u64(json, band->classes);
        json_key(json, LIT("rows"));
        json_u64(json, band->rows);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

static void put_warnings(struct json *json, const struct hidden_table *table)
{
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t w = 0; w < table->warning_count; w++) {
        json_text(json, table->warning[w]);
    }
    json_list_end(json);
}

/* ---- candor anonymise ------------------------------------------------------------------------ */

static enum candor_status check_asked(struct job *job, const struct candor_anonymise *asked)
{
    if (asked->k < 1) {
        return fail(job, CANDOR_BAD_INPUT, "--k is 1 or more");
    }
    if (asked->l != 0 && !(asked->l >= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--l is 1 or more");
    }
    if (asked->t != 0 && !(asked->t > 0 && asked->t <= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--t is above 0 and at most 1");
    }
    if ((asked->l != 0 || asked->t != 0) && asked->sensitive == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--l and --t are about a sensitive column: name it with --sensitive");
    }
    if (asked->sensitive != NULL && asked->l == 0 && asked->t == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--sensitive needs --l or --t: how varied must it be?");
    }
    TRY(path_may_be_written(job, asked->out_path));
    TRY(paths_differ(job, asked->out_path, asked->data_path));
    TRY(paths_differ(job, asked->out_path, asked->types_path));
    return paths_differ(job, asked->out_path, asked->hierarchies_path);
}

static void put_loss(struct json *json, const struct hidden_table *table, const struct loss *loss)
{
    json_key(json, LIT("loss"));
    json_map_begin(json);
    json_key(json, LIT("ncp"));
    json_f64(json, loss->penalty);
    json_key(json, LIT("discernibility"));
    json_u64(json, loss->discernibility);
    json_key(json, LIT("average_class"));
    json_f64(json, loss->average_class);
    json_key(json, LIT("average_class_by_k"));
    json_f64(json, loss->average_against_k);
    json_key(json, LIT("ncp_by_column"));
    json_map_begin(json);
    for (size_t q = 0; q < table->quasi_count; q++) {
        json_key_str(json, table->quasi[q].name);
        json_f64(json, loss->penalty_of[q]);
    }
    json_map_end(json);
    json_map_end(json);
}

static enum candor_status put_sensitive(struct job *job, struct json *json,
                                        const struct hidden_table *table,
                                        const struct recoded *recoded)
{
    json_key(json, LIT("sensitive"));
    json_map_begin(json);
    for (size_t s = 0; s < table->sensitive_count; s++) {
        struct variety least = {0};
        const struct sensitive *sensitive = &table->sensitive[s];
        TRY(variety_least(job, recoded, table->rows.row_count, sensitive, &least));
        json_key_str(json, sensitive->name);
        json_map_begin(json);
        json_key(json, LIT("distinct_l"));
        json_u64(json, least.distinct);
        json_key(json, LIT("entropy_l"));
        json_f64(json, least.entropy_l);
        json_key(json, LIT("t"));
        json_f64(json, least.distance);
        json_key(json, LIT("distance"));
        json_text(json, sensitive->is_ordered ? STR("ordered") : STR("equal"));
        json_map_end(json);
    }
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status put_risks(struct job *job, struct json *json,
                                    const struct hidden_table *table, const struct recoded *recoded,
                                    double above)
{
    struct risk before;
    struct risk after;
    uint32_t *class_of = NULL;
    uint64_t *size = NULL;
    size_t count = 0;
    TRY(classes_as_they_are(job, &table->rows, &class_of, &size, &count));
    risk_of(size, NULL, count, 1, above, &before);
    risk_of(recoded->size, NULL, recoded->class_count, 1, above, &after);
    json_key(json, LIT("risk_before"));
    put_risk(json, &before, above);
    json_key(json, LIT("risk"));
    put_risk(json, &after, above);
    return CANDOR_OK;
}

static enum candor_status put_report(struct job *job, struct json *json,
                                     const struct candor_anonymise *asked,
                                     const struct hidden_table *table,
                                     const struct recoded *recoded)
{
    const double above = asked->risk_above > 0 ? asked->risk_above : RISK_ABOVE;
    uint64_t smallest = UINT64_MAX;
    for (size_t c = 0; c < recoded->class_count; c++) {
        smallest = recoded->size[c] < smallest ? recoded->size[c] : smallest;
    }
    must(smallest >= asked->k);
    json_map_begin(json);
    json_key(json, LIT("rows"));
    json_u64(json, table->rows.row_count);
    json_key(json, LIT("classes"));
    json_u64(json, recoded->class_count);
    json_key(json, LIT("k"));
    json_u64(json, smallest);
    json_key(json, LIT("recoding"));
    json_text(json, asked->is_local ? STR("local") : STR("global"));
    TRY(put_sensitive(job, json, table, recoded));
    put_loss(json, table, &recoded->loss);
    TRY(put_risks(job, json, table, recoded, above));
    put_warnings(json, table);
    json_map_end(json);
    return CANDOR_OK;
}

enum candor_status candor_anonymise(struct job *job, const struct candor_anonymise *asked,
                                    struct candor_text *report)
{
    struct hidden_table *table = NEW(job->arena, struct hidden_table);
    struct classes classes;
    struct recoded recoded;
    struct answer answer;
    const struct wanted wanted = {asked->data_path, asked->quasi,      asked->sensitive,
                                  asked->drop,      asked->types_path, asked->hierarchies_path};
    const struct asked rule = {asked->k, asked->l,
                               asked->is_entropy ? DIVERSITY_ENTROPY : DIVERSITY_DISTINCT, asked->t,
                               asked->is_local};
    TRY(check_asked(job, asked));
    TRY(hidden_table_read(job, &wanted, table));
    TRY(mondrian(job, &table->rows, &rule, &classes));
    TRY(recode(job, &table->rows, asked->k, &classes, &recoded));
    answer_begin(job, &answer);
    TRY(put_report(job, &answer.json, asked, table, &recoded));
    TRY(hidden_table_write(job, asked->data_path, asked->out_path, table, &recoded));
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- candor anonymise risk ------------------------------------------------------------------- */

/* The name of a row's class: its values, each with its length. */
static void class_key(const struct hidden_table *table, size_t row, struct buf *key)
{
    key->len = 0;
    for (size_t q = 0; q < table->quasi_count; q++) {
        const struct quasi *quasi = &table->quasi[q];
        const uint32_t rank = quasi->rank[row];
        buf_block(key, rank == quasi->value_count ? (struct bytes){NULL, 0}
                                                  : bytes_of(quasi->text[rank]));
    }
}

/* How many people of the population look like each class. Those of the table are in it. */
static enum candor_status count_population(struct job *job, const char *path,
                                           const char *types_path, const char *quasi,
                                           const struct hidden_table *table,
                                           const uint32_t *class_of, const uint64_t *size,
                                           size_t class_count, double **population)
{
    const struct wanted wanted = {path, quasi, NULL, NULL, types_path, NULL};
    struct hidden_table *others = NEW(job->arena, struct hidden_table);
    struct map *known = map_begin(job->arena);
    struct buf key = buf_begin(job->arena);
    TRY(during(job, hidden_table_read(job, &wanted, others), "--population"));
    TRY_ALLOC(job, *population, class_count + 1, double);
    for (size_t row = 0; row < table->rows.row_count; row++) {
        class_key(table, row, &key);
        map_put(known, buf_all(&key), &(*population)[class_of[row]]);
    }
    for (size_t row = 0; row < others->rows.row_count; row++) {
        class_key(others, row, &key);
        double *found = map_get(known, buf_all(&key));
        if (found != NULL) {
            *found += 1;
        }
    }
    for (size_t c = 0; c < class_count; c++) {
        if ((*population)[c] < (double)size[c]) {
            return fail(
                job, CANDOR_BAD_INPUT,
                "--population does not hold everybody in the data: a class of %llu rows has "
                "%g people there",
                (unsigned long long)size[c], (*population)[c]);
        }
    }
    return CANDOR_OK;
}

enum candor_status candor_reidentify(struct job *job, const struct candor_reidentify *asked,
                                     bool *is_above, struct candor_text *report)
{
    struct hidden_table *table = NEW(job->arena, struct hidden_table);
    const struct wanted wanted = {asked->data_path,  asked->quasi, NULL, NULL,
                                  asked->types_path, NULL};
    const double above = asked->risk_above > 0 ? asked->risk_above : RISK_ABOVE;
    const double fraction = asked->fraction != 0 ? asked->fraction : 1;
    struct risk risk;
    struct answer answer;
    uint32_t *class_of = NULL;
    uint64_t *size = NULL;
    double *population = NULL;
    size_t count = 0;
    if (!(fraction > 0 && fraction <= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "--fraction is above 0 and at most 1");
    }
    if (asked->population_path != NULL && asked->fraction != 0) {
        return fail(job, CANDOR_BAD_INPUT, "--population or --fraction, not both");
    }
    TRY(hidden_table_read(job, &wanted, table));
    TRY(classes_as_they_are(job, &table->rows, &class_of, &size, &count));
    if (asked->population_path != NULL) {
        TRY(count_population(job, asked->population_path, asked->types_path, asked->quasi, table,
                             class_of, size, count, &population));
    }
    risk_of(size, population, count, fraction, above, &risk);
    *is_above = risk.above_rows > 0;
    answer_begin(job, &answer);
    put_risk(&answer.json, &risk, above);
    answer_end(&answer, report);
    return CANDOR_OK;
}
