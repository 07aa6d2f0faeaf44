/*
 * config_guard.c - candor.yaml's section `guard`: which language models of others may be asked, and by whom
 * how much.
 *
 *   guard:
 *     region: DE                       telephone numbers as they are written there
 *     secrets: block                   or replace
 *     links: hold                      no value is put into a link of an answer; or fill
 *     keep: true                       prompts and answers as the provider saw them, sealed
 *     purpose: required                each request says what it is for; or optional
 *     canaries: [project-heron]        texts that must never leave
 *     injection: {tools: refuse, users: count}    what tries to steer the model; either says refuse or count
 *     answers: {secrets: block, canaries: block, links: block, personal: count, injection: count, code: count}
 *                                      what a model brings by itself; each says count, mark or block
 *     budget: {requests_per_day: 1000, tokens_per_day: 0, tokens_per_month: 0, cost_per_month: 50}
 *     keys: [{key: newsletter, requests_per_day: 50}]
 *     providers:
 *       - name: local
 *         url: http://127.0.0.1:8081/v1
 *         key_env: LOCAL_LLM_KEY       or sealed in the home: candor guard key NAME
 *         private: true
 *         models: [{name: small, upstream: llama-3-8b, input_price: 0, output_price: 0}]
 *
 * What is not listed is not asked.
 */
#include "code.h"
#include "guard.h"
#include "outgoing.h"
#include "scanned.h"

enum { SECONDS_MAX = 3600, CANARY_MIN = 4, CANARY_MAX = 200 };

static const double price_max = 1e6;

static enum candor_status read_model(struct job *job, const struct value *item,
                                     struct guard_model *model)
{
    static const char *const known[] = {"name", "upstream", "input_price", "output_price"};
    struct section section;
    TRY(section_open(job, item, "model", known, sizeof known / sizeof known[0], &section));
    TRY(section_need(job, &section, "name"));
    TRY(section_text(job, &section, "name", &model->name));
    model->upstream = model->name;
    TRY(section_text(job, &section, "upstream", &model->upstream));
    TRY(section_number(job, &section, "input_price", 0, price_max, &model->input_price));
    TRY(section_number(job, &section, "output_price", 0, price_max, &model->output_price));
    const bool is_short = model->name.len <= 128 && model->upstream.len <= 256;
    for (size_t i = 0; i < model->name.len; i++) { /* it stands in a header */
        const char letter = model->name.ptr[i];
        if (letter <= ' ' || letter > '~' || letter == '"' || letter == '\\' || !is_short) {
            return section_fail(job, &section, "name",
                                "is letters, digits and signs without spaces, at most 128");
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_models(struct job *job, const struct section *section,
                                      const struct guard_config *config,
                                      struct guard_provider *provider)
{
    const struct value *list = NULL;
    TRY(section_need(job, section, "models"));
    TRY(section_list(job, section, "models", GUARD_MODELS_MAX, &list));
    provider->model = NEW_ARRAY(job->arena, list->count, struct guard_model);
    for (size_t i = 0; i < list->count; i++) {
        const struct guard_provider *other = NULL;
        TRY(read_model(job, &list->item[i], &provider->model[i]));
        provider->model_count = i;
        if (guard_model_find(config, provider->model[i].name, &other) != NULL) {
            return section_fail(job, section, "models", "has '%.*s' twice",
                                STR_ARG(provider->model[i].name));
        }
        provider->model_count = i + 1;
    }
    return CANDOR_OK;
}

static enum candor_status read_recipient(struct job *job, const struct section *section,
                                         const struct inventory *inventory, size_t *recipient)
{
    struct str name = {NULL, 0};
    *recipient = OURSELVES;
    TRY(section_text(job, section, "recipient", &name));
    if (name.len == 0) {
        return CANDOR_OK;
    }
    *recipient = inventory_recipient(inventory, name);
    return *recipient != NONE && *recipient != OURSELVES
               ? CANDOR_OK
               : section_fail(job, section, "recipient", "is no recipient of candor.yaml");
}

static enum candor_status read_provider(struct job *job, const struct value *item,
                                        const struct inventory *inventory,
                                        struct guard_config *config)
{
    static const char *const known[] = {"name",          "url",     "key_env",
                                        "recipient",     "private", "first_byte_seconds",
                                        "quiet_seconds", "models"};
    struct guard_provider *provider = &config->provider[config->provider_count];
    struct section section;
    *provider = (struct guard_provider){.first_byte_s = 60, .quiet_s = 60};
    TRY(section_open(job, item, "provider", known, sizeof known / sizeof known[0], &section));
    TRY(section_name(job, &section, &provider->name));
    TRY(section_need(job, &section, "url"));
    TRY(section_text(job, &section, "url", &provider->url));
    TRY(section_text(job, &section, "key_env", &provider->key_env));
    TRY(section_bool(job, &section, "private", &provider->is_private));
    TRY(section_count(job, &section, "first_byte_seconds", 1, SECONDS_MAX,
                      &provider->first_byte_s));
    TRY(section_count(job, &section, "quiet_seconds", 1, SECONDS_MAX, &provider->quiet_s));
    TRY(read_recipient(job, &section, inventory, &provider->recipient));
    if (!url_is_base(provider->url)) {
        return section_fail(job, &section, "url",
                            "is https://..., or http:// to 127.0.0.1 or [::1], without user, query "
                            "or fragment");
    }
    while (provider->url.len > 0 && provider->url.ptr[provider->url.len - 1] == '/') {
        provider->url.len--;
    }
    for (size_t i = 0; i < config->provider_count; i++) {
        if (str_equal(config->provider[i].name, provider->name)) {
            return section_fail(job, &section, "name", "is the name of another provider");
        }
    }
    config->provider_count++; /* its models are looked for among those before */
    return read_models(job, &section, config, provider);
}

static enum candor_status read_budget(struct job *job, const struct value *map, bool is_of_key,
                                      struct guard_budget *budget)
{
    static const char *const known[] = {"requests_per_day", "tokens_per_day", "tokens_per_month",
                                        "cost_per_month", "key"};
    struct section section;
    TRY(section_open(job, map, "budget", known, is_of_key ? 5 : 4, &section));
    if (is_of_key) {
        TRY(section_need(job, &section, "key"));
        TRY(section_text(job, &section, "key", &budget->key));
    }
    TRY(section_count(job, &section, "requests_per_day", 0, UINT32_MAX, &budget->requests_per_day));
    TRY(section_count(job, &section, "tokens_per_day", 0, UINT32_MAX, &budget->tokens_per_day));
    TRY(section_count(job, &section, "tokens_per_month", 0, UINT32_MAX, &budget->tokens_per_month));
    return section_number(job, &section, "cost_per_month", 0, 1e12, &budget->cost_per_month);
}

static enum candor_status read_budgets(struct job *job, const struct section *section,
                                       struct guard_config *config)
{
    const struct value *all = NULL;
    const struct value *keys = NULL;
    TRY(section_map(job, section, "budget", &all));
    TRY(section_list(job, section, "keys", GUARD_KEYS_MAX, &keys));
    config->budget_count = 1 + (keys == NULL ? 0 : keys->count);
    config->budget = NEW_ARRAY(job->arena, config->budget_count, struct guard_budget);
    if (all != NULL) {
        TRY(read_budget(job, all, false, &config->budget[0]));
    }
    for (size_t i = 1; i < config->budget_count; i++) {
        config->budget[i] = config->budget[0];
        TRY(read_budget(job, &keys->item[i - 1], true, &config->budget[i]));
    }
    return CANDOR_OK;
}

static enum candor_status read_canaries(struct job *job, const struct section *section,
                                        struct guard_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "canaries", GUARD_CANARIES_MAX, &list));
    config->canary_count = list == NULL ? 0 : list->count;
    config->canary = NEW_ARRAY(job->arena, config->canary_count, struct str);
    for (size_t i = 0; i < config->canary_count; i++) {
        struct str text;
        TRY(value_text(job, &list->item[i], section_what(job, section, "canaries"), &text));
        if (text.len < CANARY_MIN || text.len > CANARY_MAX) {
            return section_fail(job, section, "canaries", "each has %d to %d bytes", CANARY_MIN,
                                CANARY_MAX);
        }
        config->canary[i] = str_lower(job->arena, text);
    }
    return CANDOR_OK;
}

static enum candor_status read_words(struct job *job, const struct section *section,
                                     struct guard_config *config)
{
    static const char *const secrets[] = {"block", "replace"};
    static const char *const links[] = {"hold", "fill"};
    static const char *const purpose[] = {"optional", "required"};
    struct str region = {NULL, 0};
    unsigned word[3] = {0, 0, 0};
    TRY(section_choice(job, section, "secrets", secrets, 2, &word[0]));
    TRY(section_choice(job, section, "links", links, 2, &word[1]));
    TRY(section_choice(job, section, "purpose", purpose, 2, &word[2]));
    TRY(section_bool(job, section, "keep", &config->keeps));
    TRY(section_text(job, section, "region", &region));
    config->lets_secrets = word[0] == 1;
    config->fills_links = word[1] == 1;
    config->needs_purpose = word[2] == 1;
    if (region.len != 0 && !phone_region_exists(config->gate, region)) {
        return section_fail(job, section, "region", "is a country of two capitals, such as DE");
    }
    bytes_copy(config->region, region.ptr, region.len);
    return CANDOR_OK;
}

static enum candor_status read_injection(struct job *job, const struct value *map,
                                         struct guard_config *config)
{
    static const char *const known[] = {"tools", "users"};
    static const char *const word[] = {"count", "refuse"};
    struct section section;
    unsigned tools = 1;
    unsigned users = 0;
    if (map != NULL) {
        TRY(section_open(job, map, "injection", known, 2, &section));
        TRY(section_choice(job, &section, "tools", word, 2, &tools));
        TRY(section_choice(job, &section, "users", word, 2, &users));
    }
    config->refuses_tools = tools == 1;
    config->refuses_users = users == 1;
    return CANDOR_OK;
}

static enum candor_status read_answers(struct job *job, const struct value *map,
                                       struct guard_config *config)
{
    static const char *const known[HEARD_KINDS] = {
        [HEARD_SECRET] = "secrets",    [HEARD_CANARY] = "canaries",     [HEARD_LINK] = "links",
        [HEARD_PERSONAL] = "personal", [HEARD_INJECTION] = "injection", [HEARD_CODE] = "code"};
    static const char *const word[] = {"count", "mark", "block"};
    struct section section = {0};
    unsigned act[HEARD_KINDS] = {GUARD_BLOCK, GUARD_BLOCK, GUARD_BLOCK};
    if (map != NULL) {
        TRY(section_open(job, map, "answers", known, HEARD_KINDS, &section));
    }
    for (size_t kind = 0; kind < HEARD_KINDS; kind++) {
        if (map != NULL) {
            TRY(section_choice(job, &section, known[kind], word, 3, &act[kind]));
        }
        config->act[kind] = (enum guard_act)act[kind];
    }
    if (config->act[HEARD_CODE] != GUARD_COUNT && !code_is_built()) {
        return section_fail(job, &section, "code", "needs a build with the grammars of programs");
    }
    return CANDOR_OK;
}

enum candor_status config_guard(struct job *job, const struct value *root,
                                const struct inventory *inventory,
                                const struct guard_config **config)
{
    static const char *const known[] = {"region",    "secrets",   "links",    "keep",
                                        "purpose",   "budget",    "canaries", "keys",
                                        "providers", "injection", "answers"};
    const struct value *injection = NULL;
    const struct value *answers = NULL;
    const struct value *map = value_get(root, "guard");
    const struct value *list = NULL;
    struct section section;
    *config = NULL;
    if (map == NULL) {
        return CANDOR_OK;
    }
    struct guard_config *read = NEW(job->arena, struct guard_config);
    read->gate = scan_gate();
    read->keeps = true;
    TRY(section_open(job, map, "guard", known, sizeof known / sizeof known[0], &section));
    TRY(read_words(job, &section, read));
    TRY(read_canaries(job, &section, read));
    TRY(section_map(job, &section, "injection", &injection));
    TRY(read_injection(job, injection, read));
    TRY(section_map(job, &section, "answers", &answers));
    TRY(read_answers(job, answers, read));
    guard_window(read);
    TRY(read_budgets(job, &section, read));
    TRY(section_need(job, &section, "providers"));
    TRY(section_list(job, &section, "providers", GUARD_PROVIDERS_MAX, &list));
    read->provider = NEW_ARRAY(job->arena, list->count, struct guard_provider);
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_provider(job, &list->item[i], inventory, read));
    }
    *config = read;
    return CANDOR_OK;
}

const struct guard_model *guard_model_find(const struct guard_config *config, struct str name,
                                           const struct guard_provider **provider)
{
    for (size_t p = 0; p < config->provider_count; p++) {
        *provider = &config->provider[p];
        for (size_t m = 0; m < (*provider)->model_count; m++) {
            if (str_equal((*provider)->model[m].name, name)) {
                return &(*provider)->model[m];
            }
        }
    }
    return NULL;
}

const struct guard_budget *guard_budget_of(const struct guard_config *config, struct str key)
{
    for (size_t i = 1; i < config->budget_count; i++) {
        if (str_equal(config->budget[i].key, key)) {
            return &config->budget[i];
        }
    }
    return &config->budget[0];
}
