/*
 * main.c - the program: the cli room's commands, with the serve room handed in.
 */
#include "cli.h"
#include "serve.h"

static struct serve_options options_of(const struct cli_listen *listen)
{
    return (struct serve_options){.listen = listen->address,
                                  .tls_cert = listen->tls_cert,
                                  .tls_key = listen->tls_key,
                                  .tls_clients = listen->tls_clients};
}

static enum candor_status serve(struct job *job, struct candor *candor,
                                const struct cli_listen *listen)
{
    const struct serve_options options = options_of(listen);
    return serve_run(job, candor, &options, listen->ready, listen->self);
}

static enum candor_status witness(struct job *job, struct candor_witness *serving,
                                  const struct cli_listen *listen)
{
    const struct serve_options options = options_of(listen);
    return serve_witness(job, serving, &options, listen->ready, listen->self);
}

int main(int argc, char **argv)
{
    const struct cli_server server = {.run = serve, .run_witness = witness, .post = serve_post};
    return cli_run(argc, argv, &server);
}
