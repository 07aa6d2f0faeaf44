/*
 * clauses.c - the table of clocks: one row for each right in each jurisdiction, with its source and
 * the day whose law it is meant to state.
 *
 * It is data, not advice. What a law leaves open is filled with the stricter reading, and a home
 * replaces or adds rows in `jurisdictions` of candor.yaml when the law, or its lawyers, say
 * something else. Where a law has "without undue delay" and no number, the row has "at once".
 *
 * The general laws of the American states are alike enough for one macro: 45 days and 45 more, an
 * appeal, sensitive data only after a yes. What differs stands in the arguments.
 */
#include "rights.h"

#define TEXT(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }
#define NO_CLOCK \
    { \
        0, SPAN_NONE \
    }
#define AT_ONCE \
    { \
        0, SPAN_DAYS \
    }
#define DAYS(n) \
    { \
        n, SPAN_DAYS \
    }
#define BUSINESS(n) \
    { \
        n, SPAN_BUSINESS_DAYS \
    }
#define MONTHS(n) \
    { \
        n, SPAN_MONTHS \
    }
/* In arguments of other macros, where braces cannot stand: so many days, 0 for no clock. */
#define DAYS_OR_NONE(n) \
    { \
        n, (n) == 0 ? SPAN_NONE : SPAN_DAYS \
    }

#define AS_OF TEXT("2026-11-27")
#define EU_SIGNALS (SIGNAL_TCF | SIGNAL_GPP | SIGNAL_UNSUBSCRIBE)
#define US_SIGNALS (SIGNAL_GPC | SIGNAL_GPP | SIGNAL_USP | SIGNAL_UNSUBSCRIBE)
#define QUIET_SIGNALS (SIGNAL_GPP | SIGNAL_USP | SIGNAL_UNSUBSCRIBE) /* no duty to hear GPC */

/* The GDPR and what was copied from it. CNIL, deliberation 2020-091: a no is kept for six months. */
#define GDPR(place, law, right, how_sure, article) \
    { \
        TEXT(place), right, MONTHS(1), NO_CLOCK, MONTHS(2), NO_CLOCK, true, how_sure, MODE_OPT_IN, \
            0, 180, TEXT(law " Articles 12(3) and " article), AS_OF \
    }
#define GDPR_AT_ONCE(place, law, right, heard, article) \
    { \
        TEXT(place), right, AT_ONCE, NO_CLOCK, NO_CLOCK, NO_CLOCK, false, PROOF_NONE, MODE_OPT_IN, \
            heard, 180, TEXT(law " " article), AS_OF \
    }
#define GDPR_ROWS(place, law) \
    GDPR(place, law, RIGHT_ACCESS, PROOF_MATCH, "15"), \
        GDPR(place, law, RIGHT_RECTIFICATION, PROOF_CONTACT, "16"), \
        GDPR(place, law, RIGHT_ERASURE, PROOF_MATCH, "17"), \
        GDPR_AT_ONCE(place, law, RIGHT_RESTRICTION, 0, "Article 18"), \
        GDPR(place, law, RIGHT_PORTABILITY, PROOF_MATCH, "20"), \
        GDPR(place, law, RIGHT_OBJECTION, PROOF_NONE, "21(1)"), \
        GDPR_AT_ONCE(place, law, RIGHT_MARKETING_OBJECTION, EU_SIGNALS, "Article 21(2)-(3), (5)"), \
        GDPR(place, law, RIGHT_EXPLANATION, PROOF_CONTACT, "15(1)(h)"), \
        GDPR_AT_ONCE(place, law, RIGHT_NO_AUTOMATION, 0, "Article 22(1)"), \
        GDPR(place, law, RIGHT_HUMAN_REVIEW, PROOF_CONTACT, "22(3)"), \
        GDPR_AT_ONCE(place, law, RIGHT_OPT_OUT_SALE, EU_SIGNALS, "Article 7(3)"), \
        GDPR_AT_ONCE(place, law, RIGHT_LIMIT_SENSITIVE, EU_SIGNALS, "Articles 7(3) and 9(2)(a)")

/* One row of a state's general privacy law. */
#define STATE(place, law, right, first, more, again, how_sure, mode, heard) \
    { \
        TEXT(place), right, DAYS(first), NO_CLOCK, DAYS_OR_NONE(more), DAYS_OR_NONE(again), false, \
            how_sure, mode, heard, 0, TEXT(law), AS_OF \
    }
/* sensitive: by opting in or out; heard: the signals that count as an opt-out. */
#define STATE_ROWS(place, law, first, more, again, sensitive, heard) \
    STATE(place, law, RIGHT_ACCESS, first, more, again, PROOF_MATCH, MODE_OPT_OUT, 0), \
        STATE(place, law, RIGHT_ERASURE, first, more, again, PROOF_MATCH, MODE_OPT_OUT, 0), \
        STATE(place, law, RIGHT_PORTABILITY, first, more, again, PROOF_MATCH, MODE_OPT_OUT, 0), \
        STATE(place, law, RIGHT_MARKETING_OBJECTION, first, more, again, PROOF_NONE, MODE_OPT_OUT, \
              heard), \
        STATE(place, law, RIGHT_OPT_OUT_SALE, first, more, again, PROOF_NONE, MODE_OPT_OUT, \
              heard), \
        STATE(place, law, RIGHT_LIMIT_SENSITIVE, first, more, again, PROOF_NONE, sensitive, heard)
#define STATE_CORRECTS(place, law, first, more, again) \
    STATE(place, law, RIGHT_RECTIFICATION, first, more, again, PROOF_CONTACT, MODE_OPT_OUT, 0)
#define STATE_PROFILING(place, law, first, more, again, heard) \
    STATE(place, law, RIGHT_NO_AUTOMATION, first, more, again, PROOF_NONE, MODE_OPT_OUT, heard)
/* Why a machine decided so, and a person who looks at it. */
#define STATE_REVIEWS(place, law, first, more, again) \
    STATE(place, law, RIGHT_EXPLANATION, first, more, again, PROOF_CONTACT, MODE_OPT_OUT, 0), \
        STATE(place, law, RIGHT_HUMAN_REVIEW, first, more, again, PROOF_CONTACT, MODE_OPT_OUT, 0)
/* Most states: all of it. */
#define STATE_FULL(place, law, again, heard) \
    STATE_ROWS(place, law, 45, 45, again, MODE_OPT_IN, heard), \
        STATE_CORRECTS(place, law, 45, 45, again), \
        STATE_PROFILING(place, law, 45, 45, again, heard)

/* 11 CCR 7021: receipt within 10 business days; 45 days run from receipt, however long proof takes. */
#define CALIFORNIA(right, how_sure, law) \
    { \
        TEXT("us-ca"), right, DAYS(45), BUSINESS(10), DAYS(45), NO_CLOCK, false, how_sure, \
            MODE_OPT_OUT, 0, 365, TEXT(law), AS_OF \
    }
#define CALIFORNIA_OUT(right, law) \
    { \
        TEXT("us-ca"), right, BUSINESS(15), NO_CLOCK, NO_CLOCK, NO_CLOCK, false, PROOF_NONE, \
            MODE_OPT_OUT, US_SIGNALS, 365, TEXT(law), AS_OF \
    }

#define ABROAD(place, right, first, more, how_sure, law) \
    { \
        TEXT(place), right, DAYS(first), NO_CLOCK, DAYS_OR_NONE(more), NO_CLOCK, false, how_sure, \
            MODE_OPT_IN, SIGNAL_UNSUBSCRIBE, 0, TEXT(law), AS_OF \
    }

static const struct clause clause[] = {
    GDPR_ROWS("eu", "GDPR"),
    GDPR_ROWS("uk", "UK GDPR"),

    CALIFORNIA(RIGHT_ACCESS, PROOF_STRONG, "Cal. Civ. Code 1798.110, 1798.130(a)(2); 11 CCR 7021"),
    CALIFORNIA(RIGHT_RECTIFICATION, PROOF_MATCH, "Cal. Civ. Code 1798.106; 11 CCR 7021, 7023"),
    CALIFORNIA(RIGHT_ERASURE, PROOF_MATCH, "Cal. Civ. Code 1798.105; 11 CCR 7021, 7022"),
    CALIFORNIA(RIGHT_PORTABILITY, PROOF_STRONG, "Cal. Civ. Code 1798.130(a)(3)(B)(iii)"),
    CALIFORNIA(RIGHT_EXPLANATION, PROOF_MATCH, "11 CCR 7222 (ADMT access, from 2027-01-01)"),
    CALIFORNIA(RIGHT_HUMAN_REVIEW, PROOF_MATCH, "11 CCR 7221(b) (ADMT, from 2027-01-01)"),
    CALIFORNIA_OUT(RIGHT_MARKETING_OBJECTION, "Cal. Civ. Code 1798.120; 11 CCR 7026(f)"),
    CALIFORNIA_OUT(RIGHT_OPT_OUT_SALE, "Cal. Civ. Code 1798.120, 1798.135; 11 CCR 7025, 7026(f)"),
    CALIFORNIA_OUT(RIGHT_LIMIT_SENSITIVE, "Cal. Civ. Code 1798.121; 11 CCR 7027(g)"),
    CALIFORNIA_OUT(RIGHT_NO_AUTOMATION, "11 CCR 7221 (ADMT opt-out, from 2027-01-01)"),

    STATE_FULL("us-co", "C.R.S. 6-1-1306, 6-1-1308", 45, US_SIGNALS),
    STATE_REVIEWS("us-co", "Colorado SB 26-189 (from 2027-01-01)", 30, 0, 0),
    STATE_FULL("us-ct", "Conn. Gen. Stat. 42-518", 60, US_SIGNALS),
    STATE_FULL("us-de", "6 Del. C. 12D-104", 60, US_SIGNALS),
    STATE_FULL("us-ky", "KRS 367.3615", 60, QUIET_SIGNALS),
    STATE_FULL("us-in", "Ind. Code 24-15-3", 60, QUIET_SIGNALS),
    STATE_FULL("us-md", "Md. Code Com. Law 14-4605", 60, US_SIGNALS),
    STATE_FULL("us-mn", "Minn. Stat. 325M.14", 45, US_SIGNALS),
    STATE_REVIEWS("us-mn", "Minn. Stat. 325M.14 subd. 1(g)", 45, 45, 45),
    STATE_FULL("us-mt", "Mont. Code Ann. 30-14-2808", 60, US_SIGNALS),
    STATE_FULL("us-ne", "Neb. Rev. Stat. 87-1107", 60, US_SIGNALS),
    STATE_FULL("us-nh", "N.H. RSA 507-H:4", 60, US_SIGNALS),
    STATE_FULL("us-nj", "N.J.S.A. 56:8-166.10", 45, US_SIGNALS),
    STATE_FULL("us-or", "ORS 646A.574, 646A.576", 45, US_SIGNALS),
    STATE_FULL("us-ri", "R.I. Gen. Laws 6-48.1-5", 60, QUIET_SIGNALS),
    STATE_FULL("us-tn", "Tenn. Code Ann. 47-18-3304", 60, QUIET_SIGNALS),
    STATE_FULL("us-tx", "Tex. Bus. & Com. Code 541.051-541.055", 60, US_SIGNALS),
    STATE_FULL("us-va", "Va. Code 59.1-577", 60, QUIET_SIGNALS),
    STATE_ROWS("us-fl", "Fla. Stat. 501.705, 501.706", 45, 15, 60, MODE_OPT_IN, QUIET_SIGNALS),
    STATE_CORRECTS("us-fl", "Fla. Stat. 501.705, 501.706", 45, 15, 60),
    STATE_PROFILING("us-fl", "Fla. Stat. 501.705", 45, 15, 60, QUIET_SIGNALS),
    STATE_ROWS("us-ia", "Iowa Code 715D.3", 90, 45, 60, MODE_OPT_OUT, QUIET_SIGNALS),
    STATE_ROWS("us-ut", "Utah Code 13-61-201 to 13-61-203", 45, 45, 0, MODE_OPT_OUT, QUIET_SIGNALS),
    STATE_CORRECTS("us-ut", "Utah Code 13-61-201 (from 2026-07-01)", 45, 45, 0),

    ABROAD("ch", RIGHT_ACCESS, 30, 30, PROOF_MATCH,
           "FADP Article 25(7), DPO Article 18: an extension has no number, 30 is ours"),
    ABROAD("ch", RIGHT_PORTABILITY, 30, 30, PROOF_MATCH, "FADP Article 28, DPO Article 22"),
    ABROAD("ch", RIGHT_RECTIFICATION, 30, 0, PROOF_CONTACT,
           "FADP Article 32(1): no number, 30 days are ours"),
    ABROAD("ch", RIGHT_ERASURE, 30, 0, PROOF_MATCH,
           "FADP Article 32(2)(c): no number, 30 days are ours"),
    ABROAD("ch", RIGHT_MARKETING_OBJECTION, 0, 0, PROOF_NONE, "FADP Article 30(2)(b)"),
    ABROAD("ch", RIGHT_HUMAN_REVIEW, 30, 0, PROOF_CONTACT,
           "FADP Article 21(2): no number, 30 days are ours"),
    ABROAD("br", RIGHT_ACCESS, 15, 0, PROOF_MATCH, "LGPD Article 19(II)"),
    ABROAD("br", RIGHT_RECTIFICATION, 15, 0, PROOF_CONTACT,
           "LGPD Article 18(III): no number, 15 days are ours"),
    ABROAD("br", RIGHT_ERASURE, 15, 0, PROOF_MATCH,
           "LGPD Article 18(VI): no number, 15 days are ours"),
    ABROAD("br", RIGHT_HUMAN_REVIEW, 15, 0, PROOF_CONTACT,
           "LGPD Article 20: no number, 15 days are ours"),
    ABROAD("ca", RIGHT_ACCESS, 30, 30, PROOF_MATCH, "PIPEDA section 8(3)-(4)"),
    ABROAD("ca", RIGHT_RECTIFICATION, 30, 30, PROOF_CONTACT,
           "PIPEDA schedule 1, 4.9.5; section 8(3)-(4)"),
};

struct jurisdictions jurisdictions_built_in(void)
{
    return (struct jurisdictions){clause, sizeof clause / sizeof clause[0]};
}
