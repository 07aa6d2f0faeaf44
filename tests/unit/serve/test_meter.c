#include "serving.h"
#include "testing.h"

static const uint64_t ms = UINT64_C(1000000);

static bool has_line(struct str text, const char *line)
{
    while (text.ptr != NULL) {
        if (str_is(str_cut(&text, '\n'), line)) {
            return true;
        }
    }
    return false;
}

static struct str write_some(struct arena *arena)
{
    struct meter *meter = NEW(arena, struct meter);
    const struct readings readings = {.figures = {.subjects = 3}, .queued = 5};
    size_t count = 0;
    const struct route *decide = &routes(&count)[0];
    meter_add(meter, decide, 200, 0);
    meter_add(meter, decide, 200, 3 * ms);
    meter_add(meter, decide, 503, 3 * ms);
    meter_add(meter, decide, 200, 60000 * ms); /* slower than the last limit */
    meter_add(meter, NULL, 404, ms);
    return meter_write(arena, meter, &readings);
}

static void answers_are_counted_by_route_and_class(void **state)
{
    (void)state;
    static const char *const line[] = {
        "candor_subjects 3",
        "candor_http_queued 5",
        "candor_http_requests_total{route=\"decide\",code=\"2xx\"} 3",
        "candor_http_requests_total{route=\"decide\",code=\"5xx\"} 1",
        "candor_http_requests_total{route=\"none\",code=\"4xx\"} 1",
    };
    struct arena *arena = arena_begin();
    const struct str text = write_some(arena);
    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        expect(has_line(text, line[i]), "%s", line[i]);
    }
    arena_end(arena);
}

static void the_histogram_is_cumulative_and_ends_with_everything(void **state)
{
    (void)state;
    static const char *const line[] = {
        "candor_http_request_seconds_bucket{route=\"decide\",le=\"0.0001\"} 1",
        "candor_http_request_seconds_bucket{route=\"decide\",le=\"0.0025\"} 1",
        "candor_http_request_seconds_bucket{route=\"decide\",le=\"0.005\"} 3",
        "candor_http_request_seconds_bucket{route=\"decide\",le=\"5\"} 3",
        "candor_http_request_seconds_bucket{route=\"decide\",le=\"+Inf\"} 4",
        "candor_http_request_seconds_count{route=\"decide\"} 4",
        "candor_http_request_seconds_sum{route=\"decide\"} 60.006000",
    };
    struct arena *arena = arena_begin();
    const struct str text = write_some(arena);
    for (size_t i = 0; i < sizeof line / sizeof line[0]; i++) {
        expect(has_line(text, line[i]), "%s", line[i]);
    }
    expect(!str_contains(text, STR("seconds_bucket{route=\"permit\"")), "no rows of zeros");
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(answers_are_counted_by_route_and_class),
        cmocka_unit_test(the_histogram_is_cumulative_and_ends_with_everything),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
