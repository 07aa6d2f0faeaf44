/*
 * console_model.c - a model is trained or published on a page. A model that was trained is proposed; whoever may
 * publish looks at it first.
 */
#include "console.h"

/* One button for each model of candor.yaml. */
static void put_form(struct site *site, struct buf *html, struct str name)
{
    site_form(site, html, LIT("/models"));
    page_hidden(html, LIT("act"), STR("train"));
    page_hidden(html, LIT("model"), name);
    html_lit(html, LIT("<label class=\"choice\"><input type=\"checkbox\" name=\"repair\" "
                       "value=\"reweigh\"> "));
    say_in(html, LIT("<span>"), W_TRAIN_REPAIR, LIT("</span></label><button class=\"main\">"));
    say_with(html, W_TRAIN_BUTTON, name, STR(""));
    html_lit(html, LIT("</button>"));
    page_form_end(html);
}

void console_put_training(struct site *site, struct buf *html)
{
    struct candor_text report;
    if (!site_may(site, "train")) {
        return;
    }
    if (candor_campaign_choices(site->job, site->candor, &report) != CANDOR_OK) {
        job_forgive(site->job); /* not with these roles */
        return;
    }
    const struct value *name = value_get(site_read(site, &report), "models");
    if (site_size(name) == 0) {
        return;
    }
    say_in(html, LIT("<section><h2>"), W_TRAIN_TITLE, LIT("</h2>"));
    say_in(html, LIT("<p>"), W_TRAIN_LEAD, LIT("</p>"));
    for (size_t i = 0; i < name->count; i++) {
        put_form(site, html, name->item[i].text);
    }
    html_lit(html, LIT("</section>"));
}

void console_put_publishing(struct site *site, struct buf *html, struct str name)
{
    site_form(site, html, LIT("/models"));
    page_hidden(html, LIT("act"), STR("publish"));
    page_hidden(html, LIT("model"), name);
    page_button(html, word(W_PUBLISH_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(html);
}

struct outcome console_models_post(struct site *site)
{
    struct candor_text report;
    const struct str act = site_field(site, "act");
    const char *model = site_field_z(site, "model");
    const bool is_train = str_is(act, "train");
    if (model == NULL || (!is_train && !str_is(act, "publish"))) {
        return site_stale(site);
    }
    const enum candor_status status =
        is_train
            ? candor_train(site->job, site->candor, model, site_field_z(site, "repair"), &report)
            : candor_model_publish(site->job, site->candor, model, &report);
    return status == CANDOR_OK ? site_go_saying(site, "/models", is_train ? "trained" : "published")
                               : site_failure(site, status);
}
