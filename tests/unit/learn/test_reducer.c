/*
 * test_reducer.c - parties with rows of their own, adding vectors only, get the model of all rows.
 */
#include "fit.h"

#include <pthread.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 3000, PARTIES = 3 };

/* A table around which the parties sit: all put their vector in, then all take the sum. */
struct table {
    pthread_barrier_t everybody;
    int64_t *sum;
    double *most;
    pthread_mutex_t lock;
    size_t calls;
};

enum { VECTOR_MAX = 1 << 20 };

struct party {
    struct table *table;
    size_t first;
    size_t count;
    const struct binned *binned;
    const struct target *target;
    enum candor_status status;
    struct bytes bytes;
    struct job job;
    bool is_first;
};

static enum candor_status table_add(struct job *job, void *context, int64_t *value, size_t count)
{
    (void)job;
    struct party *party = context;
    struct table *table = party->table;
    must(count <= VECTOR_MAX);
    (void)pthread_barrier_wait(&table->everybody);
    if (party->is_first) {
        table->calls++;
        for (size_t i = 0; i < count; i++) {
            table->sum[i] = 0;
        }
    }
    (void)pthread_barrier_wait(&table->everybody);
    (void)pthread_mutex_lock(&table->lock);
    for (size_t i = 0; i < count; i++) {
        table->sum[i] += value[i];
    }
    (void)pthread_mutex_unlock(&table->lock);
    (void)pthread_barrier_wait(&table->everybody);
    for (size_t i = 0; i < count; i++) {
        value[i] = table->sum[i];
    }
    return CANDOR_OK;
}

static enum candor_status table_most(struct job *job, void *context, double *value, size_t count)
{
    (void)job;
    struct party *party = context;
    struct table *table = party->table;
    (void)pthread_barrier_wait(&table->everybody);
    if (party->is_first) {
        bytes_copy(table->most, value, count * sizeof *value);
    }
    (void)pthread_barrier_wait(&table->everybody);
    (void)pthread_mutex_lock(&table->lock);
    for (size_t i = 0; i < count; i++) {
        table->most[i] = fmax(table->most[i], value[i]);
    }
    (void)pthread_mutex_unlock(&table->lock);
    (void)pthread_barrier_wait(&table->everybody);
    bytes_copy(value, table->most, count * sizeof *value);
    return CANDOR_OK;
}

/* The model's bytes without its deciles, which only one who sees all rows can know. */
static struct bytes bytes_without_deciles(struct job *job, struct model *model)
{
    for (size_t i = 0; i < DECILES; i++) {
        model->link_decile[i] = (double)NAN;
    }
    return made_bytes(job, model);
}

static enum candor_status fit_part(struct job *job, const struct party *party,
                                   const struct reducer *reducer, struct bytes *bytes)
{
    const uint8_t **bin = NEW_ARRAY(job->arena, party->binned->feature_count, const uint8_t *);
    struct binned part = *party->binned;
    struct target target = *party->target;
    struct model *model;
    for (size_t i = 0; i < part.feature_count; i++) {
        bin[i] = part.bin[i] + party->first;
    }
    part.bin = bin;
    part.row_count = party->count;
    target.value += party->first;
    const struct fit_options options = {
        .threads = 1, .pairs_max = 3, .seed = 1, .reducer = reducer};
    TRY(fit_binned(job, &part, &target, &options, &model));
    *bytes = bytes_without_deciles(job, model);
    return CANDOR_OK;
}

static void *take_part(void *thing)
{
    struct party *party = thing;
    const struct reducer reducer = {table_add, table_most, party};
    party->status = fit_part(&party->job, party, &reducer, &party->bytes);
    return NULL;
}

/* The same features several times over: more cells than a matrix is made for. */
static struct binned repeat(struct job *job, const struct binned *binned, size_t times)
{
    const size_t count = binned->feature_count * times;
    struct model_feature *feature = NEW_ARRAY(job->arena, count, struct model_feature);
    const uint8_t **bin = NEW_ARRAY(job->arena, count, const uint8_t *);
    for (size_t i = 0; i < count; i++) {
        feature[i] = binned->feature[i % binned->feature_count];
        feature[i].name = str_format(job->arena, "x%zu", i);
        bin[i] = binned->bin[i % binned->feature_count];
    }
    return (struct binned){binned->row_count, count, feature, bin};
}

static void together_as_alone(enum task task, size_t times)
{
    struct job job;
    job_begin(&job, host_real());
    const struct made made = made_begin(&job, (struct made_options){ROWS, 5, task, true});
    const struct bin_options bin_options = {.cells_wanted = 512, .threads = 1};
    struct binned binned;
    must(binned_of_frame(&job, made.frame, &bin_options, &binned) == CANDOR_OK);
    binned = repeat(&job, &binned, times);
    const struct party all = {.count = ROWS, .binned = &binned, .target = &made.target};
    struct bytes alone;
    must(fit_part(&job, &all, NULL, &alone) == CANDOR_OK);

    struct table table = {.sum = TRY_ARRAY(job.arena, VECTOR_MAX, int64_t),
                          .most = NEW_ARRAY(job.arena, 64, double),
                          .lock = PTHREAD_MUTEX_INITIALIZER};
    must(pthread_barrier_init(&table.everybody, NULL, PARTIES) == 0);
    struct party party[PARTIES];
    pthread_t thread[PARTIES];
    static const size_t first[PARTIES + 1] = {0, 100, 1900, ROWS};
    for (size_t p = 0; p < PARTIES; p++) {
        party[p] = (struct party){.table = &table,
                                  .first = first[p],
                                  .count = first[p + 1] - first[p],
                                  .binned = &binned,
                                  .target = &made.target,
                                  .is_first = p == 0};
        job_begin(&party[p].job, host_real());
        must(pthread_create(&thread[p], NULL, take_part, &party[p]) == 0);
    }
    for (size_t p = 0; p < PARTIES; p++) {
        must(pthread_join(thread[p], NULL) == 0);
    }
    for (size_t p = 0; p < PARTIES; p++) {
        expect(party[p].status == CANDOR_OK, "party %zu: %s", p, party[p].job.message);
        expect(party[p].bytes.len == alone.len &&
                   bytes_same(party[p].bytes.ptr, alone.ptr, alone.len),
               "task %d: the model of party %zu is that of all rows", (int)task, p);
        job_end(&party[p].job);
    }
    expect(table.calls > 5, "the parties did talk");
    (void)pthread_barrier_destroy(&table.everybody);
    job_end(&job);
}

static void parties_get_the_model_of_all_rows(void **state)
{
    (void)state;
    static const enum task task[] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT};
    for (size_t t = 0; t < sizeof task / sizeof task[0]; t++) {
        together_as_alone(task[t], 1);
    }
}

static void parties_agree_where_there_is_no_matrix(void **state)
{
    (void)state;
    together_as_alone(TASK_BINARY, 40);
    together_as_alone(TASK_REGRESSION, 40);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(parties_agree_where_there_is_no_matrix),
        cmocka_unit_test(parties_get_the_model_of_all_rows),
    };
    return cmocka_run_group_tests_name("reducer", test, NULL, NULL);
}
