/*
 * study_labels.c - what happened to the rows of a table, in the words of a model.
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"

/* What one value of the target's column means to the model; NaN when nothing. */
static double meaning_of(const struct model *model, struct str text)
{
    double number = NOT_KNOWN;
    switch (model->task) {
    case TASK_BINARY:
        if (str_equal(text, model->positive)) {
            return 1;
        }
        return model->negative.len == 0 || str_equal(text, model->negative) ? 0 : NOT_KNOWN;
    case TASK_CLASSES:
        for (size_t c = 0; c < model->class_count; c++) {
            if (str_equal(text, model->class_name[c])) {
                return (double)c;
            }
        }
        return NOT_KNOWN;
    case TASK_REGRESSION:
    case TASK_COUNT:
    case TASK_AMOUNT:
        break;
    }
    return str_to_double(text, &number) ? number : NOT_KNOWN;
}

static double label_of_number(struct job *job, const struct model *model, double number)
{
    const bool has_values = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    return isnan(number) || !has_values ? number
                                        : meaning_of(model, str_from_double(job->arena, number));
}

enum candor_status study_labels(struct job *job, const struct model *model,
                                const struct table *table, const double **labels)
{
    const struct column *column = frame_find(table->frame, model->target);
    double *label;
    double *of_level = NULL;
    *labels = NULL;
    if (column == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, label, table->row_count, double);
    if (column->kind != COLUMN_NUMBER) {
        TRY_ALLOC(job, of_level, column->level_count + 1, double);
        for (size_t l = 0; l < column->level_count; l++) {
            of_level[l] = meaning_of(model, column->level[l]);
        }
    }
    for (size_t row = 0; row < table->row_count; row++) {
        const struct arena_mark mark = arena_mark(job->arena);
        if (of_level == NULL) {
            label[row] = label_of_number(job, model, column->number[row]);
        } else {
            const uint32_t code = column->code[row];
            label[row] = code == CODE_MISSING ? NOT_KNOWN : of_level[code];
        }
        arena_rewind(job->arena, mark);
    }
    *labels = label;
    return CANDOR_OK;
}
