/*
 * report_card.c - the card of one model as a document: what candor card says of a file, said of a model
 * of the home, with where it stands on the ledger.
 */
#include "report.h"

#include "chart.h"
#include "frame.h"
#include "model.h"
#include "review.h"
#include "shapes.h"

enum { DRIVERS_SHOWN = 12 };

static void put_facts(struct reporting *reporting, const struct model *model,
                      const struct digest *digest)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    document_facts(document, STR("Data and design"));
    document_fact(document, STR("Predicts"),
                  cell_text_of(str_format(arena, "%s of %.*s", task_name(model->task),
                                          STR_ARG(model->target))));
    document_fact(
        document, STR("Form"),
        cell_text_of(str_format(arena,
                                "a sum of %zu tables of one feature and %zu of two: each "
                                "contribution can be read off, none is approximated",
                                model->feature_count, model->term_count - model->feature_count)));
    document_fact(document, STR("Rows learnt from"), cell_count(arena, model->rows_train));
    document_fact(document, STR("Numbers really learnt"), cell_number(arena, model->freedom, 0));
    document_fact(document, STR("Seed"),
                  cell_text_of(str_format(arena, "%llu", (unsigned long long)model->seed)));
    document_fact(
        document, STR("Digest of the data"),
        cell_text_of(hex_of(arena, (struct bytes){model->data_digest, sizeof model->data_digest})));
    document_fact(document, STR("Digest of the model"),
                  cell_text_of(hex_of(arena, (struct bytes){digest->byte, sizeof digest->byte})));
}

static struct doc_cell measure_cell(struct arena *arena, double value)
{
    return cell_number(arena, value, 4);
}

static void put_measures(struct reporting *reporting, const struct model *model)
{
    static const char *const column[] = {"Measure", "#Value", "#95 % from", "#to"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    struct measured measured[MEASURED_MAX];
    const size_t count = measured_of(model, measured);
    document_table(document,
                   str_format(arena, "Performance on %llu rows that were held out",
                              (unsigned long long)model->measures.rows),
                   column, 4,
                   STR("No rows were held out, so how good it is on new rows is not known."));
    for (size_t m = 0; m < count; m++) {
        const struct doc_cell cell[] = {
            cell_text_of(str_of(measured[m].name)), measure_cell(arena, measured[m].value),
            measure_cell(arena, measured[m].low), measure_cell(arena, measured[m].high)};
        document_row(document, cell, 4);
    }
}

/* As candor.yaml labels the feature; a pair keeps its name. */
static struct str term_label(const struct reporting *reporting, struct str name)
{
    const struct inventory *inventory = reporting->candor->inventory;
    const size_t feature = inventory_feature(inventory, name);
    return feature == NONE ? name : inventory->feature[feature].label;
}

static void put_drivers(struct reporting *reporting, const struct card *card)
{
    struct document *document = &reporting->document;
    const double widest = card->term_count > 0 ? card->term[0].importance : 0;
    document_bars(document, STR("What drives it"), STR("Nothing was learnt."));
    for (size_t t = 0; t < card->term_count && t < DRIVERS_SHOWN; t++) {
        const struct card_term *term = &card->term[t];
        const struct doc_cell cell[] = {
            cell_text_of(term_label(reporting, card->model->term[term->term].name)),
            {importance_text(document->arena, term->importance), true, term->importance}};
        document_row(document, cell, 2)->share = widest > 0 ? term->importance / widest : 0;
    }
}

/* What people and programs noted in the model. */
static void put_notes(struct reporting *reporting, const struct model *model, enum card_part part,
                      struct lit title, struct lit nothing)
{
    struct document *document = &reporting->document;
    document_facts(document, str_from(title));
    document->last->last->text = str_from(nothing);
    for (size_t n = 0; n < model->note_count; n++) {
        if (card_part_of(model->note[n].key) == part) {
            document_fact(document, note_label(document->arena, model->note[n].key),
                          cell_text_of(note_words(reporting->job, model->note[n].text)));
        }
    }
}

static void put_limits(struct reporting *reporting, const struct card *card)
{
    static const char *const column[] = {"Where not to trust it"};
    document_table(&reporting->document, STR("Limits"), column, 1, STR("None is known."));
    for (size_t l = 0; l < card->limit_count; l++) {
        const struct doc_cell cell = cell_text_of(card->limit[l]);
        document_row(&reporting->document, &cell, 1);
    }
}

enum candor_status put_card(struct reporting *reporting, const struct model *model,
                            const struct digest *digest)
{
    struct card card;
    TRY(model_card(reporting->job, model, &card));
    put_facts(reporting, model, digest);
    put_notes(reporting, model, CARD_PURPOSE, LIT("What it is for"),
              LIT("Its notes do not say what it is for."));
    put_notes(reporting, model, CARD_DATA, LIT("What it was learnt from"),
              LIT("Its notes say nothing of the data."));
    put_measures(reporting, model);
    put_drivers(reporting, &card);
    put_notes(reporting, model, CARD_FAIRNESS, LIT("Fairness"),
              LIT("No comparison of groups is recorded in this model."));
    put_notes(reporting, model, CARD_PRIVACY, LIT("Privacy"),
              LIT("It was trained without differential privacy: no epsilon is recorded."));
    put_notes(reporting, model, CARD_CHANGES, LIT("Constraints and changes by people"),
              LIT("None: all shapes are as they were learnt."));
    put_limits(reporting, &card);
    return CANDOR_OK;
}

enum candor_status report_card(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    const struct model_spec *spec = NULL;
    struct model *model = NULL;
    struct digest digest;
    bool is_published = false;
    if (reporting->order->model == NULL) {
        return fail(reporting->job, CANDOR_BAD_INPUT,
                    "the card of which model? candor report card MODEL");
    }
    TRY(home_model_spec(reporting->job, reporting->candor, str_of(reporting->order->model), &spec));
    TRY(model_trained(reporting->job, reporting->candor, reporting->txn, spec->name, &model,
                      &digest));
    TRY(model_is_published(reporting->job, reporting->txn, spec->name, &digest, &is_published));
    document->title = spec->title.len > 0 ? spec->title : spec->name;
    document_section(document, STR("The model"));
    document_text(document, is_published ? VERDICT_GOOD : VERDICT_WATCH,
                  is_published ? STR("Published: decisions may use it.")
                               : STR("Not published: no decision uses it."));
    return put_card(reporting, model, &digest);
}
