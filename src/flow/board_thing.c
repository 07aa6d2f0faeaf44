/*
 * board_thing.c - what is reviewed: its bytes, its digest, its risk and who made it.
 *
 *     model      the digest of its signed file; reviewers read the card's facts
 *     campaign   its section of candor.yaml, and which model is published for it
 *     policy     candor.yaml but for what is reviewed by itself: campaigns, and the words of notices
 *     content    its exact bytes, what the scan found in them, where they come from (content_file.c)
 *     notice     a purpose's title, basis, wording, version and translations
 *
 * Of all but models, the digest is that of the text which reviewers read: they cannot approve what they
 * did not see. The text is JSON in the order of candor.yaml, so comments and blanks void nothing, and
 * every value does.
 *
 * candor.yaml is a file: the program does not know who wrote in it. Whoever proposes it answers for it,
 * and names who had a hand in it. Who trained a model is put down when it is trained.
 */
#include "consenting.h"
#include "contents.h"
#include "model.h"
#include "reviewed.h"

static bool is_reviewed(const struct candor *candor, enum board_kind kind)
{
    return (candor->governance->rules.reviewed >> kind & 1) != 0;
}

/* ---- texts --------------------------------------------------------------------------------- */

struct writing {
    struct buf buf;
    struct json json;
};

static void writing_begin(struct job *job, struct writing *writing)
{
    writing->buf = buf_begin(job->arena);
    json_begin(&writing->json, &writing->buf, true);
    json_map_begin(&writing->json);
}

static struct str writing_end(struct writing *writing)
{
    json_map_end(&writing->json);
    json_end(&writing->json);
    return buf_text(&writing->buf);
}

static void digest_exhibit(struct board_thing *thing)
{
    const struct bytes part[] = {bytes_of(STR("candor-board-v1\n")),
                                 bytes_of(str_of(board_kind_name(thing->kind))),
                                 bytes_of(STR("\n")),
                                 bytes_of(thing->name),
                                 bytes_of(STR("\n")),
                                 bytes_of(thing->exhibit)};
    const struct digest digest = digest_of(part, sizeof part / sizeof part[0]);
    bytes_copy(thing->digest, digest.byte, sizeof digest.byte);
}

/* ---- risk ---------------------------------------------------------------------------------- */

static bool is_named_high(const struct candor *candor, enum board_kind kind, struct str name)
{
    for (size_t i = 0; i < candor->governance->high_count; i++) {
        struct str rest = candor->governance->high[i];
        const struct str word = str_cut(&rest, ':');
        if (str_is(word, board_kind_name(kind)) && str_equal(rest, name)) {
            return true;
        }
    }
    return false;
}

static void rise(struct board_thing *thing, const char *why)
{
    if (thing->risk == BOARD_ORDINARY) {
        thing->risk = BOARD_HIGH;
        thing->why = str_of(why);
    }
}

static bool is_special(const struct field *field)
{
    return field->sensitivity == SENSITIVITY_SPECIAL;
}

static bool feature_is_special(const struct inventory *inventory, size_t f)
{
    const struct feature *feature = &inventory->feature[f];
    if (feature->measure == MEASURE_FIELD) {
        return is_special(&inventory->field[feature->field]);
    }
    return feature->property != NONE &&
           is_special(&inventory->event_kind[feature->event_kind].property[feature->property]);
}

static bool purpose_is_special(const struct inventory *inventory, size_t purpose)
{
    for (size_t f = 0; f < inventory->field_count; f++) {
        if (is_special(&inventory->field[f]) &&
            (purpose == NONE || (inventory->field[f].purposes >> purpose & 1) != 0)) {
            return true;
        }
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        for (size_t p = 0; p < inventory->event_kind[k].property_count; p++) {
            if (is_special(&inventory->event_kind[k].property[p]) &&
                (purpose == NONE || (inventory->event_kind[k].purposes >> purpose & 1) != 0)) {
                return true;
            }
        }
    }
    return false;
}

static void weigh_model(const struct candor *candor, struct str name, struct board_thing *thing)
{
    for (size_t c = 0; c < candor->campaign_count; c++) {
        if (candor->campaign[c].regulated != REGULATED_NONE &&
            str_equal(candor->campaign[c].model, name)) {
            rise(thing, "a regulated offer is decided with it");
        }
    }
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct model_spec *spec = &candor->model_spec[m];
        for (size_t f = 0; str_equal(spec->name, name) && f < spec->feature_count; f++) {
            if (feature_is_special(candor->inventory, spec->feature[f])) {
                rise(thing, "it looks at data of a special category (GDPR Article 9)");
            }
        }
    }
    if (is_named_high(candor, BOARD_MODEL, name)) {
        rise(thing, "candor.yaml calls its risk high");
    }
}

static void weigh_campaign(const struct candor *candor, const struct campaign *campaign,
                           struct board_thing *thing)
{
    const struct inventory *inventory = candor->inventory;
    if (campaign->regulated != REGULATED_NONE) {
        rise(thing, "it is a regulated offer: people's lives depend on it");
    }
    for (size_t i = 0; i < campaign->needs.field_count; i++) {
        if (is_special(&inventory->field[campaign->needs.field[i]])) {
            rise(thing, "it looks at data of a special category (GDPR Article 9)");
        }
    }
    for (size_t i = 0; i < campaign->needs.feature_count; i++) {
        if (feature_is_special(inventory, campaign->needs.feature[i])) {
            rise(thing, "it looks at data of a special category (GDPR Article 9)");
        }
    }
    if (campaign->model.len > 0) {
        weigh_model(candor, campaign->model, thing);
    }
}

static void weigh_rest(const struct candor *candor, struct board_thing *thing)
{
    if (is_named_high(candor, thing->kind, thing->name)) {
        rise(thing, "candor.yaml calls its risk high");
    }
    /* Recital 38, Article 8: children deserve specific protection. */
    if (candor->children->is_asked && thing->kind != BOARD_MODEL) {
        rise(thing, "children may be among the people (GDPR recital 38)");
    }
}

/* ---- models -------------------------------------------------------------------------------- */

static struct str trainer_of(struct job *job, struct str model)
{
    return str_format(job->arena, "model %.*s", STR_ARG(model));
}

enum candor_status board_note_trainer(struct job *job, const struct candor *candor, struct txn *txn,
                                      struct str model, const struct digest *digest)
{
    struct buf buf = buf_begin(job->arena);
    buf_bytes(&buf, digest->byte, sizeof digest->byte);
    buf_str(&buf, candor->self.name);
    return store_put_document(job, txn, LIT("author"), trainer_of(job, model), buf_all(&buf));
}

static enum candor_status read_trainer(struct job *job, struct txn *txn, struct board_thing *thing)
{
    struct bytes bytes;
    const enum candor_status status =
        store_document(job, txn, LIT("author"), trainer_of(job, thing->name), &bytes);
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    if (status == CANDOR_NOT_FOUND || bytes.len <= BOARD_DIGEST_LEN ||
        !bytes_same(bytes.ptr, thing->digest, BOARD_DIGEST_LEN)) {
        return fail(job, CANDOR_REFUSED,
                    "nobody knows who trained model '%.*s': it was made by an older program; train "
                    "it again: candor train %.*s",
                    STR_ARG(thing->name), STR_ARG(thing->name));
    }
    thing->author = NEW_ARRAY(job->arena, 1, struct str);
    thing->author[0] = str_copy(job->arena, (struct str){(const char *)bytes.ptr + BOARD_DIGEST_LEN,
                                                         bytes.len - BOARD_DIGEST_LEN});
    thing->author_count = 1;
    return CANDOR_OK;
}

/* The one that is published may be an earlier one: its review holds on. */
static enum candor_status read_in_use(struct job *job, struct txn *txn, struct board_thing *thing)
{
    struct bytes bytes;
    const enum candor_status status =
        store_document(job, txn, LIT("published"), thing->name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    thing->is_in_use = bytes.len == sizeof thing->in_use;
    bytes_copy(thing->in_use, bytes.ptr, thing->is_in_use ? bytes.len : 0);
    return CANDOR_OK;
}

static enum candor_status load_model(struct job *job, struct candor *candor, struct txn *txn,
                                     struct board_thing *thing)
{
    struct model *model = NULL;
    struct digest digest;
    struct writing writing;
    TRY(model_trained(job, candor, txn, thing->name, &model, &digest));
    bytes_copy(thing->digest, digest.byte, sizeof digest.byte);
    writing_begin(job, &writing);
    json_key(&writing.json, LIT("model"));
    json_text(&writing.json, thing->name);
    json_key(&writing.json, LIT("digest"));
    json_hex(&writing.json, (struct bytes){digest.byte, sizeof digest.byte});
    json_key(&writing.json, LIT("rows_train"));
    json_u64(&writing.json, model->rows_train);
    TRY(card_members(job, &writing.json, model));
    TRY(drivers_json(job, &writing.json, candor, model));
    thing->exhibit = writing_end(&writing);
    weigh_model(candor, thing->name, thing);
    TRY(read_in_use(job, txn, thing));
    return read_trainer(job, txn, thing);
}

/* ---- campaigns ----------------------------------------------------------------------------- */

static const struct value *section_of(const struct value *list, struct str name)
{
    for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->count; i++) {
        if (str_equal(value_text_at(&list->item[i], "name"), name)) {
            return &list->item[i];
        }
    }
    return NULL;
}

/* Which model chooses: an approval is for a campaign with this one. */
static enum candor_status put_model(struct job *job, struct txn *txn, struct str model,
                                    struct json *json)
{
    struct bytes digest;
    json_key(json, LIT("published_model"));
    const enum candor_status status =
        model.len == 0 ? CANDOR_NOT_FOUND
                       : store_document(job, txn, LIT("published"), model, &digest);
    if (status == CANDOR_OK) {
        json_hex(json, digest);
        return CANDOR_OK;
    }
    job_forgive(job);
    json_null(json);
    return status == CANDOR_NOT_FOUND ? CANDOR_OK : status;
}

static enum candor_status load_campaign(struct job *job, struct candor *candor, struct txn *txn,
                                        struct board_thing *thing)
{
    const struct campaign *campaign = NULL;
    size_t index = 0;
    struct writing writing;
    TRY(home_campaign(job, candor, thing->name, &campaign, &index));
    const struct value *section =
        section_of(value_get(candor->governance->root, "campaigns"), campaign->name);
    must(section != NULL);
    writing_begin(job, &writing);
    json_key(&writing.json, LIT("campaign"));
    json_value(&writing.json, section);
    TRY(put_model(job, txn, campaign->model, &writing.json));
    thing->exhibit = writing_end(&writing);
    digest_exhibit(thing);
    weigh_campaign(candor, campaign, thing);
    return CANDOR_OK;
}

/* ---- the policy ---------------------------------------------------------------------------- */

static bool is_of_notice(struct str key)
{
    return str_is(key, "title") || str_is(key, "wording") || str_is(key, "wording_version") ||
           str_is(key, "language") || str_is(key, "translations");
}

static void put_purposes(struct json *json, const struct value *list)
{
    if (list->kind != VALUE_LIST) {
        json_value(json, list);
        return;
    }
    json_list_begin(json);
    for (size_t i = 0; i < list->count; i++) {
        const struct value *purpose = &list->item[i];
        json_map_begin(json);
        for (size_t k = 0; k < purpose->count; k++) {
            if (!is_of_notice(purpose->key[k])) {
                json_key_str(json, purpose->key[k]);
                json_value(json, &purpose->item[k]);
            }
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static enum candor_status load_policy(struct job *job, struct candor *candor,
                                      struct board_thing *thing)
{
    const struct value *root = candor->governance->root;
    struct writing writing;
    if (thing->name.len > 0 && !str_is(thing->name, "candor.yaml")) {
        return fail(job, CANDOR_NOT_FOUND, "there is one policy, candor.yaml; leave the name out");
    }
    thing->name = STR("candor.yaml");
    writing_begin(job, &writing);
    for (size_t k = 0; k < root->count; k++) {
        if (str_is(root->key[k], "campaigns") && is_reviewed(candor, BOARD_CAMPAIGN)) {
            continue;
        }
        json_key_str(&writing.json, root->key[k]);
        if (str_is(root->key[k], "purposes") && is_reviewed(candor, BOARD_NOTICE)) {
            put_purposes(&writing.json, &root->item[k]);
        } else {
            json_value(&writing.json, &root->item[k]);
        }
    }
    thing->exhibit = writing_end(&writing);
    digest_exhibit(thing);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        if (candor->campaign[c].regulated != REGULATED_NONE) {
            rise(thing, "there is a regulated offer in it");
        }
    }
    if (purpose_is_special(candor->inventory, NONE)) {
        rise(thing, "data of a special category are held (GDPR Article 9)");
    }
    return CANDOR_OK;
}

/* ---- notices ------------------------------------------------------------------------------- */

static enum candor_status load_notice(struct job *job, struct candor *candor,
                                      struct board_thing *thing)
{
    size_t p = 0;
    struct writing writing;
    TRY(home_purpose(job, candor, thing->name, &p));
    const struct purpose *purpose = &candor->inventory->purpose[p];
    if (purpose->wording.len == 0) {
        return fail(job, CANDOR_NOT_FOUND, "purpose '%.*s' has no wording: there is no notice",
                    STR_ARG(purpose->name));
    }
    writing_begin(job, &writing);
    put_text(&writing.json, LIT("purpose"), purpose->name);
    put_text(&writing.json, LIT("title"), purpose->title);
    put_text(&writing.json, LIT("basis"), str_of(basis_name(purpose->basis)));
    put_text(&writing.json, LIT("version"), purpose->wording_version);
    put_text(&writing.json, LIT("language"), purpose->language);
    put_text(&writing.json, LIT("wording"), purpose->wording);
    json_key(&writing.json, LIT("translations"));
    json_list_begin(&writing.json);
    for (size_t t = 0; t < purpose->translation_count; t++) {
        json_map_begin(&writing.json);
        put_text(&writing.json, LIT("language"), purpose->translation[t].language);
        put_text(&writing.json, LIT("wording"), purpose->translation[t].wording);
        json_map_end(&writing.json);
    }
    json_list_end(&writing.json);
    thing->exhibit = writing_end(&writing);
    digest_exhibit(thing);
    if (purpose_is_special(candor->inventory, p)) {
        rise(thing, "data of a special category are used for it (GDPR Article 9)");
    }
    return CANDOR_OK;
}

enum candor_status board_thing_load(struct job *job, struct candor *candor, struct txn *txn,
                                    enum board_kind kind, struct str name,
                                    struct board_thing *thing)
{
    *thing = (struct board_thing){.kind = kind, .name = name, .why = STR("")};
    switch (kind) {
    case BOARD_MODEL:
        TRY(load_model(job, candor, txn, thing));
        break;
    case BOARD_CAMPAIGN:
        TRY(load_campaign(job, candor, txn, thing));
        break;
    case BOARD_POLICY:
        TRY(load_policy(job, candor, thing));
        break;
    case BOARD_NOTICE:
        TRY(load_notice(job, candor, thing));
        break;
    case BOARD_CONTENT:
        TRY(content_thing(job, txn, thing));
        digest_exhibit(thing);
        break;
    case BOARD_KINDS:
        return fail(job, CANDOR_BAD_INPUT,
                    "what can be reviewed is a model, a campaign, the policy, a notice or content");
    }
    weigh_rest(candor, thing);
    return CANDOR_OK;
}
