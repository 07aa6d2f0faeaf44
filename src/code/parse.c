/*
 * parse.c - tree-sitter's tree as nodes of our own.
 *
 *     text ──tree-sitter──▶ its tree ──one walk, kinds.def──▶ nodes: kind, field, place, parent, first child, next
 *
 * The only file that knows trees of tree-sitter (memory.c serves it). Signs and key words are left out, so a node has
 * few children. What is nested deeper than DEPTH_MAX is left out too, and that is said: nothing that walks the nodes
 * later can run out of stack.
 */
#include "inside.h"

#include <pthread.h>
#include <string.h>

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_javascript(void);
const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);
const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_php(void);

enum {
    PARSE_MICROS = 5000000,
    ERRORS_OF_ALL = 1000, /* nothing stands where it belongs */
    KINDS_MAX = 1024,
    FIELDS_MAX = 128,
    UNNAMED = 255 /* a sign or a key word: no node of ours */
};

static const struct {
    const char *name;
    enum node_kind kind;
} kind_row[] = {
#define KIND(name, kind) {name, kind},
#include "kinds.def"
#undef KIND
};

static const struct {
    const char *name;
    enum node_field field;
} field_row[] = {
    {"name", F_NAME},
    {"value", F_VALUE},
    {"left", F_LEFT},
    {"right", F_RIGHT},
    {"object", F_OBJECT},
    {"scope", F_OBJECT},
    {"property", F_PROPERTY},
    {"attribute", F_PROPERTY},
    {"function", F_FUNCTION},
    {"constructor", F_FUNCTION},
    {"arguments", F_ARGUMENTS},
    {"index", F_INDEX},
    {"subscript", F_INDEX},
    {"body", F_BODY},
    {"condition", F_CONDITION},
    {"consequence", F_CONSEQUENCE},
    {"alternative", F_ALTERNATIVE},
    {"key", F_KEY},
    {"parameters", F_PARAMETERS},
    {"parameter", F_PARAMETERS},
    {"source", F_SOURCE},
    {"module_name", F_SOURCE},
    {"alias", F_ALIAS},
    {"pattern", F_NAME},
    {"default_value", F_VALUE},
    {"argument", F_VALUE},
    {"superclasses", F_ARGUMENTS},
    {"operator", F_OPERATOR},
};

/* What the numbers of one grammar mean. */
struct meaning {
    uint8_t kind[KINDS_MAX];
    uint8_t field[FIELDS_MAX];
};

static void make_meaning(const TSLanguage *language, struct meaning *meaning)
{
    const uint32_t count = ts_language_symbol_count(language);
    must(count <= KINDS_MAX);
    for (uint32_t s = 0; s < count; s++) {
        const char *name = ts_language_symbol_name(language, (TSSymbol)s);
        if (ts_language_symbol_type(language, (TSSymbol)s) != TSSymbolTypeRegular) {
            meaning->kind[s] = UNNAMED;
            continue;
        }
        for (size_t i = 0; i < sizeof kind_row / sizeof kind_row[0]; i++) {
            if (strcmp(name, kind_row[i].name) == 0) {
                meaning->kind[s] = (uint8_t)kind_row[i].kind;
                break;
            }
        }
    }
    for (size_t i = 0; i < sizeof field_row / sizeof field_row[0]; i++) {
        const TSFieldId id = ts_language_field_id_for_name(language, field_row[i].name,
                                                           (uint32_t)strlen(field_row[i].name));
        if (id > 0 && id < FIELDS_MAX) {
            meaning->field[id] = (uint8_t)field_row[i].field;
        }
    }
}

static const TSLanguage *grammar_of(enum code_language language)
{
    switch (language) {
    case CODE_JAVASCRIPT:
        return tree_sitter_javascript();
    case CODE_TYPESCRIPT:
        return tree_sitter_typescript();
    case CODE_TSX:
        return tree_sitter_tsx();
    case CODE_PYTHON:
        return tree_sitter_python();
    case CODE_PHP:
        return tree_sitter_php();
    case CODE_HTML:
    case CODE_CSS:
    case CODE_SQL:
    case CODE_NONE:
    case CODE_LANGUAGES:
        break;
    }
    return NULL;
}

/* Every name of a grammar is compared with every row of kinds.def: once for a grammar, not for each fragment. */
static const struct meaning *meaning_of(enum code_language language)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct meaning meaning[CODE_LANGUAGES];
    static bool is_made[CODE_LANGUAGES];
    must(pthread_mutex_lock(&lock) == 0);
    if (!is_made[language]) {
        make_meaning(grammar_of(language), &meaning[language]);
        is_made[language] = true;
    }
    must(pthread_mutex_unlock(&lock) == 0);
    return &meaning[language];
}

/* ---- the walk --------------------------------------------------------------------------------- */

struct building {
    struct arena *arena;
    struct tree *tree;
    uint32_t room;
    const struct meaning *meaning;
    uint32_t before; /* bytes that were put before the text */
};

static node_id add_node(struct building *building, struct node node, node_id last)
{
    struct tree *tree = building->tree;
    if (tree->count == building->room) {
        const uint32_t room = building->room * 2;
        struct node *larger = TRY_ARRAY(building->arena, room, struct node);
        if (larger == NULL) {
            return 0;
        }
        bytes_copy(larger, tree->node, tree->count * sizeof *larger);
        tree->node = larger;
        building->room = room;
    }
    const node_id id = tree->count++;
    tree->node[id] = node;
    if (last != 0) {
        tree->node[last].next = id;
    } else if (id != node.parent) {
        tree->node[node.parent].first = id;
    }
    return id;
}

struct level {
    node_id node;
    node_id last;  /* child that was added */
    uint32_t left; /* named children that are still to come */
    uint16_t depth;
};

static uint32_t place_of(const struct building *building, uint32_t byte)
{
    const uint32_t len = (uint32_t)building->tree->text.len;
    const uint32_t place = byte < building->before ? 0 : byte - building->before;
    return place < len ? place : len;
}

/* The node of ours that the one at the cursor becomes; 0: it is not kept, nor what is below. */
static node_id take_node(struct building *building, const TSTreeCursor *cursor, TSNode at,
                         uint8_t kind, struct level *parent)
{
    struct tree *tree = building->tree;
    if (kind == N_SKIP) {
        return 0;
    }
    if (parent->depth >= DEPTH_MAX) {
        tree->is_deep = true;
        return 0;
    }
    const TSFieldId field = ts_tree_cursor_current_field_id(cursor);
    const struct node node = {
        .kind = kind,
        .field = field < FIELDS_MAX ? building->meaning->field[field] : 0,
        .depth = (uint16_t)(parent->depth + 1),
        .start = place_of(building, ts_node_start_byte(at)),
        .end = place_of(building, ts_node_end_byte(at)),
        .parent = parent->node,
    };
    const node_id id = add_node(building, node, parent->last);
    parent->last = id;
    return id;
}

/* The cursor goes to the next node in order, up where a node has no more named children: to go on to where it has none
 * would cost more than all the rest. `level` is that of the node at the cursor; false: the tree is done. */
static bool go_on(TSTreeCursor *cursor, struct level *level, size_t *depth)
{
    while (level[*depth].left == 0 || !ts_tree_cursor_goto_next_sibling(cursor)) {
        if (*depth == 0 || !ts_tree_cursor_goto_parent(cursor)) {
            return false;
        }
        --*depth;
    }
    return true;
}

static void walk(struct building *building, TSNode root)
{
    struct level level[DEPTH_MAX + 2];
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    size_t depth = 0;
    level[0] = (struct level){.node = 1, .left = ts_node_named_child_count(root)};
    bool is_at_node = level[0].left > 0 && ts_tree_cursor_goto_first_child(&cursor);
    while (is_at_node) {
        const TSNode at = ts_tree_cursor_current_node(&cursor);
        const TSSymbol symbol = ts_node_symbol(at);
        const bool is_error = symbol == (TSSymbol)-1;
        const uint8_t kind = is_error ? N_ERROR : building->meaning->kind[symbol];
        building->tree->errors += is_error;
        if (kind == UNNAMED) {
            is_at_node = go_on(&cursor, level, &depth);
            continue;
        }
        level[depth].left--;
        const node_id id = take_node(building, &cursor, at, kind, &level[depth]);
        const uint32_t below = id == 0 ? 0 : ts_node_named_child_count(at);
        if (below > 0 && ts_tree_cursor_goto_first_child(&cursor)) {
            level[depth + 1] = (struct level){
                .node = id, .left = below, .depth = (uint16_t)(level[depth].depth + 1)};
            depth++;
        } else {
            is_at_node = go_on(&cursor, level, &depth);
        }
    }
    ts_tree_cursor_delete(&cursor);
}

/* PHP's "..." without a variable in it is what '...' is. */
static void name_plain_strings(struct tree *tree)
{
    for (node_id id = 1; id < tree->count; id++) {
        node_id child = tree->node[id].kind == N_TEMPLATE ? tree->node[id].first : 0;
        while (child != 0 && tree->node[child].kind == N_CHUNK) {
            child = tree->node[child].next;
        }
        if (tree->node[id].kind == N_TEMPLATE && child == 0) {
            tree->node[id].kind = N_STRING;
        }
    }
}

/* A fragment of PHP often lacks the sign that begins it: it is put before, and places are counted without it. */
static bool lacks_begin(struct str text)
{
    const struct str trimmed = str_trim(text);
    for (size_t at = 0; at + 1 < text.len; at++) {
        if (text.ptr[at] == '?' && text.ptr[at + 1] == '>') {
            return true;
        }
        if (text.ptr[at] == '<' && text.ptr[at + 1] == '?') {
            return false;
        }
    }
    return trimmed.len > 0 && trimmed.ptr[0] != '<';
}

/* The nodes of a tree; `before`: bytes that were put before the text. */
static enum parsed take_tree(struct arena *arena, const TSTree *made, size_t before,
                             struct tree *tree)
{
    const TSNode root = ts_tree_root_node(made);
    struct building building = {.arena = arena,
                                .tree = tree,
                                .meaning = meaning_of(tree->language),
                                .before = (uint32_t)before,
                                .room = (uint32_t)(tree->text.len / 6 + 64)};
    tree->node = TRY_ARRAY(arena, building.room, struct node);
    if (tree->node == NULL) {
        return PARSED_NO_MEMORY;
    }
    tree->count = 1;
    (void)add_node(&building,
                   (struct node){.kind = N_BLOCK, .end = (uint32_t)tree->text.len, .parent = 1}, 0);
    tree->is_fragment = ts_node_has_error(root); /* something is wrong, or missing */
    tree->errors = ts_node_symbol(root) == (TSSymbol)-1 ? ERRORS_OF_ALL : 0;
    walk(&building, root);
    if (tree->language == CODE_PHP) {
        name_plain_strings(tree);
    }
    return PARSED;
}

static enum parsed parse_between(struct arena *arena, struct str before, struct str text,
                                 struct str after, enum code_language language, struct tree *tree)
{
    const TSLanguage *grammar = grammar_of(language);
    struct str read = text;
    if (before.len + after.len > 0) {
        struct buf buf = buf_begin(arena);
        buf_str(&buf, before);
        buf_str(&buf, text);
        buf_str(&buf, after);
        read = buf_text(&buf);
    }
    *tree = (struct tree){.text = text, .language = language};
    memory_begin();
    TSParser *parser = ts_parser_new();
    must(grammar != NULL && ts_parser_set_language(parser, grammar));
    ts_parser_set_timeout_micros(parser, PARSE_MICROS);
    TSTree *made = ts_parser_parse_string(parser, NULL, read.ptr, (uint32_t)read.len);
    const enum parsed parsed =
        made == NULL ? PARSED_TOO_SLOW : take_tree(arena, made, before.len, tree);
    if (!memory_holds(made)) { /* else the memory ends with it */
        ts_tree_delete(made);
    }
    ts_parser_delete(parser);
    memory_end();
    return parsed;
}

/* Whether a text of Python has an end of a long string too many, or a beginning. */
static bool has_odd_quotes(struct str text)
{
    size_t count = 0;
    for (size_t at = 0; at + 3 <= text.len; at++) {
        if (bytes_same(text.ptr + at, "\"\"\"", 3)) {
            count++;
            at += 2;
        }
    }
    return count % 2 == 1;
}

/* What would close the brackets that a fragment leaves open, the last first. */
static struct str closers_of(struct arena *arena, struct str text, bool is_hash_comment)
{
    enum { OPEN_MAX = 200 };
    char open[OPEN_MAX];
    size_t count = 0;
    for (size_t at = 0; at < text.len; at++) {
        const char letter = text.ptr[at];
        const char next = at + 1 < text.len ? text.ptr[at + 1] : '\0';
        if (letter == '\\') {
            at++;
        } else if (letter == '"' || letter == '\'') {
            size_t end = at + 1;
            while (end < text.len && text.ptr[end] != letter && text.ptr[end] != '\n') {
                end += text.ptr[end] == '\\' ? 2 : 1;
            }
            at = end;
        } else if ((letter == '/' && next == '/') || (letter == '#' && is_hash_comment)) {
            at += str_find(str_slice(text, at, text.len), '\n');
        } else if (letter == '(' || letter == '[' || letter == '{') {
            if (count == OPEN_MAX) {
                return STR("");
            }
            open[count++] = (char)(letter == '(' ? ')' : letter == '[' ? ']' : '}');
        } else if (count > 0 && letter == open[count - 1]) {
            count--;
        }
    }
    char *closer = arena_new(arena, count + 2);
    closer[0] = '\n';
    for (size_t i = 0; i < count; i++) {
        closer[1 + i] = open[count - 1 - i];
    }
    return count == 0 ? STR("") : (struct str){closer, count + 1};
}

/* Read it again with something put before or behind it: the reading with fewer errors is right. */
static void read_again(struct arena *arena, struct str before, struct str after, struct tree *tree)
{
    struct tree other;
    if (parse_between(arena, before, tree->text, after, tree->language, &other) == PARSED &&
        other.errors < tree->errors) {
        *tree = other;
        tree->is_fragment = true;
    }
}

enum parsed parse(struct arena *arena, struct str text, enum code_language language,
                  struct tree *tree)
{
    enum { FRAGMENT_MAX = 20000 };
    const bool is_headless = language == CODE_PHP && lacks_begin(text);
    struct str before = is_headless ? STR("<?php ") : STR("");
    const enum parsed parsed = parse_between(arena, before, text, STR(""), language, tree);
    if (parsed != PARSED || tree->errors == 0 || text.len > FRAGMENT_MAX) {
        return parsed;
    }
    const uint32_t errors = tree->errors;
    if (language == CODE_PYTHON && has_odd_quotes(text)) { /* it may begin within a description */
        read_again(arena, STR("\"\"\""), STR(""), tree);
        before = tree->errors < errors ? STR("\"\"\"") : before;
    }
    const struct str closers = closers_of(arena, text, language == CODE_PYTHON);
    if (closers.len > 0) {
        read_again(arena, before, closers, tree);
    }
    return PARSED;
}
