/*
 * answer.c - what a call answers with: a text that the job holds.
 */
#include "flow.h"

void answer_begin(struct job *job, struct answer *answer)
{
    answer->buf = buf_begin(job->arena);
    json_begin(&answer->json, &answer->buf, true);
}

void answer_end(struct answer *answer, struct candor_text *text)
{
    json_end(&answer->json);
    buf_u8(&answer->buf, 0);
    text->ptr = (const char *)answer->buf.ptr;
    text->len = answer->buf.len - 1;
}

struct candor_text text_of(struct job *job, struct str text)
{
    return (struct candor_text){str_z(job->arena, text), text.len};
}

void put_text(struct json *json, struct lit key, struct str text)
{
    json_key(json, key);
    json_text(json, text);
}

void put_text_or_null(struct json *json, struct lit key, struct str text)
{
    json_key(json, key);
    if (text.len == 0) {
        json_null(json);
    } else {
        json_text(json, text);
    }
}

void put_time_or_null(struct job *job, struct json *json, struct lit key, int64_t time)
{
    put_text_or_null(json, key, time == 0 ? STR("") : str_from_time(job->arena, time));
}

static void end_arena(void *thing)
{
    arena_end(thing);
}

struct arena *arena_beside(struct job *job)
{
    struct arena *arena = arena_begin();
    arena_defer(job->arena, end_arena, arena);
    return arena;
}

void put_checks(struct json *json, const struct check *check, size_t count)
{
    size_t broken = count;
    json_key(json, LIT("checks"));
    json_map_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_key(json, check[i].name);
        json_bool(json, check[i].holds);
        broken = check[i].holds || broken < count ? broken : i;
    }
    json_map_end(json);
    if (broken < count) {
        json_key(json, LIT("finding"));
        json_lit(json, check[broken].finding);
    }
}
