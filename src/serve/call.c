/*
 * call.c - what each route calls in candor.h. On the worker's thread only, so that calls on the
 * home happen in the order in which they arrived.
 */
#include "candor_me.h"
#include "serving.h"

/* Without a key the network thread has seen that none is needed; on a route that is open to all a
 * bearer token is the protocol's own. */
static bool has_holder(const struct ask *ask)
{
    return ask->key != NULL && ask->route->act != NULL;
}

void call_learn(struct desk *desk, const struct ask *ask, enum candor_status status)
{
    const bool is_good = status == CANDOR_OK || status == CANDOR_FORBIDDEN;
    if (status == CANDOR_NOT_FOUND || (is_good && !ask->was_good)) {
        limit_learn(&desk->limit, str_of(ask->key), ask->address, is_good, host_ticks());
    }
}

enum candor_status call_enter(struct job *job, struct desk *desk, const struct ask *ask)
{
    if (!has_holder(ask)) {
        return CANDOR_OK;
    }
    const enum candor_status status =
        candor_key_enter(job, desk->candor, ask->key, ask->route->act, ask->because);
    call_learn(desk, ask, status);
    return status;
}

void call_leave(struct desk *desk, const struct ask *ask)
{
    if (has_holder(ask)) {
        candor_key_leave(desk->candor);
    }
}

static struct candor_text text_of(struct str text)
{
    return (struct candor_text){text.ptr, text.len};
}

static enum candor_status permit(struct job *job, struct candor *candor, const struct ask *ask,
                                 struct candor_text *report)
{
    bool allowed = false;
    const char *code = NULL;
    struct buf buf = buf_begin(job->arena);
    struct json json;
    const struct candor_choice question = {.identifier = ask->identifier,
                                           .purpose = ask->text[1],
                                           .channel = ask->text[2],
                                           .recipient = ask->text[3]};
    if (ask_signals(ask) != NULL) {
        return candor_permit_signals(job, candor, &question, ask_signals(ask), report);
    }
    TRY(candor_permit_for(job, candor, &question, &allowed, &code));
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("allowed"));
    json_bool(&json, allowed);
    json_key(&json, LIT("code"));
    json_text(&json, str_of(code));
    json_map_end(&json);
    json_end(&json);
    *report = text_of(buf_text(&buf));
    return CANDOR_OK;
}

static enum candor_status choose(struct job *job, struct candor *candor, const struct ask *ask,
                                 struct candor_text *report)
{
    const struct candor_choice choice = {.identifier = ask->identifier,
                                         .decision = ask->text[0],
                                         .purpose = ask->text[1],
                                         .channel = ask->text[2],
                                         .proof = ask->text[3],
                                         .recipient = ask->text[4],
                                         .actor = ask->text[5],
                                         .language = ask->text[6],
                                         .surface = ask->text[7] == NULL ? "api" : ask->text[7],
                                         .gpc = ask->signals.gpc,
                                         .despite_gpc = ask->text[8] != NULL,
                                         .ui_evidence = ask->text[9]};
    return candor_choose(job, candor, &choice, report);
}

/* A count has been read as digits. */
static uint32_t count_of(const char *text)
{
    uint64_t count = 0;
    return text == NULL                                                ? 0
           : str_to_uint64(str_of(text), &count) && count < UINT32_MAX ? (uint32_t)count
                                                                       : UINT32_MAX;
}

static enum candor_status wish(struct job *job, struct candor *candor, const struct ask *ask,
                               struct candor_text *report)
{
    struct candor_wishes wishes = {.contacts = count_of(ask->text[0]),
                                   .days = count_of(ask->text[1]),
                                   .declined_topic = ask->list,
                                   .topic_count = ask->list_count};
    TRY(candor_wishes_read(job, ask->text[2], ask->text[3], &wishes));
    return candor_wishes_choose(job, candor, ask->identifier, &wishes, report);
}

static enum candor_status may_ask(struct job *job, struct candor *candor, const struct ask *ask,
                                  struct candor_text *report)
{
    bool may = false;
    const struct candor_choice question = {.identifier = ask->identifier,
                                           .purpose = ask->text[1],
                                           .channel = ask->text[2],
                                           .recipient = ask->text[3],
                                           .gpc = ask->signals.gpc};
    return candor_may_ask(job, candor, &question, &may, report);
}

/* Each field is a change of its own on the ledger. A failure says how many were made before it. */
static enum candor_status correct(struct job *job, struct candor *candor, const struct ask *ask,
                                  struct candor_text *report)
{
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("{\"corrections\":["));
    for (size_t i = 0; i < ask->change_count; i++) {
        struct candor_text one;
        const struct change *change = &ask->change[i];
        const enum candor_status status = candor_subject_correct(
            job, candor, ask->identifier, change->field, change->value, &one);
        TRY(i == 0 ? status
                   : during(job, status, "change %zu of %zu, those before it are made", i + 1,
                            ask->change_count));
        buf_lit(&buf, i == 0 ? LIT("") : LIT(","));
        buf_str(&buf, (struct str){one.ptr, one.len});
    }
    buf_lit(&buf, LIT("]}"));
    *report = text_of(buf_text(&buf));
    return CANDOR_OK;
}

/* In the language of the query, of the subject, or of the header. */
static enum candor_status explain(struct job *job, struct candor *candor, const struct ask *ask,
                                  struct candor_text *report)
{
    bool same = false; /* the report says so too */
    const struct candor_languages languages = {ask->text[0], ask_accepted_languages(ask)};
    return candor_subject_decision(job, candor, ask->identifier, ask->number, &languages, &same,
                                   report);
}

/* A proof or an entry that is not there yet is not found, rather than badly asked for. */
static enum candor_status must_exist(struct job *job, struct candor *candor, const struct ask *ask)
{
    struct candor_figures figures;
    candor_figures(candor, &figures);
    if (ask->index >= figures.ledger_entries) {
        return fail(job, CANDOR_NOT_FOUND, "the ledger has %llu entries",
                    (unsigned long long)figures.ledger_entries);
    }
    return CANDOR_OK;
}

static struct candor_text metrics(struct job *job, struct desk *desk)
{
    struct readings readings = {0};
    struct net_server *server = atomic_load(&desk->server);
    candor_figures(desk->candor, &readings.figures);
    if (server != NULL) {
        readings.counts = net_counts(server);
    }
    must(pthread_mutex_lock(&desk->lock) == 0);
    readings.queued = desk->count;
    must(pthread_mutex_unlock(&desk->lock) == 0);
    return text_of(meter_write(job->arena, &desk->meter, &readings));
}

static enum candor_status dispatch(struct job *job, struct desk *desk, const struct ask *ask,
                                   struct candor_text *report)
{
    struct candor *candor = desk->candor;
    switch (ask->route->call) {
    case CALL_PERMIT:
        return permit(job, candor, ask, report);
    case CALL_SUBJECT_SHOW:
        return candor_subject_show(job, candor, ask->identifier, report);
    case CALL_SUBJECT_CORRECT:
        return correct(job, candor, ask, report);
    case CALL_SUBJECT_ERASE:
        return candor_subject_erase(job, candor, ask->identifier, report);
    case CALL_SUBJECT_CONSENTS:
        return candor_subject_consents(job, candor, ask->identifier, report);
    case CALL_SUBJECT_DECISIONS:
        return candor_subject_decisions(job, candor, ask->identifier, report);
    case CALL_SUBJECT_DECISION:
        return explain(job, candor, ask, report);
    case CALL_SUBJECT_EXPORT:
        return candor_subject_export(job, candor, ask->identifier, report);
    case CALL_SUBJECT_PACKAGE:
        return candor_subject_package(job, candor, ask->identifier, false, report);
    case CALL_REQUEST_LIST:
    case CALL_REQUEST_OPEN:
    case CALL_REQUEST_SHOW:
    case CALL_REQUEST_STEP:
    case CALL_REQUEST_ANSWER:
    case CALL_REVIEW_LIST:
    case CALL_REVIEW_DECIDE:
        return call_request(job, candor, ask, report);
    case CALL_BOARD_LIST:
    case CALL_BOARD_PROPOSE:
    case CALL_BOARD_SHOW:
    case CALL_BOARD_ACT:
    case CALL_BOARD_STATUS:
        return call_board(job, candor, ask, report);
    case CALL_DRP_AGENT:
    case CALL_DRP_AGENT_CHECK:
    case CALL_DRP_EXERCISE:
    case CALL_DRP_STATUS:
    case CALL_DRP_REVOKE:
    case CALL_OPENDSR_DISCOVERY:
    case CALL_OPENDSR_REQUEST:
    case CALL_OPENDSR_STATUS:
    case CALL_OPENDSR_CANCEL:
    case CALL_OPENDSR_CERTIFICATE:
    case CALL_DELETION_DISCOVERY:
    case CALL_DELETION_REQUEST:
        return call_exchange(job, candor, ask, report);
    case CALL_OPERATOR_LIST:
    case CALL_OPERATOR_ADD:
    case CALL_OPERATOR_ROLES:
    case CALL_OPERATOR_EXPIRE:
    case CALL_OPERATOR_TRAINING:
    case CALL_KEY_LIST:
    case CALL_KEY_REVOKE:
    case CALL_ROLES:
    case CALL_SECOND_LIST:
    case CALL_SECOND_SIGN:
    case CALL_ACCESS_LOG:
    case CALL_INCIDENT_LIST:
    case CALL_INCIDENT_OPEN:
    case CALL_INCIDENT_SHOW:
    case CALL_INCIDENT_UPDATE:
    case CALL_INCIDENT_DRAFT:
    case CALL_INCIDENT_CLOSE:
        return call_people(job, candor, ask, report);
    case CALL_SHARE_EXPORT:
    case CALL_RECALL_LIST:
    case CALL_RECALL_ACKNOWLEDGE:
    case CALL_SHARE_TRACE:
        return call_share(job, candor, ask, report);
    case CALL_QUALITY_LIST:
    case CALL_QUALITY_SHOW:
    case CALL_QUALITY_REPAIR:
    case CALL_QUALITY_DROP:
    case CALL_QUALITY_REIMPORT:
    case CALL_QUALITY_HISTORY:
    case CALL_RETENTION_LIST:
    case CALL_RETENTION_DUE:
    case CALL_RETENTION_RUN:
    case CALL_HOLD_LIST:
    case CALL_HOLD_PLACE:
    case CALL_HOLD_LIFT:
    case CALL_AUDIT:
        return call_data(job, candor, ask, report);
    case CALL_CONSENT:
        return choose(job, candor, ask, report);
    case CALL_SUBJECT_SIGNALS:
    case CALL_GPC:
    case CALL_UNSUBSCRIBE_LOOK:
    case CALL_UNSUBSCRIBE:
        return call_signals(job, candor, ask, report);
    case CALL_SURFACE:
    case CALL_SURFACE_CHOOSE:
        return call_surface(job, candor, ask, report);
    case CALL_SCAN:
    case CALL_MODELS:
        return call_gate(job, candor, ask, report);
    case CALL_CONTENT_LIST:
    case CALL_CONTENT_SUBMIT:
    case CALL_CONTENT_SHOW:
    case CALL_CONTENT_APPROVAL:
    case CALL_CONTENT_DEPLOY:
    case CALL_CONTENT_RETIRE:
        return call_content(job, candor, ask, report);
    case CALL_REPORT:
        return call_report(job, candor, ask, report);
    case CALL_CONSENT_CONFIRM:
        return candor_consent_confirm(job, candor, ask->text[0], report);
    case CALL_WISHES:
        return wish(job, candor, ask, report);
    case CALL_MAY_ASK:
        return may_ask(job, candor, ask, report);
    case CALL_RECEIPT:
        return candor_receipt(job, candor, ask->identifier, NULL, ask->number, report, NULL);
    case CALL_HANDOFF:
        return candor_handoff(job, candor, ask->identifier, ask->text[1], report);
    case CALL_CHECKPOINT:
        return candor_ledger_checkpoint(job, candor, report);
    case CALL_PROOF:
        TRY(must_exist(job, candor, ask));
        return candor_ledger_prove(job, candor, ask->index, report);
    case CALL_ENTRY:
        TRY(must_exist(job, candor, ask));
        return candor_ledger_entry(job, candor, ask->index, report);
    case CALL_TILE:
        return candor_ledger_tile(job, candor, ask->path, report);
    case CALL_TILE_ENTRIES:
        return candor_ledger_tile(
            job, candor, str_z(job->arena, str_format(job->arena, "entries/%s", ask->path)),
            report);
    case CALL_METRICS:
        *report = metrics(job, desk);
        return CANDOR_OK;
    case CALL_DECIDE:
    case CALL_TRACK:
    case CALL_CHAT:
    case CALL_HEALTH:
    case CALL_READY:
    case CALL_OPENAPI:
    case CALL_SCRIPT:
    case CALL_SITE:
        break;
    }
    base_broken("these are answered by desk.c, chats.c and site.c", __FILE__, __LINE__);
}

static bool speaks_opendsr(enum call call)
{
    return call == CALL_OPENDSR_DISCOVERY || call == CALL_OPENDSR_REQUEST ||
           call == CALL_OPENDSR_STATUS || call == CALL_OPENDSR_CANCEL;
}

/* OpenDSR 2.0, section 7.4: an answer is signed in its headers. */
static struct outcome opendsr_outcome(struct job *job, struct desk *desk, const struct ask *ask,
                                      const struct candor_text *report)
{
    const char *domain = NULL;
    struct candor_text signature = {NULL, 0};
    const enum candor_status status =
        candor_opendsr_sign(job, desk->candor, report, &domain, &signature);
    if (status != CANDOR_OK) {
        return outcome_failure(job->arena, status, candor_job_message(job));
    }
    struct outcome outcome = outcome_json((struct str){report->ptr, report->len});
    outcome.code = ask->route->call == CALL_OPENDSR_REQUEST  ? 201
                   : ask->route->call == CALL_OPENDSR_CANCEL ? 202
                                                             : 200;
    if (domain != NULL) {
        outcome.header[0] = (struct net_pair){STR("X-OpenDSR-Processor-Domain"), str_of(domain)};
        outcome.header[1] =
            (struct net_pair){STR("X-OpenDSR-Signature"), {signature.ptr, signature.len}};
    }
    return outcome;
}

struct outcome call_run(struct job *job, struct desk *desk, const struct ask *ask)
{
    struct candor_text report = {NULL, 0};
    enum candor_status status = call_enter(job, desk, ask);
    if (status != CANDOR_OK) {
        return outcome_not_allowed(job->arena, status, candor_job_message(job));
    }
    status = dispatch(job, desk, ask, &report);
    call_leave(desk, ask);
    if (ask->route->is_signed && (status == CANDOR_OK || report.len > 0)) {
        struct outcome outcome = outcome_json((struct str){report.ptr, report.len});
        outcome.code = status == CANDOR_OK ? 202 : 400;
        return outcome;
    }
    if (status != CANDOR_OK) {
        return outcome_failure(job->arena, status, candor_job_message(job));
    }
    if (speaks_opendsr(ask->route->call)) {
        return opendsr_outcome(job, desk, ask, &report);
    }
    const struct str body = {report.ptr, report.len};
    if (ask->route->is_zip) {
        return outcome_zip(bytes_of(body));
    }
    if (ask->route->is_page) {
        return outcome_page(body);
    }
    if (ask->route->is_bytes) {
        return outcome_bytes(body);
    }
    if (ask->route->is_document) {
        return outcome_document(ask, body);
    }
    struct outcome outcome = ask->route->is_plain ? outcome_plain(body) : outcome_json(body);
    if (ask->route->call == CALL_SURFACE) { /* the same for everybody */
        outcome.cache = STR("public, max-age=60");
    }
    return outcome;
}
