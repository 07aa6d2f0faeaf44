/*
 * left.c - what the fit left out, said in the model: no feature and no round is missed in silence.
 *
 * The notes travel with the file and stand on the card; the marks are for whoever just trained.
 */
#include "fit.h"

static size_t count_of(const bool *mark, size_t count)
{
    size_t marked = 0;
    for (size_t i = 0; i < count && mark != NULL; i++) {
        marked += mark[i];
    }
    return marked;
}

/* "2 features of 70 why: 'a', 'b'", in the order of the features. */
static enum candor_status note_features(struct job *job, struct model *model, struct str key,
                                        const char *why, const bool *mark)
{
    struct buf buf = buf_begin(job->arena);
    const size_t marked = count_of(mark, model->feature_count);
    buf_format(&buf, "%zu of %zu features %s:", marked, model->feature_count, why);
    for (size_t i = 0; i < model->feature_count; i++) {
        if (mark[i]) {
            const struct str name = model->feature[i].name;
            buf_format(&buf, " '%.*s'", STR_ARG(name));
        }
    }
    return model_note(job, model, key, buf_text(&buf));
}

enum candor_status note_left_out(struct job *job, const struct fitting *fitting,
                                 struct model *model)
{
    if (count_of(fitting->is_idle, fitting->feature_count) > 0) {
        model->is_held = fitting->is_idle;
        TRY(note_features(job, model, STR("held_at_zero"),
                          "are held at zero: alone they showed no more than chance, and they were "
                          "not considered for pairs",
                          fitting->is_idle));
    }
    if (count_of(fitting->is_unpaired, fitting->feature_count) > 0) {
        model->is_unpaired = fitting->is_unpaired;
        TRY(note_features(job, model, STR("not_paired"),
                          "were not considered for pairs: others are stronger, a person gave "
                          "them a shape, or time was over",
                          fitting->is_unpaired));
    }
    return CANDOR_OK;
}
