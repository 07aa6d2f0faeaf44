/*
 * inside_replace.h - what the files about replaced text share: replace_pattern.c reads, replace.c judges.
 */
#ifndef CANDOR_CODE_INSIDE_REPLACE_H
#define CANDOR_CODE_INSIDE_REPLACE_H

#include "inside.h"

/* Signs that mean something to who reads the text after us. */
enum sign {
    SIGN_LESS = 1,
    SIGN_MORE = 2,
    SIGN_QUOTE = 4,
    SIGN_APOSTROPHE = 8,
    SIGN_AND = 16,
    SIGN_BACKSLASH = 32,
    SIGN_PERCENT = 64,
    SIGN_OTHER = 128, /* any other sign */
    SIGNS_HTML = SIGN_LESS | SIGN_MORE | SIGN_QUOTE | SIGN_APOSTROPHE | SIGN_AND,
    SIGNS_ALL = 255,
};

/* What was put in the place of signs. */
enum put { PUT_NOTHING = 1, PUT_ENTITY = 2, PUT_PERCENT = 4, PUT_BACKSLASH = 8 };

struct pattern {
    node_id node;
    struct str text; /* as it stands, without its slashes or quotes */
    bool is_regex;
    bool is_global;
    bool is_single; /* it fits exactly one sign, one of `signs` */
    unsigned signs;
    char letter; /* the sign, when there is only one */
};

/* Whether the pattern of a call could be read: it stands there, or a name holds it. */
bool read_pattern(const struct tree *tree, node_id id, struct value value, bool is_all,
                  struct pattern *pattern);
/* The text of a constant, also of "a" + "". */
bool constant_text(const struct tree *tree, node_id id, struct str *text);
/* What this pattern takes out can stand there again when it is done. */
bool is_dangerous_removal(struct arena *arena, struct str text);
bool is_letter(char letter);

#endif
