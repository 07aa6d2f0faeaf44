/*
 * precedence.h - the second door of the govern room: what counts when a person's own records and the
 * signals that come with a request say different things.
 *
 *   precedence.c   seven rules in their order, a pure function
 *
 * A record is what the person told us, known to be them. A signal is what a browser, a device or a
 * consent framework says at this request. The first rule that has an answer gives it:
 *
 *     1  the law forbids: restriction, a known child, a purpose or person we do not know     deny
 *     2  they objected                                                                       deny
 *     3  an opt-out signal of browser or device, where it binds                              deny,
 *        unless a later, specific and provable consent of the person covers it
 *     4  the person's own record: a no denies; a yes stands, unless rule 5 has a newer no
 *     5  a framework's string: for this request only, and never against a person's no
 *     6  what the place has as default: opt-in places deny, opt-out places allow what people were
 *        told about
 *     7  an unknown place: as the strictest
 *
 * Among signals of one kind the most restrictive counts. A string that cannot be read is a no.
 */
#ifndef CANDOR_PRECEDENCE_H
#define CANDOR_PRECEDENCE_H

#include "govern.h"

enum signal_source {
    SOURCE_GPC, /* the header Sec-GPC */
    SOURCE_TCF,
    SOURCE_GPP,
    SOURCE_USP,
    SOURCE_CONSENT_MODE,
    SOURCE_TRACK, /* context.consent of a tracking event */
    SOURCES,
};

const char *signal_source_name(enum signal_source source); /* "gpc" */

/* What one signal says about one purpose. */
struct evidence {
    enum signal_source source;
    bool allows;
    bool is_opt_out;  /* of browser or device, rule 3: GPC, or GPP's copy of it */
    bool is_child;    /* a known child without consent, rule 1 */
    int64_t time;     /* since when it says so; of a signal without a date, the request */
    const char *code; /* why, in the source's own words: "no-vendor-consent" */
};

/* What holds where nobody has said anything. */
enum regime {
    REGIME_UNKNOWN,
    REGIME_OPT_IN,
    REGIME_OPT_OUT,
};

/* "DE", "us-ca": a country of two letters, and a state. */
bool place_is_written_well(struct str place);
/* The country of a place that is written well, in upper case. */
void place_country(struct str place, char country[3]);
/* Opt-in: the EEA, the United Kingdom, Switzerland. Opt-out: the United States. */
enum regime regime_of(struct str place);

struct precedence_question {
    enum permit_code code;  /* what the person's records fold to, for purpose and channel */
    int64_t consent_time;   /* of the consent that counts, when code is PERMIT_OK_CONSENT */
    bool consent_is_proven; /* it has a surface or a proof on record */
    bool was_told;          /* the purpose has words that people are shown */
    bool opt_out_binds;     /* an opt-out signal must be honoured here */
    enum regime regime;
    const struct evidence *evidence;
    size_t evidence_count;
};

enum ruling_by { BY_LAW, BY_RECORD, BY_SIGNAL, BY_DEFAULT };

struct ruling {
    bool allowed;
    unsigned rule; /* 1 .. 7 */
    enum ruling_by by;
    const struct evidence *evidence; /* the signal that decided; NULL: none did */
    const struct evidence *against;  /* a signal that said no and was overruled: to be shown */
};

struct ruling precedence_decide(const struct precedence_question *question);
const char *ruling_by_name(enum ruling_by by); /* "record" */

#endif
