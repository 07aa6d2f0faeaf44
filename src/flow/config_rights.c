/*
 * config_rights.c - candor.yaml's sections `rights` and `jurisdictions`.
 *
 *   rights:
 *     jurisdiction: eu                    of requests that name no other
 *     holidays: ["2026-12-25"]            no business days, besides Saturday and Sunday
 *
 * The rows of `jurisdictions` are read by the govern room. Both stand in candor.yaml and not in a
 * file of their own, so that a changed clock is a change of policy on the ledger.
 */
#include <stdlib.h>

#include "flow.h"

enum { HOLIDAYS_MAX = 1000 };

static int compare_days(const void *left, const void *right)
{
    const int64_t first = *(const int64_t *)left;
    const int64_t second = *(const int64_t *)right;
    return (first > second) - (first < second);
}

static enum candor_status read_holidays(struct job *job, const struct section *section,
                                        struct holidays *holidays)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "holidays", HOLIDAYS_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    int64_t *day = NEW_ARRAY(job->arena, count + 1, int64_t);
    for (size_t i = 0; i < count; i++) {
        struct str text;
        int64_t time = 0;
        TRY(value_text(job, &list->item[i], section_what(job, section, "holidays"), &text));
        if (text.len != 10 || !str_to_time(text, &time)) {
            return section_fail(job, section, "holidays",
                                "each is a day in quotes: \"2026-12-25\"");
        }
        day[i] = time / MICROS_PER_DAY;
    }
    qsort(day, count, sizeof *day, compare_days);
    *holidays = (struct holidays){day, count};
    return CANDOR_OK;
}

enum candor_status config_rights(struct job *job, const struct value *root, struct candor *candor)
{
    static const char *const known[] = {"jurisdiction", "holidays"};
    const struct value *map = value_get(root, "rights");
    struct section section;
    TRY(jurisdictions_read(job, root, &candor->jurisdictions));
    candor->jurisdiction = STR("eu");
    candor->holidays = (struct holidays){0};
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "rights", known, sizeof known / sizeof known[0], &section));
    TRY(section_text(job, &section, "jurisdiction", &candor->jurisdiction));
    if (!jurisdictions_know(&candor->jurisdictions, candor->jurisdiction)) {
        return section_fail(job, &section, "jurisdiction",
                            "no row of the table is of that place; see: candor request "
                            "jurisdictions");
    }
    return read_holidays(job, &section, &candor->holidays);
}
