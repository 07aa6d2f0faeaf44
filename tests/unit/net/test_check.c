/*
 * test_check.c - what a request may look like, without a socket.
 */
#include <string.h>

/* The inner door of the room: these functions do not leave it. */
#include "../../../src/net/inside.h"
#include "testing.h"

static const struct {
    const char *name;
    unsigned code;
    enum net_method method;
} method_row[] = {
    {"GET", 0, NET_GET},         {"HEAD", 0, NET_HEAD},        {"POST", 0, NET_POST},
    {"PUT", 0, NET_PUT},         {"PATCH", 0, NET_PATCH},      {"DELETE", 0, NET_DELETE},
    {"OPTIONS", 0, NET_OPTIONS}, {"TRACE", 405, NET_GET},      {"CONNECT", 405, NET_GET},
    {"get", 501, NET_GET},       {"GETS", 501, NET_GET},       {"", 501, NET_GET},
    {"PROPFIND", 501, NET_GET},  {"G\xc3\x89T", 501, NET_GET},
};

static void methods_are_served_refused_or_unknown(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof method_row / sizeof method_row[0]; row++) {
        enum net_method method = NET_GET;
        const struct refusal refusal = check_method(str_of(method_row[row].name), &method);
        expect(refusal.code == method_row[row].code, "'%s': %u", method_row[row].name,
               refusal.code);
        expect(method == method_row[row].method, "'%s'", method_row[row].name);
        if (refusal.code == 0) {
            expect(strcmp(net_method_name(method), method_row[row].name) == 0, "name of '%s'",
                   method_row[row].name);
        }
    }
}

static const struct {
    const char *target;
    const char *path; /* NULL: refused */
    const char *query;
} target_row[] = {
    {"/", "/", ""},
    {"/v1/decide", "/v1/decide", ""},
    {"/a?b=c&d", "/a", "b=c&d"},
    {"/a?", "/a", ""},
    {"/a?b?c", "/a", "b?c"},
    {"/a%20b", "/a%20b", ""},
    {"/%c3%a9", "/%c3%a9", ""},
    {"/%C3%A9?%zz", "/%C3%A9", "%zz"},
    {"/a%2Fb", "/a%2Fb", ""},
    {"/a%2fb/c", "/a%2fb/c", ""},
    {"//a//", "//a//", ""},
    {"/a.b/..c/d..", "/a.b/..c/d..", ""},
    {"", NULL, NULL},
    {"*", NULL, NULL},
    {"a", NULL, NULL},
    {"http://host/a", NULL, NULL},
    {"/a b", NULL, NULL},
    {"/a\tb", NULL, NULL},
    {"/a\x7f", NULL, NULL},
    {"/\xc3\xa9", NULL, NULL},
    {"/a#b", NULL, NULL},
    {"/a?b#c", NULL, NULL},
    {"/%", NULL, NULL},
    {"/%4", NULL, NULL},
    {"/%4g", NULL, NULL},
    {"/%g4", NULL, NULL},
    {"/%00", NULL, NULL},
    {"/a%0d%0ab", NULL, NULL},
    {"/%7f", NULL, NULL},
    {"/%ff", NULL, NULL},
    {"/%c3", NULL, NULL},
    {"/%c0%af", NULL, NULL},
    {"/%ed%a0%80", NULL, NULL},
    {"/..", NULL, NULL},
    {"/a/../b", NULL, NULL},
    {"/a/./b", NULL, NULL},
    {"/%2e%2e/b", NULL, NULL},
    {"/a/.%2E", NULL, NULL},
    {"/a%2F..%2Fb", NULL, NULL},
    {"/a%2f%2E%2E", NULL, NULL},
    {"/..%2Fb", NULL, NULL},
};

static void targets_split_or_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t row = 0; row < sizeof target_row / sizeof target_row[0]; row++) {
        const char *target = target_row[row].target;
        struct str path = {NULL, 0};
        struct str query = {NULL, 0};
        const struct refusal refusal = check_target(arena, str_of(target), &path, &query);
        if (target_row[row].path == NULL) {
            expect(refusal.code == 400, "'%s' gives '%.*s'", target, STR_ARG(path));
            continue;
        }
        expect(refusal.code == 0, "'%s' is refused: %.*s", target, STR_ARG(refusal.title));
        expect(str_is(path, target_row[row].path), "'%s' gives '%.*s'", target, STR_ARG(path));
        expect(str_is(query, target_row[row].query), "'%s' gives ?'%.*s'", target, STR_ARG(query));
    }
    arena_end(arena);
}

static void a_path_is_cut_before_its_segments_are_decoded(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct str rest = STR("v1/%61%2Fb//%c3%a9");
    assert_true(str_is(net_segment(arena, &rest), "v1"));
    assert_true(str_is(net_segment(arena, &rest), "a/b"));
    assert_true(str_is(net_segment(arena, &rest), ""));
    assert_true(str_is(net_segment(arena, &rest), "\xc3\xa9"));
    assert_true(rest.ptr == NULL);
    arena_end(arena);
}

#define FIELD(name, value) \
    { \
        {name, sizeof(name) - 1}, \
        { \
            value, sizeof(value) - 1 \
        } \
    }
#define HOST FIELD("Host", "a")
enum { FIELDS_IN_ROW = 4 };

static const struct {
    const char *what;
    struct net_pair field[FIELDS_IN_ROW];
    unsigned code;
    bool is_http_1_0;
    bool is_chunked;
    uint64_t length;
} fields_row[] = {
    {"host alone", {HOST}, 0, false, false, 0},
    {"an empty host", {FIELD("Host", "")}, 0, false, false, 0},
    {"no host", {FIELD("Accept", "*/*")}, 400, false, false, 0},
    {"no host in 1.0", {FIELD("Accept", "*/*")}, 0, true, false, 0},
    {"two hosts", {HOST, HOST}, 400, false, false, 0},
    {"two hosts in other letters", {HOST, FIELD("hOST", "b")}, 400, false, false, 0},
    {"a length", {HOST, FIELD("content-length", "12")}, 0, false, false, 12},
    {"the largest length",
     {HOST, FIELD("Content-Length", "18446744073709551615")},
     0,
     false,
     false,
     UINT64_MAX},
    {"one past it", {HOST, FIELD("Content-Length", "18446744073709551616")}, 400, false, false, 0},
    {"an empty length", {HOST, FIELD("Content-Length", "")}, 400, false, false, 0},
    {"a signed length", {HOST, FIELD("Content-Length", "+7")}, 400, false, false, 0},
    {"a hex length", {HOST, FIELD("Content-Length", "0x7")}, 400, false, false, 0},
    {"a list of lengths", {HOST, FIELD("Content-Length", "7, 7")}, 400, false, false, 0},
    {"the same length twice",
     {HOST, FIELD("Content-Length", "7"), FIELD("Content-Length", "7")},
     400,
     false,
     false,
     0},
    {"contradictory lengths",
     {HOST, FIELD("Content-Length", "7"), FIELD("content-length", "8")},
     400,
     false,
     false,
     0},
    {"chunked", {HOST, FIELD("Transfer-Encoding", "chunked")}, 0, false, true, 0},
    {"chunked in other letters", {HOST, FIELD("transfer-encoding", "Chunked")}, 0, false, true, 0},
    {"chunked in 1.0", {HOST, FIELD("Transfer-Encoding", "chunked")}, 400, true, false, 0},
    {"an unknown coding", {HOST, FIELD("Transfer-Encoding", "xchunked")}, 501, false, false, 0},
    {"two codings", {HOST, FIELD("Transfer-Encoding", "gzip, chunked")}, 501, false, false, 0},
    {"no coding", {HOST, FIELD("Transfer-Encoding", "identity")}, 501, false, false, 0},
    {"chunked twice",
     {HOST, FIELD("Transfer-Encoding", "chunked"), FIELD("Transfer-Encoding", "chunked")},
     400,
     false,
     false,
     0},
    {"length and coding",
     {HOST, FIELD("Content-Length", "7"), FIELD("Transfer-Encoding", "chunked")},
     400,
     false,
     false,
     0},
    {"two authorizations",
     {HOST, FIELD("Authorization", "a"), FIELD("authorization", "b")},
     400,
     false,
     false,
     0},
    {"two origins", {HOST, FIELD("Origin", "null"), FIELD("origin", "a")}, 400, false, false, 0},
    {"two cookies", {HOST, FIELD("Cookie", "a=1"), FIELD("Cookie", "b=2")}, 0, false, false, 0},
    {"a space in a name", {HOST, FIELD("Content-Length ", "7")}, 400, false, false, 0},
    {"an empty name", {HOST, FIELD("", "7")}, 400, false, false, 0},
    {"a tab in a value", {HOST, FIELD("Accept", "a\tb")}, 0, false, false, 0},
    {"a carriage return in a value", {HOST, FIELD("Accept", "a\rb")}, 400, false, false, 0},
    {"an escape in a value", {HOST, FIELD("Accept", "\x1b[31m")}, 400, false, false, 0},
    {"UTF-8 in a value", {HOST, FIELD("X-Name", "Zo\xc3\xab")}, 0, false, false, 0},
    {"Latin-1 in a value", {HOST, FIELD("X-Name", "Zo\xeb")}, 400, false, false, 0},
};

static void header_lines_say_one_thing_or_are_refused(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof fields_row / sizeof fields_row[0]; row++) {
        size_t count = 0;
        while (count < FIELDS_IN_ROW && fields_row[row].field[count].name.ptr != NULL) {
            count++;
        }
        struct framing framing = {0};
        const struct refusal refusal =
            check_fields(fields_row[row].field, count, fields_row[row].is_http_1_0, &framing);
        expect(refusal.code == fields_row[row].code, "%s: %u %.*s", fields_row[row].what,
               refusal.code, STR_ARG(refusal.title));
        if (refusal.code == 0) {
            expect(framing.is_chunked == fields_row[row].is_chunked, "%s", fields_row[row].what);
            expect(framing.length == fields_row[row].length, "%s: %llu", fields_row[row].what,
                   (unsigned long long)framing.length);
        }
    }
}

static const struct {
    const char *name;
    const char *value;
    bool is_good;
} reply_row[] = {
    {"X-Name", "value", true},      {"Set-Cookie", "a=b; Secure", true},
    {"X-Name", "", true},           {"X-Name", "a\r\nb: c", false},
    {"X-Name", "a\nb", false},      {"X-Name", "a\rb", false},
    {"X-Name", "\x01", false},      {"X Name", "value", false},
    {"X-Name:", "value", false},    {"", "value", false},
    {"Content-Length", "5", false}, {"transfer-encoding", "chunked", false},
    {"Connection", "close", false}, {"date", "today", false},
};

static void what_could_split_an_answer_is_not_sent(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof reply_row / sizeof reply_row[0]; row++) {
        const struct net_pair pair = {str_of(reply_row[row].name), str_of(reply_row[row].value)};
        expect(check_reply_field(&pair) == reply_row[row].is_good, "row %zu", row);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(methods_are_served_refused_or_unknown),
        cmocka_unit_test(targets_split_or_are_refused),
        cmocka_unit_test(a_path_is_cut_before_its_segments_are_decoded),
        cmocka_unit_test(header_lines_say_one_thing_or_are_refused),
        cmocka_unit_test(what_could_split_an_answer_is_not_sent),
    };
    return cmocka_run_group_tests_name("check", test, NULL, NULL);
}
