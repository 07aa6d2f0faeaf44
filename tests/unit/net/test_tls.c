/*
 * test_tls.c - the same server behind TLS, asked by the openssl command.
 */
#include "wire.h"

static char folder[] = "/tmp/candor-net-XXXXXX";

static int run(const char *format, ...) CANDOR_PRINTF(1, 2);

static int run(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(command, sizeof command, format, args);
    va_end(args);
    return system(command);
}

static struct str read_pem(struct house *house, const char *name)
{
    struct bytes content = {NULL, 0};
    const struct str path = str_format(house->job.arena, "%s/%s", folder, name);
    expect(file_read(&house->job, path, 1 << 20, &content) == CANDOR_OK, "%s", house->job.message);
    return (struct str){(const char *)content.ptr, content.len};
}

static int make_certificates(void **state)
{
    (void)state;
    must(mkdtemp(folder) != NULL);
    int result = 0;
    for (int i = 1; i <= 2 && result == 0; i++) {
        result = run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                     "-subj /CN=localhost -days 2 -keyout %s/key%d -out %s/cert%d >%s/log 2>&1",
                     folder, i, folder, i, folder);
    }
    /* client: signed by cert1's key; server-only: likewise, but for servers; other: by nobody known. */
    static const char *const made[][2] = {{"client", "clientAuth"}, {"server", "serverAuth"}};
    for (int i = 0; i < 2 && result == 0; i++) {
        result =
            run("cd %s && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                "-subj /CN=%s -keyout %s.key -out %s.csr >log 2>&1 && "
                "printf 'extendedKeyUsage=%s\n' >ext && "
                "openssl x509 -req -in %s.csr -CA cert1 -CAkey key1 -CAcreateserial -days 2 "
                "-extfile ext -out %s.pem >log 2>&1",
                folder, made[i][0], made[i][0], made[i][0], made[i][1], made[i][0], made[i][0]);
    }
    if (result != 0) {
        print_message("the openssl command is not there: TLS is not tested\n");
    }
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    return run("rm -r %s", folder);
}

static void skip_without_openssl(void)
{
    if (access("/usr/bin/openssl", X_OK) != 0) {
        skip();
    }
}

/* What openssl, with these options, receives for these requests. */
static void ask(const struct house *house, const char *option, const char *requests, char *text,
                size_t text_max)
{
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "(printf '%s'; sleep 1) | timeout 60 openssl s_client -quiet -verify_quiet "
                   "-connect 127.0.0.1:%u %s 2>%s/log",
                   requests, house->port, option, folder);
    FILE *pipe = popen(command, "r");
    must(pipe != NULL);
    const size_t len = fread(text, 1, text_max - 1, pipe);
    text[len] = '\0';
    (void)pclose(pipe);
}

static struct house *open_tls(const char *cert, const char *key, enum candor_status wanted)
{
    struct house *reader = house_begin((struct net_limits){0});
    const struct net_options options = {.listen = STR("127.0.0.1:0"),
                                        .tls_cert = read_pem(reader, cert),
                                        .tls_key = read_pem(reader, key)};
    struct house *house = NULL;
    if (wanted == CANDOR_OK) {
        house = house_begin_with(options, 0);
    } else {
        struct net_server *server;
        expect(net_start(&reader->job, reader->owner, &options, house_handle, reader, &server) ==
                   wanted,
               "%s", reader->job.message);
    }
    house_end(reader);
    return house;
}

static void requests_over_tls_are_answered_at_once_and_later(void **state)
{
    (void)state;
    skip_without_openssl();
    struct house *house = open_tls("cert1", "key1", CANDOR_OK);
    static const char *const version[] = {"-tls1_2", "-tls1_3"};
    for (size_t i = 0; i < 2; i++) {
        char text[8192];
        ask(house, version[i],
            "POST /later HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\nabc"
            "GET /2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
            "GET /.. HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
            text, sizeof text);
        expect(strstr(text, "POST /later ? q=- agent= body=3:abc") != NULL, "%s", text);
        expect(strstr(text, "GET /2") != NULL, "%s", text);
        expect(strstr(text, "HTTP/1.1 400 ") != NULL, "%s", text);
    }
    house_end(house);
}

static void old_versions_of_tls_are_not_spoken(void **state)
{
    (void)state;
    skip_without_openssl();
    struct house *house = open_tls("cert1", "key1", CANDOR_OK);
    char text[8192];
    ask(house, "-tls1_1 -cipher ALL@SECLEVEL=0", "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", text,
        sizeof text);
    expect(strstr(text, "HTTP") == NULL, "%s", text);
    const struct answer answer = wire_ask(house->port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
    expect(answer.code == 0, "plain text over TLS: %u", answer.code);
    house_end(house);
}

static void who_is_slow_is_cut_off_over_tls_too(void **state)
{
    (void)state;
    skip_without_openssl();
    struct house *reader = house_begin((struct net_limits){0});
    struct house *house = house_begin_with(
        (struct net_options){.tls_cert = read_pem(reader, "cert1"),
                             .tls_key = read_pem(reader, "key1"),
                             .limits = {.request_timeout_s = 1, .idle_timeout_s = 3}},
        0);
    struct wire *silent = wire_open(house->port); /* not even a handshake */
    expect(wire_is_ended(silent), "goes on");
    wire_close(silent);

    char command[512];
    (void)snprintf(
        command, sizeof command,
        "(printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n'; sleep 9; printf '\\r\\n'; sleep 1) | "
        "timeout 60 openssl s_client -quiet -connect 127.0.0.1:%u 2>/dev/null | grep -q "
        "HTTP",
        house->port);
    expect(system(command) != 0, "a head over nine seconds was answered");
    expect(net_counts(house->server).timed_out == 1, "counted");
    house_end(house);
    house_end(reader);
}

static void a_key_of_another_certificate_is_refused(void **state)
{
    (void)state;
    skip_without_openssl();
    (void)open_tls("cert1", "key2", CANDOR_BAD_INPUT);
}

/* The first answer's code to a client with this certificate; NULL: with none. */
static unsigned code_for(const struct house *house, const char *version, const char *cert,
                         const char *key)
{
    char all[640];
    char text[8192];
    unsigned code = 0;
    if (cert == NULL) {
        (void)snprintf(all, sizeof all, "%s", version);
    } else {
        (void)snprintf(all, sizeof all, "%s -cert %s/%s -key %s/%s", version, folder, cert, folder,
                       key);
    }
    ask(house, all,
        "GET /1 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\nHost: a\\r\\n"
        "Connection: close\\r\\n\\r\\n",
        text, sizeof text);
    (void)sscanf(text, "HTTP/1.1 %u", &code);
    expect(code != 200 || strstr(text, "GET /2") != NULL, "the second request: %s", text);
    expect(code == 200 || strstr(text, "GET /") == NULL, "it reached the handler: %s", text);
    return code;
}

static void who_shows_no_certificate_that_holds_is_refused(void **state)
{
    (void)state;
    skip_without_openssl();
    struct house *reader = house_begin((struct net_limits){0});
    const struct net_options options = {.listen = STR("127.0.0.1:0"),
                                        .tls_cert = read_pem(reader, "cert2"),
                                        .tls_key = read_pem(reader, "key2"),
                                        .tls_clients = read_pem(reader, "cert1")};
    struct house *house = house_begin_with(options, 0);
    static const char *const version[] = {"-tls1_2", "-tls1_3"};
    for (size_t i = 0; i < 2; i++) {
        expect(code_for(house, version[i], "client.pem", "client.key") == 200,
               "%s: a client that is known", version[i]);
        expect(code_for(house, version[i], NULL, NULL) == 403, "%s: none", version[i]);
        expect(code_for(house, version[i], "cert2", "key2") == 403, "%s: of somebody else",
               version[i]);
        expect(code_for(house, version[i], "server.pem", "server.key") == 403,
               "%s: for another purpose", version[i]);
    }
    house_end(house);
    house_end(reader);
}

static void authorities_that_are_none_are_refused(void **state)
{
    (void)state;
    skip_without_openssl();
    struct house *reader = house_begin((struct net_limits){0});
    struct net_server *server = NULL;
    struct net_options options = {.listen = STR("127.0.0.1:0"),
                                  .tls_cert = read_pem(reader, "cert1"),
                                  .tls_key = read_pem(reader, "key1"),
                                  .tls_clients = STR("none")};
    expect(net_start(&reader->job, reader->owner, &options, house_handle, reader, &server) ==
               CANDOR_BAD_INPUT,
           "no PEM");
    job_forgive(&reader->job);
    options.tls_clients = options.tls_cert;
    options.tls_cert = options.tls_key = STR("");
    expect(net_start(&reader->job, reader->owner, &options, house_handle, reader, &server) ==
               CANDOR_BAD_INPUT,
           "no TLS");
    house_end(reader);
}

static void ciphers_of_old_are_not_spoken(void **state)
{
    (void)state;
    skip_without_openssl();
    struct house *house = open_tls("cert1", "key1", CANDOR_OK);
    static const char *const old[] = {"-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA",
                                      "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384",
                                      "-tls1_2 -cipher AES128-GCM-SHA256"};
    char text[8192];
    for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
        ask(house, old[i], "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", text, sizeof text);
        expect(strstr(text, "HTTP") == NULL, "%s: %s", old[i], text);
    }
    ask(house, "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305",
        "GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n", text, sizeof text);
    expect(strstr(text, "HTTP/1.1 200") != NULL, "a good one: %s", text);
    house_end(house);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(requests_over_tls_are_answered_at_once_and_later),
        cmocka_unit_test(old_versions_of_tls_are_not_spoken),
        cmocka_unit_test(who_is_slow_is_cut_off_over_tls_too),
        cmocka_unit_test(a_key_of_another_certificate_is_refused),
        cmocka_unit_test(who_shows_no_certificate_that_holds_is_refused),
        cmocka_unit_test(authorities_that_are_none_are_refused),
        cmocka_unit_test(ciphers_of_old_are_not_spoken),
    };
    return cmocka_run_group_tests_name("tls", test, make_certificates, remove_certificates);
}
