/*
 * staff.h - the company's own people, as the files of the corridor share them.
 *
 *   operator.c      who works here: their record, signing in, what they may do
 *   operators.c     the commands over them
 *   apikey.c        keys for the API, each held by an operator; keyuse.c using them; keyscores.c what
 *                   they are told of scores
 *   caller.c        calls in the name of a key's holder
 *   second.c        acts that need a second operator's signature
 *   access.c        who looked at whom
 *   incident.c      incidents and their 72 hours; incident_*.c
 */
#ifndef CANDOR_FLOW_STAFF_H
#define CANDOR_FLOW_STAFF_H

#include "candor_people.h"
#include "flow.h"
#include "people.h"

/* ---- operator.c ---------------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status operator_name_check(struct job *job, struct str name);
/* operators.c: CANDOR_NOT_FOUND: there was never one of that name here. */
CANDOR_MUST_USE enum candor_status operator_must_be_known(struct job *job, struct txn *txn,
                                                          struct str name);
struct str operator_key_path(struct job *job, const struct candor *candor, struct str name);
CANDOR_MUST_USE enum candor_status operator_write(struct job *job, struct txn *txn,
                                                  const struct operator* operator);
/* "marketer,approver" as a mask, and back. CANDOR_BAD_INPUT. */
CANDOR_MUST_USE enum candor_status roles_read(struct job *job, const char *text, unsigned *roles);
bool operator_is_over(const struct job *job, const struct operator* operator);
/* How the ledger names somebody. */
CANDOR_MUST_USE enum candor_status operator_tag(struct job *job, const struct candor *candor,
                                                struct str name, uint8_t tag[16]);
CANDOR_MUST_USE enum candor_status operator_must_not_be_over(struct job *job,
                                                             const struct operator* operator);
/* Let what was read of an operator live as long as the home is open. */
void operator_keep(struct candor *candor, struct operator* operator);
/* Their signing key, from its file. CANDOR_NOT_FOUND, CANDOR_FORBIDDEN: not the one on record. */
CANDOR_MUST_USE enum candor_status operator_signer(struct job *job, struct arena *arena,
                                                   const struct candor *candor,
                                                   const struct operator* operator,
                                                   const struct signer ** signer);
/* operators.c: name, roles, end and training, as members. */
void operator_members(struct job *job, struct json *json, const struct candor *candor,
                      const struct operator* operator);
void roles_json(struct json *json, unsigned roles);
struct str roles_text(struct arena *arena, unsigned roles);

/* ---- apikey.c ------------------------------------------------------------------------------ */

/* How scores are told. The order is that of the record. */
enum score_detail {
    SCORES_DECIMALS, /* two of them */
    SCORES_EXACT,
    SCORES_BANDS, /* the middle of a tenth */
    SCORES_NONE,
    SCORE_DETAILS,
};
const char *score_detail_name(enum score_detail detail); /* "decimals" */

struct api_key {
    struct str name;
    struct digest digest;
    unsigned roles;
    int64_t expires;
    struct str holder;    /* empty: of an earlier version */
    int64_t used;         /* 0: never, as far as is known */
    struct digest former; /* the key before it, which holds as well */
    int64_t former_ends;  /* until then; 0: there is none */
    enum score_detail scores;
    struct operator who; /* the holder; of keyuse.c alone */
    bool is_changed;     /* it was used since it was written; of keyuse.c alone */
};

CANDOR_MUST_USE enum candor_status api_key_read(struct job *job, struct txn *txn, struct str name,
                                                struct api_key *key);
CANDOR_MUST_USE enum candor_status api_key_write(struct job *job, struct txn *txn,
                                                 const struct api_key *key);

/* ---- keyuse.c ------------------------------------------------------------------------------ */

/* When was it used last, in the store or since? 0: never. */
int64_t key_last_used(struct candor *candor, const struct api_key *key);
/* All of them, as they are now. */
CANDOR_MUST_USE enum candor_status keys_read(struct job *job, struct candor *candor);
/* Was one used since that was put down? Then put it down in the transaction; they are down after its
 * commit. keys_read comes before. */
bool keys_were_used(struct candor *candor);
CANDOR_MUST_USE enum candor_status keys_put_down(struct job *job, struct candor *candor,
                                                 struct txn *txn);
void keys_are_down(struct candor *candor);

/* ---- caller.c, keyuse.c -------------------------------------------------------------------- */

bool act_read(const char *text, enum act *act);
/* An operator's roles, end or courses are other ones now: whoever is inside, or holds keys. */
void operator_changed(struct candor *candor, const struct operator* now);
/*
 * Whose key is this, and with which roles: those of the key, as far as the holder has them; an owner's
 * key may have any. A key without a holder, of an earlier version, is the opener's. *name is the key's
 * own.
 *
 * CANDOR_NOT_FOUND, CANDOR_FORBIDDEN as of candor_key_use
 */
CANDOR_MUST_USE enum candor_status key_holder(struct job *job, struct candor *candor,
                                              const char *text, const char *act,
                                              struct operator* holder, struct str *name);

/* ---- second.c ------------------------------------------------------------------------------ */

/*
 * Does candor.yaml want two people behind this act? If so, another operator must have signed exactly
 * this one (parts: all that it depends on). Then their signature is used up in the open transaction,
 * with the act itself. If not yet, the wish is put down for them to see, and the act is refused.
 * Call it before anything is changed.
 *
 * CANDOR_REFUSED  a second operator has to sign first; the message has the number
 */
CANDOR_MUST_USE enum candor_status second_require(struct job *job, struct candor *candor,
                                                  enum guarded guarded, const struct str *part,
                                                  size_t part_count);

/* ---- access.c ------------------------------------------------------------------------------ */

/* Is it a person who asks? Whoever has the machine's role alone looks at nobody. */
bool caller_is_human(const struct candor *candor);
/* Has whoever is about to look said why, where candor.yaml wants it? CANDOR_REFUSED. */
CANDOR_MUST_USE enum candor_status access_may(struct job *job, const struct candor *candor);
/* Put down a look at a subject, in the transaction whose entry it is. what: "subject.show". */
CANDOR_MUST_USE enum candor_status access_note(struct job *job, struct candor *candor,
                                               struct txn *txn, struct subject subject,
                                               struct lit what, uint64_t index);
/* Is this a reason that can be kept? NULL is none. CANDOR_BAD_INPUT: too long. */
CANDOR_MUST_USE enum candor_status because_check(struct job *job, const char *why);
/* "accesses": who looked, for the subject. */
CANDOR_MUST_USE enum candor_status accesses_json(struct job *job, struct txn *txn,
                                                 struct subject subject, struct json *json);

#endif
