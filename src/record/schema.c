/*
 * schema.c - the inventory out of candor.yaml: name, channels, purposes; then the fields, events
 * and features of the other schema files; then the drawers, which follow from the fields.
 *
 *     candor: 1
 *     name: Acme
 *     channels: [email, sms]
 *     purposes:
 *       - {name, title, basis, wording, wording_version, language, translations: {de: ...},
 *          channels, valid_days, ask_again_days, direct_marketing, double_opt_in, confirm_days,
 *          terms: [DirectMarketing]}
 *     recipients: [...]                            schema_recipient.c
 *     subjects: {identifier, fields: [...]}        schema_field.c
 *     events: [...]                                schema_field.c
 *     features: [...]                              schema_feature.c
 *
 * Defaults lean to the subject's side: a purpose rests on consent, serves no channel and is direct
 * marketing where it rests on consent or interest; a field has no purpose, which means no use.
 */
#include "schema.h"

#include <stdlib.h>

#include "recipient.h"
#include "text.h"

enum {
    VERSION = 1,
    HOME_NAME_LEN_MAX = 64,
    LANGUAGE_LEN_MAX = 35, /* of a BCP 47 tag, RFC 5646 section 4.4.1 */
    TRANSLATIONS_MAX = 64,
    ASK_AGAIN_DAYS = 183, /* a refusal is remembered for six months (CNIL), California 12 */
    CONFIRM_DAYS = 7,
    CONFIRM_DAYS_MAX = 60,
};

/* ---- the root ------------------------------------------------------------------------------ */

const struct value *schema_section(const struct value *root, const char *key)
{
    const struct value *value = value_get(root, key);
    return value == NULL || value->kind == VALUE_NULL ? NULL : value;
}

enum candor_status schema_list(struct job *job, const struct value *root, const char *key,
                               size_t count_max, const struct value **list)
{
    *list = schema_section(root, key);
    if (*list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, *list, VALUE_LIST, key));
    return (*list)->count <= count_max
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s%s: %zu items, at most %zu are allowed", key,
                      value_where(job->arena, *list), (*list)->count, count_max);
}

static enum candor_status read_version(struct job *job, const struct value *root)
{
    const struct value *version = value_get(root, "candor");
    int64_t number = 0;
    if (version == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "candor.yaml does not say its version: begin it with "
                    "'candor: 1'");
    }
    TRY(value_int(job, version, "candor", &number));
    return number == VERSION ? CANDOR_OK
                             : fail(job, CANDOR_BAD_INPUT,
                                    "candor%s: this program reads version %d of candor.yaml",
                                    value_where(job->arena, version), VERSION);
}

static enum candor_status read_name(struct job *job, const struct value *root,
                                    struct inventory *inventory)
{
    const struct value *name = schema_section(root, "name");
    inventory->name = STR("candor");
    if (name == NULL) {
        return CANDOR_OK;
    }
    TRY(value_text(job, name, "name", &inventory->name));
    bool is_fine = inventory->name.len > 0 && inventory->name.len <= HOME_NAME_LEN_MAX;
    for (size_t i = 0; i < inventory->name.len; i++) {
        const unsigned char letter = (unsigned char)inventory->name.ptr[i];
        is_fine = is_fine && letter >= ' ' && letter != 0x7f;
    }
    return is_fine ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT, "name%s: one line of 1 to %d bytes is needed",
                          value_where(job->arena, name), HOME_NAME_LEN_MAX);
}

/* ---- channels ------------------------------------------------------------------------------ */

static enum candor_status read_channel(struct job *job, const struct value *item,
                                       struct inventory *inventory)
{
    /* A channel is a bare name; as a map of one key it is checked like all other names. */
    const struct str key = STR("name");
    TRY(value_is(job, item, VALUE_TEXT, "a channel"));
    const struct value map = {
        .kind = VALUE_MAP, .line = item->line, .count = 1, .item = item, .key = &key};
    const struct section section = {&map, "a channel"};
    TRY(section_name(job, &section, &inventory->channel[inventory->channel_count]));
    inventory->channel_count++;
    const struct catalogue catalogue = catalogue_channels(inventory);
    return section_is_new(job, &section, &catalogue, inventory->channel_count - 1);
}

static enum candor_status read_channels(struct job *job, const struct value *root,
                                        struct inventory *inventory)
{
    const struct value *list = NULL;
    TRY(schema_list(job, root, "channels", CHANNELS_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, inventory->channel, count + 1, struct str);
    for (size_t i = 0; i < count; i++) {
        TRY(read_channel(job, &list->item[i], inventory));
    }
    return CANDOR_OK;
}

/* ---- purposes ------------------------------------------------------------------------------ */

/* The last is another word for public_task. */
static const char *const basis_word[] = {"consent",        "contract",    "legal_obligation",
                                         "vital_interest", "public_task", "legitimate_interest",
                                         "public_interest"};
enum { PUBLIC_INTEREST = BASIS_LEGITIMATE_INTEREST + 1 };

/* Disclosure to a third party rests on consent, and its name says to whom. */
static enum candor_status read_recipient(struct job *job, const struct section *section,
                                         struct purpose *purpose)
{
    const struct str share = STR("share:");
    if (!str_starts(purpose->name, share)) {
        return CANDOR_OK;
    }
    purpose->recipient = str_slice(purpose->name, share.len, purpose->name.len);
    if (purpose->recipient.len == 0) {
        return section_fail(job, section, "name", "'share:' needs a recipient: share:RECIPIENT");
    }
    return purpose->basis == BASIS_CONSENT
               ? CANDOR_OK
               : section_fail(job, section, "basis",
                              "sharing with a recipient rests on consent only");
}

static enum candor_status read_words(struct job *job, const struct section *section,
                                     struct purpose *purpose)
{
    TRY(section_title(job, section, "title", purpose->name, &purpose->title));
    TRY(section_text(job, section, "wording", &purpose->wording));
    TRY(section_text(job, section, "wording_version", &purpose->wording_version));
    /* Without a version nobody could say later which words a consent was given to. */
    return purpose->wording.len == 0 || purpose->wording_version.len != 0
               ? CANDOR_OK
               : section_fail(job, section, "wording", "the wording needs a wording_version");
}

/* Letters, digits and dashes. */
bool schema_is_language(struct str text)
{
    bool is_fine = text.len >= 2 && text.len <= LANGUAGE_LEN_MAX;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char letter = (unsigned char)text.ptr[i];
        is_fine =
            is_fine && ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                        (letter >= '0' && letter <= '9') || letter == '-');
    }
    return is_fine;
}

static enum candor_status read_languages(struct job *job, const struct section *section,
                                         struct purpose *purpose)
{
    const struct value *map = NULL;
    purpose->language = STR("en");
    TRY(section_text(job, section, "language", &purpose->language));
    if (!schema_is_language(purpose->language)) {
        return section_fail(job, section, "language", "a language is written like en or pt-BR");
    }
    TRY(section_map(job, section, "translations", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    if (purpose->wording.len == 0 || map->count > TRANSLATIONS_MAX) {
        return section_fail(job, section, "translations",
                            "a wording is translated, at most %d times", TRANSLATIONS_MAX);
    }
    TRY_ALLOC(job, purpose->translation, map->count + 1, struct translation);
    for (size_t i = 0; i < map->count; i++) {
        struct translation *translation = &purpose->translation[purpose->translation_count++];
        translation->language = map->key[i];
        if (!schema_is_language(map->key[i]) || str_equal(map->key[i], purpose->language)) {
            return section_fail(job, section, "translations",
                                "each stands under a language, and not the one of the wording");
        }
        TRY(value_text(job, &map->item[i], section_what(job, section, "translations"),
                       &translation->wording));
    }
    return CANDOR_OK;
}

/* How a yes comes to count, how long, and when a no may be asked about again. */
static enum candor_status read_rules(struct job *job, const struct section *section,
                                     struct purpose *purpose)
{
    size_t term_count = 0;
    const struct dpv_term *term = dpv_terms(&term_count);
    const struct catalogue terms = {"DPV term", term, sizeof *term, term_count};
    bool is_confirmed = false;
    uint32_t confirm_days = CONFIRM_DAYS;
    purpose->ask_again_days = ASK_AGAIN_DAYS;
    TRY(section_count(job, section, "valid_days", 0, DAYS_MAX, &purpose->valid_days));
    TRY(section_count(job, section, "ask_again_days", 0, DAYS_MAX, &purpose->ask_again_days));
    TRY(section_bool(job, section, "double_opt_in", &is_confirmed));
    TRY(section_count(job, section, "confirm_days", 1, CONFIRM_DAYS_MAX, &confirm_days));
    if (section_has(section, "confirm_days") && !is_confirmed) {
        return section_fail(job, section, "confirm_days", "this goes with double_opt_in: true");
    }
    purpose->confirm_days = is_confirmed ? confirm_days : 0;
    return section_mask(job, section, "terms", &terms, &purpose->terms);
}

static enum candor_status read_purpose(struct job *job, const struct value *item,
                                       struct inventory *inventory)
{
    static const char *const known[] = {
        "name",     "title",          "basis",         "wording",          "wording_version",
        "language", "translations",   "channels",      "direct_marketing", "valid_days",
        "terms",    "ask_again_days", "double_opt_in", "confirm_days"};
    struct purpose *purpose = &inventory->purpose[inventory->purpose_count];
    const struct catalogue channels = catalogue_channels(inventory);
    struct section section;
    uint64_t channel_mask = 0;
    unsigned basis = BASIS_CONSENT;
    TRY(section_open(job, item, "purpose", known, sizeof known / sizeof known[0], &section));
    TRY(section_name(job, &section, &purpose->name));
    TRY(section_choice(job, &section, "basis", basis_word, sizeof basis_word / sizeof basis_word[0],
                       &basis));
    purpose->basis = basis == PUBLIC_INTEREST ? BASIS_PUBLIC_TASK : (enum basis)basis;
    TRY(read_recipient(job, &section, purpose));
    TRY(read_words(job, &section, purpose));
    TRY(read_languages(job, &section, purpose));
    TRY(read_rules(job, &section, purpose));
    TRY(section_mask(job, &section, "channels", &channels, &channel_mask));
    purpose->channels = (uint32_t)channel_mask;
    purpose->direct_marketing =
        purpose->basis == BASIS_CONSENT || purpose->basis == BASIS_LEGITIMATE_INTEREST;
    TRY(section_bool(job, &section, "direct_marketing", &purpose->direct_marketing));

    inventory->purpose_count++;
    const struct catalogue purposes = catalogue_purposes(inventory);
    return section_is_new(job, &section, &purposes, inventory->purpose_count - 1);
}

static enum candor_status read_purposes(struct job *job, const struct value *root,
                                        struct inventory *inventory)
{
    const struct value *list = NULL;
    TRY(schema_list(job, root, "purposes", PURPOSES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, inventory->purpose, count + 1, struct purpose);
    for (size_t i = 0; i < count; i++) {
        TRY(read_purpose(job, &list->item[i], inventory));
    }
    return CANDOR_OK;
}

/* ---- drawers ------------------------------------------------------------------------------- */

static int compare_names(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* Sorted by name, so that the order of purposes in candor.yaml may change. */
static struct str drawer_id(struct arena *arena, const struct inventory *inventory,
                            uint64_t purposes)
{
    struct str name[PURPOSES_MAX];
    size_t count = 0;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((purposes >> p & 1) != 0) {
            name[count++] = inventory->purpose[p].name;
        }
    }
    if (count > 1) {
        qsort(name, count, sizeof name[0], compare_names);
    }
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "%s%.*s", i == 0 ? "" : " ", STR_ARG(name[i]));
    }
    return buf_text(&buf);
}

static size_t drawer_of(struct arena *arena, struct inventory *inventory, uint64_t purposes)
{
    for (size_t i = 0; i < inventory->drawer_count; i++) {
        if (inventory->drawer[i].purposes == purposes) {
            return i;
        }
    }
    inventory->drawer[inventory->drawer_count] =
        (struct drawer){purposes, drawer_id(arena, inventory, purposes)};
    return inventory->drawer_count++;
}

static enum candor_status make_drawers(struct job *job, struct inventory *inventory)
{
    TRY_ALLOC(job, inventory->drawer, inventory->field_count + 1, struct drawer);
    for (size_t i = 0; i < inventory->field_count; i++) {
        inventory->field[i].drawer = drawer_of(job->arena, inventory, inventory->field[i].purposes);
    }
    return CANDOR_OK;
}

/* ---- the door ------------------------------------------------------------------------------ */

enum candor_status inventory_read(struct job *job, const struct value *root,
                                  const struct inventory **inventory)
{
    struct inventory *found = NEW(job->arena, struct inventory);
    TRY(value_is(job, root, VALUE_MAP, "candor.yaml"));
    TRY(read_version(job, root));
    TRY(read_name(job, root, found));
    TRY(read_channels(job, root, found));
    TRY(read_purposes(job, root, found));
    TRY(schema_recipients(job, root, found));
    TRY(schema_subjects(job, root, found));
    TRY(schema_events(job, root, found));
    TRY(schema_features(job, root, found));
    TRY(make_drawers(job, found));
    *inventory = found;
    return CANDOR_OK;
}
