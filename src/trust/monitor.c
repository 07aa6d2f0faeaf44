/*
 * monitor.c - a stream against what a model was trained on, in memory that does not grow.
 *
 * Rows are taken in strips. Within a strip a column is worked through at once: a vector of lanes stays in
 * registers while the strip's cells go by, a load, a sum and two maxima a row. Only a strip that passed
 * the limit somewhere is gone through again, row by row, to find where.
 *
 * A sum that never falls below zero is a function of what came before, and a part of the stream is such
 * a function whatever came before it: x becomes max(x + total, suffix), and on the way it was as high as
 * max(x + prefix, inside). Two of these one after the other are one again, which is what makes parts
 * that others saw joinable, exactly, since evidence is whole numbers.
 */
#include "monitor.h"

#include <string.h>

enum { STRIP = 64 };

static const int32_t lowest = -((int32_t)1 << 28); /* so low that no strip comes back from it */

static int32_t larger(int32_t left, int32_t right)
{
    return left > right ? left : right;
}

struct monitor *monitor_begin(struct arena *arena, const struct monitor_plan *plan)
{
    struct monitor *monitor = NEW(arena, struct monitor);
    *monitor = (struct monitor){.plan = plan, .until_fade = MONITOR_HALF};
    monitor->sum = NEW_ARRAY(arena, 2 * plan->lane_count + 1, int32_t); /* and room to go back */
    monitor->recent = NEW_ARRAY(arena, plan->cell_count + 1, uint32_t);
    return monitor;
}

uint64_t monitor_rows(const struct monitor *monitor)
{
    return monitor->rows;
}

uint64_t monitor_alarms(const struct monitor *monitor)
{
    return monitor->alarms;
}

const uint32_t *monitor_recent(const struct monitor *monitor, size_t column)
{
    must(column < monitor->plan->column_count);
    return monitor->recent + monitor->plan->column[column].first_cell;
}

double monitor_column_level(const struct monitor *monitor, size_t column)
{
    const struct monitor_table *table = &monitor->plan->column[column];
    int32_t most = 0;
    must(column < monitor->plan->column_count);
    for (size_t l = 0; l < table->width; l++) {
        most = larger(most, monitor->sum[table->first_lane + l]);
    }
    return (double)most / (double)monitor->plan->limit;
}

double monitor_level(const struct monitor *monitor)
{
    double most = 0;
    for (size_t c = 0; c < monitor->plan->column_count; c++) {
        const double level = monitor_column_level(monitor, c);
        most = level > most ? level : most;
    }
    return most;
}

/* ---- strips -------------------------------------------------------------------------------- */

/* One vector of lanes through some rows; whether a lane passed the limit. */
#define WALK_BODY \
    int32_t sum[MONITOR_LANES]; \
    int32_t best[MONITOR_LANES] = {0}; \
    memcpy(sum, into, sizeof sum); \
    for (size_t row = 0; row < row_count; row++) { \
        const int32_t *step = evidence + cell[row] * width; \
        for (size_t l = 0; l < MONITOR_LANES; l++) { \
            const int32_t next = sum[l] + step[l]; \
            sum[l] = next > 0 ? next : 0; \
            best[l] = best[l] > sum[l] ? best[l] : sum[l]; \
        } \
    } \
    memcpy(into, sum, sizeof sum); \
    int32_t most = 0; \
    for (size_t l = 0; l < MONITOR_LANES; l++) { \
        most = larger(most, best[l]); \
    } \
    return most

static int32_t walk_plain(const int32_t *evidence, size_t width, const uint8_t *cell,
                          size_t row_count, int32_t *into)
{
    WALK_BODY;
}

#if SIMD_X86
SIMD_TARGET_AVX2 static int32_t walk_avx2(const int32_t *evidence, size_t width,
                                          const uint8_t *cell, size_t row_count, int32_t *into)
{
    WALK_BODY;
}
#endif

static int32_t walk(const int32_t *evidence, size_t width, const uint8_t *cell, size_t row_count,
                    int32_t *into)
{
#if SIMD_X86
    if (simd_level() >= SIMD_AVX2) {
        return walk_avx2(evidence, width, cell, row_count, into);
    }
#endif
    return walk_plain(evidence, width, cell, row_count, into);
}

/* The rows of a strip with every lane; sum is changed. The most that any lane came to. */
static int32_t walk_strip(const struct monitor_plan *plan, const uint8_t *const *cell, size_t first,
                          size_t row_count, int32_t *sum)
{
    int32_t most = 0;
    for (size_t c = 0; c < plan->column_count; c++) {
        const struct monitor_table *table = &plan->column[c];
        for (size_t l = 0; l < table->width; l += MONITOR_LANES) {
            most = larger(most, walk(table->evidence + l, table->width, cell[c] + first, row_count,
                                     sum + table->first_lane + l));
        }
    }
    return most;
}

static struct monitor_alarm highest(const struct monitor *monitor)
{
    struct monitor_alarm alarm = {.row = monitor->rows};
    int32_t most = -1;
    for (size_t c = 0; c < monitor->plan->column_count; c++) {
        const struct monitor_table *table = &monitor->plan->column[c];
        for (size_t l = 0; l < table->width; l++) {
            const int32_t sum = monitor->sum[table->first_lane + l];
            if (sum > most) {
                most = sum;
                alarm.column = c;
                alarm.lane = l;
                alarm.way = table->lane[l].way;
                alarm.cell = table->lane[l].cell;
                alarm.evidence = (double)sum / MONITOR_UNIT;
            }
        }
    }
    return alarm;
}

static void count_cells(struct monitor *monitor, const uint8_t *const *cell, size_t first,
                        size_t row_count)
{
    const struct monitor_plan *plan = monitor->plan;
    for (size_t c = 0; c < plan->column_count; c++) {
        uint32_t *recent = monitor->recent + plan->column[c].first_cell;
        uint8_t most = 0;
        for (size_t row = first; row < first + row_count; row++) {
            most = cell[c][row] > most ? cell[c][row] : most;
        }
        must(most < plan->column[c].cell_count);
        for (size_t row = first; row < first + row_count; row++) {
            recent[cell[c][row]]++;
        }
    }
    monitor->until_fade -= (uint32_t)row_count;
    if (monitor->until_fade == 0) {
        for (size_t i = 0; i < plan->cell_count; i++) {
            monitor->recent[i] /= 2;
        }
        monitor->until_fade = MONITOR_HALF;
    }
}

/* Everything begins anew: what follows is judged by itself. */
static void raise_alarm(struct monitor *monitor, struct monitor_alarm *alarm, size_t alarm_max,
                        size_t *count)
{
    if (*count < alarm_max) {
        alarm[*count] = highest(monitor);
    }
    (*count)++;
    monitor->alarms++;
    memset(monitor->sum, 0, monitor->plan->lane_count * sizeof *monitor->sum);
}

size_t monitor_add(struct monitor *monitor, const uint8_t *const *cell, size_t row_count,
                   struct monitor_alarm *alarm, size_t alarm_max)
{
    const struct monitor_plan *plan = monitor->plan;
    const size_t lane_bytes = plan->lane_count * sizeof *monitor->sum;
    int32_t *before = monitor->sum + plan->lane_count; /* the second half is for going back */
    size_t count = 0;
    for (size_t first = 0; first < row_count;) {
        size_t rows = row_count - first < STRIP ? row_count - first : STRIP;
        rows = rows < monitor->until_fade ? rows : monitor->until_fade;
        count_cells(monitor, cell, first, rows);
        memcpy(before, monitor->sum, lane_bytes);
        if (walk_strip(plan, cell, first, rows, monitor->sum) < plan->limit) {
            monitor->rows += rows;
            first += rows;
            continue;
        }
        memcpy(monitor->sum, before, lane_bytes);
        for (const size_t end = first + rows; first < end; first++) {
            monitor->rows++;
            if (walk_strip(plan, cell, first, 1, monitor->sum) >= plan->limit) {
                raise_alarm(monitor, alarm, alarm_max, &count);
            }
        }
    }
    return count;
}

/* ---- parts --------------------------------------------------------------------------------- */

struct monitor_part {
    const struct monitor_plan *plan;
    uint64_t rows;
    int32_t *total;  /* of each lane */
    int32_t *suffix; /* the most that the last rows add up to; 0 or more */
    int32_t *prefix; /* the most that the first rows add up to; 0 or more */
    int32_t *inside; /* the most that any rows in a row do */
    uint64_t *count; /* of each cell */
};

struct monitor_part *monitor_part_begin(struct arena *arena, const struct monitor_plan *plan)
{
    struct monitor_part *part = NEW(arena, struct monitor_part);
    part->plan = plan;
    part->rows = 0;
    part->total = NEW_ARRAY(arena, plan->lane_count + 1, int32_t);
    part->suffix = NEW_ARRAY(arena, plan->lane_count + 1, int32_t);
    part->prefix = NEW_ARRAY(arena, plan->lane_count + 1, int32_t);
    part->inside = NEW_ARRAY(arena, plan->lane_count + 1, int32_t);
    part->count = NEW_ARRAY(arena, plan->cell_count + 1, uint64_t);
    return part;
}

void monitor_part_add(struct monitor_part *part, const uint8_t *const *cell, size_t row_count)
{
    for (size_t c = 0; c < part->plan->column_count; c++) {
        const struct monitor_table *table = &part->plan->column[c];
        for (size_t row = 0; row < row_count; row++) {
            const int32_t *step = table->evidence + cell[c][row] * table->width;
            must(cell[c][row] < table->cell_count);
            part->count[table->first_cell + cell[c][row]]++;
            for (size_t l = 0; l < table->width; l++) {
                const size_t lane = table->first_lane + l;
                part->total[lane] = larger(lowest, part->total[lane] + step[l]);
                part->suffix[lane] = larger(0, part->suffix[lane] + step[l]);
                part->prefix[lane] = larger(part->prefix[lane], part->total[lane]);
                part->inside[lane] = larger(part->inside[lane], part->suffix[lane]);
            }
        }
    }
    part->rows += row_count;
}

void monitor_part_join(struct monitor_part *part, const struct monitor_part *next)
{
    must(part->plan == next->plan);
    for (size_t l = 0; l < part->plan->lane_count; l++) {
        const int32_t across = part->suffix[l] + next->prefix[l];
        part->prefix[l] = larger(part->prefix[l], part->total[l] + next->prefix[l]);
        part->inside[l] = larger(larger(part->inside[l], next->inside[l]), across);
        part->suffix[l] = larger(next->suffix[l], part->suffix[l] + next->total[l]);
        part->total[l] = larger(lowest, part->total[l] + next->total[l]);
    }
    for (size_t i = 0; i < part->plan->cell_count; i++) {
        part->count[i] += next->count[i];
    }
    part->rows += next->rows;
}

size_t monitor_join(struct monitor *monitor, const struct monitor_part *part,
                    struct monitor_alarm *alarm)
{
    const struct monitor_plan *plan = monitor->plan;
    int32_t *most = monitor->sum + plan->lane_count;
    bool is_alarm = false;
    must(plan == part->plan);
    for (size_t l = 0; l < plan->lane_count; l++) {
        most[l] = larger(monitor->sum[l] + part->prefix[l], part->inside[l]);
        is_alarm |= most[l] >= plan->limit;
    }
    monitor->rows += part->rows;
    if (is_alarm) {
        size_t count = 0;
        memcpy(monitor->sum, most, plan->lane_count * sizeof *most);
        raise_alarm(monitor, alarm, 1, &count);
    } else {
        for (size_t l = 0; l < plan->lane_count; l++) {
            monitor->sum[l] = larger(monitor->sum[l] + part->total[l], part->suffix[l]);
        }
    }
    /* Counts of a part fade as often as they would have, all of them at its end. */
    const uint64_t fades = part->rows < monitor->until_fade
                               ? 0
                               : 1 + (part->rows - monitor->until_fade) / MONITOR_HALF;
    monitor->until_fade = (uint32_t)(monitor->until_fade + fades * MONITOR_HALF - part->rows);
    for (size_t i = 0; i < plan->cell_count; i++) {
        const uint64_t sum = monitor->recent[i] + part->count[i];
        monitor->recent[i] = fades > 63 ? 0 : (uint32_t)(sum >> fades);
    }
    return is_alarm ? 1 : 0;
}
