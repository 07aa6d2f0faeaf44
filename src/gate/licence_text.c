/*
 * licence_text.c - whole texts of licences.
 *
 *     words ──a few in a row, looked up──▶ licences that may stand here, and where
 *           ──words, pairs and triples that both have──▶ how much alike ──▶ the best, cut out, and again
 *
 * How much alike two texts are is the mean of three Sorensen-Dice coefficients: of words, of pairs, of triples.
 * Licences differ by a sentence, which only the whole text tells; a longer one that fits as well is meant, since
 * it holds the shorter. Years, names, tags and places to fill in are no words of a licence.
 */
#include "originated.h"

#include <stdlib.h>
#include <string.h>

enum {
    CANDIDATES = 24,
    GRAMS = 3,
    TAG_MAX = 200,
    LINE_MAX = 400,
    HITS_LEAST = 2,
    ALIKE_LEAST = 800,
    AS_GOOD = 2,  /* thousandths */
    WORD_OUT = 0, /* the hash of a word that was cut out */
};

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_part(char letter)
{
    return is_alnum(letter) || (unsigned char)letter >= 0x80;
}

/* Signs beyond ASCII that are no letters: quotes, dashes, the copyright sign. */
static size_t sign_len(struct str text, size_t at)
{
    const unsigned char first = (unsigned char)text.ptr[at];
    if (first == 0xe2) {
        return text.len - at < 3 ? text.len - at : 3;
    }
    return first == 0xc2 ? (text.len - at < 2 ? 1 : 2) : 0;
}

/* "Copyright (c) 2020 Somebody", alone on its line. */
static bool is_copyright_line(struct str line)
{
    size_t at = 0;
    while (at < line.len && !is_letter(line.ptr[at]) && line.ptr[at] != '(' &&
           (unsigned char)line.ptr[at] != 0xc2) {
        at++;
    }
    if (begins_small(line, at, "portions ")) {
        at += 9;
    }
    const bool has_sign = str_contains(line, STR("(c)")) || str_contains(line, STR("(C)")) ||
                          str_contains(line, STR("\xc2\xa9"));
    size_t figures = 0;
    bool has_year = str_contains(line, STR("year")) || str_contains(line, STR("yyyy"));
    for (size_t i = at; i < line.len; i++) {
        figures = is_digit(line.ptr[i]) ? figures + 1 : 0;
        has_year = has_year || figures == 4;
    }
    return (begins_small(line, at, "copyright") && (has_sign || has_year)) ||
           ((begins_small(line, at, "(c)") || begins_small(line, at, "\xc2\xa9")) && has_year);
}

/* Behind a tag or a place to fill in; the same place: there is none. */
static size_t behind_tag(struct str text, size_t at)
{
    const char next = letter_at(text, at + 1);
    if (text.ptr[at] == '&' && is_letter(next)) {
        const struct str rest = str_slice(text, at, at + 9);
        const size_t end = str_find(rest, ';');
        return end < rest.len ? at + end + 1 : at;
    }
    if (text.ptr[at] != '<' || !(is_letter(next) || next == '/' || next == '!')) {
        return at;
    }
    const struct str rest = str_slice(text, at, at + TAG_MAX);
    const size_t end = str_find(rest, '>');
    return end < rest.len ? at + end + 1 : at;
}

static size_t word_from(struct str text, size_t at, uint32_t *hash)
{
    const bool is_british = begins_small(text, at, "licenc");
    uint32_t sum = 2166136261U;
    const size_t start = at;
    while (at < text.len && is_part(text.ptr[at]) && sign_len(text, at) == 0) {
        const char letter = is_british && at == start + 5 ? 's' : lower_of(text.ptr[at]);
        sum = (sum ^ (unsigned char)letter) * 16777619U;
        at++;
    }
    *hash = sum == WORD_OUT ? 1 : sum;
    return at;
}

static void put_word(struct words *words, uint32_t hash, size_t start, size_t end)
{
    words->hash[words->count] = hash;
    if (words->start != NULL) {
        words->start[words->count] = (uint32_t)start;
        words->end[words->count] = (uint32_t)end;
    }
    words->count++;
}

bool licence_words(struct arena *arena, struct str text, bool with_places, struct words *words)
{
    const size_t room = text.len / 2 + 2;
    *words = (struct words){.hash = TRY_ARRAY(arena, room, uint32_t)};
    if (with_places) {
        words->start = TRY_ARRAY(arena, room, uint32_t);
        words->end = TRY_ARRAY(arena, room, uint32_t);
    }
    if (words->hash == NULL || (with_places && (words->start == NULL || words->end == NULL))) {
        return false;
    }
    bool begins_line = true;
    for (size_t at = 0; at < text.len;) {
        if (begins_line) {
            const struct str rest = str_slice(text, at, at + LINE_MAX);
            const size_t end = str_find(rest, '\n');
            begins_line = false;
            if (is_copyright_line(str_slice(rest, 0, end))) {
                at += end;
                continue;
            }
        }
        const size_t behind = behind_tag(text, at);
        const size_t sign = sign_len(text, at);
        if (behind > at) {
            at = behind;
        } else if (sign == 0 && is_part(text.ptr[at])) {
            uint32_t hash = 0;
            const size_t end = word_from(text, at, &hash);
            put_word(words, hash, at, end);
            at = end;
        } else {
            begins_line = text.ptr[at] == '\n';
            at += sign > 0 ? sign : 1;
        }
    }
    return true;
}

/* ---- which licences may stand here ---------------------------------------------------------- */

struct hit {
    uint32_t here;
    uint32_t there;
};

struct candidate {
    uint32_t licence;
    size_t hit_count;
    struct hit *hit; /* by place here */
    size_t hit_room;
};

struct looking {
    struct arena *arena;
    const struct origin_index *index;
    struct words words;
    uint32_t *hits; /* of each licence */
    struct candidate candidate[CANDIDATES];
    size_t candidate_count;
    int8_t *which; /* of each licence: its candidate; -1: none */
};

typedef void shingle_fn(struct looking *looking, const struct shingle *shingle, size_t here);

static void each_shingle(struct looking *looking, shingle_fn *each)
{
    const struct origin_index *index = looking->index;
    const uint32_t *word = looking->words.hash;
    for (size_t w = 0; w + SHINGLE_WORDS <= looking->words.count; w++) {
        const uint32_t hash = shingle_hash(word + w);
        if (word[w] == WORD_OUT) {
            continue;
        }
        const uint32_t end = index->shingle_bucket[(hash >> 16) + 1];
        for (uint32_t s = index->shingle_bucket[hash >> 16]; s < end; s++) {
            if (index->shingle[s].hash == hash) {
                each(looking, &index->shingle[s], w);
            }
        }
    }
}

static void count_hit(struct looking *looking, const struct shingle *shingle, size_t here)
{
    (void)here;
    looking->hits[shingle->licence]++;
}

static void keep_hit(struct looking *looking, const struct shingle *shingle, size_t here)
{
    if (looking->which[shingle->licence] < 0) {
        return;
    }
    struct candidate *candidate = &looking->candidate[looking->which[shingle->licence]];
    if (candidate->hit_count == candidate->hit_room) {
        const size_t room = candidate->hit_room == 0 ? 64 : candidate->hit_room * 2;
        struct hit *larger = NEW_ARRAY(looking->arena, room, struct hit);
        bytes_copy(larger, candidate->hit, candidate->hit_count * sizeof *larger);
        candidate->hit = larger;
        candidate->hit_room = room;
    }
    candidate->hit[candidate->hit_count++] = (struct hit){(uint32_t)here, shingle->place};
}

/* Much of it stands here, and much stands here of it. */
static uint64_t rank_of(const struct looking *looking, uint32_t licence)
{
    const uint64_t hits = looking->hits[licence];
    const uint64_t all = looking->index->licence[licence].shingles;
    const uint64_t share = all == 0 ? 0 : hits >= all ? 1000 : hits * 1000 / all;
    return hits < HITS_LEAST && share < 1000 ? 0 : (hits > all ? all : hits) * share;
}

static void choose_candidates(struct looking *looking)
{
    uint64_t rank[CANDIDATES] = {0};
    const size_t count = looking->index->licence_count;
    memset(looking->hits, 0, count * sizeof *looking->hits);
    memset(looking->which, -1, count);
    each_shingle(looking, count_hit);
    looking->candidate_count = 0;
    for (uint32_t l = 0; l < count; l++) {
        const uint64_t one = rank_of(looking, l);
        size_t at = looking->candidate_count;
        if (one == 0 || (at == CANDIDATES && one <= rank[at - 1])) {
            continue;
        }
        at = at == CANDIDATES ? at - 1 : at;
        for (; at > 0 && rank[at - 1] < one; at--) {
            rank[at] = rank[at - 1];
            looking->candidate[at] = looking->candidate[at - 1];
        }
        rank[at] = one;
        looking->candidate[at] = (struct candidate){.licence = l};
        looking->candidate_count += looking->candidate_count < CANDIDATES;
    }
    for (size_t c = 0; c < looking->candidate_count; c++) {
        looking->which[looking->candidate[c].licence] = (int8_t)c;
    }
    each_shingle(looking, keep_hit);
}

/* ---- how much alike ------------------------------------------------------------------------- */

struct span {
    size_t from; /* words */
    size_t to;
};

/* Where most of it stands: the stretch of its length with the most hits, and what must be around them. */
static struct span span_of(const struct looking *looking, const struct candidate *candidate)
{
    const size_t len = looking->index->licence[candidate->licence].count;
    const size_t all = looking->words.count;
    const size_t reach = len + len / 6 + 20;
    size_t first = 0;
    size_t best_first = 0;
    size_t best_last = 0;
    if (all <= len + len / 6 + 8) {
        return (struct span){0, all};
    }
    for (size_t last = 0; last < candidate->hit_count; last++) {
        while (candidate->hit[last].here - candidate->hit[first].here > reach) {
            first++;
        }
        if (last - first > best_last - best_first) {
            best_first = first;
            best_last = last;
        }
    }
    const struct hit begin = candidate->hit[best_first];
    const struct hit end = candidate->hit[best_last];
    const size_t to = end.here + (len - end.there);
    return (struct span){begin.here > begin.there ? begin.here - begin.there : 0,
                         to > all ? all : to};
}

struct gram {
    uint64_t hash; /* 0: empty */
    uint32_t count;
};

struct grams {
    struct gram *slot;
    size_t mask;
};

static uint64_t gram_hash(const uint32_t *word, size_t len)
{
    uint64_t hash = len;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ word[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash == 0 ? 1 : hash;
}

static struct gram *gram_at(const struct grams *grams, uint64_t hash)
{
    size_t at = (size_t)hash & grams->mask;
    while (grams->slot[at].hash != 0 && grams->slot[at].hash != hash) {
        at = (at + 1) & grams->mask;
    }
    return &grams->slot[at];
}

static bool count_grams(struct arena *arena, const uint32_t *word, size_t count,
                        struct grams *grams)
{
    size_t slots = 64;
    while (slots < count * GRAMS * 2) {
        slots *= 2;
    }
    *grams = (struct grams){TRY_ARRAY(arena, slots, struct gram), slots - 1};
    for (size_t len = 1; grams->slot != NULL && len <= GRAMS; len++) {
        for (size_t w = 0; w + len <= count; w++) {
            struct gram *gram = gram_at(grams, gram_hash(word + w, len));
            gram->hash = gram_hash(word + w, len);
            gram->count++;
        }
    }
    return grams->slot != NULL;
}

static unsigned alike_of(struct arena *arena, const uint32_t *here, size_t here_count,
                         const struct licence *licence)
{
    struct grams grams;
    double sum = 0;
    const struct arena_mark mark = arena_mark(arena);
    if (count_grams(arena, here, here_count, &grams)) {
        for (size_t len = 1; len <= GRAMS; len++) {
            size_t both = 0;
            for (size_t w = 0; w + len <= licence->count; w++) {
                struct gram *gram = gram_at(&grams, gram_hash(licence->word + w, len));
                both += gram->count > 0;
                gram->count -= gram->count > 0;
            }
            const size_t ours = here_count >= len ? here_count - len + 1 : 0;
            const size_t theirs = licence->count >= len ? licence->count - len + 1 : 0;
            sum += ours + theirs == 0 ? 1 : 2 * (double)both / (double)(ours + theirs);
        }
    }
    arena_rewind(arena, mark);
    return (unsigned)(sum / GRAMS * 1000 + 0.5);
}

/* The best of all candidates; of those that are as good, the longest. */
static bool best_of(const struct looking *looking, struct span *span, struct licence_match *match)
{
    unsigned alike[CANDIDATES] = {0};
    struct span place[CANDIDATES];
    unsigned best = 0;
    size_t chosen = CANDIDATES;
    for (size_t c = 0; c < looking->candidate_count; c++) {
        const struct candidate *candidate = &looking->candidate[c];
        place[c] = span_of(looking, candidate);
        alike[c] =
            alike_of(looking->arena, looking->words.hash + place[c].from,
                     place[c].to - place[c].from, &looking->index->licence[candidate->licence]);
        best = alike[c] > best ? alike[c] : best;
    }
    for (size_t c = 0; c < looking->candidate_count; c++) {
        const struct licence *one = &looking->index->licence[looking->candidate[c].licence];
        if (alike[c] + AS_GOOD < best || alike[c] < ALIKE_LEAST) {
            continue;
        }
        if (chosen == CANDIDATES || one->count > match->licence->count ||
            (one->count == match->licence->count && alike[c] > match->alike)) {
            chosen = c;
            match->licence = one;
            match->alike = alike[c];
        }
    }
    if (chosen == CANDIDATES) {
        return false;
    }
    *span = place[chosen];
    return span->to > span->from;
}

static void cut_out(struct words *words, struct span span)
{
    for (size_t w = span.from; w < span.to; w++) {
        words->hash[w] = WORD_OUT;
    }
}

size_t licence_texts_in(struct arena *arena, const struct origin_index *index, struct str text,
                        struct licence_match match[], size_t match_max)
{
    struct looking looking = {.arena = arena, .index = index};
    size_t count = 0;
    if (index->licence_count == 0 || !licence_words(arena, text, true, &looking.words)) {
        return 0;
    }
    looking.hits = NEW_ARRAY(arena, index->licence_count, uint32_t);
    looking.which = NEW_ARRAY(arena, index->licence_count, int8_t);
    while (count < match_max) {
        struct span span;
        choose_candidates(&looking);
        if (looking.candidate_count == 0 || !best_of(&looking, &span, &match[count])) {
            break;
        }
        match[count].start = looking.words.start[span.from];
        match[count].end = looking.words.end[span.to - 1];
        cut_out(&looking.words, span);
        count++;
    }
    return count;
}
