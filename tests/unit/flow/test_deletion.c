/*
 * test_deletion.c - the IAB Data Deletion Request Framework through candor.h: a publisher who is a first party, an
 * advertising partner who passes requests on and is told of ours, and what neither may do.
 */
#include "deletion.h"

#include <sys/stat.h>

#include "company.h"
#include "jwt.h"

static const char policy[] =
    "candor: 1\n"
    "name: Deletion\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email], "
    "direct_marketing: true}\n"
    "  - {name: 'share:acme', basis: consent, wording: May Acme?, wording_version: '1'}\n"
    "recipients:\n"
    "  - {name: acme, role: controller, country: DE, contract: A-1, purposes: ['share:acme']}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: email, pii: email, lookup: true, purposes: [news, 'share:acme']}\n"
    "rights:\n"
    "  deletion:\n"
    "    domain: us.example\n"
    "    endpoint: https://us.example/v1/dsrdelete\n"
    "    keys: [k2, k1]\n"
    "    partners:\n"
    "      - domain: press.example\n"
    "        keys: [{kid: p1, kty: EC, crv: P-256, x: %s, y: %s}]\n"
    "      - domain: ads.example\n"
    "        keys: [{kid: a1, kty: EC, crv: P-256, x: %s, y: %s}]\n"
    "        endpoint: https://ads.example/dsr\n"
    "        recipient: acme\n"
    "        type: us_id\n";

enum { PARTNERS = 3 }; /* the last is a stranger */

static const char *const domain[PARTNERS] = {"press.example", "ads.example", "evil.example"};
static const char *const key_id[PARTNERS] = {"p1", "a1", "p1"};

struct net {
    struct company company;
    struct job keys; /* the partners' keys live here */
    struct webkey_signer *signer[PARTNERS];
    unsigned count;
};

static struct str coordinate(struct net *net, size_t partner, bool is_y)
{
    uint8_t xy[2][32];
    webkey_public(net->signer[partner], xy[0], xy[1]);
    return base64url_of(net->keys.arena, (struct bytes){xy[is_y], 32});
}

static int begin(void **state)
{
    struct net *net = calloc(1, sizeof *net);
    char path[128];
    must(net != NULL);
    job_begin(&net->keys, host_real());
    company_found(&net->company);
    for (size_t i = 0; i < PARTNERS; i++) {
        const struct str file =
            str_format(net->keys.arena, "%s/partner%zu.key", net->company.dir, i);
        must(webkey_file_create(&net->keys, file) == CANDOR_OK);
        must(webkey_file_read(&net->keys, net->keys.arena, file, &net->signer[i]) == CANDOR_OK);
    }
    const struct str yaml =
        str_format(net->keys.arena, policy, str_z(net->keys.arena, coordinate(net, 0, false)),
                   str_z(net->keys.arena, coordinate(net, 0, true)),
                   str_z(net->keys.arena, coordinate(net, 1, false)),
                   str_z(net->keys.arena, coordinate(net, 1, true)));
    company_write(&net->company, "home/candor.yaml", str_z(net->keys.arena, yaml), path);
    company_open(&net->company);
    company_import(&net->company, "subjects",
                   STR("identifier,email\nC1,c1@example.org\nC2,c2@example.org\n"));
    company_import(&net->company, "consents",
                   STR("identifier,purpose,decision,time\nC1,share:acme,given,2026-01-01\n"
                       "C2,share:acme,given,2026-01-01\n"));
    *state = net;
    return 0;
}

static int end(void **state)
{
    struct net *net = *state;
    company_end(&net->company);
    job_end(&net->keys);
    free(net);
    return 0;
}

/* ---- tokens -------------------------------------------------------------------------------- */

static struct str signed_by(struct net *net, struct job *job, size_t partner, const char *kid,
                            struct str claims)
{
    uint8_t signature[WEBKEY_SIGNATURE_LEN];
    const struct str content = jwt_content(job->arena, str_of(kid), claims);
    must(webkey_sign(job, net->signer[partner], bytes_of(content), signature) == CANDOR_OK);
    return jwt_token(job->arena, content, (struct bytes){signature, sizeof signature});
}

/* A token of a partner about C1, if nothing else is said. */
struct saying {
    size_t by;
    const char *claims_to_be; /* NULL: its own domain */
    const char *kid;
    const char *value;
    const char *type;
    const char *format;
    const char *jti;
    int64_t ago_s;
};

static struct str token_of(struct net *net, struct job *job, struct saying saying, struct str inner)
{
    const struct deletion_claims claims = {
        .token_id =
            saying.jti != NULL ? str_of(saying.jti) : str_format(job->arena, "t%u", net->count++),
        .issuer = str_of(saying.claims_to_be != NULL ? saying.claims_to_be : domain[saying.by]),
        .value = str_of(saying.value != NULL ? saying.value : "c1@example.org"),
        .type = str_of(saying.type != NULL ? saying.type : "email"),
        .format = str_of(saying.format != NULL ? saying.format : "raw"),
        .issued = job->now - saying.ago_s * MICROS_PER_SECOND,
        .inner = inner,
    };
    return signed_by(net, job, saying.by, saying.kid != NULL ? saying.kid : key_id[saying.by],
                     deletion_write(job->arena, &claims));
}

static struct str request_of(struct net *net, struct job *job, struct saying outer,
                             struct saying inner)
{
    return token_of(net, job, outer, token_of(net, job, inner, STR("")));
}

/* Our acJWT holds under the first key of dsrdelete.json; its code. */
static int64_t answer_code(struct net *net, struct job *job, struct candor_text text,
                           struct str request)
{
    struct candor_text discovery;
    struct jwt jwt;
    struct acknowledgement_claims claims;
    struct webkey *key = NULL;
    struct bytes x;
    struct bytes y;
    must(candor_deletion_discovery(job, net->company.candor, &discovery) == CANDOR_OK);
    const struct value *first = value_get(tree_of(job, &discovery), "publicKey");
    assert_int_equal(first->count, 2);
    must(base64url_read(job->arena, value_text_at(&first->item[0], "x"), &x));
    must(base64url_read(job->arena, value_text_at(&first->item[0], "y"), &y));
    must(webkey_ec(job, job->arena, x, y, &key) == CANDOR_OK);
    must(jwt_read(job, value_text_at(tree_of(job, &text), "acJWT"), &jwt) == CANDOR_OK);
    assert_true(str_is(jwt.key_id, "k2"));
    assert_true(webkey_holds(key, WEBKEY_ES256, bytes_of(jwt.content), jwt.signature));
    must(deletion_read_answer(job, &jwt, &claims) == CANDOR_OK);
    assert_true(str_is(claims.issuer, "us.example") && str_equal(claims.request, request));
    assert_null(strstr(text.ptr, "@"));
    return claims.code;
}

/* ---- requests ------------------------------------------------------------------------------ */

static size_t requests(struct net *net)
{
    struct candor_text text;
    struct job *job = candor_job_begin();
    must(candor_request_list(job, net->company.candor, "all", &text) == CANDOR_OK);
    const size_t count = value_get(tree_of(job, &text), "requests")->count;
    candor_job_end(job);
    return count;
}

static void a_partners_request_opens_one_and_is_acknowledged(void **state)
{
    struct net *net = *state;
    struct candor *candor = net->company.candor;
    static const struct candor_request_answer nothing = {0};
    struct candor_text text = {0};
    struct job *job = candor_job_begin();
    const struct str identity = token_of(net, job, (struct saying){.by = 0}, STR(""));
    const struct str token = token_of(net, job, (struct saying){.by = 0}, identity);
    const struct str body = str_format(job->arena, "{\"rqJWT\":\"%.*s\"}", STR_ARG(token));
    expect(candor_deletion_request(job, candor, str_z(job->arena, body), &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    assert_int_equal(answer_code(net, job, text, token), DELETION_ACCEPTED);
    assert_int_equal(requests(net), 1);

    expect(candor_deletion_request(job, candor, str_z(job->arena, token), &text) == CANDOR_REFUSED,
           "an rqJWT is taken once");
    assert_int_equal(answer_code(net, job, text, token), DELETION_BAD_TOKEN);
    const struct str other = token_of(net, job, (struct saying){.by = 1}, identity);
    expect(candor_deletion_request(job, candor, str_z(job->arena, other), &text) == CANDOR_OK,
           "the same idJWT by another way: %s", candor_job_message(job));
    assert_int_equal(answer_code(net, job, text, other), DELETION_ACCEPTED);
    assert_int_equal(requests(net), 1);

    must(candor_request_list(job, candor, "open", &text) == CANDOR_OK);
    const struct value *list = value_get(tree_of(job, &text), "requests");
    const char *id = str_z(job->arena, value_text_at(&list->item[0], "id"));
    expect(candor_request_answer(job, candor, id, &nothing, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(candor_subject_show(job, candor, "C1", &text) == CANDOR_NOT_FOUND, "erased");
    expect(candor_subject_show(job, candor, "C2", &text) == CANDOR_OK, "nobody else");
    candor_job_end(job);
}

static void what_is_not_believed_changes_nothing_and_says_why(void **state)
{
    struct net *net = *state;
    static const struct {
        struct saying outer;
        struct saying inner;
        enum candor_status status;
        enum deletion_code code;
    } row[] = {
        {{.by = 2}, {.by = 0}, CANDOR_FORBIDDEN, DELETION_BAD_SIGNATURE}, /* a stranger */
        {{.by = 0}, {.by = 2}, CANDOR_FORBIDDEN, DELETION_BAD_SIGNATURE}, /* for a stranger */
        {{.by = 2, .claims_to_be = "press.example"},
         {.by = 0},
         CANDOR_FORBIDDEN,
         DELETION_BAD_SIGNATURE},
        {{.by = 1, .claims_to_be = "press.example"},
         {.by = 0},
         CANDOR_FORBIDDEN,
         DELETION_BAD_SIGNATURE}, /* a partner in another's name */
        {{.by = 1},
         {.by = 1, .claims_to_be = "press.example"},
         CANDOR_FORBIDDEN,
         DELETION_BAD_SIGNATURE},
        {{.by = 0, .kid = "p2"}, {.by = 0}, CANDOR_FORBIDDEN, DELETION_BAD_SIGNATURE},
        {{.by = 0, .ago_s = -400}, {.by = 0}, CANDOR_REFUSED, DELETION_BAD_TIME},
        {{.by = 0, .ago_s = 8 * 86400}, {.by = 0}, CANDOR_REFUSED, DELETION_BAD_TIME},
        {{.by = 0}, {.by = 0, .ago_s = 46 * 86400}, CANDOR_REFUSED, DELETION_BAD_TIME},
        {{.by = 0, .type = "idfa"}, {.by = 0}, CANDOR_BAD_INPUT, DELETION_UNKNOWN_TYPE},
        {{.by = 0, .format = "sha256"}, {.by = 0}, CANDOR_BAD_INPUT, DELETION_BAD_FORMAT},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        const struct str token = request_of(net, job, row[i].outer, row[i].inner);
        expect(candor_deletion_request(job, net->company.candor, str_z(job->arena, token), &text) ==
                   row[i].status,
               "row %zu: %s", i, candor_job_message(job));
        expect(answer_code(net, job, text, token) == (int64_t)row[i].code, "row %zu", i);
        candor_job_end(job);
    }
    assert_int_equal(requests(net), 0);
}

static void what_is_no_token_is_answered_without_it(void **state)
{
    struct net *net = *state;
    static const char *const body[] = {"",
                                       "{}",
                                       "x",
                                       "{\"rqJWT\":\"a.b.c\"}",
                                       "eyJhbGciOiJub25lIn0.e30.c2ln",
                                       "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"};
    for (size_t i = 0; i < sizeof body / sizeof body[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        expect(candor_deletion_request(job, net->company.candor, body[i], &text) ==
                   CANDOR_BAD_INPUT,
               "row %zu: %s", i, candor_job_message(job));
        const int64_t code = answer_code(net, job, text, STR(""));
        expect(code == DELETION_MALFORMED || code == DELETION_BAD_TOKEN, "row %zu", i);
        candor_job_end(job);
    }
    /* A token within a token within a token is one too many: an idJWT has none. */
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const struct str token = token_of(net, job, (struct saying){.by = 0}, STR(""));
    expect(candor_deletion_request(job, net->company.candor, str_z(job->arena, token), &text) ==
               CANDOR_BAD_INPUT,
           "an idJWT alone");
    candor_job_end(job);
}

/* ---- telling on ---------------------------------------------------------------------------- */

/* The partner's server. */
struct elsewhere {
    struct net *net;
    size_t calls;
    size_t answers_as; /* whose key signs the acJWT */
    int64_t code;
    char request[8000]; /* the rqJWT that came */
};

static enum candor_status take(struct job *job, void *self, const struct candor_letter *letter,
                               unsigned *code, struct candor_text *answer)
{
    struct elsewhere *elsewhere = self;
    const struct value *root = NULL;
    assert_string_equal(letter->url, "https://ads.example/dsr");
    elsewhere->calls++;
    must(json_read(job, (struct bytes){(const uint8_t *)letter->body.ptr, letter->body.len}, NULL,
                   "letter", &root) == CANDOR_OK);
    const struct str request = value_text_at(root, "rqJWT");
    (void)snprintf(elsewhere->request, sizeof elsewhere->request, "%.*s", STR_ARG(request));
    const struct deletion_claims self_claims = {
        .token_id = STR("ack-1"), .issuer = STR("ads.example"), .issued = job->now};
    const struct str token =
        signed_by(elsewhere->net, job, elsewhere->answers_as, "a1",
                  deletion_write_answer(job->arena, &self_claims, request,
                                        (enum deletion_code)elsewhere->code, STR("")));
    const struct str body = str_format(job->arena, "{\"acJWT\":\"%.*s\"}", STR_ARG(token));
    *answer = (struct candor_text){str_z(job->arena, body), body.len};
    *code = elsewhere->code == 0 ? 202 : 400;
    return CANDOR_OK;
}

static void send(struct net *net, struct elsewhere *elsewhere, int64_t later_s, size_t failed,
                 size_t given_up)
{
    const struct candor_post post = {.post = take, .self = elsewhere};
    struct candor_text report;
    size_t failures = 0;
    size_t aside = 0;
    struct job *job = candor_job_begin();
    job->now += later_s * MICROS_PER_SECOND;
    expect(candor_outgoing_send(job, net->company.candor, &post, &failures, &aside, &report) ==
               CANDOR_OK,
           "%s", candor_job_message(job));
    expect(failures == failed && aside == given_up, "%s", report.ptr);
    candor_job_end(job);
}

static void share_with_acme(struct net *net)
{
    char path[128];
    struct candor_text report;
    (void)snprintf(path, sizeof path, "%s/acme.csv", net->company.dir);
    const struct candor_share share = {
        .recipient = "acme", .purpose = "share:acme", .fields = "email", .out_path = path};
    DONE(candor_share_export(job, net->company.candor, &share, &report));
}

static void our_erasure_is_told_on_and_settles_its_recall(void **state)
{
    struct net *net = *state;
    struct elsewhere elsewhere = {.net = net, .answers_as = 0};
    struct candor_text report;
    struct jwt outer;
    struct jwt inner;
    struct deletion_claims request;
    struct deletion_claims identity;
    size_t overdue = 0;
    share_with_acme(net);
    DONE(candor_subject_erase(job, net->company.candor, "C1", &report));
    send(net, &elsewhere, 0, 1, 0); /* the acJWT is not the partner's: no proof */
    elsewhere.answers_as = 1;
    send(net, &elsewhere, 120, 0, 0);
    send(net, &elsewhere, 240, 0, 0);
    assert_int_equal(elsewhere.calls, 2);
    struct job *job = candor_job_begin();
    must(jwt_read(job, str_of(elsewhere.request), &outer) == CANDOR_OK);
    must(deletion_read(job, &outer, true, &request) == CANDOR_OK);
    must(jwt_read(job, request.inner, &inner) == CANDOR_OK);
    must(deletion_read(job, &inner, false, &identity) == CANDOR_OK);
    assert_true(str_is(request.issuer, "us.example") && str_is(identity.issuer, "us.example"));
    assert_true(str_is(request.type, "us_id") && request.value.len == 32);
    assert_false(str_equal(request.token_id, identity.token_id));
    must(candor_share_recalls(job, net->company.candor, "acme", NULL, &overdue, &report) ==
         CANDOR_OK);
    assert_non_null(strstr(report.ptr, "ack-1"));
    candor_job_end(job);
}

static void a_partners_identity_token_travels_on_unchanged(void **state)
{
    struct net *net = *state;
    struct elsewhere elsewhere = {.net = net, .answers_as = 1};
    struct candor_text report;
    struct jwt outer;
    struct deletion_claims request;
    share_with_acme(net);
    struct job *job = candor_job_begin();
    const struct str identity = token_of(net, job, (struct saying){.by = 0}, STR(""));
    const struct str token = token_of(net, job, (struct saying){.by = 0}, identity);
    must(candor_deletion_request(job, net->company.candor, str_z(job->arena, token), &report) ==
         CANDOR_OK);
    must(candor_subject_erase(job, net->company.candor, "C1", &report) == CANDOR_OK);
    send(net, &elsewhere, 0, 0, 0);
    must(jwt_read(job, str_of(elsewhere.request), &outer) == CANDOR_OK);
    must(deletion_read(job, &outer, true, &request) == CANDOR_OK);
    assert_true(str_equal(request.inner, identity));
    candor_job_end(job);
}

static void a_partners_no_is_for_people(void **state)
{
    struct net *net = *state;
    struct elsewhere elsewhere = {.net = net, .answers_as = 1, .code = DELETION_UNKNOWN_TYPE};
    struct candor_text report;
    share_with_acme(net);
    DONE(candor_subject_erase(job, net->company.candor, "C1", &report));
    send(net, &elsewhere, 0, 1, 1);
    send(net, &elsewhere, 7 * 86400, 0, 0);
    assert_int_equal(elsewhere.calls, 1);
}

static void keys_are_made_once_for_their_owner_only(void **state)
{
    struct net *net = *state;
    struct candor_text first;
    struct candor_text second;
    struct stat facts;
    struct job *job = candor_job_begin();
    must(candor_deletion_discovery(job, net->company.candor, &first) == CANDOR_OK);
    must(candor_deletion_discovery(job, net->company.candor, &second) == CANDOR_OK);
    assert_string_equal(first.ptr, second.ptr);
    const struct str path = str_format(job->arena, "%s/keys/deletion-k2.key", net->company.home);
    must(stat(str_z(job->arena, path), &facts) == 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    candor_job_end(job);
}

#define WITH_NET(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        WITH_NET(a_partners_request_opens_one_and_is_acknowledged),
        WITH_NET(what_is_not_believed_changes_nothing_and_says_why),
        WITH_NET(what_is_no_token_is_answered_without_it),
        WITH_NET(our_erasure_is_told_on_and_settles_its_recall),
        WITH_NET(a_partners_identity_token_travels_on_unchanged),
        WITH_NET(a_partners_no_is_for_people),
        WITH_NET(keys_are_made_once_for_their_owner_only),
    };
    return cmocka_run_group_tests_name("deletion", test, NULL, NULL);
}
