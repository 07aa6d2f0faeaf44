/*
 * test_stream.c - answers in pieces: whole, bounded, and noticed when nobody takes them.
 */
#include "streaming.h"

static void pieces_arrive_in_order_and_whole(void **state)
{
    static const struct {
        const char *path;
        size_t len;
    } row[] = {{"/pieces?count=0&size=1", 0},
               {"/pieces?count=1&size=1", 1},
               {"/pieces?count=3&size=0", 0},
               {"/pieces?count=1000&size=37", 37000},
               {"/pieces?count=3&size=1000000", 3000000},
               {"/pieces?count=2000&size=4096", 8192000}};
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct bytes answer;
        unsigned code = 0;
        const struct net_call call = streaming_call(streaming, streaming->job.arena, row[i].path);
        expect(net_post(&streaming->job, &call, &code, &answer) == CANDOR_OK, "%s: %s", row[i].path,
               streaming->job.message);
        expect(code == 200 && answer.len == row[i].len, "%s: %u, %zu bytes", row[i].path, code,
               answer.len);
    }
    streaming_end(streaming);
}

static void an_end_that_is_none_is_seen_as_such(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct bytes answer;
    unsigned code = 0;
    const struct net_call call = streaming_call(streaming, streaming->job.arena, "/broken");
    expect(net_post(&streaming->job, &call, &code, &answer) == CANDOR_IO, "it is told");
    streaming_end(streaming);
}

/* The sockets of both sides hold some megabytes; the stream holds one piece more than its bound. */
static void who_takes_nothing_holds_the_producer_back(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct wire *wire = wire_open(streaming->port);
    expect(wire_say(wire, "POST /pieces?count=10000&size=4096 HTTP/1.1\r\nHost: a\r\n"
                          "Content-Length: 0\r\n\r\n"),
           "it is asked");
    COMES_TRUE(atomic_load(&streaming->full) > 0);
    size_t before = 0;
    do { /* until nothing more moves */
        before = atomic_load(&streaming->full);
        nap_ms(300);
    } while (atomic_load(&streaming->full) != before);
    expect(before * NET_STREAM_BYTES < (size_t)40 << 20, "%zu times", before);
    expect(wire_drain(wire) || true, "what is there is taken");
    wire_close(wire);
    COMES_TRUE(atomic_load(&streaming->gone) == 1 || atomic_load(&streaming->full) > before);
    streaming_end(streaming);
}

static void who_leaves_is_noticed_though_nothing_is_sent(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct wire *wire = wire_open(streaming->port);
    struct answer answer = {0};
    expect(wire_say(wire, "POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
           "it is asked");
    expect(wire_read_head(wire, &answer), "the head comes at once");
    wire_close(wire);
    COMES_TRUE(atomic_load(&streaming->gone) == 1);
    streaming_end(streaming);
}

static void a_server_that_stops_ends_its_streams(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct wire *wire[8];
    for (size_t i = 0; i < 8; i++) {
        wire[i] = wire_open(streaming->port);
        expect(wire_say(wire[i],
                        i % 2 == 0 ? "POST /silent HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                                   : "POST /pieces?count=100000&size=4096 HTTP/1.1\r\nHost: a\r\n"
                                     "Content-Length: 0\r\n\r\n"),
               "it is asked");
    }
    COMES_TRUE(atomic_load(&streaming->count) == 8);
    nap_ms(50);
    streaming_end(streaming); /* it ends, or the test takes for ever */
    for (size_t i = 0; i < 8; i++) {
        wire_close(wire[i]);
    }
}

/* Two answers in pieces over one connection, and one that is whole in between. */
static void a_connection_goes_on_after_a_stream(void **state)
{
    (void)state;
    struct streaming *streaming = streaming_begin((struct net_limits){0});
    struct wire *wire = wire_open(streaming->port);
    for (size_t i = 0; i < 3; i++) {
        expect(wire_say(wire, "POST /pieces?count=2&size=3 HTTP/1.1\r\nHost: a\r\n"
                              "Content-Length: 0\r\n\r\n"),
               "it is asked");
        const char *end = "\r\n0\r\n\r\n";
        while (memmem(wire->buffer, wire->len, end, strlen(end)) == NULL) {
            expect(wire_fill(wire), "answer %zu comes", i);
        }
        expect(memmem(wire->buffer, wire->len, "xxx", 3) != NULL, "answer %zu", i);
        wire_drop(wire, wire->len);
    }
    wire_close(wire);
    expect(net_counts(streaming->server).connected == 1, "one connection");
    streaming_end(streaming);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_arrive_in_order_and_whole),
        cmocka_unit_test(an_end_that_is_none_is_seen_as_such),
        cmocka_unit_test(who_takes_nothing_holds_the_producer_back),
        cmocka_unit_test(who_leaves_is_noticed_though_nothing_is_sent),
        cmocka_unit_test(a_server_that_stops_ends_its_streams),
        cmocka_unit_test(a_connection_goes_on_after_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
