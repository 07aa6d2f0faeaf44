/*
 * policy.c - the policy as it is read: candor.yaml, and beside it campaigns.yaml.
 *
 *     HOME/candor.yaml      written by people
 *     HOME/campaigns.yaml   a list of campaigns as candor.yaml has them, written by candor_campaign_put
 *
 * Both are the policy: its digest is of candor.yaml alone, or of both digests. A campaign put while the home
 * is open changes the campaigns and nothing else; a candor.yaml that was changed meanwhile is read when the
 * home is reloaded (reload.c) or opened next.
 */
#include "candor_campaign.h"
#include "home.h"
#include "plan.h"
#include "reviewed.h"

static const char own_file[] = "campaigns.yaml";

static enum candor_status read_file(struct job *job, const struct candor *candor, const char *name,
                                    struct bytes *content)
{
    return file_read(job, path_join(job->arena, candor->dir, str_of(name)), CONFIG_LEN_MAX,
                     content);
}

/* The list in campaigns.yaml; NULL: there is no such file. */
static enum candor_status read_own(struct job *job, struct candor *candor, struct bytes *content,
                                   const struct value **list)
{
    *list = NULL;
    *content = (struct bytes){NULL, 0};
    if (!file_exists(job, path_join(job->arena, candor->dir, str_of(own_file)))) {
        return CANDOR_OK;
    }
    TRY(read_file(job, candor, own_file, content));
    TRY(yaml_read(job, *content, NULL, own_file, list));
    return value_is(job, *list, VALUE_LIST, "campaigns.yaml");
}

/* root with the campaigns of both. */
static const struct value *joined(struct arena *arena, const struct value *root,
                                  const struct value *own)
{
    if (own == NULL || own->count == 0) {
        return root;
    }
    const struct value *first = value_get(root, "campaigns");
    const size_t before = first == NULL || first->kind != VALUE_LIST ? 0 : first->count;
    struct value *item = NEW_ARRAY(arena, before + own->count, struct value);
    bytes_copy(item, before == 0 ? NULL : first->item, before * sizeof *item);
    bytes_copy(item + before, own->item, own->count * sizeof *item);
    const struct value both = {.kind = VALUE_LIST, .count = before + own->count, .item = item};

    struct value *all = NEW_ARRAY(arena, root->count + 1, struct value);
    struct str *key = NEW_ARRAY(arena, root->count + 1, struct str);
    struct value *whole = NEW(arena, struct value);
    *whole = *root;
    bytes_copy(all, root->item, root->count * sizeof *all);
    bytes_copy(key, root->key, root->count * sizeof *key);
    size_t at = 0;
    while (at < root->count && !str_is(root->key[at], "campaigns")) {
        at++;
    }
    all[at] = both;
    key[at] = STR("campaigns");
    whole->count = at == root->count ? root->count + 1 : root->count;
    whole->item = all;
    whole->key = key;
    return whole;
}

static struct digest digest_of_both(struct job *job, struct digest of_yaml, struct bytes own)
{
    struct buf buf = buf_begin(job->arena);
    if (own.ptr == NULL) {
        return of_yaml;
    }
    const struct digest of_own = digest_of_bytes(own);
    buf_bytes(&buf, of_yaml.byte, sizeof of_yaml.byte);
    buf_bytes(&buf, of_own.byte, sizeof of_own.byte);
    return digest_of_bytes(buf_all(&buf));
}

enum candor_status policy_read(struct job *job, struct candor *candor, const struct value **root)
{
    struct bytes yaml;
    struct bytes own;
    const struct value *of_yaml = NULL;
    const struct value *of_own = NULL;
    TRY(read_file(job, candor, "candor.yaml", &yaml));
    TRY(yaml_read(job, yaml, NULL, "candor.yaml", &of_yaml));
    TRY(config_known_sections(job, of_yaml));
    TRY(read_own(job, candor, &own, &of_own));
    candor->yaml = digest_of_bytes(yaml);
    candor->policy = digest_of_both(job, candor->yaml, own);
    *root = joined(candor->arena, of_yaml, of_own);
    return CANDOR_OK;
}

/* ---- a campaign is put ---------------------------------------------------------------------- */

static enum candor_status check_name(struct job *job, struct str name)
{
    bool is_fine = name.len > 0 && name.len <= 64;
    for (size_t i = 0; i < name.len; i++) {
        const char byte = name.ptr[i];
        is_fine = is_fine && ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                              byte == '-' || byte == '_');
    }
    return is_fine ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT,
                          "the name of a campaign has 1 to 64 of a-z, 0-9, '-' and '_'");
}

static bool is_named(const struct value *campaign, struct str name)
{
    return str_equal(value_text_at(campaign, "name"), name);
}

static enum candor_status must_be_ours(struct job *job, const struct value *yaml, struct str name)
{
    const struct value *list = value_get(yaml, "campaigns");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (is_named(&list->item[i], name)) {
            return fail(job, CANDOR_EXISTS,
                        "the campaign '%.*s' stands in candor.yaml: change it there, or choose "
                        "another name",
                        STR_ARG(name));
        }
    }
    return CANDOR_OK;
}

/* What was sent is what people were told: it stays as it was. */
static enum candor_status must_not_be_sent(struct job *job, struct candor *candor, struct str name)
{
    struct txn *txn = NULL;
    struct plan *plan = NEW(job->arena, struct plan);
    bool is_there = false;
    TRY(home_begin(job, candor, &txn));
    TRY(plan_find(job, candor, txn, name, plan, &is_there));
    home_roll_back(candor);
    return !is_there || plan->state == PLAN_PLANNED || plan->state == PLAN_APPROVED
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED,
                      "the campaign '%.*s' was sent and stays as it was: give the new one another "
                      "name",
                      STR_ARG(name));
}

/* The list with the campaign in its place, or at its end. */
static struct bytes list_with(struct job *job, const struct value *own, struct str name,
                              const struct value *campaign)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    bool is_there = false;
    json_begin(&json, &buf, true);
    json_list_begin(&json);
    for (size_t i = 0; own != NULL && i < own->count; i++) {
        const bool is_it = is_named(&own->item[i], name);
        json_value(&json, is_it ? campaign : &own->item[i]);
        is_there = is_there || is_it;
    }
    if (!is_there) {
        json_value(&json, campaign);
    }
    json_list_end(&json);
    json_end(&json);
    buf_lit(&buf, LIT("\n"));
    return buf_all(&buf);
}

struct putting {
    struct str name;
    struct bytes yaml;    /* candor.yaml as it was opened */
    struct bytes own;     /* campaigns.yaml as it is; NULL: there is none */
    struct bytes written; /* and as it will be */
};

static enum candor_status prepare(struct job *job, struct candor *candor, const char *text,
                                  struct putting *putting)
{
    const struct value *campaign = NULL;
    const struct value *yaml = NULL;
    const struct value *own = NULL;
    TRY(json_read(job, bytes_of(str_of(text)), NULL, "the campaign", &campaign));
    TRY(value_is(job, campaign, VALUE_MAP, "the campaign"));
    putting->name = value_text_at(campaign, "name");
    TRY(check_name(job, putting->name));
    TRY(read_file(job, candor, "candor.yaml", &putting->yaml));
    if (!digest_equal(digest_of_bytes(putting->yaml), candor->yaml)) {
        return fail(
            job, CANDOR_REFUSED,
            "candor.yaml has changed since it was read: reload it or start again with it first");
    }
    TRY(yaml_read(job, putting->yaml, NULL, "candor.yaml", &yaml));
    TRY(must_be_ours(job, yaml, putting->name));
    TRY(must_not_be_sent(job, candor, putting->name));
    TRY(read_own(job, candor, &putting->own, &own));
    putting->written = list_with(job, own, putting->name, campaign);
    return CANDOR_OK;
}

/* The campaigns as they will be, and what hangs on them. In the home's arena, which is lent to the job:
 * what is read here outlives it. */
static enum candor_status take(struct job *job, struct candor *candor,
                               const struct putting *putting)
{
    const struct value *yaml = NULL;
    const struct value *own = NULL;
    struct campaign *campaign = NULL;
    size_t count = 0;
    TRY(yaml_read(job, putting->yaml, NULL, "candor.yaml", &yaml));
    TRY(yaml_read(job, putting->written, NULL, own_file, &own));
    const struct value *root = joined(candor->arena, yaml, own);
    TRY(campaigns_read(job, candor->inventory, root, &campaign, &count));
    candor->campaign = campaign;
    candor->campaign_count = count;
    return config_governance(job, root, candor);
}

/* What was not put on record is not to be found when the home is opened next. The first failure is the
 * one that is told, and if this fails too, opening puts it on record. */
static void write_back(struct job *job, struct str path, struct bytes own)
{
    struct job undoing;
    job_begin(&undoing, job->host);
    const enum candor_status undone =
        own.ptr == NULL ? file_remove(&undoing, path) : file_replace(&undoing, path, own, 0600);
    (void)undone;
    job_end(&undoing);
}

static enum candor_status keep(struct job *job, struct candor *candor,
                               const struct putting *putting)
{
    const struct str path = path_join(job->arena, candor->dir, str_of(own_file));
    TRY(file_replace(job, path, putting->written, 0600));
    candor->policy = digest_of_both(job, candor->yaml, putting->written);
    const enum candor_status status = home_account_for_policy(job, candor);
    if (status != CANDOR_OK) {
        write_back(job, path, putting->own);
    }
    return status;
}

/* All of it, or the home is as it was. */
static enum candor_status put(struct job *job, struct candor *candor, const char *text,
                              struct putting *putting)
{
    struct campaign *campaign = candor->campaign;
    const size_t campaign_count = candor->campaign_count;
    struct governance *governance = candor->governance;
    const struct digest policy = candor->policy;
    TRY(prepare(job, candor, text, putting));
    struct arena *lent = job->arena;
    job->arena = candor->arena;
    enum candor_status status = take(job, candor, putting);
    job->arena = lent;
    if (status == CANDOR_OK) {
        status = keep(job, candor, putting);
    }
    if (status != CANDOR_OK) {
        candor->campaign = campaign;
        candor->campaign_count = campaign_count;
        candor->governance = governance;
        candor->policy = policy;
        return status;
    }
    view_drop_all(candor);
    return CANDOR_OK;
}

static enum candor_status put_campaign(struct job *job, struct candor *candor, const char *text,
                                       struct candor_text *report)
{
    struct putting putting = {0};
    struct answer answer;
    TRY(caller_may(job, candor, ACT_PLAN));
    TRY(put(job, candor, text, &putting));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, putting.name);
    json_key(&answer.json, LIT("policy"));
    json_hex(&answer.json, (struct bytes){candor->policy.byte, sizeof candor->policy.byte});
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_campaign_put(struct job *job, struct candor *candor, const char *json,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = put_campaign(job, candor, json, report);
    home_leave(candor);
    return status;
}

/* What stands in campaigns.yaml under a name, as JSON; for a form to begin with. */
static enum candor_status source(struct job *job, struct candor *candor, struct str name,
                                 struct candor_text *report)
{
    const struct campaign *campaign = NULL;
    size_t index = 0;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_PLAN));
    TRY(home_campaign(job, candor, name, &campaign, &index));
    const struct value *list = value_get(candor->governance->root, "campaigns");
    must(list != NULL && index < list->count);
    answer_begin(job, &answer);
    json_value(&answer.json, &list->item[index]);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_campaign_source(struct job *job, struct candor *candor, const char *name,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = source(job, candor, str_of(name), report);
    home_leave(candor);
    return status;
}
