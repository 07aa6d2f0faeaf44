/*
 * witness.h - the second door of the ledger room: others who watch that a ledger only grows.
 *
 *   vkey.c      verifier keys of ledgers and of witnesses, as one line of text
 *   cosign.c    cosignatures: made, and found in a note (C2SP tlog-cosignature)
 *   witness.c   what is sent to a witness, and what a witness makes of it (C2SP tlog-witness)
 *   tile.c      the tree and its entries in pieces that never change (C2SP tlog-tiles)
 *   known.c     a checkpoint that was kept elsewhere, held against what stands here
 *
 * A witness keeps of each ledger the one checkpoint that it cosigned last. It signs a next one only
 * with a proof that the next one continues it. So whoever asks for a witness's signature beside the
 * ledger's knows that everybody is shown the same ledger, and that it was never put back.
 */
#ifndef CANDOR_LEDGER_WITNESS_H
#define CANDOR_LEDGER_WITNESS_H

#include "ledger.h"

/* ---- vkey.c -------------------------------------------------------------------------------- */

/* As verifier_key_text and _read, for a witness: base64(0x04 || key). CANDOR_BAD_INPUT. */
struct str witness_key_text(struct arena *arena, struct str name, const uint8_t public_key[32]);
CANDOR_MUST_USE enum candor_status witness_key_read(struct job *job, struct str text,
                                                    struct str *name, uint8_t public_key[32]);

/* ---- cosign.c ------------------------------------------------------------------------------ */

/* A witness as others know it. */
struct cosigner {
    struct str name;
    uint8_t public_key[PUBLIC_KEY_LEN];
};

/* A signature line with its newline, over the text of a note that has been read. time_s is above 0:
 * seconds since 1970. CANDOR_CORRUPT: it is no note. */
CANDOR_MUST_USE enum candor_status cosign(struct job *job, struct str note,
                                          const struct cosigner *cosigner,
                                          const struct signer *signer, int64_t time_s,
                                          struct str *line);

/*
 * A cosigner's line in a note, with its newline, and its time.
 *
 * CANDOR_CORRUPT  no note; no line by the cosigner; one that does not hold
 */
CANDOR_MUST_USE enum candor_status cosignature_find(struct job *job, struct str note,
                                                    const struct cosigner *cosigner,
                                                    struct str *line, int64_t *time_s);

/* The note with the ledger's own signature and no other. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status note_alone(struct job *job, struct str note, struct str origin,
                                              const uint8_t public_key[PUBLIC_KEY_LEN],
                                              struct str *alone);
/* The note with one more signature line, in the place of an earlier one of the same signer.
 * CANDOR_CORRUPT: it is no note. */
CANDOR_MUST_USE enum candor_status note_with_line(struct job *job, struct str note, struct str line,
                                                  struct str *with);
/* How many lines of signatures a note has, whoever made them; 0: it is no note. */
size_t note_signature_count(struct str note);
/* Every signature must be by the ledger or by one of these, and hold. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status note_signers_check(struct job *job, struct str note,
                                                      struct str origin,
                                                      const uint8_t public_key[PUBLIC_KEY_LEN],
                                                      const struct cosigner *cosigner,
                                                      size_t cosigner_count);

/* ---- witness.c ----------------------------------------------------------------------------- */

#define WITNESS_HASHES_MAX 63
#define WITNESS_REQUEST_LEN_MAX ((size_t)64 << 10)

/* The body of POST add-checkpoint. */
struct witness_request {
    uint64_t old_size; /* what the one who asks believes to be cosigned already; 0: nothing */
    struct proof proof;
    struct str note;
};

struct str witness_request_text(struct job *job, const struct witness_request *request);
/* CANDOR_BAD_INPUT: not of that form. The note is not looked into. */
CANDOR_MUST_USE enum candor_status witness_request_read(struct job *job, struct str text,
                                                        struct witness_request *request);
/* The first line of a note, which names the ledger. CANDOR_BAD_INPUT: there is none. */
CANDOR_MUST_USE enum candor_status note_origin(struct job *job, struct str note,
                                               struct str *origin);

/* A ledger as its witness knows it. */
struct witnessed {
    struct str origin;
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint64_t size; /* cosigned last; 0: nothing yet */
    struct digest root;
};

/* The numbers are the HTTP codes of tlog-witness. */
enum witness_verdict {
    WITNESS_COSIGNS = 200,
    WITNESS_MALFORMED = 400,    /* no checkpoint, or an old size above the new one */
    WITNESS_DISTRUSTS = 403,    /* not signed by the ledger's key */
    WITNESS_KNOWS_NOT = 404,    /* another ledger */
    WITNESS_IS_ELSEWHERE = 409, /* cosigned another size last: the answer is that size */
    WITNESS_REFUTES = 422,      /* the proof does not show that it continues the cosigned one */
};

/*
 * What a witness who knows the ledger as `known` answers. checkpoint holds after WITNESS_COSIGNS and
 * whenever the ledger's own signature held (*is_signed): then a refuted one is proof that its
 * ledger shows different things to different people. why is a sentence for the log.
 */
enum witness_verdict witness_judge(struct job *job, const struct witnessed *known,
                                   const struct witness_request *request,
                                   struct checkpoint *checkpoint, bool *is_signed, struct str *why);

/* ---- tile.c -------------------------------------------------------------------------------- */

#define TILE_WIDTH 256
#define TILE_LEVELS (MERKLE_HEIGHT_MAX / 8)

/* A piece of the tree, or with is_entries of the leaves themselves. */
struct tile {
    bool is_entries;
    unsigned level; /* its hashes are those of subtrees of 256^level leaves */
    uint64_t number;
    size_t width; /* 1 .. TILE_WIDTH */
};

/* "tile/0/x001/067.p/8". */
struct str tile_path(struct arena *arena, const struct tile *tile);
/* The part after "tile/". False: not in the one form that a tile has. */
bool tile_read(struct str path, struct tile *tile);
/* CANDOR_NOT_FOUND: the ledger of this size has no such tile. */
CANDOR_MUST_USE enum candor_status tile_bytes(struct job *job, struct store *store, uint64_t size,
                                              const struct tile *tile, struct bytes *bytes);

/* ---- known.c ------------------------------------------------------------------------------- */

/*
 * Hold a checkpoint of this ledger that was kept elsewhere against the shelves. known_size is that
 * of the checkpoint.
 *
 * CANDOR_CORRUPT  it is not signed by the ledger's key; it is over more entries than there are (the
 *                 ledger was rolled back); its root is not that of the first entries here (the
 *                 ledger was forked)
 */
CANDOR_MUST_USE enum candor_status known_check(struct job *job, struct store *store,
                                               struct str origin,
                                               const uint8_t public_key[PUBLIC_KEY_LEN],
                                               struct str note, uint64_t *known_size);

/* A proof file for an entry against a checkpoint of this ledger, cosigned or not, that known_check
 * has passed. CANDOR_BAD_INPUT: the entry is not below it. */
CANDOR_MUST_USE enum candor_status known_prove(struct job *job, struct store *store, uint64_t index,
                                               uint64_t known_size, struct str note,
                                               struct str *proof_file);

#endif
