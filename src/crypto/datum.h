/*
 * datum.h - bytes as GnuTLS takes them: for the files of this room that call it.
 */
#ifndef CANDOR_CRYPTO_DATUM_H
#define CANDOR_CRYPTO_DATUM_H

#include <gnutls/gnutls.h>

#include "base.h"

/* GnuTLS does not write through these. */
static inline gnutls_datum_t datum_of(struct bytes bytes)
{
    const union {
        const uint8_t *in;
        unsigned char *out;
    } view = {.in = bytes.ptr};
    return (gnutls_datum_t){view.out, (unsigned)bytes.len};
}

#endif
