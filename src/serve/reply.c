/*
 * reply.c - answers and problem documents (RFC 9457).
 */
#include "serving.h"

static const struct {
    unsigned code;
    struct lit phrase;
} phrase_row[] = {
    {400, WORDS("Bad Request")},
    {401, WORDS("Unauthorized")},
    {403, WORDS("Forbidden")},
    {404, WORDS("Not Found")},
    {405, WORDS("Method Not Allowed")},
    {408, WORDS("Request Timeout")},
    {409, WORDS("Conflict")},
    {411, WORDS("Length Required")},
    {413, WORDS("Content Too Large")},
    {414, WORDS("URI Too Long")},
    {415, WORDS("Unsupported Media Type")},
    {417, WORDS("Expectation Failed")},
    {429, WORDS("Too Many Requests")},
    {431, WORDS("Request Header Fields Too Large")},
    {500, WORDS("Internal Server Error")},
    {501, WORDS("Not Implemented")},
    {502, WORDS("Bad Gateway")},
    {503, WORDS("Service Unavailable")},
    {505, WORDS("HTTP Version Not Supported")},
};

static struct lit phrase_of(unsigned code)
{
    for (size_t i = 0; i < sizeof phrase_row / sizeof phrase_row[0]; i++) {
        if (phrase_row[i].code == code) {
            return phrase_row[i].phrase;
        }
    }
    return code < 500 ? LIT("Bad Request") : LIT("Internal Server Error");
}

struct bytes problem_write(struct arena *arena, unsigned code, struct str name, struct str detail)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("type"));
    json_lit(&json, LIT("about:blank"));
    json_key(&json, LIT("title"));
    json_lit(&json, phrase_of(code));
    json_key(&json, LIT("status"));
    json_u64(&json, code);
    if (name.len > 0) {
        json_key(&json, LIT("code"));
        json_text(&json, name);
    }
    if (detail.len > 0) {
        json_key(&json, LIT("detail"));
        json_text(&json, detail);
    }
    json_map_end(&json);
    json_end(&json);
    return buf_all(&buf);
}

/* The header without which the code is of little use. */
static struct net_pair header_of(unsigned code)
{
    if (code == 401) {
        return (struct net_pair){STR("WWW-Authenticate"), STR("Bearer realm=\"candor\"")};
    }
    if (code == 503) {
        return (struct net_pair){STR("Retry-After"), STR("1")};
    }
    if (code == 500) { /* a disk that failed: /readyz says so for as long */
        return (struct net_pair){STR("Retry-After"), STR("10")};
    }
    return (struct net_pair){0};
}

static struct outcome problem_outcome(struct arena *arena, unsigned code, struct str name,
                                      struct str detail)
{
    return (struct outcome){
        .code = code,
        .content_type = STR("application/problem+json"),
        .body = problem_write(arena, code, name, detail),
        .header = {header_of(code)},
        .name = name,
        .detail = detail,
    };
}

struct outcome outcome_problem(struct arena *arena, unsigned code, struct str detail)
{
    return problem_outcome(arena, code, (struct str){"", 0}, detail);
}

bool is_of_the_machine(enum candor_status status)
{
    return status == CANDOR_IO || status == CANDOR_CORRUPT || status == CANDOR_NO_MEMORY;
}

struct str told_outside(struct arena *arena, enum candor_status status, const char *message)
{
    if (is_of_the_machine(status)) {
        return str_format(arena, "%s The server's log says more.", status_sentence(status));
    }
    return str_of(message != NULL && message[0] != '\0' ? message : status_sentence(status));
}

struct outcome outcome_failure(struct arena *arena, enum candor_status status, const char *message)
{
    must(status != CANDOR_OK);
    return problem_outcome(arena, (unsigned)status_http_code(status), str_of(status_name(status)),
                           told_outside(arena, status, message));
}

/* RFC 6750, section 3: a client sees from the header that another key may help. */
struct outcome outcome_not_allowed(struct arena *arena, enum candor_status status,
                                   const char *message)
{
    if (status != CANDOR_NOT_FOUND) {
        return outcome_failure(arena, status, message);
    }
    struct outcome outcome = outcome_problem(arena, 401, str_of(message));
    outcome.header[0].value = STR("Bearer realm=\"candor\", error=\"invalid_token\"");
    return outcome;
}

struct outcome outcome_json(struct str body)
{
    return (struct outcome){
        .code = 200, .content_type = STR("application/json"), .body = bytes_of(body)};
}

struct outcome outcome_plain(struct str body)
{
    return (struct outcome){
        .code = 200, .content_type = STR("text/plain; charset=utf-8"), .body = bytes_of(body)};
}

struct outcome outcome_zip(struct bytes body)
{
    return (struct outcome){
        .code = 200,
        .content_type = STR("application/zip"),
        .body = body,
        .header = {{STR("Content-Disposition"), STR("attachment; filename=\"your-data.zip\"")}},
    };
}

/* Nothing from elsewhere, no script, and the form goes to where it came from. */
struct outcome outcome_page(struct str body)
{
    return (struct outcome){
        .code = 200,
        .content_type = STR("text/html; charset=utf-8"),
        .body = bytes_of(body),
        .header = {{STR("Content-Security-Policy"),
                    STR("default-src 'none'; style-src 'self'; form-action 'self'; "
                        "frame-ancestors 'none'")}},
    };
}

struct outcome outcome_bytes(struct str body)
{
    return (struct outcome){.code = 200,
                            .content_type = STR("application/octet-stream"),
                            .body = bytes_of(body),
                            .is_immutable = true};
}

static void put_receipt(struct json *json, struct arena *arena, const struct candor_answer *answer)
{
    json_key(json, LIT("receipt"));
    json_map_begin(json);
    json_key(json, LIT("ledger_index"));
    json_u64(json, answer->ledger_index);
    json_key(json, LIT("decision"));
    json_hex(json, (struct bytes){answer->id, sizeof answer->id});
    json_key(json, LIT("proof"));
    json_text(json,
              str_format(arena, "/v1/ledger/proof/%llu", (unsigned long long)answer->ledger_index));
    json_map_end(json);
}

struct str decision_write(struct arena *arena, const struct candor_answer *answer)
{
    must(answer->status == CANDOR_OK);
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("decision"));
    json_lit(&json, answer->send ? LIT("send") : LIT("withhold"));
    json_key(&json, LIT("code"));
    json_text(&json, str_of(answer->code));
    json_key(&json, LIT("offer"));
    if (answer->send && answer->offer != NULL && answer->offer[0] != '\0') {
        json_text(&json, str_of(answer->offer));
    } else {
        json_null(&json);
    }
    json_key(&json, LIT("score"));
    if (answer->has_score) {
        json_f64(&json, answer->score);
    } else {
        json_null(&json);
    }
    if (answer->score_withheld != NULL) {
        json_key(&json, LIT("score_withheld"));
        json_text(&json, str_of(answer->score_withheld));
    }
    json_key(&json, LIT("reasons"));
    json_list_begin(&json);
    for (size_t r = 0; r < answer->reason_count; r++) {
        json_text(&json, str_of(answer->reason[r]));
    }
    json_list_end(&json);
    if (answer->plausibility != NULL) {
        json_key(&json, LIT("plausibility"));
        json_text(&json, str_of(answer->plausibility));
    }
    if (answer->rule > 0) {
        json_key(&json, LIT("rule"));
        json_u64(&json, answer->rule);
        json_key(&json, LIT("signal"));
        if (answer->signal != NULL) {
            json_text(&json, str_of(answer->signal));
        } else {
            json_null(&json);
        }
    }
    put_receipt(&json, arena, answer);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}
