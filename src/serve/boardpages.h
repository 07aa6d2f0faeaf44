/*
 * boardpages.h - the review board's pages, under /board/. Inside the room only.
 *
 *   board.c           the queues: what waits for somebody's decision
 *   boardreview.c     one review: who decides, what they may do, what was done; proposing one
 *   boardevidence.c   what reviewers see: card, plan, words, what changed
 *   boardrequest.c    rights requests and their clocks
 *   boardincident.c   incidents and their 72 hours
 *   boardhuman.c      decisions of a machine before a person; acts that want a second signature
 *   boardkpis.c       key figures with their trends; the pack to print
 *   boardchart.c      pictures of them
 *   boardpart.c       pieces that these share; an entry of the ledger
 *
 * A page shows only what its reader's roles open, and offers only what the library would take from them;
 * where it would not, the page says why. The library decides all the same.
 */
#ifndef CANDOR_BOARDPAGES_H
#define CANDOR_BOARDPAGES_H

#include "console.h"

/* ---- pages --------------------------------------------------------------------------------- */

struct outcome boardpage_queues(struct site *site);
struct outcome boardpage_review(struct site *site);
struct outcome boardpage_review_post(struct site *site);
struct outcome boardpage_propose(struct site *site);
struct outcome boardpage_propose_post(struct site *site);
struct outcome boardpage_request(struct site *site);
struct outcome boardpage_request_post(struct site *site);
struct outcome boardpage_request_copy(struct site *site);
struct outcome boardpage_incident(struct site *site);
struct outcome boardpage_incident_post(struct site *site);
struct outcome boardpage_incident_new(struct site *site);
struct outcome boardpage_incident_new_post(struct site *site);
struct outcome boardpage_draft(struct site *site);
struct outcome boardpage_human(struct site *site);
struct outcome boardpage_human_post(struct site *site);
struct outcome boardpage_second_post(struct site *site);
struct outcome boardpage_kpis(struct site *site);
struct outcome boardpage_pack_post(struct site *site);
struct outcome boardpage_entry(struct site *site);

/* ---- boardpart.c --------------------------------------------------------------------------- */

/* What was sent and not taken: whose form it was, and why. */
struct boardpage_slip {
    struct str act;
    struct str error;
    unsigned code; /* of the page; 0: 200 */
};
/* The last call failed: its message, for the form of this act. */
struct boardpage_slip boardpage_slip(struct site *site, struct str act, enum candor_status status);
/* The same with a sentence of ours; 400. */
struct boardpage_slip boardpage_slip_saying(struct str act, enum word sentence);
/* The error if it belongs to this act's form; else "". */
struct str boardpage_error(const struct boardpage_slip *slip, const char *act);
struct outcome boardpage_end(struct buf *html, const struct boardpage_slip *slip);

/* A section with its heading; boardpage_section_end. */
void boardpage_section(struct buf *html, enum word which);
void boardpage_section_end(struct buf *html);
/* <time>: "2026-11-28 08:15" of an instant; empty: a dash. */
void boardpage_time(struct buf *html, struct str instant);
/* Whole days from now until an instant; below 0: it is over. */
int64_t boardpage_days_until(const struct site *site, struct str instant);
/* A mark with a word, told apart by its shape too. */
enum boardpage_badge { BADGE_PLAIN, BADGE_GOOD, BADGE_WATCH, BADGE_BAD };
void boardpage_badge(struct buf *html, enum boardpage_badge kind, struct str text);
/* The entry's page on the ledger. */
void boardpage_entry_link(struct buf *html, int64_t index);
/* What the ledger says about this number, since an instant. */
void boardpage_trail(struct site *site, struct buf *html, struct str number, struct str since);
/* A word in our sentences for one of the library's; the library's own when there is none. */
struct str boardpage_word(struct str key);
/* "in_review" as "in review". */
struct str boardpage_spaced(struct arena *arena, struct str key);

/* ---- boardalarms.c ------------------------------------------------------------------------- */

/* A section with what the monitors raised lately. */
void boardpage_alarms(struct site *site, struct buf *html);

/* ---- boardevidence.c, boardchart.c --------------------------------------------------------- */

void boardpage_evidence(struct site *site, struct buf *html, const struct value *review);
/* What was foretold against what came, in tenths: closer to the line is better. */
void boardpage_calibration(struct buf *html, const struct value *calibration);
/* A series of periods; a value that is no number is left out. */
void boardpage_series(struct buf *html, struct str title, struct str text,
                      const struct value *values);

#endif
