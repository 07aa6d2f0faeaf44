/*
 * main.c - the program: the cli room's commands, with the serve room handed in.
 */
#include "cli.h"
#include "serve.h"

static enum candor_status serve(struct job *job, struct candor *candor, const char *address,
                                const char *tls_cert, const char *tls_key,
                                void (*ready)(void *self, const char *address), void *self)
{
    const struct serve_options options = {
        .listen = address, .tls_cert = tls_cert, .tls_key = tls_key};
    return serve_run(job, candor, &options, ready, self);
}

int main(int argc, char **argv)
{
    const struct cli_server server = {.run = serve};
    return cli_run(argc, argv, &server);
}
