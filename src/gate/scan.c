/*
 * scan.c - one pass over the text.
 *
 *     bytes ──masks.c──▶ masks ──▶ candidates ──number.c, contact.c, secret.c──▶ findings, by place
 *
 * Candidates are rare: a sign @, colons close together, four numbers between dots, a run of digits with at
 * least six digits among sixteen bytes, a word of ten or more letters with a digit or a telling beginning,
 * and the rare literals. Whatever is found is then put in order; of those that overlap, the likeliest and
 * longest stays.
 */
#include "names.h"
#include "prose.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 256, DIGITS_LEAST = 6, DIGITS_OF_SHORT_PLANS = 4 };

__extension__ typedef unsigned __int128 wide;

struct gate *gate_begin(struct arena *arena)
{
    struct gate *gate = NEW(arena, struct gate);
    gate->masks = mask_tables_begin(arena);
    gate->phones = phone_plans_begin(arena);
    gate->secrets = secret_rules_begin(arena);
    gate->name_parts = assigned_parts_begin(arena);
    gate->name_ends = assigned_ends_begin(arena);
    gate->value_runs = assigned_runs_begin(arena);
    gate->values = value_table_begin(arena);
    gate->injection = injection_rules_begin(arena);
    gate->copy_said = copy_said_begin(arena);
    gate->injection_said = injection_said_begin(arena);
    gate->copy = copy_rules_begin(arena);
    gate->name_words = name_words_begin(arena);
    gate->name_model = name_model_begin(arena);
    gate->name_phrases = name_phrases_begin(arena);
    gate->name_triggers = name_triggers_begin(arena);
    return gate;
}

struct gate_findings gate_findings_in(struct arena *arena, size_t count_max)
{
    return (struct gate_findings){.arena = arena, .count_max = count_max};
}

const char *likelihood_name(enum likelihood likelihood)
{
    static const char *const name[] = {"", "unlikely", "possible", "likely", "very likely"};
    must((unsigned)likelihood < sizeof name / sizeof name[0]);
    return name[likelihood];
}

void scan_add(struct scan *scan, const char *rule, const char *what, enum gate_kind kind,
              enum likelihood likelihood, size_t start, size_t end)
{
    struct gate_findings *found = scan->findings;
    const enum likelihood least = scan->asked->least == 0 ? LIKELY : scan->asked->least;
    if (likelihood < least || (scan->asked->kinds & (unsigned)kind) == 0) {
        return;
    }
    if (found->count == found->count_max) {
        found->is_cut = true;
        return;
    }
    if (found->count == found->room) {
        const size_t room = found->room == 0 ? 32 : found->room * 2;
        struct gate_finding *item = NEW_ARRAY(found->arena, room, struct gate_finding);
        bytes_copy(item, found->item, found->count * sizeof *item);
        found->item = item;
        found->room = room;
    }
    const bool is_packed = scan->depth > 0;
    found->item[found->count++] = (struct gate_finding){
        .rule = rule,
        .what = what,
        .kind = kind,
        .likelihood = likelihood,
        .start = is_packed ? scan->packed_start : start,
        .end = is_packed ? scan->packed_end : end,
        .is_packed = is_packed,
    };
}

/* ---- candidates ---------------------------------------------------------------------------- */

/* Of sixteen bits, by adding neighbours: the instruction for it is not everywhere. */
static int count_bits(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555;
    bits = (bits & 0x3333) + (bits >> 2 & 0x3333);
    bits = (bits + (bits >> 4)) & 0x0f0f;
    return (int)((bits + (bits >> 8)) & 0x1f);
}

static void look_at_numbers(struct scan *scan, const struct block *window)
{
    const uint64_t before = window->before == NULL ? 0 : window->before->digit;
    const uint64_t digit = window->here->digit;
    uint64_t start = run_starts(digit, before);
    for (; start != 0; start &= start - 1) {
        const unsigned bit = lowest(start);
        const size_t at = window->start + bit;
        const uint64_t ahead = from_bit(digit, window->next->digit, bit) & 0xffff;
        if (at < scan->number_done) {
            continue;
        }
        if ((ahead & 0x1f) == 0xf && is_among(scan->text.ptr[at], "12") && year_at(scan, at)) {
            continue;
        }
        if (count_bits(ahead) >= scan->digits_least) {
            digits_at(scan, at);
        } else if (count_bits(from_bit(window->here->dot, window->next->dot, bit) & 0xfff) >= 3) {
            dots_at(scan, at);
        }
    }
}

static bool has_digit(const struct block *window, unsigned bit)
{
    const uint64_t word = from_bit(window->here->word, window->next->word, bit);
    const uint64_t run = word & ~(word + 1);
    const uint64_t within =
        run == 0 && word != 0
            ? word & (~word == 0 ? ~UINT64_C(0) : (UINT64_C(1) << lowest(~word)) - 1)
            : run;
    return (from_bit(window->here->digit, window->next->digit, bit) & within) != 0;
}

static bool is_of_word(char letter)
{
    return is_alnum(letter) || letter == '_' || letter == '-';
}

static size_t word_end(const struct scan *scan, const struct block *window, unsigned bit)
{
    const uint64_t other = ~from_bit(window->here->word, window->next->word, bit);
    size_t at = window->start + bit;
    if (other != 0) {
        return at + lowest(other);
    }
    at += MASK_BITS;
    while (at < scan->text.len && is_of_word(scan->text.ptr[at])) {
        at++;
    }
    return at;
}

/* Words of at least ten letters. */
static void look_at_words(struct scan *scan, const struct block *window)
{
    const uint64_t word = window->here->word;
    const uint64_t first = run_starts(word, window->before == NULL ? 0 : window->before->word);
    const wide run = (wide)window->next->word << MASK_BITS | word;
    const wide two = run & run >> 1;
    const wide four = two & two >> 2;
    const wide ten = four & four >> 4 & two >> 8;
    uint64_t start = first & (uint64_t)ten;
    for (; start != 0; start &= start - 1) {
        const unsigned bit = lowest(start);
        const size_t at = window->start + bit;
        if (at >= scan->token_done && (has_digit(window, bit) || token_may_be_secret(scan, at))) {
            token_at(scan, at, word_end(scan, window, bit));
        }
    }
}

/* Another within five bytes, and one more within five of that: groups of an address. */
static void look_at_colons(struct scan *scan, const struct block *window)
{
    const uint64_t here = window->here->colon;
    const uint64_t digit_before =
        window->here->digit << 1 |
        (window->before == NULL ? 0 : window->before->digit >> (MASK_BITS - 1));
    const wide colon = (wide)window->next->colon << MASK_BITS | here;
    for (uint64_t at = here & digit_before & from_bit(here, window->next->colon, 1); at != 0;
         at &= at - 1) {
        short_ip6_at(scan, window->start + lowest(at));
    }
    wide others = colon & (colon - 1);
    others &= others - 1;
    if (others == 0) {
        return;
    }
    const wide near = colon >> 1 | colon >> 2 | colon >> 3 | colon >> 4 | colon >> 5;
    const wide second = colon & near;
    const wide third = second >> 1 | second >> 2 | second >> 3 | second >> 4 | second >> 5;
    for (uint64_t at = (uint64_t)(colon & third); at != 0; at &= at - 1) {
        colons_at(scan, window->start + lowest(at));
    }
}

/* Two dots five bytes apart, behind a digit or a letter: groups of four. */
static void look_at_dots(struct scan *scan, const struct block *window)
{
    const uint64_t dot = window->here->dot;
    for (uint64_t at = dot & from_bit(dot, window->next->dot, 5); at != 0; at &= at - 1) {
        dotted_mac_at(scan, window->start + lowest(at));
    }
}

static void look_at_signs(struct scan *scan, const struct block *window)
{
    for (uint64_t at = window->here->at; at != 0; at &= at - 1) {
        email_at(scan, window->start + lowest(at));
    }
    for (uint64_t at = window->here->literal; at != 0; at &= at - 1) {
        literal_at(scan, window, lowest(at));
    }
    if (window->here->colon != 0) {
        look_at_colons(scan, window);
    }
}

static void look_at_block(struct scan *scan, const struct block *window)
{
    const struct masks *here = window->here;
    if ((here->at | here->literal | here->colon) != 0) {
        look_at_signs(scan, window);
    }
    if (here->digit != 0) {
        if (here->dot != 0) {
            look_at_dots(scan, window);
        }
        look_at_numbers(scan, window);
    }
    look_at_words(scan, window);
    if (scan->has_names) {
        names_in_block(scan, window);
    }
}

/* ---- the pass ------------------------------------------------------------------------------ */

/* What is left at the end of the text, with zeros behind it. */
static void last_masks(const struct gate *gate, struct str text, size_t from, struct masks masks[2])
{
    char padded[2 * MASK_BITS + 8] = {0};
    bytes_copy(padded, text.ptr + from, text.len - from);
    masks_of(gate->masks, padded, 2, masks);
}

void scan_text(struct scan *scan)
{
    const struct str text = scan->text;
    struct masks masks[BLOCKS + 2];
    struct masks before = {0};
    for (size_t from = 0; from < text.len;) {
        /* One block more than is looked at, since a candidate may go on in it. */
        const size_t whole = text.len - from < 4 ? 0 : (text.len - from - 4) / MASK_BITS;
        size_t count = whole > BLOCKS + 1 ? BLOCKS + 1 : whole;
        masks_of(scan->gate->masks, text.ptr + from, count, masks);
        size_t looked = BLOCKS;
        if (count <= BLOCKS) {
            last_masks(scan->gate, text, from + count * MASK_BITS, masks + count);
            looked = count + 1;
        }
        for (size_t b = 0; b < looked; b++) {
            const struct block window = {&masks[b], &masks[b + 1],
                                         b == 0 && from == 0 ? NULL
                                         : b == 0            ? &before
                                                             : &masks[b - 1],
                                         from + b * MASK_BITS};
            look_at_block(scan, &window);
        }
        before = masks[looked - 1];
        from += looked * MASK_BITS;
    }
}

/* ---- in order ------------------------------------------------------------------------------ */

static int by_place(const void *left, const void *right)
{
    const struct gate_finding *a = left;
    const struct gate_finding *b = right;
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    if (a->end != b->end) {
        return a->end > b->end ? -1 : 1;
    }
    if (a->likelihood != b->likelihood) {
        return a->likelihood > b->likelihood ? -1 : 1;
    }
    return strcmp(a->rule, b->rule);
}

static bool is_guess(const struct gate_finding *item)
{
    return strcmp(item->rule, ASSIGNED_RULE) == 0;
}

static bool is_better(const struct gate_finding *a, const struct gate_finding *b, unsigned first)
{
    const bool is_first = ((unsigned)a->kind & first) != 0;
    if (is_first != (((unsigned)b->kind & first) != 0)) {
        return is_first;
    }
    if (is_guess(a) != is_guess(b) && a->likelihood >= LIKELY && b->likelihood >= LIKELY) {
        return is_guess(b);
    }
    return a->likelihood != b->likelihood ? a->likelihood > b->likelihood
                                          : a->end - a->start > b->end - b->start;
}

/* A sentence does not hide the address in it: only findings of one family exclude each other. */
static unsigned family_of(const struct gate_finding *finding)
{
    return (finding->kind & GATE_ALL) != 0 ? (unsigned)GATE_ALL : (unsigned)finding->kind;
}

/* A licence within what was copied is told as well, and what each market asks for. */
static bool is_beside_others(const struct gate_finding *finding)
{
    return (finding->kind & (GATE_ORIGIN | GATE_ANOMALY | GATE_RULE)) != 0 ||
           (finding->kind == GATE_COPY && finding->about.len > 0);
}

static void settle(struct gate_finding *item, size_t *count, unsigned first)
{
    enum { FAMILIES = 8 };
    unsigned family[FAMILIES];
    size_t last[FAMILIES]; /* kept of each family */
    size_t families = 0;
    size_t kept = 0;
    if (*count > 1) {
        qsort(item, *count, sizeof *item, by_place);
    }
    for (size_t i = 0; i < *count; i++) {
        size_t f = 0;
        while (f < families && family[f] != family_of(&item[i])) {
            f++;
        }
        must(f < FAMILIES);
        if (f < families && is_beside_others(&item[i])) {
            last[f] = kept;
            item[kept++] = item[i];
            continue;
        }
        if (f == families) {
            family[families++] = family_of(&item[i]);
        } else if (item[i].start < item[last[f]].end) {
            if (is_better(&item[i], &item[last[f]], first)) {
                item[last[f]] = item[i];
            }
            continue;
        }
        last[f] = kept;
        item[kept++] = item[i];
    }
    *count = kept;
    /* A better one may have begun later than what stood before it. */
    if (kept > 1) {
        qsort(item, kept, sizeof *item, by_place);
    }
}

void gate_scan(const struct gate *gate, struct str text, const struct gate_asked *asked,
               struct gate_findings *findings)
{
    const size_t before = findings->count;
    struct scan scan = {.gate = gate,
                        .asked = asked,
                        .findings = findings,
                        .text = text,
                        .place = assigned_place(asked->path),
                        .digits_least = DIGITS_LEAST};
    if (asked->region[0] != '\0' && phone_region_is_short(gate, asked->region)) {
        scan.digits_least = DIGITS_OF_SHORT_PLANS;
    }
    scan.has_names = (asked->kinds & GATE_PII) != 0 && form_of(asked->path) == FORM_TEXT;
    const enum likelihood least_name = asked->least_name == 0 ? asked->least : asked->least_name;
    scan.has_doubtful = least_name != 0 && least_name < LIKELY;
    if (str_ends(asked->path, STR(".p12")) || str_ends(asked->path, STR(".pfx"))) {
        scan_add(&scan, "cdr.secret.pkcs12-file", "a store of private keys (PKCS 12)", GATE_SECRET,
                 LIKELY, 0, 0);
    }
    scan_text(&scan);
    scan_prose(&scan);
    rules_scan(&scan);
    anomaly_scan(&scan);
    scan_origin(&scan);
    if (findings->count > before) {
        size_t count = findings->count - before;
        settle(findings->item + before, &count, asked->first);
        findings->count = before + count;
    }
}
