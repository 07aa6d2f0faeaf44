/*
 * bench_scan.c - how fast the gate reads, beside PCRE2-JIT with the same rules, one by one, in the same run.
 *
 *   bench_scan [FOLDER]    the labelled texts of the gate, ../shared/data/gate without
 *
 * The text is real: source code of repositories, web code, sentences with personal data. Times are of this
 * thread (CPU), the best of several. The rules of PCRE2 are those of secret_rules.def, with the signs of
 * assignment written out, and twenty for personal data; it finds no check digits and looks at no words
 * beside, which the gate does.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gate.h"
#include "numeric.h"
#include "text.h"

enum { TEXT_MAX = 32 << 20, SLOW_TEXT = 1 << 20, RUNS = 7, RULES_MAX = 400, PROMPT = 2048 };

#define END "(?:[\\x60'\"\\s;]|\\\\[nr]|\\z)"
#define ASSIGN \
    "(?:[ \\t\\w.-]{0,20})[\\s'\"]{0,3}(?:=|>|:{1,3}=|\\|\\||:|=>|\\?=|,)[\\x60'\"\\s=]{0,5}"

static const struct {
    const char *name;
    const char *shape;
} rule[] = {
#define TOKEN(rule, beginnings, shape, entropy) {NULL, shape},
#define ASSIGNED(rule, beginnings, name, shape, entropy) {name, shape},
#include "secret_rules.def"
};

static const char *const personal[] = {
    "[\\w.+-]{1,64}@[\\w-]+(?:\\.[\\w-]+)*\\.[A-Za-z]{2,}",
    "\\b[A-Z]{2}\\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\\b",
    "\\b4\\d{3}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{1,4}\\b",
    "\\b5[1-5]\\d{2}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b",
    "\\b3[47]\\d{2}[ -]?\\d{6}[ -]?\\d{5}\\b",
    "\\b6(?:011|5\\d{2})[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}\\b",
    "\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b",
    "\\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\\b",
    "\\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\\b",
    "\\b\\d{3}-\\d{2}-\\d{4}\\b",
    "\\+\\d{1,3}[ ./()-]{0,2}\\d(?:[ ./()-]{0,2}\\d){6,13}",
    "\\(?\\b\\d{3}\\)?[ .-]\\d{3}[ .-]\\d{4}\\b",
    "\\b0\\d{1,4}[ ./-]\\d{2,4}(?:[ ./-]?\\d{2,4}){1,3}\\b",
    "\\b\\d{1,2}[./-]\\d{1,2}[./-](?:19|20)?\\d{2}\\b",
    "\\b(?:19|20)\\d{2}-\\d{2}-\\d{2}\\b",
    "-?\\b\\d{1,2}\\.\\d{4,},\\s*-?\\d{1,3}\\.\\d{4,}\\b",
    "\\b[A-Z]{6}\\d{2}[A-Z]\\d{2}[A-Z]\\d{3}[A-Z]\\b",
    "\\b[XYZ\\d]\\d{7}[A-Z]\\b",
    "\\b[A-CEGHJ-PR-TW-Z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]\\b",
    "\\b\\d{9,13}\\b",
    "\\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\\b",
};

static double cpu_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double wall_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- the text ------------------------------------------------------------------------------- */

static void put_texts(struct job *job, const char *folder, const char *file, struct buf *text)
{
    struct lines *lines = NULL;
    struct str line;
    uint64_t number = 0;
    const struct str path = str_format(job->arena, "%s/%s", folder, file);
    if (lines_open(job, path, &(struct text_limits){.text_max = 64 << 20}, &lines) != CANDOR_OK) {
        (void)fprintf(stderr, "%s\n", job->message);
        exit(2);
    }
    while (text->len < TEXT_MAX && lines_next(job, lines, &line, &number) == CANDOR_OK) {
        const struct value *record = NULL;
        if (json_read(job, bytes_of(line), NULL, "a record", &record) == CANDOR_OK) {
            static const char *const key[] = {"text", "content", "code"};
            for (size_t k = 0; k < 3; k++) {
                buf_str(text, value_text_at(record, key[k]));
            }
            buf_u8(text, '\n');
        }
        job_forgive(job);
    }
    job_forgive(job);
}

static struct str corpus_of(struct job *job, const char *folder)
{
    static const char *const file[] = {
        "secrets-creddata/data.jsonl.gz", "code-codeql-js/data.jsonl", "code-codeql-py/data.jsonl",
        "pii-presidio-synth/data.jsonl", "code-cyberseceval/data.jsonl"};
    struct buf text = buf_begin(job->arena);
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
        put_texts(job, folder, file[i], &text);
    }
    return str_slice(buf_text(&text), 0, TEXT_MAX);
}

/* ---- ours ------------------------------------------------------------------------------------ */

static double scan_seconds(const struct gate *gate, struct str text, size_t runs, size_t *found)
{
    const struct gate_asked asked = {.kinds = GATE_ALL};
    double best = 1e9;
    for (size_t r = 0; r < runs; r++) {
        struct arena *arena = arena_begin();
        struct gate_findings findings = gate_findings_in(arena, 1000000);
        const double before = cpu_now();
        gate_scan(gate, text, &asked, &findings);
        const double took = cpu_now() - before;
        best = took < best ? took : best;
        *found = findings.count;
        arena_end(arena);
    }
    return best;
}

static void tell(const struct gate *gate, struct str text, const char *name)
{
    size_t found = 0;
    const double took = scan_seconds(gate, text, RUNS, &found);
    printf("%-13s %6.3f GB/s  %zu KB, %zu findings\n", name, (double)text.len / took / 1e9,
           text.len >> 10, found);
}

/* One set alone: what is found in it, and how often something may be, makes it fast or slow. */
static void tell_alone(struct job *job, const struct gate *gate, const char *folder,
                       const char *file, const char *name)
{
    struct buf text = buf_begin(job->arena);
    put_texts(job, folder, file, &text);
    tell(gate, buf_text(&text), name);
}

/* What nothing can be found in: how fast the masks and the loop over them are. */
static void tell_nothing(struct job *job, const struct gate *gate)
{
    enum { LINES = 40000 };
    struct buf text = buf_begin(job->arena);
    for (size_t i = 0; i < LINES; i++) {
        buf_str(&text, STR("for (i = 0; i < n; i++) { sum += list[i] * value; }\n"));
    }
    tell(gate, buf_text(&text), "nothing");
}

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Each once, as prompts come: on the wall, and without the clock's own time, which is as long as a tenth of it. */
static void tell_prompts(const struct gate *gate, struct str text)
{
    enum { MOST = 4096, CLOCKS = 1000 };
    static double took[MOST];
    const struct gate_asked asked = {.kinds = GATE_ALL};
    size_t count = 0;
    const double begun = wall_now();
    for (size_t i = 0; i < CLOCKS; i++) {
        (void)wall_now();
    }
    const double clock = (wall_now() - begun) / CLOCKS;
    for (; count < MOST && (count + 1) * PROMPT <= text.len; count++) {
        const double before = wall_now();
        struct arena *arena = arena_begin();
        struct gate_findings findings = gate_findings_in(arena, 1000000);
        gate_scan(gate, str_slice(text, count * PROMPT, (count + 1) * PROMPT), &asked, &findings);
        arena_end(arena);
        took[count] = wall_now() - before - clock;
    }
    qsort(took, count, sizeof took[0], by_size);
    printf("2 KB prompt   %6.2f us p50, %.2f p90, %.2f p99, each of %zu once\n",
           took[count / 2] * 1e6, took[count * 9 / 10] * 1e6, took[count * 99 / 100] * 1e6, count);
}

/* ---- theirs ---------------------------------------------------------------------------------- */

/* A shape is a pattern of PCRE2 but for the end of a value. */
static const char *pattern_of(struct arena *arena, const char *name, const char *shape)
{
    struct buf buf = buf_begin(arena);
    if (name != NULL) {
        buf_format(&buf, "(?i:%s)%s", name, ASSIGN);
    }
    for (const char *at = shape; *at != '\0'; at++) {
        if (at[0] == '\\' && at[1] == 'e') {
            buf_str(&buf, STR(END));
            at++;
        } else if (at[0] == '\\') {
            buf_bytes(&buf, at++, 2);
        } else {
            buf_u8(&buf, (uint8_t)*at);
        }
    }
    buf_u8(&buf, 0);
    return (const char *)buf.ptr;
}

struct theirs {
    pcre2_code *code[RULES_MAX];
    size_t count;
    pcre2_match_data *data;
};

static void compile(struct theirs *theirs, const char *pattern)
{
    int error = 0;
    PCRE2_SIZE at = 0;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
    if (code == NULL || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0) {
        (void)fprintf(stderr, "PCRE2 refuses at %zu: %s\n", at, pattern);
        exit(2);
    }
    theirs->code[theirs->count++] = code;
}

static double their_seconds(const struct theirs *theirs, struct str text, size_t *found)
{
    const double before = cpu_now();
    *found = 0;
    for (size_t c = 0; c < theirs->count; c++) {
        PCRE2_SIZE at = 0;
        while (at < text.len && pcre2_jit_match(theirs->code[c], (PCRE2_SPTR)text.ptr, text.len, at,
                                                0, theirs->data, NULL) > 0) {
            const PCRE2_SIZE *place = pcre2_get_ovector_pointer(theirs->data);
            at = place[1] > place[0] ? place[1] : place[1] + 1;
            ++*found;
        }
    }
    return cpu_now() - before;
}

int main(int argc, char **argv)
{
    struct job job;
    struct theirs theirs = {.data = pcre2_match_data_create(64, NULL)};
    size_t found = 0;
    job_begin(&job, host_real());
    const char *folder = argc > 1 ? argv[1] : "../shared/data/gate";
    const struct str text = corpus_of(&job, folder);
    const double begun = cpu_now();
    const struct gate *gate = gate_begin(job.arena);
    printf("rules made ready in %.1f ms\n", (cpu_now() - begun) * 1e3);
    const double ours = scan_seconds(gate, text, RUNS, &found);
    printf("gate          %6.3f GB/s  %zu MB, %zu findings (%.2f a KB)\n",
           (double)text.len / ours / 1e9, text.len >> 20, found,
           (double)found / (double)text.len * 1024);
    tell_alone(&job, gate, folder, "secrets-creddata/data.jsonl.gz", "repositories");
    tell_alone(&job, gate, folder, "code-codeql-js/data.jsonl", "programs");
    tell_alone(&job, gate, folder, "code-cyberseceval/data.jsonl", "fragments");
    tell_alone(&job, gate, folder, "licence-texts/data.jsonl.gz", "licences");
    tell_alone(&job, gate, folder, "injection/data.jsonl", "letters");
    tell_alone(&job, gate, folder, "pii-presidio-synth/data.jsonl", "names");
    tell_nothing(&job, gate);
    (void)simd_limit(SIMD_PLAIN);
    const double plain = scan_seconds(gate, text, 1, &found);
    (void)simd_limit(SIMD_AVX512);
    printf("gate, plain   %6.3f GB/s\n", (double)text.len / plain / 1e9);
    tell_prompts(gate, text);
    double prompt = 0;
    for (size_t at = 0; at + PROMPT <= text.len && at < 4096UL * PROMPT; at += PROMPT) {
        prompt += scan_seconds(gate, str_slice(text, at, at + PROMPT), 3, &found);
    }
    const size_t prompts = text.len / PROMPT < 4096 ? text.len / PROMPT : 4096;
    printf("              %6.2f us (mean of the best of three of each)\n",
           prompt / (double)prompts * 1e6);
    for (size_t i = 0; i < sizeof rule / sizeof rule[0]; i++) {
        compile(&theirs, pattern_of(job.arena, rule[i].name, rule[i].shape));
    }
    for (size_t i = 0; i < sizeof personal / sizeof personal[0]; i++) {
        compile(&theirs, personal[i]);
    }
    const struct str part = str_slice(text, text.len / 3, text.len / 3 + SLOW_TEXT);
    const double theirs_took = their_seconds(&theirs, part, &found);
    const double ours_there = scan_seconds(gate, part, RUNS, &found);
    printf("PCRE2-JIT     %6.4f GB/s  %zu patterns one by one, 1 MB of it\n",
           (double)part.len / theirs_took / 1e9, theirs.count);
    printf("ratio         %6.0f       on that MB; %.0f as if there were 157 patterns\n",
           theirs_took / ours_there, theirs_took / ours_there * 157 / (double)theirs.count);
    job_end(&job);
    return 0;
}
