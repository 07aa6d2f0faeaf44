/*
 * csv.c - CSV files, plain or gzip, row by row.
 *
 * libcsv cannot stop at the end of a row, so a chunk is parsed at a time and its rows wait in a
 * queue. What belongs to a row that the chunk cut is moved to the front before the next chunk:
 *
 *     text    ab cd | e fg h | i jk           bytes of fields, without quotes
 *     field   .. .. | .  .. . | .  ..         views of them
 *     row       0       1       unfinished
 *
 * Room for the longest row and one chunk is taken when the file is opened, and no more after that,
 * however long the file is. It is taken from the system and not from an arena, which would wipe all
 * of it: for a small file, two milliseconds more. A failure that a chunk brings waits until the rows before it are given
 * out, so that what was readable is read.
 *
 * Rows without a quote, which most are, are cut without libcsv and without a copy.
 *
 * libcsv is strict here: a quote inside an unquoted field, or text after a closing quote, is an
 * error, since its lenient reading would swallow separators.
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "inside_text.h"

enum {
    ROW_MAX_DEFAULT = 1 << 20,
    COLUMN_MAX_DEFAULT = 10000,
    ENTRY_STEP = 4096, /* how libcsv's buffer for one field grows */
    NAME_SHOWN_MAX = 64,
};

struct waiting {
    size_t first; /* field */
    size_t count;
    uint64_t line;
};

struct csv {
    struct arena *arena;
    struct stream *stream;
    struct csv_limits limits;
    struct csv_parser parser;
    char *chunk;
    char *text;
    size_t text_len;
    size_t text_used; /* the most that was ever in use, to be wiped */
    struct str *field;
    size_t field_count;
    struct waiting *row;
    size_t row_count;
    size_t row_at;
    struct waiting open; /* the row that is being parsed */
    size_t open_text;    /* where its text begins */
    uint64_t line;       /* where the parser is */
    bool after_return;   /* the last thing was a CR: an LF belongs to it */
    bool may_break;      /* fields of this chunk may hold line ends */
    bool too_many_columns;
    bool too_long;
    bool sniffed; /* the separator is known */
    bool ended;
    enum candor_status failure; /* waits for the rows before it */
    char failure_message[JOB_MESSAGE_MAX];
    uint64_t number;
    struct csv_row header;
};

/* ---- what libcsv calls --------------------------------------------------------------------- */

static uint64_t line_ends(const char *text, size_t len)
{
    uint64_t count = 0;
    const char *end = text + len;
    const char *at = text;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        count++;
        at++;
    }
    return count;
}

static bool is_stopped(const struct csv *csv)
{
    return csv->too_many_columns || csv->too_long;
}

static void on_field(void *bytes, size_t len, void *thing)
{
    struct csv *csv = thing;
    csv->after_return = false;
    if (is_stopped(csv)) {
        return;
    }
    if (csv->open.count == 0) {
        csv->open.line = csv->line;
    }
    if (csv->open.count == csv->limits.column_max) {
        csv->too_many_columns = true;
        return;
    }
    char *target = csv->text + csv->text_len;
    bytes_copy(target, bytes, len);
    csv->text_len += len;
    csv->field[csv->field_count++] = (struct str){target, len};
    csv->open.count++;
    csv->line += csv->may_break ? line_ends(target, len) : 0;
    csv->too_long = csv->text_len - csv->open_text > csv->limits.row_max;
}

/* mark is the byte that ended the row, or -1 at the end of the file. A row without fields is a
 * blank line, or the LF after a CR. */
static void on_row(int mark, void *thing)
{
    struct csv *csv = thing;
    if (is_stopped(csv)) {
        return;
    }
    csv->line += mark == '\n' && csv->after_return ? 0 : 1;
    csv->after_return = mark == '\r';
    if (csv->open.count == 0) {
        return;
    }
    csv->row[csv->row_count++] = csv->open;
    csv->open = (struct waiting){.first = csv->field_count};
    csv->open_text = csv->text_len;
}

/* Spaces are data. */
static int no_space(unsigned char byte)
{
    (void)byte;
    return 0;
}

/* ---- failures ------------------------------------------------------------------------------ */

static enum candor_status fail_at(struct job *job, const struct csv *csv, enum candor_status status,
                                  uint64_t line, const char *why)
{
    return fail(job, status, "'%.*s', line %llu: %s", STR_ARG(stream_path(csv->stream)),
                (unsigned long long)line, why);
}

static enum candor_status fail_limit(struct job *job, const struct csv *csv, const char *what,
                                     size_t limit, const char *hint)
{
    const uint64_t line = csv->open.count > 0 ? csv->open.line : csv->line;
    return fail(job, CANDOR_TOO_LARGE, "'%.*s', line %llu: a row has more than %zu %s%s",
                STR_ARG(stream_path(csv->stream)), (unsigned long long)line, limit, what, hint);
}

/* libcsv stopped at the byte after which the text is no CSV. */
static enum candor_status fail_quote(struct job *job, const struct csv *csv)
{
    const uint64_t line =
        csv->line + line_ends((const char *)csv->parser.entry_buf, csv->parser.entry_pos);
    return fail_at(job, csv, CANDOR_BAD_INPUT, line,
                   "a quote where none may stand; a field with quotes needs quotes around it and "
                   "each quote inside doubled");
}

static enum candor_status check_parsed(struct job *job, const struct csv *csv, bool parsed)
{
    if (csv->too_many_columns) {
        return fail_limit(job, csv, "columns", csv->limits.column_max, "");
    }
    const size_t open_len = csv->text_len - csv->open_text + csv->parser.entry_pos;
    if (csv->too_long || open_len > csv->limits.row_max) {
        return fail_limit(job, csv, "bytes", csv->limits.row_max,
                          csv->parser.quoted != 0 ? "; a quote may be missing its end" : "");
    }
    if (!parsed) {
        return csv->parser.status == CSV_EPARSE
                   ? fail_quote(job, csv)
                   : fail(job, CANDOR_NO_MEMORY, "no memory to read '%.*s'",
                          STR_ARG(stream_path(csv->stream)));
    }
    return CANDOR_OK;
}

/* ---- chunks -------------------------------------------------------------------------------- */

/* Move the unfinished row to the front and forget the rest. */
static void drop_given(struct csv *csv)
{
    const size_t moved = csv->open_text;
    csv->text_used = csv->text_len > csv->text_used ? csv->text_len : csv->text_used;
    memmove(csv->text, csv->text + moved, csv->text_len - moved);
    memmove(csv->field, csv->field + csv->open.first, csv->open.count * sizeof *csv->field);
    for (size_t i = 0; i < csv->open.count; i++) {
        csv->field[i].ptr -= moved;
    }
    csv->text_len -= moved;
    csv->field_count = csv->open.count;
    csv->open.first = 0;
    csv->open_text = 0;
    csv->row_count = 0;
    csv->row_at = 0;
}

/* How often the mark stands outside quotes in the first line that is not blank. */
static size_t marks_in_header(struct str text, char mark)
{
    size_t count = 0;
    bool quoted = false;
    bool begun = false;
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        const bool ends = !quoted && (byte == '\n' || byte == '\r');
        if (ends && begun) {
            break;
        }
        begun = begun || !ends;
        quoted = quoted != (byte == '"');
        count += !quoted && byte == mark ? 1 : 0;
    }
    return count;
}

/* The separator that cuts the header into most columns; a comma when none does. */
static unsigned char sniff(struct str text)
{
    const size_t commas = marks_in_header(text, ',');
    const size_t semicolons = marks_in_header(text, ';');
    const size_t tabs = marks_in_header(text, '\t');
    if (tabs > commas && tabs > semicolons) {
        return '\t';
    }
    return semicolons > commas ? ';' : ',';
}

static enum candor_status finish(struct job *job, struct csv *csv)
{
    csv->ended = true;
    (void)csv_set_opts(&csv->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv->may_break = true;
    if (csv_fini(&csv->parser, on_field, on_row, csv) != 0) {
        return fail_at(job, csv, CANDOR_BAD_INPUT, csv->line,
                       "a quote is opened here and never closed");
    }
    return check_parsed(job, csv, true);
}

/* ---- rows without quotes ---- */

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define EACH_HIGH UINT64_C(0x8080808080808080)

/* The high bit of the first byte that is zero, and perhaps of later ones. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - EACH_BYTE) & ~word & EACH_HIGH;
}

/* The first separator or line end from at on, or len; eight bytes at a time. */
static size_t next_mark(const char *text, size_t at, size_t len, unsigned char separator)
{
    for (; at + 8 <= len; at += 8) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) {
            word = __builtin_bswap64(word);
        }
        const uint64_t marks = zero_bytes(word ^ (separator * EACH_BYTE)) |
                               zero_bytes(word ^ ('\n' * EACH_BYTE)) |
                               zero_bytes(word ^ ('\r' * EACH_BYTE));
        if (marks != 0) {
            return at + (size_t)__builtin_ctzll(marks) / 8;
        }
    }
    while (at < len && text[at] != (char)separator && text[at] != '\n' && text[at] != '\r') {
        at++;
    }
    return at;
}

/*
 * Whole rows in which no quote stands, as libcsv would read them, without its help and without a copy: their
 * fields are views of the chunk, which stays until all its rows are given out.
 */
static void read_plain_rows(struct csv *csv, const char *text, size_t len)
{
    const unsigned char separator = csv_get_delim(&csv->parser);
    size_t row_begin = 0;
    for (size_t at = 0; at < len && !is_stopped(csv);) {
        const size_t end = next_mark(text, at, len, separator);
        must(end < len); /* the last byte is a line end */
        const bool ends_row = text[end] != (char)separator;
        if (end > at || !ends_row || csv->open.count > 0) {
            csv->after_return = false;
            csv->open.line = csv->open.count == 0 ? csv->line : csv->open.line;
            if (csv->open.count == csv->limits.column_max) {
                csv->too_many_columns = true;
                return;
            }
            csv->field[csv->field_count++] = (struct str){text + at, end - at};
            csv->open.count++;
        }
        at = end + 1;
        if (ends_row) {
            /* Fields alone count: a row of n fields has n - 1 separators. */
            const size_t fields = csv->open.count;
            csv->too_long = fields > 0 && end - row_begin - (fields - 1) > csv->limits.row_max;
            on_row((unsigned char)text[end], csv);
            row_begin = at;
        }
    }
}

/* The end of the last line of the text, or of the first one; 0: none ends. */
static size_t last_line_end(const char *text, size_t len)
{
    while (len > 0 && text[len - 1] != '\n' && text[len - 1] != '\r') {
        len--;
    }
    return len;
}

static size_t first_line_end(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && text[at] != '\n' && text[at] != '\r') {
        at++;
    }
    return at < len ? at + 1 : 0;
}

static bool parse_slowly(struct csv *csv, size_t from, size_t to)
{
    return is_stopped(csv) || csv_parse(&csv->parser, csv->chunk + from, to - from, on_field,
                                        on_row, csv) == to - from;
}

/*
 * libcsv gets the row that the chunk before has begun, and all from the last line end before a quote on; what is
 * between is plain.
 */
static bool parse_rows(struct csv *csv, size_t len)
{
    const char *quote = memchr(csv->chunk, '"', len);
    const size_t plain = csv->parser.quoted != 0 ? 0
                         : quote == NULL         ? len
                                                 : (size_t)(quote - csv->chunk);
    const size_t begin = first_line_end(csv->chunk, plain);
    const size_t end = last_line_end(csv->chunk, plain);
    csv->may_break = quote != NULL || (csv->may_break && csv->parser.quoted != 0);
    if (begin == 0) {
        return parse_slowly(csv, 0, len);
    }
    if (!parse_slowly(csv, 0, begin)) {
        return false;
    }
    read_plain_rows(csv, csv->chunk + begin, end - begin);
    return parse_slowly(csv, end, len);
}

static enum candor_status parse_chunk(struct job *job, struct csv *csv)
{
    size_t len = 0;
    drop_given(csv);
    TRY(stream_fill(job, csv->stream, csv->chunk, &len));
    if (len == 0) {
        return finish(job, csv);
    }
    if (!csv->sniffed) {
        csv->sniffed = true;
        csv_set_delim(&csv->parser, sniff((struct str){csv->chunk, len}));
    }
    return check_parsed(job, csv, parse_rows(csv, len));
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void keep_failure(struct csv *csv, const struct job *job, enum candor_status status)
{
    csv->ended = true;
    csv->failure = status;
    memcpy(csv->failure_message, job->message, sizeof csv->failure_message);
}

static enum candor_status give_row(struct csv *csv, struct csv_row *row)
{
    const struct waiting *waiting = &csv->row[csv->row_at++];
    *row = (struct csv_row){
        .field = csv->field + waiting->first,
        .field_count = waiting->count,
        .line = waiting->line,
        .number = csv->number++,
    };
    return CANDOR_OK;
}

enum candor_status csv_next(struct job *job, struct csv *csv, struct csv_row *row)
{
    while (csv->row_at == csv->row_count && !csv->ended) {
        const enum candor_status status = parse_chunk(job, csv);
        if (status != CANDOR_OK) {
            keep_failure(csv, job, status);
        }
    }
    if (csv->row_at < csv->row_count) {
        return give_row(csv, row);
    }
    if (csv->failure != CANDOR_OK) {
        return fail(job, csv->failure, "%s", csv->failure_message);
    }
    return fail(job, CANDOR_NOT_FOUND, "'%.*s' has no more rows",
                STR_ARG(stream_path(csv->stream)));
}

/* ---- the header ---------------------------------------------------------------------------- */

static enum candor_status check_names(struct job *job, const struct csv *csv)
{
    const struct csv_row *header = &csv->header;
    struct map *seen = map_begin(csv->arena);
    for (size_t i = 0; i < header->field_count; i++) {
        const struct str name = header->field[i];
        if (name.len == 0) {
            return fail(job, CANDOR_BAD_INPUT, "'%.*s', line %llu: column %zu has no name",
                        STR_ARG(stream_path(csv->stream)), (unsigned long long)header->line, i + 1);
        }
        if (map_get(seen, KEY(name)) != NULL) {
            const struct str shown = str_slice(name, 0, NAME_SHOWN_MAX);
            return fail(job, CANDOR_BAD_INPUT,
                        "'%.*s', line %llu: two columns have the name '%.*s'",
                        STR_ARG(stream_path(csv->stream)), (unsigned long long)header->line,
                        STR_ARG(shown));
        }
        map_put(seen, KEY(name), seen);
    }
    return CANDOR_OK;
}

static enum candor_status read_header(struct job *job, struct csv *csv)
{
    struct csv_row row = {0};
    const enum candor_status status = csv_next(job, csv, &row);
    if (status == CANDOR_NOT_FOUND) {
        return fail(job, CANDOR_BAD_INPUT, "'%.*s' is empty: its first line must name the columns",
                    STR_ARG(stream_path(csv->stream)));
    }
    TRY(status);
    struct str *name = TRY_ARRAY(csv->arena, row.field_count, struct str);
    if (name == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for %zu columns", row.field_count);
    }
    for (size_t i = 0; i < row.field_count; i++) {
        name[i] = str_copy(csv->arena, str_trim(row.field[i]));
    }
    csv->header = (struct csv_row){name, row.field_count, row.line, 0};
    csv->number = 0;
    return check_names(job, csv);
}

const struct csv_row *csv_header(const struct csv *csv)
{
    return &csv->header;
}

size_t csv_column(const struct csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->header.field_count; i++) {
        if (str_is(csv->header.field[i], name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static void wipe_and_free(void *ptr, size_t used)
{
    if (ptr != NULL) {
        explicit_bzero(ptr, used);
        free(ptr);
    }
}

static void free_parser(void *thing)
{
    struct csv *csv = thing;
    if (csv->parser.entry_buf != NULL) {
        explicit_bzero(csv->parser.entry_buf, csv->parser.entry_size);
    }
    csv_free(&csv->parser);
}

static void free_room(void *thing)
{
    struct csv *csv = thing;
    wipe_and_free(csv->text, csv->text_used > csv->text_len ? csv->text_used : csv->text_len);
    wipe_and_free(csv->chunk, STREAM_CHUNK);
    free(csv->field);
    free(csv->row);
}

static void close_arena(void *thing)
{
    csv_close(thing);
}

void csv_close(struct csv *csv)
{
    if (csv != NULL && csv->arena != NULL) {
        struct arena *arena = csv->arena;
        csv->arena = NULL;
        arena_end(arena); /* runs free_parser and closes the stream */
    }
}

/* Row marks, fields and text of one chunk and of the row before it that it ends. */
static enum candor_status take_room(struct job *job, struct csv *csv)
{
    const size_t fields = size_add(csv->limits.column_max, STREAM_CHUNK + 2);
    arena_defer(csv->arena, free_room, csv);
    csv->chunk = calloc(STREAM_CHUNK, 1);
    csv->row = calloc(STREAM_CHUNK + 2, sizeof *csv->row);
    csv->field = calloc(fields, sizeof *csv->field);
    csv->text = calloc(size_add(csv->limits.row_max, STREAM_CHUNK + 2), 1);
    if (csv->chunk == NULL || csv->row == NULL || csv->field == NULL || csv->text == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory to read '%.*s'",
                    STR_ARG(stream_path(csv->stream)));
    }
    return CANDOR_OK;
}

static void start_parser(struct csv *csv)
{
    must(csv_init(&csv->parser, CSV_STRICT | CSV_REPALL_NL) == 0);
    arena_defer(csv->arena, free_parser, csv);
    csv_set_blk_size(&csv->parser, ENTRY_STEP);
    csv_set_space_func(&csv->parser, no_space);
}

static struct csv_limits limits_of(const struct csv_limits *given)
{
    struct csv_limits limits = {0};
    if (given != NULL) {
        limits = *given;
    }
    limits.row_max = limits.row_max == 0 ? ROW_MAX_DEFAULT : limits.row_max;
    limits.column_max = limits.column_max == 0 ? COLUMN_MAX_DEFAULT : limits.column_max;
    return limits;
}

enum candor_status csv_open(struct job *job, struct str path, const struct csv_limits *limits,
                            struct csv **result)
{
    struct csv *csv = NEW(job->arena, struct csv);
    csv->arena = arena_begin();
    arena_defer(job->arena, close_arena, csv);
    csv->limits = limits_of(limits);
    csv->line = 1;
    TRY(stream_open(job, csv->arena, path, &csv->stream));
    TRY(take_room(job, csv));
    start_parser(csv);
    TRY(read_header(job, csv));
    *result = csv;
    return CANDOR_OK;
}
