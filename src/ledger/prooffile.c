/*
 * prooffile.c - proof files (c2sp.org/tlog-proof): all that shows one entry, for whoever has its
 * bytes and the public key.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra YWdl...            optional; nobody signs it, so it is passed over
 *     index 5
 *     vBoGQ7EuTS18d5GPROD0...  the inclusion proof, a hash a line, from the leaf upwards
 *                              an empty line
 *     candor.example/ledger    the checkpoint, to the end
 *     ...
 */
#include "inside.h"

static const struct lit proof_title = {"c2sp.org/tlog-proof@v1", 22};

void hashes_write(struct buf *text, const struct proof *proof)
{
    for (size_t i = 0; i < proof->count; i++) {
        buf_str(text, digest_text(text->arena, &proof->hash[i]));
        buf_lit(text, LIT("\n"));
    }
    buf_lit(text, LIT("\n"));
}

struct str proof_file_text(struct job *job, uint64_t index, const struct proof *proof,
                           struct str checkpoint)
{
    struct buf text = buf_begin(job->arena);
    buf_lit(&text, proof_title);
    buf_format(&text, "\nindex %llu\n", (unsigned long long)index);
    hashes_write(&text, proof);
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
enum candor_status hashes_read(struct job *job, struct str *rest, const char *what, size_t most,
                               struct proof *proof)
{
    struct str line = {0};
    proof->count = 0;
    for (;;) {
        if (!line_cut(rest, &line)) {
            return fail(job, CANDOR_BAD_INPUT, "the %s has no checkpoint", what);
        }
        if (line.len == 0) {
            return CANDOR_OK;
        }
        if (proof->count == most) {
            return fail(job, CANDOR_BAD_INPUT, "the %s has more than %zu hashes", what, most);
        }
        if (!text_digest(job->arena, line, &proof->hash[proof->count])) {
            return fail(job, CANDOR_BAD_INPUT, "%s: hash %zu is not 32 bytes in base64", what,
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
    TRY(hashes_read(job, &rest, "proof file", PROOF_HASHES_MAX, proof));
    if (rest.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "the proof file has no checkpoint");
    }
    *checkpoint = rest;
    return CANDOR_OK;
}
