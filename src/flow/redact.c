/*
 * redact.c - `candor redact` and `candor restore`: a text without personal data and secrets, and back.
 *
 *     text ──▶ vault ──▶ map, mode 0600 ──▶ text with [[EMAIL_1]]
 *     reply, map ──▶ vault ──▶ reply with the values
 */
#include "crypto.h"
#include "scanned.h"
#include "vault.h"

enum { REDACT_LEN_MAX = 64 << 20, MAP_LEN_MAX = 256 << 20 };

struct redacting {
    struct job *job;
    const struct candor_redact *asked;
    struct vault *vault;
    struct secret *key;
};

static void end_vault(void *thing)
{
    vault_end((struct vault *)thing);
}

static enum candor_status begin(struct redacting *redacting)
{
    struct job *job = redacting->job;
    const struct candor_redact *asked = redacting->asked;
    const struct gate *gate = scan_gate();
    const struct candor_scan words = {
        .only = asked->only, .region = asked->region, .least = asked->least};
    struct gate_asked look = {0};
    TRY(scan_words(job, gate, &words, &look, &look.least));
    look.kinds &= GATE_ALL;
    if (look.kinds == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--only is pii or secrets here: other findings have no value to replace");
    }
    redacting->vault = vault_begin(gate, &look);
    arena_defer(job->arena, end_vault, redacting->vault);
    return CANDOR_OK;
}

static enum candor_status take_text(struct redacting *redacting, struct str *text)
{
    struct bytes content;
    const char *path = redacting->asked->path;
    const struct str name = strcmp(path, "-") == 0 ? STR("/dev/stdin") : str_of(path);
    if (strcmp(path, "-") != 0) {
        TRY(during(redacting->job, file_must_end(redacting->job, name),
                   "the text, or - for standard input"));
    }
    TRY(file_read(redacting->job, name, REDACT_LEN_MAX, &content));
    *text = (struct str){(const char *)content.ptr, content.len};
    return CANDOR_OK;
}

/* ---- the map ------------------------------------------------------------------------------- */

/* A value may be any bytes, JSON holds text: in base64 it stays what it was. */
static enum candor_status read_map(struct redacting *redacting)
{
    struct job *job = redacting->job;
    struct bytes content;
    const struct value *map = NULL;
    const struct text_limits limits = {
        .size_max = MAP_LEN_MAX, .text_max = MAP_LEN_MAX, .count_max = VAULT_VALUES_MAX * 2 + 16};
    TRY(file_read(job, str_of(redacting->asked->map_path), MAP_LEN_MAX, &content));
    TRY(json_read(job, content, &limits, "the map", &map));
    const struct value *values = value_get(map, "base64");
    TRY(value_is(job, values, VALUE_MAP, "'base64' of the map"));
    for (size_t i = 0; i < values->count; i++) {
        struct bytes value = {0};
        struct str text;
        TRY(value_text(job, &values->item[i], "a value of the map", &text));
        if (!base64_read(job->arena, text, &value)) {
            return fail(job, CANDOR_BAD_INPUT, "value %zu of the map is not base64", i + 1);
        }
        TRY(vault_put(job, redacting->vault, values->key[i],
                      (struct str){(const char *)value.ptr, value.len}));
    }
    return CANDOR_OK;
}

static enum candor_status write_map(struct redacting *redacting)
{
    struct answer answer;
    struct candor_text text;
    answer_begin(redacting->job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("base64"));
    json_map_begin(&answer.json);
    for (size_t i = 0; i < vault_count(redacting->vault); i++) {
        const struct pseudonym *pseudonym = vault_at(redacting->vault, i);
        json_key_str(&answer.json, pseudonym->name);
        json_base64(&answer.json, bytes_of(pseudonym->value));
    }
    json_map_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, &text);
    return file_replace(redacting->job, str_of(redacting->asked->map_path),
                        (struct bytes){(const uint8_t *)text.ptr, text.len}, 0600);
}

/* ---- there and back ------------------------------------------------------------------------ */

static uint64_t number_of(void *self, struct str name, struct str value)
{
    const struct redacting *redacting = (const struct redacting *)self;
    const struct bytes part[] = {bytes_of(name), bytes_of(STR("\n")), bytes_of(value)};
    uint8_t tag[TAG_LEN_MIN];
    uint64_t number = 0;
    tag_of(tag, sizeof tag, redacting->key, part, 3);
    for (size_t i = 0; i < 8; i++) {
        number = number << 8 | tag[i];
    }
    return number;
}

static struct candor_text text_in(struct buf *buf)
{
    const size_t len = buf->len;
    buf_u8(buf, 0);
    return (struct candor_text){(const char *)buf->ptr, len};
}

enum candor_status candor_redact(struct job *job, const struct candor_redact *asked,
                                 struct candor_text *text)
{
    struct redacting redacting = {.job = job, .asked = asked};
    struct str plain;
    struct buf redacted = buf_begin(job->arena);
    TRY(begin(&redacting));
    if (asked->key_path != NULL) {
        TRY(secret_file_read(job, job->arena, str_of(asked->key_path), &redacting.key));
        vault_number_by(redacting.vault, number_of, &redacting);
    }
    if (asked->map_path != NULL) {
        TRY(path_may_be_written(job, asked->map_path));
        if (file_exists(job, str_of(asked->map_path))) {
            TRY(read_map(&redacting));
        }
    }
    TRY(take_text(&redacting, &plain));
    if (scan_is_wide(plain)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the text is UTF-16, in which nothing would be found; as UTF-8 it can be "
                    "redacted: iconv -f UTF-16 -t UTF-8");
    }
    TRY(vault_look(job, redacting.vault, plain));
    TRY(vault_redact(job, redacting.vault, plain, &redacted));
    if (asked->map_path != NULL) {
        TRY(write_map(&redacting));
    }
    *text = text_in(&redacted);
    return CANDOR_OK;
}

enum candor_status candor_restore(struct job *job, const struct candor_redact *asked,
                                  struct candor_text *text)
{
    struct redacting redacting = {.job = job, .asked = asked};
    struct str reply;
    struct buf restored = buf_begin(job->arena);
    if (asked->map_path == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "the map is needed: --map FILE");
    }
    TRY(begin(&redacting));
    TRY(read_map(&redacting));
    TRY(take_text(&redacting, &reply));
    struct restorer restorer = restore_begin(redacting.vault, false);
    restore_next(&restorer, reply, &restored);
    restore_last(&restorer, &restored);
    *text = text_in(&restored);
    return CANDOR_OK;
}

enum candor_status candor_redact_key(struct job *job, const char *path)
{
    return secret_file_create(job, str_of(path));
}
