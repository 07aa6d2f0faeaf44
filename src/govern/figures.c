/*
 * figures.c - consents counted, person by person.
 *
 * A record counts where it was said: for its purpose and channel, and once more in all. A person counts
 * once in each cell for each thing they said there, so shares are of people and not of clicks.
 */
#include <stdlib.h>

#include "figures.h"

const char *said_name(enum said said)
{
    static const char *const name[SAIDS] = {"asked",    "given",   "refused", "withdrawn",
                                            "objected", "expired", "deferred"};
    must(said < SAIDS);
    return name[said];
}

void said_begin(struct said_figures *figures, struct arena *arena,
                const struct inventory *inventory, int64_t from, int64_t until)
{
    *figures =
        (struct said_figures){.arena = arena, .inventory = inventory, .from = from, .until = until};
    int64_t begins = 0;
    const struct str day = str_from_date(arena, from);
    if (!str_to_time(str_format(arena, "%.*s-01", 7, day.ptr), &begins)) {
        return;
    }
    while (time_add_months(begins, SAID_MONTHS_MAX) < until) {
        begins = time_add_months(begins, 1);
    }
    for (; begins < until; begins = time_add_months(begins, 1)) {
        figures->month[figures->month_count++].begins = begins;
    }
}

/* ---- one person ---------------------------------------------------------------------------- */

/* What they said, as bits of enum said; of a record that says none of it, none. */
static unsigned meaning(enum consent_decision decision)
{
    switch (decision) {
    case CONSENT_GIVEN:
        return 1U << SAID_ASKED | 1U << SAID_GIVEN;
    case CONSENT_REFUSED:
        return 1U << SAID_ASKED | 1U << SAID_REFUSED;
    case CONSENT_DEFERRED:
        return 1U << SAID_ASKED | 1U << SAID_DEFERRED;
    case CONSENT_REQUESTED:
        return 1U << SAID_ASKED;
    case CONSENT_WITHDRAWN:
        return 1U << SAID_WITHDRAWN;
    case CONSENT_OBJECTED:
        return 1U << SAID_OBJECTED;
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
    case CONSENT_REVOKED:
    case CONSENT_INVALIDATED:
        break;
    }
    return 0;
}

static const unsigned no_bits = 1U << SAID_REFUSED | 1U << SAID_WITHDRAWN | 1U << SAID_OBJECTED;

/* A no without a date counts from when it was recorded, as in the fold. */
static int64_t time_of(const struct consent_record *record)
{
    return record->time > 0 ? record->time : record->recorded;
}

static bool is_within(const struct said_figures *figures, int64_t time)
{
    return time >= figures->from && time < figures->until;
}

static bool is_same_slot(const struct consent_record *one, const struct consent_record *other)
{
    return one->purpose == other->purpose && one->channel == other->channel &&
           one->recipient == other->recipient;
}

/* A yes whose end lies in the period, with nothing said about the same between. */
static bool has_expired(const struct said_figures *figures, const struct consent_record *record,
                        size_t count, size_t at)
{
    const struct consent_record *yes = &record[at];
    if (yes->decision != CONSENT_GIVEN || yes->purpose >= figures->inventory->purpose_count) {
        return false;
    }
    const int64_t end = consent_end(&figures->inventory->purpose[yes->purpose], yes);
    if (!is_within(figures, end)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const int64_t time = time_of(&record[i]);
        const bool is_later = time > yes->time || (time == yes->time && i > at);
        if (i != at && is_later && time < end && is_same_slot(yes, &record[i])) {
            return false;
        }
    }
    return true;
}

/* Bits of one person, cell by cell. */
struct person {
    uint8_t cell[PURPOSES_MAX + 1][CHANNELS_MAX + 1];
    uint8_t all;
    uint8_t version[SAID_VERSIONS_MAX]; /* bit 0 shown, 1 given, 2 no */
    uint8_t month[SAID_MONTHS_MAX];     /* bit 0 given, 1 no */
};

static void note_entry(struct said_cell *cell, const struct consent_record *record)
{
    if (!record->has_entry) {
        return;
    }
    if (cell->entries == 0 || record->ledger_index < cell->first) {
        cell->first = record->ledger_index;
    }
    if (cell->entries == 0 || record->ledger_index > cell->last) {
        cell->last = record->ledger_index;
    }
    cell->entries++;
}

/* SAID_VERSIONS_MAX: there are too many. */
static size_t version_at(struct said_figures *figures, const struct consent_record *record)
{
    for (size_t v = 0; v < figures->version_count; v++) {
        if (figures->version[v].purpose == record->purpose &&
            str_equal(figures->version[v].version, record->wording_version)) {
            return v;
        }
    }
    if (figures->version_count == SAID_VERSIONS_MAX) {
        return SAID_VERSIONS_MAX;
    }
    figures->version[figures->version_count] = (struct said_version){
        .purpose = record->purpose, .version = str_copy(figures->arena, record->wording_version)};
    return figures->version_count++;
}

static void note_version(struct said_figures *figures, struct person *person,
                         const struct consent_record *record, unsigned bits)
{
    if (record->purpose == EVERY || record->wording_version.len == 0) {
        return;
    }
    const size_t v = version_at(figures, record);
    if (v < SAID_VERSIONS_MAX) {
        person->version[v] |= (uint8_t)((bits & 1U << SAID_ASKED) != 0 ? 1 : 0);
        person->version[v] |= (uint8_t)((bits & 1U << SAID_GIVEN) != 0 ? 2 : 0);
        person->version[v] |= (uint8_t)((bits & no_bits) != 0 ? 4 : 0);
    }
}

static void note_month(const struct said_figures *figures, struct person *person, int64_t time,
                       unsigned bits)
{
    for (size_t m = figures->month_count; m-- > 0;) {
        if (time >= figures->month[m].begins) {
            person->month[m] |= (uint8_t)((bits & 1U << SAID_GIVEN) != 0 ? 1 : 0);
            person->month[m] |= (uint8_t)((bits & no_bits) != 0 ? 2 : 0);
            return;
        }
    }
}

/* How long a no took to be in force. An import brings what was in force elsewhere before. */
static void note_delay(struct said_figures *figures, const struct consent_record *record,
                       unsigned bits)
{
    const bool counts = (bits & (1U << SAID_WITHDRAWN | 1U << SAID_OBJECTED)) != 0 &&
                        record->actor != ACTOR_IMPORT && record->time > 0 &&
                        record->recorded >= record->time;
    if (!counts || figures->delay_count == SAID_DELAYS_MAX) {
        return;
    }
    if (figures->delay_count == figures->delay_room) {
        const size_t room = figures->delay_room == 0 ? 256 : figures->delay_room * 2;
        int64_t *delay = NEW_ARRAY(figures->arena, room, int64_t);
        bytes_copy(delay, figures->delay, figures->delay_count * sizeof *delay);
        figures->delay = delay;
        figures->delay_room = room;
    }
    figures->delay[figures->delay_count++] = record->recorded - record->time;
}

static void add_up(struct said_figures *figures, const struct person *person)
{
    for (unsigned s = 0; s < SAIDS; s++) {
        for (size_t p = 0; p <= PURPOSES_MAX; p++) {
            for (size_t c = 0; c <= CHANNELS_MAX; c++) {
                figures->cell[p][c].people[s] += person->cell[p][c] >> s & 1U;
            }
        }
        figures->all.people[s] += (unsigned)person->all >> s & 1U;
    }
    for (size_t v = 0; v < figures->version_count; v++) {
        figures->version[v].shown += person->version[v] & 1U;
        figures->version[v].given += (unsigned)person->version[v] >> 1 & 1U;
        figures->version[v].no += (unsigned)person->version[v] >> 2 & 1U;
    }
    for (size_t m = 0; m < figures->month_count; m++) {
        figures->month[m].given += person->month[m] & 1U;
        figures->month[m].no += (unsigned)person->month[m] >> 1 & 1U;
    }
}

void said_add(struct said_figures *figures, const struct consent_record *record, size_t count)
{
    struct person person = {0};
    bool has_any = false;
    figures->people++;
    for (size_t i = 0; i < count; i++) {
        const size_t p = record[i].purpose == EVERY ? PURPOSES_MAX : record[i].purpose;
        const size_t c = record[i].channel >= CHANNELS_MAX ? CHANNELS_MAX : record[i].channel;
        const unsigned bits =
            is_within(figures, time_of(&record[i])) ? meaning(record[i].decision) : 0;
        const unsigned ended = has_expired(figures, record, count, i) ? 1U << SAID_EXPIRED : 0;
        person.cell[p][c] |= (uint8_t)(bits | ended);
        person.all |= (uint8_t)(bits | ended);
        has_any = has_any || (bits | ended) != 0;
        if (bits != 0) {
            note_entry(&figures->cell[p][c], &record[i]);
            note_entry(&figures->all, &record[i]);
            note_version(figures, &person, &record[i], bits);
            note_month(figures, &person, time_of(&record[i]), bits);
            note_delay(figures, &record[i], bits);
        }
    }
    if (has_any) {
        add_up(figures, &person);
    }
}

static int compare_i64(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

double median_of(int64_t *value, size_t count)
{
    if (count == 0) {
        return __builtin_nan("");
    }
    qsort(value, count, sizeof *value, compare_i64);
    const double upper = (double)value[count / 2];
    return count % 2 == 1 ? upper : ((double)value[count / 2 - 1] + upper) / 2;
}
