/*
 * package.c - a person's copy of their data as one ZIP.
 *
 *     data.json        everything, with names, origins, purposes and dates
 *     fields.csv ...   one table for each list in it
 *     index.html       the same for reading and printing; no script, nothing fetched
 *     manifest.txt     SHA-256 of each file, and the home's Ed25519 signature over the list
 *
 * Tables and page are made from data.json and so cannot say something else than it does.
 *
 *     candor-package-v1
 *     ORIGIN
 *     TIME
 *     <64 hex digits> NAME        one line for each file
 *                                 an empty line
 *     - signature <128 hex digits>        over all above, the empty line included
 */
#include "request.h"

enum { TABLES_MAX = 24, COLUMNS_MAX = 512 };

static const struct text_limits data_limits = {.size_max = (size_t)1 << 30,
                                               .count_max = (size_t)100 * 1000 * 1000,
                                               .text_max = (size_t)16 << 20};

/* ---- tables -------------------------------------------------------------------------------- */

/* A table's columns: the keys of its rows in the order in which they are first met. */
struct columns {
    struct map *at;
    struct str name[COLUMNS_MAX];
    size_t count;
};

static void find_columns(struct arena *arena, const struct value *list, struct columns *columns)
{
    columns->at = map_begin(arena);
    columns->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct value *row = &list->item[i];
        for (size_t k = 0; row->kind == VALUE_MAP && k < row->count; k++) {
            if (columns->count < COLUMNS_MAX && map_get(columns->at, KEY(row->key[k])) == NULL) {
                map_put(columns->at, KEY(row->key[k]), columns);
                columns->name[columns->count++] = row->key[k];
            }
        }
    }
}

static void put_nested(struct buf *buf, struct arena *arena, const struct value *value)
{
    struct buf text = buf_begin(arena);
    struct json json;
    json_begin(&json, &text, false);
    json_value(&json, value);
    json_end(&json);
    csv_put_text(buf, buf_text(&text));
}

/* A list of words is one cell, separated by spaces; what is deeper is JSON. */
static void put_list(struct buf *buf, struct arena *arena, const struct value *list)
{
    struct buf text = buf_begin(arena);
    for (size_t i = 0; i < list->count; i++) {
        if (list->item[i].kind != VALUE_TEXT) {
            put_nested(buf, arena, list);
            return;
        }
        buf_lit(&text, i == 0 ? LIT("") : LIT(" "));
        buf_str(&text, list->item[i].text);
    }
    csv_put_text(buf, buf_text(&text));
}

static void put_cell(struct buf *buf, struct arena *arena, const struct value *value)
{
    if (value == NULL || value->kind == VALUE_NULL) {
        return;
    }
    switch (value->kind) {
    case VALUE_TEXT:
        csv_put_text(buf, value->text);
        break;
    case VALUE_NUMBER:
        if (value->is_integer) {
            csv_put_i64(buf, value->integer);
        } else {
            csv_put_f64(buf, value->number);
        }
        break;
    case VALUE_BOOL:
        buf_lit(buf, value->boolean ? LIT("true") : LIT("false"));
        break;
    case VALUE_LIST:
        put_list(buf, arena, value);
        break;
    case VALUE_MAP:
        put_nested(buf, arena, value);
        break;
    case VALUE_NULL:
        break;
    }
}

static const struct value *cell_of(const struct value *row, struct str name)
{
    for (size_t k = 0; row->kind == VALUE_MAP && k < row->count; k++) {
        if (str_equal(row->key[k], name)) {
            return &row->item[k];
        }
    }
    return NULL;
}

static struct bytes table_of(struct arena *arena, const struct value *list)
{
    struct buf buf = buf_begin(arena);
    struct columns *columns = NEW(arena, struct columns);
    find_columns(arena, list, columns);
    for (size_t c = 0; c < columns->count; c++) {
        buf_lit(&buf, c == 0 ? LIT("") : LIT(","));
        csv_put_text(&buf, columns->name[c]);
    }
    buf_lit(&buf, LIT("\r\n"));
    for (size_t i = 0; i < list->count; i++) {
        for (size_t c = 0; c < columns->count; c++) {
            buf_lit(&buf, c == 0 ? LIT("") : LIT(","));
            put_cell(&buf, arena, cell_of(&list->item[i], columns->name[c]));
        }
        buf_lit(&buf, LIT("\r\n"));
    }
    return buf_all(&buf);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static struct bytes manifest_of(struct job *job, const struct candor *candor,
                                const struct archive_file *file, size_t count)
{
    uint8_t signature[SIGNATURE_LEN];
    struct buf buf = buf_begin(job->arena);
    buf_format(&buf, "candor-package-v1\n%.*s\n%.*s\n", STR_ARG(candor->origin),
               STR_ARG(str_from_time(job->arena, job->now)));
    for (size_t i = 0; i < count; i++) {
        const struct digest digest = digest_of_bytes(file[i].content);
        const struct str hex = hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
        buf_format(&buf, "%.*s %.*s\n", STR_ARG(hex), STR_ARG(file[i].name));
    }
    buf_lit(&buf, LIT("\n"));
    signer_sign(candor->signer, buf_all(&buf), signature);
    const struct str hex = hex_of(job->arena, (struct bytes){signature, sizeof signature});
    buf_format(&buf, "- signature %.*s\n", STR_ARG(hex));
    return buf_all(&buf);
}

enum candor_status package_make(struct job *job, struct candor *candor,
                                const struct candor_text *data, bool portable, struct bytes *zip)
{
    const struct bytes json = {(const uint8_t *)data->ptr, data->len};
    const struct value *root = NULL;
    struct archive_file file[TABLES_MAX + 3];
    size_t count = 0;
    TRY(json_read(job, json, &data_limits, "the data", &root));
    file[count++] = (struct archive_file){STR("data.json"), json};
    for (size_t k = 0; k < root->count && count < TABLES_MAX; k++) {
        if (root->item[k].kind == VALUE_LIST && root->item[k].count > 0) {
            file[count].name = str_format(job->arena, "%.*s.csv", STR_ARG(root->key[k]));
            file[count++].content = table_of(job->arena, &root->item[k]);
        }
    }
    file[count].name = STR("index.html");
    file[count++].content = bytes_of(package_page(job, candor, root, portable));
    const struct bytes manifest = manifest_of(job, candor, file, count);
    file[count++] = (struct archive_file){STR("manifest.txt"), manifest};
    return archive_write(job, file, count, zip);
}
