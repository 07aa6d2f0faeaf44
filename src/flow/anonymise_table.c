/*
 * anonymise_table.c - a table whose people are to be hidden: read, and written again.
 *
 * The file goes by twice. The first time only quasi-identifiers and sensitive columns are kept, as codes; the
 * second time every row is written with its class's names, so that the rest of the table never is in memory.
 */
#include "anonymise.h"
#include "frame.h"
#include "study.h"

enum {
    SAMPLE_ROWS = 4096, /* of the columns that pass through */
    SAMPLE_LEAST = 20,
    CHUNK = 1 << 16,
    OUT_MODE = 0600, /* it is about people until somebody has looked at it */
    HIERARCHIES_LEN_MAX = 8 << 20,
    ROWS_PER_WORD = 50000,
};

/* A kept column under suspicion: how many different values the first rows have. */
struct suspect {
    struct map *seen;
    uint64_t filled;
};

struct reading {
    const struct wanted *wanted;
    struct hidden_table *table;
    struct csv *csv;
    struct text_column **column; /* NULL: not kept */
    struct suspect *suspect;
    struct arena *suspects;
    const struct value *types;
    const struct value *hierarchies;
};

/* ---- which column is what -------------------------------------------------------------------- */

static enum candor_status mark(struct job *job, struct reading *reading, const char *list,
                               const char *option, enum part_of_table part, size_t count_max)
{
    struct hidden_table *table = reading->table;
    struct str rest = str_of(list);
    size_t count = 0;
    while (rest.ptr != NULL && rest.len > 0) {
        const struct str name = str_trim(str_cut(&rest, ','));
        const size_t c = csv_column(reading->csv, str_z(job->arena, name));
        if (c == SIZE_MAX) {
            return fail(job, CANDOR_BAD_INPUT, "%s: the data has no column '%.*s'", option,
                        STR_ARG(name));
        }
        if (table->part[c] != PART_KEPT) {
            return fail(job, CANDOR_BAD_INPUT, "%s: column '%.*s' is named twice", option,
                        STR_ARG(name));
        }
        if (count == count_max) {
            return fail(job, CANDOR_TOO_LARGE, "%s: more than %zu columns", option, count_max);
        }
        table->part[c] = part;
        table->place[c] = count++;
    }
    if (part == PART_QUASI) {
        table->quasi_count = count;
    }
    if (part == PART_SENSITIVE) {
        table->sensitive_count = count;
    }
    return CANDOR_OK;
}

static enum candor_status mark_all(struct job *job, struct reading *reading)
{
    struct hidden_table *table = reading->table;
    const struct wanted *wanted = reading->wanted;
    table->part = NEW_ARRAY(job->arena, table->header->field_count, enum part_of_table);
    table->place = NEW_ARRAY(job->arena, table->header->field_count, size_t);
    TRY(mark(job, reading, wanted->quasi, "--quasi", PART_QUASI, QUASI_MAX));
    TRY(mark(job, reading, wanted->sensitive, "--sensitive", PART_SENSITIVE, SENSITIVE_MAX));
    TRY(mark(job, reading, wanted->drop, "--drop", PART_DROPPED, SIZE_MAX));
    if (table->quasi_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--quasi: name the columns others may know people by");
    }
    return CANDOR_OK;
}

static enum candor_status read_hierarchies(struct job *job, struct reading *reading)
{
    const char *path = reading->wanted->hierarchies_path;
    struct bytes content;
    if (path == NULL) {
        return CANDOR_OK;
    }
    TRY(file_read(job, str_of(path), HIERARCHIES_LEN_MAX, &content));
    TRY(yaml_read(job, content, NULL, "--hierarchies", &reading->hierarchies));
    TRY(value_is(job, reading->hierarchies, VALUE_MAP, "--hierarchies"));
    for (size_t i = 0; i < reading->hierarchies->count; i++) {
        const size_t c = csv_column(reading->csv, str_z(job->arena, reading->hierarchies->key[i]));
        if (c == SIZE_MAX || reading->table->part[c] != PART_QUASI) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--hierarchies%s: '%.*s' is not one of the --quasi columns",
                        value_where(job->arena, &reading->hierarchies->item[i]),
                        STR_ARG(reading->hierarchies->key[i]));
        }
    }
    return CANDOR_OK;
}

/* ---- the first time -------------------------------------------------------------------------- */

static enum candor_status columns_begin(struct job *job, struct reading *reading)
{
    const struct csv_row *header = reading->table->header;
    reading->column = NEW_ARRAY(job->arena, header->field_count, struct text_column *);
    reading->suspect = NEW_ARRAY(job->arena, header->field_count, struct suspect);
    reading->suspects = arena_beside(job);
    for (size_t c = 0; c < header->field_count; c++) {
        const enum part_of_table part = reading->table->part[c];
        if (part == PART_QUASI || part == PART_SENSITIVE) {
            TRY(text_column_begin(job, header->field[c], COLUMN_CATEGORY, 0, &reading->column[c]));
        } else if (part == PART_KEPT) {
            reading->suspect[c].seen = map_begin(reading->suspects);
        }
    }
    return CANDOR_OK;
}

static enum candor_status take_row(struct job *job, struct reading *reading,
                                   const struct csv_row *row)
{
    TRY(check_width(job, reading->wanted->data_path, reading->table->header, row));
    for (size_t c = 0; c < row->field_count; c++) {
        if (reading->column[c] != NULL) {
            TRY(text_column_add(job, reading->column[c], row->field[c]));
        } else if (reading->suspect[c].seen != NULL && row->number < SAMPLE_ROWS &&
                   row->field[c].len > 0) {
            map_put(reading->suspect[c].seen, KEY(row->field[c]), reading);
            reading->suspect[c].filled++;
        }
    }
    return CANDOR_OK;
}

static enum candor_status take_rows(struct job *job, struct reading *reading, size_t *row_count)
{
    struct csv_row row;
    enum candor_status status;
    *row_count = 0;
    while ((status = csv_next(job, reading->csv, &row)) == CANDOR_OK) {
        TRY(take_row(job, reading, &row));
        if (++*row_count % ROWS_PER_WORD == 0) {
            job_say_progress(job, "reading rows", *row_count, 0);
        }
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped while reading rows");
        }
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    if (*row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' has no rows", reading->wanted->data_path);
    }
    return CANDOR_OK;
}

static enum candor_status type_of(struct job *job, const struct reading *reading, struct str name,
                                  struct quasi_type *type)
{
    struct column_type said;
    struct tree *tree = NULL;
    *type = (struct quasi_type){.kind = QUASI_BY_CONTENT};
    const struct value *hierarchy = value_get(reading->hierarchies, str_z(job->arena, name));
    if (hierarchy != NULL) {
        TRY(during(job, tree_read(job, hierarchy, &tree), "column '%.*s'", STR_ARG(name)));
        *type = (struct quasi_type){.kind = QUASI_TREE, .tree = tree};
        return CANDOR_OK;
    }
    TRY(column_type_of(job, reading->types, name, &said));
    switch (said.kind) {
    case TYPE_NUMBER:
        type->kind = QUASI_NUMBER;
        break;
    case TYPE_DATE:
        type->kind = QUASI_DATE;
        break;
    case TYPE_CATEGORY:
        type->kind = QUASI_SET;
        break;
    case TYPE_ORDINAL:
        *type = (struct quasi_type){
            .kind = QUASI_ORDER, .level = said.level, .level_count = said.level_count};
        break;
    case TYPE_BY_CONTENT:
    case TYPE_DROP:
        break;
    }
    return CANDOR_OK;
}

static enum candor_status order_columns(struct job *job, struct reading *reading, size_t row_count)
{
    struct hidden_table *table = reading->table;
    struct frame *frame = NULL;
    TRY(frame_begin(job, row_count, table->quasi_count + table->sensitive_count, &frame));
    for (size_t c = 0; c < table->header->field_count; c++) {
        struct quasi_type type;
        struct quasi ordered;
        if (reading->column[c] == NULL) {
            continue;
        }
        TRY(text_column_end(job, reading->column[c], frame));
        const struct column *column = &frame->column[frame->column_count - 1];
        const struct text_codes codes = {column->name, column->code, column->level,
                                         column->level_count};
        TRY(type_of(job, reading, column->name, &type));
        TRY(quasi_of(job, &codes, row_count, &type, &ordered));
        if (table->part[c] == PART_QUASI) {
            table->quasi[table->place[c]] = ordered;
        } else {
            TRY(sensitive_of(job, &ordered, row_count, &table->sensitive[table->place[c]]));
        }
    }
    table->rows = (struct rows){row_count, table->quasi, table->quasi_count, table->sensitive,
                                table->sensitive_count};
    return CANDOR_OK;
}

/* A column that has another value on nearly every row names people, whatever else is hidden. */
static void warn_of_names(struct job *job, struct reading *reading)
{
    struct hidden_table *table = reading->table;
    table->warning = NEW_ARRAY(job->arena, table->header->field_count, struct str);
    for (size_t c = 0; c < table->header->field_count; c++) {
        const struct suspect *suspect = &reading->suspect[c];
        if (suspect->seen != NULL && suspect->filled >= SAMPLE_LEAST &&
            map_count(suspect->seen) * 10 >= suspect->filled * 9) {
            table->warning[table->warning_count++] =
                str_format(job->arena,
                           "column '%.*s' is passed on as it is and has another value on nearly "
                           "every row: it may "
                           "name people; --drop it or add it to --quasi",
                           STR_ARG(table->header->field[c]));
        }
    }
}

enum candor_status hidden_table_read(struct job *job, const struct wanted *wanted,
                                     struct hidden_table *table)
{
    size_t row_count = 0;
    struct reading reading = {.wanted = wanted, .table = table};
    *table = (struct hidden_table){0};
    TRY(csv_open(job, str_of(wanted->data_path), NULL, &reading.csv));
    table->header = csv_header(reading.csv);
    TRY(mark_all(job, &reading));
    TRY(types_read(job, wanted->types_path, table->header, &reading.types));
    TRY(read_hierarchies(job, &reading));
    TRY(columns_begin(job, &reading));
    TRY(take_rows(job, &reading, &row_count));
    TRY(order_columns(job, &reading, row_count));
    warn_of_names(job, &reading);
    return CANDOR_OK;
}

/* ---- the second time ------------------------------------------------------------------------- */

static void put_row(struct buf *out, const struct hidden_table *table, const struct str *field,
                    const struct str *cell)
{
    bool is_first = true;
    for (size_t c = 0; c < table->header->field_count; c++) {
        if (table->part[c] == PART_DROPPED) {
            continue;
        }
        const bool is_renamed = cell != NULL && table->part[c] == PART_QUASI;
        buf_str(out, is_first ? STR("") : STR(","));
        csv_put_text(out, is_renamed ? cell[table->place[c]] : field[c]);
        is_first = false;
    }
    buf_str(out, STR("\n"));
}

enum candor_status hidden_table_write(struct job *job, const char *data_path, const char *out_path,
                                      const struct hidden_table *table,
                                      const struct recoded *recoded)
{
    struct csv *csv = NULL;
    struct csv_row row;
    struct new_file *file = NULL;
    struct buf out = buf_begin(job->arena);
    enum candor_status status;
    size_t written = 0;
    TRY(csv_open(job, str_of(data_path), NULL, &csv));
    TRY(file_begin(job, str_of(out_path), OUT_MODE, &file));
    put_row(&out, table, table->header->field, NULL);
    while ((status = csv_next(job, csv, &row)) == CANDOR_OK) {
        if (written == table->rows.row_count) {
            break;
        }
        TRY(check_width(job, data_path, table->header, &row));
        const uint32_t class = recoded->class_of[written++];
        put_row(&out, table, row.field, &recoded->cell[class * table->quasi_count]);
        if (out.len >= CHUNK) {
            TRY(file_put(job, file, buf_all(&out)));
            out.len = 0;
        }
    }
    if (status != CANDOR_NOT_FOUND && status != CANDOR_OK) {
        return status;
    }
    if (status == CANDOR_OK || written != table->rows.row_count) {
        return fail(job, CANDOR_BUSY, "'%s' has changed while it was read", data_path);
    }
    job_forgive(job);
    TRY(file_put(job, file, buf_all(&out)));
    return file_end(job, file);
}
