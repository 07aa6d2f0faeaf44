/*
 * http_paced.c - requests at a steady rate, whatever the answers do, and how long each took.
 *
 *     http_paced PORT KEY CAMPAIGN WHO RATE SECONDS CONNECTIONS
 *     http_paced --disk FILE SECONDS
 *
 * WHO has an identifier a line. A request has an instant at which it is due; its time counts from then, so that
 * a server that stops for a while is charged for all who wait meanwhile (wrk, which asks again only after an
 * answer, charges it for one). Rate and connections are what the generator holds; it says so when it cannot.
 *
 * Beside the load a thread sleeps for a moment, again and again, before all others where it may (as root), and says
 * how long the processor let it wait beyond that: what a machine stands still itself no server can answer in.
 *
 * --disk says how long it takes to write 16 KB over older ones and to fdatasync them, one after the other, as the
 * store writes its log: no answer that is durable comes sooner.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, ANSWER_MAX = 64 * 1024, REQUEST_MAX = 1024, EVENTS_MAX = 256 };
enum { NAME_MAX_LEN = 128, BLOCK = 16 * 1024, BLOCKS = 1024 };

struct connection {
    int fd;
    bool is_busy;
    int64_t due; /* nanoseconds: of the request under way */
    size_t len;
    char answer[ANSWER_MAX];
};

struct load {
    const char *key;
    const char *campaign;
    char (*who)[NAME_MAX_LEN];
    size_t who_count;
    size_t asked;
    size_t total;
    int64_t start;
    double gap; /* nanoseconds between two requests */
    int epoll;
    int connection_count;
    struct connection *connection;
    int64_t *took;
    size_t answered;
    size_t failed;
    int64_t latest_start; /* how late the generator itself was, at most */
};

static void stop(const char *what)
{
    (void)fprintf(stderr, "http_paced: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int64_t now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static double at_share(const int64_t *sorted, size_t count, double share)
{
    return count == 0 ? 0 : (double)sorted[(size_t)(share * (double)(count - 1))] / 1e6;
}

static void say_times(int64_t *took, size_t count)
{
    qsort(took, count, sizeof *took, by_size);
    printf("p50 %.2f ms   p90 %.2f   p99 %.2f   p99.9 %.2f   longest %.2f", at_share(took, count, 0.5),
           at_share(took, count, 0.9), at_share(took, count, 0.99), at_share(took, count, 0.999),
           at_share(took, count, 1));
}

/* ---- the disk ------------------------------------------------------------------------------- */

static int measure_disk(const char *path, double seconds)
{
    static char block[BLOCK];
    enum { TIMES_MAX = 1000000 };
    int64_t *took = malloc(TIMES_MAX * sizeof *took);
    const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    size_t count = 0;
    if (took == NULL || fd < 0) {
        stop(path);
    }
    memset(block, 'x', sizeof block);
    for (int i = 0; i < BLOCKS; i++) {
        if (write(fd, block, sizeof block) != BLOCK) {
            stop(path);
        }
    }
    if (fsync(fd) != 0) {
        stop(path);
    }
    const int64_t end = now() + (int64_t)(seconds * 1e9);
    while (now() < end && count < TIMES_MAX) {
        const int64_t before = now();
        const off_t at = (off_t)(count % BLOCKS) * BLOCK;
        if (pwrite(fd, block, sizeof block, at) != BLOCK || fdatasync(fd) != 0) {
            stop(path);
        }
        took[count++] = now() - before;
    }
    (void)close(fd);
    (void)unlink(path);
    say_times(took, count);
    printf("   one after the other, %zu\n", count);
    free(took);
    return 0;
}

/* ---- the machine ---------------------------------------------------------------------------- */

struct sleeper {
    pthread_t thread;
    atomic_bool is_over;
    int64_t *late; /* nanoseconds */
    size_t count;
};

enum { NAP_NS = 500000, NAPS_MAX = 1000000 };

static void *sleep_again(void *self)
{
    struct sleeper *sleeper = self;
    const struct timespec nap = {.tv_nsec = NAP_NS};
    while (!atomic_load(&sleeper->is_over) && sleeper->count < NAPS_MAX) {
        const int64_t before = now();
        (void)nanosleep(&nap, NULL);
        sleeper->late[sleeper->count++] = now() - before - NAP_NS;
    }
    return NULL;
}

static void sleeper_begin(struct sleeper *sleeper)
{
    const struct sched_param first = {.sched_priority = 1};
    sleeper->late = malloc(NAPS_MAX * sizeof *sleeper->late);
    if (sleeper->late == NULL ||
        pthread_create(&sleeper->thread, NULL, sleep_again, sleeper) != 0) {
        stop("a thread");
    }
    (void)pthread_setschedparam(sleeper->thread, SCHED_FIFO, &first); /* or as it is */
}

static void sleeper_end(struct sleeper *sleeper)
{
    atomic_store(&sleeper->is_over, true);
    (void)pthread_join(sleeper->thread, NULL);
    printf("%34s ", "a sleeper beside it, late by");
    say_times(sleeper->late, sleeper->count);
    printf("\n");
    free(sleeper->late);
}

/* ---- requests ------------------------------------------------------------------------------- */

static void read_who(struct load *load, const char *path)
{
    char line[NAME_MAX_LEN];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        stop(path);
    }
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = 0;
        load->who = realloc(load->who, (load->who_count + 1) * sizeof *load->who);
        if (load->who == NULL) {
            stop("memory");
        }
        memcpy(load->who[load->who_count++], line, sizeof line);
    }
    (void)fclose(file);
    if (load->who_count == 0) {
        stop("nobody to ask about");
    }
}

static void connect_all(struct load *load, uint16_t port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int yes = 1;
    for (int i = 0; i < load->connection_count; i++) {
        struct connection *connection = &load->connection[i];
        connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connection->fd < 0 ||
            connect(connection->fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
            setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0) {
            stop("connect");
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
            stop("epoll");
        }
    }
}

static void ask(struct load *load, struct connection *connection)
{
    char request[REQUEST_MAX];
    char body[REQUEST_MAX / 2];
    const int body_len =
        snprintf(body, sizeof body, "{\"identifier\":\"%s\",\"campaign\":\"%s\"}",
                 load->who[load->asked % load->who_count], load->campaign);
    const int len = snprintf(request, sizeof request,
                             "POST /v1/decide HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                             "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                             "Content-Length: %d\r\n\r\n%s",
                             load->key, body_len, body);
    connection->due = load->start + (int64_t)((double)load->asked * load->gap);
    connection->is_busy = true;
    connection->len = 0;
    load->asked++;
    if (write(connection->fd, request, (size_t)len) != len) {
        stop("write");
    }
}

/* Asks for all that is due while there is a connection that is free. */
static void ask_due(struct load *load)
{
    static int next;
    for (int tried = 0; tried < load->connection_count && load->asked < load->total; tried++) {
        const int64_t due = load->start + (int64_t)((double)load->asked * load->gap);
        const int64_t late = now() - due;
        if (late < 0) {
            return;
        }
        struct connection *connection = &load->connection[next++ % load->connection_count];
        if (!connection->is_busy) {
            load->latest_start = late > load->latest_start ? late : load->latest_start;
            ask(load, connection);
            tried = 0;
        }
    }
}

/* Whether the answer is there whole: head and as many bytes as it says. */
static bool is_whole(const struct connection *connection)
{
    const char *end = memmem(connection->answer, connection->len, "\r\n\r\n", 4);
    const char *said = end == NULL ? NULL : strcasestr(connection->answer, "content-length:");
    return said != NULL && connection->len >= (size_t)(end + 4 - connection->answer) +
                                                  strtoul(said + 15, NULL, 10);
}

static void take(struct load *load, struct connection *connection)
{
    const ssize_t got = read(connection->fd, connection->answer + connection->len,
                             sizeof connection->answer - 1 - connection->len);
    if (got <= 0) {
        stop("the server closed a connection");
    }
    connection->len += (size_t)got;
    connection->answer[connection->len] = 0;
    if (is_whole(connection)) {
        load->took[load->answered++] = now() - connection->due;
        load->failed += strncmp(connection->answer, "HTTP/1.1 200", 12) != 0;
        connection->is_busy = false;
    }
}

static void run(struct load *load)
{
    struct epoll_event event[EVENTS_MAX];
    load->start = now();
    while (load->answered < load->total) {
        ask_due(load);
        const size_t open = load->asked - load->answered;
        const bool must_wait = load->asked == load->total || open == (size_t)load->connection_count;
        const int64_t due = load->start + (int64_t)((double)load->asked * load->gap);
        const int64_t time = now();
        const int64_t wait = due > time ? due - time : 0;
        const struct timespec until_due = {.tv_sec = wait / 1000000000,
                                           .tv_nsec = wait % 1000000000};
        const int count =
            epoll_pwait2(load->epoll, event, EVENTS_MAX, must_wait ? NULL : &until_due, NULL);
        for (int i = 0; i < count; i++) {
            take(load, event[i].data.ptr);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--disk") == 0) {
        return measure_disk(argv[2], strtod(argv[3], NULL));
    }
    if (argc != 8) {
        (void)fprintf(stderr, "usage: http_paced PORT KEY CAMPAIGN WHO RATE SECONDS CONNECTIONS\n"
                              "       http_paced --disk FILE SECONDS\n");
        return 2;
    }
    struct load load = {.key = argv[2], .campaign = argv[3], .epoll = epoll_create1(EPOLL_CLOEXEC)};
    const double rate = strtod(argv[5], NULL);
    const double seconds = strtod(argv[6], NULL);
    load.connection_count = (int)strtol(argv[7], NULL, 10);
    if (!(rate >= 1 && seconds > 0) || load.connection_count < 1 ||
        load.connection_count > CONNECTIONS_MAX) {
        errno = EINVAL;
        stop("rate, seconds or connections");
    }
    load.gap = 1e9 / rate;
    load.total = (size_t)(rate * seconds);
    load.took = malloc(load.total * sizeof *load.took);
    load.connection = calloc((size_t)load.connection_count, sizeof *load.connection);
    if (load.took == NULL || load.connection == NULL) {
        stop("memory");
    }
    read_who(&load, argv[4]);
    connect_all(&load, (uint16_t)strtoul(argv[1], NULL, 10));
    struct sleeper sleeper = {.count = 0};
    sleeper_begin(&sleeper);
    const int64_t before = now();
    run(&load);
    say_times(load.took, load.answered);
    printf("   %.0f a second of %.0f asked for, failed %zu, generator late by %.2f ms at most\n",
           (double)load.answered / ((double)(now() - before) / 1e9), rate, load.failed,
           (double)load.latest_start / 1e6);
    sleeper_end(&sleeper);
    free(load.took);
    free(load.connection);
    free(load.who);
    return 0;
}
