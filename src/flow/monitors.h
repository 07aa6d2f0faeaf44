/*
 * monitors.h - the home watches what it does: monitors.c, monitors_keep.c, monitors_show.c.
 *
 * Each published model has a monitor of its inputs and its score; what is refused, withdrawn, complained
 * about, and who fails to come in have one each. All of it is fed in passing and worked on many rows at
 * once, within the commit that is made anyway.
 */
#ifndef CANDOR_FLOW_MONITORS_H
#define CANDOR_FLOW_MONITORS_H

#include "flow.h"
#include "watch.h"

enum {
    WATCH_RUN_LENGTH = 100000, /* rows for one false alarm */
    WATCH_PENDING = 256,       /* rows that wait to be looked at together */
    WATCH_KEPT = 1024,         /* rows after which the state is kept in the store */
    WATCH_LEARN = 4096,        /* rows that become the reference after an alarm */
    WATCH_ALARMS = 16,         /* that are remembered, of each monitor */
};

/* What is counted beside models: each is watched for happening more or less often. */
enum watched_rate {
    WATCH_WITHHELD,   /* of single decisions */
    WATCH_NO,         /* of answers to a question for consent: no, or taken back */
    WATCH_COMPLAINTS, /* objections and rejections, of these and contacts */
    WATCH_LOGINS,     /* failed, of all logins */
    WATCH_REFUSED,    /* acts refused, of all that are on the ledger about nobody */
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

/* One monitor: it learns what is usual (plan NULL), or watches. */
struct watch {
    struct watch *next;
    struct str name;      /* "model NAME", "withheld" */
    struct digest digest; /* of the published model; zero for rates */
    struct arena *arena;  /* of all below; another one after an alarm */
    const struct model *model;
    size_t column_count;
    struct monitor_column *column; /* weight: the reference's */
    uint64_t reference_rows;
    uint64_t learn_rows; /* wanted */
    uint64_t rows;       /* ever */
    double limit;        /* of plan; 0: not known yet */
    struct monitor_plan *plan;
    struct monitor *monitor;        /* NULL: it learns, or the limit is searched for */
    struct monitor_search *search;  /* step by step, one with each look; else NULL */
    struct arena *search_arena;
    uint32_t *learnt; /* rows in each cell, column after column, of BINS_MAX each */
    uint8_t *pending; /* WATCH_PENDING cells of each column */
    size_t pending_count;
    uint64_t unkept; /* rows since the state was kept */
    size_t alarm_count;
    struct watch_alarm alarm[WATCH_ALARMS];
};

struct watches {
    struct arena *arena;
    struct watch *first;
    struct watch *rate[WATCH_RATES];
    const struct published *last_published; /* whose monitor was asked for last, and it */
    struct watch *last;
    uint64_t alarms; /* since the home was opened */
    bool is_due;     /* something has enough rows to be looked at */
};

/* ---- monitors.c ---- */

/* A single decision was weighed. Takes no memory once the monitor is there, and never fails a decision. */
void watch_decision(struct job *job, struct candor *candor, struct txn *txn,
                    const struct campaign *campaign, const struct weighed *weighed);
/* An entry about to stand on the ledger. */
void watch_account(struct job *job, struct candor *candor, const struct account *account);
/* What waits is looked at, within the transaction that is about to be committed. */
CANDOR_MUST_USE enum candor_status watch_look(struct job *job, struct candor *candor,
                                              struct txn *txn);
/* A model is about to be published, in the transaction: find its limit now, which takes a second, rather
 * than in the midst of decisions. */
CANDOR_MUST_USE enum candor_status watch_prepare(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct str name,
                                                 const struct model *model, struct digest digest);

/* The monitor of that name, from the store if it was kept there; NULL: there is none. */
CANDOR_MUST_USE enum candor_status watch_of_model(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct str name,
                                                  struct watch **watch);
const char *watched_rate_name(enum watched_rate rate);
CANDOR_MUST_USE enum candor_status watch_of_rate(struct job *job, struct candor *candor,
                                                 enum watched_rate rate, struct watch **watch);
/* Make plan and monitor from what is the reference now; the limit, if it is not known, takes a second. */
CANDOR_MUST_USE enum candor_status watch_begin(struct job *job, struct watch *watch);

/* ---- monitors_show.c ---- */

uint64_t watch_alarms(const struct candor *candor); /* since the home was opened */
double watch_level(const struct candor *candor); /* of the monitor nearest to an alarm: 1 is one */

/* ---- monitors_keep.c ---- */

CANDOR_MUST_USE enum candor_status watch_keep(struct job *job, struct txn *txn,
                                              const struct watch *watch);
/* What was kept, into a watch with its columns; was_kept false: nothing was, or of another model. */
CANDOR_MUST_USE enum candor_status watch_load(struct job *job, struct txn *txn, struct watch *watch,
                                              bool *was_kept);

#endif
