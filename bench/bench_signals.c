/*
 * bench_signals.c - what decoding consent strings costs, on one core.
 *
 *     bench_signals FOLDER [TCF GPP]
 *
 * FOLDER has the published vectors (consent-strings of the data). Every well-formed string of them is
 * decoded in turn, a round of all at a time, for about a second of processor time; the fastest round
 * and the median are printed, as strings a second. Decoding includes every check; of TC strings it
 * ends with one question (may vendor 10 use purpose 2?), so that the sets are read. With TCF and GPP
 * the same strings are written there, one a line, for the rivals of bench_signals.sh.
 *
 * Then the worst that 64 KiB can do: the time to refuse, or read, strings made to be slow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inside.h"
#include "text.h"

enum { STRINGS_MAX = 4096, ROUNDS_MAX = 100000, LONG = 65536 };

struct strings {
    struct str text[STRINGS_MAX];
    size_t count;
    size_t len; /* of all together */
};

static struct strings tcf_strings;
static struct strings gpp_strings;

static double now_cpu(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void load(struct job *job, const char *folder, const char *name, struct strings *strings)
{
    const struct text_limits limits = {.size_max = (size_t)16 << 20};
    const struct value *root = NULL;
    struct bytes content;
    const struct str path = path_join(job->arena, str_of(folder), str_of(name));
    if (file_read(job, path, (size_t)16 << 20, &content) != CANDOR_OK ||
        json_read(job, content, &limits, name, &root) != CANDOR_OK) {
        (void)fprintf(stderr, "bench_signals: %s\n", job->message);
        exit(1);
    }
    const struct value *list = value_get(root, "vectors");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *expected = value_get(&list->item[i], "expect");
        const struct value *text = value_get(&list->item[i], "string");
        if (value_get(expected, "ok")->boolean && value_get(expected, "header_only") == NULL) {
            must(strings->count < STRINGS_MAX);
            strings->text[strings->count++] = text->text;
            strings->len += text->text.len;
        }
    }
}

static void save(const char *path, const struct strings *strings)
{
    FILE *file = fopen(path, "w");
    must(file != NULL);
    for (size_t i = 0; i < strings->count; i++) {
        must(fprintf(file, "%.*s\n", STR_ARG(strings->text[i])) > 0);
    }
    must(fclose(file) == 0);
}

static size_t round_tcf(struct arena *arena)
{
    static const struct tcf_declaration declared = {.consent = 0x7FF};
    size_t good = 0;
    for (size_t i = 0; i < tcf_strings.count; i++) {
        const struct arena_mark mark = arena_mark(arena);
        struct tcf tcf;
        must(tcf_decode(arena, tcf_strings.text[i], &tcf) == SIGNAL_FINE);
        good += tcf_answer_allows(tcf_may(&tcf, &declared, 10, 2)) ? 1 : 0;
        arena_rewind(arena, mark);
    }
    return good;
}

static size_t round_gpp(struct arena *arena)
{
    size_t good = 0;
    for (size_t i = 0; i < gpp_strings.count; i++) {
        const struct arena_mark mark = arena_mark(arena);
        struct gpp gpp;
        must(gpp_decode(arena, gpp_strings.text[i], &gpp) == SIGNAL_FINE);
        for (size_t s = 0; s < gpp.count; s++) {
            good += gpp_read(&gpp.section[s]).no_sale ? 1 : 0;
        }
        arena_rewind(arena, mark);
    }
    return good;
}

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void measure(struct arena *arena, const char *name, const struct strings *strings,
                    size_t (*one_round)(struct arena *arena))
{
    static double took[ROUNDS_MAX];
    size_t rounds = 0;
    size_t good = one_round(arena);
    const double end = now_cpu() + 1;
    while (rounds < ROUNDS_MAX && now_cpu() < end) {
        const double begin = now_cpu();
        good += one_round(arena);
        took[rounds++] = now_cpu() - begin;
    }
    qsort(took, rounds, sizeof took[0], by_size);
    const double count = (double)strings->count;
    printf("%s: %zu strings, %.0f characters in the mean: %.2f M/s (median of %zu rounds), "
           "%.2f M/s (fastest) [%zu]\n",
           name, strings->count, (double)strings->len / count, count / took[rounds / 2] / 1e6,
           rounds, count / took[0] / 1e6, good);
}

/* ---- the worst of 64 KiB ------------------------------------------------------------------- */

static double slowest(struct arena *arena, struct str text, bool is_gpp, enum signal_fault *fault)
{
    double best = 1e9;
    for (unsigned i = 0; i < 200; i++) {
        const struct arena_mark mark = arena_mark(arena);
        struct tcf tcf;
        struct gpp gpp;
        const double begin = now_cpu();
        *fault = is_gpp ? gpp_decode(arena, text, &gpp) : tcf_decode(arena, text, &tcf);
        const double took = now_cpu() - begin;
        best = took < best ? took : best;
        arena_rewind(arena, mark);
    }
    return best;
}

static void say(struct arena *arena, const char *name, struct str text, bool is_gpp)
{
    enum signal_fault fault = SIGNAL_FINE;
    const double took = slowest(arena, text, is_gpp, &fault);
    printf("  %-58s %6zu characters  %8.1f us  %s\n", name, text.len, took * 1e6,
           signal_fault_code(fault));
}

static struct tcf crowded_base(void)
{
    return (struct tcf){.version = 2,
                        .policy_version = 5,
                        .language = "EN",
                        .country = "DE",
                        .vendor_consent = {.kind = IDSET_LIST},
                        .vendor_interest = {.kind = IDSET_LIST}};
}

/* As many ranges of contradicting kinds as a string can have, none of them touching another: the
 * whole comparison is made and finds nothing. */
static struct str crowded(struct arena *arena, size_t ranges, bool collide)
{
    enum { ROW = 4000 };
    struct tcf tcf = crowded_base();
    tcf.restriction_count = ranges / ROW * 2;
    tcf.restriction = NEW_ARRAY(arena, tcf.restriction_count, struct tcf_restriction);
    for (size_t r = 0; r < tcf.restriction_count; r++) {
        struct id_range *row = NEW_ARRAY(arena, ROW / 2, struct id_range);
        for (size_t i = 0; i < ROW / 2; i++) {
            row[i].first = row[i].last = (uint16_t)(1 + 8 * i + r);
        }
        if (collide && r + 1 == tcf.restriction_count) {
            row[ROW / 2 - 1].last = UINT16_MAX;
            row[ROW / 2 - 1].first = 1 + 8 * (ROW / 2 - 1);
        }
        tcf.restriction[r] = (struct tcf_restriction){
            .purpose = 2, .kind = (uint8_t)(r % 2), .vendors = idset_of(row, ROW / 2)};
    }
    return tcf_encode(arena, &tcf);
}

static struct str repeated(struct arena *arena, const char *start, char letter, size_t len)
{
    char *text = NEW_ARRAY(arena, len, char);
    memset(text, letter, len);
    memcpy(text, start, strlen(start));
    return (struct str){text, len};
}

static void worst(struct arena *arena)
{
    printf("the slowest that a string can be:\n");
    say(arena, "64 KiB of A after C", repeated(arena, "C", 'A', LONG), false);
    say(arena, "64 KiB of _ after C", repeated(arena, "C", '_', LONG), false);
    say(arena, "64 KiB of dots", repeated(arena, "C", '.', LONG), false);
    say(arena, "64 KiB of GPP separators", repeated(arena, "DBABTA~1YNN", '~', LONG), true);
    say(arena, "the longest that is looked at: A after C",
        repeated(arena, "C", 'A', SIGNAL_LEN_MAX), false);
    say(arena, "the longest that is looked at: GPP separators",
        repeated(arena, "DBABTA~1YNN", '~', SIGNAL_LEN_MAX), true);
    say(arena, "a GPP header full of ones", STR("DBAD____________________________________"), true);
    say(arena, "8,000 ranges of two kinds, none colliding", crowded(arena, 8000, false), false);
    say(arena, "8,000 ranges of two kinds, the last colliding", crowded(arena, 8000, true), false);
}

int main(int count, char **argument)
{
    struct job job;
    if (count != 2 && count != 4) {
        (void)fprintf(stderr, "usage: bench_signals FOLDER [TCF GPP]\n");
        return 2;
    }
    job_begin(&job, host_real());
    load(&job, argument[1], "tcf/official.json", &tcf_strings);
    load(&job, argument[1], "tcf/generated.json", &tcf_strings);
    load(&job, argument[1], "gpp/official.json", &gpp_strings);
    load(&job, argument[1], "gpp/generated.json", &gpp_strings);
    if (count == 4) {
        save(argument[2], &tcf_strings);
        save(argument[3], &gpp_strings);
    }
    measure(job.arena, "candor TCF", &tcf_strings, round_tcf);
    measure(job.arena, "candor GPP", &gpp_strings, round_gpp);
    worst(job.arena);
    job_end(&job);
    return 0;
}
