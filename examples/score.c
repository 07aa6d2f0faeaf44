/*
 * score.c - open a model, say what it asks, score one row and show every contribution.
 *
 *     cc score.c -o score $(pkg-config --cflags --libs candor)
 *     candor fit customers.csv --target bought --out bought.model
 *     ./score bought.model                              what the model asks
 *     ./score bought.model age=41 job=teacher           a score; what is not given is missing
 */
#include <candor.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_features(const struct candor_model_facts *facts)
{
    static const char *const kind[] = {"", "number", "category", "ordinal"};
    (void)printf("%s from %zu features:\n", facts->target, facts->feature_count);
    for (size_t i = 0; i < facts->feature_count; i++) {
        (void)printf("  %-24s %s\n", facts->feature[i].name, kind[facts->feature[i].kind]);
    }
}

/* The feature that NAME=VALUE names, or feature_count. */
static size_t find_feature(const struct candor_model_facts *facts, const char *given, size_t len)
{
    size_t i = 0;
    while (i < facts->feature_count && (strlen(facts->feature[i].name) != len ||
                                        memcmp(facts->feature[i].name, given, len) != 0)) {
        i++;
    }
    return i;
}

/* Put NAME=VALUE into its place. Returns 0 when there is no such feature, or no number. */
static int take(const struct candor_model_facts *facts, const char *given,
                struct candor_value *value)
{
    const char *equals = strchr(given, '=');
    if (equals == NULL) {
        return 0;
    }
    const size_t i = find_feature(facts, given, (size_t)(equals - given));
    if (i == facts->feature_count) {
        return 0;
    }
    const char *text = equals + 1;
    if (facts->feature[i].kind != CANDOR_NUMBER) {
        value[i].text = text;
        value[i].text_len = strlen(text);
        return 1;
    }
    char *end;
    value[i].number = strtod(text, &end);
    return end != text && *end == '\0';
}

static void print_score(const struct candor_model_facts *facts, const struct candor_row_score *row)
{
    for (size_t c = 0; c < facts->class_count; c++) {
        const char *what = facts->class_name != NULL ? facts->class_name[c] : facts->target;
        (void)printf("%s: %.6g (link %.6g, standard deviation %.2g)\n", what, row->score[c],
                     row->link[c], row->link_sd[c]);
        (void)printf("  %-40s %+.6f\n", "base", facts->base[c]);
        for (size_t t = 0; t < facts->term_count; t++) {
            (void)printf("  %-40s %+.6f\n", facts->term[t].name,
                         row->contribution[c * facts->term_count + t]);
        }
    }
}

static int score(const struct candor_model *model, char **given, int given_count)
{
    const struct candor_model_facts *facts = candor_model_facts(model);
    const size_t classes = facts->class_count;
    struct candor_value *value = calloc(facts->feature_count + 1, sizeof *value);
    double *room = calloc(classes * (3 + facts->term_count), sizeof *room);
    if (value == NULL || room == NULL) {
        free(value);
        free(room);
        return 3;
    }
    int status = 0;
    for (size_t i = 0; i < facts->feature_count; i++) {
        value[i].number = (double)NAN;
    }
    for (int i = 0; i < given_count && status == 0; i++) {
        if (!take(facts, given[i], value)) {
            (void)fprintf(stderr, "score: '%s' is not NAME=VALUE of a feature\n", given[i]);
            status = 2;
        }
    }
    if (status == 0) {
        const struct candor_row_score row = {room, room + classes, room + 2 * classes,
                                             room + 3 * classes};
        candor_model_score_row(model, value, &row);
        print_score(facts, &row);
    }
    free(value);
    free(room);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "score MODEL [NAME=VALUE ...]\n");
        return 2;
    }
    struct job *job = candor_job_begin();
    struct candor_model *model;
    const enum candor_status opened = candor_model_open(job, argv[1], &model);
    if (opened != CANDOR_OK) {
        (void)fprintf(stderr, "score: %s\n", candor_job_message(job));
        candor_job_end(job);
        return candor_status_exit_code(opened);
    }
    candor_job_end(job); /* the model lives on its own */

    int status = 0;
    if (argc == 2) {
        print_features(candor_model_facts(model));
    } else {
        status = score(model, argv + 2, argc - 2);
    }
    candor_model_close(model);
    return status;
}
