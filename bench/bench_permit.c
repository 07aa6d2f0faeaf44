/*
 * bench_permit.c - the gate in process, on one thread: may this be done to this person, now?
 *
 *     bench_permit [SUBJECTS [FOLDER]]     1,000,000 by default; a home of its own under TMPDIR, or
 *                                        one that stays in FOLDER and is used again
 *
 * Everybody is asked about once, which brings them into the view; then in an order that the processor
 * cannot guess. Beside it, in the same order, look-ups of the same identifiers in the hash table of
 * the C library (hsearch), which answers no question. Times are per check, of batches of 1,000.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_house.h"

enum { CHECKS = 5000000, BATCH = 1000, BATCHES = CHECKS / BATCH, STEP = 7919, NAME_LEN = 16 };

static const char policy[] =
    "candor: 1\nname: Bench\nchannels: [email, sms, web]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email, "
    "sms],"
    " direct_marketing: true}\n"
    "  - {name: profiling, basis: consent, wording: May we look?, wording_version: '1'}\n"
    "  - {name: ads, basis: consent, wording: Ads?, wording_version: '1', channels: [web]}\n"
    "  - {name: measurement, basis: consent, wording: May we count?, wording_version: '1'}\n"
    "subjects:\n  identifier: identifier\n  fields:\n"
    "    - {name: email, pii: email, purposes: [news]}\n";

static double now(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* Of this process, in MB: now, and the most it ever was. */
static double memory(const char *which)
{
    char line[256];
    double kib = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, which, strlen(which)) == 0) {
            kib = strtod(line + strlen(which) + 1, NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kib * 1024 / 1e6;
}

/* ---- a home -------------------------------------------------------------------------------- */

/* A third said no to news, every seventh yes to the rest: states differ as people do. */
static void fill(struct candor *candor, const char *dir, size_t subjects)
{
    char path[256];
    FILE *file = open_file(dir, "subjects.csv", path);
    (void)fprintf(file, "identifier,email\n");
    for (size_t i = 0; i < subjects; i++) {
        (void)fprintf(file, "C%07zu,c%zu@example.org\n", i, i);
    }
    (void)fclose(file);
    import(candor, "subjects", path);
    file = open_file(dir, "consents.csv", path);
    (void)fprintf(file, "identifier,purpose,decision,time\n");
    for (size_t i = 0; i < subjects; i++) {
        (void)fprintf(file, "C%07zu,news,%s,2026-01-01\n", i, i % 3 == 0 ? "refused" : "given");
        if (i % 7 == 0) {
            (void)fprintf(file, "C%07zu,profiling,given,2026-01-01\n", i);
        }
    }
    (void)fclose(file);
    import(candor, "consents", path);
}

/* ---- measuring ----------------------------------------------------------------------------- */

static size_t place(size_t i, size_t subjects)
{
    return (i * STEP) % subjects;
}

static void say(const char *what, double *took)
{
    double sum = 0;
    for (size_t b = 0; b < BATCHES; b++) {
        sum += took[b];
    }
    qsort(took, BATCHES, sizeof *took, by_size);
    printf("%-26s %7.1f ns median %7.1f ns p99 %7.2f M/s\n", what, took[BATCHES / 2] * 1e9 / BATCH,
           took[BATCHES * 99 / 100] * 1e9 / BATCH, CHECKS / sum / 1e6);
}

static void ask(struct job *job, struct candor *candor, const char *name,
                struct candor_purpose question, size_t *allowed_count)
{
    bool allowed = false;
    const char *code = NULL;
    check(candor_permit_quick(job, candor, name, question, &allowed, &code), job, "permit");
    *allowed_count += allowed;
}

static void bench_checks(struct candor *candor, char (*name)[NAME_LEN], size_t subjects,
                         size_t step)
{
    static double took[BATCHES];
    struct candor_purpose question;
    size_t allowed = 0;
    size_t i = 0;
    struct job *job = candor_job_begin();
    check(candor_purpose_find(job, candor, "news", "email", &question), job, "purpose");
    for (size_t b = 0; b < BATCHES; b++) {
        const double began = now();
        for (size_t n = 0; n < BATCH; n++, i++) {
            ask(job, candor, name[step == 1 ? i % subjects : place(i, subjects)], question,
                &allowed);
        }
        took[b] = now() - began;
    }
    say(step == 1 ? "consent check, in order" : "consent check, any order", took);
    printf("%-26s %7zu of %d\n", "allowed", allowed, CHECKS);
    candor_job_end(job);
}

/* The same order, a batch in one call. */
static void bench_batches(struct candor *candor, char (*name)[NAME_LEN], size_t subjects)
{
    static double took[BATCHES];
    static const char *who[BATCH];
    static const char *code[BATCH];
    static bool allowed[BATCH];
    struct candor_purpose question;
    size_t allowed_count = 0;
    size_t i = 0;
    struct job *job = candor_job_begin();
    check(candor_purpose_find(job, candor, "news", "email", &question), job, "purpose");
    for (size_t b = 0; b < BATCHES; b++) {
        const double began = now();
        for (size_t n = 0; n < BATCH; n++, i++) {
            who[n] = name[place(i, subjects)];
        }
        check(candor_permit_many(job, candor, who, BATCH, question, allowed, code), job, "permits");
        for (size_t n = 0; n < BATCH; n++) {
            allowed_count += allowed[n];
        }
        took[b] = now() - began;
    }
    say("the same, 1,000 in a call", took);
    printf("%-26s %7zu of %d\n", "allowed", allowed_count, CHECKS);
    candor_job_end(job);
}

static void bench_floor(char (*name)[NAME_LEN], size_t subjects)
{
    static double took[BATCHES];
    size_t i = 0;
    (void)hcreate(subjects * 2);
    for (size_t n = 0; n < subjects; n++) {
        (void)hsearch((ENTRY){.key = name[n], .data = name[n]}, ENTER);
    }
    for (size_t b = 0; b < BATCHES; b++) {
        const double began = now();
        for (size_t n = 0; n < BATCH; n++, i++) {
            const ENTRY *found =
                hsearch((ENTRY){.key = name[place(i, subjects)], .data = NULL}, FIND);
            if (found == NULL) {
                exit(1);
            }
        }
        took[b] = now() - began;
    }
    say("hsearch, any order", took);
    hdestroy();
}

/* Everybody is asked about once. */
static void warm(struct candor *candor, char (*name)[NAME_LEN], size_t subjects)
{
    struct candor_purpose question;
    size_t allowed = 0;
    const double before = memory("VmRSS");
    const double began = now();
    struct job *job = candor_job_begin();
    check(candor_purpose_find(job, candor, "news", "email", &question), job, "purpose");
    candor_job_end(job);
    for (size_t i = 0; i < subjects; i += BATCH) {
        job = candor_job_begin(); /* a job's memory ends with it */
        for (size_t n = i; n < subjects && n < i + BATCH; n++) {
            ask(job, candor, name[n], question, &allowed);
        }
        candor_job_end(job);
    }
    printf("%-26s %7.1f us each\n", "first check", (now() - began) * 1e6 / (double)subjects);
    printf("%-26s %7.0f MB (%.0f MB before, names included; at most %.0f MB)\n", "memory",
           memory("VmRSS"), before, memory("VmHWM"));
}

int main(int argc, char **argv)
{
    const char *folder = getenv("TMPDIR");
    const size_t subjects = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    struct candor *candor = NULL;
    struct stat info;
    char dir[128];
    char home[160];
    char command[300];
    (void)snprintf(dir, sizeof dir, "%.90s/candor-bench-XXXXXX", folder != NULL ? folder : "/tmp");
    if (subjects < BATCH || (argc <= 2 && mkdtemp(dir) == NULL)) {
        (void)fprintf(stderr, "usage: bench_permit [SUBJECTS [FOLDER]], 1000 or more\n");
        return 2;
    }
    if (argc > 2) {
        (void)snprintf(dir, sizeof dir, "%.120s", argv[2]);
        (void)mkdir(dir, 0700); /* it may be there */
    }
    (void)snprintf(home, sizeof home, "%s/home", dir);
    if (stat(home, &info) != 0) {
        candor = found(home, policy);
        fill(candor, dir, subjects);
        candor_close(candor);
    }
    char(*name)[NAME_LEN] = calloc(subjects, sizeof *name);
    for (size_t i = 0; name != NULL && i < subjects; i++) {
        (void)snprintf(name[i], NAME_LEN, "C%07zu", i % 10000000);
    }
    struct job *job = candor_job_begin();
    check(candor_open(job, home, "ana", &candor), job, "open");
    candor_job_end(job);
    printf("%zu people\n", subjects);
    warm(candor, name, subjects);
    bench_checks(candor, name, subjects, 1);
    bench_checks(candor, name, subjects, STEP);
    bench_batches(candor, name, subjects);
    bench_floor(name, subjects);
    candor_close(candor);
    free(name);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return argc > 2 || system(command) == 0 ? 0 : 1; /* the folder is of our own making */
}
