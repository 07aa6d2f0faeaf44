/*
 * gate_names.c - fits the model for names on labelled texts, or tries it on others.
 *
 *   gate_names fit TEXTS.jsonl MODEL.def          writes the weights
 *   gate_names try TEXTS.jsonl HELD.jsonl BIAS    fits, and prints what is found in the others: one JSON line each
 *
 * A text is {"id", "text", "spans": [[label, start, end], ...]} with bytes and the labels of names.h. The model is
 * a conditional random field of one chain (Lafferty, McCallum, Pereira 2001), fitted by AdaGrad with a small ridge.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "numeric.h"
#include "text.h"

enum { TEXTS_MAX = 60000, EPOCHS = 14, SCALE = 16 };

#define RATE 0.12
#define RIDGE 2e-6

struct labelled {
    struct str text;
    struct str id;
    uint8_t *label; /* of each byte */
};

static double weight[NAME_BUCKETS][LABELS];
static double squares[NAME_BUCKETS][LABELS];
static double steps[LABELS + 1][LABELS];
static double step_squares[LABELS + 1][LABELS];
static struct labelled texts[TEXTS_MAX];
static struct labelled held[TEXTS_MAX];

/* ---- texts ----------------------------------------------------------------------------------- */

static size_t read_texts(struct job *job, const char *path, struct labelled *into)
{
    struct lines *lines = NULL;
    struct str line;
    uint64_t number = 0;
    size_t count = 0;
    if (lines_open(job, str_of(path), &(struct text_limits){.text_max = 64 << 20}, &lines) !=
        CANDOR_OK) {
        (void)fprintf(stderr, "%s\n", job->message);
        exit(2);
    }
    while (count < TEXTS_MAX && lines_next(job, lines, &line, &number) == CANDOR_OK) {
        const struct value *record = NULL;
        if (json_read(job, bytes_of(line), NULL, "a text", &record) != CANDOR_OK) {
            (void)fprintf(stderr, "%s\n", job->message);
            exit(2);
        }
        struct labelled *one = &into[count++];
        one->text = str_copy(job->arena, value_text_at(record, "text"));
        one->id = str_copy(job->arena, value_text_at(record, "id"));
        one->label = NEW_ARRAY(job->arena, one->text.len + 1, uint8_t);
        /* "label start end;..." */
        struct str rest = value_text_at(record, "spans");
        while (rest.len > 0) {
            struct str span = str_cut(&rest, ';');
            int64_t part[3] = {0, 0, 0};
            for (size_t i = 0; i < 3; i++) {
                (void)str_to_int64(str_cut(&span, ' '), &part[i]);
            }
            for (int64_t i = part[1]; i < part[2] && (size_t)i < one->text.len; i++) {
                one->label[i] = (uint8_t)part[0];
            }
        }
    }
    job_forgive(job);
    return count;
}

/* ---- fitting --------------------------------------------------------------------------------- */

struct sequence {
    struct name_token token[NAME_TOKENS_MAX];
    size_t count;
    uint8_t label[NAME_TOKENS_MAX];
    uint16_t feature[NAME_TOKENS_MAX][NAME_FEATURES];
    double score[NAME_TOKENS_MAX][LABELS];
    double ahead[NAME_TOKENS_MAX][LABELS];
    double behind[NAME_TOKENS_MAX][LABELS];
};

static struct sequence sequence;

static double log_sum(const double value[LABELS])
{
    double most = value[0];
    double sum = 0;
    for (size_t l = 1; l < LABELS; l++) {
        most = value[l] > most ? value[l] : most;
    }
    for (size_t l = 0; l < LABELS; l++) {
        sum += exp(value[l] - most);
    }
    return most + log(sum);
}

static void read_sequence(const struct name_words *words, const struct labelled *one)
{
    struct sequence *s = &sequence;
    (void)name_tokens(words, one->text, 0, one->text.len, s->token, &s->count);
    for (size_t i = 0; i < s->count; i++) {
        s->label[i] = s->token[i].may_be ? one->label[s->token[i].start] : LABEL_NONE;
        name_features(s->token, s->count, i, s->feature[i]);
        for (size_t l = 0; l < LABELS; l++) {
            s->score[i][l] = s->token[i].may_be || l == LABEL_NONE ? 0 : -1e4;
            for (size_t f = 0; f < NAME_FEATURES && s->token[i].may_be; f++) {
                s->score[i][l] += weight[s->feature[i][f]][l];
            }
        }
    }
}

static void both_ways(void)
{
    struct sequence *s = &sequence;
    double sum[LABELS];
    for (size_t i = 0; i < s->count; i++) {
        for (size_t l = 0; l < LABELS; l++) {
            for (size_t b = 0; b < LABELS && i > 0; b++) {
                sum[b] = s->ahead[i - 1][b] + steps[b][l];
            }
            s->ahead[i][l] = s->score[i][l] + (i == 0 ? steps[LABELS][l] : log_sum(sum));
        }
    }
    memset(s->behind[s->count - 1], 0, sizeof s->behind[0]);
    for (size_t i = s->count - 1; i > 0; i--) {
        for (size_t l = 0; l < LABELS; l++) {
            for (size_t n = 0; n < LABELS; n++) {
                sum[n] = steps[l][n] + s->score[i][n] + s->behind[i][n];
            }
            s->behind[i - 1][l] = log_sum(sum);
        }
    }
}

static double rate = RATE;

static void move(double *value, double *square, double slope)
{
    slope += RIDGE * *value;
    *square += slope * slope;
    *value -= rate * slope / sqrt(*square + 1e-8);
}

static void learn(const struct name_words *words, const struct labelled *one)
{
    struct sequence *s = &sequence;
    read_sequence(words, one);
    if (s->count == 0) {
        return;
    }
    both_ways();
    const double all = log_sum(s->ahead[s->count - 1]);
    double slope[LABELS + 1][LABELS] = {{0}};
    for (size_t i = 0; i < s->count; i++) {
        for (size_t l = 0; l < LABELS; l++) {
            const double share = exp(s->ahead[i][l] + s->behind[i][l] - all);
            const double error = share - (s->label[i] == l);
            for (size_t f = 0; f < NAME_FEATURES && s->token[i].may_be && fabs(error) > 1e-4; f++) {
                const uint16_t bucket = s->feature[i][f];
                move(&weight[bucket][l], &squares[bucket][l], error);
            }
            if (i == 0) {
                slope[LABELS][l] += error;
                continue;
            }
            for (size_t b = 0; b < LABELS; b++) {
                slope[b][l] +=
                    exp(s->ahead[i - 1][b] + steps[b][l] + s->score[i][l] + s->behind[i][l] - all) -
                    (s->label[i - 1] == b && s->label[i] == l);
            }
        }
    }
    for (size_t b = 0; b <= LABELS; b++) {
        for (size_t l = 0; l < LABELS; l++) {
            move(&steps[b][l], &step_squares[b][l], slope[b][l]);
        }
    }
}

static void fit(const struct name_words *words, size_t count)
{
    static size_t order[TEXTS_MAX];
    struct rng rng = rng_of(1);
    for (size_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (size_t e = 0; e < EPOCHS; e++) {
        rate = RATE / (1 + 0.25 * (double)e);
        for (size_t i = count; i > 1; i--) {
            const size_t j = rng_below(&rng, i);
            const size_t other = order[j];
            order[j] = order[i - 1];
            order[i - 1] = other;
        }
        for (size_t i = 0; i < count; i++) {
            learn(words, &texts[order[i]]);
        }
    }
}

static int whole(double value, int most)
{
    const double scaled = value * SCALE;
    return (int)lround(scaled > most ? most : scaled < -most ? -most : scaled);
}

/* A bucket that says little is left out. */
static void write_model(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        (void)fprintf(stderr, "%s cannot be written\n", path);
        exit(2);
    }
    (void)fprintf(file,
                  "/* names_model.def - what speaks for each label of names.h, in 1/%d of a logit: "
                  "steps from label "
                  "to label, the last row\n * begins; and each bucket of hashed features. By "
                  "bench/gate_names.py. */\n",
                  SCALE);
    for (size_t b = 0; b <= LABELS; b++) {
        (void)fprintf(file, "STEPS(");
        for (size_t l = 0; l < LABELS; l++) {
            (void)fprintf(file, "%s%d", l == 0 ? "" : ", ", whole(steps[b][l], 1000));
        }
        (void)fprintf(file, ")\n");
    }
    for (size_t b = 0; b < NAME_BUCKETS; b++) {
        int most = 0;
        for (size_t l = 0; l < LABELS; l++) {
            const int size = abs(whole(weight[b][l], 127));
            most = size > most ? size : most;
        }
        if (most < 4) {
            continue;
        }
        (void)fprintf(file, "WEIGHT(%zu", b);
        for (size_t l = 0; l < LABELS; l++) {
            (void)fprintf(file, ", %d", whole(weight[b][l], 127));
        }
        (void)fprintf(file, ")\n");
    }
    (void)fclose(file);
}

/* ---- trying ---------------------------------------------------------------------------------- */

/* Each token's label is the one that is likeliest over all ways, none made less likely by the bias. */
static void put_found(const struct name_words *words, const struct labelled *one, double bias)
{
    struct sequence *s = &sequence;
    read_sequence(words, one);
    printf("{\"id\":\"%.*s\",\"spans\":[", STR_ARG(one->id));
    if (s->count > 0) {
        for (size_t i = 0; i < s->count; i++) {
            s->score[i][LABEL_NONE] -= bias;
        }
        both_ways();
        const double all = log_sum(s->ahead[s->count - 1]);
        bool is_first = true;
        for (size_t i = 0; i < s->count; i++) {
            size_t best = 0;
            for (size_t l = 1; l < LABELS; l++) {
                best = s->ahead[i][l] + s->behind[i][l] > s->ahead[i][best] + s->behind[i][best]
                           ? l
                           : best;
            }
            if (best != LABEL_NONE) {
                printf("%s[%zu,%zu,%zu,%.4f]", is_first ? "" : ",", best, s->token[i].start,
                       s->token[i].end, exp(s->ahead[i][best] + s->behind[i][best] - all));
                is_first = false;
            }
        }
    }
    printf("]}\n");
}

int main(int argc, char **argv)
{
    struct job job;
    job_begin(&job, host_real());
    if (argc < 4) {
        (void)fprintf(stderr, "gate_names fit TEXTS MODEL | gate_names try TEXTS HELD BIAS\n");
        return 2;
    }
    const struct name_words *words = name_words_begin(job.arena);
    const size_t count = read_texts(&job, argv[2], texts);
    fit(words, count);
    if (strcmp(argv[1], "fit") == 0) {
        write_model(argv[3]);
    } else {
        const size_t others = read_texts(&job, argv[3], held);
        for (size_t i = 0; i < others; i++) {
            put_found(words, &held[i], argc > 4 ? strtod(argv[4], NULL) : 0);
        }
    }
    job_end(&job);
    return 0;
}
