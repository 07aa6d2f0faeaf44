/*
 * comingin.c - how each operator comes in, for whoever answers for them: never a secret, only that there is
 * one, and when it was used.
 */
#include "visits.h"

static size_t sessions_of(const struct job *job, const struct candor *candor, struct str name)
{
    size_t count = 0;
    for (size_t i = 0; i < candor->visits->session_count; i++) {
        const struct session *session = &candor->visits->session[i];
        count += session->kind == CANDOR_OPERATOR && session->ends > job->now &&
                 str_is(name, session->name);
    }
    return count;
}

static bool has_taken(const struct job *job, const struct operator* operator, struct str course)
{
    for (size_t i = 0; i < operator->taken_count; i++) {
        if (str_equal(operator->taken[i].course, course)) {
            return operator->taken[i].until> job->now;
        }
    }
    return false;
}

static void put_missing(const struct job *job, struct json *json, const struct candor *candor,
                        const struct operator* operator)
{
    json_key(json, LIT("missing_training"));
    json_list_begin(json);
    for (size_t i = 0; i < candor->required_training_count; i++) {
        if (!has_taken(job, operator, candor->required_training[i])) {
            json_text(json, candor->required_training[i]);
        }
    }
    json_list_end(json);
}

static enum candor_status put_one(struct job *job, struct candor *candor, struct txn *txn,
                                  struct str name, struct json *json)
{
    struct operator operator;
    struct credential credential;
    TRY(operator_read(job, candor, txn, name, &operator));
    TRY(credential_read(job, txn, name, &credential));
    json_map_begin(json);
    operator_members(job, json, candor, &operator);
    json_key(json, LIT("password"));
    json_bool(json, credential.has_password);
    json_key(json, LIT("second_factor"));
    json_bool(json, credential.factor == FACTOR_COUNTS);
    json_key(json, LIT("second_factor_wanted"));
    json_bool(json, factor_is_wanted(candor, operator.roles));
    put_time_or_null(job, json, LIT("came_in"), credential.came_in);
    json_key(json, LIT("sessions"));
    json_u64(json, sessions_of(job, candor, name));
    put_missing(job, json, candor, &operator);
    json_map_end(json);
    bytes_wipe(&credential, sizeof credential);
    return CANDOR_OK;
}

static enum candor_status credentials(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    struct answer answer;
    size_t count = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("operator"), &name, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("operators"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        TRY(put_one(job, candor, txn, name[i], &answer.json));
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_credentials(struct job *job, struct candor *candor,
                                               struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = credentials(job, candor, report);
    home_leave(candor);
    return status;
}
