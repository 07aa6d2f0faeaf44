/*
 * test_arena.c - what is made in an arena is zero, aligned, apart from all else, and gone with it.
 */
#include "base.h"

#include <pthread.h>

#include "support.h"

static bool is_zero(const uint8_t *ptr, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (ptr[i] != 0) {
            return false;
        }
    }
    return true;
}

static void pieces_are_zero_aligned_and_apart(void **state)
{
    (void)state;
    static const size_t size[] = {0, 1, 7, 8, 15, 16, 17, 100, 4096, 32767, 32768, 100000, 5000000};
    for (int round = 0; round < 3; round++) { /* later rounds get blocks that were used before */
        struct arena *arena = arena_begin();
        uint8_t *piece[COUNT(size)];
        for (size_t i = 0; i < COUNT(size); i++) {
            piece[i] = arena_new(arena, size[i]);
            expect((uintptr_t)piece[i] % _Alignof(max_align_t) == 0, "size %zu", size[i]);
            expect(is_zero(piece[i], size[i]), "size %zu, round %d", size[i], round);
            memset(piece[i], (int)(i + 1), size[i]);
        }
        for (size_t i = 0; i < COUNT(size); i++) {
            for (size_t k = 0; k < size[i]; k++) {
                expect(piece[i][k] == (uint8_t)(i + 1), "size %zu was overwritten", size[i]);
            }
        }
        arena_end(arena);
    }
}

static void rewinding_takes_back_and_zeroes(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    uint8_t *kept = arena_new(arena, 100);
    memset(kept, 7, 100);
    const struct arena_mark mark = arena_mark(arena);
    const size_t size_before = arena_size(arena);
    void *first = arena_new(arena, 50);
    for (int i = 0; i < 100; i++) {
        arena_rewind(arena, mark);
        uint8_t *piece = arena_new(arena, 50);
        expect(piece == first, "round %d", i);
        expect(is_zero(piece, 50), "round %d", i);
        memset(piece, 9, 50);
        memset(arena_new(arena, 1000000), 9, 1000000);
    }
    arena_rewind(arena, mark);
    expect(arena_size(arena) == size_before, "large blocks go back");
    expect(kept[0] == 7 && kept[99] == 7, "what is before the mark stays");
    arena_end(arena);
}

struct trace {
    int value[8];
    size_t count;
};

struct act {
    struct trace *trace;
    int number;
};

static void write_down(void *thing)
{
    const struct act *act = thing;
    act->trace->value[act->trace->count++] = act->number;
}

static void what_is_deferred_runs_once_last_first(void **state)
{
    (void)state;
    struct trace trace = {.count = 0};
    struct act act[4];
    struct arena *arena = arena_begin();
    struct arena_mark mark = arena_mark(arena);
    for (int i = 0; i < 4; i++) {
        act[i] = (struct act){&trace, i};
        if (i == 2) {
            mark = arena_mark(arena);
        }
        arena_defer(arena, write_down, &act[i]);
    }
    arena_rewind(arena, mark);
    expect(trace.count == 2 && trace.value[0] == 3 && trace.value[1] == 2, "rewound");
    arena_end(arena);
    expect(trace.count == 4 && trace.value[2] == 1 && trace.value[3] == 0, "ended");
    arena_end(NULL);
}

static void sizes_from_outside_are_answered(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    expect(arena_try(arena, SIZE_MAX, 2) == NULL, "more than an address");
    expect(arena_try(arena, ARENA_ALLOC_MAX, 2) == NULL, "more than the limit");
    expect(arena_try(arena, 0, 8) != NULL, "none is not a failure");
    expect(TRY_ARRAY(arena, 1000, double) != NULL, "usual");
    arena_end(arena);
}

static void multiply_too_much(void *thing)
{
    (void)thing;
    (void)size_mul(SIZE_MAX / 2, 3);
}

static void add_too_much(void *thing)
{
    (void)thing;
    (void)size_add(SIZE_MAX, 1);
}

static void ask_too_much(void *thing)
{
    (void)arena_new(thing, ARENA_ALLOC_MAX + 1);
}

static void size_arithmetic_never_wraps(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    expect(size_mul(3, 5) == 15 && size_add(3, 5) == 8, "usual");
    expect(size_mul(SIZE_MAX, 1) == SIZE_MAX && size_add(SIZE_MAX, 0) == SIZE_MAX, "the last");
    expect(stops(multiply_too_much, NULL), "product");
    expect(stops(add_too_much, NULL), "sum");
    expect(stops(ask_too_much, arena), "allocation");
    arena_end(arena);
}

static void nothing_copies_and_compares(void **state)
{
    (void)state;
    char target[3] = "ab";
    bytes_copy(NULL, NULL, 0);
    bytes_copy(target, "xy", 2);
    expect(bytes_same(NULL, NULL, 0), "none");
    expect(bytes_same(target, "xy", 2), "copied");
    expect(!bytes_same(target, "xz", 2), "different");
}

static void *use_arenas(void *thing)
{
    for (int i = 0; i < 200; i++) {
        struct arena *arena[12];
        for (size_t k = 0; k < COUNT(arena); k++) {
            arena[k] = arena_begin();
            memset(arena_new(arena[k], 5000), 1, 5000);
        }
        for (size_t k = 0; k < COUNT(arena); k++) {
            arena_end(arena[k]);
        }
    }
    return thing;
}

/* The address and leak sanitizers watch this one. */
static void threads_have_caches_of_their_own(void **state)
{
    (void)state;
    pthread_t thread[3];
    for (size_t i = 0; i < COUNT(thread); i++) {
        must(pthread_create(&thread[i], NULL, use_arenas, NULL) == 0);
    }
    (void)use_arenas(NULL);
    for (size_t i = 0; i < COUNT(thread); i++) {
        must(pthread_join(thread[i], NULL) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(pieces_are_zero_aligned_and_apart),
        cmocka_unit_test(rewinding_takes_back_and_zeroes),
        cmocka_unit_test(what_is_deferred_runs_once_last_first),
        cmocka_unit_test(sizes_from_outside_are_answered),
        cmocka_unit_test(size_arithmetic_never_wraps),
        cmocka_unit_test(nothing_copies_and_compares),
        cmocka_unit_test(threads_have_caches_of_their_own),
    };
    return cmocka_run_group_tests_name("arena", test, NULL, NULL);
}
