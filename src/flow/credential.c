/*
 * credential.c - how an operator comes in: the record of their password and second factor.
 *
 *     version u8 = 2 | has password u8 | salt 16 | passes u32 | KiB u32 | hash 32
 *     | factor u8 | key 20 | last step u64 | recovery count u8, each 32 | last came in i64 (0: never)
 *
 * Version 1 ends before the last.
 *
 * The record is a document of the store, and so sealed with the home's key: a copy of data.db alone
 * gives nobody a hash to guess at, nor a second factor.
 */
#include "visits.h"

enum { CREDENTIAL_VERSION = 2, CREDENTIAL_VERSION_1 = 1, DIFFERENT_MIN = 5, CODE_LEN_MAX = 64 };

static enum candor_status is_damaged(struct job *job, struct str name)
{
    return fail(job, CANDOR_CORRUPT, "the credential of operator '%.*s' is damaged", STR_ARG(name));
}

static void read_factor(struct reader *reader, struct credential *credential)
{
    credential->factor = (enum factor)read_u8(reader);
    const struct bytes key = read_bytes(reader, OTP_KEY_LEN);
    credential->last_step = read_u64le(reader);
    credential->recovery_count = read_u8(reader);
    if (reader->bad || credential->factor > FACTOR_COUNTS ||
        credential->recovery_count > RECOVERY_CODES) {
        reader->bad = true;
        return;
    }
    bytes_copy(credential->key, key.ptr, key.len);
    for (size_t i = 0; i < credential->recovery_count; i++) {
        const struct bytes digest = read_bytes(reader, sizeof credential->recovery[i].byte);
        bytes_copy(credential->recovery[i].byte, digest.ptr, digest.len);
    }
}

enum candor_status credential_read(struct job *job, struct txn *txn, struct str name,
                                   struct credential *credential)
{
    struct bytes bytes;
    *credential = (struct credential){0};
    const enum candor_status status = store_document(job, txn, LIT("credential"), name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    credential->has_password = read_u8(&reader) != 0;
    const struct bytes salt = read_bytes(&reader, PASSWORD_SALT_LEN);
    credential->cost.passes = read_u32le(&reader);
    credential->cost.kib = read_u32le(&reader);
    const struct bytes hash = read_bytes(&reader, PASSWORD_HASH_LEN);
    read_factor(&reader, credential);
    if (version == CREDENTIAL_VERSION) {
        credential->came_in = (int64_t)read_u64le(&reader);
    }
    if (!reader_is_done(&reader) ||
        (version != CREDENTIAL_VERSION && version != CREDENTIAL_VERSION_1)) {
        return is_damaged(job, name);
    }
    bytes_copy(credential->salt, salt.ptr, salt.len);
    bytes_copy(credential->hash, hash.ptr, hash.len);
    return CANDOR_OK;
}

enum candor_status credential_write(struct job *job, struct txn *txn, struct str name,
                                    const struct credential *credential)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, CREDENTIAL_VERSION);
    buf_u8(&buf, credential->has_password ? 1 : 0);
    buf_bytes(&buf, credential->salt, sizeof credential->salt);
    buf_u32le(&buf, credential->cost.passes);
    buf_u32le(&buf, credential->cost.kib);
    buf_bytes(&buf, credential->hash, sizeof credential->hash);
    buf_u8(&buf, (uint8_t)credential->factor);
    buf_bytes(&buf, credential->key, sizeof credential->key);
    buf_u64le(&buf, credential->last_step);
    buf_u8(&buf, (uint8_t)credential->recovery_count);
    for (size_t i = 0; i < credential->recovery_count; i++) {
        buf_bytes(&buf, credential->recovery[i].byte, sizeof credential->recovery[i].byte);
    }
    buf_u64le(&buf, (uint64_t)credential->came_in);
    return store_put_document(job, txn, LIT("credential"), name, buf_all(&buf));
}

/* ---- passwords ----------------------------------------------------------------------------- */

static size_t different_bytes(struct str text)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += seen[(uint8_t)text.ptr[i]] ? 0 : 1;
        seen[(uint8_t)text.ptr[i]] = true;
    }
    return count;
}

static size_t characters(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((uint8_t)text.ptr[i] & 0xc0) == 0x80 ? 0 : 1;
    }
    return count;
}

/* Length is what counts (NIST SP 800-63B, section 3.1.1.2): no rules about kinds of characters. */
enum candor_status password_check(struct job *job, struct str name, struct str password)
{
    static const char *const guessed_first[] = {"password", "123456", "qwerty", "abcdef", "candor"};
    const struct str lower = str_lower(job->arena, password);
    if (password.len > PASSWORD_LEN_MAX || !str_is_utf8(password)) {
        return fail(job, CANDOR_BAD_INPUT, "a password is text of at most %d bytes",
                    PASSWORD_LEN_MAX);
    }
    if (characters(password) < PASSWORD_LEN_MIN) {
        return fail(job, CANDOR_BAD_INPUT, "a password has at least %d characters: a few words do",
                    PASSWORD_LEN_MIN);
    }
    bool is_guessed = different_bytes(password) < DIFFERENT_MIN ||
                      (name.len >= 3 && str_contains(lower, str_lower(job->arena, name)));
    for (size_t i = 0; i < sizeof guessed_first / sizeof guessed_first[0]; i++) {
        is_guessed = is_guessed || str_contains(lower, str_of(guessed_first[i]));
    }
    return is_guessed ? fail(job, CANDOR_BAD_INPUT,
                             "that password would be guessed early: it repeats itself, or holds "
                             "the name or a word that many use")
                      : CANDOR_OK;
}

enum candor_status password_set(struct job *job, const struct candor *candor, struct str password,
                                struct credential *credential)
{
    TRY(host_random(job, credential->salt, sizeof credential->salt));
    credential->cost = candor->server->cost;
    credential->has_password = true;
    return password_hash(job, password, credential->salt, credential->cost, credential->hash);
}

/* ---- codes --------------------------------------------------------------------------------- */

enum candor_status recovery_digest(struct job *job, const struct candor *candor, struct str code,
                                   struct digest *digest)
{
    struct secret *key = NULL;
    struct buf plain = buf_begin(job->arena);
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] != '-' && code.ptr[i] != ' ') {
            buf_u8(&plain, (uint8_t)code.ptr[i]);
        }
    }
    const struct bytes part = bytes_of(str_lower(job->arena, buf_text(&plain)));
    TRY(store_home_secret(job, candor->store, "recovery", &key));
    tag_of(digest->byte, sizeof digest->byte, key, &part, 1);
    return CANDOR_OK;
}

/* Six digits, spaced or not. */
static bool read_digits(struct str text, uint32_t *code)
{
    size_t count = 0;
    *code = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (c == ' ') {
            continue;
        }
        if (c < '0' || c > '9' || ++count > OTP_DIGITS) {
            return false;
        }
        *code = *code * 10 + (uint32_t)(c - '0');
    }
    return count == OTP_DIGITS;
}

/* All are compared, whichever fits. */
static bool take_recovery(struct credential *credential, struct digest digest)
{
    size_t found = RECOVERY_CODES;
    for (size_t i = 0; i < credential->recovery_count; i++) {
        found = digest_equal_secret(credential->recovery[i], digest) ? i : found;
    }
    if (found == RECOVERY_CODES) {
        return false;
    }
    credential->recovery[found] = credential->recovery[--credential->recovery_count];
    return true;
}

enum candor_status credential_takes(struct job *job, const struct candor *candor,
                                    struct credential *credential, struct str code, bool *takes)
{
    uint32_t digits = 0;
    struct digest digest;
    const struct bytes key = {credential->key, sizeof credential->key};
    *takes = false;
    if (code.len > CODE_LEN_MAX || credential->factor == FACTOR_NONE) {
        return CANDOR_OK;
    }
    if (read_digits(code, &digits)) {
        const uint64_t step = otp_accept(key, digits, job->now, credential->last_step);
        *takes = step != 0;
        credential->last_step = step != 0 ? step : credential->last_step;
        return CANDOR_OK;
    }
    TRY(recovery_digest(job, candor, code, &digest));
    *takes = credential->factor == FACTOR_COUNTS && take_recovery(credential, digest);
    return CANDOR_OK;
}
