/*
 * make.c - making a home.
 *
 * It is made in a folder beside the one asked for and gets its name when it is whole: a home stands
 * whole or not at all.
 */
#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct str origin_of(struct arena *arena, struct str name)
{
    struct buf buf = buf_begin(arena);
    bool is_gap = false; /* whatever is no letter or digit becomes one dash between words */
    buf_lit(&buf, LIT("candor/"));
    const size_t start = buf.len;
    const struct str lower = str_lower(arena, name);
    for (size_t i = 0; i < lower.len && i < 64; i++) {
        const char c = lower.ptr[i];
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_plain && is_gap && buf.len > start) {
            buf_u8(&buf, '-');
        }
        if (is_plain) {
            buf_u8(&buf, (uint8_t)c);
        }
        is_gap = !is_plain;
    }
    if (buf.len == start) {
        buf_lit(&buf, LIT("home"));
    }
    return buf_text(&buf);
}

static enum candor_status make_keys(struct job *job, struct candor *candor)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(secret_file_create(job, home_key_path(job->arena, candor->dir, "ledger.key")));
    TRY(home_read_signer(job, candor));
    signer_public(candor->signer, public_key);
    const struct str text = str_format(
        job->arena, "%.*s\n", STR_ARG(verifier_key_text(job->arena, candor->origin, public_key)));
    return file_replace(job, path_join(job->arena, candor->dir, STR("ledger.pub")), bytes_of(text),
                        0644);
}

static enum candor_status write_example(struct job *job, struct candor *candor, struct str name)
{
    struct buf buf = buf_begin(job->arena);
    const struct str text = config_example(job->arena);
    const size_t at = str_find(text, '@'); /* the one place where the name goes */
    buf_str(&buf, str_slice(text, 0, at));
    struct json json;
    json_begin(&json, &buf, false); /* a JSON text is a YAML text, whatever is in the name */
    json_text(&json, name);
    buf_str(&buf, str_slice(text, at + 1, text.len));
    return file_replace(job, path_join(job->arena, candor->dir, STR("candor.yaml")), buf_all(&buf),
                        0644);
}

static enum candor_status make_house(struct job *job, struct candor *candor, struct str dir,
                                     struct str name, struct str operator_name,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    TRY(crypto_start(job));
    TRY(dir_make(job, candor->dir, 0700));
    TRY(dir_make(job, path_join(job->arena, candor->dir, STR("keys")), 0700));
    candor->origin = origin_of(candor->arena, name);
    TRY(make_keys(job, candor));
    TRY(write_example(job, candor, name));
    TRY(home_read_policy(job, candor));
    TRY(store_create(job, candor->arena, candor->dir, candor->inventory, &candor->store));
    TRY(ledger_open(job, candor->arena, candor->store, candor->signer, candor->origin,
                    &candor->ledger));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_HOME_CREATED, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(operator_create(job, candor, txn, operator_name, ROLE_OWNER));
    TRY(home_keep_wordings(job, candor, txn));
    TRY(store_put_document(job, txn, LIT("policy"), STR("digest"),
                           (struct bytes){candor->policy.byte, sizeof candor->policy.byte}));
    TRY(store_put_document(job, txn, LIT("policy"), STR("first_operator"),
                           bytes_of(operator_name)));
    TRY(home_commit(job, candor, txn));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("home"));
    json_text(&answer.json, dir);
    json_key(&answer.json, LIT("name"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("operator"));
    json_text(&answer.json, operator_name);
    json_key(&answer.json, LIT("origin"));
    json_text(&answer.json, candor->origin);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* What an attempt that came to nothing leaves behind: the files that make_house makes. */
static void remove_house(struct job *job, const char *dir, const char *operator_name)
{
    const struct str key = str_format(job->arena, "%s/keys/operator-%s.key", dir, operator_name);
    static const char *const file[] = {"candor.yaml",      "ledger.pub",     "data.db",
                                       "data.db-wal",      "data.db-shm",    "lock",
                                       "keys/root.key",    "keys/keys.db",   "keys/keys.db-wal",
                                       "keys/keys.db-shm", "keys/ledger.key"};
    for (size_t f = 0; f < sizeof file / sizeof file[0]; f++) {
        (void)unlink(str_z(job->arena, path_join(job->arena, str_of(dir), str_of(file[f]))));
    }
    (void)unlink(str_z(job->arena, key));
    (void)rmdir(str_z(job->arena, path_join(job->arena, str_of(dir), STR("keys"))));
    (void)rmdir(dir);
}

/* A folder beside the one asked for, so that a home stands whole or not at all. */
static enum candor_status name_beside(struct job *job, const char *dir, const char **beside)
{
    uint8_t random[6];
    struct str path = str_of(dir);
    while (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    if (path.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "name the folder of the home");
    }
    TRY(host_random(job, random, sizeof random));
    const struct str mark = hex_of(job->arena, (struct bytes){random, sizeof random});
    *beside =
        str_z(job->arena, str_format(job->arena, "%.*s.making-%.*s", STR_ARG(path), STR_ARG(mark)));
    return CANDOR_OK;
}

static enum candor_status must_be_free(struct job *job, const char *dir)
{
    if (file_exists(job, path_join(job->arena, str_of(dir), STR("candor.yaml"))) ||
        file_exists(job, path_join(job->arena, str_of(dir), STR("data.db")))) {
        return fail(job, CANDOR_EXISTS, "there is a Candor home here already; nothing was changed");
    }
    DIR *folder = opendir(dir);
    size_t count = 0;
    /* Nobody else reads this folder. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while (folder != NULL && readdir(folder) != NULL) {
        count++; /* "." and ".." are two */
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    if (count > 2) {
        return fail(job, CANDOR_EXISTS, "'%s' has something in it already; name a fresh folder",
                    dir);
    }
    return CANDOR_OK;
}

static enum candor_status make_beside(struct job *job, const char *beside, const char *dir,
                                      struct str title, const char *operator_name,
                                      struct candor_text *report)
{
    struct candor *candor = home_new(beside);
    home_enter(candor);
    const enum candor_status status =
        make_house(job, candor, str_of(dir), title, str_of(operator_name), report);
    home_leave(candor);
    arena_end(candor->arena);
    return status;
}

enum candor_status candor_init(struct job *job, const char *dir, const char *name,
                               const char *operator_name, struct candor_text *report)
{
    const struct str title = name == NULL || name[0] == '\0' ? STR("My company") : str_of(name);
    const char *beside = NULL;
    if (!str_is_utf8(title) || title.len > 200) {
        return fail(job, CANDOR_BAD_INPUT, "the name is UTF-8 text of at most 200 bytes");
    }
    TRY(must_be_free(job, dir));
    TRY(name_beside(job, dir, &beside));
    TRY(make_beside(job, beside, dir, title, operator_name, report));

    /* An empty folder of that name gives way; anything else does not. */
    if (rename(beside, dir) != 0) {
        const int reason = errno;
        remove_house(job, beside, operator_name);
        return fail(job, reason == ENOTEMPTY || reason == EEXIST ? CANDOR_EXISTS : CANDOR_IO,
                    "cannot make '%s': %s", dir,
                    reason == ENOTEMPTY || reason == EEXIST ? "there is something in it already"
                                                            : strerrordesc_np(reason));
    }
    return CANDOR_OK;
}
