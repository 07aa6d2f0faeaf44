/*
 * test_reading.c - what reading programs quickly rests on: words in one pass, pieces by a table, memory from a pool.
 */
#include "inside.h"

#include <pthread.h>
#include <string.h>

#include <tree_sitter/api.h>

#include "testing.h"

const TSLanguage *tree_sitter_javascript(void);

/* ---- words --------------------------------------------------------------------------------------------- */

static const struct {
    unsigned tells;
    const char *word;
} row[] = {
#define WORD(tells, word) {TELLS_##tells, word},
#define TRAIT(sign, weight) {TELLS_TRAIT, sign},
#include "words.def"
#undef WORD
#undef TRAIT
};
enum { ROWS = sizeof row / sizeof row[0] };

/* What words_in says, each word looked for by itself. */
static unsigned words_one_by_one(struct arena *arena, struct str text)
{
    unsigned tells = 0;
    for (size_t r = 0; r < ROWS; r++) {
        const struct str word = str_lower(arena, str_of(row[r].word));
        tells |= has_small(text, str_z(arena, word)) ? row[r].tells : 0;
    }
    return tells;
}

static void each_word_is_found_wherever_it_stands(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t r = 0; r < ROWS; r++) {
        const struct str text = str_format(arena, "my%sS", row[r].word);
        expect((words_in(text) & row[r].tells) != 0, "%s", row[r].word);
        expect(words_in(text) == words_one_by_one(arena, text), "%s", row[r].word);
    }
    assert_int_equal(words_in(STR("")), 0);
    assert_int_equal(words_in(STR("passwor_d e-mail")), 0);
    assert_true(word_is_personal(STR("userEmail")) && word_is_personal(STR("IBAN")));
    assert_false(word_is_personal(STR("emailHash")) || word_is_personal(STR("myIban")));
    assert_true(word_is_secret(STR("API_KEY")) && word_is_secret(STR("token")));
    assert_false(word_is_secret(STR("tokens")));
    arena_end(arena);
}

/* Words that overlap, and beginnings that come to nothing. */
static void pieces_of_words_are_told_as_one_by_one(void **state)
{
    (void)state;
    uint64_t seed = 1;
    struct arena *arena = arena_begin();
    for (size_t trial = 0; trial < 5000; trial++) {
        struct buf buf = buf_begin(arena);
        for (size_t i = 0; i < 4; i++) {
            const struct str word = str_of(row[draw(&seed) % ROWS].word);
            const size_t from = draw(&seed) % 3 == 0 ? draw(&seed) % word.len : 0;
            const size_t to = draw(&seed) % 3 == 0 ? draw(&seed) % word.len : word.len;
            buf_str(&buf, str_slice(word, from, to));
        }
        const struct str text = buf_text(&buf);
        expect(words_in(text) == words_one_by_one(arena, text), "%.*s", STR_ARG(text));
    }
    arena_end(arena);
}

static void a_word_is_one_of_a_list(void **state)
{
    (void)state;
    assert_true(one_of(STR("b"), "a b c") && one_of(STR("a"), "a b c") &&
                one_of(STR("c"), "a b c"));
    assert_true(one_of(STR("c"), "a  c"));
    assert_false(one_of(STR(""), "a  c") || one_of(STR("a b"), "a b c") ||
                 one_of(STR("ab"), "a abc"));
    assert_false(one_of(STR("a\0"), "a") || one_of(STR("abc"), "ab a") || one_of(STR("a"), ""));
}

/* ---- pieces -------------------------------------------------------------------------------------------- */

/* As many signs as tree-sitter can make of a text: each byte that does not go on with what was before it. */
static size_t signs_in(struct str text)
{
    size_t signs = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char letter = text.ptr[i];
        const char before = i == 0 ? ' ' : text.ptr[i - 1];
        const bool is_word = (letter | 0x20) >= 'a' && (letter | 0x20) <= 'z';
        const bool was_word = (before | 0x20) >= 'a' && (before | 0x20) <= 'z';
        const bool is_digit = letter >= '0' && letter <= '9';
        const bool was_digit = before >= '0' && before <= '9';
        const bool goes_on = ((is_word || letter == '_') && (was_word || before == '_')) ||
                             (is_digit && (was_digit || was_word || before == '_')) ||
                             letter == ' ' || letter == '\t';
        signs += letter == '\n' ? 3 : !goes_on;
    }
    return signs;
}

static void pieces_are_whole_and_have_room(void **state)
{
    enum { LEN = 400000, SIGNS = 30000 + 3 };
    static const char letters[] = "aB_9 \t\n\n;(}{\xc3";
    (void)state;
    for (uint64_t seed = 1; seed < 20; seed++) {
        uint64_t next = seed;
        struct arena *arena = arena_begin();
        char *text = arena_new(arena, LEN);
        const size_t kinds = 1 + draw(&next) % (sizeof letters - 1);
        for (size_t i = 0; i < LEN; i++) {
            text[i] = letters[draw(&next) % kinds];
        }
        for (size_t at = 0; at < LEN;) {
            const size_t end = piece_end((struct str){text, LEN}, at);
            expect(end > at && end <= LEN, "seed %d at %zu", (int)seed, at);
            const size_t signs = signs_in((struct str){text + at, end - at});
            expect(signs < SIGNS, "seed %d at %zu: %zu", (int)seed, at, signs);
            expect(end == LEN || signs > SIGNS / 4, "seed %d at %zu: %zu", (int)seed, at, signs);
            at = end;
        }
        arena_end(arena);
    }
    const struct str short_one = STR("a = 1;\nb = 2;\n");
    assert_int_equal(piece_end(short_one, 0), short_one.len);
}

/* ---- memory -------------------------------------------------------------------------------------------- */

static TSTree *tree_of(const char *text)
{
    TSParser *parser = ts_parser_new();
    must(ts_parser_set_language(parser, tree_sitter_javascript()));
    TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)strlen(text));
    ts_parser_delete(parser);
    return tree;
}

/* What somebody else made before, between and during readings stays theirs. */
static void other_users_of_tree_sitter_keep_their_trees(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct code_findings found = {.arena = arena};
    TSTree *first = tree_of("f(1)");
    code_scan(STR("g(2)"), CODE_JAVASCRIPT, &found);
    TSTree *second = tree_of("h(3)");
    memory_begin();
    TSTree *ours = tree_of("i(4)");
    TSTree *theirs = ts_tree_copy(first);
    assert_int_equal(memory_holds(ours), HAS_POOL);
    assert_false(memory_holds(first) || memory_holds(second) || memory_holds(NULL));
    assert_false(ts_node_has_error(ts_tree_root_node(ours)));
    ts_tree_delete(ours);
    ts_tree_delete(theirs);
    ts_tree_delete(second); /* was made outside, ends inside */
    memory_end();
    assert_false(ts_node_has_error(ts_tree_root_node(first)));
    ts_tree_delete(first);
    arena_end(arena);
}

static struct str program(struct arena *arena, size_t lines)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < lines; i++) {
        buf_format(&buf, "app.get('/%zu', (req, res) => { res.send(req.query.name + [%zu]); });\n",
                   i, i);
    }
    return buf_text(&buf);
}

static void *scan_many(void *unused)
{
    (void)unused;
    size_t found_first = 0;
    for (size_t i = 0; i < 12; i++) {
        struct arena *arena = arena_begin();
        struct code_findings found = {.arena = arena};
        code_scan(program(arena, i % 3 == 2 ? 1200 : 30), CODE_JAVASCRIPT, &found);
        found_first = i == 0 ? found.count : found_first;
        must(found.count > 0 && (i % 3 == 2 || found.count == found_first));
        arena_end(arena);
    }
    return NULL;
}

static void threads_read_beside_each_other(void **state)
{
    enum { THREADS = 4 };
    (void)state;
    pthread_t thread[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_create(&thread[i], NULL, scan_many, NULL) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        must(pthread_join(thread[i], NULL) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_is_found_wherever_it_stands),
        cmocka_unit_test(pieces_of_words_are_told_as_one_by_one),
        cmocka_unit_test(a_word_is_one_of_a_list),
        cmocka_unit_test(pieces_are_whole_and_have_room),
        cmocka_unit_test(other_users_of_tree_sitter_keep_their_trees),
        cmocka_unit_test(threads_read_beside_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
