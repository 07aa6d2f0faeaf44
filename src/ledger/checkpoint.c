/*
 * checkpoint.c - signed tree heads and the keys that sign them, in the C2SP text formats, so that
 * any verifier and any witness of that family can check us.
 *
 * A checkpoint (c2sp.org/tlog-checkpoint) is a signed note (c2sp.org/signed-note):
 *
 *     candor.example/ledger            origin: which ledger this is
 *     8                                number of entries
 *     XcnaeacGWamtVZy3Ad7Zo...QyWdc=   root, base64
 *                                      an empty line ends the text that is signed
 *     — candor.example/ledger nJa3...  key name, base64(key id (4) | signature (64))
 *
 * Other signatures (witnesses, newer algorithms) may stand beside ours and are passed over; one
 * that claims to be by our key must hold, or the whole note is refused.
 *
 * A verifier key is one line: name+hex id+base64(0x01 | public key).
 *
 * A proof file (c2sp.org/tlog-proof) carries all that shows one entry, for whoever has its bytes
 * and the public key:
 *
 *     c2sp.org/tlog-proof@v1
 *     extra YWdl...            optional; nobody signs it, so it is passed over
 *     index 5
 *     vBoGQ7EuTS18d5GPROD0...  the inclusion proof, a hash a line, from the leaf upwards
 *                              an empty line
 *     candor.example/ledger    the checkpoint, to the end
 *     ...
 */
#include "ledger.h"

/* Room for the 16 signatures that every verifier must accept, at post-quantum sizes. */
static const size_t note_len_max = (size_t)128 * 1024;

enum { KEY_ID_LEN = 4, SIGNATURE_LINES_MAX = 100 };

#define DASH "\xE2\x80\x94 " /* U+2014 and a space begin a signature line; a hyphen does not */

/* ---- small parts of the formats ------------------------------------------------------------ */

/* Unicode's White_Space beyond ASCII, as UTF-8. */
static const char *const wide_space[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
};

/* A key name: something, without spaces and without the plus that separates it. */
bool note_name_is_allowed(struct str name)
{
    if (name.len == 0 || !str_is_utf8(name)) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] <= ' ' || name.ptr[i] == '+') {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof wide_space / sizeof wide_space[0]; i++) {
        if (str_contains(name, str_of(wide_space[i]))) {
            return false;
        }
    }
    return true;
}

static bool is_plain_text(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\n') {
            return false;
        }
    }
    return str_is_utf8(text);
}

/* The shortest decimal form of a number that a ledger can have. */
static bool text_number(struct str text, uint64_t *number)
{
    const bool has_leading_zero = text.len > 1 && text.ptr[0] == '0';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return !has_leading_zero && str_to_uint64(text, number) && *number <= MERKLE_LEAVES_MAX;
}

static bool text_digest(struct arena *arena, struct str text, struct digest *digest)
{
    struct bytes decoded;
    if (!base64_read(arena, text, &decoded) || decoded.len != sizeof digest->byte) {
        return false;
    }
    bytes_copy(digest->byte, decoded.ptr, decoded.len);
    return true;
}

static struct str digest_text(struct arena *arena, const struct digest *digest)
{
    return base64_of(arena, (struct bytes){digest->byte, sizeof digest->byte});
}

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

/* A note taken apart: the text that is signed, with its last newline, and the signature lines. */
struct note {
    struct str text;
    struct str signatures;
};

/* The text ends at the last empty line. */
static bool note_cut(struct str whole, struct note *note)
{
    for (size_t at = whole.len; at >= 2; at--) {
        if (whole.ptr[at - 1] == '\n' && whole.ptr[at - 2] == '\n') {
            note->text = str_slice(whole, 0, at - 1);
            note->signatures = str_slice(whole, at, whole.len);
            return note->signatures.len > 0;
        }
    }
    return false;
}

static enum candor_status note_read(struct job *job, struct str whole, struct note *note)
{
    if (whole.len > note_len_max) {
        return fail(job, CANDOR_CORRUPT, "the checkpoint has %zu bytes, the limit is %zu",
                    whole.len, note_len_max);
    }
    if (!is_plain_text(whole)) {
        return fail(job, CANDOR_CORRUPT, "the checkpoint is not plain UTF-8 text");
    }
    if (whole.len == 0 || whole.ptr[whole.len - 1] != '\n') {
        return fail(job, CANDOR_CORRUPT, "the checkpoint's last line has no newline");
    }
    if (!note_cut(whole, note)) {
        return fail(job, CANDOR_CORRUPT, "the checkpoint has no signature lines");
    }
    return CANDOR_OK;
}

/* The lines of a text in which every line, also the last, ends with a newline. */
static bool line_cut(struct str *rest, struct str *line)
{
    if (rest->len == 0) {
        return false;
    }
    *line = str_cut(rest, '\n');
    return true;
}

static enum candor_status head_read(struct job *job, struct str text, struct str origin,
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
    if (checkpoint->size == 0 && !digest_equal(checkpoint->root, digest_of(NULL, 0))) {
        return fail(job, CANDOR_CORRUPT, "checkpoint line 3: not the root of an empty ledger");
    }
    for (unsigned number = 4; line_cut(&text, &line); number++) {
        if (line.len == 0) {
            return fail(job, CANDOR_CORRUPT, "checkpoint line %u is empty", number);
        }
    }
    return CANDOR_OK;
}

struct signature_line {
    struct str name;
    struct bytes payload; /* key id, signature */
};

static bool signature_line_read(struct arena *arena, struct str line, struct signature_line *parts)
{
    if (!str_starts(line, STR(DASH))) {
        return false;
    }
    struct str rest = str_slice(line, sizeof DASH - 1, line.len);
    parts->name = str_cut(&rest, ' ');
    return note_name_is_allowed(parts->name) && rest.ptr != NULL &&
           base64_read(arena, rest, &parts->payload) && parts->payload.len > KEY_ID_LEN;
}

/* The one key that is known, under the one name it may use. */
struct verifier {
    struct str name;
    const uint8_t *public_key;
    uint8_t id[KEY_ID_LEN];
};

static bool is_by(const struct signature_line *parts, const struct verifier *verifier)
{
    return str_equal(parts->name, verifier->name) &&
           bytes_same(parts->payload.ptr, verifier->id, KEY_ID_LEN);
}

static bool signature_line_holds(const struct signature_line *parts,
                                 const struct verifier *verifier, struct str text)
{
    return parts->payload.len == KEY_ID_LEN + SIGNATURE_LEN &&
           signature_holds(verifier->public_key, bytes_of(text), parts->payload.ptr + KEY_ID_LEN);
}

static enum candor_status signatures_check(struct job *job, const struct note *note,
                                           const struct verifier *verifier)
{
    struct str rest = note->signatures;
    struct str line = {0};
    bool is_signed = false;
    for (unsigned number = 1; line_cut(&rest, &line); number++) {
        struct signature_line parts;
        if (number > SIGNATURE_LINES_MAX) {
            return fail(job, CANDOR_CORRUPT, "the checkpoint has more than %d signatures",
                        SIGNATURE_LINES_MAX);
        }
        if (!signature_line_read(job->arena, line, &parts)) {
            return fail(job, CANDOR_CORRUPT, "signature line %u of the checkpoint is malformed",
                        number);
        }
        if (!is_by(&parts, verifier)) {
            continue;
        }
        if (!signature_line_holds(&parts, verifier, note->text)) {
            return fail(job, CANDOR_CORRUPT,
                        "signature line %u of the checkpoint is not by the key that it names",
                        number);
        }
        is_signed = true;
    }
    if (!is_signed) {
        return fail(job, CANDOR_CORRUPT, "the checkpoint is not signed by the key of %.*s",
                    STR_ARG(verifier->name));
    }
    return CANDOR_OK;
}

enum candor_status checkpoint_read(struct job *job, struct str text, struct str origin,
                                   const uint8_t public_key[32], struct checkpoint *checkpoint)
{
    struct note note = {.text = STR("")};
    struct checkpoint head = {.size = 0};
    struct verifier verifier = {.name = origin, .public_key = public_key};

    note_key_id(verifier.id, origin, NOTE_ED25519, public_key);
    TRY(note_read(job, text, &note));
    TRY(signatures_check(job, &note, &verifier));
    TRY(head_read(job, note.text, origin, &head));
    *checkpoint = head;
    return CANDOR_OK;
}

/* ---- verifier keys ------------------------------------------------------------------------- */

enum { KEY_BYTES_LEN = 1 + PUBLIC_KEY_LEN, KEY_ID_HEX_LEN = 2 * KEY_ID_LEN };

struct str verifier_key_text(struct arena *arena, struct str name, const uint8_t public_key[32])
{
    uint8_t id[KEY_ID_LEN];
    uint8_t key[KEY_BYTES_LEN] = {NOTE_ED25519};
    note_key_id(id, name, NOTE_ED25519, public_key);
    bytes_copy(key + 1, public_key, PUBLIC_KEY_LEN);

    struct buf text = buf_begin(arena);
    buf_str(&text, name);
    buf_lit(&text, LIT("+"));
    buf_str(&text, hex_of(arena, (struct bytes){id, sizeof id}));
    buf_lit(&text, LIT("+"));
    buf_str(&text, base64_of(arena, (struct bytes){key, sizeof key}));
    return buf_text(&text);
}

enum candor_status verifier_key_read(struct job *job, struct str text, struct str *name,
                                     uint8_t public_key[32])
{
    uint8_t id_given[KEY_ID_LEN];
    uint8_t id[KEY_ID_LEN];
    struct bytes key = {0};
    struct str rest = text; /* base64 may hold a plus too, so only the first two separate */
    const struct str name_part = str_cut(&rest, '+');
    const struct str id_part = str_cut(&rest, '+');

    if (rest.ptr == NULL || !note_name_is_allowed(name_part) || name_part.len > ORIGIN_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a verifier key has the form name+id+key");
    }
    if (id_part.len != KEY_ID_HEX_LEN || !hex_read(id_part, id_given, sizeof id_given)) {
        return fail(job, CANDOR_BAD_INPUT, "the verifier key's id is not 8 hex digits");
    }
    if (!base64_read(job->arena, rest, &key) || key.len != KEY_BYTES_LEN ||
        key.ptr[0] != NOTE_ED25519) {
        return fail(job, CANDOR_BAD_INPUT, "the verifier key is not an Ed25519 key in base64");
    }
    note_key_id(id, name_part, NOTE_ED25519, key.ptr + 1);
    if (!bytes_same(id, id_given, sizeof id)) {
        return fail(job, CANDOR_BAD_INPUT, "the verifier key's id is not that of its name and key");
    }
    *name = name_part;
    bytes_copy(public_key, key.ptr + 1, PUBLIC_KEY_LEN);
    return CANDOR_OK;
}

/* ---- proof files --------------------------------------------------------------------------- */

static const struct lit proof_title = {"c2sp.org/tlog-proof@v1", 22};

struct str proof_file_text(struct job *job, uint64_t index, const struct proof *proof,
                           struct str checkpoint)
{
    struct buf text = buf_begin(job->arena);
    buf_lit(&text, proof_title);
    buf_format(&text, "\nindex %llu\n", (unsigned long long)index);
    for (size_t i = 0; i < proof->count; i++) {
        buf_str(&text, digest_text(job->arena, &proof->hash[i]));
        buf_lit(&text, LIT("\n"));
    }
    buf_lit(&text, LIT("\n"));
    buf_str(&text, checkpoint);
    return buf_text(&text);
}

/* The lines before the hashes. */
static enum candor_status proof_head_read(struct job *job, struct str *rest, uint64_t *index)
{
    struct str line = {0};
    struct bytes extra;
    if (!line_cut(rest, &line) || !str_equal(line, str_from(proof_title))) {
        return fail(job, CANDOR_BAD_INPUT, "proof file line 1: not %s", proof_title.ptr);
    }
    const bool has_extra = str_starts(*rest, STR("extra "));
    if (has_extra) {
        (void)line_cut(rest, &line);
        if (!base64_read(job->arena, str_slice(line, sizeof "extra " - 1, line.len), &extra)) {
            return fail(job, CANDOR_BAD_INPUT, "proof file line 2: extra is not base64");
        }
    }
    if (!line_cut(rest, &line) || !str_starts(line, STR("index ")) ||
        !text_number(str_slice(line, sizeof "index " - 1, line.len), index)) {
        return fail(job, CANDOR_BAD_INPUT, "proof file line %d: not an index", has_extra ? 3 : 2);
    }
    return CANDOR_OK;
}

/* The hashes and the empty line after them. */
static enum candor_status proof_hashes_read(struct job *job, struct str *rest, struct proof *proof)
{
    struct str line = {0};
    proof->count = 0;
    for (;;) {
        if (!line_cut(rest, &line)) {
            return fail(job, CANDOR_BAD_INPUT, "the proof file has no checkpoint");
        }
        if (line.len == 0) {
            return CANDOR_OK;
        }
        if (proof->count == PROOF_HASHES_MAX) {
            return fail(job, CANDOR_BAD_INPUT, "the proof file has more than %d hashes",
                        PROOF_HASHES_MAX);
        }
        if (!text_digest(job->arena, line, &proof->hash[proof->count])) {
            return fail(job, CANDOR_BAD_INPUT, "proof file: hash %zu is not 32 bytes in base64",
                        proof->count + 1);
        }
        proof->count++;
    }
}

enum candor_status proof_file_read(struct job *job, struct str text, uint64_t *index,
                                   struct proof *proof, struct str *checkpoint)
{
    struct str rest = text;
    TRY(proof_head_read(job, &rest, index));
    TRY(proof_hashes_read(job, &rest, proof));
    if (rest.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "the proof file has no checkpoint");
    }
    *checkpoint = rest;
    return CANDOR_OK;
}
