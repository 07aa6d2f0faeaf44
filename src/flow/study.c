/*
 * study.c - plain files with no home: how a table and a model are read.
 */
#include "study.h"
#include "flow.h"
#include "frame.h"
#include "model.h"

enum { TYPES_LEN_MAX = 1 << 20 };

/* ---- a table ------------------------------------------------------------------------------- */

static enum candor_status check_types(struct job *job, const struct csv_row *header,
                                      const struct value *types)
{
    for (size_t k = 0; k < types->count; k++) {
        bool is_known = false;
        for (size_t c = 0; c < header->field_count; c++) {
            is_known = is_known || str_equal(header->field[c], types->key[k]);
        }
        if (!is_known) {
            return fail(job, CANDOR_BAD_INPUT, "--types%s: the data has no column '%.*s'",
                        value_where(job->arena, &types->item[k]), STR_ARG(types->key[k]));
        }
    }
    return CANDOR_OK;
}

enum candor_status types_of_text(struct job *job, struct bytes text, const struct csv_row *header,
                                 const struct value **types)
{
    TRY(yaml_read(job, text, NULL, "--types", types));
    TRY(value_is(job, *types, VALUE_MAP, "--types"));
    return check_types(job, header, *types);
}

enum candor_status types_read(struct job *job, const char *path, const struct csv_row *header,
                              const struct value **types)
{
    struct bytes content;
    *types = NULL;
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(file_read(job, str_of(path), TYPES_LEN_MAX, &content));
    return types_of_text(job, content, header, types);
}

static enum candor_status begin_columns(struct job *job, const struct csv_row *header,
                                        const char *types_path, struct text_column **column)
{
    const struct value *types = NULL;
    TRY(types_read(job, types_path, header, &types));
    for (size_t c = 0; c < header->field_count; c++) {
        struct column_type type;
        TRY(column_type_of(job, types, header->field[c], &type));
        TRY(text_column_begin_as(job, header->field[c], &type, &column[c]));
    }
    return CANDOR_OK;
}

enum candor_status row_digest(struct job *job, const char *path, const struct csv_row *header,
                              const struct csv_row *row, struct buf *cells,
                              struct digest_stream *stream)
{
    if (row->field_count != header->field_count) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s', line %llu: %zu columns, but the header has %zu; is a value that holds "
                    "the separator in quotes?",
                    path, (unsigned long long)row->line, row->field_count, header->field_count);
    }
    cells->len = 0;
    for (size_t c = 0; c < row->field_count; c++) {
        buf_str(cells, row->field[c]);
        buf_u8(cells, 0x1f);
    }
    digest_add(stream, buf_all(cells));
    return CANDOR_OK;
}

static enum candor_status add_row(struct job *job, const char *path, const struct csv_row *row,
                                  struct text_column **column)
{
    for (size_t c = 0; c < row->field_count; c++) {
        TRY(during(job, text_column_add(job, column[c], row->field[c]), "'%s', line %llu", path,
                   (unsigned long long)row->line));
    }
    return CANDOR_OK;
}

static enum candor_status end_columns(struct job *job, size_t column_count,
                                      struct text_column **column, struct table *table)
{
    const size_t room = size_mul(column_count, COLUMNS_OF_TEXT_MAX); /* all may be dates */
    TRY(frame_begin(job, table->row_count,
                    column_count > FRAME_COLUMNS_MAX || room < FRAME_COLUMNS_MAX
                        ? (room < FRAME_COLUMNS_MAX ? room : column_count)
                        : FRAME_COLUMNS_MAX,
                    &table->frame));
    for (size_t c = 0; c < column_count; c++) {
        TRY(text_column_end(job, column[c], table->frame));
    }
    return CANDOR_OK;
}

enum candor_status table_read(struct job *job, const char *path, const char *types_path,
                              struct table *table)
{
    struct csv *csv = NULL;
    struct csv_row row;
    TRY(csv_open(job, str_of(path), NULL, &csv));
    const struct csv_row *header = csv_header(csv);
    struct text_column **column = NEW_ARRAY(job->arena, header->field_count, struct text_column *);
    struct digest_stream stream = digest_begin();
    struct buf cells = buf_begin(job->arena);
    TRY(begin_columns(job, header, types_path, column));
    *table = (struct table){0};
    for (;;) {
        const enum candor_status status = csv_next(job, csv, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            break;
        }
        TRY(status);
        TRY(row_digest(job, path, header, &row, &cells, &stream));
        TRY(add_row(job, path, &row, column));
        table->row_count++;
        if (table->row_count % 10000 == 0) {
            job_say_progress(job, "reading rows", table->row_count, 0);
        }
    }
    if (table->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' has a header but no rows", path);
    }
    job_say_progress(job, "reading rows", table->row_count, table->row_count);
    table->digest = digest_end(&stream);
    return during(job, end_columns(job, header->field_count, column, table), "'%s'", path);
}

/* ---- a model ------------------------------------------------------------------------------- */

enum candor_status study_model(struct job *job, const char *path, struct model **model,
                               struct digest *digest, bool *is_signed)
{
    struct bytes file;
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(crypto_start(job));
    TRY(file_read(job, str_of(path), MODEL_FILE_LEN_MAX, &file));
    return during(job, modelfile_read(job, file, model, digest, is_signed, public_key), "%s", path);
}
