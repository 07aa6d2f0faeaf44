/*
 * test_map.c - the map against the obvious one: an array that is walked.
 */
#include "base.h"

#include "support.h"

enum { KEYS = 300, STEPS = 20000 };

static void keys_are_any_bytes(void **state)
{
    struct job *job = *state;
    struct map *map = map_begin(job->arena);
    int value[4] = {0};
    static const char *const key[] = {"", "a", "ab", "abcdefghijklmnop"};
    for (size_t i = 0; i < COUNT(key); i++) {
        expect(map_get(map, KEY(str_of(key[i]))) == NULL, "key %zu", i);
        map_put(map, KEY(str_of(key[i])), &value[i]);
    }
    map_put(map, (struct bytes){(const uint8_t *)"a\0b", 3}, value);
    for (size_t i = 0; i < COUNT(key); i++) {
        expect(map_get(map, KEY(str_of(key[i]))) == &value[i], "key %zu", i);
    }
    expect(map_get(map, (struct bytes){(const uint8_t *)"a\0b", 3}) == value, "zero byte");
    expect(map_count(map) == 5, "count");
    expect(map_get(map, KEY((struct str){0})) == &value[0], "NULL and 0 is the empty key");
}

static void keys_are_copied(void **state)
{
    struct job *job = *state;
    struct map *map = map_begin(job->arena);
    char key[] = "key";
    map_put(map, KEY(str_of(key)), map);
    key[0] = 'x';
    expect(map_get(map, KEY(STR("key"))) == map, "as it was put");
}

/* The model: values by key in one array, and the order of insertion in another. */
struct model {
    void *value[KEYS];
    size_t order[STEPS];
    size_t order_count;
};

static void model_put(struct model *model, size_t key, void *value)
{
    if (model->value[key] == NULL) {
        model->order[model->order_count++] = key;
    }
    model->value[key] = value;
}

static void model_take(struct model *model, size_t key)
{
    for (size_t i = 0; i < model->order_count && model->value[key] != NULL; i++) {
        if (model->order[i] == key) {
            model->order_count--;
            memmove(&model->order[i], &model->order[i + 1],
                    (model->order_count - i) * sizeof model->order[0]);
        }
    }
    model->value[key] = NULL;
}

static void check_walk(const struct map *map, const struct model *model)
{
    size_t at = 0;
    size_t count = 0;
    struct bytes key;
    void *value = NULL;
    while (map_next(map, &at, &key, &value)) {
        size_t number;
        expect(key.len == sizeof number, "key length");
        memcpy(&number, key.ptr, sizeof number);
        expect(count < model->order_count && number == model->order[count], "place %zu", count);
        expect(value == model->value[number], "value of %zu", number);
        count++;
    }
    expect(count == model->order_count && count == map_count(map), "count");
}

static void any_history_gives_what_the_model_gives(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    static struct model model;
    static char value[8];
    struct map *map = map_begin(job->arena);
    memset(&model, 0, sizeof model);
    for (size_t step = 0; step < STEPS; step++) {
        const size_t number = draw_below(&seed, KEYS);
        const struct bytes key = {(const uint8_t *)&number, sizeof number};
        expect(map_get(map, key) == model.value[number], "step %zu", step);
        /* Long spells of putting and of taking, so that the map grows and empties. */
        if (draw_below(&seed, 10) < (step / 2000 % 2 == 0 ? 8U : 2U)) {
            void *put = &value[draw_below(&seed, sizeof value)];
            map_put(map, key, put);
            model_put(&model, number, put);
        } else {
            expect(map_take(map, key) == model.value[number], "step %zu", step);
            model_take(&model, number);
        }
        if (step % 500 == 0) {
            check_walk(map, &model);
        }
    }
    check_walk(map, &model);
}

static void put_nothing(void *thing)
{
    map_put(thing, KEY(STR("key")), NULL);
}

static void a_value_is_never_null(void **state)
{
    struct job *job = *state;
    expect(stops(put_nothing, map_begin(job->arena)), "NULL");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(keys_are_any_bytes),
        test_with_job(keys_are_copied),
        test_with_job(any_history_gives_what_the_model_gives),
        test_with_job(a_value_is_never_null),
    };
    return cmocka_run_group_tests_name("map", test, NULL, NULL);
}
