/*
 * operator.c - who works here: an operator's record, signing in, and what they may do.
 *
 * The record is a sealed document; their signing key is a file of their own,
 * keys/operator-NAME.key, which may be moved to wherever they work.
 *
 *     version u8 = 2 | roles u32 | public key 32 | end i64 (0: none)
 *     | courses u8, each: name block | until i64 | recorded i64
 *
 * Version 1 ends after the key.
 */
#include <string.h>

#include "staff.h"

enum { OPERATOR_VERSION = 2, OPERATOR_VERSION_1 = 1, OPERATOR_NAME_MAX = 40 };

/* ---- operators ----------------------------------------------------------------------------- */

enum candor_status operator_name_check(struct job *job, struct str name)
{
    bool is_fine = name.len > 0 && name.len <= OPERATOR_NAME_MAX;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        is_fine = is_fine && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || ((c == '-' || c == '_') && i > 0));
    }
    if (!is_fine) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "a name has 1 to %d letters, digits, - and _, and begins with a letter or digit",
            OPERATOR_NAME_MAX);
    }
    return CANDOR_OK;
}

struct str operator_key_path(struct job *job, const struct candor *candor, struct str name)
{
    const struct str file = str_format(job->arena, "operator-%.*s.key", STR_ARG(name));
    return path_join(job->arena, path_join(job->arena, candor->dir, STR("keys")), file);
}

enum candor_status operator_tag(struct job *job, const struct candor *candor, struct str name,
                                uint8_t tag[16])
{
    struct secret *key = NULL;
    TRY(store_home_secret(job, candor->store, "actor___", &key));
    const struct bytes part[] = {bytes_of(name)};
    tag_of(tag, 16, key, part, 1);
    return CANDOR_OK;
}

enum candor_status operator_create(struct job *job, struct candor *candor, struct txn *txn,
                                   struct str name, unsigned roles)
{
    struct secret *seed = NULL;
    struct operator operator= {.name = name, .roles = roles};
    const struct str path = operator_key_path(job, candor, name);
    TRY(operator_name_check(job, name));
    TRY(secret_file_create(job, path));
    TRY(secret_file_read(job, job->arena, path, &seed));
    signer_public(signer_make(job->arena, seed), operator.public_key);
    return operator_write(job, txn, &operator);
}

enum candor_status operator_write(struct job *job, struct txn *txn, const struct operator* operator)
{
    struct buf record = buf_begin(job->arena);
    buf_u8(&record, OPERATOR_VERSION);
    buf_u32le(&record, operator->roles);
    buf_bytes(&record, operator->public_key, sizeof operator->public_key);
    buf_u64le(&record, (uint64_t) operator->expires);
    buf_u8(&record, (uint8_t) operator->taken_count);
    for (size_t i = 0; i < operator->taken_count; i++) {
        buf_block(&record, bytes_of(operator->taken[i].course));
        buf_u64le(&record, (uint64_t) operator->taken[i].until);
        buf_u64le(&record, (uint64_t) operator->taken[i].recorded);
    }
    return store_put_document(job, txn, LIT("operator"), operator->name, buf_all(&record));
}

/* What version 2 added. False: it is damaged. */
static bool read_newer(struct arena *arena, struct reader *reader, struct operator* operator)
{
    operator->expires =(int64_t) read_u64le(reader);
    operator->taken_count = read_u8(reader);
    if (reader->bad || operator->taken_count> COURSES_MAX) {
        return false;
    }
    operator->taken = NEW_ARRAY(arena, COURSES_MAX, struct acknowledgement);
    for (size_t i = 0; i < operator->taken_count; i++) {
        operator->taken[i].course = str_copy(arena, read_text(reader));
        operator->taken[i].until =(int64_t) read_u64le(reader);
        operator->taken[i].recorded =(int64_t) read_u64le(reader);
    }
    return reader_is_done(reader);
}

enum candor_status operator_read(struct job *job, struct candor *candor, struct txn *txn,
                                 struct str name, struct operator* operator)
{
    struct bytes bytes;
    const enum candor_status status = store_document(job, txn, LIT("operator"), name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_FORBIDDEN, "no operator '%.*s' in this home", STR_ARG(name));
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    *operator=(struct operator){.name = name};
    operator->roles = read_u32le(&reader);
    const struct bytes public_key = read_bytes(&reader, PUBLIC_KEY_LEN);
    operator->taken = NEW_ARRAY(job->arena, COURSES_MAX, struct acknowledgement);
    const bool is_whole =
        version == OPERATOR_VERSION_1
            ? reader_is_done(&reader)
            : version == OPERATOR_VERSION && read_newer(job->arena, &reader, operator);
    if (!is_whole) {
        return fail(job, CANDOR_CORRUPT, "the record of operator '%.*s' is damaged", STR_ARG(name));
    }
    bytes_copy(operator->public_key, public_key.ptr, PUBLIC_KEY_LEN);
    return operator_tag(job, candor, name, operator->tag);
}

static enum candor_status first_operator(struct job *job, struct txn *txn, struct str *name)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("policy"), STR("first_operator"), &bytes));
    *name = (struct str){(const char *)bytes.ptr, bytes.len};
    return CANDOR_OK;
}

bool operator_is_over(const struct job *job, const struct operator* operator)
{
    return operator->expires != 0 && operator->expires <= job->now;
}

enum candor_status operator_must_not_be_over(struct job *job, const struct operator* operator)
{
    if (operator_is_over(job, operator)) {
        return fail(job, CANDOR_FORBIDDEN, "operator '%.*s' ended on %.*s", STR_ARG(operator->name),
                    STR_ARG(str_from_date(job->arena, operator->expires)));
    }
    return CANDOR_OK;
}

/* What was read lives as long as the home is open. */
void operator_keep(struct candor *candor, struct operator* operator)
{
    struct acknowledgement *kept = NEW_ARRAY(candor->arena, COURSES_MAX, struct acknowledgement);
    for (size_t i = 0; i < operator->taken_count; i++) {
        kept[i] = operator->taken[i];
        kept[i].course = str_copy(candor->arena, operator->taken[i].course);
    }
    operator->taken = kept;
    operator->name = str_copy(candor->arena, operator->name);
}

enum candor_status operator_signer(struct job *job, struct arena *arena,
                                   const struct candor *candor, const struct operator* operator,
                                   const struct signer ** signer)
{
    struct secret *seed = NULL;
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(secret_file_read(job, arena, operator_key_path(job, candor, operator->name), &seed));
    *signer = signer_make(arena, seed);
    signer_public(*signer, public_key);
    if (!bytes_same(public_key, operator->public_key, sizeof public_key)) {
        return fail(job, CANDOR_FORBIDDEN,
                    "the key file of operator '%.*s' is not the one on record",
                    STR_ARG(operator->name));
    }
    return CANDOR_OK;
}

enum candor_status operator_enter(struct job *job, struct candor *candor, const char *name)
{
    struct txn *txn = NULL;
    struct str chosen = str_of(name);
    TRY(home_begin(job, candor, &txn));
    if (chosen.len == 0) {
        TRY(first_operator(job, txn, &chosen));
    }
    TRY(operator_name_check(job, chosen));
    chosen = str_copy(candor->arena, chosen);
    TRY(operator_read(job, candor, txn, chosen, &candor->self));
    TRY(operator_must_not_be_over(job, &candor->self));
    operator_keep(candor, &candor->self);
    TRY(operator_signer(job, candor->arena, candor, &candor->self, &candor->self_signer));
    return CANDOR_OK;
}

static enum candor_status must_be_trained(struct job *job, const struct candor *candor)
{
    struct str course = STR("");
    int64_t until = 0;
    if (training_is_current(candor->self.roles, candor->required_training,
                            candor->required_training_count, candor->self.taken,
                            candor->self.taken_count, job->now, &course, &until)) {
        return CANDOR_OK;
    }
    if (until == 0) {
        return fail(
            job, CANDOR_FORBIDDEN,
            "no personal data without the course '%.*s'; the owner puts it down with: candor "
            "operator training",
            STR_ARG(course));
    }
    return fail(job, CANDOR_FORBIDDEN,
                "no personal data: the course '%.*s' counted until %.*s and has to be taken again",
                STR_ARG(course), STR_ARG(str_from_date(job->arena, until)));
}

/* Subjects are let in by name, call by call: one that nobody thought of is closed to them. */
enum candor_status caller_may(struct job *job, const struct candor *candor, enum act act)
{
    if (caller_subject(candor) != NULL) {
        return fail(job, CANDOR_FORBIDDEN, "this is not for the people whose data it is");
    }
    enum candor_status status = role_require(job, candor->self.roles, act);
    if (status == CANDOR_OK) { /* a server runs longer than a day */
        status = operator_must_not_be_over(job, &candor->self);
    }
    if (status == CANDOR_OK && act_is_personal(act)) {
        status = must_be_trained(job, candor);
    }
    return during(job, status, "operator '%.*s'", STR_ARG(candor->self.name));
}

enum candor_status caller_may_own(struct job *job, const struct candor *candor, enum act act)
{
    return caller_subject(candor) != NULL && act_is_subjects_own(act)
               ? CANDOR_OK
               : caller_may(job, candor, act);
}

enum candor_status caller_is_about(struct job *job, const struct candor *candor,
                                   const struct subject *subject)
{
    const struct subject *own = caller_subject(candor);
    if (own != NULL && (subject == NULL || own->slot != subject->slot ||
                        !bytes_same(own->id, subject->id, sizeof own->id))) {
        return fail(job, CANDOR_NOT_FOUND, "no such subject"); /* nor may they learn of any */
    }
    return CANDOR_OK;
}

/* ---- roles as text ------------------------------------------------------------------------- */

/* "marketer,approver" */
enum candor_status roles_read(struct job *job, const char *text, unsigned *roles)
{
    struct str rest = str_of(text);
    *roles = 0;
    while (rest.ptr != NULL && rest.len > 0) {
        enum role role;
        const struct str part = str_trim(str_cut(&rest, ','));
        if (!role_read(part, &role)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "unknown role; use owner, marketer, approver, analyst, privacy, machine or "
                        "tracker");
        }
        *roles |= (unsigned)role;
    }
    if (*roles == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "name at least one role: owner, marketer, approver, analyst, privacy, machine, "
                    "tracker");
    }
    return CANDOR_OK;
}

void roles_json(struct json *json, unsigned roles)
{
    json_key(json, LIT("roles"));
    json_list_begin(json);
    for (unsigned bit = ROLE_OWNER; bit <= ROLE_TRACKER; bit <<= 1) {
        if ((roles & bit) != 0) {
            json_text(json, str_of(role_name((enum role)bit)));
        }
    }
    json_list_end(json);
}

struct str roles_text(struct arena *arena, unsigned roles)
{
    struct buf buf = buf_begin(arena);
    for (unsigned bit = ROLE_OWNER; bit <= ROLE_TRACKER; bit <<= 1) {
        if ((roles & bit) != 0) {
            buf_format(&buf, "%s%s", buf.len == 0 ? "" : ", ", role_name((enum role)bit));
        }
    }
    return buf_text(&buf);
}
