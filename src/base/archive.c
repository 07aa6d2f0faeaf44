/*
 * archive.c - a ZIP in memory, through libzip: nothing personal touches a temporary file.
 */
#include <string.h>
#include <zip.h>

#include "text.h"

/* The library's own choice is 9, which takes three times as long for a sixth less. */
enum { ARCHIVE_FILES_MAX = 1000, DEFLATE_LEVEL = 1 };

static enum candor_status fail_zip(struct job *job, zip_error_t *error)
{
    const enum candor_status status =
        zip_error_code_zip(error) == ZIP_ER_MEMORY ? CANDOR_NO_MEMORY : CANDOR_IO;
    return fail(job, status, "making a ZIP: %s", zip_error_strerror(error));
}

/* Every file has the job's day: two ZIPs of the same data at the same instant are the same bytes. */
static enum candor_status add_file(struct job *job, zip_t *zip, const struct archive_file *file)
{
    zip_source_t *source = zip_source_buffer(zip, file->content.ptr, file->content.len, 0);
    if (source == NULL) {
        return fail_zip(job, zip_get_error(zip));
    }
    const zip_int64_t at =
        zip_file_add(zip, str_z(job->arena, file->name), source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(source);
        return fail_zip(job, zip_get_error(zip));
    }
    if (zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_DEFLATE, DEFLATE_LEVEL) != 0) {
        return fail_zip(job, zip_get_error(zip));
    }
    if (zip_file_set_mtime(zip, (zip_uint64_t)at, (time_t)(job->now / MICROS_PER_SECOND), 0) != 0) {
        return fail_zip(job, zip_get_error(zip));
    }
    return CANDOR_OK;
}

static enum candor_status read_source(struct job *job, zip_source_t *source, struct bytes *bytes)
{
    zip_stat_t stat;
    if (zip_source_stat(source, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) {
        return fail_zip(job, zip_source_error(source));
    }
    uint8_t *content = TRY_ARRAY(job->arena, stat.size, uint8_t);
    if (content == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for a ZIP");
    }
    if (zip_source_open(source) != 0) {
        return fail_zip(job, zip_source_error(source));
    }
    const zip_int64_t got = zip_source_read(source, content, stat.size);
    (void)zip_source_close(source); /* it was only read */
    if (got < 0 || (zip_uint64_t)got != stat.size) {
        return fail_zip(job, zip_source_error(source));
    }
    *bytes = (struct bytes){content, (size_t)stat.size};
    return CANDOR_OK;
}

static enum candor_status fill(struct job *job, zip_source_t *target,
                               const struct archive_file *file, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_keep(target); /* closing drops the archive's own hold on it */
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (zip == NULL) {
        zip_source_free(target);
        return fail_zip(job, &error);
    }
    for (size_t i = 0; i < count; i++) {
        const enum candor_status status = add_file(job, zip, &file[i]);
        if (status != CANDOR_OK) {
            zip_discard(zip);
            return status;
        }
    }
    if (zip_close(zip) != 0) {
        const enum candor_status status = fail_zip(job, zip_get_error(zip));
        zip_discard(zip);
        return status;
    }
    return CANDOR_OK;
}

enum candor_status archive_write(struct job *job, const struct archive_file *file, size_t count,
                                 struct bytes *bytes)
{
    zip_error_t error;
    must(count > 0 && count <= ARCHIVE_FILES_MAX);
    zip_error_init(&error);
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
    if (target == NULL) {
        return fail_zip(job, &error);
    }
    enum candor_status status = fill(job, target, file, count);
    if (status == CANDOR_OK) {
        status = read_source(job, target, bytes);
    }
    zip_source_free(target);
    return status;
}
