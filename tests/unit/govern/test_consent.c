/*
 * test_consent.c - folding against its definition, and the bytes of a record.
 *
 * The definition goes slot by slot and record by record and compares each with every other, as the
 * door states the rules; it is slow and obvious, where consent.c keeps maxima. Histories are drawn
 * at random from few instants, so that ties are common, and their seeds are printed.
 */
#include <stdlib.h>
#include <string.h>

#include "govern.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)
#define DAY MICROS_PER_DAY

enum { EMAIL, SMS, POST, CHANNELS };
enum { NEWS, PROFILING, ORDERS, HINTS, TAX, ADS_IN_CONTRACT, SHARE, PURPOSES };
enum { HISTORIES = 4000, HISTORY_LEN_MAX = 12 };

static struct str channel_name[CHANNELS] = {{"email", 5}, {"sms", 3}, {"post", 4}};

static struct purpose purpose_row[PURPOSES] = {
    [NEWS] = {.name = {"news", 4},
              .basis = BASIS_CONSENT,
              .channels = 1U << EMAIL | 1U << SMS,
              .valid_days = 30,
              .direct_marketing = true},
    [PROFILING] = {.name = {"profiling", 9}, .basis = BASIS_CONSENT},
    [ORDERS] = {.name = {"orders", 6}, .basis = BASIS_CONTRACT, .channels = 1U << EMAIL},
    [HINTS] = {.name = {"hints", 5},
               .basis = BASIS_LEGITIMATE_INTEREST,
               .channels = 1U << EMAIL,
               .valid_days = 10,
               .direct_marketing = true},
    [TAX] = {.name = {"tax", 3}, .basis = BASIS_LEGAL_OBLIGATION},
    [ADS_IN_CONTRACT] = {.name = {"ads", 3}, .basis = BASIS_CONTRACT, .direct_marketing = true},
    [SHARE] = {.name = {"share:acme", 10},
               .recipient = {"acme", 4},
               .basis = BASIS_CONSENT,
               .valid_days = 1},
};

enum { MAILER = 1, BRAND, ACME, RECIPIENTS };
enum { NEWS_MAILER, NEWS_BRAND, PROFILING_BRAND, HINTS_BRAND, DISCLOSURES };

static struct recipient recipient_row[RECIPIENTS] = {
    [MAILER] = {.name = {"mailer", 6}, .role = RECIPIENT_PROCESSOR},
    [BRAND] = {.name = {"brand", 5}, .role = RECIPIENT_CONTROLLER},
    [ACME] = {.name = {"acme", 4}, .role = RECIPIENT_JOINT_CONTROLLER},
};

static struct disclosure disclosure_row[DISCLOSURES] = {
    [NEWS_MAILER] = {NEWS, MAILER},
    [NEWS_BRAND] = {NEWS, BRAND},
    [PROFILING_BRAND] = {PROFILING, BRAND},
    [HINTS_BRAND] = {HINTS, BRAND},
};

static const struct inventory inventory = {
    .purpose = purpose_row,
    .purpose_count = PURPOSES,
    .channel = channel_name,
    .channel_count = CHANNELS,
    .recipient = recipient_row,
    .recipient_count = RECIPIENTS,
    .disclosure = disclosure_row,
    .disclosure_count = DISCLOSURES,
};

static struct consent_state fold(const struct consent_record *record, size_t count, int64_t now)
{
    struct consent_state state;
    consent_fold(&inventory, record, count, now, &state);
    return state;
}

static bool same_answers(const struct consent_state *left, const struct consent_state *right)
{
    return memcmp(left->code, right->code, sizeof left->code) == 0 &&
           memcmp(left->allowed, right->allowed, sizeof left->allowed) == 0 &&
           memcmp(left->disclosed, right->disclosed, sizeof left->disclosed) == 0 &&
           left->epoch == right->epoch && left->is_restricted == right->is_restricted;
}

/* ---- the definition ------------------------------------------------------------------------ */

/* A purpose on a column, for ourselves or for a recipient. */
struct target {
    size_t purpose;
    size_t column;
    size_t recipient;
};

static bool is_no(const struct consent_record *record)
{
    return record->decision == CONSENT_REFUSED || record->decision == CONSENT_WITHDRAWN ||
           record->decision == CONSENT_OBJECTED || record->decision == CONSENT_REVOKED ||
           record->decision == CONSENT_INVALIDATED;
}

static int64_t effective_time(const struct consent_record *record)
{
    if (record->time > 0 || record->decision == CONSENT_GIVEN ||
        record->decision == CONSENT_UNRESTRICTED) {
        return record->time;
    }
    return record->recorded > 0 ? record->recorded : INT64_MAX;
}

static int severity(const struct consent_record *record)
{
    switch (record->decision) {
    case CONSENT_GIVEN:
        return 1;
    case CONSENT_REFUSED:
        return 2;
    case CONSENT_OBJECTED:
        return 3;
    case CONSENT_INVALIDATED:
        return 4;
    case CONSENT_REVOKED:
        return 5;
    case CONSENT_WITHDRAWN:
        return 6;
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
    case CONSENT_REQUESTED:
    case CONSENT_DEFERRED:
        break;
    }
    return 0;
}

static bool is_restricted_by_definition(const struct consent_record *record, size_t count,
                                        int64_t now)
{
    for (size_t i = 0; i < count; i++) {
        bool lifted = false;
        for (size_t j = 0; j < count; j++) {
            lifted = lifted ||
                     (record[j].decision == CONSENT_UNRESTRICTED && record[j].purpose == EVERY &&
                      record[j].channel == EVERY && record[j].time > 0 && record[j].time <= now &&
                      record[j].time > effective_time(&record[i]));
        }
        if (record[i].decision == CONSENT_RESTRICTED && !lifted) {
            return true;
        }
    }
    return false;
}

static bool speaks_to(const struct consent_record *record, const struct target *target)
{
    if (target->recipient == OURSELVES) {
        return record->recipient == OURSELVES ||
               (target->purpose == SHARE && record->recipient == ACME);
    }
    return record->recipient == target->recipient ||
           (record->recipient == OURSELVES && is_no(record) && target->recipient != MAILER);
}

static bool speaks_of(const struct consent_record *record, const struct target *target)
{
    const struct purpose *purpose = &purpose_row[target->purpose];
    const bool rests_on_more = /* contract and duty, no marketing */
        target->purpose == ORDERS || target->purpose == TAX;
    if (rests_on_more || !speaks_to(record, target)) {
        return false;
    }
    if (record->decision == CONSENT_GIVEN || record->decision == CONSENT_REQUESTED) {
        return record->purpose == target->purpose &&
               (record->channel == EVERY || record->channel == target->column);
    }
    if (!is_no(record)) {
        return false;
    }
    const bool names_it = record->purpose == target->purpose ||
                          (record->purpose == EVERY &&
                           (record->decision != CONSENT_OBJECTED || purpose->direct_marketing));
    return names_it && (record->channel == EVERY || record->channel == target->column ||
                        target->column == CHANNELS_MAX);
}

static bool has_ended(const struct consent_record *record, size_t p, int64_t now)
{
    const uint32_t days = purpose_row[p].valid_days;
    return (days != 0 && now >= record->time + (int64_t)days * DAY) ||
           (record->until > 0 && now >= record->until);
}

static bool is_of_age(const struct consent_age *age, const struct consent_record *record)
{
    if (!age->is_asked || record->actor == ACTOR_GUARDIAN) {
        return true;
    }
    return age->is_known && record->time >= age->of_age;
}

/* All that the answer depends on. */
struct case_of {
    const struct consent_record *record;
    size_t count;
    const struct consent_age *age;
    int64_t now;
};

/* Does this record take part in the ordering? */
static bool counts(const struct case_of *of, const struct consent_record *record,
                   const struct target *target)
{
    if (!speaks_of(record, target) || record->decision == CONSENT_REQUESTED) {
        return false;
    }
    if (is_no(record)) {
        return true;
    }
    return record->time > 0 && record->time <= of->now && is_of_age(of->age, record) &&
           (purpose_row[target->purpose].basis == BASIS_CONSENT ||
            !has_ended(record, target->purpose, of->now));
}

static int64_t end_of(const struct consent_record *record, const struct target *target)
{
    const uint32_t days = purpose_row[target->purpose].valid_days;
    int64_t end =
        days == 0 || record->time > INT64_MAX - days * DAY ? INT64_MAX : record->time + days * DAY;
    return record->until > 0 && record->until < end ? record->until : end;
}

static bool beats(const struct consent_record *left, const struct consent_record *right,
                  const struct target *target)
{
    const int64_t left_time = effective_time(left);
    const int64_t right_time = effective_time(right);
    if (left_time != right_time || severity(left) != severity(right)) {
        return left_time > right_time ||
               (left_time == right_time && severity(left) > severity(right));
    }
    return left->decision == CONSENT_GIVEN && end_of(left, target) < end_of(right, target);
}

static const struct consent_record *winner(const struct case_of *of, const struct target *target)
{
    for (size_t i = 0; i < of->count; i++) {
        bool wins = counts(of, &of->record[i], target);
        for (size_t j = 0; j < of->count && wins; j++) {
            wins = !(counts(of, &of->record[j], target) &&
                     beats(&of->record[j], &of->record[i], target));
        }
        if (wins) {
            return &of->record[i];
        }
    }
    return NULL;
}

static enum permit_code without_winner(const struct case_of *of, const struct target *target)
{
    bool undated = false;
    bool future = false;
    bool child = false;
    for (size_t i = 0; i < of->count; i++) {
        const struct consent_record *record = &of->record[i];
        if (record->decision == CONSENT_GIVEN && speaks_of(record, target)) {
            undated = undated || record->time <= 0;
            future = future || record->time > of->now;
            child = child ||
                    (record->time > 0 && record->time <= of->now && !is_of_age(of->age, record));
        }
    }
    if (purpose_row[target->purpose].basis != BASIS_CONSENT) {
        return PERMIT_OK_BASIS;
    }
    if (child) {
        return of->age->is_known ? PERMIT_CHILD : PERMIT_AGE_UNKNOWN;
    }
    return future ? PERMIT_NOT_YET : undated ? PERMIT_EXPIRED : PERMIT_NO_CONSENT;
}

static enum permit_code code_of_winner(const struct case_of *of, const struct target *target,
                                       const struct consent_record *last)
{
    if (last == NULL) {
        return without_winner(of, target);
    }
    switch (last->decision) {
    case CONSENT_GIVEN:
        if (purpose_row[target->purpose].basis != BASIS_CONSENT) {
            return PERMIT_OK_BASIS;
        }
        return has_ended(last, target->purpose, of->now) ? PERMIT_EXPIRED : PERMIT_OK_CONSENT;
    case CONSENT_REFUSED:
        return PERMIT_REFUSED;
    case CONSENT_OBJECTED:
        return PERMIT_OBJECTED;
    case CONSENT_WITHDRAWN:
        return PERMIT_WITHDRAWN;
    case CONSENT_REVOKED:
        return PERMIT_REVOKED;
    case CONSENT_INVALIDATED:
        return PERMIT_INVALIDATED;
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
    case CONSENT_REQUESTED:
    case CONSENT_DEFERRED:
        break;
    }
    return PERMIT_CODES;
}

static bool is_pending(const struct case_of *of, const struct target *target,
                       const struct consent_record *last)
{
    for (size_t i = 0; i < of->count; i++) {
        const struct consent_record *record = &of->record[i];
        if (record->decision == CONSENT_REQUESTED && speaks_of(record, target) &&
            record->time > 0 && record->time <= of->now && record->until > of->now &&
            (last == NULL || record->time > effective_time(last))) {
            return true;
        }
    }
    return false;
}

static enum permit_code code_by_definition(const struct case_of *of, const struct target *target)
{
    const uint32_t channels = purpose_row[target->purpose].channels;
    const bool served =
        target->column == CHANNELS_MAX ? channels == 0 : (channels >> target->column & 1) != 0;
    if (!served) {
        return PERMIT_WRONG_CHANNEL;
    }
    if (is_restricted_by_definition(of->record, of->count, of->now)) {
        return PERMIT_RESTRICTED;
    }
    const struct consent_record *last = winner(of, target);
    const enum permit_code code = code_of_winner(of, target, last);
    if (target->recipient == MAILER) { /* goes with its purpose, unless somebody said no to it */
        const struct target ours = {target->purpose, target->column, OURSELVES};
        const enum permit_code of_purpose = code_by_definition(of, &ours);
        return permit_code_allows(of_purpose) && last != NULL && is_no(last)
                   ? (is_pending(of, target, last) ? PERMIT_PENDING : code)
                   : of_purpose;
    }
    return !permit_code_allows(code) && is_pending(of, target, last) ? PERMIT_PENDING : code;
}

/* ---- random histories ---------------------------------------------------------------------- */

static size_t draw_below(uint64_t *seed, size_t limit)
{
    return (size_t)(draw(seed) % limit);
}

static int64_t draw_time(uint64_t *seed)
{
    static const int64_t time[] = {0,
                                   -5,
                                   NOW,
                                   NOW - 1,
                                   NOW + 1,
                                   NOW - DAY,
                                   NOW - DAY,
                                   NOW - 10 * DAY,
                                   NOW - 30 * DAY,
                                   NOW - 31 * DAY,
                                   NOW - 9 * DAY,
                                   NOW + DAY,
                                   NOW - 2,
                                   NOW - 2 * DAY,
                                   1,
                                   INT64_MAX};
    return time[draw_below(seed, sizeof time / sizeof time[0])];
}

/* Restrictions are rare, or nothing else would ever be seen. */
static enum consent_decision draw_decision(uint64_t *seed)
{
    static const enum consent_decision often[] = {
        CONSENT_GIVEN,     CONSENT_REFUSED,  CONSENT_WITHDRAWN, CONSENT_OBJECTED,   CONSENT_GIVEN,
        CONSENT_REQUESTED, CONSENT_DEFERRED, CONSENT_REVOKED,   CONSENT_INVALIDATED};
    if (draw_below(seed, 40) == 0) {
        return draw_below(seed, 2) == 0 ? CONSENT_RESTRICTED : CONSENT_UNRESTRICTED;
    }
    return often[draw_below(seed, sizeof often / sizeof often[0])];
}

static struct consent_age draw_age(uint64_t *seed)
{
    const size_t kind = draw_below(seed, 4);
    return (struct consent_age){
        .is_asked = kind > 1, .is_known = kind == 3, .of_age = kind == 3 ? draw_time(seed) : 0};
}

static size_t draw_history(uint64_t *seed, struct consent_record *record)
{
    const size_t count = draw_below(seed, HISTORY_LEN_MAX + 1);
    for (size_t i = 0; i < count; i++) {
        const size_t purpose = draw_below(seed, PURPOSES + 2);
        const size_t channel = draw_below(seed, CHANNELS + 2);
        record[i] = (struct consent_record){
            .purpose = purpose < PURPOSES ? purpose : EVERY,
            .channel = channel < CHANNELS ? channel : EVERY,
            .decision = draw_decision(seed),
            .time = draw_time(seed),
            .recorded = draw_time(seed),
            .actor = draw_below(seed, 4) == 0 ? ACTOR_GUARDIAN : ACTOR_PERSON,
        };
        if (draw_below(seed, 3) == 0 && record[i].purpose != EVERY) {
            record[i].recipient = draw_below(seed, RECIPIENTS);
        }
        if (draw_below(seed, 3) == 0 || record[i].decision == CONSENT_REQUESTED) {
            record[i].until = draw_time(seed);
        }
        if (record[i].decision == CONSENT_GIVEN && draw_below(seed, 2) == 0) {
            record[i].time = NOW - 1;
        }
    }
    return count;
}

static uint64_t first_seed(void)
{
    const char *given = getenv("CANDOR_SEED");
    uint64_t seed = host_ticks();
    if (given != NULL) {
        must(str_to_uint64(str_of(given), &seed));
    }
    print_message("seed %llu (repeat with CANDOR_SEED)\n", (unsigned long long)seed);
    return seed;
}

static void check_cell(const struct case_of *of, const struct target *target, uint8_t found,
                       uint64_t seed, size_t *seen)
{
    const enum permit_code expected = code_by_definition(of, target);
    expect(found == expected, "seed %llu purpose %zu column %zu recipient %zu: %s not %s",
           (unsigned long long)seed, target->purpose, target->column, target->recipient,
           permit_code_name((enum permit_code)found), permit_code_name(expected));
    seen[expected]++;
}

static void check_against_definition(const struct consent_record *record, size_t count,
                                     const struct consent_age *age, uint64_t seed, size_t *seen)
{
    struct consent_state state;
    const struct case_of of = {record, count, age, NOW};
    consent_fold_of(&inventory, age, record, count, NOW, &state, NULL);
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        for (size_t p = 0; p < PURPOSES; p++) {
            const struct target target = {p, column, OURSELVES};
            check_cell(&of, &target, state.code[p][column], seed, seen);
            expect((state.allowed[column] >> p & 1) ==
                       permit_code_allows((enum permit_code)state.code[p][column]),
                   "seed %llu mask of purpose %zu column %zu", (unsigned long long)seed, p, column);
        }
        for (size_t d = 0; d < DISCLOSURES; d++) {
            const struct target target = {disclosure_row[d].purpose, column,
                                          disclosure_row[d].recipient};
            check_cell(&of, &target, state.disclosed[d][column], seed, seen);
        }
    }
}

static void folding_is_its_definition(void **state)
{
    (void)state;
    uint64_t seed = first_seed();
    size_t seen[PERMIT_CODES] = {0};
    for (size_t i = 0; i < HISTORIES; i++) {
        const uint64_t start = seed;
        struct consent_record record[HISTORY_LEN_MAX];
        const size_t count = draw_history(&seed, record);
        const struct consent_age age = draw_age(&seed);
        check_against_definition(record, count, &age, start, seen);
    }
    for (size_t code = 0; code < PERMIT_CODES; code++) {
        const bool is_of_folding = code != PERMIT_OK_RIGHT && code != PERMIT_OK_DUTY &&
                                   code != PERMIT_UNKNOWN_PURPOSE &&
                                   code != PERMIT_UNKNOWN_SUBJECT &&
                                   code != PERMIT_WRONG_RECIPIENT && code != PERMIT_SUPERSEDED;
        expect(!is_of_folding || seen[code] > 0, "no history led to %s",
               permit_code_name((enum permit_code)code));
    }
}

static void any_order_of_arrival_gives_the_same_state(void **state)
{
    (void)state;
    uint64_t seed = first_seed();
    for (size_t i = 0; i < HISTORIES; i++) {
        const uint64_t start = seed;
        struct consent_record record[HISTORY_LEN_MAX];
        const size_t count = draw_history(&seed, record);
        const struct consent_state before = fold(record, count, NOW);
        for (size_t j = count; j > 1; j--) {
            const size_t other = draw_below(&seed, j);
            const struct consent_record swap = record[j - 1];
            record[j - 1] = record[other];
            record[other] = swap;
        }
        const struct consent_state after = fold(record, count, NOW);
        expect(same_answers(&before, &after), "seed %llu", (unsigned long long)start);
        expect(before.valid_until == after.valid_until, "seed %llu", (unsigned long long)start);
    }
}

static void a_state_stays_true_until_its_end(void **state)
{
    (void)state;
    uint64_t seed = first_seed();
    for (size_t i = 0; i < HISTORIES; i++) {
        const uint64_t start = seed;
        struct consent_record record[HISTORY_LEN_MAX];
        const size_t count = draw_history(&seed, record);
        const struct consent_state now = fold(record, count, NOW);
        expect(now.valid_until > NOW, "seed %llu", (unsigned long long)start);
        const struct consent_state last = fold(record, count, now.valid_until - 1);
        expect(same_answers(&now, &last), "seed %llu", (unsigned long long)start);
    }
}

/* A no may take away, never give: adding one leaves no new permission. */
static void a_no_never_allows(void **state)
{
    (void)state;
    uint64_t seed = first_seed();
    for (size_t i = 0; i < HISTORIES; i++) {
        const uint64_t start = seed;
        struct consent_record record[HISTORY_LEN_MAX + 1];
        size_t count = draw_history(&seed, record);
        const struct consent_state before = fold(record, count, NOW);
        record[count++] = (struct consent_record){
            .purpose = draw_below(&seed, 2) == 0 ? EVERY : draw_below(&seed, PURPOSES),
            .channel = draw_below(&seed, 2) == 0 ? EVERY : draw_below(&seed, CHANNELS),
            .decision = (enum consent_decision)(CONSENT_REFUSED + draw_below(&seed, 4)),
            .time = draw_time(&seed),
        };
        const struct consent_state after = fold(record, count, NOW);
        for (size_t column = 0; column <= CHANNELS_MAX; column++) {
            expect((after.allowed[column] & ~before.allowed[column]) == 0, "seed %llu column %zu",
                   (unsigned long long)start, column);
        }
    }
}

/* ---- cases with a name --------------------------------------------------------------------- */

#define SAID(p, c, what, when) \
    { \
        .purpose = (p), .channel = (c), .decision = (what), .time = (when), .recorded = NOW \
    }

static const struct {
    const char *name;
    struct consent_record record[4];
    size_t count;
    size_t purpose;
    size_t column;
    enum permit_code code;
} history_row[] = {
    {"nobody asked", {{0}}, 0, NEWS, EMAIL, PERMIT_NO_CONSENT},
    {"agreed", {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5)}, 1, NEWS, EMAIL, PERMIT_OK_CONSENT},
    {"agreed for another channel",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5)},
     1,
     NEWS,
     SMS,
     PERMIT_NO_CONSENT},
    {"agreed for every channel",
     {SAID(NEWS, EVERY, CONSENT_GIVEN, NOW - 5)},
     1,
     NEWS,
     SMS,
     PERMIT_OK_CONSENT},
    {"agreed for every channel, but this one is not served",
     {SAID(NEWS, EVERY, CONSENT_GIVEN, NOW - 5)},
     1,
     NEWS,
     POST,
     PERMIT_WRONG_CHANNEL},
    {"a purpose with channels asked without one",
     {SAID(NEWS, EVERY, CONSENT_GIVEN, NOW - 5)},
     1,
     NEWS,
     CHANNELS_MAX,
     PERMIT_WRONG_CHANNEL},
    {"agreed to everything at once is agreeing to nothing",
     {SAID(EVERY, EVERY, CONSENT_GIVEN, NOW - 5)},
     1,
     NEWS,
     EMAIL,
     PERMIT_NO_CONSENT},
    {"no date on a revocable consent: it has ended",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, 0)},
     1,
     NEWS,
     EMAIL,
     PERMIT_EXPIRED},
    {"dated ahead", {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW + 1)}, 1, NEWS, EMAIL, PERMIT_NOT_YET},
    {"dated now", {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW)}, 1, NEWS, EMAIL, PERMIT_OK_CONSENT},
    {"the last instant of thirty days",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 30 * DAY + 1)},
     1,
     NEWS,
     EMAIL,
     PERMIT_OK_CONSENT},
    {"one past it",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 30 * DAY)},
     1,
     NEWS,
     EMAIL,
     PERMIT_EXPIRED},
    {"withdrawn after",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5), SAID(NEWS, EMAIL, CONSENT_WITHDRAWN, NOW - 4)},
     2,
     NEWS,
     EMAIL,
     PERMIT_WITHDRAWN},
    {"withdrawn at the same instant",
     {SAID(NEWS, EMAIL, CONSENT_WITHDRAWN, NOW - 5), SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5)},
     2,
     NEWS,
     EMAIL,
     PERMIT_WITHDRAWN},
    {"an import after the withdrawal carries an older yes",
     {SAID(NEWS, EMAIL, CONSENT_WITHDRAWN, NOW - 4), SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 9)},
     2,
     NEWS,
     EMAIL,
     PERMIT_WITHDRAWN},
    {"agreed again after withdrawing",
     {SAID(NEWS, EMAIL, CONSENT_WITHDRAWN, NOW - 9), SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 4)},
     2,
     NEWS,
     EMAIL,
     PERMIT_OK_CONSENT},
    {"a withdrawal dated ahead counts at once",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5), SAID(NEWS, EMAIL, CONSENT_WITHDRAWN, NOW + DAY)},
     2,
     NEWS,
     EMAIL,
     PERMIT_WITHDRAWN},
    {"a withdrawal without a date counts from when it reached us",
     {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5), SAID(NEWS, EMAIL, CONSENT_WITHDRAWN, 0)},
     2,
     NEWS,
     EMAIL,
     PERMIT_WITHDRAWN},
    {"withdrawn for every channel, given later for one: that one",
     {SAID(NEWS, EVERY, CONSENT_WITHDRAWN, NOW - 9), SAID(NEWS, SMS, CONSENT_GIVEN, NOW - 4)},
     2,
     NEWS,
     SMS,
     PERMIT_OK_CONSENT},
    {"and not the other",
     {SAID(NEWS, EVERY, CONSENT_WITHDRAWN, NOW - 9), SAID(NEWS, SMS, CONSENT_GIVEN, NOW - 4)},
     2,
     NEWS,
     EMAIL,
     PERMIT_WITHDRAWN},
    {"withdrawing everything withdraws this",
     {SAID(SHARE, EVERY, CONSENT_GIVEN, NOW - 9), SAID(EVERY, EVERY, CONSENT_WITHDRAWN, NOW - 4)},
     2,
     SHARE,
     CHANNELS_MAX,
     PERMIT_WITHDRAWN},
    {"a contract does not end by withdrawing",
     {SAID(EVERY, EVERY, CONSENT_WITHDRAWN, NOW - 4)},
     1,
     ORDERS,
     EMAIL,
     PERMIT_OK_BASIS},
    {"objecting to everything reaches direct marketing on any basis",
     {SAID(EVERY, EVERY, CONSENT_OBJECTED, NOW - 4)},
     1,
     ADS_IN_CONTRACT,
     CHANNELS_MAX,
     PERMIT_OBJECTED},
    {"legitimate interest holds until they object", {{0}}, 0, HINTS, EMAIL, PERMIT_OK_BASIS},
    {"and then no more",
     {SAID(HINTS, EMAIL, CONSENT_OBJECTED, NOW - 4)},
     1,
     HINTS,
     EMAIL,
     PERMIT_OBJECTED},
    {"an opt-in after an objection lifts it",
     {SAID(HINTS, EMAIL, CONSENT_OBJECTED, NOW - 4), SAID(HINTS, EMAIL, CONSENT_GIVEN, NOW - 3)},
     2,
     HINTS,
     EMAIL,
     PERMIT_OK_BASIS},
    {"only as long as the opt-in lasts",
     {SAID(HINTS, EMAIL, CONSENT_OBJECTED, NOW - 12 * DAY),
      SAID(HINTS, EMAIL, CONSENT_GIVEN, NOW - 11 * DAY)},
     2,
     HINTS,
     EMAIL,
     PERMIT_OBJECTED},
    {"an objection to marketing leaves profiling alone that is no marketing",
     {SAID(PROFILING, EVERY, CONSENT_GIVEN, NOW - 9),
      SAID(EVERY, EVERY, CONSENT_OBJECTED, NOW - 4)},
     2,
     PROFILING,
     CHANNELS_MAX,
     PERMIT_OK_CONSENT},
    {"a yes on a channel is no yes where there is none",
     {SAID(PROFILING, EMAIL, CONSENT_GIVEN, NOW - 9)},
     1,
     PROFILING,
     CHANNELS_MAX,
     PERMIT_NO_CONSENT},
    {"a no on a channel is a no where there is none",
     {SAID(PROFILING, EVERY, CONSENT_GIVEN, NOW - 9),
      SAID(PROFILING, EMAIL, CONSENT_WITHDRAWN, NOW - 4)},
     2,
     PROFILING,
     CHANNELS_MAX,
     PERMIT_WITHDRAWN},
    {"a restriction stops even what the law asks for",
     {SAID(EVERY, EVERY, CONSENT_RESTRICTED, NOW - 4)},
     1,
     TAX,
     CHANNELS_MAX,
     PERMIT_RESTRICTED},
    {"a restriction of one purpose restricts all",
     {SAID(NEWS, EMAIL, CONSENT_RESTRICTED, NOW - 4)},
     1,
     TAX,
     CHANNELS_MAX,
     PERMIT_RESTRICTED},
    {"lifting at the same instant does not lift",
     {SAID(EVERY, EVERY, CONSENT_RESTRICTED, NOW - 4),
      SAID(EVERY, EVERY, CONSENT_UNRESTRICTED, NOW - 4)},
     2,
     TAX,
     CHANNELS_MAX,
     PERMIT_RESTRICTED},
    {"lifting later does",
     {SAID(EVERY, EVERY, CONSENT_RESTRICTED, NOW - 4),
      SAID(EVERY, EVERY, CONSENT_UNRESTRICTED, NOW - 3)},
     2,
     TAX,
     CHANNELS_MAX,
     PERMIT_OK_BASIS},
    {"lifting one purpose lifts nothing",
     {SAID(EVERY, EVERY, CONSENT_RESTRICTED, NOW - 4),
      SAID(TAX, EVERY, CONSENT_UNRESTRICTED, NOW - 3)},
     2,
     TAX,
     CHANNELS_MAX,
     PERMIT_RESTRICTED},
    {"lifting dated ahead lifts nothing yet",
     {SAID(EVERY, EVERY, CONSENT_RESTRICTED, NOW - 4),
      SAID(EVERY, EVERY, CONSENT_UNRESTRICTED, NOW + 1)},
     2,
     TAX,
     CHANNELS_MAX,
     PERMIT_RESTRICTED},
    {"refused", {SAID(NEWS, EVERY, CONSENT_REFUSED, NOW - 4)}, 1, NEWS, EMAIL, PERMIT_REFUSED},
};

static void histories_fold_to_what_they_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof history_row / sizeof history_row[0]; i++) {
        const struct consent_state folded = fold(history_row[i].record, history_row[i].count, NOW);
        const enum permit_code code =
            (enum permit_code)folded.code[history_row[i].purpose][history_row[i].column];
        expect(code == history_row[i].code, "%s: %s not %s", history_row[i].name,
               permit_code_name(code), permit_code_name(history_row[i].code));
    }
}

static void a_purpose_that_is_not_declared_is_unknown(void **state)
{
    (void)state;
    const struct consent_state folded = fold(NULL, 0, NOW);
    for (size_t p = PURPOSES; p < PURPOSES_MAX; p++) {
        expect(folded.code[p][EMAIL] == PERMIT_UNKNOWN_PURPOSE, "purpose %zu", p);
    }
}

static void the_state_ends_when_a_consent_does(void **state)
{
    (void)state;
    const struct consent_record record[] = {SAID(NEWS, EMAIL, CONSENT_GIVEN, NOW - 5 * DAY),
                                            SAID(PROFILING, EVERY, CONSENT_GIVEN, NOW - DAY)};
    expect(fold(record, 2, NOW).valid_until == NOW + 25 * DAY, "thirty days after");
    expect(fold(record + 1, 1, NOW).valid_until == INT64_MAX, "no end");
}

/* ---- bytes --------------------------------------------------------------------------------- */

#define EVIDENCE \
    "notice=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef " \
    "buttons=refuse/accept sizes=equal defaults=off locale=de screen=phone"

static struct consent_record full_record(void)
{
    return (struct consent_record){
        .purpose = SHARE,
        .channel = SMS,
        .decision = CONSENT_OBJECTED,
        .time = -3,
        .recorded = NOW,
        .surface = STR("web form /signup"),
        .wording_version = STR("2026-03"),
        .wording = STR("May we tell ACME?"),
        .proof = STR("form-77"),
    };
}

static void a_record_reads_back_as_it_was(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct consent_record written = full_record();
    struct buf buf = buf_begin(job.arena);
    consent_write(&inventory, &written, &buf);
    struct consent_record record;
    expect(consent_read(&job, &inventory, buf_all(&buf), &record) == CANDOR_OK, "%s", job.message);
    expect(record.purpose == SHARE && record.channel == SMS, "names");
    expect(record.decision == CONSENT_OBJECTED && record.time == -3 && record.recorded == NOW,
           "numbers");
    expect(str_equal(record.surface, written.surface), "surface");
    expect(str_equal(record.wording_version, written.wording_version), "version");
    expect(str_equal(record.wording, written.wording), "wording");
    expect(str_equal(record.proof, written.proof), "proof");
    job_end(&job);
}

static void every_purpose_and_channel_reads_back(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (int decision = CONSENT_GIVEN; decision <= CONSENT_SENSITIVE_ALLOWED; decision++) {
        const struct consent_record written = {
            .purpose = EVERY, .channel = EVERY, .decision = (enum consent_decision)decision};
        struct buf buf = buf_begin(job.arena);
        consent_write(&inventory, &written, &buf);
        struct consent_record record;
        expect(consent_read(&job, &inventory, buf_all(&buf), &record) == CANDOR_OK, "%s",
               job.message);
        expect(record.purpose == EVERY && record.channel == EVERY, "every");
        expect(record.decision == written.decision, "decision %d", decision);
    }
    job_end(&job);
}

static void a_record_cut_anywhere_is_corrupt(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct consent_record written = full_record();
    struct buf buf = buf_begin(job.arena);
    consent_write(&inventory, &written, &buf);
    struct bytes bytes = buf_all(&buf);
    const size_t whole = bytes.len;
    struct consent_record record;
    for (bytes.len = 0; bytes.len < whole; bytes.len++) {
        expect(consent_read(&job, &inventory, bytes, &record) == CANDOR_CORRUPT, "cut at %zu",
               bytes.len);
        job_forgive(&job);
    }
    buf_u8(&buf, 0);
    expect(consent_read(&job, &inventory, buf_all(&buf), &record) == CANDOR_CORRUPT, "one more");
    job_end(&job);
}

static void a_name_that_is_gone_never_means_everything(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct consent_record written = full_record();
    struct buf buf = buf_begin(job.arena);
    consent_write(&inventory, &written, &buf);

    struct inventory smaller = inventory;
    struct consent_record record;
    smaller.purpose_count = SHARE;
    expect(consent_read(&job, &smaller, buf_all(&buf), &record) == CANDOR_NOT_FOUND, "purpose");
    job_forgive(&job);
    smaller.purpose_count = PURPOSES;
    smaller.channel_count = SMS;
    expect(consent_read(&job, &smaller, buf_all(&buf), &record) == CANDOR_NOT_FOUND, "channel");
    job_end(&job);
}

/* The payload is of version 4 only when there is evidence, so that each record has one form. */
static void evidence_of_the_notice_reads_back(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct consent_record written = full_record();
    struct buf without = buf_begin(job.arena);
    consent_write(&inventory, &written, &without);
    written.ui_evidence = STR(EVIDENCE);
    struct buf buf = buf_begin(job.arena);
    consent_write(&inventory, &written, &buf);
    expect(without.ptr[0] == 2 && buf.ptr[0] == 4, "versions");
    expect(buf.len == without.len + 4 + sizeof EVIDENCE - 1 &&
               memcmp(buf.ptr + 1, without.ptr + 1, without.len - 1) == 0,
           "the same, and the evidence");

    struct consent_record record;
    struct bytes bytes = buf_all(&buf);
    expect(consent_read(&job, &inventory, bytes, &record) == CANDOR_OK, "%s", job.message);
    expect(str_is(record.ui_evidence, EVIDENCE) && str_equal(record.proof, written.proof), "same");
    for (bytes.len = 0; bytes.len < buf.len; bytes.len++) {
        expect(consent_read(&job, &inventory, bytes, &record) == CANDOR_CORRUPT, "cut at %zu",
               bytes.len);
        job_forgive(&job);
    }
    buf.ptr[buf.len - 1] = 'x';
    expect(consent_read(&job, &inventory, buf_all(&buf), &record) == CANDOR_CORRUPT, "other words");
    job_forgive(&job);
    without.ptr[0] = 4;
    buf_block(&without, bytes_of(STR("")));
    expect(consent_read(&job, &inventory, buf_all(&without), &record) == CANDOR_CORRUPT, "empty");
    job_end(&job);
}

static void an_unknown_decision_is_corrupt(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct consent_record written = full_record();
    struct buf buf = buf_begin(job.arena);
    consent_write(&inventory, &written, &buf);
    struct consent_record record;
    buf.ptr[1] = CONSENT_INVALIDATED + 1;
    expect(consent_read(&job, &inventory, buf_all(&buf), &record) == CANDOR_CORRUPT, "decision");
    job_forgive(&job);
    buf.ptr[1] = CONSENT_GIVEN;
    buf.ptr[0] = 9;
    expect(consent_read(&job, &inventory, buf_all(&buf), &record) == CANDOR_CORRUPT, "version");
    job_end(&job);
}

static void decisions_have_names_that_read_back(void **state)
{
    (void)state;
    for (int i = CONSENT_GIVEN; i <= CONSENT_INVALIDATED; i++) {
        enum consent_decision decision = CONSENT_GIVEN;
        const char *name = consent_decision_name((enum consent_decision)i);
        expect(consent_decision_read(str_of(name), &decision) && (int)decision == i, "%s", name);
    }
    enum consent_decision decision = CONSENT_GIVEN;
    expect(!consent_decision_read(STR("yes"), &decision), "yes is no decision");
    expect(!consent_decision_read(STR(""), &decision), "nothing is no decision");
}

/* A wish for a human, or for limited use, is a switch like the restriction: the latest counts, at the
 * same instant the stricter, and lifting needs a date. It denies no purpose. */
static void wishes_are_set_and_lifted_as_a_whole(void **state)
{
    static const struct {
        enum consent_decision sets;
        enum consent_decision lifts;
    } pair[] = {{CONSENT_HUMAN_WANTED, CONSENT_MACHINE_ALLOWED},
                {CONSENT_SENSITIVE_LIMITED, CONSENT_SENSITIVE_ALLOWED}};
    static const struct {
        int64_t set;
        int64_t lifted; /* INT64_MAX: not */
        bool is_set;
    } row[] = {{NOW - 5, INT64_MAX, true}, {NOW - 5, NOW - 4, false}, {NOW - 5, NOW - 5, true},
               {NOW - 5, NOW - 6, true},   {NOW - 5, 0, true},        {NOW - 5, NOW + 1, true},
               {NOW + 9, INT64_MAX, true}, {0, NOW - 1, true}};
    (void)state;
    for (size_t p = 0; p < 2; p++) {
        for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
            struct consent_state folded;
            const struct consent_record record[] = {
                {.purpose = EVERY, .channel = EVERY, .decision = pair[p].sets, .time = row[r].set},
                {.purpose = EVERY,
                 .channel = EVERY,
                 .decision = pair[p].lifts,
                 .time = row[r].lifted}};
            consent_fold(&inventory, record, row[r].lifted == INT64_MAX ? 1 : 2, NOW, &folded);
            const bool is_set = p == 0 ? folded.wants_human : folded.limits_sensitive;
            const bool other = p == 0 ? folded.limits_sensitive : folded.wants_human;
            expect(is_set == row[r].is_set && !other && !folded.is_restricted, "pair %zu, row %zu",
                   p, r);
        }
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(histories_fold_to_what_they_mean),
        cmocka_unit_test(folding_is_its_definition),
        cmocka_unit_test(any_order_of_arrival_gives_the_same_state),
        cmocka_unit_test(a_state_stays_true_until_its_end),
        cmocka_unit_test(a_no_never_allows),
        cmocka_unit_test(a_purpose_that_is_not_declared_is_unknown),
        cmocka_unit_test(the_state_ends_when_a_consent_does),
        cmocka_unit_test(a_record_reads_back_as_it_was),
        cmocka_unit_test(every_purpose_and_channel_reads_back),
        cmocka_unit_test(a_record_cut_anywhere_is_corrupt),
        cmocka_unit_test(a_name_that_is_gone_never_means_everything),
        cmocka_unit_test(evidence_of_the_notice_reads_back),
        cmocka_unit_test(an_unknown_decision_is_corrupt),
        cmocka_unit_test(decisions_have_names_that_read_back),
        cmocka_unit_test(wishes_are_set_and_lifted_as_a_whole),
    };
    return cmocka_run_group_tests_name("consent", test, NULL, NULL);
}
