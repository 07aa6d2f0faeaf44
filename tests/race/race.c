/*
 * race.c - no send after no, under fire: race PROGRAM ROUNDS
 *
 * Each round somebody says yes and then no, while others decide about them and hand over what was
 * decided, sooner or later. Half of the rounds are threads on one open home, through the library; half
 * are processes that talk to a server over HTTP. Every call is noted with the instants before and
 * after it, and when all is over the notes are compared:
 *
 *     decided   [--]                          a decision "send" that was answered before ...
 *     no               [-----]ack             ... a no was acknowledged
 *     hand-over                    [--] ok    ... must not be handed over by a call made after that
 *     yes                              [--    and while no new yes was begun nothing is handed over
 *
 * Prints what it saw and exits 1 when a single message went out after its no. A run in which nothing
 * went out at all, or nothing was refused at the fence, shows nothing and fails too.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "candor.h"

enum {
    PEOPLE = 2,       /* who say yes and no */
    SENDERS = 3,      /* who decide and hand over */
    ROUNDS_EACH = 20, /* of one subject: histories stay short */
    HELD = 8,         /* decisions that a sender keeps in hand */
    ANSWER_MAX = 1 << 16,
    NOTES_PER_ROUND = 64,
};

#define CHECK(promise) ((promise) ? (void)0 : stop(#promise, __LINE__))

static void stop(const char *what, int line)
{
    (void)fprintf(stderr, "race: line %d: %s (%s)\n", line, what, strerror(errno));
    _exit(2);
}

/* ---- notes --------------------------------------------------------------------------------- */

enum kind { NOTE_YES, NOTE_NO, NOTE_SENT };

struct note {
    uint32_t subject;
    uint32_t kind;
    int64_t begin;
    int64_t end;
    int64_t decided_begin; /* of NOTE_SENT */
    int64_t decided_end;
};

/* Shared by threads and processes alike. */
struct shared {
    _Atomic size_t count;
    size_t room;
    _Atomic uint32_t active[PEOPLE]; /* whom each of them speaks for just now */
    _Atomic int people_left;
    _Atomic uint64_t decided;
    _Atomic uint64_t refused; /* at the fence */
    _Atomic uint64_t sent;
    struct note note[];
};

static struct shared *shared;
static uint32_t subject_count;

static int64_t ticks(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void note(struct note what)
{
    const size_t at = atomic_fetch_add(&shared->count, 1);
    CHECK(at < shared->room);
    shared->note[at] = what;
}

static uint64_t draw(uint64_t *seed)
{
    *seed += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- two doors to one house ---------------------------------------------------------------- */

struct door {
    struct candor *candor; /* of threads */
    int port;              /* of processes */
    int socket;
    const char *key;
};

static void name_of(uint32_t subject, char name[16])
{
    (void)snprintf(name, 16, "s%u", subject);
}

static void connect_again(struct door *door)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)door->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    door->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(door->socket >= 0);
    CHECK(connect(door->socket, (struct sockaddr *)&address, sizeof address) == 0);
}

/* One request on a connection that stays; the code, and the answer with its head. */
static int post(struct door *door, const char *method, const char *path, const char *body,
                char answer[ANSWER_MAX])
{
    char request[1024];
    size_t have = 0;
    const int len = snprintf(request, sizeof request,
                             "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                             "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                             method, path, door->key, strlen(body), body);
    CHECK(len > 0 && (size_t)len < sizeof request);
    CHECK(write(door->socket, request, (size_t)len) == len);
    for (;;) {
        const ssize_t got = read(door->socket, answer + have, ANSWER_MAX - 1 - have);
        CHECK(got > 0);
        have += (size_t)got;
        answer[have] = '\0';
        const char *end = strstr(answer, "\r\n\r\n");
        const char *length = strcasestr(answer, "content-length:");
        if (end != NULL && length != NULL &&
            have >= (size_t)(end + 4 - answer) + strtoul(length + 15, NULL, 10)) {
            return atoi(answer + 9);
        }
    }
}

static void change(struct door *door, uint32_t subject, const char *decision)
{
    char name[16];
    char path[64];
    char body[128];
    static _Thread_local char answer[ANSWER_MAX];
    name_of(subject, name);
    if (door->candor == NULL) {
        (void)snprintf(path, sizeof path, "/v1/subjects/%s/consents", name);
        (void)snprintf(body, sizeof body, "{\"purpose\":\"news\",\"decision\":\"%s\"}", decision);
        CHECK(post(door, "PUT", path, body, answer) == 200);
        return;
    }
    struct job *job = candor_job_begin();
    struct candor_text report;
    CHECK(candor_consent(job, door->candor, name, "news", NULL, decision, "race", NULL, &report) ==
          CANDOR_OK);
    candor_job_end(job);
}

static bool decide(struct door *door, uint32_t subject, char id[33])
{
    char name[16];
    char body[128];
    static _Thread_local char answer[ANSWER_MAX];
    name_of(subject, name);
    if (door->candor == NULL) {
        (void)snprintf(body, sizeof body, "{\"identifier\":\"%s\",\"campaign\":\"spring0\"}", name);
        CHECK(post(door, "POST", "/v1/decide", body, answer) == 200);
        const char *receipt = strstr(answer, "\"receipt\"");
        CHECK(receipt != NULL);
        const char *decision = strstr(receipt, "\"decision\":");
        CHECK(decision != NULL && sscanf(decision, "\"decision\": \"%32[0-9a-f]", id) +
                                          sscanf(decision, "\"decision\":\"%32[0-9a-f]", id) >
                                      0);
        return strstr(answer, "\"decision\":\"send\"") != NULL;
    }
    const struct candor_question question = {.identifier = name, .campaign = "spring0"};
    struct job *job = candor_job_begin();
    struct candor_answer made;
    CHECK(candor_decide_many(job, door->candor, &question, 1, &made) == CANDOR_OK);
    CHECK(made.status == CANDOR_OK);
    for (size_t i = 0; i < sizeof made.id; i++) {
        (void)snprintf(id + 2 * i, 3, "%02x", made.id[i]);
    }
    const bool send = made.send;
    candor_job_end(job);
    return send;
}

enum outcome { OUT, HELD_BACK, DONE_BEFORE };

static enum outcome handoff(struct door *door, uint32_t subject, const char *id)
{
    char name[16];
    char body[128];
    static _Thread_local char answer[ANSWER_MAX];
    name_of(subject, name);
    if (door->candor == NULL) {
        (void)snprintf(body, sizeof body, "{\"identifier\":\"%s\",\"decision\":\"%s\"}", name, id);
        const int code = post(door, "POST", "/v1/handoff", body, answer);
        CHECK(code == 200 || code == 403 || code == 409);
        return code == 200 ? OUT : code == 403 ? HELD_BACK : DONE_BEFORE;
    }
    struct job *job = candor_job_begin();
    struct candor_text report;
    const enum candor_status status = candor_handoff(job, door->candor, name, id, &report);
    CHECK(status == CANDOR_OK || status == CANDOR_REFUSED || status == CANDOR_EXISTS);
    candor_job_end(job);
    return status == CANDOR_OK ? OUT : status == CANDOR_REFUSED ? HELD_BACK : DONE_BEFORE;
}

/* ---- who says yes and no ------------------------------------------------------------------- */

static void pause_a_little(uint64_t *seed)
{
    const struct timespec time = {.tv_nsec = (long)(draw(seed) % 2000000)};
    (void)nanosleep(&time, NULL);
}

static void speak(struct door *door, unsigned self)
{
    uint64_t seed = self;
    for (uint32_t subject = self; subject < subject_count; subject += PEOPLE) {
        atomic_store(&shared->active[self], subject);
        for (unsigned round = 0; round < ROUNDS_EACH; round++) {
            struct note yes = {.subject = subject, .kind = NOTE_YES, .begin = ticks()};
            change(door, subject, "give");
            yes.end = ticks();
            note(yes);
            pause_a_little(&seed);
            struct note no = {.subject = subject, .kind = NOTE_NO, .begin = ticks()};
            change(door, subject, "withdraw");
            no.end = ticks();
            note(no);
        }
    }
    atomic_fetch_sub(&shared->people_left, 1);
}

/* ---- who decides and hands over ------------------------------------------------------------ */

struct held {
    bool is_held;
    char id[33];
    struct note sent;
};

static void hand_over(struct door *door, struct held *held)
{
    held->is_held = false;
    held->sent.begin = ticks();
    const enum outcome outcome = handoff(door, held->sent.subject, held->id);
    held->sent.end = ticks();
    if (outcome == OUT) {
        note(held->sent);
        atomic_fetch_add(&shared->sent, 1);
    } else if (outcome == HELD_BACK) {
        atomic_fetch_add(&shared->refused, 1);
    }
}

static void send_all(struct door *door, unsigned self)
{
    uint64_t seed = 1000 + self;
    struct held held[HELD] = {0};
    while (atomic_load(&shared->people_left) > 0) {
        struct held *slot = &held[draw(&seed) % HELD];
        if (slot->is_held) {
            hand_over(door, slot);
            continue;
        }
        slot->sent = (struct note){.kind = NOTE_SENT,
                                   .subject = atomic_load(&shared->active[draw(&seed) % PEOPLE]),
                                   .decided_begin = ticks()};
        slot->is_held = decide(door, slot->sent.subject, slot->id);
        slot->sent.decided_end = ticks();
        atomic_fetch_add(&shared->decided, 1);
        if (slot->is_held && draw(&seed) % 2 == 0) {
            hand_over(door, slot);
        }
    }
}

/* ---- what must never be -------------------------------------------------------------------- */

static int compare_notes(const void *left, const void *right)
{
    const struct note *first = left;
    const struct note *second = right;
    if (first->subject != second->subject) {
        return first->subject < second->subject ? -1 : 1;
    }
    return (first->begin > second->begin) - (first->begin < second->begin);
}

/* Of one subject: was this hand-over allowed? */
static bool is_after_no(const struct note *of, size_t count, const struct note *sent)
{
    int64_t last_ack = 0;
    for (size_t i = 0; i < count; i++) {
        const struct note *no = &of[i];
        if (no->kind != NOTE_NO || no->end > sent->begin) {
            continue;
        }
        if (sent->decided_end <= no->end) {
            return true; /* decided before the answer to a no, handed over after it */
        }
        last_ack = no->end > last_ack ? no->end : last_ack;
    }
    if (last_ack == 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (of[i].kind == NOTE_YES && of[i].end > last_ack && of[i].begin < sent->end) {
            return false; /* a newer yes may be behind it */
        }
    }
    return true;
}

static size_t count_violations(void)
{
    const size_t count = atomic_load(&shared->count);
    size_t violations = 0;
    qsort(shared->note, count, sizeof shared->note[0], compare_notes);
    for (size_t from = 0, to = 0; from < count; from = to) {
        while (to < count && shared->note[to].subject == shared->note[from].subject) {
            to++;
        }
        for (size_t i = from; i < to; i++) {
            violations += shared->note[i].kind == NOTE_SENT &&
                          is_after_no(shared->note + from, to - from, &shared->note[i]);
        }
    }
    return violations;
}

/* ---- the two halves ------------------------------------------------------------------------ */

static void shared_begin(size_t rounds)
{
    const size_t room = rounds * NOTES_PER_ROUND + 1024;
    const size_t size = sizeof *shared + room * sizeof shared->note[0];
    shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    shared->room = room;
    atomic_store(&shared->people_left, PEOPLE);
    for (uint32_t i = 0; i < PEOPLE; i++) {
        atomic_store(&shared->active[i], i);
    }
}

struct task {
    struct door door;
    unsigned self;
    bool speaks;
};

static void *run(void *thing)
{
    struct task *task = thing;
    if (task->door.candor == NULL) {
        connect_again(&task->door);
    }
    (task->speaks ? speak : send_all)(&task->door, task->self);
    return NULL;
}

static void with_threads(const struct door *door)
{
    pthread_t thread[PEOPLE + SENDERS];
    struct task task[PEOPLE + SENDERS];
    for (unsigned i = 0; i < PEOPLE + SENDERS; i++) {
        task[i] = (struct task){*door, i < PEOPLE ? i : i - PEOPLE, i < PEOPLE};
        CHECK(pthread_create(&thread[i], NULL, run, &task[i]) == 0);
    }
    for (unsigned i = 0; i < PEOPLE + SENDERS; i++) {
        CHECK(pthread_join(thread[i], NULL) == 0);
    }
}

static void with_processes(const struct door *door)
{
    for (unsigned i = 0; i < PEOPLE + SENDERS; i++) {
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            struct task task = {*door, i < PEOPLE ? i : i - PEOPLE, i < PEOPLE};
            (void)run(&task);
            _exit(0);
        }
    }
    for (unsigned i = 0; i < PEOPLE + SENDERS; i++) {
        int status = 0;
        CHECK(wait(&status) > 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

static int report(const char *what, size_t rounds)
{
    const size_t violations = count_violations();
    const uint64_t sent = atomic_load(&shared->sent);
    const uint64_t refused = atomic_load(&shared->refused);
    printf("%s: %zu rounds, %llu decided, %llu handed over, %llu refused at the fence, %zu after a "
           "no\n",
           what, rounds, (unsigned long long)atomic_load(&shared->decided),
           (unsigned long long)sent, (unsigned long long)refused, violations);
    if (sent == 0 || refused == 0) {
        printf("not true: the race shows something\n");
    }
    return violations > 0 || sent == 0 || refused == 0;
}

/* race threads HOME ROUNDS | race processes HOME ROUNDS PORT KEY; the subjects are s0 ... */
int main(int argc, char **argv)
{
    CHECK(argc >= 4);
    const size_t rounds = strtoul(argv[3], NULL, 10);
    subject_count = (uint32_t)(rounds / ROUNDS_EACH);
    CHECK(subject_count >= PEOPLE && subject_count % PEOPLE == 0);
    shared_begin(rounds);
    struct door door = {0};
    if (strcmp(argv[1], "processes") == 0) {
        CHECK(argc == 6);
        door.port = atoi(argv[4]);
        door.key = argv[5];
        with_processes(&door);
        return report(argv[1], rounds);
    }
    struct job *job = candor_job_begin();
    CHECK(candor_open(job, argv[2], NULL, &door.candor) == CANDOR_OK);
    with_threads(&door);
    candor_close(door.candor);
    candor_job_end(job);
    return report(argv[1], rounds);
}
