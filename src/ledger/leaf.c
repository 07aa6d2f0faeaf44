/*
 * leaf.c - the deterministic bytes of one entry.
 *
 *     offset  size
 *          0     4   "CNL1"
 *          4     1   kind, 1
 *          5     8   time, milliseconds since 1970 UTC
 *         13     2   writer
 *         15     2   number of fields
 *         17         the fields: tag (1), length (2), bytes; tags rise, so each stands once
 *
 *     tag  bytes
 *       1     16   subject tag   BLAKE2b-128(key = the person's ledger key, index of this leaf as
 *                                u64): nobody without the key can tell which entries are of one
 *                                person; whoever has it finds them by computing the tag again
 *       2     32   commitment    BLAKE2b-256(key = 32 random bytes, payload)
 *       3     16   actor         tag of the operator or API key, or a system part's public name
 *       4      2   action        enum ledger_action, always present
 *       5     32   policy        hash of the rules, model or notice in force
 *       6     16   object        random id of a decision, campaign, request, certificate
 *       7      1   outcome       enum ledger_outcome
 *       8      8   prev          index of the writer's previous leaf; absent in its first one
 *
 * All numbers are big-endian. The subject tag counts with the leaf's index and not with a counter
 * of the person's own: no plain counter has to stand beside the person, and an index never comes
 * twice, so neither does a tag.
 *
 * One leaf has exactly one form: reading refuses every other one, since two forms of one entry
 * would be two hashes of it.
 */
#include <assert.h>
#include <string.h>

#include "ledger.h"

enum {
    HEAD_LEN = 17,
    TIME_AT = 5,
    WRITER_AT = 13,
    COUNT_AT = 15,
    FIELD_HEAD_LEN = 3,
};

static const uint8_t magic[4] = {'C', 'N', 'L', '1'};
static const uint64_t time_ms_max = INT64_MAX / 1000;

enum field_tag {
    FIELD_SUBJECT = 1,
    FIELD_COMMITMENT,
    FIELD_ACTOR,
    FIELD_ACTION,
    FIELD_POLICY,
    FIELD_OBJECT,
    FIELD_OUTCOME,
    FIELD_PREV,
    FIELD_END,
};

static const uint8_t field_len[FIELD_END] = {
    [FIELD_SUBJECT] = 16, [FIELD_COMMITMENT] = 32, [FIELD_ACTOR] = 16,  [FIELD_ACTION] = 2,
    [FIELD_POLICY] = 32,  [FIELD_OBJECT] = 16,     [FIELD_OUTCOME] = 1, [FIELD_PREV] = 8,
};

static_assert(LEAF_LEN_MAX == HEAD_LEN + 8 * FIELD_HEAD_LEN + 16 + 32 + 16 + 2 + 32 + 16 + 1 + 8,
              "LEAF_LEN_MAX is the head and one of each field");

const char *ledger_action_name(enum ledger_action action)
{
    switch (action) {
    case LEDGER_HOME_CREATED:
        return "home.created";
    case LEDGER_CONSENT_GIVEN:
        return "consent.given";
    case LEDGER_CONSENT_REFUSED:
        return "consent.refused";
    case LEDGER_CONSENT_WITHDRAWN:
        return "consent.withdrawn";
    case LEDGER_OBJECT:
        return "object";
    case LEDGER_RESTRICT:
        return "restrict";
    case LEDGER_CONSENT_REQUESTED:
        return "consent.requested";
    case LEDGER_CONSENT_DEFERRED:
        return "consent.deferred";
    case LEDGER_CONSENT_REVOKED:
        return "consent.revoked";
    case LEDGER_CONSENT_INVALIDATED:
        return "consent.invalidated";
    case LEDGER_IMPORT:
        return "import";
    case LEDGER_READ:
        return "read";
    case LEDGER_EXPORT:
        return "export";
    case LEDGER_CORRECT:
        return "correct";
    case LEDGER_ERASE:
        return "erase";
    case LEDGER_ERASED_KEY:
        return "erased.key";
    case LEDGER_DECIDE:
        return "decide";
    case LEDGER_PLAN:
        return "plan";
    case LEDGER_APPROVE:
        return "approve";
    case LEDGER_SEND:
        return "send";
    case LEDGER_CONTACT:
        return "contact";
    case LEDGER_RESULTS:
        return "results";
    case LEDGER_MODEL_TRAIN:
        return "model.train";
    case LEDGER_MODEL_PUBLISH:
        return "model.publish";
    case LEDGER_MODEL_RETIRE:
        return "model.retire";
    case LEDGER_MODEL_EXPORT:
        return "model.export";
    case LEDGER_POLICY_CHANGE:
        return "policy.change";
    case LEDGER_ROLE_CHANGE:
        return "role.change";
    case LEDGER_KEY_ROTATE:
        return "key.rotate";
    case LEDGER_AUDIT:
        return "audit";
    case LEDGER_ALARM:
        return "alarm";
    case LEDGER_AUTOMATION:
        return "automation";
    case LEDGER_LIMIT:
        return "limit";
    case LEDGER_REQUEST:
        return "request";
    case LEDGER_REQUEST_STEP:
        return "request.step";
    case LEDGER_REQUEST_EXTENDED:
        return "request.extended";
    case LEDGER_REQUEST_FULFILLED:
        return "request.fulfilled";
    case LEDGER_REQUEST_REFUSED:
        return "request.refused";
    case LEDGER_REQUEST_CANCELLED:
        return "request.cancelled";
    case LEDGER_REQUEST_ESCALATED:
        return "request.escalated";
    case LEDGER_SUPPRESS:
        return "suppress";
    case LEDGER_REVIEW:
        return "review";
    case LEDGER_EXPLAIN:
        return "explain";
    case LEDGER_DISCLOSE:
        return "disclose";
    case LEDGER_SHARE:
        return "share";
    case LEDGER_RECALL:
        return "recall";
    case LEDGER_RECALL_ACKNOWLEDGED:
        return "recall.acknowledged";
    case LEDGER_TRACE:
        return "trace";
    case LEDGER_MESSAGE:
        return "message";
    case LEDGER_RESTORED:
        return "restored";
    case LEDGER_OPERATOR:
        return "operator";
    case LEDGER_SECOND_SIGNATURE:
        return "second.signature";
    case LEDGER_INCIDENT:
        return "incident";
    case LEDGER_INCIDENT_NOTIFIED:
        return "incident.notified";
    case LEDGER_LOGIN:
        return "login";
    case LEDGER_LOGIN_FAILED:
        return "login.failed";
    case LEDGER_SESSION_ENDED:
        return "session.ended";
    case LEDGER_SESSIONS_SEEN:
        return "sessions.seen";
    case LEDGER_CREDENTIAL:
        return "credential";
    case LEDGER_INVITE:
        return "invite";
    case LEDGER_FEEDBACK:
        return "feedback";
    case LEDGER_WISHES:
        return "wishes";
    case LEDGER_SUBJECT_LINK:
        return "subject.link";
    case LEDGER_SUBJECT_ENTER:
        return "subject.enter";
    case LEDGER_QUALITY:
        return "quality";
    case LEDGER_REPAIR:
        return "repair";
    case LEDGER_RETENTION:
        return "retention";
    case LEDGER_HOLD_PLACED:
        return "hold.placed";
    case LEDGER_HOLD_LIFTED:
        return "hold.lifted";
    case LEDGER_BOARD_PROPOSED:
        return "board.proposed";
    case LEDGER_BOARD_VOTE:
        return "board.vote";
    case LEDGER_BOARD_RECUSED:
        return "board.recused";
    case LEDGER_BOARD_OPINION:
        return "board.opinion";
    case LEDGER_BOARD_CHAIR:
        return "board.chair";
    case LEDGER_BOARD_WITHDRAWN:
        return "board.withdrawn";
    case LEDGER_BOARD_STATE:
        return "board.state";
    case LEDGER_CONTENT_SUBMITTED:
        return "content.submitted";
    case LEDGER_CONTENT_APPROVAL:
        return "content.approval";
    case LEDGER_CONTENT_DEPLOYED:
        return "content.deployed";
    case LEDGER_CONTENT_RETIRED:
        return "content.retired";
    case LEDGER_CONTENT_GENERATED:
        return "content.generated";
    case LEDGER_CHAT_ASKED:
        return "chat.asked";
    case LEDGER_CHAT_ANSWERED:
        return "chat.answered";
    case LEDGER_REPORT:
        return "report";
    }
    return NULL;
}

static bool outcome_is_known(unsigned number)
{
    return number >= OUTCOME_ALLOW && number <= OUTCOME_FAILED;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void number_put(uint8_t *target, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        target[i] = (uint8_t)(value >> 8 * (len - 1 - i));
    }
}

/* A leaf under way: the fields that stand already. */
struct draft {
    uint8_t *target;
    size_t len;
    uint16_t field_count;
};

/* Room for the bytes of the next field. */
static uint8_t *field_begin(struct draft *draft, enum field_tag tag)
{
    uint8_t *field = draft->target + draft->len;
    field[0] = (uint8_t)tag;
    number_put(field + 1, field_len[tag], 2);
    draft->len += FIELD_HEAD_LEN + (size_t)field_len[tag];
    draft->field_count++;
    must(draft->len <= LEAF_LEN_MAX);
    return field + FIELD_HEAD_LEN;
}

static void field_bytes(struct draft *draft, bool present, enum field_tag tag, const uint8_t *bytes)
{
    if (present) {
        bytes_copy(field_begin(draft, tag), bytes, field_len[tag]);
    }
}

static void field_number(struct draft *draft, bool present, enum field_tag tag, uint64_t number)
{
    if (present) {
        number_put(field_begin(draft, tag), number, field_len[tag]);
    }
}

size_t leaf_write(const struct ledger_leaf *leaf, uint8_t target[LEAF_LEN_MAX])
{
    must(leaf->kind == LEAF_KIND_ENTRY);
    must(leaf->time >= 0);
    must(ledger_action_name(leaf->action) != NULL);
    must(leaf->outcome == 0 || outcome_is_known(leaf->outcome));

    bytes_copy(target, magic, sizeof magic);
    target[sizeof magic] = leaf->kind;
    number_put(target + TIME_AT, (uint64_t)leaf->time / 1000, 8);
    number_put(target + WRITER_AT, leaf->writer, 2);

    struct draft draft = {.target = target, .len = HEAD_LEN};
    field_bytes(&draft, leaf->has_subject_tag, FIELD_SUBJECT, leaf->subject_tag);
    field_bytes(&draft, leaf->has_commitment, FIELD_COMMITMENT, leaf->commitment);
    field_bytes(&draft, leaf->has_actor, FIELD_ACTOR, leaf->actor);
    field_number(&draft, true, FIELD_ACTION, leaf->action);
    field_bytes(&draft, leaf->has_policy, FIELD_POLICY, leaf->policy.byte);
    field_bytes(&draft, leaf->has_object, FIELD_OBJECT, leaf->object);
    field_number(&draft, leaf->outcome != 0, FIELD_OUTCOME, leaf->outcome);
    field_number(&draft, leaf->has_prev, FIELD_PREV, leaf->prev);
    number_put(target + COUNT_AT, draft.field_count, 2);
    return draft.len;
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum candor_status head_read(struct job *job, struct reader *reader,
                                    struct ledger_leaf *leaf, uint16_t *field_count)
{
    const struct bytes start = read_bytes(reader, sizeof magic);
    leaf->kind = read_u8(reader);
    const uint64_t time_ms = read_u64be(reader);
    leaf->writer = read_u16be(reader);
    *field_count = read_u16be(reader);
    if (reader->bad) {
        return fail(job, CANDOR_CORRUPT, "the entry ends within its head of %d bytes", HEAD_LEN);
    }
    if (!bytes_same(start.ptr, magic, sizeof magic)) {
        return fail(job, CANDOR_CORRUPT, "the entry does not begin with CNL1");
    }
    if (leaf->kind != LEAF_KIND_ENTRY) {
        return fail(job, CANDOR_CORRUPT, "the entry is of kind %u, known is 1", leaf->kind);
    }
    if (time_ms > time_ms_max) {
        return fail(job, CANDOR_CORRUPT, "the entry's time is out of range");
    }
    leaf->time = (int64_t)time_ms * 1000;
    return CANDOR_OK;
}

static enum candor_status action_read(struct job *job, uint16_t number, struct ledger_leaf *leaf)
{
    leaf->action = (enum ledger_action)number;
    if (ledger_action_name(leaf->action) == NULL) {
        return fail(job, CANDOR_CORRUPT, "the entry's action has the unknown number %u", number);
    }
    return CANDOR_OK;
}

static enum candor_status outcome_read(struct job *job, uint8_t number, struct ledger_leaf *leaf)
{
    if (!outcome_is_known(number)) {
        return fail(job, CANDOR_CORRUPT, "the entry's outcome has the unknown number %u", number);
    }
    leaf->outcome = (enum ledger_outcome)number;
    return CANDOR_OK;
}

static void bytes_take(struct reader *reader, bool *has, uint8_t *target, size_t len)
{
    *has = true;
    bytes_copy(target, read_bytes(reader, len).ptr, len);
}

/* The caller has seen that the field's bytes are there. */
static enum candor_status field_take(struct job *job, enum field_tag tag, struct reader *reader,
                                     struct ledger_leaf *leaf)
{
    const size_t len = field_len[tag];
    switch (tag) {
    case FIELD_SUBJECT:
        bytes_take(reader, &leaf->has_subject_tag, leaf->subject_tag, len);
        return CANDOR_OK;
    case FIELD_COMMITMENT:
        bytes_take(reader, &leaf->has_commitment, leaf->commitment, len);
        return CANDOR_OK;
    case FIELD_ACTOR:
        bytes_take(reader, &leaf->has_actor, leaf->actor, len);
        return CANDOR_OK;
    case FIELD_ACTION:
        return action_read(job, read_u16be(reader), leaf);
    case FIELD_POLICY:
        bytes_take(reader, &leaf->has_policy, leaf->policy.byte, len);
        return CANDOR_OK;
    case FIELD_OBJECT:
        bytes_take(reader, &leaf->has_object, leaf->object, len);
        return CANDOR_OK;
    case FIELD_OUTCOME:
        return outcome_read(job, read_u8(reader), leaf);
    case FIELD_PREV:
        leaf->has_prev = true;
        leaf->prev = read_u64be(reader);
        return CANDOR_OK;
    case FIELD_END:
        break;
    }
    must(tag != FIELD_END);
    return CANDOR_OK;
}

static enum candor_status field_read(struct job *job, struct reader *reader, unsigned after,
                                     unsigned *tag, struct ledger_leaf *leaf)
{
    *tag = read_u8(reader);
    const size_t len = read_u16be(reader);
    if (reader->bad) {
        return fail(job, CANDOR_CORRUPT, "the entry ends after field %u", after);
    }
    if (*tag <= after || *tag >= FIELD_END) {
        return fail(job, CANDOR_CORRUPT, "field %u of the entry cannot follow field %u", *tag,
                    after);
    }
    if (len != field_len[*tag]) {
        return fail(job, CANDOR_CORRUPT, "field %u of the entry has %zu bytes instead of %u", *tag,
                    len, field_len[*tag]);
    }
    if (reader->len - reader->at < len) {
        return fail(job, CANDOR_CORRUPT, "the entry ends within field %u", *tag);
    }
    return field_take(job, (enum field_tag) * tag, reader, leaf);
}

enum candor_status leaf_read(struct job *job, struct bytes bytes, struct ledger_leaf *leaf)
{
    struct reader reader = reader_of(bytes);
    uint16_t field_count = 0;
    unsigned tag = 0;

    *leaf = (struct ledger_leaf){0};
    TRY(head_read(job, &reader, leaf, &field_count));
    for (unsigned field = 0; field < field_count; field++) {
        TRY(field_read(job, &reader, tag, &tag, leaf));
    }
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "%zu bytes follow the entry's last field",
                    reader.len - reader.at);
    }
    if (leaf->action == 0) {
        return fail(job, CANDOR_CORRUPT, "the entry has no action");
    }
    return CANDOR_OK;
}
