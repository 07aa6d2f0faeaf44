/*
 * study_run.c - runs: what models were learnt from, kept beside them so that they can be learnt together.
 *
 * A file of a run is the bytes of run.c with their SHA-256 behind. Its rows have no names and no
 * identities, but they are rows of people: only its owner can read the file.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"

enum { PRIVATE_FILE = 0600 };

enum candor_status run_save(struct job *job, const char *path, const struct run *run)
{
    struct buf buf = buf_begin(job->arena);
    const uint64_t width = run->binned.feature_count + 2 * sizeof(double);
    if (path == NULL) {
        return CANDOR_OK;
    }
    if (run->binned.row_count > (RUN_FILE_LEN_MAX - MODEL_FILE_LEN_MAX) / width) {
        return fail(job, CANDOR_TOO_LARGE, "--run: a run of %zu rows and %zu features is too large",
                    run->binned.row_count, run->binned.feature_count);
    }
    run_write(run, &buf);
    const struct digest digest = digest_of_bytes(buf_all(&buf));
    buf_bytes(&buf, digest.byte, sizeof digest.byte);
    return file_replace(job, str_of(path), buf_all(&buf), PRIVATE_FILE);
}

static enum candor_status run_of_bytes(struct job *job, struct bytes file, struct run *run,
                                       struct digest *digest)
{
    struct reader reader = reader_of(file);
    if (!run_is_run(file) || file.len < sizeof digest->byte) {
        return fail(job, CANDOR_CORRUPT, "this is not a run");
    }
    const struct bytes part = read_bytes(&reader, file.len - sizeof digest->byte);
    const struct bytes written = read_bytes(&reader, sizeof digest->byte);
    *digest = digest_of_bytes(part);
    if (!bytes_same(digest->byte, written.ptr, sizeof digest->byte)) {
        return fail(job, CANDOR_CORRUPT, "the run is damaged: its digest does not fit");
    }
    return run_read(job, part, run);
}

static enum candor_status run_load(struct job *job, const char *path, struct run *run,
                                   struct digest *digest)
{
    struct bytes file;
    TRY(file_read(job, str_of(path), RUN_FILE_LEN_MAX, &file));
    return during(job, run_of_bytes(job, file, run, digest), "%s", path);
}

enum candor_status like_read(struct job *job, const char *path, struct model **model)
{
    struct digest digest;
    struct bytes file;
    struct run run;
    bool is_signed = false;
    TRY(file_read(job, str_of(path), RUN_FILE_LEN_MAX, &file));
    if (!run_is_run(file)) {
        return study_model(job, path, model, &digest, &is_signed);
    }
    TRY(during(job, run_of_bytes(job, file, &run, &digest), "%s", path));
    *model = run.model;
    return CANDOR_OK;
}

/* ---- merge --------------------------------------------------------------------------------- */

struct merging {
    const struct candor_merge *asked;
    struct run run[2];
    struct digest digest[2];
    struct run joined;
};

static struct str note_of(struct job *job, const struct merging *merging)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_list_begin(&json);
    for (size_t i = 0; i < 2; i++) {
        json_map_begin(&json);
        json_key(&json, LIT("run"));
        json_hex(&json, (struct bytes){merging->digest[i].byte, sizeof merging->digest[i].byte});
        json_key(&json, LIT("rows"));
        json_u64(&json, merging->run[i].binned.row_count);
        json_map_end(&json);
    }
    json_list_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

/* What was read for both: the digest of the two digests. */
static struct digest data_digest(const struct merging *merging)
{
    const struct model *first = merging->run[0].model;
    const struct model *second = merging->run[1].model;
    const struct bytes part[2] = {{first->data_digest, sizeof first->data_digest},
                                  {second->data_digest, sizeof second->data_digest}};
    return digest_of(part, 2);
}

static enum candor_status load_both(struct job *job, struct merging *merging)
{
    const char *const path[2] = {merging->asked->first_path, merging->asked->second_path};
    TRY(path_may_be_written(job, merging->asked->out_path));
    TRY(path_may_be_written(job, merging->asked->run_path));
    for (size_t i = 0; i < 2; i++) {
        TRY(paths_differ(job, merging->asked->out_path, path[i]));
        TRY(paths_differ(job, merging->asked->run_path, path[i]));
        TRY(run_load(job, path[i], &merging->run[i], &merging->digest[i]));
    }
    if (digest_equal(merging->digest[0], merging->digest[1])) {
        return fail(job, CANDOR_BAD_INPUT, "both runs are the same: each row would count twice");
    }
    return run_join(job, &merging->run[0], &merging->run[1], &merging->joined);
}

enum candor_status candor_merge(struct job *job, const struct candor_merge *asked,
                                struct candor_text *report)
{
    struct merging merging = {.asked = asked};
    struct candor_fit fit = {
        .out_path = asked->out_path, .run_path = asked->run_path, .threads = asked->threads};
    struct binned none = {.row_count = 0};
    struct answer answer;
    TRY(crypto_start(job));
    TRY(load_both(job, &merging));
    TRY(during(job, recipe_read(job, merging.run[0].model, &fit), "%s", asked->first_path));
    struct fit_data data = {
        .train = &merging.joined.binned,
        .test = &none,
        .train_target = &merging.joined.target,
        .test_target = &merging.joined.target,
        .weight = merging.joined.weight,
        .digest = data_digest(&merging),
        .row_count = merging.joined.binned.row_count,
        .merge_note = note_of(job, &merging),
    };
    answer_begin(job, &answer);
    TRY(fit_data_report(job, &fit, &data, &answer.json));
    answer_end(&answer, report);
    return CANDOR_OK;
}
