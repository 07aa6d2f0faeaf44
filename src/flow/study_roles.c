/*
 * study_roles.c - which rows of a file are held out, and what each of its columns is for.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "numeric.h"
#include "study.h"
#include "study_reading.h"

enum { SPLIT_LEN_MAX = 1 << 30 };

/* ---- which rows are held out ---- */

/* One 0 (train) or 1 (test) per row. */
enum candor_status reading_split(struct job *job, const char *path, struct reading *reading)
{
    struct bytes content;
    size_t row = 0;
    TRY(file_read(job, str_of(path), SPLIT_LEN_MAX, &content));
    TRY_ALLOC(job, reading->is_test, content.len + 1, bool);
    for (size_t i = 0; i < content.len; i++) {
        const uint8_t c = content.ptr[i];
        if (c == '\n' || c == '\r' || c == ' ') {
            continue;
        }
        if (c != '0' && c != '1') {
            return fail(job, CANDOR_BAD_INPUT,
                        "--split has one 0 (train) or 1 (test) for each row; at number %zu it has "
                        "something else",
                        row + 1);
        }
        reading->is_test[row++] = c == '1';
    }
    reading->is_test_count = row;
    return CANDOR_OK;
}

/* By the row's number and the seed alone, so that any reading holds out the same rows. */
static bool is_held_out(const struct candor_fit *fit, size_t row)
{
    struct rng rng = rng_of_stream(fit->seed, row);
    return rng_f64(&rng) < fit->holdout;
}

bool reading_is_test(const struct reading *reading, size_t row)
{
    if (reading->fit->split_path != NULL) {
        return row < reading->is_test_count && reading->is_test[row];
    }
    return reading->fit->holdout > 0 && is_held_out(reading->fit, row);
}

enum candor_status reading_check_split(struct job *job, struct reading *reading)
{
    const size_t rows = reading->data->row_count;
    if (reading->fit->split_path != NULL && reading->is_test_count != rows) {
        return fail(job, CANDOR_BAD_INPUT, "--split has %zu numbers, the data has %zu rows",
                    reading->is_test_count, rows);
    }
    if (reading->fit->split_path != NULL || !(reading->fit->holdout > 0)) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, reading->is_test, rows + 1, bool);
    for (size_t row = 0; row < rows; row++) {
        reading->is_test[row] = is_held_out(reading->fit, row);
    }
    return CANDOR_OK;
}

enum candor_status held_out_rows(struct job *job, const struct candor_fit *fit, size_t row_count,
                                 bool **is_test)
{
    struct fit_data data = {.row_count = row_count};
    struct reading reading = {.fit = fit, .data = &data};
    if (fit->split_path != NULL) {
        TRY(reading_split(job, fit->split_path, &reading));
    }
    TRY(reading_check_split(job, &reading));
    *is_test = reading.is_test;
    return CANDOR_OK;
}

/* ---- what each column is for ---- */

static enum candor_status check_list(struct job *job, const struct csv_row *header,
                                     const char *list, const char *option)
{
    struct str rest = str_of(list);
    while (list != NULL && rest.ptr != NULL) {
        const struct str name = str_trim(str_cut(&rest, ','));
        bool is_known = name.len == 0;
        for (size_t c = 0; c < header->field_count && !is_known; c++) {
            is_known = is_of_column(name, header->field[c]);
        }
        if (!is_known) {
            return fail(job, CANDOR_BAD_INPUT, "%s: the data has no column '%.*s'", option,
                        STR_ARG(name));
        }
    }
    return CANDOR_OK;
}

static bool list_has(const char *list, struct str column)
{
    struct str rest = str_of(list);
    while (list != NULL && rest.ptr != NULL) {
        if (str_equal(str_trim(str_cut(&rest, ',')), column)) {
            return true;
        }
    }
    return false;
}

/* Two wishes about one column that cannot both be granted. */
static enum candor_status must_not_list(struct job *job, const char *list, const char *option,
                                        const char *column, const char *what)
{
    return column != NULL && list_has(list, str_of(column))
               ? fail(job, CANDOR_BAD_INPUT, "%s: '%s' is %s; take it out of one of the two",
                      option, column, what)
               : CANDOR_OK;
}

static enum column_role role_of(const struct candor_fit *fit, struct str column)
{
    if (str_is(column, fit->target)) {
        return FOR_TARGET;
    }
    if (fit->weight != NULL && str_is(column, fit->weight)) {
        return FOR_WEIGHT;
    }
    return list_has(fit->drop, column) || list_has(fit->protect, column) ? FOR_NOTHING
                                                                         : FOR_FEATURE;
}

enum candor_status reading_roles(struct job *job, struct reading *reading)
{
    const struct candor_fit *fit = reading->fit;
    const struct csv_row *header = reading->header;
    const struct value *types = NULL;
    bool has[FOR_NOTHING + 1] = {false};
    TRY(fit->types != NULL ? types_of_text(job, bytes_of(str_of(fit->types)), header, &types)
                           : types_read(job, fit->types_path, header, &types));
    TRY_ALLOC(job, reading->role, header->field_count, enum column_role);
    TRY_ALLOC(job, reading->type, header->field_count, struct column_type);
    for (size_t c = 0; c < header->field_count; c++) {
        reading->role[c] = role_of(fit, header->field[c]);
        has[reading->role[c]] = true;
        TRY(column_type_of(job, types, header->field[c], &reading->type[c]));
        if (reading->data->like != NULL && reading->type[c].kind == TYPE_BY_CONTENT) {
            const struct table_asked like = {{reading->data->like}, fit->target};
            reading->type[c] = type_of_column(&like, header->field[c]);
        }
        if (reading->role[c] == FOR_FEATURE && reading->type[c].kind == TYPE_DROP) {
            reading->role[c] = FOR_NOTHING;
        }
    }
    if (!has[FOR_TARGET]) {
        return fail(job, CANDOR_BAD_INPUT, "there is no column '%s' to be the target", fit->target);
    }
    if (fit->weight != NULL && !has[FOR_WEIGHT]) {
        return fail(job, CANDOR_BAD_INPUT, "--weight: %s '%s'",
                    str_is(str_of(fit->weight), fit->target) ? "the target is no weight:"
                                                             : "the data has no column",
                    fit->weight);
    }
    TRY(check_list(job, header, fit->drop, "--drop"));
    TRY(must_not_list(job, fit->drop, "--drop", fit->target, "the target"));
    TRY(must_not_list(job, fit->protect, "--protect", fit->target, "the target"));
    TRY(must_not_list(job, fit->protect, "--protect", fit->weight, "the weight"));
    return check_list(job, header, fit->protect, "--protect");
}
