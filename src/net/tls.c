/*
 * tls.c - what is spoken over TLS, and whose certificate a client shows.
 *
 * TLS 1.3 and 1.2, authenticated ciphers and ephemeral keys only: nothing that a later theft of the key
 * opens. The certificate is asked for in each handshake, so that it can be renewed while the server runs.
 * With net_options.tls_clients a client must show a certificate of those authorities. GnuTLS asks
 * for it in the handshake; libmicrohttpd lets the connection go on whatever comes, so each connection is
 * judged before its first request is.
 */
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "inside.h"

enum { CHAIN_MAX = 16, KEY_ID_LEN_MAX = 64 };

/* A certificate with its chain, and its key. What was shown once stays until the server ends: a handshake
 * may be under way with it. */
struct tls_pair {
    struct arena *arena;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key; /* NULL: not read yet */
    struct tls_pair *before;
};

static gnutls_datum_t datum_of(struct str text)
{
    return (gnutls_datum_t){without_const(text.ptr), (unsigned)text.len};
}

static void pair_free(struct tls_pair *pair)
{
    for (unsigned i = 0; i < pair->count; i++) {
        gnutls_pcert_deinit(&pair->chain[i]);
    }
    if (pair->key != NULL) {
        gnutls_privkey_deinit(pair->key);
    }
    arena_end(pair->arena);
}

/* Is it the key of the first certificate? */
static bool belongs(const struct tls_pair *pair)
{
    unsigned char of_key[KEY_ID_LEN_MAX];
    unsigned char of_cert[KEY_ID_LEN_MAX];
    size_t key_len = sizeof of_key;
    size_t cert_len = sizeof of_cert;
    gnutls_pubkey_t public_key = NULL;
    if (gnutls_pubkey_init(&public_key) < 0) {
        return false;
    }
    const bool is_read =
        gnutls_pubkey_import_privkey(public_key, pair->key, 0, 0) >= 0 &&
        gnutls_pubkey_get_key_id(public_key, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) >= 0 &&
        gnutls_pubkey_get_key_id(pair->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_cert,
                                 &cert_len) >= 0;
    gnutls_pubkey_deinit(public_key);
    return is_read && key_len == cert_len && bytes_same(of_key, of_cert, key_len);
}

static bool pair_read(struct tls_pair *pair, struct str cert, struct str key)
{
    const gnutls_datum_t cert_text = datum_of(cert);
    const gnutls_datum_t key_text = datum_of(key);
    unsigned count = CHAIN_MAX;
    if (gnutls_pcert_list_import_x509_raw(pair->chain, &count, &cert_text, GNUTLS_X509_FMT_PEM, 0) <
        0) {
        return false;
    }
    pair->count = count;
    return count > 0 && gnutls_privkey_init(&pair->key) >= 0 &&
           gnutls_privkey_import_x509_raw(pair->key, &key_text, GNUTLS_X509_FMT_PEM, NULL, 0) >=
               0 &&
           belongs(pair);
}

enum candor_status tls_show(struct job *job, struct net_server *server, struct str cert,
                            struct str key)
{
    struct arena *arena = arena_begin();
    struct tls_pair *pair = NEW(arena, struct tls_pair);
    pair->arena = arena;
    if (!pair_read(pair, cert, key)) {
        pair_free(pair);
        return fail(
            job, CANDOR_BAD_INPUT,
            "the certificate and key cannot be used: both must be PEM, and belong together");
    }
    pair->before = atomic_load(&server->pair);
    atomic_store(&server->pair, pair);
    return CANDOR_OK;
}

void tls_release(struct net_server *server)
{
    struct tls_pair *pair = atomic_load(&server->pair);
    while (pair != NULL) {
        struct tls_pair *before = pair->before;
        pair_free(pair);
        pair = before;
    }
    atomic_store(&server->pair, NULL);
}

void tls_connected(struct net_server *server, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    must(info != NULL && info->tls_session != NULL);
    gnutls_session_set_ptr(info->tls_session, server);
}

/* GnuTLS asks in each handshake what to show. */
static int choose(gnutls_session_t session, const gnutls_datum_t *authority, int authority_count,
                  const gnutls_pk_algorithm_t *algorithm, int algorithm_count,
                  gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key)
{
    const struct net_server *server = gnutls_session_get_ptr(session);
    struct tls_pair *pair = atomic_load(&server->pair);
    (void)authority;
    (void)authority_count;
    (void)algorithm;
    (void)algorithm_count;
    *chain = pair->chain;
    *count = pair->count;
    *key = pair->key;
    return 0;
}

size_t tls_options(struct job *job, const struct net_options *options,
                   struct MHD_OptionItem item[NET_TLS_OPTIONS])
{
    static char spoken[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:"
                           "+AES-128-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD:-KX-ALL:+ECDHE-ECDSA:"
                           "+ECDHE-RSA";
    size_t count = 0;
    const union {
        gnutls_certificate_retrieve_function2 *function;
        void *pointer;
    } chooser = {choose};
    item[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0, chooser.pointer};
    item[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, spoken};
    if (options->tls_clients.len > 0) {
        item[count++] = (struct MHD_OptionItem){
            MHD_OPTION_HTTPS_MEM_TRUST, 0, without_const(str_z(job->arena, options->tls_clients))};
    }
    must(count < NET_TLS_OPTIONS);
    item[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return count;
}

/* How many certificates of authorities there are in a PEM; 0: none that can be read. */
static unsigned authorities_in(struct str pem)
{
    gnutls_x509_crt_t *list = NULL;
    unsigned count = 0;
    const gnutls_datum_t text = datum_of(pem);
    if (gnutls_x509_crt_list_import2(&list, &count, &text, GNUTLS_X509_FMT_PEM, 0) < 0) {
        return 0;
    }
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(list[i]);
    }
    gnutls_free(list);
    return count;
}

enum candor_status tls_check(struct job *job, const struct net_options *options)
{
    if (options->tls_clients.len == 0) {
        return CANDOR_OK;
    }
    if (options->tls_cert.len == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "certificates of clients need TLS: give a certificate and its key too");
    }
    return authorities_in(options->tls_clients) > 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "the authorities of clients cannot be read: certificates in PEM are wanted");
}

/* In its chain, its days, and its purpose, if it states one. */
static bool holds(struct MHD_Connection *mhd)
{
    char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
    unsigned fault = 0;
    gnutls_typed_vdata_st data = {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (uint8_t *)purpose};
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info != NULL && info->tls_session != NULL &&
           gnutls_certificate_verify_peers(info->tls_session, &data, 1, &fault) == 0 && fault == 0;
}

bool tls_client_is_known(struct net_connection *connection)
{
    if (!connection->server->wants_clients || connection->is_known) {
        return true;
    }
    connection->is_known = holds(connection->mhd);
    return connection->is_known;
}
