/*
 * recode.c - what a class is called, and how much was lost by it.
 *
 * A class is called by what is in it and not by the cut that made it: "23 to 27" when its people are 23 to
 * 27. Sets are written a|b, in the order of bytes.
 */
#include "privacy.h"

struct naming {
    const struct rows *rows;
    const struct classes *classes;
    uint8_t *present; /* of each rank of the widest column */
    struct str hidden;
};

/* The ranks of one class in one column: least, largest, how many different. */
struct extent {
    uint32_t low;
    uint32_t high;
    size_t distinct;
};

static struct extent extent_of(const struct naming *naming, size_t c, const uint32_t *rank)
{
    const struct classes *classes = naming->classes;
    struct extent extent = {UINT32_MAX, 0, 0};
    for (size_t i = classes->start[c]; i < classes->start[c + 1]; i++) {
        const uint32_t own = rank[classes->row[i]];
        extent.low = own < extent.low ? own : extent.low;
        extent.high = own > extent.high ? own : extent.high;
        extent.distinct += naming->present[own] == 0;
        naming->present[own] = 1;
    }
    return extent;
}

static void forget(const struct naming *naming, size_t c, const uint32_t *rank)
{
    const struct classes *classes = naming->classes;
    for (size_t i = classes->start[c]; i < classes->start[c + 1]; i++) {
        naming->present[rank[classes->row[i]]] = 0;
    }
}

static struct str set_text(struct arena *arena, const struct naming *naming,
                           const struct quasi *quasi, const struct extent *extent)
{
    struct buf buf = buf_begin(arena);
    for (uint32_t rank = extent->low; rank <= extent->high; rank++) {
        if (naming->present[rank]) {
            buf_str(&buf, buf.len > 0 ? STR("|") : STR(""));
            buf_str(&buf, quasi->text[rank]);
        }
    }
    return buf_text(&buf);
}

static struct str range_text(struct arena *arena, const struct quasi *quasi,
                             const struct extent *extent)
{
    const struct str low = str_trim(quasi->text[extent->low]);
    const struct str high = str_trim(quasi->text[extent->high]);
    return str_format(arena, "%.*s to %.*s", STR_ARG(low), STR_ARG(high));
}

static struct str cell_text(struct arena *arena, const struct naming *naming,
                            const struct quasi *quasi, const struct extent *extent)
{
    if (extent->low == extent->high) {
        return extent->low == quasi->value_count ? STR("") : quasi->text[extent->low];
    }
    if (extent->high == quasi->value_count) {
        return naming->hidden;
    }
    switch (quasi->kind) {
    case QUASI_NUMBER:
    case QUASI_DATE:
    case QUASI_ORDER:
        return range_text(arena, quasi, extent);
    case QUASI_TREE:
        return quasi->tree->node[tree_over(quasi->tree, extent->low, extent->high)].name;
    case QUASI_SET:
    case QUASI_BY_CONTENT:
        break;
    }
    return extent->distinct == quasi->value_count ? naming->hidden
                                                  : set_text(arena, naming, quasi, extent);
}

static enum candor_status name_classes(struct job *job, struct naming *naming, struct str *cell,
                                       double *penalty_of)
{
    const struct rows *rows = naming->rows;
    const struct classes *classes = naming->classes;
    for (size_t q = 0; q < rows->quasi_count; q++) {
        const struct quasi *quasi = &rows->quasi[q];
        TRY_ALLOC(job, naming->present, quasi->value_count + 1, uint8_t);
        for (size_t c = 0; c < classes->count; c++) {
            const struct extent extent = extent_of(naming, c, quasi->rank);
            cell[c * rows->quasi_count + q] = cell_text(job->arena, naming, quasi, &extent);
            penalty_of[q] += (double)(classes->start[c + 1] - classes->start[c]) *
                             quasi_penalty(quasi, extent.low, extent.high, extent.distinct);
            forget(naming, c, quasi->rank);
        }
    }
    return CANDOR_OK;
}

/* Classes of one name become one: the number of the first of them. */
static enum candor_status join_classes(struct job *job, const struct naming *naming,
                                       struct recoded *recoded)
{
    const struct classes *classes = naming->classes;
    const size_t width = naming->rows->quasi_count;
    struct map *known = map_begin(job->arena);
    struct buf key = buf_begin(job->arena);
    uint32_t *number = NULL;
    TRY_ALLOC(job, number, classes->count + 1, uint32_t);
    for (size_t c = 0; c < classes->count; c++) {
        struct str *cell = &recoded->cell[c * width];
        key.len = 0;
        for (size_t q = 0; q < width; q++) {
            buf_block(&key, bytes_of(cell[q]));
        }
        uint32_t *found = map_get(known, buf_all(&key));
        if (found == NULL) {
            found = &number[c];
            *found = (uint32_t)recoded->class_count++;
            map_put(known, buf_all(&key), found);
            for (size_t q = 0; q < width; q++) { /* never behind c */
                recoded->cell[*found * width + q] = cell[q];
            }
        }
        recoded->size[*found] += classes->start[c + 1] - classes->start[c];
        for (size_t i = classes->start[c]; i < classes->start[c + 1]; i++) {
            recoded->class_of[classes->row[i]] = *found;
        }
    }
    return CANDOR_OK;
}

static void measure(const struct rows *rows, uint64_t k, struct recoded *recoded)
{
    struct loss *loss = &recoded->loss;
    const double row_count = (double)rows->row_count;
    for (size_t q = 0; q < rows->quasi_count; q++) {
        loss->penalty_of[q] /= row_count;
        loss->penalty += loss->penalty_of[q] / (double)rows->quasi_count;
    }
    for (size_t c = 0; c < recoded->class_count; c++) {
        loss->discernibility += recoded->size[c] * recoded->size[c];
    }
    loss->average_class = row_count / (double)recoded->class_count;
    loss->average_against_k = loss->average_class / (double)k;
}

enum candor_status recode(struct job *job, const struct rows *rows, uint64_t k,
                          const struct classes *classes, struct recoded *recoded)
{
    struct naming naming = {.rows = rows, .classes = classes, .hidden = STR("*")};
    *recoded = (struct recoded){0};
    TRY_ALLOC(job, recoded->cell, size_mul(classes->count, rows->quasi_count), struct str);
    TRY_ALLOC(job, recoded->class_of, rows->row_count + 1, uint32_t);
    TRY_ALLOC(job, recoded->size, classes->count + 1, uint64_t);
    TRY_ALLOC(job, recoded->loss.penalty_of, rows->quasi_count, double);
    TRY(name_classes(job, &naming, recoded->cell, recoded->loss.penalty_of));
    TRY(join_classes(job, &naming, recoded));
    measure(rows, k, recoded);
    return CANDOR_OK;
}

static void take_worse(struct variety *least, const struct variety *own)
{
    least->distinct = own->distinct < least->distinct ? own->distinct : least->distinct;
    least->entropy_l = own->entropy_l < least->entropy_l ? own->entropy_l : least->entropy_l;
    least->distance = own->distance > least->distance ? own->distance : least->distance;
}

enum candor_status variety_least(struct job *job, const struct recoded *recoded, size_t row_count,
                                 const struct sensitive *sensitive, struct variety *least)
{
    uint32_t *row = NULL;
    uint32_t *spare = NULL;
    size_t *next = NULL;
    TRY_ALLOC(job, row, row_count + 1, uint32_t);
    TRY_ALLOC(job, spare, size_mul(2, row_count + 1), uint32_t);
    TRY_ALLOC(job, next, recoded->class_count + 1, size_t);
    for (size_t c = 0; c < recoded->class_count; c++) {
        next[c + 1] = next[c] + recoded->size[c];
    }
    for (size_t i = 0; i < row_count; i++) {
        row[next[recoded->class_of[i]]++] = (uint32_t)i;
    }
    for (size_t c = 0; c < recoded->class_count; c++) {
        const struct variety own =
            variety_of(sensitive, row + next[c] - recoded->size[c], recoded->size[c], spare);
        if (c == 0) {
            *least = own;
        }
        take_worse(least, &own);
    }
    return CANDOR_OK;
}
