/*
 * bench_origin.c - how fast copies are looked for, and how many of those that were renamed are found.
 *
 *   bench_origin [FOLDER]    the labelled texts of the gate, ../shared/data/gate without
 *
 * Half of the programs is indexed. From these a stretch of 35 tokens and more is cut, every name in it is
 * renamed, every number changed, blanks are laid out anew, and it is put into a program of the other half. It is
 * found when a finding overlaps it. Seeded: each run does the same. Times are of this thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "numeric.h"
#include "originated.h"
#include "text.h"

enum {
    TEXTS_MAX = 4000,
    TRIALS = 2000,
    RUNS = 5,
    LONGER = 60,
    SPEED_TEXT = 24 << 20,
    PART = 1 << 20
};

struct program {
    struct str text;
    const char *path;
};

static double cpu_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static size_t read_programs(struct job *job, const char *folder, struct program program[])
{
    static const struct {
        const char *file;
        const char *path;
    } set[] = {{"code-codeql-js/data.jsonl", "a.js"},
               {"code-codeql-py/data.jsonl", "a.py"},
               {"code-cyberseceval/data.jsonl", NULL},
               {"code-juiceshop-fixes/data.jsonl", "a.ts"},
               {"secrets-creddata/data.jsonl.gz", NULL}};
    size_t count = 0;
    for (size_t s = 0; s < sizeof set / sizeof set[0]; s++) {
        struct lines *lines = NULL;
        struct str line;
        uint64_t number = 0;
        const struct str path = str_format(job->arena, "%s/%s", folder, set[s].file);
        if (lines_open(job, path, &(struct text_limits){.text_max = 64 << 20}, &lines) !=
            CANDOR_OK) {
            (void)fprintf(stderr, "%s\n", job->message);
            exit(2);
        }
        while (count < TEXTS_MAX && lines_next(job, lines, &line, &number) == CANDOR_OK) {
            const struct value *record = NULL;
            if (json_read(job, bytes_of(line), NULL, "a record", &record) != CANDOR_OK) {
                job_forgive(job);
                continue;
            }
            const struct str text = value_text_at(record, "text");
            const struct str name = value_text_at(record, "path");
            const struct str code = text.len > 0 ? text : value_text_at(record, "code");
            const char *kind = set[s].path != NULL ? set[s].path : str_z(job->arena, name);
            if (code.len > 200 && tongue_is_program(str_of(kind))) {
                program[count++] = (struct program){code, kind};
            }
        }
        job_forgive(job);
    }
    return count;
}

/* A stretch of tokens with other names, numbers and blanks; false: the program is too short. */
static bool disguise(struct rng *rng, const struct program *from, struct buf *copy)
{
    enum { TOKENS = 200000 };
    static struct token token[TOKENS];
    struct token_reader reader = token_reader_of(from->text, tongue_of(str_of(from->path)));
    const size_t count = token_next(&reader, token, TOKENS);
    const size_t len = ORIGIN_SHARED + rng_below(rng, LONGER);
    const uint64_t salt = rng_u64(rng);
    if (count < len + 1) {
        return false;
    }
    const size_t first = rng_below(rng, count - len);
    buf_u8(copy, '\n');
    for (size_t i = first; i < first + len; i++) {
        const struct str old = str_slice(from->text, token[i].start, token[i].end);
        if (token[i].kind == TOKEN_NAME) {
            buf_format(copy, "n%llx", (unsigned long long)((token[i].hash * salt) >> 40));
        } else if (token[i].kind == TOKEN_NUMBER) {
            buf_format(copy, "%llu", (unsigned long long)rng_below(rng, 1000));
        } else {
            buf_str(copy, old);
        }
        const bool line_ends =
            memchr(from->text.ptr + token[i].end, '\n', token[i + 1].start - token[i].end) != NULL;
        buf_str(copy, line_ends ? STR("\n  ") : STR(" "));
    }
    buf_u8(copy, '\n');
    return true;
}

/* Behind some token: not within a comment or a quoted text. */
static size_t place_in(struct rng *rng, const struct program *into)
{
    enum { SOME = 64 };
    struct token token[SOME];
    struct token_reader reader = token_reader_of(into->text, tongue_of(str_of(into->path)));
    size_t place = 0;
    size_t seen = 0;
    for (size_t count = 0; (count = token_next(&reader, token, SOME)) > 0;) {
        for (size_t i = 0; i < count; i++) {
            place = rng_below(rng, ++seen) == 0 ? token[i].end : place;
        }
    }
    return place;
}

static bool is_found(const struct gate *gate, const struct origin_index *index, struct str text,
                     const char *path, size_t from, size_t to, enum likelihood least)
{
    struct arena *arena = arena_begin();
    struct gate_findings found = gate_findings_in(arena, 1000);
    const struct gate_asked asked = {
        .kinds = GATE_ORIGIN, .least = least, .path = str_of(path), .corpus = index};
    bool is_there = false;
    gate_scan(gate, text, &asked, &found);
    for (size_t i = 0; i < found.count; i++) {
        is_there = is_there || (found.item[i].copied.run > 0 && found.item[i].start < to &&
                                found.item[i].end > from);
    }
    arena_end(arena);
    return is_there;
}

static void recall(struct job *job, const struct gate *gate, const struct origin_index *index,
                   const struct program program[], size_t count)
{
    struct rng rng = rng_of(20260);
    size_t tried = 0;
    size_t likely = 0;
    size_t possible = 0;
    while (tried < TRIALS) {
        const struct program *from = &program[rng_below(&rng, count / 2) * 2];
        const struct program *into = &program[rng_below(&rng, count / 2) * 2 + 1];
        struct buf copy = buf_begin(job->arena);
        struct buf text = buf_begin(job->arena);
        if (strcmp(strrchr(from->path, '.'), strrchr(into->path, '.')) != 0 ||
            into->text.len > 200000 || from->text.len > 200000 || !disguise(&rng, from, &copy)) {
            continue;
        }
        const size_t line = place_in(&rng, into);
        buf_str(&text, str_slice(into->text, 0, line));
        buf_str(&text, buf_text(&copy));
        buf_str(&text, str_slice(into->text, line, into->text.len));
        likely += is_found(gate, index, buf_text(&text), from->path, line, line + copy.len, LIKELY);
        possible +=
            is_found(gate, index, buf_text(&text), from->path, line, line + copy.len, POSSIBLE);
        tried++;
    }
    printf("renamed copies of %d to %d tokens found: %zu of %zu (%.4f); with --least possible %zu "
           "(%.4f)\n",
           ORIGIN_SHARED, ORIGIN_SHARED + LONGER - 1, likely, tried, (double)likely / (double)tried,
           possible, (double)possible / (double)tried);
}

static void speed(struct job *job, const struct gate *gate, const struct origin_index *index,
                  const struct program program[], size_t count, bool is_clean)
{
    struct buf text = buf_begin(job->arena);
    for (size_t i = 1; text.len < SPEED_TEXT && i < 100 * count; i += 2) {
        const struct str one = program[i % count].text;
        if (!is_clean || !is_found(gate, index, one, "a.js", 0, one.len, UNLIKELY)) {
            buf_str(&text, one);
        }
    }
    double best = 1e9;
    size_t found_count = 0;
    for (size_t r = 0; r < RUNS; r++) {
        const double before = cpu_now();
        found_count = 0;
        for (size_t at = 0; at < text.len; at += PART) {
            struct arena *arena = arena_begin();
            struct gate_findings found = gate_findings_in(arena, 10000);
            struct scan scan = {.gate = gate,
                                .findings = &found,
                                .text = str_slice(buf_text(&text), at, at + PART),
                                .asked = &(struct gate_asked){
                                    .kinds = GATE_ORIGIN, .path = STR("a.js"), .corpus = index}};
            copied_scan(&scan, index);
            found_count += found.count;
            arena_end(arena);
        }
        const double took = cpu_now() - before;
        best = took < best ? took : best;
    }
    printf("%s: looked for copies at %.0f MB/s, one thread, in parts of 1 MB; %zu findings in %zu "
           "MB\n",
           is_clean ? "programs without copies" : "programs of which many share code",
           (double)text.len / best / 1e6, found_count, text.len >> 20);
}

int main(int argc, char **argv)
{
    static struct program program[TEXTS_MAX];
    struct job job;
    job_begin(&job, host_real());
    const struct gate *gate = gate_begin(job.arena);
    const size_t count =
        read_programs(&job, argc > 1 ? argv[1] : "../shared/data/gate", program) & ~(size_t)1;
    struct origin_index *index = origin_begin(job.arena);
    for (size_t i = 0; i < count; i += 2) {
        const struct str name =
            str_format(job.arena, "%zu.%s", i, strrchr(program[i].path, '.') + 1);
        if (origin_add(&job, index, name, program[i].text) != CANDOR_OK) {
            (void)fprintf(stderr, "%s\n", job.message);
            return 2;
        }
    }
    if (origin_end(&job, index) != CANDOR_OK) {
        (void)fprintf(stderr, "%s\n", job.message);
        return 2;
    }
    const struct origin_counts counts = origin_counts(index);
    printf("%zu programs; indexed: %llu tokens, %llu marks\n", count,
           (unsigned long long)counts.tokens, (unsigned long long)counts.marks);
    recall(&job, gate, index, program, count);
    speed(&job, gate, index, program, count, true);
    speed(&job, gate, index, program, count, false);
    job_end(&job);
    return 0;
}
