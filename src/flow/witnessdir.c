/*
 * witnessdir.c - the folder of a witness: making it, opening it, and the list of ledgers it watches.
 *
 *     DIR/witness.key            signs cosignatures (0600)
 *     DIR/witness.pub            the verifier key for others
 *     DIR/ledgers                the verifier keys of the ledgers, a line each
 *     DIR/logs/<id>              one file a ledger: its verifier key, and below it the checkpoint that
 *                                was cosigned last, with the cosignature; id is the key's
 *     DIR/logs/<id>.fork         a checkpoint signed by the ledger that contradicts it: proof of two
 *                                ledgers under one name
 *     DIR/logs/<id>.before-<n>   what was known before the witness was told to begin anew, and why
 */
#include <string.h>

#include "watching.h"

enum { STATE_LEN_MAX = 1 << 18, FORGOTTEN_MAX = 1000 };

#define LIST_TITLE "candor-witness-v1\n"

static struct str file_in(struct arena *arena, struct str dir, const char *name)
{
    return path_join(arena, dir, str_of(name));
}

/* ---- the state of one ledger --------------------------------------------------------------- */

static struct str state_path(struct arena *arena, struct str dir, struct str key_text)
{
    struct str rest = key_text;
    (void)str_cut(&rest, '+');
    const struct str id = str_cut(&rest, '+');
    return path_join(arena, file_in(arena, dir, "logs"), id);
}

enum candor_status watched_write(struct job *job, const struct watched *watched, struct str note)
{
    const struct str text =
        str_format(job->arena, "%.*s\n%.*s", STR_ARG(watched->key_text), STR_ARG(note));
    return file_replace(job, watched->file, bytes_of(text), 0644);
}

static unsigned count_forgotten(struct job *job, struct str file)
{
    unsigned count = 0;
    while (count < FORGOTTEN_MAX &&
           file_exists(job, str_format(job->arena, "%.*s.before-%u", STR_ARG(file), count + 1))) {
        count++;
    }
    return count;
}

/* What the last cosigned note says must be what this witness signed. */
static enum candor_status note_take(struct job *job, const struct candor_witness *witness,
                                    struct watched *watched, struct str note)
{
    struct checkpoint checkpoint;
    struct str line;
    TRY(checkpoint_read(job, note, watched->known.origin, watched->known.public_key, &checkpoint));
    TRY(cosignature_find(job, note, &witness->self, &line, &watched->time_s));
    watched->known.size = checkpoint.size;
    watched->known.root = checkpoint.root;
    return CANDOR_OK;
}

static enum candor_status watched_new(struct job *job, const struct candor_witness *witness,
                                      struct str key_text, struct watched **watched)
{
    struct str origin;
    struct watched *made = NEW(witness->arena, struct watched);
    TRY(verifier_key_read(job, key_text, &origin, made->known.public_key));
    made->key_text = str_copy(witness->arena, key_text);
    made->known.origin = str_copy(witness->arena, origin);
    made->file = state_path(witness->arena, witness->dir, made->key_text);
    *watched = made;
    return CANDOR_OK;
}

struct watched *watched_find(const struct candor_witness *witness, struct str origin)
{
    for (size_t i = 0; i < witness->count; i++) {
        if (str_equal(witness->watched[i]->known.origin, origin)) {
            return witness->watched[i];
        }
    }
    return NULL;
}

/* ---- the list ------------------------------------------------------------------------------ */

/* DIR/ledgers names the verifier keys, a line each. */
static enum candor_status list_write(struct job *job, const struct candor_witness *witness)
{
    struct buf text = buf_begin(job->arena);
    buf_lit(&text, LIT(LIST_TITLE));
    for (size_t i = 0; i < witness->count; i++) {
        buf_str(&text, witness->watched[i]->key_text);
        buf_lit(&text, LIT("\n"));
    }
    return file_replace(job, file_in(job->arena, witness->dir, "ledgers"), buf_all(&text), 0644);
}

static enum candor_status state_read(struct job *job, const struct candor_witness *witness,
                                     struct watched *watched)
{
    struct bytes content;
    TRY(file_read(job, watched->file, STATE_LEN_MAX, &content));
    struct str rest = {(const char *)content.ptr, content.len};
    const struct str key_text = str_cut(&rest, '\n');
    if (!str_equal(key_text, watched->key_text) || rest.ptr == NULL) {
        return fail(job, CANDOR_CORRUPT, "it is not the state of that ledger");
    }
    watched->forgotten = count_forgotten(job, watched->file);
    return rest.len == 0 ? CANDOR_OK : note_take(job, witness, watched, rest);
}

static enum candor_status list_read(struct job *job, struct candor_witness *witness)
{
    struct bytes content;
    TRY(file_read(job, file_in(job->arena, witness->dir, "ledgers"), STATE_LEN_MAX, &content));
    struct str rest = {(const char *)content.ptr, content.len};
    if (!str_starts(rest, STR(LIST_TITLE)) || !str_ends(rest, STR("\n"))) {
        return fail(job, CANDOR_CORRUPT, "the witness's list of ledgers is damaged");
    }
    rest = str_slice(rest, sizeof LIST_TITLE - 1, rest.len);
    while (rest.len > 0) {
        struct watched *watched = NULL;
        if (witness->count == WATCHED_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "a witness watches at most %d ledgers", WATCHED_MAX);
        }
        TRY(watched_new(job, witness, str_cut(&rest, '\n'), &watched));
        TRY(during(job, state_read(job, witness, watched), "%.*s", STR_ARG(watched->file)));
        witness->watched[witness->count++] = watched;
    }
    return CANDOR_OK;
}

/* ---- making and opening -------------------------------------------------------------------- */

enum candor_status candor_witness_init(struct job *job, const char *dir, const char *name,
                                       struct candor_text *report)
{
    struct secret *seed = NULL;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct candor_witness empty = {.dir = str_of(dir)};
    const struct str key_path = file_in(job->arena, str_of(dir), "witness.key");
    if (!note_name_is_allowed(str_of(name)) || strlen(name) > ORIGIN_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a witness's name is 1 to %d bytes without spaces and plus, best an address "
                    "of its company: shop.example/witness",
                    ORIGIN_LEN_MAX);
    }
    TRY(crypto_start(job));
    TRY(dir_make(job, str_of(dir), 0700));
    TRY(dir_make(job, file_in(job->arena, str_of(dir), "logs"), 0700));
    TRY(secret_file_create(job, key_path));
    TRY(secret_file_read(job, job->arena, key_path, &seed));
    signer_public(signer_make(job->arena, seed), public_key);
    const struct str key = witness_key_text(job->arena, str_of(name), public_key);
    const struct str line = str_format(job->arena, "%.*s\n", STR_ARG(key));
    TRY(list_write(job, &empty));
    TRY(file_replace(job, file_in(job->arena, str_of(dir), "witness.pub"), bytes_of(line), 0644));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("witness"));
    json_text(&answer.json, str_of(name));
    json_key(&answer.json, LIT("folder"));
    json_text(&answer.json, str_of(dir));
    json_key(&answer.json, LIT("key"));
    json_text(&answer.json, key);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static void end_lock(void *thing)
{
    struct candor_witness *witness = thing;
    (void)pthread_mutex_destroy(&witness->lock); /* nobody is inside any more */
}

static enum candor_status open_witness(struct job *job, struct candor_witness *witness)
{
    struct bytes content;
    struct secret *seed = NULL;
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(crypto_start(job));
    const struct str pub = file_in(job->arena, witness->dir, "witness.pub");
    if (!file_exists(job, pub)) {
        return fail(job, CANDOR_NOT_FOUND,
                    "there is no witness in '%.*s'; make one with: candor witness init DIR",
                    STR_ARG(witness->dir));
    }
    TRY(file_lock(job, witness->arena, file_in(job->arena, witness->dir, "lock")));
    TRY(file_read(job, pub, 4096, &content));
    const struct str text = {(const char *)content.ptr, content.len};
    TRY(during(job,
               witness_key_read(job, str_trim(text), &witness->self.name, witness->self.public_key),
               "witness.pub"));
    witness->self.name = str_copy(witness->arena, witness->self.name);
    TRY(secret_file_read(job, witness->arena, file_in(job->arena, witness->dir, "witness.key"),
                         &seed));
    witness->signer = signer_make(witness->arena, seed);
    signer_public(witness->signer, public_key);
    if (!bytes_same(public_key, witness->self.public_key, sizeof public_key)) {
        return fail(job, CANDOR_CORRUPT,
                    "witness.pub is not the public part of witness.key: one of them was replaced");
    }
    return list_read(job, witness);
}

enum candor_status candor_witness_open(struct job *job, const char *dir,
                                       struct candor_witness **witness)
{
    struct arena *arena = arena_begin();
    struct candor_witness *opened = NEW(arena, struct candor_witness);
    opened->arena = arena;
    opened->dir = str_copy(arena, str_of(dir));
    must(pthread_mutex_init(&opened->lock, NULL) == 0);
    arena_defer(arena, end_lock, opened);
    const enum candor_status status = open_witness(job, opened);
    if (status != CANDOR_OK) {
        arena_end(arena);
        return status;
    }
    *witness = opened;
    return CANDOR_OK;
}

void candor_witness_close(struct candor_witness *witness)
{
    if (witness != NULL) {
        arena_end(witness->arena);
    }
}

void witness_enter(struct candor_witness *witness)
{
    must(pthread_mutex_lock(&witness->lock) == 0);
}

void witness_leave(struct candor_witness *witness)
{
    must(pthread_mutex_unlock(&witness->lock) == 0);
}

/* ---- its list, for people ------------------------------------------------------------------ */

static void watched_json(struct job *job, struct json *json, const struct watched *watched)
{
    const struct str fork = str_format(job->arena, "%.*s.fork", STR_ARG(watched->file));
    const bool is_forked = file_exists(job, fork);
    json_map_begin(json);
    json_key(json, LIT("ledger"));
    json_text(json, watched->known.origin);
    json_key(json, LIT("key"));
    json_text(json, watched->key_text);
    json_key(json, LIT("entries"));
    json_u64(json, watched->known.size);
    json_key(json, LIT("begun_anew"));
    json_u64(json, watched->forgotten);
    json_key(json, LIT("forked"));
    json_bool(json, is_forked);
    if (is_forked) {
        json_key(json, LIT("evidence"));
        json_text(json, fork);
    }
    json_map_end(json);
}

enum candor_status candor_witness_list(struct job *job, struct candor_witness *witness,
                                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("witness"));
    json_text(&answer.json, witness->self.name);
    json_key(&answer.json, LIT("key"));
    json_text(&answer.json,
              witness_key_text(job->arena, witness->self.name, witness->self.public_key));
    json_key(&answer.json, LIT("ledgers"));
    json_list_begin(&answer.json);
    witness_enter(witness);
    for (size_t i = 0; i < witness->count; i++) {
        watched_json(job, &answer.json, witness->watched[i]);
    }
    witness_leave(witness);
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status add(struct job *job, struct candor_witness *witness, struct str key_text,
                              struct watched **watched)
{
    TRY(watched_new(job, witness, key_text, watched));
    if (watched_find(witness, (*watched)->known.origin) != NULL) {
        return fail(job, CANDOR_EXISTS, "the ledger %.*s is watched already",
                    STR_ARG((*watched)->known.origin));
    }
    if (witness->count == WATCHED_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a witness watches at most %d ledgers", WATCHED_MAX);
    }
    /* A state without its line in the list is of an attempt that a crash ended: go on from it. */
    TRY(file_exists(job, (*watched)->file) ? state_read(job, witness, *watched)
                                           : watched_write(job, *watched, STR("")));
    witness->watched[witness->count++] = *watched;
    const enum candor_status status = list_write(job, witness);
    witness->count -= status == CANDOR_OK ? 0 : 1;
    return status;
}

enum candor_status candor_witness_add(struct job *job, struct candor_witness *witness,
                                      const char *verifier_key, struct candor_text *report)
{
    struct watched *watched = NULL;
    witness_enter(witness);
    const enum candor_status status = add(job, witness, str_trim(str_of(verifier_key)), &watched);
    witness_leave(witness);
    TRY(status);
    struct answer answer;
    answer_begin(job, &answer);
    watched_json(job, &answer.json, watched);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status forget(struct job *job, struct candor_witness *witness, struct str origin,
                                 struct str reason, struct watched **watched)
{
    struct watched *found = watched_find(witness, origin);
    if (found == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "this witness watches no ledger of that name");
    }
    if (reason.len == 0 || reason.len > 1000 || !str_is_utf8(reason) ||
        str_find(reason, '\n') < reason.len) {
        return fail(job, CANDOR_BAD_INPUT, "give the reason, in one line of at most 1000 bytes");
    }
    if (found->forgotten >= FORGOTTEN_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "the witness began anew %d times already",
                    FORGOTTEN_MAX);
    }
    const struct str before =
        str_format(job->arena, "%.*s.before-%u", STR_ARG(found->file), found->forgotten + 1);
    struct bytes state;
    struct buf kept = buf_begin(job->arena);
    TRY(file_read(job, found->file, STATE_LEN_MAX, &state));
    buf_format(&kept, "%.*s\n%.*s\n", STR_ARG(str_from_time(job->arena, job->now)),
               STR_ARG(reason));
    buf_bytes(&kept, state.ptr, state.len);
    TRY(file_replace(job, before, buf_all(&kept), 0644));
    TRY(watched_write(job, found, STR("")));
    found->known.size = 0;
    found->forgotten++;
    *watched = found;
    return CANDOR_OK;
}

enum candor_status candor_witness_forget(struct job *job, struct candor_witness *witness,
                                         const char *origin, const char *reason,
                                         struct candor_text *report)
{
    struct watched *watched = NULL;
    witness_enter(witness);
    const enum candor_status status =
        forget(job, witness, str_of(origin), str_of(reason), &watched);
    witness_leave(witness);
    TRY(status);
    struct answer answer;
    answer_begin(job, &answer);
    watched_json(job, &answer.json, watched);
    answer_end(&answer, report);
    return CANDOR_OK;
}
