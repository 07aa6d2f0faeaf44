/*
 * share_check.c - what an export must not hold, looked for in every value before anything is written.
 *
 *   undeclared   a value that names a person, in a field that candor.yaml does not say holds such
 *   small group  without names and addresses, rows that look like fewer than so many others: whoever knows
 *                the person finds them again
 */
#include "detect.h"
#include "share.h"

static bool is_declared(const struct field *field, enum identifies kind)
{
    static const char *const word[] = {"", "email", "phone", "iban", "card"};
    return str_is(field->pii, word[kind]);
}

static enum candor_status check_field(struct job *job, const struct field *field,
                                      const struct shared *shared, size_t f)
{
    size_t found[IDENTIFIES_CARD + 1] = {0};
    if (field->type != FIELD_TEXT && field->type != FIELD_CATEGORY) {
        return CANDOR_OK;
    }
    for (size_t r = 0; r < shared->row_count; r++) {
        found[text_identifies(shared->row[r].cell[f])]++;
    }
    for (size_t kind = IDENTIFIES_NOBODY + 1; kind <= IDENTIFIES_CARD; kind++) {
        if (found[kind] > 0 && !is_declared(field, (enum identifies)kind)) {
            return fail(job, CANDOR_REFUSED,
                        "field '%.*s' holds %s in %zu of %zu rows, which candor.yaml does not "
                        "declare: nothing was written; clean it or say so under pii",
                        STR_ARG(field->name), identifies_name((enum identifies)kind), found[kind],
                        shared->row_count);
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_groups(struct job *job, const struct shared *shared)
{
    struct map *known = map_begin(job->arena);
    struct buf key = buf_begin(job->arena);
    uint64_t *size = NULL;
    uint64_t **group = NULL;
    size_t alone = 0;
    TRY_ALLOC(job, size, shared->row_count + 1, uint64_t);
    TRY_ALLOC(job, group, shared->row_count + 1, uint64_t *);
    for (size_t r = 0; r < shared->row_count; r++) {
        key.len = 0;
        for (size_t f = 0; f < shared->field_count; f++) {
            buf_block(&key, bytes_of(shared->row[r].cell[f]));
        }
        group[r] = map_get(known, buf_all(&key));
        if (group[r] == NULL) {
            group[r] = &size[r];
            map_put(known, buf_all(&key), group[r]);
        }
        ++*group[r];
    }
    for (size_t r = 0; r < shared->row_count; r++) {
        alone += *group[r] < shared->min_group;
    }
    if (alone > 0) {
        return fail(job, CANDOR_REFUSED,
                    "%zu of %zu rows look like fewer than %llu others and could be found again: "
                    "nothing was written; share fewer fields, or candor anonymise them",
                    alone, shared->row_count, (unsigned long long)shared->min_group);
    }
    return CANDOR_OK;
}

enum candor_status share_check(struct job *job, const struct candor *candor,
                               const struct shared *shared)
{
    bool names_people = false;
    for (size_t f = 0; f < shared->field_count; f++) {
        const struct field *field = &candor->inventory->field[shared->field[f]];
        TRY(check_field(job, field, shared, f));
        names_people = names_people || field->pii.len > 0;
    }
    return names_people ? CANDOR_OK : check_groups(job, shared);
}
