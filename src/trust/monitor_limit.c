/*
 * monitor_limit.c - how much evidence is an alarm, found by simulation with the very code that watches.
 *
 * The rate of false alarms falls with the limit like exp(-slope * limit), slope being 1 where the
 * reference is the world and a little less where it is a sample of it. So: low limits, where alarms are
 * many and some ten thousand rows show the rate; steps up by what the slope promises; a long run at the
 * end, and a last step by what it showed.
 *
 *     rows of the reference --drawn anew--> a world --drawn anew--> the stream
 *
 * Where rates of parts are watched, a world's rates are drawn by what is known of each (a Beta distribution): of
 * three that came true among thirty one knows little, and drawing those thirty anew would say too little of it.
 * There an alarm ends a world, as in a home: what comes after it is learnt as the new reference.
 *
 * A world lasts WORLD rows. Half of what false alarms there are come from the few worlds that lie farthest
 * from the reference; a limit from a single world would hold in that one only.
 */
#include "monitor.h"

#include <math.h>

#include "numeric.h"

enum {
    WORLD = 20000,
    BATCH = 1024,
    INDEPENDENT_MAX = 65536,
    STEPS_MAX = 40,
    ALARMS_WANTED = 200,
    SLOW_MAX = 4
};

static const double limit_first = 4;
static const double limit_most = 120;
static const double step_most = 2;

struct drawing {
    struct monitor_plan *plan;
    struct monitor_limit asked;
    struct rng rng;
    const uint8_t **column; /* the reference's rows */
    size_t row_count;
    bool is_independent;
    uint32_t *world; /* rows of the reference, or, of independent columns, of each column */
    uint64_t left;   /* rows until the next world */
    uint8_t *batch;
    const uint8_t **cell;
    double chance[MONITOR_CELLS_MAX / 2]; /* of a world of parts */
};

/* ---- rows ---------------------------------------------------------------------------------- */

/* As many rows of each cell as its share says, in any order: the fractions are rounded in turn. */
static void spread_cells(const struct monitor_table *table, size_t row_count, uint8_t *row)
{
    double upto = 0;
    size_t at = 0;
    for (size_t c = 0; c < table->cell_count; c++) {
        upto += table->weight[c] * (double)row_count;
        for (; at < row_count && (double)at + 0.5 <= upto; at++) {
            row[at] = (uint8_t)c;
        }
    }
    for (; at < row_count; at++) {
        row[at] = (uint8_t)(table->cell_count - 1);
    }
}

static enum candor_status make_rows(struct job *job, struct drawing *drawing)
{
    const struct monitor_plan *plan = drawing->plan;
    drawing->row_count = plan->rows < INDEPENDENT_MAX ? (size_t)plan->rows : INDEPENDENT_MAX;
    drawing->is_independent = true;
    for (size_t c = 0; c < plan->column_count; c++) {
        uint8_t *row;
        TRY_ALLOC(job, row, drawing->row_count, uint8_t);
        spread_cells(&plan->column[c], drawing->row_count, row);
        drawing->column[c] = row;
    }
    return CANDOR_OK;
}

static enum candor_status begin(struct job *job, struct monitor_plan *plan,
                                const struct monitor_limit *asked, struct drawing *drawing)
{
    *drawing = (struct drawing){.plan = plan, .asked = *asked, .rng = rng_of(asked->seed)};
    drawing->row_count = asked->row_count;
    must(asked->part_rows == NULL || (asked->cell == NULL && plan->column_count == 1));
    TRY_ALLOC(job, drawing->column, plan->column_count + 1, const uint8_t *);
    for (size_t c = 0; asked->cell != NULL && c < plan->column_count; c++) {
        drawing->column[c] = asked->cell[c];
    }
    if (asked->cell == NULL) {
        TRY(make_rows(job, drawing));
    }
    if (drawing->row_count < 2) {
        return fail(job, CANDOR_BAD_INPUT, "nothing can be watched with a reference of %zu rows",
                    drawing->row_count);
    }
    const size_t worlds = drawing->is_independent ? plan->column_count : 1;
    TRY_ALLOC(job, drawing->world, size_mul(worlds, drawing->row_count) + 1, uint32_t);
    TRY_ALLOC(job, drawing->batch, size_mul(plan->column_count, BATCH) + 1, uint8_t);
    TRY_ALLOC(job, drawing->cell, plan->column_count + 1, const uint8_t *);
    for (size_t c = 0; c < plan->column_count; c++) {
        drawing->cell[c] = drawing->batch + c * BATCH;
    }
    return CANDOR_OK;
}

/* Blocks of rows that follow each other; the last one begins anew at the front. */
static void draw_rows(struct rng *rng, size_t block, size_t row_count, uint32_t *row, size_t count)
{
    for (size_t i = 0; i < count;) {
        uint64_t at = rng_below(rng, row_count);
        for (size_t b = 0; b < block && i < count; b++, i++) {
            row[i] = (uint32_t)at;
            at = at + 1 == row_count ? 0 : at + 1;
        }
    }
}

/* Marsaglia and Tsang 2000; below one, by the one above and a power of a uniform draw. */
static double draw_gamma(struct rng *rng, double shape)
{
    const double small = shape < 1 ? exp_of(log_of(1 - rng_f64(rng)) / shape) : 1;
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
    const double c = 1 / sqrt(9 * d);
    for (;;) {
        const double z = rng_normal(rng);
        const double root = 1 + c * z;
        const double v = root * root * root;
        if (root > 0 && log_of(1 - rng_f64(rng)) < z * z / 2 + d - d * v + d * log_of(v)) {
            return small * d * v;
        }
    }
}

/* One column, cells in twos: what a part's rate may be, and then rows of it. */
static void draw_parts(struct drawing *drawing)
{
    const double *weight = drawing->plan->column[0].weight;
    const size_t parts = drawing->plan->column[0].cell_count / 2;
    for (size_t p = 0; drawing->left == 0 && p < parts; p++) {
        const double rate = weight[2 * p + 1] / (weight[2 * p] + weight[2 * p + 1]);
        const double rows = fmax(drawing->asked.part_rows[p], 1e-3);
        const double yes = draw_gamma(&drawing->rng, rate * rows);
        const double no = draw_gamma(&drawing->rng, (1 - rate) * rows);
        drawing->chance[p] = yes + no > 0 ? yes / (yes + no) : rate;
    }
    drawing->left = drawing->left == 0 ? WORLD : drawing->left;
    drawing->left -= drawing->left < BATCH ? drawing->left : BATCH;
    for (size_t i = 0; i < BATCH; i++) {
        double at = rng_f64(&drawing->rng);
        size_t part = 0;
        while (part + 1 < parts && at >= weight[2 * part] + weight[2 * part + 1]) {
            at -= weight[2 * part] + weight[2 * part + 1];
            part++;
        }
        const bool is_yes = rng_f64(&drawing->rng) < drawing->chance[part];
        drawing->batch[i] = (uint8_t)(2 * part + (is_yes ? 1 : 0));
    }
}

static void draw_batch(struct drawing *drawing)
{
    if (drawing->asked.part_rows != NULL) {
        draw_parts(drawing);
        return;
    }
    const size_t columns = drawing->plan->column_count;
    const size_t rows = drawing->row_count;
    const size_t block = drawing->is_independent ? 1 : drawing->asked.block;
    uint32_t pick[BATCH];
    if (drawing->left == 0) {
        const size_t worlds = drawing->is_independent ? columns : 1;
        draw_rows(&drawing->rng, block, rows, drawing->world, worlds * rows);
        drawing->left = WORLD;
    }
    drawing->left -= drawing->left < BATCH ? drawing->left : BATCH;
    draw_rows(&drawing->rng, block, rows, pick, BATCH);
    for (size_t c = 0; c < columns; c++) {
        const uint32_t *world = drawing->world + (drawing->is_independent ? c * rows : 0);
        uint8_t *into = drawing->batch + c * BATCH;
        if (drawing->is_independent) {
            draw_rows(&drawing->rng, 1, rows, pick, BATCH);
        }
        for (size_t i = 0; i < BATCH; i++) {
            into[i] = drawing->column[c][world[pick[i]]];
        }
    }
}

/* ---- the search ---------------------------------------------------------------------------- */

struct seen {
    double limit;
    double alarms;
    double rows;
};

struct monitor_search {
    struct drawing drawing;
    struct arena *arena;     /* of the monitor of the run under way */
    struct monitor *monitor; /* NULL: no run is */
    struct seen seen;        /* of that run, */
    double alarms;           /* which ends with so many, */
    double rows;             /* or with so many rows */
    struct seen last;        /* of the run before; no rows: there was none */
    double limit;
    double slope;
    int step;
    int slow; /* runs near the limit: each takes a quarter of the rows, and so few are enough */
    bool is_final;
};

static void end_run(void *thing)
{
    struct monitor_search *search = thing;
    arena_end(search->arena);
    search->arena = NULL;
    search->monitor = NULL;
}

/* Until there are so many alarms, or for so many rows. */
static void begin_run(struct monitor_search *search, double alarms, double rows)
{
    search->arena = arena_begin();
    monitor_set_limit(search->drawing.plan, search->limit);
    search->monitor = monitor_begin(search->arena, search->drawing.plan);
    search->seen = (struct seen){.limit = search->limit};
    search->alarms = alarms;
    search->rows = rows;
    search->drawing.left = 0;
}

/* How far the limit has to go, by the logarithm of how often too many alarms came. */
static double step_of(struct seen seen, double run_length, double slope)
{
    const double excess = log_of((seen.alarms + 0.5) / seen.rows * run_length);
    return fmax(-step_most, fmin(step_most, excess / slope));
}

static double slope_between(struct seen low, struct seen high)
{
    const double fall =
        log_of((low.alarms + 0.5) / low.rows) - log_of((high.alarms + 0.5) / high.rows);
    const double apart = high.limit - low.limit;
    return apart > 0.25 ? fmax(0.15, fmin(1.1, fall / apart)) : 0;
}

/* What a run showed: the next one, or, after the long one, the limit. */
static bool judge(struct monitor_search *search)
{
    const struct seen seen = search->seen;
    const double run_length = search->drawing.asked.run_length;
    end_run(search);
    if (search->is_final) {
        search->limit += step_of(seen, run_length, search->slope);
        monitor_set_limit(search->drawing.plan, fmin(limit_most, fmax(1, search->limit)));
        return true;
    }
    const double found = search->last.rows > 0 ? slope_between(search->last, seen) : 0;
    search->slope = found > 0 ? found : search->slope;
    search->last = seen;
    const double far = step_of(seen, run_length, search->slope);
    search->limit = fmin(limit_most, fmax(1, search->limit + far));
    search->slow += seen.alarms < ALARMS_WANTED ? 1 : 0;
    search->is_final = fabs(far) < 0.5 || search->slow == SLOW_MAX || search->limit >= limit_most ||
                       ++search->step == STEPS_MAX;
    return false;
}

enum candor_status monitor_search_begin(struct job *job, struct monitor_plan *plan,
                                        const struct monitor_limit *asked,
                                        struct monitor_search **search)
{
    must(asked->run_length >= 1 && asked->block >= 1 && asked->rows >= BATCH);
    *search = NEW(job->arena, struct monitor_search);
    (*search)->limit = limit_first;
    (*search)->slope = 1;
    TRY(begin(job, plan, asked, &(*search)->drawing));
    arena_defer(job->arena, end_run, *search);
    return monitor_lanes(plan) > 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "nothing varies in the reference: nothing can be watched");
}

bool monitor_search_step(struct monitor_search *search, size_t row_count)
{
    const double rows = search->drawing.asked.rows;
    for (size_t done = 0; done < row_count; done += BATCH) {
        if (search->monitor == NULL && search->is_final) {
            begin_run(search, rows, rows);
        } else if (search->monitor == NULL) {
            begin_run(search, ALARMS_WANTED, fmax(rows / 4, 2 * WORLD));
        }
        draw_batch(&search->drawing);
        const size_t raised =
            monitor_add(search->monitor, search->drawing.cell, BATCH, NULL, 0);
        const bool ends = search->drawing.asked.part_rows != NULL && raised > 0;
        search->seen.alarms += ends ? 1 : (double)raised;
        search->seen.rows += BATCH;
        search->drawing.left = ends ? 0 : search->drawing.left;
        const bool goes_on =
            search->seen.rows < search->rows && search->seen.alarms < search->alarms;
        if (!goes_on && judge(search)) {
            return true;
        }
    }
    return false;
}

enum candor_status monitor_find_limit(struct job *job, struct monitor_plan *plan,
                                      const struct monitor_limit *asked)
{
    struct monitor_search *search = NULL;
    TRY(monitor_search_begin(job, plan, asked, &search));
    while (!monitor_search_step(search, WORLD)) {
    }
    return CANDOR_OK;
}
