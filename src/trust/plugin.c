/*
 * plugin.c - one rule for all that does not ask for the group.
 *
 * With one price a row's decision turns at one value of it: where chance - 1/2 is price * pull. Sorted,
 * these are all values that matter, and a walk over them keeps the counts of both sides, so that the whole
 * frontier costs one sort.
 */
#include <math.h>

#include "numeric.h"
#include "repair.h"

static const double middle = 0.5;
static const double hair = 1e-12; /* prices that are nearer to each other are one */

void plugin_pull(enum parity which, const double *chance, const double *of_side, size_t row_count,
                 double share_of_side, double share_of_label, double *pull)
{
    must(which != EQUAL_ODDS && which != EQUALS);
    for (size_t row = 0; row < row_count; row++) {
        const double weight = which == EQUAL_SELECTION ? 1
                              : which == EQUAL_TPR     ? chance[row]
                                                       : 1 - chance[row];
        const double side = of_side[row];
        pull[row] =
            weight / share_of_label * (side / share_of_side - (1 - side) / (1 - share_of_side));
    }
}

/* ---- one rule ------------------------------------------------------------------------------ */

/* Rows of each side and label, and how many of them are decided yes. */
struct tally {
    uint64_t count[2][2];
    uint64_t yes[2][2];
};

static double difference(double first, double second)
{
    return fabs(first - second);
}

static double rate_gap(const struct tally *tally, size_t label)
{
    return difference((double)tally->yes[0][label] / (double)tally->count[0][label],
                      (double)tally->yes[1][label] / (double)tally->count[1][label]);
}

/* NaN when a denominator is empty. */
static double disparity_of(const struct tally *tally, enum parity parity)
{
    switch (parity) {
    case EQUAL_TPR:
        return rate_gap(tally, 1);
    case EQUAL_FPR:
        return rate_gap(tally, 0);
    case EQUAL_ODDS: {
        const double of[2] = {rate_gap(tally, 0), rate_gap(tally, 1)};
        return isnan(of[0]) || isnan(of[1]) ? (double)NAN : fmax(of[0], of[1]);
    }
    case EQUAL_SELECTION:
    case EQUALS:
        break;
    }
    return difference((double)(tally->yes[0][0] + tally->yes[0][1]) /
                          (double)(tally->count[0][0] + tally->count[0][1]),
                      (double)(tally->yes[1][0] + tally->yes[1][1]) /
                          (double)(tally->count[1][0] + tally->count[1][1]));
}

static double accuracy_of(const struct tally *tally)
{
    const uint64_t right = tally->yes[0][1] + tally->yes[1][1] + tally->count[0][0] -
                           tally->yes[0][0] + tally->count[1][0] - tally->yes[1][0];
    const uint64_t rows =
        tally->count[0][0] + tally->count[0][1] + tally->count[1][0] + tally->count[1][1];
    return (double)right / (double)rows;
}

/* A share of the chance gives way to the duller one. */
static double chance_of(const struct plugin_rows *rows, size_t row, double share)
{
    return share == 0 || rows->duller == NULL
               ? rows->chance[row]
               : (1 - share) * rows->chance[row] + share * rows->duller[row];
}

bool plugin_decides(const struct plugin_rows *rows, size_t row, const double price[3])
{
    const double margin = chance_of(rows, row, price[2]) - middle - price[0] * rows->pull[0][row];
    return (rows->pull[1] == NULL ? margin : margin - price[1] * rows->pull[1][row]) >= 0;
}

void plugin_measure(const struct plugin_rows *rows, enum parity parity, const double price[3],
                    struct plugin_point *point)
{
    struct tally tally = {0};
    for (size_t row = 0; row < rows->row_count; row++) {
        if (rows->side[row] <= 1) {
            tally.count[rows->side[row]][rows->label[row]]++;
            tally.yes[rows->side[row]][rows->label[row]] += plugin_decides(rows, row, price);
        }
    }
    *point = (struct plugin_point){
        {price[0], price[1], price[2]}, accuracy_of(&tally), disparity_of(&tally, parity), true};
}

/* ---- the frontier -------------------------------------------------------------------------- */

struct sweep {
    const struct plugin_rows *rows;
    enum parity parity;
    const double *limit;
    size_t limit_count;
    struct plugin_point *point;
    double *turn;  /* the price at which each row that ever turns does */
    uint32_t *row; /* which row that is */
    uint32_t *order;
    double second; /* the other prices */
    double duller;
};

/* The first limit that is not below; a better point of it serves all larger limits too, at the end. */
static void note(struct sweep *sweep, const struct tally *tally, double price)
{
    const double disparity = disparity_of(tally, sweep->parity);
    const double accuracy = accuracy_of(tally);
    size_t low = 0;
    size_t high = sweep->limit_count;
    while (low < high) {
        const size_t at = low + (high - low) / 2;
        if (sweep->limit[at] < disparity) {
            low = at + 1;
        } else {
            high = at;
        }
    }
    if (isnan(disparity) || low == sweep->limit_count) {
        return;
    }
    if (!sweep->point[low].is_found || accuracy > sweep->point[low].accuracy) {
        sweep->point[low] =
            (struct plugin_point){{price, sweep->second, sweep->duller}, accuracy, disparity, true};
    }
}

static double margin_of(const struct sweep *sweep, size_t row)
{
    const double margin = chance_of(sweep->rows, row, sweep->duller) - middle;
    const double *second = sweep->rows->pull[1];
    return second == NULL ? margin : margin - sweep->second * second[row];
}

/* Below every turning price: who is pulled to side 0 is decided yes. */
static size_t begin_sweep(struct sweep *sweep, struct tally *tally)
{
    size_t count = 0;
    *tally = (struct tally){0};
    for (size_t row = 0; row < sweep->rows->row_count; row++) {
        const uint32_t side = sweep->rows->side[row];
        const double pull = sweep->rows->pull[0][row];
        if (side > 1) {
            continue;
        }
        tally->count[side][sweep->rows->label[row]]++;
        tally->yes[side][sweep->rows->label[row]] +=
            pull > 0 || (pull == 0 && margin_of(sweep, row) >= 0);
        if (pull != 0) {
            sweep->turn[count] = margin_of(sweep, row) / pull;
            sweep->row[count++] = (uint32_t)row;
        }
    }
    return count;
}

static enum candor_status run_sweep(struct job *job, struct sweep *sweep)
{
    struct tally tally;
    const size_t count = begin_sweep(sweep, &tally);
    TRY(order_f64(job, sweep->turn, count, sweep->order));
    note(sweep, &tally, count == 0 ? 0 : sweep->turn[sweep->order[0]] - 1);
    for (size_t i = 0; i < count; i++) {
        const size_t at = sweep->order[i];
        const size_t row = sweep->row[at];
        const uint32_t side = sweep->rows->side[row];
        uint64_t *yes = &tally.yes[side][sweep->rows->label[row]];
        *yes = sweep->rows->pull[0][row] > 0 ? *yes - 1 : *yes + 1;
        /* In the middle between this turn and the next: at a turn itself rounding would decide. */
        const double turn = sweep->turn[at];
        const double next = i + 1 < count ? sweep->turn[sweep->order[i + 1]] : turn + 1;
        if (next - turn > hair * (1 + fabs(turn))) {
            note(sweep, &tally, turn + (next - turn) / 2);
        }
    }
    return CANDOR_OK;
}

/*
 * The second price: closer together around nothing, to both sides up to what moves the margin of those
 * who are pulled most by some tenths. Pulls are small where nothing tells the sides apart.
 */
static double grid_width(const struct plugin_rows *rows)
{
    static const double widest = 0.5;
    double sum = 0;
    size_t count = 0;
    for (size_t row = 0; row < rows->row_count; row++) {
        if (rows->side[row] <= 1 && rows->label[row] == 1) {
            sum += fabs(rows->pull[1][row]);
            count++;
        }
    }
    return sum > 0 ? widest * (double)count / sum : widest;
}

static double grid_price(size_t i, double widest)
{
    const double place = (double)i * 2 / (PLUGIN_GRID - 1) - 1;
    return widest * place * fabs(place);
}

static enum candor_status sweep_grid(struct job *job, struct sweep *sweep)
{
    const double widest = grid_width(sweep->rows);
    const size_t shares = sweep->rows->duller == NULL ? 1 : PLUGIN_DULLER;
    for (size_t share = 0; share < shares; share++) {
        sweep->duller = (double)share / (PLUGIN_DULLER - 1);
        for (size_t i = 0; i < PLUGIN_GRID; i++) {
            const struct arena_mark mark = arena_mark(job->arena);
            sweep->second = grid_price(i, widest);
            TRY(run_sweep(job, sweep));
            arena_rewind(job->arena, mark);
        }
    }
    return CANDOR_OK;
}

enum candor_status plugin_frontier(struct job *job, const struct plugin_rows *rows,
                                   enum parity parity, const double *limit, size_t limit_count,
                                   struct plugin_point *point)
{
    struct sweep sweep = {
        .rows = rows, .parity = parity, .limit = limit, .limit_count = limit_count, .point = point};
    const struct arena_mark mark = arena_mark(job->arena);
    must((parity == EQUAL_ODDS) == (rows->pull[1] != NULL));
    for (size_t l = 0; l < limit_count; l++) {
        point[l] = (struct plugin_point){.is_found = false};
    }
    TRY_ALLOC(job, sweep.turn, rows->row_count + 1, double);
    TRY_ALLOC(job, sweep.row, rows->row_count + 1, uint32_t);
    TRY_ALLOC(job, sweep.order, rows->row_count + 1, uint32_t);
    TRY(parity == EQUAL_ODDS ? sweep_grid(job, &sweep) : run_sweep(job, &sweep));
    for (size_t l = 1; l < limit_count; l++) {
        if (point[l - 1].is_found &&
            (!point[l].is_found || point[l - 1].accuracy >= point[l].accuracy)) {
            point[l] = point[l - 1];
        }
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
