/*
 * study_options.c - what a person says of a fit in words: the task, shapes, pairs.
 */
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "study.h"

/* ---- the task ---- */

static const char *const task_choice[] = {
    [0] = "auto",           [TASK_BINARY] = "binary", [TASK_REGRESSION] = "regression",
    [TASK_COUNT] = "count", [TASK_AMOUNT] = "amount", [TASK_CLASSES] = "classes",
};

enum { TASK_CHOICES = sizeof task_choice / sizeof task_choice[0] };

enum candor_status task_of_word(struct job *job, const char *word, int *task)
{
    *task = 0;
    for (int t = 0; word != NULL && t < TASK_CHOICES; t++) {
        if (str_is(str_of(word), task_choice[t])) {
            *task = t;
            return CANDOR_OK;
        }
    }
    if (word == NULL) {
        return CANDOR_OK;
    }
    const char *near = nearest_word(str_of(word), task_choice, TASK_CHOICES);
    return fail(
        job, CANDOR_BAD_INPUT, "--task is auto, binary, regression, count, amount or classes%s%s%s",
        near == NULL ? "" : "; did you mean ", near == NULL ? "" : near, near == NULL ? "" : "?");
}

/* ---- lists of columns ---- */

bool list_holds(const char *list, struct str feature)
{
    struct str rest = str_of(list);
    while (list != NULL && rest.ptr != NULL) {
        const struct str name = str_trim(str_cut(&rest, ','));
        if (name.len > 0 && is_of_column(feature, name)) {
            return true;
        }
    }
    return false;
}

/* Where the last mark stands, or text.len. */
static size_t find_last(struct str text, char mark)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != mark) {
        at--;
    }
    return at > 0 ? at - 1 : text.len;
}

/* ---- shapes ---- */

static bool shape_of_word(struct str word, int *shape)
{
    static const struct {
        const char *word;
        enum shape shape;
    } known[] = {{"+", SHAPE_UP},      {"up", SHAPE_UP},         {"-", SHAPE_DOWN},
                 {"down", SHAPE_DOWN}, {"convex", SHAPE_CONVEX}, {"concave", SHAPE_CONCAVE},
                 {"free", SHAPE_FREE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_is(word, known[i].word)) {
            *shape = (int)known[i].shape;
            return true;
        }
    }
    return false;
}

static enum candor_status set_shape(struct job *job, const char *option, struct str name,
                                    const struct binned *binned, int word, int *shape)
{
    size_t f = 0;
    while (f < binned->feature_count && !str_equal(binned->feature[f].name, name)) {
        f++;
    }
    if (f == binned->feature_count) {
        return fail(job, CANDOR_BAD_INPUT, "%s: '%.*s' is no feature of this model", option,
                    STR_ARG(name));
    }
    if (binned->feature[f].kind == COLUMN_CATEGORY && word != SHAPE_FREE) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s: '%.*s' has levels without an order; say it with --types as ordinal "
                    "[least, ..., most]",
                    option, STR_ARG(name));
    }
    if (shape[f] != SHAPE_FREE && shape[f] != word) {
        return fail(job, CANDOR_BAD_INPUT, "%s: '%.*s' has another shape already", option,
                    STR_ARG(name));
    }
    shape[f] = word;
    return CANDOR_OK;
}

static enum candor_status shapes_of_list(struct job *job, const char *option, const char *list,
                                         const struct binned *binned, int *shape)
{
    struct str rest = str_of(list);
    while (list != NULL && rest.ptr != NULL) {
        const struct str item = str_trim(str_cut(&rest, ','));
        const size_t equals = find_last(item, '=');
        int word = SHAPE_FREE;
        if (item.len == 0) {
            continue;
        }
        if (equals == item.len ||
            !shape_of_word(str_trim(str_slice(item, equals + 1, item.len)), &word)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "%s is a list of COL=SHAPE; a shape is up (+), down (-), convex or concave",
                        option);
        }
        TRY(set_shape(job, option, str_trim(str_slice(item, 0, equals)), binned, word, shape));
    }
    return CANDOR_OK;
}

enum candor_status shapes_of_words(struct job *job, const struct candor_fit *fit,
                                   const struct binned *binned, int **shape)
{
    *shape = NEW_ARRAY(job->arena, binned->feature_count + 1, int);
    TRY(shapes_of_list(job, "--monotone", fit->monotone, binned, *shape));
    return shapes_of_list(job, "--shape", fit->shape, binned, *shape);
}

/* ---- pairs ---- */

static bool is_feature(const struct binned *binned, struct str name)
{
    for (size_t f = 0; f < binned->feature_count; f++) {
        if (is_of_column(binned->feature[f].name, name)) {
            return true;
        }
    }
    return false;
}

/* A:B; names may hold colons, so the one counts that has a feature on either side. */
static bool cut_pair(const struct binned *binned, struct str item, struct str *left,
                     struct str *right)
{
    for (size_t at = 0; at < item.len; at++) {
        if (item.ptr[at] != ':') {
            continue;
        }
        *left = str_trim(str_slice(item, 0, at));
        *right = str_trim(str_slice(item, at + 1, item.len));
        if (is_feature(binned, *left) && is_feature(binned, *right)) {
            return true;
        }
    }
    return false;
}

enum { BANS_MAX = 1 << 16 };

static enum candor_status ban_pair(struct job *job, const struct binned *binned, struct str left,
                                   struct str right, struct pair_ban *ban, size_t *count)
{
    for (size_t a = 0; a < binned->feature_count; a++) {
        for (size_t b = 0; b < binned->feature_count; b++) {
            if (a == b || !is_of_column(binned->feature[a].name, left) ||
                !is_of_column(binned->feature[b].name, right)) {
                continue;
            }
            if (*count == BANS_MAX) {
                return fail(job, CANDOR_TOO_LARGE, "--no-pair: more than %d pairs", BANS_MAX);
            }
            ban[(*count)++] = (struct pair_ban){{a, b}};
        }
    }
    return CANDOR_OK;
}

enum candor_status bans_of_words(struct job *job, const char *words, const struct binned *binned,
                                 struct pair_ban **ban, size_t *count)
{
    struct str rest = str_of(words);
    *count = 0;
    *ban = NULL;
    if (words == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, *ban, BANS_MAX, struct pair_ban);
    while (rest.ptr != NULL) {
        const struct str item = str_trim(str_cut(&rest, ','));
        struct str left;
        struct str right;
        if (item.len == 0) {
            continue;
        }
        if (!cut_pair(binned, item, &left, &right)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--no-pair '%.*s': a pair is A:B, both features of this model",
                        STR_ARG(item));
        }
        TRY(ban_pair(job, binned, left, right, *ban, count));
    }
    return CANDOR_OK;
}
