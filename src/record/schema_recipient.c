/*
 * schema_recipient.c - to whom data may go: `recipients` in candor.yaml.
 *
 *     recipients:
 *       - name: postbird
 *         title: Postbird GmbH, which sends our e-mail
 *         role: processor               controller, joint_controller or processor
 *         contract: DPA of 2026-02-01
 *         contract_until: 2028-02-01    nothing goes to them from then on; may be left out
 *         country: DE
 *         transfer: standard_clauses    needed outside the EEA
 *         purposes: [email_marketing]
 *         contact: privacy@postbird.example
 *         webhook: https://postbird.example/recalls   where it is told of corrections, erasures and
 *                                       withdrawals; https, or http to this machine itself
 *
 * Each purpose listed is a disclosure. Defaults lean to the subject's side: who says nothing is a
 * controller of their own, to whom consent must name them.
 */
#include "recipient.h"
#include "schema.h"
#include "text.h"

static const char *const role_word[] = {"controller", "joint_controller", "processor"};
static const char *const transfer_word[] = {"none", "adequacy", "standard_clauses", "binding_rules",
                                            "explicit_consent"};

static const char eea[] = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO "
                          "PL PT RO SE SI SK";

const char *recipient_role_name(enum recipient_role role)
{
    must((unsigned)role < sizeof role_word / sizeof role_word[0]);
    return role_word[role];
}

const char *transfer_name(enum transfer transfer)
{
    must((unsigned)transfer < sizeof transfer_word / sizeof transfer_word[0]);
    return transfer_word[transfer];
}

bool country_is_in_eea(struct str country)
{
    return country.len == 2 && !str_contains(country, STR(" ")) &&
           str_contains(str_of(eea), country);
}

size_t inventory_recipient(const struct inventory *inventory, struct str name)
{
    for (size_t i = OURSELVES + 1; i < inventory->recipient_count; i++) {
        if (str_equal(inventory->recipient[i].name, name)) {
            return i;
        }
    }
    return NONE;
}

size_t inventory_disclosure(const struct inventory *inventory, size_t purpose, size_t recipient)
{
    for (size_t i = 0; i < inventory->disclosure_count; i++) {
        if (inventory->disclosure[i].purpose == purpose &&
            inventory->disclosure[i].recipient == recipient) {
            return i;
        }
    }
    return NONE;
}

/* ---- one recipient ------------------------------------------------------------------------- */

static enum candor_status read_country(struct job *job, const struct section *section,
                                       struct recipient *recipient)
{
    TRY(section_need(job, section, "country"));
    TRY(section_text(job, section, "country", &recipient->country));
    bool is_code = recipient->country.len == 2;
    for (size_t i = 0; i < recipient->country.len; i++) {
        is_code = is_code && recipient->country.ptr[i] >= 'A' && recipient->country.ptr[i] <= 'Z';
    }
    if (!is_code) {
        return section_fail(job, section, "country", "two capital letters are needed, such as DE");
    }
    if (!country_is_in_eea(recipient->country) && recipient->transfer == TRANSFER_NONE) {
        return section_fail(job, section, "country",
                            "outside the EEA a transfer needs a basis; add transfer: adequacy, "
                            "standard_clauses, binding_rules or explicit_consent");
    }
    return CANDOR_OK;
}

static enum candor_status read_contract_end(struct job *job, const struct section *section,
                                            struct recipient *recipient)
{
    struct str text = {NULL, 0};
    TRY(section_text(job, section, "contract_until", &text));
    if (text.len > 0 && (text.len != 10 || !str_to_time(text, &recipient->contract_until))) {
        return section_fail(job, section, "contract_until", "a day is needed: \"2027-12-31\"");
    }
    return CANDOR_OK;
}

static enum candor_status read_recipient(struct job *job, const struct value *item,
                                         const struct inventory *inventory,
                                         struct recipient *recipient)
{
    static const char *const known[] = {"name",           "title",    "role",     "contract",
                                        "country",        "transfer", "purposes", "contact",
                                        "contract_until", "webhook"};
    const struct catalogue purposes = catalogue_purposes(inventory);
    struct section section;
    unsigned role = RECIPIENT_CONTROLLER;
    unsigned transfer = TRANSFER_NONE;
    TRY(section_open(job, item, "recipient", known, sizeof known / sizeof known[0], &section));
    TRY(section_name(job, &section, &recipient->name));
    TRY(section_title(job, &section, "title", recipient->name, &recipient->title));
    TRY(section_choice(job, &section, "role", role_word, sizeof role_word / sizeof role_word[0],
                       &role));
    TRY(section_choice(job, &section, "transfer", transfer_word,
                       sizeof transfer_word / sizeof transfer_word[0], &transfer));
    recipient->role = (enum recipient_role)role;
    recipient->transfer = (enum transfer)transfer;
    TRY(read_country(job, &section, recipient));
    TRY(section_need(job, &section, "contract"));
    TRY(section_text(job, &section, "contract", &recipient->contract));
    TRY(section_text(job, &section, "contact", &recipient->contact));
    TRY(section_text(job, &section, "webhook", &recipient->webhook));
    TRY(read_contract_end(job, &section, recipient));
    TRY(section_need(job, &section, "purposes"));
    TRY(section_mask(job, &section, "purposes", &purposes, &recipient->purposes));
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        if ((recipient->purposes >> p & 1) != 0 && purpose->recipient.len > 0 &&
            !str_equal(purpose->recipient, recipient->name)) {
            return section_fail(job, &section, "purposes", "'%.*s' is for another recipient",
                                STR_ARG(purpose->name));
        }
    }
    for (size_t i = OURSELVES + 1; i < inventory->recipient_count; i++) {
        if (str_equal(inventory->recipient[i].name, recipient->name)) {
            return section_fail(job, &section, "name", "there is a recipient of this name already");
        }
    }
    return CANDOR_OK;
}

/* A share: purpose is a disclosure by itself; the others become pairs. */
static enum candor_status add_disclosures(struct job *job, const struct value *item,
                                          struct inventory *inventory, size_t recipient)
{
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((inventory->recipient[recipient].purposes >> p & 1) == 0 ||
            inventory->purpose[p].recipient.len > 0) {
            continue;
        }
        if (inventory->disclosure_count == DISCLOSURES_MAX) {
            return fail(job, CANDOR_BAD_INPUT,
                        "recipients%s: more than %d pairs of a recipient and a purpose",
                        value_where(job->arena, item), DISCLOSURES_MAX);
        }
        inventory->disclosure[inventory->disclosure_count++] = (struct disclosure){p, recipient};
    }
    return CANDOR_OK;
}

enum candor_status schema_recipients(struct job *job, const struct value *root,
                                     struct inventory *inventory)
{
    const struct value *list = NULL;
    TRY(schema_list(job, root, "recipients", RECIPIENTS_MAX - 1, &list));
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, inventory->recipient, list->count + 1, struct recipient);
    TRY_ALLOC(job, inventory->disclosure, DISCLOSURES_MAX, struct disclosure);
    inventory->recipient_count = 1; /* ourselves */
    for (size_t i = 0; i < list->count; i++) {
        const size_t at = inventory->recipient_count;
        TRY(read_recipient(job, &list->item[i], inventory, &inventory->recipient[at]));
        inventory->recipient_count++;
        TRY(add_disclosures(job, &list->item[i], inventory, at));
    }
    return CANDOR_OK;
}
