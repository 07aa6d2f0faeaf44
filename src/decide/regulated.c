/*
 * regulated.c - offers that decide about lives: jobs, credit, housing, insurance, education, health.
 *
 * A campaign that says `regulated: credit` is held to what the strictest of these ask, since a company
 * seldom knows in advance whose law a person stands under:
 *
 *   GDPR 22(2)              deciding by machine about such things rests on a contract, a law or explicit
 *                           consent, never on a legitimate interest
 *   ECOA, 12 CFR 1002.4(a)  no discrimination in credit, advertising included (1002.4(b): nothing that
 *                           would discourage an applicant); 1002.9: the specific reasons of a no
 *   FHA, 42 U.S.C. 3604(c)  no housing advertisement that indicates a preference
 *   ADEA and Title VII      29 U.S.C. 623(e), 42 U.S.C. 2000e-3(b): the same for jobs
 *   AI Act, Annex III       3 education, 4(a) targeted job advertisements, 5(b) creditworthiness,
 *                           5(c) life and health insurance: high risk
 *
 * The large platforms' special ad categories draw the practical line, which is kept here: nobody is
 * chosen for, or left out of, such an offer by age, sex or postal code, nor by what is like them.
 */
#include "decide.h"

#include "text.h"

static const struct {
    const char *name;
    const char *law; /* for whoever reviews it */
} row[REGULATED_KINDS] = {
    [REGULATED_NONE] = {"", ""},
    [REGULATED_CREDIT] = {"credit", "ECOA, 12 CFR 1002.4 and 1002.9; AI Act Annex III 5(b); "
                                    "GDPR Article 22"},
    [REGULATED_EMPLOYMENT] = {"employment", "Title VII and ADEA, 42 U.S.C. 2000e-3(b), 29 U.S.C. "
                                            "623(e); AI Act Annex III 4(a); GDPR Article 22"},
    [REGULATED_HOUSING] = {"housing", "Fair Housing Act, 42 U.S.C. 3604(c); GDPR Article 22"},
    [REGULATED_INSURANCE] = {"insurance", "AI Act Annex III 5(c); Directive 2004/113/EC Article 5; "
                                          "GDPR Article 22"},
    [REGULATED_EDUCATION] = {"education", "AI Act Annex III 3; GDPR Article 22"},
    [REGULATED_HEALTH] = {"health", "GDPR Articles 9 and 22; AI Act Annex III 5(a)"},
};

const char *regulated_name(enum regulated regulated)
{
    must((unsigned)regulated < REGULATED_KINDS);
    return row[regulated].name;
}

const char *regulated_law(enum regulated regulated)
{
    must((unsigned)regulated < REGULATED_KINDS);
    return row[regulated].law;
}

/* ---- what may not choose ------------------------------------------------------------------- */

/* Words of a name, cut at what is no letter. */
static bool has_word(struct str name, const char *const *word, size_t word_count)
{
    size_t start = 0;
    for (size_t i = 0; i <= name.len; i++) {
        const bool is_letter = i < name.len && name.ptr[i] >= 'a' && name.ptr[i] <= 'z';
        if (is_letter) {
            continue;
        }
        const struct str part = str_slice(name, start, i);
        for (size_t w = 0; w < word_count; w++) {
            if (str_is(part, word[w])) {
                return true;
            }
        }
        start = i + 1;
    }
    return false;
}

const char *regulated_bars(const struct field *field)
{
    static const char *const age[] = {"age", "birth", "birthday", "birthdate", "born", "dob"};
    static const char *const sex[] = {"sex", "gender", "salutation", "pronoun", "pronouns"};
    static const char *const place[] = {"zip",        "zipcode", "postcode", "postal",
                                        "postalcode", "plz",     "address",  "street"};
    if (field->is_protected) {
        return "a protected attribute";
    }
    if (field->sensitivity == SENSITIVITY_SPECIAL) {
        return "data of a special category";
    }
    const struct str both[] = {field->name, field->pii};
    for (size_t i = 0; i < 2; i++) {
        if (has_word(both[i], age, sizeof age / sizeof age[0])) {
            return "age";
        }
        if (has_word(both[i], sex, sizeof sex / sizeof sex[0])) {
            return "sex";
        }
        if (has_word(both[i], place, sizeof place / sizeof place[0])) {
            return "where somebody lives";
        }
    }
    return NULL;
}

const char *regulated_bars_feature(const struct inventory *inventory, size_t feature)
{
    const struct feature *it = &inventory->feature[feature];
    const struct field named = {.name = it->name, .is_protected = it->is_protected};
    const char *why = regulated_bars(&named);
    if (why == NULL && it->field != NONE && it->measure == MEASURE_FIELD) {
        why = regulated_bars(&inventory->field[it->field]);
    }
    if (why == NULL && it->measure != MEASURE_FIELD && it->property != NONE) {
        why = regulated_bars(&inventory->event_kind[it->event_kind].property[it->property]);
    }
    return why;
}

/* ---- the campaign's own section ------------------------------------------------------------ */

static bool rests_on_enough(enum basis basis)
{
    return basis == BASIS_CONSENT || basis == BASIS_CONTRACT || basis == BASIS_LEGAL_OBLIGATION;
}

static enum candor_status check_needs(struct job *job, const struct inventory *inventory,
                                      const struct section *section,
                                      const struct campaign *campaign)
{
    const char *name = regulated_name(campaign->regulated);
    for (size_t i = 0; i < campaign->needs.field_count; i++) {
        const struct field *field = &inventory->field[campaign->needs.field[i]];
        const char *why = regulated_bars(field);
        if (why != NULL) {
            return section_fail(job, section, "regulated",
                                "nobody is chosen for an offer of %s by '%.*s': it is %s", name,
                                STR_ARG(field->name), why);
        }
    }
    for (size_t i = 0; i < campaign->needs.feature_count; i++) {
        const char *why = regulated_bars_feature(inventory, campaign->needs.feature[i]);
        if (why != NULL) {
            return section_fail(job, section, "regulated",
                                "nobody is chosen for an offer of %s by '%.*s': it is %s", name,
                                STR_ARG(inventory->feature[campaign->needs.feature[i]].name), why);
        }
    }
    return CANDOR_OK;
}

enum candor_status regulated_read(struct job *job, const struct inventory *inventory,
                                  const struct section *section, struct campaign *campaign)
{
    const char *word[REGULATED_KINDS - 1];
    unsigned chosen = 0;
    if (!section_has(section, "regulated")) {
        return CANDOR_OK;
    }
    for (unsigned i = 1; i < REGULATED_KINDS; i++) {
        word[i - 1] = row[i].name;
    }
    TRY(section_choice(job, section, "regulated", word, REGULATED_KINDS - 1, &chosen));
    campaign->regulated = (enum regulated)(chosen + 1);
    if (campaign->fairness.attribute_count == 0) {
        return section_fail(job, section, "regulated",
                            "such an offer states its fairness rule: 'fairness' is missing");
    }
    if (campaign->fairness.on_fail != CAMPAIGN_STOP) {
        return section_fail(job, section, "fairness",
                            "a campaign that is regulated stops when it fails: on_fail: stop");
    }
    if (campaign->uses != NONE && !rests_on_enough(inventory->purpose[campaign->uses].basis)) {
        return section_fail(job, section, "uses",
                            "a machine's choice in a regulated offer rests on consent, contract or "
                            "legal obligation (GDPR Article 22(2)), not on '%s'",
                            basis_name(inventory->purpose[campaign->uses].basis));
    }
    return check_needs(job, inventory, section, campaign);
}
