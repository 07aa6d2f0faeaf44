/*
 * test_chat.c - requests leave without values; answers in events have them again, however they are cut.
 */
#include "chat.h"

#include <string.h>

#include "numeric.h"

#include "testing.h"

enum { ROUNDS = 3000, SEED = 20261128 };

struct bench {
    struct arena *rules;
    const struct gate *gate;
    struct gate_asked asked;
};

static struct bench bench_of(void)
{
    struct arena *rules = arena_begin();
    return (struct bench){
        .rules = rules, .gate = gate_begin(rules), .asked = {.kinds = GATE_ALL, .least = LIKELY}};
}

static struct vault *vault_of_two(struct job *job, const struct bench *bench)
{
    struct vault *vault = vault_begin(bench->gate, &bench->asked);
    assert_int_equal(vault_put(job, vault, STR("EMAIL_1"), STR("ada@shop.de")), CANDOR_OK);
    assert_int_equal(vault_put(job, vault, STR("NAME_2"), STR("A \"B\" \\ \xc3\xa9")), CANDOR_OK);
    return vault;
}

static const struct value *read_json(struct job *job, const char *text)
{
    const struct value *value = NULL;
    expect(json_read(job, bytes_of(str_of(text)), NULL, "it", &value) == CANDOR_OK, "%s", text);
    return value;
}

#define KEEP \
    "{\"role\":\"system\",\"content\":\"Tokens such as [[EMAIL_1]] stand for values that you do " \
    "not " \
    "need. Copy them exactly where the value belongs.\"}"

static void a_request_leaves_without_values(void **state)
{
    (void)state;
    static const struct row {
        const char *request;
        const char *sent; /* NULL: it is refused */
    } row[] = {
        {"{\"model\":\"m\",\"user\":\"ada@shop.de\",\"messages\":[{\"role\":\"user\",\"content\":"
         "\"hi\"}],"
         "\"metadata\":{\"a\":\"b\"},\"temperature\":0.5}",
         "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":0."
         "5}"},
        {"{\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"to ada@shop.de\"}]},"
         "{\"tool_calls\":[{\"function\":{\"arguments\":\"{\\\"to\\\":\\\"ada\\\\u0040shop.de\\\"}"
         "\"}}]}],"
         "\"tools\":[{\"description\":\"ask bob@shop.de\"}]}",
         "{\"messages\":[" KEEP ",{\"content\":[{\"type\":\"text\",\"text\":\"to [[EMAIL_1]]\"}]},"
         "{\"tool_calls\":[{\"function\":{\"arguments\":\"{\\\"to\\\":\\\"[[EMAIL_1]]\\\"}\"}}]}],"
         "\"tools\":[{\"description\":\"ask [[EMAIL_2]]\"}]}"},
        {"{\"messages\":[4539527935505473,12,{\"ada@shop.de\":true}]}",
         "{\"messages\":[" KEEP ",\"[[CARD_1]]\",12,{\"[[EMAIL_1]]\":true}]}"},
        {"{\"messages\":{}}", NULL},
        {"{\"model\":\"m\"}", NULL},
        {"[]", NULL},
    };
    const struct bench bench = bench_of();
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct job job;
        struct json json;
        job_begin(&job, host_real());
        struct buf sent = buf_begin(job.arena);
        json_begin(&json, &sent, false);
        struct vault *vault = vault_begin(bench.gate, &bench.asked);
        const enum candor_status status =
            chat_redact(&job, vault, read_json(&job, row[i].request), &json);
        expect(status == (row[i].sent == NULL ? CANDOR_BAD_INPUT : CANDOR_OK), "row %zu", i);
        if (row[i].sent != NULL) {
            json_end(&json);
            expect(str_is(buf_text(&sent), row[i].sent), "row %zu: %.*s", i,
                   STR_ARG(buf_text(&sent)));
        }
        vault_end(vault);
        job_end(&job);
    }
    arena_end(bench.rules);
}

static void an_answer_in_one_piece_is_restored(void **state)
{
    (void)state;
    const struct bench bench = bench_of();
    struct job job;
    struct json json;
    job_begin(&job, host_real());
    struct buf out = buf_begin(job.arena);
    struct vault *vault = vault_of_two(&job, &bench);
    const struct value *answer = read_json(
        &job, "{\"id\":\"[[EMAIL_1]]\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"to "
              "[[EMAIL_1\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\","
              "\"arguments\":\"{\\\"x\\\":\\\"[[NAME_2]]\\\"}\"}}]},\"logprobs\":{}}],\"x\":1}");
    json_begin(&json, &out, false);
    assert_int_equal(chat_restore(&job, vault, answer, &json), CANDOR_OK);
    json_end(&json);
    expect(
        str_is(buf_text(&out),
               "{\"id\":\"[[EMAIL_1]]\",\"choices\":[{\"index\":0,\"message\":{\"content\":\"to "
               "ada@shop.de\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\","
               "\"arguments\":\"{\\\"x\\\":\\\"A \\\\\\\"B\\\\\\\" \\\\\\\\ \xc3\xa9\\\"}\"}}]}}],"
               "\"x\":1}"),
        "%.*s", STR_ARG(buf_text(&out)));
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

static void events_are_read_as_the_standard_and_providers_write_them(void **state)
{
    (void)state;
    static const struct row {
        const char *stream;
        const char *out; /* NULL: it is refused */
        bool is_whole;
    } row[] = {
        {"data: {\"a\":1}\n\ndata: [DONE]\n\n", "data: {\"a\":1}\n\ndata: [DONE]\n\n", true},
        {": ping\r\n\r\nevent: x\r\ndata:{\"a\":\r\ndata: 1}\r\n\r\n", "data: {\"a\":1}\n\n",
         false},
        {"data\n\ndata:\n\ndata: [DONE]", "data: [DONE]\n\n", true},
        {"data: [DONE]\n\ndata: {\"late\":1}\n\n", "data: [DONE]\n\n", true},
        {"data: {\"id\":\"i\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"E\"}}]}\n\n"
         "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
         "data: {\"id\":\"i\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}}]}\n\n"
         "data: "
         "{\"object\":\"chat.completion.chunk\",\"id\":\"i\",\"choices\":[{\"index\":0,\"delta\":{"
         "\"content\":\"E\"},\"finish_reason\":null}]}\n\n"
         "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
         false},
        {"data: {\"choices\":[],\"usage\":{\"n\":1}}\n\n",
         "data: {\"choices\":[],\"usage\":{\"n\":1}}\n\n", false},
        {"", "", false},
        {"error: {\"message\":\"x\"}\n", NULL, false},
        {"data: <html>\n\n", NULL, false},
        {"data: [1]\n\n", NULL, false},
    };
    const struct bench bench = bench_of();
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct job job;
        job_begin(&job, host_real());
        struct buf out = buf_begin(job.arena);
        struct vault *vault = vault_of_two(&job, &bench);
        struct chat_stream *stream = chat_stream_begin(job.arena, vault);
        bool is_whole = false;
        enum candor_status status = chat_stream_next(&job, stream, str_of(row[i].stream), &out);
        if (row[i].out == NULL) {
            expect(status == CANDOR_BAD_INPUT && out.len == 0, "row %zu", i);
            status = chat_stream_next(&job, stream, STR("data: {}\n\n"), &out);
            expect(status == CANDOR_BAD_INPUT && out.len == 0, "row %zu", i);
            expect(chat_stream_end(&job, stream, &out, &is_whole) == CANDOR_BAD_INPUT, "row %zu",
                   i);
        } else {
            expect(status == CANDOR_OK, "row %zu", i);
            expect(chat_stream_end(&job, stream, &out, &is_whole) == CANDOR_OK, "row %zu", i);
            expect(str_is(buf_text(&out), row[i].out), "row %zu: %.*s", i, STR_ARG(buf_text(&out)));
        }
        expect(is_whole == row[i].is_whole, "row %zu", i);
        vault_end(vault);
        job_end(&job);
    }
    arena_end(bench.rules);
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct buf out = buf_begin(job.arena);
    struct buf line = buf_begin(job.arena);
    struct vault *vault = vault_of_two(&job, &bench);
    for (size_t i = 0; i <= CHAT_EVENT_MAX; i++) {
        buf_u8(&line, 'x');
    }
    struct chat_stream *stream = chat_stream_begin(job.arena, vault);
    assert_int_equal(chat_stream_next(&job, stream, buf_text(&line), &out), CANDOR_TOO_LARGE);
    stream = chat_stream_begin(job.arena, vault);
    struct buf many = buf_begin(job.arena);
    for (unsigned i = 0; i <= CHAT_PARTS_MAX; i++) {
        buf_format(&many, "data: {\"choices\":[{\"index\":%u,\"delta\":{\"content\":\"x\"}}]}\n\n",
                   i);
    }
    assert_int_equal(chat_stream_next(&job, stream, buf_text(&many), &out), CANDOR_TOO_LARGE);
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

/* ---- however it is cut --------------------------------------------------------------------- */

static size_t whole_letters(struct str text, size_t at)
{
    while (at < text.len && ((uint8_t)text.ptr[at] & 0xc0) == 0x80) {
        at++;
    }
    return at;
}

/* A reply in deltas of some letters each; tool: as arguments of a call. */
static struct str made_stream(struct arena *arena, struct rng *rng, struct str reply, bool tool)
{
    struct buf buf = buf_begin(arena);
    for (size_t at = 0; at < reply.len;) {
        const size_t next = whole_letters(reply, at + 1 + rng_below(rng, 9));
        struct json json;
        buf_lit(&buf, LIT("data: {\"choices\":[{\"index\":0,\"delta\":{"));
        buf_str(&buf, tool ? STR("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":")
                           : STR("\"content\":"));
        json_begin(&json, &buf, false);
        json_text(&json, str_slice(reply, at, next));
        json_end(&json);
        buf_str(&buf, tool ? STR("}}]}}]}\r\n\r\n") : STR("}}]}\n\n"));
        at = next;
    }
    if (rng_below(rng, 2) == 0) {
        buf_lit(
            &buf,
            LIT("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"));
    }
    buf_lit(&buf, LIT("data: [DONE]\n\n"));
    return buf_text(&buf);
}

/* All that the events say, one after the other. */
static struct str said(struct job *job, struct str out, bool tool)
{
    struct buf all = buf_begin(job->arena);
    while (out.len > 0) {
        const struct str line = str_cut(&out, '\n');
        if (!str_starts(line, STR("data: {"))) {
            continue;
        }
        const struct value *choice =
            value_get(read_json(job, str_z(job->arena, str_slice(line, 6, line.len))), "choices");
        const struct value *delta = value_get(&choice->item[0], "delta");
        if (tool && value_get(delta, "tool_calls") != NULL) {
            delta = value_get(&value_get(delta, "tool_calls")->item[0], "function");
        }
        buf_str(&all, value_text_at(delta, tool ? "arguments" : "content"));
    }
    return buf_text(&all);
}

static void a_cut_stream_says_what_the_whole_reply_says(void **state)
{
    (void)state;
    static const char *const piece[] = {"[[EMAIL_1]]", "[[NAME_2]]", "email_1", "[NAME\\_2]",
                                        "[[",          "]]",         "E",       "\xc3\xa9",
                                        " ",           "x",          "NA",      "\n"};
    const struct bench bench = bench_of();
    struct rng rng = rng_of(SEED);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct job job;
        job_begin(&job, host_real());
        struct vault *vault = vault_of_two(&job, &bench);
        const bool tool = rng_below(&rng, 2) == 0;
        struct buf reply = buf_begin(job.arena);
        for (size_t i = rng_below(&rng, 12); i > 0; i--) {
            buf_str(&reply, str_of(piece[rng_below(&rng, sizeof piece / sizeof *piece)]));
        }
        struct buf whole = buf_begin(job.arena);
        struct restorer restorer = restore_begin(vault, tool);
        restore_next(&restorer, buf_text(&reply), &whole);
        restore_last(&restorer, &whole);
        const struct str made = made_stream(job.arena, &rng, buf_text(&reply), tool);
        struct buf out = buf_begin(job.arena);
        struct chat_stream *stream = chat_stream_begin(job.arena, vault);
        for (size_t at = 0; at < made.len;) {
            const size_t step = rng_below(&rng, 40);
            assert_int_equal(chat_stream_next(&job, stream, str_slice(made, at, at + step), &out),
                             CANDOR_OK);
            at += step;
        }
        bool is_whole = false;
        assert_int_equal(chat_stream_end(&job, stream, &out, &is_whole), CANDOR_OK);
        expect(is_whole && str_equal(said(&job, buf_text(&out), tool), buf_text(&whole)),
               "seed %d round %u: %.*s", SEED, round, STR_ARG(buf_text(&out)));
        vault_end(vault);
        job_end(&job);
    }
    arena_end(bench.rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_leaves_without_values),
        cmocka_unit_test(an_answer_in_one_piece_is_restored),
        cmocka_unit_test(events_are_read_as_the_standard_and_providers_write_them),
        cmocka_unit_test(what_is_too_large_is_refused),
        cmocka_unit_test(a_cut_stream_says_what_the_whole_reply_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
