/*
 * operators.c - the commands over operators: add, list, roles, end, training.
 *
 * Each change is an entry on the ledger with what changed as its payload, kept sealed beside it. One
 * owner stays in any case: a home without one could never be administered again.
 */
#include "staff.h"

/* One change: written, on the ledger, durable. */
static enum candor_status account_for(struct job *job, struct candor *candor, struct txn *txn,
                                      struct str change, uint64_t *index)
{
    const struct account account = {
        .action = LEDGER_OPERATOR, .outcome = OUTCOME_DONE, .payload = bytes_of(change)};
    TRY(home_account_kept(job, candor, txn, &account, LIT("operator_change"), index));
    return home_commit(job, candor, txn);
}

/* ---- as JSON ------------------------------------------------------------------------------- */

void operator_members(struct job *job, struct json *json, const struct candor *candor,
                      const struct operator* operator)
{
    struct str lapsed = STR("");
    int64_t until = 0;
    json_key(json, LIT("name"));
    json_text(json, operator->name);
    roles_json(json, operator->roles);
    put_time_or_null(job, json, LIT("expires"), operator->expires);
    json_key(json, LIT("expired"));
    json_bool(json, operator_is_over(job, operator));
    json_key(json, LIT("training"));
    json_list_begin(json);
    for (size_t i = 0; i < operator->taken_count; i++) {
        json_map_begin(json);
        json_key(json, LIT("course"));
        json_text(json, operator->taken[i].course);
        json_key(json, LIT("until"));
        json_text(json, str_from_time(job->arena, operator->taken[i].until));
        json_key(json, LIT("lapsed"));
        json_bool(json, operator->taken[i].until <= job->now);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("sees_personal_data"));
    json_bool(
        json,
        training_is_current(operator->roles, candor->required_training,
                            candor->required_training_count, operator->taken, operator->taken_count,
                            job->now, &lapsed, &until));
}

static void report_one(struct job *job, const struct candor *candor,
                       const struct operator* operator, uint64_t index, bool with_key,
                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    operator_members(job, &answer.json, candor, operator);
    if (with_key) {
        json_key(&answer.json, LIT("key_file"));
        json_text(&answer.json, operator_key_path(job, candor, operator->name));
    }
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

/* ---- adding and listing -------------------------------------------------------------------- */

static enum candor_status operator_add(struct job *job, struct candor *candor, struct str name,
                                       const char *role_text, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct bytes present;
    struct operator operator;
    unsigned roles = 0;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(operator_name_check(job, name));
    TRY(roles_read(job, role_text, &roles));
    TRY(home_begin(job, candor, &txn));
    if (store_document(job, txn, LIT("operator"), name, &present) == CANDOR_OK) {
        return fail(job, CANDOR_EXISTS, "there is an operator '%.*s' already", STR_ARG(name));
    }
    job_forgive(job);
    const struct str part[] = {STR("add"), name, roles_text(job->arena, roles)};
    TRY(second_require(job, candor, GUARD_OPERATORS, part, 3));
    TRY(home_begin(job, candor, &txn));
    TRY(operator_create(job, candor, txn, name, roles));
    TRY(operator_read(job, candor, txn, name, &operator));
    TRY(account_for(job, candor, txn,
                    str_format(job->arena, "add %.*s: %.*s", STR_ARG(name), STR_ARG(part[2])),
                    &index));
    report_one(job, candor, &operator, index, true, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_add(struct job *job, struct candor *candor, const char *name,
                                       const char *roles, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = operator_add(job, candor, str_of(name), roles, report);
    home_leave(candor);
    return status;
}

static enum candor_status operator_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("operator"), &name, &count));
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("operators"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct operator operator;
        TRY(operator_read(job, candor, txn, name[i], &operator));
        json_map_begin(&answer.json);
        operator_members(job, &answer.json, candor, &operator);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = operator_list(job, candor, report);
    home_leave(candor);
    return status;
}

/* ---- changing ------------------------------------------------------------------------------ */

enum candor_status operator_must_be_known(struct job *job, struct txn *txn, struct str name)
{
    struct bytes present;
    TRY(operator_name_check(job, name));
    const enum candor_status status = store_document(job, txn, LIT("operator"), name, &present);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no operator '%.*s' in this home", STR_ARG(name));
    }
    return status;
}

static enum candor_status known_operator(struct job *job, struct candor *candor, struct txn *txn,
                                         struct str name, struct operator* operator)
{
    TRY(operator_must_be_known(job, txn, name));
    return operator_read(job, candor, txn, name, operator);
}

/* Is there an owner without an end, besides this one? */
static enum candor_status another_owner(struct job *job, struct candor *candor, struct txn *txn,
                                        struct str besides)
{
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, txn, LIT("operator"), &name, &count));
    for (size_t i = 0; i < count; i++) {
        struct operator operator;
        TRY(operator_read(job, candor, txn, name[i], &operator));
        if (!str_equal(name[i], besides) &&
            (operator.roles & ROLE_OWNER) != 0 && operator.expires == 0) {
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_REFUSED, "'%.*s' is the last owner without an end: make another first",
                STR_ARG(besides));
}

static enum candor_status change_roles(struct job *job, struct candor *candor, struct str name,
                                       const char *role_text, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct operator operator;
    unsigned roles = 0;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(roles_read(job, role_text, &roles));
    TRY(home_begin(job, candor, &txn));
    TRY(known_operator(job, candor, txn, name, &operator));
    if ((operator.roles & ROLE_OWNER) != 0 && (roles & ROLE_OWNER) == 0) {
        TRY(another_owner(job, candor, txn, name));
    }
    const struct str part[] = {STR("roles"), name, roles_text(job->arena, roles)};
    TRY(second_require(job, candor, GUARD_OPERATORS, part, 3));
    TRY(home_begin(job, candor, &txn));
    operator.roles = roles;
    TRY(operator_write(job, txn, &operator));
    TRY(account_for(job, candor, txn,
                    str_format(job->arena, "roles %.*s: %.*s", STR_ARG(name), STR_ARG(part[2])),
                    &index));
    operator_changed(candor, &operator);
    report_one(job, candor, &operator, index, false, report);
    return CANDOR_OK;
}

/* Who may do what: the whole table. */
static void roles_table(struct job *job, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("roles"));
    json_list_begin(&answer.json);
    for (unsigned bit = ROLE_OWNER; bit <= ROLE_TRACKER; bit <<= 1) {
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("role"));
        json_text(&answer.json, str_of(role_name((enum role)bit)));
        json_key(&answer.json, LIT("may"));
        json_list_begin(&answer.json);
        for (unsigned act = 0; act <= ACT_ADMINISTER; act++) {
            if (role_require(job, bit, (enum act)act) == CANDOR_OK) {
                json_text(&answer.json, str_of(act_name((enum act)act)));
            } else {
                job_forgive(job);
            }
        }
        json_list_end(&answer.json);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

enum candor_status candor_operator_roles(struct job *job, struct candor *candor, const char *name,
                                         const char *roles, struct candor_text *report)
{
    if (roles == NULL) {
        roles_table(job, report);
        return CANDOR_OK;
    }
    home_enter(candor);
    const enum candor_status status = change_roles(job, candor, str_of(name), roles, report);
    home_leave(candor);
    return status;
}

static enum candor_status expire(struct job *job, struct candor *candor, struct str name,
                                 const char *on, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct operator operator;
    int64_t end = job->now;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    if (on != NULL && (!str_to_time(str_of(on), &end) || end <= 0)) {
        return fail(job, CANDOR_BAD_INPUT, "the end is a day such as 2027-03-31, or an instant");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(known_operator(job, candor, txn, name, &operator));
    if ((operator.roles & ROLE_OWNER) != 0) {
        TRY(another_owner(job, candor, txn, name));
    }
    const struct str day = str_from_time(job->arena, end);
    const struct str part[] = {STR("expire"), name, on == NULL ? STR("now") : day};
    TRY(second_require(job, candor, GUARD_OPERATORS, part, 3));
    TRY(home_begin(job, candor, &txn));
    operator.expires = end;
    TRY(operator_write(job, txn, &operator));
    TRY(account_for(job, candor, txn,
                    str_format(job->arena, "end %.*s: %.*s", STR_ARG(name), STR_ARG(day)), &index));
    operator_changed(candor, &operator);
    report_one(job, candor, &operator, index, false, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_expire(struct job *job, struct candor *candor, const char *name,
                                          const char *on, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = expire(job, candor, str_of(name), on, report);
    home_leave(candor);
    return status;
}

/* ---- training ------------------------------------------------------------------------------ */

static enum candor_status put_course(struct job *job, struct operator* operator, struct str course,
                                     int64_t until)
{
    size_t at = 0;
    while (at < operator->taken_count && !str_equal(operator->taken[at].course, course)) {
        at++;
    }
    if (at == COURSES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "at most %d courses of one operator", COURSES_MAX);
    }
    operator->taken[at] =(struct acknowledgement){course, until, job->now};
    operator->taken_count += at == operator->taken_count ? 1 : 0;
    return CANDOR_OK;
}

/* An owner puts it down, with their name on the ledger. */
static enum candor_status training(struct job *job, struct candor *candor, struct str name,
                                   struct str course, const char *until_text,
                                   struct candor_text *report)
{
    struct txn *txn = NULL;
    struct operator operator;
    int64_t until = 0;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    if (course.len == 0 || course.len > COURSE_LEN_MAX || !str_is_utf8(course)) {
        return fail(job, CANDOR_BAD_INPUT, "a course's name has 1 to %d bytes", COURSE_LEN_MAX);
    }
    if (!str_to_time(str_of(until_text), &until) || until <= 0) {
        return fail(job, CANDOR_BAD_INPUT, "--until is a day such as 2027-03-31, or an instant");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(known_operator(job, candor, txn, name, &operator));
    TRY(put_course(job, &operator, course, until));
    TRY(operator_write(job, txn, &operator));
    TRY(account_for(job, candor, txn,
                    str_format(job->arena, "training %.*s: %.*s until %.*s", STR_ARG(name),
                               STR_ARG(course), STR_ARG(str_from_time(job->arena, until))),
                    &index));
    operator_changed(candor, &operator);
    report_one(job, candor, &operator, index, false, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_training(struct job *job, struct candor *candor,
                                            const char *name, const char *course, const char *until,
                                            struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        training(job, candor, str_of(name), str_of(course), until, report);
    home_leave(candor);
    return status;
}
