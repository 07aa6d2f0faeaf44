/*
 * second.c - acts that need a second operator's signature.
 *
 *     ann: erase ...            refused; a wish is put down under a number
 *     bob: second sign NUMBER   bob's signature over the wish
 *     ann: erase ...            the same act finds the signature, uses it up, and is done
 *
 * The number is a keyed hash of the act and of all that it depends on, so that a signature is for
 * exactly one act, and says nothing about whom it concerns. A wish and a signature hold for
 * second_valid_hours. The signature is used up in the transaction of the act: an act that fails has
 * not used it.
 *
 *     version u8 = 1 | act u8 | asked by block | asked at i64 | signer block | signed at i64
 *     | signature 64 (zeros: not signed yet)
 */
#include <string.h>

#include "staff.h"

enum { SECOND_VERSION = 1, NUMBER_LEN = 16 };

struct wish {
    enum guarded guarded;
    struct str asker;
    int64_t asked;
    struct str signer; /* empty: not signed yet */
    int64_t signed_at;
    uint8_t signature[SIGNATURE_LEN];
};

/* ---- keeping ------------------------------------------------------------------------------- */

static struct bytes write_wish(struct job *job, const struct wish *wish)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, SECOND_VERSION);
    buf_u8(&buf, (uint8_t)wish->guarded);
    buf_block(&buf, bytes_of(wish->asker));
    buf_u64le(&buf, (uint64_t)wish->asked);
    buf_block(&buf, bytes_of(wish->signer));
    buf_u64le(&buf, (uint64_t)wish->signed_at);
    buf_bytes(&buf, wish->signature, sizeof wish->signature);
    return buf_all(&buf);
}

static enum candor_status read_wish(struct job *job, struct txn *txn, struct str number,
                                    struct wish *wish)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("second"), number, &bytes));
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t guarded = read_u8(&reader);
    wish->asker = read_text(&reader);
    wish->asked = (int64_t)read_u64le(&reader);
    wish->signer = read_text(&reader);
    wish->signed_at = (int64_t)read_u64le(&reader);
    const struct bytes signature = read_bytes(&reader, SIGNATURE_LEN);
    if (!reader_is_done(&reader) || version != SECOND_VERSION || guarded >= GUARDS) {
        return fail(job, CANDOR_CORRUPT, "the record of an act that waits is damaged");
    }
    wish->guarded = (enum guarded)guarded;
    bytes_copy(wish->signature, signature.ptr, signature.len);
    return CANDOR_OK;
}

/* What the second operator signs: the home, the number and the wish as it was put down. */
static struct bytes signed_bytes(struct job *job, const struct candor *candor, struct str number,
                                 const struct wish *wish)
{
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("candor-second-v1\n"));
    buf_block(&buf, bytes_of(candor->origin));
    buf_block(&buf, bytes_of(number));
    buf_u8(&buf, (uint8_t)wish->guarded);
    buf_block(&buf, bytes_of(wish->asker));
    buf_u64le(&buf, (uint64_t)wish->asked);
    buf_block(&buf, bytes_of(wish->signer));
    buf_u64le(&buf, (uint64_t)wish->signed_at);
    return buf_all(&buf);
}

static enum candor_status number_of(struct job *job, struct candor *candor, enum guarded guarded,
                                    const struct str *part, size_t part_count, struct str *number)
{
    struct secret *key = NULL;
    uint8_t tag[NUMBER_LEN];
    struct buf whole = buf_begin(job->arena);
    TRY(store_home_secret(job, candor->store, "second__", &key));
    buf_u8(&whole, (uint8_t)guarded);
    buf_block(&whole, bytes_of(candor->self.name)); /* whoever asked does it */
    for (size_t i = 0; i < part_count; i++) {
        buf_block(&whole, bytes_of(part[i]));
    }
    const struct bytes bytes = buf_all(&whole);
    tag_of(tag, sizeof tag, key, &bytes, 1);
    *number = hex_of(job->arena, (struct bytes){tag, sizeof tag});
    return CANDOR_OK;
}

static enum candor_status account_for(struct job *job, struct candor *candor, struct txn *txn,
                                      struct str number, enum ledger_outcome outcome)
{
    uint8_t object[16];
    uint64_t index = 0;
    must(hex_read(number, object, sizeof object));
    const struct account account = {
        .action = LEDGER_SECOND_SIGNATURE, .outcome = outcome, .object = object};
    return home_account(job, candor, txn, &account, &index, NULL);
}

/* ---- the act ------------------------------------------------------------------------------- */

static bool is_fresh(const struct job *job, const struct candor *candor, int64_t since)
{
    return job->now - since < candor->second_valid && since <= job->now;
}

/* By somebody else, who still works here and may do such a thing. */
static enum candor_status signature_check(struct job *job, struct candor *candor, struct txn *txn,
                                          struct str number, const struct wish *wish)
{
    struct operator signer;
    TRY(operator_read(job, candor, txn, wish->signer, &signer));
    TRY(role_require(job, signer.roles, guarded_act(wish->guarded)));
    if (str_equal(wish->signer, candor->self.name) ||
        (signer.expires != 0 && signer.expires <= job->now) ||
        !signature_holds(signer.public_key, signed_bytes(job, candor, number, wish),
                         wish->signature)) {
        return fail(job, CANDOR_FORBIDDEN, "the second signature does not hold");
    }
    return CANDOR_OK;
}

/* Put the wish down, durably, and refuse the act. */
static enum candor_status ask(struct job *job, struct candor *candor, struct txn *txn,
                              struct str number, enum guarded guarded, bool is_new)
{
    if (is_new) {
        const struct wish wish = {
            .guarded = guarded, .asker = candor->self.name, .asked = job->now, .signer = STR("")};
        TRY(store_put_document(job, txn, LIT("second"), number, write_wish(job, &wish)));
        TRY(account_for(job, candor, txn, number, OUTCOME_DENY));
        TRY(home_commit(job, candor, txn));
    }
    return fail(job, CANDOR_REFUSED,
                "candor.yaml wants two people behind '%s': another operator signs it, on the "
                "board's page or with 'candor second sign %.*s', then do it again",
                guarded_name(guarded), STR_ARG(number));
}

enum candor_status second_require(struct job *job, struct candor *candor, enum guarded guarded,
                                  const struct str *part, size_t part_count)
{
    struct txn *txn = NULL;
    struct str number;
    struct wish wish = {0};
    if ((candor->guarded >> guarded & 1) == 0) {
        return CANDOR_OK;
    }
    TRY(number_of(job, candor, guarded, part, part_count, &number));
    TRY(home_begin(job, candor, &txn));
    const enum candor_status status = read_wish(job, txn, number, &wish);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return ask(job, candor, txn, number, guarded, true);
    }
    TRY(status);
    if (wish.signer.len == 0 || !is_fresh(job, candor, wish.signed_at)) {
        const bool is_over = !is_fresh(job, candor, wish.asked) || wish.signer.len > 0;
        return ask(job, candor, txn, number, guarded, is_over);
    }
    TRY(signature_check(job, candor, txn, number, &wish));
    TRY(store_remove_document(job, txn, LIT("second"), number));
    return account_for(job, candor, txn, number, OUTCOME_DONE);
}

/* ---- the second operator ------------------------------------------------------------------- */

static enum candor_status list(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *number = NULL;
    size_t count = 0;
    struct answer answer;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("second"), &number, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("waiting"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct wish wish = {0};
        TRY(read_wish(job, txn, number[i], &wish));
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("number"));
        json_text(&answer.json, number[i]);
        json_key(&answer.json, LIT("act"));
        json_text(&answer.json, str_of(guarded_name(wish.guarded)));
        json_key(&answer.json, LIT("asked_by"));
        json_text(&answer.json, wish.asker);
        json_key(&answer.json, LIT("asked"));
        json_text(&answer.json, str_from_time(job->arena, wish.asked));
        json_key(&answer.json, LIT("signed_by"));
        json_text(&answer.json, wish.signer);
        json_key(&answer.json, LIT("over"));
        json_bool(&answer.json, !is_fresh(job, candor, wish.asked));
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_second_list(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, report);
    home_leave(candor);
    return status;
}

static enum candor_status open_wish(struct job *job, struct candor *candor, struct txn *txn,
                                    struct str number, struct wish *wish)
{
    uint8_t tag[NUMBER_LEN];
    if (!hex_read(number, tag, sizeof tag)) {
        return fail(job, CANDOR_BAD_INPUT, "a number has %d hex digits", 2 * NUMBER_LEN);
    }
    const enum candor_status status = read_wish(job, txn, number, wish);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "nothing waits under this number");
    }
    TRY(status);
    if (str_equal(wish->asker, candor->self.name)) {
        return fail(job, CANDOR_FORBIDDEN, "whoever asked cannot be the second");
    }
    if (!is_fresh(job, candor, wish->asked)) {
        return fail(job, CANDOR_REFUSED, "it waited too long: it has to be asked for again");
    }
    return caller_may(job, candor, guarded_act(wish->guarded));
}

static enum candor_status sign(struct job *job, struct candor *candor, struct str number,
                               bool grant, struct candor_text *report)
{
    struct txn *txn = NULL;
    const struct signer *signer = NULL;
    struct wish wish = {0};
    struct answer answer;
    TRY(home_begin(job, candor, &txn));
    TRY(open_wish(job, candor, txn, number, &wish));
    wish.signer = candor->self.name;
    wish.signed_at = job->now;
    if (grant) {
        TRY(caller_signer(job, candor, &signer));
        signer_sign(signer, signed_bytes(job, candor, number, &wish), wish.signature);
        TRY(store_put_document(job, txn, LIT("second"), number, write_wish(job, &wish)));
    } else {
        TRY(store_remove_document(job, txn, LIT("second"), number));
    }
    TRY(account_for(job, candor, txn, number, grant ? OUTCOME_ALLOW : OUTCOME_DENY));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("number"));
    json_text(&answer.json, number);
    json_key(&answer.json, LIT("act"));
    json_text(&answer.json, str_of(guarded_name(wish.guarded)));
    json_key(&answer.json, LIT("granted"));
    json_bool(&answer.json, grant);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_second_sign(struct job *job, struct candor *candor, const char *number,
                                      bool grant, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = sign(job, candor, str_of(number), grant, report);
    home_leave(candor);
    return status;
}
