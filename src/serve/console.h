/*
 * console.h - the marketer's console: today, campaigns, import. Inside the room only.
 *
 *   console.c           today, and the way from a file to a first plan
 *   console_permits.c   ... and how many people each purpose may be served to
 *   console_list.c      campaigns
 *   console_campaign.c  one campaign: its staircase, fairness, signature, results
 *   console_acts.c      what may be done with it: plan, sign, hand over
 *   console_edit.c      one is made or changed
 *   console_model.c     a model is trained, published
 *   console_people.c    the people of one step
 *   console_import.c    files in, with their errors
 *   console_outgoing.c  messages to other systems that wait, and that nobody takes
 */
#ifndef CANDOR_CONSOLE_H
#define CANDOR_CONSOLE_H

#include "candor_campaign.h"
#include "candor_outgoing.h"
#include "site.h"

struct outcome console_today(struct site *site);
struct outcome console_campaigns(struct site *site);
struct outcome console_campaign(struct site *site);
struct outcome console_campaign_post(struct site *site);
struct outcome console_edit(struct site *site);
struct outcome console_edit_post(struct site *site);
struct outcome console_people(struct site *site);
struct outcome console_page(struct site *site);
struct outcome console_import(struct site *site);
struct outcome console_import_post(struct site *site);
struct outcome console_results_post(struct site *site);
struct outcome console_outgoing(struct site *site);
struct outcome console_outgoing_post(struct site *site);

/* The campaigns of candor_campaign_list, and where each stands. */
void console_put_campaigns(struct site *site, struct buf *html, const struct value *list);
/* Of candor_permitted; NULL: nothing. */
void console_put_permits(struct site *site, struct buf *html, const struct value *permitted);

/* Parts of the pages about models: the button to train, the button to publish. */
void console_put_training(struct site *site, struct buf *html);
void console_put_publishing(struct site *site, struct buf *html, struct str name);
struct outcome console_models_post(struct site *site);

/* A campaign's page with its code and what went wrong, or ""; what may be done, on it; the name in its path. */
struct outcome console_campaign_page(struct site *site, unsigned code, struct str error);
void console_put_acts(struct site *site, struct buf *html, const struct value *campaign);
const char *console_campaign_name(const struct site *site);

/* ---- pieces -------------------------------------------------------------------------------- */

enum word console_state(struct str state); /* of a campaign */
/* "/campaigns/NAME" with what follows; the name is encoded. */
struct str console_path(struct arena *arena, struct str name, const char *rest);

#endif
