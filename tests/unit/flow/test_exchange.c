/*
 * test_exchange.c - rights requests of machines, through candor.h: an agent of the Data Rights
 * Protocol with a key of its own, and a controller that speaks OpenDSR.
 */
#include "company.h"

#include <gnutls/x509.h>
#include <sys/stat.h>

#include "candor_outgoing.h"
#include "certificate.h"

static const char policy[] =
    "candor: 1\n"
    "name: Exchange\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: "
    "'1', channels: [email], direct_marketing: true}\n"
    "  - {name: 'share:acme', basis: consent, wording: May Acme?, "
    "wording_version: '1'}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: email, pii: email, lookup: true, purposes: [news, 'share:acme']}\n"
    "rights:\n"
    "  opendsr:\n"
    "    domain: us.example\n"
    "    certificate: keys/opendsr.pem\n"
    "    key: keys/opendsr.key\n"
    "    controllers:\n"
    "      - {id: acme, callback: 'https://acme.example/dsr'}\n"
    "  business_id: CB\n"
    "  agents:\n"
    "    - {id: AA, verify_key: '%s', callback: 'https://agent.example/drp'}\n"
    "    - {id: BB, verify_key: '%s'}\n";

enum { AGENTS = 2 };

struct net {
    struct company company;
    struct job keys; /* the agents' keys live here */
    const struct signer *signer[AGENTS];
    char token[AGENTS][64];
};

static struct str key_text(struct net *net, size_t agent)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    signer_public(net->signer[agent], public_key);
    return base64_of(net->keys.arena, (struct bytes){public_key, sizeof public_key});
}

/* A certificate for us.example that vouches for itself, and its key, as files of the home. */
static void make_certificate(const struct company *company)
{
    static const char name[] = "us.example";
    char path[128];
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t one = NULL;
    gnutls_datum_t pem = {NULL, 0};
    const time_t now = (time_t)(host_real()->now(host_real()) / MICROS_PER_SECOND);
    must(gnutls_x509_privkey_init(&key) == 0 && gnutls_x509_crt_init(&one) == 0);
    must(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                      GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0);
    must(gnutls_x509_crt_set_version(one, 3) == 0);
    must(gnutls_x509_crt_set_serial(one, "1", 1) == 0);
    must(gnutls_x509_crt_set_activation_time(one, now - 86400) == 0);
    must(gnutls_x509_crt_set_expiration_time(one, now + 86400) == 0);
    must(gnutls_x509_crt_set_dn_by_oid(one, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                       sizeof name - 1) == 0);
    must(gnutls_x509_crt_set_subject_alt_name(one, GNUTLS_SAN_DNSNAME, name, sizeof name - 1, 0) ==
         0);
    must(gnutls_x509_crt_set_basic_constraints(one, 1, -1) == 0);
    must(gnutls_x509_crt_set_key(one, key) == 0);
    must(gnutls_x509_crt_sign2(one, one, key, GNUTLS_DIG_SHA256, 0) == 0);
    must(gnutls_x509_crt_export2(one, GNUTLS_X509_FMT_PEM, &pem) == 0);
    company_write(company, "home/keys/opendsr.pem", (const char *)pem.data, path);
    gnutls_free(pem.data);
    must(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem) == 0);
    company_write(company, "home/keys/opendsr.key", (const char *)pem.data, path);
    must(chmod(path, 0600) == 0);
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(one);
    gnutls_x509_privkey_deinit(key);
}

static int begin(void **state)
{
    struct net *net = calloc(1, sizeof *net);
    char path[128];
    char yaml[2400];
    must(net != NULL);
    job_begin(&net->keys, host_real());
    company_found(&net->company); /* which starts the crypto room */
    for (size_t i = 0; i < AGENTS; i++) {
        struct secret *seed = secret_begin(net->keys.arena);
        must(secret_random(&net->keys, seed) == CANDOR_OK);
        net->signer[i] = signer_make(net->keys.arena, seed);
    }
    (void)snprintf(yaml, sizeof yaml, policy, str_z(net->keys.arena, key_text(net, 0)),
                   str_z(net->keys.arena, key_text(net, 1)));
    company_write(&net->company, "home/candor.yaml", yaml, path);
    make_certificate(&net->company);
    company_open(&net->company);
    company_import(
        &net->company, "subjects",
        STR("identifier,email\nC1,c1@example.org\nC2,c2@example.org\nC3,c3@example.org\n"));
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

/* ---- messages ------------------------------------------------------------------------------ */

/* What a message says of itself; the defaults are a good one. */
struct saying {
    const char *agent;
    const char *business;
    int64_t issued_ago_s;
    int64_t valid_s;
    const char *more;
};

static const char *signed_by(struct net *net, struct job *job, const struct signer *signer,
                             struct saying saying)
{
    static unsigned count;
    uint8_t signature[SIGNATURE_LEN];
    const int64_t issued = job->now - saying.issued_ago_s * MICROS_PER_SECOND;
    (void)net;
    const struct str json = str_format(
        job->arena,
        "{\"agent-id\":\"%s\",\"business-id\":\"%s\",\"issued-at\":\"%.*s\",\"expires-at\":\"%.*"
        "s\","
        "\"agent-request-id\":\"r%u\",\"drp.version\":\"1.0\"%s}",
        saying.agent == NULL ? "AA" : saying.agent,
        saying.business == NULL ? "CB" : saying.business,
        STR_ARG(str_from_time(job->arena, issued)),
        STR_ARG(str_from_time(job->arena, issued + (saying.valid_s == 0 ? 300 : saying.valid_s) *
                                                       MICROS_PER_SECOND)),
        count++, saying.more == NULL ? "" : saying.more);
    struct buf buf = buf_begin(job->arena);
    signer_sign(signer, bytes_of(json), signature);
    buf_bytes(&buf, signature, sizeof signature);
    buf_str(&buf, json);
    return str_z(job->arena, base64_of(job->arena, buf_all(&buf)));
}

static bool says(const struct value *map, const char *key, const char *text)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_TEXT && str_is(value->text, text);
}

static void set_up(struct net *net, size_t agent)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const char *id = agent == 0 ? "AA" : "BB";
    expect(candor_drp_agent(job, net->company.candor, id,
                            signed_by(net, job, net->signer[agent], (struct saying){.agent = id}),
                            &text) == CANDOR_OK,
           "%s", candor_job_message(job));
    const struct value *token = value_get(tree_of(job, &text), "token");
    (void)snprintf(net->token[agent], sizeof net->token[agent], "%.*s", STR_ARG(token->text));
    candor_job_end(job);
}

/* ---- Data Rights Protocol ------------------------------------------------------------------ */

static void only_an_agent_of_the_policy_gets_a_token(void **state)
{
    struct net *net = *state;
    static const struct {
        const char *url;
        size_t key;
        struct saying saying;
        enum candor_status status;
    } row[] = {
        {"AA", 0, {0}, CANDOR_OK},
        {"AA", 1, {0}, CANDOR_FORBIDDEN},                   /* another's key */
        {"BB", 1, {.agent = "AA"}, CANDOR_FORBIDDEN},       /* another's name */
        {"ZZ", 0, {.agent = "ZZ"}, CANDOR_FORBIDDEN},       /* nobody */
        {"AA", 0, {.business = "OTHER"}, CANDOR_FORBIDDEN}, /* for somebody else */
        {"AA", 0, {.issued_ago_s = -60}, CANDOR_REFUSED},   /* from the future */
        {"AA", 0, {.issued_ago_s = 400}, CANDOR_REFUSED},   /* expired */
        {"AA", 0, {.valid_s = 601}, CANDOR_REFUSED},        /* for too long */
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        const enum candor_status status =
            candor_drp_agent(job, net->company.candor, row[i].url,
                             signed_by(net, job, net->signer[row[i].key], row[i].saying), &text);
        expect(status == row[i].status, "row %zu: %s", i, candor_job_message(job));
        candor_job_end(job);
    }
    set_up(net, 0);
    struct job *job = candor_job_begin();
    struct candor_text text;
    struct candor *candor = net->company.candor;
    expect(candor_drp_agent_check(job, candor, "AA", net->token[0], &text) == CANDOR_OK, "good");
    expect(candor_drp_agent_check(job, candor, "BB", net->token[0], &text) == CANDOR_FORBIDDEN,
           "another's");
    expect(candor_drp_agent_check(job, candor, "AA", "0000", &text) == CANDOR_FORBIDDEN, "none");
    expect(candor_drp_agent_check(job, candor, "AA", NULL, &text) == CANDOR_FORBIDDEN, "missing");
    candor_job_end(job);
}

static enum candor_status exercise(struct net *net, struct job *job, const char *more,
                                   struct candor_text *text)
{
    return candor_drp_exercise(job, net->company.candor, net->token[0],
                               signed_by(net, job, net->signer[0], (struct saying){.more = more}),
                               text);
}

static bool may(struct net *net, const char *who)
{
    bool allowed = false;
    const char *code = NULL;
    DONE(candor_permit(job, net->company.candor, who, "share:acme", NULL, &allowed, &code));
    return allowed;
}

static void an_opt_out_of_an_agent_is_in_force_at_once(void **state)
{
    struct net *net = *state;
    set_up(net, 0);
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    expect(exercise(net, job,
                    ",\"exercise\":\"sale:opt-out\",\"regime\":\"ccpa\",\"email\":"
                    "\"c1@example.org\"",
                    &text) == CANDOR_OK,
           "%s", candor_job_message(job));
    const struct value *status = tree_of(job, &text);
    expect(says(status, "status", "fulfilled") && value_get(status, "request_id") != NULL &&
               value_get(status, "received_at") != NULL &&
               value_get(status, "expected_by") != NULL &&
               value_get(status, "agent_request_id") != NULL,
           "the status object");
    candor_job_end(job);
    expect(!may(net, "C1") && may(net, "C2"), "for them, and nobody else");
}

static void a_deletion_waits_for_enough_proof(void **state)
{
    struct net *net = *state;
    static const struct {
        const char *more;
        const char *reason; /* NULL: none */
    } row[] = {
        {",\"exercise\":\"deletion\",\"regime\":\"ccpa\",\"email\":\"c2@example.org\"",
         "need_user_verification"},
        {",\"exercise\":\"deletion\",\"regime\":\"ccpa\",\"email\":\"c2@example.org\","
         "\"email_verified\":true",
         "need_user_verification"},
        {",\"exercise\":\"deletion\",\"regime\":\"ccpa\",\"email\":\"c2@example.org\","
         "\"email_verified\":true,\"phone_number\":\"+1\",\"phone_number_verified\":true",
         NULL},
    };
    set_up(net, 0);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        expect(exercise(net, job, row[i].more, &text) == CANDOR_OK, "%s", candor_job_message(job));
        const struct value *status = tree_of(job, &text);
        expect(says(status, "status", "in_progress"), "row %zu", i);
        expect(row[i].reason == NULL ? value_get(status, "reason") == NULL
                                     : says(status, "reason", row[i].reason),
               "row %zu", i);
        candor_job_end(job);
    }
}

static void a_message_is_taken_once_and_from_its_agent(void **state)
{
    struct net *net = *state;
    struct candor *candor = net->company.candor;
    char id[33];
    set_up(net, 0);
    set_up(net, 1);
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const char *body =
        signed_by(net, job, net->signer[0],
                  (struct saying){.more = ",\"exercise\":\"access\",\"email\":\"c3@example.org\""});
    expect(candor_drp_exercise(job, candor, net->token[1], body, &text) == CANDOR_FORBIDDEN,
           "under another's token");
    expect(candor_drp_exercise(job, candor, net->token[0], body, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    (void)snprintf(id, sizeof id, "%.*s",
                   STR_ARG(value_get(tree_of(job, &text), "request_id")->text));
    expect(candor_drp_exercise(job, candor, net->token[0], body, &text) == CANDOR_REFUSED,
           "a second time");
    char *changed = strdup(body);
    must(changed != NULL);
    changed[120] = changed[120] == 'A' ? 'B' : 'A';
    expect(candor_drp_exercise(job, candor, net->token[0], changed, &text) == CANDOR_FORBIDDEN,
           "a changed one");
    free(changed);
    expect(candor_drp_exercise(job, candor, net->token[0], "", &text) == CANDOR_BAD_INPUT, "none");

    expect(candor_drp_status(job, candor, net->token[1], id, &text) == CANDOR_FORBIDDEN,
           "its status is its agent's");
    expect(candor_drp_status(job, candor, net->token[0], id, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(candor_drp_revoke(job, candor, net->token[0], id, NULL, &text) == CANDOR_BAD_INPUT,
           "a revocation is signed");
    expect(candor_drp_revoke(job, candor, net->token[1], id,
                             signed_by(net, job, net->signer[1], (struct saying){0}),
                             &text) == CANDOR_FORBIDDEN,
           "and its agent's");
    expect(candor_drp_revoke(job, candor, net->token[0], id,
                             signed_by(net, job, net->signer[0], (struct saying){0}),
                             &text) == CANDOR_OK,
           "%s", candor_job_message(job));
    expect(says(tree_of(job, &text), "status", "revoked"), "revoked");
    candor_job_end(job);
}

static void who_is_not_known_and_what_is_not_ours(void **state)
{
    struct net *net = *state;
    set_up(net, 0);
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    expect(exercise(net, job, ",\"exercise\":\"deletion\",\"email\":\"nobody@example.org\"",
                    &text) == CANDOR_OK,
           "a request all the same");
    expect(says(tree_of(job, &text), "status", "in_progress"), "people answer it");
    expect(exercise(net, job, ",\"exercise\":\"sale:opt-in\",\"email\":\"c1@example.org\"",
                    &text) == CANDOR_BAD_INPUT,
           "consent is not given through an agent");
    candor_job_end(job);
}

/* ---- callbacks ----------------------------------------------------------------------------- */

/* An agent's server: the last letter that came. */
struct mailbox {
    size_t count;
    char url[200];
    char body[2000];
    char header[4][300];
};

static enum candor_status take_letter(struct job *job, void *self,
                                      const struct candor_letter *letter, unsigned *code,
                                      struct candor_text *answer)
{
    struct mailbox *box = self;
    (void)job;
    box->count++;
    (void)snprintf(box->url, sizeof box->url, "%s", letter->url);
    (void)snprintf(box->body, sizeof box->body, "%.*s", (int)letter->body.len, letter->body.ptr);
    for (size_t i = 0; i < letter->header_count && i < 4; i++) {
        (void)snprintf(box->header[i], sizeof box->header[i], "%s: %s", letter->header[i].name,
                       letter->header[i].value);
    }
    *answer = (struct candor_text){"", 0};
    *code = 200;
    return CANDOR_OK;
}

static void deliver(struct net *net, struct mailbox *box)
{
    const struct candor_post post = {.post = take_letter, .self = box};
    struct candor_text report;
    size_t failed = 0;
    size_t given_up = 0;
    DONE(candor_outgoing_send(job, net->company.candor, &post, &failed, &given_up, &report));
}

/* What stands after "Name: ". */
static const char *value_of(const struct mailbox *box, const char *name)
{
    for (size_t i = 0; i < 4; i++) {
        const size_t len = strlen(name);
        if (strncmp(box->header[i], name, len) == 0) {
            return box->header[i] + len + 2;
        }
    }
    return "";
}

static void an_agent_is_told_each_step_signed(void **state)
{
    struct net *net = *state;
    struct candor *candor = net->company.candor;
    struct mailbox box = {0};
    uint8_t key[PUBLIC_KEY_LEN];
    struct bytes signature;
    set_up(net, 0);
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    expect(exercise(net, job,
                    ",\"exercise\":\"access\",\"email\":\"c3@example.org\","
                    "\"status_callback\":\"https://agent.example/drp/status?r=1\"",
                    &text) == CANDOR_OK,
           "%s", candor_job_message(job));
    const char *id = str_z(job->arena, value_get(tree_of(job, &text), "request_id")->text);
    deliver(net, &box);
    assert_int_equal(box.count, 0); /* the answer was the status */
    expect(candor_request_step(job, candor, id, "prove", "match", NULL, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(candor_request_step(job, candor, id, "cancel", NULL, NULL, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    deliver(net, &box);
    assert_int_equal(box.count, 1); /* the newest only */
    assert_string_equal(box.url, "https://agent.example/drp/status?r=1");
    assert_non_null(strstr(box.body, "\"revoked\""));
    assert_non_null(strstr(box.body, id));
    assert_null(strstr(box.body, "c3@"));
    signer_public(candor->signer, key);
    const struct str sealed = str_format(job->arena, "candor-callback-v1\n%s\n%s\n%s", box.url,
                                         value_of(&box, "Idempotency-Key"), box.body);
    expect(base64_read(job->arena, str_of(value_of(&box, "X-Candor-Signature")), &signature) &&
               signature.len == SIGNATURE_LEN &&
               signature_holds(key, bytes_of(sealed), signature.ptr),
           "signed by the home");
    candor_job_end(job);
}

static void a_callback_goes_to_the_agents_own_address_only(void **state)
{
    struct net *net = *state;
    static const char *const url[] = {"http://agent.example/drp",
                                      "https://evil.example/drp",
                                      "https://agent.example.evil/drp",
                                      "https://agent.example/drp/../../admin",
                                      "https://agent.example@evil/drp",
                                      "https://agent.example/drpx",
                                      "https://agent.example/drp\\r\\nX: y",
                                      "https://169.254.169.254/drp"};
    set_up(net, 0);
    for (size_t i = 0; i < sizeof url / sizeof url[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        const struct str more = str_format(
            job->arena,
            ",\"exercise\":\"access\",\"email\":\"c3@example.org\",\"status_callback\":\"%s\"",
            url[i]);
        expect(exercise(net, job, str_z(job->arena, more), &text) == CANDOR_BAD_INPUT, "row %zu",
               i);
        candor_job_end(job);
    }
}

/* ---- OpenDSR ------------------------------------------------------------------------------- */

static const char opendsr[] =
    "{\"regulation\":\"%s\",\"subject_request_id\":\"%s\",\"subject_request_type\":\"%s\","
    "\"submitted_time\":\"2026-11-02T15:00:00Z\",\"api_version\":\"2.0\",\"subject_identities\":"
    "[{\"identity_type\":\"email\",\"identity_value\":\"nobody@example.org\","
    "\"identity_format\":\"raw\"},{\"identity_type\":\"email\",\"identity_value\":"
    "\"c3@example.org\",\"identity_format\":\"raw\"}]}";
static const char uuid[] = "A7551968-d5d6-44b2-9831-815ac9017798";

static void a_controllers_request_is_received_once_looked_at_and_cancelled(void **state)
{
    struct net *net = *state;
    struct candor *candor = net->company.candor;
    char body[1000];
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    (void)snprintf(body, sizeof body, opendsr, "gdpr", uuid, "erasure");
    expect(candor_opendsr_request(job, candor, body, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(says(tree_of(job, &text), "request_status", "in_progress"), "the controller proved it");
    expect(candor_opendsr_request(job, candor, body, &text) == CANDOR_EXISTS, "once");
    expect(candor_opendsr_status(job, candor, uuid, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(candor_opendsr_cancel(job, candor, uuid, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(says(tree_of(job, &text), "request_status", "cancelled"), "cancelled");
    expect(candor_opendsr_cancel(job, candor, uuid, &text) == CANDOR_REFUSED, "once");
    expect(candor_opendsr_status(job, candor, "a7551968-d5d6-44b2-9831-815ac9017799", &text) ==
               CANDOR_NOT_FOUND,
           "another");
    expect(candor_opendsr_request(job, candor, "{}", &text) == CANDOR_BAD_INPUT, "nonsense");
    expect(candor_opendsr_discovery(job, candor, &text) == CANDOR_OK, "discovery");
    expect(value_get(tree_of(job, &text), "supported_subject_request_types")->count == 3,
           "three kinds");
    candor_job_end(job);
}

static void a_controllers_erasure_is_executed_by_its_answer(void **state)
{
    struct net *net = *state;
    struct candor *candor = net->company.candor;
    static const struct candor_request_answer nothing = {0};
    char body[1000];
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    (void)snprintf(body, sizeof body, opendsr, "gdpr", uuid, "erasure");
    must(candor_opendsr_request(job, candor, body, &text) == CANDOR_OK);
    const char *id = str_z(job->arena, value_get(tree_of(job, &text), "request")->text);
    expect(candor_request_answer(job, candor, id, &nothing, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(candor_subject_show(job, candor, "C3", &text) == CANDOR_NOT_FOUND, "erased");
    expect(candor_opendsr_status(job, candor, uuid, &text) == CANDOR_OK &&
               says(tree_of(job, &text), "request_status", "completed"),
           "completed");
    candor_job_end(job);
}

static void a_controller_is_told_each_step_signed_by_our_certificate(void **state)
{
    struct net *net = *state;
    struct candor *candor = net->company.candor;
    struct mailbox box = {0};
    struct candor_text text = {0};
    struct candor_text pem = {0};
    struct candor_text signature = {0};
    struct bytes bytes;
    const char *domain = NULL;
    char body[1400];
    struct job *job = candor_job_begin();
    (void)snprintf(body, sizeof body, opendsr, "gdpr", uuid, "erasure");
    const size_t len = strlen(body) - 1; /* before the brace */
    (void)snprintf(body + len, sizeof body - len,
                   ",\"status_callback_urls\":[\"https://evil.example/dsr\"]}");
    assert_int_equal(candor_opendsr_request(job, candor, body, &text), CANDOR_BAD_INPUT);
    (void)snprintf(body + len, sizeof body - len,
                   ",\"status_callback_urls\":[\"https://acme.example/dsr/1\"]}");
    expect(candor_opendsr_request(job, candor, body, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    expect(says(tree_of(job, &text), "controller_id", "acme"), "whose it is");
    expect(candor_opendsr_cancel(job, candor, uuid, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    deliver(net, &box);
    assert_int_equal(box.count, 1);
    assert_string_equal(box.url, "https://acme.example/dsr/1");
    assert_string_equal(value_of(&box, "X-OpenDSR-Processor-Domain"), "us.example");
    assert_non_null(strstr(box.body, "\"cancelled\""));
    assert_non_null(strstr(box.body, "\"status_callback_url\": \"https://acme.example/dsr/1\""));
    must(candor_opendsr_certificate(job, candor, &pem) == CANDOR_OK);
    const struct str chain = {pem.ptr, pem.len};
    must(base64_read(job->arena, str_of(value_of(&box, "X-OpenDSR-Signature")), &bytes));
    expect(certificate_believe(job, chain, chain, STR("us.example"), bytes_of(str_of(box.body)),
                               bytes) == CANDOR_OK,
           "%s", candor_job_message(job));
    must(candor_opendsr_sign(job, candor, &text, &domain, &signature) == CANDOR_OK);
    assert_string_equal(domain, "us.example");
    candor_job_end(job);
}

#define WITH_NET(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        WITH_NET(only_an_agent_of_the_policy_gets_a_token),
        WITH_NET(an_opt_out_of_an_agent_is_in_force_at_once),
        WITH_NET(a_deletion_waits_for_enough_proof),
        WITH_NET(a_message_is_taken_once_and_from_its_agent),
        WITH_NET(who_is_not_known_and_what_is_not_ours),
        WITH_NET(an_agent_is_told_each_step_signed),
        WITH_NET(a_callback_goes_to_the_agents_own_address_only),
        WITH_NET(a_controllers_request_is_received_once_looked_at_and_cancelled),
        WITH_NET(a_controllers_erasure_is_executed_by_its_answer),
        WITH_NET(a_controller_is_told_each_step_signed_by_our_certificate),
    };
    return cmocka_run_group_tests_name("exchange", test, NULL, NULL);
}
