/*
 * words.c - the sentences of words.def, written into pages.
 */
#include "words.h"

static const struct lit sentence[] = {
#define WORD(name, text) {"" text "", sizeof(text) - 1},
#include "words.def"
#undef WORD
};

struct lit word(enum word which)
{
    return sentence[which];
}

void say(struct buf *html, enum word which)
{
    html_text(html, str_from(sentence[which]));
}

void say_in(struct buf *html, struct lit open, enum word which, struct lit close)
{
    html_lit(html, open);
    say(html, which);
    html_lit(html, close);
}

struct str word_with(struct arena *arena, enum word which, struct str first, struct str second)
{
    const struct str text = str_from(sentence[which]);
    struct buf buf = buf_begin(arena);
    size_t from = 0;
    for (size_t i = 0; i + 2 < text.len; i++) {
        const bool is_place = text.ptr[i] == '{' && text.ptr[i + 2] == '}' &&
                              (text.ptr[i + 1] == '1' || text.ptr[i + 1] == '2');
        if (is_place) {
            buf_str(&buf, str_slice(text, from, i));
            buf_str(&buf, text.ptr[i + 1] == '1' ? first : second);
            from = i + 3;
        }
    }
    buf_str(&buf, str_slice(text, from, text.len));
    return buf_text(&buf);
}

void say_with(struct buf *html, enum word which, struct str first, struct str second)
{
    html_text(html, word_with(html->arena, which, first, second));
}

void say_with_in(struct buf *html, struct lit open, enum word which, struct str first,
                 struct str second, struct lit close)
{
    html_lit(html, open);
    say_with(html, which, first, second);
    html_lit(html, close);
}
