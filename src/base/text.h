/*
 * text.h - the second door of the base room: JSON, YAML and CSV behind safe readers and writers.
 *
 *   value.c        a parsed document as a tree, and accessors that say what is wrong and where
 *   json_read.c    JSON into a tree, within limits
 *   json_write.c   JSON that cannot be built wrong: what goes in is escaped; html_write.c the same for HTML
 *   yaml.c         YAML 1.2 without its traps into the same tree
 *   csv.c          CSV files, plain or gzip, row by row; csv_write.c one cell at a time
 *   lines.c        text files, plain or gzip, line by line (JSON lines)
 *   archive.c      several files as one ZIP
 *   gzip.c         what came packed, in memory
 *
 * The readers trust nothing: sizes, depths and counts have limits, text is UTF-8 without zero
 * bytes, and nothing that could be read in two ways is read at all. Their failures are
 * CANDOR_BAD_INPUT with a line, or CANDOR_TOO_LARGE with the limit. Messages name keys, which
 * stand in a format, and never a value, which may be a person's.
 */
#ifndef CANDOR_TEXT_H
#define CANDOR_TEXT_H

#include "base.h"

/* ---- value.c ------------------------------------------------------------------------------- */

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

/* One node of a document. Only what its kind names is meaningful. All of it lives in the arena of
 * the job that read it. */
struct value {
    enum value_kind kind;
    uint32_t line; /* from 1; 0: unknown (JSON) */
    bool boolean;
    bool is_integer; /* a number that is exactly `integer` */
    int64_t integer;
    double number;   /* finite */
    struct str text; /* UTF-8 without zero bytes; a zero byte follows it */
    size_t count;    /* of a list's items or a map's pairs */
    const struct value *item;
    const struct str *key; /* of a map: key[i] names item[i], in the order of the document */
};

const char *value_kind_name(enum value_kind kind); /* "a text" */

/* What stands under a key; NULL: nothing does, or map is NULL or no map. */
const struct value *value_get(const struct value *map, const char *key);
/* The text that stands there; empty: none does. */
struct str value_text_at(const struct value *map, const char *key);

/*
 * Take a value as what it should be. what names it for the reader of the message ("the purpose of
 * campaign 'spring'"); a NULL value fails as missing. CANDOR_BAD_INPUT says what was found.
 * A number is no text: in YAML, quotes make it one.
 */
CANDOR_MUST_USE enum candor_status value_text(struct job *job, const struct value *value,
                                              const char *what, struct str *text);
CANDOR_MUST_USE enum candor_status value_number(struct job *job, const struct value *value,
                                                const char *what, double *number);
CANDOR_MUST_USE enum candor_status value_int(struct job *job, const struct value *value,
                                             const char *what, int64_t *integer);
CANDOR_MUST_USE enum candor_status value_bool(struct job *job, const struct value *value,
                                              const char *what, bool *boolean);
/* Succeeds when the value is there and of this kind. */
CANDOR_MUST_USE enum candor_status value_is(struct job *job, const struct value *value,
                                            enum value_kind kind, const char *what);
/* Succeeds when the value is a map whose keys are all known; else names the first unknown key, its
 * line and the known key that is nearest to it. */
CANDOR_MUST_USE enum candor_status value_only(struct job *job, const struct value *map,
                                              const char *const *known_key, size_t known_count,
                                              const char *what);

/* The word of a list that is nearest to a mistyped one; NULL: none is near. */
const char *nearest_word(struct str typed, const char *const *word, size_t word_count);

/* " (line N)", or nothing when the line is unknown. For messages, with "%s". */
const char *value_where(struct arena *arena, const struct value *value);

/* ---- limits -------------------------------------------------------------------------------- */

/* A zero means the default, and so does NULL instead of the struct. */
struct text_limits {
    size_t size_max;  /* bytes of the whole document; 16 MiB */
    size_t depth_max; /* lists and maps within each other; 64 */
    size_t count_max; /* values in the whole document; 1,000,000 */
    size_t text_max;  /* bytes of one text, key or line; 1 MiB */
};

#define TEXT_DEPTH_MAX 500 /* whatever the limits say */

/* ---- json_read.c, yaml.c ------------------------------------------------------------------- */

/*
 * Read a document into the job's arena; the bytes are not needed afterwards. name is what the
 * document is called in messages ("candor.yaml", "the request").
 *
 * JSON is RFC 8259, any value at the top, without duplicate keys. YAML is one document of version
 * 1.2: plain true, false, null, ~ and numbers are what they look like, all else is text (also no,
 * on, 12:30 and .inf); duplicate keys, anchors, aliases, tags and further documents are refused.
 */
CANDOR_MUST_USE enum candor_status json_read(struct job *job, struct bytes bytes,
                                             const struct text_limits *limits, const char *name,
                                             const struct value **value);
CANDOR_MUST_USE enum candor_status yaml_read(struct job *job, struct bytes bytes,
                                             const struct text_limits *limits, const char *name,
                                             const struct value **value);

/* ---- json_write.c -------------------------------------------------------------------------- */

/*
 * JSON into a buffer. Commas, quotes and escapes are the writer's business; a key outside a map, a
 * value without a key inside one, or an end that fits no begin breaks a promise and stops. Text
 * that is not UTF-8 becomes U+FFFD, so that what is written can always be read, as JSON and as YAML
 * (there, keys of up to 128 bytes).
 */
struct json {
    struct buf *buf;
    bool pretty; /* one item a line, two spaces a level */
    bool keyed;  /* a key waits for its value */
    bool filled; /* the open list or map has an item, or the document its value */
    size_t depth;
    bool is_map[TEXT_DEPTH_MAX];
};

void json_begin(struct json *json, struct buf *buf, bool pretty);
void json_end(const struct json *json); /* promises that one whole value was written */
void json_map_begin(struct json *json);
void json_map_end(struct json *json);
void json_list_begin(struct json *json);
void json_list_end(struct json *json);
void json_key(struct json *json, struct lit key);
void json_key_str(struct json *json, struct str key);
void json_text(struct json *json, struct str text);
void json_lit(struct json *json, struct lit text);
void json_f64(struct json *json, double value); /* shortest; not finite: null */
void json_i64(struct json *json, int64_t value);
void json_u64(struct json *json, uint64_t value);
void json_bool(struct json *json, bool value);
void json_put_null(struct json *json);
#define json_null(json) json_put_null(json)              /* jansson has a function of this name */
void json_hex(struct json *json, struct bytes bytes);    /* as text */
void json_base64(struct json *json, struct bytes bytes); /* as text */
void json_value(struct json *json, const struct value *value);

/* ---- html_write.c -------------------------------------------------------------------------- */

/* HTML into a buffer: literals as they stand, text escaped for element content and for attribute
 * values between double quotes. Characters that no page may hold become U+FFFD, and so do those that
 * override the direction of text; embeddings and isolates end with the text that began them. */
void html_lit(struct buf *buf, struct lit html);
void html_text(struct buf *buf, struct str text);

/* ---- csv.c --------------------------------------------------------------------------------- */

struct csv;

/* A zero means the default, and so does NULL instead of the struct. */
struct csv_limits {
    size_t row_max;    /* bytes of one row; 1 MiB */
    size_t column_max; /* 10,000 */
};

/* A view that the next csv_next ends. Fields are UTF-8 without zero bytes, as they stand in the
 * file: spaces stay. Rows need not have as many fields as the header: the caller decides. */
struct csv_row {
    struct str *field;
    size_t field_count; /* at least 1 */
    uint64_t line;      /* where the row begins in the file, from 1 */
    uint64_t number;    /* data rows before this one */
};

/*
 * Open a CSV file, plain or gzip, and read its header. The separator is whichever of comma,
 * semicolon and tab cuts the header into most columns; quotes as in RFC 4180; lines end in LF,
 * CRLF or CR; blank lines are skipped; a byte order mark too. Closed with the job's arena at the
 * latest. Reading makes nothing in the job's arena, so a loop may rewind it.
 *
 * CANDOR_NOT_FOUND  no such file
 * CANDOR_IO         it cannot be read
 * CANDOR_BAD_INPUT  no header, a header name that is empty or stands twice, not UTF-8, zero bytes,
 *                   a quote that never ends, a quote where none may stand, damaged gzip
 * CANDOR_TOO_LARGE  a row or a count of columns beyond the limits
 */
CANDOR_MUST_USE enum candor_status csv_open(struct job *job, struct str path,
                                            const struct csv_limits *limits, struct csv **csv);
/* The header; names are without the white space around them. Lives as long as the reader. */
const struct csv_row *csv_header(const struct csv *csv);
/* The index of the column of this name; SIZE_MAX: there is none. */
size_t csv_column(const struct csv *csv, const char *name);
/* The next row. CANDOR_NOT_FOUND: there is no more. Otherwise as csv_open, and after a failure the
 * same failure again. */
CANDOR_MUST_USE enum candor_status csv_next(struct job *job, struct csv *csv, struct csv_row *row);
void csv_close(struct csv *csv);

/* One cell of a CSV line that reads back as it was: quoted when it needs to be. Separators (commas)
 * and line ends are the caller's. A missing number (NaN) is an empty cell. */
void csv_put_text(struct buf *buf, struct str text);
void csv_put_f64(struct buf *buf, double value);
void csv_put_i64(struct buf *buf, int64_t value);
void csv_put_u64(struct buf *buf, uint64_t value);

/* ---- lines.c ------------------------------------------------------------------------------- */

struct lines;

/* A text file, plain or gzip, line by line. Statuses as for CSV; limits->text_max bounds a line. */
CANDOR_MUST_USE enum candor_status lines_open(struct job *job, struct str path,
                                              const struct text_limits *limits,
                                              struct lines **lines);
/* The next line that is not blank, without its end: a view that the next call ends, and its number
 * in the file, from 1. CANDOR_NOT_FOUND: there is no more. */
CANDOR_MUST_USE enum candor_status lines_next(struct job *job, struct lines *lines,
                                              struct str *line, uint64_t *number);
void lines_close(struct lines *lines);

/* ---- archive.c ----------------------------------------------------------------------------- */

struct archive_file {
    struct str name; /* UTF-8, '/' between folders */
    struct bytes content;
};

/* One ZIP, in memory and in the job's arena. CANDOR_NO_MEMORY, CANDOR_IO. */
CANDOR_MUST_USE enum candor_status archive_write(struct job *job, const struct archive_file *file,
                                                 size_t count, struct bytes *zip);

/* ---- gzip.c -------------------------------------------------------------------------------- */

/* The bytes of one or more gzip members, at most size_max of them. In the job's arena.
 * CANDOR_BAD_INPUT  not gzip, damaged or cut off
 * CANDOR_TOO_LARGE  there are more */
CANDOR_MUST_USE enum candor_status gzip_read(struct job *job, struct bytes packed, size_t size_max,
                                             struct bytes *plain);

#endif
