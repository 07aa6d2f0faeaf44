/*
 * deletion_token.c - tokens of the Data Deletion Request Framework: whom to believe, and our own.
 *
 * A key is found by the issuer's domain and the key id, in candor.yaml and nowhere else, and is for one
 * algorithm. A token without a key id is tried on a partner's only key. Who is not known learns nothing
 * about which part was wrong.
 *
 *     HOME/keys/deletion-ID.key    a key of ours: made when it is first needed
 */
#include "deletion.h"

#include "text.h"

static enum candor_status disbelieve(struct job *job, enum deletion_code *code)
{
    *code = DELETION_BAD_SIGNATURE;
    return fail(job, CANDOR_FORBIDDEN,
                "the token is not signed with a key of a partner in candor.yaml (rights: "
                "deletion: partners)");
}

static const struct partner_key *key_find(const struct partner *partner, struct str id)
{
    if (id.len == 0) {
        return partner->key_count == 1 ? &partner->key[0] : NULL;
    }
    for (size_t i = 0; i < partner->key_count; i++) {
        if (str_equal(partner->key[i].id, id)) {
            return &partner->key[i];
        }
    }
    return NULL;
}

enum candor_status token_believe(struct job *job, const struct deletion_config *config,
                                 struct str token, struct jwt *jwt, const struct partner **partner,
                                 enum deletion_code *code)
{
    *code = DELETION_BAD_TOKEN;
    TRY(jwt_read(job, token, jwt));
    *partner = partner_find(config, value_text_at(jwt->claims, "iss"));
    if (*partner == NULL) {
        return disbelieve(job, code);
    }
    const struct partner_key *key = key_find(*partner, jwt->key_id);
    const enum webkey_algorithm algorithm =
        jwt->algorithm == JWT_ES256 ? WEBKEY_ES256 : WEBKEY_RS256;
    if (key == NULL || !webkey_holds(key->key, algorithm, bytes_of(jwt->content), jwt->signature)) {
        return disbelieve(job, code);
    }
    return CANDOR_OK;
}

/* ---- ours ---------------------------------------------------------------------------------- */

static struct str key_path(struct job *job, const struct candor *candor, struct str id)
{
    const struct str file = str_format(job->arena, "deletion-%.*s.key", STR_ARG(id));
    return path_join(job->arena, path_join(job->arena, candor->dir, STR("keys")), file);
}

static enum candor_status make_key(struct job *job, struct candor *candor, struct txn *txn,
                                   struct str path)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_KEY_ROTATE, .outcome = OUTCOME_DONE};
    TRY(webkey_file_create(job, path));
    return home_account(job, candor, txn, &account, &index, NULL);
}

enum candor_status own_keys_make(struct job *job, struct candor *candor, struct txn *txn)
{
    const struct deletion_config *config = candor->deletion;
    struct txn *own = NULL;
    for (size_t i = 0; i < config->key_count; i++) {
        const struct str path = key_path(job, candor, config->key_id[i]);
        if (file_exists(job, path)) {
            continue;
        }
        if (txn == NULL && own == NULL) {
            TRY(home_begin(job, candor, &own));
        }
        TRY(make_key(job, candor, txn != NULL ? txn : own, path));
    }
    return own == NULL ? CANDOR_OK : home_commit(job, candor, own);
}

enum candor_status own_key(struct job *job, const struct candor *candor, struct str id,
                           struct webkey_signer **signer)
{
    return webkey_file_read(job, job->arena, key_path(job, candor, id), signer);
}

enum candor_status token_self(struct job *job, const struct candor *candor,
                              struct deletion_claims *self)
{
    uint8_t id[16];
    TRY(host_random(job, id, sizeof id));
    self->token_id = hex_of(job->arena, (struct bytes){id, sizeof id});
    self->issuer = candor->deletion->domain;
    self->issued = job->now;
    return CANDOR_OK;
}

enum candor_status token_sign(struct job *job, const struct candor *candor, struct str claims,
                              struct str *token)
{
    uint8_t signature[WEBKEY_SIGNATURE_LEN];
    struct webkey_signer *signer = NULL;
    const struct str id = candor->deletion->key_id[0];
    TRY(own_key(job, candor, id, &signer));
    const struct str content = jwt_content(job->arena, id, claims);
    TRY(webkey_sign(job, signer, bytes_of(content), signature));
    *token = jwt_token(job->arena, content, (struct bytes){signature, sizeof signature});
    return CANDOR_OK;
}
