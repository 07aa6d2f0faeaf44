/*
 * role.c - who in the company may do what: one table.
 *
 * The owner may do everything. Planning and approving are different roles so that two people stand
 * behind a campaign; that they are two is checked where a plan is signed.
 */
#include "govern.h"
#include "people.h"

enum { ROLE_BITS = 7 };

static const char *const role_text[ROLE_BITS] = {"owner",   "marketer", "approver", "analyst",
                                                 "privacy", "machine",  "tracker"};

static const struct {
    const char *name;
    unsigned roles; /* besides the owner */
} act_row[] = {
    [ACT_IMPORT] = {"import", ROLE_MARKETER | ROLE_ANALYST | ROLE_MACHINE},
    [ACT_TRAIN] = {"train", ROLE_ANALYST},
    [ACT_PUBLISH] = {"publish", ROLE_APPROVER},
    [ACT_PLAN] = {"plan", ROLE_MARKETER},
    [ACT_APPROVE] = {"approve", ROLE_APPROVER},
    [ACT_SEND] = {"send", ROLE_MARKETER},
    [ACT_RESULTS] = {"results", ROLE_MARKETER | ROLE_APPROVER | ROLE_ANALYST},
    [ACT_DECIDE] = {"decide", ROLE_MARKETER | ROLE_MACHINE},
    [ACT_SUBJECT_READ] = {"subject.read", ROLE_PRIVACY},
    [ACT_SUBJECT_CHANGE] = {"subject.change", ROLE_PRIVACY},
    [ACT_SUBJECT_ERASE] = {"subject.erase", ROLE_PRIVACY},
    [ACT_CONSENT] = {"consent", ROLE_PRIVACY | ROLE_MACHINE},
    [ACT_AUDIT] = {"audit", ROLE_APPROVER | ROLE_ANALYST | ROLE_PRIVACY},
    [ACT_LEDGER_READ] = {"ledger.read",
                         ROLE_MARKETER | ROLE_APPROVER | ROLE_ANALYST | ROLE_PRIVACY},
    [ACT_SHARE] = {"share", ROLE_PRIVACY},
    [ACT_TRACK] = {"track", ROLE_MACHINE | ROLE_TRACKER},
    [ACT_CHAT] = {"chat", ROLE_MARKETER | ROLE_MACHINE},
    [ACT_ADMINISTER] = {"administer", 0},
};

enum { ACT_COUNT = sizeof act_row / sizeof act_row[0] };

const char *role_name(enum role role)
{
    for (unsigned bit = 0; bit < ROLE_BITS; bit++) {
        if (role == (enum role)(1U << bit)) {
            return role_text[bit];
        }
    }
    base_broken("a role is one bit of those known", __FILE__, __LINE__);
}

bool role_read(struct str text, enum role *role)
{
    for (unsigned bit = 0; bit < ROLE_BITS; bit++) {
        if (str_is(text, role_text[bit])) {
            *role = (enum role)(1U << bit);
            return true;
        }
    }
    return false;
}

const char *act_name(enum act act)
{
    must((unsigned)act < ACT_COUNT);
    return act_row[act].name;
}

bool act_is_subjects_own(enum act act)
{
    return act == ACT_SUBJECT_READ || act == ACT_SUBJECT_CHANGE || act == ACT_SUBJECT_ERASE ||
           act == ACT_CONSENT;
}

static struct str list_roles(struct arena *arena, unsigned roles)
{
    struct buf buf = buf_begin(arena);
    for (unsigned bit = 0; bit < ROLE_BITS; bit++) {
        if ((roles >> bit & 1) != 0) {
            buf_format(&buf, "%s%s", buf.len == 0 ? "" : ", ", role_text[bit]);
        }
    }
    return buf_text(&buf);
}

enum candor_status role_require(struct job *job, unsigned roles, enum act act)
{
    must((unsigned)act < ACT_COUNT);
    const unsigned may = act_row[act].roles | ROLE_OWNER;
    if ((roles & may) != 0) {
        return CANDOR_OK;
    }
    const struct str list = list_roles(job->arena, may);
    return fail(job, CANDOR_FORBIDDEN, "'%s' needs one of the roles: %.*s", act_row[act].name,
                STR_ARG(list));
}
