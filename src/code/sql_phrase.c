/*
 * sql_phrase.c - the phrases of sql.def, wherever they stand in a statement.
 */
#include <string.h>

#include "inside_sql_words.h"

enum { ITEMS_MAX = 16, CHOICES_MAX = 10, GAP_MAX = 60 };

struct choice {
    struct str text;
    uint16_t word; /* 0: a sign, a text or a sort */
};

struct item {
    struct choice choice[CHOICES_MAX];
    uint8_t count; /* 0: a gap */
    bool is_optional;
    bool is_not;
};

struct phrase {
    enum rule_id rule;
    struct item item[ITEMS_MAX];
    uint32_t count;
};

static const struct {
    enum rule_id rule;
    const char *text;
} row[] = {
    {RULE_NONE, ""},
#define PHRASE(rule, text) {RULE_##rule, text},
#include "sql.def"
#undef PHRASE
};
enum { ROWS = sizeof row / sizeof row[0] };

struct sql_phrases {
    struct phrase phrase[ROWS];
    uint32_t by_word[SQL_WORDS_MAX];
    struct link {
        uint32_t phrase;
        uint32_t next;
    } link[ROWS * CHOICES_MAX];
    uint32_t links;
    uint32_t by_sign;
};

static bool is_word(struct str text)
{
    const char sign = text.len == 0 ? '\0' : (char)(text.ptr[0] | 32);
    return sign >= 'a' && sign <= 'z';
}

/* 'a b'|'c' has blanks within: parts end at a blank outside of quotes. */
static struct str next_part(struct str *rest)
{
    size_t at = 0;
    bool is_text = false;
    while (at < rest->len && (is_text || rest->ptr[at] != ' ')) {
        is_text = rest->ptr[at] == '\'' ? !is_text : is_text;
        at++;
    }
    const struct str part = str_slice(*rest, 0, at);
    *rest = at < rest->len ? str_slice(*rest, at + 1, rest->len) : (struct str){0};
    return part;
}

static void read_item(struct sql_words *words, struct str part, struct item *item)
{
    if (str_is(part, "...")) {
        return;
    }
    item->is_optional = part.ptr[0] == '?';
    item->is_not = part.ptr[0] == '!' && part.len > 1;
    part = str_slice(part, item->is_optional || item->is_not ? 1 : 0, part.len);
    while (part.ptr != NULL) {
        must(item->count < CHOICES_MAX);
        struct choice *choice = &item->choice[item->count++];
        choice->text = str_cut(&part, '|');
        choice->word = is_word(choice->text) ? sql_word_add(words, choice->text) : 0;
    }
}

static void link_to(struct sql_phrases *phrases, uint32_t phrase, uint32_t *head)
{
    phrases->link[++phrases->links] = (struct link){phrase, *head};
    *head = phrases->links;
}

struct sql_phrases *sql_phrases_begin(struct arena *arena, struct sql_words *words)
{
    struct sql_phrases *phrases = NEW(arena, struct sql_phrases);
    for (uint32_t r = 1; r < ROWS; r++) {
        struct phrase *phrase = &phrases->phrase[r];
        struct str rest = str_of(row[r].text);
        phrase->rule = row[r].rule;
        while (rest.ptr != NULL) {
            must(phrase->count < ITEMS_MAX);
            read_item(words, next_part(&rest), &phrase->item[phrase->count++]);
        }
        const struct item *first = &phrase->item[0];
        must(first->count > 0 && !first->is_optional && !first->is_not);
        for (uint32_t c = 0; c < first->count; c++) {
            link_to(phrases, r,
                    first->choice[c].word != 0 ? &phrases->by_word[first->choice[c].word]
                                               : &phrases->by_sign);
        }
    }
    return phrases;
}

/* ---- whether it stands there ------------------------------------------------------------------------ */

static bool is_path(struct str text)
{
    return text.len > 1 && (text.ptr[0] == '/' || text.ptr[0] == '\\' ||
                            (text.len > 2 && text.ptr[1] == ':' && text.ptr[2] == '\\'));
}

static bool fits_sort(const struct sql_scan *scan, uint32_t at, struct str sort)
{
    const uint8_t kind = sql_at(scan, at)->kind;
    const bool is_text = kind == SQL_TEXT || (kind == SQL_QUOTED && sql_at(scan, at)->sign == '"');
    return str_is(sort, "$name")     ? kind == SQL_TEXT || sql_is_name(scan, at)
           : str_is(sort, "$secret") ? is_text && sql_is_clear(sql_content(scan, at))
           : str_is(sort, "$empty")  ? is_text && sql_content(scan, at).len == 0
                                     : is_text && is_path(sql_content(scan, at));
}

static bool is_same_text(struct sql_scan *scan, uint32_t at, struct str quoted)
{
    const uint8_t kind = sql_at(scan, at)->kind;
    const struct str content = sql_content(scan, at);
    const struct str wanted = str_slice(quoted, 1, quoted.len - 1);
    bool same = (kind == SQL_TEXT || kind == SQL_QUOTED) && content.len == wanted.len;
    for (size_t i = 0; same && i < wanted.len; i++) {
        same = content.ptr[i] == wanted.ptr[i] || (content.ptr[i] | 32) == wanted.ptr[i];
    }
    return same;
}

static bool fits_item(struct sql_scan *scan, uint32_t at, const struct item *item)
{
    if (at >= scan->count) {
        return false;
    }
    for (uint32_t c = 0; c < item->count; c++) {
        const struct choice *choice = &item->choice[c];
        const char sign = choice->text.ptr[0];
        const bool fits =
            choice->word != 0
                ? sql_at(scan, at)->kind == SQL_WORD && sql_at(scan, at)->word == choice->word
            : sign == '$'                          ? fits_sort(scan, at, choice->text)
            : sign == '\'' && choice->text.len > 1 ? is_same_text(scan, at, choice->text)
                                                   : str_equal(sql_text(scan, at), choice->text);
        if (fits) {
            return true;
        }
    }
    return false;
}

/* Where the phrase ends that begins there; 0: it does not. */
static uint32_t end_of(struct sql_scan *scan, const struct phrase *phrase, uint32_t item,
                       uint32_t at)
{
    for (; item < phrase->count; item++) {
        const struct item *one = &phrase->item[item];
        if (one->count == 0) {
            uint32_t end = 0;
            const uint32_t to = at + GAP_MAX < scan->count ? at + GAP_MAX : scan->count;
            for (; at < to && end == 0 && sql_spend(scan, 1); at++) {
                end = end_of(scan, phrase, item + 1, at);
            }
            return end;
        }
        const bool fits = fits_item(scan, at, one);
        if (one->is_not ? fits : !fits && !one->is_optional) {
            return 0;
        }
        at += fits && !one->is_not;
    }
    return at;
}

static void look(struct sql_scan *scan, const struct sql_phrases *phrases, uint32_t link,
                 uint32_t at)
{
    for (; link != 0; link = phrases->link[link].next) {
        const struct phrase *phrase = &phrases->phrase[phrases->link[link].phrase];
        if (!fits_item(scan, at, &phrase->item[0])) {
            continue;
        }
        const uint32_t end = end_of(scan, phrase, 1, at + 1);
        if (end != 0) {
            sql_report(scan, phrase->rule, at, end - 1);
        }
    }
}

void sql_look_at_phrases(struct sql_scan *scan, const struct sql_phrases *phrases, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    if (sql_is_word(scan, 0, W_REVOKE)) {
        return; /* that is how it is mended */
    }
    if (token->kind == SQL_WORD && token->word != 0) {
        look(scan, phrases, phrases->by_word[token->word], at);
    } else if (token->kind == SQL_SIGN) {
        look(scan, phrases, phrases->by_sign, at);
    }
}
