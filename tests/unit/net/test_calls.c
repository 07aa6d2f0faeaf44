/*
 * test_calls.c - many calls at once on one thread, against a server that answers in pieces.
 */
#include "streaming.h"

struct taking {
    struct net_calls *calls;
    _Atomic uint64_t ticket;
    _Atomic size_t len;
    _Atomic unsigned code;
    _Atomic int status;    /* -1: not done */
    atomic_bool is_closed; /* it takes no more for now */
    atomic_bool is_gone;
};

static void take_head(void *self, const struct net_head *head)
{
    struct taking *taking = self;
    expect(str_is(head->content_type, "text/event-stream"), "%.*s", STR_ARG(head->content_type));
    atomic_store(&taking->code, head->code);
}

static enum net_taken take_piece(void *self, struct bytes piece)
{
    struct taking *taking = self;
    atomic_fetch_add(&taking->len, piece.len);
    return atomic_load(&taking->is_gone)     ? NET_GONE
           : atomic_load(&taking->is_closed) ? NET_FULL
                                             : NET_TAKEN;
}

static void take_end(void *self, enum candor_status status, const char *message)
{
    struct taking *taking = self;
    expect((status == CANDOR_OK) == (message[0] == '\0'), "%s", message);
    atomic_store(&taking->status, (int)status);
}

static enum candor_status begin_call(struct streaming *streaming, struct net_calls *calls,
                                     const char *path, unsigned first_s, struct taking *taking)
{
    struct job job;
    uint64_t ticket = 0;
    taking->calls = calls;
    atomic_store(&taking->status, -1);
    job_begin(&job, host_real());
    const struct net_flow flow = {.call = streaming_call(streaming, job.arena, path),
                                  .first_byte_timeout_s = first_s,
                                  .head = take_head,
                                  .piece = take_piece,
                                  .done = take_end,
                                  .self = taking};
    const enum candor_status status = net_calls_start(&job, calls, &flow, &ticket);
    atomic_store(&taking->ticket, ticket);
    job_end(&job);
    return status;
}

static struct net_calls *calls_of(struct streaming *streaming, size_t flows_max)
{
    struct net_calls *calls = NULL;
    expect(net_calls_begin(&streaming->job, streaming->job.arena, flows_max, &calls) == CANDOR_OK,
           "%s", streaming->job.message);
    return calls;
}

static void many_answers_come_side_by_side(void **state)
{
    enum { MANY = 100 };
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct net_calls *calls = calls_of(streaming, MANY);
    static struct taking taking[MANY + 1];
    for (size_t i = 0; i < MANY; i++) {
        expect(begin_call(streaming, calls, "/pieces?count=100&size=777", 0, &taking[i]) ==
                   CANDOR_OK,
               "call %zu", i);
    }
    for (size_t i = 0; i < MANY; i++) {
        COMES_TRUE(atomic_load(&taking[i].status) >= 0);
        expect(atomic_load(&taking[i].status) == CANDOR_OK && atomic_load(&taking[i].code) == 200 &&
                   atomic_load(&taking[i].len) == 77700,
               "call %zu: %d, %zu", i, atomic_load(&taking[i].status), atomic_load(&taking[i].len));
    }
    net_calls_end(calls);
    streaming_end(streaming);
}

static void there_is_an_end_to_calls(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct net_calls *calls = calls_of(streaming, 2);
    static struct taking taking[3];
    expect(begin_call(streaming, calls, "/silent", 0, &taking[0]) == CANDOR_OK, "first");
    expect(begin_call(streaming, calls, "/silent", 0, &taking[1]) == CANDOR_OK, "second");
    expect(begin_call(streaming, calls, "/silent", 0, &taking[2]) == CANDOR_BUSY, "third");
    COMES_TRUE(atomic_load(&streaming->count) == 2);
    net_calls_end(calls);
    expect(atomic_load(&taking[0].status) == CANDOR_CANCELLED, "told");
    expect(atomic_load(&taking[1].status) == CANDOR_CANCELLED, "told");
    streaming_end(streaming);
}

/* Sockets hold some megabytes; what is more than that waits with the server. */
static void who_is_full_is_not_brought_more(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct net_calls *calls = calls_of(streaming, 4);
    static struct taking taking;
    atomic_store(&taking.is_closed, true);
    expect(begin_call(streaming, calls, "/pieces?count=10000&size=4096", 0, &taking) == CANDOR_OK,
           "begun");
    COMES_TRUE(atomic_load(&taking.len) > 0);
    nap_ms(200);
    expect(atomic_load(&taking.len) <= 16384, "%zu", atomic_load(&taking.len));
    COMES_TRUE(atomic_load(&streaming->full) > 0);
    net_calls_poke(calls, atomic_load(&taking.ticket)); /* still full: nothing happens */
    nap_ms(50);
    expect(atomic_load(&taking.len) <= 32768, "%zu", atomic_load(&taking.len));
    atomic_store(&taking.is_closed, false);
    net_calls_poke(calls, atomic_load(&taking.ticket));
    COMES_TRUE(atomic_load(&taking.status) == CANDOR_OK);
    expect(atomic_load(&taking.len) == 40960000, "%zu", atomic_load(&taking.len));
    net_calls_poke(calls, atomic_load(&taking.ticket)); /* it is over: nobody is asked */
    net_calls_end(calls);
    streaming_end(streaming);
}

static void who_has_left_ends_the_call(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct net_calls *calls = calls_of(streaming, 4);
    static struct taking silent;
    static struct taking busy;
    expect(begin_call(streaming, calls, "/silent", 0, &silent) == CANDOR_OK, "begun");
    expect(begin_call(streaming, calls, "/pieces?count=100000&size=4096", 0, &busy) == CANDOR_OK,
           "begun");
    COMES_TRUE(atomic_load(&busy.len) > 0);
    COMES_TRUE(atomic_load(&streaming->count) == 2);
    atomic_store(&silent.is_gone, true);
    atomic_store(&busy.is_gone, true);
    net_calls_poke(calls, atomic_load(&silent.ticket));
    COMES_TRUE(atomic_load(&silent.status) == CANDOR_CANCELLED);
    COMES_TRUE(atomic_load(&busy.status) == CANDOR_CANCELLED);
    COMES_TRUE(atomic_load(&streaming->gone) == 2); /* and the server saw it */
    net_calls_end(calls);
    streaming_end(streaming);
}

static void what_goes_wrong_is_told(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct net_calls *calls = calls_of(streaming, 4);
    static struct taking late;
    static struct taking broken;
    static struct taking nobody;
    expect(begin_call(streaming, calls, "/never", 1, &late) == CANDOR_OK, "begun");
    expect(begin_call(streaming, calls, "/broken", 0, &broken) == CANDOR_OK, "begun");
    COMES_TRUE(atomic_load(&late.status) == CANDOR_IO);
    COMES_TRUE(atomic_load(&broken.status) == CANDOR_IO);
    expect(begin_call(streaming, calls, " is no address", 0, &nobody) == CANDOR_BAD_INPUT,
           "refused at once");
    net_calls_end(calls);
    streaming_end(streaming);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_answers_come_side_by_side),
        cmocka_unit_test(there_is_an_end_to_calls),
        cmocka_unit_test(who_is_full_is_not_brought_more),
        cmocka_unit_test(who_has_left_ends_the_call),
        cmocka_unit_test(what_goes_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
