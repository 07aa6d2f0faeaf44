/*
 * note.c - signed notes (c2sp.org/signed-note): a text and the lines of those who signed it.
 *
 *     text, each line with its newline
 *                                      an empty line ends what is signed
 *     — name base64(key id (4) | signature)
 *
 * One that claims to be by a known key must hold, or the whole note is refused; others are passed
 * over. A plain signature is over the text; a cosignature (c2sp.org/tlog-cosignature) begins with
 * its time and is over a line that says so, the time, and the text.
 */
#include "inside.h"

/* Room for the 16 signatures that every verifier must accept, at post-quantum sizes. */
static const size_t note_len_max = (size_t)128 * 1024;

enum { SIGNATURE_LINES_MAX = 100 };

/* ---- small parts ---------------------------------------------------------------------------- */

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
bool text_number(struct str text, uint64_t *number)
{
    const bool has_leading_zero = text.len > 1 && text.ptr[0] == '0';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return !has_leading_zero && str_to_uint64(text, number) && *number <= MERKLE_LEAVES_MAX;
}

bool text_digest(struct arena *arena, struct str text, struct digest *digest)
{
    struct bytes decoded;
    if (!base64_read(arena, text, &decoded) || decoded.len != sizeof digest->byte) {
        return false;
    }
    bytes_copy(digest->byte, decoded.ptr, decoded.len);
    return true;
}

struct str digest_text(struct arena *arena, const struct digest *digest)
{
    return base64_of(arena, (struct bytes){digest->byte, sizeof digest->byte});
}

/* ---- taking a note apart -------------------------------------------------------------------- */

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

enum candor_status note_read(struct job *job, struct str whole, struct note *note)
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
bool line_cut(struct str *rest, struct str *line)
{
    if (rest->len == 0) {
        return false;
    }
    *line = str_cut(rest, '\n');
    return true;
}

/* ---- signature lines ------------------------------------------------------------------------ */

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

static bool is_by(const struct signature_line *parts, const struct verifier *verifier)
{
    return str_equal(parts->name, verifier->name) &&
           bytes_same(parts->payload.ptr, verifier->id, KEY_ID_LEN);
}

struct str cosigned_text(struct arena *arena, uint64_t time_s, struct str text)
{
    struct buf buf = buf_begin(arena);
    buf_format(&buf, "cosignature/v1\ntime %llu\n", (unsigned long long)time_s);
    buf_str(&buf, text);
    return buf_text(&buf);
}

/* A cosignature says when: in seconds, and never 0. */
static bool cosignature_holds(struct arena *arena, const struct signature_line *parts,
                              const struct verifier *verifier, struct str text)
{
    struct reader reader = reader_of(parts->payload);
    (void)read_bytes(&reader, KEY_ID_LEN);
    const uint64_t time_s = read_u64be(&reader);
    const struct bytes signature = read_bytes(&reader, SIGNATURE_LEN);
    if (!reader_is_done(&reader) || time_s == 0 || time_s > INT64_MAX) {
        return false;
    }
    const struct str message = cosigned_text(arena, time_s, text);
    return signature_holds(verifier->public_key, bytes_of(message), signature.ptr);
}

static bool signature_line_holds(struct arena *arena, const struct signature_line *parts,
                                 const struct verifier *verifier, struct str text)
{
    switch (verifier->algorithm) {
    case NOTE_ED25519:
        return parts->payload.len == KEY_ID_LEN + SIGNATURE_LEN &&
               signature_holds(verifier->public_key, bytes_of(text),
                               parts->payload.ptr + KEY_ID_LEN);
    case NOTE_COSIGNATURE:
        return cosignature_holds(arena, parts, verifier, text);
    }
    return false;
}

enum candor_status signature_line_take(struct job *job, struct str line,
                                       struct signature_line *parts)
{
    if (!signature_line_read(job->arena, line, parts)) {
        return fail(job, CANDOR_CORRUPT, "the signature line is malformed");
    }
    return CANDOR_OK;
}

struct verifier verifier_of(struct str name, enum note_algorithm algorithm,
                            const uint8_t public_key[PUBLIC_KEY_LEN])
{
    struct verifier verifier = {.name = name, .algorithm = algorithm, .public_key = public_key};
    note_key_id(verifier.id, name, algorithm, public_key);
    return verifier;
}

enum candor_status signatures_check(struct job *job, const struct note *note,
                                    const struct verifier *verifier, struct str *signed_line)
{
    struct str rest = note->signatures;
    struct str line = {0};
    *signed_line = (struct str){"", 0};
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
        if (!signature_line_holds(job->arena, &parts, verifier, note->text)) {
            return fail(job, CANDOR_CORRUPT,
                        "signature line %u of the checkpoint is not by the key that it names",
                        number);
        }
        *signed_line = line;
    }
    if (signed_line->len == 0) {
        return fail(job, CANDOR_CORRUPT, "the checkpoint is not signed by the key of %.*s",
                    STR_ARG(verifier->name));
    }
    return CANDOR_OK;
}
