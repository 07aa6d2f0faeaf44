/*
 * test_server.c - the server over real sockets: what it answers, refuses and cuts off.
 *
 * test_life.c has its threads, its deadlines and its end.
 */
#include "wire.h"

/* ---- good requests ------------------------------------------------------------------------- */

#define HEAD " HTTP/1.1\r\nHost: a\r\n"

static const struct {
    const char *bytes;
    const char *body; /* of the 200 */
} good_row[] = {
    {"GET /" HEAD "\r\n", "GET / ? q=- agent= body=0: local"},
    {"GET /a%20b?q=1+%262&r" HEAD "\r\n", "GET /a%20b ?q=1+%262&r q=1 &2 agent= body=0: local"},
    {"GET /?%71=x" HEAD "\r\n", "GET / ?%71=x q=x agent= body=0: local"},
    {"GET /?q" HEAD "\r\n", "GET / ?q q= agent= body=0: local"},
    {"GET /?q=%0a" HEAD "\r\n", "GET / ?q=%0a q=- agent= body=0: local"},
    {"GET /" HEAD "x-AGENT: \t me \t\r\n\r\n", "GET / ? q=- agent=me body=0: local"},
    {"POST /" HEAD "Content-Length: 3\r\n\r\nabc", "POST / ? q=- agent= body=3:abc local"},
    {"POST /" HEAD "Content-Length: 0\r\n\r\n", "POST / ? q=- agent= body=0: local"},
    {"POST /" HEAD "\r\n", "POST / ? q=- agent= body=0: local"},
    {"PUT /" HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
     "PUT / ? q=- agent= body=3:abc local"},
    {"PATCH /" HEAD "Content-Length: 1\r\nExpect: later\r\n\r\nz",
     "PATCH / ? q=- agent= body=1:z local"},
    {"DELETE /" HEAD "Content-Length: 1\r\n\r\nz", "DELETE / ? q=- agent= body=1:z local"},
    {"OPTIONS /a" HEAD "\r\n", "OPTIONS /a ? q=- agent= body=0: local"},
    {"GET / HTTP/1.0\r\n\r\n", "GET / ? q=- agent= body=0: local"},
    {"\r\nGET /" HEAD "\r\n", "GET / ? q=- agent= body=0: local"},
    {"GET /later?q=2" HEAD "\r\n", "GET /later ?q=2 q=2 agent= body=0: local"},
};
enum { GOOD_COUNT = sizeof good_row / sizeof good_row[0] };

static void good_requests_are_answered(void **state)
{
    struct house *house = *state;
    for (size_t row = 0; row < GOOD_COUNT; row++) {
        const char *bytes = good_row[row].bytes;
        const struct answer answer = wire_ask(house->port, bytes, strlen(bytes));
        expect(answer.code == 200, "row %zu: %u %s", row, answer.code, answer.body);
        expect(strcmp(answer.body, good_row[row].body) == 0, "row %zu: '%s'", row, answer.body);
    }
}

static void a_request_sent_byte_by_byte_is_the_same_request(void **state)
{
    struct house *house = *state;
    for (size_t row = 0; row < GOOD_COUNT; row++) {
        const char *bytes = good_row[row].bytes;
        struct wire *wire = wire_open(house->port);
        for (size_t i = 0; i < strlen(bytes); i++) {
            expect(wire_send(wire, bytes + i, 1), "row %zu, byte %zu", row, i);
            nap_ms(i % 8 == 0 ? 1 : 0);
        }
        const struct answer answer = wire_read(wire);
        wire_close(wire);
        expect(strcmp(answer.body, good_row[row].body) == 0, "row %zu: %u '%s'", row, answer.code,
               answer.body);
    }
}

static void requests_sent_together_are_answered_in_order(void **state)
{
    struct house *house = *state;
    struct wire *wire = wire_open(house->port);
    must(wire_say(wire, "GET /1" HEAD "\r\n"
                        "POST /later" HEAD "Content-Length: 3\r\n\r\nabc"
                        "GET /3" HEAD "\r\n"
                        "POST /4" HEAD "Content-Length: 1\r\n\r\nx"
                        "GET /5" HEAD "Connection: close\r\n\r\n"));
    static const char *const start[] = {"GET /1", "POST /later", "GET /3", "POST /4", "GET /5"};
    for (size_t i = 0; i < 5; i++) {
        const struct answer answer = wire_read(wire);
        expect(strncmp(answer.body, start[i], strlen(start[i])) == 0, "%zu: '%s'", i, answer.body);
    }
    expect(wire_is_ended(wire), "after Connection: close");
    wire_close(wire);
}

/* Whether its lines end as they should or not: what follows it is no request. */
static void a_chunked_body_is_the_last_thing_on_its_connection(void **state)
{
    struct house *house = *state;
    static const char *const chunks[] = {
        "3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\n0\n\n",
        "3;\nabc\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        const size_t seen = desk_seen(&house->desk);
        struct wire *wire = wire_open(house->port);
        must(wire_say(wire, "POST /a" HEAD "Transfer-Encoding: chunked\r\n\r\n") &&
             wire_say(wire, chunks[i]) && wire_say(wire, "GET /stolen" HEAD "\r\n"));
        const struct answer answer = wire_read(wire);
        expect(answer.code == 200 && strstr(answer.body, "body=3:abc") != NULL, "%zu: %u '%s'", i,
               answer.code, answer.body);
        expect(wire_is_ended(wire), "%zu: the connection goes on", i);
        wire_close(wire);
        expect(desk_seen(&house->desk) == seen + 1, "%zu: what followed was a request", i);
    }
}

static void a_query_of_many_parameters_is_answered(void **state)
{
    struct house *house = *state;
    static char bytes[16 * 1024];
    int len = snprintf(bytes, sizeof bytes, "GET /?");
    for (int i = 0; i < 1500; i++) {
        len += snprintf(bytes + len, sizeof bytes - (size_t)len, "?&");
    }
    len += snprintf(bytes + len, sizeof bytes - (size_t)len, "q=last" HEAD "\r\n");
    const struct answer answer = wire_ask(house->port, bytes, (size_t)len);
    expect(answer.code == 200, "%u", answer.code);
    expect(strstr(answer.body, "?&?&q=last q=last") != NULL, "%.60s", answer.body);
}

static void a_head_of_just_the_limits_passes(void **state)
{
    struct house *house = *state;
    char bytes[16 * 1024 + 1];
    int len = snprintf(bytes, sizeof bytes, "GET /" HEAD);
    for (int line = 0; line < 97; line++) {
        len += snprintf(bytes + len, sizeof bytes - (size_t)len, "X-%d: %0150d\r\n", line, line);
    }
    static const char last[] = "X-Agent: last\r\n\r\n";
    const int left = 16 * 1024 - len - (int)sizeof last + 1;
    len += snprintf(bytes + len, sizeof bytes - (size_t)len, "X-Z: %0*d\r\n%s", left - 7, 0, last);
    must(len == 16 * 1024);
    for (size_t step = 1; step <= 4096; step *= 16) {
        struct wire *wire = wire_open(house->port);
        for (size_t at = 0; at < (size_t)len; at += step) {
            (void)wire_send(wire, bytes + at, (size_t)len - at < step ? (size_t)len - at : step);
        }
        const struct answer answer = wire_read(wire);
        wire_close(wire);
        expect(strstr(answer.body, "agent=last") != NULL, "step %zu: %u %s", step, answer.code,
               answer.body);
    }
}

static void head_is_answered_without_the_body(void **state)
{
    struct house *house = *state;
    struct wire *wire = wire_open(house->port);
    must(wire_say(wire, "HEAD /" HEAD "\r\nGET /next" HEAD "\r\n"));
    struct answer answer = {0};
    expect(wire_read_head(wire, &answer), "no head");
    expect(answer.code == 200 && answer.stated_len > 0, "%s", answer.head);
    answer = wire_read(wire);
    expect(strncmp(answer.body, "GET /next", 9) == 0, "'%s'", answer.body);
    wire_close(wire);
}

static void options_of_everything_names_the_methods(void **state)
{
    struct house *house = *state;
    static const char bytes[] = "OPTIONS *" HEAD "\r\n";
    const struct answer answer = wire_ask(house->port, bytes, sizeof bytes - 1);
    expect(answer.code == 204, "%u", answer.code);
    const char *allow = head_value(answer.head, "Allow");
    expect(allow != NULL && strncmp(allow, "GET, HEAD, POST", 15) == 0, "%s", answer.head);
}

static void an_answer_may_have_headers_and_no_body(void **state)
{
    struct house *house = *state;
    static const char bytes[] = "GET /none" HEAD "\r\n";
    const struct answer answer = wire_ask(house->port, bytes, sizeof bytes - 1);
    const char *tag = head_value(answer.head, "ETag");
    expect(answer.code == 304 && tag != NULL && strncmp(tag, "\"1\"", 3) == 0, "%s", answer.head);
}

/* ---- where they come from -------------------------------------------------------------------- */

#define FROM(address) "X-Forwarded-For: " address "\r\n"

/* Two heads, and whether they are from one place to us behind a proxy. */
static const struct {
    const char *one;
    const char *other;
    bool same;
} from_row[] = {
    {"", "", true},
    {FROM("192.0.2.1"), FROM("192.0.2.1"), true},
    {FROM("192.0.2.1"), FROM("192.0.2.2"), false},
    {FROM("198.51.100.1, 192.0.2.1"), FROM("192.0.2.1"), true}, /* what came with it is no word */
    {FROM("198.51.100.1, 192.0.2.1"), FROM("198.51.100.2, 192.0.2.1"), true},
    {FROM("198.51.100.1") FROM("192.0.2.1"), FROM("192.0.2.1"), true}, /* in lines of its own too */
    {FROM("192.0.2.1") FROM("198.51.100.1"), FROM("192.0.2.1"), false},
    {FROM("2001:db8::1"), FROM("2001:db8:0:0:1::1"), true}, /* one network, one customer */
    {FROM("2001:db8::1"), FROM("2001:db8:0:1::1"), false},
    {FROM("::ffff:192.0.2.1"), FROM("192.0.2.1"), true},
    {FROM("127.0.0.1"), "", true},
    {FROM("unknown"), FROM("unknown"), true},
    {FROM(""), FROM("192.0.2.1"), false},
};

static void ask_from(const struct house *house, const char *head, unsigned long long number[2])
{
    char bytes[512];
    const int len = snprintf(bytes, sizeof bytes, "GET /from" HEAD "%s\r\n", head);
    const struct answer answer = wire_ask(house->port, bytes, (size_t)len);
    expect(answer.code == 200 && sscanf(answer.body, "%llu %llu", &number[0], &number[1]) == 2,
           "%s: %s", head, answer.body);
}

static void an_address_is_the_peers_or_what_the_proxy_said_last(void **state)
{
    struct house *house = *state;
    for (size_t row = 0; row < sizeof from_row / sizeof from_row[0]; row++) {
        unsigned long long one[2];
        unsigned long long other[2];
        ask_from(house, from_row[row].one, one);
        ask_from(house, from_row[row].other, other);
        expect(one[0] == other[0], "%zu: the peer", row);
        expect((one[1] == other[1]) == from_row[row].same, "%zu: behind a proxy", row);
    }
}

/* ---- hostile requests ---------------------------------------------------------------------- */

enum { PLAIN = 1, OWN = 2 }; /* libmicrohttpd's page; ours, which says why */

#define HOSTILE(what, code, kind, bytes) \
    { \
        what, code, kind, bytes, sizeof(bytes) - 1 \
    }
#define BODY "GET /stolen" HEAD "\r\n"

static const struct {
    const char *what;
    unsigned code;
    int kind;
    const char *bytes;
    size_t len;
} hostile_row[] = {
    HOSTILE("two lengths", 400, OWN,
            "POST /" HEAD "Content-Length: 3\r\nContent-Length: 38\r\n\r\nabc" BODY),
    HOSTILE("the same length twice", 400, OWN,
            "POST /" HEAD "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" BODY),
    HOSTILE("length and chunked", 400, OWN,
            "POST /" HEAD "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("chunked and length", 400, OWN,
            "POST /" HEAD "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("an unknown coding", 501, OWN,
            "POST /" HEAD "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("two codings", 501, OWN,
            "POST /" HEAD "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("a coding behind a control byte", 400, OWN,
            "POST /" HEAD "Transfer-Encoding: \x0b"
            "chunked\r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("a coding before a space", 400, OWN,
            "POST /" HEAD "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("a length before a space", 400, PLAIN,
            "POST /" HEAD "Content-Length: 3 \r\n\r\nabc" BODY),
    HOSTILE("chunked in 1.0", 400, OWN,
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" BODY),
    HOSTILE("a signed length", 400, PLAIN, "POST /" HEAD "Content-Length: +3\r\n\r\nabc"),
    HOSTILE("a negative length", 400, PLAIN, "POST /" HEAD "Content-Length: -3\r\n\r\nabc"),
    HOSTILE("a list of lengths", 400, PLAIN, "POST /" HEAD "Content-Length: 3, 3\r\n\r\nabc"),
    HOSTILE("a length past 64 bits", 413, PLAIN,
            "POST /" HEAD "Content-Length: 99999999999999999999\r\n\r\nabc"),
    HOSTILE("a length past the limit", 413, OWN,
            "POST /" HEAD "Content-Length: 1000000000\r\n\r\n"),
    HOSTILE("a space before the colon", 400, OWN,
            "POST /" HEAD "Content-Length : 3\r\n\r\nabc" BODY),
    HOSTILE("a folded line", 400, OWN, "GET /" HEAD "X-Agent: a\r\n b\r\n\r\n"),
    HOSTILE("a line without a colon", 400, PLAIN, "GET /" HEAD "X-Agent\r\n\r\n"),
    HOSTILE("a line that begins with a space", 400, OWN,
            "GET / HTTP/1.1\r\n X-Agent: a\r\nHost: a\r\n\r\n"),
    HOSTILE("a NUL in a value", 400, OWN, "GET /" HEAD "X-Agent: a\0b\r\n\r\n"),
    HOSTILE("a NUL in a name", 400, PLAIN, "GET /" HEAD "X-\0Agent: a\r\n\r\n"),
    HOSTILE("a NUL in the target", 400, OWN, "GET /a\0b" HEAD "\r\n"),
    HOSTILE("a bare line feed after a line", 400, OWN, "GET /" HEAD "X-Agent: a\nX-B: b\r\n\r\n"),
    HOSTILE("bare line feeds", 400, OWN, "GET / HTTP/1.1\nHost: a\n\n"),
    HOSTILE("a bare line feed at the end", 400, OWN, "GET /" HEAD "\n"),
    HOSTILE("a bare carriage return", 400, OWN, "GET /" HEAD "X-Agent: a\rX-B: b\r\n\r\n"),
    HOSTILE("no host", 400, OWN, "GET / HTTP/1.1\r\n\r\n"),
    HOSTILE("two hosts", 400, OWN, "GET /" HEAD "Host: b\r\n\r\n"),
    HOSTILE("two authorizations", 400, OWN,
            "GET /" HEAD "Authorization: a\r\nAuthorization: b\r\n\r\n"),
    HOSTILE("a space in the target", 400, OWN, "GET /a b" HEAD "\r\n"),
    HOSTILE("two spaces", 400, OWN, "GET  /" HEAD "\r\n"),
    HOSTILE("an encoded NUL", 400, OWN, "GET /%00" HEAD "\r\n"),
    HOSTILE("an encoded new line", 400, OWN, "GET /%0d%0a" HEAD "\r\n"),
    HOSTILE("a path that is not UTF-8", 400, OWN, "GET /%ff" HEAD "\r\n"),
    HOSTILE("a path that climbs", 400, OWN, "GET /a/../../etc" HEAD "\r\n"),
    HOSTILE("a path that climbs, encoded", 400, OWN, "GET /%2e%2e/etc" HEAD "\r\n"),
    HOSTILE("a whole address", 400, OWN, "GET http://a/" HEAD "\r\n"),
    HOSTILE("TRACE", 405, OWN, "TRACE /" HEAD "\r\n"),
    HOSTILE("CONNECT", 405, OWN, "CONNECT a:1" HEAD "\r\n"),
    HOSTILE("an unknown method", 501, OWN, "BREW /" HEAD "\r\n"),
    HOSTILE("HTTP/0.9", 400, PLAIN, "GET /\r\n\r\n"),
    HOSTILE("HTTP/2", 505, PLAIN, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    HOSTILE("a version in small letters", 400, PLAIN, "GET / http/1.1\r\nHost: a\r\n\r\n"),
    HOSTILE("a chunk size that is none", 400, PLAIN,
            "POST /" HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    HOSTILE("a chunk longer than its size", 400, PLAIN,
            "POST /" HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"),
    HOSTILE("a chunk size past 64 bits", 413, PLAIN,
            "POST /" HEAD "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n"),
    HOSTILE("noise", 0, PLAIN, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
};

/*
 * After a refusal nothing that followed may be taken for a request. (Where libmicrohttpd 0.9.75
 * refuses a length by itself it sends the head of its answer twice, and closes.)
 */
static void hostile_requests_are_refused_and_end_the_connection(void **state)
{
    struct house *house = *state;
    for (size_t row = 0; row < sizeof hostile_row / sizeof hostile_row[0]; row++) {
        const char *what = hostile_row[row].what;
        const size_t seen = desk_seen(&house->desk);
        struct wire *wire = wire_open(house->port);
        (void)wire_send(wire, hostile_row[row].bytes, hostile_row[row].len);
        const struct answer answer = wire_read(wire);
        expect(answer.code == hostile_row[row].code, "%s: %u '%s'", what, answer.code, answer.body);
        expect(wire_drain(wire), "%s: the connection goes on", what);
        wire_close(wire);
        expect(desk_seen(&house->desk) == seen, "%s reached the handler", what);

        const char *type = head_value(answer.head, "Content-Type");
        const bool is_own = type != NULL && strncmp(type, "application/problem+json", 24) == 0;
        expect(is_own == (hostile_row[row].kind == OWN), "%s: %s", what, answer.head);
        expect(!is_own || strstr(answer.body, "\"status\":") != NULL, "%s: %s", what, answer.body);
    }
}

/* Text at this place of the bytes, without its zero; returns the place after it. */
static size_t put(char *bytes, size_t at, struct str text)
{
    memcpy(bytes + at, text.ptr, text.len);
    return at + text.len;
}

static void a_head_beyond_the_limit_is_refused(void **state)
{
    struct house *house = *state;
    static char bytes[256 * 1024];
    static const struct {
        size_t line_len;
        int line_count;
        unsigned code;
    } row[] = {{17000, 1, 431}, {200, 101, 431}, {4, 101, 431}, {4, 20000, 431}, {120000, 1, 431}};
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        size_t len = (size_t)snprintf(bytes, sizeof bytes, "GET /" HEAD);
        for (int line = 0; line < row[r].line_count; line++) {
            len = put(bytes, len, STR("X:"));
            memset(bytes + len, 'x', row[r].line_len - 2);
            len = put(bytes, len + row[r].line_len - 2, STR("\r\n"));
        }
        len = put(bytes, len, STR("\r\n"));
        const struct answer answer = wire_ask(house->port, bytes, len);
        expect(answer.code == row[r].code, "row %zu: %u %s", r, answer.code, answer.body);
    }

    const int len = snprintf(bytes, sizeof bytes, "GET /%0100000d" HEAD "\r\n", 0);
    const struct answer answer = wire_ask(house->port, bytes, (size_t)len);
    expect(answer.code == 414, "a long target: %u", answer.code);
}

/* The house's body_bytes_max is 64 KiB. */
static void a_body_at_the_limit_passes_and_one_past_it_does_not(void **state)
{
    struct house *house = *state;
    static char bytes[128 * 1024];
    static const struct {
        size_t body_len;
        bool is_chunked;
        unsigned code;
    } row[] = {{65536, false, 200}, {65537, false, 413}, {65536, true, 200}, {65537, true, 413}};
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        size_t len = (size_t)snprintf(
            bytes, sizeof bytes, row[r].is_chunked ? "POST /%s%zx\r\n" : "POST /%s%zu\r\n\r\n",
            row[r].is_chunked ? HEAD "Transfer-Encoding: chunked\r\n\r\n" : HEAD "Content-Length: ",
            row[r].body_len);
        memset(bytes + len, 'x', row[r].body_len);
        len += row[r].body_len;
        if (row[r].is_chunked) {
            len = put(bytes, len, STR("\r\n0\r\n\r\n"));
        }
        const struct answer answer = wire_ask(house->port, bytes, len);
        expect(answer.code == row[r].code, "row %zu: %u %s", r, answer.code, answer.body);
    }
}

static void an_endless_chunked_body_is_ended(void **state)
{
    struct house *house = *state;
    static char chunk[8192 + 8] = "2000\r\n";
    memset(chunk + 6, 'x', 8192);
    (void)put(chunk, 6 + 8192, STR("\r\n"));
    struct wire *wire = wire_open(house->port);
    must(wire_say(wire, "POST /" HEAD "Transfer-Encoding: chunked\r\n\r\n"));
    size_t sent = 0;
    while (sent < 10000 && wire_send(wire, chunk, sizeof chunk)) {
        sent++;
    }
    expect(sent < 10000, "%zu chunks were taken", sent);
    wire_close(wire);
}

static void a_client_that_asks_first_is_told_to_go_on_or_refused(void **state)
{
    struct house *house = *state;
    struct wire *wire = wire_open(house->port);
    must(wire_say(wire, "POST /" HEAD "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
    struct answer answer = {0};
    expect(wire_read_head(wire, &answer) && answer.code == 100, "%u", answer.code);
    must(wire_say(wire, "abc"));
    answer = wire_read(wire);
    expect(answer.code == 200, "%u", answer.code);
    must(wire_say(wire, "POST /" HEAD "Content-Length: 99999\r\nExpect: 100-continue\r\n\r\n"));
    answer = wire_read(wire);
    expect(answer.code == 413, "%u", answer.code);
    wire_close(wire);
}

static void who_is_not_admitted_is_told_before_the_body(void **state)
{
    struct house *house = *state;
    static const char *const body[] = {
        "Content-Length: 60000\r\n\r\n",
        "Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
        "Content-Length: 5\r\n\r\nab",
    };
    const size_t seen = desk_seen(&house->desk);
    for (size_t i = 0; i < sizeof body / sizeof body[0]; i++) {
        struct wire *wire = wire_open(house->port);
        must(wire_say(wire, "POST /no" HEAD) && wire_say(wire, body[i]));
        const struct answer answer = wire_read(wire);
        expect(answer.code == 401 && strcmp(answer.body, "no") == 0, "%zu: %u", i, answer.code);
        expect(head_value(answer.head, "Connection") != NULL, "%zu: %s", i, answer.head);
        expect(wire_is_ended(wire), "%zu: the connection goes on", i);
        wire_close(wire);
    }
    struct wire *wire = wire_open(house->port); /* who has no body to send may ask again */
    must(wire_say(wire,
                  "GET /no" HEAD "\r\nPOST /no" HEAD "Content-Length: 0\r\n\r\nGET /" HEAD "\r\n"));
    static const unsigned code[] = {401, 401, 200};
    for (size_t i = 0; i < 3; i++) {
        const struct answer answer = wire_read(wire);
        expect(answer.code == code[i], "%zu: %u", i, answer.code);
    }
    wire_close(wire);
    expect(desk_seen(&house->desk) == seen + 1, "the handler saw some");
    expect(net_counts(house->server).in_flight == 0, "%llu in flight",
           (unsigned long long)net_counts(house->server).in_flight);
}

/* A reset would take the answer from a client that has not read it yet: none comes while it sends what it
 * may have sent before it could know. */
static void who_still_sends_is_heard_out_after_a_refusal(void **state)
{
    struct house *house = *state;
    static char body[128 * 1024];
    static const char *const start[] = {
        "POST /no" HEAD "Content-Length: 131072\r\n\r\n", /* 413, by the length */
        "POST /no" HEAD "Transfer-Encoding: chunked\r\n\r\n1f000\r\n",
        "POST /" HEAD "Content-Length: 131072\r\nContent-Length: 3\r\n\r\n",
    };
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < sizeof start / sizeof start[0]; i++) {
        struct wire *wire = wire_open(house->port);
        must(wire_say(wire, start[i]));
        nap_ms(20); /* the answer is there, and the server has closed */
        for (size_t at = 0; at < sizeof body; at += 16384) {
            expect(wire_send(wire, body + at, 16384), "%zu: reset after %zu", i, at);
        }
        const struct answer answer = wire_read(wire);
        expect(answer.code >= 400 && !answer.is_closed, "%zu: %u", i, answer.code);
        wire_close(wire);
    }
}

static void an_answer_that_could_be_split_becomes_a_500(void **state)
{
    struct house *house = *state;
    const uint64_t before = net_counts(house->server).broken;
    static const char bytes[] = "GET /split" HEAD "\r\n";
    const struct answer answer = wire_ask(house->port, bytes, sizeof bytes - 1);
    expect(answer.code == 500, "%u", answer.code);
    expect(head_value(answer.head, "Set-Cookie") == NULL, "%s", answer.head);
    expect(net_counts(house->server).broken == before + 1, "not counted");
}

static int open_house(void **state)
{
    *state = house_begin((struct net_limits){.body_bytes_max = 65536});
    return 0;
}

static int close_house(void **state)
{
    house_end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(good_requests_are_answered),
        cmocka_unit_test(a_request_sent_byte_by_byte_is_the_same_request),
        cmocka_unit_test(requests_sent_together_are_answered_in_order),
        cmocka_unit_test(a_chunked_body_is_the_last_thing_on_its_connection),
        cmocka_unit_test(a_query_of_many_parameters_is_answered),
        cmocka_unit_test(a_head_of_just_the_limits_passes),
        cmocka_unit_test(head_is_answered_without_the_body),
        cmocka_unit_test(options_of_everything_names_the_methods),
        cmocka_unit_test(an_answer_may_have_headers_and_no_body),
        cmocka_unit_test(an_address_is_the_peers_or_what_the_proxy_said_last),
        cmocka_unit_test(hostile_requests_are_refused_and_end_the_connection),
        cmocka_unit_test(a_head_beyond_the_limit_is_refused),
        cmocka_unit_test(a_body_at_the_limit_passes_and_one_past_it_does_not),
        cmocka_unit_test(an_endless_chunked_body_is_ended),
        cmocka_unit_test(a_client_that_asks_first_is_told_to_go_on_or_refused),
        cmocka_unit_test(who_is_not_admitted_is_told_before_the_body),
        cmocka_unit_test(who_still_sends_is_heard_out_after_a_refusal),
        cmocka_unit_test(an_answer_that_could_be_split_becomes_a_500),
    };
    return cmocka_run_group_tests_name("server", test, open_house, close_house);
}
