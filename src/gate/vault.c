/*
 * vault.c - what was found in texts gets a pseudonym each, the same for the same value.
 *
 *     text ──gate_scan──▶ findings ──▶ name and number ──▶ "[[EMAIL_1]]"
 *                                          │
 *     other texts ──by how values begin────┘   the same value, replaced there too
 *
 * Why restoring is exact: a pseudonym can be read only where a letter, "_" and its number stand. The
 * number stands so in no announced text, not even as the beginning of a longer number, and findings are
 * cut out between such places, never made. So every pseudonym in the redacted text is one that was put
 * there, and its two brackets on each side are the nearest ones.
 */
#include "vaulted.h"

#include <stdio.h>
#include <string.h>

#include "inside.h"

enum {
    VAULT_BYTES_FIRST = 4096,
    KNOWN_LEN_MIN = 6,
    ALONE_LEN_MAX = 10,
    CHAIN_MAX = 256,
    BUCKETS_FIRST = 256,
    PROBES_MAX = 1000000
};

struct pseudonym vault_part;

struct vault *vault_begin(const struct gate *gate, const struct gate_asked *asked)
{
    struct arena *arena = arena_begin_small(VAULT_BYTES_FIRST);
    struct vault *vault = NEW(arena, struct vault);
    vault->arena = arena;
    vault->gate = gate;
    vault->asked = *asked;
    vault->by_value = map_begin(arena);
    vault->by_name = map_begin(arena);
    vault->number_taken = map_begin(arena);
    vault->number_last = map_begin(arena);
    return vault;
}

void vault_end(struct vault *vault)
{
    if (vault != NULL) {
        arena_end(vault->arena);
    }
}

void vault_number_by(struct vault *vault,
                     uint64_t (*number)(void *self, struct str name, struct str value), void *self)
{
    vault->number = number;
    vault->self = self;
}

void vault_spare_links(struct vault *vault)
{
    vault->spares_links = true;
}

size_t vault_count(const struct vault *vault)
{
    return vault->count;
}

const struct pseudonym *vault_at(const struct vault *vault, size_t index)
{
    must(index < vault->count);
    return vault->item[index];
}

/* ---- numbers ------------------------------------------------------------------------------- */

static struct bytes number_key(const uint32_t *number)
{
    return (struct bytes){(const uint8_t *)number, sizeof *number};
}

/* The numbers that stand behind a letter and "_" from here on: 1, 12 and 123 of "_123". */
static bool numbers_at(struct vault *vault, struct str text, size_t at)
{
    uint32_t number = 0;
    bool is_given = false;
    if (letter_at(text, at) == '0') {
        return false;
    }
    for (; is_digit(letter_at(text, at)) && number <= VAULT_NUMBER_MAX / 10; at++) {
        number = number * 10 + (uint32_t)(text.ptr[at] - '0');
        const void *taken = map_get(vault->number_taken, number_key(&number));
        is_given = is_given || (taken != NULL && taken != &vault_part);
        if (taken == NULL) {
            map_put(vault->number_taken, number_key(&number), &vault_part);
        }
    }
    return is_given;
}

static bool announce(struct vault *vault, struct str text)
{
    bool is_given = false;
    for (size_t i = 1; i + 1 < text.len; i++) {
        const char *next = memchr(text.ptr + i, '_', text.len - i);
        if (next == NULL) {
            break;
        }
        i = (size_t)(next - text.ptr);
        size_t before = i;
        while (letter_before(text, before) == '\\') {
            before--;
        }
        if (is_letter(letter_before(text, before)) && numbers_at(vault, text, i + 1)) {
            is_given = true;
        }
    }
    return is_given;
}

void vault_announce(struct vault *vault, struct str text)
{
    (void)announce(vault, text); /* nothing was given out yet that could stand there */
}

/* Where the next number of this name is looked for. */
static uint32_t number_first(struct vault *vault, struct str name, struct str value)
{
    if (vault->number != NULL) {
        return (uint32_t)(vault->number(vault->self, name, value) % VAULT_NUMBER_MAX) + 1;
    }
    const struct pseudonym *last = (const struct pseudonym *)map_get(vault->number_last, KEY(name));
    int64_t number = 0;
    if (last != NULL) {
        (void)str_to_int64(str_slice(last->name, name.len + 1, last->name.len), &number);
    }
    return (uint32_t)number + 1;
}

/* A number that stands in a text is nobody's; else EMAIL_1 and IBAN_1 may both be. */
static bool number_may_be(const struct vault *vault, struct str name, uint32_t number)
{
    char text[VAULT_NAME_MAX + 16];
    if (map_get(vault->number_taken, number_key(&number)) == &vault_part) {
        return false;
    }
    const int len = snprintf(text, sizeof text, "%.*s_%u", STR_ARG(name), number);
    const void *given = map_get(vault->by_name, (struct bytes){(const uint8_t *)text, (size_t)len});
    return given == NULL || given == &vault_part;
}

/* ---- pseudonyms ---------------------------------------------------------------------------- */

/* "BIRTH_DATE" of cdr.pii.birth-date; all secrets are SECRET: which key it is, no model need know. */
static struct str name_of(const struct gate_finding *finding, char name[VAULT_NAME_MAX])
{
    const char *last = strrchr(finding->rule, '.');
    size_t len = 0;
    if (finding->kind == GATE_SECRET || last == NULL) {
        return STR("SECRET");
    }
    for (last++; *last != '\0' && len < VAULT_NAME_MAX; last++) {
        const char letter = (char)(is_letter(*last) ? *last & ~0x20 : '_');
        if (letter != '_' || (len > 0 && name[len - 1] != '_')) {
            name[len++] = letter;
        }
    }
    while (len > 0 && name[len - 1] == '_') {
        len--;
    }
    return len == 0 ? STR("VALUE") : (struct str){name, len};
}

static struct bytes value_key(struct arena *arena, struct str name, struct str value)
{
    struct buf key = buf_begin(arena);
    buf_str(&key, name);
    buf_u8(&key, 0);
    buf_str(&key, value);
    return buf_all(&key);
}

static size_t bucket_of(const struct vault *vault, struct str text, size_t at)
{
    uint32_t mixed = 2166136261U;
    for (size_t i = 0; i < KNOWN_LEN_MIN; i++) {
        mixed = (mixed ^ (uint8_t)text.ptr[at + i]) * 16777619U;
    }
    return (mixed ^ (mixed >> 16)) & (vault->bucket_count - 1);
}

static void link_one(struct vault *vault, size_t index)
{
    struct pseudonym *item = vault->item[index];
    if (item->value.len >= KNOWN_LEN_MIN) {
        const size_t bucket = bucket_of(vault, item->value, 0);
        item->next = vault->bucket[bucket];
        vault->bucket[bucket] = (uint32_t)index + 1;
    }
}

/* So that its value is found in other texts; the table doubles with the values. */
static void link_item(struct vault *vault, size_t index)
{
    if (vault->count <= vault->bucket_count) {
        link_one(vault, index);
        return;
    }
    vault->bucket_count = vault->bucket_count == 0 ? BUCKETS_FIRST : vault->bucket_count * 2;
    vault->bucket = NEW_ARRAY(vault->arena, vault->bucket_count, uint32_t);
    for (size_t i = 0; i <= index; i++) {
        link_one(vault, i);
    }
}

static void add_item(struct vault *vault, struct pseudonym *kept)
{
    if (vault->count == vault->room) {
        vault->room = vault->room == 0 ? 64 : vault->room * 2;
        struct pseudonym **item = NEW_ARRAY(vault->arena, vault->room, struct pseudonym *);
        for (size_t i = 0; i < vault->count; i++) {
            item[i] = vault->item[i];
        }
        vault->item = item;
    }
    vault->item[vault->count++] = kept;
}

static void keep_beginnings(struct vault *vault, struct pseudonym *kept)
{
    const struct str name = kept->name;
    for (size_t len = 1; len <= name.len; len++) {
        const struct bytes key = {(const uint8_t *)name.ptr, len};
        if (len == name.len) {
            map_put(vault->by_name, key, kept);
        } else if (map_get(vault->by_name, key) == NULL) {
            map_put(vault->by_name, key, &vault_part);
        }
    }
    vault->begins['['] = true;
    vault->begins[(uint8_t)name.ptr[0]] = true;
    vault->begins[(uint8_t)lower_of(name.ptr[0])] = true;
}

static void keep(struct vault *vault, struct str kind, uint32_t number, struct str value)
{
    struct pseudonym *kept = NEW(vault->arena, struct pseudonym);
    kept->name = str_format(vault->arena, "%.*s_%u", STR_ARG(kind), number);
    kept->value = str_copy(vault->arena, value);
    keep_beginnings(vault, kept);
    map_put(vault->by_value, value_key(vault->arena, kind, value), kept);
    map_put(vault->number_taken, number_key(&number), kept);
    map_put(vault->number_last, KEY(kind), kept);
    add_item(vault, kept);
    link_item(vault, vault->count - 1);
}

static enum candor_status give(struct job *job, struct vault *vault, struct str kind,
                               struct str value)
{
    if (map_get(vault->by_value, value_key(job->arena, kind, value)) != NULL) {
        return CANDOR_OK;
    }
    if (vault->count == VAULT_VALUES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "more than %d different values to replace",
                    VAULT_VALUES_MAX);
    }
    uint32_t number = number_first(vault, kind, value);
    for (size_t i = 0; i < PROBES_MAX; i++) {
        if (number > VAULT_NUMBER_MAX) {
            number = 1;
        }
        if (number_may_be(vault, kind, number)) {
            keep(vault, kind, number, value);
            return CANDOR_OK;
        }
        number++;
    }
    return fail(job, CANDOR_TOO_LARGE, "the text holds too much that looks like a pseudonym");
}

enum candor_status vault_put(struct job *job, struct vault *vault, struct str name,
                             struct str value)
{
    size_t cut = name.len;
    int64_t number = 0;
    while (cut > 0 && name.ptr[cut - 1] != '_') {
        cut--;
    }
    const struct str digits = str_slice(name, cut, name.len);
    bool is_one = cut >= 2 && cut - 1 <= VAULT_NAME_MAX && str_to_int64(digits, &number) &&
                  is_digit(letter_at(digits, 0)) && digits.ptr[0] != '0' &&
                  number <= VAULT_NUMBER_MAX;
    for (size_t i = 0; is_one && i + 1 < cut; i++) {
        is_one = name.ptr[i] == '_' ? i > 0 : name.ptr[i] >= 'A' && name.ptr[i] <= 'Z';
    }
    const struct str kind = str_slice(name, 0, cut > 0 ? cut - 1 : 0);
    if (!is_one || !number_may_be(vault, kind, (uint32_t)number)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "pseudonym %zu is none, or stands there twice: they are like EMAIL_1",
                    vault->count + 1);
    }
    if (vault->count == VAULT_VALUES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "more than %d values", VAULT_VALUES_MAX);
    }
    keep(vault, kind, (uint32_t)number, value);
    return CANDOR_OK;
}

/* ---- texts --------------------------------------------------------------------------------- */

static enum candor_status find(struct job *job, const struct vault *vault, struct str text,
                               struct gate_findings *findings)
{
    *findings = gate_findings_in(job->arena, VAULT_FINDINGS_MAX);
    gate_scan(vault->gate, text, &vault->asked, findings);
    if (findings->is_cut) {
        return fail(job, CANDOR_TOO_LARGE, "more than %d findings in one text", VAULT_FINDINGS_MAX);
    }
    return CANDOR_OK;
}

enum candor_status vault_look(struct job *job, struct vault *vault, struct str text)
{
    struct gate_findings findings;
    char room[VAULT_NAME_MAX];
    if (announce(vault, text)) {
        return fail(job, CANDOR_BAD_INPUT, "a text holds what looks like a pseudonym given out");
    }
    TRY(find(job, vault, text, &findings));
    for (size_t i = 0; i < findings.count; i++) {
        const struct gate_finding *finding = &findings.item[i];
        if (finding->end > finding->start) {
            TRY(give(job, vault, name_of(finding, room),
                     str_slice(text, finding->start, finding->end)));
        }
    }
    return CANDOR_OK;
}

static void put_pseudonym(struct buf *redacted, const struct pseudonym *pseudonym)
{
    buf_lit(redacted, LIT("[["));
    buf_str(redacted, pseudonym->name);
    buf_lit(redacted, LIT("]]"));
}

/* Whether a value's edge is one of the text's words too: 12345678 is not in 123456789. What is long is no
 * accident, whatever stands around it. */
static bool stands_alone(struct str text, size_t start, size_t end)
{
    if (end - start > ALONE_LEN_MAX) {
        return true;
    }
    const bool opens = !is_alnum(text.ptr[start]) || !is_alnum(letter_before(text, start));
    return opens && (!is_alnum(text.ptr[end - 1]) || !is_alnum(letter_at(text, end)));
}

/* The longest known value that stands here, whole, before `to`; NULL: none. */
static const struct pseudonym *known_at(const struct vault *vault, struct str text, size_t at,
                                        size_t to)
{
    const struct pseudonym *best = NULL;
    if (to - at < KNOWN_LEN_MIN || vault->bucket == NULL) {
        return NULL;
    }
    uint32_t next = vault->bucket[bucket_of(vault, text, at)];
    for (size_t i = 0; next != 0 && i < CHAIN_MAX; i++) {
        const struct pseudonym *pseudonym = vault->item[next - 1];
        const size_t len = pseudonym->value.len;
        next = pseudonym->next;
        if (len <= to - at && memcmp(text.ptr + at, pseudonym->value.ptr, len) == 0 &&
            stands_alone(text, at, at + len) && (best == NULL || len > best->value.len)) {
            best = pseudonym;
        }
    }
    return best;
}

/* The text between findings, known values replaced. */
static void put_between(const struct vault *vault, struct str text, size_t from, size_t to,
                        struct buf *redacted)
{
    size_t done = from;
    for (size_t at = from; at + KNOWN_LEN_MIN <= to;) {
        const struct pseudonym *known = known_at(vault, text, at, to);
        if (known == NULL) {
            at++;
            continue;
        }
        buf_str(redacted, str_slice(text, done, at));
        put_pseudonym(redacted, known);
        at += known->value.len;
        done = at;
    }
    buf_str(redacted, str_slice(text, done, to));
}

enum candor_status vault_redact(struct job *job, struct vault *vault, struct str text,
                                struct buf *redacted)
{
    struct gate_findings findings;
    char room[VAULT_NAME_MAX];
    size_t done = 0;
    TRY(find(job, vault, text, &findings));
    for (size_t i = 0; i < findings.count; i++) {
        const struct gate_finding *finding = &findings.item[i];
        if (finding->end <= finding->start) {
            continue;
        }
        const struct str value = str_slice(text, finding->start, finding->end);
        const struct bytes key = value_key(job->arena, name_of(finding, room), value);
        const struct pseudonym *known = (const struct pseudonym *)map_get(vault->by_value, key);
        if (known == NULL) {
            return fail(job, CANDOR_BAD_INPUT, "a text was not looked at before it was redacted");
        }
        put_between(vault, text, done, finding->start, redacted);
        put_pseudonym(redacted, known);
        done = finding->end;
    }
    put_between(vault, text, done, text.len, redacted);
    return CANDOR_OK;
}
