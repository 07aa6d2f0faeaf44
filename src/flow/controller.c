/*
 * controller.c - who answers for the data: `controller` in candor.yaml.
 *
 *     controller:
 *       name: Marlow & Finch Ltd
 *       address: 1 Mill Lane, Dublin
 *       contact: privacy@marlow.example
 *       url: https://marlow.example/privacy
 *       jurisdiction: IE
 *       storage: Dublin, Ireland
 *       withdrawal: https://marlow.example/choices
 *       authority: Data Protection Commission
 *       officer: dpo@marlow.example
 *
 * Receipts show it. What is missing there is missing on the receipt, and `candor audit consent` says
 * so; the name is the home's when nothing else is said.
 */
#include "consenting.h"
#include "reviewed.h"

enum candor_status controller_read(struct job *job, struct str home_name, const struct value *root,
                                   struct controller *controller)
{
    static const char *const known[] = {"name",       "address",      "contact",
                                        "url",        "jurisdiction", "storage",
                                        "withdrawal", "authority",    "officer"};
    const struct value *map = value_get(root, "controller");
    struct section section;
    *controller = (struct controller){.name = home_name};
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "controller", known, sizeof known / sizeof known[0], &section));
    section.what = "controller"; /* its name is a company's, no name of a thing of ours */
    TRY(section_text(job, &section, "name", &controller->name));
    TRY(section_text(job, &section, "address", &controller->address));
    TRY(section_text(job, &section, "contact", &controller->contact));
    TRY(section_text(job, &section, "url", &controller->url));
    TRY(section_text(job, &section, "jurisdiction", &controller->jurisdiction));
    TRY(section_text(job, &section, "storage", &controller->storage));
    TRY(section_text(job, &section, "withdrawal", &controller->withdrawal));
    TRY(section_text(job, &section, "authority", &controller->authority));
    return section_text(job, &section, "officer", &controller->officer);
}

struct str controller_officer(const struct candor *candor)
{
    const struct str named[] = {candor->controller->officer, candor->governance->rules.contact,
                                candor->contact};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (named[i].len > 0) {
            return named[i];
        }
    }
    return STR("");
}
