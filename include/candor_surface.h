/*
 * candor_surface.h - a chapter of the public door: what a visitor of the company's pages is asked, and what
 * they say. The script that asks is /candor.js; docs/surface.md has it all.
 *
 * What is asked are purposes by consent, in the exact words of candor.yaml. The version is a digest of
 * everything that is shown, so that nobody can answer words that are not those of today.
 *
 * candor.h includes this header.
 */
#ifndef CANDOR_SURFACE_H
#define CANDOR_SURFACE_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is asked, in this language or the nearest that has all words (NULL: the company's own). Open to
 * all: it is what everybody is shown. */
CANDOR_CHECK enum candor_status candor_surface(struct job *job, struct candor *candor,
                                               const char *language, struct candor_text *report);

/*
 * Record what somebody said, one record for each purpose, all or none; durable and effective when it
 * returns. request is a JSON object:
 *
 *     "anonymousId"   the visitor: made at random in their browser; or
 *     "userId"        somebody known, which needs the act "consent" and no public key
 *     "version"       of what they were shown
 *     "language"      in which
 *     "choices"       {purpose: true or false}, each that was asked for
 *     "gpc"           true: their browser asks not to sell or share; so does gpc beside it
 *     "ui_evidence"   how it looked: candor_ui_evidence_text
 *
 * Whoever is not known is made, whatever they said: a no is kept as carefully as a yes.
 *
 * CANDOR_BAD_INPUT  not of this shape, or not what is asked
 * CANDOR_REFUSED    the words have changed since; a yes against the browser's signal; a child's; a notice
 *                   that nobody reviewed
 * CANDOR_SPENT      more visitors in this hour than tracking.new_per_hour
 */
CANDOR_CHECK enum candor_status candor_surface_choose(struct job *job, struct candor *candor,
                                                      const char *request, size_t request_len,
                                                      bool gpc, struct candor_text *report);

/* What a server needs to know beside that. It lives as long as the home is open. */
struct candor_surface_rules {
    const char *const *origin; /* whose pages may ask, "https://shop.example" */
    size_t origin_count;
    const char *name;      /* of the company */
    const char *demo_shop; /* the public write key of the demo shop; "": there is none */
};
CANDOR_API void candor_surface_rules(struct candor *candor, struct candor_surface_rules *rules);

#ifdef __cplusplus
}
#endif

#endif
