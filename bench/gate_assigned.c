/*
 * gate_assigned.c - what the gate sees of values that are assigned to telling names, one row each.
 *
 *   gate_assigned RECORDS.jsonl    records with "id", "path", "repo" and "text", as those of CredData
 *
 * repo <tab> id <tab> line <tab> feature ... ; bench/gate_assigned.py fits the weights to them. Values are not
 * written.
 */
#include <stdio.h>
#include <stdlib.h>

#include "assigned.h"
#include "gate.h"
#include "text.h"

static void put_record(struct job *job, const struct gate *gate, const struct value *record)
{
    const struct str text = value_text_at(record, "text");
    const struct str path = value_text_at(record, "path");
    const struct str repo = value_text_at(record, "repo");
    const struct str id = value_text_at(record, "id");
    size_t line = 1;
    size_t done = 0;
    (void)job;
    for (size_t at = 0; at < text.len; at++) {
        struct assigned found;
        double feature[ASSIGNED_FEATURES];
        line += text.ptr[at] == '\n';
        if (at < done || !assigned_begins(text, at)) {
            continue;
        }
        const bool is = assigned_read(text, at, &found);
        done = found.name_end;
        if (!is) {
            continue;
        }
        if (assigned_weigh(gate, text, assigned_place(path), &found, -ASSIGNED_SURE, feature) ==
            -ASSIGNED_SURE) {
            continue; /* no name that tells */
        }
        printf("%.*s\t%.*s\t%zu", STR_ARG(repo), STR_ARG(id), line);
        for (size_t i = 0; i < ASSIGNED_FEATURES; i++) {
            printf("\t%.6g", feature[i]);
        }
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    struct job job;
    struct lines *lines = NULL;
    struct str line;
    uint64_t number = 0;
    job_begin(&job, host_real());
    if (argc != 2 || lines_open(&job, str_of(argv[1]), &(struct text_limits){.text_max = 64 << 20},
                                &lines) != CANDOR_OK) {
        (void)fprintf(stderr, "gate_assigned RECORDS.jsonl: %s\n", job.message);
        return 2;
    }
    const struct gate *gate = gate_begin(job.arena);
#define FEATURE(name, value) #name,
    static const char *const name[] = {
#include "assigned_model.def"
    };
    printf("repo\tid\tline");
    for (size_t i = 0; i < ASSIGNED_FEATURES; i++) {
        printf("\t%s", name[i]);
    }
    printf("\n");
    while (lines_next(&job, lines, &line, &number) == CANDOR_OK) {
        const struct value *record = NULL;
        if (json_read(&job, bytes_of(line), NULL, "a record", &record) == CANDOR_OK) {
            put_record(&job, gate, record);
        }
        job_forgive(&job);
    }
    job_forgive(&job);
    job_end(&job);
    return 0;
}
