/*
 * bench_track.c - what a tracked event costs, by processor time: read, asked about, sealed, its id kept,
 * committed, beside a plain SQLite table that takes the same JSON and knows nothing of anybody.
 *
 *     bench_track [EVENTS [PEOPLE [BATCH]]]      200000 20000 100
 *
 * Batches of BATCH messages come as SDKs send them, ten to a commit on both sides. The last figure is
 * events per second on two processors: messages are read on one thread and kept on another.
 */
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "candor.h"

enum { CALLS_OF_COMMIT = 10, TEXT_MAX = 512 };

static const char policy[] =
    "candor: 1\nname: bench\nchannels: [email]\npurposes:\n"
    "  - {name: profiling, basis: consent, wording: May we?, wording_version: '1'}\n"
    "  - {name: service, basis: contract}\n"
    "subjects:\n  identifier: identifier\n  fields: [{name: email, pii: email, purposes: "
    "[service]}]\n"
    "events:\n  - name: bought\n    purposes: [profiling, service]\n    properties:\n"
    "      - {name: amount, type: number}\n      - {name: item, type: text}\n"
    "tracking:\n  events: [{track: Order Completed, event: bought, properties: {total: amount}}]\n";

struct bench {
    char dir[128];
    struct candor *candor;
    size_t events;
    size_t people;
    size_t batch;
    double read_s;
    double keep_s;
    double plain_s;
};

static void require(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "bench_track: %s\n", what);
        exit(1);
    }
}

static void done(struct job *job, enum candor_status status)
{
    require(status == CANDOR_OK, candor_job_message(job));
}

static double cpu_s(void)
{
    struct rusage used;
    require(getrusage(RUSAGE_SELF, &used) == 0, "getrusage");
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    require(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0, path);
}

/* One message, as Segment's SDK for Node writes it. */
static int put_message(const struct bench *bench, size_t i, char *text)
{
    return snprintf(
        text, TEXT_MAX,
        "{\"timestamp\":\"2026-11-28T03:36:36.285Z\",\"integrations\":{},\"event\":"
        "\"Order Completed\",\"type\":\"track\",\"properties\":{\"total\":%zu.5,\"item\":"
        "\"a hat with a feather\"},\"context\":{\"library\":{\"name\":\"@segment/"
        "analytics-node\",\"version\":\"2.2.1\"}},\"userId\":\"person-%zu\",\"messageId\":"
        "\"node-next-1795840596287-%zu\",\"_metadata\":{\"nodeVersion\":\"v18.19.0\"}}",
        i % 100, i * 7919 % bench->people, i);
}

static char *make_batch(const struct bench *bench, size_t from)
{
    char *text = malloc(bench->batch * TEXT_MAX + 64);
    require(text != NULL, "memory");
    size_t len = (size_t)sprintf(text, "{\"sentAt\":\"2026-11-28T03:36:37.000Z\",\"batch\":[");
    for (size_t i = 0; i < bench->batch; i++) {
        len += (size_t)sprintf(text + len, "%s", i == 0 ? "" : ",");
        len += (size_t)put_message(bench, from + i, text + len);
    }
    (void)sprintf(text + len, "]}");
    return text;
}

static void make_home(struct bench *bench)
{
    char path[192];
    struct candor_text report;
    struct job *job = candor_job_begin();
    const char *folder = getenv("TMPDIR");
    (void)snprintf(bench->dir, sizeof bench->dir, "%.64s/candor-track-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    require(mkdtemp(bench->dir) != NULL, "mkdtemp");
    char home[160];
    (void)snprintf(home, sizeof home, "%s/home", bench->dir);
    done(job, candor_init(job, home, "bench", "ana", &report));
    (void)snprintf(path, sizeof path, "%s/candor.yaml", home);
    write_file(path, policy);
    done(job, candor_open(job, home, "ana", &bench->candor));
    (void)snprintf(path, sizeof path, "%s/people.csv", bench->dir);
    FILE *file = fopen(path, "we");
    require(file != NULL, path);
    (void)fprintf(file, "identifier,email\n");
    for (size_t p = 0; p < bench->people; p++) {
        (void)fprintf(file, "person-%zu,p%zu@example.org\n", p, p);
    }
    require(fclose(file) == 0, path);
    done(job, candor_import(job, bench->candor, "subjects", path, NULL, 0, &report));
    candor_job_end(job);
}

/* One commit: CALLS_OF_COMMIT calls. */
static void keep(struct bench *bench, char **text)
{
    struct job *job = candor_job_begin();
    struct candor_tracked tracked[CALLS_OF_COMMIT] = {0};
    const double begun = cpu_s();
    for (size_t c = 0; c < CALLS_OF_COMMIT; c++) {
        struct candor_messages *messages = NULL;
        done(job, candor_track_read(job, "batch", text[c], strlen(text[c]), false, &messages));
        tracked[c].messages = messages;
        tracked[c].source = "bench";
    }
    const double read = cpu_s();
    done(job, candor_track(job, bench->candor, tracked, CALLS_OF_COMMIT));
    const double kept = cpu_s();
    bench->read_s += read - begun;
    bench->keep_s += kept - read;
    char all[32];
    (void)snprintf(all, sizeof all, "\"kept\": %zu", bench->batch);
    require(strstr(tracked[0].report.ptr, all) != NULL, tracked[0].report.ptr);
    candor_job_end(job);
}

static void run(sqlite3 *base, const char *sql)
{
    require(sqlite3_exec(base, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

/* The same bodies, each message a row as SQLite itself takes them apart, and once by its id. */
static void keep_plain(struct bench *bench, sqlite3 *base, sqlite3_stmt *add, char **text)
{
    const double begun = cpu_s();
    run(base, "BEGIN");
    for (size_t c = 0; c < CALLS_OF_COMMIT; c++) {
        require(sqlite3_bind_text(add, 1, text[c], -1, SQLITE_STATIC) == SQLITE_OK, "bind");
        require(sqlite3_step(add) == SQLITE_DONE && sqlite3_reset(add) == SQLITE_OK,
                sqlite3_errmsg(base));
    }
    run(base, "COMMIT");
    bench->plain_s += cpu_s() - begun;
}

static sqlite3 *open_plain(const struct bench *bench, sqlite3_stmt **add)
{
    char path[192];
    sqlite3 *base = NULL;
    (void)snprintf(path, sizeof path, "%s/plain.db", bench->dir);
    require(sqlite3_open(path, &base) == SQLITE_OK, path);
    run(base, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
              "CREATE TABLE message (id TEXT PRIMARY KEY, who TEXT, body TEXT);");
    require(sqlite3_prepare_v2(base,
                               "INSERT OR IGNORE INTO message SELECT json_extract(value, "
                               "'$.messageId'), json_extract(value, '$.userId'), value FROM "
                               "json_each(?1, '$.batch')",
                               -1, add, NULL) == SQLITE_OK,
            sqlite3_errmsg(base));
    return base;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static void say(const struct bench *bench)
{
    const double count = (double)bench->events;
    const double read = bench->read_s * 1e6 / count;
    const double kept = bench->keep_s * 1e6 / count;
    const double plain = bench->plain_s * 1e6 / count;
    (void)printf("%zu events of %zu people, batches of %zu, %d to a commit\n", bench->events,
                 bench->people, bench->batch, CALLS_OF_COMMIT);
    (void)printf("read            %7.2f us of processor time an event\n", read);
    (void)printf("kept, sealed    %7.2f us\n", kept);
    (void)printf("plain SQLite    %7.2f us   ratio %.2f\n", plain, (read + kept) / plain);
    (void)printf("events/s        %7.0f on two processors, %.0f on one (target 25,000)\n",
                 1e6 / (read > kept ? read : kept), 1e6 / (read + kept));
}

static size_t number_of(int argc, char **argv, int at, size_t otherwise)
{
    return argc > at ? strtoul(argv[at], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    struct bench bench = {.events = number_of(argc, argv, 1, 200000),
                          .people = number_of(argc, argv, 2, 20000),
                          .batch = number_of(argc, argv, 3, 100)};
    sqlite3_stmt *add = NULL;
    require(bench.people > 0 && bench.batch > 0 && bench.batch <= 1000, "numbers above 0");
    make_home(&bench);
    sqlite3 *base = open_plain(&bench, &add);
    const size_t step = bench.batch * CALLS_OF_COMMIT;
    bench.events = (bench.events + step - 1) / step * step;
    for (size_t from = 0; from < bench.events; from += step) {
        char *text[CALLS_OF_COMMIT];
        for (size_t c = 0; c < CALLS_OF_COMMIT; c++) {
            text[c] = make_batch(&bench, from + c * bench.batch);
        }
        keep(&bench, text);
        keep_plain(&bench, base, add, text);
        for (size_t c = 0; c < CALLS_OF_COMMIT; c++) {
            free(text[c]);
        }
    }
    say(&bench);
    require(sqlite3_finalize(add) == SQLITE_OK && sqlite3_close(base) == SQLITE_OK, "close");
    candor_close(bench.candor);
    (void)nftw(bench.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
