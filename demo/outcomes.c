/*
 * outcomes.c - what came of a plan that was sent.
 *
 * The plan names people by customer number or e-mail address. Both hold the person's number, from
 * which the person is made again, with the interest that drove the past campaign. What someone does
 * depends on seed and person alone, so the same plan always has the same outcomes, and of two plans
 * those that both contacted answer alike.
 */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 65536

/* The number in C000123 or in anna.smith123@example.org; 0 when there is none. */
static size_t number_in(const char *identifier)
{
    const char *end = identifier + strcspn(identifier, "@");
    const char *start = end;
    while (start > identifier && start[-1] >= '0' && start[-1] <= '9') {
        start--;
    }
    return end - start > 9 ? 0 : (size_t)strtoul(start, NULL, 10);
}

static bool is_identifier_of(const char *identifier, const struct person *person)
{
    char number[24];
    char email[96];
    (void)snprintf(number, sizeof number, "C%06zu", person->number);
    person_email(person, email, sizeof email);
    return strcmp(identifier, number) == 0 || strcmp(identifier, email) == 0;
}

/* Cuts the next field off a line: up to a comma, quotes around it taken off. */
static char *cut_field(char **rest)
{
    char *field = *rest;
    if (*field == '"') {
        field++;
        *rest = field + strcspn(field, "\"");
        if (**rest == '"') {
            *(*rest)++ = '\0';
        }
    }
    *rest += strcspn(*rest, ",\r\n");
    if (**rest != '\0') {
        *(*rest)++ = '\0';
    }
    return field;
}

/* The first person of the files must be the one that this seed and date make. */
static void check_company(const struct world *world, const char *subjects_dir, char *line)
{
    struct person person;
    char email[96];
    char joined[16];
    struct file file = file_open(subjects_dir, "subjects.csv", "rb");
    size_t rows = 0;
    while (rows < 2 && fgets(line, LINE_MAX_BYTES, file.stream) != NULL) {
        rows++;
    }
    file_close(&file);

    person_make(world, 1, &person);
    person_email(&person, email, sizeof email);
    date_text(person.joined, joined);
    if (rows < 2 || strstr(line, email) == NULL || strstr(line, joined) == NULL) {
        stop(2, "%s/subjects.csv was not made with this --seed and --until", subjects_dir);
    }
}

static void put_outcome(struct file *out, const char *identifier, const struct response *response)
{
    PUT(out, "%s,%d,%d,%d,", identifier, response->responded, response->complained,
        response->unsubscribed);
    if (response->responded) {
        PUT(out, "%lld.%02lld", (long long)response->cents / 100, (long long)response->cents % 100);
    }
    PUT(out, "\n");
}

/* Returns whether the row names a person of this company. */
static bool answer_row(const struct world *world, char *line, struct life *life, struct file *out)
{
    char *rest = line;
    const char *identifier = cut_field(&rest);
    const char *decision = cut_field(&rest);
    const size_t number = number_in(identifier);
    const bool contacted = strcmp(decision, "send") == 0;
    if (!contacted && strcmp(decision, "holdout") != 0) {
        return true;
    }
    if (number == 0) {
        return false;
    }

    struct response response;
    life_make(world, number, life);
    if (!is_identifier_of(identifier, &life->person)) {
        return false;
    }
    campaign_outcome(world, &life->person, &life->history.behaviour, contacted, &response);
    put_outcome(out, identifier, &response);
    return true;
}

void outcomes_write(const struct world *world, const char *subjects_dir, const char *plan_path,
                    const char *out_path)
{
    char *line = grown(NULL, LINE_MAX_BYTES, 1);
    struct life *life = grown(NULL, 1, sizeof *life);
    check_company(world, subjects_dir, line);

    struct file plan = file_open(NULL, plan_path, "rb");
    if (fgets(line, LINE_MAX_BYTES, plan.stream) == NULL ||
        strncmp(line, "identifier,decision", strlen("identifier,decision")) != 0) {
        stop(2, "%s does not begin with the header identifier,decision: is it a plan?", plan_path);
    }
    struct file out = file_open(NULL, out_path, "wb");
    PUT(&out, "identifier,responded,complained,unsubscribed,amount\n");
    size_t strangers = 0;
    while (fgets(line, LINE_MAX_BYTES, plan.stream) != NULL) {
        strangers += !answer_row(world, line, life, &out);
    }
    file_close(&out);
    file_close(&plan);
    free(life);
    free(line);
    if (strangers > 0) {
        (void)fprintf(stderr, "generate: %zu rows of the plan name nobody of this company\n",
                      strangers);
    }
}
