/*
 * fuzz_leaf.c - any bytes as a ledger entry: refused, or an entry that has exactly these bytes.
 */
#include "ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct ledger_leaf leaf;
    job_begin(&job, host_real());
    if (leaf_read(&job, (struct bytes){data, size}, &leaf) == CANDOR_OK) {
        uint8_t again[LEAF_LEN_MAX];
        must(leaf_write(&leaf, again) == size);
        must(bytes_same(again, data, size));
        must(ledger_action_name(leaf.action) != NULL);
    }
    job_end(&job);
    return 0;
}
