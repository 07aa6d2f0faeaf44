/*
 * make_exports.c - for the tests of what leaves Candor: a model of each task in every form, rows, and
 * what the model itself says of them.
 *
 *     make_exports FOLDER      TASK.onnx TASK.c TASK.json TASK_rows.json TASK_rows.h of the five tasks
 */
#include <stdio.h>
#include <string.h>

#include "made_model.h"
#include "text.h"

enum { ROWS = 900 };

struct said {
    struct raw_value value[MADE_FEATURES];
    double link[MADE_CLASSES];
    double score[MADE_CLASSES];
    double contribution[MADE_CLASSES][MADE_TERMS];
};

static struct said said_of(const struct model *model, size_t row)
{
    struct said said;
    uint8_t bin[MADE_FEATURES];
    for (size_t i = 0; i < MADE_FEATURES; i++) {
        /* Features of as many values as each other must not go in step. */
        said.value[i] = made_raw(&model->feature[i], row * (i % 2 == 0 ? 1 : 7) + i);
    }
    model_bin_row(model, said.value, bin);
    for (size_t c = 0; c < model->class_count; c++) {
        said.link[c] = model_contributions(model, c, bin, said.contribution[c]);
    }
    if (model->task == TASK_CLASSES) {
        model_chances(model, said.link, said.score);
    } else {
        said.score[0] = model_mean(model, said.link[0]);
    }
    return said;
}

static void save(struct job *job, const char *folder, const char *task, const char *end,
                 const struct buf *buf)
{
    const struct str path = str_format(job->arena, "%s/%s%s", folder, task, end);
    must(file_replace(job, path, buf_all(buf), 0644) == CANDOR_OK);
}

/* ---- rows for JavaScript: numbers that JSON lacks are texts ---- */

static void put_number(struct json *json, double number)
{
    if (isinf(number)) {
        json_text(json, str_of(number > 0 ? "Infinity" : "-Infinity"));
    } else {
        json_f64(json, number);
    }
}

static void put_inputs(struct json *json, const struct model *model, const struct said *said)
{
    json_key(json, LIT("inputs"));
    json_map_begin(json);
    for (size_t i = 0; i < MADE_FEATURES; i++) {
        const bool is_number = model->feature[i].kind == COLUMN_NUMBER;
        json_key_str(json, model->feature[i].name);
        json_map_begin(json);
        json_key(json, LIT("type"));
        json_text(json, str_of(is_number ? "float64" : "string"));
        json_key(json, LIT("values"));
        json_list_begin(json);
        for (size_t row = 0; row < ROWS; row++) {
            const struct raw_value value = said[row].value[i];
            if (is_number) {
                put_number(json, value.number);
            } else {
                json_text(json, value.text);
            }
        }
        json_list_end(json);
        json_map_end(json);
    }
    json_map_end(json);
}

static void put_outputs(struct json *json, const struct model *model, const struct said *said)
{
    const size_t classes = model->class_count;
    const size_t terms = model->term_count;
    json_key(json, LIT("link"));
    json_list_begin(json);
    for (size_t at = 0; at < ROWS * classes; at++) {
        json_f64(json, said[at / classes].link[at % classes]);
    }
    json_list_end(json);
    json_key(json, LIT("score_"));
    json_list_begin(json);
    for (size_t at = 0; at < ROWS * classes; at++) {
        json_f64(json, said[at / classes].score[at % classes]);
    }
    json_list_end(json);
    json_key(json, LIT("contributions"));
    json_list_begin(json);
    for (size_t at = 0; at < ROWS * terms * classes; at++) {
        const size_t row = at / (terms * classes);
        json_f64(json, said[row].contribution[at % classes][at / classes % terms]);
    }
    json_list_end(json);
}

static struct buf rows_json(struct job *job, const struct model *model, const struct said *said)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("rows"));
    json_u64(&json, ROWS);
    json_key(&json, LIT("terms"));
    json_u64(&json, model->term_count);
    json_key(&json, LIT("classes"));
    json_list_begin(&json);
    for (size_t c = 0; c < model->class_count && model->task == TASK_CLASSES; c++) {
        json_text(&json, model->class_name[c]);
    }
    json_list_end(&json);
    put_inputs(&json, model, said);
    put_outputs(&json, model, said);
    json_map_end(&json);
    json_end(&json);
    return buf;
}

/* ---- rows for C ---- */

static void put_c_number(struct buf *buf, double number)
{
    if (isnan(number)) {
        buf_lit(buf, LIT("NAN"));
    } else if (isinf(number)) {
        buf_str(buf, str_of(number > 0 ? "HUGE_VAL" : "-HUGE_VAL"));
    } else {
        buf_format(buf, "%.17e", number);
    }
}

static void put_c_text(struct buf *buf, struct str text)
{
    if (text.ptr == NULL) {
        buf_lit(buf, LIT("NULL"));
        return;
    }
    buf_u8(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        buf_format(buf, "\\%03o", (unsigned)(unsigned char)text.ptr[i]);
    }
    buf_u8(buf, '"');
}

static void put_c_numbers(struct buf *buf, const double *number, size_t count)
{
    buf_u8(buf, '{');
    for (size_t i = 0; i < count; i++) {
        put_c_number(buf, number[i]);
        buf_u8(buf, ',');
    }
    buf_lit(buf, LIT("},"));
}

static struct buf rows_c(struct job *job, const struct model *model, const struct said *said)
{
    struct buf buf = buf_begin(job->arena);
    for (size_t row = 0; row < ROWS; row++) {
        buf_lit(&buf, LIT("{{"));
        for (size_t i = 0; i < MADE_FEATURES; i++) {
            if (model->feature[i].kind == COLUMN_NUMBER) {
                put_c_number(&buf, said[row].value[i].number);
            } else {
                put_c_text(&buf, said[row].value[i].text);
            }
            buf_u8(&buf, ',');
        }
        buf_lit(&buf, LIT("},"));
        put_c_numbers(&buf, said[row].link, model->class_count);
        put_c_numbers(&buf, said[row].score, model->class_count);
        buf_u8(&buf, '{');
        for (size_t c = 0; c < model->class_count; c++) {
            put_c_numbers(&buf, said[row].contribution[c], MADE_TERMS);
        }
        buf_lit(&buf, LIT("}},\n"));
    }
    return buf;
}

int main(int argc, char **argv)
{
    must(argc == 2);
    for (enum task task = TASK_BINARY; task <= TASK_CLASSES; task++) {
        static struct said said[ROWS];
        struct job job;
        job_begin(&job, host_real());
        const struct model *model = made_model(&job, task);
        struct buf onnx = buf_begin(job.arena);
        struct buf c = buf_begin(job.arena);
        struct buf json = buf_begin(job.arena);
        must(model_check(&job, CANDOR_CORRUPT, model) == CANDOR_OK);
        for (size_t row = 0; row < ROWS; row++) {
            said[row] = said_of(model, row);
        }
        must(model_to_onnx(&job, model, &onnx) == CANDOR_OK);
        must(model_to_c(&job, model, STR("it"), &c) == CANDOR_OK);
        model_to_json(model, &json);
        save(&job, argv[1], task_name(task), ".onnx", &onnx);
        save(&job, argv[1], task_name(task), ".c", &c);
        save(&job, argv[1], task_name(task), ".json", &json);
        const struct buf for_javascript = rows_json(&job, model, said);
        const struct buf for_c = rows_c(&job, model, said);
        save(&job, argv[1], task_name(task), "_rows.json", &for_javascript);
        save(&job, argv[1], task_name(task), "_rows.h", &for_c);
        job_end(&job);
    }
    return 0;
}
