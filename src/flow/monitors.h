/*
 * monitors.h - the home watches what it does: monitors.c, monitors_make.c, monitors_outcome.c,
 * monitors_keep.c, monitors_show.c.
 *
 * Each published model has a monitor of its inputs and its score, and one of how its scores came out; each
 * campaign with a fairness rule has one of how often it chooses whom; what is refused, withdrawn,
 * complained about, doubted, and who fails to come in have one each. All of it is fed in passing and worked
 * on many rows at once, within the commit that is made anyway.
 */
#ifndef CANDOR_FLOW_MONITORS_H
#define CANDOR_FLOW_MONITORS_H

#include "flow.h"
#include "model.h"
#include "watch.h"

enum {
    WATCH_RUN_LENGTH = 100000,  /* rows for one false alarm */
    WATCH_PENDING = 256,        /* rows that wait to be looked at together */
    WATCH_TOGETHER = 16,        /* outcomes that are: they come seldom */
    WATCH_KEPT = 1024,          /* rows after which the state is kept in the store */
    WATCH_LEARN = 4096,         /* rows that become the reference after an alarm */
    WATCH_LEARN_RATES = 1000,   /* of rates */
    WATCH_LEARN_LOGINS = 200,   /* of logins */
    WATCH_LEARN_OUTCOMES = 256, /* from which the mix of scores is known */
    WATCH_HELD_OUT = 50,        /* yes, and no, of the rows held out, that make a reference */
    WATCH_ALARMS = 16,          /* that are remembered, of each monitor */
    WATCH_PARTS = 16,           /* groups told apart; the last one is all others */
    WATCH_CELLS = 2 * WATCH_PARTS,
    WATCH_CHANCES_KNOWN =
        1 << 20, /* reference_rows of outcomes whose chances are those of the held out */
    WATCH_OUTCOME_DAYS = 90, /* between a decision and what came of it */
};

enum watch_kind {
    WATCH_MODEL,    /* inputs and score */
    WATCH_OUTCOMES, /* of a model: what came of a decision, by the tenth of its score */
    WATCH_GROUPS,   /* of a campaign: who is chosen, by group */
    WATCH_RATE,     /* one thing that happens or does not */
};

/* What is counted beside models: each is watched for happening more or less often. */
enum watched_rate {
    WATCH_WITHHELD,   /* of single decisions */
    WATCH_NO,         /* of answers to a question for consent: no, or taken back */
    WATCH_COMPLAINTS, /* objections and rejections, of these and contacts */
    WATCH_LOGINS,     /* failed, of all logins */
    WATCH_REFUSED,    /* acts refused, of all that are on the ledger about nobody */
    WATCH_DOUBTED, /* rows that do not look like anybody's, of all that were held against what is usual */
    WATCH_RATES,
};

struct watch_alarm {
    int64_t time;
    uint64_t row;
    uint64_t ledger_index;
    struct str column;
    struct str way;
    double evidence;
};

/* How rows were judged that were held against what is usual: of the present thirty days and those before. */
enum { VERDICT_PERIODS = 2 };
struct verdicts {
    int64_t period;
    uint64_t count[VERDICT_PERIODS][DOUBT_VERDICTS][DOUBT_CAUSES];
};

/* One monitor: it learns what is usual (plan NULL), or watches. */
struct watch {
    struct watch *next;
    enum watch_kind kind;
    struct str
        name; /* "model NAME", "outcomes of NAME", "groups of CAMPAIGN by FIELD", "withheld" */
    struct digest digest; /* of the published model; zero for rates and groups */
    struct arena *arena;  /* of all below; another one after an alarm */
    const struct model *model;
    size_t column_count;
    struct monitor_column *column; /* weight: the reference's */
    uint64_t reference_rows;
    uint64_t learn_rows; /* wanted */
    uint64_t rows;       /* ever */
    double limit;        /* of plan; 0: not known yet */
    struct monitor_plan *plan;
    struct monitor *monitor;       /* NULL: it learns, or the limit is searched for */
    struct monitor_search *search; /* step by step, one with each look; else NULL */
    struct arena *search_arena;
    uint32_t *learnt; /* rows in each cell, column after column, of BINS_MAX each */
    uint8_t *pending; /* WATCH_PENDING cells of each column */
    size_t pending_count;
    uint32_t
        pool[WATCH_CELLS]; /* rows that came as sums or in the order of a file: to be drawn from */
    uint64_t pool_count;
    uint64_t unkept;                /* rows since the state was kept */
    bool is_damaged;                /* what was kept could not be read, and no entry says so yet */
    double bound[DECILES];          /* WATCH_OUTCOMES: of the score, between the tenths */
    double chance[CALIBRATION_MAX]; /* of a yes in each tenth, among the held out */
    double chance_rows[CALIBRATION_MAX]; /* how many rows each is known from */
    uint64_t held_out;                   /* rows that chance is from; 0: too few */
    struct str part[WATCH_PARTS];        /* WATCH_GROUPS: their names */
    size_t part_count;
    struct verdicts verdicts; /* WATCH_MODEL */
    size_t alarm_count;
    struct watch_alarm alarm[WATCH_ALARMS];
};

struct watches {
    struct arena *arena;
    struct watch *first;
    struct watch *rate[WATCH_RATES];
    const struct published *last_published; /* whose monitor was asked for last, and it */
    struct watch *last;
    uint64_t alarms;                                 /* since the home was opened */
    uint64_t verdicts[DOUBT_VERDICTS][DOUBT_CAUSES]; /* since then */
    bool is_due;                                     /* something has enough rows to be looked at */
    bool is_complete; /* an import is at its end: what it brought can be looked at in any order */
};

/* ---- monitors.c ---- */

/* A single decision was weighed. Takes no memory once the monitor is there, and never fails a decision. */
void watch_decision(struct job *job, struct candor *candor, struct txn *txn,
                    const struct campaign *campaign, const struct weighed *weighed);
/* An entry about to stand on the ledger. */
void watch_account(struct job *job, struct candor *candor, const struct account *account);
/* Rows in a cell that came together, in no order that means anything. */
void watch_pool(struct candor *candor, struct watch *watch, size_t cell, uint64_t rows);
/* The present period of thirty days is the first one. */
void verdicts_turn(struct verdicts *verdicts, int64_t now);
/* What waits is looked at, within the transaction that is about to be committed. */
CANDOR_MUST_USE enum candor_status watch_look(struct job *job, struct candor *candor,
                                              struct txn *txn);
/* The next commit is that of an import at its end. */
void watch_complete(struct candor *candor);

/* ---- monitors_outcome.c ---- */

/* An event was added about somebody, in the transaction. If it is what a model foretells, the decision that
 * came before it has its outcome. Never fails an event. */
void watch_event(struct job *job, struct candor *candor, struct txn *txn, struct subject subject,
                 const struct event *event);
/* So many people of a group could have been chosen, and so many were. Never fails. */
void watch_group(struct job *job, struct candor *candor, struct txn *txn, struct str campaign,
                 struct str field, struct str group, uint64_t considered, uint64_t chosen);

/* ---- monitors_make.c ---- */

struct watches *watches_of(struct candor *candor);
/* A watch without columns. What it held before ends. */
struct watch *watch_anew(struct watches *watches, struct str name);
/* A model is about to be published, in the transaction: find its limit now, which takes a second, rather
 * than in the midst of decisions. */
CANDOR_MUST_USE enum candor_status watch_prepare(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct str name,
                                                 const struct model *model, struct digest digest);

/* The monitor of that name, from the store if it was kept there. CANDOR_NOT_FOUND: it is not published. */
CANDOR_MUST_USE enum candor_status watch_of_model(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct str name,
                                                  struct watch **watch);
/* NULL: its score is no chance, or has too few different values. */
CANDOR_MUST_USE enum candor_status watch_of_outcomes(struct job *job, struct candor *candor,
                                                     struct txn *txn, struct str name,
                                                     struct watch **watch);
CANDOR_MUST_USE enum candor_status watch_of_groups(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct str campaign,
                                                   struct str field, struct watch **watch);
const char *watched_rate_name(enum watched_rate rate);
CANDOR_MUST_USE enum candor_status watch_of_rate(struct job *job, struct candor *candor,
                                                 enum watched_rate rate, struct watch **watch);
/* Make plan and monitor from what is the reference now; the limit, if it is not known, takes a second. */
CANDOR_MUST_USE enum candor_status watch_begin(struct job *job, struct watch *watch);
/* The limit that is searched for: a step of 2 ms. True: it watches. */
bool watch_search_step(struct watch *watch);
/* From now on, what comes is learnt; and when enough came, it is the reference. */
void watch_learn(struct watch *watch, uint64_t rows);
CANDOR_MUST_USE enum candor_status watch_learnt(struct job *job, struct watch *watch);
/* Published before there were monitors: from its file; the limit is searched for in steps. */
CANDOR_MUST_USE enum candor_status watch_begin_late(struct job *job, struct watch *watch);
/* The tenth of a score's link value. */
size_t watch_tenth(const struct model *model, double link);

/* ---- monitors_show.c ---- */

/* Every monitor of the home, in the order of candor.yaml, then the rates. */
typedef void watch_seen(struct job *job, void *seen, struct watch *watch);
CANDOR_MUST_USE enum candor_status watch_each(struct job *job, struct candor *candor,
                                              struct txn *txn, watch_seen *see, void *seen);
uint64_t watch_alarms(const struct candor *candor); /* since the home was opened */
/* How rows were judged since then: [DOUBT_VERDICTS][DOUBT_CAUSES], all 0 when nothing was. */
void watch_verdicts(const struct candor *candor, uint64_t *count);
double watch_level(const struct candor *candor); /* of the monitor nearest to an alarm: 1 is one */

/* ---- monitors_keep.c ---- */

CANDOR_MUST_USE enum candor_status watch_keep(struct job *job, struct txn *txn,
                                              const struct watch *watch);
/* What was kept, into a watch with its columns; was_kept false: nothing was, or of another model. */
CANDOR_MUST_USE enum candor_status watch_load(struct job *job, struct txn *txn, struct watch *watch,
                                              bool *was_kept);

#endif
