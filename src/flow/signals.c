/*
 * signals.c - consent strings without a home: decode, check.
 */
#include "signals.h"

enum kind { KIND_TCF, KIND_GPP, KIND_USP };

static const char *const kind_name[] = {"tcf", "gpp", "usp"};
static const char *const kind_title[] = {"TC string", "GPP string", "US Privacy string"};

/* A GPP string begins with D, a TC string with C, a US Privacy string with a digit. What begins with
 * something else is read as the first, and its refusal says so. */
static enum kind guess(struct str text)
{
    if (str_find(text, '~') < text.len || str_starts(text, STR("D"))) {
        return KIND_GPP;
    }
    return text.len > 0 && text.len <= 4 && text.ptr[0] >= '0' && text.ptr[0] <= '9' ? KIND_USP
                                                                                     : KIND_TCF;
}

static enum candor_status kind_of(struct job *job, struct str text, const char *word,
                                  enum kind *kind)
{
    *kind = guess(text);
    if (word == NULL) {
        return CANDOR_OK;
    }
    for (unsigned k = 0; k < sizeof kind_name / sizeof kind_name[0]; k++) {
        if (str_is(str_of(word), kind_name[k])) {
            *kind = (enum kind)k;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "unknown kind of string; use tcf, gpp or usp");
}

static enum candor_status refuse(struct job *job, enum kind kind, enum signal_fault fault)
{
    return fail(job, CANDOR_BAD_INPUT, "no valid %s (%s): %s", kind_title[kind],
                signal_fault_code(fault), signal_fault_sentence(fault));
}

static enum signal_fault describe(struct job *job, struct json *json, struct str text,
                                  enum kind kind)
{
    struct tcf tcf;
    struct gpp gpp;
    struct usp usp;
    enum signal_fault fault = SIGNAL_FINE;
    switch (kind) {
    case KIND_TCF:
        fault = tcf_decode(job->arena, text, &tcf);
        if (fault == SIGNAL_FINE) {
            tcf_json(json, job->arena, &tcf);
        }
        break;
    case KIND_GPP:
        fault = gpp_decode(job->arena, text, &gpp);
        if (fault == SIGNAL_FINE) {
            gpp_json(json, job->arena, &gpp);
        }
        break;
    case KIND_USP:
        fault = usp_decode(text, &usp);
        if (fault == SIGNAL_FINE) {
            usp_json(json, &usp);
        }
        break;
    }
    return fault;
}

enum candor_status candor_signal_decode(struct job *job, const char *text, const char *kind_word,
                                        struct candor_text *report)
{
    struct answer answer;
    enum kind kind = KIND_TCF;
    TRY(kind_of(job, str_of(text), kind_word, &kind));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("kind"));
    json_text(&answer.json, str_of(kind_name[kind]));
    const enum signal_fault fault = describe(job, &answer.json, str_of(text), kind);
    if (fault != SIGNAL_FINE) {
        return refuse(job, kind, fault);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- check --------------------------------------------------------------------------------- */

static enum candor_status numbers(struct job *job, const char *list, const char *what,
                                  uint32_t *set)
{
    struct str rest = str_of(list);
    *set = 0;
    while (list != NULL && rest.len > 0 && rest.ptr != NULL) {
        uint64_t number = 0;
        if (!str_to_uint64(str_trim(str_cut(&rest, ',')), &number) || number == 0 ||
            number > TCF_PURPOSES) {
            return fail(job, CANDOR_BAD_INPUT, "%s: numbers from 1 to %d with commas between", what,
                        TCF_PURPOSES);
        }
        *set |= UINT32_C(1) << (number - 1);
    }
    return CANDOR_OK;
}

static enum candor_status declaration(struct job *job,
                                      const struct candor_vendor_question *question,
                                      struct tcf_declaration *declared)
{
    TRY(numbers(job, question->purposes, "the declared purposes", &declared->consent));
    TRY(numbers(job, question->legint, "the purposes declared on legitimate interest",
                &declared->interest));
    TRY(numbers(job, question->flexible, "the flexible purposes", &declared->flexible));
    TRY(numbers(job, question->special_purposes, "the special purposes",
                &declared->special_purposes));
    return numbers(job, question->special_features, "the special features",
                   &declared->special_features);
}

/* The TC string, or that of a GPP string. */
static enum candor_status tcf_of(struct job *job, struct str text, struct tcf *tcf)
{
    struct gpp gpp;
    if (guess(text) == KIND_GPP) {
        const enum signal_fault fault = gpp_decode(job->arena, text, &gpp);
        if (fault != SIGNAL_FINE) {
            return refuse(job, KIND_GPP, fault);
        }
        const struct gpp_section *section = gpp_find(&gpp, GPP_TCF_EU);
        if (section == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "the GPP string has no section of TCF Europe");
        }
        text = section->raw;
    }
    const enum signal_fault fault = tcf_decode(job->arena, text, tcf);
    return fault == SIGNAL_FINE ? CANDOR_OK : refuse(job, KIND_TCF, fault);
}

static enum candor_status must_ask_one(struct job *job,
                                       const struct candor_vendor_question *question)
{
    const unsigned asked = (question->purpose != 0 ? 1U : 0U) +
                           (question->special_purpose != 0 ? 1U : 0U) +
                           (question->special_feature != 0 ? 1U : 0U);
    if (asked != 1) {
        return fail(job, CANDOR_BAD_INPUT,
                    "ask about one purpose, special purpose or special feature");
    }
    if (question->vendor == 0 || question->vendor > UINT16_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a vendor's number lies between 1 and 65535");
    }
    return CANDOR_OK;
}

static enum tcf_answer ask(const struct tcf *tcf, const struct tcf_declaration *declared,
                           const struct candor_vendor_question *question)
{
    if (question->special_purpose != 0) {
        return tcf_may_special_purpose(tcf, declared, question->vendor, question->special_purpose);
    }
    if (question->special_feature != 0) {
        return tcf_may_special_feature(tcf, declared, question->vendor, question->special_feature);
    }
    return tcf_may(tcf, declared, question->vendor, question->purpose);
}

enum candor_status candor_signal_check(struct job *job, const char *text,
                                       const struct candor_vendor_question *question, bool *allowed,
                                       struct candor_text *report)
{
    struct tcf tcf;
    struct tcf_declaration declared = {0};
    int64_t at = 0;
    TRY(must_ask_one(job, question));
    TRY(declaration(job, question, &declared));
    if (question->at != NULL && !str_to_time(str_of(question->at), &at)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the time is written 2026-11-27 or 2026-11-27T12:00:00Z");
    }
    TRY(tcf_of(job, str_of(text), &tcf));
    enum tcf_answer said = question->at == NULL ? TCF_OK_CONSENT : tcf_in_force(&tcf, at);
    said = tcf_answer_allows(said) ? ask(&tcf, &declared, question) : said;
    *allowed = tcf_answer_allows(said);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("allowed"));
    json_bool(&answer.json, *allowed);
    json_key(&answer.json, LIT("reason"));
    json_text(&answer.json, str_of(tcf_answer_code(said)));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
