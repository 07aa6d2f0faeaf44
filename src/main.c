/*
 * main.c - the program: the cli room's commands, with the serve room handed in.
 */
#include "cli.h"
#include "serve.h"

static enum candor_status serve(struct job *job, struct candor *candor,
                                const struct cli_listen *listen)
{
    const struct serve_options options = {
        .listen = listen->address, .tls_cert = listen->tls_cert, .tls_key = listen->tls_key};
    return serve_run(job, candor, &options, listen->ready, listen->self);
}

int main(int argc, char **argv)
{
    const struct cli_server server = {.run = serve};
    return cli_run(argc, argv, &server);
}
