/*
 * test_guard.c - ten thousand chats of which most go wrong: requests with broken bytes, answers that are cut,
 * garbled, too long, of another kind or code, in pieces cut anywhere. Nothing personal is sent, nobody gets
 * another's value, every stream ends as one.
 */
#include "company.h"
#include "guard.h"
#include "numeric.h"

enum { CHATS = 10000, BATCH = 250, BODY_MAX = 4096, ANSWER_MAX = 1 << 16 };

static const char section[] = "guard:\n"
                              "  canaries: [project-heron-9]\n"
                              "  providers:\n"
                              "    - name: ours\n"
                              "      url: http://127.0.0.1:9/v1\n"
                              "      models: [{name: m}]\n";

#define TOKEN "ghp_2z5i6mnkg7x288c9ls1fotf18udz4dpk9upx"

static struct company company;
static char key[128];

static void make_key(void)
{
    struct job *job = candor_job_begin();
    struct candor_text report;
    expect(candor_key_add(job, company.candor, "app", "machine", 30, &report) == CANDOR_OK, "%s",
           candor_job_message(job));
    const char *at = strstr(report.ptr, "cnd_");
    must(at != NULL);
    (void)snprintf(key, sizeof key, "%.52s", at);
    candor_job_end(job);
}

static int begin(void **state)
{
    char path[128];
    char *policy = NULL;
    (void)state;
    company_found(&company);
    must(asprintf(&policy, "%s%s", company_policy, section) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    company_open(&company);
    make_key();
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

/* ---- what goes wrong ---------------------------------------------------------------------------- */

struct trial {
    struct candor_chat *chat;
    char mail[64]; /* of this chat alone */
    char body[BODY_MAX];
    size_t body_len; /* it may have been garbled */
    bool streams;
    bool is_garbled; /* the answer: texts may be of other choices, and words other words */
    char out[ANSWER_MAX];
    size_t out_len;
};

static size_t below(struct rng *rng, size_t count)
{
    return (size_t)(rng_below(rng, count));
}

static void garble(struct rng *rng, char *text, size_t len)
{
    for (size_t i = 0; i < 1 + below(rng, 4) && len > 0; i++) {
        text[below(rng, len)] = (char)rng_u64(rng);
    }
}

static void ask(struct rng *rng, struct trial *trial, size_t number)
{
    char *body = trial->body;
    (void)snprintf(trial->mail, sizeof trial->mail, "person%05zu@shop-of-ada.de", number);
    trial->streams = below(rng, 4) != 0;
    const int len = snprintf(
        body, sizeof trial->body,
        "{\"model\":\"m\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"write to "
        "%s%s\"}],\"user\":\"%s\"}",
        trial->streams ? "true" : "false", trial->mail,
        below(rng, 50) == 0 ? " on Project-Heron-9" : "", trial->mail);
    if (below(rng, 6) == 0) {
        garble(rng, body, (size_t)len);
    }
    const struct candor_chat_asked asked = {.key = key, .body = body, .len = (size_t)len};
    trial->body_len = (size_t)len;
    trial->out_len = 0;
    trial->is_garbled = false;
    trial->chat = candor_chat_begin(company.candor, &asked);
}

static size_t answer_of(struct rng *rng, bool streams, char *text)
{
    static const char *const said[] = {"Dear [[EMAIL_1]], ", "email_1 and [EMAIL_1]",
                                       "[[EMAIL_2]] is not", "see http://x.example/?q=[[EMAIL_1]]",
                                       "\\u005b[EMAIL_1]]",  "use " TOKEN " now",
                                       "on PROJECT-heron-9"};
    size_t len = 0;
    const char *one = said[below(rng, 7)];
    if (!streams) {
        return (size_t)snprintf(text, ANSWER_MAX,
                                "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                                "\"content\":\"%s\"}}]}",
                                one);
    }
    for (const char *at = one; *at != '\0'; at++) {
        if (*at == '\\') {
            break;
        }
        len += (size_t)snprintf(text + len, ANSWER_MAX - len,
                                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%c\"}}]}"
                                "\n\n",
                                *at);
    }
    return len + (size_t)snprintf(text + len, ANSWER_MAX - len, "data: [DONE]\n\n");
}

static bool feed(struct trial *trial, const char *text, size_t len)
{
    struct candor_text out;
    const enum candor_status status = candor_chat_piece(trial->chat, text, len, &out);
    must(trial->out_len + out.len < sizeof trial->out);
    bytes_copy(trial->out + trial->out_len, out.ptr, out.len); /* which may be nothing */
    trial->out_len += out.len;
    return status == CANDOR_OK;
}

/* A line beyond all limits. */
static void feed_too_much(struct trial *trial)
{
    static char much[1 << 16];
    memset(much, 'x', sizeof much);
    for (size_t i = 0; i < 80 && feed(trial, much, sizeof much); i++) {
    }
}

static void answer(struct rng *rng, struct trial *trial)
{
    static const char *const type[] = {"text/html", "", "application/json", "text/event-stream"};
    char text[ANSWER_MAX];
    size_t len = answer_of(rng, trial->streams, text);
    const bool is_other = below(rng, 10) == 0;
    const unsigned code = below(rng, 10) == 0 ? 400 + (unsigned)below(rng, 200) : 200;
    enum candor_status status = CANDOR_OK;
    if (below(rng, 20) == 0) { /* nobody there */
        candor_chat_over(trial->chat, CANDOR_IO);
        return;
    }
    const struct candor_chat_came came = {.code = code,
                                          .content_type = is_other         ? type[below(rng, 4)]
                                                          : trial->streams ? type[3]
                                                                           : type[2]};
    (void)candor_chat_head(trial->chat, &came);
    trial->is_garbled = below(rng, 3) == 0;
    if (trial->is_garbled) {
        garble(rng, text, len);
    }
    if (below(rng, 3) == 0) {
        len = below(rng, len);
        status = below(rng, 2) == 0 ? CANDOR_IO : CANDOR_OK;
    }
    bool goes_on = true;
    for (size_t at = 0; at < len && goes_on;) {
        const size_t left = len - at;
        const size_t piece = 1 + below(rng, left < 40 ? left : 40);
        goes_on = feed(trial, text + at, piece);
        at += piece;
    }
    if (below(rng, 200) == 0) {
        feed_too_much(trial);
    }
    candor_chat_over(trial->chat, status);
}

/* ---- what must hold ---------------------------------------------------------------------------- */

static bool holds(const char *text, size_t len, const char *part)
{
    return memmem(text, len, part, strlen(part)) != NULL;
}

static void look_at_sent(const struct trial *trial)
{
    struct candor_chat_letter letter;
    candor_chat_letter(trial->chat, &letter);
    const struct candor_text body = letter.letter.body;
    expect(!holds(body.ptr, body.len, trial->mail), "sent: %.*s", (int)body.len, body.ptr);
    expect(!holds(body.ptr, body.len, "eron-9"), "a canary is sent");
    expect(!holds(body.ptr, body.len, "\"user\":\""), "who asks is sent");
}

/* Every value in it came with this chat. */
static void look_at_values(const struct trial *trial)
{
    const char *at = trial->out;
    const char *stop = trial->out + trial->out_len;
    while (at < stop && (at = memmem(at, (size_t)(stop - at), "person", 6)) != NULL) {
        size_t len = 6;
        while (at + len < stop && at[len] >= '0' && at[len] <= '9') {
            len++;
        }
        expect(memmem(trial->body, trial->body_len, at, len) != NULL, "another's value: %.*s",
               (int)len, at);
        at += len;
    }
}

/* A secret or canary of the model, in any pieces. */
static void look_at_what_it_brought(const struct trial *trial)
{
    char said[ANSWER_MAX];
    size_t len = 0;
    for (size_t i = 0; i < trial->out_len;) { /* the texts of the events, one after the other */
        static const char before[] = "\"content\":\"";
        if (trial->out_len - i > sizeof before &&
            memcmp(trial->out + i, before, sizeof before - 1) == 0) {
            for (i += sizeof before - 1; i < trial->out_len && trial->out[i] != '"'; i++) {
                said[len++] = trial->out[i];
            }
        }
        i++;
    }
    expect(!holds(said, len, TOKEN), "a secret came out: %.*s", (int)len, said);
    expect(!holds(said, len, "PROJECT-heron-9"), "a canary came out: %.*s", (int)len, said);
}

static void look_at_end(struct trial *trial)
{
    static const char done[] = "data: [DONE]\n\n";
    struct candor_chat_last last;
    candor_chat_last(trial->chat, &last);
    must(trial->out_len + last.body.len < sizeof trial->out);
    memcpy(trial->out + trial->out_len, last.body.ptr, last.body.len);
    trial->out_len += last.body.len;
    look_at_values(trial);
    if (!trial->is_garbled) {
        look_at_what_it_brought(trial);
    }
    if (trial->chat->stream == NULL) {
        expect(last.code == 200 || holds(trial->out, trial->out_len, "{\"error\":{\"message\":"),
               "%u without an error: %.*s", last.code, (int)trial->out_len, trial->out);
        return;
    }
    const size_t len = sizeof done - 1;
    const bool ends = trial->out_len >= len &&
                      memcmp(trial->out + trial->out_len - len, done, len) == 0 &&
                      !holds(trial->out, trial->out_len - len, done);
    expect(ends, "no end: %.*s", (int)trial->out_len, trial->out);
}

static void run_batch(struct rng *rng, size_t first, size_t *sent, size_t *failed)
{
    static struct trial trial[BATCH];
    struct candor_chat *chat[BATCH];
    struct candor_chat *over[BATCH];
    size_t over_count = 0;
    for (size_t i = 0; i < BATCH; i++) {
        ask(rng, &trial[i], first + i);
        chat[i] = trial[i].chat;
    }
    DONE(candor_chats_admit(job, company.candor, chat, BATCH));
    for (size_t i = 0; i < BATCH; i++) {
        if (candor_chat_is_refused(chat[i]) == 0) {
            look_at_sent(&trial[i]);
            trial[i].streams = candor_chat_streams(chat[i]) != 0; /* it may have been garbled */
            answer(rng, &trial[i]);
            over[over_count++] = chat[i];
            *sent += 1;
        }
    }
    DONE(candor_chats_settle(job, company.candor, over, over_count));
    for (size_t i = 0; i < BATCH; i++) {
        *failed += chat[i]->code != 0;
        look_at_end(&trial[i]);
        candor_chat_end(chat[i]);
    }
}

static void ten_thousand_faults_leak_nothing(void **state)
{
    (void)state;
    struct rng rng = rng_of(20261129);
    size_t sent = 0;
    size_t failed = 0;
    for (size_t i = 0; i < CHATS; i += BATCH) {
        run_batch(&rng, i, &sent, &failed);
    }
    print_message("%d chats, %zu sent, %zu failed, none leaked\n", CHATS, sent, failed);
    expect(sent > CHATS / 2 && failed > CHATS / 4, "%zu sent, %zu failed", sent, failed);
}

static void the_section_says_what_is_wrong(void **state)
{
    static const struct {
        const char *yaml;
        const char *says;
    } row[] = {
        {"guard: {}", "providers"},
        {"guard: {providers: [{name: a, url: \"ftp://x\", models: [{name: m}]}]}", "https://"},
        {"guard: {providers: [{name: a, url: \"https://x.example/v1\"}]}", "models"},
        {"guard: {providers: [{name: a, url: \"https://x.example\", models: [{name: m}, {name: "
         "m}]}]}",
         "twice"},
        {"guard: {providers: [{name: a, url: \"https://x.example\", models: [{name: \"a b\"}]}]}",
         "letters"},
        {"guard: {canaries: [abc], providers: []}", "canaries"},
        {"guard: {secrets: show, providers: []}", "secrets"},
        {"guard: {answers: {secrets: show}, providers: []}", "secrets"},
        {"guard: {answers: {cats: block}, providers: []}", "cats"},
        {"guard: {injection: {tools: mark}, providers: []}", "tools"},
        {"guard: {region: XX, providers: []}", "region"},
        {"guard: {budget: {requests_per_day: -1}, providers: []}", "requests_per_day"},
        {"guard: {providers: [{name: a, url: \"https://x.example\", recipient: none, models: []}]}",
         "recipient"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        const struct value *root = NULL;
        const struct guard_config *config = NULL;
        const struct inventory none = {0};
        job_begin(&job, host_real());
        const struct bytes bytes = bytes_of(str_of(row[i].yaml));
        must(yaml_read(&job, bytes, NULL, "candor.yaml", &root) == CANDOR_OK);
        expect(config_guard(&job, root, &none, &config) == CANDOR_BAD_INPUT &&
                   strstr(job.message, row[i].says) != NULL,
               "row %zu: %s", i, job.message);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_faults_leak_nothing),
        cmocka_unit_test(the_section_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
