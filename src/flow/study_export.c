/*
 * study_export.c - a model leaves in other forms, and comes back from its JSON.
 */
#include <string.h>

#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"

/* ---- reading ------------------------------------------------------------------------------- */

/* A model file begins with a letter; JSON with a brace, after white space or a byte order mark. */
static bool is_json(struct bytes file)
{
    size_t at = 0;
    while (at < file.len && file.ptr[at] != 0 &&
           strchr(" \t\r\n\xEF\xBB\xBF", file.ptr[at]) != NULL) {
        at++;
    }
    return at < file.len && file.ptr[at] == '{';
}

/* A model file or the JSON of one. is_signed: by the home it comes from. */
static enum candor_status read_either(struct job *job, const char *path, struct model **model,
                                      bool *is_signed)
{
    struct bytes file;
    struct digest digest;
    uint8_t public_key[PUBLIC_KEY_LEN];
    *is_signed = false;
    TRY(crypto_start(job));
    TRY(file_read(job, str_of(path), MODEL_FILE_LEN_MAX, &file));
    if (is_json(file)) {
        return model_of_json(job, file, path, model);
    }
    return during(job, modelfile_read(job, file, model, &digest, is_signed, public_key), "%s",
                  path);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* "models/bought.c" is bought. */
static struct str stem_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const struct str file = str_of(slash == NULL ? path : slash + 1);
    return str_slice(file, 0, str_find(file, '.'));
}

struct form {
    struct lit name;
    const char *path;
};

enum { FORM_ONNX, FORM_C, FORM_JSON, FORM_MODEL, FORMS };

static enum candor_status bytes_of_form(struct job *job, const struct model *model, size_t form,
                                        const char *path, struct bytes *bytes)
{
    struct buf buf = buf_begin(job->arena);
    struct digest digest;
    switch (form) {
    case FORM_ONNX:
        TRY(model_to_onnx(job, model, &buf));
        break;
    case FORM_C:
        TRY(model_to_c(job, model, stem_of(path), &buf));
        break;
    case FORM_JSON:
        model_to_json(model, &buf);
        break;
    default:
        *bytes = modelfile_write(job, model, NULL, &digest);
        return CANDOR_OK;
    }
    *bytes = buf_all(&buf);
    return CANDOR_OK;
}

static enum candor_status check_paths(struct job *job, const char *from, const struct form *form)
{
    size_t wanted = 0;
    for (size_t i = 0; i < FORMS; i++) {
        wanted += form[i].path != NULL;
        TRY(path_may_be_written(job, form[i].path));
        TRY(paths_differ(job, form[i].path, from));
        for (size_t j = 0; j < i; j++) {
            TRY(paths_differ(job, form[i].path, form[j].path));
        }
    }
    return wanted > 0 ? CANDOR_OK
                      : fail(job, CANDOR_BAD_INPUT,
                             "name a file to write: --onnx, --c, --to-json or --model");
}

/* All forms are made before the first is written: a form that fails leaves no others behind. */
static enum candor_status write_forms(struct job *job, const struct model *model,
                                      const struct form *form, struct json *json)
{
    struct bytes bytes[FORMS] = {{NULL, 0}};
    for (size_t i = 0; i < FORMS; i++) {
        if (form[i].path != NULL) {
            TRY(bytes_of_form(job, model, i, form[i].path, &bytes[i]));
        }
    }
    json_key(json, LIT("files"));
    json_list_begin(json);
    for (size_t i = 0; i < FORMS; i++) {
        if (form[i].path == NULL) {
            continue;
        }
        TRY(file_replace(job, str_of(form[i].path), bytes[i], 0644));
        json_map_begin(json);
        json_key(json, LIT("form"));
        json_lit(json, form[i].name);
        json_key(json, LIT("file"));
        json_text(json, str_of(form[i].path));
        json_key(json, LIT("bytes"));
        json_u64(json, bytes[i].len);
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}

enum candor_status candor_export(struct job *job, const struct candor_export *export,
                                 struct candor_text *report)
{
    const struct form form[FORMS] = {
        [FORM_ONNX] = {LIT("onnx"), export->onnx_path},
        [FORM_C] = {LIT("c"), export->c_path},
        [FORM_JSON] = {LIT("json"), export->json_path},
        [FORM_MODEL] = {LIT("model"), export->model_path},
    };
    struct model *model = NULL;
    bool is_signed = false;
    struct answer answer;
    TRY(check_paths(job, export->from_path, form));
    TRY(read_either(job, export->from_path, &model, &is_signed));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("task"));
    json_text(&answer.json, str_of(task_name(model->task)));
    json_key(&answer.json, LIT("target"));
    json_text(&answer.json, model->target);
    json_key(&answer.json, LIT("terms"));
    json_u64(&answer.json, model->term_count);
    TRY(write_forms(job, model, form, &answer.json));
    if (is_signed) {
        json_key(&answer.json, LIT("note"));
        json_lit(&answer.json, LIT("the signature of the home stays behind: it signs the model "
                                   "file alone"));
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_model_import_json(struct job *job, const char *json_path,
                                            const char *model_path, struct candor_text *report)
{
    const struct candor_export export = {.from_path = json_path, .model_path = model_path};
    struct model *model = NULL;
    struct bytes file;
    TRY(file_read(job, str_of(json_path), MODEL_FILE_LEN_MAX, &file));
    TRY(model_of_json(job, file, json_path, &model)); /* a model file is no JSON, and refused */
    return candor_export(job, &export, report);
}
