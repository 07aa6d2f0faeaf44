/*
 * answer.c - replies and refusals.
 *
 * net_answer runs on whatever thread the owner likes, builds libmicrohttpd's response there and
 * leaves it with the connection; only the network thread gives it to libmicrohttpd. Between the two
 * stands the turn: see ask() in request.c.
 */
#include "inside.h"

static const char problem_type[] = "application/problem+json";

/* ---- building ------------------------------------------------------------------------------ */

static struct MHD_Response *response_make(struct bytes body)
{
    return MHD_create_response_from_buffer(body.len, without_const(body.ptr),
                                           MHD_RESPMEM_MUST_COPY);
}

static bool response_add(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool response_add_pair(struct arena *arena, struct MHD_Response *response,
                              const struct net_pair *pair)
{
    return check_reply_field(pair) &&
           response_add(response, str_z(arena, pair->name), str_z(arena, pair->value));
}

bool answer_headers(struct arena *arena, struct MHD_Response *response,
                    const struct net_reply *reply)
{
    const struct net_pair type = {STR("Content-Type"), reply->content_type};
    bool is_good = type.value.len == 0 || response_add_pair(arena, response, &type);
    for (size_t i = 0; i < reply->header_count && is_good; i++) {
        is_good = response_add_pair(arena, response, &reply->header[i]);
    }
    return is_good;
}

/* The response, or NULL when a header must not be sent or there is no memory. */
static struct MHD_Response *response_of(struct arena *arena, const struct net_reply *reply)
{
    struct MHD_Response *response = response_make(reply->body);
    if (response != NULL && !answer_headers(arena, response, reply)) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

/* ---- refusals of the server's own ---------------------------------------------------------- */

struct bytes answer_problem(const struct net_server *server, struct arena *arena, struct str path,
                            struct refusal refusal)
{
    if (server->options.problem != NULL) {
        return server->options.problem(server->self, arena, path, refusal.code, refusal.title);
    }
    struct buf buf = buf_begin(arena);
    buf_lit(&buf, LIT("{\"title\":\""));
    buf_lit(&buf, refusal.title); /* ours, and none holds a quote */
    buf_format(&buf, "\",\"status\":%u}", refusal.code);
    return buf_all(&buf);
}

static struct MHD_Response *response_refusing(struct net_connection *connection,
                                              struct refusal refusal)
{
    const struct bytes body = answer_problem(connection->server, connection->request.arena,
                                             connection->request.path, refusal);
    struct MHD_Response *response = response_make(body);
    if (response == NULL) {
        return NULL;
    }
    (void)response_add(response, "Content-Type", problem_type); /* helpful, not needed */
    if (refusal.code == 503) {
        (void)response_add(response, "Retry-After", "1");
    }
    if (refusal.code == 405) {
        (void)response_add(response, "Allow", NET_METHODS);
    }
    return response;
}

static void leave(struct net_connection *connection, struct MHD_Response *response, unsigned code,
                  uint64_t len)
{
    const bool is_last =
        connection->framing.is_chunked || atomic_load(&connection->server->is_draining);
    if (response != NULL && is_last) {
        (void)response_add(response, "Connection", "close");
    }
    connection->answer = response;
    connection->answer_code = code;
    connection->answer_len = len;
}

enum MHD_Result answer_refusal(struct net_connection *connection, struct refusal refusal)
{
    atomic_fetch_add(&connection->server->refused, 1);
    leave(connection, response_refusing(connection, refusal), refusal.code, 0);
    return answer_send(connection);
}

/* ---- the handler's answer ------------------------------------------------------------------ */

static void answer_here(struct net_connection *connection)
{
    const int turn = atomic_exchange(&connection->turn, TURN_ANSWERED);
    must(turn != TURN_ANSWERED);
    if (turn == TURN_PARKED) {
        MHD_resume_connection(connection->mhd);
    }
}

void answer_with(struct net_request *request, struct MHD_Response *response, unsigned code,
                 uint64_t len)
{
    struct net_connection *connection = (struct net_connection *)(void *)request;
    struct net_server *server = connection->server;
    if (response != NULL) {
        leave(connection, response, code, len);
    } else {
        atomic_fetch_add(&server->broken, 1);
        const struct refusal broken = {500, LIT("The answer could not be sent.")};
        leave(connection, response_refusing(connection, broken), broken.code, 0);
    }
    if (connection->is_in_flight) {
        connection->is_in_flight = false;
        atomic_fetch_sub(&server->in_flight, 1);
    }

    /* On its own network thread nothing can end the connection under us. */
    if (pthread_equal(connection->asking, pthread_self())) {
        answer_here(connection);
        return;
    }

    /* From the exchange on, the network thread may end the connection at any time, unless it sleeps:
     * then it is ours until we wake it. net_stop waits for answering to be zero, since waking
     * touches libmicrohttpd's daemon once more after the connection may be gone. */
    atomic_fetch_add(&server->answering, 1);
    struct MHD_Connection *mhd = connection->mhd;
    const unsigned lane = connection->lane;
    const int turn = atomic_exchange(&connection->turn, TURN_ANSWERED);
    must(turn != TURN_ANSWERED);
    if (turn == TURN_PARKED) {
        MHD_resume_connection(mhd);
    } else if (turn == TURN_AWAITED) {
        lane_tell(server, lane);
    }
    atomic_fetch_sub(&server->answering, 1);
}

void net_answer(struct net_request *request, const struct net_reply *reply)
{
    must(reply->code >= 200 && reply->code <= 599);
    must(reply->header_count <= NET_REPLY_HEADERS_MAX);
    must(reply->body.len == 0 || (reply->code != 204 && reply->code != 304));
    answer_with(request, response_of(request->arena, reply), reply->code, reply->body.len);
}

/* ---- sending, on the network thread -------------------------------------------------------- */

enum MHD_Result answer_send(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    const uint64_t timeout_ms = server->options.limits.request_timeout_s * UINT64_C(1000) +
                                connection->answer_len * 1000 / NET_SEND_BYTES_PER_S;
    struct MHD_Response *response = connection->answer;
    if (response == NULL || !connection_move(connection, PHASE_SENDING, timeout_ms)) {
        return MHD_NO;
    }

    const enum MHD_Result result =
        MHD_queue_response(connection->mhd, connection->answer_code, response);
    MHD_destroy_response(response); /* libmicrohttpd has its own reference */
    connection->answer = NULL;
    connection->stage = STAGE_SENT;
    atomic_fetch_add(&server->answered[connection->answer_code / 100], 1);
    return result;
}
