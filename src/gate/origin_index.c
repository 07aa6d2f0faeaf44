/*
 * origin_index.c - an index made, written and read.
 *
 *     "candor origin 1\n"
 *     counts     u32 texts, values, marks, licences, shingles
 *     texts      name (u32 length, bytes), u32 values
 *     values     u16 each: the tokens of all texts, folded
 *     marks      u64 hash, u32 text, u32 place; by hash
 *     licences   u32 identifiers, each (u32 length, bytes); u32 words, each u32
 *     shingles   u32 hash, u32 licence, u32 place; by hash
 *
 * Little-endian. A reader believes nothing: counts are held against the bytes that are left before anything is
 * made, places against the text that they are in, and the order is looked at. A forged index can then only
 * tell lies, which its digest is there for.
 */
#include "originated.h"

#include <stdlib.h>

static const struct lit magic = {"candor origin 1\n", 16};

enum { POSTINGS_MAX = 16, GROW_LEAST = 256, FILTER_BITS_MAX = 28 };

struct origin_index *origin_begin(struct arena *arena)
{
    struct origin_index *origin = NEW(arena, struct origin_index);
    origin->arena = arena;
    return origin;
}

/* ---- making --------------------------------------------------------------------------------- */

/* Room for more; NULL: there is no memory. */
static void *grown(struct arena *arena, void *item, size_t count, size_t more, size_t size,
                   size_t *room)
{
    if (count + more <= *room) {
        return item;
    }
    size_t larger = *room < GROW_LEAST ? GROW_LEAST : *room * 2;
    larger = larger < count + more ? count + more : larger;
    void *made = arena_try(arena, larger, size);
    if (made != NULL) {
        bytes_copy(made, item, count * size);
        *room = larger;
    }
    return made;
}

static enum candor_status no_memory(struct job *job)
{
    return fail(job, CANDOR_NO_MEMORY, "no memory for the index");
}

struct marking {
    struct origin_index *origin;
    bool is_short; /* of memory */
};

static void put_mark(void *context, uint64_t hash, uint32_t place)
{
    struct marking *marking = context;
    struct origin_index *origin = marking->origin;
    struct mark *mark =
        grown(origin->arena, origin->mark, origin->mark_count, 1, sizeof *mark, &origin->mark_room);
    if (mark == NULL) {
        marking->is_short = true;
        return;
    }
    origin->mark = mark;
    mark[origin->mark_count++] = (struct mark){hash, (uint32_t)(origin->text_count - 1), place};
}

static enum candor_status put_values(struct job *job, struct origin_index *origin,
                                     const struct values *values)
{
    if (values->count == 0) {
        return CANDOR_OK;
    }
    uint16_t *value = grown(origin->arena, origin->value, origin->value_count, values->count,
                            sizeof *value, &origin->value_room);
    if (value == NULL) {
        return no_memory(job);
    }
    for (size_t i = 0; i < values->count; i++) {
        value[origin->value_count + i] = fold_value(values->value[i]);
    }
    origin->value = value;
    origin->value_count += values->count;
    return CANDOR_OK;
}

enum candor_status origin_add(struct job *job, struct origin_index *origin, struct str name,
                              struct str text)
{
    struct values values;
    struct marking marking = {.origin = origin};
    if (text.len > ORIGIN_TEXT_MAX || name.len > ORIGIN_NAME_MAX ||
        origin->text_count == ORIGIN_TEXTS_MAX || origin->value_count + text.len > UINT32_MAX / 2) {
        return fail(job, CANDOR_TOO_LARGE,
                    "more than %d texts, or one of more than %zu MB, or more than %u tokens",
                    ORIGIN_TEXTS_MAX, ORIGIN_TEXT_MAX >> 20, UINT32_MAX / 2);
    }
    struct indexed *list =
        grown(origin->arena, origin->text, origin->text_count, 1, sizeof *list, &origin->text_room);
    struct arena *scratch = arena_begin();
    enum candor_status status = list == NULL || !values_of(scratch, text, name, false, &values)
                                    ? no_memory(job)
                                    : put_values(job, origin, &values);
    if (status == CANDOR_OK) {
        origin->text = list;
        list[origin->text_count++] = (struct indexed){
            str_copy(origin->arena, name), (uint32_t)(origin->value_count - values.count),
            (uint32_t)values.count};
        winnow(values.value, values.count, put_mark, &marking);
        status = marking.is_short ? no_memory(job) : CANDOR_OK;
    }
    arena_end(scratch);
    return status;
}

static bool same_words(const struct licence *licence, const struct words *words)
{
    return licence->count == words->count &&
           bytes_same(licence->word, words->hash, words->count * sizeof *words->hash);
}

static void add_id(struct arena *arena, struct licence *licence, struct str id)
{
    struct str *larger = NEW_ARRAY(arena, licence->id_count + 1, struct str);
    bytes_copy(larger, licence->id, licence->id_count * sizeof *larger);
    larger[licence->id_count++] = str_copy(arena, id);
    licence->id = larger;
}

enum candor_status origin_add_licence(struct job *job, struct origin_index *origin, struct str id,
                                      struct str text)
{
    struct words words;
    if (text.len > ORIGIN_TEXT_MAX || id.len > ORIGIN_NAME_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "the text of a licence is longer than %zu MB",
                    ORIGIN_TEXT_MAX >> 20);
    }
    if (!licence_words(origin->arena, text, false, &words)) {
        return no_memory(job);
    }
    origin->id_count++;
    for (size_t i = 0; i < origin->licence_count; i++) {
        if (same_words(&origin->licence[i], &words)) {
            add_id(origin->arena, &origin->licence[i], id);
            return CANDOR_OK;
        }
    }
    struct licence *list = grown(origin->arena, origin->licence, origin->licence_count, 1,
                                 sizeof *list, &origin->licence_room);
    if (list == NULL) {
        return no_memory(job);
    }
    origin->licence = list;
    struct licence *licence = &list[origin->licence_count++];
    *licence = (struct licence){.word = words.hash, .count = words.count};
    add_id(origin->arena, licence, id);
    return CANDOR_OK;
}

/* ---- in order ------------------------------------------------------------------------------- */

static int by_hash(const void *left, const void *right)
{
    const struct mark *a = left;
    const struct mark *b = right;
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    if (a->text != b->text) {
        return a->text < b->text ? -1 : 1;
    }
    return a->place < b->place ? -1 : a->place > b->place;
}

static int by_shingle(const void *left, const void *right)
{
    const struct shingle *a = left;
    const struct shingle *b = right;
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    if (a->licence != b->licence) {
        return a->licence < b->licence ? -1 : 1;
    }
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Of what stands everywhere, the first few places are enough. */
static void drop_common(struct origin_index *origin)
{
    size_t kept = 0;
    size_t same = 0;
    for (size_t i = 0; i < origin->mark_count; i++) {
        same = i > 0 && origin->mark[i].hash == origin->mark[i - 1].hash ? same + 1 : 0;
        if (same < POSTINGS_MAX) {
            origin->mark[kept++] = origin->mark[i];
        }
    }
    origin->mark_count = kept;
}

uint32_t shingle_hash(const uint32_t *word)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < SHINGLE_WORDS; i++) {
        hash = (hash ^ word[i]) * 16777619U;
        hash ^= hash >> 15;
    }
    return hash;
}

static enum candor_status put_shingles(struct job *job, struct origin_index *origin)
{
    size_t room = 1;
    for (size_t l = 0; l < origin->licence_count; l++) {
        room += origin->licence[l].count;
    }
    origin->shingle = TRY_ARRAY(origin->arena, room, struct shingle);
    if (origin->shingle == NULL) {
        return no_memory(job);
    }
    for (size_t l = 0; l < origin->licence_count; l++) {
        const struct licence *licence = &origin->licence[l];
        for (size_t w = 0; w + SHINGLE_WORDS <= licence->count; w++) {
            const uint32_t hash = shingle_hash(licence->word + w);
            if (licence->count <= SHORT_LICENCE || hash % SHINGLE_SOME == 0) {
                origin->shingle[origin->shingle_count++] =
                    (struct shingle){hash, (uint32_t)l, (uint32_t)w};
            }
        }
    }
    return CANDOR_OK;
}

/* Whether a licence ends with another one, word for word but for a few. */
static bool ends_with(const struct licence *licence, const struct licence *end)
{
    size_t same = 0;
    if (end->count < SHORT_LICENCE || licence->count < end->count + SHORT_LICENCE) {
        return false;
    }
    const uint32_t *from = licence->word + licence->count - end->count;
    if (!bytes_same(from, end->word, SHINGLE_WORDS * sizeof *from)) {
        return false;
    }
    for (size_t w = 0; w < end->count; w++) {
        same += from[w] == end->word[w];
    }
    return same * 100 >= end->count * 95;
}

/* The LGPL 3.0 of the list brings the GPL 3.0 with it; people copy it without. */
static enum candor_status add_parts(struct job *job, struct origin_index *origin)
{
    const size_t whole = origin->licence_count;
    for (size_t l = 0; l < whole; l++) {
        for (size_t e = 0; e < whole; e++) {
            if (!ends_with(&origin->licence[l], &origin->licence[e])) {
                continue;
            }
            struct licence *list = grown(origin->arena, origin->licence, origin->licence_count, 1,
                                         sizeof *list, &origin->licence_room);
            if (list == NULL) {
                return no_memory(job);
            }
            origin->licence = list;
            list[origin->licence_count] = list[l];
            list[origin->licence_count++].count -= list[e].count;
            break;
        }
    }
    return CANDOR_OK;
}

enum candor_status origin_end(struct job *job, struct origin_index *origin)
{
    TRY(add_parts(job, origin));
    TRY(put_shingles(job, origin));
    if (origin->shingle_count > 1) {
        qsort(origin->shingle, origin->shingle_count, sizeof *origin->shingle, by_shingle);
    }
    if (origin->mark_count > 1) {
        qsort(origin->mark, origin->mark_count, sizeof *origin->mark, by_hash);
    }
    drop_common(origin);
    origin_prepare(origin);
    return CANDOR_OK;
}

/* ---- what is looked up ---------------------------------------------------------------------- */

static void prepare_marks(struct origin_index *origin)
{
    origin->mark_bucket = NEW_ARRAY(origin->arena, BUCKETS + 1, uint32_t);
    origin->filter_bits = 16;
    while (origin->filter_bits < FILTER_BITS_MAX &&
           (UINT64_C(1) << origin->filter_bits) < (uint64_t)origin->mark_count * 16) {
        origin->filter_bits++;
    }
    origin->filter = NEW_ARRAY(origin->arena, (size_t)1 << (origin->filter_bits - 6), uint64_t);
    for (size_t i = 0; i < origin->mark_count; i++) {
        const uint64_t hash = origin->mark[i].hash;
        const uint64_t bit = hash & ((UINT64_C(1) << origin->filter_bits) - 1);
        origin->filter[bit / 64] |= UINT64_C(1) << (bit % 64);
        origin->mark_bucket[(hash >> 48) + 1]++;
    }
    for (size_t b = 0; b < BUCKETS; b++) {
        origin->mark_bucket[b + 1] += origin->mark_bucket[b];
    }
}

static void prepare_shingles(struct origin_index *origin)
{
    origin->shingle_bucket = NEW_ARRAY(origin->arena, BUCKETS + 1, uint32_t);
    for (size_t i = 0; i < origin->shingle_count; i++) {
        origin->shingle_bucket[(origin->shingle[i].hash >> 16) + 1]++;
        origin->licence[origin->shingle[i].licence].shingles++;
    }
    for (size_t b = 0; b < BUCKETS; b++) {
        origin->shingle_bucket[b + 1] += origin->shingle_bucket[b];
    }
}

void origin_prepare(struct origin_index *origin)
{
    prepare_marks(origin);
    prepare_shingles(origin);
}

struct origin_counts origin_counts(const struct origin_index *origin)
{
    return (struct origin_counts){origin->text_count, origin->value_count, origin->mark_count,
                                  origin->id_count, origin->licence_count};
}

/* ---- bytes ---------------------------------------------------------------------------------- */

void origin_write(const struct origin_index *origin, struct buf *buf)
{
    buf_lit(buf, magic);
    buf_u32le(buf, (uint32_t)origin->text_count);
    buf_u32le(buf, (uint32_t)origin->value_count);
    buf_u32le(buf, (uint32_t)origin->mark_count);
    buf_u32le(buf, (uint32_t)origin->licence_count);
    buf_u32le(buf, (uint32_t)origin->shingle_count);
    for (size_t i = 0; i < origin->text_count; i++) {
        buf_block(buf, bytes_of(origin->text[i].name));
        buf_u32le(buf, origin->text[i].count);
    }
    for (size_t i = 0; i < origin->value_count; i++) {
        buf_u16le(buf, origin->value[i]);
    }
    for (size_t i = 0; i < origin->mark_count; i++) {
        buf_u64le(buf, origin->mark[i].hash);
        buf_u32le(buf, origin->mark[i].text);
        buf_u32le(buf, origin->mark[i].place);
    }
    for (size_t l = 0; l < origin->licence_count; l++) {
        const struct licence *licence = &origin->licence[l];
        buf_u32le(buf, (uint32_t)licence->id_count);
        for (size_t i = 0; i < licence->id_count; i++) {
            buf_block(buf, bytes_of(licence->id[i]));
        }
        buf_u32le(buf, (uint32_t)licence->count);
        for (size_t w = 0; w < licence->count; w++) {
            buf_u32le(buf, licence->word[w]);
        }
    }
    for (size_t i = 0; i < origin->shingle_count; i++) {
        buf_u32le(buf, origin->shingle[i].hash);
        buf_u32le(buf, origin->shingle[i].licence);
        buf_u32le(buf, origin->shingle[i].place);
    }
}

static bool has_left(const struct reader *reader, size_t count, size_t size)
{
    return !reader->bad && count <= (reader->len - reader->at) / size;
}

static enum candor_status no_index(struct job *job, const char *why)
{
    return fail(job, CANDOR_BAD_INPUT, "this is no index of texts: %s", why);
}

static enum candor_status read_texts(struct job *job, struct reader *reader,
                                     struct origin_index *origin)
{
    uint64_t first = 0;
    if (!has_left(reader, origin->text_count, 8) || origin->text_count > ORIGIN_TEXTS_MAX) {
        return no_index(job, "it has fewer texts than it says");
    }
    TRY_ALLOC(job, origin->text, origin->text_count + 1, struct indexed);
    for (size_t i = 0; i < origin->text_count; i++) {
        const struct str name = read_text(reader);
        const uint32_t count = read_u32le(reader);
        if (reader->bad || name.len > ORIGIN_NAME_MAX) {
            return no_index(job, "a name in it is cut off or too long");
        }
        origin->text[i] = (struct indexed){str_copy(job->arena, name), (uint32_t)first, count};
        first += count;
        if (first > origin->value_count) {
            return no_index(job, "its texts are longer than it says");
        }
    }
    return first == origin->value_count ? CANDOR_OK
                                        : no_index(job, "tokens in it belong to no text");
}

static enum candor_status read_marks(struct job *job, struct reader *reader,
                                     struct origin_index *origin)
{
    if (!has_left(reader, origin->value_count, 2)) {
        return no_index(job, "it has fewer tokens than it says");
    }
    TRY_ALLOC(job, origin->value, origin->value_count + 1, uint16_t);
    for (size_t i = 0; i < origin->value_count; i++) {
        origin->value[i] = read_u16le(reader);
    }
    if (!has_left(reader, origin->mark_count, 16)) {
        return no_index(job, "it has fewer marks than it says");
    }
    TRY_ALLOC(job, origin->mark, origin->mark_count + 1, struct mark);
    for (size_t i = 0; i < origin->mark_count; i++) {
        struct mark *mark = &origin->mark[i];
        mark->hash = read_u64le(reader);
        mark->text = read_u32le(reader);
        mark->place = read_u32le(reader);
        if (mark->text >= origin->text_count ||
            (uint64_t)mark->place + ORIGIN_RUN > origin->text[mark->text].count) {
            return no_index(job, "a mark in it is outside of its text");
        }
        if (i > 0 && by_hash(mark - 1, mark) >= 0) {
            return no_index(job, "its marks are not in order");
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_licence(struct job *job, struct reader *reader,
                                       struct origin_index *origin, struct licence *licence)
{
    licence->id_count = read_u32le(reader);
    if (!has_left(reader, licence->id_count, 4) || licence->id_count == 0) {
        return no_index(job, "a licence in it has no identifier");
    }
    TRY_ALLOC(job, licence->id, licence->id_count, struct str);
    for (size_t i = 0; i < licence->id_count; i++) {
        licence->id[i] = str_copy(job->arena, read_text(reader));
        if (reader->bad || licence->id[i].len == 0 || licence->id[i].len > ORIGIN_NAME_MAX) {
            return no_index(job, "an identifier in it is cut off or too long");
        }
    }
    origin->id_count += licence->id_count;
    licence->count = read_u32le(reader);
    if (!has_left(reader, licence->count, 4)) {
        return no_index(job, "a licence in it is cut off");
    }
    TRY_ALLOC(job, licence->word, licence->count + 1, uint32_t);
    for (size_t w = 0; w < licence->count; w++) {
        licence->word[w] = read_u32le(reader);
    }
    return CANDOR_OK;
}

static enum candor_status read_shingles(struct job *job, struct reader *reader,
                                        struct origin_index *origin)
{
    if (!has_left(reader, origin->shingle_count, 12)) {
        return no_index(job, "it has fewer shingles than it says");
    }
    TRY_ALLOC(job, origin->shingle, origin->shingle_count + 1, struct shingle);
    for (size_t i = 0; i < origin->shingle_count; i++) {
        struct shingle *shingle = &origin->shingle[i];
        shingle->hash = read_u32le(reader);
        shingle->licence = read_u32le(reader);
        shingle->place = read_u32le(reader);
        if (shingle->licence >= origin->licence_count ||
            (uint64_t)shingle->place + SHINGLE_WORDS > origin->licence[shingle->licence].count) {
            return no_index(job, "a shingle in it is outside of its licence");
        }
        if (i > 0 && by_shingle(shingle - 1, shingle) >= 0) {
            return no_index(job, "its shingles are not in order");
        }
    }
    return CANDOR_OK;
}

enum candor_status origin_read(struct job *job, struct bytes bytes, struct origin_index **result)
{
    struct reader reader = reader_of(bytes);
    struct origin_index *origin = origin_begin(job->arena);
    const struct bytes begins = read_bytes(&reader, magic.len);
    if (reader.bad || !bytes_same(begins.ptr, magic.ptr, magic.len)) {
        return no_index(job, "it begins otherwise; make one with candor origin index");
    }
    origin->text_count = read_u32le(&reader);
    origin->value_count = read_u32le(&reader);
    origin->mark_count = read_u32le(&reader);
    origin->licence_count = read_u32le(&reader);
    origin->shingle_count = read_u32le(&reader);
    TRY(read_texts(job, &reader, origin));
    TRY(read_marks(job, &reader, origin));
    if (!has_left(&reader, origin->licence_count, 12)) {
        return no_index(job, "it has fewer licences than it says");
    }
    TRY_ALLOC(job, origin->licence, origin->licence_count + 1, struct licence);
    for (size_t l = 0; l < origin->licence_count; l++) {
        TRY(read_licence(job, &reader, origin, &origin->licence[l]));
    }
    TRY(read_shingles(job, &reader, origin));
    if (!reader_is_done(&reader)) {
        return no_index(job, "something stands behind its end");
    }
    origin_prepare(origin);
    *result = origin;
    return CANDOR_OK;
}
