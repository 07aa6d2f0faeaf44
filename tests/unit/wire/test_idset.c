/*
 * test_idset.c - sets of ids against a table of booleans, in every form a string can have.
 */
#include <string.h>

#include "inside.h"

#include "testing.h"

enum { IDS = 400 };

static uint64_t next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return *seed >> 33;
}

/* A table with runs, and its ranges. */
static size_t make(uint64_t *seed, bool table[IDS + 2], struct id_range *row)
{
    size_t count = 0;
    memset(table, 0, (IDS + 2) * sizeof table[0]);
    for (size_t id = 1 + next(seed) % 5; id <= IDS; id += 2 + next(seed) % 9) {
        const size_t first = id;
        const size_t last = id + (next(seed) % 3 == 0 ? next(seed) % 20 : 0);
        for (; id <= last && id <= IDS; id++) {
            table[id] = true;
        }
        row[count++] = (struct id_range){(uint16_t)first, (uint16_t)(id - 1)};
    }
    return count;
}

static void compare(struct arena *arena, const struct idset *set, const bool table[IDS + 2],
                    const struct id_range *row, size_t count)
{
    size_t listed = 0;
    const struct id_range *list = idset_list(arena, set, &listed);
    assert_int_equal(listed, count);
    assert_memory_equal(list, row, count * sizeof row[0]);
    for (uint32_t id = 0; id <= IDS + 1; id++) {
        expect(idset_has(set, id) == table[id], "id %u", id);
    }
    assert_false(idset_has(set, UINT32_MAX));
}

static void every_form_is_the_same_set(void **state)
{
    struct arena *arena = arena_begin();
    static bool table[IDS + 2];
    static struct id_range row[IDS];
    uint64_t seed = 1;
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        const struct arena_mark mark = arena_mark(arena);
        const size_t count = make(&seed, table, row);
        const struct idset made = idset_of(row, count);
        compare(arena, &made, table, row, count);

        struct bit_writer writer = bit_writer_begin(arena);
        struct bit_writer ranges = bit_writer_begin(arena);
        struct bits bits;
        struct idset read;
        idset_put(&writer, arena, &made);
        idset_put_ranges(&ranges, arena, &made);
        assert_int_equal(bits_decode(arena, bit_writer_text(&writer), &bits), SIGNAL_FINE);
        assert_int_equal(idset_read(&bits, IDSET_RANGES, &read), SIGNAL_FINE);
        assert_true(bits_end(&bits));
        compare(arena, &read, table, row, count);
        assert_int_equal(bits_decode(arena, bit_writer_text(&ranges), &bits), SIGNAL_FINE);
        assert_int_equal(idset_read_ranges(&bits, IDSET_RANGES, UINT16_MAX, &read), SIGNAL_FINE);
        compare(arena, &read, table, row, count);
        arena_rewind(arena, mark);
    }
    arena_end(arena);
}

static void fibonacci_ranges_are_the_same_set(void **state)
{
    struct arena *arena = arena_begin();
    static bool table[IDS + 2];
    static struct id_range row[IDS];
    uint64_t seed = 2;
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        const size_t count = make(&seed, table, row);
        struct bit_writer writer = bit_writer_begin(arena);
        struct bits bits;
        struct idset read;
        uint32_t last = 0;
        put_bits(&writer, count, 12);
        for (size_t i = 0; i < count; i++) {
            put_bits(&writer, row[i].last > row[i].first ? 1 : 0, 1);
            put_fibonacci(&writer, row[i].first - last);
            if (row[i].last > row[i].first) {
                put_fibonacci(&writer, (uint32_t)row[i].last - row[i].first);
            }
            last = row[i].last;
        }
        assert_int_equal(bits_decode(arena, bit_writer_text(&writer), &bits), SIGNAL_FINE);
        assert_int_equal(idset_read_ranges(&bits, IDSET_FIBONACCI, UINT16_MAX, &read), SIGNAL_FINE);
        compare(arena, &read, table, row, count);
    }
    arena_end(arena);
}

static void ranges_that_make_no_sense_are_refused(void **state)
{
    static const struct {
        unsigned max, first, last;
        enum signal_fault fault;
    } row[] = {
        {10, 3, 5, SIGNAL_FINE},
        {10, 10, 10, SIGNAL_FINE},
        {10, 5, 3, SIGNAL_RANGE_REVERSED},
        {10, 3, 11, SIGNAL_RANGE_ABOVE_MAX},
        {10, 0, 3, SIGNAL_RANGE_ABOVE_MAX},
        {0, 1, 1, SIGNAL_RANGE_ABOVE_MAX},
        {65535, 65535, 65535, SIGNAL_FINE},
    };
    struct arena *arena = arena_begin();
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct bit_writer writer = bit_writer_begin(arena);
        struct bits bits;
        struct idset set;
        put_bits(&writer, row[i].max, 16);
        put_bits(&writer, 1, 1);
        put_bits(&writer, 1, 12);
        put_bits(&writer, 1, 1);
        put_bits(&writer, row[i].first, 16);
        put_bits(&writer, row[i].last, 16);
        assert_int_equal(bits_decode(arena, bit_writer_text(&writer), &bits), SIGNAL_FINE);
        expect(idset_read(&bits, IDSET_RANGES, &set) == row[i].fault, "row %zu", i);
    }
    arena_end(arena);
}

static void overlapping_ranges_are_one_in_the_list(void **state)
{
    static const unsigned range[][2] = {{30, 40}, {1, 5}, {4, 9}, {10, 12}, {35, 36}};
    struct arena *arena = arena_begin();
    struct bit_writer writer = bit_writer_begin(arena);
    struct bits bits;
    struct idset set;
    (void)state;
    put_bits(&writer, 5, 12);
    for (size_t i = 0; i < 5; i++) {
        put_bits(&writer, 1, 1);
        put_bits(&writer, range[i][0], 16);
        put_bits(&writer, range[i][1], 16);
    }
    assert_int_equal(bits_decode(arena, bit_writer_text(&writer), &bits), SIGNAL_FINE);
    assert_int_equal(idset_read_ranges(&bits, IDSET_RANGES, UINT16_MAX, &set), SIGNAL_FINE);
    assert_true(str_is(idset_text(arena, &set), "1-12,30-40"));
    arena_end(arena);
}

static void reading_beyond_the_end_is_noticed_once_and_gives_zero(void **state)
{
    struct arena *arena = arena_begin();
    struct bits bits;
    (void)state;
    assert_int_equal(bits_decode(arena, STR("__"), &bits), SIGNAL_FINE);
    assert_int_equal(bits_read(&bits, 12), 4095);
    assert_false(bits.bad);
    assert_int_equal(bits_read(&bits, 1), 0);
    assert_true(bits.bad);
    assert_false(bits_end(&bits));
    for (unsigned byte = 0; byte < 256; byte++) {
        const char text[5] = {'A', 'A', (char)byte, 'A', 'A'};
        const bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                               (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
        expect((bits_decode(arena, (struct str){text, 5}, &bits) == SIGNAL_FINE) == is_letter,
               "byte %u", byte);
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_the_same_set),
        cmocka_unit_test(fibonacci_ranges_are_the_same_set),
        cmocka_unit_test(ranges_that_make_no_sense_are_refused),
        cmocka_unit_test(overlapping_ranges_are_one_in_the_list),
        cmocka_unit_test(reading_beyond_the_end_is_noticed_once_and_gives_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
