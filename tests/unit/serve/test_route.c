#include <string.h>

#include "serving.h"
#include "testing.h"

static const struct {
    enum net_method method;
    const char *path;
    const char *name; /* NULL: no route */
    const char *parameter;
    const char *allow; /* without a route; "" : no such path */
} row[] = {
    {NET_POST, "/v1/decide", "decide", "", NULL},
    {NET_GET, "/v1/subjects/anna", "subject_show", "anna", NULL},
    {NET_HEAD, "/v1/subjects/anna", "subject_show", "anna", NULL},
    {NET_GET, "/v1/subjects/consents", "subject_show", "consents", NULL},
    {NET_PUT, "/v1/subjects/a%20b@c+d", "subject_correct", "a b@c+d", NULL},
    {NET_GET, "/v1/subjects/a%2Fb%2fconsents", "subject_show", "a/b/consents", NULL},
    {NET_GET, "/v1/subjects/a%2Fb/consents", "subject_consents", "a/b", NULL},
    {NET_GET, "/v1/subjects/a%252Fb", "subject_show", "a%2Fb", NULL},
    {NET_GET, "/v1/%73ubjects/anna", "subject_show", "anna", NULL},
    {NET_DELETE, "/v1/subjects/anna", "subject_erase", "anna", NULL},
    {NET_PUT, "/v1/subjects/anna/consents", "consent_put", "anna", NULL},
    {NET_POST, "/v1/subjects/anna/consents", "consent_post", "anna", NULL},
    {NET_GET, "/v1/subjects/export/export", "subject_export", "export", NULL},
    {NET_GET, "/v1/subjects/anna/package", "subject_package", "anna", NULL},
    {NET_GET, "/v1/requests", "request_list", "", NULL},
    {NET_POST, "/v1/requests", "request_open", "", NULL},
    {NET_GET, "/v1/requests/0f", "request_show", "0f", NULL}, /* and ask.c refuses what is short */
    {NET_POST, "/v1/requests/0f/steps", "request_step", "0f", NULL},
    {NET_POST, "/v1/requests/0f/answer", "request_answer", "0f", NULL},
    {NET_POST, "/v1/human-reviews/0f", "review_decide", "0f", NULL},
    {NET_GET, "/v1/reviews", "board_list", "", NULL},
    {NET_POST, "/v1/reviews", "board_propose", "", NULL},
    {NET_GET, "/v1/reviews/0f", "board_show", "0f", NULL},
    {NET_POST, "/v1/reviews/0f/votes", "board_act", "0f", NULL},
    {NET_POST, "/v1/reviews/0f", NULL, NULL, "GET, HEAD"},
    {NET_GET, "/v1/governance", "board_status", "", NULL},
    {NET_POST, "/v1/agent/AA", "drp_agent", "AA", NULL},
    {NET_POST, "/v1/data-rights-request", "drp_exercise", "", NULL},
    {NET_DELETE, "/v1/data-rights-request/0f", "drp_revoke", "0f", NULL},
    {NET_GET, "/dsrdelete.json", "deletion_discovery", "", NULL},
    {NET_POST, "/v1/dsrdelete", "deletion_request", "", NULL},
    {NET_POST, "/v1/opendsr/requests", "opendsr_request", "", NULL},
    {NET_DELETE, "/v1/requests/0f", NULL, NULL, "GET, HEAD"},
    {NET_GET, "/v1/ledger/proof/12", "ledger_proof", "12", NULL},
    {NET_GET, "/v1/ledger/checkpoint", "ledger_checkpoint", "", NULL},
    {NET_GET, "/v1/subjects/", "subject_show", "", NULL}, /* and ask.c refuses the empty one */
    {NET_GET, "/v1/decide", NULL, NULL, "POST"},
    {NET_DELETE, "/v1/subjects/anna/consents", NULL, NULL, "GET, HEAD, POST, PUT"},
    {NET_PATCH, "/v1/subjects/anna", NULL, NULL, "GET, HEAD, PUT, DELETE"},
    {NET_OPTIONS, "/healthz", NULL, NULL, "GET, HEAD"},
    {NET_GET, "/", NULL, NULL, ""},
    {NET_GET, "/v1", NULL, NULL, ""},
    {NET_GET, "/v1/decide/", NULL, NULL, ""},
    {NET_GET, "/v1//decide", NULL, NULL, ""},
    {NET_GET, "/v1/Decide", NULL, NULL, ""},
    {NET_GET, "//v1/decide", NULL, NULL, ""},
    {NET_GET, "/v1/subjects", NULL, NULL, ""},
    {NET_GET, "/v1/subjects/anna/consents/3/receipt", "consent_receipt", "anna", NULL},
    {NET_GET, "/v1/subjects/anna/consents/3", NULL, NULL, ""},
    {NET_POST, "/v1/subjects/anna/consents/3/receipt", NULL, NULL, "GET, HEAD"},
    {NET_POST, "/v1/handoff", "handoff", "", NULL},
    {NET_GET, "/v1/confirm", NULL, NULL, "POST"},
    {NET_GET, "/v1/subjects/a/b/export", NULL, NULL, ""},
    {NET_GET, "/v1/ledger/proof/1/2", NULL, NULL, ""},
    {NET_GET, "/v1%2Fsubjects/anna", NULL, NULL, ""},
    {NET_GET, "/v1/subjects/anna/export/more", NULL, NULL, ""},
};

/* "subject_show anna", or the methods that the path takes. */
static struct str found_for(struct arena *arena, enum net_method method, const char *path)
{
    struct str parameter[PARAMETERS_MAX];
    unsigned allowed = 0;
    const struct route *route = route_find(arena, method, str_of(path), parameter, &allowed);
    return route == NULL ? route_allow(arena, allowed)
                         : str_format(arena, "%s %.*s", route->name.ptr, STR_ARG(parameter[0]));
}

static struct str wanted_of(struct arena *arena, size_t i)
{
    return row[i].name == NULL ? str_of(row[i].allow)
                               : str_format(arena, "%s %s", row[i].name, row[i].parameter);
}

static void a_path_has_the_route_of_its_row_or_says_which_methods_it_takes(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str found = found_for(arena, row[i].method, row[i].path);
        expect(str_equal(found, wanted_of(arena, i)), "row %zu, %s: %.*s", i, row[i].path,
               STR_ARG(found));
    }
    arena_end(arena);
}

/* The acts of govern/role.c: another name would stop the server at its first use. */
static const char *const known_act[] = {
    "import",  "train",       "publish",      "plan",           "approve",       "send",
    "results", "decide",      "subject.read", "subject.change", "subject.erase", "consent",
    "audit",   "ledger.read", "share",        "administer",     "track",         "chat",
};

static bool is_known(const char *act)
{
    for (size_t a = 0; a < sizeof known_act / sizeof known_act[0]; a++) {
        if (strcmp(known_act[a], act) == 0) {
            return true;
        }
    }
    return false;
}

/* A signature, or a token that one bought. */
static bool brings_its_own_proof(enum call call)
{
    return call == CALL_DRP_AGENT || call == CALL_DRP_AGENT_CHECK || call == CALL_DRP_EXERCISE ||
           call == CALL_DRP_STATUS || call == CALL_DRP_REVOKE || call == CALL_DELETION_REQUEST;
}

static bool is_meant_to_be_open(enum call call)
{
    return call == CALL_CHECKPOINT || call == CALL_PROOF || call == CALL_TILE ||
           call == CALL_HEALTH || call == CALL_READY || call == CALL_OPENAPI || call == CALL_GPC ||
           call == CALL_UNSUBSCRIBE_LOOK || call == CALL_UNSUBSCRIBE || /* the token is the key */
           call == CALL_OPENDSR_DISCOVERY || call == CALL_OPENDSR_CERTIFICATE ||
           call == CALL_DELETION_DISCOVERY || call == CALL_SCRIPT || call == CALL_SURFACE ||
           brings_its_own_proof(call);
}

static void every_route_needs_a_known_act_or_is_meant_to_be_open(void **state)
{
    (void)state;
    size_t count = 0;
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count; i++) {
        const bool is_fine =
            table[i].act == NULL ? is_meant_to_be_open(table[i].call) : is_known(table[i].act);
        expect(is_fine, "%s", table[i].name.ptr);
    }
}

/* Mail scanners and previews follow links: a GET shows, and only POST, PUT and DELETE act. */
static void no_get_acts(void **state)
{
    static const enum call acting[] = {CALL_DECIDE,
                                       CALL_HANDOFF,
                                       CALL_CONSENT,
                                       CALL_CONSENT_CONFIRM,
                                       CALL_SURFACE_CHOOSE,
                                       CALL_SUBJECT_CORRECT,
                                       CALL_SUBJECT_ERASE,
                                       CALL_REQUEST_OPEN,
                                       CALL_REQUEST_STEP,
                                       CALL_REQUEST_ANSWER,
                                       CALL_REVIEW_DECIDE,
                                       CALL_OPERATOR_ADD,
                                       CALL_OPERATOR_ROLES,
                                       CALL_OPERATOR_EXPIRE,
                                       CALL_OPERATOR_TRAINING,
                                       CALL_KEY_REVOKE,
                                       CALL_SECOND_SIGN,
                                       CALL_INCIDENT_OPEN,
                                       CALL_INCIDENT_UPDATE,
                                       CALL_INCIDENT_CLOSE,
                                       CALL_SHARE_EXPORT,
                                       CALL_RECALL_ACKNOWLEDGE,
                                       CALL_QUALITY_REPAIR,
                                       CALL_QUALITY_DROP,
                                       CALL_QUALITY_REIMPORT,
                                       CALL_RETENTION_RUN,
                                       CALL_HOLD_PLACE,
                                       CALL_HOLD_LIFT,
                                       CALL_BOARD_PROPOSE,
                                       CALL_BOARD_ACT};
    (void)state;
    size_t count = 0;
    size_t found = 0;
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof acting / sizeof acting[0]; k++) {
            expect(table[i].call != acting[k] || table[i].method != NET_GET, "%s",
                   table[i].name.ptr);
            found += table[i].call == acting[k];
        }
    }
    expect(found > sizeof acting / sizeof acting[0], "each of them has a route");
}

static void every_route_has_its_own_name_and_is_found_under_its_own_pattern(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    size_t count = 0;
    const struct route *table = routes(&count);
    for (size_t i = 0; i < count; i++) {
        struct str parameter[PARAMETERS_MAX];
        unsigned allowed = 0;
        const struct str pattern = str_of(table[i].pattern);
        expect(route_find(arena, table[i].method, pattern, parameter, &allowed) == &table[i], "%s",
               table[i].pattern);
        for (size_t k = i + 1; k < count; k++) {
            expect(strcmp(table[i].name.ptr, table[k].name.ptr) != 0, "%s", table[i].name.ptr);
        }
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_path_has_the_route_of_its_row_or_says_which_methods_it_takes),
        cmocka_unit_test(every_route_needs_a_known_act_or_is_meant_to_be_open),
        cmocka_unit_test(no_get_acts),
        cmocka_unit_test(every_route_has_its_own_name_and_is_found_under_its_own_pattern),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
