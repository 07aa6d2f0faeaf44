/*
 * code_texts.c - the programs and pages that bench_code measures: files by the end of their names, records of sets by
 * their path or language.
 */
#define _XOPEN_SOURCE 700
#include "code_texts.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "text.h"

static struct job *job;
static struct texts texts;

static void keep(struct str text, enum code_language language, enum form form)
{
    if (language != CODE_NONE && text.len <= CODE_TEXT_MAX && texts.count < TEXTS_MAX) {
        texts.one[texts.count++] = (struct code_text){text, language, form};
    }
}

static enum code_language language_of_record(const struct value *record)
{
    static const struct {
        const char *name;
        enum code_language language;
    } row[] = {{"javascript", CODE_JAVASCRIPT},
               {"typescript", CODE_TYPESCRIPT},
               {"python", CODE_PYTHON},
               {"php", CODE_PHP},
               {"html", CODE_HTML},
               {"vue", CODE_HTML}};
    const enum code_language by_path = code_language_of(value_text_at(record, "path"));
    for (size_t i = 0; by_path == CODE_NONE && i < sizeof row / sizeof row[0]; i++) {
        if (str_is(value_text_at(record, "lang"), row[i].name)) {
            return row[i].language;
        }
    }
    return by_path;
}

static void keep_records(struct str path)
{
    struct lines *lines = NULL;
    struct str line;
    uint64_t number = 0;
    if (lines_open(job, path, &(struct text_limits){.text_max = 64 << 20}, &lines) == CANDOR_OK) {
        while (lines_next(job, lines, &line, &number) == CANDOR_OK) {
            const struct value *record = NULL;
            if (json_read(job, bytes_of(line), NULL, "a record", &record) == CANDOR_OK) {
                keep(value_text_at(record, "text"), language_of_record(record), RECORDS);
            }
        }
    }
    job_forgive(job);
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    const struct str name = str_of(path + where->base);
    const enum code_language language = code_language_of(name);
    struct bytes bytes;
    (void)status;
    if (kind != FTW_F) {
        return 0;
    }
    if (str_is(name, "data.jsonl")) {
        keep_records(str_of(path));
    } else if (language != CODE_NONE &&
               file_read(job, str_of(path), CODE_TEXT_MAX, &bytes) == CANDOR_OK) {
        keep((struct str){(const char *)bytes.ptr, bytes.len}, language, FILES);
    }
    job_forgive(job);
    return 0;
}

struct texts *texts_below(struct job *whose, char *const folder[], size_t count)
{
    job = whose;
    for (size_t i = 0; i < count; i++) {
        if (nftw(folder[i], visit, 16, FTW_PHYS) != 0) {
            perror(folder[i]);
            exit(2);
        }
    }
    return &texts;
}
