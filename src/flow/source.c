/*
 * source.c - rows from outside, by the names the inventory knows.
 *
 * CSV and JSON lines become the same thing: an array of texts, one per target. A map renames
 * columns, fills in literals and leaves out what is not wanted; a column nobody expects stops the
 * import before its first row, because it may hold what the inventory does not allow.
 */
#include <string.h>
#include <sys/stat.h>

#include "source.h"

enum { MAP_LEN_MAX = 1 << 20 };

/* What becomes of a column: one line of the map, or a target's own name. */
struct route {
    struct str column;
    size_t target;            /* NONE: the column is ignored */
    const struct value *line; /* of the map; NULL: an own name */
};

struct source {
    struct csv *csv;
    struct lines *lines;
    const struct given_row *given; /* with neither of the two */
    size_t given_count;
    size_t given_at;
    const char *const *target;
    size_t target_count;
    struct route *route;
    size_t route_count;
    size_t *column_of; /* of each target in CSV; NONE */
    size_t column_count;
    struct str *literal;    /* of each target; ptr NULL: none */
    struct arena_mark mark; /* a JSON line's tree ends with the next line */
    bool has_mark;
    struct str *value;
};

static size_t target_named(const struct source *source, struct str name)
{
    for (size_t t = 0; t < source->target_count; t++) {
        if (str_is(name, source->target[t])) {
            return t;
        }
    }
    return NONE;
}

/* ---- the map ------------------------------------------------------------------------------- */

static void add_route(struct source *source, struct str column, size_t target,
                      const struct value *line)
{
    source->route[source->route_count++] = (struct route){column, target, line};
}

static enum candor_status read_line(struct job *job, struct source *source, struct str left,
                                    const struct value *line)
{
    struct str right;
    const size_t target = target_named(source, left);
    TRY(value_text(job, line, "a line of the map", &right));
    if (str_is(right, "ignore")) {
        add_route(source, left, NONE, line);
    } else if (target == NONE) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the map%s: '%.*s' is not a name that the inventory knows",
                    value_where(job->arena, line), STR_ARG(left));
    } else if (str_starts(right, STR("="))) {
        source->literal[target] = str_slice(right, 1, right.len);
    } else {
        add_route(source, right, target, line);
    }
    return CANDOR_OK;
}

static bool is_routed(const struct source *source, struct str column)
{
    for (size_t r = 0; r < source->route_count; r++) {
        if (str_equal(source->route[r].column, column)) {
            return true;
        }
    }
    return false;
}

/* The map first. What it does not mention goes by its own name, unless every row has the same. */
static enum candor_status read_map(struct job *job, const char *path, struct source *source)
{
    static const struct value no_map = {.kind = VALUE_MAP};
    const struct value *map = &no_map;
    struct bytes content;
    if (path != NULL) {
        TRY(file_read(job, str_of(path), MAP_LEN_MAX, &content));
        TRY(yaml_read(job, content, NULL, "the map", &map));
        TRY(value_is(job, map, VALUE_MAP, "the map"));
    }
    TRY_ALLOC(job, source->route, size_add(map->count, source->target_count), struct route);
    for (size_t k = 0; k < map->count; k++) {
        TRY(read_line(job, source, map->key[k], &map->item[k]));
    }
    for (size_t t = 0; t < source->target_count; t++) {
        const struct str name = str_of(source->target[t]);
        if (!is_routed(source, name)) {
            add_route(source, name, source->literal[t].ptr == NULL ? t : NONE, NULL);
        }
    }
    return CANDOR_OK;
}

static enum candor_status unknown_column(struct job *job, const struct source *source,
                                         struct str column)
{
    const char *near = nearest_word(column, source->target, source->target_count);
    return fail(job, CANDOR_BAD_INPUT,
                "column '%.*s' is not in the inventory%s%s%s; add it to candor.yaml, or a map with "
                "the line '%.*s: ignore'",
                STR_ARG(column), near == NULL ? "" : " (did you mean '", near == NULL ? "" : near,
                near == NULL ? "" : "'?)", STR_ARG(column));
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool is_json_lines(struct str path)
{
    if (str_ends(path, STR(".gz"))) {
        path = str_slice(path, 0, path.len - 3);
    }
    return str_ends(path, STR(".jsonl")) || str_ends(path, STR(".ndjson"));
}

/* A first line in which nothing is known is data, perhaps, and then no message may quote it. */
static enum candor_status must_be_a_header(struct job *job, const struct source *source,
                                           const struct csv_row *header)
{
    for (size_t c = 0; c < header->field_count; c++) {
        if (is_routed(source, header->field[c])) {
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "none of the %zu columns is in the inventory: the first line names the columns, "
                "with a comma, semicolon or tab between them",
                header->field_count);
}

static enum candor_status take_route(struct job *job, struct source *source,
                                     const struct route *route)
{
    const size_t column = csv_column(source->csv, str_z(job->arena, route->column));
    if (column == SIZE_MAX && route->line != NULL && route->target != NONE) {
        return fail(job, CANDOR_BAD_INPUT, "the map%s: the file has no column '%.*s'",
                    value_where(job->arena, route->line), STR_ARG(route->column));
    }
    if (column == SIZE_MAX || route->target == NONE) {
        return CANDOR_OK;
    }
    if (source->column_of[route->target] != NONE) {
        return fail(job, CANDOR_BAD_INPUT, "two columns fill '%s'", source->target[route->target]);
    }
    source->column_of[route->target] = column;
    return CANDOR_OK;
}

static enum candor_status resolve_header(struct job *job, struct source *source)
{
    const struct csv_row *header = csv_header(source->csv);
    source->column_count = header->field_count;
    source->column_of = NEW_ARRAY(job->arena, source->target_count, size_t);
    TRY(must_be_a_header(job, source, header));
    for (size_t c = 0; c < header->field_count; c++) {
        if (!is_routed(source, header->field[c])) {
            return unknown_column(job, source, header->field[c]);
        }
    }
    for (size_t t = 0; t < source->target_count; t++) {
        source->column_of[t] = NONE;
    }
    for (size_t r = 0; r < source->route_count; r++) {
        TRY(take_route(job, source, &source->route[r]));
    }
    return CANDOR_OK;
}

/* An import reads twice, first to see that it can be read to its end; a pipe is gone after once.
 * What is missing or forbidden is for the reader to say. */
static enum candor_status must_be_rereadable(struct job *job, const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode))) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s' is a pipe, and an import reads its file twice; save it to a file first",
                    path);
    }
    return CANDOR_OK;
}

enum candor_status source_open(struct job *job, const char *path, const char *map_path,
                               const char *const *target, size_t target_count,
                               struct source **source)
{
    struct source *opened = NEW(job->arena, struct source);
    must(target_count <= SOURCE_TARGETS_MAX);
    TRY(must_be_rereadable(job, path));
    opened->target = target;
    opened->target_count = target_count;
    opened->literal = NEW_ARRAY(job->arena, target_count, struct str);
    opened->value = NEW_ARRAY(job->arena, target_count, struct str);
    TRY(during(job, read_map(job, map_path, opened), "--map"));
    if (is_json_lines(str_of(path))) {
        TRY(lines_open(job, str_of(path), NULL, &opened->lines));
    } else {
        TRY(csv_open(job, str_of(path), NULL, &opened->csv));
        TRY(resolve_header(job, opened));
    }
    *source = opened;
    return CANDOR_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void begin_row(struct source *source, struct source_row *row)
{
    *row = (struct source_row){.value = source->value};
    bytes_copy(source->value, source->literal, source->target_count * sizeof *source->value);
}

static enum candor_status next_csv(struct job *job, struct source *source, struct source_row *row)
{
    struct csv_row cells;
    TRY(csv_next(job, source->csv, &cells));
    row->line = cells.line;
    if (cells.field_count != source->column_count) {
        row->fault = "ragged";
        return CANDOR_OK;
    }
    for (size_t t = 0; t < source->target_count; t++) {
        if (source->column_of[t] != NONE) {
            source->value[t] = cells.field[source->column_of[t]];
        }
    }
    return CANDOR_OK;
}

static struct str text_of_value(struct job *job, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return STR("");
    case VALUE_BOOL:
        return value->boolean ? STR("true") : STR("false");
    case VALUE_NUMBER:
        return value->is_integer ? str_format(job->arena, "%lld", (long long)value->integer)
                                 : str_from_double(job->arena, value->number);
    case VALUE_TEXT:
        return value->text;
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return (struct str){NULL, 0};
}

/* Put a member of a JSON line where it belongs; returns what is wrong with it, or NULL. */
static const char *take_member(struct job *job, struct source *source, struct str key,
                               const struct value *value)
{
    bool is_known = false;
    for (size_t r = 0; r < source->route_count; r++) {
        const struct route *route = &source->route[r];
        if (!str_equal(route->column, key)) {
            continue;
        }
        is_known = true;
        if (route->target == NONE) {
            continue;
        }
        if (value->kind == VALUE_LIST || value->kind == VALUE_MAP) {
            return "nested";
        }
        if (source->value[route->target].ptr != NULL) {
            return "filled_twice";
        }
        source->value[route->target] = text_of_value(job, value);
    }
    return is_known ? NULL : "unknown_field";
}

static enum candor_status next_json(struct job *job, struct source *source, struct source_row *row)
{
    struct str line;
    const struct value *tree = NULL;
    if (source->has_mark) {
        arena_rewind(job->arena, source->mark);
    }
    source->mark = arena_mark(job->arena);
    source->has_mark = true;
    TRY(lines_next(job, source->lines, &line, &row->line));
    const enum candor_status status = json_read(job, bytes_of(line), NULL, "the line", &tree);
    if (status == CANDOR_BAD_INPUT || status == CANDOR_TOO_LARGE ||
        (status == CANDOR_OK && tree->kind != VALUE_MAP)) {
        job_forgive(job);
        row->fault = "not_json";
        return CANDOR_OK;
    }
    TRY(status);
    for (size_t k = 0; k < tree->count && row->fault == NULL; k++) {
        row->fault = take_member(job, source, tree->key[k], &tree->item[k]);
    }
    return CANDOR_OK;
}

struct source *source_of_rows(struct job *job, const struct given_row *row, size_t row_count,
                              size_t target_count)
{
    struct source *source = NEW(job->arena, struct source);
    must(target_count <= SOURCE_TARGETS_MAX);
    source->given = row;
    source->given_count = row_count;
    source->target_count = target_count;
    return source;
}

static enum candor_status next_given(struct job *job, struct source *source, struct source_row *row)
{
    if (source->given_at == source->given_count) {
        return fail(job, CANDOR_NOT_FOUND, "no more rows");
    }
    const struct given_row *given = &source->given[source->given_at++];
    *row = (struct source_row){
        .line = given->line, .value = given->value, .is_held = true, .slot = given->slot};
    return CANDOR_OK;
}

enum candor_status source_next(struct job *job, struct source *source, struct source_row *row)
{
    if (source->csv == NULL && source->lines == NULL) {
        return next_given(job, source, row);
    }
    begin_row(source, row);
    return source->csv != NULL ? next_csv(job, source, row) : next_json(job, source, row);
}

/* ---- the report ---------------------------------------------------------------------------- */

void import_reject(struct import_report *report, uint64_t line, const char *code, struct str field,
                   const char *sentence)
{
    report->rejected++;
    report->last_code = code;
    report->last_field = field;
    tally_add(&report->reasons, code);
    if (report->shown_count < REJECTED_SHOWN_MAX) {
        report->shown[report->shown_count++] =
            (struct rejected){.line = line, .code = code, .field = field, .sentence = sentence};
    }
}

void import_accounted(struct import_report *report, uint64_t index)
{
    if (!report->has_ledger) {
        report->ledger_first = index;
        report->has_ledger = true;
    }
    report->ledger_last = index;
}
