/*
 * ask.c - a request as its route wants it: key, parameter, body.
 *
 * All of it is read on a network thread, in the request's own arena: what reaches the worker is
 * known to be well formed. Messages name members and limits, never what stands in them.
 */
#include "serving.h"

static const struct text_limits body_limits = {
    .size_max = (size_t)64 << 10,
    .depth_max = 8,
    .count_max = 4096,
    .text_max = (size_t)32 << 10,
};

/* Of a route that is large. In JSON a letter may take three times its bytes. */
static const struct text_limits large_limits = {
    .size_max = ASK_LARGE_MAX,
    .depth_max = 8,
    .count_max = 4096,
    .text_max = (size_t)256 << 10,
};

void job_within(struct job *job, struct arena *arena)
{
    struct host *host = host_real();
    job->arena = arena;
    job->host = host;
    job->log = NULL;
    job->now = host->now(host);
    job->status = CANDOR_OK;
    job->message[0] = '\0';
    job->progress = NULL;
    job->progress_listener = NULL;
    job->cancelled = false;
}

const char *ask_key(struct arena *arena, struct str authorization)
{
    if (authorization.ptr == NULL) {
        return NULL;
    }
    struct str key = authorization;
    const struct str scheme = str_cut(&key, ' ');
    if (!str_is(str_lower(arena, scheme), "bearer") || key.ptr == NULL) {
        return NULL;
    }
    key = str_trim(key);
    return key.len == 0 ? NULL : str_z(arena, key);
}

const char *ask_write_key(struct arena *arena, struct str authorization)
{
    struct str rest = authorization;
    struct bytes plain;
    if (authorization.ptr == NULL) {
        return NULL;
    }
    const struct str scheme = str_cut(&rest, ' ');
    if (!str_is(str_lower(arena, scheme), "basic") || rest.ptr == NULL ||
        !base64_read(arena, str_trim(rest), &plain)) {
        return NULL;
    }
    const struct str pair = {(const char *)plain.ptr, plain.len};
    const bool is_key = pair.len > 1 && pair.ptr[pair.len - 1] == ':' && str_is_utf8(pair) &&
                        str_find(pair, ':') == pair.len - 1;
    return is_key ? str_z(arena, str_slice(pair, 0, pair.len - 1)) : NULL;
}

const char *ask_accepted_languages(const struct ask *ask)
{
    const struct str header = net_header(ask->request, "accept-language");
    return header.ptr == NULL ? NULL : str_z(ask->request->arena, header);
}

bool ask_is_local(const struct net_request *request)
{
    return request->is_loopback && net_header(request, "forwarded").ptr == NULL &&
           net_header(request, "x-forwarded-for").ptr == NULL;
}

/* ---- parameter ----------------------------------------------------------------------------- */

static enum candor_status read_identifier(struct job *job, struct str text, const char **identifier)
{
    if (text.len == 0 || text.len > IDENTIFIER_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "an identifier has 1 to %d bytes", IDENTIFIER_LEN_MAX);
    }
    if (!str_is_utf8(text)) {
        return fail(job, CANDOR_BAD_INPUT, "an identifier is UTF-8");
    }
    *identifier = str_z(job->arena, text);
    return CANDOR_OK;
}

static enum candor_status read_number(struct job *job, struct str text, uint64_t least,
                                      const char *what, uint64_t *number)
{
    return str_to_uint64(text, number) && *number >= least
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s is a whole number from %llu", what,
                      (unsigned long long)least);
}

static enum candor_status read_request_id(struct job *job, struct str text, const char **request)
{
    uint8_t id[16];
    if (!hex_read(text, id, sizeof id)) {
        return fail(job, CANDOR_BAD_INPUT, "a request is named by 32 hex digits");
    }
    *request = str_z(job->arena, text);
    return CANDOR_OK;
}

/* A name of the company's own: of an operator, an audit. */
static enum candor_status read_name(struct job *job, struct str text, const char **name)
{
    if (text.len == 0 || text.len > NAME_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a name has 1 to %d bytes", NAME_LEN_MAX);
    }
    *name = str_z(job->arena, text);
    return CANDOR_OK;
}

static enum candor_status read_token(struct job *job, struct str text, const char **token)
{
    if (text.len == 0 || text.len > TOKEN_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "this unsubscribe link is not whole");
    }
    *token = str_z(job->arena, text);
    return CANDOR_OK;
}

/* In the order in which they stand in the pattern. */
static enum candor_status read_parameters(struct job *job, struct ask *ask,
                                          const struct str parameter[PARAMETERS_MAX])
{
    struct str pattern = str_of(ask->route->pattern);
    size_t count = 0;
    while (pattern.ptr != NULL) {
        const struct str segment = str_cut(&pattern, '/');
        if (str_is(segment, "{id}")) {
            TRY(read_identifier(job, parameter[count++], &ask->identifier));
        } else if (str_is(segment, "{request}")) {
            TRY(read_request_id(job, parameter[count++], &ask->request_id));
        } else if (str_is(segment, "{token}")) {
            TRY(read_token(job, parameter[count++], &ask->token));
        } else if (str_is(segment, "{index}")) {
            TRY(read_number(job, parameter[count++], 0, "an index on the ledger", &ask->index));
        } else if (str_is(segment, "{row}")) {
            TRY(read_number(job, parameter[count++], 0, "a row", &ask->index));
        } else if (str_is(segment, "{name}")) {
            TRY(read_name(job, parameter[count++], &ask->name));
        } else if (str_is(segment, "{number}")) {
            TRY(read_number(job, parameter[count++], 1, "a record's number", &ask->number));
        } else if (str_is(segment, "{path}")) {
            ask->path = str_z(job->arena, parameter[count++]);
        }
    }
    return CANDOR_OK;
}

/* ---- body ---------------------------------------------------------------------------------- */

static enum candor_status read_cell(struct job *job, const struct value *value, const char *what,
                                    const char **cell)
{
    *cell = NULL;
    switch (value->kind) {
    case VALUE_NULL:
        return CANDOR_OK;
    case VALUE_BOOL:
        *cell = value->boolean ? "true" : "false";
        return CANDOR_OK;
    case VALUE_NUMBER:
        *cell = str_z(job->arena, value->is_integer
                                      ? str_format(job->arena, "%lld", (long long)value->integer)
                                      : str_from_double(job->arena, value->number));
        return CANDOR_OK;
    case VALUE_TEXT:
        *cell = value->text.ptr; /* a zero byte follows it */
        return CANDOR_OK;
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return fail(job, CANDOR_BAD_INPUT, "%s must be a text, a number, true, false or null", what);
}

static enum candor_status read_text_member(struct job *job, const struct member *member,
                                           const struct value *value, const char **text)
{
    struct str view;
    *text = NULL;
    if (!member->is_required && (value == NULL || value->kind == VALUE_NULL)) {
        return CANDOR_OK;
    }
    TRY(value_text(job, value, str_z(job->arena, str_format(job->arena, "'%s'", member->name)),
                   &view));
    *text = view.ptr;
    return CANDOR_OK;
}

static enum candor_status read_flag(struct job *job, const struct member *member,
                                    const struct value *value, const char **text)
{
    *text = NULL;
    if (value == NULL || value->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, value, VALUE_BOOL, member->name));
    *text = value->boolean ? "true" : NULL;
    return CANDOR_OK;
}

static enum candor_status read_count(struct job *job, const struct member *member,
                                     const struct value *value, const char **text)
{
    *text = NULL;
    if (value == NULL || value->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    if (value->kind != VALUE_NUMBER || !value->is_integer || value->integer < 0) {
        return fail(job, CANDOR_BAD_INPUT, "'%s' is a whole number from 0", member->name);
    }
    *text = str_z(job->arena, str_format(job->arena, "%lld", (long long)value->integer));
    return CANDOR_OK;
}

/* What stands in the query; a name that the route does not know is passed over, as is usual there. */
static enum candor_status read_query(struct job *job, struct ask *ask)
{
    const struct member *member = ask->route->member;
    for (size_t i = 0; i < MEMBERS_MAX && member[i].name != NULL; i++) {
        struct str value;
        if (member[i].kind != MEMBER_QUERY) {
            continue;
        }
        if (net_query(ask->request, member[i].name, &value)) {
            ask->text[i] = str_z(job->arena, value);
        } else if (member[i].is_required) {
            return fail(job, CANDOR_BAD_INPUT, "the query needs '%s'", member[i].name);
        }
    }
    return CANDOR_OK;
}

/* The library reads what stands in it; here it must be an object. */
static enum candor_status read_signals(struct job *job, const struct value *value, struct ask *ask)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    if (value == NULL || value->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, value, VALUE_MAP, "'signals'"));
    json_begin(&json, &buf, false);
    json_value(&json, value);
    json_end(&json);
    ask->signals.json = str_z(job->arena, buf_text(&buf));
    return CANDOR_OK;
}

static enum candor_status read_many(struct job *job, struct ask *ask, const struct value *many)
{
    TRY(value_is(job, many, VALUE_MAP, "'fields'"));
    if (many->count == 0 || many->count > CHANGES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "'fields' names 1 to %d fields", CHANGES_MAX);
    }
    ask->change_count = many->count;
    ask->change = NEW_ARRAY(job->arena, many->count, struct change);
    for (size_t i = 0; i < many->count; i++) {
        ask->change[i].field = str_z(job->arena, many->key[i]);
        TRY(read_cell(job, &many->item[i], "each value in 'fields'", &ask->change[i].value));
    }
    return CANDOR_OK;
}

static enum candor_status read_list(struct job *job, struct ask *ask, const struct member *member,
                                    const struct value *value)
{
    if (value == NULL || value->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    const char *what = str_z(job->arena, str_format(job->arena, "each of '%s'", member->name));
    TRY(value_is(job, value, VALUE_LIST, member->name));
    ask->list = NEW_ARRAY(job->arena, value->count, const char *);
    ask->list_count = value->count;
    for (size_t i = 0; i < value->count; i++) {
        struct str text;
        TRY(value_text(job, &value->item[i], what, &text));
        ask->list[i] = text.ptr; /* a zero byte follows it */
    }
    return CANDOR_OK;
}

/* {"field","value"}, or {"fields":{field: value}}. "field" is the route's first member. */
static enum candor_status read_changes(struct job *job, struct ask *ask, const struct value *body)
{
    const char *field = ask->text[0];
    const struct value *value = value_get(body, "value");
    const struct value *many = value_get(body, "fields");
    if (many != NULL && field == NULL && value == NULL) {
        return read_many(job, ask, many);
    }
    if (many != NULL || field == NULL || value == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "give 'field' and 'value', or 'fields'");
    }
    ask->change_count = 1;
    ask->change = NEW(job->arena, struct change);
    ask->change[0].field = field;
    return read_cell(job, value, "'value'", &ask->change[0].value);
}

/* An object with no member but those of the route. */
static enum candor_status read_object(struct job *job, const struct route *route,
                                      struct bytes bytes, const struct value **body)
{
    const char *known[MEMBERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < MEMBERS_MAX && route->member[i].name != NULL; i++) {
        if (route->member[i].kind != MEMBER_QUERY) {
            known[count++] = route->member[i].name;
        }
    }
    if (bytes.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "the request needs a body: a JSON object");
    }
    TRY(json_read(job, bytes, route->is_large ? &large_limits : &body_limits, "the request", body));
    TRY(value_is(job, *body, VALUE_MAP, "the request"));
    return value_only(job, *body, known, count, "the request");
}

static enum candor_status read_texts(struct job *job, struct ask *ask, const struct value *body)
{
    const struct member *member = ask->route->member;
    for (size_t i = 0; i < MEMBERS_MAX && member[i].name != NULL; i++) {
        const struct value *value = value_get(body, member[i].name);
        if (member[i].kind == MEMBER_OBJECT) {
            TRY(read_signals(job, value, ask));
        } else if (member[i].kind == MEMBER_TEXT) {
            TRY(read_text_member(job, &member[i], value, &ask->text[i]));
        } else if (member[i].kind == MEMBER_FLAG) {
            TRY(read_flag(job, &member[i], value, &ask->text[i]));
        } else if (member[i].kind == MEMBER_LIST) {
            TRY(read_list(job, ask, &member[i], value));
        } else if (member[i].kind == MEMBER_COUNT) {
            TRY(read_count(job, &member[i], value, &ask->text[i]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_body(struct job *job, struct ask *ask, struct bytes bytes)
{
    const struct value *body = NULL;
    TRY(read_object(job, ask->route, bytes, &body));
    TRY(read_texts(job, ask, body));
    if (ask->route->call == CALL_SUBJECT_CORRECT) {
        return read_changes(job, ask, body);
    }
    if (str_is(str_of(ask->route->member[0].name), "identifier")) {
        return read_identifier(job, str_of(ask->text[0]), &ask->identifier);
    }
    return CANDOR_OK;
}

/* For protocols that sign their bytes: nobody but their reader looks into it. */
static enum candor_status read_raw(struct job *job, struct ask *ask, struct bytes body)
{
    const struct str text = {(const char *)body.ptr, body.len};
    ask->raw = NULL;
    if (text.len > body_limits.size_max) {
        return fail(job, CANDOR_TOO_LARGE, "a body has at most %zu bytes", body_limits.size_max);
    }
    if (!str_is_utf8(text)) {
        return fail(job, CANDOR_BAD_INPUT, "the body is UTF-8");
    }
    ask->raw = text.len == 0 ? NULL : str_z(job->arena, text);
    return CANDOR_OK;
}

enum candor_status ask_read(struct job *job, struct ask *ask,
                            const struct str parameter[PARAMETERS_MAX], struct bytes body)
{
    TRY(read_parameters(job, ask, parameter));
    if (ask->route->is_raw) {
        return read_raw(job, ask, body);
    }
    TRY(read_query(job, ask));
    return route_has_body(ask->route) ? read_body(job, ask, body) : CANDOR_OK;
}
