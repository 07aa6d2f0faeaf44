/*
 * tell.h - a second door of the trust room: a decision explained in words, in five languages.
 *
 *   tell.c      languages, the sentences of telling.def, numbers and dates as each language writes them
 *   reasons.c   contributions turned into reasons that add up to the score, each with its table cells
 *   turning.c   what would have turned a decision, put in words
 *
 * The same contributions give the same text, whoever asks and wherever it stands. Nothing of another
 * person is in it: a person is compared with the average of all.
 */
#ifndef CANDOR_TRUST_TELL_H
#define CANDOR_TRUST_TELL_H

#include "trust.h"

/* ---- tell.c -------------------------------------------------------------------------------- */

enum tongue { TONGUE_EN, TONGUE_DE, TONGUE_FR, TONGUE_ES, TONGUE_IT, TONGUES };

const char *tongue_name(enum tongue tongue); /* "de" */
/* By its tag, whatever stands behind the first subtag: "de", "de-AT". BCP 47. */
bool tongue_find(struct str tag, enum tongue *tongue);
/* The best of an Accept-Language header that is spoken here; of equals the first. RFC 9110, 12.5.4. */
bool tongue_accepted(struct str header, enum tongue *tongue);

enum tell {
#define TELL(name, en, de, fr, es, it) TELL_##name,
#define CODE(code, en, de, fr, es, it) TELL_CODE_##code,
#include "telling.def"
#undef TELL
#undef CODE
    TELLS
};

const char *tell_name(enum tell tell); /* "REST_ONE", "CODE_cap" */
struct str tell_words(enum tongue tongue, enum tell tell);

/* What stands for {name}. */
struct tell_place {
    const char *name;
    struct str text;
};
struct str tell(struct arena *arena, enum tongue tongue, enum tell tell,
                const struct tell_place *place, size_t place_count);
/* One of the two forms of a number: one, or other, which stands behind it. Unicode CLDR 43; millions
 * take "other". */
enum tell tell_plural(enum tongue tongue, double number, enum tell one);
/* The sentence of a decision's code; signal_gpc and the like are those of signal. False: none. */
bool tell_code(enum tongue tongue, struct str code, struct str *sentence);

#define TELL_EXACT (-1)
/* At most so many decimals, or all of them; groups of three from 10,000 on, so that a year stays one. */
struct str tell_number(struct arena *arena, enum tongue tongue, double number, int decimals);
struct str tell_signed(struct arena *arena, enum tongue tongue, double number); /* "+0.25" */
struct str tell_percent(struct arena *arena, enum tongue tongue, double share); /* "12.5%" */
struct str tell_date(struct arena *arena, enum tongue tongue, int64_t micros);  /* UTC */

/* ---- facts --------------------------------------------------------------------------------- */

enum fact_kind { FACT_UNKNOWN, FACT_TEXT, FACT_NUMBER, FACT_DATE, FACT_TRUTH };

/* What a feature is called, and what it was in this row. */
struct fact {
    struct str label;  /* "Purchases in a year" */
    struct str unit;   /* "EUR", or empty; "days" and "years" are words of each language */
    struct str raises; /* a sentence of the company's own when it raises the score, with {label}
                        * {value} {unit}; empty: the default. What is not known has the default. */
    struct str lowers;
    enum fact_kind kind;
    struct str text;
    double number;
    int64_t time;
    bool is_exact;   /* a number is shown with all its decimals, else with two */
    bool is_unnamed; /* it must not be named: a protected attribute, or what stands in for one */
};

struct str fact_value(struct arena *arena, enum tongue tongue, const struct fact *fact);

/* ---- reasons.c ----------------------------------------------------------------------------- */

/* A score, and what it is made of. */
struct telling {
    enum tongue tongue;
    const struct model *model;
    size_t class; /* 0 unless TASK_CLASSES */
    const uint8_t *bin;
    const double *weight;    /* per term: what it adds, against the average person */
    const double *sd;        /* per term: what that may be off by; NULL: not known */
    const struct fact *fact; /* per feature */
    bool is_interest;        /* the score is of interest in an offer, and no column is named */
    bool tells_ties;         /* say where two reasons weigh about the same */
};

/* Where a part of a reason stands in the model. */
struct told_cell {
    size_t term;
    size_t cell;
    double part; /* of what the cell adds: 1, or 1/2 where the other half is told elsewhere */
    double contribution;
};

#define TOLD_MAX 16

struct told_reason {
    struct str sentence;
    size_t feature_count; /* 1, or 2 that are told together */
    size_t feature[2];
    double contribution;
    double sd;
    bool is_tie; /* with the one before, within what both may be off by */
    size_t cell_count;
    struct told_cell *cell;
};

/*
 * base + all reasons + rest + unnamed is the link value, but for the last bits of sums in another order.
 * Reasons of the asked direction come first, the strongest first; then those against it.
 */
struct told_reasons {
    struct told_reason reason[TOLD_MAX];
    size_t reason_count; /* of the direction asked for */
    size_t against_count;
    size_t rest_count; /* smaller ones, either way */
    double rest;
    double unnamed;
    double sum;              /* of all that is told, rest and unnamed */
    struct str rest_text;    /* empty: there is no rest */
    struct str unnamed_text; /* empty: nothing is unnamed */
    struct str typical;      /* what a typical person is */
    struct str score;        /* from a typical person's score to this one; empty of classes */
    struct str limits;
};

/* How many of each direction, together at most TOLD_MAX. */
struct tell_limits {
    size_t reasons;
    size_t against;
};

/* Reasons under a twentieth of the strongest of their direction, and those smaller than what they may be
 * off by, are part of the rest. */
void reasons_tell(struct arena *arena, const struct telling *telling, bool raising,
                  struct tell_limits limits, struct told_reasons *told);

/* What a cell of a term holds, for people: "37 to 41", "37 to 41 & single". */
struct str cell_label(struct arena *arena, const struct model *model, const struct term *term,
                      size_t cell);

/* ---- turning.c ----------------------------------------------------------------------------- */

struct told_change {
    size_t feature;
    struct raw_value to; /* falls into the plan's bin as it is told */
    struct str from_text;
    struct str to_text;
};

struct told_plan {
    struct str sentence;
    size_t change_count;
    struct told_change change[RECOURSE_CHANGES_MAX];
};

struct told_turning {
    struct str lead;  /* what the plans do; or the certificate that there is none */
    struct str proof; /* that nothing smaller does it; empty without plans */
    size_t plan_count;
    struct told_plan plan[RECOURSE_PLANS_MAX];
};

/* The recourse of telling->bin, as recourse_find has it for these options. */
void turning_tell(struct arena *arena, const struct telling *telling,
                  const struct recourse_options *options, const struct recourse *recourse,
                  struct told_turning *told);

/*
 * Score each plan once more from its values as they are told. False: some plan does not turn the
 * decision, or breaks a limit of the options.
 */
bool turning_holds(struct arena *arena, const struct telling *telling,
                   const struct recourse_options *options, const struct recourse *recourse,
                   const struct told_turning *told);

#endif
