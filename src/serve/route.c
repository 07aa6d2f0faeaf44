/*
 * route.c - the table of all routes, and finding one.
 *
 * The table is all there is: the server, its metrics and GET /openapi.json read it. Its chapters on the
 * company's people, on recipients and on what is kept stand in routes_*.c. A path has at
 * most two {…}, each of which stands for exactly one segment; {path}, at the end, stands for all that
 * is left, not decoded. Segments are cut before they are decoded, so an identifier with a slash,
 * written %2F, is one.
 */
#include "serving.h"

#define IDENTIFIER_MEMBER \
    { \
        "identifier", MEMBER_TEXT, true, WORDS("How the subject is known: 1 to 256 bytes.") \
    }
#define SIGNALS_MEMBER \
    { \
        "signals", MEMBER_OBJECT, false, \
            WORDS("What came with the request: tcf, gpp, gpp_sid, usp, gpc, gpc_since, " \
                  "consent_mode, track, jurisdiction. The header Sec-GPC counts too.") \
    }
#define CONSENT_MEMBERS \
    { \
        {"decision", MEMBER_TEXT, true, \
         WORDS("give, refuse, withdraw, object, restrict, unrestrict, defer, revoke or " \
               "invalidate.")}, \
            {"purpose", MEMBER_TEXT, false, \
             WORDS("As in candor.yaml. Restricting needs none; an objection to all neither.")}, \
            {"channel", MEMBER_TEXT, false, \
             WORDS("As in candor.yaml. Without it: every channel.")}, \
            {"proof", MEMBER_TEXT, false, \
             WORDS("What shows it: a form's or recording's number.")}, \
            {"recipient", MEMBER_TEXT, false, \
             WORDS("As in candor.yaml. Without it: nobody else.")}, \
            {"actor", MEMBER_TEXT, false, \
             WORDS("Who said it: person, guardian, agent or operator.")}, \
            {"language", MEMBER_TEXT, false, WORDS("Of the wording that was shown.")}, \
            {"surface", MEMBER_TEXT, false, WORDS("Where it was said; api without.")}, \
            {"despite_gpc", MEMBER_FLAG, false, \
             WORDS("Of a yes to sale or sharing from a browser with Sec-GPC: 1, which is refused " \
                   "without: they were told of it and mean their yes.")}, \
            {"ui_evidence", MEMBER_TEXT, false, \
             WORDS("How the notice looked: notice=SHA-256 buttons=refuse/accept/settings " \
                   "sizes=equal defaults=off locale=de-AT screen=phone, in this order.")}, \
    }

static const struct route routes_core[] = {
    {.method = NET_POST,
     .pattern = "/v1/decide",
     .call = CALL_DECIDE,
     .act = "decide",
     .name = WORDS("decide"),
     .summary = WORDS("Decide about one subject, and a campaign or a purpose; on the ledger when "
                      "answered."),
     .member = {IDENTIFIER_MEMBER,
                {"campaign", MEMBER_TEXT, false, WORDS("As in candor.yaml; or a purpose.")},
                SIGNALS_MEMBER,
                {"purpose", MEMBER_TEXT, false,
                 WORDS(
                     "As in candor.yaml, instead of a campaign: permit and limits alone decide.")},
                {"channel", MEMBER_TEXT, false,
                 WORDS("Of the purpose, when it has channels. Of a campaign: must be its own.")},
                {"offers", MEMBER_LIST, false,
                 WORDS("Names, at most 256: of the campaign's offers, or, with a purpose, of your "
                       "own. The first that fits is taken.")}}},
    {.method = NET_POST,
     .pattern = "/v1/permit",
     .call = CALL_PERMIT,
     .act = "decide",
     .name = WORDS("permit"),
     .summary = WORDS("May this purpose be served on this channel, now?"),
     .member = {IDENTIFIER_MEMBER,
                {"purpose", MEMBER_TEXT, true, WORDS("As in candor.yaml.")},
                {"channel", MEMBER_TEXT, false, WORDS("As in candor.yaml.")},
                {"recipient", MEMBER_TEXT, false, WORDS("As in candor.yaml.")},
                SIGNALS_MEMBER}},
    {.method = NET_POST,
     .pattern = "/v1/handoff",
     .call = CALL_HANDOFF,
     .act = "decide",
     .name = WORDS("handoff"),
     .summary = WORDS("Hand over what was decided: the last question before it leaves. Refused "
                      "once the subject said no."),
     .member = {IDENTIFIER_MEMBER,
                {"decision", MEMBER_TEXT, true, WORDS("The id in the decision's receipt.")}}},
    {.method = NET_POST,
     .pattern = "/v1/may-ask",
     .call = CALL_MAY_ASK,
     .act = "consent",
     .name = WORDS("may_ask"),
     .summary = WORDS("May the subject be asked for their consent, now?"),
     .member = {IDENTIFIER_MEMBER,
                {"purpose", MEMBER_TEXT, true, WORDS("As in candor.yaml.")},
                {"channel", MEMBER_TEXT, false, WORDS("Without it: all of the purpose.")},
                {"recipient", MEMBER_TEXT, false, WORDS("As in candor.yaml.")}}},
    {.method = NET_POST,
     .pattern = "/v1/confirm",
     .call = CALL_CONSENT_CONFIRM,
     .act = "consent",
     .name = WORDS("consent_confirm"),
     .summary = WORDS("Confirm a yes that waits (double opt-in)."),
     .member = {{"token", MEMBER_TEXT, true, WORDS("As the yes was answered with.")}}},
    {.method = NET_PUT,
     .pattern = "/v1/subjects/{id}/wishes",
     .call = CALL_WISHES,
     .act = "consent",
     .name = WORDS("subject_wishes"),
     .summary = WORDS("When, how often and about what a subject wants to hear from us. Replaces "
                      "what stood; in force when answered."),
     .member = {{"contacts", MEMBER_COUNT, false, WORDS("At most so many messages ...")},
                {"days", MEMBER_COUNT, false, WORDS("... in so many days.")},
                {"quiet", MEMBER_TEXT, false, WORDS("Quiet hours: 22:00-08:00.")},
                {"clock", MEMBER_TEXT, false, WORDS("Their clock, east of UTC: +01:00.")},
                {"declined_topics", MEMBER_LIST, false,
                 WORDS("Topics of campaigns that they want nothing about.")}}},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}",
     .call = CALL_SUBJECT_SHOW,
     .act = "subject.read",
     .name = WORDS("subject_show"),
     .summary = WORDS("Access: what is known of a subject, and why.")},
    {.method = NET_PUT,
     .pattern = "/v1/subjects/{id}",
     .call = CALL_SUBJECT_CORRECT,
     .act = "subject.change",
     .name = WORDS("subject_correct"),
     .summary = WORDS("Rectification: one field with its value, or several under fields, in their "
                      "order, each on the ledger by itself."),
     .member = {{"field", MEMBER_TEXT, false, WORDS("As in candor.yaml; with value.")},
                {"value", MEMBER_CELL, false, WORDS("The right value; null clears the field.")},
                {"fields", MEMBER_MAP, false,
                 WORDS("Fields and their right values; at most 64.")}}},
    {.method = NET_DELETE,
     .pattern = "/v1/subjects/{id}",
     .call = CALL_SUBJECT_ERASE,
     .act = "subject.erase",
     .name = WORDS("subject_erase"),
     .summary = WORDS("Erasure: answers with the certificate when nothing can open the data.")},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/consents",
     .call = CALL_SUBJECT_CONSENTS,
     .act = "subject.read",
     .name = WORDS("subject_consents"),
     .summary = WORDS("A subject's consents, and what they allow now.")},
    {.method = NET_PUT,
     .pattern = "/v1/subjects/{id}/consents",
     .call = CALL_CONSENT,
     .act = "consent",
     .name = WORDS("consent_put"),
     .summary = WORDS("Record a choice. Durable and in force when answered."),
     .member = CONSENT_MEMBERS},
    {.method = NET_POST,
     .pattern = "/v1/subjects/{id}/consents",
     .call = CALL_CONSENT,
     .act = "consent",
     .name = WORDS("consent_post"),
     .summary = WORDS("Record a choice. Durable and in force when answered."),
     .member = CONSENT_MEMBERS},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/consents/{number}/receipt",
     .call = CALL_RECEIPT,
     .act = "subject.read",
     .name = WORDS("consent_receipt"),
     .summary = WORDS("The signed receipt of one record, ISO/IEC TS 27560; checkable offline.")},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/decisions",
     .call = CALL_SUBJECT_DECISIONS,
     .act = "subject.read",
     .name = WORDS("subject_decisions"),
     .summary = WORDS("What was decided about a subject, with reasons.")},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/decisions/{number}",
     .call = CALL_SUBJECT_DECISION,
     .act = "subject.read",
     .name = WORDS("subject_decision"),
     .summary = WORDS(
         "One decision, by its entry on the ledger, computed again and explained: reasons that add "
         "up to the score, each with its table cells, and what would have turned it. In the "
         "subject's own language, else by Accept-Language, else in the company's."),
     .member = {{"language", MEMBER_QUERY, false,
                 WORDS("en, de, fr, es or it, whatever else is set.")}}},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/export",
     .call = CALL_SUBJECT_EXPORT,
     .act = "subject.read",
     .name = WORDS("subject_export"),
     .summary = WORDS("Portability: everything, machine-readable.")},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/package",
     .call = CALL_SUBJECT_PACKAGE,
     .act = "subject.read",
     .is_zip = true,
     .name = WORDS("subject_package"),
     .summary = WORDS("The same as one ZIP: JSON, CSV tables, a readable page, signed.")},
    {.method = NET_GET,
     .pattern = "/v1/requests",
     .call = CALL_REQUEST_LIST,
     .act = "subject.read",
     .name = WORDS("request_list"),
     .summary = WORDS("Open rights requests with their clocks, the most urgent first.")},
    {.method = NET_POST,
     .pattern = "/v1/requests",
     .call = CALL_REQUEST_OPEN,
     .act = "consent",
     .name = WORDS("request_open"),
     .summary = WORDS("Open a rights request. What needs no proof is in force when answered."),
     .member = {IDENTIFIER_MEMBER,
                {"right", MEMBER_TEXT, true,
                 WORDS("access, rectification, erasure, restriction, portability, objection, "
                       "explanation, marketing_objection, no_automation, human_review, "
                       "opt_out_sale or limit_sensitive.")},
                {"jurisdiction", MEMBER_TEXT, false, WORDS("eu, us-ca ...; else candor.yaml's.")},
                {"about", MEMBER_TEXT, false,
                 WORDS("A purpose to object to, or a decision's index on the ledger.")},
                {"reference", MEMBER_TEXT, false, WORDS("Yours for it; no personal data.")}}},
    {.method = NET_GET,
     .pattern = "/v1/requests/{request}",
     .call = CALL_REQUEST_SHOW,
     .act = "subject.read",
     .name = WORDS("request_show"),
     .summary = WORDS("One rights request with every step.")},
    {.method = NET_POST,
     .pattern = "/v1/requests/{request}/steps",
     .call = CALL_REQUEST_STEP,
     .act = "subject.change",
     .name = WORDS("request_step"),
     .summary = WORDS("Move a request on, or refuse it."),
     .member = {{"step", MEMBER_TEXT, true,
                 WORDS("acknowledge, ask_proof, prove, start, pause, resume, extend, refuse, "
                       "cancel or appeal.")},
                {"code", MEMBER_TEXT, false,
                 WORDS("Of prove the level, of refuse the named reason.")},
                {"note", MEMBER_TEXT, false, WORDS("The reason; no personal data.")}}},
    {.method = NET_POST,
     .pattern = "/v1/requests/{request}/answer",
     .call = CALL_REQUEST_ANSWER,
     .act = "subject.erase",
     .name = WORDS("request_answer"),
     .summary = WORDS("Execute the right and close the request."),
     .member = {{"field", MEMBER_TEXT, false, WORDS("Of a rectification.")},
                {"value", MEMBER_TEXT, false, WORDS("Its right value; empty clears.")},
                {"note", MEMBER_TEXT, false, WORDS("For the record; no personal data.")}}},
    {.method = NET_GET,
     .pattern = "/v1/human-reviews",
     .call = CALL_REVIEW_LIST,
     .act = "subject.read",
     .name = WORDS("review_list"),
     .summary = WORDS("Decisions that wait for a person, and those that were decided.")},
    {.method = NET_POST,
     .pattern = "/v1/human-reviews/{request}",
     .call = CALL_REVIEW_DECIDE,
     .act = "subject.change",
     .name = WORDS("review_decide"),
     .summary = WORDS("A person's verdict on a decision."),
     .member = {{"verdict", MEMBER_TEXT, true, WORDS("send or withhold.")},
                {"reason", MEMBER_TEXT, true, WORDS("In your own words; no personal data.")}}},
    {.method = NET_GET,
     .pattern = "/v1/reviews",
     .call = CALL_BOARD_LIST,
     .act = "ledger.read",
     .name = WORDS("board_list"),
     .summary =
         WORDS("Reviews of models, campaigns, policies, notices and content, the newest first.")},
    {.method = NET_POST,
     .pattern = "/v1/reviews",
     .call = CALL_BOARD_PROPOSE,
     .act = "ledger.read",
     .name = WORDS("board_propose"),
     .summary = WORDS("Propose one, as the holder of the key."),
     .member = {{"kind", MEMBER_TEXT, true, WORDS("model, campaign, policy, notice or content.")},
                {"name", MEMBER_TEXT, false, WORDS("Of it; the policy needs none.")},
                {"authors", MEMBER_TEXT, false,
                 WORDS("Operators who had a hand in it, with commas; they do not vote.")},
                {"note", MEMBER_TEXT, false, WORDS("What it is for; no personal data.")}}},
    {.method = NET_GET,
     .pattern = "/v1/reviews/{request}",
     .call = CALL_BOARD_SHOW,
     .act = "ledger.read",
     .name = WORDS("board_show"),
     .summary = WORDS("One review: the thing itself, what changed since the version before, each "
                      "step.")},
    {.method = NET_POST,
     .pattern = "/v1/reviews/{request}/votes",
     .call = CALL_BOARD_ACT,
     .act = "ledger.read",
     .name = WORDS("board_act"),
     .summary = WORDS("A step in it, taken and signed by the holder of the key."),
     .member = {{"act", MEMBER_TEXT, true,
                 WORDS("approve, request_changes, reject, recuse, advise_for, advise_against, "
                       "overrule, close or withdraw.")},
                {"note", MEMBER_TEXT, false, WORDS("The reason; no personal data.")},
                {"conflict", MEMBER_TEXT, false,
                 WORDS("Of a recusal: the one that candor.yaml declares.")}}},
    {.method = NET_GET,
     .pattern = "/v1/governance",
     .call = CALL_BOARD_STATUS,
     .act = "ledger.read",
     .name = WORDS("board_status"),
     .summary = WORDS("Who reviews what, and where everything that needs a review stands.")},
    {.method = NET_POST,
     .pattern = "/v1/agent/{id}",
     .call = CALL_DRP_AGENT,
     .is_raw = true,
     .name = WORDS("drp_agent"),
     .summary = WORDS("Data Rights Protocol 2.05: a signed message of an agent gets a token.")},
    {.method = NET_GET,
     .pattern = "/v1/agent/{id}",
     .call = CALL_DRP_AGENT_CHECK,
     .name = WORDS("drp_agent_check"),
     .summary = WORDS("Data Rights Protocol 2.06: is the bearer token this agent's?")},
    {.method = NET_POST,
     .pattern = "/v1/data-rights-request",
     .call = CALL_DRP_EXERCISE,
     .is_raw = true,
     .name = WORDS("drp_exercise"),
     .summary = WORDS("Data Rights Protocol 2.01: exercise a right, signed, under a token.")},
    {.method = NET_GET,
     .pattern = "/v1/data-rights-request/{request}",
     .call = CALL_DRP_STATUS,
     .name = WORDS("drp_status"),
     .summary = WORDS("Data Rights Protocol 2.02: the status of a request of this agent.")},
    {.method = NET_DELETE,
     .pattern = "/v1/data-rights-request/{request}",
     .call = CALL_DRP_REVOKE,
     .is_raw = true,
     .name = WORDS("drp_revoke"),
     .summary = WORDS("Data Rights Protocol 2.04: take a request back, signed.")},
    {.method = NET_GET,
     .pattern = "/v1/opendsr/discovery",
     .call = CALL_OPENDSR_DISCOVERY,
     .name = WORDS("opendsr_discovery"),
     .summary = WORDS("OpenDSR 2.0: which identities and kinds of requests are taken.")},
    {.method = NET_POST,
     .pattern = "/v1/opendsr/requests",
     .call = CALL_OPENDSR_REQUEST,
     .act = "consent",
     .is_raw = true,
     .name = WORDS("opendsr_request"),
     .summary = WORDS("OpenDSR 2.0: a request of the data controller.")},
    {.method = NET_GET,
     .pattern = "/v1/opendsr/requests/{id}",
     .call = CALL_OPENDSR_STATUS,
     .act = "consent",
     .name = WORDS("opendsr_status"),
     .summary = WORDS("OpenDSR 2.0: the status of a request, by the controller's id.")},
    {.method = NET_DELETE,
     .pattern = "/v1/opendsr/requests/{id}",
     .call = CALL_OPENDSR_CANCEL,
     .act = "consent",
     .name = WORDS("opendsr_cancel"),
     .summary = WORDS("OpenDSR 2.0: cancel a request while it is open.")},
    {.method = NET_GET,
     .pattern = "/v1/opendsr/certificate",
     .call = CALL_OPENDSR_CERTIFICATE,
     .is_plain = true,
     .name = WORDS("opendsr_certificate"),
     .summary = WORDS("OpenDSR 2.0: the certificate that signs answers and callbacks, PEM.")},
    {.method = NET_GET,
     .pattern = "/dsrdelete.json",
     .call = CALL_DELETION_DISCOVERY,
     .name = WORDS("deletion_discovery"),
     .summary = WORDS("IAB Data Deletion Request Framework 1.0: endpoint, identifiers, our keys.")},
    {.method = NET_POST,
     .pattern = "/v1/dsrdelete",
     .call = CALL_DELETION_REQUEST,
     .is_raw = true,
     .is_signed = true,
     .name = WORDS("deletion_request"),
     .summary = WORDS("IAB Data Deletion Request Framework 1.0: a partner's rqJWT, alone or as "
                      "{\"rqJWT\": ...}; the answer is {\"acJWT\": ...}.")},
    {.method = NET_GET,
     .pattern = "/v1/subjects/{id}/signals",
     .call = CALL_SUBJECT_SIGNALS,
     .act = "subject.read",
     .name = WORDS("subject_signals"),
     .summary = WORDS("What a subject chose in other systems' words: TCF, GPP, US Privacy, Consent "
                      "Mode.")},
    {.method = NET_GET,
     .pattern = "/.well-known/gpc.json",
     .call = CALL_GPC,
     .name = WORDS("gpc_statement"),
     .summary = WORDS("Global Privacy Control is honoured here.")},
    {.method = NET_GET,
     .pattern = "/unsubscribe/{token}",
     .call = CALL_UNSUBSCRIBE_LOOK,
     .is_page = true,
     .name = WORDS("unsubscribe_look"),
     .summary = WORDS("A page with a button. Never changes anything: mail scanners follow links.")},
    {.method = NET_POST,
     .pattern = "/unsubscribe/{token}",
     .call = CALL_UNSUBSCRIBE,
     .is_page = true,
     .is_form = true,
     .name = WORDS("unsubscribe"),
     .summary = WORDS("One-click unsubscribe, RFC 8058. In force when answered.")},
    {.method = NET_GET,
     .pattern = "/v1/ledger/checkpoint",
     .call = CALL_CHECKPOINT,
     .is_plain = true,
     .name = WORDS("ledger_checkpoint"),
     .summary = WORDS("The signed state of the ledger, a C2SP checkpoint.")},
    {.method = NET_GET,
     .pattern = "/v1/ledger/proof/{index}",
     .call = CALL_PROOF,
     .is_plain = true,
     .name = WORDS("ledger_proof"),
     .summary = WORDS("Proof that an entry is on the ledger, to be checked offline.")},
    {.method = NET_GET,
     .pattern = "/checkpoint",
     .call = CALL_CHECKPOINT,
     .is_plain = true,
     .name = WORDS("checkpoint"),
     .summary = WORDS("The same, where C2SP tlog-tiles looks for it.")},
    {.method = NET_GET,
     .pattern = "/tile/entries/{path}",
     .call = CALL_TILE_ENTRIES,
     .act = "ledger.read",
     .is_bytes = true,
     .name = WORDS("ledger_tile_entries"),
     .summary = WORDS("Up to 256 entries of the ledger, each after its length, C2SP tlog-tiles. "
                      "They hold no personal data, but tell how much is done: not for everybody.")},
    {.method = NET_GET,
     .pattern = "/tile/{path}",
     .call = CALL_TILE,
     .is_bytes = true,
     .name = WORDS("ledger_tile"),
     .summary = WORDS("Up to 256 hashes of the ledger's tree, C2SP tlog-tiles.")},
    {.method = NET_GET,
     .pattern = "/v1/ledger/entry/{index}",
     .call = CALL_ENTRY,
     .act = "ledger.read",
     .name = WORDS("ledger_entry"),
     .summary = WORDS("One entry of the ledger. It holds no personal data.")},
    {.method = NET_GET,
     .pattern = "/healthz",
     .call = CALL_HEALTH,
     .is_plain = true,
     .name = WORDS("health"),
     .summary = WORDS("The process is alive.")},
    {.method = NET_GET,
     .pattern = "/readyz",
     .call = CALL_READY,
     .is_plain = true,
     .name = WORDS("ready"),
     .summary = WORDS("Requests are taken and the home works; else 503.")},
    {.method = NET_GET,
     .pattern = "/metrics",
     .call = CALL_METRICS,
     .act = "audit",
     .is_open_here = true,
     .is_plain = true,
     .name = WORDS("metrics"),
     .summary = WORDS("Counters and latencies for Prometheus. No key needed on this machine.")},
    {.method = NET_GET,
     .pattern = "/openapi.json",
     .call = CALL_OPENAPI,
     .name = WORDS("openapi"),
     .summary = WORDS("This description.")},
    {.pattern = NULL},
};

/* ---- the whole table ----------------------------------------------------------------------- */

static const struct route *const chapter[] = {routes_core,    routes_people, routes_share,
                                              routes_data,    routes_report, routes_track,
                                              routes_surface, routes_gate};

static struct route table[ROUTES_MAX];
static size_t table_len;
static pthread_once_t begun = PTHREAD_ONCE_INIT;
static const struct route *const *pages; /* NULL: there are none */

void routes_join(const struct route *const *last)
{
    must(table_len == 0 || pages == last);
    pages = last;
}

/* Once, so that a route has one place and the meter one row for it. */
static void add(const struct route *route)
{
    for (size_t i = 0; route[i].pattern != NULL; i++) {
        must(table_len < ROUTES_MAX);
        table[table_len++] = route[i];
    }
}

static void gather(void)
{
    for (size_t c = 0; c < sizeof chapter / sizeof chapter[0]; c++) {
        add(chapter[c]);
    }
    for (size_t c = 0; pages != NULL && pages[c] != NULL; c++) {
        add(pages[c]);
    }
}

const struct route *routes(size_t *count)
{
    must(pthread_once(&begun, gather) == 0);
    *count = table_len;
    return table;
}

bool route_has_body(const struct route *route)
{
    size_t in_query = 0;
    size_t count = 0;
    while (route->member[count].name != NULL) {
        in_query += route->member[count].kind == MEMBER_QUERY;
        count++;
    }
    return in_query < count;
}

/* Both without their first '/'. */
static bool fits(struct arena *arena, struct str pattern, struct str path,
                 struct str parameter[PARAMETERS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < PARAMETERS_MAX; i++) {
        parameter[i] = (struct str){"", 0};
    }
    while (pattern.ptr != NULL && path.ptr != NULL) {
        const struct str wanted = str_cut(&pattern, '/');
        if (str_is(wanted, "{path}")) {
            must(count < PARAMETERS_MAX);
            parameter[count] = path;
            return path.len > 0;
        }
        const struct str found = net_segment(arena, &path);
        if (str_starts(wanted, STR("{"))) {
            must(count < PARAMETERS_MAX);
            parameter[count++] = found;
        } else if (!str_equal(wanted, found)) {
            return false;
        }
    }
    return pattern.ptr == NULL && path.ptr == NULL;
}

const struct route *route_find(struct arena *arena, enum net_method method, struct str path,
                               struct str parameter[PARAMETERS_MAX], unsigned *allowed)
{
    const enum net_method wanted = method == NET_HEAD ? NET_GET : method;
    const struct str rest = str_slice(path, 1, path.len);
    size_t count = 0;
    const struct route *all = routes(&count);
    *allowed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct str pattern = str_of(all[i].pattern + 1);
        if (!fits(arena, pattern, rest, parameter)) {
            continue;
        }
        if (all[i].method == wanted) {
            return &all[i];
        }
        *allowed |= 1U << all[i].method;
    }
    if ((*allowed & 1U << NET_GET) != 0) {
        *allowed |= 1U << NET_HEAD;
    }
    return NULL;
}

struct str route_allow(struct arena *arena, unsigned allowed)
{
    struct buf buf = buf_begin(arena);
    for (unsigned method = NET_GET; method <= NET_OPTIONS; method++) {
        if ((allowed >> method & 1) == 1) {
            buf_format(&buf, "%s%s", buf.len == 0 ? "" : ", ",
                       net_method_name((enum net_method)method));
        }
    }
    return buf_text(&buf);
}
