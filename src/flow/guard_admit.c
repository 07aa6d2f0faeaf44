/*
 * guard_admit.c - may a chat be sent, and what came of it: both on record before anything goes on.
 *
 *     key ──▶ purpose, permit of the subject ──▶ budget ──▶ entry, prompt sealed ──commit──▶ sent
 *     answer ──weighed──▶ budget charged, entry, answer sealed ──commit──▶ its end is told
 *
 * Many chats share a commit. One that is refused by a rule stands on the ledger as refused; one whose key
 * is nobody's, or whose request cannot be read, does not: nobody could be named.
 */
#include "consenting.h"
#include "guard.h"
#include "staff.h"

/* ---- the rules ------------------------------------------------------------------------------- */

/* Who asks from within is who makes the present call. */
static enum candor_status operator_holds(struct job *job, const struct candor *candor,
                                         struct candor_chat *chat)
{
    TRY(caller_may(job, candor, ACT_CHAT));
    chat->holder = candor->self;
    chat->key_name = str_format(chat->job.arena, "operator:%.*s", STR_ARG(candor->self.name));
    return CANDOR_OK;
}

static enum candor_status take_holder(struct job *job, struct candor *candor,
                                      struct candor_chat *chat)
{
    enum candor_status status = because_check(job, chat->because);
    if (status == CANDOR_OK && chat->is_own) {
        status = operator_holds(job, candor, chat);
    } else if (status == CANDOR_OK) {
        status = key_holder(job, candor, chat->key, "chat", &chat->holder, &chat->key_name);
    }
    if (status == CANDOR_OK) {
        chat->key_name = str_copy(chat->job.arena, chat->key_name);
        return CANDOR_OK;
    }
    const bool is_refusal = status == CANDOR_NOT_FOUND || status == CANDOR_FORBIDDEN ||
                            status == CANDOR_BAD_INPUT || status == CANDOR_REFUSED;
    if (!is_refusal) {
        return status;
    }
    chat->is_unknown = status == CANDOR_NOT_FOUND;
    guard_refuse(chat, status == CANDOR_NOT_FOUND ? 401 : 403,
                 status == CANDOR_NOT_FOUND ? "invalid_api_key" : "forbidden", "%s", job->message);
    job_forgive(job);
    return CANDOR_OK;
}

static enum candor_status ask_permit(struct job *job, struct candor *candor, size_t purpose,
                                     struct candor_chat *chat)
{
    struct view_entry *entry = NULL;
    enum permit_code code = PERMIT_UNKNOWN_SUBJECT;
    const enum candor_status status = view_find(job, candor, chat->subject, &entry);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
    } else {
        TRY(status);
        const struct permit_question question = {.subject = entry->subject,
                                                 .purpose = purpose,
                                                 .channel = NONE,
                                                 .recipient = chat->provider->recipient};
        code = permit_ask(candor->inventory, entry->state, &question, job->now);
        chat->has_subject = true;
        chat->who = entry->subject;
    }
    if (!permit_code_allows(code)) {
        candor->permits_denied++;
        guard_refuse(chat, 403, permit_code_name(code), "no permit: %s", permit_code_name(code));
    }
    return CANDOR_OK;
}

static enum candor_status ask_purpose(struct job *job, struct candor *candor,
                                      struct candor_chat *chat)
{
    size_t purpose = NONE;
    if (chat->purpose == NULL) {
        if (chat->config->needs_purpose || chat->subject != NULL) {
            guard_refuse(chat, 400, "purpose_missing",
                         "say what it is for: the header Candor-Purpose");
        }
        return CANDOR_OK;
    }
    if (home_purpose(job, candor, str_of(chat->purpose), &purpose) != CANDOR_OK) {
        guard_refuse(chat, 400, "purpose_unknown", "%s", job->message);
        job_forgive(job);
        return CANDOR_OK;
    }
    return chat->subject == NULL ? CANDOR_OK : ask_permit(job, candor, purpose, chat);
}

static enum candor_status ask_provider(struct job *job, struct txn *txn, struct candor_chat *chat)
{
    struct str key = STR("");
    TRY(guard_provider_key(job, txn, chat->provider, &key));
    if (key.len > 0) {
        chat->bearer = str_format(chat->job.arena, "Bearer %.*s", STR_ARG(key));
    }
    return CANDOR_OK;
}

static enum candor_status ask_budget(struct job *job, struct txn *txn, struct candor_chat *chat)
{
    const enum candor_status status = guard_budget_take(job, txn, chat);
    if (status != CANDOR_SPENT) {
        return status;
    }
    guard_refuse(chat, 429, "budget_spent", "%s", job->message);
    chat->is_in_vain = true;
    job_forgive(job);
    return CANDOR_OK;
}

/* ---- admitting ------------------------------------------------------------------------------- */

/* What cannot be read names no model, and is nobody's act. */
static bool is_of_record(const struct candor_chat *chat)
{
    return !chat->is_unknown && chat->model != NULL && chat->code != 400 && chat->code != 413;
}

static enum candor_status admit_one(struct job *job, struct candor *candor, struct txn *txn,
                                    struct candor_chat *chat)
{
    TRY(host_random(job, chat->id, sizeof chat->id));
    if (chat->code == 0) {
        TRY(ask_purpose(job, candor, chat));
    }
    if (chat->code == 0) {
        TRY(ask_budget(job, txn, chat));
    }
    if (chat->code == 0) {
        TRY(ask_provider(job, txn, chat));
    }
    return is_of_record(chat) ? guard_keep_asked(job, candor, txn, chat) : CANDOR_OK;
}

/* In the name of the key's holder. */
static enum candor_status admit_as_holder(struct job *job, struct candor *candor, struct txn *txn,
                                          struct candor_chat *chat)
{
    TRY(take_holder(job, candor, chat));
    if (chat->is_unknown || chat->key_name.ptr == NULL) {
        return CANDOR_OK;
    }
    const struct operator opener = candor->self;
    candor->self = chat->holder;
    const enum candor_status status = admit_one(job, candor, txn, chat);
    candor->self = opener;
    return status;
}

static enum candor_status admit_group(struct job *job, struct candor *candor,
                                      struct candor_chat *const *chat, size_t count)
{
    struct txn *txn = NULL;
    bool is_changed = false;
    TRY(home_begin(job, candor, &txn));
    for (size_t i = 0; i < count; i++) {
        TRY(admit_as_holder(job, candor, txn, chat[i]));
        is_changed = is_changed || chat[i]->state == CHAT_ADMITTED;
    }
    if (!is_changed) {
        home_roll_back(candor);
        return CANDOR_OK;
    }
    return home_commit(job, candor, txn);
}

/* As it was before it was asked, but for refusals, which stay. */
static void take_back(struct candor_chat *chat)
{
    chat->state = CHAT_ASKED;
    chat->asked_index = 0;
}

static enum candor_status admit_apart(struct job *job, struct candor *candor,
                                      struct candor_chat *const *chat, size_t count)
{
    home_enter(candor);
    const enum candor_status status = admit_group(job, candor, chat, count);
    home_leave(candor);
    for (size_t i = 0; status != CANDOR_OK && i < count; i++) {
        take_back(chat[i]);
    }
    return status;
}

enum candor_status candor_chats_admit(struct job *job, struct candor *candor,
                                      struct candor_chat *const *chat, size_t count)
{
    must(count <= CANDOR_CHATS_MAX);
    enum candor_status status = admit_apart(job, candor, chat, count);
    if (status == CANDOR_OK) {
        return CANDOR_OK;
    }
    for (size_t i = 0; i < count; i++) { /* one damaged record must not stop the others */
        job_forgive(job);
        status = admit_apart(job, candor, &chat[i], 1);
        if (status != CANDOR_OK) {
            guard_refuse(chat[i], 503, "gate_unavailable",
                         "the request could not be put on record");
        }
    }
    return status;
}

/* ---- settling -------------------------------------------------------------------------------- */

static enum candor_status settle_group(struct job *job, struct candor *candor,
                                       struct candor_chat *const *chat, size_t count)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    for (size_t i = 0; i < count; i++) {
        const struct operator opener = candor->self;
        candor->self = chat[i]->holder;
        enum candor_status status = guard_budget_charge(job, txn, chat[i]);
        if (status == CANDOR_OK) {
            status = guard_keep_answered(job, candor, txn, chat[i]);
        }
        candor->self = opener;
        TRY(status);
    }
    return home_commit(job, candor, txn);
}

static enum candor_status settle_apart(struct job *job, struct candor *candor,
                                       struct candor_chat *const *chat, size_t count)
{
    home_enter(candor);
    const enum candor_status status = settle_group(job, candor, chat, count);
    home_leave(candor);
    return status;
}

enum candor_status candor_chats_settle(struct job *job, struct candor *candor,
                                       struct candor_chat *const *chat, size_t count)
{
    must(count <= CANDOR_CHATS_MAX);
    for (size_t i = 0; i < count; i++) {
        guard_weigh_answer(chat[i]);
        chat[i]->answer_digest = digest_end(&chat[i]->digest);
        chat[i]->state = CHAT_SETTLED;
    }
    enum candor_status status = settle_apart(job, candor, chat, count);
    if (status == CANDOR_OK) {
        return CANDOR_OK;
    }
    for (size_t i = 0; i < count; i++) {
        job_forgive(job);
        status = settle_apart(job, candor, &chat[i], 1);
        if (status != CANDOR_OK) {
            guard_refuse(chat[i], 503, "gate_unavailable", "the answer could not be put on record");
            chat[i]->answer = (struct bytes){NULL, 0};
        }
    }
    return status;
}
