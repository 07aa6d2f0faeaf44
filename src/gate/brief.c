/*
 * brief.c - what may be said in a campaign's copy, out of YAML.
 *
 *   brief: 1
 *   language: en
 *   product: the Lumen desk lamp           as the subject of a sentence; with its article, if it has one
 *   audience: people who read at night     as it stands after "for"
 *   facts:
 *     - {name: dimming, says: dims from 800 lumen to 8, source: "Data sheet 3, August 2026"}
 *   benefits:
 *     - {text: "The light dims to one per cent.", headline: Light that dims to 1 %, fact: dimming}
 *   fields:
 *     - {name: first_name, fallback: there, greeting: true}
 *   action: {text: See the lamp, link: "https://lumen.example/desk"}
 *   tone: warm                             plain, warm, formal
 *   form: mail                             or message; by the campaign's channel without
 *   sender: {name: Lumen Ltd, address: "1 Mill Lane, Dublin"}
 *   sources: shown                         or kept: in the record only
 *   limits: {subject: 60, preheader: 90, body: 1200}
 *   offer: lamp                            one of the campaign's
 *
 * Each benefit rests on a fact, and each fact has a source: a claim that nobody can show is no brief.
 */
#include "draft.h"

#include "inside.h"
#include "record.h"
#include "text.h"

enum {
    PRODUCT_MAX = 80,
    AUDIENCE_MAX = 120,
    HEADLINE_MAX = 60,
    SENTENCE_MAX = 300,
    SOURCE_MAX = 200,
    ACTION_MAX = 40,
    LINK_MAX = 500,
};

/* ---- words --------------------------------------------------------------------------------- */

const char *draft_language_name(enum draft_language language)
{
    static const char *const name[DRAFT_LANGUAGES] = {"en", "de", "fr", "es", "it"};
    must((unsigned)language < DRAFT_LANGUAGES);
    return name[language];
}

bool draft_language_read(struct str text, enum draft_language *language)
{
    for (unsigned i = 0; i < DRAFT_LANGUAGES; i++) {
        if (str_is(text, draft_language_name((enum draft_language)i))) {
            *language = (enum draft_language)i;
            return true;
        }
    }
    return false;
}

static const char *const tone_text[DRAFT_TONES] = {"plain", "warm", "formal"};

const char *draft_tone_name(enum draft_tone tone)
{
    must((unsigned)tone < DRAFT_TONES);
    return tone_text[tone];
}

size_t letter_count(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.ptr[i] & 0xC0U) != 0x80U;
    }
    return count;
}

/* ---- places for values --------------------------------------------------------------------- */

static const struct brief_field *field_named(const struct brief *brief, struct str name)
{
    for (size_t i = 0; i < brief->field_count; i++) {
        if (str_equal(brief->field[i].name, name)) {
            return &brief->field[i];
        }
    }
    return NULL;
}

static size_t find(struct str text, size_t from, const char *sign)
{
    const struct str part = str_of(sign);
    while (from + part.len <= text.len && !str_starts(str_slice(text, from, text.len), part)) {
        from++;
    }
    return from + part.len <= text.len ? from : text.len;
}

bool brief_places(struct arena *arena, const struct brief *brief, struct str text,
                  struct str *placed, struct str *unknown)
{
    struct buf buf = buf_begin(arena);
    size_t at = 0;
    while (at < text.len) {
        const size_t open = find(text, at, "{{");
        buf_str(&buf, str_slice(text, at, open));
        if (open == text.len) {
            break;
        }
        const size_t close = find(text, open, "}}");
        const struct str within = str_slice(text, open + 2, close);
        struct str fallback = within;
        const struct str name = str_trim(str_cut(&fallback, '|'));
        const struct brief_field *field = field_named(brief, name);
        if (field == NULL || close == text.len) {
            *unknown = name;
            return false;
        }
        fallback = fallback.ptr == NULL ? STR("") : str_trim(fallback);
        fallback = fallback.len == 0 ? field->fallback : fallback;
        buf_format(&buf, "{{%.*s|%.*s}}", STR_ARG(name), STR_ARG(fallback));
        at = close + 2;
    }
    *placed = buf_text(&buf);
    return true;
}

/* ---- one line of text ---------------------------------------------------------------------- */

struct text_rule {
    size_t letters_max;
    bool is_needed;
    bool may_have_places;
};

static enum candor_status read_line(struct job *job, const struct section *section, const char *key,
                                    const struct text_rule *rule, struct str *line)
{
    if (rule->is_needed) {
        TRY(section_need(job, section, key));
    }
    TRY(section_text(job, section, key, line));
    *line = str_trim(*line);
    for (size_t i = 0; i < line->len; i++) {
        if ((unsigned char)line->ptr[i] < ' ') {
            return section_fail(job, section, key, "is one line of text");
        }
    }
    if (letter_count(*line) > rule->letters_max) {
        return section_fail(job, section, key, "has %zu letters, %zu are the most",
                            letter_count(*line), rule->letters_max);
    }
    if (rule->is_needed && line->len == 0) {
        return section_fail(job, section, key, "is empty");
    }
    if (str_contains(*line, STR("[fact:"))) {
        return section_fail(job, section, key, "names its fact in 'fact', not within the text");
    }
    if (!rule->may_have_places && str_contains(*line, STR("{{"))) {
        return section_fail(job, section, key,
                            "cannot hold a place such as {{first_name}}: how long it gets is not "
                            "known; benefits can");
    }
    return CANDOR_OK;
}

static enum candor_status read_needed(struct job *job, const struct section *section,
                                      const char *key, size_t letters_max, struct str *line)
{
    return read_line(job, section, key, &(struct text_rule){letters_max, true, false}, line);
}

static enum candor_status read_may(struct job *job, const struct section *section, const char *key,
                                   size_t letters_max, struct str *line)
{
    return read_line(job, section, key, &(struct text_rule){letters_max, false, false}, line);
}

/* ---- facts, benefits, fields --------------------------------------------------------------- */

static enum candor_status read_facts(struct job *job, const struct section *section,
                                     struct brief *brief)
{
    static const char *const known[] = {"name", "says", "source"};
    const struct value *list = NULL;
    struct catalogue facts = {"fact", brief->fact, sizeof brief->fact[0], 0};
    TRY(section_need(job, section, "facts"));
    TRY(section_list(job, section, "facts", BRIEF_FACTS_MAX, &list));
    for (size_t i = 0; i < list->count; i++) {
        struct section of;
        struct brief_fact *fact = &brief->fact[i];
        TRY(section_open(job, &list->item[i], "fact", known, 3, &of));
        TRY(section_name(job, &of, &fact->name));
        TRY(read_needed(job, &of, "says", SENTENCE_MAX, &fact->says));
        TRY(read_needed(job, &of, "source", SOURCE_MAX, &fact->source));
        facts.count = brief->fact_count = i + 1;
        TRY(section_is_new(job, &of, &facts, i));
    }
    return CANDOR_OK;
}

static bool ends_sentence(struct str text)
{
    return text.len > 0 && is_among(text.ptr[text.len - 1], ".!?");
}

static enum candor_status read_headline(struct job *job, const struct section *of,
                                        struct brief_benefit *benefit)
{
    TRY(read_may(job, of, "headline", HEADLINE_MAX, &benefit->headline));
    if (benefit->headline.len > 0) {
        return ends_sentence(benefit->headline)
                   ? section_fail(job, of, "headline", "has no full stop at its end")
                   : CANDOR_OK;
    }
    benefit->headline = str_slice(benefit->text, 0, benefit->text.len - 1);
    return letter_count(benefit->headline) <= HEADLINE_MAX &&
                   !str_contains(benefit->headline, STR("{{"))
               ? CANDOR_OK
               : section_fail(job, of, "text",
                              "is no headline: give one of at most %d letters, without places, "
                              "under 'headline'",
                              HEADLINE_MAX);
}

static enum candor_status read_benefits(struct job *job, const struct section *section,
                                        struct brief *brief)
{
    static const char *const known[] = {"text", "headline", "fact"};
    static const struct text_rule sentence = {SENTENCE_MAX, true, true};
    const struct catalogue facts = {"fact", brief->fact, sizeof brief->fact[0], brief->fact_count};
    const struct value *list = NULL;
    struct str unknown = {NULL, 0};
    TRY(section_need(job, section, "benefits"));
    TRY(section_list(job, section, "benefits", BRIEF_BENEFITS_MAX, &list));
    if (list->count == 0) {
        return section_fail(job, section, "benefits", "at least one is needed");
    }
    for (size_t i = 0; i < list->count; i++) {
        struct section of;
        struct brief_benefit *benefit = &brief->benefit[i];
        TRY(section_open(job, &list->item[i], "benefit", known, 3, &of));
        TRY(read_line(job, &of, "text", &sentence, &benefit->text));
        if (!ends_sentence(benefit->text)) {
            return section_fail(job, &of, "text", "is a whole sentence, with its full stop");
        }
        TRY(read_headline(job, &of, benefit));
        if (!brief_places(job->arena, brief, benefit->text, &benefit->text, &unknown)) {
            return section_fail(job, &of, "text", "'{{%.*s}}' is none of the brief's fields",
                                STR_ARG(unknown));
        }
        TRY(section_need(job, &of, "fact"));
        TRY(section_reference(job, &of, "fact", &facts, &benefit->fact));
        brief->benefit_count = i + 1;
    }
    return CANDOR_OK;
}

static enum candor_status read_fields(struct job *job, const struct section *section,
                                      struct brief *brief)
{
    static const char *const known[] = {"name", "fallback", "greeting"};
    struct catalogue fields = {"field", brief->field, sizeof brief->field[0], 0};
    const struct value *list = NULL;
    TRY(section_list(job, section, "fields", BRIEF_FIELDS_MAX, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct section of;
        bool greets = false;
        struct brief_field *field = &brief->field[i];
        TRY(section_open(job, &list->item[i], "field", known, 3, &of));
        TRY(section_name(job, &of, &field->name));
        TRY(read_needed(job, &of, "fallback", HEADLINE_MAX, &field->fallback));
        TRY(section_bool(job, &of, "greeting", &greets));
        for (size_t k = 0; k < field->fallback.len; k++) {
            if (is_among(field->fallback.ptr[k], "{}|")) {
                return section_fail(job, &of, "fallback", "is plain text without { } |");
            }
        }
        field->line = list->item[i].line;
        fields.count = brief->field_count = i + 1;
        TRY(section_is_new(job, &of, &fields, i));
        if (greets && brief->greeting != SIZE_MAX) {
            return section_fail(job, &of, "greeting", "one field greets, not two");
        }
        brief->greeting = greets ? i : brief->greeting;
    }
    brief->greeting = brief->greeting == SIZE_MAX ? brief->field_count : brief->greeting;
    return CANDOR_OK;
}

/* ---- the rest ------------------------------------------------------------------------------ */

static enum candor_status read_action(struct job *job, const struct section *section,
                                      struct brief *brief)
{
    static const char *const known[] = {"text", "link"};
    const struct value *map = NULL;
    struct section of;
    TRY(section_need(job, section, "action"));
    TRY(section_map(job, section, "action", &map));
    TRY(section_open(job, map, "action", known, 2, &of));
    TRY(read_needed(job, &of, "text", ACTION_MAX, &brief->action));
    TRY(read_needed(job, &of, "link", LINK_MAX, &brief->link));
    bool is_link = str_starts(brief->link, STR("https://"));
    for (size_t i = 0; i < brief->link.len; i++) {
        is_link = is_link && !is_among(brief->link.ptr[i], " <>\"{}");
    }
    if (!is_link) {
        return section_fail(job, &of, "link", "is an address https://..., without spaces");
    }
    return ends_sentence(brief->action)
               ? section_fail(job, &of, "text", "has no full stop: the link follows it")
               : CANDOR_OK;
}

static enum candor_status read_sender(struct job *job, const struct section *section,
                                      struct brief *brief)
{
    static const char *const known[] = {"name", "address"};
    const struct value *map = NULL;
    struct section of;
    TRY(section_map(job, section, "sender", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "sender", known, 2, &of));
    of.what = "sender"; /* its name is no identifier */
    TRY(read_needed(job, &of, "name", PRODUCT_MAX, &brief->sender));
    return read_needed(job, &of, "address", SOURCE_MAX, &brief->address);
}

static enum candor_status read_limits(struct job *job, const struct section *section,
                                      struct brief *brief)
{
    static const char *const known[] = {"subject", "preheader", "body"};
    const struct value *map = NULL;
    struct section of;
    brief->subject_max = 60;
    brief->preheader_max = 90;
    TRY(section_map(job, section, "limits", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "limits", known, 3, &of));
    TRY(section_count(job, &of, "subject", 20, 200, &brief->subject_max));
    TRY(section_count(job, &of, "preheader", 0, 200, &brief->preheader_max));
    return section_count(job, &of, "body", 60, 10000, &brief->body_max);
}

static enum candor_status read_words(struct job *job, const struct section *section,
                                     struct brief *brief)
{
    static const char *const language[] = {"en", "de", "fr", "es", "it"};
    static const char *const form[] = {"mail", "message"};
    static const char *const sources[] = {"shown", "kept"};
    unsigned word[4] = {0, 0, 0, 0};
    TRY(section_need(job, section, "language"));
    TRY(section_choice(job, section, "language", language, DRAFT_LANGUAGES, &word[0]));
    TRY(section_choice(job, section, "tone", tone_text, DRAFT_TONES, &word[1]));
    TRY(section_choice(job, section, "form", form, DRAFT_FORMS, &word[2]));
    TRY(section_choice(job, section, "sources", sources, 2, &word[3]));
    brief->language = (enum draft_language)word[0];
    brief->tone = (enum draft_tone)word[1];
    brief->has_form = section_has(section, "form");
    brief->form = (enum draft_form)word[2];
    brief->hides_sources = word[3] == 1;
    return CANDOR_OK;
}

uint32_t brief_body_max(const struct brief *brief)
{
    enum { MAIL = 1200, MESSAGE = 300 };
    return brief->body_max > 0 ? brief->body_max : brief->form == DRAFT_MAIL ? MAIL : MESSAGE;
}

enum candor_status brief_read(struct job *job, const struct value *root, struct brief *brief)
{
    static const char *const known[] = {"brief",    "language", "product", "audience", "facts",
                                        "benefits", "fields",   "action",  "tone",     "form",
                                        "sender",   "sources",  "limits",  "offer"};
    struct section section;
    uint32_t version = 0;
    *brief = (struct brief){.greeting = SIZE_MAX};
    TRY(value_is(job, root, VALUE_MAP, "the brief"));
    TRY(section_open(job, root, "the brief", known, sizeof known / sizeof known[0], &section));
    TRY(section_need(job, &section, "brief"));
    TRY(section_count(job, &section, "brief", 1, 1, &version));
    TRY(read_words(job, &section, brief));
    TRY(read_needed(job, &section, "product", PRODUCT_MAX, &brief->product));
    TRY(read_may(job, &section, "audience", AUDIENCE_MAX, &brief->audience));
    TRY(read_may(job, &section, "offer", NAME_LEN_MAX, &brief->offer));
    TRY(read_fields(job, &section, brief));
    TRY(read_facts(job, &section, brief));
    TRY(read_benefits(job, &section, brief));
    TRY(read_action(job, &section, brief));
    TRY(read_sender(job, &section, brief));
    if (ends_sentence(brief->product) || ends_sentence(brief->audience)) {
        return section_fail(job, &section, ends_sentence(brief->product) ? "product" : "audience",
                            "stands within a sentence: no full stop");
    }
    return read_limits(job, &section, brief);
}
