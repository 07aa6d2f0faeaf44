/*
 * study.c - plain files with no home: how a table and a model are read.
 */
#include "study.h"
#include "flow.h"
#include "frame.h"
#include "model.h"

enum { TYPES_LEN_MAX = 1 << 20, ROWS_PER_WORD = 10000 };

struct table_reader {
    const char *path;
    struct csv *csv;
    struct column_type *type; /* of each column; TYPE_DROP: not asked for */
    size_t used_count;
    uint64_t row_count;           /* that were read, also those that were skipped */
    struct digest_stream *digest; /* NULL: not wanted */
    struct buf *cells;
};

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

enum candor_status check_width(struct job *job, const char *path, const struct csv_row *header,
                               const struct csv_row *row)
{
    if (row->field_count != header->field_count) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s', line %llu: %zu columns, but the header has %zu; is a value that holds "
                    "the separator in quotes?",
                    path, (unsigned long long)row->line, row->field_count, header->field_count);
    }
    return CANDOR_OK;
}

void row_digest(const struct csv_row *row, struct buf *cells, struct digest_stream *stream)
{
    cells->len = 0;
    for (size_t c = 0; c < row->field_count; c++) {
        buf_str(cells, row->field[c]);
        buf_u8(cells, 0x1f);
    }
    digest_add(stream, buf_all(cells));
}

/* A column that is no feature is dropped: it need not be read, and cannot be wrong. */
static struct column_type type_in_model(const struct model *model, struct str column)
{
    struct column_type type = {.kind = TYPE_DROP};
    for (size_t f = 0; f < model->feature_count; f++) {
        const struct model_feature *feature = &model->feature[f];
        if (str_equal(feature->name, column)) {
            type.kind = feature->kind == COLUMN_NUMBER ? TYPE_NUMBER : TYPE_CATEGORY;
            return type;
        }
        if (is_of_column(feature->name, column)) {
            type.kind = TYPE_DATE;
        }
    }
    return type;
}

struct column_type type_of_column(const struct table_asked *asked, struct str column)
{
    struct column_type type = {.kind = TYPE_DROP};
    if (asked->model[0] == NULL || (asked->target != NULL && str_is(column, asked->target))) {
        type.kind = TYPE_BY_CONTENT;
    }
    for (size_t m = 0; m < 2 && asked->model[m] != NULL; m++) {
        const struct column_type own = type_in_model(asked->model[m], column);
        if (own.kind != TYPE_DROP) {
            const bool is_agreed = type.kind == TYPE_DROP || type.kind == own.kind;
            type.kind = is_agreed ? own.kind : TYPE_BY_CONTENT;
        }
    }
    return type;
}

enum candor_status table_open(struct job *job, const char *path, const struct table_asked *asked,
                              struct table_reader **reader)
{
    struct table_reader *made = NEW(job->arena, struct table_reader);
    made->path = path;
    TRY(csv_open(job, str_of(path), NULL, &made->csv));
    const struct csv_row *header = csv_header(made->csv);
    made->type = NEW_ARRAY(job->arena, header->field_count, struct column_type);
    for (size_t c = 0; c < header->field_count; c++) {
        made->type[c] = type_of_column(asked, header->field[c]);
        made->used_count += made->type[c].kind != TYPE_DROP;
    }
    *reader = made;
    return CANDOR_OK;
}

/* CANDOR_NOT_FOUND: there is no more. */
static enum candor_status next_row(struct job *job, struct table_reader *reader,
                                   struct csv_row *row)
{
    TRY(csv_next(job, reader->csv, row));
    reader->row_count++;
    if (reader->row_count % ROWS_PER_WORD == 0) {
        job_say_progress(job, "reading rows", reader->row_count, 0);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped while reading rows");
        }
    }
    return check_width(job, reader->path, csv_header(reader->csv), row);
}

static enum candor_status add_row(struct job *job, const struct table_reader *reader,
                                  const struct csv_row *row, struct text_column **column)
{
    for (size_t c = 0; c < row->field_count; c++) {
        if (column[c] != NULL) {
            TRY(during(job, text_column_add(job, column[c], row->field[c]), "'%s', line %llu",
                       reader->path, (unsigned long long)row->line));
        }
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
        if (column[c] != NULL) {
            TRY(text_column_end(job, column[c], table->frame));
        }
    }
    return CANDOR_OK;
}

enum candor_status table_skip(struct job *job, struct table_reader *reader, uint64_t count)
{
    struct csv_row row;
    for (uint64_t i = 0; i < count; i++) {
        TRY(next_row(job, reader, &row));
    }
    return CANDOR_OK;
}

enum candor_status table_take(struct job *job, struct table_reader *reader, size_t row_max,
                              struct table *table)
{
    const size_t count = csv_header(reader->csv)->field_count;
    struct text_column **column = NEW_ARRAY(job->arena, count, struct text_column *);
    struct csv_row row;
    *table = (struct table){0};
    for (size_t c = 0; c < count; c++) {
        if (reader->type[c].kind != TYPE_DROP) {
            TRY(text_column_begin_as(job, csv_header(reader->csv)->field[c], &reader->type[c],
                                     &column[c]));
        }
    }
    while (table->row_count < row_max) {
        const enum candor_status status = next_row(job, reader, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            break;
        }
        TRY(status);
        if (reader->digest != NULL) {
            row_digest(&row, reader->cells, reader->digest);
        }
        TRY(add_row(job, reader, &row, column));
        table->row_count++;
    }
    if (reader->row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' has a header but no rows", reader->path);
    }
    return during(job, end_columns(job, count, column, table), "'%s'", reader->path);
}

size_t table_row(const struct table *table, size_t row)
{
    return table->row_of == NULL ? row : table->row_of[row];
}

size_t table_width(const struct table_reader *reader)
{
    return reader->used_count;
}

uint64_t table_rows(const struct table_reader *reader)
{
    return reader->row_count;
}

enum candor_status table_read(struct job *job, const char *path, const struct table_asked *asked,
                              struct table *table)
{
    struct table_reader *reader = NULL;
    struct digest_stream stream = digest_begin();
    struct buf cells = buf_begin(job->arena);
    TRY(table_open(job, path, asked, &reader));
    reader->digest = &stream;
    reader->cells = &cells;
    TRY(table_take(job, reader, FRAME_ROWS_MAX, table));
    job_say_progress(job, "reading rows", table->row_count, table->row_count);
    table->digest = digest_end(&stream);
    csv_close(reader->csv);
    return CANDOR_OK;
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
