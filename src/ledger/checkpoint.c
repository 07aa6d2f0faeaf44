/*
 * checkpoint.c - signed tree heads, in the C2SP text format, so that any verifier and any witness of
 * that family can check us.
 *
 * A checkpoint (c2sp.org/tlog-checkpoint) is a signed note (note.c):
 *
 *     candor.example/ledger            origin: which ledger this is
 *     8                                number of entries
 *     XcnaeacGWamtVZy3Ad7Zo...QyWdc=   root, base64
 *                                      an empty line ends the text that is signed
 *     — candor.example/ledger nJa3...  key name, base64(key id (4) | signature (64))
 *
 * Other signatures (witnesses, newer algorithms) may stand beside ours and are passed over; one
 * that claims to be by our key must hold, or the whole note is refused.
 */
#include "inside.h"

/* ---- signing ------------------------------------------------------------------------------- */

struct str checkpoint_sign(struct job *job, const struct checkpoint *checkpoint,
                           const struct signer *signer)
{
    must(note_name_is_allowed(checkpoint->origin));
    must(checkpoint->origin.len <= ORIGIN_LEN_MAX);

    struct buf note = buf_begin(job->arena);
    buf_str(&note, checkpoint->origin);
    buf_format(&note, "\n%llu\n", (unsigned long long)checkpoint->size);
    buf_str(&note, digest_text(job->arena, &checkpoint->root));
    buf_lit(&note, LIT("\n"));

    uint8_t public_key[PUBLIC_KEY_LEN];
    uint8_t payload[KEY_ID_LEN + SIGNATURE_LEN];
    signer_public(signer, public_key);
    note_key_id(payload, checkpoint->origin, NOTE_ED25519, public_key);
    signer_sign(signer, buf_all(&note), payload + KEY_ID_LEN);

    buf_lit(&note, LIT("\n" DASH));
    buf_str(&note, checkpoint->origin);
    buf_lit(&note, LIT(" "));
    buf_str(&note, base64_of(job->arena, (struct bytes){payload, sizeof payload}));
    buf_lit(&note, LIT("\n"));
    return buf_text(&note);
}

/* ---- reading ------------------------------------------------------------------------------- */

enum candor_status head_read(struct job *job, struct str text, struct str origin,
                             struct checkpoint *checkpoint)
{
    struct str line = {0};
    if (!line_cut(&text, &line) || !str_equal(line, origin)) {
        return fail(job, CANDOR_CORRUPT, "checkpoint line 1: the origin is not %.*s",
                    STR_ARG(origin));
    }
    checkpoint->origin = line;
    if (!line_cut(&text, &line) || !text_number(line, &checkpoint->size)) {
        return fail(job, CANDOR_CORRUPT, "checkpoint line 2: not a number of entries");
    }
    if (!line_cut(&text, &line) || !text_digest(job->arena, line, &checkpoint->root)) {
        return fail(job, CANDOR_CORRUPT, "checkpoint line 3: not a hash of 32 bytes in base64");
    }
    for (unsigned number = 4; line_cut(&text, &line); number++) {
        if (line.len == 0) {
            return fail(job, CANDOR_CORRUPT, "checkpoint line %u is empty", number);
        }
    }
    return CANDOR_OK;
}

bool checkpoint_is_possible(const struct checkpoint *checkpoint)
{
    return checkpoint->size > 0 || digest_equal(checkpoint->root, digest_of(NULL, 0));
}

enum candor_status checkpoint_read(struct job *job, struct str text, struct str origin,
                                   const uint8_t public_key[32], struct checkpoint *checkpoint)
{
    struct note note = {.text = STR("")};
    struct checkpoint head = {.size = 0};
    struct str line;
    const struct verifier verifier = verifier_of(origin, NOTE_ED25519, public_key);

    TRY(note_read(job, text, &note));
    TRY(signatures_check(job, &note, &verifier, &line));
    TRY(head_read(job, note.text, origin, &head));
    if (!checkpoint_is_possible(&head)) {
        return fail(job, CANDOR_CORRUPT, "checkpoint line 3: not the root of an empty ledger");
    }
    *checkpoint = head;
    return CANDOR_OK;
}
