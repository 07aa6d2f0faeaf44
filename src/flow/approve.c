/*
 * approve.c - the second signature under a plan.
 *
 *     planned --approve--> approved
 *
 * Another operator signs the plan's digest; a plan that fails its fairness rule needs the owner's written
 * reason, which goes on the ledger. Before a plan is sent, both signatures and the policy are checked
 * again here.
 */
#include "plan.h"
#include "reviewed.h"

/* ---- signatures ---------------------------------------------------------------------------- */

static struct bytes bytes_of_digest(const struct digest *digest)
{
    return (struct bytes){digest->byte, sizeof digest->byte};
}

/* What an approver signs: the digest, and the reason when a failed check is overruled. */
static struct digest approval_digest(const struct digest *plan, struct str override_reason)
{
    const struct bytes part[] = {bytes_of(STR("candor-approval-v1\n")), bytes_of_digest(plan),
                                 bytes_of(override_reason)};
    return digest_of(part, 3);
}

static enum candor_status must_be_signed_by(struct job *job, struct candor *candor, struct txn *txn,
                                            struct str name, const struct digest *digest,
                                            const uint8_t signature[SIGNATURE_LEN])
{
    struct operator operator;
    TRY(operator_read(job, candor, txn, name, &operator));
    if (!signature_holds(operator.public_key, bytes_of_digest(digest), signature)) {
        return fail(job, CANDOR_CORRUPT,
                    "the signature of operator '%.*s' does not hold: the plan was changed",
                    STR_ARG(name));
    }
    return CANDOR_OK;
}

static enum candor_status must_be_unchanged(struct job *job, struct candor *candor, struct txn *txn,
                                            const struct plan *plan)
{
    TRY(must_be_signed_by(job, candor, txn, plan->author, &plan->digest, plan->author_signature));
    if (!digest_equal(plan->policy, candor->policy)) {
        return fail(job, CANDOR_REFUSED,
                    "candor.yaml has changed since the plan was made; plan again: candor plan %.*s",
                    STR_ARG(plan->campaign));
    }
    return CANDOR_OK;
}

/* ---- approve ------------------------------------------------------------------------------- */

static enum candor_status may_approve(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct campaign *campaign, const struct plan *plan,
                                      struct str override_reason)
{
    if (plan->state == PLAN_HANDING_OVER || plan->state == PLAN_SENT) {
        return fail(job, CANDOR_REFUSED, "the campaign was sent already");
    }
    if (str_equal(plan->author, candor->self.name)) {
        return fail(job, CANDOR_REFUSED,
                    "operator '%.*s' made this plan; another operator must approve it (candor "
                    "operator add NAME --roles approver, then --operator NAME)",
                    STR_ARG(plan->author));
    }
    const bool may_pass = plan->fairness.passed || campaign->fairness.on_fail == CAMPAIGN_WARN;
    TRY(strict_approve(job, candor, txn, campaign, plan->fairness.checked, may_pass));
    if (may_pass) {
        return CANDOR_OK;
    }
    if (override_reason.len == 0) {
        return fail(job, CANDOR_REFUSED,
                    "the plan fails its fairness rule (%.*s is %.2f, the limit is %.2f); mend the "
                    "model, or an owner overrides it with --override REASON",
                    STR_ARG(plan->fairness.measure), plan->fairness.value, plan->fairness.limit);
    }
    if ((candor->self.roles & ROLE_OWNER) == 0) {
        return fail(job, CANDOR_FORBIDDEN, "only an owner may override a failed fairness check");
    }
    return CANDOR_OK;
}

static enum candor_status approve(struct job *job, struct candor *candor, const char *name,
                                  struct str override_reason, struct candor_text *report)
{
    struct txn *txn = NULL;
    const struct campaign *campaign = NULL;
    size_t campaign_index = 0;
    struct plan *plan = NEW(job->arena, struct plan);
    const struct signer *signer = NULL;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_APPROVE));
    TRY(caller_signer(job, candor, &signer));
    TRY(home_campaign(job, candor, str_of(name), &campaign, &campaign_index));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_load(job, candor, txn, campaign->name, plan));
    TRY(must_be_unchanged(job, candor, txn, plan));
    TRY(may_approve(job, candor, txn, campaign, plan, override_reason));

    const struct digest digest = approval_digest(&plan->digest, override_reason);
    plan->approver = candor->self.name;
    plan->approved = job->now;
    plan->override_reason = override_reason;
    plan->state = PLAN_APPROVED;
    signer_sign(signer, bytes_of_digest(&digest), plan->approver_signature);
    const struct account account = {.action = LEDGER_APPROVE,
                                    .outcome = OUTCOME_ALLOW,
                                    .payload = bytes_of(override_reason),
                                    .policy = &plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(plan_store(job, candor, txn, plan));
    TRY(home_commit(job, candor, txn));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, plan->campaign);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, bytes_of_digest(&plan->digest));
    json_key(&answer.json, LIT("author"));
    json_text(&answer.json, plan->author);
    json_key(&answer.json, LIT("approver"));
    json_text(&answer.json, plan->approver);
    json_key(&answer.json, LIT("contacts"));
    json_u64(&answer.json, plan->stair[STAIR_CONTACTED].count);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_approve(struct job *job, struct candor *candor, const char *campaign,
                                  const char *override_reason, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        approve(job, candor, campaign, str_of(override_reason), report);
    home_leave(candor);
    return status;
}

/* ---- before it is sent ---------------------------------------------------------------------- */

enum candor_status plan_may_be_sent(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct plan *plan)
{
    if (plan->state == PLAN_PLANNED) {
        return fail(job, CANDOR_REFUSED,
                    "the plan is not approved; another operator runs: candor approve %.*s",
                    STR_ARG(plan->campaign));
    }
    if (plan->state == PLAN_SENT) {
        return fail(job, CANDOR_REFUSED, "the campaign was sent already");
    }
    const struct digest digest = approval_digest(&plan->digest, plan->override_reason);
    TRY(must_be_unchanged(job, candor, txn, plan));
    if (str_equal(plan->author, plan->approver)) { /* approve refuses this, so it was not approve */
        return fail(job, CANDOR_CORRUPT,
                    "both signatures of the plan are of operator '%.*s': the approval was forged",
                    STR_ARG(plan->author));
    }
    return must_be_signed_by(job, candor, txn, plan->approver, &digest, plan->approver_signature);
}
