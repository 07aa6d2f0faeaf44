/*
 * jwt.c - signed JSON Web Tokens in their compact form: header . claims . signature, each base64url.
 *
 * Each part has one text only (base64url without padding and without stray bits), so that a token that was
 * taken once cannot come again in other letters.
 */
#include "jwt.h"

#include "text.h"

enum { KEY_ID_MAX = 128 };

#define TIME_MAX INT64_C(253402300799) /* the end of 9999 */

static const struct text_limits limits = {
    .size_max = JWT_LEN_MAX, .depth_max = 8, .count_max = 500, .text_max = JWT_LEN_MAX};

static enum candor_status read_part(struct job *job, struct str part, const char *name,
                                    const struct value **map)
{
    struct bytes bytes;
    if (part.len == 0 || !base64url_read(job->arena, part, &bytes)) {
        return fail(job, CANDOR_BAD_INPUT, "%s of the token is not base64url", name);
    }
    TRY(json_read(job, bytes, &limits, name, map));
    return value_is(job, *map, VALUE_MAP, name);
}

static enum candor_status read_header(struct job *job, const struct value *header, struct jwt *jwt)
{
    struct str algorithm;
    TRY(value_text(job, value_get(header, "alg"), "alg", &algorithm));
    if (str_is(algorithm, "ES256")) {
        jwt->algorithm = JWT_ES256;
    } else if (str_is(algorithm, "RS256")) {
        jwt->algorithm = JWT_RS256;
    } else {
        return fail(job, CANDOR_BAD_INPUT, "alg is ES256 or RS256");
    }
    if (value_get(header, "crit") != NULL || value_get(header, "b64") != NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the token has extensions (crit) that are not known here");
    }
    jwt->key_id = STR("");
    if (value_get(header, "kid") != NULL) {
        TRY(value_text(job, value_get(header, "kid"), "kid", &jwt->key_id));
    }
    return jwt->key_id.len <= KEY_ID_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "kid has at most %d bytes", KEY_ID_MAX);
}

enum candor_status jwt_read(struct job *job, struct str token, struct jwt *jwt)
{
    const struct value *header = NULL;
    struct str rest = token;
    *jwt = (struct jwt){0};
    if (token.len > JWT_LEN_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a token has at most %zu bytes", JWT_LEN_MAX);
    }
    const struct str head = str_cut(&rest, '.');
    const struct str body = str_cut(&rest, '.');
    const struct str sign = str_cut(&rest, '.');
    if (rest.ptr != NULL || body.ptr == NULL || sign.ptr == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "a token has three parts with dots between them");
    }
    if (sign.len == 0 || !base64url_read(job->arena, sign, &jwt->signature)) {
        return fail(job, CANDOR_BAD_INPUT, "the signature of the token is not base64url");
    }
    TRY(read_part(job, head, "the header", &header));
    TRY(read_header(job, header, jwt));
    jwt->content = str_slice(token, 0, head.len + 1 + body.len);
    return read_part(job, body, "the claims", &jwt->claims);
}

struct str jwt_content(struct arena *arena, struct str key_id, struct str claims)
{
    struct buf header = buf_begin(arena);
    struct json json;
    json_begin(&json, &header, false);
    json_map_begin(&json);
    json_key(&json, LIT("typ"));
    json_lit(&json, LIT("JWT"));
    json_key(&json, LIT("alg"));
    json_lit(&json, LIT("ES256"));
    json_key(&json, LIT("kid"));
    json_text(&json, key_id);
    json_map_end(&json);
    json_end(&json);
    return str_format(arena, "%.*s.%.*s", STR_ARG(base64url_of(arena, buf_all(&header))),
                      STR_ARG(base64url_of(arena, bytes_of(claims))));
}

struct str jwt_token(struct arena *arena, struct str content, struct bytes signature)
{
    return str_format(arena, "%.*s.%.*s", STR_ARG(content),
                      STR_ARG(base64url_of(arena, signature)));
}

enum candor_status jwt_time(struct job *job, const struct value *claims, const char *key,
                            bool *is_there, int64_t *time)
{
    double seconds = 0;
    const struct value *value = value_get(claims, key);
    *is_there = value != NULL;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_number(job, value, key, &seconds));
    if (!(seconds >= 0 && seconds <= (double)TIME_MAX)) {
        return fail(job, CANDOR_BAD_INPUT, "%s is no instant in seconds since 1970", key);
    }
    *time = value->is_integer ? value->integer * MICROS_PER_SECOND
                              : (int64_t)(seconds * (double)MICROS_PER_SECOND);
    return CANDOR_OK;
}
