/*
 * monitor.h - what the files of the monitor share. Inside the room only; outside there is watch.h.
 */
#ifndef CANDOR_TRUST_MONITOR_H
#define CANDOR_TRUST_MONITOR_H

#include "watch.h"

struct monitor_lane {
    const char *way; /* NULL: stands for nothing, and its evidence is 0 everywhere */
    size_t cell;
};

struct monitor_table {
    struct str name;
    size_t cell_count;
    size_t width;            /* lanes, a multiple of MONITOR_LANES */
    size_t first_lane;       /* of all columns' */
    size_t first_cell;       /* of all columns' */
    const int32_t *evidence; /* evidence[cell * width + lane], in units */
    const struct monitor_lane *lane;
    const double *weight;
};

struct monitor_plan {
    size_t column_count;
    struct monitor_table *column;
    size_t lane_count; /* of all columns, those that stand for nothing too */
    size_t cell_count;
    int32_t limit; /* units; INT32_MAX: none */
    uint64_t rows;
    uint64_t mark; /* of the tables: a state is of these only */
};

struct monitor {
    const struct monitor_plan *plan;
    uint64_t rows;
    uint64_t alarms;
    uint32_t until_fade; /* rows until all counts are halved */
    int32_t *sum;        /* of each lane, 0 or more, below the limit */
    uint32_t *recent;    /* of each cell */
};

#endif
