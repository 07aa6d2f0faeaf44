/*
 * bench_review.c - what a reviewer waits for while many pieces are in review: proposing one more, a vote that
 * approves, where it stands, its signed approval, and checking that with the key alone.
 *
 *     bench_review [PIECES]        makes a home of its own under TMPDIR; 20,000 pieces without
 *
 * The pieces before are put down as a submission and a proposal put them down, each scanned and signed and on
 * the ledger, but many in one commit. What is measured goes through the public door, one commit each.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench_house.h"
#include "candor_board.h"
#include "candor_content.h"
#include "candor_people.h"
#include "contents.h"
#include "home.h"

enum { MEASURED = 400, AT_ONCE = 500, STEPS = 6 };

static const char policy[] =
    "candor: 1\nname: Bench\nchannels: [email]\n"
    "purposes: [{name: news, basis: consent, wording: May we?, wording_version: '1', channels: "
    "[email]}]\n"
    "subjects: {identifier: identifier, fields: [{name: email, pii: email, purposes: [news]}]}\n"
    "governance:\n  data_protection_officer: {operator: dora}\n"
    "  team: [{operator: bea, function: Lead}]\n  ethics_board: {members: [bea], quorum: 1}\n"
    "  review: [campaigns]\n";

static const char *const step_name[STEPS] = {
    "submit: scan and keep", "propose",         "approve",
    "where it stands",       "signed approval", "check it, key alone"};

static double took[STEPS][MEASURED];

static struct candor *opened(const char *home, const char *who)
{
    struct job *job = candor_job_begin();
    struct candor *candor = NULL;
    check(candor_open(job, home, who, &candor), job, who);
    candor_job_end(job);
    return candor;
}

static struct candor_content piece(char name[32], char text[128], size_t number)
{
    (void)snprintf(name, 32, "piece-%08zu", number);
    (void)snprintf(text, 128, "Our hats of spring, number %zu, are in the shop on the corner.",
                   number);
    return (struct candor_content){
        .name = name, .file = "copy.txt", .bytes = text, .len = strlen(text), .purpose = "news"};
}

/* ---- those before ------------------------------------------------------------------------------ */

static enum candor_status put_review(struct job *job, struct candor *candor, struct txn *txn,
                                     struct str name)
{
    struct board_thing thing;
    struct board_record record = {.noted = BOARD_IN_REVIEW};
    TRY(board_thing_load(job, candor, txn, BOARD_CONTENT, name, &thing));
    record.review = (struct board_review){.kind = BOARD_CONTENT,
                                          .name = thing.name,
                                          .risk = thing.risk,
                                          .proposer = candor->self.name,
                                          .proposed = job->now,
                                          .author = thing.author,
                                          .author_count = thing.author_count};
    bytes_copy(record.review.digest, thing.digest, sizeof thing.digest);
    record.exhibit = thing.exhibit;
    record.note = STR("");
    record.why = thing.why;
    TRY(entropy_draw(job, record.id, sizeof record.id));
    TRY(board_sign(job, candor, &record));
    return board_add(job, txn, &record);
}

static enum candor_status put_some(struct job *job, struct candor *candor, size_t from, size_t to)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    for (size_t i = from; i < to; i++) {
        char name[32];
        char text[128];
        const struct candor_content asked = piece(name, text, i);
        struct content content = {.name = str_copy(job->arena, str_of(name))};
        TRY(content_take(job, candor, &asked, &content));
        TRY(content_keep(job, candor, txn, &content));
        TRY(put_review(job, candor, txn, content.name));
    }
    return home_commit(job, candor, txn);
}

static void fill(struct candor *candor, size_t pieces)
{
    for (size_t from = 0; from < pieces; from += AT_ONCE) {
        struct job *job = candor_job_begin();
        const size_t to = from + AT_ONCE < pieces ? from + AT_ONCE : pieces;
        home_enter(candor);
        check(put_some(job, candor, from, to), job, "fill");
        home_leave(candor);
        candor_job_end(job);
        (void)fprintf(stderr, "\r%zu of %zu pieces in review", to, pieces);
    }
    (void)fprintf(stderr, "\n");
}

/* ---- one more ---------------------------------------------------------------------------------- */

static void number_of(const struct candor_text *report, char id[33])
{
    const char *at = strstr(report->ptr, "\"id\":");
    if (at == NULL ||
        sscanf(at, "\"id\": \"%32[0-9a-f]\"", id) + sscanf(at, "\"id\":\"%32[0-9a-f]\"", id) < 1) {
        (void)fprintf(stderr, "no number in the answer\n");
        exit(1);
    }
}

static double since(double *from)
{
    const double now = read_clock(CLOCK_MONOTONIC);
    const double span = now - *from;
    *from = now;
    return span;
}

static char number[MEASURED][33];

static void write_one(struct job *job, struct candor *ana, size_t first, size_t at)
{
    char name[32];
    char text[128];
    struct candor_text report;
    const struct candor_content content = piece(name, text, first + at);
    double clock = read_clock(CLOCK_MONOTONIC);
    check(candor_content_submit(job, ana, &content, &report), job, "submit");
    took[0][at] = since(&clock);
    check(candor_board_propose(job, ana, "content", name, NULL, NULL, &report), job, "propose");
    took[1][at] = since(&clock);
    number_of(&report, number[at]);
}

static void approve_one(struct job *job, struct candor *bea, size_t at)
{
    struct candor_text report;
    double clock = read_clock(CLOCK_MONOTONIC);
    check(candor_board_act(job, bea, number[at], "approve", "Good.", NULL, &report), job,
          "approve");
    took[2][at] = since(&clock);
}

static void look_at_one(struct job *job, struct candor *ana, const char *key, size_t first,
                        size_t at)
{
    char name[32];
    char text[128];
    bool is_sound = false;
    struct candor_text report;
    struct candor_text envelope;
    (void)piece(name, text, first + at);
    double clock = read_clock(CLOCK_MONOTONIC);
    check(candor_content_show(job, ana, name, &report), job, "show");
    took[3][at] = since(&clock);
    check(candor_content_approval(job, ana, name, &envelope), job, "approval");
    took[4][at] = since(&clock);
    check(candor_approval_verify(job, text, strlen(text), envelope.ptr, envelope.len, key,
                                 &is_sound, &report),
          job, "verify");
    took[5][at] = since(&clock);
    if (!is_sound) {
        (void)fprintf(stderr, "an approval does not hold: %s\n", report.ptr);
        exit(1);
    }
}

/* One operator has a home at a time. Returns how long opening it took. */
static double visit(const char *home, const char *who, const char *key, size_t first)
{
    double clock = read_clock(CLOCK_MONOTONIC);
    struct candor *candor = opened(home, who);
    const double span = since(&clock);
    for (size_t at = 0; at < MEASURED; at++) {
        struct job *job = candor_job_begin();
        if (strcmp(who, "bea") == 0) {
            approve_one(job, candor, at);
        } else if (key == NULL) {
            write_one(job, candor, first, at);
        } else {
            look_at_one(job, candor, key, first, at);
        }
        candor_job_end(job);
    }
    candor_close(candor);
    return span;
}

/* What a page of all costs: each piece with where it stands, each review with where it stands. */
static double list_all(const char *home)
{
    struct candor_text report;
    struct candor *candor = opened(home, "ana");
    struct job *job = candor_job_begin();
    double clock = read_clock(CLOCK_MONOTONIC);
    check(candor_content_list(job, candor, NULL, 0, &report), job, "list");
    check(candor_board_list(job, candor, NULL, "in_review", &report), job, "list");
    const double span = since(&clock);
    candor_job_end(job);
    candor_close(candor);
    return span;
}

static char *key_of(const char *home)
{
    static char key[4096];
    char path[300];
    (void)snprintf(path, sizeof path, "%s/ledger.pub", home);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    key[fread(key, 1, sizeof key - 1, file)] = '\0';
    (void)fclose(file);
    return key;
}

int main(int argc, char **argv)
{
    const size_t pieces = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 20000;
    const char *folder = getenv("TMPDIR");
    char home[200];
    char command[300];
    struct candor_text report;
    (void)snprintf(home, sizeof home, "%s/candor-bench-review-%d", folder == NULL ? "/tmp" : folder,
                   (int)getpid());
    struct candor *ana = found(home, policy);
    struct job *job = candor_job_begin();
    check(candor_operator_add(job, ana, "bea", "approver", &report), job, "bea");
    check(candor_operator_add(job, ana, "dora", "privacy", &report), job, "dora");
    candor_job_end(job);
    const double begun = read_clock(CLOCK_MONOTONIC);
    fill(ana, pieces);
    const double filled = read_clock(CLOCK_MONOTONIC);
    candor_close(ana);
    const double open_s = visit(home, "ana", NULL, pieces);
    (void)visit(home, "bea", NULL, pieces);
    const double list_s = list_all(home);
    (void)visit(home, "ana", key_of(home), pieces);
    printf("%zu pieces in review, put there in %.1f s; the home opens in %.0f ms\n", pieces,
           filled - begun, open_s * 1e3);
    printf("  both lists of all        %.2f s\n", list_s);
    for (size_t s = 0; s < STEPS; s++) {
        qsort(took[s], MEASURED, sizeof took[s][0], by_size);
        printf("  %-24s p50 %6.2f ms   p99 %6.2f ms\n", step_name[s], took[s][MEASURED / 2] * 1e3,
               took[s][MEASURED * 99 / 100] * 1e3);
    }
    (void)snprintf(command, sizeof command, "rm -rf '%s'", home);
    return system(command) == 0 ? 0 : 1;
}
