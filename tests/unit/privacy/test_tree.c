/*
 * test_tree.c - hierarchies from documents, right and wrong; the smallest node over some leaves.
 */
#include <string.h>

#include "privacy.h"
#include "text.h"

#include "testing.h"

static enum candor_status read(struct job *job, const char *text, struct tree **tree)
{
    const struct value *value = NULL;
    const enum candor_status status =
        yaml_read(job, bytes_of(str_of(text)), NULL, "hierarchy", &value);
    assert_int_equal(status, CANDOR_OK);
    return tree_read(job, value, tree);
}

static void the_smallest_node_over_leaves_is_found(void **state)
{
    struct job job;
    struct tree *tree = NULL;
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(
        read(&job, "high: [Master, Doctor]\nlow:\n  early: [1, 2]\n  late: [9th]\n", &tree),
        CANDOR_OK);
    assert_int_equal(tree->leaf_count, 5);
    for (uint32_t first = 0; first < tree->leaf_count; first++) {
        for (uint32_t last = first + 1; last < tree->leaf_count; last++) {
            const struct tree_node *found = &tree->node[tree_over(tree, first, last)];
            assert_true(found->first <= first && last <= found->last);
            for (size_t n = 0; n < tree->node_count; n++) { /* none is smaller */
                const struct tree_node *node = &tree->node[n];
                expect(node->first > first || node->last < last ||
                           node->last - node->first >= found->last - found->first,
                       "%d to %d: node %zu", (int)first, (int)last, n);
            }
        }
    }
    assert_true(tree_over(tree, 3, 3) == SIZE_MAX);
    assert_true(str_is(tree->node[tree_over(tree, 2, 3)].name, "early"));
    assert_true(str_is(tree->node[tree_over(tree, 1, 2)].name, "*"));
    job_end(&job);
}

static void wrong_hierarchies_are_refused_with_their_line(void **state)
{
    static const char *const wrong[] = {"a: [x]\nb: [x]\n",           "a: []\n", "a: x\n",
                                        "a: {b: [1]}\nc: {b: [2]}\n", "- a\n",   "a: ['']\n"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct job job;
        struct tree *tree = NULL;
        job_begin(&job, host_real());
        expect(read(&job, wrong[i], &tree) == CANDOR_BAD_INPUT, "row %zu", i);
        expect(strstr(job.message, "line") != NULL, "row %zu: %s", i, job.message);
        job_end(&job);
    }
}

static void a_value_outside_of_its_hierarchy_is_refused(void **state)
{
    struct job job;
    struct tree *tree = NULL;
    struct quasi quasi;
    const uint32_t code[] = {0, 1};
    const struct str level[] = {STR("x"), STR("secret")};
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(read(&job, "a: [x, y]\n", &tree), CANDOR_OK);
    const struct quasi_type type = {.kind = QUASI_TREE, .tree = tree};
    const struct text_codes codes = {STR("c"), code, level, 2};
    assert_int_equal(quasi_of(&job, &codes, 2, &type, &quasi), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "row 2"));
    assert_null(strstr(job.message, "secret"));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_node_over_leaves_is_found),
        cmocka_unit_test(wrong_hierarchies_are_refused_with_their_line),
        cmocka_unit_test(a_value_outside_of_its_hierarchy_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
