/*
 * decided.c - why something was decided, in words.
 *
 * A record keeps its reasons in the home's language, as they were. In another language they are told again
 * from what the record has: the facts as they were, the contributions, and the model that is kept by its
 * digest. The text is the same for the subject, the board, the API and the command.
 *
 * Where a model's score decided, what would have turned it is proven: the cheapest change among those
 * features that candor.yaml calls changeable, scored again; or a certificate that there is none.
 */
#include "decided.h"

#include "explanation.h"
#include "model.h"
#include "signals.h"

enum {
    AGAINST_MAX = 2,
    TURNS_MAX = 3, /* plans */
    CHANGES_AT_ONCE = 3,
    LOOKS_FOR_A_PAGE = 2000000, /* some tens of milliseconds */
};

/* ---- languages ----------------------------------------------------------------------------- */

enum tongue home_tongue(const struct candor *candor)
{
    enum tongue tongue = TONGUE_EN;
    const struct inventory *inventory = candor->inventory;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if (tongue_find(inventory->purpose[p].language, &tongue)) {
            break;
        }
    }
    return tongue;
}

/* What the subject's own field says; false: nothing that is spoken here. */
static enum candor_status own_tongue(struct job *job, const struct candor *candor, struct txn *txn,
                                     struct subject subject, enum tongue *tongue, bool *is_set)
{
    struct profile profile;
    const size_t field = candor->inventory->language_field;
    *is_set = false;
    if (field == NONE) {
        return CANDOR_OK;
    }
    profile = profile_begin(job->arena, candor->inventory);
    TRY(store_profile(job, txn, permit_for_right(job, subject, RIGHT_EXPLANATION), &profile));
    *is_set =
        profile.cell[field].kind == CELL_TEXT && tongue_find(profile.cell[field].text, tongue);
    return CANDOR_OK;
}

enum candor_status decided_tongue(struct job *job, struct candor *candor, struct txn *txn,
                                  struct subject subject, const struct candor_languages *languages,
                                  enum tongue *tongue)
{
    bool is_set = false;
    *tongue = home_tongue(candor);
    if (languages == NULL) {
        return CANDOR_OK;
    }
    if (languages->asked != NULL && languages->asked[0] != '\0') {
        return tongue_asked(job, "language", languages->asked, tongue);
    }
    TRY(own_tongue(job, candor, txn, subject, tongue, &is_set));
    if (!is_set && languages->accepted != NULL) {
        (void)tongue_accepted(str_of(languages->accepted), tongue); /* else it stays the home's */
    }
    return CANDOR_OK;
}

/* ---- facts --------------------------------------------------------------------------------- */

/* The feature's words in this language, as far as candor.yaml has them; a sentence of the company's own is
 * told in its own language only. */
static struct fact called(const struct candor *candor, const struct feature *feature,
                          enum tongue tongue)
{
    struct fact fact = {.label = feature->label, .unit = feature->unit};
    fact.is_unnamed = feature->is_protected;
    if (tongue == home_tongue(candor)) {
        fact.raises = feature->raises;
        fact.lowers = feature->lowers;
        return fact;
    }
    for (size_t w = 0; w < feature->words_count; w++) {
        const struct feature_words *words = &feature->words[w];
        enum tongue of_words;
        if (tongue_find(words->language, &of_words) && of_words == tongue) {
            fact.label = words->label.len > 0 ? words->label : fact.label;
            fact.unit = words->unit.len > 0 ? words->unit : fact.unit;
            fact.raises = words->raises;
            fact.lowers = words->lowers;
        }
    }
    return fact;
}

static void set_value(const struct inventory *inventory, const struct feature *feature,
                      const struct cell *cell, struct fact *fact)
{
    const bool is_truth =
        feature->field != NONE && inventory->field[feature->field].type == FIELD_BOOLEAN;
    switch (cell->kind) {
    case CELL_MISSING:
        break;
    case CELL_NUMBER:
        fact->kind = is_truth ? FACT_TRUTH : FACT_NUMBER;
        fact->number = cell->number;
        break;
    case CELL_TEXT:
        fact->kind = FACT_TEXT;
        fact->text = cell->text;
        break;
    case CELL_TIME:
        fact->kind = FACT_DATE;
        fact->time = cell->time;
        break;
    }
}

const struct fact *decided_facts(struct job *job, const struct candor *candor,
                                 const struct model *model, enum tongue tongue,
                                 const struct cell *cell)
{
    const struct inventory *inventory = candor->inventory;
    struct fact *fact = NEW_ARRAY(job->arena, model->feature_count + 1, struct fact);
    for (size_t f = 0; f < model->feature_count; f++) {
        const size_t found = inventory_feature(inventory, model->feature[f].name);
        if (found == NONE) { /* nobody says any more what it is */
            fact[f] = (struct fact){.label = model->feature[f].name, .is_unnamed = true};
            continue;
        }
        fact[f] = called(candor, &inventory->feature[found], tongue);
        set_value(inventory, &inventory->feature[found], &cell[f], &fact[f]);
    }
    return fact;
}

/* ---- the record's own reasons -------------------------------------------------------------- */

static struct str permit_words(struct job *job, enum tongue tongue, enum permit_code code,
                               const struct purpose *purpose)
{
    struct str sentence = STR("");
    must(tell_code(tongue, str_of(permit_code_name(code)), &sentence));
    return str_format(job->arena, "%.*s (%.*s)", STR_ARG(sentence), STR_ARG(purpose->title));
}

static struct str first_reason(struct job *job, const struct candor *candor, enum tongue tongue,
                               const struct campaign *campaign, const struct weighed *weighed)
{
    const struct purpose *purpose = candor->inventory->purpose;
    struct str sentence = STR("");
    if (weighed->withhold == SEND || weighed->withhold == WITHHOLD_PERMIT) {
        return permit_words(job, tongue, weighed->permit, &purpose[campaign->purpose]);
    }
    if (weighed->withhold == WITHHOLD_NO_PROFILING) {
        return permit_words(job, tongue, weighed->profiling, &purpose[campaign->uses]);
    }
    if (weighed->withhold == WITHHOLD_SIGNAL && tongue == TONGUE_EN) {
        return signals_sentence(job, &weighed->ruling);
    }
    must(tell_code(tongue, str_of(withhold_name(weighed->withhold)), &sentence));
    return sentence;
}

static bool is_about_score(const struct weighed *weighed)
{
    return weighed->withhold == SEND || weighed->withhold == WITHHOLD_LOW_SCORE ||
           weighed->withhold == WITHHOLD_NOT_SELECTED || weighed->withhold == WITHHOLD_REFERRED;
}

void weigh_reasons(struct job *job, struct candor *candor, const struct campaign *campaign,
                   const struct weighed *weighed, struct str *reason, size_t *reason_count)
{
    const enum tongue tongue = home_tongue(candor);
    const bool sends = weighed->withhold == SEND;
    const struct published *published = NULL;
    size_t count = 0;
    reason[count++] = first_reason(job, candor, tongue, campaign, weighed);
    if (sends && weighed->ruling.against != NULL) {
        reason[count++] = tell_words(tongue, TELL_AFTER_SIGNAL);
    }
    if (weighed->has_score && weighed->facts != NULL && weighed->facts->doubt != NULL &&
        (!sends || weighed->facts->doubt->verdict == DOUBT_FALL_BACK)) {
        reason[count++] =
            doubt_sentence(job->arena, tongue, candor->inventory, weighed->facts->doubt);
    }
    if (weighed->has_score && weighed->facts != NULL && is_about_score(weighed) &&
        candor->txn != NULL &&
        model_published(job, candor, candor->txn, campaign->model, &published) == CANDOR_OK) {
        const struct model *model = published->model;
        double *sd = NEW_ARRAY(job->arena, model->term_count + 1, double);
        struct told_reasons told;
        contribution_sds(model, 0, weighed->facts->bin, sd);
        const struct telling telling = {
            .tongue = tongue,
            .model = model,
            .bin = weighed->facts->bin,
            .weight = weighed->facts->contribution,
            .sd = sd,
            .fact = decided_facts(job, candor, model, tongue, weighed->facts->cell),
            .is_interest = true};
        const struct tell_limits limits = {WEIGH_REASONS_MAX - count, 0};
        reasons_tell(job->arena, &telling, sends, limits, &told);
        for (size_t r = 0; r < told.reason_count; r++) {
            reason[count++] = told.reason[r].sentence;
        }
    }
    *reason_count = count;
}

/* ---- told again ---------------------------------------------------------------------------- */

/* What candor.yaml says a person could change; nothing else is anybody's to ask for. */
static const enum recourse_move *moves_of(struct job *job, const struct candor *candor,
                                          const struct model *model)
{
    enum recourse_move *move = NEW_ARRAY(job->arena, model->feature_count + 1, enum recourse_move);
    for (size_t f = 0; f < model->feature_count; f++) {
        const size_t found = inventory_feature(candor->inventory, model->feature[f].name);
        const struct feature *feature = found == NONE ? NULL : &candor->inventory->feature[found];
        move[f] =
            feature != NULL && feature->changeable && !feature->is_protected ? MOVE_ANY : MOVE_NONE;
    }
    return move;
}

/* A score decided, and it was not far enough. Of a score that did without some features nothing is proven. */
static bool was_too_low(const struct decided *decided)
{
    const struct decision *decision = decided->decision;
    const double threshold = decision->threshold;
    const bool is_chance = decided->model->task == TASK_BINARY;
    return !decision->send && decision->doubt.left_count == 0 && threshold > 0 &&
           (!is_chance || threshold < 1) && decision->score < threshold;
}

static enum candor_status put_scored(struct job *job, const struct candor *candor,
                                     const struct telling *telling, const struct decided *decided,
                                     struct str sentence, struct json *json)
{
    const struct recourse_options options = {.threshold = decided->decision->threshold,
                                             .move = moves_of(job, candor, decided->model),
                                             .changes_max = CHANGES_AT_ONCE,
                                             .plans_max = TURNS_MAX,
                                             .looks_max = LOOKS_FOR_A_PAGE};
    const struct tell_limits limits = {WEIGH_REASONS_MAX, AGAINST_MAX};
    struct told_reasons told;
    struct turning turning;
    const bool turns = was_too_low(decided);
    reasons_tell(job->arena, telling, decided->decision->send, limits, &told);
    if (turns) {
        TRY(turning_find(job, telling, &options, &turning));
    }
    put_explanation(job, json, telling, sentence, &told, turns ? &turning : NULL);
    return CANDOR_OK;
}

enum candor_status decided_json(struct job *job, const struct candor *candor, enum tongue tongue,
                                const struct decided *decided, struct json *json)
{
    const struct model *model = decided->model;
    struct str sentence = STR("");
    (void)tell_code(tongue, decided->decision->code, &sentence); /* a code of later: no sentence */
    if (model == NULL || model->task == TASK_CLASSES) {
        put_explanation_of_code(json, tongue, sentence);
        return CANDOR_OK;
    }
    double *sd = NEW_ARRAY(job->arena, model->term_count + 1, double);
    contribution_sds(model, 0, decided->bin, sd);
    const struct telling telling = {
        .tongue = tongue,
        .model = model,
        .bin = decided->bin,
        .weight = decided->contribution,
        .sd = sd,
        .fact = decided_facts(job, candor, model, tongue, decided->decision->cell),
        .is_interest = true,
        .tells_ties = true};
    return put_scored(job, candor, &telling, decided, sentence, json);
}
