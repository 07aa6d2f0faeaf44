/*
 * generate.c - `candor generate`: campaign copy from a brief and permitted fields.
 *
 *     brief, campaign ──fields permitted?──▶ drafts: our phrases, or a model through the guard
 *        ──each: its text, its mark, the scan──▶ what blocks is dropped and said
 *        ──one commit──▶ an entry of the generation, each variant submitted as content
 *
 * The same brief gives the same variants without a model, under the same names; what stands there already is left
 * as it is, with its review. Nothing is deployed here: a variant goes the way of all content.
 */
#include "generate.h"

#include "consenting.h"
#include "contents.h"
#include "mark.h"
#include "staff.h"

enum { VARIANTS_DEFAULT = 3, NAME_STEM_MAX = 24, SHORT_DIGEST = 4 };

/* ---- what is asked ------------------------------------------------------------------------- */

static bool names_any(struct str channel, const char *const *word, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_contains(channel, str_of(word[i]))) {
            return true;
        }
    }
    return false;
}

/* A letter or a few lines: as the brief says, or as the channel is called. */
static enum candor_status take_form(struct job *job, const struct candor *candor,
                                    const struct campaign *campaign, struct brief *brief)
{
    static const char *const letter[] = {"mail", "post", "letter"};
    static const char *const lines[] = {"sms", "push", "app", "message", "chat"};
    if (brief->has_form || campaign->channel == NONE) {
        return CANDOR_OK;
    }
    const struct str channel = candor->inventory->channel[campaign->channel];
    const bool is_letter = names_any(channel, letter, sizeof letter / sizeof letter[0]);
    brief->form = is_letter ? DRAFT_MAIL : DRAFT_MESSAGE;
    return is_letter || names_any(channel, lines, sizeof lines / sizeof lines[0])
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "say what the channel '%.*s' carries: 'form: mail' or 'form: message'",
                      STR_ARG(channel));
}

static enum candor_status take_sender(struct job *job, const struct candor *candor,
                                      struct brief *brief)
{
    if (brief->sender.len == 0 && candor->controller != NULL) {
        brief->sender = str_copy(job->arena, candor->controller->name);
        brief->address = str_copy(job->arena, candor->controller->address);
    }
    return brief->sender.len > 0 && brief->address.len > 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "who sends it is not known: 'sender' here, or name and address of "
                      "'controller' in candor.yaml");
}

static enum candor_status take_offer(struct job *job, const struct campaign *campaign,
                                     const struct brief *brief)
{
    for (size_t i = 0; i < campaign->offer_count; i++) {
        if (str_equal(campaign->offer[i].name, brief->offer)) {
            return CANDOR_OK;
        }
    }
    return brief->offer.len == 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "campaign '%.*s' has no offer '%.*s'",
                      STR_ARG(campaign->name), STR_ARG(brief->offer));
}

static enum candor_status take_language(struct job *job, const struct candor_generation *asked,
                                        const struct brief *brief)
{
    enum draft_language language = brief->language;
    if (asked->language != NULL && !draft_language_read(str_of(asked->language), &language)) {
        return fail(job, CANDOR_BAD_INPUT, "--language is en, de, fr, es or it");
    }
    return language == brief->language
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "the brief is in '%s', and its sentences are used as they stand: copy in "
                      "'%s' needs a brief in '%s'",
                      draft_language_name(brief->language), draft_language_name(language),
                      draft_language_name(language));
}

static enum candor_status take_brief(struct job *job, const struct candor *candor,
                                     const struct campaign *campaign, struct generation *generation)
{
    const struct candor_generation *asked = generation->asked;
    const struct text_limits limits = {.size_max = BRIEF_LEN_MAX};
    const struct bytes bytes = {(const uint8_t *)asked->brief, asked->len};
    struct brief *brief = &generation->brief;
    const struct value *root = NULL;
    TRY(yaml_read(job, bytes, &limits, "the brief", &root));
    TRY(brief_read(job, root, brief));
    TRY(take_language(job, asked, brief));
    TRY(take_offer(job, campaign, brief));
    TRY(take_form(job, candor, campaign, brief));
    TRY(take_sender(job, candor, brief));
    generation->brief_digest = digest_of_bytes(bytes);
    return generate_fields(job, candor, campaign, brief);
}

static enum candor_status begin(struct job *job, struct candor *candor,
                                struct generation *generation)
{
    const struct candor_generation *asked = generation->asked;
    const struct campaign *campaign = NULL;
    size_t index = 0;
    TRY(caller_may(job, candor, ACT_LEDGER_READ)); /* as for all content */
    if (asked->variants > DRAFTS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "--variants is a number from 1 to %d", DRAFTS_MAX);
    }
    generation->wanted = asked->variants == 0 ? VARIANTS_DEFAULT : asked->variants;
    TRY(home_campaign(job, candor, str_of(asked->campaign), &campaign, &index));
    generation->campaign = str_copy(job->arena, campaign->name);
    generation->purpose = str_copy(job->arena, candor->inventory->purpose[campaign->purpose].name);
    return during(job, take_brief(job, candor, campaign, generation), "%s",
                  asked->file == NULL ? "the brief" : asked->file);
}

/* ---- drafts -------------------------------------------------------------------------------- */

static void write_own(struct job *job, struct generation *generation)
{
    uint64_t seed = 0;
    for (size_t i = 0; i < sizeof seed; i++) {
        seed = seed << 8 | generation->brief_digest.byte[i];
    }
    generation->count =
        draft_write(job->arena, &generation->brief, seed, generation->wanted, generation->draft);
}

static struct str text_of_draft(struct job *job, const struct generation *generation, size_t index)
{
    const struct brief *brief = &generation->brief;
    const struct str text =
        draft_text(job->arena, brief, brief->language, &generation->draft[index]);
    return generation->prompt.len == 0 ? text
                                       : mark_add(job->arena, text, MARK_TEXT, MARK_AI,
                                                  str_of(draft_language_name(brief->language)));
}

/* Of all that was written: what the ledger's entry is about. */
static struct digest written_of(struct job *job, const struct generation *generation)
{
    struct buf buf = buf_begin(job->arena);
    buf_block(&buf, bytes_of(generation->campaign));
    buf_bytes(&buf, generation->brief_digest.byte, sizeof generation->brief_digest.byte);
    for (size_t i = 0; i < generation->count; i++) {
        buf_block(&buf, bytes_of(text_of_draft(job, generation, i)));
    }
    return digest_of_bytes(buf_all(&buf));
}

/* ---- variants ------------------------------------------------------------------------------ */

struct variant {
    struct str text;
    struct content content;
    const char *why; /* it is not kept */
    bool was_there;
};

/* spring-2f6c01aa-en-1: letters that stand in commands and paths. The number in it is the text's own, so that a
 * name stands for one text only, however many were asked for. */
static struct str name_of(struct job *job, const struct generation *generation, struct str text,
                          size_t index)
{
    const struct digest digest = digest_of_bytes(bytes_of(text));
    const struct str hex = hex_of(job->arena, (struct bytes){digest.byte, SHORT_DIGEST});
    const struct str stem = str_slice(generation->campaign, 0, NAME_STEM_MAX);
    char *letter = NEW_ARRAY(job->arena, stem.len + 1, char);
    for (size_t i = 0; i < stem.len; i++) {
        const char c = stem.ptr[i];
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool is_sign = i > 0 && (c == '_' || c == '-');
        letter[i] = is_plain || is_sign ? c : '-';
    }
    letter[0] = letter[0] == '-' ? 'c' : letter[0]; /* a name begins with a letter or digit */
    return str_format(job->arena, "%s-%.*s-%s-%zu", letter, STR_ARG(hex),
                      draft_language_name(generation->brief.language), index + 1);
}

static enum candor_status take_variant(struct job *job, struct candor *candor,
                                       const struct generation *generation, size_t index,
                                       struct variant *variant)
{
    const struct str text = text_of_draft(job, generation, index);
    const struct str name = name_of(job, generation, text, index);
    const bool by_model = generation->prompt.len > 0;
    const struct candor_content asked = {
        .file = str_z(job->arena, str_format(job->arena, "%.*s.txt", STR_ARG(name))),
        .bytes = text.ptr,
        .len = text.len,
        .model = by_model ? generation->asked->model : NULL,
        .prompt = by_model ? generation->prompt.ptr : NULL,
        .prompt_len = generation->prompt.len,
        .purpose = str_z(job->arena, generation->purpose),
    };
    *variant = (struct variant){.text = text, .content = {.name = name}};
    variant->content.generator =
        by_model ? STR("candor generate, a model") : STR("candor generate, templates");
    variant->content.brief = generation->brief_digest;
    TRY(content_take(job, candor, &asked, &variant->content));
    variant->why = generation->why[index] != NULL  ? generation->why[index]
                   : variant->content.blocking > 0 ? "the scan found what blocks"
                                                   : NULL;
    return CANDOR_OK;
}

/* What stands there with the same bytes keeps its review. */
static enum candor_status keep_variant(struct job *job, struct candor *candor, struct txn *txn,
                                       struct variant *variant)
{
    struct content before;
    const enum candor_status status = content_find(job, txn, variant->content.name, &before);
    if (status == CANDOR_OK && digest_equal(before.digest, variant->content.digest) &&
        !before.is_retired) {
        variant->content = before;
        variant->was_there = true;
        return CANDOR_OK;
    }
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    return content_keep(job, candor, txn, &variant->content);
}

/* ---- on record ----------------------------------------------------------------------------- */

static void put_hex(struct json *json, struct lit key, struct digest digest)
{
    json_key(json, key);
    json_hex(json, (struct bytes){digest.byte, sizeof digest.byte});
}

/* Who wrote what from what: digests and names of fields, no text. */
static void put_origin(struct json *json, const struct generation *generation)
{
    const struct brief *brief = &generation->brief;
    const bool by_model = generation->prompt.len > 0;
    put_text(json, LIT("campaign"), generation->campaign);
    put_text(json, LIT("purpose"), generation->purpose);
    put_text(json, LIT("language"), str_of(draft_language_name(brief->language)));
    put_text(json, LIT("generator"),
             by_model ? STR("candor generate, a model") : STR("candor generate, templates"));
    put_text_or_null(json, LIT("model"), str_of(generation->asked->model));
    put_hex(json, LIT("brief_sha256"), generation->brief_digest);
    if (by_model) {
        put_hex(json, LIT("prompt_sha256"), digest_of_bytes(bytes_of(generation->prompt)));
        json_key(json, LIT("chat_asked"));
        json_u64(json, generation->chat_asked);
        json_key(json, LIT("chat_answered"));
        json_u64(json, generation->chat_answered);
    }
    json_key(json, LIT("fields"));
    json_list_begin(json);
    for (size_t i = 0; i < brief->field_count; i++) {
        json_text(json, brief->field[i].name);
    }
    json_list_end(json);
}

static enum candor_status account(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct generation *generation,
                                  const struct variant *variant, uint64_t *index)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_origin(&json, generation);
    json_key(&json, LIT("variants"));
    json_list_begin(&json);
    for (size_t i = 0; i < generation->count; i++) {
        json_map_begin(&json);
        put_text(&json, LIT("name"), variant[i].content.name);
        put_hex(&json, LIT("sha256"), variant[i].content.digest);
        put_text_or_null(&json, LIT("dropped"), str_of(variant[i].why));
        json_map_end(&json);
    }
    json_list_end(&json);
    json_map_end(&json);
    json_end(&json);
    const struct account entry = {.action = LEDGER_CONTENT_GENERATED,
                                  .outcome = OUTCOME_DONE,
                                  .payload = buf_all(&buf),
                                  .object = generation->written.byte,
                                  .policy = &generation->brief_digest};
    return home_account_kept(job, candor, txn, &entry, LIT("content_entry"), index);
}

/* ---- the report ---------------------------------------------------------------------------- */

static void put_count(struct json *json, struct lit key, size_t count)
{
    json_key(json, key);
    json_u64(json, count);
}

/* Line by line, for terminals, which get no signs of control. */
static void put_lines(struct json *json, struct str text)
{
    struct str rest = text;
    json_key(json, LIT("lines"));
    json_list_begin(json);
    while (rest.ptr != NULL && rest.len > 0) {
        json_text(json, str_cut(&rest, '\n'));
    }
    json_list_end(json);
}

static enum candor_status put_kept(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct generation *generation,
                                   const struct variant *variant, size_t index, struct json *json)
{
    const struct draft *draft = &generation->draft[index];
    const struct value *content = NULL;
    struct candor_text report;
    TRY(content_report(job, candor, txn, &variant->content, &report));
    TRY(json_read(job, (struct bytes){(const uint8_t *)report.ptr, report.len}, NULL, "content",
                  &content));
    json_map_begin(json);
    put_text(json, LIT("name"), variant->content.name);
    put_text(json, LIT("file"), variant->content.file);
    put_text(json, LIT("state"), value_text_at(content, "state"));
    json_key(json, LIT("was_there"));
    json_bool(json, variant->was_there);
    put_hex(json, LIT("sha256"), variant->content.digest);
    put_text_or_null(json, LIT("subject"), draft->subject);
    put_count(json, LIT("subject_letters"), letter_count(draft->subject));
    put_count(json, LIT("body_letters"), draft_body_letters(job->arena, &generation->brief, draft));
    put_count(json, LIT("findings"), variant->content.findings);
    put_text(json, LIT("text"), variant->text);
    put_lines(json, variant->text);
    json_map_end(json);
    return CANDOR_OK;
}

/* Rule and reason of each finding; what was found is not repeated. */
static enum candor_status put_dropped(struct job *job, const struct variant *variant,
                                      struct json *json)
{
    const struct value *scan = NULL;
    TRY(json_read(job, bytes_of(variant->content.report), NULL, "the findings", &scan));
    const struct value *list = value_get(scan, "findings");
    json_map_begin(json);
    put_text(json, LIT("why"), str_of(variant->why));
    json_key(json, LIT("findings"));
    json_list_begin(json);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        json_map_begin(json);
        put_text(json, LIT("rule"), value_text_at(&list->item[i], "rule"));
        put_text(json, LIT("what"), value_text_at(&list->item[i], "what"));
        json_map_end(json);
    }
    json_list_end(json);
    put_lines(json, variant->content.shown);
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status put_variants(struct job *job, struct candor *candor, struct txn *txn,
                                       const struct generation *generation,
                                       const struct variant *variant, struct json *json)
{
    json_key(json, LIT("variants"));
    json_list_begin(json);
    for (size_t i = 0; i < generation->count; i++) {
        if (variant[i].why == NULL) {
            TRY(put_kept(job, candor, txn, generation, &variant[i], i, json));
        }
    }
    json_list_end(json);
    json_key(json, LIT("dropped"));
    json_list_begin(json);
    for (size_t i = 0; i < generation->count; i++) {
        if (variant[i].why != NULL) {
            TRY(put_dropped(job, &variant[i], json));
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static enum candor_status finish(struct job *job, struct candor *candor,
                                 struct generation *generation, size_t *dropped,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t index = 0;
    struct variant *variant = NEW_ARRAY(job->arena, DRAFTS_MAX, struct variant);
    generation->written = written_of(job, generation);
    for (size_t i = 0; i < generation->count; i++) {
        TRY(take_variant(job, candor, generation, i, &variant[i]));
        *dropped += variant[i].why != NULL;
    }
    TRY(home_begin(job, candor, &txn));
    TRY(account(job, candor, txn, generation, variant, &index));
    for (size_t i = 0; i < generation->count; i++) {
        TRY(variant[i].why != NULL ? CANDOR_OK : keep_variant(job, candor, txn, &variant[i]));
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_origin(&answer.json, generation);
    put_count(&answer.json, LIT("asked"), generation->wanted);
    put_count(&answer.json, LIT("kept"), generation->count - *dropped);
    put_count(&answer.json, LIT("ledger_index"), index);
    TRY(put_variants(job, candor, txn, generation, variant, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return home_commit(job, candor, txn);
}

enum candor_status candor_generate(struct job *job, struct candor *candor,
                                   const struct candor_generation *asked,
                                   const struct candor_post *post, size_t *dropped,
                                   struct candor_text *report)
{
    struct generation *generation = NEW(job->arena, struct generation);
    generation->asked = asked;
    *dropped = 0;
    home_enter(candor);
    enum candor_status status = begin(job, candor, generation);
    home_leave(candor);
    if (status == CANDOR_OK && asked->model != NULL) {
        must(post != NULL);
        status = generate_by_model(job, candor, post, generation);
    } else if (status == CANDOR_OK) {
        write_own(job, generation);
    }
    TRY(status);
    if (generation->count == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "no variant fits the limits of the brief: give shorter headlines, or more "
                    "letters under 'limits'");
    }
    home_enter(candor);
    status = finish(job, candor, generation, dropped, report);
    home_leave(candor);
    return status;
}
