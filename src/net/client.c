/*
 * client.c - one request to a server elsewhere, over libcurl.
 *
 * The answer is not trusted: it has a limit and a deadline, and is bytes. No redirect is followed,
 * no proxy or .netrc of the surroundings is used, and of libcurl's protocols only HTTP and HTTPS are
 * left; a certificate must hold for its name. A refusal by the server is an answer; a failure is only
 * that none came.
 */
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "inside.h"

enum { TIMEOUT_S_DEFAULT = 30, URL_LEN_MAX = 2048 };

#define ANSWER_BYTES_DEFAULT ((size_t)1 << 20)

static pthread_once_t begun = PTHREAD_ONCE_INIT;
static bool is_begun;

/* Once for the process, since it is not safe from several threads. */
static void begin(void)
{
    is_begun = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool client_begin(void)
{
    must(pthread_once(&begun, begin) == 0);
    return is_begun;
}

struct collecting {
    struct buf body;
    size_t most;
    bool is_too_large;
};

static size_t collect(char *data, size_t size, size_t count, void *self)
{
    struct collecting *collecting = self;
    const size_t len = size_mul(size, count);
    if (len > collecting->most - collecting->body.len) {
        collecting->is_too_large = true;
        return 0; /* libcurl stops */
    }
    buf_bytes(&collecting->body, data, len);
    return len;
}

static void end_handle(void *handle)
{
    curl_easy_cleanup(handle);
}

static void end_list(void *list)
{
    curl_slist_free_all(*(struct curl_slist **)list);
}

/* A new line in a value would be a header of its own. */
static bool is_clean(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F) {
            return false;
        }
    }
    return text.len > 0;
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    *list = longer == NULL ? *list : longer;
    return longer != NULL;
}

static enum candor_status headers_of(struct job *job, const struct net_call *call,
                                     struct curl_slist **headers)
{
    struct curl_slist **list = NEW(job->arena, struct curl_slist *);
    const struct str type =
        str_format(job->arena, "Content-Type: %.*s", STR_ARG(call->content_type));
    arena_defer(job->arena, end_list, list);
    bool is_made = add_header(list, str_z(job->arena, type)) &&
                   add_header(list, "Expect:"); /* no waiting for a 100 */
    for (size_t i = 0; i < call->header_count; i++) {
        const struct net_pair *pair = &call->header[i];
        if (!is_clean(pair->name) || !is_clean(pair->value) || str_contains(pair->name, STR(":"))) {
            return fail(job, CANDOR_BAD_INPUT, "a header holds what no header may hold");
        }
        const struct str line =
            str_format(job->arena, "%.*s: %.*s", STR_ARG(pair->name), STR_ARG(pair->value));
        is_made = is_made && add_header(list, str_z(job->arena, line));
    }
    if (!is_made) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for a request");
    }
    *headers = *list;
    return CANDOR_OK;
}

/* ---- where a connection may go --------------------------------------------------------------- */

/* RFC 6890 and its registry: this network, private, shared, loopback, link-local, protocol,
 * documentation, benchmarking, multicast and reserved. */
static bool is_public_v4(const uint8_t ip[4])
{
    static const struct {
        uint8_t net[4];
        unsigned bits;
    } special[] = {
        {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
        {{127, 0, 0, 0}, 8},    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
        {{192, 0, 0, 0}, 24},   {{192, 0, 2, 0}, 24},   {{192, 88, 99, 0}, 24},
        {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15},  {{198, 51, 100, 0}, 24},
        {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 3},
    };
    const uint32_t one =
        (uint32_t)ip[0] << 24 | (uint32_t)ip[1] << 16 | (uint32_t)ip[2] << 8 | ip[3];
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        const uint8_t *net = special[i].net;
        const uint32_t other =
            (uint32_t)net[0] << 24 | (uint32_t)net[1] << 16 | (uint32_t)net[2] << 8 | net[3];
        if ((one ^ other) >> (32 - special[i].bits) == 0) {
            return false;
        }
    }
    return true;
}

/* Of IPv6 only what is given out for the open Internet, 2000::/3, without documentation, and without
 * what wraps an IPv4 address: Teredo and 6to4. */
bool net_is_public(struct bytes ip)
{
    if (ip.len == 4) {
        return is_public_v4(ip.ptr);
    }
    const uint8_t *b = ip.ptr;
    const bool is_special = (b[0] == 0x20 && b[1] == 0x01 && b[2] < 2) ||
                            (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0D && b[3] == 0xB8) ||
                            (b[0] == 0x20 && b[1] == 0x02) || (b[0] == 0x3F && b[1] == 0xFF);
    return ip.len == 16 && b[0] >> 5 == 1 && !is_special;
}

static curl_socket_t open_public(void *self, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    bool *is_private = self;
    bool is_public = false;
    (void)purpose;
    if (to->family == AF_INET && to->addrlen >= sizeof v4) {
        memcpy(&v4, &to->addr, sizeof v4);
        is_public = net_is_public((struct bytes){(const uint8_t *)&v4.sin_addr, 4});
    } else if (to->family == AF_INET6 && to->addrlen >= sizeof v6) {
        /* The library's field is a plain sockaddr with the room for this behind it. */
        memcpy(&v6, (const void *)&to->addr, sizeof v6);
        is_public = net_is_public((struct bytes){(const uint8_t *)&v6.sin6_addr, 16});
    }
    *is_private = *is_private || !is_public;
    return is_public ? socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol)
                     : CURL_SOCKET_BAD;
}

static bool only_public(CURL *handle, const struct net_call *call, bool *is_private)
{
    return !call->only_public ||
           (curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public) == CURLE_OK &&
            curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, is_private) == CURLE_OK);
}

/* ---- the call -------------------------------------------------------------------------------- */

/* True: every option is set. */
static bool prepare(CURL *handle, const struct net_call *call, const char *url,
                    struct curl_slist *headers)
{
    const long timeout_s = call->timeout_s == 0 ? TIMEOUT_S_DEFAULT : (long)call->timeout_s;
    return curl_easy_setopt(handle, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, timeout_s) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "candor/" CANDOR_VERSION) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call->body.ptr) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len) ==
               CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

/* Of a call that is waited for: one deadline for all of it, and what came is kept. */
static bool prepare_to_collect(CURL *handle, const struct net_call *call,
                               struct collecting *collecting)
{
    const long timeout_s = call->timeout_s == 0 ? TIMEOUT_S_DEFAULT : (long)call->timeout_s;
    return curl_easy_setopt(handle, CURLOPT_TIMEOUT, timeout_s) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, collect) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_WRITEDATA, collecting) == CURLE_OK;
}

static enum candor_status url_check(struct job *job, struct str url)
{
    bool is_plain = url.len > 0 && url.len <= URL_LEN_MAX;
    for (size_t i = 0; i < url.len; i++) {
        is_plain = is_plain && url.ptr[i] > ' ' && url.ptr[i] < 0x7F;
    }
    if (!is_plain || !(str_starts(url, STR("https://")) || str_starts(url, STR("http://")))) {
        return fail(job, CANDOR_BAD_INPUT,
                    "an address begins with https:// or http:// and has at most %d characters",
                    URL_LEN_MAX);
    }
    return CANDOR_OK;
}

enum candor_status client_open(struct job *job, const struct net_call *call,
                               struct client_handle **handle)
{
    struct curl_slist *headers = NULL;
    struct client_handle *opened = NEW(job->arena, struct client_handle);
    TRY(url_check(job, call->url));
    opened->curl = client_begin() ? curl_easy_init() : NULL;
    if (opened->curl == NULL) {
        return fail(job, CANDOR_IO, "the HTTP client cannot begin");
    }
    arena_defer(job->arena, end_handle, opened->curl);
    TRY(headers_of(job, call, &headers));
    const char *url = str_z(job->arena, call->url);
    if (!prepare(opened->curl, call, url, headers) ||
        !only_public(opened->curl, call, &opened->is_private)) {
        return fail(job, CANDOR_BAD_INPUT, "%s cannot be used as an address", url);
    }
    *handle = opened;
    return CANDOR_OK;
}

enum candor_status client_failed(struct job *job, const struct client_handle *handle,
                                 struct str url, int curl_code)
{
    return handle->is_private
               ? fail(job, CANDOR_IO,
                      "%.*s leads to this machine or a private network: not connected",
                      STR_ARG(url))
               : fail(job, CANDOR_IO, "no answer from %.*s: %s", STR_ARG(url),
                      curl_easy_strerror((CURLcode)curl_code));
}

enum candor_status net_post(struct job *job, const struct net_call *call, unsigned *code,
                            struct bytes *answer)
{
    long http_code = 0;
    struct client_handle *handle = NULL;
    struct collecting collecting = {
        .body = buf_begin(job->arena),
        .most = call->answer_bytes_max == 0 ? ANSWER_BYTES_DEFAULT : call->answer_bytes_max,
    };
    TRY(client_open(job, call, &handle));
    if (!prepare_to_collect(handle->curl, call, &collecting)) {
        return fail(job, CANDOR_IO, "the HTTP client cannot begin");
    }
    const CURLcode result = curl_easy_perform(handle->curl);
    if (collecting.is_too_large) {
        return fail(job, CANDOR_TOO_LARGE, "the answer of %.*s has more than %zu bytes",
                    STR_ARG(call->url), collecting.most);
    }
    if (result != CURLE_OK) {
        return client_failed(job, handle, call->url, (int)result);
    }
    /* 0 stays 0 */
    (void)curl_easy_getinfo(handle->curl, CURLINFO_RESPONSE_CODE, &http_code);
    *code = (unsigned)http_code;
    *answer = buf_all(&collecting.body);
    return CANDOR_OK;
}
