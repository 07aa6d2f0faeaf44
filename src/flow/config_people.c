/*
 * config_people.c - candor.yaml's section `people`: the company's own.
 *
 *   people:
 *     required_training: [data-protection]   without it nobody sees personal data
 *     two_people: [operators, erase]         acts that need a second operator's signature; they are
 *                                            operators, api_keys, rotate, publish, export, erase,
 *                                            incident_close
 *     second_valid_hours: 24                 how long a signature or a wish for one holds
 *     reason_required: true                  whoever looks at a person says why
 *     contact: Data protection officer, dpo@example.org
 */
#include "flow.h"
#include "people.h"

enum { SECOND_HOURS_DEFAULT = 24, SECOND_HOURS_MAX = 24 * 31, CONTACT_MAX = 300 };

static enum candor_status read_courses(struct job *job, const struct section *section,
                                       struct candor *candor)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "required_training", COURSES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    candor->required_training = NEW_ARRAY(job->arena, count + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        struct str *course = &candor->required_training[i];
        TRY(value_text(job, &list->item[i], section_what(job, section, "required_training"),
                       course));
        if (course->len == 0 || course->len > COURSE_LEN_MAX) {
            return section_fail(job, section, "required_training",
                                "a course's name has 1 to %d bytes", COURSE_LEN_MAX);
        }
    }
    candor->required_training_count = count;
    return CANDOR_OK;
}

static enum candor_status read_guarded(struct job *job, const struct section *section,
                                       struct candor *candor)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "two_people", GUARDS, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct str name;
        enum guarded guarded;
        TRY(value_text(job, &list->item[i], section_what(job, section, "two_people"), &name));
        if (!guarded_read(name, &guarded)) {
            return section_fail(job, section, "two_people",
                                "the acts are operators, api_keys, rotate, publish, export, erase "
                                "and incident_close");
        }
        candor->guarded |= 1U << guarded;
    }
    return CANDOR_OK;
}

enum candor_status config_people(struct job *job, const struct value *root, struct candor *candor)
{
    static const char *const known[] = {"required_training", "two_people", "second_valid_hours",
                                        "reason_required", "contact"};
    const struct value *map = value_get(root, "people");
    struct section section;
    uint32_t hours = SECOND_HOURS_DEFAULT;
    candor->second_valid = (int64_t)hours * 3600 * MICROS_PER_SECOND;
    candor->contact = STR("");
    candor->because = STR("");
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "people", known, sizeof known / sizeof known[0], &section));
    TRY(read_courses(job, &section, candor));
    TRY(read_guarded(job, &section, candor));
    TRY(section_count(job, &section, "second_valid_hours", 1, SECOND_HOURS_MAX, &hours));
    TRY(section_bool(job, &section, "reason_required", &candor->reason_required));
    TRY(section_text(job, &section, "contact", &candor->contact));
    candor->second_valid = (int64_t)hours * 3600 * MICROS_PER_SECOND;
    return candor->contact.len <= CONTACT_MAX
               ? CANDOR_OK
               : section_fail(job, &section, "contact", "longer than %d bytes", CONTACT_MAX);
}
