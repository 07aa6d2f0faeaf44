/*
 * insight_audience.c - the audience builder: a purpose on a channel, conditions, and at once how many
 * people that is.
 *
 * All of it stands in the address (a form with GET), so a question can be kept and sent on; no person is
 * ever in it. What may not be a condition is listed with its reason.
 */
#include "candor_audience.h"
#include "insight.h"

enum { ROWS = 4, OPTIONS_MAX = 1600 }; /* more than there may be fields and features */

/* What is asked, as the form has it. */
struct builder {
    const struct value *choices;
    struct str reach; /* "email_marketing/email", "profiling/" */
    struct str purpose;
    struct str channel;
    struct str uses;     /* "": the purpose's own fields */
    struct str campaign; /* "": no limits */
    struct str field[ROWS];
    struct str test[ROWS];
    struct str value[ROWS];
    struct page_option *option;
};

/* ---- the question ---------------------------------------------------------------------------- */

static struct str reach_of(struct site *site, struct str purpose, struct str channel)
{
    return str_format(site->job->arena, "%.*s/%.*s", STR_ARG(purpose), STR_ARG(channel));
}

static bool is_asked(const struct site *site)
{
    return site_query(site, "reach").len > 0;
}

/* The first campaign with this purpose and channel, or the one that is named; NULL: there is none. */
static const struct value *limits_of(struct site *site, const struct builder *builder,
                                     struct str name)
{
    const struct value *list = value_get(builder->choices, "campaigns");
    const struct value *first = NULL;
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *one = &list->item[i];
        const struct str reach =
            reach_of(site, site_text(one, "purpose"), site_text(one, "channel"));
        if (!str_equal(reach, builder->reach)) {
            continue;
        }
        if (str_equal(site_text(one, "name"), name)) {
            return one;
        }
        first = first == NULL ? one : first;
    }
    return first;
}

/* Of a first visit: what the first campaign does, else the first purpose that reaches people. */
static void begin_with(struct site *site, struct builder *builder)
{
    const struct value *campaign = value_get(builder->choices, "campaigns");
    const struct value *purpose = value_get(builder->choices, "purposes");
    if (site_size(campaign) > 0) {
        const struct value *first = &campaign->item[0];
        builder->reach = reach_of(site, site_text(first, "purpose"), site_text(first, "channel"));
        builder->uses = site_text(first, "uses");
        return;
    }
    for (size_t i = 0; i < site_size(purpose); i++) {
        const struct value *channel = value_get(&purpose->item[i], "channels");
        if (site_size(channel) > 0) {
            builder->reach =
                reach_of(site, site_text(&purpose->item[i], "name"), channel->item[0].text);
            return;
        }
    }
}

static void take_question(struct site *site, struct builder *builder)
{
    static const char *const key[ROWS][3] = {
        {"f1", "t1", "v1"}, {"f2", "t2", "v2"}, {"f3", "t3", "v3"}, {"f4", "t4", "v4"}};
    if (is_asked(site)) {
        builder->reach = site_query(site, "reach");
        builder->uses = site_query(site, "uses");
    } else {
        begin_with(site, builder);
    }
    builder->channel = builder->reach;
    builder->purpose = str_cut(&builder->channel, '/');
    if (builder->channel.ptr == NULL) {
        builder->channel = STR("");
    }
    const struct str limits = site_query(site, "limits");
    const struct value *campaign = limits_of(site, builder, limits);
    if (campaign != NULL && !str_is(limits, "-")) {
        builder->campaign = site_text(campaign, "name");
    }
    for (size_t i = 0; i < ROWS; i++) {
        builder->field[i] = site_query(site, key[i][0]);
        builder->test[i] = site_query(site, key[i][1]);
        builder->value[i] = site_query(site, key[i][2]);
    }
}

/* "is known" and "is not known" are one test of the library, with a value. */
static struct candor_condition condition_of(struct site *site, const struct builder *builder,
                                            size_t row)
{
    struct arena *arena = site->job->arena;
    struct candor_condition condition = {.field = str_z(arena, builder->field[row]),
                                         .test = str_z(arena, builder->test[row]),
                                         .value = str_z(arena, builder->value[row])};
    if (str_is(builder->test[row], "known") || str_is(builder->test[row], "unknown")) {
        condition.value = str_is(builder->test[row], "known") ? "false" : "true";
        condition.test = "is_missing";
    }
    return condition;
}

static enum candor_status count(struct site *site, const struct builder *builder,
                                struct candor_text *report)
{
    struct arena *arena = site->job->arena;
    struct candor_condition condition[ROWS];
    struct candor_audience question = {
        .purpose = str_z(arena, builder->purpose),
        .channel = str_z(arena, builder->channel),
        .uses = str_z(arena, builder->uses),
        .campaign = str_z(arena, builder->campaign),
        .condition = condition,
    };
    for (size_t i = 0; i < ROWS; i++) {
        if (builder->field[i].len > 0) {
            condition[question.condition_count++] = condition_of(site, builder, i);
        }
    }
    return candor_audience(site->job, site->candor, &question, report);
}

/* ---- the form -------------------------------------------------------------------------------- */

static void add_option(const struct builder *builder, size_t *options, struct str value,
                       struct str words)
{
    must(*options < OPTIONS_MAX);
    builder->option[(*options)++] = (struct page_option){value, words};
}

static void put_select(struct buf *html, struct lit name, enum word label, struct str chosen,
                       const struct page_option *option, size_t count)
{
    const struct page_field field = {
        .name = name, .label = word(label), .value = chosen, .is_optional = true};
    page_select_of(html, &field, option, count);
}

static void put_reach(struct site *site, struct buf *html, const struct builder *builder)
{
    const struct value *purpose = value_get(builder->choices, "purposes");
    size_t options = 0;
    for (size_t i = 0; i < site_size(purpose); i++) {
        const struct value *one = &purpose->item[i];
        const struct value *channel = value_get(one, "channels");
        for (size_t c = 0; c < site_size(channel); c++) {
            add_option(
                builder, &options, reach_of(site, site_text(one, "name"), channel->item[c].text),
                str_format(site->job->arena, "%.*s \xc2\xb7 %.*s", STR_ARG(site_text(one, "title")),
                           STR_ARG(channel->item[c].text)));
        }
        if (site_size(channel) == 0) {
            add_option(builder, &options, reach_of(site, site_text(one, "name"), STR("")),
                       site_text(one, "title"));
        }
    }
    put_select(html, LIT("reach"), W_AUD_REACH, builder->reach, builder->option, options);
}

static void put_uses(struct buf *html, const struct builder *builder)
{
    const struct value *purpose = value_get(builder->choices, "purposes");
    size_t options = 0;
    add_option(builder, &options, STR(""), str_from(word(W_AUD_USES_NONE)));
    for (size_t i = 0; i < site_size(purpose); i++) {
        const struct value *channel = value_get(&purpose->item[i], "channels");
        if (site_size(channel) == 0) {
            add_option(builder, &options, site_text(&purpose->item[i], "name"),
                       site_text(&purpose->item[i], "title"));
        }
    }
    put_select(html, LIT("uses"), W_AUD_USES, builder->uses, builder->option, options);
}

static void put_limits(struct site *site, struct buf *html, const struct builder *builder)
{
    const struct value *list = value_get(builder->choices, "campaigns");
    size_t options = 0;
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *one = &list->item[i];
        if (str_equal(reach_of(site, site_text(one, "purpose"), site_text(one, "channel")),
                      builder->reach)) {
            add_option(builder, &options, site_text(one, "name"), site_text(one, "title"));
        }
    }
    if (options == 0) {
        return;
    }
    add_option(builder, &options, STR("-"), str_from(word(W_AUD_LIMITS_NONE)));
    put_select(html, LIT("limits"), W_AUD_LIMITS,
               builder->campaign.len == 0 ? STR("-") : builder->campaign, builder->option, options);
}

static bool is_open(const struct value *field)
{
    return site_text(field, "barred").len == 0;
}

static bool has_open(const struct value *list, struct str name)
{
    for (size_t i = 0; i < site_size(list); i++) {
        if (str_equal(site_text(&list->item[i], "name"), name) && is_open(&list->item[i])) {
            return true;
        }
    }
    return false;
}

/* Of one name the feature is meant, as in the library. */
static size_t open_fields(const struct builder *builder)
{
    const struct value *field = value_get(builder->choices, "fields");
    const struct value *feature = value_get(builder->choices, "features");
    size_t options = 0;
    add_option(builder, &options, STR(""), str_from(word(W_AUD_NO_FIELD)));
    for (size_t i = 0; i < site_size(field); i++) {
        if (is_open(&field->item[i]) && !has_open(feature, site_text(&field->item[i], "name"))) {
            add_option(builder, &options, site_text(&field->item[i], "name"),
                       site_text(&field->item[i], "label"));
        }
    }
    for (size_t i = 0; i < site_size(feature); i++) {
        if (is_open(&feature->item[i])) {
            add_option(builder, &options, site_text(&feature->item[i], "name"),
                       site_text(&feature->item[i], "label"));
        }
    }
    return options;
}

static void put_row(struct site *site, struct buf *html, const struct builder *builder, size_t row,
                    size_t options)
{
    static const struct lit name[ROWS][3] = {{WORDS("f1"), WORDS("t1"), WORDS("v1")},
                                             {WORDS("f2"), WORDS("t2"), WORDS("v2")},
                                             {WORDS("f3"), WORDS("t3"), WORDS("v3")},
                                             {WORDS("f4"), WORDS("t4"), WORDS("v4")}};
    static const struct {
        const char *value;
        enum word words;
    } test[] = {{"at_least", W_AUD_AT_LEAST}, {"at_most", W_AUD_AT_MOST},  {"above", W_AUD_ABOVE},
                {"below", W_AUD_BELOW},       {"equals", W_AUD_EQUALS},    {"one_of", W_AUD_ONE_OF},
                {"known", W_AUD_KNOWN},       {"unknown", W_AUD_NOT_KNOWN}};
    struct page_option tests[sizeof test / sizeof test[0]];
    struct arena *arena = site->job->arena;
    for (size_t i = 0; i < sizeof test / sizeof test[0]; i++) {
        tests[i] = (struct page_option){str_of(test[i].value), str_from(word(test[i].words))};
    }
    say_with_in(html, LIT("<fieldset class=\"condition\"><legend>"), W_AUD_CONDITION,
                site_count(arena, (int64_t)row + 1), STR(""), LIT("</legend>"));
    put_select(html, name[row][0], W_AUD_FIELD, builder->field[row], builder->option, options);
    put_select(html, name[row][1], W_AUD_TEST, builder->test[row], tests,
               sizeof tests / sizeof tests[0]);
    const struct page_field value = {.name = name[row][2],
                                     .label = word(W_AUD_VALUE),
                                     .autocomplete = LIT("off"),
                                     .value = builder->value[row],
                                     .is_optional = true};
    page_field(html, &value);
    html_lit(html, LIT("</fieldset>"));
}

/* Those in use and one more, at least two. */
static size_t rows_shown(const struct builder *builder)
{
    size_t used = 0;
    for (size_t i = 0; i < ROWS; i++) {
        used = builder->field[i].len > 0 ? i + 1 : used;
    }
    return used < 1 ? 2 : used + 1 < ROWS ? used + 1 : ROWS;
}

static void put_form(struct site *site, struct buf *html, const struct builder *builder)
{
    html_lit(html, LIT("<form method=\"get\" action=\"/audience#count\" class=\"builder\">"));
    put_reach(site, html, builder);
    put_uses(html, builder);
    put_limits(site, html, builder);
    say_in(html, LIT("<p class=\"hint\">"), W_AUD_CONDITIONS_HINT, LIT("</p>"));
    const size_t options = open_fields(builder);
    const size_t shown = rows_shown(builder);
    for (size_t row = 0; row < shown; row++) {
        put_row(site, html, builder, row, options);
    }
    page_button(html, word(W_AUD_COUNT), PAGE_BUTTON_MAIN);
    page_form_end(html);
}

/* ---- what may not be asked ------------------------------------------------------------------- */

static void put_barred_of(struct buf *html, const struct value *list,
                          const struct site_table *table)
{
    for (size_t i = 0; i < site_size(list); i++) {
        if (!is_open(&list->item[i])) {
            const struct str cell[] = {site_text(&list->item[i], "label"),
                                       site_text(&list->item[i], "why")};
            site_table_row(html, table, cell);
        }
    }
}

static void put_barred(struct buf *html, const struct builder *builder)
{
    static const enum word column[] = {W_AUD_FIELD, W_AUD_WHY};
    const struct site_table table = {column, 2, 0};
    html_lit(html, LIT("<section>"));
    insight_heading(html, W_AUD_BARRED, W_AUD_BARRED_LEAD);
    site_table_begin(html, W_AUD_BARRED, &table);
    put_barred_of(html, value_get(builder->choices, "fields"), &table);
    put_barred_of(html, value_get(builder->choices, "features"), &table);
    site_table_end(html);
    html_lit(html, LIT("</section>"));
}

/* ---- the page -------------------------------------------------------------------------------- */

/* A purpose that is not there is said where the count would stand. */
static enum candor_status read_choices(struct site *site, const char *uses, struct builder *builder)
{
    struct candor_text report;
    TRY(candor_audience_choices(site->job, site->candor, uses, &report));
    builder->choices = site_read(site, &report);
    return CANDOR_OK;
}

static struct outcome nothing_to_reach(struct buf *html)
{
    page_notice(html, PAGE_NOTICE_PLAIN, str_from(word(W_AUD_EMPTY)));
    return site_end(html);
}

/* Fields under the purpose that opens them; under nothing, when there is no such purpose. */
static enum candor_status choices_under(struct site *site, struct builder *builder)
{
    const struct str uses = builder->uses.len > 0 ? builder->uses : builder->purpose;
    const enum candor_status status = read_choices(site, str_z(site->job->arena, uses), builder);
    if (status != CANDOR_BAD_INPUT) {
        return status;
    }
    job_forgive(site->job);
    return read_choices(site, NULL, builder);
}

struct outcome insight_audience(struct site *site)
{
    struct buf html = buf_begin(site->job->arena);
    struct builder builder = {.reach = STR(""), .uses = STR(""), .campaign = STR("")};
    struct candor_text report;
    enum candor_status status = read_choices(site, NULL, &builder);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    builder.option = NEW_ARRAY(site->job->arena, OPTIONS_MAX, struct page_option);
    take_question(site, &builder);
    site_begin(site, &html, str_from(word(W_AUD_TITLE)), "/audience");
    say_in(&html, LIT("<p class=\"lead\">"), W_AUD_LEAD, LIT("</p>"));
    if (builder.reach.len == 0) {
        return nothing_to_reach(&html);
    }
    status = choices_under(site, &builder);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    html_lit(&html, LIT("<div class=\"split\">"));
    put_form(site, &html, &builder);
    html_lit(&html, LIT("<div id=\"counted\" aria-live=\"polite\">"));
    status = count(site, &builder, &report);
    if (status == CANDOR_OK) {
        insight_put_count(site, &html, site_read(site, &report));
    } else if (status != CANDOR_BAD_INPUT && status != CANDOR_NOT_FOUND &&
               status != CANDOR_TOO_LARGE) {
        return site_failure(site, status);
    } else {
        page_notice(&html, PAGE_NOTICE_BAD, str_of(candor_job_message(site->job)));
        job_forgive(site->job);
    }
    html_lit(&html, LIT("</div></div>"));
    put_barred(&html, &builder);
    return site_end_with(&html, status == CANDOR_OK ? 200 : (unsigned)status_http_code(status));
}
