/*
 * test_pool.c - every piece is worked on once, whatever the number of threads.
 */
#include "base.h"

#include <stdatomic.h>

#include "support.h"

enum { PIECES = 5000 };

struct tally {
    atomic_int done[PIECES];
    uint64_t result[PIECES];
};

static void work(void *context, size_t piece)
{
    struct tally *tally = context;
    (void)atomic_fetch_add(&tally->done[piece], 1);
    tally->result[piece] = (uint64_t)piece * piece;
}

static void every_piece_is_done_once(void **state)
{
    (void)state;
    static const unsigned threads[] = {0, 1, 2, 3, 8, POOL_THREADS_MAX, 1000};
    static const size_t pieces[] = {0, 1, 2, 7, 63, PIECES};
    static struct tally tally;
    for (size_t t = 0; t < COUNT(threads); t++) {
        for (size_t p = 0; p < COUNT(pieces); p++) {
            memset(&tally, 0, sizeof tally);
            pool_each(threads[t], pieces[p], work, &tally);
            for (size_t i = 0; i < PIECES; i++) {
                expect(atomic_load(&tally.done[i]) == (i < pieces[p] ? 1 : 0),
                       "%u threads, %zu pieces, piece %zu", threads[t], pieces[p], i);
                expect(i >= pieces[p] || tally.result[i] == (uint64_t)i * i, "piece %zu", i);
            }
        }
    }
}

static void work_in_an_arena(void *context, size_t piece)
{
    uint64_t *sum = context;
    struct arena *arena = arena_begin();
    uint64_t *number = NEW_ARRAY(arena, 3000, uint64_t);
    for (size_t i = 0; i < 3000; i++) {
        number[i] = piece;
    }
    sum[piece] = number[2999];
    arena_end(arena);
}

static void pieces_may_have_arenas_of_their_own(void **state)
{
    (void)state;
    static uint64_t sum[200];
    pool_each(4, COUNT(sum), work_in_an_arena, sum);
    for (size_t i = 0; i < COUNT(sum); i++) {
        expect(sum[i] == i, "piece %zu", i);
    }
}

static void this_process_has_a_processor(void **state)
{
    (void)state;
    const unsigned count = pool_default_threads();
    expect(count >= 1 && count <= POOL_THREADS_MAX, "%u", count);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_piece_is_done_once),
        cmocka_unit_test(pieces_may_have_arenas_of_their_own),
        cmocka_unit_test(this_process_has_a_processor),
    };
    return cmocka_run_group_tests_name("pool", test, NULL, NULL);
}
