/*
 * test_secret.c - keys in guarded memory, and the cheap randomness they are made of.
 */
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys.h"
#include "started.h"

enum { THREADS = 4, ROUNDS = 2000, KEPT = 8 };

static bool is_zero(const struct secret *secret)
{
    static const uint8_t zero[SECRET_LEN];
    return memcmp(secret->byte, zero, SECRET_LEN) == 0;
}

static void a_fresh_secret_is_zero_even_when_its_memory_was_used(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1500; i++) { /* more than one slab */
        struct arena *arena = arena_begin();
        struct secret *secret = secret_begin(arena);
        expect(is_zero(secret), "round %u", i);
        must(secret_random(&job, secret) == CANDOR_OK);
        expect(!is_zero(secret), "round %u", i);
        arena_end(arena);
    }
}

static void a_secret_is_wiped_when_its_owner_ends(void **state)
{
    (void)state;
    uint8_t copy[SECRET_LEN];
    struct arena *arena = arena_begin();
    struct secret *secret = secret_begin(arena);
    must(secret_random(&job, secret) == CANDOR_OK);
    memcpy(copy, secret->byte, sizeof copy);
    arena_end(arena);

    /* The cell is the room's again; it holds a link at its start and nothing else. */
    expect(memcmp(secret->byte + 8, copy + 8, SECRET_LEN - 8) != 0, "the key is still there");
    for (unsigned i = 8; i < SECRET_LEN; i++) {
        expect(secret->byte[i] == 0, "byte %u", i);
    }
}

static void copying_in_wipes_the_source(void **state)
{
    (void)state;
    uint8_t source[SECRET_LEN];
    memset(source, 0x5a, sizeof source);
    struct secret *secret = secret_begin(job.arena);
    secret_copy_from(secret, source);
    for (unsigned i = 0; i < SECRET_LEN; i++) {
        expect(source[i] == 0, "byte %u", i);
        expect(secret->byte[i] == 0x5a, "byte %u", i);
    }
    secret_wipe(secret);
    expect(is_zero(secret), "wiped");
}

static void equality_looks_at_every_bit(void **state)
{
    (void)state;
    struct secret *left = secret_begin(job.arena);
    struct secret *right = secret_begin(job.arena);
    must(secret_random(&job, left) == CANDOR_OK);
    for (unsigned bit = 0; bit < SECRET_LEN * 8; bit++) {
        secret_copy(right, left);
        expect(secret_equal(left, right), "copy");
        right->byte[bit / 8] ^= (uint8_t)(1U << bit % 8);
        expect(!secret_equal(left, right), "bit %u", bit);
    }
}

/* hashlib.blake2b(b'', key=bytes(range(32)), salt=number, person=context, digest_size=32) */
static void sub_keys_match_an_independent_blake2b(void **state)
{
    (void)state;
    const struct {
        const char *context;
        uint64_t number;
        const char *child;
    } vector[] = {
        {"fields__", 0, "066c84f08d1a35b4e327019c58b5a1719a8eec55bdb13865af67d17c1e4de1f6"},
        {"events__", 1, "e275c457bdaa8cf897c9bb00194150fcbfbcc56688dea342043bc7567c5415e5"},
        {"fields__", UINT64_MAX,
         "c521080114fd401a273d5d6b56a1bc3e522339adfaef45908f5d8e7474bf1766"},
    };
    struct secret *parent = secret_begin(job.arena);
    struct secret *child = secret_begin(job.arena);
    for (unsigned i = 0; i < SECRET_LEN; i++) {
        parent->byte[i] = (uint8_t)i;
    }
    for (size_t row = 0; row < sizeof vector / sizeof vector[0]; row++) {
        secret_derive(child, parent, vector[row].context, vector[row].number);
        const struct str hex = hex_of(job.arena, (struct bytes){child->byte, SECRET_LEN});
        expect(str_is(hex, vector[row].child), "row %zu", row);
    }
    secret_derive(parent, parent, vector[0].context, vector[0].number);
    expect(str_is(hex_of(job.arena, (struct bytes){parent->byte, SECRET_LEN}), vector[0].child),
           "in place");
}

/* ---- entropy ---- */

static bool no_entropy(struct host *host, void *target, size_t len)
{
    (void)host;
    (void)target;
    (void)len;
    return false;
}

static int64_t midnight(struct host *host)
{
    (void)host;
    return 0;
}

static void without_entropy_a_secret_stays_as_it_was(void **state)
{
    (void)state;
    struct host host = {.now = midnight, .entropy = no_entropy};
    struct job poor;
    job_begin(&poor, &host);
    struct secret *secret = secret_begin(poor.arena);
    memset(secret->byte, 0x11, SECRET_LEN);
    expect(secret_random(&poor, secret) == CANDOR_IO, "no entropy");
    for (unsigned i = 0; i < SECRET_LEN; i++) {
        expect(secret->byte[i] == 0x11, "byte %u", i);
    }
    job_end(&poor);
}

static void entropy_does_not_repeat(void **state)
{
    (void)state;
    struct map *seen = map_begin(job.arena);
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t drawn[16];
        must(entropy_draw(&job, drawn, sizeof drawn) == CANDOR_OK);
        const struct bytes key = {drawn, sizeof drawn};
        expect(map_get(seen, key) == NULL, "draw %u", i);
        map_put(seen, key, seen);
    }
}

static void every_length_is_drawn_whole(void **state)
{
    (void)state;
    static uint8_t drawn[9000];
    const size_t len[] = {0, 1, 7, 511, 512, 4088, 4089, 9000};
    for (size_t row = 0; row < sizeof len / sizeof len[0]; row++) {
        memset(drawn, 0, sizeof drawn);
        must(entropy_draw(&job, drawn, len[row]) == CANDOR_OK);
        size_t zeros_at_end = 0;
        while (zeros_at_end < len[row] && drawn[len[row] - 1 - zeros_at_end] == 0) {
            zeros_at_end++;
        }
        expect(zeros_at_end < 8 && (len[row] < 8 || zeros_at_end < len[row]), "len %zu", len[row]);
        for (size_t i = len[row]; i < sizeof drawn; i++) {
            expect(drawn[i] == 0, "len %zu wrote at %zu", len[row], i);
        }
    }
}

static void a_forked_child_draws_other_bytes(void **state)
{
    (void)state;
    uint8_t own[64];
    uint8_t childs[64] = {0};
    int pipes[2];
    must(entropy_draw(&job, own, 16) == CANDOR_OK); /* the pool is filled */
    must(pipe(pipes) == 0);

    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        const bool drew = entropy_draw(&job, childs, sizeof childs) == CANDOR_OK;
        _exit(drew && write(pipes[1], childs, sizeof childs) == sizeof childs ? 0 : 1);
    }
    int status = 1;
    must(waitpid(child, &status, 0) == child);
    must(status == 0);
    must(read(pipes[0], childs, sizeof childs) == sizeof childs);
    must(entropy_draw(&job, own, sizeof own) == CANDOR_OK);
    expect(memcmp(own, childs, sizeof own) != 0, "parent and child drew the same");
    (void)close(pipes[0]);
    (void)close(pipes[1]);
}

/* ---- threads ---- */

static void *make_and_end_secrets(void *context)
{
    bool *is_good = context;
    struct job own;
    job_begin(&own, host_real());
    *is_good = true;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const struct arena_mark mark = arena_mark(own.arena);
        struct secret *kept[KEPT];
        for (unsigned i = 0; i < KEPT; i++) {
            kept[i] = secret_begin(own.arena);
            *is_good = *is_good && is_zero(kept[i]);
            must(secret_random(&own, kept[i]) == CANDOR_OK);
        }
        for (unsigned i = 1; i < KEPT; i++) {
            *is_good = *is_good && !secret_equal(kept[0], kept[i]);
        }
        arena_rewind(own.arena, mark);
    }
    job_end(&own);
    return NULL;
}

static void threads_never_get_the_same_secret(void **state)
{
    (void)state;
    pthread_t thread[THREADS];
    bool is_good[THREADS] = {false};
    for (unsigned i = 0; i < THREADS; i++) {
        must(pthread_create(&thread[i], NULL, make_and_end_secrets, &is_good[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        must(pthread_join(thread[i], NULL) == 0);
        expect(is_good[i], "thread %u", i);
    }
}

static void after_starting_there_are_no_core_files(void **state)
{
    (void)state;
#ifdef CRYPTO_HAS_SANITIZER
    skip();
#else
    struct rlimit limit = {1, 1};
    must(getrlimit(RLIMIT_CORE, &limit) == 0);
    expect(limit.rlim_cur == 0 && limit.rlim_max == 0, "core files of %lu bytes",
           (unsigned long)limit.rlim_cur);
    expect(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0, "a debugger may look");
#endif
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_fresh_secret_is_zero_even_when_its_memory_was_used),
        cmocka_unit_test(a_secret_is_wiped_when_its_owner_ends),
        cmocka_unit_test(copying_in_wipes_the_source),
        cmocka_unit_test(equality_looks_at_every_bit),
        cmocka_unit_test(sub_keys_match_an_independent_blake2b),
        cmocka_unit_test(without_entropy_a_secret_stays_as_it_was),
        cmocka_unit_test(entropy_does_not_repeat),
        cmocka_unit_test(every_length_is_drawn_whole),
        cmocka_unit_test(a_forked_child_draws_other_bytes),
        cmocka_unit_test(threads_never_get_the_same_secret),
        cmocka_unit_test(after_starting_there_are_no_core_files),
    };
    return cmocka_run_group_tests_name("secret", test, begin, end);
}
