/*
 * inside.h - what the files of the ledger room share. Inside the room only.
 */
#ifndef CANDOR_LEDGER_INSIDE_H
#define CANDOR_LEDGER_INSIDE_H

#include "ledger.h"
#include "witness.h"

/* ---- note.c -------------------------------------------------------------------------------- */

enum { KEY_ID_LEN = 4, COSIGN_TIME_LEN = 8 };

#define DASH "\xE2\x80\x94 " /* U+2014 and a space begin a signature line; a hyphen does not */

/* A note taken apart: the text that is signed, with its last newline, and the signature lines. */
struct note {
    struct str text;
    struct str signatures;
};

struct signature_line {
    struct str name;
    struct bytes payload; /* key id, signature */
};

/* The one key that is known, under the one name it may use. */
struct verifier {
    struct str name;
    enum note_algorithm algorithm;
    const uint8_t *public_key;
    uint8_t id[KEY_ID_LEN];
};

struct verifier verifier_of(struct str name, enum note_algorithm algorithm,
                            const uint8_t public_key[PUBLIC_KEY_LEN]);
/* CANDOR_CORRUPT: no note. */
enum candor_status note_read(struct job *job, struct str whole, struct note *note);
/* *signed_line is the last line by the verifier, without its newline. CANDOR_CORRUPT: a malformed
 * line, none by the verifier, or one that does not hold. */
enum candor_status signatures_check(struct job *job, const struct note *note,
                                    const struct verifier *verifier, struct str *signed_line);
/* One line, whoever made it. CANDOR_CORRUPT. */
enum candor_status signature_line_take(struct job *job, struct str line,
                                       struct signature_line *parts);
/* What a cosigner signs: the header line, the time in seconds, the text. */
struct str cosigned_text(struct arena *arena, uint64_t time_s, struct str text);

/* The lines of a text in which every line, also the last, ends with a newline. */
bool line_cut(struct str *rest, struct str *line);
/* The shortest decimal form of a number that a ledger can have. */
bool text_number(struct str text, uint64_t *number);
bool text_digest(struct arena *arena, struct str text, struct digest *digest);
struct str digest_text(struct arena *arena, const struct digest *digest);

/* ---- checkpoint.c -------------------------------------------------------------------------- */

/* The lines of a checkpoint's text, whoever signed it. CANDOR_CORRUPT. */
enum candor_status head_read(struct job *job, struct str text, struct str origin,
                             struct checkpoint *checkpoint);
/* The empty ledger has one root only. */
bool checkpoint_is_possible(const struct checkpoint *checkpoint);

/* ---- prooffile.c --------------------------------------------------------------------------- */

/* Hashes, a line each, and the empty line after them. CANDOR_BAD_INPUT. */
void hashes_write(struct buf *text, const struct proof *proof);
enum candor_status hashes_read(struct job *job, struct str *rest, const char *what, size_t most,
                               struct proof *proof);

#endif
