/*
 * candor_reports.h - the chapter about reports: what really ran, for those who have to answer for it.
 *
 * candor.h includes this header. A report is one document in four forms: JSON, text, a page, a PDF. Its
 * figures name the entries of the ledger that they stand on, and it is put on the ledger itself. No
 * figure is about one person, and numbers of people from 1 to 9 are not told.
 */
#ifndef CANDOR_REPORTS_H
#define CANDOR_REPORTS_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct candor_report_order {
    const char *kind;      /* ropa, dpia, card, board, dsar, consent, ccpa, ai-act */
    const char *model;     /* of a card: its name; else NULL */
    const char *from;      /* days; NULL: a year before until */
    const char *until;     /* the last day that counts; NULL: now */
    const char *html_path; /* files to write; NULL: none */
    const char *pdf_path;
    const char *json_path; /* as candor_report_verify reads it */
    const char *format;    /* of what is answered: json, text, html, pdf; NULL: json */
};

/*
 * Make a report. As JSON the answer is {"document", "digest", "ledger_index"}; the digest is the
 * SHA-256 of the document, its members in their order and without spaces.
 *
 * CANDOR_BAD_INPUT  no such kind, format or period, or a path that may not be written
 * CANDOR_NOT_FOUND  no such model
 * CANDOR_IO         also: no font is installed, which a PDF needs
 */
CANDOR_CHECK enum candor_status candor_report(struct job *job, struct candor *candor,
                                              const struct candor_report_order *order,
                                              struct candor_text *report);

/*
 * The board's key figures as series, to look at: periods (1 to CANDOR_FIGURE_PERIODS) of so many days, the
 * last of them up to now. Unlike a report this puts nothing on the ledger.
 *
 * {"days","ends":[...],"figures":[{"figure","group","unit","values":[...],"now","limit","verdict"}],
 * "campaigns":[{"name","title","made","contacts","lift","lift_low","lift_high","lift_verdict",
 * "fairness","fairness_value","fairness_limit","fairness_verdict"}],"unfair_plans"}. group: performance, fairness,
 * privacy, security; unit: count, share. A null was not known or not counted then. limit says what calls for
 * action: "none_allowed", "all", "at_least_one", "twice_the_mean" (of the periods before; a matter to
 * watch), or null. verdict: good, watch, bad or none.
 *
 * CANDOR_BAD_INPUT  periods or days are out of range
 */
#define CANDOR_FIGURE_PERIODS 36
CANDOR_CHECK enum candor_status candor_report_figures(struct job *job, struct candor *candor,
                                                      unsigned periods, unsigned days,
                                                      struct candor_text *report);

/*
 * Is the report in this file, as JSON, one that this home made? *same says so.
 *
 * CANDOR_BAD_INPUT  the file is no report
 */
CANDOR_CHECK enum candor_status candor_report_verify(struct job *job, struct candor *candor,
                                                     const char *path, bool *same,
                                                     struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
