/*
 * contents.h - copy, pages and code on their way out: scanned, kept by their digest, judged, deployed.
 *
 *   content_file.c    a piece as it is kept, and as the board reads it
 *   content_submit.c  submit: mark, scan, keep
 *   content.c         list, show, approval, retire
 *   content_deploy.c  how it leaves
 *   approval.c        the signed approval of exact bytes: DSSE around an in-toto statement
 *   approval_check.c  the same checked with the verifier key alone
 *
 * Who may approve is board.h's; what may follow what is content.h's.
 */
#ifndef CANDOR_FLOW_CONTENTS_H
#define CANDOR_FLOW_CONTENTS_H

#include "candor_content.h"
#include "content.h"
#include "flow.h"
#include "mark.h"
#include "reviewed.h"

#define CONTENT_MAX ((size_t)256 * 1024)
#define APPROVAL_LEN_MAX ((size_t)256 * 1024)
#define APPROVAL_STATEMENT "https://in-toto.io/Statement/v1"
#define APPROVAL_PAYLOAD "application/vnd.in-toto+json"
#define APPROVAL_PREDICATE "urn:candor:content-approval:v1"

struct content {
    struct str name;
    struct str file; /* its name, without folders */
    enum mark_media media;
    enum mark_source source;
    bool is_personalised;
    bool is_deployed; /* exactly these bytes */
    bool is_retired;
    struct digest digest; /* of the bytes */
    struct digest scan;   /* of the findings' JSON */
    bool has_prompt;
    struct digest prompt;
    uint32_t findings;
    uint32_t blocking;
    uint32_t accepted; /* of severity high or more, accepted by a line in the bytes */
    struct str model;
    struct str purpose;
    struct str market;
    struct str rules; /* the version of the rules that it was scanned with */
    int64_t submitted;
    uint64_t index;     /* of the submission on the ledger */
    struct str *author; /* all who ever submitted bytes under this name */
    size_t author_count;
    struct str report;    /* JSON of candor scan */
    struct str shown;     /* the text, each finding starred; what reviewers read */
    struct str text;      /* the bytes */
    struct str generator; /* "candor generate, templates"; empty: none of ours */
    struct digest brief;  /* that it was written from, where there is a generator */
};

/* ---- content_file.c ------------------------------------------------------------------------ */

CANDOR_MUST_USE enum candor_status content_put(struct job *job, struct txn *txn,
                                               const struct content *content);
/* CANDOR_NOT_FOUND, CANDOR_CORRUPT: also bytes that do not have their digest. */
CANDOR_MUST_USE enum candor_status content_find(struct job *job, struct txn *txn, struct str name,
                                                struct content *content);
/* What the board judges: exhibit, risk, authors. */
CANDOR_MUST_USE enum candor_status content_thing(struct job *job, struct txn *txn,
                                                 struct board_thing *thing);

/* ---- content_submit.c ---------------------------------------------------------------------- */

/* What is asked, marked if asked and scanned: nothing is kept so far. name is set already. */
CANDOR_MUST_USE enum candor_status content_take(struct job *job, struct candor *candor,
                                                const struct candor_content *asked,
                                                struct content *content);
/* Keep it: its entry and its bytes, in the present operator's name. */
CANDOR_MUST_USE enum candor_status content_keep(struct job *job, struct candor *candor,
                                                struct txn *txn, struct content *content);

/* ---- content.c ----------------------------------------------------------------------------- */

/* An entry on the ledger about exactly these bytes. */
CANDOR_MUST_USE enum candor_status content_account(struct job *job, struct candor *candor,
                                                   struct txn *txn, const struct content *content,
                                                   enum ledger_action action, uint64_t *index);
struct content_place {
    enum content_state state;
    struct board_passage passage;
};

/* Where it stands at this instant, by the board's review of exactly its bytes. */
CANDOR_MUST_USE enum candor_status content_place_of(struct job *job, struct candor *candor,
                                                    struct txn *txn, const struct content *content,
                                                    struct content_place *place);
/* The next state, or CANDOR_REFUSED, which says that it "cannot be" what. */
CANDOR_MUST_USE enum candor_status content_must_step(struct job *job, const struct content *content,
                                                     struct content_place *place,
                                                     enum content_event event, const char *what);
/* It and where it stands, as members of an object. */
void content_members(struct job *job, struct json *json, const struct content *content,
                     const struct content_place *place);
/* It and where it stands, as an answer. */
CANDOR_MUST_USE enum candor_status content_report(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct content *content,
                                                  struct candor_text *report);

/* ---- approval.c ---------------------------------------------------------------------------- */

/* DSSE's pre-authentication encoding: what is signed. */
struct bytes approval_signed_bytes(struct job *job, struct str type, struct str payload);
/* An envelope, durable on the ledger. CANDOR_REFUSED: no approval holds, or a mark is missing. */
CANDOR_MUST_USE enum candor_status approval_write(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct content *content,
                                                  struct candor_text *envelope);

#endif
