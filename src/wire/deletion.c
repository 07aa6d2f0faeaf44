/*
 * deletion.c - the tokens of the IAB Data Deletion Request Framework 1.0 (May 2024).
 *
 *     acJWT { rqJWT { idJWT } }      recipient, requester, first party: each signs its own
 *
 * The specification's tables call sub a string and its examples an object; the object is what is read and
 * written. Claims that it does not have (exp, nbf, aud) bind when a sender adds them.
 */
#include "jwt.h"
#include "text.h"

enum { WORD_MAX = 64, TOKEN_ID_MAX = 128, IDENTIFIER_MAX = 256, DOMAIN_MAX = 253 };

static const struct text_limits limits = {
    .size_max = 2 * JWT_LEN_MAX, .depth_max = 4, .count_max = 50, .text_max = JWT_LEN_MAX};

enum candor_status deletion_unwrap(struct job *job, struct str body, const char *name,
                                   struct str *token)
{
    const struct value *root = NULL;
    *token = str_trim(body);
    if (!str_starts(*token, STR("{"))) {
        return CANDOR_OK;
    }
    TRY(json_read(job, bytes_of(body), &limits, "the body", &root));
    TRY(value_is(job, root, VALUE_MAP, "the body"));
    return value_text(job, value_get(root, name), name, token);
}

static enum candor_status read_word(struct job *job, const struct value *map, const char *key,
                                    size_t len_max, struct str *word)
{
    TRY(value_text(job, value_get(map, key), key, word));
    return word->len > 0 && word->len <= len_max
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s has 1 to %zu bytes", key, len_max);
}

bool is_domain(struct str text)
{
    size_t label = 0;
    bool has_dot = false;
    if (text.len == 0 || text.len > DOMAIN_MAX) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool is_last = i + 1 == text.len || text.ptr[i + 1] == '.';
        if (c == '.' ? label == 0 : !is_letter && (c != '-' || label == 0 || is_last)) {
            return false;
        }
        label = c == '.' ? 0 : label + 1;
        has_dot = has_dot || c == '.';
        if (label > 63) {
            return false;
        }
    }
    return has_dot && label > 0;
}

static enum candor_status read_issuer(struct job *job, const struct value *map, struct str *issuer)
{
    TRY(read_word(job, map, "iss", DOMAIN_MAX, issuer));
    return is_domain(*issuer) ? CANDOR_OK
                              : fail(job, CANDOR_BAD_INPUT, "iss is a domain in small letters");
}

enum candor_status deletion_read(struct job *job, const struct jwt *jwt, bool is_request,
                                 struct deletion_claims *claims)
{
    const struct value *map = jwt->claims;
    const struct value *sub = value_get(map, "sub");
    bool is_there = false;
    *claims = (struct deletion_claims){0};
    TRY(read_word(job, map, "version", WORD_MAX, &claims->version));
    if (!str_is(claims->version, "1.0")) {
        return fail(job, CANDOR_BAD_INPUT, "version is \"1.0\"");
    }
    TRY(read_word(job, map, "jti", TOKEN_ID_MAX, &claims->token_id));
    TRY(read_issuer(job, map, &claims->issuer));
    TRY(value_is(job, sub, VALUE_MAP, "sub"));
    TRY(read_word(job, sub, "identifierValue", IDENTIFIER_MAX, &claims->value));
    TRY(read_word(job, sub, "identifierType", WORD_MAX, &claims->type));
    TRY(read_word(job, sub, "identifierFormat", WORD_MAX, &claims->format));
    TRY(jwt_time(job, map, "iat", &is_there, &claims->issued));
    if (!is_there) {
        return fail(job, CANDOR_BAD_INPUT, "iat is missing");
    }
    return is_request ? read_word(job, map, "idJWT", JWT_LEN_MAX, &claims->inner) : CANDOR_OK;
}

/* aud is a text or a list of texts; one of them is ours. */
static bool is_for(const struct value *audience, struct str domain)
{
    if (audience == NULL) {
        return true;
    }
    if (audience->kind == VALUE_TEXT) {
        return str_equal(audience->text, domain);
    }
    for (size_t i = 0; audience->kind == VALUE_LIST && i < audience->count; i++) {
        if (audience->item[i].kind == VALUE_TEXT && str_equal(audience->item[i].text, domain)) {
            return true;
        }
    }
    return false;
}

enum candor_status deletion_check(struct job *job, const struct jwt *jwt,
                                  const struct deletion_claims *claims, struct str domain,
                                  int64_t age_max, int64_t now, enum deletion_code *code)
{
    bool expires = false;
    bool begins = false;
    int64_t end = 0;
    int64_t start = 0;
    *code = DELETION_MALFORMED;
    TRY(jwt_time(job, jwt->claims, "exp", &expires, &end));
    TRY(jwt_time(job, jwt->claims, "nbf", &begins, &start));
    *code = DELETION_BAD_TIME;
    if (claims->issued > now + DELETION_CLOCK_SKEW) {
        return fail(job, CANDOR_REFUSED, "iat lies in the future: set the sender's clock");
    }
    if (claims->issued < now - age_max) {
        return fail(job, CANDOR_REFUSED, "the token is older than %lld days; sign it anew",
                    (long long)(age_max / MICROS_PER_DAY));
    }
    if (expires && end + DELETION_CLOCK_SKEW <= now) {
        return fail(job, CANDOR_REFUSED, "the token has expired; sign it anew");
    }
    if (begins && start > now + DELETION_CLOCK_SKEW) {
        return fail(job, CANDOR_REFUSED, "the token is not valid yet");
    }
    *code = DELETION_BAD_TOKEN;
    if (!is_for(value_get(jwt->claims, "aud"), domain)) {
        return fail(job, CANDOR_FORBIDDEN, "the token is for somebody else");
    }
    return CANDOR_OK;
}

enum candor_status deletion_read_answer(struct job *job, const struct jwt *jwt,
                                        struct acknowledgement_claims *claims)
{
    *claims = (struct acknowledgement_claims){0};
    /* Empty when what came was no token. */
    TRY(value_text(job, value_get(jwt->claims, "rqJWT"), "rqJWT", &claims->request));
    TRY(read_issuer(job, jwt->claims, &claims->issuer));
    TRY(read_word(job, jwt->claims, "jti", TOKEN_ID_MAX, &claims->token_id));
    return value_int(job, value_get(jwt->claims, "raResultCode"), "raResultCode", &claims->code);
}

/* ---- writing ------------------------------------------------------------------------------- */

static void put_text(struct json *json, struct lit key, struct str text)
{
    json_key(json, key);
    json_text(json, text);
}

static void put_self(struct json *json, const struct deletion_claims *self)
{
    put_text(json, LIT("version"), STR("1.0"));
    put_text(json, LIT("jti"), self->token_id);
    put_text(json, LIT("iss"), self->issuer);
    json_key(json, LIT("iat"));
    json_i64(json, self->issued / MICROS_PER_SECOND);
}

struct str deletion_write(struct arena *arena, const struct deletion_claims *claims)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_self(&json, claims);
    json_key(&json, LIT("sub"));
    json_map_begin(&json);
    put_text(&json, LIT("identifierValue"), claims->value);
    put_text(&json, LIT("identifierType"), claims->type);
    put_text(&json, LIT("identifierFormat"), claims->format);
    json_map_end(&json);
    if (claims->inner.len > 0) {
        put_text(&json, LIT("idJWT"), claims->inner);
    }
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

struct str deletion_write_answer(struct arena *arena, const struct deletion_claims *self,
                                 struct str request, enum deletion_code code, struct str why)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_self(&json, self);
    put_text(&json, LIT("rqJWT"), request);
    json_key(&json, LIT("raResultCode"));
    json_u64(&json, (uint64_t)code);
    put_text(&json, LIT("raResultString"), why);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}
