/*
 * scan_baseline.c - what is known already, and what somebody answers for.
 *
 * A fingerprint is a digest of the rule, the text around without blanks, and which of several equal ones it is
 * in its file. It has no line in it: a baseline that is pinned to lines is new with every edit.
 *
 * A line accepts its own finding:
 *
 *     candor:allow RULE -- REASON by NAME until YYYY-MM-DD
 *     candor:allow RULE -- REASON by NAME until YYYY-MM-DD accepted by OTHER
 *
 * Without a second person it is under review, and blocks. After its date it is none.
 */
#include "scanned.h"

enum { BASELINE_MAX = 64 << 20 };

/* ---- fingerprints -------------------------------------------------------------------------- */

void scan_fingerprints(struct scanning *scanning)
{
    struct arena *scratch = arena_begin();
    struct map *seen = map_begin(scratch);
    for (size_t i = 0; i < scanning->count; i++) {
        struct scanned *one = &scanning->item[i];
        const struct bytes context = {one->context.byte, sizeof one->context.byte};
        struct buf key = buf_begin(scratch);
        buf_bytes(&key, context.ptr, context.len);
        buf_str(&key, one->file);
        uint64_t *times = map_get(seen, buf_all(&key));
        if (times == NULL) {
            times = NEW(scratch, uint64_t);
            map_put(seen, buf_all(&key), times);
        }
        const struct str number = str_format(scratch, ":%llu", (unsigned long long)(*times)++);
        const struct bytes part[] = {context, bytes_of(number)};
        one->fingerprint = digest_of(part, 2);
    }
    arena_end(scratch);
}

/* ---- the baseline -------------------------------------------------------------------------- */

static struct str known_key(struct arena *arena, struct str file, struct str fingerprint)
{
    return str_format(arena, "%.*s %.*s", STR_ARG(fingerprint), STR_ARG(file));
}

static enum candor_status read_result(struct job *job, const struct value *result,
                                      struct map *known)
{
    const struct value *places = value_get(result, "locations");
    const struct value *place = places != NULL && places->kind == VALUE_LIST && places->count > 0
                                    ? places->item[0].kind == VALUE_MAP ? &places->item[0] : NULL
                                    : NULL;
    const struct value *artifact =
        value_get(value_get(place, "physicalLocation"), "artifactLocation");
    const struct str file = value_text_at(artifact, "uri");
    const struct str mark =
        value_text_at(value_get(result, "partialFingerprints"), "cdrContext/v1");
    if (file.len == 0 || mark.len == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a result of the baseline has no place or no fingerprint");
    }
    map_put(known, bytes_of(known_key(job->arena, file, mark)), known);
    return CANDOR_OK;
}

static enum candor_status read_baseline(struct job *job, struct str path, struct map *known)
{
    struct bytes content;
    const struct value *document = NULL;
    const struct text_limits limits = {.size_max = BASELINE_MAX, .count_max = 5000000};
    TRY(file_read(job, path, BASELINE_MAX, &content));
    TRY(during(job, json_read(job, content, &limits, "the baseline", &document), "reading '%.*s'",
               STR_ARG(path)));
    const struct value *runs = value_get(document, "runs");
    TRY(value_is(job, runs, VALUE_LIST, "'runs' of the baseline"));
    for (size_t r = 0; r < runs->count; r++) {
        const struct value *results = value_get(&runs->item[r], "results");
        TRY(value_is(job, results, VALUE_LIST, "'results' of the baseline"));
        for (size_t i = 0; i < results->count; i++) {
            TRY(read_result(job, &results->item[i], known));
        }
    }
    return CANDOR_OK;
}

enum candor_status scan_compare(struct scanning *scanning)
{
    struct job *job = scanning->job;
    struct map *known = map_begin(job->arena);
    if (scanning->asked->baseline_path == NULL) {
        return CANDOR_OK;
    }
    TRY(read_baseline(job, str_of(scanning->asked->baseline_path), known));
    for (size_t i = 0; i < scanning->count; i++) {
        struct scanned *one = &scanning->item[i];
        const struct str mark =
            hex_of(job->arena, (struct bytes){one->fingerprint.byte, sizeof one->fingerprint.byte});
        one->is_known = map_get(known, bytes_of(known_key(job->arena, one->file, mark))) != NULL;
    }
    return CANDOR_OK;
}

/* ---- suppressions -------------------------------------------------------------------------- */

static size_t place_of(struct str text, size_t from, struct str part)
{
    for (size_t i = from; i + part.len <= text.len; i++) {
        if (bytes_same(text.ptr + i, part.ptr, part.len)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static struct str word_at(struct str text, size_t from)
{
    size_t to = from;
    while (to < text.len && memchr(" \t", text.ptr[to], 2) == NULL) {
        to++;
    }
    return str_slice(text, from, to);
}

void scan_suppression(struct scanning *scanning, struct scanned *scanned, struct str line)
{
    const struct str mark = STR("candor:allow ");
    const struct str reasoned = STR(" -- ");
    const size_t at = place_of(line, 0, mark);
    if (at == SIZE_MAX || !str_is(word_at(line, at + mark.len), scanned->rule)) {
        return;
    }
    const size_t reason = place_of(line, at, reasoned);
    const size_t by =
        reason == SIZE_MAX ? SIZE_MAX : place_of(line, reason + reasoned.len, STR(" by "));
    const size_t until = by == SIZE_MAX ? SIZE_MAX : place_of(line, by, STR(" until "));
    int64_t time = 0;
    if (until == SIZE_MAX || by <= reason + reasoned.len ||
        !str_to_time(str_slice(line, until + 7, until + 17), &time) || time < scanning->job->now) {
        return;
    }
    const struct str name = str_trim(str_slice(line, by + 4, until));
    const struct str second = STR(" accepted by ");
    const size_t accepted = place_of(line, until, second);
    const struct str other = accepted == SIZE_MAX ? STR("") : word_at(line, accepted + second.len);
    scanned->suppressed = other.len > 0 && !str_equal(other, name) ? ACCEPTED : UNDER_REVIEW;
    scanned->justification =
        str_copy(scanning->job->arena,
                 str_slice(line, reason + reasoned.len,
                           accepted == SIZE_MAX ? until + 17 : accepted + second.len + other.len));
}
