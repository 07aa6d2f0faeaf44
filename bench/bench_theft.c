/*
 * bench_theft.c - what a meter of told scores sees of thieves, what it thinks of honest clients, and what it costs.
 *
 *     bench_theft MODEL DATA.csv      a model of candor fit, and rows like those it will be asked about
 *
 * Thieves sweep: from one row, each field through all its values, with a share of ordinary rows in between. A
 * key is told as many scores as the model has unknowns; it is stopped earlier when value after value
 * in one row has told a fifth of the differences between cells. Honest clients use up the same budget in four ways: rows
 * as they come; rows of one segment; customers scored again after one field has changed; a person at a desk who
 * tries what would be if. 1,000 clients of each kind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attack.h"
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "numeric.h"
#include "study.h"

enum { CLIENTS = 1000, THIEVES = 60 };

static const double swept_max = 0.2;

struct house {
    struct job job;
    struct model *model;
    struct table table;
    uint8_t *bin;
    uint64_t budget;
};

static double cpu_ns(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static const uint8_t *any_row(const struct house *house, struct rng *rng)
{
    return house->bin + rng_below(rng, house->table.row_count) * house->model->feature_count;
}

/* A value that some row has. */
static uint8_t any_value(const struct house *house, struct rng *rng, size_t feature)
{
    return any_row(house, rng)[feature];
}

/* ---- honest clients ------------------------------------------------------------------------ */

enum client { PLAIN, SEGMENT, AGAIN, WHAT_IF, CLIENT_KINDS };

static const char *const client_name[] = {"rows as they come", "rows of one segment",
                                          "scored again after a change", "what-if at a desk"};

/* The next row of a client; own has what it keeps from one to the next. */
static void next_row(const struct house *house, struct rng *rng, enum client kind, uint64_t at,
                     uint8_t *own, uint8_t *row)
{
    const size_t features = house->model->feature_count;
    switch (kind) {
    case PLAIN:
        memcpy(row, any_row(house, rng), features);
        return;
    case SEGMENT: { /* of which the first row's last field is the mark */
        const uint8_t *found = any_row(house, rng);
        for (size_t tries = 0; at > 0 && tries < 2000; tries++) {
            if (found[features / 2] == own[features / 2]) {
                break;
            }
            found = any_row(house, rng);
        }
        memcpy(row, found, features);
        memcpy(own, found, features);
        return;
    }
    case AGAIN:
        if (at % 2 == 0) {
            memcpy(own, any_row(house, rng), features);
        } else {
            const size_t f = rng_below(rng, features);
            own[f] = any_value(house, rng, f);
        }
        memcpy(row, own, features);
        return;
    case WHAT_IF: /* a dozen changes of one customer, each from the row as it was */
        if (at % 12 == 0) {
            memcpy(own, any_row(house, rng), features);
        }
        memcpy(row, own, features);
        if (at % 12 != 0) {
            const size_t f = rng_below(rng, features);
            row[f] = any_value(house, rng, f);
        }
        return;
    case CLIENT_KINDS:
        break;
    }
}

static void honest(struct house *house, enum client kind)
{
    uint8_t own[FEATURES_MAX];
    uint8_t row[FEATURES_MAX];
    size_t alarms = 0;
    double most = 0;
    double sum = 0;
    for (size_t c = 0; c < CLIENTS; c++) {
        struct rng rng = rng_of(1000 * (uint64_t)kind + c);
        struct arena *arena = arena_begin();
        struct theft_meter *meter = theft_begin(arena, house->model);
        for (uint64_t at = 0; at < house->budget; at++) {
            next_row(house, &rng, kind, at, own, row);
            theft_told(meter, row);
        }
        const double exposed = theft_swept(meter);
        alarms += exposed >= swept_max;
        most = exposed > most ? exposed : most;
        sum += exposed;
        arena_end(arena);
    }
    printf("%-30s  %4zu of %d clients stopped   swept %5.1f %% on average, %5.1f %% at most\n",
           client_name[kind], alarms, CLIENTS, 100 * sum / CLIENTS, 100 * most);
}

/* ---- thieves ------------------------------------------------------------------------------- */

static void thieves(struct house *house, unsigned decoys)
{
    size_t stopped = 0;
    double asked = 0;
    double swept = 0;
    double exposed = 0;
    for (size_t t = 0; t < THIEVES; t++) {
        struct rng rng = rng_of(77 + t);
        struct arena *arena = arena_begin();
        struct theft_meter *meter = theft_begin(arena, house->model);
        uint8_t base[FEATURES_MAX];
        uint8_t row[FEATURES_MAX];
        memcpy(base, any_row(house, &rng), house->model->feature_count);
        uint64_t own = 0;
        bool is_stopped = false;
        for (size_t f = 0; f < house->model->feature_count && !is_stopped; f++) {
            for (size_t b = 0; b < house->model->term[f].cell_count && !is_stopped; b++) {
                memcpy(row, base, house->model->feature_count);
                row[f] = (uint8_t)b;
                theft_told(meter, row);
                own++;
                for (unsigned d = 0; d < decoys; d++) {
                    theft_told(meter, any_row(house, &rng));
                }
                is_stopped = theft_swept(meter) >= swept_max || theft_count(meter) >= house->budget;
            }
        }
        stopped += is_stopped;
        asked += (double)theft_count(meter) / THIEVES;
        swept += (double)own / THIEVES;
        exposed += theft_exposed(meter) / THIEVES;
        arena_end(arena);
    }
    printf(
        "sweep, %2u %% decoys             %3zu of %d stopped after %.0f scores, %.0f of the sweep; "
        "%.1f %% of the tables\n",
        100 * decoys / (decoys + 1), stopped, THIEVES, asked, swept, 100 * exposed);
}

static void cost(struct house *house)
{
    enum { TOLD = 1000000 };
    struct arena *arena = arena_begin();
    struct theft_meter *meter = theft_begin(arena, house->model);
    const double before = cpu_ns();
    for (size_t i = 0; i < TOLD; i++) {
        theft_told(meter, house->bin + i % house->table.row_count * house->model->feature_count);
    }
    printf("a score told: %.0f ns of one processor, %zu fields\n", (cpu_ns() - before) / TOLD,
           house->model->feature_count);
    struct evader *evader = NULL;
    for (size_t k = 1; k <= 3; k++) {
        const struct evasion_options options = {.changes_max = k};
        double link[EVASION_CHANGES_MAX + 1];
        must(evader_of(&house->job, house->model, &options, &evader) == CANDOR_OK);
        const double began = cpu_ns();
        for (size_t row = 0; row < house->table.row_count; row++) {
            evader_row(evader, house->bin + row * house->model->feature_count, link);
        }
        printf("the best score of up to %zu changed fields: %.2f us a row\n", k,
               (cpu_ns() - began) / 1e3 / (double)house->table.row_count);
    }
    arena_end(arena);
}

static enum candor_status open_house(struct house *house, const char *model, const char *data)
{
    struct job *job = &house->job;
    struct digest digest;
    bool is_signed = false;
    struct binding *binding = NULL;
    TRY(study_model(job, model, &house->model, &digest, &is_signed));
    const struct table_asked asked = {{house->model}, str_z(job->arena, house->model->target)};
    TRY(table_read(job, data, &asked, &house->table));
    TRY(model_bind(job, house->model, house->table.frame, &binding));
    TRY_ALLOC(job, house->bin, house->table.row_count * house->model->feature_count, uint8_t);
    binding_bin(binding, 0, house->bin);
    house->budget = theft_unknowns(house->model);
    return CANDOR_OK;
}

int main(int argc, char **argv)
{
    struct house house;
    if (argc != 3) {
        (void)fputs("bench_theft MODEL DATA.csv\n", stderr);
        return 2;
    }
    job_begin(&house.job, host_real());
    if (open_house(&house, argv[1], argv[2]) != CANDOR_OK) {
        (void)fprintf(stderr, "bench_theft: %s\n", house.job.message);
        return 1;
    }
    must(house.model->feature_count <= FEATURES_MAX);
    printf("%zu rows, %zu terms, %llu unknowns: so many scores are told\n", house.table.row_count,
           house.model->term_count, (unsigned long long)house.budget);
    for (unsigned decoys = 0; decoys < 50; decoys = decoys == 0   ? 1
                                                    : decoys == 1 ? 9
                                                    : decoys == 9 ? 49
                                                                  : 50) {
        thieves(&house, decoys);
    }
    for (enum client kind = PLAIN; kind < CLIENT_KINDS; kind++) {
        honest(&house, kind);
    }
    cost(&house);
    job_end(&house.job);
    return 0;
}
