/*
 * keyfile.c - keys on disk.
 *
 *     <kind> <fields> <check>\n        check: 16 hex digits, the first 8 bytes of SHA-256 of all
 *                                      before the space in front of it
 *
 * One line of text, so that it can be copied onto paper and back, of one exact length for each
 * kind. The check is no protection (who can change the file can write the check): it tells the
 * operator "this file was damaged" where "this key opens nothing" would send him searching.
 *
 * A key that others on the machine can read is refused, not mended: it may have been read already,
 * and only the operator can decide whether that matters.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys.h"

#define CHECK_LEN 8U
#define CHECK_HEX_LEN ((size_t)(CHECK_LEN * 2))
#define SECRET_HEX_LEN ((size_t)(SECRET_LEN * 2))

static struct str key_kind(void)
{
    return STR("candor-key-v1");
}

static struct str check_of(struct arena *arena, struct str text)
{
    const struct digest digest = digest_of_bytes(bytes_of(text));
    return hex_of(arena, (struct bytes){digest.byte, CHECK_LEN});
}

static enum candor_status refuse_exposed(struct job *job, struct str path, const struct stat *facts)
{
    if (!S_ISREG(facts->st_mode)) {
        return fail(job, CANDOR_FORBIDDEN,
                    "%.*s is not a plain file: put the key file itself there", STR_ARG(path));
    }
    if ((facts->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(job, CANDOR_FORBIDDEN,
                    "%.*s has mode %04o, so others on this machine can use the key: chmod 600 it "
                    "and consider whether it was read",
                    STR_ARG(path), (unsigned)facts->st_mode & 07777U);
    }
    return CANDOR_OK;
}

static enum candor_status read_all(struct job *job, struct str path, int fd, uint8_t *target,
                                   size_t len)
{
    size_t at = 0;
    while (at < len) {
        const ssize_t got = read(fd, target + at, len - at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail(job, CANDOR_IO, "cannot read %.*s: %s", STR_ARG(path),
                        got == 0 ? "it became shorter" : strerrordesc_np(errno));
        }
        at += (size_t)got;
    }
    return CANDOR_OK;
}

static enum candor_status read_checked(struct job *job, struct str path, int fd, size_t len,
                                       struct str *text)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0) {
        return fail(job, CANDOR_IO, "cannot look at %.*s: %s", STR_ARG(path),
                    strerrordesc_np(errno));
    }
    TRY(refuse_exposed(job, path, &facts));
    if (facts.st_size != (off_t)len) {
        return fail(job, CANDOR_CORRUPT, "%.*s has %lld bytes, a key file of this kind has %zu",
                    STR_ARG(path), (long long)facts.st_size, len);
    }

    uint8_t *target = arena_new(job->arena, len);
    TRY(read_all(job, path, fd, target, len));
    *text = (struct str){(const char *)target, len};
    return CANDOR_OK;
}

/* The file is opened once and everything asked of the open file, so that no other can be put in
 * its place between the question and the answer. */
static enum candor_status open_and_read(struct job *job, struct str path, size_t len,
                                        struct str *text)
{
    const int fd = open(str_z(job->arena, path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT) {
        return fail(job, CANDOR_NOT_FOUND, "there is no key file %.*s", STR_ARG(path));
    }
    if (fd < 0 && errno == ELOOP) {
        return fail(job, CANDOR_FORBIDDEN, "%.*s is a link: put the key file itself there",
                    STR_ARG(path));
    }
    if (fd < 0) {
        return fail(job, CANDOR_IO, "cannot open %.*s: %s", STR_ARG(path), strerrordesc_np(errno));
    }

    const enum candor_status status = read_checked(job, path, fd, len, text);
    (void)close(fd); /* it was only read */
    return status;
}

static bool is_at(struct str text, size_t at, const char *character)
{
    return str_is(str_slice(text, at, at + 1), character);
}

enum candor_status keyfile_read(struct job *job, struct str path, struct str kind,
                                size_t fields_len, struct str *fields)
{
    struct str text = {0};
    const size_t checked_len = kind.len + 1 + fields_len;
    TRY(open_and_read(job, path, checked_len + 1 + CHECK_HEX_LEN + 1, &text));

    const struct str checked = str_slice(text, 0, checked_len);
    const struct str check = str_slice(text, checked_len + 1, text.len - 1);
    if (!str_starts(checked, kind) || !is_at(text, kind.len, " ") ||
        !is_at(text, checked_len, " ") || !is_at(text, text.len - 1, "\n")) {
        return fail(job, CANDOR_CORRUPT, "%.*s does not read '%.*s ...'", STR_ARG(path),
                    STR_ARG(kind));
    }
    if (!str_equal(check, check_of(job->arena, checked))) {
        return fail(job, CANDOR_CORRUPT,
                    "%.*s was damaged: its check does not fit; put back a copy of it",
                    STR_ARG(path));
    }
    *fields = str_slice(checked, kind.len + 1, checked.len);
    return CANDOR_OK;
}

enum candor_status keyfile_write(struct job *job, struct str path, struct str kind,
                                 struct str fields)
{
    const struct str checked = str_format(job->arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(fields));
    const struct str check = check_of(job->arena, checked);
    const struct str text = str_format(job->arena, "%.*s %.*s\n", STR_ARG(checked), STR_ARG(check));
    return file_replace(job, path, bytes_of(text), S_IRUSR | S_IWUSR);
}

enum candor_status keyfile_pem(struct job *job, struct str path, struct bytes *pem)
{
    enum { PEM_LEN_MAX = 65536 };
    struct stat facts;
    if (lstat(str_z(job->arena, path), &facts) == 0) {
        TRY(refuse_exposed(job, path, &facts));
    }
    return file_read(job, path, PEM_LEN_MAX, pem);
}

enum candor_status secret_file_create(struct job *job, struct str path)
{
    if (file_exists(job, path)) {
        return fail(job, CANDOR_EXISTS, "%.*s is there already; a key file is never replaced",
                    STR_ARG(path));
    }
    uint8_t fresh[SECRET_LEN];
    TRY(entropy_draw(job, fresh, sizeof fresh));
    const struct str hex = hex_of(job->arena, (struct bytes){fresh, sizeof fresh});
    sodium_memzero(fresh, sizeof fresh);
    return keyfile_write(job, path, key_kind(), hex);
}

enum candor_status secret_file_read(struct job *job, struct arena *owner, struct str path,
                                    struct secret **secret)
{
    struct str hex = {0};
    TRY(keyfile_read(job, path, key_kind(), SECRET_HEX_LEN, &hex));
    uint8_t byte[SECRET_LEN];
    if (!hex_read(hex, byte, sizeof byte)) {
        return fail(job, CANDOR_CORRUPT, "%.*s: the key is not %zu hex digits", STR_ARG(path),
                    SECRET_HEX_LEN);
    }
    *secret = secret_begin(owner);
    secret_copy_from(*secret, byte);
    return CANDOR_OK;
}
