/*
 * yaml.c - YAML 1.2 without its traps, over libyaml's events.
 *
 * A configuration that a lawyer and a machine read differently is worse than none. So a word is a
 * text unless the core schema of YAML 1.2 (section 10.3.2) says otherwise, and what makes a
 * document mean more than it shows is refused: anchors and aliases (also the billion laughs),
 * tags, keys that stand twice, several documents in one.
 *
 * The reader descends with the events, so limits hold before memory is taken.
 */
#include <math.h>
#include <string.h>
#include <yaml.h>

#include "inside_text.h"

struct reading {
    struct job *job;
    const char *name;
    struct str text;
    struct text_limits limits;
    yaml_parser_t *parser;
    yaml_event_t event; /* the last one; the next replaces it */
    size_t depth;
    size_t count;
};

static uint32_t line_here(const struct reading *reading)
{
    return (uint32_t)reading->event.start_mark.line + 1;
}

static enum candor_status refuse(struct reading *reading, const char *why)
{
    return fail(reading->job, CANDOR_BAD_INPUT, "%s: line %u: %s", reading->name,
                line_here(reading), why);
}

static enum candor_status refuse_size(struct reading *reading, const char *what, size_t limit)
{
    return fail(reading->job, CANDOR_TOO_LARGE, "%s: line %u: %s %zu", reading->name,
                line_here(reading), what, limit);
}

static enum candor_status refuse_memory(struct reading *reading)
{
    return fail(reading->job, CANDOR_NO_MEMORY, "%s: no memory to read it", reading->name);
}

/* The first line that begins with a tab, which is the usual reason when nothing adds up; 0: none. */
static uint32_t tab_line(struct str text)
{
    uint32_t line = 1;
    bool indent = true;
    for (size_t i = 0; i < text.len; i++) {
        if (indent && text.ptr[i] == '\t') {
            return line;
        }
        line += text.ptr[i] == '\n' ? 1 : 0;
        indent = text.ptr[i] == '\n' || (indent && text.ptr[i] == ' ');
    }
    return 0;
}

/* libyaml's messages are its own words; they hold nothing of the text. */
static enum candor_status refuse_parse(struct reading *reading)
{
    const yaml_parser_t *parser = reading->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        return refuse_memory(reading);
    }
    const uint32_t tab = tab_line(reading->text);
    if (tab != 0) {
        return fail(reading->job, CANDOR_BAD_INPUT,
                    "%s: line %u: a tab begins the line; YAML is indented with spaces",
                    reading->name, tab);
    }
    const bool has_context = parser->context != NULL;
    return fail(reading->job, CANDOR_BAD_INPUT, "%s: line %zu, column %zu: %s%s%s%s", reading->name,
                parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                parser->problem == NULL ? "this is not YAML" : parser->problem,
                has_context ? " (" : "", has_context ? parser->context : "",
                has_context ? ")" : "");
}

static enum candor_status next_event(struct reading *reading)
{
    yaml_event_delete(&reading->event);
    return yaml_parser_parse(reading->parser, &reading->event) == 1 ? CANDOR_OK
                                                                    : refuse_parse(reading);
}

/* ---- plain words --------------------------------------------------------------------------- */

static bool is_one_of(struct str text, const char *const *word, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(text, word[i])) {
            return true;
        }
    }
    return false;
}

static void set_integer(struct value *value, int64_t integer)
{
    value->kind = VALUE_NUMBER;
    value->is_integer = true;
    value->integer = integer;
    value->number = (double)integer;
}

/* 0x1F, 0o17. */
static bool read_based(struct str text, struct value *value)
{
    const unsigned bits = str_starts(text, STR("0x")) ? 4 : str_starts(text, STR("0o")) ? 3 : 0;
    uint64_t sum = 0;
    if (bits == 0 || text.len < 3 || text.len > 2 + 15) {
        return false;
    }
    for (size_t i = 2; i < text.len; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *found = strchr(digits, text.ptr[i]);
        const uint64_t digit = found == NULL ? 16 : (uint64_t)(found - digits) % 16;
        if (digit >> bits != 0) {
            return false;
        }
        sum = sum << bits | digit;
    }
    set_integer(value, (int64_t)sum);
    return true;
}

static bool read_number(struct str text, struct value *value)
{
    double number;
    int64_t integer;
    const bool plus = text.len > 1 && text.ptr[0] == '+';
    const struct str digits = str_slice(text, plus ? 1 : 0, text.len);
    if (!plus || digits.ptr[0] != '-') {
        if (str_to_int64(digits, &integer)) {
            set_integer(value, integer);
            return true;
        }
    }
    if (!str_to_double(text, &number)) {
        return read_based(text, value);
    }
    value->kind = VALUE_NUMBER;
    value->number = number;
    value->is_integer = fabs(number) <= 9007199254740992.0 && number == trunc(number);
    value->integer = value->is_integer ? (int64_t)number : 0;
    return true;
}

static void resolve(struct str text, struct value *value)
{
    static const char *const null[] = {"", "~", "null", "Null", "NULL"};
    static const char *const yes[] = {"true", "True", "TRUE"};
    static const char *const no[] = {"false", "False", "FALSE"};
    if (is_one_of(text, null, sizeof null / sizeof null[0])) {
        value->kind = VALUE_NULL;
    } else if (is_one_of(text, yes, 3) || is_one_of(text, no, 3)) {
        value->kind = VALUE_BOOL;
        value->boolean = is_one_of(text, yes, 3);
    } else if (!read_number(text, value)) {
        value->kind = VALUE_TEXT;
        value->text = text;
    }
}

/* ---- nodes --------------------------------------------------------------------------------- */

#define NO_MARKS "anchors (&) and tags (!) are not read; write it out"
#define NO_ALIASES "aliases (*) are not read; write it out"

static enum candor_status read_node(struct reading *reading, struct value *value);

static enum candor_status scalar_text(struct reading *reading, struct str *text)
{
    const yaml_event_t *event = &reading->event;
    const struct str read = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL) {
        return refuse(reading, NO_MARKS);
    }
    if (read.len > reading->limits.text_max) {
        return refuse_size(reading, "a text is longer in bytes than", reading->limits.text_max);
    }
    if (!str_is_utf8(read)) {
        return refuse(reading, "a text holds a zero byte or half a character");
    }
    *text = str_copy(reading->job->arena, read);
    return CANDOR_OK;
}

static enum candor_status read_scalar(struct reading *reading, struct value *value)
{
    struct str text = {0};
    TRY(scalar_text(reading, &text));
    if (reading->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        resolve(text, value);
    } else {
        value->kind = VALUE_TEXT;
        value->text = text;
    }
    return CANDOR_OK;
}

/* The members of a list or map while they are read. A list has no use for its keys. */
struct members {
    struct value *item;
    struct str *key;
    size_t count;
    size_t room;
};

/* Room for one more member, doubling; false: no memory. */
static bool members_grow(struct arena *arena, struct members *members)
{
    const size_t count = members->count;
    if (count < members->room) {
        return true;
    }
    members->room = count == 0 ? 2 : size_mul(count, 2);
    members->item = arena_grow(arena, members->item, size_mul(count, sizeof *members->item),
                               size_mul(members->room, sizeof *members->item));
    members->key = arena_grow(arena, members->key, size_mul(count, sizeof *members->key),
                              size_mul(members->room, sizeof *members->key));
    return members->item != NULL && members->key != NULL;
}

static enum candor_status read_items(struct reading *reading, struct members *members)
{
    for (;;) {
        TRY(next_event(reading));
        if (reading->event.type == YAML_SEQUENCE_END_EVENT) {
            return CANDOR_OK;
        }
        if (!members_grow(reading->job->arena, members)) {
            return refuse_memory(reading);
        }
        TRY(read_node(reading, &members->item[members->count++]));
    }
}

static enum candor_status read_key(struct reading *reading, struct map *seen, struct str *key)
{
    if (reading->event.type != YAML_SCALAR_EVENT) {
        return refuse(reading, reading->event.type == YAML_ALIAS_EVENT ? NO_ALIASES
                                                                       : "a key must be a text");
    }
    TRY(scalar_text(reading, key));
    if (key->len == 0) {
        return refuse(reading, "a key must not be empty");
    }
    if (map_get(seen, KEY(*key)) != NULL) {
        const struct str shown = str_slice(*key, 0, 64);
        return fail(reading->job, CANDOR_BAD_INPUT, "%s: line %u: the key '%.*s' stands twice",
                    reading->name, line_here(reading), STR_ARG(shown));
    }
    map_put(seen, KEY(*key), seen);
    return CANDOR_OK;
}

/* The key is the present event. */
static enum candor_status read_pair(struct reading *reading, struct map *seen, struct str *key,
                                    struct value *item)
{
    const uint32_t line = line_here(reading);
    TRY(read_key(reading, seen, key));
    TRY(next_event(reading));
    TRY(read_node(reading, item));
    if (item->kind == VALUE_NULL) {
        item->line = line; /* nothing has no place of its own */
    }
    return CANDOR_OK;
}

static enum candor_status read_pairs(struct reading *reading, struct members *members)
{
    struct map *seen = map_begin(reading->job->arena);
    for (;;) {
        TRY(next_event(reading));
        if (reading->event.type == YAML_MAPPING_END_EVENT) {
            return CANDOR_OK;
        }
        if (!members_grow(reading->job->arena, members)) {
            return refuse_memory(reading);
        }
        const size_t i = members->count++;
        TRY(read_pair(reading, seen, &members->key[i], &members->item[i]));
    }
}

static bool is_marked(const yaml_event_t *event)
{
    return event->type == YAML_MAPPING_START_EVENT
               ? event->data.mapping_start.anchor != NULL || event->data.mapping_start.tag != NULL
               : event->data.sequence_start.anchor != NULL ||
                     event->data.sequence_start.tag != NULL;
}

static enum candor_status read_level(struct reading *reading, struct value *value)
{
    const bool is_map = reading->event.type == YAML_MAPPING_START_EVENT;
    struct members members = {0};
    if (is_marked(&reading->event)) {
        return refuse(reading, NO_MARKS);
    }
    if (reading->depth == reading->limits.depth_max) {
        return refuse_size(reading, "lists and maps within each other, more than",
                           reading->limits.depth_max);
    }
    reading->depth++;
    TRY(is_map ? read_pairs(reading, &members) : read_items(reading, &members));
    reading->depth--;
    value->kind = is_map ? VALUE_MAP : VALUE_LIST;
    value->count = members.count;
    value->item = members.item;
    value->key = is_map ? members.key : NULL;
    return CANDOR_OK;
}

static enum candor_status read_node(struct reading *reading, struct value *value)
{
    value->line = line_here(reading);
    if (++reading->count > reading->limits.count_max) {
        return refuse_size(reading, "more values than", reading->limits.count_max);
    }
    switch (reading->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reading, value);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return read_level(reading, value);
    case YAML_ALIAS_EVENT:
        return refuse(reading, NO_ALIASES);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        break;
    }
    return refuse(reading, "a value is missing");
}

/* ---- the document -------------------------------------------------------------------------- */

/* Pass one event of this type; another one means the document is not what we read. */
static enum candor_status pass(struct reading *reading, yaml_event_type_t type, const char *why)
{
    TRY(next_event(reading));
    return reading->event.type == type ? CANDOR_OK : refuse(reading, why);
}

static enum candor_status pass_start(struct reading *reading)
{
    TRY(pass(reading, YAML_STREAM_START_EVENT, "this is not YAML"));
    TRY(pass(reading, YAML_DOCUMENT_START_EVENT, "there is nothing but comments"));
    return reading->event.data.document_start.tag_directives.start ==
                   reading->event.data.document_start.tag_directives.end
               ? CANDOR_OK
               : refuse(reading, "tags (%TAG) are not read");
}

static enum candor_status read_document(struct reading *reading, struct value *value)
{
    TRY(pass_start(reading));
    TRY(next_event(reading));
    TRY(read_node(reading, value));
    TRY(pass(reading, YAML_DOCUMENT_END_EVENT, "the document goes on after its value"));
    return pass(reading, YAML_STREAM_END_EVENT, "a second document begins; one file holds one");
}

enum candor_status yaml_read(struct job *job, struct bytes bytes, const struct text_limits *limits,
                             const char *name, const struct value **value)
{
    const struct text_limits full = text_limits_of(limits);
    struct str text = {0};
    TRY(document_of(job, bytes, &full, name, &text));

    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) != 1) {
        return fail(job, CANDOR_NO_MEMORY, "%s: no memory to read it", name);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    struct reading reading = {
        .job = job, .name = name, .text = text, .limits = full, .parser = &parser};
    struct value *root = NEW(job->arena, struct value);
    const enum candor_status status = read_document(&reading, root);
    yaml_event_delete(&reading.event);
    yaml_parser_delete(&parser);
    *value = root;
    return status;
}
