/*
 * site_me.h - the pages of a subject's own dashboard, under /me/. Inside the room only.
 *
 *   me.c            what they share: the report, dates, buttons of equal weight
 *   mechoices.c     /me/: right now, the switches
 *   medata.c        /me/data: what we know and what we concluded; putting it right
 *   mechats.c       in /me/data: chats with language models about them
 *   memessages.c    /me/messages: what was sent or not, and why; feedback; a person's review
 *   mepeople.c      /me/people: who received data, who looked
 *   merights.c      /me/rights: limits, rights and their clocks, downloads
 *   meleave.c       /me/leave: erasure, and the certificate
 *   mereceipts.c    /me/receipts: the record of each choice, and how to check it
 *
 * Whoever is here is one person, and the library lets them reach nobody else. A yes and a no are two
 * buttons of one kind in one form, neither pressed: tests/e2e/fair_pages.py says so of what is served.
 */
#ifndef CANDOR_SITE_ME_H
#define CANDOR_SITE_ME_H

#include "candor_me.h"
#include "site.h"

struct me {
    struct site *site;
    struct job *job;
    const char *identifier;
    const struct value *page; /* of candor_subject_dashboard */
    struct buf html;
};

/* ---- me.c ---------------------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status me_read(struct site *site, struct me *me);
/* me_read, or the page that says why not: then *outcome is that. */
bool me_open(struct site *site, struct me *me, struct outcome *outcome);
void me_begin(struct me *me, enum word title, enum word lead, const char *here);
struct outcome me_end(struct me *me);

/* "2026-05-03T14:02:11Z" as "3 May 2026, 14:02"; the day alone; "" of nothing. Times are UTC. */
struct str me_when(const struct me *me, struct str time);
struct str me_day(const struct me *me, struct str time);
struct str me_number(const struct me *me, uint64_t number);

struct str me_purpose_title(const struct me *me, struct str purpose);
struct str me_campaign_title(const struct me *me, struct str campaign);
struct str me_offer_title(const struct me *me, struct str campaign, struct str offer);
struct str me_channel_title(struct str channel); /* "e-mail" */
/* "a, b and c" of a list of texts, or of their members key. */
struct str me_names(const struct me *me, const struct value *list, const char *key);
struct str me_basis(struct str basis);

void me_say(struct me *me, enum word which); /* a paragraph */
/* A form of one button. */
void me_one_button(struct me *me, struct str action, struct lit name, struct str value,
                   enum word words);
/* A number in the path: false, and nothing is there. */
bool me_index(const struct site *site, uint64_t *index);
/* Nothing of that name is here. */
struct outcome me_nothing(struct site *site);
/* As the library's status has it, but a missing thing is said to be no more than that. */
struct outcome me_done(struct site *site, enum candor_status status, const char *path,
                       const char *key);

/* ---- the pages ------------------------------------------------------------------------------ */

struct outcome me_choices(struct site *site);
struct outcome me_choice_post(struct site *site);
struct outcome me_stop_post(struct site *site);
struct outcome me_data(struct site *site);
struct outcome me_field(struct site *site);
struct outcome me_field_post(struct site *site);
struct outcome me_messages(struct site *site);
struct outcome me_message(struct site *site);
struct outcome me_feedback_post(struct site *site);
struct outcome me_review_post(struct site *site);
struct outcome me_message_proof(struct site *site);
struct outcome me_people(struct site *site);
struct outcome me_look_post(struct site *site);
struct outcome me_rights(struct site *site);
struct outcome me_right_post(struct site *site);
struct outcome me_limit_post(struct site *site);
struct outcome me_request_post(struct site *site);
struct outcome me_download(struct site *site);
struct outcome me_leave(struct site *site);
struct outcome me_leave_post(struct site *site);
struct outcome me_receipts(struct site *site);
struct outcome me_receipt(struct site *site);
struct outcome me_receipt_file(struct site *site);

/* ---- memessages.c, mechange.c --------------------------------------------------------------- */

/* A fact of a score, in words for people. */
struct str me_term_title(const struct me *me, struct str term);
/* What of their own would have changed this decision; explanation: as the library told it. */
void me_put_change(struct me *me, const struct value *decision, const struct value *explanation,
                   bool was_sent);

/* ---- mechats.c ---------------------------------------------------------------------------- */

void me_put_chats(struct me *me);

/* ---- mewishes.c ---------------------------------------------------------------------------- */

void me_put_wishes(struct me *me);
struct outcome me_wishes_post(struct site *site);

#endif
