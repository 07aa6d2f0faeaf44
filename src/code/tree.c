/*
 * tree.c - what is asked of nodes.
 */
#include "inside.h"

#include <string.h>

node_id child_of(const struct tree *tree, node_id id, enum node_field field)
{
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        if (tree->node[child].field == field) {
            return child;
        }
    }
    return 0;
}

node_id nth_of(const struct tree *tree, node_id id, size_t index)
{
    node_id child = first_of(tree, id);
    for (; child != 0 && index > 0; index--) {
        child = next_of(tree, child);
    }
    return child;
}

size_t count_of(const struct tree *tree, node_id id)
{
    size_t count = 0;
    for (node_id child = first_of(tree, id); child != 0; child = next_of(tree, child)) {
        count++;
    }
    return count;
}

struct str string_of(const struct tree *tree, node_id id)
{
    struct str text = text_of(tree, id);
    if (kind_of(tree, id) != N_STRING && kind_of(tree, id) != N_TEMPLATE) {
        return text;
    }
    while (text.len > 0 && memchr("rRbBuUfF", text.ptr[0], 8) != NULL) {
        text = str_slice(text, 1, text.len);
    }
    size_t quote = 0;
    while (quote < 3 && 2 * quote + 1 < text.len && text.ptr[quote] == text.ptr[0] &&
           text.ptr[text.len - 1 - quote] == text.ptr[0]) {
        quote++;
    }
    quote = quote == 2 ? 1 : quote;
    return text.len == 2 ? STR("") : str_slice(text, quote, text.len - quote);
}

struct str sign_of(const struct tree *tree, node_id id)
{
    const node_id left = first_of(tree, id);
    const node_id right = left == 0 ? 0 : next_of(tree, left);
    const struct node *node = node_of(tree, id);
    if (left == 0) {
        return STR("");
    }
    const uint32_t from = right == 0 ? node->start : tree->node[left].end;
    const uint32_t to = right == 0 ? tree->node[left].start : tree->node[right].start;
    return from > to ? STR("") : str_trim((struct str){tree->text.ptr + from, to - from});
}

node_id unwrapped(const struct tree *tree, node_id id)
{
    while (id != 0 && kind_of(tree, id) == N_WRAP) {
        node_id inner = first_of(tree, id);
        while (inner != 0 && kind_of(tree, inner) == N_CHUNK) {
            inner = next_of(tree, inner);
        }
        id = inner;
    }
    return id;
}

node_id argument_of(const struct tree *tree, node_id call, size_t index)
{
    const node_id arguments = child_of(tree, call, F_ARGUMENTS);
    node_id list = arguments;
    if (list == 0) {
        for (list = first_of(tree, call); list != 0 && kind_of(tree, list) != N_ARGUMENTS;) {
            list = next_of(tree, list);
        }
    }
    if (list == 0) {
        return 0;
    }
    if (kind_of(tree, list) != N_ARGUMENTS) { /* a template behind a name, a generator in Python */
        return index == 0 ? list : 0;
    }
    for (node_id child = first_of(tree, list); child != 0; child = next_of(tree, child)) {
        if (kind_of(tree, child) == N_NAMED_ARGUMENT) {
            continue;
        }
        if (index-- == 0) {
            return unwrapped(tree, child);
        }
    }
    return 0;
}

node_id named_argument(const struct tree *tree, node_id call, const char *name)
{
    const node_id list = child_of(tree, call, F_ARGUMENTS);
    for (node_id child = list == 0 ? 0 : first_of(tree, list); child != 0;
         child = next_of(tree, child)) {
        if (kind_of(tree, child) == N_NAMED_ARGUMENT &&
            str_is(text_of(tree, child_of(tree, child, F_NAME)), name)) {
            return child_of(tree, child, F_VALUE);
        }
    }
    return 0;
}

node_id pair_of(const struct tree *tree, node_id object, const char *key)
{
    if (object == 0) {
        return 0;
    }
    for (node_id child = first_of(tree, object); child != 0; child = next_of(tree, child)) {
        const node_id name = first_of(tree, child);
        if (kind_of(tree, child) == N_PAIR && name != 0 && str_is(string_of(tree, name), key)) {
            return unwrapped(tree, next_of(tree, name));
        }
    }
    return 0;
}

bool same_small(struct str text, const char *small)
{
    size_t i = 0;
    for (; i < text.len && small[i] != '\0'; i++) {
        const char letter =
            text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i];
        if (letter != small[i]) {
            return false;
        }
    }
    return i == text.len && small[i] == '\0';
}

bool has_small(struct str text, const char *small)
{
    const size_t len = strlen(small);
    if (len == 0 || text.len < len) {
        return len == 0;
    }
    const bool is_letter = small[0] >= 'a' && small[0] <= 'z';
    const char large = is_letter ? (char)(small[0] - 32) : small[0];
    const size_t last = text.len - len;
    for (size_t at = 0; at <= last; at++) {
        if ((text.ptr[at] == small[0] || text.ptr[at] == large) &&
            same_small((struct str){text.ptr + at, len}, small)) {
            return true;
        }
    }
    return false;
}

bool has_one_small(struct str text, const char *const *small, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_small(text, small[i])) {
            return true;
        }
    }
    return false;
}

bool one_of(struct str text, const char *words)
{
    const char *word = words;
    while (text.len > 0) {
        size_t same = 0;
        while (same < text.len && word[same] == text.ptr[same] && (unsigned char)word[same] > ' ') {
            same++;
        }
        const char after = word[same];
        if (same == text.len && (after == ' ' || after == '\0')) {
            return true;
        }
        for (word += same; (unsigned char)*word > ' ';) {
            word++;
        }
        if (*word++ == '\0') {
            return false;
        }
    }
    return false;
}
