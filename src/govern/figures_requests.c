/*
 * figures_requests.c - rights requests counted: each once, by when it came.
 */
#include "figures.h"

static bool is_meant(const struct request *request, const struct request_filter *filter)
{
    if (request->step_count == 0) {
        return false;
    }
    const int64_t received = request->step[0].time;
    return received >= filter->from && received < filter->until &&
           (filter->right == RIGHTS || request->clause.right == filter->right) &&
           (filter->jurisdiction.len == 0 ||
            str_equal(request->clause.jurisdiction, filter->jurisdiction));
}

/* A receipt that was late is no step of the clock for the answer. */
static void add_escalations(struct request_figures *figures, const struct request *request)
{
    for (unsigned level = 0; level < 3; level++) {
        for (size_t s = 0; s < request->step_count; s++) {
            if (request->step[s].event == (enum request_event)(EVENT_ESCALATED_50 + level)) {
                figures->escalated[level]++;
                break;
            }
        }
    }
}

static void add_ended(struct request_figures *figures, const struct request_status *status)
{
    figures->fulfilled += status->state == REQUEST_FULFILLED;
    figures->refused += status->state == REQUEST_REFUSED;
    figures->cancelled += status->state == REQUEST_CANCELLED;
    if (status->state == REQUEST_REFUSED) {
        figures->refusal[status->refusal]++;
    }
    if (status->state == REQUEST_FULFILLED || status->state == REQUEST_REFUSED) {
        figures->in_time += !status->was_late;
        figures->late += status->was_late;
    }
}

void request_figures_of(struct arena *arena, const struct request *request, size_t count,
                        const struct holidays *holidays, int64_t now,
                        const struct request_filter *filter, struct request_figures *figures)
{
    int64_t *took = NEW_ARRAY(arena, count + 1, int64_t);
    size_t answered = 0;
    double sum = 0;
    *figures = (struct request_figures){0};
    for (size_t i = 0; i < count; i++) {
        struct request_status status;
        if (!is_meant(&request[i], filter)) {
            continue;
        }
        request_status_at(&request[i], holidays, now, &status);
        figures->received++;
        figures->open += status.is_open;
        figures->overdue += status.is_open && status.is_overdue;
        figures->extended += status.is_extended;
        add_escalations(figures, &request[i]);
        add_ended(figures, &status);
        if (status.state == REQUEST_FULFILLED || status.state == REQUEST_REFUSED) {
            took[answered++] = status.closed - request[i].step[0].time;
            sum += (double)took[answered - 1];
        }
    }
    figures->median_days = median_of(took, answered) / (double)MICROS_PER_DAY;
    figures->mean_days =
        answered == 0 ? figures->median_days : sum / (double)answered / (double)MICROS_PER_DAY;
    figures->most_days =
        answered == 0 ? figures->median_days : (double)took[answered - 1] / (double)MICROS_PER_DAY;
}
