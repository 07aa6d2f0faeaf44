/*
 * generate.c - the program that makes the demo company's files. README.md beside it says what is
 * planted in them.
 */
#include "demo.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "Make the files of a demo company: people who never were, seeded, so the same options give "
    "the\n"
    "same bytes.\n"
    "\n"
    "  generate --out DIR [--subjects N] [--seed N] [--until DATE]\n"
    "      writes subjects.csv, events.csv, consents.csv and responses.csv into DIR\n"
    "  generate --outcomes PLAN.csv --subjects-dir DIR --out FILE [--seed N] [--until DATE]\n"
    "      writes what came of the plan for those it contacted or held out\n"
    "\n"
    "  --subjects N    20000 unless given, at most 10000000\n"
    "  --seed N        7 unless given\n"
    "  --until DATE    the day before which everything happened, 2026-11-01 unless given\n"
    "\n"
    "Example: generate --subjects 20000 --seed 7 --out demo-data\n";

#define SUBJECTS_MAX 10000000

_Noreturn void stop(int exit_code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("generate: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputs("\n", stderr);
    va_end(arguments);
    exit(exit_code); /* NOLINT(concurrency-mt-unsafe): there is one thread */
}

struct options {
    struct world world;
    const char *out;
    const char *plan;
    const char *subjects_dir;
};

static uint64_t number_of(const char *option, const char *text, uint64_t least, uint64_t most)
{
    char *end = NULL;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || value < least || value > most) {
        stop(2, "%s must be a whole number from %llu to %llu", option, (unsigned long long)least,
             (unsigned long long)most);
    }
    return value;
}

static int64_t day_of(const char *text)
{
    char again[16] = "";
    int64_t seconds = 0;
    if (strlen(text) == 10 && text[4] == '-' && text[7] == '-' &&
        strspn(text, "0123456789-") == 10) {
        const long year = strtol(text, NULL, 10);
        const unsigned month = (unsigned)strtoul(text + 5, NULL, 10);
        const unsigned day = (unsigned)strtoul(text + 8, NULL, 10);
        if (year >= 2000 && month >= 1 && month <= 12 && day >= 1) {
            seconds = date_days(year, month, day) * SECONDS_PER_DAY;
            date_text(seconds, again);
        }
    }
    if (strcmp(text, again) != 0) {
        stop(2, "--until must be a date such as 2026-11-01, from the year 2000 on");
    }
    return seconds;
}

static void take_option(struct options *options, const char *option, const char *value)
{
    if (strcmp(option, "--subjects") == 0) {
        options->world.subject_count = number_of(option, value, 1, SUBJECTS_MAX);
    } else if (strcmp(option, "--seed") == 0) {
        options->world.seed = number_of(option, value, 0, UINT64_MAX);
    } else if (strcmp(option, "--until") == 0) {
        options->world.until = day_of(value);
    } else if (strcmp(option, "--out") == 0) {
        options->out = value;
    } else if (strcmp(option, "--outcomes") == 0) {
        options->plan = value;
    } else if (strcmp(option, "--subjects-dir") == 0) {
        options->subjects_dir = value;
    } else {
        stop(2, "unknown option %s; see generate --help", option);
    }
}

static struct options options_of(int argument_count, char **argument)
{
    struct options options = {
        .world = {.seed = 7, .subject_count = 20000, .until = day_of("2026-11-01")},
    };
    for (int i = 1; i < argument_count; i += 2) {
        if (strcmp(argument[i], "--help") == 0 || strcmp(argument[i], "-h") == 0) {
            (void)fputs(help, stdout);
            exit(0); /* NOLINT(concurrency-mt-unsafe): there is one thread */
        }
        if (i + 1 == argument_count) {
            stop(2, "%s needs a value; see generate --help", argument[i]);
        }
        take_option(&options, argument[i], argument[i + 1]);
    }
    return options;
}

int main(int argument_count, char **argument)
{
    const struct options options = options_of(argument_count, argument);
    if (options.out == NULL) {
        stop(2, "--out is missing; see generate --help");
    }
    if (options.plan != NULL) {
        if (options.subjects_dir == NULL) {
            stop(2, "--outcomes needs --subjects-dir, the folder of subjects.csv");
        }
        outcomes_write(&options.world, options.subjects_dir, options.plan, options.out);
        return 0;
    }
    if (mkdir(options.out, 0777) != 0 && errno != EEXIST) {
        stop(2, "%s: %s", options.out, strerrordesc_np(errno));
    }
    files_write(&options.world, options.out);
    return 0;
}
