/*
 * files.c - the CSV files of the demo company, with the broken rows that real files have.
 *
 * Broken rows stand beside the good ones and break none of them: every person from C000001 to the
 * last can be imported. demo/README.md lists the kinds; each file takes them in turn.
 *
 *     subjects.csv    BROKEN_SUBJECTS of the rows      consents.csv   BROKEN_CONSENTS
 *     events.csv      BROKEN_EVENTS
 */
#include "demo.h"

#include <stdlib.h>
#include <string.h>

#define BROKEN_SUBJECTS 0.015
#define BROKEN_EVENTS 0.002
#define BROKEN_CONSENTS 0.0005
#define FAR_AHEAD (INT64_C(25620) * SECONDS_PER_DAY) /* 70 years */

/* ---- files --------------------------------------------------------------------------------- */

static struct file file_begin(const char *dir, const char *name, const char *header)
{
    struct file file = file_open(dir, name, "wb");
    PUT(&file, "%s\n", header);
    return file;
}

void *grown(void *array, size_t count, size_t size)
{
    void *larger = reallocarray(array, count, size);
    if (larger == NULL) {
        stop(4, "no memory for %zu items of %zu bytes", count, size);
    }
    return larger;
}

/* ---- subjects.csv -------------------------------------------------------------------------- */

struct subject_row {
    char identifier[24];
    char email[96];
    char name[96];
    char age[12];
    const char *tier;
    char joined[16];
    const char *tail; /* after the last field */
};

static struct subject_row subject_row_of(const struct person *person, enum tier tier)
{
    struct subject_row row = {.tier = tier_name[tier], .tail = ""};
    (void)snprintf(row.identifier, sizeof row.identifier, "C%06zu", person->number);
    person_email(person, row.email, sizeof row.email);
    (void)snprintf(row.name, sizeof row.name, "%s %s", person->name.first, person->name.last);
    if (person->age > 0) {
        (void)snprintf(row.age, sizeof row.age, "%u", person->age);
    }
    date_text(person->joined, row.joined);
    return row;
}

static void put_subject(struct file *file, const struct person *person,
                        const struct subject_row *row)
{
    PUT(file, "%s,%s,%s,%s,%s,%s,%s,%s,%s%s\n", row->identifier, row->email, row->name,
        sex_name[person->sex], row->age, person->region, row->tier, row->joined, person->reached_by,
        row->tail);
}

/* Somebody beyond the last person, with one thing wrong. earlier is a number already written. */
static void put_broken_subject(struct file *file, const struct world *world, size_t kind,
                               size_t earlier)
{
    struct person person;
    person_make(world, world->subject_count + 1 + kind, &person);
    struct subject_row row = subject_row_of(&person, TIER_NONE);
    switch (kind % 9) {
    case 0:
        row.identifier[0] = '\0';
        break;
    case 1:
        (void)snprintf(row.age, sizeof row.age, "212");
        break;
    case 2:
        (void)snprintf(row.age, sizeof row.age, "abc");
        break;
    case 3:
        (void)snprintf(row.joined, sizeof row.joined, "2096-02-21");
        break;
    case 4:
        (void)snprintf(row.identifier, sizeof row.identifier, "C%06zu", earlier);
        break;
    case 5:
        row.tail = ",left over";
        break;
    case 6:
        (void)snprintf(row.joined, sizeof row.joined, "last spring"); /* no date */
        break;
    case 7:
        row.tier = "platinum-plus";
        break;
    default:
        row.email[strcspn(row.email, "@")] = '.';
        break;
    }
    put_subject(file, &person, &row);
}

/* ---- one person's life, and all of them ---------------------------------------------------- */

void life_make(const struct world *world, size_t number, struct life *life)
{
    person_make(world, number, &life->person);
    life->consent_count = consent_make(world, &life->person, life->consent);
    history_make(world, &life->person, life->consent, life->consent_count, &life->history);
}

/* The events and consents of everybody, to be put in order of time. */
struct archive {
    struct event *event;
    size_t event_count;
    size_t event_room;
    struct consent *consent;
    size_t consent_count;
    size_t consent_room;
};

/* Make room for one more person. */
static void archive_room(struct archive *archive)
{
    if (archive->event_count + EVENTS_MAX > archive->event_room) {
        archive->event_room = archive->event_room * 2 + EVENTS_MAX;
        archive->event = grown(archive->event, archive->event_room, sizeof *archive->event);
    }
    if (archive->consent_count + CONSENTS_MAX > archive->consent_room) {
        archive->consent_room = archive->consent_room * 2 + CONSENTS_MAX;
        archive->consent = grown(archive->consent, archive->consent_room, sizeof *archive->consent);
    }
}

static void archive_add(struct archive *archive, const struct life *life)
{
    archive_room(archive);
    memcpy(archive->event + archive->event_count, life->history.event,
           life->history.count * sizeof *archive->event);
    memcpy(archive->consent + archive->consent_count, life->consent,
           life->consent_count * sizeof *archive->consent);
    archive->event_count += life->history.count;
    archive->consent_count += life->consent_count;
}

static int compare(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

/* Total orders, so that the order does not depend on the sort. */
static int event_order(const void *left_at, const void *right_at)
{
    const struct event *left = left_at;
    const struct event *right = right_at;
    const int64_t key[][2] = {
        {left->time, right->time},   {(int64_t)left->number, (int64_t)right->number},
        {left->kind, right->kind},   {left->category, right->category},
        {left->cents, right->cents}, {left->channel[0], right->channel[0]},
    };
    int order = 0;
    for (size_t i = 0; i < COUNT_OF(key) && order == 0; i++) {
        order = compare(key[i][0], key[i][1]);
    }
    return order;
}

static int consent_order(const void *left_at, const void *right_at)
{
    const struct consent *left = left_at;
    const struct consent *right = right_at;
    int order = compare(left->time, right->time);
    if (order == 0) {
        order = compare((int64_t)left->number, (int64_t)right->number);
    }
    return order == 0 ? compare(left->purpose, right->purpose) : order;
}

/* ---- events.csv and consents.csv ----------------------------------------------------------- */

static void put_event(struct file *file, const char *identifier, const char *event, int64_t time,
                      const struct event *from, int64_t cents)
{
    char text[32];
    time_text(time, text);
    PUT(file, "%s,%s,%s,", identifier, event, text);
    if (from->cents >= 0) {
        PUT(file, "%s%lld.%02lld", cents < 0 ? "-" : "", llabs(cents) / 100, llabs(cents) % 100);
    }
    PUT(file, ",%s,%s\n", category_name[from->category], from->channel);
}

static void put_broken_event(struct file *file, const struct event *from, size_t kind)
{
    char identifier[24];
    struct event event = *from;
    (void)snprintf(identifier, sizeof identifier, "C%06zu", event.number);
    switch (kind % 4) {
    case 0:
        put_event(file, identifier, "teleported", event.time, &event, event.cents);
        break;
    case 1:
        put_event(file, "X404404", event_name[event.kind], event.time, &event, event.cents);
        break;
    case 2:
        event.cents = 4990;
        put_event(file, identifier, "bought", event.time, &event, -4990);
        break;
    default:
        put_event(file, identifier, event_name[event.kind], event.time + FAR_AHEAD, &event,
                  event.cents);
        break;
    }
}

static void events_write(const struct world *world, const char *dir, const struct archive *archive)
{
    struct random random = random_of(world->seed, 1, STREAM_BROKEN);
    struct file file =
        file_begin(dir, "events.csv", "identifier,event,time,amount,category,channel");
    size_t broken = 0;
    for (size_t i = 0; i < archive->event_count; i++) {
        const struct event *event = &archive->event[i];
        char identifier[24];
        (void)snprintf(identifier, sizeof identifier, "C%06zu", event->number);
        put_event(&file, identifier, event_name[event->kind], event->time, event, event->cents);
        if (random_chance(&random, BROKEN_EVENTS)) {
            put_broken_event(&file, event, broken++);
        }
    }
    file_close(&file);
}

static void put_consent(struct file *file, const struct consent *consent, const char *purpose,
                        const char *choice, int64_t time)
{
    char text[32];
    time_text(time, text);
    PUT(file, "C%06zu,%s,%s,%s,%s,%s,%s\n", consent->number, purpose, choice, text,
        purpose_channel[consent->purpose], consent->surface, consent->wording_version);
}

static void put_broken_consent(struct file *file, const struct consent *consent, size_t kind)
{
    const char *purpose = purpose_name[consent->purpose];
    const char *choice = choice_name[consent->choice];
    switch (kind % 3) {
    case 0:
        put_consent(file, consent, "newsletter_2019", choice, consent->time);
        break;
    case 1:
        put_consent(file, consent, purpose, choice, consent->time + FAR_AHEAD);
        break;
    default:
        put_consent(file, consent, purpose, "maybe", consent->time);
        break;
    }
}

static void consents_write(const struct world *world, const char *dir,
                           const struct archive *archive)
{
    struct random random = random_of(world->seed, 2, STREAM_BROKEN);
    struct file file = file_begin(
        dir, "consents.csv", "identifier,purpose,decision,time,channel,surface,wording_version");
    size_t broken = 0;
    for (size_t i = 0; i < archive->consent_count; i++) {
        const struct consent *consent = &archive->consent[i];
        put_consent(&file, consent, purpose_name[consent->purpose], choice_name[consent->choice],
                    consent->time);
        if (random_chance(&random, BROKEN_CONSENTS)) {
            put_broken_consent(&file, consent, broken++);
        }
    }
    file_close(&file);
}

/* ---- responses.csv, and all of them together ----------------------------------------------- */

static void put_past_response(struct file *file, const struct world *world, const struct life *life)
{
    struct response response;
    const bool by_email =
        consent_holds(life->consent, life->consent_count, PURPOSE_EMAIL, world->until);
    campaign_past(world, &life->person, &life->history.behaviour, by_email, &response);
    PUT(file, "C%06zu,autumn-2026,%d,%d,%d,%d\n", life->person.number, response.contacted,
        response.responded, response.complained, response.unsubscribed);
}

void files_write(const struct world *world, const char *dir)
{
    struct random random = random_of(world->seed, 0, STREAM_BROKEN);
    struct file subjects = file_begin(dir, "subjects.csv", SUBJECTS_HEADER);
    struct file responses = file_begin(
        dir, "responses.csv", "identifier,campaign,contacted,responded,complained,unsubscribed");
    struct archive archive = {0};
    archive_room(&archive);
    struct life *life = grown(NULL, 1, sizeof *life);
    size_t broken = 0;
    for (size_t number = 1; number <= world->subject_count; number++) {
        life_make(world, number, life);
        const struct subject_row row = subject_row_of(&life->person, life->history.behaviour.tier);
        put_subject(&subjects, &life->person, &row);
        put_past_response(&responses, world, life);
        archive_add(&archive, life);
        if (random_chance(&random, BROKEN_SUBJECTS)) {
            put_broken_subject(&subjects, world, broken++, 1 + random_below(&random, number));
        }
    }
    file_close(&subjects);
    file_close(&responses);

    qsort(archive.event, archive.event_count, sizeof *archive.event, event_order);
    events_write(world, dir, &archive);
    qsort(archive.consent, archive.consent_count, sizeof *archive.consent, consent_order);
    consents_write(world, dir, &archive);
    free(archive.event);
    free(archive.consent);
    free(life);
}
