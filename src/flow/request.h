/*
 * request.h - what the files about rights requests share, inside the flow room only.
 */
#ifndef CANDOR_FLOW_REQUEST_H
#define CANDOR_FLOW_REQUEST_H

#include "decision.h"
#include "flow.h"

#define REQUEST_KEPT_DAYS 731 /* 11 CCR 7101: records of requests are kept for 24 months */

/* ---- config_rights.c ----------------------------------------------------------------------- */

/* An agent of the Data Rights Protocol, from `rights: agents` in candor.yaml. */
struct drp_agent {
    struct str id;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct str callback; /* below which its status_callback lies; empty: it is not told, it asks */
};

/* `rights` and `jurisdictions`, into the home. */
CANDOR_MUST_USE enum candor_status config_rights(struct job *job, const struct value *root,
                                                 struct candor *candor);

/* ---- request.c ----------------------------------------------------------------------------- */

#define KIND_OPEN LIT("request")
#define KIND_CLOSED LIT("request_closed")

struct str request_name(struct job *job, const struct request *request); /* 32 hex digits */
CANDOR_MUST_USE enum candor_status request_load(struct job *job, struct txn *txn, const char *id,
                                                struct request *request);
/* Open ones and closed ones are documents of two kinds, so that a look at the clocks reads few. */
CANDOR_MUST_USE enum candor_status request_store(struct job *job, struct candor *candor,
                                                 struct txn *txn, const struct request *request);
/* Open one in the transaction, with the proof that its sender brought; execute what can be at once. */
CANDOR_MUST_USE enum candor_status request_open_within(struct job *job, struct candor *candor,
                                                       struct txn *txn,
                                                       const struct candor_request_ask *ask,
                                                       enum proof_level proof,
                                                       struct request *request);
/* One step with its entry on the ledger; those of escalations that it brought are on it too. */
CANDOR_MUST_USE enum candor_status request_move_on(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct request *request,
                                                   const struct request_move *move);
CANDOR_MUST_USE enum candor_status requests_of_kind(struct job *job, struct txn *txn,
                                                    struct lit kind, struct request **request,
                                                    size_t *count);
/* Put on record what is due among the open ones; *added counts. Commits when something was. */
CANDOR_MUST_USE enum candor_status requests_escalate(struct job *job, struct candor *candor,
                                                     size_t *added);
/* Whether the one it is about is still known. */
CANDOR_MUST_USE enum candor_status request_subject_is_known(struct job *job, struct txn *txn,
                                                            const struct request *request,
                                                            bool *is_known);

/* request_list.c: "requests", all of one subject, for their own copy. */
CANDOR_MUST_USE enum candor_status requests_json(struct job *job, const struct candor *candor,
                                                 struct txn *txn, struct subject subject,
                                                 struct json *json);

/* A request that a subject's session names is the subject's own. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status request_is_theirs(struct job *job, const struct candor *candor,
                                                     const struct request *request);

/* ---- request_show.c ------------------------------------------------------------------------ */

void request_members(struct job *job, const struct candor *candor, const struct request *request,
                     struct json *json);
/* {"request": {...}, "result": what another report says}; result NULL: only the request. */
CANDOR_MUST_USE enum candor_status request_report(struct job *job, const struct candor *candor,
                                                  const struct request *request,
                                                  const struct candor_text *result,
                                                  struct candor_text *report);
void clause_members(struct job *job, const struct clause *clause, struct json *json);

/* drp_status.c: a request in the words of the Data Rights Protocol. */
void drp_status_json(struct job *job, const struct candor *candor, const struct request *request,
                     struct candor_text *report);

/* ---- request_choice.c ---------------------------------------------------------------------- */

/* Rights that are consent records: what they change is in the transaction. */
bool right_is_choice(enum right right);
CANDOR_MUST_USE enum candor_status choice_execute(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct request *request);
/* GDPR Article 18(1)(d): nothing is done while an objection is weighed. */
CANDOR_MUST_USE enum candor_status choice_hold(struct job *job, struct candor *candor,
                                               struct txn *txn, const struct request *request);
CANDOR_MUST_USE enum candor_status choice_release(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct request *request);
/* The purposes of an objection must be such that one can object to. */
CANDOR_MUST_USE enum candor_status choice_check(struct job *job, const struct candor *candor,
                                                const struct request *request);

/* ---- review.c ------------------------------------------------------------------------------ */

#define REVIEW_VALID_DAYS 30 /* a person's word on one campaign holds so long */

/* Queue a decision for a person, unless it waits already. */
CANDOR_MUST_USE enum candor_status review_queue(struct job *job, struct candor *candor,
                                                struct txn *txn, struct subject subject,
                                                const struct decision *decision,
                                                const uint8_t request[16]);
/* Did a person decide that this campaign may contact the subject? */
CANDOR_MUST_USE enum candor_status review_allows(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct subject subject,
                                                 struct str campaign, bool *allows);
/* What a person said about this campaign and subject, as far as it holds now. */
enum review_word { REVIEW_NO_WORD, REVIEW_SAYS_SEND, REVIEW_SAYS_WITHHOLD };
CANDOR_MUST_USE enum candor_status review_word(struct job *job, struct txn *txn,
                                               struct subject subject, struct str campaign,
                                               enum review_word *word);
/* Did a person decide what this request asked for? */
CANDOR_MUST_USE enum candor_status review_is_decided(struct job *job, struct candor *candor,
                                                     struct txn *txn, const uint8_t request[16],
                                                     bool *is_decided);
/* "reviews", all of one subject, for their own copy. */
CANDOR_MUST_USE enum candor_status reviews_json(struct job *job, struct txn *txn,
                                                struct subject subject, struct json *json);
/* ---- sayings.c, feedback.c -------------------------------------------------------------------- */

enum { SAID_REVIEW, SAID_FEEDBACK, SAID_WISHES, SAID_PACE, SAID_KINDS };
/* Names of all such documents. */
struct sayings {
    const struct str *name[SAID_KINDS];
    size_t count[SAID_KINDS];
};
struct str sayings_name(struct job *job, struct subject subject, struct str campaign);
CANDOR_MUST_USE enum candor_status sayings_load(struct job *job, struct txn *txn,
                                                struct sayings *said);
/* Drop those of one subject: with the subject goes what was said of them. */
CANDOR_MUST_USE enum candor_status sayings_drop(struct job *job, struct txn *txn,
                                                struct subject subject, const struct sayings *said);
/* Did the subject say that they want no more of this campaign? */
CANDOR_MUST_USE enum candor_status feedback_stands(struct job *job, struct txn *txn,
                                                   struct subject subject, struct str campaign,
                                                   bool *stands);
/* "feedback", all of one subject. */
CANDOR_MUST_USE enum candor_status feedback_json(struct job *job, struct txn *txn,
                                                 struct subject subject, struct json *json);

/* ---- wishes.c ------------------------------------------------------------------------------ */

/* What a subject chose about when, how often and about what they are written to, for one campaign. All 0: they
 * chose nothing. */
CANDOR_MUST_USE enum candor_status wishes_stand(struct job *job, struct txn *txn,
                                                struct subject subject,
                                                const struct campaign *campaign,
                                                struct wishes *wishes);
/* "wishes": what was chosen with its evidence, or null. */
CANDOR_MUST_USE enum candor_status wishes_json(struct job *job, struct txn *txn,
                                               struct subject subject, struct json *json);
/* "topics" of all campaigns. */
void topics_json(const struct candor *candor, struct json *json);

/* ---- dashboard.c --------------------------------------------------------------------------- */

/* What a subject's own page shows beside their copy: the words of each purpose, what was worked out,
 * campaigns by their titles, rights and their clocks. */
CANDOR_MUST_USE enum candor_status dashboard_json(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct permit *permit,
                                                  struct json *json);

/* ---- replay.c ------------------------------------------------------------------------------ */

/* The record of one decision of a subject, by its index on the ledger. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status decision_find(struct job *job, struct txn *txn,
                                                 struct subject subject, uint64_t index,
                                                 struct decision *decision);

/* ---- subject*.c --------------------------------------------------------------------------- */

/* subject.c: the rights as parts of a larger call that has entered the home. They take part in the
 * transaction that is open, and commit it. */
enum subject_part {
    PART_DATA = 1,
    PART_CONSENTS = 2,
    PART_DECISIONS = 4,
    PART_EVERYTHING = 8, /* all events and decisions, not the latest */
    PART_PORTABLE = 16,  /* GDPR Article 20: only what they gave and what was observed */
    PART_PAGE = 32,      /* what their own page needs beside: dashboard.c */
};
CANDOR_MUST_USE enum candor_status subject_show_within(struct job *job, struct candor *candor,
                                                       const char *identifier, unsigned parts,
                                                       struct candor_text *report);
CANDOR_MUST_USE enum candor_status subject_correct_within(struct job *job, struct candor *candor,
                                                          const char *identifier,
                                                          const char *field_name, const char *value,
                                                          struct candor_text *report);
/* suppress: keep marks of what they are called. */
CANDOR_MUST_USE enum candor_status subject_erase_within(struct job *job, struct candor *candor,
                                                        const char *identifier, bool suppress,
                                                        struct candor_text *report);
/* One of them, in the transaction: account, marks, rows. said: as sayings_load has it. */
struct erasing {
    bool suppress;
    const struct sayings *said;
    uint8_t number[16]; /* out: of the certificate */
    uint64_t index;     /* out: on the ledger */
    struct erasure_rows rows;
    uint64_t chats; /* records of chats about them that say nothing any more */
};
CANDOR_MUST_USE enum candor_status subject_erase_one(struct job *job, struct candor *candor,
                                                     struct txn *txn, struct subject subject,
                                                     struct erasing *erasing);
/* replay.c: a past decision, computed again, as members of the open map: a look at the subject, on the
 * ledger. languages: as decided_tongue has them. */
CANDOR_MUST_USE enum candor_status decision_explain(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct subject subject,
                                                    uint64_t index,
                                                    const struct candor_languages *languages,
                                                    bool *same, struct json *json);
/* The same as a report; commits its entry. */
CANDOR_MUST_USE enum candor_status subject_decision_within(struct job *job, struct candor *candor,
                                                           const char *identifier, uint64_t index,
                                                           bool *same, struct candor_text *report);
/* subject.c: "recipients": who may have what, for a correction or erasure to be told to. */
CANDOR_MUST_USE enum candor_status recipients_json(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct subject subject,
                                                   struct json *json);

/* ---- suppress.c ---------------------------------------------------------------------------- */

/* Marks of people who were erased and asked not to be contacted again: keyed hashes of what they are
 * called, from which nobody is found without this home's key. */
CANDOR_MUST_USE enum candor_status suppress_add(struct job *job, struct candor *candor,
                                                struct txn *txn, struct str text);
/* All marks as a set, in an arena that outlives the call; NULL: there are none. */
CANDOR_MUST_USE enum candor_status suppress_load(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct arena *arena,
                                                 struct map **marks);
CANDOR_MUST_USE enum candor_status suppress_holds(struct job *job, struct candor *candor,
                                                  const struct map *marks, struct str text,
                                                  bool *holds);

/* ---- package.c, packagepage.c -------------------------------------------------------------- */

/* A ZIP of a report of subject export: data.json, one CSV for each list, a page, a signed manifest. */
CANDOR_MUST_USE enum candor_status package_make(struct job *job, struct candor *candor,
                                                const struct candor_text *data, bool portable,
                                                struct bytes *zip);
struct str package_page(struct job *job, const struct candor *candor, const struct value *data,
                        bool portable);

#endif
