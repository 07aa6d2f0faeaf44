/*
 * bench_home.c - a home through the public door, on one thread: consent checks, decisions with a
 * durable ledger, erasure.
 *
 *     bench_home HOME CAMPAIGN PURPOSE CHANNEL IDENTIFIERS
 *
 * IDENTIFIERS is a file with one identifier per line. The baseline of a consent check is the look-up
 * of the same identifiers in a hash table of the C library (hsearch), which answers no question.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "candor.h"

enum { NAMES_MAX = 20000, CHECKS = 5000000, BATCH = 1000, ROUNDS = 40, ERASURES = 50 };

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static size_t read_names(const char *path, char **name)
{
    char line[512];
    size_t count = 0;
    FILE *file = fopen(path, "r");
    while (file != NULL && count < NAMES_MAX && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        name[count++] = strdup(line);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return count;
}

static void stop(struct job *job, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, candor_job_message(job));
    exit(1);
}

/* The floor: the C library's hash table with the same keys. */
static double baseline_ns(char **name, size_t count)
{
    size_t found = 0;
    (void)hcreate(count * 2);
    for (size_t i = 0; i < count; i++) {
        (void)hsearch((ENTRY){.key = name[i], .data = name[i]}, ENTER);
    }
    const double began = now();
    for (size_t i = 0; i < CHECKS; i++) {
        found += hsearch((ENTRY){.key = name[(i * 7919) % count], .data = NULL}, FIND) != NULL;
    }
    const double ns = (now() - began) * 1e9 / CHECKS;
    hdestroy();
    return found == CHECKS ? ns : -1;
}

static void bench_permits(struct candor *candor, char **name, size_t count, const char *purpose,
                          const char *channel)
{
    struct candor_purpose question;
    struct job *job = candor_job_begin();
    size_t allowed_count = 0;
    if (candor_purpose_find(job, candor, purpose, channel, &question) != CANDOR_OK) {
        stop(job, "purpose");
    }
    double began = 0;
    for (size_t i = 0; i < count + CHECKS; i++) {
        bool allowed = false;
        const char *code = NULL;
        if (i == count) {
            began = now(); /* everybody is in the view from here on */
        }
        const size_t who = i < count ? i : (i * 7919) % count;
        if (candor_permit_quick(job, candor, name[who], question, &allowed, &code) != CANDOR_OK) {
            stop(job, "permit");
        }
        allowed_count += allowed;
    }
    const double ns = (now() - began) * 1e9 / CHECKS;
    const double floor_ns = baseline_ns(name, count);
    printf("consent check            %8.0f ns   (hsearch alone %.0f ns, ratio %.2f; %zu allowed)\n",
           ns, floor_ns, ns / floor_ns, allowed_count);
    candor_job_end(job);
}

static void bench_decisions(struct candor *candor, char **name, size_t count, const char *campaign)
{
    static struct candor_question question[BATCH];
    static struct candor_answer answer[BATCH];
    size_t sent = 0;
    double best = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct job *job = candor_job_begin();
        for (size_t i = 0; i < BATCH; i++) {
            question[i] = (struct candor_question){.identifier = name[(round * BATCH + i) % count],
                                                   .campaign = campaign};
        }
        const double began = now();
        if (candor_decide_many(job, candor, question, BATCH, answer) != CANDOR_OK) {
            stop(job, "decide");
        }
        const double rate = BATCH / (now() - began);
        best = rate > best ? rate : best;
        for (size_t i = 0; i < BATCH; i++) {
            sent += answer[i].send;
        }
        candor_job_end(job);
        if (round == ROUNDS / 2 - 1) {
            printf("decisions, cold view     %8.0f /s   (best batch of %d, durable ledger)\n", best,
                   BATCH);
            best = 0;
        }
    }
    printf("decisions, warm view     %8.0f /s   (best batch of %d, durable ledger; %zu sent)\n",
           best, BATCH, sent);
}

static void bench_warm(struct candor *candor, char **name, size_t count, const char *campaign)
{
    static struct candor_question question[BATCH];
    static struct candor_answer answer[BATCH];
    const double began = now();
    for (size_t round = 0; round < ROUNDS; round++) {
        struct job *job = candor_job_begin();
        for (size_t i = 0; i < BATCH; i++) {
            question[i] = (struct candor_question){
                .identifier = name[(round * BATCH + i) % (count / 2)], .campaign = campaign};
        }
        if (candor_decide_many(job, candor, question, BATCH, answer) != CANDOR_OK) {
            stop(job, "decide");
        }
        candor_job_end(job);
    }
    printf("decisions, sustained     %8.0f /s   (%d batches, durable ledger)\n",
           ROUNDS * BATCH / (now() - began), ROUNDS);
}

static void bench_erasures(struct candor *candor, char **name, size_t count)
{
    const double began = now();
    for (size_t i = 0; i < ERASURES; i++) {
        struct job *job = candor_job_begin();
        struct candor_text report;
        if (candor_subject_erase(job, candor, name[count - 1 - i], &report) != CANDOR_OK) {
            stop(job, "erase");
        }
        candor_job_end(job);
    }
    printf("erasure, one at a time   %8.2f ms\n", (now() - began) * 1e3 / ERASURES);
}

int main(int argc, char **argv)
{
    static char *name[NAMES_MAX];
    struct candor *candor = NULL;
    struct job *job = candor_job_begin();
    if (argc != 6) {
        (void)fprintf(stderr, "usage: bench_home HOME CAMPAIGN PURPOSE CHANNEL IDENTIFIERS\n");
        return 2;
    }
    if (candor_open(job, argv[1], NULL, &candor) != CANDOR_OK) {
        stop(job, "open");
    }
    const size_t count = read_names(argv[5], name);
    if (count < 1000) {
        (void)fprintf(stderr, "%zu identifiers, at least 1000 are needed\n", count);
        return 2;
    }
    bench_decisions(candor, name, count, argv[2]);
    bench_warm(candor, name, count, argv[2]);
    bench_permits(candor, name, count, argv[3], argv[4]);
    bench_erasures(candor, name, count);
    candor_close(candor);
    candor_job_end(job);
    return 0;
}
