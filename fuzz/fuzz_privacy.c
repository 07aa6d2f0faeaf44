/*
 * fuzz_privacy.c - any bytes as a hierarchy of values, and as text in which somebody may be named. The
 * smallest node over two leaves holds both.
 */
#include "detect.h"
#include "privacy.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    const struct value *value = NULL;
    struct tree *tree = NULL;
    const struct bytes bytes = {data, size};
    job_begin(&job, host_real());
    (void)text_identifies((struct str){(const char *)data, size}); /* any answer; no crash */
    if (yaml_read(&job, bytes, NULL, "hierarchy", &value) == CANDOR_OK &&
        tree_read(&job, value, &tree) == CANDOR_OK) {
        const uint32_t last = (uint32_t)tree->leaf_count - 1;
        for (uint32_t first = 0; first < last && first < 100; first++) {
            const struct tree_node *node = &tree->node[tree_over(tree, first, last)];
            must(node->first <= first && node->last >= last);
        }
    }
    job_end(&job);
    return 0;
}
