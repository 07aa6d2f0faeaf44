/*
 * test_keyfile.c - keys and roots on disk: what is refused, and what replacing leaves behind.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "testing.h"

static struct job job;
static char folder[] = "/tmp/candor-keyfile-XXXXXX";

static struct str in_folder(const char *name)
{
    return path_join(job.arena, str_of(folder), str_of(name));
}

static const char *fresh_key(const char *name)
{
    const struct str path = in_folder(name);
    must(secret_file_create(&job, path) == CANDOR_OK);
    return str_z(job.arena, path);
}

static enum candor_status look(const char *path)
{
    struct secret *secret = NULL;
    job_forgive(&job);
    return secret_file_read(&job, job.arena, str_of(path), &secret);
}

static struct bytes content_of(const char *path)
{
    struct bytes content = {0};
    must(file_read(&job, str_of(path), 1000, &content) == CANDOR_OK);
    return content;
}

static void a_key_file_reads_back_and_only_its_owner_may_read_it(void **state)
{
    (void)state;
    struct secret *first = NULL;
    struct secret *again = NULL;
    struct stat facts;
    const char *path = fresh_key("good.key");
    must(secret_file_read(&job, job.arena, str_of(path), &first) == CANDOR_OK);
    must(secret_file_read(&job, job.arena, str_of(path), &again) == CANDOR_OK);
    must(stat(path, &facts) == 0);
    expect(secret_equal(first, again), "the same key");
    expect((facts.st_mode & 07777) == 0600, "mode %o", (unsigned)facts.st_mode);
    expect(content_of(path).len == 96, "one line of 96 characters");
    expect(memcmp(content_of(path).ptr, "candor-key-v1 ", 14) == 0, "says what it is");

    must(secret_file_read(&job, job.arena, str_of(fresh_key("other.key")), &again) == CANDOR_OK);
    expect(!secret_equal(first, again), "another file, another key");
}

static void a_key_file_is_never_replaced(void **state)
{
    (void)state;
    const char *path = fresh_key("twice.key");
    const struct bytes before = content_of(path);
    expect(secret_file_create(&job, str_of(path)) == CANDOR_EXISTS, "exists");
    expect(bytes_same(before.ptr, content_of(path).ptr, before.len), "changed");
}

static void a_missing_key_file_is_said_to_be_missing(void **state)
{
    (void)state;
    expect(look(str_z(job.arena, in_folder("none.key"))) == CANDOR_NOT_FOUND, "none");
}

static void a_key_that_others_can_use_is_refused(void **state)
{
    (void)state;
    const char *path = fresh_key("mode.key");
    const mode_t bad[] = {0640, 0604, 0620, 0602, 0610, 0601, 0666};
    for (size_t row = 0; row < sizeof bad / sizeof bad[0]; row++) {
        must(chmod(path, bad[row]) == 0);
        expect(look(path) == CANDOR_FORBIDDEN, "mode %o", (unsigned)bad[row]);
        expect(strstr(job.message, "chmod 600") != NULL, "says what to do: %s", job.message);
    }
    must(chmod(path, 0400) == 0);
    expect(look(path) == CANDOR_OK, "read-only is fine: %s", job.message);
}

static void a_link_or_a_pipe_is_refused(void **state)
{
    (void)state;
    const char *path = fresh_key("target.key");
    const char *link_path = str_z(job.arena, in_folder("link.key"));
    const char *pipe_path = str_z(job.arena, in_folder("pipe.key"));
    must(symlink(path, link_path) == 0);
    must(mkfifo(pipe_path, 0600) == 0);
    expect(look(link_path) == CANDOR_FORBIDDEN, "link");
    expect(look(pipe_path) == CANDOR_FORBIDDEN, "pipe");
    expect(look(folder) == CANDOR_FORBIDDEN, "folder");
}

static void any_changed_byte_is_told_apart_from_another_key(void **state)
{
    (void)state;
    const char *path = fresh_key("damaged.key");
    const struct bytes good = content_of(path);
    char *copy = arena_new(job.arena, good.len);
    for (size_t at = 0; at < good.len; at++) {
        memcpy(copy, good.ptr, good.len);
        copy[at] = copy[at] == '0' ? '1' : '0';
        must(file_replace(&job, str_of(path), (struct bytes){(const uint8_t *)copy, good.len},
                          0600) == CANDOR_OK);
        expect(look(path) == CANDOR_CORRUPT, "byte %zu", at);
    }
    for (size_t len = 0; len < good.len; len += 5) {
        must(file_replace(&job, str_of(path), (struct bytes){good.ptr, len}, 0600) == CANDOR_OK);
        expect(look(path) == CANDOR_CORRUPT, "len %zu", len);
    }
    must(file_replace(&job, str_of(path), good, 0600) == CANDOR_OK);
    expect(look(path) == CANDOR_OK, "control: %s", job.message);
}

static void messages_hold_no_key(void **state)
{
    (void)state;
    const char *path = fresh_key("message.key");
    char *text = arena_new(job.arena, 96);
    memcpy(text, content_of(path).ptr, 96);
    text[90] = text[90] == '0' ? '1' : '0';
    must(file_replace(&job, str_of(path), (struct bytes){(const uint8_t *)text, 96}, 0600) ==
         CANDOR_OK);
    expect(look(path) == CANDOR_CORRUPT, "damaged");
    text[30] = '\0';
    expect(strstr(job.message, text + 14) == NULL, "16 digits of the key are in the message");
}

/* ---- the root slot ---- */

static void a_root_file_reads_back(void **state)
{
    (void)state;
    const struct root_slot slot = root_slot_file(job.arena, in_folder("root.key"));
    struct secret *key = secret_begin(job.arena);
    struct secret *read = secret_begin(job.arena);
    uint64_t generation = 0;
    struct stat facts;
    expect(slot.grade == ROOT_GRADE_FILE, "grade");
    expect(slot.read(&job, slot.self, read, &generation) == CANDOR_NOT_FOUND, "empty");

    const uint64_t tried[] = {1, 2, UINT64_C(0x0123456789abcdef), UINT64_MAX};
    for (size_t row = 0; row < sizeof tried / sizeof tried[0]; row++) {
        must(secret_random(&job, key) == CANDOR_OK);
        must(slot.replace(&job, slot.self, key, tried[row]) == CANDOR_OK);
        must(slot.read(&job, slot.self, read, &generation) == CANDOR_OK);
        expect(secret_equal(key, read) && generation == tried[row], "row %zu", row);
    }
    must(stat(str_z(job.arena, in_folder("root.key")), &facts) == 0);
    expect((facts.st_mode & 07777) == 0600, "mode %o", (unsigned)facts.st_mode);
}

static void replacing_a_root_destroys_the_old_file(void **state)
{
    (void)state;
    const struct str path = in_folder("replaced.key");
    const char *kept = str_z(job.arena, in_folder("kept.key"));
    const struct root_slot slot = root_slot_file(job.arena, path);
    struct secret *key = secret_begin(job.arena);
    struct stat facts;
    must(secret_random(&job, key) == CANDOR_OK);
    must(slot.replace(&job, slot.self, key, 1) == CANDOR_OK);
    must(link(str_z(job.arena, path), kept) == 0); /* so that the old file can be looked at */

    must(slot.replace(&job, slot.self, key, 2) == CANDOR_OK);
    must(stat(kept, &facts) == 0);
    expect(facts.st_size == 0, "the old file still has %ld bytes", (long)facts.st_size);
}

static void a_failed_replacing_leaves_the_old_root(void **state)
{
    (void)state;
    const struct str path = in_folder("sub/root.key");
    const struct str moved = in_folder("sub/moved");
    const struct root_slot slot = root_slot_file(job.arena, path);
    struct secret *key = secret_begin(job.arena);
    struct secret *read = secret_begin(job.arena);
    uint64_t generation = 0;
    must(dir_make(&job, in_folder("sub"), 0700) == CANDOR_OK);
    must(secret_random(&job, key) == CANDOR_OK);
    must(slot.replace(&job, slot.self, key, 1) == CANDOR_OK);

    /* A folder in the root's place cannot be renamed over. */
    must(rename(str_z(job.arena, path), str_z(job.arena, moved)) == 0);
    must(dir_make(&job, path, 0700) == CANDOR_OK);
    expect(slot.replace(&job, slot.self, key, 2) != CANDOR_OK, "replaced a folder");
    must(rmdir(str_z(job.arena, path)) == 0);
    must(rename(str_z(job.arena, moved), str_z(job.arena, path)) == 0);
    must(slot.read(&job, slot.self, read, &generation) == CANDOR_OK);
    expect(generation == 1 && secret_equal(key, read), "the old root");
}

static void a_root_is_no_key_and_a_key_is_no_root(void **state)
{
    (void)state;
    const struct root_slot slot = root_slot_file(job.arena, in_folder("mixed.key"));
    struct secret *key = secret_begin(job.arena);
    uint64_t generation = 0;
    const char *path = fresh_key("mixed.key");
    expect(slot.read(&job, slot.self, key, &generation) == CANDOR_CORRUPT, "a key");
    must(slot.replace(&job, slot.self, key, 1) == CANDOR_OK);
    expect(look(path) == CANDOR_CORRUPT, "a root");
}

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return mkdtemp(folder) != NULL && crypto_start(&job) == CANDOR_OK ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *place)
{
    (void)facts;
    (void)kind;
    (void)place;
    return remove(path);
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_key_file_reads_back_and_only_its_owner_may_read_it),
        cmocka_unit_test(a_key_file_is_never_replaced),
        cmocka_unit_test(a_missing_key_file_is_said_to_be_missing),
        cmocka_unit_test(a_key_that_others_can_use_is_refused),
        cmocka_unit_test(a_link_or_a_pipe_is_refused),
        cmocka_unit_test(any_changed_byte_is_told_apart_from_another_key),
        cmocka_unit_test(messages_hold_no_key),
        cmocka_unit_test(a_root_file_reads_back),
        cmocka_unit_test(replacing_a_root_destroys_the_old_file),
        cmocka_unit_test(a_failed_replacing_leaves_the_old_root),
        cmocka_unit_test(a_root_is_no_key_and_a_key_is_no_root),
    };
    return cmocka_run_group_tests_name("keyfile", test, begin, end);
}
