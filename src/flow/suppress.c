/*
 * suppress.c - marks of those who were erased and asked not to be contacted again.
 *
 * An erasure leaves nothing, so a list that is imported later would bring the person back. Who asks
 * for it gets a mark: BLAKE2b-128, under a key of the home, of each name and address that the person
 * had, in the form in which subjects are found (no white space around, small letters when there is
 * an @). An import leaves out new rows that have a mark. Without the home's key nobody can tell
 * whose mark it is; with it, only by trying names.
 */
#include "request.h"

static enum candor_status tag_text(struct job *job, struct candor *candor, struct str text,
                                   struct str *tag)
{
    struct secret *key = NULL;
    uint8_t byte[TAG_LEN_MIN];
    const struct str trimmed = str_trim(text);
    const struct str plain =
        str_find(trimmed, '@') < trimmed.len ? str_lower(job->arena, trimmed) : trimmed;
    TRY(store_home_secret(job, candor->store, "suppress", &key));
    const struct bytes part[] = {bytes_of(plain)};
    tag_of(byte, sizeof byte, key, part, 1);
    *tag = hex_of(job->arena, (struct bytes){byte, sizeof byte});
    return CANDOR_OK;
}

enum candor_status suppress_add(struct job *job, struct candor *candor, struct txn *txn,
                                struct str text)
{
    struct str tag;
    struct buf content = buf_begin(job->arena);
    if (str_trim(text).len == 0) {
        return CANDOR_OK;
    }
    TRY(tag_text(job, candor, text, &tag));
    buf_u64le(&content, (uint64_t)job->now);
    /* If it is not committed, an import reads them once more than it had to. */
    candor->marks_made++;
    return store_put_document(job, txn, LIT("suppressed"), tag, buf_all(&content));
}

enum candor_status suppress_load(struct job *job, struct candor *candor, struct txn *txn,
                                 struct arena *arena, struct map **marks)
{
    struct str *name = NULL;
    size_t count = 0;
    (void)candor;
    *marks = NULL;
    TRY(store_documents(job, txn, LIT("suppressed"), &name, &count));
    if (count == 0) {
        return CANDOR_OK;
    }
    struct map *set = map_begin(arena);
    for (size_t i = 0; i < count; i++) {
        map_put(set, KEY(name[i]), set);
    }
    *marks = set;
    return CANDOR_OK;
}

enum candor_status suppress_holds(struct job *job, struct candor *candor, const struct map *marks,
                                  struct str text, bool *holds)
{
    struct str tag;
    *holds = false;
    if (marks == NULL || text.len == 0) {
        return CANDOR_OK;
    }
    TRY(tag_text(job, candor, text, &tag));
    *holds = map_get(marks, KEY(tag)) != NULL;
    return CANDOR_OK;
}
