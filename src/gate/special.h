/*
 * special.h - hints at special categories of personal data (GDPR, Articles 9 and 10). Inside the gate room only.
 */
#ifndef CANDOR_GATE_SPECIAL_H
#define CANDOR_GATE_SPECIAL_H

#include "names.h"

/* Classes of special_words.def, behind those of names_words.def. */
enum special_class {
    SPECIAL_FIRST = NAME_CLASSES - 1,
#define SPECIAL(name, rule, words) SPECIAL_##name,
#define CLASS_OF(name, words) SPECIAL_##name,
#include "special_words.def"
#undef CLASS_OF
#undef SPECIAL
    SPECIAL_END
};

/* What stands in a part of a text, whose names have their labels. */
void special_look(struct scan *scan, const struct name_token token[], size_t count,
                  const uint8_t label[]);

#endif
