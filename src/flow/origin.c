/*
 * origin.c - an index of texts made from folders, kept in a file, and opened for a scan.
 *
 *     files ──origin_add──▶ index ──bytes + BLAKE2b digest──▶ FILE, whole or not at all
 *
 * The file is the index and behind it 32 bytes of digest. It is opened only if the digest fits.
 */
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "origin.h"
#include "scanned.h"

enum { PATH_ROOM = 4096, LICENCE_FILE_MAX = 4 << 20 };

/* ---- the file ------------------------------------------------------------------------------- */

enum candor_status origin_open(struct job *job, const char *path, const struct origin_index **index)
{
    struct bytes content;
    struct digest digest;
    struct origin_index *read = NULL;
    TRY(file_read(job, str_of(path), ORIGIN_FILE_MAX, &content));
    if (content.len < sizeof digest.byte) {
        return fail(job, CANDOR_CORRUPT, "'%s' is no index of texts: it is too short", path);
    }
    const struct bytes body = {content.ptr, content.len - sizeof digest.byte};
    digest = digest_of_bytes(body);
    if (!bytes_same(digest.byte, content.ptr + body.len, sizeof digest.byte)) {
        return fail(job, CANDOR_CORRUPT,
                    "'%s' is damaged or no index of texts: its digest does not fit; make it again "
                    "with candor origin index",
                    path);
    }
    TRY(during(job, origin_read(job, body, &read), "reading '%s'", path));
    *index = read;
    return CANDOR_OK;
}

static enum candor_status save(struct job *job, const struct origin_index *index, const char *path,
                               uint64_t *size)
{
    struct buf buf = buf_begin(job->arena);
    origin_write(index, &buf);
    const struct digest digest = digest_of_bytes(buf_all(&buf));
    buf_bytes(&buf, digest.byte, sizeof digest.byte);
    *size = buf.len;
    if (buf.len > ORIGIN_FILE_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "the index would be larger than %zu MB",
                    ORIGIN_FILE_MAX >> 20);
    }
    return file_replace(job, str_of(path), buf_all(&buf), 0644);
}

/* The index that was installed with the program: beside it, or in ../share/candor. */
const char *origin_installed(struct job *job)
{
    static const char *const place[] = {"licences.index", "../share/candor/licences.index"};
    char program[PATH_ROOM];
    const ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    struct str folder = {program, len > 0 ? (size_t)len : 0};
    while (folder.len > 0 && folder.ptr[folder.len - 1] != '/') {
        folder.len--;
    }
    for (size_t i = 0; folder.len > 0 && i < sizeof place / sizeof place[0]; i++) {
        const struct str path =
            path_join(job->arena, str_slice(folder, 0, folder.len - 1), str_of(place[i]));
        if (access(str_z(job->arena, path), R_OK) == 0) {
            return str_z(job->arena, path);
        }
    }
    return NULL;
}

/* ---- what goes in --------------------------------------------------------------------------- */

static bool is_text(struct bytes content)
{
    for (size_t i = 0; i < content.len && i < 8192; i++) {
        if (content.ptr[i] == 0) {
            return false;
        }
    }
    return content.len > 0;
}

/* The name that findings tell: below the folder that was given. */
static struct str name_below(struct str folder, struct str path)
{
    struct str name = str_starts(path, folder) ? str_slice(path, folder.len, path.len) : path;
    while (name.len > 0 && name.ptr[0] == '/') {
        name = str_slice(name, 1, name.len);
    }
    return name.len == 0 ? path : name;
}

static enum candor_status add_file(struct job *job, struct origin_index *index, struct str path,
                                   struct str name, uint64_t *left_out)
{
    struct bytes content;
    struct arena *own = job->arena;
    job->arena = arena_begin(); /* the file's bytes are not needed afterwards */
    enum candor_status status = file_read(job, path, ORIGIN_TEXT_MAX, &content);
    if (status == CANDOR_TOO_LARGE || (status == CANDOR_OK && !is_text(content))) {
        job_forgive(job);
        (*left_out)++;
        status = CANDOR_OK;
    } else if (status == CANDOR_OK) {
        status = during(
            job, origin_add(job, index, name, (struct str){(const char *)content.ptr, content.len}),
            "indexing '%.*s'", STR_ARG(path));
    }
    arena_end(job->arena);
    job->arena = own;
    return status;
}

static enum candor_status add_folder(struct job *job, struct origin_index *index, const char *path,
                                     uint64_t *left_out)
{
    struct scanning files = {.job = job};
    TRY(scan_gather(&files, str_of(path)));
    if (files.unread_count > 0) {
        return fail(job, CANDOR_IO,
                    "'%.*s' cannot be read, and an index without it would be less "
                    "than it says",
                    STR_ARG(files.unread[0]));
    }
    for (size_t f = 0; f < files.file_count; f++) {
        job_say_progress(job, "indexing", f, files.file_count);
        if (atomic_load(&job->cancelled)) {
            return fail(job, CANDOR_CANCELLED, "stopped after %zu of %zu files", f,
                        files.file_count);
        }
        TRY(add_file(job, index, files.file[f], name_below(str_of(path), files.file[f]), left_out));
    }
    return CANDOR_OK;
}

/* A file of the SPDX list as npm's spdx-license-list has it: {"licenseText": "..."} under its identifier, or a
 * plain text, IDENTIFIER.txt. */
static enum candor_status add_licence(struct job *job, struct origin_index *index, struct str path,
                                      uint64_t *left_out)
{
    struct bytes content;
    const struct value *document = NULL;
    struct str text;
    struct str id = path;
    for (size_t i = path.len; i > 0 && id.len == path.len; i--) {
        id = path.ptr[i - 1] == '/' ? str_slice(path, i, path.len) : id;
    }
    const bool is_json = str_ends(id, STR(".json"));
    if (!is_json && !str_ends(id, STR(".txt"))) {
        (*left_out)++;
        return CANDOR_OK;
    }
    TRY(file_read(job, path, LICENCE_FILE_MAX, &content));
    if (is_json) {
        TRY(during(job, json_read(job, content, NULL, "the licence", &document), "reading '%.*s'",
                   STR_ARG(path)));
        TRY(during(job, value_text(job, value_get(document, "licenseText"), "licenseText", &text),
                   "reading '%.*s'", STR_ARG(path)));
    } else {
        text = (struct str){(const char *)content.ptr, content.len};
    }
    id = str_slice(id, 0, id.len - (is_json ? 5 : 4));
    return during(job, origin_add_licence(job, index, id, text), "indexing '%.*s'", STR_ARG(path));
}

static enum candor_status add_licences(struct job *job, struct origin_index *index,
                                       const char *path, uint64_t *left_out)
{
    struct scanning files = {.job = job};
    TRY(scan_gather(&files, str_of(path)));
    for (size_t f = 0; f < files.file_count; f++) {
        TRY(add_licence(job, index, files.file[f], left_out));
    }
    if (origin_counts(index).licences == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "'%s' has no licence: name the folder 'licenses' of npm's spdx-license-list, "
                    "with ID.json in it, or one with ID.txt",
                    path);
    }
    return CANDOR_OK;
}

/* ---- the command ---------------------------------------------------------------------------- */

static void put_count(struct json *json, struct lit key, uint64_t count)
{
    json_key(json, key);
    json_u64(json, count);
}

enum candor_status candor_origin_index(struct job *job, const struct candor_origin *asked,
                                       struct candor_text *report)
{
    struct answer answer;
    uint64_t left_out = 0;
    uint64_t size = 0;
    struct origin_index *index = origin_begin(job->arena);
    if (asked->path_count == 0 && asked->spdx_path == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "name a folder to be indexed, or --spdx FOLDER");
    }
    TRY(path_may_be_written(job, asked->out_path));
    for (size_t i = 0; i < asked->path_count; i++) {
        TRY(add_folder(job, index, asked->path[i], &left_out));
    }
    if (asked->spdx_path != NULL) {
        TRY(add_licences(job, index, asked->spdx_path, &left_out));
    }
    TRY(origin_end(job, index));
    TRY(save(job, index, asked->out_path, &size));
    const struct origin_counts counts = origin_counts(index);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_count(&answer.json, LIT("texts"), counts.texts);
    put_count(&answer.json, LIT("tokens"), counts.tokens);
    put_count(&answer.json, LIT("marks"), counts.marks);
    put_count(&answer.json, LIT("licences"), counts.licences);
    put_count(&answer.json, LIT("licence_texts"), counts.licence_texts);
    put_count(&answer.json, LIT("left_out"), left_out);
    put_count(&answer.json, LIT("bytes"), size);
    put_text(&answer.json, LIT("out"), str_of(asked->out_path));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
