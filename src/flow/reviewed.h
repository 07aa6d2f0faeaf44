/*
 * reviewed.h - reviews of models, campaigns, policies, notices and content, as the files of the corridor share
 * them. (Reviews of single decisions by a person are review.c, request.h.)
 *
 *   config_governance.c  candor.yaml's section `governance`
 *   board_thing.c        what is reviewed: its bytes, digest, risk and authors
 *   board_file.c         a review as it is kept, signed step by step; board_index.c those of one thing
 *   board.c              proposing and taking steps
 *   board_gate.c         what needs a review and has none is not used
 *   board_show.c         reviews as answers; board_diff.c against the version before
 *   board_yours.c        what the one who asks may do in a review, and why not
 *   strict.c             regulated offers
 *
 * Where a review stands is computed in govern/board.c.
 */
#ifndef CANDOR_FLOW_REVIEWED_H
#define CANDOR_FLOW_REVIEWED_H

#include "board.h"
#include "candor_board.h"
#include "flow.h"

#define BOARD_NOTE_MAX 2000
#define BOARD_NUMBER_LEN 16

/* ---- config_governance.c ------------------------------------------------------------------- */

struct governance {
    struct board_rules rules;
    const struct str *high; /* "model:lead": high risk because the company says so */
    size_t high_count;
    const struct str *proxy; /* fields and features that stand in for a protected attribute */
    size_t proxy_count;
    bool is_there;            /* candor.yaml has the section */
    const struct value *root; /* of candor.yaml */
    int64_t *campaign_until;  /* until when each campaign's gate was found open; 0: ask */
};

/* Also holds the models of regulated campaigns against what may choose in them. */
CANDOR_MUST_USE enum candor_status config_governance(struct job *job, const struct value *root,
                                                     struct candor *candor);

/* ---- board_thing.c ------------------------------------------------------------------------- */

/* What is reviewed. */
struct board_thing {
    enum board_kind kind;
    struct str name;
    struct str
        exhibit; /* what reviewers read, JSON; of all but models the digest is of these bytes */
    uint8_t digest[BOARD_DIGEST_LEN];
    bool is_in_use; /* of a model: an earlier one is published, of this digest */
    uint8_t in_use[BOARD_DIGEST_LEN];
    enum board_risk risk;
    struct str why; /* it is high */
    bool
        is_blocked; /* of content: its scan found what blocks; only the chair's reason lets it pass */
    struct str *author;
    size_t author_count;
};
/* CANDOR_NOT_FOUND: there is no such thing. CANDOR_REFUSED: nobody knows who trained the model. */
CANDOR_MUST_USE enum candor_status board_thing_load(struct job *job, struct candor *candor,
                                                    struct txn *txn, enum board_kind kind,
                                                    struct str name, struct board_thing *thing);
/* A model was trained: by the present operator. */
CANDOR_MUST_USE enum candor_status board_note_trainer(struct job *job, const struct candor *candor,
                                                      struct txn *txn, struct str model,
                                                      const struct digest *digest);

/* ---- board_file.c -------------------------------------------------------------------------- */

struct board_mark {
    uint64_t index; /* on the ledger */
    uint8_t signature[SIGNATURE_LEN];
};

struct board_record {
    uint8_t id[BOARD_NUMBER_LEN];
    struct board_review review; /* its lists have room for one step more */
    struct board_step *step;
    struct board_mark *mark; /* one per step */
    struct str *author;
    struct str exhibit;
    struct str why;  /* the risk is high */
    struct str note; /* of who proposed it */
    uint64_t index;  /* of the proposal on the ledger */
    uint8_t signature[SIGNATURE_LEN];
    enum board_state noted; /* the last state that went on the ledger */
};

struct str board_hex(struct arena *arena, const struct board_record *record);
CANDOR_MUST_USE enum candor_status board_put(struct job *job, struct txn *txn,
                                             const struct board_record *record);
/* The newest first. */
void board_sort(struct board_record *record, size_t count);
/* All, the newest first. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status board_all(struct job *job, struct txn *txn,
                                             struct board_record **record, size_t *count);
/* At most so many of them, others each time: see store_some_documents. */
CANDOR_MUST_USE enum candor_status board_some(struct job *job, struct txn *txn, size_t most,
                                              struct board_record **record, size_t *count);
/* By its whole number, in hex. CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status board_load(struct job *job, struct txn *txn, struct str number,
                                              struct board_record *record);
/* By the beginning of its number, at least 4 digits. CANDOR_NOT_FOUND, CANDOR_BAD_INPUT. */
CANDOR_MUST_USE enum candor_status board_find(struct job *job, struct txn *txn, struct str number,
                                              struct board_record *record);
/* Sign the proposal, or the last step, as the present operator. CANDOR_FORBIDDEN: their key is not here. */
CANDOR_MUST_USE enum candor_status board_sign(struct job *job, const struct candor *candor,
                                              struct board_record *record);
/* CANDOR_CORRUPT: a proposal or step is not signed by whom it names. */
CANDOR_MUST_USE enum candor_status board_check(struct job *job, struct candor *candor,
                                               struct txn *txn, const struct board_record *record);

/* ---- board_index.c ------------------------------------------------------------------------- */

/* Put down a new one. */
CANDOR_MUST_USE enum candor_status board_add(struct job *job, struct txn *txn,
                                             const struct board_record *record);
/* Put down one that was there before, and where board_of finds it. */
CANDOR_MUST_USE enum candor_status board_keep(struct job *job, struct txn *txn,
                                              const struct board_record *record);
/* Those of them that board_of would not find: an older program put them down. */
CANDOR_MUST_USE enum candor_status board_lost(struct job *job, struct txn *txn,
                                              const struct board_record *record, size_t count,
                                              bool **is_lost);
/* All that are about this thing, the newest first. */
CANDOR_MUST_USE enum candor_status board_of(struct job *job, struct txn *txn, enum board_kind kind,
                                            struct str name, struct board_record **record,
                                            size_t *count);

/* ---- board.c ------------------------------------------------------------------------------- */

/* The things that reviews are about, each loaded once. */
struct board_shelf {
    struct map *at; /* by kind and name: its place plus one */
    struct board_thing *thing;
    bool *is_there;
    size_t count;
    size_t room;
};
CANDOR_MUST_USE enum candor_status board_shelf_begin(struct job *job, size_t room,
                                                     struct board_shelf *shelf);
/* Where a review stands now, against the thing as it is; a thing that is gone voids it. */
CANDOR_MUST_USE enum candor_status board_standing_of(struct job *job, struct candor *candor,
                                                     struct txn *txn, struct board_shelf *shelf,
                                                     const struct board_record *record,
                                                     struct board_standing *standing);
/* May this step be taken now? thing NULL: it is gone. CANDOR_FORBIDDEN, CANDOR_REFUSED, CANDOR_BAD_INPUT
 * (a reason is missing), with why not. */
CANDOR_MUST_USE enum candor_status board_may_step(struct job *job, struct candor *candor,
                                                  const struct board_thing *thing,
                                                  const struct board_record *record,
                                                  const struct board_step *step);
/* What changed by itself since (a byte, the time) goes on the ledger: on opening the home. */
CANDOR_MUST_USE enum candor_status boards_settle(struct job *job, struct candor *candor);

/* ---- board_gate.c -------------------------------------------------------------------------- */

/* CANDOR_REFUSED, with what to do, unless candor.yaml asks for no review of such things or this one
 * has an approval that holds now. author: who uses it as their own work; empty: nobody. */
CANDOR_MUST_USE enum candor_status board_require(struct job *job, struct candor *candor,
                                                 struct txn *txn, enum board_kind kind,
                                                 struct str name, struct str author);
/* All that a campaign needs: the policy's review, its own, its model's. */
CANDOR_MUST_USE enum candor_status board_require_campaign(struct job *job, struct candor *candor,
                                                          struct txn *txn,
                                                          const struct campaign *campaign,
                                                          size_t campaign_index, struct str author);
/* A yes to these words. */
CANDOR_MUST_USE enum candor_status board_require_notice(struct job *job, struct candor *candor,
                                                        struct txn *txn, size_t purpose);
/* The board's written reason to go on although a check failed, in a review that holds; empty: none. */
CANDOR_MUST_USE enum candor_status board_override(struct job *job, struct candor *candor,
                                                  struct txn *txn, enum board_kind kind,
                                                  struct str name, struct str *reason);
void board_forget(struct candor *candor); /* a review, model or policy changed: ask again */
/* The review that lets a thing of this digest be used, as author's own work; NULL: none does. *latest:
 * the newest of any, for the message; NULL: there is none. */
struct board_passage {
    const struct board_record *open;
    struct board_standing standing; /* of open, else of latest */
    const struct board_record *latest;
};
CANDOR_MUST_USE enum candor_status board_passage_of(struct job *job, struct candor *candor,
                                                    struct txn *txn,
                                                    const struct board_thing *thing,
                                                    const uint8_t *digest, struct str author,
                                                    struct board_passage *passage);

/* ---- board_show.c, board_diff.c ------------------------------------------------------------ */

/* One review for a list or a report. */
struct board_item {
    struct str id;
    enum board_kind kind;
    struct str name;
    struct board_standing standing;
    struct str proposer;
    int64_t proposed;
    int64_t age; /* since it was proposed, or of its decision; microseconds */
    uint64_t index;
};
/* All, the newest first: what candor review list shows and reports count. */
CANDOR_MUST_USE enum candor_status board_items(struct job *job, struct candor *candor,
                                               struct txn *txn, struct board_item **item,
                                               size_t *count);
void board_item_members(struct job *job, struct json *json, const struct board_item *item);
/* "yours": each act, and whether the present operator may do it now. thing NULL: it is gone. */
void board_yours(struct job *job, struct candor *candor, const struct board_thing *thing,
                 const struct board_record *record, struct json *json);
/* "- gone" and "+ new" lines; empty: the texts are the same. CANDOR_NO_MEMORY. */
CANDOR_MUST_USE enum candor_status board_diff(struct job *job, struct str before, struct str after,
                                              struct str *diff);
/* The rules and everybody's part in them, as members. */
void governance_members(struct json *json, const struct governance *governance);

/* ---- strict.c ------------------------------------------------------------------------------ */

/* Of a regulated offer, a no that a score alone gave becomes a person's to give; their word stands. */
CANDOR_MUST_USE enum candor_status strict_refer(struct job *job, struct candor *candor,
                                                struct txn *txn, struct subject subject,
                                                const struct campaign *campaign, size_t offer,
                                                struct weighed *weighed);
/* Before a regulated campaign is planned: nothing its model looks at stands in for a protected
 * attribute, unless the board wrote down why. */
CANDOR_MUST_USE enum candor_status strict_plan(struct job *job, struct candor *candor,
                                               struct txn *txn, const struct campaign *campaign);
/* May an owner's reason stand in for a fairness check that failed? Never for a regulated offer, and
 * where campaigns are reviewed only with the board's own. */
CANDOR_MUST_USE enum candor_status strict_approve(struct job *job, struct candor *candor,
                                                  struct txn *txn, const struct campaign *campaign,
                                                  bool is_checked, bool has_passed);
/* The features of regulated campaigns' models, when candor.yaml is read. */
CANDOR_MUST_USE enum candor_status strict_models(struct job *job, const struct value *root,
                                                 const struct candor *candor);

#endif
