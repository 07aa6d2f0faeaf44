/*
 * study_poison.c - `candor poison`: rows of a file that look planted, and the file without them.
 *
 * A quarantine copies the file's rows as they stand, without those that are suspect; the ranking has a
 * line for every row, the most suspect first. Row numbers count from 0.
 */
#include <math.h>

#include "frame.h"
#include "model.h"
#include "poisoned.h"
#include "study.h"

enum { TOP_DEFAULT = 20, FLUSH_LEN = 1 << 20 };

struct poisoning {
    const struct candor_poison *asked;
    struct fit_data data;
    struct table reference;
    struct poison_seen seen;
    uint32_t *order; /* rows, the most suspect first */
    uint64_t kept;   /* rows that the quarantine wrote */
};

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status read_data(struct job *job, struct poisoning *poisoning)
{
    const struct candor_poison *asked = poisoning->asked;
    const struct candor_fit fit = {.data_path = asked->data_path,
                                   .target = asked->target,
                                   .positive = asked->positive,
                                   .drop = asked->drop,
                                   .types_path = asked->types_path,
                                   .threads = asked->threads,
                                   .memory_max = asked->memory_max};
    TRY(fit_data_read(job, &fit, &poisoning->data));
    if (poisoning->data.train_target->task != TASK_BINARY) {
        return fail(job, CANDOR_BAD_INPUT,
                    "target '%s' has more than two values; say with --positive which one is meant",
                    asked->target);
    }
    return CANDOR_OK;
}

/* Bins of the reference by the features of the data. A column that it has not is missing everywhere. */
static enum candor_status bin_reference(struct job *job, const struct poisoning *poisoning,
                                        struct binned *binned)
{
    const struct binned *data = poisoning->data.train;
    const size_t rows = poisoning->reference.row_count;
    const uint8_t **bin = NEW_ARRAY(job->arena, data->feature_count + 1, const uint8_t *);
    for (size_t f = 0; f < data->feature_count; f++) {
        const struct column *column = frame_find(poisoning->reference.frame, data->feature[f].name);
        uint8_t *of_feature = NULL;
        struct lookup lookup;
        if (column == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "--reference: it has no column '%.*s'",
                        STR_ARG(data->feature[f].name));
        }
        TRY_ALLOC(job, of_feature, rows + 1, uint8_t);
        TRY(lookup_begin(job, &data->feature[f], column, rows, &lookup));
        lookup_bins(&lookup, 0, rows, of_feature);
        bin[f] = of_feature;
    }
    *binned = (struct binned){rows, data->feature_count, data->feature, bin};
    return CANDOR_OK;
}

static enum candor_status read_reference(struct job *job, struct poisoning *poisoning,
                                         struct binned *binned, struct labelled *labelled)
{
    const struct candor_poison *asked = poisoning->asked;
    const struct fit_data *data = &poisoning->data;
    struct target target;
    if (asked->reference_path == NULL) {
        return CANDOR_OK;
    }
    const struct model like = {.task = TASK_BINARY,
                               .target = data->train_target->name,
                               .positive = data->train_target->positive,
                               .negative = data->train_target->negative,
                               .class_count = 1,
                               .feature_count = data->train->feature_count,
                               .feature = data->train->feature};
    const struct table_asked wanted = {{&like}, asked->target};
    TRY(table_read(job, asked->reference_path, &wanted, &poisoning->reference));
    TRY(during(job, study_target(job, &like, poisoning->reference.frame, asked->target, &target),
               "--reference"));
    TRY(bin_reference(job, poisoning, binned));
    *labelled = (struct labelled){binned, target.value};
    return CANDOR_OK;
}

static enum candor_status sources_of(struct job *job, const struct poisoning *poisoning,
                                     const bool **is_source)
{
    const struct binned *data = poisoning->data.train;
    const char *source = poisoning->asked->source;
    bool *made = NEW_ARRAY(job->arena, data->feature_count + 1, bool);
    bool is_known = false;
    *is_source = NULL;
    if (source == NULL) {
        return CANDOR_OK;
    }
    for (size_t f = 0; f < data->feature_count; f++) {
        made[f] = is_of_column(data->feature[f].name, str_of(source));
        is_known = is_known || made[f];
    }
    if (!is_known) {
        return fail(job, CANDOR_BAD_INPUT, "--source: the data has no column '%s'", source);
    }
    *is_source = made;
    return CANDOR_OK;
}

/* ---- the ranking --------------------------------------------------------------------------- */

static enum candor_status order_rows(struct job *job, struct poisoning *poisoning)
{
    const size_t rows = poisoning->seen.row_count;
    double *negative = NULL;
    TRY_ALLOC(job, negative, rows + 1, double);
    TRY_ALLOC(job, poisoning->order, rows + 1, uint32_t);
    for (size_t row = 0; row < rows; row++) {
        negative[row] = -poisoning->seen.suspicion[row];
    }
    return order_f64(job, negative, rows, poisoning->order);
}

static enum candor_status flush(struct job *job, struct new_file *file, struct buf *buf,
                                size_t least)
{
    if (buf->len >= least && buf->len > 0) {
        TRY(file_put(job, file, buf_all(buf)));
        buf->len = 0;
    }
    return CANDOR_OK;
}

static enum candor_status write_ranking(struct job *job, const struct poisoning *poisoning)
{
    const struct candor_poison *asked = poisoning->asked;
    const size_t rows = poisoning->seen.row_count;
    const size_t count = asked->top > 0 && asked->top < rows ? asked->top : rows;
    struct new_file *file = NULL;
    struct buf buf = buf_begin(job->arena);
    if (asked->out_path == NULL) {
        return CANDOR_OK;
    }
    TRY(file_begin(job, str_of(asked->out_path), 0600, &file));
    buf_str(&buf, STR("row,suspicion,reason\n"));
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = poisoning->order[i];
        csv_put_u64(&buf, row);
        buf_str(&buf, STR(","));
        csv_put_f64(&buf, poisoning->seen.suspicion[row]);
        buf_str(&buf, STR(","));
        csv_put_text(&buf, poison_reason(job, &poisoning->seen, row));
        buf_str(&buf, STR("\n"));
        TRY(flush(job, file, &buf, FLUSH_LEN));
    }
    TRY(flush(job, file, &buf, 0));
    return file_end(job, file);
}

/* ---- the quarantine ------------------------------------------------------------------------ */

static void put_line(struct buf *buf, const struct csv_row *row)
{
    for (size_t c = 0; c < row->field_count; c++) {
        if (c > 0) {
            buf_str(buf, STR(","));
        }
        csv_put_text(buf, row->field[c]);
    }
    buf_str(buf, STR("\n"));
}

static enum candor_status copy_rows(struct job *job, struct poisoning *poisoning, struct csv *csv,
                                    struct new_file *file)
{
    struct buf buf = buf_begin(job->arena);
    struct csv_row row;
    put_line(&buf, csv_header(csv));
    for (size_t at = 0;; at++) {
        const enum candor_status status = csv_next(job, csv, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            return flush(job, file, &buf, 0);
        }
        TRY(status);
        if (at >= poisoning->seen.row_count) {
            return fail(job, CANDOR_BUSY, "'%s' has grown while it was read; try again",
                        poisoning->asked->data_path);
        }
        if (!poison_is_suspect(&poisoning->seen, at)) {
            put_line(&buf, &row);
            poisoning->kept++;
            TRY(flush(job, file, &buf, FLUSH_LEN));
        }
    }
}

static enum candor_status write_quarantine(struct job *job, struct poisoning *poisoning)
{
    const struct candor_poison *asked = poisoning->asked;
    struct csv *csv = NULL;
    struct new_file *file = NULL;
    if (asked->quarantine_path == NULL) {
        return CANDOR_OK;
    }
    TRY(csv_open(job, str_of(asked->data_path), NULL, &csv));
    TRY(file_begin(job, str_of(asked->quarantine_path), 0600, &file));
    TRY(copy_rows(job, poisoning, csv, file));
    csv_close(csv);
    return file_end(job, file);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void put_top(struct job *job, struct json *json, const struct poisoning *poisoning)
{
    const size_t asked = poisoning->asked->top > 0 ? poisoning->asked->top : TOP_DEFAULT;
    json_key(json, LIT("top"));
    json_list_begin(json);
    for (size_t i = 0; i < asked && i < poisoning->seen.row_count; i++) {
        const uint32_t row = poisoning->order[i];
        json_map_begin(json);
        json_key(json, LIT("row"));
        json_u64(json, row);
        json_key(json, LIT("suspicion"));
        json_f64(json, poisoning->seen.suspicion[row]);
        json_key(json, LIT("reason"));
        json_text(json, poison_reason(job, &poisoning->seen, row));
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_report(struct job *job, struct json *json, const struct poisoning *poisoning)
{
    json_map_begin(json);
    poison_json(job, json, &poisoning->seen);
    put_top(job, json, poisoning);
    if (poisoning->asked->quarantine_path != NULL) {
        json_key(json, LIT("quarantine"));
        json_map_begin(json);
        json_key(json, LIT("rows_kept"));
        json_u64(json, poisoning->kept);
        json_key(json, LIT("rows_held_back"));
        json_u64(json, poisoning->seen.row_count - poisoning->kept);
        json_map_end(json);
    }
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t w = 0; w < poisoning->data.warning_count; w++) {
        json_text(json, poisoning->data.warning[w]);
    }
    json_list_end(json);
    json_map_end(json);
}

static enum candor_status check_paths(struct job *job, const struct candor_poison *asked)
{
    TRY(path_may_be_written(job, asked->out_path));
    TRY(path_may_be_written(job, asked->quarantine_path));
    TRY(paths_differ(job, asked->out_path, asked->data_path));
    TRY(paths_differ(job, asked->out_path, asked->reference_path));
    TRY(paths_differ(job, asked->out_path, asked->quarantine_path));
    TRY(paths_differ(job, asked->quarantine_path, asked->data_path));
    return paths_differ(job, asked->quarantine_path, asked->reference_path);
}

enum candor_status candor_poison(struct job *job, const struct candor_poison *asked, bool *is_alarm,
                                 struct candor_text *report)
{
    struct poisoning poisoning = {.asked = asked};
    struct poison_look look = {.threads = asked->threads, .memory_max = asked->memory_max};
    struct binned reference;
    struct answer answer;
    TRY(crypto_start(job));
    TRY(check_paths(job, asked));
    TRY(read_data(job, &poisoning));
    look.data = (struct labelled){poisoning.data.train, poisoning.data.train_target->value};
    TRY(read_reference(job, &poisoning, &reference, &look.reference));
    TRY(sources_of(job, &poisoning, &look.is_source));
    TRY(poison_look_at(job, &look, &poisoning.seen));
    TRY(order_rows(job, &poisoning));
    TRY(write_ranking(job, &poisoning));
    TRY(write_quarantine(job, &poisoning));
    *is_alarm = poison_is_alarm(&poisoning.seen);
    answer_begin(job, &answer);
    put_report(job, &answer.json, &poisoning);
    answer_end(&answer, report);
    return CANDOR_OK;
}
