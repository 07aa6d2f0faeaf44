/*
 * tls.c - what is spoken over TLS, and whose certificate a client shows.
 *
 * TLS 1.3 and 1.2, authenticated ciphers and ephemeral keys only: nothing that a later theft of the key
 * opens. With net_options.tls_clients a client must show a certificate of those authorities. GnuTLS asks
 * for it in the handshake; libmicrohttpd lets the connection go on whatever comes, so each connection is
 * judged before its first request is.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "inside.h"

size_t tls_options(struct job *job, const struct net_options *options,
                   struct MHD_OptionItem item[NET_TLS_OPTIONS])
{
    static char spoken[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:"
                           "+AES-128-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD:-KX-ALL:+ECDHE-ECDSA:"
                           "+ECDHE-RSA";
    size_t count = 0;
    item[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0,
                                            without_const(str_z(job->arena, options->tls_cert))};
    item[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0,
                                            without_const(str_z(job->arena, options->tls_key))};
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
    const gnutls_datum_t text = {without_const(pem.ptr), (unsigned)pem.len};
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
