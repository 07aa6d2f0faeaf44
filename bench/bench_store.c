/*
 * bench_store.c - what keeping people costs: adding them, their events and decisions, looking one
 * up, walking over all, erasing one. Sealing and syncing are in it, nothing is left out.
 *
 *     bench_store [SUBJECTS [EVENTS [DECISIONS]]]      20000 300000 100000
 *
 * Beside each figure stands the target that the store was built to. The home is made in TMPDIR,
 * which should be on the disk that homes are on: a memory file system syncs for nothing.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "govern.h"
#include "store.h"

enum { SERVICE, PROFILING, PURPOSES };
enum { EMAIL, CITY, AGE, FIELDS };
enum { BATCH = 1000, EVENT_BATCH = 10000, READS = 20000, ERASURES = 20 };

struct bench {
    struct job job;
    char path[128];
    struct purpose purpose[PURPOSES];
    struct field field[FIELDS];
    struct field property;
    struct event_kind kind;
    struct drawer drawer[2];
    struct inventory inventory;
    struct arena *owner;
    struct store *store;
    struct txn *txn;
    uint64_t leaf;
    size_t subjects;
    size_t events;
    size_t decisions;
    struct subject *subject;
    struct str *identifier;
    uint64_t random;
};

static void require(struct bench *bench, enum candor_status status)
{
    if (status != CANDOR_OK) {
        (void)fprintf(stderr, "bench_store: %s\n", bench->job.message);
        exit(1);
    }
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(struct bench *bench, uint64_t below)
{
    must(below > 0);
    bench->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = bench->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

/* Both clocks: on a busy machine only the processor's says what the code costs. */
struct clocks {
    uint64_t wall_ns;
    double cpu_s;
};

static struct clocks clocks_now(void)
{
    struct rusage used;
    must(getrusage(RUSAGE_SELF, &used) == 0);
    return (struct clocks){
        .wall_ns = host_ticks(),
        .cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
    };
}

static void say(const char *what, struct clocks begun, size_t count, const char *target)
{
    const struct clocks ended = clocks_now();
    const double wall_s = (double)(ended.wall_ns - begun.wall_ns) / 1e9;
    const double cpu_s = ended.cpu_s - begun.cpu_s;
    (void)printf("%-42s %7zu  wall %7.3f s %9.2f us  cpu %7.3f s %9.2f us  target %s\n", what,
                 count, wall_s, wall_s * 1e6 / (double)count, cpu_s, cpu_s * 1e6 / (double)count,
                 target);
    (void)fflush(stdout);
}

/* ---- the home ------------------------------------------------------------------------------ */

static void make_inventory(struct bench *bench)
{
    bench->purpose[SERVICE] = (struct purpose){.name = STR("service"), .basis = BASIS_CONTRACT};
    bench->purpose[PROFILING] = (struct purpose){.name = STR("profiling"), .basis = BASIS_CONTRACT};
    bench->field[EMAIL] =
        (struct field){.name = STR("email"), .type = FIELD_TEXT, .purposes = 1, .drawer = 0};
    bench->field[CITY] =
        (struct field){.name = STR("city"), .type = FIELD_TEXT, .purposes = 3, .drawer = 1};
    bench->field[AGE] =
        (struct field){.name = STR("age"), .type = FIELD_NUMBER, .purposes = 3, .drawer = 1};
    bench->property = (struct field){.name = STR("item"), .type = FIELD_TEXT, .purposes = 3};
    bench->kind = (struct event_kind){
        .name = STR("viewed"), .purposes = 3, .property = &bench->property, .property_count = 1};
    bench->drawer[0] = (struct drawer){1, STR("service")};
    bench->drawer[1] = (struct drawer){3, STR("profiling service")};
    bench->inventory = (struct inventory){
        .name = STR("bench"),
        .purpose = bench->purpose,
        .purpose_count = PURPOSES,
        .field = bench->field,
        .field_count = FIELDS,
        .event_kind = &bench->kind,
        .event_kind_count = 1,
        .drawer = bench->drawer,
        .drawer_count = 2,
    };
}

static void make_home(struct bench *bench)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(bench->path, sizeof bench->path, "%.64s/candor-bench-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(bench->path) != NULL);
    job_begin(&bench->job, host_real());
    require(bench, crypto_start(&bench->job));
    make_inventory(bench);
    bench->owner = arena_begin();
    require(bench, store_create(&bench->job, bench->owner, str_of(bench->path), &bench->inventory,
                                &bench->store));
}

static void begin(struct bench *bench)
{
    require(bench, store_begin(&bench->job, bench->store, &bench->txn));
}

static void account(struct bench *bench)
{
    const uint8_t leaf[160] = {1};
    const struct digest hash = {{2}};
    require(bench, store_append_leaf(&bench->job, bench->txn, bench->leaf,
                                     (struct bytes){leaf, sizeof leaf}));
    uint64_t rest = bench->leaf + 1;
    for (unsigned level = 0; level == 0 || (rest & 1) == 0; level++) {
        rest = level == 0 ? rest : rest >> 1;
        require(bench, store_put_node(&bench->job, bench->txn, level, rest - 1, hash));
    }
    bench->leaf++;
}

static void commit(struct bench *bench)
{
    account(bench);
    require(bench, store_put_checkpoint(&bench->job, bench->txn, bench->leaf,
                                        STR("candor.example/bench\n1\nroot\n\n- name sig\n")));
    require(bench, store_commit(&bench->job, bench->txn));
}

/* ---- what is measured ---------------------------------------------------------------------- */

static void put_profile(struct bench *bench, size_t i)
{
    const struct arena_mark mark = arena_mark(bench->job.arena);
    struct profile profile = profile_begin(bench->job.arena, &bench->inventory);
    profile.cell[EMAIL] = (struct cell){.kind = CELL_TEXT, .text = bench->identifier[i]};
    profile.cell[CITY] = (struct cell){.kind = CELL_TEXT, .text = STR("Bern")};
    profile.cell[AGE] = (struct cell){.kind = CELL_NUMBER, .number = 42};
    require(bench, store_put_profile(&bench->job, bench->txn, bench->subject[i], &profile));
    arena_rewind(bench->job.arena, mark);
}

static void add_subjects(struct bench *bench)
{
    bench->subject = NEW_ARRAY(bench->job.arena, bench->subjects, struct subject);
    bench->identifier = NEW_ARRAY(bench->job.arena, bench->subjects, struct str);
    for (size_t i = 0; i < bench->subjects; i++) {
        bench->identifier[i] = str_format(bench->job.arena, "person.%zu@example.org", i);
    }
    const struct clocks begun = clocks_now();
    for (size_t from = 0; from < bench->subjects; from += BATCH) {
        const size_t left = bench->subjects - from;
        const size_t count = left < BATCH ? left : BATCH;
        begin(bench);
        require(bench, store_add_subjects(&bench->job, bench->txn, &bench->identifier[from], count,
                                          &bench->subject[from]));
        for (size_t i = from; i < from + count; i++) {
            put_profile(bench, i);
        }
        commit(bench);
    }
    say("subjects with 2 drawers, batches of 1,000", begun, bench->subjects, "1 s / 20,000");
}

static void add_consents(struct bench *bench)
{
    const struct consent_record record = {.purpose = PROFILING,
                                          .channel = EVERY,
                                          .decision = CONSENT_GIVEN,
                                          .time = bench->job.now - 10,
                                          .recorded = bench->job.now - 5,
                                          .surface = STR("web form /signup"),
                                          .wording_version = STR("2026-03")};
    const struct clocks begun = clocks_now();
    begin(bench);
    for (size_t i = 0; i < bench->subjects; i++) {
        require(bench, store_add_consent(&bench->job, bench->txn, bench->subject[i], &record));
        require(bench, store_add_consent(&bench->job, bench->txn, bench->subject[i], &record));
    }
    commit(bench);
    say("consents, 2 a subject", begun, bench->subjects * 2, "-");
}

static void add_events(struct bench *bench, bool is_random)
{
    struct cell cell = {.kind = CELL_TEXT, .text = STR("a hat with a feather")};
    const struct clocks begun = clocks_now();
    for (size_t from = 0; from < bench->events; from += EVENT_BATCH) {
        begin(bench);
        for (size_t i = from; i < from + EVENT_BATCH && i < bench->events; i++) {
            const struct event event = {0, (int64_t)i, &cell};
            const size_t who =
                is_random ? draw(bench, bench->subjects) : i * bench->subjects / bench->events;
            require(bench, store_add_event(&bench->job, bench->txn, bench->subject[who], &event));
        }
        commit(bench);
    }
    say(is_random ? "events of anybody, batches of 10,000" : "events by subject", begun,
        bench->events, "4 s / 300,000");
}

static void add_decisions(struct bench *bench)
{
    const uint8_t payload[256] = {3};
    struct decision_record decision = {.payload = {payload, sizeof payload}};
    const struct clocks begun = clocks_now();
    for (size_t from = 0; from < bench->decisions; from += BATCH) {
        begin(bench);
        for (size_t i = from; i < from + BATCH && i < bench->decisions; i++) {
            decision.ledger_index = bench->leaf;
            account(bench);
            require(bench, store_add_decision(&bench->job, bench->txn,
                                              bench->subject[i % bench->subjects], &decision));
        }
        commit(bench);
    }
    say("leaf, nodes, decision; batches of 1,000", begun, bench->decisions, "3 s / 100,000");
}

static const struct permit *permit_to_profile(struct bench *bench, struct subject subject)
{
    const struct permit_question question = {
        .subject = subject, .purpose = PROFILING, .channel = NONE, .recipient = NONE};
    struct consent_state state;
    enum permit_code code;
    const struct permit *permit = NULL;
    consent_fold(&bench->inventory, NULL, 0, bench->job.now, &state);
    require(bench, permit_issue(&bench->job, &bench->inventory, &state, &question, &code, &permit));
    return permit;
}

static void read_one(struct bench *bench, size_t i, bool with_events)
{
    const struct arena_mark mark = arena_mark(bench->job.arena);
    struct subject subject;
    struct profile profile;
    struct consent_record *record = NULL;
    struct event *event = NULL;
    size_t count = 0;
    require(bench, store_find(&bench->job, bench->txn, bench->identifier[i], &subject));
    require(bench, store_consents(&bench->job, bench->txn, subject, &record, &count));
    const struct permit *permit = permit_to_profile(bench, subject);
    require(bench, store_profile(&bench->job, bench->txn, permit, &profile));
    if (with_events) {
        require(bench, store_events(&bench->job, bench->txn, permit, &event, &count));
    }
    arena_rewind(bench->job.arena, mark);
}

static void read_some(struct bench *bench, bool with_events)
{
    begin(bench);
    for (size_t i = 0; i < bench->subjects; i++) {
        read_one(bench, i, with_events);
    }
    const struct clocks begun = clocks_now();
    for (size_t i = 0; i < READS; i++) {
        read_one(bench, draw(bench, bench->subjects), with_events);
    }
    say(with_events ? "find, profile, consents, events" : "find, profile, consents", begun, READS,
        with_events ? "-" : "30 us");
    store_roll_back(bench->txn);
}

static void begin_and_end(struct bench *bench)
{
    const struct clocks begun = clocks_now();
    for (size_t i = 0; i < READS; i++) {
        const struct arena_mark mark = arena_mark(bench->job.arena);
        struct subject subject;
        begin(bench);
        require(bench, store_find(&bench->job, bench->txn, bench->identifier[0], &subject));
        store_roll_back(bench->txn);
        arena_rewind(bench->job.arena, mark);
    }
    say("transactions that only find", begun, READS, "-");
}

static void walk(struct bench *bench)
{
    const struct clocks begun = clocks_now();
    uint64_t cursor = 0;
    size_t walked = 0;
    struct subject subject;
    begin(bench);
    while (store_next_subject(&bench->job, bench->txn, &cursor, &subject) == CANDOR_OK) {
        const struct arena_mark mark = arena_mark(bench->job.arena);
        const struct permit *permit = permit_to_profile(bench, subject);
        struct profile profile;
        struct event *event = NULL;
        size_t count = 0;
        require(bench, store_profile(&bench->job, bench->txn, permit, &profile));
        require(bench, store_events(&bench->job, bench->txn, permit, &event, &count));
        arena_rewind(bench->job.arena, mark);
        walked++;
    }
    job_forgive(&bench->job);
    store_roll_back(bench->txn);
    say("walk over all: profile and events", begun, walked, "-");
}

static void erase_some(struct bench *bench)
{
    const struct clocks begun = clocks_now();
    for (size_t i = 0; i < ERASURES; i++) {
        struct erasure_rows rows;
        struct key_erasure facts;
        const struct subject subject = bench->subject[i * (bench->subjects / ERASURES)];
        begin(bench);
        require(bench, store_erase(&bench->job, bench->txn,
                                   permit_for_right(&bench->job, subject, RIGHT_ERASURE), &rows));
        commit(bench);
        require(bench, store_finish_erasures(&bench->job, bench->store, &facts));
    }
    say("erasures, each to the end", begun, ERASURES, "10 ms");
}

static void reopen(struct bench *bench)
{
    arena_end(bench->owner);
    bench->owner = arena_begin();
    const struct clocks begun = clocks_now();
    require(bench, store_open(&bench->job, bench->owner, str_of(bench->path), &bench->inventory,
                              &bench->store));
    say("opening", begun, 1, "-");
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static size_t argument(int argc, char **argv, int index, size_t otherwise)
{
    uint64_t value = 0;
    return argc > index && str_to_uint64(str_of(argv[index]), &value) && value >= ERASURES
               ? (size_t)value
               : otherwise;
}

int main(int argc, char **argv)
{
    struct bench bench = {.subjects = argument(argc, argv, 1, 20000),
                          .events = argument(argc, argv, 2, 300000),
                          .decisions = argument(argc, argv, 3, 100000),
                          .random = 1};
    make_home(&bench);
    add_subjects(&bench);
    add_consents(&bench);
    read_some(&bench, false);
    begin_and_end(&bench);
    add_events(&bench, true);
    add_events(&bench, false);
    reopen(&bench);
    walk(&bench);
    walk(&bench);
    read_some(&bench, true);
    add_decisions(&bench);
    reopen(&bench);
    erase_some(&bench);
    arena_end(bench.owner);
    job_end(&bench.job);
    (void)nftw(bench.path, remove_one, 16,
               FTW_DEPTH | FTW_PHYS); /* in the folder for such things */
    return 0;
}
