/*
 * prose.c - sentences, from plain text and from pages.
 *
 * A sentence ends at a full stop with a blank behind, at an empty line, at a line that goes on with a capital,
 * at brackets of data, and at tags. Tags are not words; what stands in comments, in attributes that people
 * hardly see, and in elements that a style hides is read like the rest and says where it stood. Scripts and
 * styles of a page are left out. All of it is one pass with fixed memory.
 */
#include "prose.h"

#include <string.h>

enum { TAG_MAX = 4096, DEEP = 32, NAME_MAX_LEN = 12 };

struct reader_state {
    struct str text;
    sentence_fn *each;
    void *context;
    struct sentence sentence;
    struct word word; /* under way */
    bool in_word;
    unsigned scripts; /* of the word, bits */
    size_t singles;   /* words of one letter, one after another */
    size_t technical; /* sentences that speak of programs */
    enum source source;
    char hidden[DEEP][NAME_MAX_LEN]; /* names of the elements that are open within a hidden one */
    size_t depth;
};

uint32_t word_hash(struct str letters)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < letters.len; i++) {
        hash = (hash ^ (unsigned char)letters.ptr[i]) * 16777619U;
    }
    return hash;
}

/* ---- words ---------------------------------------------------------------------------------- */

static void put_letter(struct sentence *sentence, uint32_t point)
{
    char *to = sentence->letters + sentence->len;
    if (point < 0x80) {
        to[0] = (char)point;
        sentence->len += 1;
    } else if (point < 0x800) {
        to[0] = (char)(0xc0 | point >> 6);
        to[1] = (char)(0x80 | (point & 0x3f));
        sentence->len += 2;
    } else {
        to[0] = (char)(0xe0 | (point >> 12 & 0x0f));
        to[1] = (char)(0x80 | (point >> 6 & 0x3f));
        to[2] = (char)(0x80 | (point & 0x3f));
        sentence->len += 3;
    }
}

/* What a Cyrillic or Greek letter looks like; itself if like none. */
static uint32_t look_alike(uint32_t point)
{
    static const struct {
        uint16_t from;
        char to;
    } alike[] = {{0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'}, {0x43d, 'h'},
                 {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'}, {0x445, 'x'},
                 {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x501, 'd'}, {0x51b, 'q'}, {0x51d, 'w'},
                 {0x4bb, 'h'}, {0x4cf, 'l'}, {0x3b1, 'a'}, {0x3b2, 'b'}, {0x3b5, 'e'}, {0x3b9, 'i'},
                 {0x3ba, 'k'}, {0x3bd, 'v'}, {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c4, 't'}, {0x3c5, 'u'},
                 {0x3c7, 'x'}, {0x3b7, 'n'}, {0x3b6, 'z'}, {0x3bc, 'u'}};
    for (size_t i = 0; i < sizeof alike / sizeof alike[0]; i++) {
        if (alike[i].from == point) {
            return (uint32_t)alike[i].to;
        }
    }
    return point;
}

bool letter_looks_latin(uint32_t folded)
{
    return folded >= 0x80 && look_alike(folded) < 0x80;
}

/*
 * Letters of one script that stand in for letters of the other, and not two words of which one is foreign, as in
 * Russian names of what programs do ("xml..."): of the other script is more than letters that look alike, and it
 * begins where the first one ends.
 */
static bool is_disguise(const struct sentence *sentence, const struct word *word)
{
    enum { PART_LEAST = 3 };
    const struct str letters = {sentence->letters + word->from, sentence->len - word->from};
    size_t part[2] = {0}; /* letters before the first change of scripts, and behind it */
    size_t changes = 0;
    bool is_all_alike = true;
    unsigned before = SCRIPT_NONE;
    for (size_t at = 0; at < letters.len;) {
        const struct letter letter = letter_of(letters, at);
        const bool is_latin = letter.script == SCRIPT_LATIN;
        changes += before != SCRIPT_NONE && letter.script != before;
        before = letter.script == SCRIPT_NONE ? before : letter.script;
        part[changes > 0]++;
        is_all_alike = is_all_alike && (is_latin || letter_looks_latin(letter.folded));
        at += letter.len;
    }
    return is_all_alike || changes > 1 || part[0] < PART_LEAST || part[1] < PART_LEAST;
}

/* A word of two scripts: its letters become what they look like. */
static void undisguise(struct sentence *sentence, struct word *word)
{
    const size_t end = sentence->len;
    char letters[LETTERS_MAX];
    bytes_copy(letters, sentence->letters + word->from, end - word->from);
    const struct str old = {letters, end - word->from};
    sentence->len = word->from;
    for (size_t at = 0; at < old.len;) {
        const struct letter letter = letter_of(old, at);
        put_letter(sentence, look_alike(letter.point));
        at += letter.len;
    }
    sentence->disguised++;
}

static void end_word(struct reader_state *state)
{
    struct sentence *sentence = &state->sentence;
    struct word *word = &state->word;
    const unsigned latin = 1U << SCRIPT_LATIN;
    if (!state->in_word) {
        return;
    }
    state->in_word = false;
    if ((state->scripts & latin) != 0 &&
        (state->scripts & (1U << SCRIPT_CYRILLIC | 1U << SCRIPT_GREEK)) != 0 &&
        is_disguise(sentence, word)) {
        undisguise(sentence, word);
    }
    word->len = (uint16_t)(sentence->len - word->from);
    word->hash = word_hash((struct str){sentence->letters + word->from, word->len});
    state->singles =
        word->len == 1 && is_letter(sentence->letters[word->from]) ? state->singles + 1 : 0;
    sentence->is_spaced = sentence->is_spaced || state->singles >= 8;
    sentence->word[sentence->count++] = *word;
    sentence->end = word->end;
}

/* Among the sentences so far are many that speak of programs: those between them do so too. */
static bool is_manual(const struct reader_state *state)
{
    enum { LEAST = 3, OF = 10 };
    return state->technical >= LEAST && state->technical * OF >= state->sentence.index + 1;
}

static void end_sentence(struct reader_state *state)
{
    struct sentence *sentence = &state->sentence;
    end_word(state);
    if (sentence->count > 0) {
        sentence->source = state->source;
        sentence->start = sentence->word[0].start;
        const bool is_technical = sentence->is_technical || sentence->in_fence;
        state->technical += is_technical;
        sentence->is_for_programmers = is_technical || is_manual(state);
        state->each(state->context, sentence);
        sentence->index++;
    }
    sentence->count = 0;
    sentence->len = 0;
    sentence->disguised = 0;
    sentence->is_spaced = false;
    sentence->is_technical = false;
    state->singles = 0;
}

static void begin_word(struct reader_state *state, size_t at)
{
    if (state->sentence.count == WORDS_MAX || state->sentence.len > LETTERS_MAX - 200) {
        end_sentence(state);
    }
    state->word = (struct word){.from = (uint16_t)state->sentence.len, .start = at};
    state->in_word = true;
    state->scripts = 0;
}

/* A sign that counts as a word: a question, an exclamation, a number, money. */
static void put_sign(struct reader_state *state, char sign, size_t at)
{
    end_word(state);
    begin_word(state, at);
    put_letter(&state->sentence, (uint32_t)sign);
    state->word.end = at + 1;
    end_word(state);
}

static void put_word_letter(struct reader_state *state, const struct letter *letter, size_t at)
{
    enum { WORD_LETTERS_MAX = 40 };
    const bool is_number = state->in_word && state->sentence.letters[state->word.from] == '#';
    if (state->in_word &&
        (is_number || state->sentence.len - state->word.from > WORD_LETTERS_MAX)) {
        end_word(state);
    }
    if (!state->in_word) {
        begin_word(state, at);
    }
    put_letter(&state->sentence, letter->folded & 0xffff);
    state->scripts |= 1U << letter->script;
    state->word.end = at + letter->len;
    if (letter->kind == LETTER_ALONE) {
        end_word(state);
    }
}

static void put_digit(struct reader_state *state, size_t at)
{
    if (state->in_word && state->sentence.letters[state->word.from] == '#') {
        state->word.end = at + 1;
        return;
    }
    end_word(state);
    begin_word(state, at);
    put_letter(&state->sentence, '#');
    state->word.end = at + 1;
}

/* ---- tags ----------------------------------------------------------------------------------- */

static bool has_within(struct str text, const char *what)
{
    const size_t len = strlen(what);
    for (size_t i = 0; i + len <= text.len; i++) {
        size_t same = 0;
        while (same < len && lower_of(text.ptr[i + same]) == what[same]) {
            same++;
        }
        if (same == len) {
            return true;
        }
    }
    return false;
}

/* White upon a colour is a button, not a hiding place. */
static bool has_hiding_style(struct str style)
{
    static const char *const sign[] = {"display:none",   "visibility:hidden", "font-size:0;",
                                       "font-size:0px",  "font-size:0\"",     "opacity:0;",
                                       "opacity:0\"",    "opacity:0'",        "opacity:0.0",
                                       "font-size:1px",  "left:-9",           "top:-9",
                                       "text-indent:-9", "clip:rect(0",       "max-height:0",
                                       "mso-hide:all",   "color:transparent"};
    for (size_t i = 0; i < sizeof sign / sizeof sign[0]; i++) {
        if (has_within(style, sign[i])) {
            return true;
        }
    }
    return (has_within(style, "color:white") || has_within(style, "color:#fff")) &&
           !has_within(style, "background");
}

/* A style that hides, blanks left out. */
static bool hides(struct str tag)
{
    char dense[TAG_MAX];
    size_t len = 0;
    if (has_within(tag, " hidden") && !has_within(tag, "=\"hidden") &&
        !has_within(tag, "-hidden")) {
        return true;
    }
    if (!has_within(tag, "style")) {
        return false;
    }
    for (size_t i = 0; i < tag.len && len < sizeof dense; i++) {
        if (!is_among(tag.ptr[i], " \n\t")) {
            dense[len++] = tag.ptr[i];
        }
    }
    const struct str style = {dense, len};
    return has_within(style, "style=") && has_hiding_style(style);
}

static struct str tag_name(struct str tag)
{
    const size_t from = tag.len > 1 && tag.ptr[1] == '/' ? 2 : 1;
    size_t to = from;
    while (to < tag.len && (is_alnum(tag.ptr[to]) || tag.ptr[to] == '-')) {
        to++;
    }
    return str_slice(tag, from, to);
}

static bool is_name(struct str name, const char *other)
{
    return name.len == strlen(other) && has_within(name, other);
}

static bool is_void(struct str name)
{
    static const char *const alone[] = {"br",  "img",  "input", "meta",  "link", "hr",
                                        "col", "area", "base",  "embed", "wbr",  "source"};
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        if (is_name(name, alone[i])) {
            return true;
        }
    }
    return false;
}

static bool is_inline(struct str name)
{
    static const char *const within[] = {"b",   "i",     "em",   "strong", "a",    "span",
                                         "u",   "small", "code", "font",   "mark", "abbr",
                                         "sup", "sub",   "wbr",  "s",      "tt",   "label"};
    for (size_t i = 0; i < sizeof within / sizeof within[0]; i++) {
        if (is_name(name, within[i])) {
            return true;
        }
    }
    return false;
}

static size_t read_plain(struct reader_state *state, size_t from, size_t to);

/* Attributes that speak: alt, title, aria-label, placeholder, content. */
static void read_attributes(struct reader_state *state, size_t from, size_t to)
{
    static const char *const spoken[] = {
        "alt=", "title=", "aria-label=", "placeholder=", "content="};
    const struct str text = state->text;
    for (size_t at = from; at < to; at++) {
        if (!is_among(letter_before(text, at), " \t\n\"'")) {
            continue;
        }
        for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
            const size_t len = strlen(spoken[i]);
            if (to - at < len + 2 || !has_within(str_slice(text, at, at + len), spoken[i])) {
                continue;
            }
            const char quote = text.ptr[at + len];
            const char *end = is_among(quote, "\"'")
                                  ? memchr(text.ptr + at + len + 1, quote, to - at - len - 1)
                                  : NULL;
            if (end != NULL) {
                const enum source before = state->source;
                end_sentence(state);
                state->source = IN_ATTRIBUTE;
                (void)read_plain(state, at + len + 1, (size_t)(end - text.ptr));
                end_sentence(state);
                state->source = before;
                at = (size_t)(end - text.ptr);
            }
            break;
        }
    }
}

static void open_or_close(struct reader_state *state, struct str tag)
{
    const struct str name = tag_name(tag);
    const bool closes = tag.len > 1 && tag.ptr[1] == '/';
    const size_t len = name.len < NAME_MAX_LEN - 1 ? name.len : NAME_MAX_LEN - 1;
    const struct str shortened = str_slice(name, 0, len);
    if (closes) {
        for (size_t d = state->depth; d > 0; d--) {
            if (is_name(shortened, state->hidden[d - 1])) {
                state->depth = d - 1;
                break;
            }
        }
    } else if (!is_void(name) && !str_ends(tag, STR("/>")) && state->depth < DEEP &&
               (state->depth > 0 || hides(tag))) {
        for (size_t i = 0; i < len; i++) {
            state->hidden[state->depth][i] = lower_of(shortened.ptr[i]);
        }
        state->hidden[state->depth++][len] = '\0';
    }
    state->source = state->depth > 0 ? IN_HIDDEN : IN_TEXT;
}

/* Where the text of a script or a style ends. */
static size_t skip_element(struct str text, size_t at, struct str name)
{
    const char *end = is_name(name, "style") ? "style" : "script";
    while (at < text.len) {
        const char *next = memchr(text.ptr + at, '<', text.len - at);
        if (next == NULL) {
            return text.len;
        }
        at = (size_t)(next - text.ptr);
        if (letter_at(text, at + 1) == '/' &&
            is_name(str_slice(text, at + 2, at + 2 + name.len), end)) {
            return at;
        }
        at++;
    }
    return text.len;
}

static size_t read_comment(struct reader_state *state, size_t at)
{
    const struct str text = state->text;
    size_t end = at + 4;
    while (end + 3 <= text.len && memcmp(text.ptr + end, "-->", 3) != 0) {
        const char *next = memchr(text.ptr + end + 1, '-', text.len - end - 1);
        end = next == NULL ? text.len : (size_t)(next - text.ptr);
    }
    end = end > text.len ? text.len : end;
    const enum source before = state->source;
    end_sentence(state);
    state->source = IN_COMMENT;
    (void)read_plain(state, at + 4, end);
    end_sentence(state);
    state->source = before;
    return end + 3 <= text.len ? end + 3 : text.len;
}

/* A tag, a comment, or only a sign: where what comes after it begins. */
static size_t read_tag(struct reader_state *state, size_t at, size_t to)
{
    const struct str text = str_slice(state->text, 0, to);
    if (to - at >= 4 && memcmp(text.ptr + at, "<!--", 4) == 0) {
        return read_comment(state, at);
    }
    const char next = letter_at(text, at + 1);
    if (!is_letter(next) && next != '/' && next != '!') {
        return at + 1;
    }
    const size_t most = to - at < TAG_MAX ? to - at : TAG_MAX;
    const char *close = memchr(text.ptr + at, '>', most);
    if (close == NULL) {
        return at + 1;
    }
    const size_t end = (size_t)(close - text.ptr) + 1;
    const struct str tag = str_slice(text, at, end);
    const struct str name = tag_name(tag);
    if (!is_inline(name) || hides(tag) || state->depth > 0) {
        end_sentence(state);
        open_or_close(state, tag);
    }
    if (is_name(name, "pre")) {
        state->sentence.in_fence = next != '/';
    }
    state->sentence.is_technical =
        state->sentence.is_technical || (next != '/' && is_name(name, "code"));
    read_attributes(state, at + 1, end);
    if (next != '/' && (is_name(name, "script") || is_name(name, "style"))) {
        return skip_element(text, end, name);
    }
    return end;
}

/* ---- sentences ------------------------------------------------------------------------------ */

static bool is_capital(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

/* After a line's end: whether what follows is a new sentence. */
static bool line_ends_sentence(struct str text, size_t at, size_t to)
{
    size_t next = at + 1;
    while (next < to && is_among(text.ptr[next], " \t\r>*-")) {
        next++;
    }
    const char first = letter_at(str_slice(text, 0, to), next);
    return next > at + 1 + 3 || !(is_letter(first) || (unsigned char)first >= 0x80) ||
           is_capital(first);
}

static void read_stop(struct reader_state *state, const struct letter *letter, size_t at)
{
    const char next = letter_at(state->text, at + letter->len);
    if (letter->point == '?' || letter->point == '!') {
        put_sign(state, (char)letter->point, at);
        end_sentence(state);
    } else if (letter->point != '.' || !(is_alnum(next) && !is_capital(next))) {
        end_sentence(state);
    } else {
        end_word(state);
    }
}

/* What stands in writing about programs, and in nothing that sells: `name`, a_name, call(), => and --option. */
static bool is_technical_sign(struct str text, size_t at)
{
    const char next = letter_at(text, at + 1);
    switch (text.ptr[at]) {
    case '`':
        return true;
    case '_':
        return is_alnum(letter_before(text, at)) && is_alnum(next);
    case '(':
        return next == ')' && is_alnum(letter_before(text, at));
    case '=':
        return next == '>';
    case '-':
        return next == '-' && is_letter(letter_at(text, at + 2)) && letter_before(text, at) == ' ';
    default:
        return false;
    }
}

/* A line of three backticks or tildes, which a program stands between. */
static bool is_fence(struct str text, size_t line)
{
    return line + 3 <= text.len &&
           (memcmp(text.ptr + line, "```", 3) == 0 || memcmp(text.ptr + line, "~~~", 3) == 0);
}

static size_t read_letter(struct reader_state *state, size_t at, size_t to)
{
    const struct str text = state->text;
    const struct letter letter = letter_of(text, at);
    switch (letter.kind) {
    case LETTER_WORD:
    case LETTER_ALONE:
        put_word_letter(state, &letter, at);
        break;
    case LETTER_DIGIT:
        put_digit(state, at);
        break;
    case LETTER_UNSEEN:
    case LETTER_MARK:
        break;
    case LETTER_STOP:
        read_stop(state, &letter, at);
        break;
    case LETTER_LINE:
        if (is_fence(text, at + letter.len)) {
            end_sentence(state);
            state->sentence.in_fence = !state->sentence.in_fence;
        } else if (line_ends_sentence(text, at, to)) {
            end_sentence(state);
        } else {
            end_word(state);
        }
        break;
    case LETTER_GAP:
        state->sentence.is_technical = state->sentence.is_technical || is_technical_sign(text, at);
        if (is_among((char)(letter.point & 0x7f), "{}[]|\t") && letter.point < 0x80) {
            end_sentence(state);
        } else if (letter.point == '\\' && letter_at(text, at + 1) == 'n') {
            end_sentence(state);
            return at + 2;
        } else if (letter.point == '%' || letter.point == '$' || letter.point == ':') {
            put_sign(state, (char)letter.point, at);
        } else if (letter.point == 0x20ac || letter.point == 0xa3) {
            put_sign(state, '$', at);
        } else {
            end_word(state);
        }
        break;
    }
    return at + letter.len;
}

static size_t read_plain(struct reader_state *state, size_t from, size_t to)
{
    while (from < to) {
        from = read_letter(state, from, to);
    }
    return from;
}

/* ---- the door ------------------------------------------------------------------------------- */

void prose_sentences(struct str text, sentence_fn *each, void *context)
{
    struct reader_state state = {.text = text, .each = each, .context = context};
    state.sentence.in_mail = text_is_mail(text);
    state.sentence.in_fence = is_fence(text, 0);
    for (size_t at = 0; at < text.len;) {
        if (text.ptr[at] == '<') {
            at = read_tag(&state, at, text.len);
        } else {
            at = read_letter(&state, at, text.len);
        }
    }
    end_sentence(&state);
}
