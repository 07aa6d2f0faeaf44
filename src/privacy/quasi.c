/*
 * quasi.c - columns that others may know people by: their values in an order.
 *
 * Whatever a column holds, a row gets a rank, and joining values is taking a range of ranks. Missing has the
 * rank behind all others.
 */
#include <stdlib.h>

#include "frame.h"
#include "privacy.h"

/* One level on its way into the order. */
struct placed {
    double number;
    struct str text;
    uint32_t code;
};

static int by_number(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return str_compare(a->text, b->text);
}

static int by_text(const void *left, const void *right)
{
    return str_compare(((const struct placed *)left)->text, ((const struct placed *)right)->text);
}

static bool read_number(struct str text, enum quasi_kind kind, double *number)
{
    int64_t micros = 0;
    if (kind == QUASI_NUMBER) {
        return str_to_double(str_trim(text), number);
    }
    const bool is_time = str_to_time(str_trim(text), &micros);
    *number = (double)micros;
    return is_time;
}

static bool all_are(const struct text_codes *codes, enum quasi_kind kind)
{
    double number = 0;
    for (size_t i = 0; i < codes->level_count; i++) {
        if (!read_number(codes->level[i], kind, &number)) {
            return false;
        }
    }
    return codes->level_count > 0;
}

static enum quasi_kind kind_of(const struct text_codes *codes)
{
    if (all_are(codes, QUASI_NUMBER)) {
        return QUASI_NUMBER;
    }
    return all_are(codes, QUASI_DATE) ? QUASI_DATE : QUASI_SET;
}

/* The first row that has a level, counted from 1 after the heading, for a message that must not hold
 * the value. */
static size_t row_with(const struct text_codes *codes, size_t row_count, uint32_t code)
{
    size_t row = 0;
    while (row + 1 < row_count && codes->code[row] != code) {
        row++;
    }
    return row + 1;
}

/* Where each level stands in a list of all that there may be. */
static enum candor_status place_in_list(struct job *job, const struct text_codes *codes,
                                        size_t row_count, const struct str *list, size_t list_count,
                                        uint32_t *rank_of)
{
    struct map *known = map_begin(job->arena);
    uint32_t *place = NEW_ARRAY(job->arena, list_count, uint32_t);
    for (size_t i = 0; i < list_count; i++) {
        place[i] = (uint32_t)i;
        map_put(known, KEY(list[i]), &place[i]);
    }
    for (size_t c = 0; c < codes->level_count; c++) {
        const uint32_t *found = map_get(known, KEY(codes->level[c]));
        if (found == NULL) {
            return fail(job, CANDOR_BAD_INPUT,
                        "column '%.*s', row %zu: a value that its %s does not hold",
                        STR_ARG(codes->name), row_with(codes, row_count, (uint32_t)c),
                        "hierarchy or order");
        }
        rank_of[c] = *found;
    }
    return CANDOR_OK;
}

static enum candor_status place_sorted(struct job *job, const struct text_codes *codes,
                                       size_t row_count, struct quasi *quasi, uint32_t *rank_of)
{
    const bool is_number = quasi->kind != QUASI_SET;
    struct placed *placed = NULL;
    TRY_ALLOC(job, placed, codes->level_count + 1, struct placed);
    for (size_t c = 0; c < codes->level_count; c++) {
        placed[c] = (struct placed){0, codes->level[c], (uint32_t)c};
        if (is_number && !read_number(codes->level[c], quasi->kind, &placed[c].number)) {
            return fail(job, CANDOR_BAD_INPUT, "column '%.*s', row %zu: not a %s",
                        STR_ARG(codes->name), row_with(codes, row_count, (uint32_t)c),
                        quasi->kind == QUASI_DATE ? "date" : "number");
        }
    }
    qsort(placed, codes->level_count, sizeof *placed, is_number ? by_number : by_text);
    for (size_t i = 0; i < codes->level_count; i++) {
        /* 1 and 1.0 are one value. */
        if (i == 0 || !is_number || placed[i].number != placed[i - 1].number) {
            quasi->number[quasi->value_count] = placed[i].number;
            quasi->text[quasi->value_count++] = placed[i].text;
        }
        rank_of[placed[i].code] = (uint32_t)quasi->value_count - 1;
    }
    return CANDOR_OK;
}

enum candor_status quasi_of(struct job *job, const struct text_codes *codes, size_t row_count,
                            const struct quasi_type *type, struct quasi *quasi)
{
    uint32_t *rank_of = NULL;
    const struct str *list = type->kind == QUASI_TREE ? type->tree->leaf : type->level;
    const size_t list_count = type->kind == QUASI_TREE ? type->tree->leaf_count : type->level_count;
    *quasi = (struct quasi){.name = codes->name, .kind = type->kind, .tree = type->tree};
    if (type->kind == QUASI_BY_CONTENT) {
        quasi->kind = kind_of(codes);
    }
    TRY_ALLOC(job, rank_of, codes->level_count + 1, uint32_t);
    TRY_ALLOC(job, quasi->rank, row_count + 1, uint32_t);
    if (quasi->kind == QUASI_TREE || quasi->kind == QUASI_ORDER) {
        quasi->value_count = list_count;
        TRY_ALLOC(job, quasi->text, list_count + 1, struct str);
        bytes_copy(quasi->text, list, list_count * sizeof *list);
        TRY(place_in_list(job, codes, row_count, list, list_count, rank_of));
    } else {
        TRY_ALLOC(job, quasi->text, codes->level_count + 1, struct str);
        TRY_ALLOC(job, quasi->number, codes->level_count + 1, double);
        TRY(place_sorted(job, codes, row_count, quasi, rank_of));
    }
    for (size_t row = 0; row < row_count; row++) {
        const uint32_t code = codes->code[row];
        quasi->rank[row] = code == CODE_MISSING ? (uint32_t)quasi->value_count : rank_of[code];
    }
    return CANDOR_OK;
}

double quasi_penalty(const struct quasi *quasi, uint32_t low, uint32_t high, size_t distinct)
{
    const size_t last = quasi->value_count - 1;
    if (low == high) {
        return 0;
    }
    if (high > last) {
        return 1; /* missing among others: only hiding says both */
    }
    switch (quasi->kind) {
    case QUASI_NUMBER:
    case QUASI_DATE:
        return (quasi->number[high] - quasi->number[low]) /
               (quasi->number[last] - quasi->number[0]);
    case QUASI_ORDER:
        return (double)(high - low) / (double)last;
    case QUASI_TREE: {
        const struct tree_node *node = &quasi->tree->node[tree_over(quasi->tree, low, high)];
        return (double)(node->last - node->first + 1) / (double)quasi->tree->leaf_count;
    }
    case QUASI_SET:
    case QUASI_BY_CONTENT:
        break;
    }
    return (double)distinct / (double)quasi->value_count;
}
