/*
 * children.c - `children` in candor.yaml, and who may be one.
 *
 *     children:
 *       purpose: child_protection    under which the age may be looked at; not consent
 *       birth: birth_date            a date that this purpose may use
 *       country: country             a field, or not there
 *       default_country: IE          where none is known; without it 16 years count
 *       unknown: refuse              or allow: whether who has no birth date may agree alone
 *
 * GDPR Article 8: under the age of their country only a guardian's yes counts, with proof. The age is
 * looked at each time, so that a corrected date of birth takes effect, and a child who comes of age
 * says yes for themselves from that day on. A guardian's yes stays until it is taken back (EDPB
 * Guidelines 05/2020, paragraph 150).
 */
#include "consenting.h"

static enum candor_status check_field(struct job *job, const struct section *section,
                                      const char *key, const struct inventory *inventory,
                                      size_t field, size_t purpose)
{
    return (inventory->field[field].purposes >> purpose & 1) != 0
               ? CANDOR_OK
               : section_fail(job, section, key, "the field may not be used for the purpose '%.*s'",
                              STR_ARG(inventory->purpose[purpose].name));
}

static enum candor_status read_fields(struct job *job, const struct section *section,
                                      const struct inventory *inventory, struct children *children)
{
    const struct catalogue fields = catalogue_fields(inventory);
    TRY(section_need(job, section, "birth"));
    TRY(section_reference(job, section, "birth", &fields, &children->birth));
    if (inventory->field[children->birth].type != FIELD_DATE) {
        return section_fail(job, section, "birth", "a field of type date is needed");
    }
    TRY(check_field(job, section, "birth", inventory, children->birth, children->purpose));
    TRY(section_reference(job, section, "country", &fields, &children->country));
    return children->country == NONE ? CANDOR_OK
                                     : check_field(job, section, "country", inventory,
                                                   children->country, children->purpose);
}

enum candor_status children_read(struct job *job, const struct inventory *inventory,
                                 const struct value *root, struct children *children)
{
    static const char *const known[] = {"purpose", "birth", "country", "default_country",
                                        "unknown"};
    static const char *const unknown_word[] = {"refuse", "allow"};
    const struct value *map = value_get(root, "children");
    const struct catalogue purposes = catalogue_purposes(inventory);
    struct section section;
    unsigned unknown = 0;
    unsigned years = 0;
    *children = (struct children){.country = NONE};
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "children", known, sizeof known / sizeof known[0], &section));
    TRY(section_need(job, &section, "purpose"));
    TRY(section_reference(job, &section, "purpose", &purposes, &children->purpose));
    const struct purpose *purpose = &inventory->purpose[children->purpose];
    if (purpose->basis == BASIS_CONSENT || purpose->channels != 0) {
        return section_fail(
            job, &section, "purpose",
            "looking at the age protects children and cannot rest on their consent; "
            "name a purpose with basis legal_obligation and no channel");
    }
    TRY(read_fields(job, &section, inventory, children));
    TRY(section_text(job, &section, "default_country", &children->default_country));
    if (children->default_country.len > 0 && !age_of_consent(children->default_country, &years)) {
        return section_fail(job, &section, "default_country",
                            "no age of consent is known for it; without a country 16 years count");
    }
    TRY(section_choice(job, &section, "unknown", unknown_word, 2, &unknown));
    children->unknown_is_adult = unknown == 1;
    children->is_asked = true;
    return CANDOR_OK;
}

static unsigned years_of(const struct children *children, const struct profile *profile)
{
    unsigned years = AGE_SAFE;
    const struct cell *country =
        children->country == NONE ? NULL : &profile->cell[children->country];
    const bool has_country = country != NULL && country->kind == CELL_TEXT;
    if (!age_of_consent(has_country ? country->text : children->default_country, &years)) {
        years = AGE_SAFE;
    }
    return years;
}

enum candor_status children_age(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, const struct consent_state *of,
                                struct consent_age *age)
{
    const struct children *children = candor->children;
    *age = (struct consent_age){0};
    if (!children->is_asked) {
        return CANDOR_OK;
    }
    const struct permit_question question = {subject, children->purpose, NONE, OURSELVES};
    const struct permit *permit = NULL;
    enum permit_code code;
    struct profile profile = profile_begin(job->arena, candor->inventory);
    age->is_asked = true;
    const enum candor_status status =
        permit_issue(job, candor->inventory, of, &question, &code, &permit);
    if (status == CANDOR_REFUSED) { /* all use is restricted: then nothing is allowed anyway */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(store_profile(job, txn, permit, &profile));
    const struct cell *birth = &profile.cell[children->birth];
    age->is_known = birth->kind == CELL_TIME;
    if (age->is_known) {
        age->of_age = age_reached(birth->time, years_of(children, &profile));
    } else if (children->unknown_is_adult) {
        age->is_asked = false;
    }
    return CANDOR_OK;
}
