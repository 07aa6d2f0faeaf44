/*
 * routes_people.c - the routes about the company's own people, and about incidents.
 */
#include "serving.h"

#define INCIDENT_MEMBERS \
    {"title", MEMBER_TEXT, false, WORDS("What happened, without personal data.")}, \
        {"aware", MEMBER_TEXT, false, WORDS("When you knew: the 72 hours begin. Now, without.")}, \
        {"from", MEMBER_TEXT, false, WORDS("When it began: an instant or a day.")}, \
        {"until", MEMBER_TEXT, false, WORDS("When it ended.")}, \
        {"by", MEMBER_TEXT, false, WORDS("An operator whose looks at people are part of it.")}, \
        {"campaign", MEMBER_TEXT, false, WORDS("Whose hand-over is part of it.")}, \
        {"recipient", MEMBER_TEXT, false, \
         WORDS("Everybody disclosed to this recipient in the period is part of it.")}, \
        {"exposed", MEMBER_TEXT, false, \
         WORDS("data, keys, root, export, operator; with commas.")}, \
        {"measures", MEMBER_TEXT, false, WORDS("What was done about it.")}, \
    { \
        "risk", MEMBER_TEXT, false, WORDS("To the people: none, some or high.") \
    }

const struct route routes_people[] = {
    {.method = NET_GET,
     .pattern = "/v1/operators",
     .call = CALL_OPERATOR_LIST,
     .act = "audit",
     .name = WORDS("operator_list"),
     .summary = WORDS("The operators: roles, ends, training.")},
    {.method = NET_POST,
     .pattern = "/v1/operators",
     .call = CALL_OPERATOR_ADD,
     .act = "administer",
     .name = WORDS("operator_add"),
     .summary = WORDS("Add an operator; their signing key is made on the server."),
     .member = {{"name", MEMBER_TEXT, true, WORDS("Letters, digits, - and _.")},
                {"roles", MEMBER_TEXT, true,
                 WORDS("owner, marketer, approver, analyst, privacy, machine; with commas.")}}},
    {.method = NET_PUT,
     .pattern = "/v1/operators/{name}/roles",
     .call = CALL_OPERATOR_ROLES,
     .act = "administer",
     .name = WORDS("operator_roles"),
     .summary = WORDS("Change an operator's roles; their keys lose what they lose."),
     .member = {{"roles", MEMBER_TEXT, true, WORDS("As for a new operator.")}}},
    {.method = NET_PUT,
     .pattern = "/v1/operators/{name}/end",
     .call = CALL_OPERATOR_EXPIRE,
     .act = "administer",
     .name = WORDS("operator_end"),
     .summary = WORDS("End an operator, now or on a day; their keys end with them."),
     .member = {{"on", MEMBER_TEXT, false, WORDS("From then on; now, without.")}}},
    {.method = NET_PUT,
     .pattern = "/v1/operators/{name}/training",
     .call = CALL_OPERATOR_TRAINING,
     .act = "administer",
     .name = WORDS("operator_training"),
     .summary = WORDS("Put down a course that an operator took, and until when it counts."),
     .member = {{"course", MEMBER_TEXT, true, WORDS("Its name.")},
                {"until", MEMBER_TEXT, true, WORDS("A day; once it is over they see nobody.")}}},
    {.method = NET_GET,
     .pattern = "/v1/roles",
     .call = CALL_ROLES,
     .act = "ledger.read",
     .name = WORDS("roles"),
     .summary = WORDS("Who may do what: the whole table.")},
    {.method = NET_GET,
     .pattern = "/v1/second",
     .call = CALL_SECOND_LIST,
     .act = "ledger.read",
     .name = WORDS("second_list"),
     .summary = WORDS("Acts that wait for a second operator.")},
    {.method = NET_POST,
     .pattern = "/v1/second/{request}",
     .call = CALL_SECOND_SIGN,
     .act = "ledger.read",
     .name = WORDS("second_sign"),
     .summary =
         WORDS("Sign or refuse an act that another operator asked for. Whoever asked cannot, "
               "and the signer must be allowed to do such a thing."),
     .member = {{"verdict", MEMBER_TEXT, true, WORDS("sign or refuse.")}}},
    {.method = NET_GET,
     .pattern = "/v1/access-log",
     .call = CALL_ACCESS_LOG,
     .act = "audit",
     .name = WORDS("access_log"),
     .summary = WORDS("Who of the company's own looked at how many people, when and why."),
     .member = {{"by", MEMBER_QUERY, false, WORDS("This operator only.")},
                {"since", MEMBER_QUERY, false, WORDS("A day or an instant.")}}},
    {.method = NET_GET,
     .pattern = "/v1/incidents",
     .call = CALL_INCIDENT_LIST,
     .act = "audit",
     .name = WORDS("incident_list"),
     .summary = WORDS("The incidents with their clocks.")},
    {.method = NET_POST,
     .pattern = "/v1/incidents",
     .call = CALL_INCIDENT_OPEN,
     .act = "audit",
     .name = WORDS("incident_open"),
     .summary = WORDS("Open an incident; its 72 hours begin. The title is needed."),
     .member = {INCIDENT_MEMBERS}},
    {.method = NET_GET,
     .pattern = "/v1/incidents/{request}",
     .call = CALL_INCIDENT_SHOW,
     .act = "audit",
     .name = WORDS("incident_show"),
     .summary = WORDS("One incident, and how many people it concerns, computed now from the access "
                      "log, the hand-overs and the disclosures.")},
    {.method = NET_PUT,
     .pattern = "/v1/incidents/{request}",
     .call = CALL_INCIDENT_UPDATE,
     .act = "subject.change",
     .name = WORDS("incident_update"),
     .summary = WORDS("What came to be known, what was done, who was told."),
     .member = {INCIDENT_MEMBERS,
                {"note", MEMBER_TEXT, false, WORDS("Added with its time and author.")},
                {"notified", MEMBER_TEXT, false, WORDS("authority or people: told just now.")}}},
    {.method = NET_GET,
     .pattern = "/v1/incidents/{request}/draft",
     .call = CALL_INCIDENT_DRAFT,
     .act = "audit",
     .is_plain = true,
     .name = WORDS("incident_draft"),
     .summary = WORDS("A draft for the authority (GDPR Article 33(3)) or the people (34(2))."),
     .member = {{"whom", MEMBER_QUERY, true, WORDS("authority or people.")}}},
    {.method = NET_POST,
     .pattern = "/v1/incidents/{request}/close",
     .call = CALL_INCIDENT_CLOSE,
     .act = "subject.change",
     .name = WORDS("incident_close"),
     .summary = WORDS("Close it; refused while somebody who must be told was not."),
     .member = {{"reason", MEMBER_TEXT, false, WORDS("Why somebody was not told.")}}},
    {.pattern = NULL},
};
