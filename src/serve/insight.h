/*
 * insight.h - the console's pages about people in numbers, models and data. Inside the room only.
 *
 *   insight.c            pieces that these pages share
 *   insight_audience.c   the audience builder: its form; insight_count.c what it counts
 *   insight_models.c     models; insight_measure.c fairness and drift, measured now
 *   insight_data.c       the inventory, retention; insight_quality.c scores over time, quarantine
 *   insight_row.c        one row in quarantine: put right, or discarded
 *   insight_audit.c      audits of the data, done now
 */
#ifndef CANDOR_INSIGHT_PAGES_H
#define CANDOR_INSIGHT_PAGES_H

#include "candor_insight.h"
#include "console.h"

struct outcome insight_audience(struct site *site);
struct outcome insight_models(struct site *site);
struct outcome insight_model(struct site *site);
struct outcome insight_model_post(struct site *site);
struct outcome insight_data(struct site *site);
struct outcome insight_data_post(struct site *site);
struct outcome insight_row(struct site *site);
struct outcome insight_row_post(struct site *site);

/* ---- insight.c ------------------------------------------------------------------------------ */

/* "<h2>", with a sentence beneath it. */
void insight_heading(struct buf *html, enum word title, enum word lead);
/* A line of values between 0 and 1, oldest first, with a dotted line at the least (NaN: none) and words
 * for who does not see it. NaN: nothing was known then. */
void insight_spark(struct buf *html, const double *value, size_t count, double least,
                   struct str words);
/* "3 years", "90 days"; 0: as long as the person is known. */
struct str insight_days(struct arena *arena, int64_t days);
/* A sentence or a remark of the library's, where a report was not to be had; the page goes on. */
void insight_withheld(struct site *site, struct buf *html);
/* A button on its own that posts act=WHAT. */
void insight_act(const struct site *site, struct buf *html, struct str path, struct lit act,
                 enum word words);

/* ---- insight_count.c ------------------------------------------------------------------------ */

/* The staircase of candor_audience. */
void insight_put_count(struct site *site, struct buf *html, const struct value *answer);

/* ---- insight_measure.c ---------------------------------------------------------------------- */

void insight_put_fairness(struct site *site, struct buf *html, const struct value *audit,
                          struct str model);
/* shapes: where features have their labels. */
/* How far the monitor of the model is from an alarm, and those it raised. monitors NULL: nothing. */
void insight_put_monitor(struct site *site, struct buf *html, const struct value *monitors,
                         struct str model);
void insight_put_drift(struct site *site, struct buf *html, const struct value *drift,
                       const struct value *shapes);

/* ---- insight_quality.c ---------------------------------------------------------------------- */

void insight_put_quality(struct site *site, struct buf *html, const struct value *inventory);
void insight_put_quarantine(struct site *site, struct buf *html);

/* ---- insight_audit.c ------------------------------------------------------------------------ */

void insight_put_due(struct site *site, struct buf *html, const struct value *report);
void insight_put_audit(struct site *site, struct buf *html, const struct value *report);

#endif
