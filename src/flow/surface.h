/*
 * surface.h - what visitors of the company's pages are asked: a door of the corridor of its own.
 *
 *   surface_config.c  the section `surface` of candor.yaml
 *   surface_words.c   what the script says, in each language
 *   surface.c         what is asked, and its version
 *   surface_choice.c  what somebody said, as records
 */
#ifndef CANDOR_FLOW_SURFACE_H
#define CANDOR_FLOW_SURFACE_H

#include "candor_surface.h"
#include "flow.h"

/* ---- surface_config.c ---------------------------------------------------------------------- */

#define SURFACE_ORIGINS_MAX 64

struct surface_config {
    const char **origin; /* of pages that may ask */
    size_t origin_count;
    uint64_t purposes;       /* that are asked for */
    uint32_t valid_days;     /* a yes is remembered in the browser so long */
    uint32_t ask_again_days; /* and nobody is asked again so long after a no */
    struct str notice_url;   /* the privacy notice; empty: none */
    struct str demo_shop;    /* a public write key; empty: no demo shop */
};

CANDOR_MUST_USE enum candor_status config_surface(struct job *job,
                                                  const struct inventory *inventory,
                                                  const struct value *root,
                                                  const struct surface_config **config);

/* ---- surface_words.c ----------------------------------------------------------------------- */

enum surface_word {
    WORD_TITLE,
    WORD_LEAD,
    WORD_ALLOW,
    WORD_REFUSE,
    WORD_CHOOSE,
    WORD_SAVE,
    WORD_CLOSE,
    WORD_RECIPIENTS,
    WORD_BROWSER,
    WORD_BROWSER_SAYS_NO,
    WORD_FAILED,
    WORD_SAVED,
    WORD_REOPEN,
    WORD_NOTICE,
    WORD_CHOSEN,
    SURFACE_WORDS,
};

/* NONE: no words in this language. */
size_t surface_words_in(struct str language);
struct str surface_words_language(size_t words); /* empty: past the last */
struct lit surface_word_key(enum surface_word word);
struct str surface_word(struct arena *arena, size_t words, enum surface_word word,
                        struct str company);

/* ---- surface.c ----------------------------------------------------------------------------- */

#define SURFACE_VERSION_LEN 32 /* digits */

/* What somebody is shown. */
struct surface {
    const struct candor *candor;
    uint64_t purposes; /* whose notice may be shown today */
    size_t words;
    struct str language;
    struct str version;
};

/* In the open transaction. */
CANDOR_MUST_USE enum candor_status surface_in(struct job *job, struct candor *candor,
                                              struct txn *txn, struct str language,
                                              struct surface *surface);

#endif
