/*
 * caller.c - calls in the name of whoever holds an API key or a session.
 *
 * A home is opened by one operator, and a server of it is asked by many. Between candor_key_enter and
 * candor_key_leave the calls of one thread are those of the key's holder: home_enter puts them in the
 * place of the opener, home_leave puts the opener back, both under the home's lock. So the ledger, the
 * access log and the rules for two people name the person who asked, and a thread of the server that
 * works on its own (witnesses, retention) is never taken for them.
 *
 *     opener ──home_enter──▶ holder, with the key's roles ──home_leave──▶ opener
 */
#include "candor_visit.h"
#include "staff.h"

/* The present thread's; NULL: it makes its calls as the opener. Under the home's lock. */
static const struct caller *caller_here(const struct candor *candor)
{
    for (size_t i = 0; candor->callers > 0 && i < CALLERS_MAX; i++) {
        const struct caller *caller = &candor->caller[i];
        if (caller->is_set && pthread_equal(caller->thread, pthread_self()) != 0) {
            return caller;
        }
    }
    return NULL;
}

void caller_set(struct candor *candor, const struct caller *caller)
{
    must(caller_here(candor) == NULL);
    size_t at = 0;
    while (at < CALLERS_MAX && candor->caller[at].is_set) {
        at++;
    }
    must(at < CALLERS_MAX);
    candor->caller[at] = *caller;
    candor->caller[at].is_set = true;
    candor->callers++;
    candor->caller[at].thread = pthread_self();
}

void caller_step_in(struct candor *candor)
{
    const struct caller *caller = caller_here(candor);
    if (caller == NULL) {
        return;
    }
    candor->opener =
        (struct caller){.is_set = true, .who = candor->self, .because = candor->because};
    candor->opener_signer = candor->self_signer;
    candor->self = caller->who;
    candor->self_signer = NULL;
    candor->because = caller->because;
}

void caller_step_out(struct candor *candor)
{
    if (!candor->opener.is_set) {
        return;
    }
    candor->self = candor->opener.who;
    candor->self_signer = candor->opener_signer;
    candor->because = candor->opener.because;
    candor->opener.is_set = false;
}

const struct subject *caller_subject(const struct candor *candor)
{
    const struct caller *caller = candor->opener.is_set ? caller_here(candor) : NULL;
    return caller != NULL && caller->is_subject ? &caller->subject : NULL;
}

struct str caller_key(const struct candor *candor)
{
    const struct caller *caller = candor->opener.is_set ? caller_here(candor) : NULL;
    return caller == NULL ? STR("") : caller->key;
}

enum candor_status caller_signer(struct job *job, const struct candor *candor,
                                 const struct signer **signer)
{
    *signer = candor->self_signer;
    if (*signer != NULL) {
        return CANDOR_OK;
    }
    const enum candor_status status =
        operator_signer(job, job->arena, candor, &candor->self, signer);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_FORBIDDEN,
                    "the signing key of operator '%.*s' is not on this machine: sign with the "
                    "command where it is",
                    STR_ARG(candor->self.name));
    }
    return status;
}

void operator_changed(struct candor *candor, const struct operator* now)
{
    struct operator* self = candor->opener.is_set ? &candor->opener.who : & candor->self;
    keys_forget(candor);
    if (str_equal(self->name, now->name)) {
        self->roles = now->roles;
        self->expires = now->expires;
        self->taken = now->taken;
        self->taken_count = now->taken_count;
        operator_keep(candor, self);
    }
}

enum candor_status candor_caller_may(struct job *job, struct candor *candor, const char *act_text)
{
    enum act act;
    if (!act_read(act_text, &act)) {
        return fail(job, CANDOR_BAD_INPUT, "no act is called '%s'", act_text);
    }
    home_enter(candor);
    const enum candor_status status = caller_may(job, candor, act);
    home_leave(candor);
    return status;
}

enum candor_status candor_key_enter(struct job *job, struct candor *candor, const char *key,
                                    const char *act, const char *because)
{
    struct caller caller = {.because = str_of(because)};
    TRY(because_check(job, because));
    home_enter(candor);
    const enum candor_status status = key_holder(job, candor, key, act, &caller.who, &caller.key);
    if (status == CANDOR_OK) {
        caller_set(candor, &caller);
    }
    home_leave(candor);
    return status;
}

void candor_key_leave(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->lock) == 0);
    const struct caller *caller = caller_here(candor);
    must(caller != NULL);
    candor->caller[caller - candor->caller] = (struct caller){0};
    candor->callers--;
    must(pthread_mutex_unlock(&candor->lock) == 0);
}
