/*
 * shapespage.c - a model as pictures: what matters most first, then every term for itself.
 *
 * It reads at phone width, prints, follows the reader's light or dark setting, and says in words what
 * each picture shows, so nothing depends on sight alone.
 */
#include "chart.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"

enum { PLANES_SHOWN = 12 };

/* ---- head ---------------------------------------------------------------------------------- */

static void put_figures(struct buf *html, const struct model *model)
{
    buf_lit(html, LIT("<dl class=\"figures\"><div class=\"figure\"><dt>Features</dt><dd>"));
    page_count(html, model->feature_count);
    buf_lit(html, LIT("</dd></div><div class=\"figure\"><dt>Pairs of features</dt><dd>"));
    page_count(html, model->term_count - model->feature_count);
    buf_lit(html, LIT("</dd></div><div class=\"figure\"><dt>Rows learnt from</dt><dd>"));
    page_count(html, model->rows_train);
    buf_lit(html, LIT("</dd></div><div class=\"figure\"><dt>Numbers really learnt</dt><dd>"));
    buf_format(html, "%.0f", model->freedom);
    buf_lit(html, LIT("<small>effective degrees of freedom</small></dd></div></dl>"));
}

static struct str lead_words(struct arena *arena, const struct model *model)
{
    if (model->task == TASK_BINARY && model->positive.len > 0) {
        return str_format(arena,
                          "How the model comes to the chance of \xe2\x80\x9c%.*s\xe2\x80\x9d: the "
                          "sum of one value per feature and per pair. There is nothing else in it.",
                          STR_ARG(model->positive));
    }
    return STR("How the model comes to its prediction: the sum of one value per feature and per "
               "pair. There is nothing else in it.");
}

static void put_contents(struct buf *html, struct arena *arena, const struct card *card)
{
    const double widest = card->term_count > 0 ? card->term[0].importance : 0;
    buf_lit(html, LIT("<section><h2>What matters</h2><p class=\"lead\">How much each moves the "
                      "prediction of an average row, up or down.</p><ol class=\"stairs\">"));
    for (size_t t = 0; t < card->term_count; t++) {
        const struct card_term *ranked = &card->term[t];
        buf_format(html, "<li><div class=\"row\"><span class=\"name\"><a href=\"#t%zu\">", t + 1);
        html_text(html, card->model->term[ranked->term].name);
        buf_lit(html, LIT("</a></span>"));
        page_bar(html, widest > 0 ? ranked->importance / widest : 0);
        page_tag(html, LIT("<b class=\"count\">"), importance_text(arena, ranked->importance),
                 LIT("</b></div></li>"));
    }
    buf_lit(html, LIT("</ol></section>"));
}

static void put_reading(struct buf *html, struct arena *arena, const struct model *model)
{
    buf_lit(html, LIT("<section><h2>How to read the pictures</h2>"));
    page_tag(html, LIT("<p>"), unit_words(arena, model), LIT("</p>"));
    buf_lit(
        html,
        LIT("<p>The pale band and the whiskers hold the true value with about 95 % confidence: "
            "where they are wide, few rows have such a value. Grey bars show where the training "
            "rows are; their height is the root of their number, so that few are seen beside "
            "many. A scale that grows by factors is used where most values crowd near zero. "
            "What is shown goes along with the outcome; it need not cause it.</p></section>"));
}

/* ---- terms --------------------------------------------------------------------------------- */

static void put_plane(struct buf *html, struct arena *arena, const struct term *term,
                      struct plot *plot, size_t class)
{
    const struct model *model = plot->series[0].model;
    plot->series[0].class = class;
    buf_lit(html, LIT("<figure>"));
    page_tag(html, LIT("<figcaption>"), model->class_name[class], LIT("</figcaption>"));
    plot_term(html, plot,
              str_format(arena, "%.*s, class %.*s", STR_ARG(term->name),
                         STR_ARG(model->class_name[class])));
    buf_lit(html, LIT("</figure>"));
}

/* One picture per class, all to one scale. */
static void put_planes(struct buf *html, struct arena *arena, const struct term *term,
                       struct plot *plot)
{
    const struct model *model = plot->series[0].model;
    const size_t shown = model->class_count < PLANES_SHOWN ? model->class_count : PLANES_SHOWN;
    plot->range = (struct range){0, 0};
    for (size_t class = 0; class < model->class_count; class ++) {
        plot->series[0].class = class;
        plot->range = range_of_both(plot->range, series_range(&plot->series[0]));
    }
    buf_lit(html, LIT("<div class=\"planes\">"));
    for (size_t class = 0; class < shown; class ++) {
        put_plane(html, arena, term, plot, class);
    }
    buf_lit(html, LIT("</div>"));
    if (shown < model->class_count) {
        buf_format(html,
                   "<p>The first %zu of %zu classes are shown; candor shapes --json has all.</p>",
                   shown, model->class_count);
    }
}

static size_t levels_left_out(const struct model_feature *feature)
{
    const bool is_number = feature->kind == COLUMN_NUMBER;
    return !is_number && feature->value_count > ROWS_SHOWN ? feature->value_count - ROWS_SHOWN : 0;
}

/* All levels of a category that has too many for its picture. */
static void put_all_levels(struct buf *html, struct arena *arena, const struct series *series)
{
    const struct model_feature *feature = series_feature(series);
    buf_format(html,
               "<details><summary>The %d values with most rows are shown; all %zu</summary><table "
               "class=\"numbers\"><thead><tr><th>Value</th><th>Adds</th><th>Rows</th></tr></thead>"
               "<tbody>",
               ROWS_SHOWN, feature->value_count);
    for (size_t bin = 1; bin <= feature->value_count; bin++) {
        page_tag(html, LIT("<tr><th scope=\"row\">"), feature_bin_label(arena, feature, bin),
                 LIT("</th><td>"));
        html_text(html, tick_text(arena, round(series_value(series, bin) * 1e3) / 1e3, true));
        buf_format(html, "</td><td>%.2g&nbsp;%%</td></tr>", 100 * series->term->weight[bin]);
    }
    buf_lit(html, LIT("</tbody></table></details>"));
}

static void put_term(struct buf *html, struct arena *arena, const struct card *card, size_t place)
{
    const struct card_term *ranked = &card->term[place];
    const struct model *model = card->model;
    const struct term *term = &model->term[ranked->term];
    struct plot plot = {.arena = arena, .series = {{model, term, 0}}, .series_count = 1};
    buf_format(html,
               "<article id=\"t%zu\" style=\"order:%zu\"><span class=\"rank\">no. %zu, "
               "%.1f&nbsp;%%</span>",
               place + 1, place + 1, place + 1, 100 * ranked->share);
    page_tag(html, LIT("<h3>"), term->name, LIT("</h3>"));
    if (model->task == TASK_CLASSES) {
        put_planes(html, arena, term, &plot);
        buf_lit(html, LIT("</article>"));
        return;
    }
    page_tag(html, LIT("<p>"), shape_words(arena, &plot.series[0]), LIT("</p>"));
    plot.range = series_range(&plot.series[0]);
    plot_term(html, &plot, term->name);
    if (term->feature_count == 1 && levels_left_out(series_feature(&plot.series[0])) > 0) {
        put_all_levels(html, arena, &plot.series[0]);
    }
    buf_lit(html, LIT("</article>"));
}

/* How tall the article will be, about, in units of the picture. */
static double height_of(struct arena *arena, const struct card *card, size_t place)
{
    enum { AROUND = 120 };
    const struct term *term = &card->model->term[card->term[place].term];
    const struct plot plot = {
        .arena = arena, .series = {{card->model, term, 0}}, .series_count = 1};
    return plot_height(&plot) + AROUND;
}

/*
 * Two columns side by side, the next article always into the shorter one, so that no holes are left.
 * On a phone the columns dissolve and `order` brings the articles back into the order of importance.
 */
static void put_terms(struct buf *html, struct job *job, const struct card *card, bool pairs)
{
    const struct model *model = card->model;
    const bool is_wide = model->task == TASK_CLASSES;
    struct buf column[2] = {buf_begin(job->arena), buf_begin(job->arena)};
    double height[2] = {0, 0};
    for (size_t t = 0; t < card->term_count; t++) {
        if ((model->term[card->term[t].term].feature_count == 2) == pairs) {
            const size_t shorter = !is_wide && height[1] < height[0] ? 1 : 0;
            put_term(&column[shorter], job->arena, card, t);
            height[shorter] += height_of(job->arena, card, t);
        }
    }
    buf_lit(html,
            is_wide ? LIT("<div class=\"shapes wide\"><div>") : LIT("<div class=\"shapes\"><div>"));
    buf_str(html, buf_text(&column[0]));
    if (!is_wide) {
        buf_lit(html, LIT("</div><div>"));
        buf_str(html, buf_text(&column[1]));
    }
    buf_lit(html, LIT("</div></div></section>"));
}

struct str shapes_page(struct job *job, const struct card *card)
{
    const struct model *model = card->model;
    struct buf html = buf_begin(job->arena);
    page_begin(&html, LIT("Shapes"), model->target);
    page_tag(&html, LIT("<p class=\"lead\">"), lead_words(job->arena, model), LIT("</p>"));
    put_figures(&html, model);
    buf_lit(&html, LIT("</header>"));
    put_contents(&html, job->arena, card);
    put_reading(&html, job->arena, model);
    buf_lit(&html, LIT("<section><h2>One by one</h2>"));
    put_terms(&html, job, card, false);
    if (model->term_count > model->feature_count) {
        buf_lit(&html, LIT("<section><h2>Two together</h2><p class=\"lead\">What both values add "
                           "beyond what each adds alone.</p>"));
        put_terms(&html, job, card, true);
    }
    page_end(&html);
    return buf_text(&html);
}
