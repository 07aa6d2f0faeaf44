/*
 * test_life.c - the server's threads, deadlines, limits and end.
 */
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>

#include "wire.h"

#define HEAD " HTTP/1.1\r\nHost: a\r\n"

static const char plain[] = "GET /" HEAD "\r\n";
static const char later[] = "POST /later?q=1" HEAD "Content-Length: 3\r\n\r\nabc";

static double seconds(void)
{
    return (double)host_ticks() / 1e9;
}

/* ---- many at once -------------------------------------------------------------------------- */

enum { CLIENTS = 64, ROUNDS = 40 };

struct client {
    pthread_t thread;
    uint16_t port;
    unsigned number;
    unsigned good; /* answers that were the right ones */
};

static void *client_run(void *self)
{
    struct client *client = self;
    struct wire *wire = wire_open(client->port);
    for (unsigned round = 0; round < ROUNDS; round++) {
        char bytes[256];
        char wanted[256];
        const char *path = round % 2 == 0 ? "/later" : "/now";
        const int len =
            snprintf(bytes, sizeof bytes, "POST %s?q=%u-%u" HEAD "Content-Length: 3\r\n\r\nabc",
                     path, client->number, round);
        const int wanted_len = snprintf(wanted, sizeof wanted, "POST %s ?q=%u-%u q=%u-%u ", path,
                                        client->number, round, client->number, round);
        (void)wire_send(wire, bytes, (size_t)len);
        const struct answer answer = wire_read(wire);
        client->good += strncmp(answer.body, wanted, (size_t)wanted_len) == 0 ? 1 : 0;
    }
    wire_close(wire);
    return NULL;
}

static void sixty_four_clients_each_get_their_own_answers(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    static struct client client[CLIENTS];
    for (unsigned i = 0; i < CLIENTS; i++) {
        client[i] = (struct client){.port = house->port, .number = i};
        must(pthread_create(&client[i].thread, NULL, client_run, &client[i]) == 0);
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        (void)pthread_join(client[i].thread, NULL);
        expect(client[i].good == ROUNDS, "client %u: %u", i, client[i].good);
    }

    const struct net_counts counts = net_counts(house->server);
    expect(counts.answered[2] == (uint64_t)CLIENTS * ROUNDS, "%llu",
           (unsigned long long)counts.answered[2]);
    expect(counts.connected == CLIENTS && counts.in_flight == 0 && counts.refused == 0, "counts");
    house_end(house);
}

/* ---- the end ------------------------------------------------------------------------------- */

static void wait_for_at_least(struct house *house, size_t wanted)
{
    for (int tries = 0; desk_seen(&house->desk) < wanted && tries < WIRE_PATIENCE_MS; tries++) {
        nap_ms(1);
    }
}

static void wait_for_seen(struct house *house, size_t wanted)
{
    wait_for_at_least(house, wanted);
    expect(desk_seen(&house->desk) == wanted, "%zu", desk_seen(&house->desk));
}

static void stopping_answers_what_the_handler_holds(void **state)
{
    (void)state;
    struct house *house = house_begin_with((struct net_options){.listen = STR("127.0.0.1:0")}, 300);
    struct wire *wire[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        wire[i] = wire_open(house->port);
        must(wire_send(wire[i], later, sizeof later - 1));
    }
    wait_for_seen(house, CLIENTS);

    const double before = seconds();
    net_stop(house->server, 60);
    expect(seconds() - before < 30, "it took %.1f s", seconds() - before);
    for (size_t i = 0; i < CLIENTS; i++) {
        const struct answer answer = wire_read(wire[i]);
        expect(answer.code == 200, "client %zu: %u", i, answer.code);
        expect(wire_is_ended(wire[i]), "client %zu goes on", i);
        wire_close(wire[i]);
    }
    house_end(house);
}

/* Even the grace does not take a request out of the hands of the handler. */
static void stopping_without_grace_still_waits_for_the_handler(void **state)
{
    (void)state;
    struct house *house = house_begin_with((struct net_options){.listen = STR("127.0.0.1:0")}, 300);
    struct wire *held = wire_open(house->port);
    struct wire *idle = wire_open(house->port);
    must(wire_send(held, later, sizeof later - 1));
    wait_for_seen(house, 1);
    net_stop(house->server, 0);
    expect(net_counts(house->server).in_flight == 0, "in flight");
    expect(net_counts(house->server).connections == 0, "connections");
    expect(wire_is_ended(idle), "the idle one goes on");
    wire_close(held);
    wire_close(idle);
    house_end(house);
}

static void stopping_answers_what_has_not_even_been_accepted(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct house *house = house_begin((struct net_limits){0});
        struct wire *wire[CLIENTS];
        for (size_t i = 0; i < CLIENTS; i++) {
            wire[i] = wire_open(house->port);
            must(wire_send(wire[i], i % 2 == 0 ? plain : later,
                           (i % 2 == 0 ? sizeof plain : sizeof later) - 1));
        }
        net_stop(house->server, 5);
        for (size_t i = 0; i < CLIENTS; i++) {
            const struct answer answer = wire_read(wire[i]);
            expect(answer.code == 200, "round %d, client %zu: %u", round, i, answer.code);
            wire_close(wire[i]);
        }
        house_end(house);
    }
}

struct pusher {
    pthread_t thread;
    struct wire *wire; /* open before the first one sends: the server may be stopped soon */
    unsigned answered;
};

/* Sends until the server ends the connection between two requests. */
static void *pusher_run(void *self)
{
    struct pusher *pusher = self;
    struct wire *wire = pusher->wire;
    for (;;) {
        if (!wire_send(wire, later, sizeof later - 1)) {
            break;
        }
        const struct answer answer = wire_read(wire);
        if (answer.code != 200) {
            break;
        }
        pusher->answered++;
        const char *connection = head_value(answer.head, "Connection");
        if (connection != NULL && strncmp(connection, "close", 5) == 0) {
            break;
        }
    }
    wire_close(wire);
    return NULL;
}

static void stopping_under_load_answers_all_that_the_handler_saw(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++) {
        struct house *house = house_begin((struct net_limits){0});
        struct pusher pusher[16];
        for (size_t i = 0; i < 16; i++) {
            pusher[i] = (struct pusher){.wire = wire_open(house->port)};
        }
        for (size_t i = 0; i < 16; i++) {
            must(pthread_create(&pusher[i].thread, NULL, pusher_run, &pusher[i]) == 0);
        }
        wait_for_at_least(house, 32);
        net_stop(house->server, 60);
        unsigned answered = 0;
        for (size_t i = 0; i < 16; i++) {
            (void)pthread_join(pusher[i].thread, NULL);
            answered += pusher[i].answered;
        }
        expect(answered == desk_seen(&house->desk), "%u of %zu", answered, desk_seen(&house->desk));
        expect(answered > 16, "only %u", answered);
        house_end(house);
    }
}

static void a_server_ends_with_its_owner_and_stopping_twice_is_fine(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    struct wire *wire = wire_open(house->port);
    net_stop(house->server, 1);
    net_stop(house->server, 1);
    house_end(house);
    expect(wire_is_ended(wire), "goes on");
    wire_close(wire);
}

/* ---- deadlines ----------------------------------------------------------------------------- */

static const struct {
    const char *what;
    const char *start; /* sent at once */
    const char *drip;  /* then one byte of it every 100 ms, again and again */
    unsigned code;     /* 0: closed without a word */
} slow_row[] = {
    {"silence", "", "", 0},
    {"a dripped request line", "", "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0},
    {"a dripped head", "GET /" HEAD, "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 408},
    {"a dripped body", "POST /" HEAD "Content-Length: 999\r\n\r\n", "aaaaaaaaaaaaaaaaaaaa", 408},
    {"a dripped chunk", "POST /" HEAD "Transfer-Encoding: chunked\r\n\r\n3e7\r\n",
     "aaaaaaaaaaaaaaaaaaaa", 408},
    {"dripped trailers", "POST /" HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n",
     "X-A: aaaaaaaaaaaaaaaaaaaa\r\n", 408},
    {"a body that stops", "POST /" HEAD "Content-Length: 999\r\n\r\nabc", "", 408},
};

/* A busy machine may be this late; who is not cut off goes on for longer. */
enum { LATE_MAX_S = 30, SLOW_MAX_S = 60 };

struct slow {
    pthread_t thread;
    uint16_t port;
    size_t row;
    double taken_s;
    unsigned code;
    bool is_ended;
};

static void *slow_run(void *self)
{
    struct slow *slow = self;
    struct wire *wire = wire_open(slow->port);
    const char *drip = slow_row[slow->row].drip;
    const size_t drip_len = strlen(drip);
    const double before = seconds();
    struct pollfd ready = {.fd = wire->fd, .events = POLLIN};
    (void)wire_say(wire, slow_row[slow->row].start);
    for (size_t at = 0; poll(&ready, 1, 100) == 0 && seconds() - before < SLOW_MAX_S; at++) {
        if (drip_len > 0 && !wire_send(wire, drip + at % drip_len, 1)) {
            break;
        }
    }
    slow->taken_s = seconds() - before;
    slow->code = wire_read(wire).code;
    slow->is_ended = wire_is_ended(wire);
    wire_close(wire);
    return NULL;
}

static void who_is_slow_is_cut_off_however_busily(void **state)
{
    (void)state;
    enum { ROWS = sizeof slow_row / sizeof slow_row[0] };
    struct house *house =
        house_begin((struct net_limits){.request_timeout_s = 1, .idle_timeout_s = 3});
    struct slow slow[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        slow[row] = (struct slow){.port = house->port, .row = row};
        must(pthread_create(&slow[row].thread, NULL, slow_run, &slow[row]) == 0);
    }
    for (size_t row = 0; row < ROWS; row++) {
        (void)pthread_join(slow[row].thread, NULL);
        expect(slow[row].taken_s > 0.8 && slow[row].taken_s < LATE_MAX_S, "%s: %.2f s",
               slow_row[row].what, slow[row].taken_s);
        expect(slow[row].code == slow_row[row].code, "%s: %u", slow_row[row].what, slow[row].code);
        expect(slow[row].is_ended, "%s: goes on", slow_row[row].what);
    }
    expect(net_counts(house->server).timed_out == ROWS - 2, "counted");
    expect(desk_seen(&house->desk) == 0, "reached the handler");
    house_end(house);
}

static void the_handlers_time_is_not_the_clients(void **state)
{
    (void)state;
    struct house *house = house_begin_with(
        (struct net_options){.limits = {.request_timeout_s = 2, .idle_timeout_s = 2}}, 5000);
    const struct answer answer = wire_ask(house->port, later, sizeof later - 1);
    expect(answer.code == 200, "%u", answer.code);
    house_end(house);
}

static void who_does_not_take_the_answer_is_cut_off(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){.request_timeout_s = 1});
    struct wire *wire = wire_open(house->port);
    must(wire_say(wire, "GET /many" HEAD "\r\n"));
    wait_for_seen(house, 1);
    /* 32 MiB at the least speed we allow would be a quarter of an hour: the grace ends it. */
    const double before = seconds();
    net_stop(house->server, 1);
    expect(seconds() - before < 60, "it took %.1f s", seconds() - before);
    expect(net_counts(house->server).timed_out == 1, "counted");
    wire_close(wire);
    house_end(house);
}

/* ---- clients that go away ------------------------------------------------------------------ */

static void a_client_that_leaves_harms_nobody(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_DFL);
    struct house *house = house_begin_with((struct net_options){.listen = STR("127.0.0.1:0")}, 20);
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    static const char *const leave[] = {"GET /many" HEAD "\r\n", later, plain,
                                        "POST /" HEAD "Content-Length: 9\r\n\r\na", "GET /"};
    for (size_t i = 0; i < 100; i++) {
        struct wire *wire = wire_open(house->port);
        (void)wire_say(wire, leave[i % 5]);
        if (i % 2 == 0) {
            (void)setsockopt(wire->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        nap_ms((long)i % 3);
        wire_close(wire);
    }
    const struct answer answer = wire_ask(house->port, plain, sizeof plain - 1);
    expect(answer.code == 200, "%u", answer.code);
    house_end(house);
}

/* Long before any deadline; what is only slow stays. */
static void who_leaves_in_the_middle_is_gone_soon(void **state)
{
    static const char *const leave[] = {"", "GET /", "GET /many" HEAD "X: y",
                                        "POST /" HEAD "Content-Length: 9\r\n\r\na"};
    (void)state;
    struct house *house =
        house_begin((struct net_limits){.request_timeout_s = 3600, .idle_timeout_s = 3600});
    struct wire *slow = wire_open(house->port);
    (void)wire_say(slow, leave[2]);
    for (size_t i = 0; i < 40; i++) {
        struct wire *wire = wire_open(house->port);
        (void)wire_say(wire, leave[i % 4]);
        wire_close(wire);
    }
    for (int i = 0; i < 600 && (net_counts(house->server).connected < 41 ||
                                net_counts(house->server).connections > 1);
         i++) {
        nap_ms(100);
    }
    expect(net_counts(house->server).connections == 1, "%llu are still there",
           (unsigned long long)net_counts(house->server).connections);
    expect(net_counts(house->server).timed_out == 0, "nobody was too slow");
    wire_close(slow);
    house_end(house);
}

static void a_socket_that_does_not_listen_is_refused(void **state)
{
    struct job job;
    struct net_server *server = NULL;
    int ends[2];
    (void)state;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    job_begin(&job, host_real());
    const struct net_options options = {.listen_fd = ends[0]};
    assert_int_equal(net_start(&job, job.arena, &options, house_handle, NULL, &server),
                     CANDOR_BAD_INPUT);
    job_end(&job);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* ---- limits -------------------------------------------------------------------------------- */

static void one_address_gets_its_share_of_connections(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){.per_ip_max = 3});
    struct wire *wire[3];
    for (size_t i = 0; i < 3; i++) {
        wire[i] = wire_open(house->port);
        must(wire_send(wire[i], plain, sizeof plain - 1));
        expect(wire_read(wire[i]).code == 200, "connection %zu", i);
    }
    struct wire *fourth = wire_open(house->port);
    expect(wire_is_ended(fourth), "the fourth goes on");
    wire_close(fourth);
    expect(net_counts(house->server).refused == 1, "not counted");

    wire_close(wire[0]);
    for (int tries = 0; net_counts(house->server).connections > 2 && tries < WIRE_PATIENCE_MS;
         tries++) {
        nap_ms(1);
    }
    expect(wire_ask(house->port, plain, sizeof plain - 1).code == 200, "after one has left");
    wire_close(wire[1]);
    wire_close(wire[2]);
    house_end(house);
}

static void connections_beyond_the_limit_wait_their_turn(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){.connections_max = 2});
    struct wire *wire[3];
    for (size_t i = 0; i < 3; i++) {
        wire[i] = wire_open(house->port);
        must(wire_send(wire[i], plain, sizeof plain - 1));
        expect(i == 2 || wire_read(wire[i]).code == 200, "connection %zu", i);
    }
    struct pollfd ready = {.fd = wire[2]->fd, .events = POLLIN};
    expect(poll(&ready, 1, 200) == 0, "the third did not wait");
    wire_close(wire[0]);
    expect(wire_read(wire[2]).code == 200, "the third's turn did not come");
    wire_close(wire[1]);
    wire_close(wire[2]);
    house_end(house);
}

static void requests_beyond_the_limit_are_asked_to_come_again(void **state)
{
    (void)state;
    struct house *house =
        house_begin_with((struct net_options){.limits = {.in_flight_max = 2}}, 500);
    struct wire *held[2];
    for (size_t i = 0; i < 2; i++) {
        held[i] = wire_open(house->port);
        must(wire_send(held[i], later, sizeof later - 1));
    }
    wait_for_seen(house, 2);
    const struct answer answer = wire_ask(house->port, plain, sizeof plain - 1);
    expect(answer.code == 503, "%u", answer.code);
    expect(head_value(answer.head, "Retry-After") != NULL, "%s", answer.head);
    for (size_t i = 0; i < 2; i++) {
        expect(wire_read(held[i]).code == 200, "held %zu", i);
        wire_close(held[i]);
    }
    house_end(house);
}

static void bodies_beyond_the_memory_for_them_are_asked_to_come_again(void **state)
{
    (void)state;
    struct house *house =
        house_begin((struct net_limits){.body_bytes_max = 1 << 20, .bodies_bytes_max = 100000});
    static char bytes[150200];
    const int head_len =
        snprintf(bytes, sizeof bytes, "POST /" HEAD "Content-Length: 150000\r\n\r\n");
    for (int round = 0; round < 2; round++) {
        const struct answer answer = wire_ask(house->port, bytes, (size_t)head_len + 150000);
        expect(answer.code == 503, "round %d: %u", round, answer.code);
        expect(wire_ask(house->port, later, sizeof later - 1).code == 200, "a small one");
    }
    house_end(house);
}

/* ---- starting ------------------------------------------------------------------------------ */

static struct bytes shaped(void *self, struct arena *arena, struct str path, unsigned code,
                           struct lit title)
{
    (void)self;
    (void)path;
    const struct str text = str_format(arena, "{\"status\":%u,\"type\":\"x\",\"title\":\"%.*s\"}",
                                       code, (int)title.len, title.ptr);
    return bytes_of(text);
}

static void the_owner_shapes_refusals(void **state)
{
    (void)state;
    struct house *house = house_begin_with((struct net_options){.problem = shaped}, 0);
    static const char bytes[] = "GET /.." HEAD "\r\n";
    const struct answer answer = wire_ask(house->port, bytes, sizeof bytes - 1);
    expect(strncmp(answer.body, "{\"status\":400,\"type\":\"x\",", 25) == 0, "%s", answer.body);
    house_end(house);
}

static void ignore(void *self, struct net_request *request)
{
    (void)self;
    (void)request;
}

static enum candor_status start_on(struct job *job, struct str listen, struct str cert)
{
    const struct net_options options = {.listen = listen, .tls_cert = cert};
    struct net_server *server;
    return net_start(job, job->arena, &options, ignore, NULL, &server);
}

static void addresses_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "8080",
                                      ":8080",
                                      "localhost:80",
                                      "127.0.0.1",
                                      "127.0.0.1:",
                                      "::1:80",
                                      "[::1]",
                                      "[::1:80",
                                      "127.0.0.1:-1",
                                      "[]:80",
                                      "127.0.0.1:65536",
                                      "1.2.3.4.5:80",
                                      "127.0.0.1:8 0"};
    for (size_t row = 0; row < sizeof bad / sizeof bad[0]; row++) {
        struct job job;
        job_begin(&job, host_real());
        expect(start_on(&job, str_of(bad[row]), (struct str){NULL, 0}) == CANDOR_BAD_INPUT, "'%s'",
               bad[row]);
        expect(strstr(job.message, "127.0.0.1:8080") != NULL, "%s", job.message);
        job_end(&job);
    }
}

static void a_taken_port_and_a_bad_certificate_are_said_so(void **state)
{
    (void)state;
    struct house *house = house_begin((struct net_limits){0});
    struct job job;
    job_begin(&job, host_real());
    const struct str taken = str_format(job.arena, "127.0.0.1:%u", house->port);
    expect(start_on(&job, taken, (struct str){NULL, 0}) == CANDOR_BUSY, "%s", job.message);
    job_forgive(&job);
    expect(start_on(&job, STR("127.0.0.1:0"), STR("not PEM")) == CANDOR_BAD_INPUT, "%s",
           job.message);
    job_end(&job);
    house_end(house);
}

static void the_server_listens_on_ipv6(void **state)
{
    (void)state;
    const int probe = socket(AF_INET6, SOCK_STREAM, 0);
    const struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const bool has_ipv6 = bind(probe, (const struct sockaddr *)&any, sizeof any) == 0;
    (void)close(probe);
    if (!has_ipv6) {
        print_message("no IPv6 on this machine\n");
        skip();
    }
    struct house *house = house_begin_with((struct net_options){.listen = STR("[::1]:0")}, 0);
    struct sockaddr_in6 address = any;
    address.sin6_port = htons(house->port);
    struct wire wire = {.fd = socket(AF_INET6, SOCK_STREAM, 0)};
    expect(connect(wire.fd, (const struct sockaddr *)&address, sizeof address) == 0, "connect");
    must(wire_send(&wire, plain, sizeof plain - 1));
    const struct answer answer = wire_read(&wire);
    expect(strstr(answer.body, " local") != NULL, "%s", answer.body);
    (void)close(wire.fd);
    house_end(house);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(sixty_four_clients_each_get_their_own_answers),
        cmocka_unit_test(stopping_answers_what_the_handler_holds),
        cmocka_unit_test(stopping_without_grace_still_waits_for_the_handler),
        cmocka_unit_test(stopping_answers_what_has_not_even_been_accepted),
        cmocka_unit_test(stopping_under_load_answers_all_that_the_handler_saw),
        cmocka_unit_test(a_server_ends_with_its_owner_and_stopping_twice_is_fine),
        cmocka_unit_test(who_is_slow_is_cut_off_however_busily),
        cmocka_unit_test(the_handlers_time_is_not_the_clients),
        cmocka_unit_test(who_does_not_take_the_answer_is_cut_off),
        cmocka_unit_test(a_client_that_leaves_harms_nobody),
        cmocka_unit_test(who_leaves_in_the_middle_is_gone_soon),
        cmocka_unit_test(a_socket_that_does_not_listen_is_refused),
        cmocka_unit_test(one_address_gets_its_share_of_connections),
        cmocka_unit_test(connections_beyond_the_limit_wait_their_turn),
        cmocka_unit_test(requests_beyond_the_limit_are_asked_to_come_again),
        cmocka_unit_test(bodies_beyond_the_memory_for_them_are_asked_to_come_again),
        cmocka_unit_test(the_owner_shapes_refusals),
        cmocka_unit_test(addresses_that_are_none_are_refused),
        cmocka_unit_test(a_taken_port_and_a_bad_certificate_are_said_so),
        cmocka_unit_test(the_server_listens_on_ipv6),
    };
    /* Again, with network threads that wait for the answers. */
    const struct CMUnitTest soon[] = {
        cmocka_unit_test(sixty_four_clients_each_get_their_own_answers),
        cmocka_unit_test(stopping_answers_what_the_handler_holds),
        cmocka_unit_test(stopping_without_grace_still_waits_for_the_handler),
        cmocka_unit_test(stopping_answers_what_has_not_even_been_accepted),
        cmocka_unit_test(stopping_under_load_answers_all_that_the_handler_saw),
        cmocka_unit_test(the_handlers_time_is_not_the_clients),
        cmocka_unit_test(a_client_that_leaves_harms_nobody),
        cmocka_unit_test(connections_beyond_the_limit_wait_their_turn),
        cmocka_unit_test(requests_beyond_the_limit_are_asked_to_come_again),
    };
    const int failed = cmocka_run_group_tests_name("life", test, NULL, NULL);
    later_is_soon = true;
    return failed + cmocka_run_group_tests_name("soon", soon, NULL, NULL);
}
