/*
 * crypto.h - the door of the crypto room: the only room that knows libsodium
 * and GnuTLS.
 *
 *   crypto.c    starting; SHA-256, keyed BLAKE2b, tokens
 *   secret.c    32-byte keys in guarded memory
 *   entropy.c   cheap randomness: the host's entropy, drawn in larger pieces
 *   password.c  passwords, by Argon2id
 *   otp.c       one-time codes of a second factor, by TOTP
 *   seal.c      values that only their key and their place open
 *   sign.c      Ed25519, and the key ids of signed notes
 *   keyfile.c   keys on disk; rootfile.c, a root slot in a file
 *   keytree.c   a block of 256 wrapped keys; keyring.c, looking up in the tree of them
 *   keystate.c  opening a ring, and making sure of what stands after a crash
 *   keychange.c adding, erasing and rotating: every change is whole or not at all; keywalk.c
 *
 * Nothing here invents a primitive. Keys never leave the room except as struct secret, whose bytes
 * only this room can see.
 *
 * The room opens base.
 */
#ifndef CANDOR_CRYPTO_H
#define CANDOR_CRYPTO_H

#include "base.h"

/* ---- crypto.c ------------------------------------------------------------------------------ */

/*
 * Once, before anything else here and before threads. No core files and no debugger attached to
 * this process from now on (PR_SET_DUMPABLE 0, RLIMIT_CORE 0), unless built with a sanitizer,
 * which needs them.
 *
 * CANDOR_IO  the library or the operating system refused
 */
CANDOR_MUST_USE enum candor_status crypto_start(struct job *job);

/* A SHA-256 hash. FIPS 180-4. */
struct digest {
    uint8_t byte[32];
};

/* The hash of the parts laid end to end. No parts: the hash of the empty string. */
struct digest digest_of(const struct bytes *part, size_t part_count);
struct digest digest_of_bytes(struct bytes bytes);

/* Whether two public hashes are the same. For hashes of secrets, use digest_equal_secret. */
bool digest_equal(struct digest left, struct digest right);
bool digest_equal_secret(struct digest left, struct digest right); /* in constant time */

/* The same hash of bytes that come piece by piece. A plain value; digest_end makes it unusable. */
struct digest_stream {
    uint64_t opaque[14];
};
struct digest_stream digest_begin(void);
void digest_add(struct digest_stream *stream, struct bytes bytes);
struct digest digest_end(struct digest_stream *stream);

struct secret;

#define TAG_LEN_MIN 16
#define TAG_LEN_MAX 64

/* BLAKE2b (RFC 7693) of the parts laid end to end, keyed; out_len 16 .. 64 is part of the hash, so
 * that a short tag is not the start of a long one. */
void tag_of(uint8_t *out, size_t out_len, const struct secret *key, const struct bytes *part,
            size_t part_count);

/* HMAC-SHA-256 (RFC 2104), for others who hold the same secret and know no BLAKE2b. */
void hmac_of(uint8_t mac[32], const struct secret *key, const struct bytes *part,
             size_t part_count);

/* What the ledger keeps of a payload: BLAKE2b-256 keyed by r, 32 random bytes that are kept only
 * inside the sealed payload. Once r is gone the commitment says nothing about the payload. */
struct digest commitment_of(const uint8_t r[32], struct bytes payload);

/* What is kept of an API key, which is at least 128 random bits: its BLAKE2b-256 under a fixed
 * public key, so that it is no other hash of ours. Compare with digest_equal_secret. */
struct digest token_digest(struct bytes token);

/* ---- secret.c ------------------------------------------------------------------------------ */

/*
 * 32 bytes in memory that is locked, left out of core files, between guard pages, and wiped when
 * its owner ends. Making one costs well under a microsecond. Safe from several threads, as long as
 * each secret is written by one.
 */
#define SECRET_LEN 32

struct secret *secret_begin(struct arena *owner); /* all zero; stops the process without memory */

/* CANDOR_IO: the host had no entropy; the secret is as it was. */
CANDOR_MUST_USE enum candor_status secret_random(struct job *job, struct secret *secret);

/* A sub-key: crypto_kdf (BLAKE2b) with the 8 characters of context and a number. The parent cannot
 * be found from the child. child and parent may be the same. */
void secret_derive(struct secret *child, const struct secret *parent, const char context[8],
                   uint64_t number);

bool secret_equal(const struct secret *left, const struct secret *right); /* in constant time */
void secret_copy(struct secret *target, const struct secret *source);
void secret_wipe(struct secret *secret); /* all zero, before its owner ends */

/* As text, base64, for the one with whom it is shared by its very purpose. */
struct str secret_to_share(struct arena *arena, const struct secret *secret);
/* Move 32 bytes in from a file or a form; the source is wiped. */
void secret_copy_from(struct secret *secret, uint8_t source[SECRET_LEN]);

/* ---- entropy.c ----------------------------------------------------------------------------- */

/*
 * Random bytes for nonces, salts and identifiers: the host's entropy, drawn in pieces of some
 * kilobytes when the host is the real one, wiped as it is used, never shared with a forked child.
 * Safe from several threads.
 *
 * CANDOR_IO  the host had no entropy
 */
CANDOR_MUST_USE enum candor_status entropy_draw(struct job *job, void *target, size_t len);

/* ---- password.c ---------------------------------------------------------------------------- */

#define PASSWORD_LEN_MAX 256
#define PASSWORD_SALT_LEN 16
#define PASSWORD_HASH_LEN 32
#define PASSWORD_PASSES_MIN 1
#define PASSWORD_PASSES_MAX 16
#define PASSWORD_KIB_MIN 8
#define PASSWORD_KIB_MAX (1U << 20)

/* Of Argon2id: how often the memory is walked, and how much of it there is. */
struct password_cost {
    uint32_t passes;
    uint32_t kib;
};

/* Takes as long as the cost says: never under a lock. CANDOR_NO_MEMORY. */
CANDOR_MUST_USE enum candor_status password_hash(struct job *job, struct str password,
                                                 const uint8_t salt[PASSWORD_SALT_LEN],
                                                 struct password_cost cost,
                                                 uint8_t hash[PASSWORD_HASH_LEN]);
/* How many were computed in this process: the same for a name that is known and one that is not. */
uint64_t password_hash_count(void);

bool bytes_equal_secret(const uint8_t *left, const uint8_t *right, size_t len); /* constant time */
void bytes_wipe(void *bytes, size_t len);

/* ---- otp.c --------------------------------------------------------------------------------- */

#define OTP_KEY_LEN 20
#define OTP_DIGITS 6

enum otp_hash { OTP_SHA1, OTP_SHA256 };

/* HOTP, RFC 4226: 6 to 8 digits. The key is at most 64 bytes. */
uint32_t otp_code(enum otp_hash hash, struct bytes key, uint64_t counter, unsigned digits);
/* RFC 6238: which step of 30 seconds an instant is in. */
uint64_t otp_step(int64_t now);
/*
 * The step whose six digits (SHA-1) these are: of now, or one before or after, for clocks that differ;
 * only above last, the step of the code that was taken last, so that none is taken twice. 0: none.
 */
uint64_t otp_accept(struct bytes key, uint32_t code, int64_t now, uint64_t last);

/* ---- seal.c -------------------------------------------------------------------------------- */

#define SEAL_PLAIN_MAX ((size_t)1 << 30) /* 1 GiB in one value */
#define SEAL_AD_MAX ((size_t)1 << 10)    /* associated data is made of names and numbers of ours */

/* The exact length of a sealed value. It shows the plain length only in steps of 32 bytes. */
size_t seal_len(size_t plain_len);

/*
 * Seal a value with XChaCha20-Poly1305 under a fresh random nonce. It opens only under the same key
 * and with the same associated data (table, column, row, subject, purposes), so that it cannot be
 * moved. generation says which key it was; it is bound too. sealed is in the job's arena.
 *
 *     version u8 = 1 | algorithm u8 = 1 | generation u32le | nonce 24 | ciphertext | tag 16
 *
 * CANDOR_TOO_LARGE  more than SEAL_PLAIN_MAX; ad longer than SEAL_AD_MAX is a bug of ours
 * CANDOR_IO, CANDOR_NO_MEMORY
 */
CANDOR_MUST_USE enum candor_status seal(struct job *job, const struct secret *key,
                                        uint32_t generation, struct bytes ad, struct bytes plain,
                                        struct bytes *sealed);

/*
 * The value, in the job's arena, which is wiped when the job ends.
 *
 * CANDOR_CORRUPT  changed, cut, moved (other associated data) or sealed under another key
 * CANDOR_NO_MEMORY
 */
CANDOR_MUST_USE enum candor_status seal_open(struct job *job, const struct secret *key,
                                             struct bytes ad, struct bytes sealed,
                                             struct bytes *plain);

/* Which key to open it with. Not to be believed until it has opened. False: not a sealed value. */
bool seal_generation(struct bytes sealed, uint32_t *generation);

/* ---- sign.c -------------------------------------------------------------------------------- */

#define PUBLIC_KEY_LEN 32
#define SIGNATURE_LEN 64

struct signer; /* an Ed25519 key pair (RFC 8032); the seed stays in a secret */

struct signer *signer_make(struct arena *owner, const struct secret *seed); /* the seed is copied */
void signer_public(const struct signer *signer, uint8_t public_key[PUBLIC_KEY_LEN]);
void signer_sign(const struct signer *signer, struct bytes message,
                 uint8_t signature[SIGNATURE_LEN]);
bool signature_holds(const uint8_t public_key[PUBLIC_KEY_LEN], struct bytes message,
                     const uint8_t signature[SIGNATURE_LEN]);

enum note_algorithm { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

/* C2SP signed-note: the first 4 bytes of SHA-256(name || 0x0A || algorithm || public key). */
void note_key_id(uint8_t id[4], struct str name, enum note_algorithm algorithm,
                 const uint8_t public_key[PUBLIC_KEY_LEN]);

/* ---- keyfile.c ----------------------------------------------------------------------------- */

/*
 * A fresh random key in a file of its own, readable by its owner only:
 *
 *     candor-key-v1 <64 hex digits: the key> <16 hex digits: the check>\n
 *
 * The check tells a damaged file apart from the wrong one.
 *
 * CANDOR_EXISTS  there is a file already; a key is never replaced here
 * CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status secret_file_create(struct job *job, struct str path);

/*
 * CANDOR_NOT_FOUND  no such file
 * CANDOR_FORBIDDEN  others may read it, or it is not a plain file (a link): the message says what
 *                   to do
 * CANDOR_CORRUPT    another length, another format, or the check says it was changed
 * CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status secret_file_read(struct job *job, struct arena *owner,
                                                    struct str path, struct secret **secret);

/* ---- rootfile.c ---------------------------------------------------------------------------- */

/* How sure we are that a replaced root is gone. */
enum root_grade {
    ROOT_GRADE_HARDWARE = 'A', /* a TPM's NV cell or an HSM overwrites it */
    ROOT_GRADE_SERVICE = 'B',  /* a key service says that it destroyed the version */
    ROOT_GRADE_FILE = 'C',     /* overwritten and freed; the disk may keep a copy out of reach */
};

/*
 * The one erasable place that holds a keyring's root: a key and its generation.
 *
 * read     CANDOR_NOT_FOUND: empty; CANDOR_CORRUPT, CANDOR_FORBIDDEN, CANDOR_IO
 * replace  durable when it returns CANDOR_OK, the old content then destroyed as well as the grade
 *          says; after a failure or a crash either the old or the new content stands whole
 */
struct root_slot {
    void *self;
    enum root_grade grade;
    enum candor_status (*read)(struct job *job, void *self, struct secret *key,
                               uint64_t *generation);
    enum candor_status (*replace)(struct job *job, void *self, const struct secret *key,
                                  uint64_t generation);
};

/*
 * A slot in a file of mode 0600, grade C. The path is copied.
 *
 *     candor-root-v1 <64 hex digits: the key> <16 hex digits: generation> <16 hex: the check>\n
 */
struct root_slot root_slot_file(struct arena *owner, struct str path);

/* ---- keyring.c, keystate.c, keychange.c ---------------------------------------------------------------- */

#define KEYRING_SLOTS_MAX ((uint32_t)1 << 24)
#define KEY_LEVEL_TRUNK 3U /* levels 0, 1, 2 are key blocks, 2 the top; 3 is one small record */

/*
 * Where a keyring keeps its blocks: small records (at most KEY_BLOCK_LEN_MAX bytes), each at a
 * (level, index, generation). The store has one over SQLite. Everything in it is wrapped: without
 * the root it says how many keys there are, and which are erased, and nothing else.
 *
 * The ring calls a shelf from whatever thread calls the ring, one at a time, holding the ring's
 * mutex: a shelf must not call the ring, nor wait for one who does. What a call makes in the job's
 * arena is given back before the next one.
 */
#define KEY_BLOCK_LEN_MAX 18560U

struct key_shelf {
    void *self;
    /* The block with the highest generation <= generation_max at (level, index). Absent: CANDOR_OK
     * and block->len 0. The block may be a view that holds until the next call. Inside a change,
     * what the change wrote is seen. */
    enum candor_status (*read)(struct job *job, void *self, unsigned level, uint32_t index,
                               uint64_t generation_max, uint64_t *generation, struct bytes *block);
    /* The rest happen between begin and commit. write replaces a block of the same generation. */
    enum candor_status (*write)(struct job *job, void *self, unsigned level, uint32_t index,
                                uint64_t generation, struct bytes block);
    /* Drop every block, at any level, newer than the generation: an unfinished change. */
    enum candor_status (*drop_after)(struct job *job, void *self, uint64_t generation);
    /* Destroy the blocks at (level, index) older than the generation, overwriting where one can. */
    enum candor_status (*drop_before)(struct job *job, void *self, unsigned level, uint32_t index,
                                      uint64_t generation);
    enum candor_status (*begin)(struct job *job, void *self);
    enum candor_status (*commit)(struct job *job,
                                 void *self); /* durable, or CANDOR_IO and as it was */
    void (*rollback)(void *self);             /* harmless when no change is open */
};

/*
 * A random key for each subject, wrapped in a tree of 256-way blocks under one erasable root, so
 * that erasing a key makes every older copy of the shelf useless for it. One process at a time may
 * have a ring open (whoever opens it holds a lock); inside a process all calls are safe from any
 * thread. After a failure the ring is as it was, unless said otherwise.
 */
struct keyring;

/*
 * A fresh ring without keys, generation 1. The ring lives as long as owner.
 *
 * CANDOR_EXISTS  the slot holds a root already, or the shelf holds keys whose root is missing
 * CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status keyring_create(struct job *job, struct arena *owner,
                                                  const struct root_slot *root,
                                                  const struct key_shelf *shelf,
                                                  struct keyring **keyring);

/*
 * Open a ring, finishing or discarding a change that a crash interrupted. A shelf that does not
 * belong to the root is left as it is.
 *
 * CANDOR_NOT_FOUND  no root: the keys cannot be opened without it
 * CANDOR_CORRUPT    the shelf is damaged, or the root is another or an older one
 * CANDOR_FORBIDDEN, CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status keyring_open(struct job *job, struct arena *owner,
                                                const struct root_slot *root,
                                                const struct key_shelf *shelf,
                                                struct keyring **keyring);

/*
 * Make count keys in consecutive new slots, first_slot the lowest. Slots are never used twice.
 * Durable when it returns.
 *
 * CANDOR_TOO_LARGE  KEYRING_SLOTS_MAX would be passed
 * CANDOR_CORRUPT, CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status keyring_add(struct job *job, struct keyring *keyring,
                                               size_t count, uint32_t *first_slot);

/*
 * A slot's key; it ends with the job's arena.
 *
 * CANDOR_NOT_FOUND  erased, or never made
 * CANDOR_CORRUPT, CANDOR_IO
 */
CANDOR_MUST_USE enum candor_status keyring_key(struct job *job, struct keyring *keyring,
                                               uint32_t slot, struct secret **key);

/* What a certificate says of an erasure or a rotation. The ids reveal nothing of the roots. */
struct key_erasure {
    uint8_t old_root[8];
    uint8_t new_root[8];
    uint64_t generation; /* of the new root */
    enum root_grade grade;
    size_t keys_erased;        /* slots that still had a key */
    size_t blocks_rewritten;   /* under fresh keys */
    bool old_blocks_destroyed; /* false: useless already, dropped by the next call or opening */
};

/*
 * Erase the keys of these slots for good: their entries go, every node on their paths and the root
 * get fresh random keys, the new blocks are made durable, the root is replaced in its slot (from
 * this point the keys are gone), the old blocks are destroyed. Many slots cost one root change.
 * Slots erased before are passed over; when all were, nothing changes and the two roots in facts
 * are the same.
 *
 * CANDOR_NOT_FOUND  a slot was never made; nothing changed
 * CANDOR_IO         either nothing changed or, if the slot's replacing failed late, all did: ask
 *                   again, which settles it
 * CANDOR_CORRUPT, CANDOR_NO_MEMORY
 */
CANDOR_MUST_USE enum candor_status keyring_erase(struct job *job, struct keyring *keyring,
                                                 const uint32_t *slot, size_t count,
                                                 struct key_erasure *facts);

/* A new root and new node keys for the whole tree; the subjects' own keys stay. As keyring_erase. */
CANDOR_MUST_USE enum candor_status keyring_rotate(struct job *job, struct keyring *keyring,
                                                  struct key_erasure *facts);

/* Two secrets of the whole installation, wrapped under the root like all else and the same through
 * its changes: for blind indexes, and for sealing the home's own documents. Owned by the ring. */
const struct secret *keyring_index_key(const struct keyring *keyring);
const struct secret *keyring_home_key(const struct keyring *keyring);

uint64_t keyring_generation(struct keyring *keyring);
uint32_t keyring_slot_count(struct keyring *keyring); /* made so far, erased ones too */

#endif
