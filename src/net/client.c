/*
 * client.c - one request to a server elsewhere, over libcurl.
 *
 * The answer is not trusted: it has a limit and a deadline, and is bytes. No redirect is followed,
 * no proxy or .netrc of the surroundings is used, and of libcurl's protocols only HTTP and HTTPS are
 * left; a certificate must hold for its name. A refusal by the server is an answer; a failure is only
 * that none came.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

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

/* True: every option is set. */
static bool prepare(CURL *handle, const struct net_call *call, const char *url,
                    struct curl_slist *headers, struct collecting *collecting)
{
    const long timeout_s = call->timeout_s == 0 ? TIMEOUT_S_DEFAULT : (long)call->timeout_s;
    return curl_easy_setopt(handle, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_TIMEOUT, timeout_s) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, timeout_s) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_USERAGENT, "candor/" CANDOR_VERSION) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call->body.ptr) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len) ==
               CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
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

enum candor_status net_post(struct job *job, const struct net_call *call, unsigned *code,
                            struct bytes *answer)
{
    long http_code = 0;
    struct curl_slist *headers = NULL;
    struct collecting collecting = {
        .body = buf_begin(job->arena),
        .most = call->answer_bytes_max == 0 ? ANSWER_BYTES_DEFAULT : call->answer_bytes_max,
    };
    TRY(url_check(job, call->url));
    must(pthread_once(&begun, begin) == 0);
    CURL *handle = is_begun ? curl_easy_init() : NULL;
    if (handle == NULL) {
        return fail(job, CANDOR_IO, "the HTTP client cannot begin");
    }
    arena_defer(job->arena, end_handle, handle);
    TRY(headers_of(job, call, &headers));
    const char *url = str_z(job->arena, call->url);
    if (!prepare(handle, call, url, headers, &collecting)) {
        return fail(job, CANDOR_BAD_INPUT, "%s cannot be used as an address", url);
    }
    const CURLcode result = curl_easy_perform(handle);
    if (collecting.is_too_large) {
        return fail(job, CANDOR_TOO_LARGE, "the answer of %s has more than %zu bytes", url,
                    collecting.most);
    }
    if (result != CURLE_OK) {
        return fail(job, CANDOR_IO, "no answer from %s: %s", url, curl_easy_strerror(result));
    }
    (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_code); /* 0 stays 0 */
    *code = (unsigned)http_code;
    *answer = buf_all(&collecting.body);
    return CANDOR_OK;
}
