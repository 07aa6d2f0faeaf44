/*
 * card.c - what a person should know before using a model.
 *
 * Mitchell et al. 2019, "Model Cards for Model Reporting", asks for the data, the measures and the
 * limits. All of it follows from the model itself, so it cannot say something else than the model does.
 * A limit is a sentence with its number; what there is nothing to say about is not mentioned.
 */
#include "model.h"
#include "review.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS_FEW = 1000, TESTED_FEW = 200, ROWS_PER_FREEDOM = 10 };

static const double missing_many = 0.2;
static const double calibration_far = 0.05;
static const double share_dominant = 0.5;

static int by_importance(const void *left, const void *right)
{
    const struct card_term *a = left;
    const struct card_term *b = right;
    if (a->importance != b->importance) {
        return a->importance > b->importance ? -1 : 1;
    }
    return a->term < b->term ? -1 : a->term > b->term;
}

static enum candor_status rank_terms(struct job *job, const struct model *model, struct card *card)
{
    double all = 0;
    TRY_ALLOC(job, card->term, model->term_count, struct card_term);
    for (size_t t = 0; t < model->term_count; t++) {
        card->term[t] = (struct card_term){t, term_importance(model, &model->term[t]), 0};
        all += card->term[t].importance;
    }
    for (size_t t = 0; t < model->term_count && all > 0; t++) {
        card->term[t].share = card->term[t].importance / all;
    }
    card->term_count = model->term_count;
    qsort(card->term, card->term_count, sizeof *card->term, by_importance);
    return CANDOR_OK;
}

/* ---- limits ---- */

static void say(struct card *card, struct str sentence)
{
    card->limit[card->limit_count] = sentence;
    card->limit_count++;
}

static void say_training(struct arena *arena, const struct model *model, struct card *card)
{
    const double rows = (double)model->rows_train;
    const struct str stopped = model_note_of(model, STR("time_limit"));
    if (stopped.ptr != NULL) {
        say(card, stopped);
    }
    if (model->rows_train < ROWS_FEW) {
        say(card,
            str_format(arena, "It was trained on %.0f rows only: its shapes are uncertain.", rows));
    }
    if (model->freedom * ROWS_PER_FREEDOM > rows) {
        say(card, str_format(arena,
                             "It learnt about %.0f numbers from %.0f rows: it may have learnt some "
                             "of them by heart.",
                             model->freedom, rows));
    }
}

static void say_measures(struct arena *arena, const struct model *model, struct card *card)
{
    const struct measures *measures = &model->measures;
    if (measures->rows == 0) {
        say(card, STR("It was not measured on rows that were held out: how good it is on new "
                      "people is unknown."));
        return;
    }
    if (measures->rows < TESTED_FEW) {
        say(card,
            str_format(arena, "It was measured on %.0f rows only: its measures are uncertain.",
                       (double)measures->rows));
    }
    const bool has_chances = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    double farthest = 0;
    for (size_t i = 0; has_chances && i < measures->calibration_count; i++) {
        const struct calibration *tenth = &measures->calibration[i];
        farthest = fmax(farthest, fabs(tenth->predicted - tenth->observed));
    }
    if (farthest > calibration_far) {
        say(card, str_format(arena,
                             "In one tenth of the held-out rows its probability is off by %.2f on "
                             "average.",
                             farthest));
    }
}

static void say_feature(struct arena *arena, const struct model *model, size_t index,
                        struct card *card)
{
    const struct model_feature *feature = &model->feature[index];
    const double missing = model->term[index].weight[BIN_MISSING];
    if (feature->value_count == 0) {
        say(card, str_format(arena, "'%.*s' was missing in every training row: it says nothing.",
                             STR_ARG(feature->name)));
    } else if (feature->value_count == 1 && missing == 0) {
        say(card, str_format(arena, "'%.*s' was the same in every training row: it says nothing.",
                             STR_ARG(feature->name)));
    } else if (missing > missing_many) {
        say(card, str_format(arena, "'%.*s' was missing in %.0f %% of the training rows.",
                             STR_ARG(feature->name), missing * 100));
    }
}

static void say_dominant(struct arena *arena, const struct model *model, struct card *card)
{
    const struct card_term *first = &card->term[0];
    if (card->term_count > 1 && first->share > share_dominant) {
        say(card, str_format(arena,
                             "'%.*s' carries %.0f %% of all contributions: where it is wrong or "
                             "known too late, the model is.",
                             STR_ARG(model->term[first->term].name), first->share * 100));
    }
}

static void say_edits(struct arena *arena, const struct model *model, struct card *card)
{
    size_t count = 0;
    for (size_t n = 0; n < model->note_count; n++) {
        count += str_starts(model->note[n].key, STR("edit."));
    }
    if (count > 0) {
        say(card, str_format(arena,
                             "A person has edited it (%zu %s): not all that it says was learnt "
                             "from rows.",
                             count, count == 1 ? "edit" : "edits"));
    }
}

enum candor_status model_card(struct job *job, const struct model *model, struct card *card)
{
    *card = (struct card){.model = model};
    TRY(rank_terms(job, model, card));
    TRY_ALLOC(job, card->limit, model->feature_count + 9, struct str);
    say(card, STR("It describes people like those in its training rows; for others, and after "
                  "the world has changed, its probabilities need not hold."));
    say(card, STR("A contribution says what goes along with the outcome, not what causes it."));
    say_training(job->arena, model, card);
    say_measures(job->arena, model, card);
    say_dominant(job->arena, model, card);
    say_edits(job->arena, model, card);
    for (size_t i = 0; i < model->feature_count; i++) {
        say_feature(job->arena, model, i, card);
    }
    return CANDOR_OK;
}
