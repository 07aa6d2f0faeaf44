/*
 * permit.c - may this be done to this subject, for this purpose, now?
 *
 * The law has been folded into the consent state; what is left is one look into a table. A permit
 * is the answer as a thing: it cannot be made elsewhere, since its layout is known here only, and
 * it carries a check word over its own address and content. One that was copied, changed, or kept
 * past its job has the wrong word and stops the process. The word guards against our own mistakes;
 * code that runs in the process could forge it, and code that runs in the process needs no permit.
 */
#include "govern.h"

#include <assert.h>

struct permit {
    uint64_t check;
    struct subject subject;
    uint64_t purposes;
    int64_t given; /* job->now */
    enum permit_code code;
    enum right right; /* of PERMIT_OK_RIGHT */
    enum duty duty;   /* of PERMIT_OK_DUTY */
    bool hides_sensitive;
};

/* ---- the check word ------------------------------------------------------------------------ */

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014), as good mixing. */
static uint64_t mix(uint64_t state, uint64_t word)
{
    uint64_t z = (state ^ word) + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t check_of(const struct permit *permit)
{
    uint64_t id[2];
    static_assert(sizeof id == sizeof permit->subject.id, "an id is two words");
    bytes_copy(id, permit->subject.id, sizeof id);

    uint64_t check = mix(UINT64_C(0x7065726d69740001), (uint64_t)(uintptr_t)permit);
    check = mix(check, id[0]);
    check = mix(check, id[1]);
    check = mix(check, permit->subject.slot);
    check = mix(check, permit->purposes);
    check = mix(check, (uint64_t)permit->given);
    check = mix(check, (uint64_t)permit->duty << 16 | (uint64_t)permit->code << 9 |
                           (uint64_t)permit->hides_sensitive << 8 | (uint64_t)permit->right);
    return check | 1; /* never zero, which wiped memory holds */
}

static bool is_genuine(const struct permit *permit)
{
    return permit->check == check_of(permit);
}

static void permit_end(void *thing)
{
    struct permit *permit = thing;
    permit->check = 0;
}

static const struct permit *seal(struct job *job, struct permit content)
{
    struct permit *permit = NEW(job->arena, struct permit);
    *permit = content;
    permit->given = job->now;
    permit->check = check_of(permit);
    arena_defer(job->arena, permit_end, permit);
    return permit;
}

/* ---- asking -------------------------------------------------------------------------------- */

static bool is_nobody(const struct subject *subject)
{
    uint64_t id[2];
    bytes_copy(id, subject->id, sizeof id);
    return (id[0] | id[1]) == 0;
}

static enum permit_code ask_column(const struct consent_state *state, size_t purpose, size_t column)
{
    const enum permit_code code = (enum permit_code)state->code[purpose][column];
    const bool allowed = (state->allowed[column] >> purpose & 1) != 0;
    must(allowed == permit_code_allows(code));
    return code;
}

/* share:RECIPIENT is a disclosure by itself; any other purpose needs the pair in the inventory. */
static enum permit_code ask_recipient(const struct inventory *inventory,
                                      const struct consent_state *state,
                                      const struct permit_question *question, size_t column)
{
    if (question->recipient >= inventory->recipient_count) {
        return PERMIT_WRONG_RECIPIENT;
    }
    if (str_equal(inventory->purpose[question->purpose].recipient,
                  inventory->recipient[question->recipient].name)) {
        return ask_column(state, question->purpose, column);
    }
    const size_t disclosure =
        inventory_disclosure(inventory, question->purpose, question->recipient);
    return disclosure == NONE ? PERMIT_WRONG_RECIPIENT
                              : (enum permit_code)state->disclosed[disclosure][column];
}

enum permit_code permit_ask(const struct inventory *inventory, const struct consent_state *state,
                            const struct permit_question *question, int64_t now)
{
    if (question->purpose >= inventory->purpose_count || question->purpose >= PURPOSES_MAX) {
        return PERMIT_UNKNOWN_PURPOSE;
    }
    if (state == NULL || is_nobody(&question->subject)) {
        return PERMIT_UNKNOWN_SUBJECT;
    }
    if (question->channel != NONE && question->channel >= CHANNELS_MAX) {
        return PERMIT_WRONG_CHANNEL;
    }
    if (now < state->as_of || now >= state->valid_until) {
        return PERMIT_EXPIRED;
    }

    const size_t column = question->channel == NONE ? CHANNELS_MAX : question->channel;
    if (question->recipient != OURSELVES) {
        return ask_recipient(inventory, state, question, column);
    }
    return ask_column(state, question->purpose, column);
}

enum candor_status permit_issue(struct job *job, const struct inventory *inventory,
                                const struct consent_state *state,
                                const struct permit_question *question, enum permit_code *code,
                                const struct permit **permit)
{
    *code = permit_ask(inventory, state, question, job->now);
    if (!permit_code_allows(*code)) {
        return fail(job, CANDOR_REFUSED, "%s", permit_code_sentence(*code));
    }
    const struct purpose *purpose = &inventory->purpose[question->purpose];
    /* What a contract, a law or a life at stake needs is not what Cal. Civ. Code 1798.121 limits. */
    const bool hides_sensitive = state->limits_sensitive && consent_has_a_say(purpose);
    *permit = seal(job, (struct permit){.subject = question->subject,
                                        .purposes = UINT64_C(1) << question->purpose,
                                        .code = *code,
                                        .hides_sensitive = hides_sensitive});
    return CANDOR_OK;
}

const struct permit *permit_for_right(struct job *job, struct subject subject, enum right right)
{
    must((unsigned)right < RIGHTS);
    must(!is_nobody(&subject));
    return seal(job, (struct permit){.subject = subject,
                                     .purposes = PURPOSES_ALL,
                                     .code = PERMIT_OK_RIGHT,
                                     .right = right});
}

const struct permit *permit_for_duty(struct job *job, struct subject subject, enum duty duty)
{
    must((unsigned)duty < DUTIES);
    must(!is_nobody(&subject));
    return seal(job, (struct permit){.subject = subject,
                                     .purposes = PURPOSES_ALL,
                                     .code = PERMIT_OK_DUTY,
                                     .duty = duty});
}

/* ---- what a permit says -------------------------------------------------------------------- */

bool permit_names(const struct permit *permit, struct subject subject)
{
    must(is_genuine(permit));
    return permit->subject.slot == subject.slot &&
           bytes_same(permit->subject.id, subject.id, sizeof subject.id);
}

bool permit_executes(const struct permit *permit, enum right right)
{
    must(is_genuine(permit));
    return permit->code == PERMIT_OK_RIGHT && permit->right == right;
}

bool permit_serves(const struct permit *permit, enum duty duty)
{
    must(is_genuine(permit));
    return permit->code == PERMIT_OK_DUTY && permit->duty == duty;
}

uint64_t permit_purposes(const struct permit *permit)
{
    must(is_genuine(permit));
    return permit->purposes;
}

bool permit_hides_sensitive(const struct permit *permit)
{
    must(is_genuine(permit));
    return permit->hides_sensitive;
}

enum permit_code permit_code_of(const struct permit *permit)
{
    must(is_genuine(permit));
    return permit->code;
}

struct subject permit_subject(const struct permit *permit)
{
    must(is_genuine(permit));
    return permit->subject;
}

/* ---- names --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *sentence;
} code_text[PERMIT_CODES] = {
    [PERMIT_OK_CONSENT] = {"ok_consent", "They agreed to this."},
    [PERMIT_OK_BASIS] = {"ok_basis", "This rests on another legal basis, and they did not object."},
    [PERMIT_OK_RIGHT] = {"ok_right", "Their own right is being carried out."},
    [PERMIT_OK_DUTY] = {"ok_duty", "The law asks us to look after what we hold."},
    [PERMIT_NO_CONSENT] = {"no_consent", "They never agreed to this."},
    [PERMIT_REFUSED] = {"refused", "They were asked and said no."},
    [PERMIT_WITHDRAWN] = {"withdrawn", "They agreed once and took it back."},
    [PERMIT_OBJECTED] = {"objected", "They objected to this."},
    [PERMIT_EXPIRED] = {"expired", "Their agreement has run out."},
    [PERMIT_RESTRICTED] = {"restricted", "Use of their data is restricted at their request."},
    [PERMIT_UNKNOWN_PURPOSE] = {"unknown_purpose", "No such purpose is declared."},
    [PERMIT_UNKNOWN_SUBJECT] = {"unknown_subject", "We do not know this person."},
    [PERMIT_WRONG_CHANNEL] = {"wrong_channel", "This purpose is not served on this channel."},
    [PERMIT_NOT_YET] = {"not_yet", "Their agreement is dated in the future."},
    [PERMIT_PENDING] = {"pending", "They have not confirmed their agreement yet."},
    [PERMIT_REVOKED] = {"revoked", "We ended this agreement ourselves."},
    [PERMIT_INVALIDATED] = {"invalidated", "Their agreement turned out not to be valid."},
    [PERMIT_CHILD] = {"child", "They are a child, and no guardian agreed."},
    [PERMIT_AGE_UNKNOWN] = {"age_unknown", "They may be a child: their age is not known."},
    [PERMIT_WRONG_RECIPIENT] = {"wrong_recipient",
                                "This purpose is not shared with this recipient."},
    [PERMIT_SUPERSEDED] = {"superseded", "They said no after this was decided."},
};

const char *permit_code_name(enum permit_code code)
{
    must((unsigned)code < PERMIT_CODES);
    return code_text[code].name;
}

const char *permit_code_sentence(enum permit_code code)
{
    must((unsigned)code < PERMIT_CODES);
    return code_text[code].sentence;
}

bool permit_code_allows(enum permit_code code)
{
    return code == PERMIT_OK_CONSENT || code == PERMIT_OK_BASIS || code == PERMIT_OK_RIGHT ||
           code == PERMIT_OK_DUTY;
}

static const char *const right_text[RIGHTS] = {
    [RIGHT_ACCESS] = "access",
    [RIGHT_RECTIFICATION] = "rectification",
    [RIGHT_ERASURE] = "erasure",
    [RIGHT_RESTRICTION] = "restriction",
    [RIGHT_PORTABILITY] = "portability",
    [RIGHT_OBJECTION] = "objection",
    [RIGHT_EXPLANATION] = "explanation",
    [RIGHT_MARKETING_OBJECTION] = "marketing_objection",
    [RIGHT_NO_AUTOMATION] = "no_automation",
    [RIGHT_HUMAN_REVIEW] = "human_review",
    [RIGHT_OPT_OUT_SALE] = "opt_out_sale",
    [RIGHT_LIMIT_SENSITIVE] = "limit_sensitive",
};

const char *right_name(enum right right)
{
    must((unsigned)right < RIGHTS);
    return right_text[right];
}
