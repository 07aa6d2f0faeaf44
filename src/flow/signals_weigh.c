/*
 * signals_weigh.c - a person's records and the signals of a request together.
 */
#include "signals.h"

#include "consenting.h"
#include "rights.h"

/* The consent that counts: the latest yes to this very purpose, on this channel or on all. */
static void find_consent(const struct consent_record *record, size_t count,
                         const struct permit_question *question, int64_t now,
                         struct precedence_question *asked)
{
    for (size_t i = 0; i < count; i++) {
        const struct consent_record *one = &record[i];
        const bool is_it = one->decision == CONSENT_GIVEN && one->purpose == question->purpose &&
                           (one->channel == EVERY || one->channel == question->channel) &&
                           one->recipient == question->recipient && one->time <= now &&
                           one->time > asked->consent_time;
        if (is_it) {
            asked->consent_time = one->time;
            asked->consent_is_proven = one->surface.len > 0 || one->proof.len > 0;
        }
    }
}

/* Everywhere, if candor.yaml does not limit it; else where the law names it, and where consent or the
 * strictest rule is the default, an opt-out is an objection. The law is the home's own rows and the
 * built-in table's: a home may add places where it binds, and switches it off nowhere. */
static bool opt_out_binds(const struct candor *candor, struct str place)
{
    const struct jurisdictions law = jurisdictions_built_in();
    return !candor->signals->gpc_by_law_only ||
           jurisdictions_hear(&candor->jurisdictions, place, SIGNAL_GPC) ||
           jurisdictions_hear(&law, place, SIGNAL_GPC) || regime_of(place) != REGIME_OPT_OUT;
}

bool signals_gpc_forbids(const struct candor *candor, const struct permit_question *question)
{
    const struct signal_map *map = &candor->signals->map[question->purpose];
    const bool is_opt_out =
        map->sale || map->sharing || map->targeting || question->recipient != OURSELVES;
    return is_opt_out && opt_out_binds(candor, candor->signals->jurisdiction);
}

struct ruling signals_ruling_of(struct job *job, const struct candor *candor,
                                const struct consent_state *state,
                                const struct consent_record *record, size_t record_count,
                                const struct request_signals *signals,
                                const struct permit_question *question)
{
    const struct str place = signals_jurisdiction(signals);
    struct evidence *evidence = NEW_ARRAY(job->arena, EVIDENCE_MAX, struct evidence);
    must(question->purpose < candor->inventory->purpose_count);
    struct precedence_question asked = {
        .code = permit_ask(candor->inventory, state, question, job->now),
        .was_told = candor->inventory->purpose[question->purpose].wording.len > 0,
        .opt_out_binds = opt_out_binds(candor, place),
        .regime = regime_of(place),
        .evidence = evidence,
        .evidence_count = signals_evidence(job, candor, signals, question, evidence),
    };
    find_consent(record, record_count, question, job->now, &asked);
    return precedence_decide(&asked);
}

enum candor_status signals_ruling(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct view_entry *entry,
                                  const struct request_signals *signals,
                                  const struct permit_question *question, struct ruling *ruling)
{
    struct consent_record *record = NULL;
    size_t record_count = 0;
    TRY(store_consents(job, txn, entry->subject, &record, &record_count));
    *ruling = signals_ruling_of(job, candor, entry->state, record, record_count, signals, question);
    return CANDOR_OK;
}

struct str signals_sentence(struct job *job, const struct ruling *ruling)
{
    static const char *const words[SOURCES] = {
        [SOURCE_GPC] = "Their browser asks not to sell, share or target (Sec-GPC",
        [SOURCE_TCF] = "The consent string of this visit says no (TCF",
        [SOURCE_GPP] = "The privacy string of this visit says no (GPP",
        [SOURCE_USP] = "They opted out of the sale of their data (US Privacy",
        [SOURCE_CONSENT_MODE] = "The consent settings of this visit say no (Consent Mode",
        [SOURCE_TRACK] = "The consent of this event says no (context.consent",
    };
    must(ruling->evidence != NULL);
    return str_format(job->arena, "%s: %s; rule %u).", words[ruling->evidence->source],
                      ruling->evidence->code, ruling->rule);
}

/* ---- one permit ---------------------------------------------------------------------------- */

static void put_signal(struct json *json, struct lit key, const struct evidence *evidence)
{
    json_key(json, key);
    if (evidence == NULL) {
        json_null(json);
    } else {
        json_text(json, str_of(signal_source_name(evidence->source)));
    }
}

/* What a signal forbids has its code, as a decision's has, whatever the record alone would say. */
static struct str code_of(struct job *job, enum permit_code code, const struct ruling *ruling)
{
    return ruling->allowed || ruling->evidence == NULL
               ? str_of(permit_code_name(code))
               : str_format(job->arena, "signal_%s", signal_source_name(ruling->evidence->source));
}

static void put_ruling(struct job *job, enum permit_code code, const struct ruling *ruling,
                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("allowed"));
    json_bool(&answer.json, ruling->allowed);
    json_key(&answer.json, LIT("code"));
    json_text(&answer.json, code_of(job, code, ruling));
    json_key(&answer.json, LIT("rule"));
    json_u64(&answer.json, ruling->rule);
    json_key(&answer.json, LIT("by"));
    json_text(&answer.json, str_of(ruling_by_name(ruling->by)));
    put_signal(&answer.json, LIT("signal"), ruling->evidence);
    json_key(&answer.json, LIT("detail"));
    json_text(&answer.json, ruling->evidence == NULL ? STR("") : str_of(ruling->evidence->code));
    put_signal(&answer.json, LIT("overruled"), ruling->against);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

static enum candor_status permit(struct job *job, struct candor *candor,
                                 const struct candor_choice *asked,
                                 const struct candor_signals *given, struct candor_text *report)
{
    struct permit_question question;
    struct txn *txn = NULL;
    struct view_entry *entry = NULL;
    struct request_signals *signals = NULL;
    struct ruling ruling = {.rule = 1, .by = BY_LAW};
    enum permit_code code = PERMIT_UNKNOWN_SUBJECT;
    TRY(caller_may(job, candor, ACT_DECIDE));
    TRY(choice_question(job, candor, asked, &question));
    TRY(signals_read(job, candor, given, &signals));
    TRY(home_begin(job, candor, &txn));
    const enum candor_status status = view_find(job, candor, asked->identifier, &entry);
    if (status == CANDOR_OK) {
        question.subject = entry->subject;
        code = permit_ask(candor->inventory, entry->state, &question, job->now);
        TRY(signals_ruling(job, candor, txn, entry, signals, &question, &ruling));
    } else if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    candor->permits_denied += ruling.allowed ? 0 : 1;
    put_ruling(job, code, &ruling, report);
    return CANDOR_OK;
}

enum candor_status candor_permit_signals(struct job *job, struct candor *candor,
                                         const struct candor_choice *question,
                                         const struct candor_signals *signals,
                                         struct candor_text *report)
{
    const struct candor_signals none = {0};
    home_enter(candor);
    const enum candor_status status =
        permit(job, candor, question, signals == NULL ? &none : signals, report);
    home_leave(candor);
    return status;
}
