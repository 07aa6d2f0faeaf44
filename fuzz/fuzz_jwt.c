/*
 * fuzz_jwt.c - any bytes as a signed token: 't' a token, 'b' a body of the Data Deletion Request Framework
 * that has one, 'c' claims in a token of ours.
 */
#include "base.h"
#include "jwt.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What reads has one text only: written again it is the same. */
static void try_token(struct job *job, struct str token)
{
    struct jwt jwt;
    struct deletion_claims claims;
    struct acknowledgement_claims answer;
    enum deletion_code code;
    if (jwt_read(job, token, &jwt) != CANDOR_OK) {
        job_forgive(job);
        return;
    }
    must(str_equal(jwt_token(job->arena, jwt.content, jwt.signature), token));
    must(jwt.algorithm == JWT_ES256 || jwt.algorithm == JWT_RS256);
    for (unsigned with = 0; with < 2; with++) {
        if (deletion_read(job, &jwt, with == 1, &claims) == CANDOR_OK) {
            must(is_domain(claims.issuer) && claims.token_id.len > 0);
            must((claims.inner.len > 0) == (with == 1));
            if (deletion_check(job, &jwt, &claims, STR("us.example"), MICROS_PER_DAY, job->now,
                               &code) != CANDOR_OK) {
                must(code != DELETION_ACCEPTED);
            }
        }
        job_forgive(job);
    }
    if (deletion_read_answer(job, &jwt, &answer) != CANDOR_OK) {
        job_forgive(job);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    job_begin(&job, host_real());
    if (size > 0) {
        const struct str rest = {(const char *)data + 1, size - 1};
        struct str token;
        const uint8_t signature[64] = {0};
        if (data[0] == 't') {
            try_token(&job, rest);
        } else if (data[0] == 'b' && str_is_utf8(rest) &&
                   deletion_unwrap(&job, rest, "rqJWT", &token) == CANDOR_OK) {
            try_token(&job, token);
        } else if (data[0] == 'c') {
            try_token(&job, jwt_token(job.arena, jwt_content(job.arena, STR("k1"), rest),
                                      (struct bytes){signature, sizeof signature}));
        }
    }
    job_end(&job);
    return 0;
}
