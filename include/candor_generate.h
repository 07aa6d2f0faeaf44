/*
 * candor_generate.h - campaign copy from a brief: a chapter of the public door. candor.h does not include it.
 *
 * A brief says what may be said, with a fact and its source behind each claim (docs/generate.md). Variants are
 * written from phrases of our own, or by a language model of others through the guard; each is scanned,
 * and what the scan lets through is submitted as content (candor_content.h), where people review it.
 */
#ifndef CANDOR_GENERATE_PUBLIC_H
#define CANDOR_GENERATE_PUBLIC_H

#include "candor.h"
#include "candor_outgoing.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CANDOR_VARIANTS_MAX 10

struct candor_generation {
    const char *campaign; /* one of candor.yaml or campaigns.yaml */
    const char *file;     /* what the brief is called in messages */
    const char *brief;    /* YAML, at most 64 KB */
    size_t len;
    unsigned variants;    /* 1 .. CANDOR_VARIANTS_MAX; 0: 3 */
    const char *language; /* "de"; NULL: the brief's. Another than the brief's is refused. */
    const char *model;    /* one of `guard` in candor.yaml; NULL: no model is asked */
};

/*
 * Write and submit. *dropped: how many variants were not kept; the report says which and why.
 *
 * post     the caller's HTTP client; NULL where no model is asked
 *
 * CANDOR_BAD_INPUT  the brief, with its line; CANDOR_NOT_FOUND: no such campaign or model
 * CANDOR_REFUSED    a personal field that has no place in this copy; the guard refuses the prompt
 * CANDOR_SPENT      a budget of the guard; CANDOR_IO: the model did not answer as it was asked
 */
CANDOR_CHECK enum candor_status candor_generate(struct job *job, struct candor *candor,
                                                const struct candor_generation *asked,
                                                const struct candor_post *post, size_t *dropped,
                                                struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
