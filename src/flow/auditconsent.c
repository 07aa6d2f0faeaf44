/*
 * auditconsent.c - what the policy glues together, and what it leaves out.
 *
 * Receiving messages, measuring opens, profiling, learning, sharing and automated decisions are asked
 * separately: who says yes to one has not said yes to another (GDPR Article 7(2), Recital 43). A
 * purpose that candor.yaml uses for two of them, by its terms or by where it is used, is a finding.
 */
#include "consenting.h"

static void put_finding(struct json *json, struct str about, bool is_finding, struct str sentence)
{
    json_map_begin(json);
    json_key(json, LIT("about"));
    json_text(json, about);
    json_key(json, LIT("finding"));
    json_bool(json, is_finding);
    json_key(json, LIT("sentence"));
    json_text(json, sentence);
    json_map_end(json);
}

/* By its terms, and by where the policy uses it. */
static unsigned kinds_in_use(const struct candor *candor, size_t purpose)
{
    const struct inventory *inventory = candor->inventory;
    unsigned kinds = purpose_kinds(&inventory->purpose[purpose]);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        kinds |= candor->campaign[c].purpose == purpose ? 1U << KIND_RECEIVING : 0U;
        kinds |= candor->campaign[c].uses == purpose ? 1U << KIND_PROFILING : 0U;
    }
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        kinds |= candor->model_spec[m].training == purpose ? 1U << KIND_TRAINING : 0U;
        kinds |= candor->model_spec[m].uses == purpose ? 1U << KIND_PROFILING : 0U;
    }
    for (size_t d = 0; d < inventory->disclosure_count; d++) {
        const struct disclosure *disclosure = &inventory->disclosure[d];
        const bool is_other =
            inventory->recipient[disclosure->recipient].role != RECIPIENT_PROCESSOR;
        kinds |= disclosure->purpose == purpose && is_other &&
                         inventory->purpose[purpose].basis != BASIS_CONSENT
                     ? 1U << KIND_SHARING
                     : 0U;
    }
    return kinds;
}

static bool audit_purpose(struct job *job, const struct candor *candor, size_t p, struct json *json)
{
    const struct purpose *purpose = &candor->inventory->purpose[p];
    const unsigned kinds = kinds_in_use(candor, p);
    struct buf list = buf_begin(job->arena);
    unsigned count = 0;
    for (unsigned k = 0; k < PURPOSE_KINDS; k++) {
        if ((kinds >> k & 1) != 0) {
            buf_format(&list, "%s%s", count++ == 0 ? "" : ", ",
                       purpose_kind_name((enum purpose_kind)k));
        }
    }
    if (count < 2) {
        return false;
    }
    put_finding(json, purpose->name, true,
                str_format(job->arena, "glues together: %.*s; give each a purpose of its own",
                           STR_ARG(buf_text(&list))));
    return true;
}

/* Who asks must have words, and the words their version. */
static bool audit_wording(const struct purpose *purpose, struct json *json)
{
    if (purpose->basis != BASIS_CONSENT || purpose->wording.len > 0) {
        return false;
    }
    put_finding(json, purpose->name, true,
                STR("rests on consent and has no wording: nobody could show what was agreed to"));
    return true;
}

static bool audit_recipient(struct job *job, const struct candor *candor,
                            const struct purpose *purpose, struct json *json)
{
    if (purpose->recipient.len == 0 ||
        inventory_recipient(candor->inventory, purpose->recipient) != NONE) {
        return false;
    }
    put_finding(json, purpose->name, true,
                str_format(job->arena,
                           "shares with '%.*s', who has no entry under 'recipients': contract and "
                           "country are not known",
                           STR_ARG(purpose->recipient)));
    return true;
}

/* ISO/IEC TS 27560: what a receipt should name about who answers for the data. Told, and no finding:
 * a receipt without it proves what it proves. */
static void audit_controller(struct job *job, const struct controller *controller,
                             struct json *json)
{
    const struct {
        struct str value;
        const char *what;
    } row[] = {
        {controller->address, "address"},           {controller->contact, "contact"},
        {controller->jurisdiction, "jurisdiction"}, {controller->storage, "storage"},
        {controller->withdrawal, "withdrawal"},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (row[i].value.len == 0) {
            put_finding(json, STR("controller"), false,
                        str_format(job->arena, "has no '%s', which every receipt should name",
                                   row[i].what));
        }
    }
}

void audit_consent(struct job *job, const struct candor *candor, struct json *json,
                   size_t *findings)
{
    const struct inventory *inventory = candor->inventory;
    json_key(json, LIT("consent"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        *findings += audit_purpose(job, candor, p, json);
        *findings += audit_wording(&inventory->purpose[p], json);
        *findings += audit_recipient(job, candor, &inventory->purpose[p], json);
    }
    audit_controller(job, candor->controller, json);
    json_list_end(json);
}
