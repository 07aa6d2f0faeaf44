/*
 * assigned.h - a value that is assigned to a telling name, and what can be seen of it. Inside the room, and for
 * bench/gate_assigned.c, which writes down what the weights are fitted to.
 */
#ifndef CANDOR_GATE_ASSIGNED_H
#define CANDOR_GATE_ASSIGNED_H

#include "inside.h"

enum assigned_feature {
#define FEATURE(name, value) name,
#include "assigned_model.def"
#undef FEATURE
    ASSIGNED_FEATURES
};

enum assigning {
    BY_ARROW,
    BY_EQUALS,
    BY_COMPARING,
    BY_COLON,
    BY_COMMA,
    BY_BRACKET,
    BY_TAG,
    BY_BLANK,
};

struct assigned {
    size_t name_start;
    size_t name_end;
    size_t start; /* of the value */
    size_t end;
    size_t quote; /* letters of the quote before the value; 0: none */
    enum assigning sign;
    bool is_name_quoted;
};

/* What the letters of a value are: assigned_value.c. */
struct value_letters {
    uint32_t signs; /* features from HAS_BLANK to HAS_SQUARE, the first bit 0 */
    unsigned digits;
    unsigned upper;
    unsigned lower;
    bool is_hex;   /* hexadecimal digits only */
    double unlike; /* how unlike words its letters follow each other, in bits */
};

struct value_letters value_letters_of(const struct value_table *table, struct str value);
bool value_is_of_program(struct str value);
bool value_is_digest(struct str value);
size_t value_distinct(struct str value); /* how many bytes that differ */

/* Links of the model: natural logarithms of the odds. */
#define ASSIGNED_LIKELY 0.7
#define ASSIGNED_POSSIBLE (-1.0)
#define ASSIGNED_SURE 1e3

enum { ASSIGNED_NAME_MAX = 48 }; /* letters on each side of the place in it that tells */

/* The name around `at` and the value assigned to it; false: none is, but the name is known. */
bool assigned_read(struct str text, size_t at, struct assigned *found);
/* The same of a name whose two ends are known; all else of `found` is zero. */
bool assigned_read_named(struct str text, struct assigned *found);
/* The logarithm of the odds that the value is a secret, with all that was seen; what is surely below `least` is
 * told from a part of it. place: assigned_place of the file's path. feature: ASSIGNED_FEATURES of them, or NULL. */
double assigned_weigh(const struct gate *gate, struct str text, unsigned place,
                      const struct assigned *found, double least, double *feature);

#endif
