/*
 * study_edit.c - `candor edit`: a person changes what a model says of a feature, and the model tells.
 *
 * Each edit is a note of the new model: what, from what to what, why, and the digest of the model before,
 * so that a chain of edits can be followed back to the model that was learnt.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"
#include "study.h"

enum { REASON_LEN_MAX = 2000 };

struct change {
    const struct candor_edit *asked;
    struct edit edit;
    struct model *before;
    struct model *after;
    struct edit_result result;
    struct digest digest[2];
    bool was_signed;
    struct str note;
    struct str data_digest; /* of the rows it was measured on anew */
};

/* ---- what is asked ------------------------------------------------------------------------- */

static enum candor_status check_asked(struct job *job, const struct candor_edit *asked)
{
    const struct str reason = str_trim(str_of(asked->reason));
    if (reason.len == 0 || reason.len > REASON_LEN_MAX || !str_is_utf8(reason)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "an edit needs a --reason: a text of at most %d bytes that the model keeps",
                    REASON_LEN_MAX);
    }
    if ((asked->set != NULL) + (asked->add != NULL) + (asked->cap != NULL) + asked->is_flat != 1) {
        return fail(job, CANDOR_BAD_INPUT,
                    "say what the cells shall say: one of --set, --add, --cap and --flatten");
    }
    if (asked->data_path == NULL && asked->target != NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--target is for rows to measure on: --data FILE");
    }
    TRY(path_may_be_written(job, asked->out_path));
    TRY(paths_differ(job, asked->out_path, asked->model_path));
    return paths_differ(job, asked->out_path, asked->data_path);
}

static enum candor_status edit_of(struct job *job, const struct candor_edit *asked,
                                  struct edit *edit)
{
    const char *number = asked->set != NULL   ? asked->set
                         : asked->add != NULL ? asked->add
                                              : asked->cap;
    *edit = (struct edit){
        .feature = str_of(asked->feature),
        .class_name = str_of(asked->class_name),
        .bin = str_of(asked->bin),
        .from = str_of(asked->from),
        .to = str_of(asked->to),
        .act = asked->is_flat       ? EDIT_FLATTEN
               : asked->set != NULL ? EDIT_SET
               : asked->add != NULL ? EDIT_ADD
                                    : EDIT_CAP,
    };
    if (number != NULL && !str_to_double(str_trim(str_of(number)), &edit->value)) {
        return fail(job, CANDOR_BAD_INPUT, "--%s is a number on the link scale",
                    asked->set != NULL   ? "set"
                    : asked->add != NULL ? "add"
                                         : "cap");
    }
    return CANDOR_OK;
}

/* ---- the account --------------------------------------------------------------------------- */

static void put_number(struct json *json, struct lit key, double number)
{
    json_key(json, key);
    json_f64(json, number);
}

static void put_cells(struct job *job, struct json *json, const struct change *change)
{
    const struct edit_result *result = &change->result;
    const struct model_feature *feature = &change->before->feature[result->term];
    json_key(json, LIT("cells"));
    json_list_begin(json);
    for (size_t c = 0; c < result->cell_count; c++) {
        json_map_begin(json);
        json_key(json, LIT("cell"));
        json_text(json, feature_bin_label(job->arena, feature, result->cell[c].cell));
        put_number(json, LIT("before"), result->cell[c].before);
        put_number(json, LIT("after"), result->cell[c].after);
        put_number(json, LIT("change"), result->cell[c].change);
        put_number(json, LIT("share"), result->cell[c].weight);
        json_map_end(json);
    }
    json_list_end(json);
}

/* Members that the note and the report share. */
static void put_change(struct job *job, struct json *json, const struct change *change)
{
    static const char *const act[] = {
        [EDIT_SET] = "set", [EDIT_ADD] = "add", [EDIT_FLATTEN] = "flatten", [EDIT_CAP] = "cap"};
    const struct model *before = change->before;
    json_key(json, LIT("feature"));
    json_text(json, change->edit.feature);
    if (before->task == TASK_CLASSES) {
        json_key(json, LIT("class"));
        json_text(json, before->class_name[change->result.class]);
    }
    json_key(json, LIT("act"));
    json_text(json, str_of(act[change->edit.act]));
    if (change->edit.act != EDIT_FLATTEN) {
        put_number(json, LIT("value"), change->edit.value);
    }
    put_cells(job, json, change);
    put_number(json, LIT("moved_to_base"), change->result.moved);
    json_key(json, LIT("reason"));
    json_text(json, str_trim(str_of(change->asked->reason)));
    json_key(json, LIT("model_before"));
    json_hex(json, (struct bytes){change->digest[0].byte, sizeof change->digest[0].byte});
    if (change->data_digest.ptr != NULL) {
        json_key(json, LIT("measured_on"));
        json_text(json, change->data_digest);
    }
}

static enum candor_status write_note(struct job *job, struct change *change)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    size_t number = 1;
    do {
        change->note = str_format(job->arena, "edit.%zu", number++);
    } while (model_note_of(change->after, change->note).ptr != NULL);
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_change(job, &json, change);
    json_map_end(&json);
    json_end(&json);
    return model_note(job, change->after, change->note, buf_text(&buf));
}

/* ---- measured anew ------------------------------------------------------------------------- */

static enum candor_status measure_again(struct job *job, struct change *change)
{
    const struct candor_edit *asked = change->asked;
    struct model *model = change->after;
    const char *column = asked->target != NULL ? asked->target : str_z(job->arena, model->target);
    struct table table;
    struct target target;
    struct binding *binding = NULL;
    double *mean = NULL;
    if (asked->data_path == NULL) {
        return CANDOR_OK;
    }
    const struct table_asked reading = {{model}, column};
    TRY(table_read(job, asked->data_path, &reading, &table));
    TRY(study_target(job, model, table.frame, column, &target));
    TRY(during(job, model_bind(job, model, table.frame, &binding), "%s does not fit %s",
               asked->data_path, asked->model_path));
    TRY_ALLOC(job, mean, size_mul(table.row_count, model->class_count), double);
    binding_score(binding, 0, NULL, mean);
    change->data_digest =
        hex_of(job->arena, (struct bytes){table.digest.byte, sizeof table.digest.byte});
    return measure(job, &target, mean, table.row_count, &model->measures);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void put_pairs(struct json *json, const struct change *change)
{
    const struct model *model = change->after;
    json_key(json, LIT("pairs_unchanged"));
    json_list_begin(json);
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        if (model->term[t].feature[0] == change->result.term ||
            model->term[t].feature[1] == change->result.term) {
            json_text(json, model->term[t].name);
        }
    }
    json_list_end(json);
}

static void put_warnings(struct job *job, struct json *json, const struct change *change)
{
    static const char *const promise[] = {"monotone", "shape"};
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    for (size_t i = 0; i < sizeof promise / sizeof promise[0]; i++) {
        if (model_note_of(change->before, str_of(promise[i])).ptr != NULL) {
            json_text(json, str_format(job->arena,
                                       "The model was learnt with --%s; an edit is not held to it.",
                                       promise[i]));
        }
    }
    if (change->was_signed) {
        json_text(json, STR("The model before was signed; this one is not."));
    }
    if (change->after->measures.rows == 0 && change->before->measures.rows > 0) {
        json_text(json, STR("The measures were those of the model before and are not kept; --data "
                            "FILE measures again."));
    }
    json_list_end(json);
}

static void put_report(struct job *job, const struct change *change, struct candor_text *report)
{
    struct answer answer;
    struct measured measured[MEASURED_MAX];
    const size_t count =
        change->after->measures.rows == 0 ? 0 : measured_of(change->after, measured);
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("note"));
    json_text(json, change->note);
    put_change(job, json, change);
    put_pairs(json, change);
    json_key(json, LIT("measures"));
    json_map_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_key_str(json, str_of(measured[i].key));
        json_f64(json, measured[i].value);
    }
    json_map_end(json);
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){change->digest[1].byte, sizeof change->digest[1].byte});
    put_warnings(job, json, change);
    json_map_end(json);
    answer_end(&answer, report);
}

enum candor_status candor_edit(struct job *job, const struct candor_edit *asked,
                               struct candor_text *report)
{
    struct change change = {.asked = asked};
    TRY(check_asked(job, asked));
    TRY(edit_of(job, asked, &change.edit));
    TRY(study_model(job, asked->model_path, &change.before, &change.digest[0], &change.was_signed));
    TRY(model_edit(job, change.before, &change.edit, &change.after, &change.result));
    TRY(measure_again(job, &change));
    TRY(write_note(job, &change));
    const struct bytes file = modelfile_write(job, change.after, NULL, &change.digest[1]);
    TRY(file_replace(job, str_of(asked->out_path), file, 0644));
    put_report(job, &change, report);
    return CANDOR_OK;
}
