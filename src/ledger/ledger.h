/*
 * ledger.h - the door of the ledger room: what was done, kept so that nobody can undo it quietly.
 *
 *   merkle.c      the shape: many leaves hashed into one root (RFC 6962 / RFC 9162, section 2.1)
 *   proof.c       inclusion and consistency, made and checked
 *   leaf.c        the deterministic bytes of one entry: salted commitments, no personal data
 *   note.c        signed notes: a text, and the lines of those who signed it
 *   checkpoint.c  signed tree heads in the C2SP text format
 *   prooffile.c   what shows one entry offline, in the C2SP text format
 *   nodes.c       the hashes of complete subtrees, from the store's shelves
 *   book.c        entries written in the same transaction as the change they record
 *   verify.c      reading a whole ledger with the public key only
 *   witness.h     the second door: witnesses, cosignatures, tiles
 *
 * The room opens the doors of base, crypto, record and store.
 */
#ifndef CANDOR_LEDGER_H
#define CANDOR_LEDGER_H

#include "base.h"
#include "crypto.h"
#include "store.h"

/* ---- merkle.c ------------------------------------------------------------------------------ */

#define MERKLE_HEIGHT_MAX 48
#define MERKLE_LEAVES_MAX ((UINT64_C(1) << MERKLE_HEIGHT_MAX) - 1) /* 8 years at 1 million/s */

/*
 * A tree reduced to what an append needs: the roots of its complete subtrees, called peaks. There
 * is at most one peak per height, and peak[h] is meaningful exactly when bit h of leaf_count is
 * set. All zero is the empty tree. A plain value of 1.5 kB: copy it freely, release nothing.
 */
struct merkle {
    uint64_t leaf_count;                   /* 0 .. MERKLE_LEAVES_MAX */
    struct digest peak[MERKLE_HEIGHT_MAX]; /* peak[h] covers 2^h leaves */
};

/* The leaf of one entry: SHA-256(0x00 || entry). RFC 9162, section 2.1.1. */
struct digest merkle_leaf(struct bytes entry);
/* A node: SHA-256(0x01 || left || right). */
struct digest merkle_join(struct digest left, struct digest right);

/*
 * Append one leaf. On failure the tree is as it was. completed, when not NULL, is told of every
 * subtree that became complete, the leaf itself (level 0) first.
 *
 * CANDOR_TOO_LARGE  the tree already holds MERKLE_LEAVES_MAX leaves
 */
CANDOR_MUST_USE enum candor_status merkle_append(
    struct merkle *tree, struct digest leaf,
    void (*completed)(void *self, unsigned level, uint64_t index, struct digest hash), void *self);

/* The root over all leaves; over none, SHA-256 of the empty string. RFC 9162, section 2.1.1. */
struct digest merkle_root(const struct merkle *tree);

/* ---- proof.c ------------------------------------------------------------------------------- */

#define PROOF_HASHES_MAX 96 /* twice MERKLE_HEIGHT_MAX */

struct proof {
    size_t count;
    struct digest hash[PROOF_HASHES_MAX];
};

/* Where the hash of a complete subtree is fetched: the store's nodes, or a test's array. */
struct node_source {
    void *self;
    enum candor_status (*node)(struct job *job, void *self, unsigned level, uint64_t index,
                               struct digest *hash);
};

/* CANDOR_BAD_INPUT: index >= size, or first > second; otherwise what the source returns. */
CANDOR_MUST_USE enum candor_status proof_inclusion(struct job *job, const struct node_source *from,
                                                   uint64_t index, uint64_t size,
                                                   struct proof *proof);
CANDOR_MUST_USE enum candor_status proof_consistency(struct job *job,
                                                     const struct node_source *from, uint64_t first,
                                                     uint64_t second, struct proof *proof);
bool proof_shows_inclusion(const struct proof *proof, struct digest leaf, uint64_t index,
                           uint64_t size, struct digest root);
bool proof_shows_consistency(const struct proof *proof, uint64_t first, struct digest first_root,
                             uint64_t second, struct digest second_root);

/* ---- leaf.c -------------------------------------------------------------------------------- */

/* What was done. The numbers are part of the format and never reused. */
enum ledger_action {
    LEDGER_HOME_CREATED = 1,
    LEDGER_CONSENT_GIVEN = 10,
    LEDGER_CONSENT_REFUSED = 11,
    LEDGER_CONSENT_WITHDRAWN = 12,
    LEDGER_OBJECT = 13,
    LEDGER_RESTRICT = 14,
    LEDGER_CONSENT_REQUESTED = 15,
    LEDGER_CONSENT_DEFERRED = 16,
    LEDGER_CONSENT_REVOKED = 17,
    LEDGER_CONSENT_INVALIDATED = 18,
    LEDGER_IMPORT = 20,
    LEDGER_READ = 30,
    LEDGER_EXPORT = 31,
    LEDGER_CORRECT = 32,
    LEDGER_ERASE = 33,
    LEDGER_ERASED_KEY = 34,
    LEDGER_DECIDE = 40,
    LEDGER_PLAN = 41,
    LEDGER_APPROVE = 42,
    LEDGER_SEND = 43,
    LEDGER_CONTACT = 44,
    LEDGER_RESULTS = 45,
    LEDGER_MODEL_TRAIN = 50,
    LEDGER_MODEL_PUBLISH = 51,
    LEDGER_MODEL_RETIRE = 52,
    LEDGER_MODEL_EXPORT = 53, /* a model left the home as a file */
    LEDGER_POLICY_CHANGE = 60,
    LEDGER_ROLE_CHANGE = 61,
    LEDGER_KEY_ROTATE = 62,
    LEDGER_AUDIT = 63,
    LEDGER_ALARM = 64,            /* a monitor: the world is not as it was */
    LEDGER_RESTORED = 70,         /* the data were put back from a copy */
    LEDGER_OPERATOR = 71,         /* an operator's roles, end or training */
    LEDGER_SECOND_SIGNATURE = 72, /* an act that needs two people */
    LEDGER_INCIDENT = 80,
    LEDGER_INCIDENT_NOTIFIED = 81,
    LEDGER_AUTOMATION = 100, /* whether a machine may decide alone */
    LEDGER_LIMIT = 101,      /* whether sensitive data may be used */
    LEDGER_REQUEST = 102,    /* a rights request came */
    LEDGER_REQUEST_STEP = 103,
    LEDGER_REQUEST_EXTENDED = 104,
    LEDGER_REQUEST_FULFILLED = 105,
    LEDGER_REQUEST_REFUSED = 106,
    LEDGER_REQUEST_CANCELLED = 107,
    LEDGER_REQUEST_ESCALATED = 108,
    LEDGER_SUPPRESS = 109, /* a mark that somebody must not come back */
    LEDGER_REVIEW = 110,   /* a person decided */
    LEDGER_EXPLAIN = 111,  /* a past decision was computed again */
    LEDGER_FEEDBACK =
        112,             /* a subject said what they think of a decision: object is the decision */
    LEDGER_WISHES = 113, /* a subject chose when, how often and about what they are written to */
    LEDGER_DISCLOSE = 140, /* data of a subject went to a recipient: object is the export */
    LEDGER_SHARE = 141,    /* an export as a whole */
    LEDGER_RECALL = 142,   /* a recipient has to be told */
    LEDGER_RECALL_ACKNOWLEDGED = 143,
    LEDGER_TRACE = 144,        /* whose copy a file is was asked */
    LEDGER_MESSAGE = 145,      /* a message to another system: done, failed, tried again, dropped */
    LEDGER_LOGIN = 200,        /* an operator came in */
    LEDGER_LOGIN_FAILED = 201, /* too often: object is the name's tag */
    LEDGER_SESSION_ENDED = 202,
    LEDGER_SESSIONS_SEEN = 203, /* when sessions and keys were last used was put down */
    LEDGER_CREDENTIAL = 204,    /* an operator's password or second factor changed */
    LEDGER_INVITE = 205,        /* a link for an operator was made */
    LEDGER_SUBJECT_LINK = 206,  /* a link for a subject was made */
    LEDGER_SUBJECT_ENTER = 207, /* a subject came in with one */
    LEDGER_QUALITY = 160,       /* how good data is was measured */
    LEDGER_REPAIR = 161,        /* a row in quarantine was changed or dropped */
    LEDGER_RETENTION = 162,     /* what was past its time was deleted: of a subject, or the run */
    LEDGER_HOLD_PLACED = 163,
    LEDGER_HOLD_LIFTED = 164,
    /* Reviews of models, campaigns, policies, notices: object is the review, policy the digest. */
    LEDGER_BOARD_PROPOSED = 180,
    LEDGER_BOARD_VOTE = 181,
    LEDGER_BOARD_RECUSED = 182, /* a conflict of interest was declared */
    LEDGER_BOARD_OPINION = 183, /* the data protection officer's */
    LEDGER_BOARD_CHAIR = 184,   /* the vote was closed, or a reason written against an objection */
    LEDGER_BOARD_WITHDRAWN = 185,
    LEDGER_BOARD_STATE = 186, /* the review stands elsewhere: approved, void, lapsed ... */
    /* Content: object begins its digest, policy is it. */
    LEDGER_CONTENT_SUBMITTED = 187,
    LEDGER_CONTENT_APPROVAL = 188, /* a signed approval of these bytes was written */
    LEDGER_CONTENT_DEPLOYED = 189,
    LEDGER_CONTENT_RETIRED = 191,
    LEDGER_CHAT_ASKED = 192, /* a language model of others is asked, or not: object is the chat */
    LEDGER_CHAT_ANSWERED = 193,     /* what came of it */
    LEDGER_CONTENT_GENERATED = 194, /* copy was written from a brief: policy is its digest */
    LEDGER_REPORT = 190,            /* a report was made: the payload is its digest */
};

enum ledger_outcome { OUTCOME_ALLOW = 1, OUTCOME_DENY = 2, OUTCOME_DONE = 3, OUTCOME_FAILED = 4 };

const char *ledger_action_name(enum ledger_action action); /* "consent.withdrawn" */

/*
 * One entry. Everything but the action is optional. Nothing here may be personal: the subject is
 * present only as an unlinkable tag, the payload only as a commitment salted with 32 random bytes.
 * Layout: reference consent-rights section 5.2; the file's top comment has it byte by byte.
 */
struct ledger_entry {
    enum ledger_action action;
    enum ledger_outcome outcome;
    const struct secret *subject_key; /* NULL: about nobody. tag = BLAKE2b-128(key, u64be index) */
    bool has_payload;
    struct bytes payload; /* committed to, not stored: the caller keeps payload and salt, sealed */
    uint8_t salt[32];     /* out: the commitment's randomness, drawn by ledger_append */
    bool has_actor;
    uint8_t actor[16]; /* tag of the operator or API key; or a system part's public name */
    bool has_policy;
    struct digest policy; /* rules, model or notice in force */
    bool has_object;
    uint8_t object[16]; /* random id of the decision, campaign, request, certificate */
};

#define LEAF_KIND_ENTRY 1 /* the only kind so far */

/* A leaf as read back. */
struct ledger_leaf {
    uint8_t kind;
    int64_t time; /* microseconds UTC, whole milliseconds */
    uint16_t writer;
    enum ledger_action action;
    enum ledger_outcome outcome; /* 0: none */
    bool has_subject_tag, has_commitment, has_actor, has_policy, has_object, has_prev;
    uint8_t subject_tag[16];
    uint8_t commitment[32];
    uint8_t actor[16];
    struct digest policy;
    uint8_t object[16];
    uint64_t prev;
};

#define LEAF_LEN_MAX 164 /* the head and one of each field */

/* The bytes of a leaf; returns their number. kind is LEAF_KIND_ENTRY, the time is not before 1970. */
size_t leaf_write(const struct ledger_leaf *leaf, uint8_t target[LEAF_LEN_MAX]);
/* Refuses anything that leaf_write would not have written, byte for byte. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status leaf_read(struct job *job, struct bytes bytes,
                                             struct ledger_leaf *leaf);

/* ---- checkpoint.c -------------------------------------------------------------------------- */

#define ORIGIN_LEN_MAX 128

struct checkpoint {
    struct str origin;
    uint64_t size;
    struct digest root;
};

/* Whether a text can be an origin: not empty, UTF-8, no spaces, no plus. */
bool note_name_is_allowed(struct str name);

/* C2SP tlog-checkpoint, signed note, Ed25519. The text, in the job's arena. */
struct str checkpoint_sign(struct job *job, const struct checkpoint *checkpoint,
                           const struct signer *signer);
/* CANDOR_CORRUPT: malformed, another origin, no signature by the key, a bad signature by it. */
CANDOR_MUST_USE enum candor_status checkpoint_read(struct job *job, struct str text,
                                                   struct str origin, const uint8_t public_key[32],
                                                   struct checkpoint *checkpoint);
/* The verifier key text: name+hex id+base64(0x01 || key). CANDOR_BAD_INPUT: not of that form. */
struct str verifier_key_text(struct arena *arena, struct str name, const uint8_t public_key[32]);
CANDOR_MUST_USE enum candor_status verifier_key_read(struct job *job, struct str text,
                                                     struct str *name, uint8_t public_key[32]);

/* A proof file (C2SP tlog-proof): index, hashes, checkpoint. CANDOR_BAD_INPUT: not of that form;
 * the checkpoint is not looked into. */
struct str proof_file_text(struct job *job, uint64_t index, const struct proof *proof,
                           struct str checkpoint);
CANDOR_MUST_USE enum candor_status proof_file_read(struct job *job, struct str text,
                                                   uint64_t *index, struct proof *proof,
                                                   struct str *checkpoint);

/* ---- nodes.c ------------------------------------------------------------------------------- */

/* The complete subtrees of a store's ledger. CANDOR_NOT_FOUND: one that is not complete yet. */
struct node_source nodes_of(struct store *store);

/*
 * The tree over the first leaf_count leaves, from its peaks.
 *
 * CANDOR_CORRUPT  a peak is missing from the shelves
 */
CANDOR_MUST_USE enum candor_status nodes_tree(struct job *job, struct store *store,
                                              uint64_t leaf_count, struct merkle *tree);

/* ---- book.c -------------------------------------------------------------------------------- */

struct ledger;

/*
 * Open the book over the store's shelves. The right edge is computed again and compared with the
 * last checkpoint. The book lives as long as owner; store and signer must live as long. All calls
 * are safe from any thread; a transaction's appends and commit come from the job that began it.
 *
 * CANDOR_BAD_INPUT  the origin is too long or has spaces or a plus
 * CANDOR_CORRUPT    the shelves and the last checkpoint disagree
 */
CANDOR_MUST_USE enum candor_status ledger_open(struct job *job, struct arena *owner,
                                               struct store *store, const struct signer *signer,
                                               struct str origin, struct ledger **ledger);

/*
 * Write one entry inside the transaction: its leaf and the nodes it completes. The index is final
 * once ledger_commit returns. Fills entry->salt when there is a payload.
 *
 * CANDOR_BAD_INPUT  the job's clock is before 1970
 * CANDOR_CORRUPT    the shelves were changed by something else than this book, or an append of
 *                   this transaction failed before: it can only be rolled back
 * CANDOR_TOO_LARGE  the ledger is full
 * CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status ledger_append(struct job *job, struct ledger *ledger,
                                                 struct txn *txn, struct ledger_entry *entry,
                                                 uint64_t *index);

/* Sign a checkpoint over all entries of the transaction and commit it: one signature and one sync
 * for the whole group. On failure the book is as it was before the transaction. A transaction that
 * is rolled back need not be told: the book notices when the next one appends or commits. */
CANDOR_MUST_USE enum candor_status ledger_commit(struct job *job, struct ledger *ledger,
                                                 struct txn *txn);

uint64_t ledger_size(const struct ledger *ledger); /* committed entries */
/* The latest checkpoint; of an empty ledger, a signed one of size 0. */
CANDOR_MUST_USE enum candor_status ledger_checkpoint(struct job *job, struct ledger *ledger,
                                                     struct str *text);
/* A proof file for one committed entry against the latest checkpoint. CANDOR_BAD_INPUT: there is no
 * such entry, or (below) no such sizes. */
CANDOR_MUST_USE enum candor_status ledger_prove(struct job *job, struct ledger *ledger,
                                                uint64_t index, struct str *proof_file);
CANDOR_MUST_USE enum candor_status ledger_prove_consistency(struct job *job, struct ledger *ledger,
                                                            uint64_t first, uint64_t second,
                                                            struct proof *proof);

/* ---- verify.c ------------------------------------------------------------------------------ */

struct ledger_report {
    uint64_t entries;
    uint64_t checkpoints;
    uint64_t first_bad; /* index of the first leaf that is wrong; UINT64_MAX: it cannot be told */
    struct str finding; /* empty: all is as signed */
    struct digest root;
};

/*
 * Read the whole ledger: every leaf is well formed and in its place, the stored nodes are those of
 * the leaves, every kept checkpoint is signed by the key and is the root of its prefix. known, when
 * not empty, is a checkpoint that the verifier kept: the ledger must contain its prefix, else it
 * was rolled back or rewritten. A finding is an answer, not a failure.
 */
CANDOR_MUST_USE enum candor_status ledger_verify(struct job *job, struct store *store,
                                                 struct str origin, const uint8_t public_key[32],
                                                 struct str known, struct ledger_report *report);

/* A proof file against a leaf's bytes, offline, with nothing but the public key. CANDOR_BAD_INPUT:
 * it is no proof file; CANDOR_CORRUPT: it does not show that this entry is in that ledger. */
CANDOR_MUST_USE enum candor_status proof_file_verify(struct job *job, struct str proof_file,
                                                     struct bytes leaf, struct str origin,
                                                     const uint8_t public_key[32]);

#endif
