/*
 * lane.c - where a network thread waits for answers that come soon.
 *
 * libmicrohttpd calls again, without sleeping, for a request that was neither answered nor put to
 * sleep, after it has gone through all else that is ready:
 *
 *     first call    A B C D ...          each is handed over
 *     second call   A                    nothing else is ready: pause, and wait for A
 *                     B C D ...          mostly answered by then, at once sent
 *
 * So a thread's requests become one group without anybody looking at a clock. Each network thread
 * has a lane of its own; who answers tells only the lane that waits for this very answer. Whoever
 * answers a group does best to answer the first of it last.
 *
 * What arrives while a thread waits stays unread until it is done. With many requests in hand that is the
 * cheaper way; with few, each would wait for two groups instead of one, and the disk for the network. So below
 * net_limits.patient_from the connections sleep.
 *
 * A thread that waited in vain is in a hurry: the work takes longer than thought, and its other
 * connections must not pay for it.
 */
#include <errno.h>
#include <time.h>

#include "inside.h"

static _Atomic unsigned thread_count;
static _Thread_local unsigned own_lane = NET_THREADS_MAX;
static _Thread_local uint64_t hurry_until_ms;

void lanes_init(struct net_server *server)
{
    pthread_condattr_t steady;
    must(pthread_condattr_init(&steady) == 0);
    must(pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0);
    for (unsigned i = 0; i < NET_THREADS_MAX; i++) {
        must(pthread_mutex_init(&server->lane[i].lock, NULL) == 0);
        must(pthread_cond_init(&server->lane[i].changed, &steady) == 0);
    }
    must(pthread_condattr_destroy(&steady) == 0);
}

void lanes_end(struct net_server *server)
{
    for (unsigned i = 0; i < NET_THREADS_MAX; i++) {
        (void)pthread_cond_destroy(&server->lane[i].changed);
        (void)pthread_mutex_destroy(&server->lane[i].lock);
    }
}

/* Two threads in one lane would do no harm but to wake each other. */
unsigned lane_here(void)
{
    if (own_lane == NET_THREADS_MAX) {
        own_lane = atomic_fetch_add(&thread_count, 1) % NET_THREADS_MAX;
    }
    return own_lane;
}

bool lane_is_patient(const struct net_server *server)
{
    return server->options.pause != NULL &&
           atomic_load(&server->in_flight) >= server->options.limits.patient_from &&
           atomic_load(&server->now_ms) >= hurry_until_ms;
}

static struct timespec after_ms(uint64_t ms)
{
    struct timespec at;
    must(clock_gettime(CLOCK_MONOTONIC, &at) == 0);
    const uint64_t ns = (uint64_t)at.tv_nsec + ms * 1000000;
    at.tv_sec += (time_t)(ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    return at;
}

static bool is_answered(struct net_connection *connection)
{
    return atomic_load(&connection->turn) == TURN_ANSWERED;
}

/* Under the lane's lock, so that whoever finds the mark tells us after we have begun to wait. */
static bool mark_awaited(struct net_connection *connection)
{
    int turn = TURN_ASKING;
    return atomic_compare_exchange_strong(&connection->turn, &turn, TURN_AWAITED) ||
           turn == TURN_AWAITED;
}

bool lane_wait(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    struct net_lane *lane = &server->lane[connection->lane];
    int error = 0;
    if (is_answered(connection)) {
        return true;
    }
    server->options.pause(server->self);
    const struct timespec until = after_ms(NET_WAIT_MS);
    must(pthread_mutex_lock(&lane->lock) == 0);
    if (mark_awaited(connection)) {
        while (!is_answered(connection) && error != ETIMEDOUT) {
            error = pthread_cond_timedwait(&lane->changed, &lane->lock, &until);
            must(error == 0 || error == ETIMEDOUT);
        }
    }
    must(pthread_mutex_unlock(&lane->lock) == 0);
    if (is_answered(connection)) {
        return true;
    }
    hurry_until_ms = atomic_load(&server->now_ms) + NET_HURRY_MS;
    return false;
}

void lane_wait_long(struct net_connection *connection)
{
    struct net_lane *lane = &connection->server->lane[connection->lane];
    if (is_answered(connection)) {
        return;
    }
    connection->server->options.pause(connection->server->self);
    must(pthread_mutex_lock(&lane->lock) == 0);
    if (mark_awaited(connection)) {
        while (!is_answered(connection)) {
            must(pthread_cond_wait(&lane->changed, &lane->lock) == 0);
        }
    }
    must(pthread_mutex_unlock(&lane->lock) == 0);
}

void lane_tell(struct net_server *server, unsigned lane)
{
    must(pthread_mutex_lock(&server->lane[lane].lock) == 0);
    must(pthread_cond_broadcast(&server->lane[lane].changed) == 0);
    must(pthread_mutex_unlock(&server->lane[lane].lock) == 0);
}
