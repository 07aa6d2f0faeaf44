/*
 * consent.c - the words of a consent record: what was said, and by whom.
 */
#include "govern.h"

enum { DECISION_COUNT = CONSENT_INVALIDATED + 1, ACTOR_COUNT = ACTOR_IMPORT + 1 };

static const char *const decision_text[DECISION_COUNT] = {
    [CONSENT_GIVEN] = "given",
    [CONSENT_REFUSED] = "refused",
    [CONSENT_WITHDRAWN] = "withdrawn",
    [CONSENT_OBJECTED] = "objected",
    [CONSENT_RESTRICTED] = "restricted",
    [CONSENT_UNRESTRICTED] = "unrestricted",
    [CONSENT_HUMAN_WANTED] = "human_wanted",
    [CONSENT_MACHINE_ALLOWED] = "machine_allowed",
    [CONSENT_SENSITIVE_LIMITED] = "sensitive_limited",
    [CONSENT_SENSITIVE_ALLOWED] = "sensitive_allowed",
    [CONSENT_REQUESTED] = "requested",
    [CONSENT_DEFERRED] = "deferred",
    [CONSENT_REVOKED] = "revoked",
    [CONSENT_INVALIDATED] = "invalidated",
};

static const char *const actor_text[ACTOR_COUNT] = {
    [ACTOR_PERSON] = "person",     [ACTOR_GUARDIAN] = "guardian", [ACTOR_AGENT] = "agent",
    [ACTOR_OPERATOR] = "operator", [ACTOR_IMPORT] = "import",
};

const char *consent_decision_name(enum consent_decision decision)
{
    must((unsigned)decision < DECISION_COUNT);
    return decision_text[decision];
}

bool consent_decision_read(struct str text, enum consent_decision *decision)
{
    for (unsigned i = 0; i < DECISION_COUNT; i++) {
        if (str_is(text, decision_text[i])) {
            *decision = (enum consent_decision)i;
            return true;
        }
    }
    return false;
}

const char *consent_actor_name(enum consent_actor actor)
{
    must((unsigned)actor < ACTOR_COUNT);
    return actor_text[actor];
}

bool consent_actor_read(struct str text, enum consent_actor *actor)
{
    for (unsigned i = 0; i < ACTOR_COUNT; i++) {
        if (str_is(text, actor_text[i])) {
            *actor = (enum consent_actor)i;
            return true;
        }
    }
    return false;
}

bool consent_is_no(enum consent_decision decision)
{
    switch (decision) {
    case CONSENT_GIVEN:
    case CONSENT_UNRESTRICTED:
    case CONSENT_REQUESTED:
    case CONSENT_DEFERRED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_ALLOWED:
        return false;
    case CONSENT_REFUSED:
    case CONSENT_WITHDRAWN:
    case CONSENT_OBJECTED:
    case CONSENT_RESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_REVOKED:
    case CONSENT_INVALIDATED:
        break;
    }
    return true;
}

bool consent_is_lever(enum consent_decision decision)
{
    return decision >= CONSENT_RESTRICTED && decision <= CONSENT_SENSITIVE_ALLOWED;
}
