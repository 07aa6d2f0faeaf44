/*
 * serve.h - the door of the serve room: the HTTP API over candor.h, and a witness.
 *
 *   serve.c     one run of the server: begin, wait for a signal, end
 *   home.c      a home behind it, and what SIGHUP reads again
 *   desk.c      a request's way: checked on a network thread, queued, answered by the worker
 *   route.c     the table of all routes, and finding one
 *   ask.c       a request as its route wants it: key, parameter, body
 *   call.c      what each route calls in candor.h
 *   reply.c     answers and problem documents (RFC 9457)
 *   limit.c     how much is taken of one key, and how many keys one address may try
 *   meter.c     counters and latencies, as Prometheus reads them
 *   openapi.c   the table of routes as OpenAPI 3.1
 *   witness.c   a witness's one route
 *   watch.c     reaching witnesses elsewhere
 *
 * The room opens base and net, and the public header. Inside it, serving.h.
 */
#ifndef CANDOR_SERVE_H
#define CANDOR_SERVE_H

#include "base.h"
#include "candor_ledger.h" /* struct candor_text, by value */

struct candor;
struct candor_witness;

struct serve_options {
    const char *listen;   /* NULL: "127.0.0.1:8080"; port 0: the system chooses */
    const char *tls_cert; /* file, PEM, the chain; both NULL: no TLS */
    const char *tls_key;  /* file, PEM */
    const char
        *tls_clients; /* file, PEM: who signs certificates of clients, which then are needed */
    unsigned threads; /* on the network; 0: 2 */
};

/*
 * Serve an open home until SIGINT or SIGTERM, then answer what has arrived and return. SIGHUP reads
 * candor.yaml and the certificate again (candor_reload), each whole or not at all; but when the terminal that
 * the program was begun from is gone, it ends the server too. These signals are blocked for the calling
 * thread meanwhile, and no other thread of the process may take them.
 *
 * A socket that listens and was handed over as sd_listen_fds(3) has it is taken in place of the address.
 *
 * ready   called once, when requests are taken, with the base URL ("http://127.0.0.1:8080");
 *         NULL: nobody asks
 *
 * CANDOR_BAD_INPUT  the address, or certificate and key, cannot be used; one without the other
 * CANDOR_NOT_FOUND, CANDOR_IO   of the certificate's files, or the system says no
 * CANDOR_BUSY       the port is taken
 * CANDOR_FORBIDDEN  the port needs privileges
 */
CANDOR_MUST_USE enum candor_status serve_run(struct job *job, struct candor *candor,
                                             const struct serve_options *options,
                                             void (*ready)(void *self, const char *address),
                                             void *self);

/* Serve a witness, likewise. */
CANDOR_MUST_USE enum candor_status serve_witness(struct job *job, struct candor_witness *witness,
                                                 const struct serve_options *options,
                                                 void (*ready)(void *self, const char *address),
                                                 void *self);

/* The HTTP client, as struct candor_post of candor_outgoing.h has it; self is not looked at. */
CANDOR_MUST_USE enum candor_status serve_post(struct job *job, void *self,
                                              const struct candor_letter *letter, unsigned *code,
                                              struct candor_text *answer);

#endif
