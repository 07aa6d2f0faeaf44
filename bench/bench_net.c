/*
 * bench_net.c - what the net room costs on top of libmicrohttpd.
 *
 *     bench_net [SECONDS [ROUNDS]]      needs wrk
 *
 * Three servers with two network threads each answer a POST of 200 bytes with 205 bytes of JSON:
 * libmicrohttpd alone, as its manual has it; the room answering at once; the room answering from
 * one other thread in batches, as group commit does. wrk asks them in turn, in the same minute, so
 * that the ratios hold on a busy machine. CPU is of this process, wrk is another.
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"

enum { THREADS = 2, ANSWER_LEN = 205, QUESTION_LEN = 200, ROUNDS_MAX = 15, SERVERS = 3 };
enum { QUEUE_MAX = 4096 };

static char answer[ANSWER_LEN];

/* ---- libmicrohttpd alone ------------------------------------------------------------------- */

/* Its eight parameters are libmicrohttpd's. NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result bare_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *data,
                                   size_t *data_len, void **context)
{
    static int seen;
    (void)cls;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    if (*context == NULL) {
        *context = &seen;
        return MHD_YES;
    }
    if (*data_len > 0) {
        *data_len = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(ANSWER_LEN, answer, MHD_RESPMEM_MUST_COPY);
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    const enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static uint16_t bare_start(void)
{
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, bare_handle, NULL,
                         MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_END);
    must(daemon != NULL);
    return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* ---- the room ------------------------------------------------------------------------------ */

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct net_request *waiting[QUEUE_MAX];
    size_t count;
};

static void reply(struct net_request *request)
{
    const struct net_reply good = {.code = 200,
                                   .content_type = STR("application/json"),
                                   .body = {(const uint8_t *)answer, ANSWER_LEN}};
    must(request->body.len == QUESTION_LEN);
    net_answer(request, &good);
}

static void handle_at_once(void *self, struct net_request *request)
{
    (void)self;
    reply(request);
}

static void handle_later(void *self, struct net_request *request)
{
    struct queue *queue = self;
    (void)pthread_mutex_lock(&queue->lock);
    must(queue->count < QUEUE_MAX);
    queue->waiting[queue->count++] = request;
    if (queue->count == 1) {
        (void)pthread_cond_signal(&queue->changed);
    }
    (void)pthread_mutex_unlock(&queue->lock);
}

static void *answer_batches(void *self)
{
    static struct net_request *batch[QUEUE_MAX];
    struct queue *queue = self;
    for (;;) {
        (void)pthread_mutex_lock(&queue->lock);
        while (queue->count == 0) {
            (void)pthread_cond_wait(&queue->changed, &queue->lock);
        }
        const size_t count = queue->count;
        for (size_t i = 0; i < count; i++) {
            batch[i] = queue->waiting[i];
        }
        queue->count = 0;
        (void)pthread_mutex_unlock(&queue->lock);
        for (size_t i = 0; i < count; i++) {
            reply(batch[i]);
        }
    }
    return NULL;
}

static uint16_t room_start(struct job *job, void (*handle)(void *self, struct net_request *request),
                           void *self)
{
    const struct net_options options = {.listen = STR("127.0.0.1:0"),
                                        .limits = {.threads = THREADS}};
    struct net_server *server;
    if (net_start(job, job->arena, &options, handle, self, &server) != CANDOR_OK) {
        (void)fprintf(stderr, "%s\n", job->message);
        exit(1);
    }
    return net_port(server);
}

/* ---- measuring ----------------------------------------------------------------------------- */

struct result {
    double per_s;
    double cpu_us;
};

static double cpu_s(void)
{
    struct rusage usage;
    must(getrusage(RUSAGE_SELF, &usage) == 0);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static struct result measure(uint16_t port, const char *script, unsigned duration_s)
{
    char command[256];
    char line[256];
    static const char rate[] = "Requests/sec:";
    struct result result = {0};
    double requests = 0;
    (void)snprintf(command, sizeof command, "wrk -t2 -c64 -d%us -s %s http://127.0.0.1:%u/",
                   duration_s, script, port);
    const double before_s = cpu_s();
    FILE *wrk = popen(command, "r");
    must(wrk != NULL);
    while (fgets(line, sizeof line, wrk) != NULL) {
        if (strstr(line, " requests in ") != NULL) {
            requests = strtod(line, NULL);
        }
        if (strncmp(line, rate, sizeof rate - 1) == 0) {
            result.per_s = strtod(line + sizeof rate - 1, NULL);
        }
        if (strstr(line, "Non-2xx") != NULL || strstr(line, "Socket errors") != NULL) {
            (void)fputs(line, stdout);
        }
    }
    must(pclose(wrk) == 0);
    result.cpu_us = (cpu_s() - before_s) * 1e6 / requests;
    return result;
}

static int by_rate(const void *left, const void *right)
{
    const double a = ((const struct result *)left)->per_s;
    const double b = ((const struct result *)right)->per_s;
    return (a > b) - (a < b);
}

static void write_script(const char *path)
{
    FILE *file = fopen(path, "w");
    must(file != NULL);
    (void)fprintf(file, "wrk.method = 'POST'\nwrk.body = string.rep('q', %d)\n", QUESTION_LEN);
    must(fclose(file) == 0);
}

static void print_results(struct result result[SERVERS][ROUNDS_MAX], unsigned rounds)
{
    static const char *const name[SERVERS] = {"libmicrohttpd alone", "net, at once",
                                              "net, later in batches"};
    for (size_t i = 0; i < SERVERS; i++) {
        qsort(result[i], rounds, sizeof result[i][0], by_rate);
        const struct result middle = result[i][rounds / 2];
        const struct result base = result[0][rounds / 2];
        (void)printf(
            "%-22s %8.0f req/s (%.0f - %.0f)  %5.2f us CPU  %.2f of the rate  %.2f x CPU\n",
            name[i], middle.per_s, result[i][0].per_s, result[i][rounds - 1].per_s, middle.cpu_us,
            middle.per_s / base.per_s, middle.cpu_us / base.cpu_us);
    }
}

/* {"a":"aaa...aaa"} */
static void fill_answer(void)
{
    const struct str head = STR("{\"a\":\"");
    const struct str tail = STR("\"}");
    memset(answer, 'a', sizeof answer);
    memcpy(answer, head.ptr, head.len);
    memcpy(answer + ANSWER_LEN - tail.len, tail.ptr, tail.len);
}

int main(int argc, char **argv)
{
    const unsigned duration_s = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 3;
    const unsigned asked = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 3;
    const unsigned rounds = asked < 1 ? 1 : asked > ROUNDS_MAX ? ROUNDS_MAX : asked;
    fill_answer();

    static struct queue queue = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                 .changed = PTHREAD_COND_INITIALIZER};
    static struct result result[SERVERS][ROUNDS_MAX];
    struct job job;
    pthread_t worker;
    job_begin(&job, host_real());
    must(pthread_create(&worker, NULL, answer_batches, &queue) == 0);
    const uint16_t port[SERVERS] = {bare_start(), room_start(&job, handle_at_once, NULL),
                                    room_start(&job, handle_later, &queue)};
    char script[] = "/tmp/bench-net-XXXXXX";
    const int fd = mkstemp(script);
    must(fd >= 0);
    (void)close(fd);
    write_script(script);

    for (unsigned round = 0; round < rounds; round++) {
        for (size_t i = 0; i < SERVERS; i++) {
            result[i][round] = measure(port[i], script, duration_s);
        }
    }
    print_results(result, rounds);
    (void)unlink(script);
    return 0;
}
