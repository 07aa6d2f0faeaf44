/*
 * monitor_file.c - the state of a monitor as bytes.
 *
 *     version u8 = 1 | mark u64 of the tables | limit u32 | rows u64 | alarms u64 | until_fade u32
 *     | sum of each lane u32 ... | recent of each cell u32 ...
 *
 * Numbers are little-endian. The counts of lanes and cells are those of the plan.
 */
#include "monitor.h"

enum { MONITOR_VERSION = 1 };

void monitor_write(const struct monitor *monitor, struct buf *buf)
{
    const struct monitor_plan *plan = monitor->plan;
    buf_u8(buf, MONITOR_VERSION);
    buf_u64le(buf, plan->mark);
    buf_u32le(buf, (uint32_t)plan->limit);
    buf_u64le(buf, monitor->rows);
    buf_u64le(buf, monitor->alarms);
    buf_u32le(buf, monitor->until_fade);
    for (size_t l = 0; l < plan->lane_count; l++) {
        buf_u32le(buf, (uint32_t)monitor->sum[l]);
    }
    for (size_t c = 0; c < plan->cell_count; c++) {
        buf_u32le(buf, monitor->recent[c]);
    }
}

enum candor_status monitor_read(struct job *job, const struct monitor_plan *plan,
                                struct bytes bytes, struct monitor **monitor)
{
    struct reader reader = reader_of(bytes);
    struct monitor *made = monitor_begin(job->arena, plan);
    const bool is_ours = read_u8(&reader) == MONITOR_VERSION && read_u64le(&reader) == plan->mark &&
                         read_u32le(&reader) == (uint32_t)plan->limit;
    if (reader.bad || !is_ours) {
        return fail(job, CANDOR_CORRUPT, "this is the state of another monitor");
    }
    made->rows = read_u64le(&reader);
    made->alarms = read_u64le(&reader);
    made->until_fade = read_u32le(&reader);
    bool is_sound = made->until_fade >= 1 && made->until_fade <= MONITOR_HALF;
    for (size_t l = 0; l < plan->lane_count && !reader.bad; l++) {
        const uint32_t sum = read_u32le(&reader);
        is_sound &= sum < (uint32_t)plan->limit;
        made->sum[l] = (int32_t)sum;
    }
    for (size_t c = 0; c < plan->cell_count && !reader.bad; c++) {
        made->recent[c] = read_u32le(&reader);
        is_sound &= made->recent[c] <= 2 * MONITOR_HALF;
    }
    if (!reader_is_done(&reader) || !is_sound) {
        return fail(job, CANDOR_CORRUPT, "the state of the monitor is damaged");
    }
    *monitor = made;
    return CANDOR_OK;
}
