/*
 * access.c - who of the company's own people looked at whom, and why.
 *
 * A look is put down in the transaction whose entry is on the ledger, under the person's own key, so
 * that the person sees it and it ends with them. The log over everybody names operators and numbers
 * of people, and nobody.
 */
#include "staff.h"

enum { WHY_MAX = 200, OPERATORS_MAX = 1000 };

bool caller_is_human(const struct candor *candor)
{
    return candor->self.roles != ROLE_MACHINE;
}

enum candor_status access_may(struct job *job, const struct candor *candor)
{
    return candor->reason_required && candor->because.len == 0 && caller_subject(candor) == NULL
               ? fail(job, CANDOR_REFUSED,
                      "candor.yaml wants a reason for looking at people: --because TEXT, or the "
                      "header Candor-Because")
               : CANDOR_OK;
}

enum candor_status access_note(struct job *job, struct candor *candor, struct txn *txn,
                               struct subject subject, struct lit what, uint64_t index)
{
    const struct access access = {
        .time = job->now,
        .who = candor->self.name,
        .roles = roles_text(job->arena, candor->self.roles),
        .what = str_from(what),
        .why = candor->because,
        .ledger_index = index,
    };
    TRY(access_may(job, candor));
    if (caller_subject(candor) != NULL) {
        return CANDOR_OK; /* it is they who look, and the entry on the ledger says so */
    }
    return store_add_access(job, txn, subject, &access);
}

static void access_json(struct job *job, struct json *json, const struct access *access)
{
    json_map_begin(json);
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, access->time));
    json_key(json, LIT("operator"));
    json_text(json, access->who);
    json_key(json, LIT("roles"));
    json_text(json, access->roles);
    json_key(json, LIT("what"));
    json_text(json, access->what);
    json_key(json, LIT("why"));
    json_text(json, access->why);
    json_key(json, LIT("ledger_index"));
    json_u64(json, access->ledger_index);
    json_map_end(json);
}

enum candor_status accesses_json(struct job *job, struct txn *txn, struct subject subject,
                                 struct json *json)
{
    struct access *access = NULL;
    size_t count = 0;
    TRY(store_accesses(job, txn, subject, &access, &count));
    json_key(json, LIT("accesses"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        access_json(job, json, &access[i]);
    }
    json_list_end(json);
    return CANDOR_OK;
}

enum candor_status because_check(struct job *job, const char *why)
{
    const struct str text = str_of(why);
    return text.len > WHY_MAX || !str_is_utf8(text)
               ? fail(job, CANDOR_BAD_INPUT, "a reason has at most %d bytes", WHY_MAX)
               : CANDOR_OK;
}

enum candor_status candor_because(struct job *job, struct candor *candor, const char *why)
{
    TRY(because_check(job, why));
    home_enter(candor);
    candor->because = str_copy(candor->arena, str_of(why));
    home_leave(candor);
    return CANDOR_OK;
}

/* ---- the log over everybody ---------------------------------------------------------------- */

struct looker {
    struct str name;
    uint64_t looks;
    uint64_t people;
    uint64_t without_reason;
    int64_t first;
    int64_t last;
};

struct logging {
    struct arena *arena; /* outlives one person */
    struct str only;     /* empty: everybody */
    int64_t since;
    struct looker looker[OPERATORS_MAX];
    size_t count;
};

static struct looker *looker_of(struct logging *logging, struct str name)
{
    for (size_t i = 0; i < logging->count; i++) {
        if (str_equal(logging->looker[i].name, name)) {
            return &logging->looker[i];
        }
    }
    if (logging->count == OPERATORS_MAX) {
        return NULL;
    }
    struct looker *looker = &logging->looker[logging->count++];
    looker->name = str_copy(logging->arena, name);
    return looker;
}

/* The looks at one person, who counts once for each operator. */
static enum candor_status count_looks(struct job *job, struct logging *logging,
                                      const struct access *access, size_t count)
{
    uint8_t seen[OPERATORS_MAX] = {0};
    for (size_t i = 0; i < count; i++) {
        if (access[i].time < logging->since ||
            (logging->only.len > 0 && !str_equal(access[i].who, logging->only))) {
            continue;
        }
        struct looker *looker = looker_of(logging, access[i].who);
        if (looker == NULL) {
            return fail(job, CANDOR_TOO_LARGE, "more than %d operators looked", OPERATORS_MAX);
        }
        looker->looks++;
        looker->without_reason += access[i].why.len == 0 ? 1 : 0;
        looker->first =
            looker->looks == 1 || access[i].time < looker->first ? access[i].time : looker->first;
        looker->last = access[i].time > looker->last ? access[i].time : looker->last;
        looker->people += seen[looker - logging->looker] == 0 ? 1 : 0;
        seen[looker - logging->looker] = 1;
    }
    return CANDOR_OK;
}

static enum candor_status walk(struct job *job, struct candor *candor, struct logging *logging)
{
    struct txn *txn = NULL;
    struct subject subject;
    uint64_t cursor = 0;
    enum candor_status status = CANDOR_OK;
    TRY(home_begin(job, candor, &txn));
    TRY(logging->only.len == 0 ? CANDOR_OK : operator_must_be_known(job, txn, logging->only));
    while ((status = store_next_subject(job, txn, &cursor, &subject)) == CANDOR_OK) {
        const struct arena_mark mark = arena_mark(job->arena);
        struct access *access = NULL;
        size_t count = 0;
        TRY(store_accesses(job, txn, subject, &access, &count));
        TRY(count_looks(job, logging, access, count));
        arena_rewind(job->arena, mark);
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    return CANDOR_OK;
}

static void looker_json(struct job *job, struct json *json, const struct looker *looker)
{
    json_map_begin(json);
    json_key(json, LIT("operator"));
    json_text(json, looker->name);
    json_key(json, LIT("looks"));
    json_u64(json, looker->looks);
    json_key(json, LIT("people"));
    json_u64(json, looker->people);
    json_key(json, LIT("without_reason"));
    json_u64(json, looker->without_reason);
    json_key(json, LIT("first"));
    json_text(json, str_from_time(job->arena, looker->first));
    json_key(json, LIT("last"));
    json_text(json, str_from_time(job->arena, looker->last));
    json_map_end(json);
}

static enum candor_status access_log(struct job *job, struct candor *candor,
                                     struct logging *logging, size_t *findings,
                                     struct candor_text *report)
{
    struct answer answer;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(walk(job, candor, logging));
    *findings = 0;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("operators"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < logging->count; i++) {
        looker_json(job, &answer.json, &logging->looker[i]);
        *findings += candor->reason_required ? logging->looker[i].without_reason : 0;
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("findings"));
    json_u64(&answer.json, *findings);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_access_log(struct job *job, struct candor *candor,
                                     const char *operator_name, const char *since, size_t *findings,
                                     struct candor_text *report)
{
    struct logging *logging = NEW(job->arena, struct logging);
    logging->arena = arena_beside(job);
    logging->only = str_of(operator_name);
    logging->since = INT64_MIN;
    if (since != NULL && !str_to_time(str_of(since), &logging->since)) {
        return fail(job, CANDOR_BAD_INPUT, "--since is a day such as 2026-11-25, or an instant");
    }
    home_enter(candor);
    const enum candor_status status = access_log(job, candor, logging, findings, report);
    home_leave(candor);
    return status;
}
