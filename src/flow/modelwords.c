/*
 * modelwords.c - what the pages about models say alike.
 */
#include "chart.h"

#include "frame.h"
#include "model.h"
#include "shapes.h"

struct str importance_text(struct arena *arena, double importance)
{
    if (importance >= 10) {
        return str_format(arena, importance >= 1000 ? "%.0f" : "%.1f", importance);
    }
    return importance > 0 && importance < 0.001 ? STR("< 0.001")
                                                : str_format(arena, "%.3f", importance);
}

struct str unit_words(struct arena *arena, const struct model *model)
{
    switch (model->task) {
    case TASK_BINARY:
        return str_format(arena,
                          "Each step is how much this value raises or lowers the log-odds of "
                          "\xe2\x80\x9c%.*s\xe2\x80\x9d. +0.7 doubles the odds, \xe2\x88\x92"
                          "0.7 halves them, and 0 changes nothing against the average.",
                          STR_ARG(model->positive.len > 0 ? model->positive : model->target));
    case TASK_REGRESSION:
        return str_format(arena,
                          "Each step is how much this value adds to the predicted %.*s, in its own "
                          "unit; 0 changes nothing against the average.",
                          STR_ARG(model->target));
    case TASK_COUNT:
    case TASK_AMOUNT:
        return str_format(arena,
                          "Each step is how much this value adds to the logarithm of the expected "
                          "%.*s. +0.7 doubles it, \xe2\x88\x92"
                          "0.7 halves it, and 0 changes nothing against the average.",
                          STR_ARG(model->target));
    case TASK_CLASSES:
        return STR("There is one picture per class. Each step is how much this value raises or "
                   "lowers the score of that class: +0.7 doubles its odds against a class that is "
                   "not moved, and 0 changes nothing against the average.");
    }
    return STR("");
}
