/*
 * sql_secret.c - passwords, keys and hashes; addresses with people in them; what is filled in between quotes.
 */
#include <string.h>

#include "inside_sql.h"

enum { TUPLES_MAX = 50, HASH_LOOK = 100 };

/* ---- passwords ------------------------------------------------------------------------------------------ */

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char sign = (char)(text.ptr[i] | 32);
        if (!(sign >= '0' && sign <= '9') && !(sign >= 'a' && sign <= 'f')) {
            return false;
        }
    }
    return true;
}

static bool is_one_sign(struct str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] != text.ptr[0]) {
            return false;
        }
    }
    return true;
}

/* What stands for a password that is put in later. */
static bool is_place(struct str text)
{
    static const char *const word[] = {"{{",      "${",        "<%",     "your_",       "your-",
                                       "secret:", "vault:",    "env:",   "placeholder", "redacted",
                                       "replace", "scram-sha", "argon2", "pbkdf2",      "bcrypt"};
    return memchr("${<:%?@*&[!", text.ptr[0], 11) != NULL ||
           has_one_small(text, word, sizeof word / sizeof word[0]);
}

bool sql_is_clear(struct str text)
{
    return text.len >= 3 && text.len < 60 && !is_one_sign(text) && !is_place(text) &&
           !(text.len >= 16 && is_hex(text)) && str_find(text, ' ') == text.len &&
           !str_starts(text, STR("md5"));
}

static bool is_password(struct str name)
{
    return sql_has_part(name, "password passwd pwd passwort kennwort pass passcode") &&
           !sql_has_part(name, "hash hashed salt reset expires expiry changed at id policy hint "
                               "length token updated type age last attempts count");
}

/* The values under a column, tuple by tuple. */
static void look_at_values(struct sql_scan *scan, uint32_t at, uint32_t column)
{
    for (uint32_t tuple = 0; tuple < TUPLES_MAX && sql_is_sign(scan, at, "("); tuple++) {
        const uint32_t end = sql_close(scan, at);
        const uint16_t depth = (uint16_t)(sql_at(scan, at)->depth + 1);
        uint32_t place = 0;
        for (uint32_t i = at + 1; i < end && sql_spend(scan, 1); i++) {
            const bool is_comma = sql_is_sign(scan, i, ",") && sql_at(scan, i)->depth == depth;
            place += is_comma;
            const bool is_alone = sql_is_sign(scan, i + 1, ",") || i + 1 == end;
            if (place == column && is_alone && sql_at(scan, i)->kind == SQL_TEXT &&
                sql_is_clear(sql_content(scan, i))) {
                sql_report(scan, RULE_SQL_PASSWORD, i, i);
            }
        }
        at = end + 1 + sql_is_sign(scan, end + 1, ",");
    }
}

static void look_at_insert(struct sql_scan *scan, uint32_t at)
{
    uint32_t open = at + 1;
    while (open < at + 12 && !sql_is_sign(scan, open, "(")) {
        open++;
    }
    const uint32_t close = sql_is_sign(scan, open, "(") ? sql_close(scan, open) : 0;
    if (close == 0 || !sql_is_word(scan, close + 1, W_VALUES)) {
        return;
    }
    uint32_t column = 0;
    for (uint32_t i = open + 1; i < close; i++) {
        if (sql_is_name(scan, i) && is_password(sql_content(scan, i))) {
            look_at_values(scan, close + 2, column);
        }
        column += sql_is_sign(scan, i, ",");
    }
}

/* ---- hashes and keys ---------------------------------------------------------------------------------------- */

enum strength { NO_HASH, OLD_HASH, FAST_HASH, CALLED_HASH };

static enum strength strength_of(struct str name)
{
    static const struct {
        const char *name;
        enum strength strength;
    } row[] = {{"md5", OLD_HASH},          {"sha1", OLD_HASH},      {"sha", OLD_HASH},
               {"old_password", OLD_HASH}, {"sha2", FAST_HASH},     {"sha256", FAST_HASH},
               {"sha512", FAST_HASH},      {"sha224", FAST_HASH},   {"sha384", FAST_HASH},
               {"hashbytes", CALLED_HASH}, {"digest", CALLED_HASH}, {"standard_hash", CALLED_HASH},
               {"crypt", CALLED_HASH},     {"hash_md5", OLD_HASH},  {"md5_hex", OLD_HASH},
               {"sha1_hex", OLD_HASH},     {"sha2_hex", FAST_HASH}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (same_small(name, row[i].name)) {
            return row[i].strength;
        }
    }
    return NO_HASH;
}

static bool is_old_name(struct str text)
{
    static const char *const old[] = {"md5", "sha1", "sha", "md4", "md2", "des", "xdes", "sha-1"};
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
        if (same_small(text, old[i])) {
            return true;
        }
    }
    return false;
}

static void look_at_hash(struct sql_scan *scan, uint32_t at)
{
    const struct str name = sql_text(scan, at);
    enum strength strength = strength_of(name);
    if (strength == NO_HASH || !sql_is_sign(scan, at + 1, "(")) {
        return;
    }
    const uint32_t close = sql_close(scan, at + 1);
    /* What it is compared with or set to: password = MD5(?). */
    bool has_password =
        sql_is_sign(scan, at - 1, "=") &&
        sql_has_part(sql_content(scan, at - 2), "password passwd pwd pass passwort kennwort");
    bool is_old = strength == OLD_HASH;
    for (uint32_t i = at + 2; i < close && i < at + HASH_LOOK; i++) {
        const struct sql_token *token = sql_at(scan, i);
        const struct str text = sql_content(scan, i);
        is_old = is_old || (token->kind == SQL_TEXT && is_old_name(text));
        const struct str bare = str_slice(text, token->kind == SQL_PARAM ? 1 : 0, text.len);
        has_password = has_password || (token->kind != SQL_TEXT && is_password(bare));
    }
    const bool is_crypt = same_small(name, "crypt");
    if ((has_password && !is_crypt) || (is_crypt && is_old)) {
        sql_report(scan, RULE_WEAK_HASH, at, close);
    } else if (is_old) {
        sql_report(scan, RULE_HASH_NOTE, at, close);
    }
}

static void look_at_key(struct sql_scan *scan, uint32_t at)
{
    static const struct {
        const char *name;
        uint32_t argument;
    } row[] = {{"aes_encrypt", 1},         {"aes_decrypt", 1},         {"des_encrypt", 1},
               {"pgp_sym_encrypt", 1},     {"pgp_sym_decrypt", 1},     {"pgp_sym_encrypt_bytea", 1},
               {"encryptbypassphrase", 0}, {"decryptbypassphrase", 0}, {"hmac", 1},
               {"encode_key", 0},          {"encrypt_raw", 1}};
    size_t r = 0;
    while (r < sizeof row / sizeof row[0] && !same_small(sql_text(scan, at), row[r].name)) {
        r++;
    }
    if (r == sizeof row / sizeof row[0] || !sql_is_sign(scan, at + 1, "(")) {
        return;
    }
    const uint32_t close = sql_close(scan, at + 1);
    const uint16_t depth = (uint16_t)(sql_at(scan, at + 1)->depth + 1);
    uint32_t argument = 0;
    for (uint32_t i = at + 2; i < close && sql_spend(scan, 1); i++) {
        const struct sql_token *token = sql_at(scan, i);
        if (argument == row[r].argument && token->kind == SQL_TEXT && token->depth == depth &&
            sql_content(scan, i).len >= 3 && !is_place(sql_content(scan, i))) {
            sql_report(scan, RULE_KEY, i, i);
        }
        argument += token->kind == SQL_SIGN && token->sign == ',' && token->depth == depth;
    }
}

/* ---- texts ---------------------------------------------------------------------------------------------------- */

/* 'https://a.example/?email=' || email */
static void look_at_address(struct sql_scan *scan, uint32_t at)
{
    const struct str text = sql_content(scan, at);
    if (text.len < 10 || text.ptr[text.len - 1] != '=' || !str_contains(text, STR("://"))) {
        return;
    }
    size_t from = text.len - 1;
    while (from > 0 && text.ptr[from - 1] != '?' && text.ptr[from - 1] != '&') {
        from--;
    }
    const struct str name = str_slice(text, from, text.len - 1);
    const bool goes_on = sql_is_sign(scan, at + 1, "||") || sql_is_sign(scan, at + 1, "+") ||
                         sql_is_sign(scan, at + 1, ",");
    if (goes_on && from > 0 && !sql_has_part(name, "hash token") &&
        (word_is_personal(name) || sql_has_part(name, "mail phone mobile tel msisdn"))) {
        sql_report(scan, RULE_URL_PII, at, at + 2);
    }
}

/* '%s', '{name}', '${name}', '%(name)s', and nothing else but the % of LIKE. */
static bool is_filled(struct str text)
{
    while (text.len > 0 && text.ptr[0] == '%' && text.len > 1 && text.ptr[1] != 's' &&
           text.ptr[1] != '(') {
        text = str_slice(text, 1, text.len);
    }
    while (text.len > 2 && text.ptr[text.len - 1] == '%') {
        text = str_slice(text, 0, text.len - 1);
    }
    if (str_is(text, "%s")) {
        return true;
    }
    text = str_slice(text, text.len > 0 && text.ptr[0] == '$' ? 1 : 0, text.len);
    if (text.len < 3 || str_starts(text, STR("{{")) ||
        !((text.ptr[0] == '{' && text.ptr[text.len - 1] == '}') ||
          (str_starts(text, STR("%(")) && str_ends(text, STR(")s"))))) {
        return false;
    }
    const bool is_list = text.ptr[1] >= '0' && text.ptr[1] <= '9'; /* of PostgreSQL: '{0}' */
    return !is_list && str_find(text, ' ') == text.len && str_find(text, '"') == text.len &&
           str_find(text, ':') == text.len && str_find(text, ',') == text.len;
}

static void look_at_literal(struct sql_scan *scan, uint32_t at)
{
    look_at_address(scan, at);
    const bool is_value = sql_is_sign(scan, at - 1, "=") || sql_is_sign(scan, at - 1, "<>") ||
                          sql_is_sign(scan, at - 1, "!=") || sql_is_word(scan, at - 1, W_LIKE) ||
                          sql_is_word(scan, at - 1, W_ILIKE);
    const bool is_given = sql_is_word(scan, 0, W_INSERT) &&
                          (sql_is_sign(scan, at - 1, "(") || sql_is_sign(scan, at - 1, ",")) &&
                          sql_at(scan, at)->depth == 1;
    if ((is_value || is_given) && is_filled(sql_content(scan, at))) {
        sql_report(scan, RULE_SQL_FILLED, at, at);
    }
}

void sql_look_at_secrets(struct sql_scan *scan, uint32_t at)
{
    const struct sql_token *token = sql_at(scan, at);
    const bool is_host =
        token->kind == SQL_SIGN && token->sign == '@' && str_is(sql_content(scan, at + 1), "%");
    if (is_host && !sql_is_sign(scan, at - 2, "=")) { /* DEFINER=`a`@`%` is no login */
        sql_report(scan, RULE_SQL_ANY_HOST, at - 1, at + 1);
    } else if (token->kind == SQL_TEXT) {
        look_at_literal(scan, at);
    } else if (sql_is_word(scan, at, W_INSERT) || sql_is_word(scan, at, W_REPLACE)) {
        look_at_insert(scan, at);
    } else if (token->kind == SQL_WORD && sql_is_sign(scan, at + 1, "(")) {
        look_at_hash(scan, at);
        look_at_key(scan, at);
    }
}
