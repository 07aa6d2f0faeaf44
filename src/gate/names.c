/*
 * names.c - names of people, addresses, places and companies, by a small model.
 *
 * A linear chain (conditional random field) over the tokens of names_read.c: each token has a weight for each label
 * and each pair of labels, and the best way through is taken (Viterbi 1967). Weights are whole numbers, so that
 * every machine finds the same. bench/gate_names.py fits them.
 *
 * The model looks only where prose stands: blocks of 64 bytes with words, blanks and hardly any sign of programs.
 */
#include "names.h"

#include <string.h>

enum {
    NO_WAY = -(1 << 28),
    EAGER = 20, /* for any label: a name that is missed is worse than one that is none */
    FAR = 128,  /* 8 logits */
};

static const struct {
    uint16_t bucket;
    int8_t weight[LABELS];
} row[] = {
#define STEPS(...)
#define WEIGHT(bucket, ...) {bucket, {__VA_ARGS__}},
#include "names_model.def"
#undef WEIGHT
#undef STEPS
};

/* From one label to the next; the last row begins. */
static const int16_t step[LABELS + 1][LABELS] = {
#define STEPS(...) {__VA_ARGS__},
#define WEIGHT(...)
#include "names_model.def"
#undef WEIGHT
#undef STEPS
};

/* All labels at once; the compiler knows what the machine has for it. */
typedef int16_t scores __attribute__((vector_size(2 * LABELS)));

struct name_model {
    scores weight[NAME_BUCKETS];
};

struct name_model *name_model_begin(struct arena *arena)
{
    struct name_model *model = NEW(arena, struct name_model);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        for (size_t l = 0; l < LABELS; l++) {
            model->weight[row[i].bucket][l] = row[i].weight[l];
        }
    }
    return model;
}

/* ---- labels ---------------------------------------------------------------------------------- */

static scores weigh(const struct name_model *model, const struct name_token token[], size_t count,
                    size_t at)
{
    uint16_t feature[NAME_FEATURES];
    scores score = {0};
    name_features(token, count, at, feature);
    for (size_t f = 0; f < NAME_FEATURES; f++) {
        score += model->weight[feature[f]];
    }
    return score;
}

struct way {
    int32_t score[LABELS];
    uint8_t from[NAME_TOKENS_MAX][LABELS];
};

/* The best way to each label of a token. */
static void go_on(struct way *way, size_t at, const int16_t score[LABELS])
{
    int32_t best[LABELS];
    for (size_t to = 0; to < LABELS; to++) {
        size_t from = 0;
        for (size_t l = 1; l < LABELS; l++) {
            from = way->score[l] + step[l][to] > way->score[from] + step[from][to] ? l : from;
        }
        way->from[at][to] = (uint8_t)from;
        best[to] = way->score[from] + step[from][to] + score[to];
    }
    memcpy(way->score, best, sizeof best);
}

/* What cannot be a name is none. */
static void go_plain(struct way *way, size_t at)
{
    size_t from = 0;
    for (size_t l = 1; l < LABELS; l++) {
        from = way->score[l] + step[l][LABEL_NONE] > way->score[from] + step[from][LABEL_NONE]
                   ? l
                   : from;
    }
    way->from[at][LABEL_NONE] = (uint8_t)from;
    way->score[LABEL_NONE] = way->score[from] + step[from][LABEL_NONE];
    for (size_t l = 1; l < LABELS; l++) {
        way->from[at][l] = LABEL_NONE;
        way->score[l] = NO_WAY;
    }
}

/* Whether any label is near enough to none for its neighbours to matter. */
static bool may_be_one(const int16_t sure[LABELS])
{
    for (size_t l = 1; l < LABELS; l++) {
        if (sure[l] > -FAR) {
            return true;
        }
    }
    return false;
}

static bool weigh_all(const struct name_model *model, const struct name_token token[], size_t count,
                      int16_t sure[][LABELS], bool may_be[])
{
    bool is_any = false;
    for (size_t i = 0; i < count; i++) {
        may_be[i] = false;
        memset(sure[i], 0, sizeof sure[i]);
        if (!token[i].may_be) {
            continue;
        }
        const scores score = weigh(model, token, count, i);
        for (size_t l = 1; l < LABELS; l++) {
            sure[i][l] = (int16_t)(score[l] - score[LABEL_NONE] + EAGER);
        }
        may_be[i] = may_be_one(sure[i]);
        is_any = is_any || may_be[i];
    }
    return is_any;
}

void name_labels(const struct name_model *model, const struct name_token token[], size_t count,
                 uint8_t label[], int16_t sure[][LABELS])
{
    struct way way;
    bool may_be[NAME_TOKENS_MAX];
    memset(label, LABEL_NONE, count);
    if (!weigh_all(model, token, count, sure, may_be)) {
        return;
    }
    for (size_t l = 0; l < LABELS; l++) {
        way.score[l] = step[LABELS][l];
    }
    for (size_t i = 0; i < count; i++) {
        if (may_be[i]) {
            go_on(&way, i, sure[i]);
        } else if (i > 0 && !may_be[i - 1]) {
            way.from[i][LABEL_NONE] = LABEL_NONE;
            way.score[LABEL_NONE] += step[LABEL_NONE][LABEL_NONE];
        } else {
            go_plain(&way, i);
        }
    }
    size_t best = 0;
    for (size_t l = 1; l < LABELS; l++) {
        best = way.score[l] > way.score[best] ? l : best;
    }
    for (size_t i = count; i > 0; i--) {
        label[i - 1] = (uint8_t)best;
        best = way.from[i - 1][best];
    }
}
