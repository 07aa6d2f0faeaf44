/*
 * study_use.c - what a model says of the rows of a CSV file: scores.
 *
 * Rows come and go in blocks, so a file need not fit into memory.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"

/* Values of a block, all columns together: 32 MB of numbers at most. */
enum { BLOCK_VALUES = 1 << 22, BLOCK_ROWS_MAX = 1 << 16, BLOCK_ROWS_MIN = 1 << 10 };

struct scoring {
    const char *model_path;
    const char *data_path;
    const struct model *model;
    struct table_reader *reader;
    struct new_file *file; /* NULL: lines is the report */
    struct buf lines;
};

/* ---- lines --------------------------------------------------------------------------------- */

static void put_header(struct scoring *scoring, struct arena *arena)
{
    const struct model *model = scoring->model;
    buf_lit(&scoring->lines, LIT("row,score"));
    if (model->task == TASK_CLASSES) {
        buf_lit(&scoring->lines, LIT(",class"));
        for (size_t c = 0; c < model->class_count; c++) {
            buf_u8(&scoring->lines, ',');
            csv_put_text(&scoring->lines,
                         str_format(arena, "chance of %.*s", STR_ARG(model->class_name[c])));
        }
    }
    buf_u8(&scoring->lines, '\n');
}

/* mean: of one row; the score of classes is the chance of the most likely one. */
static void put_line(struct scoring *scoring, uint64_t row, const double *mean)
{
    const struct model *model = scoring->model;
    struct buf *lines = &scoring->lines;
    size_t most = 0;
    for (size_t c = 1; c < model->class_count; c++) {
        most = mean[c] > mean[most] ? c : most;
    }
    csv_put_u64(lines, row);
    buf_u8(lines, ',');
    csv_put_f64(lines, mean[most]);
    if (model->task == TASK_CLASSES) {
        buf_u8(lines, ',');
        csv_put_text(lines, model->class_name[most]);
        for (size_t c = 0; c < model->class_count; c++) {
            buf_u8(lines, ',');
            csv_put_f64(lines, mean[c]);
        }
    }
    buf_u8(lines, '\n');
}

/* ---- blocks -------------------------------------------------------------------------------- */

static enum candor_status score_block(struct job *job, struct scoring *scoring,
                                      const struct table *table)
{
    const size_t width = scoring->model->class_count;
    const uint64_t first = table_rows(scoring->reader) - table->row_count;
    struct binding *binding = NULL;
    double *mean = NULL;
    TRY(during(job, model_bind(job, scoring->model, table->frame, &binding), "%s does not fit %s",
               scoring->data_path, scoring->model_path));
    TRY_ALLOC(job, mean, size_mul(table->row_count, width), double);
    binding_score(binding, 0, NULL, mean);
    for (size_t row = 0; row < table->row_count; row++) {
        put_line(scoring, first + row, mean + row * width);
    }
    if (scoring->file != NULL) {
        TRY(file_put(job, scoring->file, buf_all(&scoring->lines)));
        scoring->lines.len = 0;
    }
    return CANDOR_OK;
}

static size_t block_rows(const struct table_reader *reader)
{
    const size_t rows = BLOCK_VALUES / (table_width(reader) + 1);
    return rows < BLOCK_ROWS_MIN ? BLOCK_ROWS_MIN : rows > BLOCK_ROWS_MAX ? BLOCK_ROWS_MAX : rows;
}

/* The lines have an arena of their own: they outlive the block that they were made of. */
static enum candor_status score_blocks(struct job *job, struct scoring *scoring)
{
    const struct arena_mark mark = arena_mark(job->arena);
    struct table table;
    do {
        TRY(table_take(job, scoring->reader, block_rows(scoring->reader), &table));
        TRY(score_block(job, scoring, &table));
        arena_rewind(job->arena, mark);
    } while (table.row_count > 0);
    return CANDOR_OK;
}

static void put_report(struct job *job, const struct scoring *scoring, const char *out_path,
                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("rows"));
    json_u64(&answer.json, table_rows(scoring->reader));
    json_key(&answer.json, LIT("file"));
    json_text(&answer.json, str_of(out_path));
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

enum candor_status candor_score(struct job *job, const char *model_path, const char *data_path,
                                const char *out_path, struct candor_text *report)
{
    struct scoring scoring = {.model_path = model_path, .data_path = data_path};
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    TRY(path_may_be_written(job, out_path));
    TRY(paths_differ(job, out_path, data_path));
    TRY(paths_differ(job, out_path, model_path));
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    const struct table_asked asked = {{model}, NULL};
    TRY(table_open(job, data_path, &asked, &scoring.reader));
    scoring.model = model;
    scoring.lines = buf_begin(arena_beside(job));
    put_header(&scoring, job->arena);
    if (out_path != NULL) {
        TRY(file_begin(job, str_of(out_path), 0644, &scoring.file));
    }
    TRY(score_blocks(job, &scoring));
    if (out_path == NULL) {
        *report = text_of(job, buf_text(&scoring.lines));
        return CANDOR_OK;
    }
    TRY(file_end(job, scoring.file));
    put_report(job, &scoring, out_path, report);
    return CANDOR_OK;
}
