/*
 * audit_security.c - the home looked at as whoever wants to break in would.
 *
 *     high     somebody who should not can read, change or become something now
 *     medium   one more failure, and they can
 *     low      worth knowing
 *
 * Each has the place, a sentence and what to do. Only what is high is a finding that ends with exit 1; a
 * home that was just made has none. Files are looked at where they lie: their mode and owner, links, and
 * what lies among the keys and belongs to nobody.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audited.h"
#include "hooks.h"
#include "people.h"
#include "retained.h"
#include "share.h"
#include "signals.h"
#include "staff.h"
#include "visits.h"
#include "witnesses.h"

enum severity { SEVERITY_NONE, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITIES };

static const char *const severity_name[SEVERITIES] = {"none", "low", "medium", "high"};

/* OWASP's least for Argon2id: 19 MiB walked twice, or 46 MiB once. */
static const uint64_t password_work_least = (uint64_t)2 * 19 * 1024;

enum {
    UNUSED_DAYS = 90,
    KEY_VALID_DAYS = 400,
    ROOT_DAYS = 365,
    MODEL_DAYS = 365,
    ABSENT_DAYS = 180,
    IDLE_HOURS = 12,
    FILES_MAX = 1000,
};

struct checking {
    struct job *job;
    struct candor *candor;
    struct txn *txn;
    struct json *json;
    size_t count[SEVERITIES];
};

/* "place" was "file" when only files were looked at. */
static void say(struct checking *checking, enum severity severity, struct str place,
                struct str sentence, const char *fix)
{
    struct json *json = checking->json;
    checking->count[severity]++;
    json_map_begin(json);
    json_key(json, LIT("file"));
    json_text(json, place);
    json_key(json, LIT("severity"));
    json_text(json, str_of(severity_name[severity]));
    json_key(json, LIT("finding"));
    json_bool(json, severity == SEVERITY_HIGH);
    json_key(json, LIT("sentence"));
    json_text(json, sentence);
    json_key(json, LIT("fix"));
    json_text(json, str_of(fix));
    json_map_end(json);
}

/* ---- files --------------------------------------------------------------------------------- */

static void check_file(struct checking *checking, struct str name, mode_t forbidden)
{
    struct stat facts;
    struct arena *arena = checking->job->arena;
    const char *path = str_z(arena, name.len == 0 ? checking->candor->dir
                                                  : path_join(arena, checking->candor->dir, name));
    const struct str place = name.len == 0 ? STR("the home's folder") : name;
    if (lstat(path, &facts) != 0) {
        return;
    }
    if (S_ISLNK(facts.st_mode)) {
        say(checking, SEVERITY_MEDIUM, place, STR("is a link to somewhere else"),
            "move the file itself here");
        if (stat(path, &facts) != 0) {
            return;
        }
    }
    if (facts.st_uid != geteuid()) {
        say(checking, SEVERITY_HIGH, place, STR("belongs to another user"),
            "chown it to the user that runs candor");
    } else if ((facts.st_mode & forbidden & (S_IWGRP | S_IWOTH)) != 0) {
        say(checking, SEVERITY_HIGH, place, STR("others may change it: chmod go-rwx"),
            "chmod go-rwx");
    } else if ((facts.st_mode & forbidden) != 0) {
        say(checking, SEVERITY_HIGH, place, STR("others may open it: chmod go-rwx"),
            "chmod go-rwx");
    } else {
        say(checking, SEVERITY_NONE, place, STR("only its owner may"), "");
    }
}

/* A key of an operator whom nobody knows lets whoever has it sign. */
static enum candor_status check_stray(struct checking *checking, struct str file)
{
    struct job *job = checking->job;
    struct operator operator;
    const struct str start = STR("operator-");
    if (!str_starts(file, start)) {
        return CANDOR_OK;
    }
    struct str name = str_slice(file, start.len, file.len);
    const struct str end = STR(".key");
    name = str_ends(name, end) ? str_slice(name, 0, name.len - end.len) : name;
    const struct str place = path_join(job->arena, STR("keys"), file);
    struct bytes record;
    if (store_document(job, checking->txn, LIT("operator"), name, &record) != CANDOR_OK) {
        job_forgive(job); /* not on record, whatever the reason */
        say(checking, SEVERITY_MEDIUM, place,
            STR("is the key of an operator whom the home does not know"), "remove the file");
        return CANDOR_OK;
    }
    TRY(operator_read(job, checking->candor, checking->txn, name, &operator));
    if (operator_is_over(job, &operator)) {
        say(checking, SEVERITY_MEDIUM, place, STR("is the key of an operator whose time is over"),
            "remove the file");
    }
    return CANDOR_OK;
}

static enum candor_status check_keys_folder(struct checking *checking)
{
    struct arena *arena = checking->job->arena;
    const struct str keys = STR("keys");
    DIR *folder = opendir(str_z(arena, path_join(arena, checking->candor->dir, keys)));
    enum candor_status status = CANDOR_OK;
    if (folder == NULL) {
        return CANDOR_OK; /* it could be opened when the home was: said by check_file */
    }
    for (size_t n = 0; n < FILES_MAX && status == CANDOR_OK; n++) {
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            break;
        }
        const struct str name = str_copy(arena, str_of(entry->d_name));
        if (name.len > 0 && name.ptr[0] != '.') {
            check_file(checking, path_join(arena, keys, name), S_IRWXG | S_IRWXO);
            status = check_stray(checking, name);
        }
    }
    (void)closedir(folder); /* it was only read */
    return status;
}

static bool is_checked_by_name(struct str name)
{
    return str_is(name, "keys") || str_is(name, "data.db") || str_is(name, "candor.yaml") ||
           str_is(name, "campaigns.yaml") || str_is(name, "ledger.pub");
}

/* What lies beside: a copy of the store, a list of people. It is told when others can come to it. */
static void check_beside(struct checking *checking)
{
    struct arena *arena = checking->job->arena;
    struct stat home;
    struct stat facts;
    DIR *folder = opendir(str_z(arena, checking->candor->dir));
    if (folder == NULL) {
        return;
    }
    const bool is_open =
        fstat(dirfd(folder), &home) == 0 && (home.st_mode & (S_IXGRP | S_IXOTH)) != 0;
    for (size_t n = 0; is_open && n < FILES_MAX; n++) {
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            break;
        }
        const struct str name = str_copy(arena, str_of(entry->d_name));
        if (str_is(name, ".") || str_is(name, "..") || is_checked_by_name(name) ||
            fstatat(dirfd(folder), entry->d_name, &facts, 0) != 0 ||
            (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
            continue;
        }
        say(checking, str_starts(name, STR("data.db")) ? SEVERITY_HIGH : SEVERITY_MEDIUM, name,
            STR("lies in the home's folder, and others may open both"),
            "chmod go-rwx, or move it where it belongs");
    }
    (void)closedir(folder); /* it was only read */
}

static enum candor_status check_files(struct checking *checking)
{
    struct arena *arena = checking->job->arena;
    struct stat facts;
    check_file(checking, STR(""), S_IWGRP | S_IWOTH);
    check_file(checking, STR("keys"), S_IRWXG | S_IRWXO);
    check_file(checking, STR("data.db"), S_IRWXG | S_IRWXO);
    check_file(checking, STR("candor.yaml"), S_IWGRP | S_IWOTH);
    check_file(checking, STR("campaigns.yaml"), S_IWGRP | S_IWOTH);
    check_beside(checking);
    TRY(check_keys_folder(checking));
    const struct str root = path_join(arena, checking->candor->dir, STR("keys/root.key"));
    if (stat(str_z(arena, root), &facts) == 0) {
        const int64_t age =
            (checking->job->now / MICROS_PER_SECOND - (int64_t)facts.st_mtime) / (24 * 3600);
        if (age > ROOT_DAYS) {
            say(checking, SEVERITY_MEDIUM, STR("keys/root.key"),
                str_format(arena, "was not changed for %lld days", (long long)age),
                "candor keys rotate, or erase somebody: each changes it");
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_ledger(struct checking *checking)
{
    struct ledger_report found;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct candor *candor = checking->candor;
    signer_public(candor->signer, public_key);
    TRY(ledger_verify(checking->job, candor->store, candor->origin, public_key, STR(""), &found));
    say(checking, found.finding.len > 0 ? SEVERITY_HIGH : SEVERITY_NONE, STR("ledger"),
        found.finding.len > 0 ? found.finding : STR("every entry is as signed"),
        found.finding.len > 0 ? "treat it as an incident: candor incident open" : "");
    if (candor->witness_count == 0) {
        say(checking, SEVERITY_MEDIUM, STR("ledger"),
            STR("nobody outside watches it: whoever holds the keys could write it anew"),
            "name a witness in candor.yaml: docs/witness.md");
    }
    for (size_t w = 0; w < candor->witness_count; w++) {
        if (str_starts(candor->witness[w].url, STR("http://"))) {
            say(checking, SEVERITY_LOW, STR("ledger"),
                STR("a witness is asked over plain http: it can be kept from answering"),
                "give its url as https://");
        }
    }
    return CANDOR_OK;
}

/* ---- people and keys ----------------------------------------------------------------------- */

static int64_t days_since(const struct job *job, int64_t time)
{
    return (job->now - time) / MICROS_PER_DAY;
}

static enum candor_status check_operator(struct checking *checking, struct str name)
{
    struct job *job = checking->job;
    struct candor *candor = checking->candor;
    struct operator operator;
    struct credential credential;
    struct str course;
    int64_t until;
    TRY(operator_read(job, candor, checking->txn, name, &operator));
    TRY(credential_read(job, checking->txn, name, &credential));
    const struct str place = str_format(job->arena, "operator %.*s", STR_ARG(name));
    if (operator_is_over(job, &operator)) {
        return CANDOR_OK; /* they cannot sign in */
    }
    if (!training_is_current(operator.roles, candor->required_training,
                             candor->required_training_count, operator.taken, operator.taken_count,
                             job->now, &course, &until)) {
        say(checking, SEVERITY_MEDIUM, place, STR("lacks training that candor.yaml asks for"),
            "candor operator training");
    }
    if (credential.has_password && credential.factor == FACTOR_NONE) {
        say(checking, SEVERITY_MEDIUM, place, STR("comes in with a password alone"),
            "let them set a second factor, and ask for it in candor.yaml: second_factor");
    }
    const uint64_t work = (uint64_t)credential.cost.passes * credential.cost.kib;
    if (credential.has_password && work < password_work_least) {
        say(checking, SEVERITY_HIGH, place,
            STR("has a password hashed too cheaply: it can be guessed"),
            "raise server: password in candor.yaml, then let them set it again");
    }
    if (credential.came_in != 0 && days_since(job, credential.came_in) > ABSENT_DAYS) {
        say(checking, SEVERITY_LOW, place,
            str_format(job->arena, "did not come in for %lld days",
                       (long long)days_since(job, credential.came_in)),
            "end them if they left: candor operator expire");
    }
    return CANDOR_OK;
}

static enum candor_status check_operators(struct checking *checking)
{
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(checking->job, checking->txn, LIT("operator"), &name, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(check_operator(checking, name[i]));
    }
    if (count > 1 && checking->candor->guarded == 0) {
        say(checking, SEVERITY_LOW, STR("candor.yaml"), STR("no act needs two operators"),
            "people: second_signature, such as erase, publish, rotate");
    }
    return CANDOR_OK;
}

static enum candor_status check_api_key(struct checking *checking, const struct api_key *key)
{
    struct job *job = checking->job;
    const struct str place = str_format(job->arena, "key %.*s", STR_ARG(key->name));
    const int64_t used = key_last_used(checking->candor, key);
    if (key->expires != 0 && key->expires <= job->now) {
        return CANDOR_OK; /* nobody comes in with it */
    }
    if (key->expires == 0 || (key->expires - job->now) / MICROS_PER_DAY > KEY_VALID_DAYS) {
        say(checking, SEVERITY_MEDIUM, place, STR("holds for more than a year, or for ever"),
            "candor key rotate, with --days 90");
    }
    if (used == 0 || days_since(job, used) > UNUSED_DAYS) {
        say(checking, SEVERITY_LOW, place,
            used == 0 ? STR("was never used") : STR("was not used for 90 days"),
            "candor key revoke, if nobody needs it");
    }
    if (key->holder.len == 0) {
        say(checking, SEVERITY_MEDIUM, place, STR("has no holder: nobody answers for it"),
            "make it anew with candor key add");
    }
    if ((key->roles & ~(unsigned)ROLE_MACHINE) != 0) {
        say(checking, SEVERITY_MEDIUM, place, STR("may do more than a machine needs"),
            "candor key add with --roles machine, and one for each task");
    }
    if (key->scores == SCORES_EXACT) {
        say(checking, SEVERITY_MEDIUM, place,
            STR("is told exact scores: some hundred are the model"),
            "candor key scores NAME decimals");
    }
    return CANDOR_OK;
}

static enum candor_status check_api_keys(struct checking *checking)
{
    TRY(keys_read(checking->job, checking->candor));
    for (size_t i = 0; i < checking->candor->api_key_count; i++) {
        TRY(check_api_key(checking, &checking->candor->api_key[i]));
    }
    return CANDOR_OK;
}

/* ---- models -------------------------------------------------------------------------------- */

static enum candor_status check_models(struct checking *checking)
{
    struct job *job = checking->job;
    struct candor *candor = checking->candor;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct str name = candor->model_spec[m].name;
        struct trained trained = {0};
        TRY(trained_load(job, checking->txn, LIT("trained_published"), name, &trained));
        if (trained.time != 0 && days_since(job, trained.time) > MODEL_DAYS) {
            say(checking, SEVERITY_MEDIUM, str_format(job->arena, "model %.*s", STR_ARG(name)),
                str_format(job->arena, "was trained %lld days ago",
                           (long long)days_since(job, trained.time)),
                "train, look, publish; candor audit drift says whether the world changed");
        }
    }
    return CANDOR_OK;
}

/* ---- what is reachable --------------------------------------------------------------------- */

static bool is_here(struct str url)
{
    return str_starts(url, STR("http://127.0.0.1")) || str_starts(url, STR("http://localhost")) ||
           str_starts(url, STR("http://[::1]"));
}

static void check_server(struct checking *checking)
{
    const struct candor *candor = checking->candor;
    const struct server_config *server = candor->server;
    const struct str place = STR("candor.yaml");
    const struct str url = candor->signals == NULL ? STR("") : candor->signals->public_url;
    if (str_starts(url, STR("http://")) && !is_here(url)) {
        say(checking, SEVERITY_HIGH, place,
            STR("public_url is http://: whoever carries the bytes reads passwords and people"),
            "put TLS in front, and give the url as https://");
    }
    if (str_starts(url, STR("https://")) && !server->is_behind_proxy) {
        say(checking, SEVERITY_LOW, place,
            STR("public_url is https:// and no proxy is declared: limits per address see one "
                "address"),
            "server: behind_proxy: true, where a proxy adds X-Forwarded-For");
    }
    if ((uint64_t)server->cost.passes * server->cost.kib < password_work_least) {
        say(checking, SEVERITY_HIGH, place,
            STR("passwords are hashed more cheaply than they should be"),
            "server: password: {passes: 3, memory_mib: 64}");
    }
    if (server->second_factor == 0) {
        say(checking, SEVERITY_MEDIUM, place, STR("no role needs a second factor"),
            "server: second_factor: [owner, steward]");
    }
    if (server->idle > (int64_t)IDLE_HOURS * MICROS_PER_HOUR) {
        say(checking, SEVERITY_MEDIUM, place,
            STR("a session that nobody uses lives over twelve hours"),
            "server: sessions: a shorter idle time");
    }
}

static enum candor_status check_hooks(struct checking *checking)
{
    const struct candor *candor = checking->candor;
    for (size_t h = 0; candor->hooks != NULL && h < candor->hooks->count; h++) {
        const struct hook *hook = &candor->hooks->hook[h];
        const struct str place =
            str_format(checking->job->arena, "webhook %.*s", STR_ARG(hook->name));
        size_t secrets = 0;
        TRY(webhook_secrets(checking->job, candor, hook->name, &secrets));
        if (hook->is_private) {
            say(checking, SEVERITY_LOW, place, STR("may reach into our own network"),
                "leave private out unless the receiver is there");
        }
        if (secrets > 1) {
            say(checking, SEVERITY_LOW, place, STR("its old secret is valid beside the new one"),
                "candor share secret NAME --retire, once the receiver has the new one");
        }
    }
    return CANDOR_OK;
}

enum candor_status security_audit(struct job *job, struct candor *candor, struct txn *txn,
                                  struct json *json, size_t *findings)
{
    struct checking checking = {.job = job, .candor = candor, .txn = txn, .json = json};
    json_key(json, LIT("security"));
    json_list_begin(json);
    TRY(check_files(&checking));
    TRY(check_ledger(&checking));
    TRY(check_operators(&checking));
    TRY(check_api_keys(&checking));
    TRY(check_models(&checking));
    check_server(&checking);
    TRY(check_hooks(&checking));
    json_list_end(json);
    json_key(json, LIT("security_findings"));
    json_map_begin(json);
    for (enum severity s = SEVERITY_HIGH; s > SEVERITY_NONE; s--) {
        json_key(json, s == SEVERITY_HIGH     ? LIT("high")
                       : s == SEVERITY_MEDIUM ? LIT("medium")
                                              : LIT("low"));
        json_u64(json, checking.count[s]);
    }
    json_map_end(json);
    *findings += checking.count[SEVERITY_HIGH];
    return CANDOR_OK;
}
