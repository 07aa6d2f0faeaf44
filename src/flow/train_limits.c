/*
 * train_limits.c - what training may take of a machine that also serves: memory and time.
 *
 * Rows, columns, levels and cells have limits of their own where they are read and binned. What is left is
 * how much they are together: data that would take more than half of the machine's memory is refused before
 * training begins, and after an hour what is there is finished.
 */
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"

enum { MACHINE_SHARE = 2, TRAIN_HOURS_MAX = 1, MS_PER_HOUR = 3600 * 1000 };

static uint64_t ticks(void *context)
{
    (void)context;
    return host_ticks();
}

const char *size_words(struct job *job, uint64_t bytes)
{
    const bool is_small = bytes < 1000000;
    return str_z(job->arena, str_format(job->arena, "%llu %s",
                                        (unsigned long long)(bytes / (is_small ? 1000 : 1000000)),
                                        is_small ? "kB" : "MB"));
}

enum candor_status memory_must_do(struct job *job, uint64_t needed, uint64_t asked,
                                  const char *doing)
{
    const uint64_t allowed = asked > 0 ? asked : host_memory() / MACHINE_SHARE;
    return needed <= allowed
               ? CANDOR_OK
               : fail(job, CANDOR_TOO_LARGE, "%s needs up to %llu MB; %s %s", doing,
                      (unsigned long long)(needed / 1000000 + 1),
                      asked > 0 ? "--memory allows" : "half of this machine's memory is",
                      size_words(job, allowed));
}

enum candor_status fit_within_limits(struct job *job, const struct frame *frame,
                                     const struct target *target, const struct fit_options *options,
                                     struct model **model)
{
    const struct bin_options bin_options = {.cells_wanted = FIT_CELLS_WANTED};
    struct fit_options limited = *options;
    struct binned binned;
    limited.time_limit_ms = (uint64_t)TRAIN_HOURS_MAX * MS_PER_HOUR;
    limited.ticks_ns = ticks;
    TRY(binned_of_frame(job, frame, &bin_options, &binned));
    TRY(memory_must_do(job, host_memory_peak() + fit_memory(&binned, target, &limited), 0,
                       "training on so many rows and features"));
    return fit_binned(job, &binned, target, &limited, model);
}
