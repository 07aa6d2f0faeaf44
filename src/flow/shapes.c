/*
 * shapes.c - `candor shapes`: every term of a model with its cells, as numbers and as pictures.
 */
#include "shapes.h"
#include "chart.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "study.h"

static const double normal_95 = 1.959963984540054;

/* ---- numbers ------------------------------------------------------------------------------- */

static void put_value(struct json *json, const struct series *series, size_t cell)
{
    const double value = series_value(series, cell);
    const double half = normal_95 * series_sd(series, cell);
    json_key(json, LIT("value"));
    json_f64(json, value);
    json_key(json, LIT("low"));
    json_f64(json, value - half);
    json_key(json, LIT("high"));
    json_f64(json, value + half);
    json_key(json, LIT("weight"));
    json_f64(json, series->term->weight[cell]);
}

static void put_label(struct job *job, struct json *json, const struct series *series, size_t cell)
{
    const struct term *term = series->term;
    const struct model_feature *feature = series_feature(series);
    if (term->feature_count == 2) {
        json_key(json, LIT("labels"));
        json_list_begin(json);
        json_text(json, place_label(job->arena, series, 0, cell / term->axis_count[1]));
        json_text(json, place_label(job->arena, series, 1, cell % term->axis_count[1]));
        json_list_end(json);
        return;
    }
    json_key(json, LIT("label"));
    json_text(json, feature_bin_label(job->arena, feature, cell));
    if (feature->kind == COLUMN_NUMBER && cell != BIN_MISSING) {
        json_key(json, LIT("from"));
        json_f64(json, feature->low[cell - 1]);
        json_key(json, LIT("to"));
        json_f64(json, feature->high[cell - 1]);
    }
}

static void put_cells(struct job *job, struct json *json, const struct series *series)
{
    json_key(json, LIT("cells"));
    json_list_begin(json);
    for (size_t cell = 0; cell < series->term->cell_count; cell++) {
        json_map_begin(json);
        put_label(job, json, series, cell);
        put_value(json, series, cell);
        json_map_end(json);
    }
    json_list_end(json);
}

static struct str kind_word(const struct model *model, const struct term *term)
{
    if (term->feature_count == 2) {
        return STR("pair");
    }
    switch (model->feature[term->feature[0]].kind) {
    case COLUMN_NUMBER:
        return STR("number");
    case COLUMN_CATEGORY:
        return STR("category");
    case COLUMN_ORDINAL:
        return STR("ordinal");
    }
    return STR("");
}

static void put_planes(struct job *job, struct json *json, const struct model *model,
                       const struct term *term)
{
    if (model->task != TASK_CLASSES) {
        const struct series series = {model, term, 0};
        put_cells(job, json, &series);
        return;
    }
    json_key(json, LIT("classes"));
    json_list_begin(json);
    for (size_t class = 0; class < model->class_count; class ++) {
        const struct series series = {model, term, class};
        json_map_begin(json);
        json_key(json, LIT("class"));
        json_text(json, model->class_name[class]);
        put_cells(job, json, &series);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_term(struct job *job, struct json *json, const struct model *model,
                     const struct card_term *ranked)
{
    const struct term *term = &model->term[ranked->term];
    json_map_begin(json);
    json_key(json, LIT("term"));
    json_text(json, term->name);
    json_key(json, LIT("kind"));
    json_text(json, kind_word(model, term));
    json_key(json, LIT("features"));
    json_list_begin(json);
    for (size_t k = 0; k < term->feature_count; k++) {
        json_text(json, model->feature[term->feature[k]].name);
    }
    json_list_end(json);
    json_key(json, LIT("importance"));
    json_f64(json, ranked->importance);
    json_key(json, LIT("share"));
    json_f64(json, ranked->share);
    put_planes(job, json, model, term);
    json_map_end(json);
}

static void put_base(struct json *json, const struct model *model)
{
    json_key(json, LIT("target"));
    json_text(json, model->target);
    json_key(json, LIT("task"));
    json_text(json, str_of(task_name(model->task)));
    if (model->task == TASK_BINARY) {
        json_key(json, LIT("positive"));
        json_text(json, model->positive);
    }
    json_key(json, LIT("base"));
    if (model->task != TASK_CLASSES) {
        json_f64(json, model->base);
        return;
    }
    json_list_begin(json);
    for (size_t class = 0; class < model->class_count; class ++) {
        json_f64(json, model->class_base[class]);
    }
    json_list_end(json);
}

void shapes_json(struct job *job, struct json *json, const struct model *model,
                 const struct card *card)
{
    put_base(json, model);
    json_key(json, LIT("terms"));
    json_list_begin(json);
    for (size_t t = 0; t < card->term_count; t++) {
        put_term(job, json, model, &card->term[t]);
    }
    json_list_end(json);
}

/* ---- pictures in files --------------------------------------------------------------------- */

/* A name that every file system takes: letters, digits and hyphens. */
static struct str file_word(struct arena *arena, struct str name)
{
    struct buf word = buf_begin(arena);
    for (size_t i = 0; i < name.len && word.len < 40; i++) {
        const char c = name.ptr[i];
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool is_large = c >= 'A' && c <= 'Z';
        if (is_plain || is_large) {
            buf_u8(&word, (uint8_t)(is_large ? c - 'A' + 'a' : c));
        } else if (word.len > 0 && word.ptr[word.len - 1] != '-') {
            buf_u8(&word, '-');
        }
    }
    return str_trim(buf_text(&word));
}

static enum candor_status write_svg(struct job *job, const char *dir, struct str name,
                                    const struct plot *plot, struct str title)
{
    struct buf svg = buf_begin(job->arena);
    const struct str path = path_join(job->arena, str_of(dir), name);
    TRY(path_may_be_written(job, str_z(job->arena, path)));
    plot_term(&svg, plot, title);
    buf_lit(&svg, LIT("\n"));
    return file_replace(job, path, buf_all(&svg), 0644);
}

static enum candor_status write_term(struct job *job, const char *dir, const struct model *model,
                                     const struct term *term, size_t place, size_t *files)
{
    for (size_t class = 0; class < model->class_count; class ++) {
        const bool has_classes = model->task == TASK_CLASSES;
        struct plot plot = {.arena = job->arena, .series_count = 1, .is_alone = true};
        plot.series[0] = (struct series){model, term, class};
        plot.range = series_range(&plot.series[0]);
        const struct str word = file_word(job->arena, term->name);
        const struct str name =
            has_classes
                ? str_format(job->arena, "%03zu-%.*s-%zu.svg", place + 1, STR_ARG(word), class)
                : str_format(job->arena, "%03zu-%.*s.svg", place + 1, STR_ARG(word));
        const struct str title =
            has_classes ? str_format(job->arena, "%.*s, class %.*s", STR_ARG(term->name),
                                     STR_ARG(model->class_name[class]))
                        : term->name;
        TRY(write_svg(job, dir, name, &plot, title));
        (*files)++;
    }
    return CANDOR_OK;
}

static enum candor_status write_svgs(struct job *job, const char *dir, const struct card *card,
                                     size_t *files)
{
    TRY(dir_make(job, str_of(dir), 0755));
    for (size_t t = 0; t < card->term_count; t++) {
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(write_term(job, dir, card->model, &card->model->term[card->term[t].term], t, files));
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

/* ---- the command --------------------------------------------------------------------------- */

enum candor_status candor_shapes(struct job *job, const char *model_path, const char *html_path,
                                 const char *svg_dir, struct candor_text *report)
{
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    struct card card;
    struct answer answer;
    size_t files = 0;
    TRY(path_may_be_written(job, html_path));
    TRY(paths_differ(job, html_path, model_path));
    TRY(study_model(job, model_path, &model, &digest, &is_signed));
    TRY(model_card(job, model, &card));
    if (html_path != NULL) {
        const struct str page = shapes_page(job, &card);
        TRY(file_replace(job, str_of(html_path), bytes_of(page), 0644));
    }
    if (svg_dir != NULL) {
        TRY(during(job, write_svgs(job, svg_dir, &card, &files), "writing pictures"));
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    shapes_json(job, &answer.json, model, &card);
    if (svg_dir != NULL) {
        json_key(&answer.json, LIT("files"));
        json_u64(&answer.json, files);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
