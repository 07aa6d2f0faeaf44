/*
 * home.c - making and opening a home.
 *
 *     HOME/candor.yaml            the policy: what may be held, why, and what is done with it
 *     HOME/data.db                ciphertext and the ledger
 *     HOME/ledger.pub             the verifier key: all that a stranger needs
 *     HOME/keys/root.key          the erasable root of all subjects' keys
 *     HOME/keys/keys.db           wrapped keys and the blind index
 *     HOME/keys/ledger.key        signs checkpoints and models
 *     HOME/keys/operator-NAME.key signs plans and approvals
 *
 * One call is in the house at a time: home_enter takes the home's mutex, home_leave gives it back
 * and rolls back what was not committed, so that a failure on the way changes nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "flow.h"

/* ---- in and out ---------------------------------------------------------------------------- */

void home_enter(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->lock) == 0);
}

void home_leave(struct candor *candor)
{
    if (candor->txn != NULL) {
        store_roll_back(candor->txn);
        candor->txn = NULL;
    }
    must(pthread_mutex_unlock(&candor->lock) == 0);
}

enum candor_status home_begin(struct job *job, struct candor *candor, struct txn **txn)
{
    if (candor->txn == NULL) {
        TRY(store_begin(job, candor->store, &candor->txn));
    }
    *txn = candor->txn;
    return CANDOR_OK;
}

enum candor_status home_commit(struct job *job, struct candor *candor, struct txn *txn)
{
    must(txn == candor->txn);
    TRY(ledger_commit(job, candor->ledger, txn));
    candor->txn = NULL;
    return CANDOR_OK;
}

enum candor_status home_account(struct job *job, struct candor *candor, struct txn *txn,
                                const struct account *account, uint64_t *index, uint8_t salt[32])
{
    struct secret *key = NULL;
    struct ledger_entry entry = {
        .action = account->action,
        .outcome = account->outcome,
        .has_payload = account->payload.len > 0,
        .payload = account->payload,
        .has_actor = true,
        .has_policy = true,
        .policy = account->policy == NULL ? candor->policy : *account->policy,
        .has_object = account->object != NULL,
    };
    bytes_copy(entry.actor, candor->self.tag, sizeof entry.actor);
    bytes_copy(entry.object, account->object, entry.has_object ? sizeof entry.object : 0);
    if (account->subject != NULL) {
        TRY(store_tag_key(job, txn, *account->subject, &key));
        entry.subject_key = key;
    }
    TRY(ledger_append(job, candor->ledger, txn, &entry, index));
    if (salt != NULL) {
        bytes_copy(salt, entry.salt, sizeof entry.salt);
    }
    return CANDOR_OK;
}

/* ---- look-ups ------------------------------------------------------------------------------ */

enum candor_status home_campaign(struct job *job, const struct candor *candor, struct str name,
                                 const struct campaign **campaign, size_t *index)
{
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->campaign_count; i++) {
        if (str_equal(candor->campaign[i].name, name)) {
            *campaign = &candor->campaign[i];
            *index = i;
            return CANDOR_OK;
        }
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(candor->campaign[i].name));
    }
    return fail(job, CANDOR_NOT_FOUND, "no campaign of that name in candor.yaml; it has: %.*s",
                STR_ARG(candor->campaign_count == 0 ? STR("none") : buf_text(&known)));
}

enum candor_status home_model_spec(struct job *job, const struct candor *candor, struct str name,
                                   const struct model_spec **spec)
{
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->model_spec_count; i++) {
        if (str_equal(candor->model_spec[i].name, name)) {
            *spec = &candor->model_spec[i];
            return CANDOR_OK;
        }
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(candor->model_spec[i].name));
    }
    return fail(job, CANDOR_NOT_FOUND, "no model of that name in candor.yaml; it has: %.*s",
                STR_ARG(candor->model_spec_count == 0 ? STR("none") : buf_text(&known)));
}

enum candor_status home_purpose(struct job *job, const struct candor *candor, struct str name,
                                size_t *purpose)
{
    struct buf known = buf_begin(job->arena);
    *purpose = inventory_purpose(candor->inventory, name);
    if (*purpose != NONE) {
        return CANDOR_OK;
    }
    for (size_t i = 0; i < candor->inventory->purpose_count; i++) {
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ",
                   STR_ARG(candor->inventory->purpose[i].name));
    }
    return fail(job, CANDOR_BAD_INPUT, "no purpose of that name in candor.yaml; it has: %.*s",
                STR_ARG(buf_text(&known)));
}

enum candor_status home_channel(struct job *job, const struct candor *candor, const char *name,
                                size_t *channel)
{
    *channel = NONE;
    if (name == NULL || name[0] == '\0') {
        return CANDOR_OK;
    }
    *channel = inventory_channel(candor->inventory, str_of(name));
    if (*channel != NONE) {
        return CANDOR_OK;
    }
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->inventory->channel_count; i++) {
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(candor->inventory->channel[i]));
    }
    return fail(job, CANDOR_BAD_INPUT, "no channel of that name in candor.yaml; it has: %.*s",
                STR_ARG(buf_text(&known)));
}

enum candor_status home_subject(struct job *job, struct candor *candor, struct txn *txn,
                                const char *identifier, struct subject *subject)
{
    (void)candor;
    const struct str name = str_of(identifier);
    if (name.len == 0 || name.len > IDENTIFIER_LEN_MAX || !str_is_utf8(name)) {
        return fail(job, CANDOR_BAD_INPUT, "an identifier is UTF-8 text of 1 to %d bytes",
                    IDENTIFIER_LEN_MAX);
    }
    const enum candor_status status = store_find(job, txn, name, subject);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no such subject");
    }
    return status;
}

enum candor_status home_consent_state(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, struct consent_state *state)
{
    struct consent_record *record = NULL;
    size_t count = 0;
    TRY(store_consents(job, txn, subject, &record, &count));
    consent_fold(candor->inventory, record, count, job->now, state);
    return CANDOR_OK;
}

/* ---- opening ------------------------------------------------------------------------------- */

static struct str key_path(struct arena *arena, struct str dir, const char *file)
{
    return path_join(arena, path_join(arena, dir, STR("keys")), str_of(file));
}

static enum candor_status read_sections(struct job *job, struct candor *candor,
                                        const struct value *root)
{
    TRY(inventory_read(job, root, &candor->inventory));
    TRY(campaigns_read(job, candor->inventory, root, &candor->campaign, &candor->campaign_count));
    return config_model_specs(job, candor->inventory, root, &candor->model_spec,
                              &candor->model_spec_count);
}

/* Everything is read into the home's own arena, so that the inventory lives as long as the home. */
static enum candor_status read_policy(struct job *job, struct candor *candor)
{
    const struct str path = path_join(job->arena, candor->dir, STR("candor.yaml"));
    const struct value *root = NULL;
    struct bytes content;
    TRY(file_read(job, path, CONFIG_LEN_MAX, &content));
    candor->policy = digest_of_bytes(content);

    /* The readers make their results in the job's arena: lend them the home's. */
    struct arena *lent = job->arena;
    job->arena = candor->arena;
    const struct bytes kept = bytes_copy_of(candor->arena, content);
    enum candor_status status = yaml_read(job, kept, NULL, "candor.yaml", &root);
    if (status == CANDOR_OK) {
        status = config_known_sections(job, root);
    }
    if (status == CANDOR_OK) { /* the two above name the file themselves */
        status = during(job, read_sections(job, candor, root), "candor.yaml");
    }
    job->arena = lent;
    return status;
}

static void destroy_lock(void *thing)
{
    struct candor *candor = thing;
    (void)pthread_mutex_destroy(&candor->lock); /* nobody is inside any more */
}

static struct candor *candor_new(const char *dir)
{
    struct arena *arena = arena_begin();
    struct candor *candor = NEW(arena, struct candor);
    candor->arena = arena;
    candor->dir = str_copy(arena, str_of(dir));
    must(pthread_mutex_init(&candor->lock, NULL) == 0);
    arena_defer(arena, destroy_lock, candor);
    return candor;
}

static enum candor_status read_signer(struct job *job, struct candor *candor)
{
    struct secret *seed = NULL;
    TRY(secret_file_read(job, candor->arena, key_path(job->arena, candor->dir, "ledger.key"),
                         &seed));
    candor->signer = signer_make(candor->arena, seed);
    return CANDOR_OK;
}

/* The origin stands in the verifier key: it is chosen once, when the home is made. */
static enum candor_status read_origin(struct job *job, struct candor *candor)
{
    struct bytes content;
    struct str name;
    uint8_t on_file[PUBLIC_KEY_LEN];
    uint8_t of_signer[PUBLIC_KEY_LEN];
    TRY(file_read(job, path_join(job->arena, candor->dir, STR("ledger.pub")), 4096, &content));
    TRY(during(job,
               verifier_key_read(job,
                                 str_trim((struct str){(const char *)content.ptr, content.len}),
                                 &name, on_file),
               "ledger.pub"));
    signer_public(candor->signer, of_signer);
    if (!bytes_same(on_file, of_signer, sizeof on_file)) {
        return fail(job, CANDOR_CORRUPT,
                    "ledger.pub is not the public part of keys/ledger.key: one of them was "
                    "replaced");
    }
    candor->origin = str_copy(candor->arena, name);
    return CANDOR_OK;
}

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

static enum candor_status keep_wording(struct job *job, struct txn *txn,
                                       const struct purpose *purpose, bool is_free)
{
    struct bytes kept;
    const struct str name = str_format(job->arena, "%.*s %.*s", STR_ARG(purpose->name),
                                       STR_ARG(purpose->wording_version));
    if (purpose->wording.len == 0) {
        return CANDOR_OK;
    }
    const enum candor_status status = store_document(job, txn, LIT("wording"), name, &kept);
    if (status == CANDOR_NOT_FOUND || (status == CANDOR_OK && is_free)) {
        job_forgive(job);
        return store_put_document(job, txn, LIT("wording"), name, bytes_of(purpose->wording));
    }
    TRY(status);
    if (!str_equal((struct str){(const char *)kept.ptr, kept.len}, purpose->wording)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "candor.yaml: the wording of purpose '%.*s' changed under the version '%.*s', to "
            "which people agreed; give the new words a new wording_version",
            STR_ARG(purpose->name), STR_ARG(purpose->wording_version));
    }
    return CANDOR_OK;
}

/*
 * A version names its words for ever: consents were given to them. The words of each version are
 * kept from the first candor.yaml on, and other words under the same version are refused, but
 * while the home knows nobody: then nobody can have agreed.
 */
static enum candor_status keep_wordings(struct job *job, struct candor *candor, struct txn *txn)
{
    uint64_t subject_count = 0;
    TRY(store_subject_count(job, txn, &subject_count));
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        TRY(keep_wording(job, txn, &candor->inventory->purpose[p], subject_count == 0));
    }
    return CANDOR_OK;
}

/* A changed candor.yaml is a change of policy: it goes on record before it is used. */
static enum candor_status account_for_policy(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct bytes before;
    uint64_t index = 0;
    TRY(home_begin(job, candor, &txn));
    const enum candor_status status =
        store_document(job, txn, LIT("policy"), STR("digest"), &before);
    if (status == CANDOR_OK &&
        bytes_same(before.ptr, candor->policy.byte, sizeof candor->policy.byte)) {
        store_roll_back(txn);
        candor->txn = NULL;
        return CANDOR_OK;
    }
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    TRY(keep_wordings(job, candor, txn));
    const struct account account = {.action = LEDGER_POLICY_CHANGE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(store_put_document(job, txn, LIT("policy"), STR("digest"),
                           (struct bytes){candor->policy.byte, sizeof candor->policy.byte}));
    return home_commit(job, candor, txn);
}

static enum candor_status open_house(struct job *job, struct candor *candor,
                                     const char *operator_name)
{
    struct txn *txn = NULL;
    TRY(crypto_start(job));
    if (!file_exists(job, path_join(job->arena, candor->dir, STR("candor.yaml")))) {
        return fail(
            job, CANDOR_NOT_FOUND,
            "there is no Candor home here: '%.*s' has no candor.yaml; make one with: candor "
            "init DIR",
            STR_ARG(candor->dir));
    }
    TRY(read_policy(job, candor));
    candor->view = view_begin(candor->arena, candor->campaign_count);
    candor->published = NEW_ARRAY(candor->arena, candor->model_spec_count + 1, struct published *);
    TRY(store_open(job, candor->arena, candor->dir, candor->inventory, &candor->store));
    TRY(read_signer(job, candor));
    TRY(read_origin(job, candor));
    TRY(ledger_open(job, candor->arena, candor->store, candor->signer, candor->origin,
                    &candor->ledger));
    TRY(operator_enter(job, candor, operator_name));
    TRY(account_for_policy(job, candor));
    TRY(home_begin(job, candor, &txn));
    return store_subject_count(job, txn, &candor->subjects);
}

enum candor_status candor_open(struct job *job, const char *dir, const char *operator_name,
                               struct candor **candor)
{
    struct candor *opened = candor_new(dir);
    home_enter(opened);
    const enum candor_status status = open_house(job, opened, operator_name);
    home_leave(opened);
    if (status != CANDOR_OK) {
        arena_end(opened->arena);
        return status;
    }
    *candor = opened;
    return CANDOR_OK;
}

void candor_close(struct candor *candor)
{
    if (candor != NULL) {
        arena_end(candor->arena);
    }
}

/* ---- making -------------------------------------------------------------------------------- */

static enum candor_status make_keys(struct job *job, struct candor *candor)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(secret_file_create(job, key_path(job->arena, candor->dir, "ledger.key")));
    TRY(read_signer(job, candor));
    signer_public(candor->signer, public_key);
    const struct str text = str_format(
        job->arena, "%.*s\n", STR_ARG(verifier_key_text(job->arena, candor->origin, public_key)));
    return file_replace(job, path_join(job->arena, candor->dir, STR("ledger.pub")), bytes_of(text),
                        0644);
}

static enum candor_status write_example(struct job *job, struct candor *candor, struct str name)
{
    const struct lit example = config_example();
    struct buf buf = buf_begin(job->arena);
    const struct str text = str_from(example);
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
    TRY(read_policy(job, candor));
    TRY(store_create(job, candor->arena, candor->dir, candor->inventory, &candor->store));
    TRY(ledger_open(job, candor->arena, candor->store, candor->signer, candor->origin,
                    &candor->ledger));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_HOME_CREATED, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(operator_create(job, candor, txn, operator_name, ROLE_OWNER));
    TRY(keep_wordings(job, candor, txn));
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
    struct candor *candor = candor_new(beside);
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

/* ---- answers ------------------------------------------------------------------------------- */

void answer_begin(struct job *job, struct answer *answer)
{
    answer->buf = buf_begin(job->arena);
    json_begin(&answer->json, &answer->buf, true);
}

void answer_end(struct answer *answer, struct candor_text *text)
{
    json_end(&answer->json);
    buf_u8(&answer->buf, 0);
    text->ptr = (const char *)answer->buf.ptr;
    text->len = answer->buf.len - 1;
}

struct candor_text text_of(struct job *job, struct str text)
{
    return (struct candor_text){str_z(job->arena, text), text.len};
}

static void end_arena(void *thing)
{
    arena_end(thing);
}

struct arena *arena_beside(struct job *job)
{
    struct arena *arena = arena_begin();
    arena_defer(job->arena, end_arena, arena);
    return arena;
}

void candor_figures(struct candor *candor, struct candor_figures *figures)
{
    home_enter(candor);
    *figures = (struct candor_figures){
        .subjects = candor->subjects,
        .ledger_entries = ledger_size(candor->ledger),
        .decisions = candor->decisions,
        .sends = candor->sends,
        .withheld = candor->withheld,
        .permits_denied = candor->permits_denied,
        .view_entries = view_count(candor->view),
    };
    home_leave(candor);
}

static enum candor_status rotate(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct key_erasure facts;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(store_rotate_keys(job, candor->store, &facts));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_KEY_ROTATE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("rotated"));
    json_bool(&answer.json, true);
    key_change_json(job, &answer.json, &facts);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_keys_rotate(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = rotate(job, candor, report);
    home_leave(candor);
    return status;
}
