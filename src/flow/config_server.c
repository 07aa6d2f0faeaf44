/*
 * config_server.c - candor.yaml's section `server`: how people come in, and how much is taken of them.
 *
 *   server:
 *     password: {passes: 3, memory_mib: 64}   what Argon2id costs: docs/server.md has measures
 *     session: {idle_minutes: 30, hours: 12}  an operator's
 *     subject_session: {idle_minutes: 15, hours: 2}
 *     second_factor: [owner, privacy]         roles that need one
 *     behind_proxy: true                      X-Forwarded-For from this machine is believed
 *     connections_per_address: 64
 *     requests_per_second: 5000               of one API key, with bursts of so many
 *     request_burst: 10000
 */
#include "signals.h"
#include "visits.h"

enum {
    PASSES_DEFAULT = 3,
    MIB_DEFAULT = 64,
    MIB_MIN = 19, /* OWASP's least */
    MIB_MAX = 1024,
    IDLE_DEFAULT = 30,
    HOURS_DEFAULT = 12,
    SUBJECT_IDLE_DEFAULT = 15,
    SUBJECT_HOURS_DEFAULT = 2,
    MINUTES_MAX = 24 * 60,
    HOURS_MAX = 24 * 7,
    RATE_MAX = 10 * 1000 * 1000,
};

static const int64_t minute = 60 * MICROS_PER_SECOND;

static enum candor_status read_password(struct job *job, const struct section *server,
                                        struct server_config *config)
{
    static const char *const known[] = {"passes", "memory_mib"};
    const struct value *map = NULL;
    struct section section;
    uint32_t mib = MIB_DEFAULT;
    TRY(section_map(job, server, "password", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "password", known, 2, &section));
    TRY(section_count(job, &section, "passes", 2, PASSWORD_PASSES_MAX, &config->cost.passes));
    TRY(section_count(job, &section, "memory_mib", MIB_MIN, MIB_MAX, &mib));
    config->cost.kib = mib << 10;
    return CANDOR_OK;
}

static enum candor_status read_span(struct job *job, const struct section *server, const char *key,
                                    int64_t *idle, int64_t *absolute)
{
    static const char *const known[] = {"idle_minutes", "hours"};
    const struct value *map = NULL;
    struct section section;
    uint32_t minutes = (uint32_t)(*idle / minute);
    uint32_t hours = (uint32_t)(*absolute / (60 * minute));
    TRY(section_map(job, server, key, &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, key, known, 2, &section));
    TRY(section_count(job, &section, "idle_minutes", 1, MINUTES_MAX, &minutes));
    TRY(section_count(job, &section, "hours", 1, HOURS_MAX, &hours));
    *idle = minutes * minute;
    *absolute = hours * 60 * minute;
    return CANDOR_OK;
}

static enum candor_status read_roles(struct job *job, const struct section *server,
                                     struct server_config *config)
{
    const struct value *list = NULL;
    TRY(section_list(job, server, "second_factor", 8, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct str name;
        enum role role;
        TRY(value_text(job, &list->item[i], section_what(job, server, "second_factor"), &name));
        if (!role_read(name, &role)) {
            return section_fail(job, server, "second_factor",
                                "the roles are owner, marketer, approver, analyst, privacy and "
                                "machine");
        }
        config->second_factor |= (unsigned)role;
    }
    return CANDOR_OK;
}

enum candor_status config_server(struct job *job, const struct value *root, struct candor *candor)
{
    static const char *const known[] = {"password",
                                        "session",
                                        "subject_session",
                                        "second_factor",
                                        "behind_proxy",
                                        "requests_per_second",
                                        "connections_per_address",
                                        "request_burst"};
    const struct value *map = value_get(root, "server");
    struct section section;
    struct server_config *config = NEW(job->arena, struct server_config);
    *config = (struct server_config){
        .cost = {PASSES_DEFAULT, MIB_DEFAULT << 10},
        .idle = IDLE_DEFAULT * minute,
        .absolute = HOURS_DEFAULT * 60 * minute,
        .subject_idle = SUBJECT_IDLE_DEFAULT * minute,
        .subject_absolute = SUBJECT_HOURS_DEFAULT * 60 * minute,
    };
    candor->server = config;
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "server", known, sizeof known / sizeof known[0], &section));
    TRY(read_password(job, &section, config));
    TRY(read_span(job, &section, "session", &config->idle, &config->absolute));
    TRY(read_span(job, &section, "subject_session", &config->subject_idle,
                  &config->subject_absolute));
    TRY(read_roles(job, &section, config));
    TRY(section_bool(job, &section, "behind_proxy", &config->is_behind_proxy));
    TRY(section_count(job, &section, "connections_per_address", 1, RATE_MAX,
                      &config->connections_per_ip));
    TRY(section_count(job, &section, "requests_per_second", 1, RATE_MAX,
                      &config->requests_per_second));
    config->request_burst = config->requests_per_second;
    return section_count(job, &section, "request_burst", 1, RATE_MAX, &config->request_burst);
}

void candor_server(struct candor *candor, struct candor_server *server)
{
    home_enter(candor);
    *server = (struct candor_server){
        .public_url = str_z(candor->arena, candor->signals->public_url),
        .is_behind_proxy = candor->server->is_behind_proxy,
        .connections_per_ip = candor->server->connections_per_ip,
        .requests_per_second = candor->server->requests_per_second,
        .request_burst = candor->server->request_burst,
    };
    home_leave(candor);
}
