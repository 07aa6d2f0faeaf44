/*
 * test_file.c - files: what is written is there, what fails changes nothing and says why.
 */
#include "base.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "support.h"

static struct str content_of(struct job *job, struct str path)
{
    struct bytes content = {0};
    expect(file_read(job, path, 1 << 20, &content) == CANDOR_OK, "%s", job->message);
    return (struct str){(const char *)content.ptr, content.len};
}

static size_t names_in(struct job *job, struct str folder)
{
    DIR *open_folder = opendir(str_z(job->arena, folder));
    must(open_folder != NULL);
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(open_folder)) != NULL;) {
        count += entry->d_name[0] != '.' ? 1 : 0;
    }
    must(closedir(open_folder) == 0);
    return count;
}

static void files_of_every_size_are_read_whole(void **state)
{
    struct job *job = *state;
    static const size_t size[] = {0, 1, 2, 4095, 65535, 65536, 65537, 200000};
    for (size_t i = 0; i < COUNT(size); i++) {
        uint8_t *model = arena_new(job->arena, size[i]);
        memset(model, (int)i, size[i]);
        const struct str path = file_with(job, (struct bytes){model, size[i]});
        struct bytes content = {0};
        expect(file_read(job, path, size[i], &content) == CANDOR_OK, "%s", job->message);
        expect(content.len == size[i] && bytes_same(content.ptr, model, size[i]), "%zu", size[i]);
        expect(size[i] == 0 || file_read(job, path, size[i] - 1, &content) == CANDOR_TOO_LARGE,
               "%zu", size[i]);
    }
}

static void what_is_no_size_is_read_too(void **state)
{
    struct job *job = *state;
    struct bytes content = {0};
    expect(file_read(job, STR("/proc/self/status"), 1 << 20, &content) == CANDOR_OK, "proc");
    expect(content.len > 100, "proc has content though its size is 0");
    expect(file_read(job, STR("/dev/zero"), 100000, &content) == CANDOR_TOO_LARGE, "endless");
}

static void a_failed_read_says_what_and_why(void **state)
{
    struct job *job = *state;
    struct bytes content = {0};
    expect(file_read(job, STR("/no/such/file"), 10, &content) == CANDOR_NOT_FOUND, "missing");
    expect(str_contains(str_of(job->message), STR("/no/such/file")), "%s", job->message);
    expect(file_read(job, STR("/tmp"), 10, &content) == CANDOR_IO, "folder");
    expect(str_contains(str_of(job->message), STR("folder")), "%s", job->message);
    expect(file_read(job, STR(""), 10, &content) == CANDOR_BAD_INPUT, "no path");
    expect(file_read(job, (struct str){"a\0b", 3}, 10, &content) == CANDOR_BAD_INPUT, "zero byte");
    expect(!file_exists(job, STR("/no/such/file")) && !file_exists(job, STR("")), "exists");
}

static void replacing_gives_the_new_content_and_mode(void **state)
{
    struct job *job = *state;
    const struct str folder = temporary_folder(job);
    const struct str path = path_join(job->arena, folder, STR("file"));
    struct stat about;
    expect(file_replace(job, path, bytes_of(STR("first")), 0640) == CANDOR_OK, "%s", job->message);
    expect(str_is(content_of(job, path), "first"), "new");
    must(stat(path.ptr, &about) == 0);
    expect((about.st_mode & 0777) == 0640, "mode %o", about.st_mode & 0777U);
    expect(file_replace(job, path, bytes_of(STR("")), 0600) == CANDOR_OK, "%s", job->message);
    expect(content_of(job, path).len == 0, "replaced");
    must(stat(path.ptr, &about) == 0);
    expect((about.st_mode & 0777) == 0600, "mode %o", about.st_mode & 0777U);
    expect(names_in(job, folder) == 1, "nothing is left beside");
}

static void a_link_stays_a_link(void **state)
{
    struct job *job = *state;
    const struct str folder = temporary_folder(job);
    const struct str path = path_join(job->arena, folder, STR("file"));
    const struct str link_path = path_join(job->arena, folder, STR("link"));
    struct stat about;
    expect(file_replace(job, path, bytes_of(STR("first")), 0600) == CANDOR_OK, "%s", job->message);
    must(symlink("file", link_path.ptr) == 0);
    expect(file_replace(job, link_path, bytes_of(STR("final")), 0600) == CANDOR_OK, "%s",
           job->message);
    must(lstat(link_path.ptr, &about) == 0);
    expect(S_ISLNK(about.st_mode), "still a link");
    expect(str_is(content_of(job, path), "final"), "its target is replaced");
}

static void a_failed_replacement_changes_nothing(void **state)
{
    struct job *job = *state;
    const struct str folder = temporary_folder(job);
    const struct str path = path_join(job->arena, folder, STR("file"));
    uint8_t *large = arena_new(job->arena, 100000);
    expect(file_replace(job, path, bytes_of(STR("old")), 0600) == CANDOR_OK, "%s", job->message);

    struct rlimit before;
    (void)signal(SIGXFSZ, SIG_IGN);
    must(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const struct rlimit small = {50000, before.rlim_max};
    must(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const enum candor_status status = file_replace(job, path, (struct bytes){large, 100000}, 0600);
    const enum candor_status appended = file_append(job, path, (struct bytes){large, 100000});
    must(setrlimit(RLIMIT_FSIZE, &before) == 0);

    expect(status == CANDOR_IO, "replace");
    expect(appended == CANDOR_IO, "append");
    expect(str_contains(str_of(job->message), path), "%s", job->message);
    expect(str_is(content_of(job, path), "old"), "as it was");
    expect(names_in(job, folder) == 1, "nothing is left beside");
}

static void a_file_in_parts_appears_at_its_end(void **state)
{
    struct job *job = *state;
    const struct str folder = temporary_folder(job);
    const struct str path = path_join(job->arena, folder, STR("file"));
    struct new_file *made = NULL;
    expect(file_replace(job, path, bytes_of(STR("old")), 0600) == CANDOR_OK, "%s", job->message);
    expect(file_begin(job, path, 0640, &made) == CANDOR_OK, "%s", job->message);
    expect(file_put(job, made, bytes_of(STR("one, "))) == CANDOR_OK, "%s", job->message);
    expect(file_put(job, made, bytes_of(STR("two"))) == CANDOR_OK, "%s", job->message);
    expect(str_is(content_of(job, path), "old"), "not before its end");
    expect(file_end(job, made) == CANDOR_OK, "%s", job->message);
    expect(str_is(content_of(job, path), "one, two"), "all parts in order");
    expect(names_in(job, folder) == 1, "nothing is left beside");
}

static void a_file_that_is_never_ended_leaves_nothing(void **state)
{
    struct job *job = *state;
    const struct str folder = temporary_folder(job);
    const struct str path = path_join(job->arena, folder, STR("file"));
    struct job other;
    struct new_file *made = NULL;
    job_begin(&other, host_real());
    expect(file_begin(&other, path, 0600, &made) == CANDOR_OK, "%s", other.message);
    expect(file_put(&other, made, bytes_of(STR("a part"))) == CANDOR_OK, "%s", other.message);
    expect(names_in(job, folder) == 1, "beside");
    job_end(&other);
    expect(names_in(job, folder) == 0, "nothing is left");
}

static void what_is_no_plain_file_is_not_replaced(void **state)
{
    struct job *job = *state;
    expect(file_replace(job, STR("/dev/null"), bytes_of(STR("x")), 0600) == CANDOR_BAD_INPUT,
           "device");
    expect(file_replace(job, STR("/tmp"), bytes_of(STR("x")), 0600) == CANDOR_BAD_INPUT, "folder");
    expect(file_replace(job, STR("/no/such/folder/file"), bytes_of(STR("x")), 0600) ==
               CANDOR_NOT_FOUND,
           "no folder");
    expect(str_contains(str_of(job->message), STR("'/no/such/folder/file'")), "%s", job->message);
}

static void a_full_disk_is_called_so(void **state)
{
    struct job *job = *state;
    expect(file_append(job, STR("/dev/full"), bytes_of(STR("x"))) == CANDOR_IO, "full");
    expect(str_contains(str_of(job->message), STR("no space left on the disk")), "%s",
           job->message);
    expect(str_contains(str_of(job->message), STR("/dev/full")), "%s", job->message);
}

static void appending_adds_at_the_end(void **state)
{
    struct job *job = *state;
    const struct str path = path_join(job->arena, temporary_folder(job), STR("file"));
    expect(file_append(job, path, bytes_of(STR("one\n"))) == CANDOR_OK, "%s", job->message);
    expect(file_append(job, path, bytes_of(STR("two\n"))) == CANDOR_OK, "%s", job->message);
    expect(str_is(content_of(job, path), "one\ntwo\n"), "both");
}

/* Root may do everything, so a child that is nobody tries. */
static void what_is_forbidden_is_called_so(void **state)
{
    struct job *job = *state;
    const struct str path = file_with(job, bytes_of(STR("secret")));
    must(chmod(path.ptr, 0) == 0);
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        struct bytes content = {0};
        (void)!(geteuid() == 0 && setuid(65534) != 0);
        const bool fine = file_read(job, path, 10, &content) == CANDOR_IO &&
                          str_contains(str_of(job->message), STR("permission denied"));
        _exit(fine ? 0 : 1);
    }
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "permission denied");
}

static void folders_are_made_once(void **state)
{
    struct job *job = *state;
    const struct str parent = temporary_folder(job);
    const struct str path = path_join(job->arena, parent, STR("folder"));
    expect(dir_make(job, path, 0700) == CANDOR_OK, "%s", job->message);
    expect(dir_make(job, path, 0700) == CANDOR_OK, "again: %s", job->message);
    expect(file_exists(job, path), "there");
    const struct str file = path_join(job->arena, parent, STR("file"));
    expect(file_append(job, file, bytes_of(STR("x"))) == CANDOR_OK, "%s", job->message);
    expect(dir_make(job, file, 0700) == CANDOR_EXISTS, "a file is in the way");
    expect(dir_make(job, path_join(job->arena, file, STR("x")), 0700) == CANDOR_IO, "below a file");
    expect(dir_make(job, STR("/no/such/folder"), 0700) == CANDOR_NOT_FOUND, "no parent");
}

static void paths_join_with_one_slash(void **state)
{
    struct job *job = *state;
    expect(str_is(path_join(job->arena, STR("a"), STR("b")), "a/b"), "between");
    expect(str_is(path_join(job->arena, STR("a/"), STR("b")), "a/b"), "there already");
    expect(str_is(path_join(job->arena, STR(""), STR("b")), "b"), "here");
}

static void a_lock_has_one_holder_and_names_it(void **state)
{
    struct job *job = *state;
    const struct str path = path_join(job->arena, temporary_folder(job), STR("lock"));
    struct arena *owner = arena_begin();
    expect(file_lock(job, owner, path) == CANDOR_OK, "%s", job->message);
    expect(file_lock(job, job->arena, path) == CANDOR_BUSY, "held");
    const struct str number = str_format(job->arena, "process %ld", (long)getpid());
    expect(str_contains(str_of(job->message), number), "%s", job->message);
    arena_end(owner);
    expect(file_lock(job, job->arena, path) == CANDOR_OK, "given back: %s", job->message);
    expect(file_lock(job, job->arena, STR("/no/such/lock")) == CANDOR_NOT_FOUND, "no folder");
}

static void a_lock_ends_with_its_process(void **state)
{
    struct job *job = *state;
    const struct str path = path_join(job->arena, temporary_folder(job), STR("lock"));
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        _exit(file_lock(job, arena_begin(), path) == CANDOR_OK ? 0 : 1);
    }
    int status = 0;
    must(waitpid(child, &status, 0) == child);
    expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child had it");
    expect(file_lock(job, job->arena, path) == CANDOR_OK, "%s", job->message);
}

static void the_real_host_has_a_clock_and_entropy(void **state)
{
    struct job *job = *state;
    uint8_t first[32] = {0};
    uint8_t second[32] = {0};
    int64_t earliest = 0;
    expect(host_random(job, first, sizeof first) == CANDOR_OK, "%s", job->message);
    expect(host_random(job, second, sizeof second) == CANDOR_OK, "%s", job->message);
    expect(!bytes_same(first, second, sizeof first), "two draws differ");
    expect(str_to_time(STR("2024-01-01"), &earliest) && job->now > earliest, "the clock");
    const uint64_t ticks = host_ticks();
    expect(host_ticks() >= ticks, "time goes on");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(files_of_every_size_are_read_whole),
        test_with_job(what_is_no_size_is_read_too),
        test_with_job(a_failed_read_says_what_and_why),
        test_with_job(replacing_gives_the_new_content_and_mode),
        test_with_job(a_link_stays_a_link),
        test_with_job(a_failed_replacement_changes_nothing),
        test_with_job(a_file_in_parts_appears_at_its_end),
        test_with_job(a_file_that_is_never_ended_leaves_nothing),
        test_with_job(what_is_no_plain_file_is_not_replaced),
        test_with_job(a_full_disk_is_called_so),
        test_with_job(appending_adds_at_the_end),
        test_with_job(what_is_forbidden_is_called_so),
        test_with_job(folders_are_made_once),
        test_with_job(paths_join_with_one_slash),
        test_with_job(a_lock_has_one_holder_and_names_it),
        test_with_job(a_lock_ends_with_its_process),
        test_with_job(the_real_host_has_a_clock_and_entropy),
    };
    return cmocka_run_group_tests_name("file", test, NULL, NULL);
}
