/*
 * candor.h - the public door of the Candor library.
 *
 *   No marketing decision without consent, a reason, a fairness check and a record that anyone can
 *   verify.
 *
 * Chapters, in the order in which data travels:
 *
 *   jobs      one call, its memory, its messages
 *   open      a home: making one, opening it, its operators
 *   ingest    subjects, events and consents come in
 *   govern    consent, permits, the rights of a subject
 *   learn     models: trained only on those who allow it
 *   decide    one decision; a campaign: plan, approve, send, results
 *   audience  counts of permitted people: candor_audience.h
 *   account   the ledger: verify, prove; audits
 *   inventory quality, retention, what is held: candor_inventory.h
 *   rights    requests with clocks: candor_rights.h; of machines: candor_exchange.h
 *   reports   for authorities, auditors, the board: candor_reports.h
 *   signals   consent strings of other systems, and what counts: candor_signals.h
 *   share     data that goes to recipients: candor_share.h
 *   gate      personal data and secrets in files: candor_gate.h
 *   privacy   tables in which nobody stands alone: candor_privacy.h
 *             This header includes these.
 *   study     the same learners and audits over plain CSV files, with no home: candor_study.h, which
 *             this header includes
 *
 * Every call that can fail takes a job first and returns a status. Its results hold only after
 * CANDOR_OK and live until the job ends. Longer answers are JSON documents (struct candor_text), the
 * same that the program prints with --json and the server sends; the hot paths have plain structs.
 * Text is UTF-8 and zero-terminated. Times are microseconds UTC.
 *
 * A home is used by one process at a time. Calls on one home may come from several threads; each
 * thread has jobs of its own.
 */
#ifndef CANDOR_H
#define CANDOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "candor_status.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CANDOR_API __attribute__((visibility("default")))
#define CANDOR_CHECK __attribute__((visibility("default"), warn_unused_result))
#else
#define CANDOR_API
#define CANDOR_CHECK
#endif

struct candor; /* an open home */
struct job;    /* one call or a few that belong together */

struct candor_text {
    const char *ptr; /* zero-terminated */
    size_t len;
};

/* ---- jobs ---------------------------------------------------------------------------------- */

CANDOR_API const char *candor_version(void); /* "0.1.0" */

CANDOR_CHECK struct job *candor_job_begin(void);
CANDOR_API void candor_job_end(struct job *job); /* wipes what it held; NULL is fine */
/* What failed, for the user; no value that came from a person is ever in it. */
CANDOR_API const char *candor_job_message(const struct job *job);
/* Long work says how far it is; total 0 is unknown. */
CANDOR_API void candor_job_listen(struct job *job,
                                  void (*progress)(void *listener, const char *what, uint64_t done,
                                                   uint64_t total),
                                  void *listener);
/* Stop long work at the next safe point; may be called from a signal handler. */
CANDOR_API void candor_job_cancel(struct job *job);

/* May an answer be written there? Never inside a home or a witness's folder, where a file would take
 * the place of what is kept there. NULL is fine. CANDOR_BAD_INPUT, CANDOR_IO. */
CANDOR_CHECK enum candor_status candor_may_write(struct job *job, const char *path);

CANDOR_API const char *candor_status_name(enum candor_status status);
CANDOR_API int candor_status_exit_code(enum candor_status status);
CANDOR_API int candor_status_http_code(enum candor_status status);

/* ---- open ---------------------------------------------------------------------------------- */

/*
 * Make a home in dir (which must not exist or be empty): candor.yaml with commented examples, keys
 * (0600), an empty store and the first operator, who has every role.
 *
 * CANDOR_EXISTS  there is something in dir already
 */
CANDOR_CHECK enum candor_status candor_init(struct job *job, const char *dir, const char *name,
                                            const char *operator_name, struct candor_text *report);

/*
 * Open a home as an operator (NULL: the first). candor.yaml is read and checked; a changed one is
 * a policy change on the ledger. The home is locked until candor_close.
 *
 * CANDOR_NOT_FOUND, CANDOR_BUSY, CANDOR_BAD_INPUT (candor.yaml, with the line), CANDOR_CORRUPT,
 * CANDOR_FORBIDDEN (no such operator, or not their key), CANDOR_IO
 */
CANDOR_CHECK enum candor_status candor_open(struct job *job, const char *dir,
                                            const char *operator_name, struct candor **candor);
CANDOR_API void candor_close(struct candor *candor); /* NULL is fine */

/*
 * Read candor.yaml and campaigns.yaml again, as candor_open does; if they changed, the published models
 * too, which must fit them: all of it is in force when the call returns, or the home is as it was. Calls that are inside end first, under the policy
 * that they began with. A changed policy is on the ledger; *is_changed: it was one.
 *
 * CANDOR_BAD_INPUT  a file, with the line; a published model needs what is no longer there
 * CANDOR_BUSY       an import is under way
 * CANDOR_IO, CANDOR_NO_MEMORY, CANDOR_CORRUPT
 */
CANDOR_CHECK enum candor_status candor_reload(struct job *job, struct candor *candor,
                                              bool *is_changed);

/* Operators have a name, roles and a signing key in keys/operator-NAME.key. */
CANDOR_CHECK enum candor_status candor_operator_add(struct job *job, struct candor *candor,
                                                    const char *name, const char *roles,
                                                    struct candor_text *report);
CANDOR_CHECK enum candor_status candor_operator_list(struct job *job, struct candor *candor,
                                                     struct candor_text *report);

/* API keys for the server: the key itself is shown once, a digest of it is kept. A key is held by the
 * operator who makes it. An owner's key may have any roles; anybody else's only roles of their own. */
CANDOR_CHECK enum candor_status candor_key_add(struct job *job, struct candor *candor,
                                               const char *name, const char *roles,
                                               uint32_t valid_days, struct candor_text *report);
/* A new key under the same name; by its holder only. The one before holds for overlap_hours more, 0 to
 * 720. CANDOR_NOT_FOUND; CANDOR_FORBIDDEN: held by somebody else. */
CANDOR_CHECK enum candor_status candor_key_rotate(struct job *job, struct candor *candor,
                                                  const char *name, uint32_t valid_days,
                                                  uint32_t overlap_hours,
                                                  struct candor_text *report);
/* last_used: as far as was put down, by candor_visits_keep. */
CANDOR_CHECK enum candor_status candor_key_list(struct job *job, struct candor *candor,
                                                struct candor_text *report);
CANDOR_CHECK enum candor_status candor_key_revoke(struct job *job, struct candor *candor,
                                                  const char *name, struct candor_text *report);

/*
 * How scores of decisions are told to the holder of a key: "exact", "decimals" (two; of a new key),
 * "bands" (the middle of a tenth) or "none". But for exact ones, a published model's are told as often as it
 * has unknowns (bands: five times), and no more once value after value was tried in one row for a fifth of its
 * tables; then the answer has score_withheld. Tramer et al. 2016.
 */
CANDOR_CHECK enum candor_status candor_key_scores(struct job *job, struct candor *candor,
                                                  const char *name, const char *detail,
                                                  struct candor_text *report);

/* May the holder of this API key do this? act is "decide", "subject.read", "consent", "subject.erase",
 * "ledger.read" or "audit". Compared in constant time. CANDOR_NOT_FOUND: unknown, expired or revoked,
 * so nobody is known to be asking; CANDOR_FORBIDDEN: the key's roles do not allow it. */
CANDOR_CHECK enum candor_status candor_key_use(struct job *job, struct candor *candor,
                                               const char *key, const char *act);
/* The same question; then, until candor_key_leave, this thread's calls are those of the key's holder,
 * with the key's roles: the ledger, the access log and the rules for two people name them. because:
 * why they look at people, or NULL; it must outlive the calls. After a failure nothing is entered. */
CANDOR_CHECK enum candor_status candor_key_enter(struct job *job, struct candor *candor,
                                                 const char *key, const char *act,
                                                 const char *because);
CANDOR_API void candor_key_leave(struct candor *candor);
/* The question of candor_key_use for a server, before it reads what somebody sends: it waits for nobody who
 * is in the home. candor_door_prepare (candor_visit.h) comes first. CANDOR_BUSY: keys have changed since they
 * were read, so that only the call itself can tell. */
CANDOR_CHECK enum candor_status candor_key_look(struct job *job, struct candor *candor,
                                                const char *key, const char *act);

/* New root and node keys for everybody; old copies of the key store are dead afterwards. */
CANDOR_CHECK enum candor_status candor_keys_rotate(struct job *job, struct candor *candor,
                                                   struct candor_text *report);

/* ---- ingest -------------------------------------------------------------------------------- */

/*
 * Import CSV (.csv, .gz) or JSON lines (.jsonl, .ndjson): kind is "subjects", "events" or
 * "consents". map_path (or NULL) is a YAML file `target: source column` or `target: =literal`. Rows
 * that break a quality rule are left out and reported with line, field and reason, never the value.
 * The whole file is imported in steps; each step is all or nothing and the report's counts are
 * durable. Events and consents of the same rows are imported once: an import that was interrupted
 * goes on where it stopped, a finished one is refused unless CANDOR_IMPORT_AGAIN says otherwise.
 *
 * CANDOR_EXISTS  these rows were imported already
 */
enum candor_import_flag {
    CANDOR_IMPORT_DRY_RUN = 1, /* report only, write nothing */
    CANDOR_IMPORT_AGAIN = 2,
};
CANDOR_CHECK enum candor_status candor_import(struct job *job, struct candor *candor,
                                              const char *kind, const char *path,
                                              const char *map_path, unsigned flags,
                                              struct candor_text *report);

/* ---- govern -------------------------------------------------------------------------------- */

/* decision: "give", "refuse", "withdraw", "object", "restrict", "unrestrict". channel, surface and
 * proof may be NULL. Durable and effective when it returns. */
CANDOR_CHECK enum candor_status candor_consent(struct job *job, struct candor *candor,
                                               const char *identifier, const char *purpose,
                                               const char *channel, const char *decision,
                                               const char *surface, const char *proof,
                                               struct candor_text *report);

/* May this purpose be served on this channel (NULL: none), now? The fast path: a look-up and a mask
 * test once the subject is known to the view. code is a stable word: "ok_consent", "withdrawn". */
CANDOR_CHECK enum candor_status candor_permit(struct job *job, struct candor *candor,
                                              const char *identifier, const char *purpose,
                                              const char *channel, bool *allowed,
                                              const char **code);

/* The same with names resolved once: purpose and channel by number, for the busiest callers. */
struct candor_purpose {
    size_t purpose;
    size_t channel;
};
CANDOR_CHECK enum candor_status candor_purpose_find(struct job *job, struct candor *candor,
                                                    const char *purpose, const char *channel,
                                                    struct candor_purpose *found);
CANDOR_CHECK enum candor_status candor_permit_quick(struct job *job, struct candor *candor,
                                                    const char *identifier,
                                                    struct candor_purpose question, bool *allowed,
                                                    const char **code);

/*
 * The same for many people at once, at most CANDOR_DECISIONS_MAX: answers stand at their places. While one
 * is answered the next ones are fetched from memory, so that among a million people each takes a
 * fraction of a single call. Nobody of that name is an answer too ("unknown_subject").
 *
 * CANDOR_TOO_LARGE  more than that
 */
CANDOR_CHECK enum candor_status candor_permit_many(struct job *job, struct candor *candor,
                                                   const char *const *identifier, size_t count,
                                                   struct candor_purpose question, bool *allowed,
                                                   const char **code);

/* The rights of a subject. show: everything known and why; export adds the machine-readable copy. */
CANDOR_CHECK enum candor_status candor_subject_show(struct job *job, struct candor *candor,
                                                    const char *identifier,
                                                    struct candor_text *report);
CANDOR_CHECK enum candor_status candor_subject_export(struct job *job, struct candor *candor,
                                                      const char *identifier,
                                                      struct candor_text *report);
CANDOR_CHECK enum candor_status candor_subject_consents(struct job *job, struct candor *candor,
                                                        const char *identifier,
                                                        struct candor_text *report);
CANDOR_CHECK enum candor_status candor_subject_decisions(struct job *job, struct candor *candor,
                                                         const char *identifier,
                                                         struct candor_text *report);
/* One field; value NULL or empty clears it. */
CANDOR_CHECK enum candor_status candor_subject_correct(struct job *job, struct candor *candor,
                                                       const char *identifier, const char *field,
                                                       const char *value,
                                                       struct candor_text *report);
/* Returns when nothing can open the subject's data any more. The report is the certificate. */
CANDOR_CHECK enum candor_status candor_subject_erase(struct job *job, struct candor *candor,
                                                     const char *identifier,
                                                     struct candor_text *report);

/* ---- learn --------------------------------------------------------------------------------- */

/* Train a model named in candor.yaml on the subjects whose consent allows it; the result is
 * proposed, not published. repair: NULL or "reweigh". Other threads may use the home meanwhile; the model
 * is learnt from nobody who said no before it was kept.
 * CANDOR_BUSY: it is being trained, the policy changed, or somebody said no during each of several fits. */
CANDOR_CHECK enum candor_status candor_train(struct job *job, struct candor *candor,
                                             const char *model, const char *repair,
                                             struct candor_text *report);
CANDOR_CHECK enum candor_status candor_model_list(struct job *job, struct candor *candor,
                                                  struct candor_text *report);
CANDOR_CHECK enum candor_status candor_model_show(struct job *job, struct candor *candor,
                                                  const char *model, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_model_publish(struct job *job, struct candor *candor,
                                                     const char *model, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_model_retire(struct job *job, struct candor *candor,
                                                    const char *model, struct candor_text *report);

/* The signed file of a model that was trained last; sealed: only this home opens it. On the ledger. */
CANDOR_CHECK enum candor_status candor_model_export(struct job *job, struct candor *candor,
                                                    const char *model, const char *out_path,
                                                    bool is_sealed, struct candor_text *report);
/* Is the file a model that this home signed, unchanged? out_path, or NULL: where the signed file goes, unsealed.
 * CANDOR_REFUSED: another's, or nobody's. CANDOR_CORRUPT: a byte was changed. */
CANDOR_CHECK enum candor_status candor_model_check(struct job *job, struct candor *candor,
                                                   const char *path, const char *out_path,
                                                   struct candor_text *report);
/* As candor_watermark, with the home's key; asked->model_path is the name of a model. */
struct candor_watermark;
CANDOR_CHECK enum candor_status candor_model_watermark(struct job *job, struct candor *candor,
                                                       const struct candor_watermark *asked,
                                                       bool *is_proven, struct candor_text *report);

/* ---- decide -------------------------------------------------------------------------------- */

#define CANDOR_REASONS_MAX 4
#define CANDOR_DECISIONS_MAX 4096 /* in one call */
#define CANDOR_OFFERS_MAX 256     /* named in one question */

struct candor_signals; /* candor_signals.h */

struct candor_question {
    const char *identifier;
    const char *campaign;                 /* of candor.yaml; NULL: a purpose is asked about */
    const struct candor_signals *signals; /* that came with the question; NULL: none */
    const char *purpose; /* without a campaign: nothing but the permit and limits is looked at */
    const char *channel; /* of the purpose; of a campaign it may be said, and is its own then */
    const char *const
        *offer;         /* of the campaign's, or the asker's own; the first that fits is taken */
    size_t offer_count; /* 0: all of the campaign's; of a purpose none */
};

struct candor_answer {
    enum candor_status status; /* CANDOR_OK, or why this question has no answer */
    const char *message;       /* of a status other than CANDOR_OK */
    bool send;
    const char *offer; /* name, when send */
    const char *code;  /* "send", "no_consent", "low_score" ...: see the manual's list */
    bool has_score;
    double score;               /* probability; coarse: see candor_key_scores */
    const char *score_withheld; /* "key", "budget", "probing": there is one, not told; NULL */
    const char *reason[CANDOR_REASONS_MAX]; /* sentences */
    size_t reason_count;
    uint64_t ledger_index;
    uint8_t id[16];           /* of the decision */
    unsigned rule;            /* of precedence that decided about the signals; 0: none came */
    const char *signal;       /* that decided, "gpc", or NULL */
    const char *plausibility; /* "accept", "fall_back", "review", "refuse": docs/trust.md */
};

/*
 * Answer many questions with one durable group commit: when this returns CANDOR_OK every answer is
 * on the ledger. A question that cannot be answered has its own status and changes nothing.
 */
CANDOR_CHECK enum candor_status candor_decide_many(struct job *job, struct candor *candor,
                                                   const struct candor_question *question,
                                                   size_t count, struct candor_answer *answer);
/* One decision, with its full receipt (proof and checkpoint) and contributions. */
CANDOR_CHECK enum candor_status candor_decide(struct job *job, struct candor *candor,
                                              const struct candor_question *question,
                                              struct candor_text *report);

/*
 * Plan: sends nothing. html_path and csv_path may be NULL. Other threads may use the home meanwhile; who says
 * no by the instant at which it is signed is not in it. Stopped, it leaves the plan that was there.
 *
 * CANDOR_BUSY  the campaign is being planned, or the policy or the model changed in the meantime
 */
CANDOR_CHECK enum candor_status candor_plan(struct job *job, struct candor *candor,
                                            const char *campaign, const char *html_path,
                                            const char *csv_path, struct candor_text *report);
/* The opened home's operator signs the plan; not its author. override_reason overrules a failed
 * fairness check and needs the owner's role; else NULL. */
CANDOR_CHECK enum candor_status candor_approve(struct job *job, struct candor *candor,
                                               const char *campaign, const char *override_reason,
                                               struct candor_text *report);
/* Hand over to a file. Only a signed, unchanged plan; every permit is asked again. */
CANDOR_CHECK enum candor_status candor_send(struct job *job, struct candor *candor,
                                            const char *campaign, const char *path,
                                            struct candor_text *report);
/* The same, with the file's bytes for the caller, who must keep them: the campaign stands as sent, and
 * there is no second time. */
CANDOR_CHECK enum candor_status candor_send_here(struct job *job, struct candor *candor,
                                                 const char *campaign, struct candor_text *file,
                                                 struct candor_text *report);
/* outcomes_path NULL: show what is known. */
CANDOR_CHECK enum candor_status candor_results(struct job *job, struct candor *candor,
                                               const char *campaign, const char *outcomes_path,
                                               const char *html_path, struct candor_text *report);

/* ---- account ------------------------------------------------------------------------------- */

/* With the home's public key only; works on a copy, read-only, while a server runs. known_path (or
 * NULL) is a checkpoint that the verifier kept. *sound says whether all is as signed. */
CANDOR_CHECK enum candor_status candor_ledger_verify(struct job *job, const char *dir,
                                                     const char *known_path, bool *sound,
                                                     struct candor_text *report);
/* A proof file is checked offline against the leaf in it and the verifier key (text). */
CANDOR_CHECK enum candor_status candor_ledger_prove(struct job *job, struct candor *candor,
                                                    uint64_t index, struct candor_text *proof);
CANDOR_CHECK enum candor_status candor_ledger_checkpoint(struct job *job, struct candor *candor,
                                                         struct candor_text *checkpoint);
/* The ledger as static files in the layout of C2SP tlog-tiles; opens no keys. */
CANDOR_CHECK enum candor_status candor_ledger_export(struct job *job, const char *dir,
                                                     const char *out, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_ledger_entry(struct job *job, struct candor *candor,
                                                    uint64_t index, struct candor_text *report);
/* What: "consent", "drift", "fairness", "inventory", "quality", "retention", "security" or "all".
 * *findings counts what needs care. Of drift, other calls go between: CANDOR_BUSY, a model was published meanwhile. */
CANDOR_CHECK enum candor_status candor_audit(struct job *job, struct candor *candor,
                                             const char *what, size_t *findings,
                                             struct candor_text *report);
/* The same, written to be read as well; NULL: not there. */
struct candor_audit_files {
    const char *html_path;
    const char *pdf_path;
};
CANDOR_CHECK enum candor_status candor_audit_to(struct job *job, struct candor *candor,
                                                const char *what,
                                                const struct candor_audit_files *files,
                                                size_t *findings, struct candor_text *report);
/* How rows were judged that were held against what is usual: by verdict and cause, both in order. */
#define CANDOR_VERDICTS 4 /* accept, fall_back, review, refuse */
#define CANDOR_CAUSES 4   /* none, together, rare, changes */

/* Numbers for the server's /metrics. */
struct candor_figures {
    uint64_t subjects;
    uint64_t ledger_entries;
    uint64_t decisions; /* since the home was opened */
    uint64_t sends;
    uint64_t withheld;
    uint64_t permits_denied;
    uint64_t keys_probing; /* API keys that took a model apart, found out since it was opened */
    uint64_t view_entries;
    uint64_t alarms;    /* of monitors, since it was opened: candor_monitors */
    double alarm_level; /* of the monitor nearest to an alarm: 1 is one */
    uint64_t judged[CANDOR_VERDICTS][CANDOR_CAUSES]; /* since it was opened */
};
CANDOR_API void candor_figures(struct candor *candor, struct candor_figures *figures);

#ifdef __cplusplus
}
#endif

#include "candor_audience.h"
#include "candor_consent.h"
#include "candor_exchange.h"
#include "candor_gate.h"
#include "candor_inventory.h"
#include "candor_privacy.h"
#include "candor_reports.h"
#include "candor_rights.h"
#include "candor_share.h"
#include "candor_signals.h"
#include "candor_study.h"
#include "candor_surface.h"
#include "candor_track.h"

#endif
