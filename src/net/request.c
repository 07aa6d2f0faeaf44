/*
 * request.c - one request as it arrives, on its network thread.
 *
 * libmicrohttpd calls request_line when it has the request line, then request_more: once with the
 * head, once for each piece of the body, once when all is there, and once more after a sleep.
 *
 *     line -> HEAD -> (judged, admitted) -> BODY -> ... -> ASKED -> (asleep?) -> SENT -> done
 *                        |          |          |
 *                        |          |          +-> REFUSED: the rest is thrown away, then we refuse
 *                        +----------+-> refused at once; libmicrohttpd closes after the answer, and
 *                                       linger.c hears out what was on its way
 *
 * Whoever has no body to send is asked about when all is there, so that a refusal ends no connection.
 *
 * libmicrohttpd 0.9.75 is lenient: it joins folded lines, takes bare line feeds, cuts a value at
 * a NUL. We cannot see the bytes before it does, but it parses in place: what it gives us are
 * pointers into the bytes as they came, with zeros where names and lines end. If all lines follow
 * each other without a gap from the method to the last byte of the head, none of that happened.
 * A later libmicrohttpd that copies would make every request fail this, and every test here.
 *
 * The lines of a chunked body we cannot see at all, and of them too it takes bare line feeds. A proxy that
 * does not would find the end elsewhere; so a chunked body is the last thing on its connection (answer.c),
 * and nothing that follows it is ever taken for a request.
 */
#include <string.h>
#include <strings.h>

#include "inside.h"

enum { BODY_FIRST_BYTES = 4096, THROW_AWAY_TIMES = 4, LINE_END_LEN = 2, VERSION_LEN = 8 };

static struct refusal refuse(unsigned code, struct lit title)
{
    return (struct refusal){code, title};
}

/* ---- the request line ---------------------------------------------------------------------- */

/* libmicrohttpd would cut the query into records in its pool, which we never ask for; and where they do not
 * fit, 0.9.75 begins an answer and forgets it, so that the connection hangs. In its own buffer, of which we
 * have a copy by now, the query is empty. */
static void hide_query(const char *target)
{
    char *mark = without_const(strchr(target, '?'));
    if (mark != NULL && mark[1] != '\0') {
        mark[1] = '\0';
    }
}

void *request_line(void *cls, const char *target, struct MHD_Connection *mhd)
{
    (void)cls;
    struct net_connection *connection =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    const struct net_server *server = connection->server;

    connection->request =
        (struct net_request){.arena = connection->arena, .is_loopback = connection->is_loopback};
    connection->stage = STAGE_HEAD;
    connection->target_ptr = target;
    connection->target = str_copy(connection->request.arena, str_of(target));
    hide_query(target);
    /* If the keeper was first, request_more will find out. */
    (void)connection_move(connection, PHASE_RECEIVING,
                          server->options.limits.request_timeout_s * 1000ULL);
    return connection;
}

/* ---- the head ------------------------------------------------------------------------------ */

static enum MHD_Result take_field(void *cls, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    (void)kind;
    struct net_connection *connection = cls;
    connection->field[connection->field_count++] =
        (struct net_pair){{name, name_len}, {value, value_len}};
    return MHD_YES;
}

/* The bytes of one line begin where the line before ended. */
static bool is_line_after(const char *end, const struct net_pair *field)
{
    const char *name_end = field->name.ptr + field->name.len;
    return field->name.ptr == end && field->value.ptr > name_end;
}

static bool is_as_it_came(const struct net_connection *connection, const char *method,
                          const char *version, size_t head_len)
{
    if (connection->target_ptr != method + strlen(method) + 1 ||
        version != connection->target_ptr + connection->target.len + 1) {
        return false;
    }

    const char *end = version + VERSION_LEN + LINE_END_LEN;
    for (size_t i = 0; i < connection->field_count; i++) {
        const struct net_pair *field = &connection->field[i];
        if (!is_line_after(end, field)) {
            return false;
        }
        end = field->value.ptr + field->value.len + LINE_END_LEN;
    }
    return end + LINE_END_LEN == method + head_len;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Spaces and tabs only: taking away anything else would hide it from the judge. What stands before
 * the value libmicrohttpd has already skipped. */
static void trim_fields(struct net_connection *connection)
{
    for (size_t i = 0; i < connection->field_count; i++) {
        struct str *value = &connection->field[i].value;
        while (value->len > 0 && is_blank(value->ptr[value->len - 1])) {
            value->len--;
        }
    }
}

/* libmicrohttpd does not trim: to it "chunked " is a coding it does not know, and it would wait
 * for the end of a body that never ends. */
static bool is_chunked_to_both(const struct net_connection *connection)
{
    const char *coding = MHD_lookup_connection_value(connection->mhd, MHD_HEADER_KIND,
                                                     MHD_HTTP_HEADER_TRANSFER_ENCODING);
    return coding != NULL && strcasecmp(coding, "chunked") == 0;
}

static struct refusal judge_lines(struct net_connection *connection, const char *method,
                                  const char *version)
{
    const size_t head_len =
        MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
            ->header_size;
    if (head_len > connection->server->options.limits.header_bytes_max) {
        return refuse(431, LIT("The header is too large."));
    }

    const int field_count = MHD_get_connection_values(connection->mhd, MHD_HEADER_KIND, NULL, NULL);
    if (field_count > NET_FIELDS_MAX) {
        return refuse(431, LIT("The header has too many lines."));
    }
    connection->field = NEW_ARRAY(connection->request.arena, (size_t)field_count, struct net_pair);
    connection->field_count = 0;
    (void)MHD_get_connection_values_n(connection->mhd, MHD_HEADER_KIND, take_field, connection);

    if (!is_as_it_came(connection, method, version, head_len)) {
        return refuse(400, LIT("The header is not lines of name, colon, value, CR, LF."));
    }
    trim_fields(connection);
    const struct refusal refusal =
        check_fields(connection->field, connection->field_count, strcmp(version, "HTTP/1.0") == 0,
                     &connection->framing);
    if (refusal.code == 0 && connection->framing.is_chunked && !is_chunked_to_both(connection)) {
        return refuse(400, LIT("White space follows the transfer coding."));
    }
    return refusal;
}

/* A length that is stated is refused before a byte of it is read; but see is_heard_out. */
static struct refusal judge_length(struct net_connection *connection)
{
    const struct net_server *server = connection->server;
    const struct framing framing = connection->framing;
    const size_t asked = server->options.body_max == NULL
                             ? 0
                             : server->options.body_max(server->self, &connection->request);
    connection->body_max = asked == 0 ? server->options.limits.body_bytes_max : asked;
    if (framing.has_length && framing.length > connection->body_max) {
        return refuse(413, LIT("The body is too large."));
    }
    return refuse(0, LIT(""));
}

static struct refusal judge_head(struct net_connection *connection, const char *method,
                                 const char *version)
{
    struct net_request *request = &connection->request;
    if (!tls_client_is_known(connection)) {
        return refuse(403, LIT("A certificate of the client is needed, of those known here."));
    }
    struct refusal refusal = judge_lines(connection, method, version);
    if (refusal.code == 0) {
        refusal = check_method(str_of(method), &request->method);
    }
    const bool is_star = request->method == NET_OPTIONS && str_is(connection->target, "*");
    if (refusal.code == 0 && !is_star) {
        refusal = check_target(request->arena, connection->target, &request->path, &request->query);
    }
    return refusal.code == 0 ? judge_length(connection) : refusal;
}

/* ---- the body ------------------------------------------------------------------------------ */

static void refuse_after_body(struct net_connection *connection, struct refusal refusal)
{
    connection->stage = STAGE_REFUSED;
    connection->refusal = refusal;
}

/* Room for len bytes in all: what was stated, or twice what we have, but never ahead of what has
 * come, so that nobody reserves memory with a header. */
static struct refusal body_grow(struct net_connection *connection, size_t len)
{
    struct net_server *server = connection->server;
    size_t room = len > BODY_FIRST_BYTES ? len : BODY_FIRST_BYTES;
    room = room < connection->body_room * 2 ? connection->body_room * 2 : room;
    if (connection->framing.has_length && room > connection->framing.length) {
        room = (size_t)connection->framing.length;
    }

    const uint64_t held = atomic_fetch_add(&server->bodies_bytes, room) + room;
    if (held > server->options.limits.bodies_bytes_max) {
        atomic_fetch_sub(&server->bodies_bytes, room);
        return refuse(503, LIT("The server holds too many bodies now."));
    }
    /* The old room stays in the arena until the request ends, so it still counts. */
    connection->bodies_bytes += room;
    connection->body_room = room;
    uint8_t *body = TRY_ARRAY(connection->request.arena, room, uint8_t);
    if (body == NULL) {
        return refuse(503, LIT("The server has no memory for this body now."));
    }
    bytes_copy(body, connection->body, connection->body_len);
    connection->body = body;
    return refuse(0, LIT(""));
}

static void body_take(struct net_connection *connection, const char *data, size_t data_len)
{
    const size_t len = connection->body_len + data_len;
    if (len > connection->body_max) {
        refuse_after_body(connection, refuse(413, LIT("The body is too large.")));
        return;
    }
    if (len > connection->body_room) {
        const struct refusal refusal = body_grow(connection, len);
        if (refusal.code != 0) {
            refuse_after_body(connection, refusal);
            return;
        }
    }
    bytes_copy(connection->body + connection->body_len, data, data_len);
    connection->body_len = len;
}

/* Of a refused body we read a little more than we would have taken, so that most clients see the
 * refusal; the connection of those who go on is ended. */
static enum MHD_Result body_throw_away(struct net_connection *connection, size_t data_len)
{
    connection->thrown_away += data_len;
    return connection->thrown_away / THROW_AWAY_TIMES > connection->body_max ? MHD_NO : MHD_YES;
}

/* ---- asking the handler -------------------------------------------------------------------- */

static enum MHD_Result answer_star(struct net_connection *connection)
{
    const struct net_pair allow = {STR("Allow"), STR(NET_METHODS)};
    const struct net_reply reply = {.code = 204, .header = &allow, .header_count = 1};
    net_answer(&connection->request, &reply);
    return answer_send(connection);
}

/*
 * The answer may come while the handler's function runs, after it, or between its return and our
 * going to sleep. The turn decides: whoever finds the other's mark finishes the work.
 */
static enum MHD_Result sleep_until_answered(struct net_connection *connection, int turn)
{
    MHD_suspend_connection(connection->mhd);
    if (!atomic_compare_exchange_strong(&connection->turn, &turn, TURN_PARKED)) {
        MHD_resume_connection(connection->mhd);
    }
    return MHD_YES;
}

static enum MHD_Result ask(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    server->handle(server->self, &connection->request);
    /* Once the handler's function has returned, the request is the one's who answers. */
    if (atomic_load(&connection->turn) == TURN_ANSWERED) {
        return answer_send(connection);
    }
    connection->is_soon = connection->request.is_soon && server->options.pause != NULL;
    if (connection->is_soon && lane_is_patient(server)) {
        return MHD_YES; /* asked again when all else has been looked at */
    }
    if (connection->is_soon) {
        server->options.pause(server->self);
    }
    return sleep_until_answered(connection, TURN_ASKING);
}

/* Asked again for a request that the handler has: it slept, and is answered; or it comes soon. */
static enum MHD_Result ask_again(struct net_connection *connection)
{
    const bool waits = connection->is_soon && lane_is_patient(connection->server);
    if (atomic_load(&connection->turn) == TURN_ANSWERED || (waits && lane_wait(connection))) {
        return answer_send(connection);
    }
    const int turn = atomic_load(&connection->turn);
    return turn == TURN_ANSWERED ? answer_send(connection) : sleep_until_answered(connection, turn);
}

/* The owner's word on the head. False: the answer is there, for this thread to send. */
static bool is_admitted(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    if (connection->is_admitted || server->options.admit == NULL ||
        connection->request.path.ptr == NULL) {
        return true;
    }
    connection->asking = pthread_self();
    atomic_store(&connection->turn, TURN_ASKING);
    connection->is_admitted = server->options.admit(server->self, &connection->request);
    must(connection->is_admitted || atomic_load(&connection->turn) == TURN_ANSWERED);
    return connection->is_admitted;
}

static enum MHD_Result request_whole(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    connection->request.body = (struct bytes){connection->body, connection->body_len};
    if (atomic_load(&server->in_flight) >= server->options.limits.in_flight_max) {
        return answer_refusal(connection,
                              refuse(503, LIT("The server has too many requests now.")));
    }
    if (!connection_move(connection, PHASE_HANDLER, 0)) {
        return MHD_NO;
    }
    if (!is_admitted(connection)) {
        return answer_send(connection);
    }

    connection->stage = STAGE_ASKED;
    connection->asking = pthread_self();
    connection->lane = lane_here();
    connection->is_soon = false;
    atomic_store(&connection->turn, TURN_ASKING);
    connection->is_in_flight = true;
    atomic_fetch_add(&server->in_flight, 1);
    if (connection->request.path.ptr == NULL) {
        return answer_star(connection);
    }
    return ask(connection);
}

/* ---- libmicrohttpd's callbacks ------------------------------------------------------------- */

/* Most clients send all of a body before they look for an answer, and are told of a broken connection instead of a
 * refusal. Where large bodies are expected, one that is a little larger is heard out, and thrown away. */
static bool is_heard_out(const struct net_connection *connection)
{
    return connection->body_max > connection->server->options.limits.body_bytes_max &&
           connection->framing.has_length &&
           connection->framing.length / THROW_AWAY_TIMES <= connection->body_max &&
           net_header(&connection->request, "expect").ptr == NULL;
}

static bool has_body(const struct net_connection *connection)
{
    return connection->framing.is_chunked ||
           (connection->framing.has_length && connection->framing.length > 0);
}

static enum MHD_Result request_head(struct net_connection *connection, const char *method,
                                    const char *version)
{
    const struct refusal refusal = judge_head(connection, method, version);
    if (refusal.code == 413 && is_heard_out(connection)) {
        refuse_after_body(connection, refusal);
        return MHD_YES;
    }
    if (refusal.code != 0) {
        connection->is_early = true;
        return answer_refusal(connection, refusal);
    }
    if (has_body(connection) && !is_admitted(connection)) {
        connection->is_early = true;
        return answer_send(connection);
    }
    connection->stage = STAGE_BODY;
    return MHD_YES;
}

/* Its eight parameters are libmicrohttpd's. NOLINTNEXTLINE(readability-function-size) */
enum MHD_Result request_more(void *cls, struct MHD_Connection *mhd, const char *url,
                             const char *method, const char *version, const char *data,
                             size_t *data_len, void **context)
{
    (void)cls;
    (void)mhd;
    (void)url;
    struct net_connection *connection = *context;
    const size_t len = *data_len;
    *data_len = 0; /* all that is given is taken */
    switch (connection->stage) {
    case STAGE_HEAD:
        return request_head(connection, method, version);
    case STAGE_BODY:
        if (len == 0) {
            return request_whole(connection);
        }
        body_take(connection, data, len);
        return MHD_YES;
    case STAGE_REFUSED:
        return len == 0 ? answer_refusal(connection, connection->refusal)
                        : body_throw_away(connection, len);
    case STAGE_ASKED:
        return ask_again(connection);
    case STAGE_NONE:
    case STAGE_SENT:
        break;
    }
    return MHD_NO; /* libmicrohttpd does not ask again after an answer */
}

void request_forget(struct net_connection *connection)
{
    if (connection->bodies_bytes > 0) {
        atomic_fetch_sub(&connection->server->bodies_bytes, connection->bodies_bytes);
    }
    connection->request = (struct net_request){.arena = NULL};
    arena_rewind(connection->arena, connection->before_request);
    connection->field = NULL;
    connection->field_count = 0;
    connection->body = NULL;
    connection->body_len = 0;
    connection->body_room = 0;
    connection->bodies_bytes = 0;
}

static void request_end(struct net_connection *connection)
{
    if (connection->stage == STAGE_ASKED && connection->is_soon) {
        lane_wait_long(connection); /* it broke while the handler has the request */
    }
    if (connection->answer != NULL) {
        MHD_destroy_response(connection->answer); /* never sent: the connection broke before */
    }
    stream_part(connection);
    request_forget(connection);
    connection->stage = STAGE_NONE;
    connection->answer = NULL;
    connection->thrown_away = 0;
    connection->is_admitted = false;
    connection->is_in_flight = false;
}

void request_done(void *cls, struct MHD_Connection *mhd, void **context,
                  enum MHD_RequestTerminationCode code)
{
    (void)mhd;
    struct net_server *server = cls;
    struct net_connection *connection = *context;
    if (code == MHD_REQUEST_TERMINATED_WITH_ERROR && connection->stage == STAGE_HEAD) {
        atomic_fetch_add(&server->refused, 1); /* by libmicrohttpd itself */
    }
    request_end(connection);
    (void)connection_move(connection, PHASE_IDLE, server->options.limits.idle_timeout_s * 1000ULL);
}

/* ---- what the handler reads ---------------------------------------------------------------- */

struct str net_header(const struct net_request *request, const char *name)
{
    const struct net_connection *connection = (const struct net_connection *)(const void *)request;
    return check_field_of(connection->field, connection->field_count, str_of(name));
}

bool net_header_has(const struct net_request *request, const char *name, const char *value)
{
    const struct net_connection *connection = (const struct net_connection *)(const void *)request;
    for (size_t i = 0; i < connection->field_count; i++) {
        const struct net_pair *field = &connection->field[i];
        if (str_is(check_field_of(field, 1, str_of(name)), value)) {
            return true;
        }
    }
    return false;
}

struct str net_segment(struct arena *arena, struct str *rest)
{
    const struct str raw = str_cut(rest, '/');
    struct str decoded;
    if (str_find(raw, '%') == raw.len) {
        return raw;
    }
    must(check_decode(arena, raw, CODING_PATH,
                      &decoded)); /* check_target has tried it, and its size */
    return decoded;
}

bool net_form_next(struct arena *arena, struct str *rest, struct net_pair *pair)
{
    struct str part = str_cut(rest, '&');
    const struct str name = str_cut(&part, '=');
    if (part.ptr == NULL) {
        part = STR("");
    }
    return check_decode(arena, name, CODING_QUERY, &pair->name) &&
           check_decode(arena, part, CODING_FORM, &pair->value);
}

/* What the proxy added last: to the last of these lines, at its end. What stands before came with the
 * request, and may be made up. */
static struct str forwarded_last(const struct net_connection *connection)
{
    struct str rest = {NULL, 0};
    for (size_t i = connection->field_count; i > 0 && rest.ptr == NULL; i--) {
        rest = check_field_of(&connection->field[i - 1], 1, STR("x-forwarded-for"));
    }
    struct str last = rest;
    while (rest.ptr != NULL) {
        last = str_trim(str_cut(&rest, ','));
    }
    return last;
}

uint64_t net_address(const struct net_request *request, bool is_behind_proxy)
{
    const struct net_connection *connection = (const struct net_connection *)(const void *)request;
    struct str last = {NULL, 0};
    if (is_behind_proxy && request->is_loopback) {
        last = forwarded_last(connection);
    }
    return last.ptr == NULL ? connection->address
                            : address_of_text(connection->server, request->arena, last);
}

bool net_query(struct net_request *request, const char *name, struct str *value)
{
    struct str rest = request->query;
    while (rest.ptr != NULL) {
        struct str part = str_cut(&rest, '&');
        const struct str key = str_cut(&part, '=');
        struct str decoded;
        if (check_decode(request->arena, key, CODING_QUERY, &decoded) && str_is(decoded, name)) {
            return check_decode(request->arena, part, CODING_QUERY, value);
        }
    }
    return false;
}
