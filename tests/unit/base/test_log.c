/*
 * test_log.c - a log line is one JSON object, written whole, also from many threads.
 */
#include "base.h"
#include "text.h"

#include <math.h>
#include <pthread.h>

#include "support.h"

enum { THREADS = 4, LINES_EACH = 300 };

static int64_t half_past_seven(struct host *host)
{
    (void)host;
    return INT64_C(1795591800) * MICROS_PER_SECOND; /* 2026-11-25T07:30:00Z */
}

static struct str read_back(struct job *job, int fd)
{
    char *text = NEW_ARRAY(job->arena, 1 << 20, char);
    const ssize_t len = pread(fd, text, 1 << 20, 0);
    must(len >= 0);
    return (struct str){text, (size_t)len};
}

static int scratch_file(void)
{
    FILE *file = tmpfile();
    must(file != NULL);
    const int fd = dup(fileno(file));
    must(fd >= 0 && fclose(file) == 0);
    return fd;
}

static void a_line_has_the_time_the_event_and_the_fields(void **state)
{
    struct job *job = *state;
    struct host host = {.now = half_past_seven};
    const int fd = scratch_file();
    job->host = &host;
    job->log = log_begin(job->arena, fd, LOG_INFO);
    const struct log_token token = {{0, 1, 2, 3, 0xFC, 0xFD, 0xFE, 0xFF}};
    log_event(job, LOG_INFO, LIT("decision made"), LOG_U64("leaf", UINT64_MAX),
              LOG_I64("change", -7), LOG_F64("score", 0.1), LOG_F64("none", (double)NAN),
              LOG_LIT("why", "consent"), LOG_TOKEN("subject", token));
    log_event(job, LOG_DEBUG, LIT("too quiet"), LOG_U64("leaf", 1));
    log_fields(job, LOG_ERROR, LIT("bare"), NULL, 0);
    job->host = host_real();
    expect(str_is(read_back(job, fd),
                  "{\"time\":\"2026-11-25T07:30:00Z\",\"level\":\"info\",\"event\":\"decision "
                  "made\",\"leaf\":18446744073709551615,\"change\":-7,\"score\":0.1,\"none\":null,"
                  "\"why\":\"consent\",\"subject\":\"00010203fcfdfeff\"}\n"
                  "{\"time\":\"2026-11-25T07:30:00Z\",\"level\":\"error\",\"event\":\"bare\"}\n"),
           "lines");
    (void)close(fd); /* read back already */
}

static void without_a_log_nothing_happens(void **state)
{
    struct job *job = *state;
    job->log = NULL;
    log_event(job, LOG_ERROR, LIT("nobody hears"), LOG_U64("leaf", 1));
}

static void a_log_that_cannot_be_written_stops_nothing(void **state)
{
    struct job *job = *state;
    const int fd = open("/dev/full", O_WRONLY);
    must(fd >= 0);
    job->log = log_begin(job->arena, fd, LOG_DEBUG);
    log_event(job, LOG_ERROR, LIT("no room"), LOG_U64("leaf", 1));
    (void)close(fd); /* nothing was written */
}

static void *write_lines(void *thing)
{
    struct job job;
    job_begin(&job, host_real());
    job.log = thing;
    for (uint64_t i = 0; i < LINES_EACH; i++) {
        log_event(&job, LOG_WARN, LIT("one of many"), LOG_U64("number", i));
    }
    job_end(&job);
    return NULL;
}

static void lines_of_many_threads_stay_whole(void **state)
{
    struct job *job = *state;
    const int fd = scratch_file();
    struct log *log = log_begin(job->arena, fd, LOG_INFO);
    pthread_t thread[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_create(&thread[i], NULL, write_lines, log) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_join(thread[i], NULL) == 0);
    }
    struct str rest = read_back(job, fd);
    size_t count = 0;
    while (rest.len > 0) {
        const struct value *line = NULL;
        int64_t number = -1;
        expect(json_read(job, bytes_of(str_cut(&rest, '\n')), NULL, "line", &line) == CANDOR_OK,
               "line %zu", count);
        expect(value_int(job, value_get(line, "number"), "number", &number) == CANDOR_OK &&
                   number >= 0 && number < LINES_EACH,
               "line %zu", count);
        count++;
    }
    expect(count == (size_t)THREADS * LINES_EACH, "%zu lines", count);
    (void)close(fd); /* read back already */
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(a_line_has_the_time_the_event_and_the_fields),
        test_with_job(without_a_log_nothing_happens),
        test_with_job(a_log_that_cannot_be_written_stops_nothing),
        test_with_job(lines_of_many_threads_stay_whole),
    };
    return cmocka_run_group_tests_name("log", test, NULL, NULL);
}
