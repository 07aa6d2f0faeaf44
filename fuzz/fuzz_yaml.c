/*
 * fuzz_yaml.c - any bytes as YAML: a tree or a refusal. What was read, written as JSON, which is
 * YAML too, reads as the same tree.
 */
#include "base.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str written(struct job *job, const struct value *value)
{
    struct json json;
    struct buf buf = buf_begin(job->arena);
    json_begin(&json, &buf, false);
    json_value(&json, value);
    json_end(&json);
    return buf_text(&buf);
}

/* A key of more than 1024 characters is no simple key in YAML, and JSON knows no other. */
static bool has_long_key(const struct value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        if ((value->kind == VALUE_MAP && value->key[i].len > 128) ||
            has_long_key(&value->item[i])) {
            return true;
        }
    }
    return false;
}

static void check_tree(struct job *job, const struct value *first)
{
    const struct value *second = NULL;
    const struct str text = written(job, first);
    must(json_read(job, bytes_of(text), NULL, "it", &second) == CANDOR_OK);
    must(str_equal(written(job, second), text));
    if (!has_long_key(first)) {
        must(yaml_read(job, bytes_of(text), NULL, "it", &second) == CANDOR_OK);
        must(str_equal(written(job, second), text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text_limits limits = {
        .size_max = 1 << 16, .depth_max = 40, .count_max = 1000, .text_max = 4096};
    const struct value *value = NULL;
    struct job job;
    job_begin(&job, host_real());
    if (yaml_read(&job, (struct bytes){data, size}, &limits, "it", &value) == CANDOR_OK) {
        check_tree(&job, value);
    } else {
        must(job.status != CANDOR_OK && job.message[0] != '\0');
        must(str_is_utf8(str_of(job.message)));
    }
    job_end(&job);
    return 0;
}
