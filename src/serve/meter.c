/*
 * meter.c - counters and latencies, as Prometheus reads them.
 *
 * Rows are named after routes, never after paths. Latency runs from a complete request to its
 * answer being handed over, so it holds the time in the queue and the commit.
 */
#include "serving.h"

static const uint64_t limit_us[BUCKETS] = {100,   250,   500,    1000,   2500,   5000,    10000,
                                           25000, 50000, 100000, 250000, 500000, 1000000, 5000000};

void meter_add(struct meter *meter, const struct route *route, unsigned code, uint64_t took_ns)
{
    size_t count = 0;
    const struct route *table = routes(&count);
    const size_t row = route == NULL ? ROUTES_MAX : (size_t)(route - table);
    must(code / 100 < CODE_CLASSES);
    atomic_fetch_add_explicit(&meter->answered[row][code / 100], 1, memory_order_relaxed);
    if (route == NULL) {
        return;
    }
    const uint64_t took_us = took_ns / 1000;
    size_t bucket = 0;
    while (bucket < BUCKETS && took_us > limit_us[bucket]) {
        bucket++;
    }
    atomic_fetch_add_explicit(&meter->took[row][bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&meter->took_sum_us[row], took_us, memory_order_relaxed);
}

static uint64_t read_count(_Atomic uint64_t *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

static void put_header(struct buf *buf, struct lit name, struct lit type, struct lit help)
{
    buf_format(buf, "# HELP %.*s %.*s\n# TYPE %.*s %.*s\n", STR_ARG(name), STR_ARG(help),
               STR_ARG(name), STR_ARG(type));
}

static void put_one(struct buf *buf, struct lit name, struct lit type, struct lit help,
                    uint64_t value)
{
    put_header(buf, name, type, help);
    buf_format(buf, "%.*s %llu\n", STR_ARG(name), (unsigned long long)value);
}

static void put_answers(struct buf *buf, struct meter *meter)
{
    size_t count = 0;
    const struct route *table = routes(&count);
    put_header(buf, LIT("candor_http_requests_total"), LIT("counter"),
               LIT("Requests answered, by route and class of code."));
    for (size_t row = 0; row <= ROUTES_MAX; row++) {
        for (size_t class = 2; class < CODE_CLASSES; class ++) {
            const uint64_t answered = read_count(&meter->answered[row][class]);
            if (answered > 0) {
                const struct lit name = row < count ? table[row].name : LIT("none");
                buf_format(buf, "candor_http_requests_total{route=\"%.*s\",code=\"%zuxx\"} %llu\n",
                           STR_ARG(name), class, (unsigned long long)answered);
            }
        }
    }
}

static void put_latency(struct buf *buf, struct lit name, struct meter *meter, size_t row)
{
    uint64_t total = 0;
    for (size_t b = 0; b <= BUCKETS; b++) {
        total += read_count(&meter->took[row][b]);
        if (b < BUCKETS) {
            buf_format(buf, "candor_http_request_seconds_bucket{route=\"%.*s\",le=\"%.6g\"} %llu\n",
                       STR_ARG(name), (double)limit_us[b] / 1e6, (unsigned long long)total);
        }
    }
    buf_format(buf,
               "candor_http_request_seconds_bucket{route=\"%.*s\",le=\"+Inf\"} %llu\n"
               "candor_http_request_seconds_sum{route=\"%.*s\"} %.6f\n"
               "candor_http_request_seconds_count{route=\"%.*s\"} %llu\n",
               STR_ARG(name), (unsigned long long)total, STR_ARG(name),
               (double)read_count(&meter->took_sum_us[row]) / 1e6, STR_ARG(name),
               (unsigned long long)total);
}

static void put_latencies(struct buf *buf, struct meter *meter)
{
    size_t count = 0;
    const struct route *table = routes(&count);
    put_header(buf, LIT("candor_http_request_seconds"), LIT("histogram"),
               LIT("From a complete request to its answer, by route."));
    for (size_t row = 0; row < count; row++) {
        uint64_t any = 0;
        for (size_t b = 0; b <= BUCKETS; b++) {
            any |= read_count(&meter->took[row][b]);
        }
        if (any != 0) {
            put_latency(buf, table[row].name, meter, row);
        }
    }
}

static void put_judged(struct buf *buf, const struct candor_figures *figures)
{
    static const char *const verdict[CANDOR_VERDICTS] = {"accept", "fall_back", "review", "refuse"};
    static const char *const cause[CANDOR_CAUSES] = {"none", "together", "rare", "changes"};
    put_header(buf, LIT("candor_plausibility_total"), LIT("counter"),
               LIT("Rows held against what is usual before their score decided, by what followed "
                   "and why."));
    for (unsigned v = 0; v < CANDOR_VERDICTS; v++) {
        for (unsigned c = 0; c < CANDOR_CAUSES; c++) {
            if ((v == 0) != (c == 0)) {
                continue; /* who is accepted has no cause, and who is not has one */
            }
            buf_format(buf, "candor_plausibility_total{verdict=\"%s\",cause=\"%s\"} %llu\n",
                       verdict[v], cause[c], (unsigned long long)figures->judged[v][c]);
        }
    }
}

static void put_home(struct buf *buf, const struct candor_figures *figures)
{
    put_one(buf, LIT("candor_subjects"), LIT("gauge"), LIT("Subjects in the home."),
            figures->subjects);
    put_one(buf, LIT("candor_ledger_entries"), LIT("gauge"), LIT("Entries on the ledger."),
            figures->ledger_entries);
    put_one(buf, LIT("candor_decisions_total"), LIT("counter"),
            LIT("Decisions since the home was opened."), figures->decisions);
    put_one(buf, LIT("candor_sends_total"), LIT("counter"), LIT("Decisions to send."),
            figures->sends);
    put_one(buf, LIT("candor_withheld_total"), LIT("counter"), LIT("Decisions to withhold."),
            figures->withheld);
    put_one(buf, LIT("candor_permits_denied_total"), LIT("counter"), LIT("Permits not given."),
            figures->permits_denied);
    put_one(buf, LIT("candor_keys_probing_total"), LIT("counter"),
            LIT("API keys that are told no more scores, for taking a model apart."),
            figures->keys_probing);
    put_one(buf, LIT("candor_alarms_total"), LIT("counter"),
            LIT("Alarms of monitors: what comes in is not as it was."), figures->alarms);
    put_header(buf, LIT("candor_alarm_level"), LIT("gauge"),
               LIT("Evidence of the monitor nearest to an alarm; 1 is one."));
    buf_format(buf, "candor_alarm_level %.4f\n", figures->alarm_level);
    put_judged(buf, figures);
    put_one(buf, LIT("candor_view_entries"), LIT("gauge"), LIT("Subjects kept ready in memory."),
            figures->view_entries);
}

static void put_network(struct buf *buf, const struct net_counts *counts)
{
    put_one(buf, LIT("candor_http_connections"), LIT("gauge"), LIT("Connections now open."),
            counts->connections);
    put_one(buf, LIT("candor_http_connections_total"), LIT("counter"), LIT("Connections ever."),
            counts->connected);
    put_one(buf, LIT("candor_http_refused_total"), LIT("counter"),
            LIT("Malformed, too large or too many: refused before any route."), counts->refused);
    put_one(buf, LIT("candor_http_timed_out_total"), LIT("counter"),
            LIT("Connections cut off at a deadline."), counts->timed_out);
}

struct str meter_write(struct arena *arena, struct meter *meter, const struct readings *readings)
{
    struct buf buf = buf_begin(arena);
    put_home(&buf, &readings->figures);
    put_answers(&buf, meter);
    put_latencies(&buf, meter);
    put_one(&buf, LIT("candor_http_queued"), LIT("gauge"), LIT("Requests that wait."),
            readings->queued);
    put_one(&buf, LIT("candor_http_turned_away_total"), LIT("counter"),
            LIT("Requests answered 503 because the queue was full."),
            read_count(&meter->turned_away));
    put_one(&buf, LIT("candor_http_limited_total"), LIT("counter"),
            LIT("Requests answered 429: a key asked too often, or an address tried too many keys."),
            read_count(&meter->limited));
    put_one(&buf, LIT("candor_commit_groups_total"), LIT("counter"),
            LIT("Groups of decisions that shared one durable commit."),
            read_count(&meter->group_count));
    put_network(&buf, &readings->counts);
    return buf_text(&buf);
}
