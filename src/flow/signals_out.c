/*
 * signals_out.c - what a subject chose, in other systems' words.
 *
 * Only what candor.yaml maps is said, and a purpose of others is allowed when all of ours that map to
 * it are. What nothing maps to is not granted, or not applicable where a format can say that.
 */
#include "signals.h"
#include "staff.h"

/* What all purposes that map to one thing of another system say together. */
struct together {
    bool is_mapped;
    bool is_allowed; /* by all of them */
    bool by_consent; /* by all of them on consent */
    bool was_told;
};

struct chosen {
    const struct candor *candor;
    const struct consent_state *state;
    int64_t now;
    struct subject subject;
};

/* A purpose that several channels serve is allowed when one of them is. */
static enum permit_code code_of(const struct chosen *chosen, size_t purpose)
{
    const struct inventory *inventory = chosen->candor->inventory;
    enum permit_code code = PERMIT_WRONG_CHANNEL;
    for (size_t c = 0; c <= inventory->channel_count; c++) {
        const size_t channel = c == inventory->channel_count ? NONE : c;
        const struct permit_question question = {chosen->subject, purpose, channel, OURSELVES};
        const enum permit_code here = permit_ask(inventory, chosen->state, &question, chosen->now);
        if (permit_code_allows(here)) {
            return here;
        }
        code = here == PERMIT_WRONG_CHANNEL ? code : here;
    }
    return code;
}

static void add(const struct chosen *chosen, size_t purpose, struct together *together)
{
    const enum permit_code code = code_of(chosen, purpose);
    const bool is_first = !together->is_mapped;
    const bool was_told = chosen->candor->inventory->purpose[purpose].wording.len > 0;
    together->is_mapped = true;
    together->is_allowed = (is_first || together->is_allowed) && permit_code_allows(code);
    together->by_consent = (is_first || together->by_consent) && code == PERMIT_OK_CONSENT;
    together->was_told = (is_first || together->was_told) && was_told;
}

static struct together together_of(const struct chosen *chosen,
                                   bool (*maps)(const struct signal_map *map, unsigned number),
                                   unsigned number)
{
    struct together together = {0};
    for (size_t p = 0; p < chosen->candor->inventory->purpose_count; p++) {
        if (maps(&chosen->candor->signals->map[p], number)) {
            add(chosen, p, &together);
        }
    }
    return together;
}

static bool maps_tcf(const struct signal_map *map, unsigned number)
{
    return (map->tcf >> (number - 1) & 1) == 1;
}

static bool maps_feature(const struct signal_map *map, unsigned number)
{
    return (map->special_features >> (number - 1) & 1) == 1;
}

static bool maps_sensitive(const struct signal_map *map, unsigned number)
{
    return (map->sensitive >> (number - 1) & 1) == 1;
}

static bool maps_mode(const struct signal_map *map, unsigned signal)
{
    return (map->consent_mode >> signal & 1) == 1;
}

enum opt_out { OPT_OUT_SALE, OPT_OUT_SHARING, OPT_OUT_TARGETING };

static bool maps_opt_out(const struct signal_map *map, unsigned which)
{
    switch ((enum opt_out)which) {
    case OPT_OUT_SALE:
        return map->sale;
    case OPT_OUT_SHARING:
        return map->sharing;
    case OPT_OUT_TARGETING:
        return map->targeting;
    }
    base_broken("an opt-out is one of the three", __FILE__, __LINE__);
}

/* ---- TCF ----------------------------------------------------------------------------------- */

/* Rounded to the day, as the framework asks since 2.2. */
static int64_t today(int64_t now)
{
    return now / MICROS_PER_DAY * INT64_C(864000);
}

static struct tcf tcf_of(const struct chosen *chosen)
{
    const struct signal_config *config = chosen->candor->signals;
    struct tcf tcf = {.version = 2,
                      .policy_version = 5,
                      .is_service_specific = true,
                      .has_disclosed = true,
                      .language = "EN",
                      .cmp_id = (uint16_t)config->cmp_id,
                      .country = "AA", /* none */
                      .vendor_list_version = (uint16_t)config->vendor_list_version,
                      .created = today(chosen->now),
                      .updated = today(chosen->now),
                      .vendor_consent = idset_of(NULL, 0),
                      .vendor_interest = idset_of(NULL, 0)};
    if (config->jurisdiction.len > 0) {
        place_country(config->jurisdiction, tcf.country);
    }
    for (unsigned i = 1; i <= TCF_PURPOSES_KNOWN; i++) {
        const struct together together = together_of(chosen, maps_tcf, i);
        const uint32_t bit = UINT32_C(1) << (i - 1);
        const bool may_rest_on_interest = i != 1 && (i < 3 || i > 6);
        tcf.purposes_consent |= together.is_allowed && together.by_consent ? bit : 0;
        tcf.purposes_interest |=
            together.is_allowed && !together.by_consent && may_rest_on_interest ? bit : 0;
    }
    for (unsigned i = 1; i <= 2; i++) {
        tcf.special_features |=
            together_of(chosen, maps_feature, i).by_consent ? UINT32_C(1) << (i - 1) : 0;
    }
    return tcf;
}

static void put_tcf(struct job *job, struct json *json, const struct chosen *chosen)
{
    const struct signal_config *config = chosen->candor->signals;
    const struct id_range us = {(uint16_t)config->vendor, (uint16_t)config->vendor};
    struct tcf tcf = tcf_of(chosen);
    json_key(json, LIT("tcf"));
    if (config->vendor == 0) {
        json_null(json);
        return;
    }
    tcf.disclosed = idset_of(&us, 1);
    tcf.vendor_consent = idset_of(&us, tcf.purposes_consent != 0 ? 1 : 0);
    tcf.vendor_interest = idset_of(&us, tcf.purposes_interest != 0 ? 1 : 0);
    json_text(json, tcf_encode(job->arena, &tcf));
}

/* ---- United States ------------------------------------------------------------------------- */

static void put_choice(struct gpp_us *us, const struct chosen *chosen, enum opt_out which,
                       enum gpp_field notice, enum gpp_field choice)
{
    const struct together together = together_of(chosen, maps_opt_out, which);
    if (together.is_mapped) {
        us->value[notice] = together.was_told ? 1 : 2;
        us->value[choice] = together.is_allowed ? 2 : 1;
    }
}

static struct usp usp_of(const struct chosen *chosen)
{
    const struct together sale = together_of(chosen, maps_opt_out, OPT_OUT_SALE);
    const struct together sharing = together_of(chosen, maps_opt_out, OPT_OUT_SHARING);
    if (!sale.is_mapped && !sharing.is_mapped) {
        return (struct usp){'-', '-', '-'};
    }
    const bool is_allowed =
        (!sale.is_mapped || sale.is_allowed) && (!sharing.is_mapped || sharing.is_allowed);
    const bool was_told =
        (!sale.is_mapped || sale.was_told) && (!sharing.is_mapped || sharing.was_told);
    return (struct usp){was_told ? 'Y' : 'N', is_allowed ? 'N' : 'Y', 'N'};
}

static struct gpp_section us_of(const struct chosen *chosen, bool gpc)
{
    struct gpp_section section = gpp_section_new(GPP_US_NATIONAL);
    struct gpp_us *us = &section.is.us;
    put_choice(us, chosen, OPT_OUT_SALE, GPP_SALE_NOTICE, GPP_SALE_OPT_OUT);
    put_choice(us, chosen, OPT_OUT_SHARING, GPP_SHARING_OPT_OUT_NOTICE, GPP_SHARING_OPT_OUT);
    put_choice(us, chosen, OPT_OUT_TARGETING, GPP_TARGETED_NOTICE, GPP_TARGETED_OPT_OUT);
    us->value[GPP_MSPA_COVERED] = 2;
    us->has_gpc = gpc;
    us->gpc = gpc;
    for (unsigned i = 1; i <= GPP_SENSITIVE_MAX; i++) {
        const struct together together = together_of(chosen, maps_sensitive, i);
        us->sensitive[i - 1] = together.is_mapped ? (together.is_allowed ? 2 : 1) : 0;
    }
    return section;
}

static void put_us(struct job *job, struct json *json, const struct chosen *chosen, bool gpc)
{
    const struct gpp_section section = us_of(chosen, gpc);
    const struct usp usp = usp_of(chosen);
    json_key(json, LIT("gpp"));
    json_text(json, gpp_encode(job->arena, &section, 1));
    json_key(json, LIT("gpp_sid"));
    json_list_begin(json);
    json_u64(json, GPP_US_NATIONAL);
    json_list_end(json);
    json_key(json, LIT("usp"));
    json_text(json, usp_encode(job->arena, &usp));
}

/* ---- Google -------------------------------------------------------------------------------- */

static void put_mode(struct json *json, const struct chosen *chosen)
{
    struct consent_mode mode = {0};
    for (unsigned s = 0; s < MODE_SIGNALS; s++) {
        const struct together together = together_of(chosen, maps_mode, s);
        if (together.is_mapped) {
            mode.value[s] = together.is_allowed ? MODE_GRANTED : MODE_DENIED;
        }
    }
    json_key(json, LIT("consent_mode"));
    consent_mode_json(json, &mode);
}

/* ---- what a page answers with -------------------------------------------------------------- */

/* As __tcfapi has it beside the string: the numbers that are allowed. */
static void put_numbers(struct json *json, struct lit key, uint32_t set)
{
    json_key(json, key);
    json_list_begin(json);
    for (unsigned i = 0; i < 32; i++) {
        if ((set >> i & 1) == 1) {
            json_u64(json, i + 1);
        }
    }
    json_list_end(json);
}

/* As __gpp has it beside the string: what we wrote, read again. */
static void put_fields(struct job *job, struct json *json, const struct chosen *chosen, bool gpc)
{
    const struct gpp_section section = us_of(chosen, gpc);
    struct gpp gpp;
    must(gpp_decode(job->arena, gpp_encode(job->arena, &section, 1), &gpp) == SIGNAL_FINE);
    json_key(json, LIT("gpp_fields"));
    json_map_begin(json);
    gpp_json(json, job->arena, &gpp);
    json_map_end(json);
}

void signals_put_strings(struct job *job, struct json *json, const struct candor *candor,
                         const struct view_entry *entry, bool gpc)
{
    const struct chosen chosen = {candor, entry->state, job->now, entry->subject};
    const struct tcf tcf = tcf_of(&chosen);
    put_tcf(job, json, &chosen);
    put_numbers(json, LIT("tcf_consents"), tcf.purposes_consent);
    put_numbers(json, LIT("tcf_interests"), tcf.purposes_interest);
    put_numbers(json, LIT("tcf_features"), tcf.special_features);
    put_us(job, json, &chosen, gpc);
    put_fields(job, json, &chosen, gpc);
}

/* ---- the call ------------------------------------------------------------------------------ */

static enum candor_status put_all(struct job *job, struct candor *candor, const char *identifier,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct view_entry *entry = NULL;
    struct answer answer;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(view_find(job, candor, identifier, &entry));
    const struct chosen chosen = {candor, entry->state, job->now, entry->subject};
    const struct account account = {
        .action = LEDGER_READ, .outcome = OUTCOME_DONE, .subject = &chosen.subject};
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_tcf(job, &answer.json, &chosen);
    put_us(job, &answer.json, &chosen, false);
    put_mode(&answer.json, &chosen);
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(access_note(job, candor, txn, chosen.subject, LIT("subject.signals"), index));
    TRY(home_commit(job, candor, txn));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_subject_signals(struct job *job, struct candor *candor,
                                          const char *identifier, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = put_all(job, candor, identifier, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_gpc_statement(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    (void)candor; /* the promise does not depend on the home: share:* is always mapped */
    *report = text_of(job, gpc_statement(job->arena, job->now));
    return CANDOR_OK;
}
