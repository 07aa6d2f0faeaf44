/*
 * flow.h - the corridor: the only place where the rooms meet. Inside the room only; outside there
 * is candor.h.
 *
 *   home.c      a home in use; open.c, make.c opening and making one; reload.c reading its policy again; answer.c what calls answer with
 *   config.c    the sections of candor.yaml that are flow's own
 *   operator.c  who works here (staff.h: operators, API keys, second signatures, incidents)
 *   ingest.c    subjects, events, consents come in; map.c renames their columns
 *   subject.c   what a subject may see; subject_change.c correcting, subject_erase.c erasing
 *   request.h   rights requests with clocks (its own door: request*.c, review.c, package*.c,
 *               replay.c, suppress.c)
 *   deletion.h  tokens of the Data Deletion Request Framework (its own door: deletion*.c)
 *   consenting.h  consents, receipts and the fence (its own door: consent.c, standing.c ...)
 *   train.c     models, trained only on those who allow it; dataset.c gathers their rows
 *   view.c      what is known of a subject, kept ready for the next decision
 *   weigh.c     one subject and one campaign: from permit to reason
 *   account.c   the sealed account of a decision; ledger.c, export.c the ledger's commands
 *   witnesses.c who watches our ledger; evidence.c what they signed; restored.c after a copy
 *   witness.c   we watch the ledgers of others (watching.h)
 *   decide.c    single decisions, in groups
 *   send.c      approval and hand-over
 *   outgoing.h  messages to other systems (its own door: outgoing*.c)
 *   results.c   outcomes and lift
 *   guard.h     chats with language models of others (its own door: guard*.c)
 *   signals.h   consent strings and signals (its own door: signals*.c, unsubscribe.c)
 *   track.h     the tracking API (its own door: track*.c)
 *   surface.h   what visitors of pages are asked (its own door: surface*.c)
 *   audience.h  counts of permitted people (its own door: audience.c, audience_ask.c)
 *   audit.c     fairness, drift, quality, retention, security
 *   anonymise.h tables whose people are hidden (anonymise*.c); scanned.h what stands in files (scan*.c)
 *   measured.h  quality of data (its own door: quality*.c, quarantine.c, reimport.c)
 *   reviewed.h  reviews of models, campaigns, policies, notices (its own door: board*.c, strict.c)
 *   retention.h in govern; retention.c, hold.c, trained.c (retained.h): what is past its time goes
 *   report.h    what really ran, for those who answer for it (its own door: report*.c)
 *   study.c     the same learners over plain files; shapes.c, card.c, versus.c, drift.c what a model
 *               is; study_export.c models in other forms
 *   plan.h      a campaign's plan, its bytes and its page (plan*.c, page*.c)
 *   chart.h     pictures of a model (its own door: axis.c, svg.c, plot*.c)
 *
 * Two rules hold in every file: a subject's data is read against a permit (store.h), and a change
 * is committed with an entry on the ledger (home_commit).
 */
#ifndef CANDOR_FLOW_H
#define CANDOR_FLOW_H

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base.h"
#include "candor.h"
#include "crypto.h"
#include "decide.h"
#include "doubt.h"
#include "govern.h"
#include "ledger.h"
#include "precedence.h"
#include "quality.h"
#include "record.h"
#include "retention.h"
#include "rights.h"
#include "store.h"
#include "text.h"

#define NOT_KNOWN ((double)NAN)

struct model;
struct signal_config;
struct track_config;
struct track_state;
struct surface_config;
struct view;
struct api_key;
struct server_config;
struct visits;
struct drp_agent; /* request.h */
struct deletion_config;
struct hooks;
struct guard_config;
struct opendsr_config;
struct children;
struct controller;
struct acknowledgement;
struct witness_spec;
struct governance; /* reviewed.h */

/* ---- home.c -------------------------------------------------------------------------------- */

#define CONFIG_LEN_MAX ((size_t)4 << 20)
#define MODEL_SPECS_MAX 64

/* What to learn, from `models` in candor.yaml. Indexes are those of the inventory. */
#define POISON_SHARE_DEFAULT 0.005

/* When training waits because rows look planted; see poison_gate.c. */
struct poison_rule {
    bool is_checked;
    double share_max;     /* of the rows */
    struct str *accepted; /* names of findings */
    size_t accepted_count;
};

struct frame;
struct target;
struct fit_options;
struct model;
/* train_limits.c: fit_additive, within half of the machine's memory and an hour. CANDOR_TOO_LARGE. */
CANDOR_MUST_USE enum candor_status fit_within_limits(struct job *job, const struct frame *frame,
                                                     const struct target *target,
                                                     const struct fit_options *options,
                                                     struct model **model);
/* "12 MB"; what is less than one is told in kB. */
const char *size_words(struct job *job, uint64_t bytes);
/* asked 0: half of the machine's. CANDOR_TOO_LARGE: doing needs more. */
CANDOR_MUST_USE enum candor_status memory_must_do(struct job *job, uint64_t needed, uint64_t asked,
                                                  const char *doing);

struct model_spec {
    struct str name;
    struct str title;
    size_t training; /* purpose whose permit lets a subject into the training set */
    size_t uses;     /* purpose under which the model may look at a subject */
    size_t audit;    /* purpose under which protected fields may be compared; NONE: no audit */
    size_t target_event;
    size_t target_property;
    size_t where_property; /* NONE: every such event */
    struct str where_equals;
    size_t *feature;
    size_t feature_count;
    size_t *protect; /* fields */
    size_t protect_count;
    bool has_fairness;       /* it must hold before the model is published: constraint.c */
    size_t fairness_measure; /* enum fairness_measure, by protect[0] */
    double fairness_limit;
    struct poison_rule poison;
    struct unverified_rule unverified;
    struct doubt_rule doubt;
    double watermark; /* how far its mark moves a cell: marked.c; 0: none */
    uint64_t seed;
};

struct operator
{
    struct str name;
    unsigned roles; /* mask of enum role */
    uint8_t public_key[32];
    uint8_t tag[16]; /* how the ledger names them: BLAKE2b of the name under a key of the home */
    int64_t expires; /* they cannot sign in from then on; 0: no end */
    struct acknowledgement *taken; /* courses; room for COURSES_MAX */
    size_t taken_count;
};

#define MICROS_PER_HOUR (3600 * MICROS_PER_SECOND)

/* Threads that may make calls in somebody's name at once. */
#define CALLERS_MAX 8

/* Whoever makes a call, where that is not the operator who opened the home. */
struct caller {
    bool is_set;
    pthread_t thread; /* whose calls are meant */
    struct operator who;
    struct str because; /* why they look at people */
    struct str key;     /* the name of the key */
    bool is_subject;    /* not one of the company's own, but this one person */
    struct subject subject;
};

struct gate_policy; /* gate.h */
struct c2pa_config; /* manifest.h */

/* Only candor_open makes one. Calls hold `lock`: one call is in the house at a time. */
struct candor {
    struct arena *arena;
    pthread_mutex_t lock;
    struct str dir;
    struct str origin; /* of the ledger: candor/NAME, in key names and checkpoints */
    struct store *store;
    struct ledger *ledger;
    const struct signer *signer;       /* the home's */
    struct operator self;              /* who makes the present call */
    const struct signer *self_signer;  /* theirs; NULL: read it, by caller_signer */
    bool is_importing;                 /* one at a time, which lets others in between its steps */
    uint64_t marks_made;               /* suppress.c: since the home was opened */
    struct long_work *long_work;       /* longwork.h; NULL: none is under way */
    _Atomic unsigned waiting;          /* threads that want to come in */
    _Atomic unsigned turns;            /* how often one came in */
    size_t callers;                    /* of those below: mostly none */
    struct caller caller[CALLERS_MAX]; /* holders of keys and sessions, one of each thread */
    struct caller opener;              /* while such a call is inside: who opened the home */
    const struct signer *opener_signer;
    const struct inventory *inventory;
    struct digest yaml;             /* of candor.yaml as it was read */
    const struct gate_policy *scan; /* its section `scan`; NULL: there is none */
    const struct c2pa_config *c2pa; /* its section `c2pa`; never NULL */
    struct campaign *campaign;
    size_t campaign_count;
    struct model_spec *model_spec;
    size_t model_spec_count;
    struct jurisdictions jurisdictions;
    struct str jurisdiction; /* where no request says another */
    struct holidays holidays;
    struct str business_id; /* ours in the Data Rights Protocol */
    struct drp_agent *agent;
    size_t agent_count;
    const struct deletion_config *deletion;     /* deletion.h; NULL: not spoken */
    const struct hooks *hooks;                  /* hooks.h */
    _Atomic(const struct guard_config *) guard; /* guard.h; NULL: nobody asks language models */
    const struct opendsr_config *opendsr;       /* controllers.h; NULL: answers are not signed */
    const struct signal_config *signals;        /* signals.h */
    const struct track_config *tracking;        /* track.h */
    struct track_state *track_state;            /* NULL: nothing was tracked yet */
    const struct surface_config *surface;       /* surface.h */
    struct children *children;
    struct controller *controller;
    struct witness_spec *witness; /* who watches the ledger */
    size_t witness_count;
    unsigned witness_every_s;
    struct str *required_training; /* courses without which nobody sees personal data */
    size_t required_training_count;
    unsigned guarded; /* bits of enum guarded: acts that need two operators */
    int64_t second_valid;
    bool reason_required;          /* for looking at people */
    struct str contact;            /* who answers for data protection */
    struct str because;            /* why the present operator looks at people */
    struct governance *governance; /* who reviews what; never NULL */
    struct quality_standards quality;
    struct retention_rules retention;
    struct digest policy; /* of candor.yaml and campaigns.yaml: policy.c */
    struct view *view;
    struct published **published;       /* one per model_spec; NULL: not read yet */
    struct txn *txn;                    /* the open transaction, if any */
    const struct server_config *server; /* visits.h */
    struct visits *visits;              /* visits.h */
    pthread_mutex_t keys_lock; /* after `lock`; held for no longer than a look at the keys */
    struct api_key *api_key;   /* as they were read last; staff.h. Changed under both locks */
    size_t api_key_count;
    bool api_keys_are_read; /* and did not change since */
    uint64_t decisions;
    uint64_t sends;
    uint64_t withheld;
    uint64_t permits_denied;
    uint64_t keys_probing;       /* found out since the home was opened: keyscores.c */
    struct told *told;           /* keyscores.c */
    struct watches *watches;     /* monitors.h; NULL: nothing came yet */
    struct permitted *permitted; /* permitted.c; NULL: nobody asked yet */
    uint64_t subjects;
};

/* Every public call on a home stands between these two. Leaving rolls back a transaction that was
 * not committed, so a failure on the way changes nothing. */
void home_enter(struct candor *candor);
/* Between two transactions of long work: let those who wait for the home come first. Nothing of the home
 * that was looked at before stands after it. */
void home_yield(struct candor *candor);
void home_give_way(struct candor *candor); /* outside: let those who wait come in */
bool home_is_awaited(const struct candor *candor);
void home_leave(struct candor *candor);
void home_roll_back(struct candor *candor); /* the open transaction, if any */

/* Begin a transaction; commit it with its entries. */
CANDOR_MUST_USE enum candor_status home_begin(struct job *job, struct candor *candor,
                                              struct txn **txn);
CANDOR_MUST_USE enum candor_status home_commit(struct job *job, struct candor *candor,
                                               struct txn *txn);

/*
 * One entry about a subject (or about nobody: NULL), by the present operator, under the policy in
 * force. payload may be empty. Returns the index, and the salt when there is a payload.
 */
struct account {
    enum ledger_action action;
    enum ledger_outcome outcome;
    const struct subject *subject;
    struct bytes payload;
    const uint8_t *object;       /* 16 bytes, or NULL */
    const struct digest *policy; /* NULL: candor.yaml as it is */
};
CANDOR_MUST_USE enum candor_status home_account(struct job *job, struct candor *candor,
                                                struct txn *txn, const struct account *account,
                                                uint64_t *index, uint8_t salt[32]);
/* The same, and the payload stays with its salt, sealed: salt 32 | payload, as the document of that
 * kind whose name is the index. */
CANDOR_MUST_USE enum candor_status home_account_kept(struct job *job, struct candor *candor,
                                                     struct txn *txn, const struct account *account,
                                                     struct lit kind, uint64_t *index);

/* Look-ups with a message that lists what there is. */
CANDOR_MUST_USE enum candor_status home_campaign(struct job *job, const struct candor *candor,
                                                 struct str name, const struct campaign **campaign,
                                                 size_t *index);
CANDOR_MUST_USE enum candor_status home_model_spec(struct job *job, const struct candor *candor,
                                                   struct str name, const struct model_spec **spec);
CANDOR_MUST_USE enum candor_status home_purpose(struct job *job, const struct candor *candor,
                                                struct str name, size_t *purpose);
/* NULL or empty is NONE. */
CANDOR_MUST_USE enum candor_status home_channel(struct job *job, const struct candor *candor,
                                                const char *name, size_t *channel);
/* A purpose and the channel that it is served on, by their names. CANDOR_BAD_INPUT: it is not. */
CANDOR_MUST_USE enum candor_status home_purpose_on(struct job *job, const struct candor *candor,
                                                   const char *purpose_name,
                                                   const char *channel_name, size_t *purpose,
                                                   size_t *channel);
/* By identifier or look-up; CANDOR_NOT_FOUND says "no such subject" and never the identifier. */
CANDOR_MUST_USE enum candor_status home_subject(struct job *job, struct candor *candor,
                                                struct txn *txn, const char *identifier,
                                                struct subject *subject);

/* The fold of what is stored about a subject, at the job's instant. */
CANDOR_MUST_USE enum candor_status home_consent_state(struct job *job, struct candor *candor,
                                                      struct txn *txn, struct subject subject,
                                                      struct consent_state *state);

/* config.c: candor.yaml's sections that are flow's own. */
CANDOR_MUST_USE enum candor_status config_model_specs(struct job *job,
                                                      const struct inventory *inventory,
                                                      const struct value *root,
                                                      struct model_spec **spec, size_t *count);
/* poison_gate.c: a model's part of it; what is not said has its default. */
CANDOR_MUST_USE enum candor_status config_poison(struct job *job, const struct value *model,
                                                 struct poison_rule *rule);
CANDOR_MUST_USE enum candor_status config_known_sections(struct job *job, const struct value *root);
/* config_example.c: the commented candor.yaml of a fresh home; '@' stands where the name goes. */
struct str config_example(struct arena *arena);

/* Open a home, but for the check of what witnesses signed: only restored.c asks for that. */
CANDOR_MUST_USE enum candor_status home_open_restored(struct job *job, const char *dir,
                                                      const char *operator_name,
                                                      struct candor **candor);

/* A JSON answer under construction, and its end. */
struct answer {
    struct buf buf;
    struct json json;
};
void answer_begin(struct job *job, struct answer *answer);
void answer_end(struct answer *answer, struct candor_text *text);
/* What a verification looks at, in its order. */
struct check {
    struct lit name;
    struct lit finding; /* what is told when it does not hold */
    bool holds;
};
/* "checks": each by its name, and "finding" of the first that does not hold. */
void put_checks(struct json *json, const struct check *check, size_t count);
struct candor_text text_of(struct job *job, struct str text);
/* A key with a text, or null where it is empty; with an instant, or null where it is 0. */
void put_text(struct json *json, struct lit key, struct str text);
void put_text_or_null(struct json *json, struct lit key, struct str text);
void put_time_or_null(struct job *job, struct json *json, struct lit key, int64_t time);
/* A second arena that ends with the job, for what must outlive rewinding the job's. */
struct arena *arena_beside(struct job *job);

/* paths.c: a file, or a folder that may have to be made, which an answer is to be written to: the folder
 * it goes to is there, and it is no part of any home or witness. NULL files are fine. CANDOR_BAD_INPUT,
 * CANDOR_IO. */
CANDOR_MUST_USE enum candor_status path_may_be_written(struct job *job, const char *path);
CANDOR_MUST_USE enum candor_status folder_may_be_written(struct job *job, const char *path);
CANDOR_MUST_USE enum candor_status paths_differ(struct job *job, const char *one,
                                                const char *other);
/* subject_change.c: an address that is no longer a subject's no longer finds them. */
CANDOR_MUST_USE enum candor_status subject_drop_lookup(struct job *job, struct txn *txn,
                                                       struct subject subject,
                                                       const struct cell *before,
                                                       const struct cell *after);
/* subject_erase.c: "key_destroyed", as a certificate says it. */
void key_change_json(struct job *job, struct json *json, const struct key_erasure *facts);
/* consent.c: one record with its entry, in the transaction. A no of now is never older
 * than the yes that it takes back, though the clock was set back. */
CANDOR_MUST_USE enum candor_status consent_record_add(struct job *job, struct candor *candor,
                                                      struct txn *txn, struct subject subject,
                                                      struct consent_record *record,
                                                      uint64_t *index);

/* ---- witnesses.c, evidence.c: who watches the ledger -------------------------------------------- */

/* config_people.c: candor.yaml's section `people`. */
CANDOR_MUST_USE enum candor_status config_people(struct job *job, const struct value *root,
                                                 struct candor *candor);
/* config_ledger.c: candor.yaml's section `ledger`. */
CANDOR_MUST_USE enum candor_status config_witnesses(struct job *job, const struct value *root,
                                                    struct candor *candor);
/*
 * Hold every checkpoint in DIR/witnessed against the ledger. *count: how many there are.
 *
 * CANDOR_CORRUPT  the ledger was rolled back or forked since, or a file there was damaged
 */
CANDOR_MUST_USE enum candor_status evidence_check(struct job *job, struct store *store,
                                                  struct str dir, struct str origin,
                                                  const uint8_t public_key[32], size_t *count);

/* ---- operator.c ---------------------------------------------------------------------------- */

/* The first operator of a fresh home, with every role. */
CANDOR_MUST_USE enum candor_status operator_create(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct str name,
                                                   unsigned roles);
/* Sign in: the operator's key file must fit the public key on record. */
CANDOR_MUST_USE enum candor_status operator_enter(struct job *job, struct candor *candor,
                                                  const char *name);
CANDOR_MUST_USE enum candor_status operator_read(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct str name,
                                                 struct operator* operator);
/* incident.c: put every step of a clock of 72 hours on the ledger. */
CANDOR_MUST_USE enum candor_status incidents_escalate(struct job *job, struct candor *candor,
                                                      size_t *escalated);
void keys_forget(struct candor *candor); /* API keys have changed: read them again */
/* caller.c: the signing key of whoever makes the present call. CANDOR_FORBIDDEN: it is not on this
 * machine, or not the one on record. */
CANDOR_MUST_USE enum candor_status caller_signer(struct job *job, const struct candor *candor,
                                                 const struct signer **signer);
/* The one person whose own call this is; NULL: somebody of the company asks. */
const struct subject *caller_subject(const struct candor *candor);
/* The name of the key that the present call came with; empty: none. */
struct str caller_key(const struct candor *candor);
/* From now on the calls of this thread are theirs: under the home's lock. At most CALLERS_MAX threads. */
void caller_set(struct candor *candor, const struct caller *caller);
/* Of home_enter and home_leave. */
void caller_step_in(struct candor *candor);
void caller_step_out(struct candor *candor);
/* May the present caller do this? Never for a subject. */
CANDOR_MUST_USE enum candor_status caller_may(struct job *job, const struct candor *candor,
                                              enum act act);
/* The same of calls that are open to a subject about themselves: such a call finds its subject by
 * home_subject, or asks caller_is_about of the one it found. */
CANDOR_MUST_USE enum candor_status caller_may_own(struct job *job, const struct candor *candor,
                                                  enum act act);
/* CANDOR_NOT_FOUND: the present caller is a subject, and not this one. subject NULL: nobody known. */
CANDOR_MUST_USE enum candor_status caller_is_about(struct job *job, const struct candor *candor,
                                                   const struct subject *subject);

/* modelfile.c: a model with its digest and signature. signer NULL: unsigned. */
struct bytes modelfile_write(struct job *job, const struct model *model,
                             const struct signer *signer, struct digest *digest);
CANDOR_MUST_USE enum candor_status modelfile_read(struct job *job, struct bytes bytes,
                                                  struct model **model, struct digest *digest,
                                                  bool *is_signed,
                                                  uint8_t public_key[PUBLIC_KEY_LEN]);
/* By the first bytes. CANDOR_NOT_FOUND, CANDOR_IO. */
CANDOR_MUST_USE enum candor_status modelfile_is(struct job *job, const char *path, bool *is_model);

/* dataset.c: a protected attribute of one subject, against a permit for the audit's own purpose.
 * Empty: not allowed, or not known. */
CANDOR_MUST_USE enum candor_status attribute_of(struct job *job, struct candor *candor,
                                                struct txn *txn, struct subject subject,
                                                size_t audit, size_t field, struct str *value);

/* ---- train.c ------------------------------------------------------------------------------- */

/* A published model as a decision needs it. Lives as long as the home is open. */
struct published {
    struct str name;
    const struct model *model;
    struct digest digest; /* of the signed file */
    size_t *feature;      /* inventory features in the model's order; NONE: it is gone */
    size_t feature_count;
    const struct model_spec *spec;
    const struct usual *usual; /* doubt.c; NULL: nothing is held against it */
    const bool *is_unverified; /* one per feature */
};

/* The one that was trained last, published or not. CANDOR_NOT_FOUND, CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status model_trained(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct str name,
                                                 struct model **model, struct digest *digest);
/* CANDOR_NOT_FOUND: no such model, or not published. CANDOR_CORRUPT: its signature does not hold. */
CANDOR_MUST_USE enum candor_status model_published(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct str name,
                                                   const struct published **published);
/* Is exactly this one published? */
CANDOR_MUST_USE enum candor_status model_is_published(struct job *job, struct txn *txn,
                                                      struct str name, const struct digest *digest,
                                                      bool *is_published);
/* Parts of answers about models: "drivers", by importance; the card's facts; groups and measures. */
CANDOR_MUST_USE enum candor_status drivers_json(struct job *job, struct json *json,
                                                const struct candor *candor,
                                                const struct model *model);
CANDOR_MUST_USE enum candor_status card_members(struct job *job, struct json *json,
                                                const struct model *model);
struct fairness;
void fairness_json(struct json *json, const struct fairness *fairness,
                   const struct str *group_name);
void models_forget(struct candor *candor); /* after publish and retire: read again */

/* send.c: after the plan, does this reason still hold somebody back? */
bool may_still_be_contacted(enum withhold withhold);

/* ---- view.c -------------------------------------------------------------------------------- */

#define VIEW_ENTRIES_MAX 2000000
#define VIEW_FRESH (INT64_C(3600) * MICROS_PER_SECOND) /* features are computed again after this */

/* What one campaign needs to know of one subject, computed once and kept. */
struct facts {
    int64_t as_of;    /* features were computed at this instant; 0: not computed */
    bool may_profile; /* features were allowed to be computed */
    bool is_reachable;
    bool in_audience;
    int64_t not_interested; /* the latest such event; 0: none */
    bool has_declined;      /* their own word about this campaign stands: feedback.c */
    struct wishes wishes;   /* when and how often, their own: wishes.c */
    size_t offer;           /* index in campaign.offer; NONE */
    double link;            /* of the model */
    double score;
    const double *contribution; /* one per model term */
    const uint8_t *bin;         /* of the model's features */
    struct cell *cell;          /* the model's features */
    const struct doubt *doubt;  /* NULL: none */
};

struct view_entry {
    int64_t as_of; /* the state's times: many people share one state, each at their own time */
    int64_t valid_until;
    const struct consent_state *state;
    struct subject subject;
    struct arena *arena; /* where its parts are made */
    struct contact *contact;
    size_t contact_count;
    struct facts *facts; /* one per campaign; NULL: none was asked for yet */
    bool is_for_later;   /* nothing is sent now: quiet hours are asked about when it is */
};

struct view *view_begin(struct arena *arena);
/* Find or load; the consent state is folded anew when it is past valid_until. */
CANDOR_MUST_USE enum candor_status view_find(struct job *job, struct candor *candor,
                                             const char *identifier, struct view_entry **entry);
/* Some are about to be looked for, at most VIEW_AHEAD: have memory bring what that reads. Finds nothing. */
#define VIEW_AHEAD 16
void view_expect(const struct view *view, const char *const *identifier, size_t count);
/* Load without keeping, for walks over everybody. */
CANDOR_MUST_USE enum candor_status view_load(struct job *job, struct candor *candor,
                                             struct txn *txn, struct subject subject,
                                             struct view_entry *entry);
/* The same of somebody who may have been erased since they were met: no key, no entry. */
CANDOR_MUST_USE enum candor_status subject_is_there(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct subject subject,
                                                    struct view_entry *entry, bool *is_there);
/* Their facts for a campaign; not computed yet when as_of is 0. */
struct facts *view_facts(const struct candor *candor, struct view_entry *entry, size_t campaign);
void view_drop(struct candor *candor, struct subject subject); /* something about them changed */
/* They did something: what follows from it is computed again; what they said stands. */
void view_forget_facts(struct candor *candor, struct view_entry *entry);
void view_drop_all(struct candor *candor); /* and it is not known about whom something changed */
/* Only to begin again: each who changed is dropped on their own. */
void view_forget_all(struct candor *candor);
size_t view_count(const struct view *view);

/* ---- weigh.c ------------------------------------------------------------------------------- */

#define WEIGH_REASONS_MAX CANDOR_REASONS_MAX

/* One subject and one campaign: what would be done, and why. */
struct weighed {
    enum withhold withhold; /* SEND: none */
    enum permit_code permit;
    enum permit_code profiling; /* PERMIT_CODES: not asked */
    struct ruling ruling;       /* of the request's signals; rule 0: none came */
    const struct facts *facts;
    size_t offer; /* NONE unless send */
    bool has_score;
    double score;
    double threshold; /* of the score that was not reached; 0: another thing decided */
    uint32_t epoch;   /* of the subject's consents */
};

/*
 * From permit to offer, in the order of the staircase; stops at the first no. Facts are computed
 * against permits when they are not there or stale. With min_score applied; top-N and the budget
 * are the plan's.
 */
CANDOR_MUST_USE enum candor_status weigh(struct job *job, struct candor *candor, struct txn *txn,
                                         struct view_entry *entry, const struct campaign *campaign,
                                         size_t campaign_index, struct weighed *weighed);
/* Random, fixed for a subject and campaign as long as the home's key lives. */
CANDOR_MUST_USE enum candor_status weigh_holdout(struct job *job, struct candor *candor,
                                                 const struct campaign *campaign,
                                                 struct subject subject, bool *held_out);
struct str feature_value_text(struct arena *arena, const struct cell *cell); /* for people */
/* The same, and yes or no where the feature is a field that is true or false. */
struct str feature_value_words(struct arena *arena, const struct inventory *inventory,
                               size_t feature, const struct cell *cell);

/* decided.c: sentences for people in the home's language, up to WEIGH_REASONS_MAX. */
void weigh_reasons(struct job *job, struct candor *candor, const struct campaign *campaign,
                   const struct weighed *weighed, struct str *reason, size_t *reason_count);

#endif
