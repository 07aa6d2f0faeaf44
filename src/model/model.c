/*
 * model.c - the model as a thing: its tables side by side, and the notes that travel with it.
 */
#include "model.h"

#include <math.h>

enum candor_status model_index(struct job *job, struct model *model)
{
    size_t cells = 0;
    for (size_t t = 0; t < model->term_count; t++) {
        cells += model->term[t].cell_count;
    }
    double *table;
    uint32_t *start;
    TRY_ALLOC(job, table, size_mul(cells, model->class_count) + 1, double);
    TRY_ALLOC(job, start, model->term_count + 1, uint32_t);

    size_t at = 0;
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        start[t] = (uint32_t)at;
        for (size_t class = 0; class < model->class_count; class ++) {
            bytes_copy(table + class * cells + at, term->value + class * term->cell_count,
                       term->cell_count * sizeof *table);
        }
        at += term->cell_count;
    }
    model->table = table;
    model->start = start;
    model->cell_count = cells;
    model->base = model->class_base[0];
    return CANDOR_OK;
}

const double *model_cuts(struct arena *arena, const double *low, const double *high, size_t count)
{
    double *cut = NEW_ARRAY(arena, count + 1, double);
    for (size_t v = 0; v < count; v++) {
        cut[v] = v == 0 ? -(double)INFINITY : cut_between(high[v - 1], low[v]);
    }
    return cut;
}

struct str pair_name(struct arena *arena, const struct model_feature *left,
                     const struct model_feature *right)
{
    return str_format(arena, "%.*s & %.*s", STR_ARG(left->name), STR_ARG(right->name));
}

/* The place of the first note whose key is not before this one. */
static size_t note_place(const struct model *model, struct str key)
{
    size_t place = 0;
    while (place < model->note_count && str_compare(model->note[place].key, key) < 0) {
        place++;
    }
    return place;
}

static bool is_note_at(const struct model *model, size_t place, struct str key)
{
    return place < model->note_count && str_equal(model->note[place].key, key);
}

enum candor_status model_note(struct job *job, struct model *model, struct str key, struct str text)
{
    must(key.len > 0 && str_is_utf8(key) && str_is_utf8(text));
    const size_t place = note_place(model, key);
    if (is_note_at(model, place, key)) {
        model->note[place].text = str_copy(job->arena, text);
        return CANDOR_OK;
    }
    if (model->note_count == NOTES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a model holds at most %d notes", NOTES_MAX);
    }

    struct note *note = NEW_ARRAY(job->arena, model->note_count + 1, struct note);
    for (size_t i = 0; i < model->note_count; i++) {
        note[i < place ? i : i + 1] = model->note[i];
    }
    note[place] = (struct note){str_copy(job->arena, key), str_copy(job->arena, text)};
    model->note = note;
    model->note_count++;
    return CANDOR_OK;
}

struct str model_note_of(const struct model *model, struct str key)
{
    const size_t place = note_place(model, key);
    return is_note_at(model, place, key) ? model->note[place].text : (struct str){NULL, 0};
}

double term_importance(const struct model *model, const struct term *term)
{
    double sum = 0;
    for (size_t class = 0; class < model->class_count; class ++) {
        const double *value = term->value + class * term->cell_count;
        for (size_t i = 0; i < term->cell_count; i++) {
            sum += term->weight[i] * fabs(value[i]);
        }
    }
    return sum / (double)model->class_count;
}
