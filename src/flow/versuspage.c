/*
 * versuspage.c - two models side by side: which is better, and where they disagree.
 */
#include "chart.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"

enum { SHOWN = 24 };

static const double same = 1e-9;

static void put_names(struct buf *html, const struct versus *versus)
{
    page_tag(html, LIT("<p class=\"lead\"><span class=\"key\"></span>A is "), versus->name[0],
             LIT(", "));
    page_tag(html, LIT("<span class=\"key two\"></span>B is "), versus->name[1], LIT(".</p>"));
}

static void put_cell(struct buf *html, struct str text)
{
    page_tag(html, LIT("<td>"), text, LIT("</td>"));
}

static struct str number_text(struct arena *arena, double value)
{
    return isnan(value) ? STR("not known") : tick_text(arena, value, false);
}

static struct str signed_text(struct arena *arena, double value)
{
    return isnan(value) ? STR("not known")
                        : str_format(arena, value < 0 ? "\xe2\x88\x92%.3g" : "+%.3g", fabs(value));
}

static void put_head_row(struct buf *html, struct lit last)
{
    buf_lit(html,
            LIT("<div class=\"scroll\"><table class=\"numbers\"><thead><tr><th></th><th>A</th>"
                "<th>B</th>"));
    buf_lit(html, last);
    buf_lit(html, LIT("</tr></thead><tbody>"));
}

/* ---- measures ------------------------------------------------------------------------------ */

static void put_own_measures(struct buf *html, struct arena *arena, const struct versus *versus)
{
    struct measured measured[2][MEASURED_MAX];
    const size_t count[2] = {measured_of(versus->model[0], measured[0]),
                             measured_of(versus->model[1], measured[1])};
    const size_t most = count[0] > count[1] ? count[0] : count[1];
    buf_lit(html, LIT("<section><h2>What they say of themselves</h2>"));
    buf_lit(html,
            LIT("<p class=\"note\">Measured on the rows that each held out: compare them only "
                "when those are the same.</p>"));
    put_head_row(html, LIT(""));
    buf_lit(html, LIT("<tr><th scope=\"row\">Rows learnt from</th>"));
    for (size_t m = 0; m < 2; m++) {
        buf_lit(html, LIT("<td>"));
        page_count(html, versus->model[m]->rows_train);
        buf_lit(html, LIT("</td>"));
    }
    buf_lit(html, LIT("</tr>"));
    for (size_t i = 0; i < most; i++) {
        const struct measured *named = count[0] > 0 ? &measured[0][i] : &measured[1][i];
        page_tag(html, LIT("<tr><th scope=\"row\">"), str_of(named->name), LIT("</th>"));
        for (size_t m = 0; m < 2; m++) {
            put_cell(html, count[m] == 0 ? STR("not measured")
                                         : number_text(arena, measured[m][i].value));
        }
        buf_lit(html, LIT("</tr>"));
    }
    buf_lit(html, LIT("</tbody></table></div></section>"));
}

/* One line of what held on the same rows. */
static void put_judged(struct buf *html, struct arena *arena, struct str name,
                       const double value[2], struct range difference)
{
    page_tag(html, LIT("<tr><th scope=\"row\">"), name, LIT("</th>"));
    put_cell(html, number_text(arena, value[0]));
    put_cell(html, number_text(arena, value[1]));
    page_tag(html, LIT("<td>"), signed_text(arena, value[1] - value[0]), LIT("<small>"));
    html_text(html, str_format(arena, "%.*s to %.*s", STR_ARG(signed_text(arena, difference.low)),
                               STR_ARG(signed_text(arena, difference.high))));
    buf_lit(html, LIT("</small></td>"));
    buf_lit(html, LIT("</tr>"));
}

/* Less loss is better. */
static struct str verdict_words(const struct versus *versus)
{
    if (isnan(versus->loss_low)) {
        return STR("One row says nothing about which is better.");
    }
    if (versus->loss_high < 0) {
        return STR("B is better on these rows, and that is more than chance.");
    }
    if (versus->loss_low > 0) {
        return STR("A is better on these rows, and that is more than chance.");
    }
    return STR("On these rows neither is better than the other by more than chance.");
}

static struct str loss_name(const struct model *model)
{
    switch (model->task) {
    case TASK_BINARY:
    case TASK_CLASSES:
        return STR("Log loss");
    case TASK_COUNT:
    case TASK_AMOUNT:
        return STR("Mean deviance");
    case TASK_REGRESSION:
        break;
    }
    return STR("Squared error");
}

static void put_data(struct buf *html, struct arena *arena, const struct versus *versus)
{
    if (versus->row_count == 0) {
        return;
    }
    buf_lit(html, LIT("<section><h2>On the same rows</h2>"));
    page_tag(html, LIT("<p class=\"verdict\">"), verdict_words(versus), LIT("</p>"));
    put_head_row(html, LIT("<th>B less A<small>95&nbsp;% interval</small></th>"));
    if (!isnan(versus->auc[0])) {
        put_judged(html, arena, STR("AUC"), versus->auc,
                   (struct range){versus->auc_low, versus->auc_high});
    }
    put_judged(html, arena, loss_name(versus->model[0]), versus->loss,
               (struct range){versus->loss_low, versus->loss_high});
    buf_lit(html, LIT("</tbody></table></div><p>"));
    page_count(html, versus->row_count);
    buf_lit(html, LIT(" rows. "));
    if (!isnan(versus->changed)) {
        html_text(html,
                  str_format(arena, "%.2f %% of them are decided otherwise (%.2f to %.2f %%).",
                             100 * versus->changed, 100 * versus->changed_low,
                             100 * versus->changed_high));
    }
    buf_lit(html, LIT("</p></section>"));
}

/* ---- terms --------------------------------------------------------------------------------- */

/* What is less than a thousandth of the difference is nothing to read. */
static struct str said_text(struct arena *arena, const struct term_difference *term, size_t m)
{
    const double value = term->most_value[m];
    if (fabs(value) < term->most / 1000) {
        return STR("0");
    }
    return str_format(arena, value < 0 ? "\xe2\x88\x92%.3g" : "+%.3g", fabs(value));
}

static struct str where_words(struct arena *arena, const struct term_difference *term)
{
    if (!term->is_in[0] || !term->is_in[1]) {
        return str_format(arena, "Only %s has it.", term->is_in[0] ? "A" : "B");
    }
    if (term->most < same) {
        return STR("The same in both.");
    }
    return str_format(arena, "Most at %.*s: A %.*s, B %.*s.", STR_ARG(term->most_at),
                      STR_ARG(said_text(arena, term, 0)), STR_ARG(said_text(arena, term, 1)));
}

static void put_contents(struct buf *html, struct arena *arena, const struct versus *versus)
{
    const double widest = versus->difference_count > 0 ? versus->difference[0].mean : 0;
    buf_lit(html, LIT("<section><h2>Where they differ</h2><p class=\"lead\">How far apart they are "
                      "for an average row, on the scale of the contributions.</p><ol "
                      "class=\"stairs\">"));
    for (size_t i = 0; i < versus->difference_count; i++) {
        const struct term_difference *term = &versus->difference[i];
        page_tag(html, LIT("<li><div class=\"row\"><span class=\"name\">"), term->name,
                 LIT("</span>"));
        page_bar(html, widest > 0 ? term->mean / widest : 0);
        page_tag(html, LIT("<b class=\"count\">"), importance_text(arena, term->mean),
                 LIT("</b></div>"));
        page_tag(html, LIT("<p class=\"small\">"), where_words(arena, term), LIT("</p></li>"));
    }
    buf_lit(html, LIT("</ol></section>"));
}

/* Both shapes in one picture; pairs one under the other, to one scale. */
static void put_pictures(struct buf *html, struct arena *arena, const struct versus *versus,
                         const struct term_difference *difference)
{
    struct plot plot = {.arena = arena};
    for (size_t m = 0; m < 2; m++) {
        const struct model *model = versus->model[m];
        if (!difference->is_in[m]) {
            continue;
        }
        const struct series series = {model, &model->term[difference->term[m]],
                                      difference->most_class};
        plot.range = range_of_both(plot.range, series_range(&series));
        plot.series[plot.series_count++] = series;
    }
    if (plot.series[0].term->feature_count == 1) {
        plot_term(html, &plot, difference->name);
        return;
    }
    for (size_t s = 0; s < plot.series_count; s++) {
        struct plot one = plot;
        one.series[0] = plot.series[s];
        one.series_count = 1;
        buf_lit(html, LIT("<figure><figcaption>"));
        buf_lit(html, one.series[0].model == versus->model[0] ? LIT("A") : LIT("B"));
        buf_lit(html, LIT("</figcaption>"));
        plot_term(html, &one, difference->name);
        buf_lit(html, LIT("</figure>"));
    }
}

static void put_article(struct buf *html, struct arena *arena, const struct versus *versus,
                        const struct term_difference *difference, size_t place)
{
    buf_format(html, "<article style=\"order:%zu\"><span class=\"rank\">apart by %.3f</span>",
               place, difference->mean);
    page_tag(html, LIT("<h3>"), difference->name, LIT("</h3>"));
    if (versus->model[0]->task == TASK_CLASSES) {
        page_tag(html, LIT("<p>Class "), versus->model[0]->class_name[difference->most_class],
                 LIT(", where they differ most.</p>"));
    }
    put_pictures(html, arena, versus, difference);
    buf_lit(html, LIT("</article>"));
}

static void put_shapes(struct buf *html, struct arena *arena, const struct versus *versus)
{
    struct buf column[2] = {buf_begin(arena), buf_begin(arena)};
    size_t shown = 0;
    for (size_t i = 0; i < versus->difference_count && shown < SHOWN; i++) {
        const struct term_difference *difference = &versus->difference[i];
        if (difference->is_in[0] && difference->is_in[1] && difference->most >= same) {
            put_article(&column[shown % 2], arena, versus, difference, i);
            shown++;
        }
    }
    if (shown == 0) {
        return;
    }
    buf_lit(html, LIT("<section><h2>Shapes, one over the other</h2>"));
    put_names(html, versus);
    buf_lit(html, LIT("<div class=\"shapes\"><div>"));
    buf_str(html, buf_text(&column[0]));
    buf_lit(html, LIT("</div><div>"));
    buf_str(html, buf_text(&column[1]));
    buf_lit(html, LIT("</div></div></section>"));
}

struct str versus_page(struct job *job, const struct versus *versus)
{
    struct arena *arena = job->arena;
    struct buf html = buf_begin(arena);
    page_begin(&html, LIT("Two models"), versus->model[0]->target);
    put_names(&html, versus);
    buf_lit(&html, LIT("</header>"));
    put_data(&html, arena, versus);
    put_own_measures(&html, arena, versus);
    put_contents(&html, arena, versus);
    put_shapes(&html, arena, versus);
    page_end(&html);
    return buf_text(&html);
}
