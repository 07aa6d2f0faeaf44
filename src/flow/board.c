/*
 * board.c - proposing a review, and taking a step in one.
 *
 *     propose ──▶ votes, recusals, the officer's opinion, the chair's acts ──▶ approved | ... | withdrawn
 *
 * Each is signed by whoever does it, is an entry on the ledger that commits to it, and is durable when
 * answered. When the review stands elsewhere than before, that is an entry too; what moves it by itself
 * (a byte that changed, a time that is over) is put down when the home is opened next, of so many reviews at a
 * time: opening a home with a million costs no more. Nothing is decided by what was put down.
 */
#include "reviewed.h"
#include "staff.h"

enum { SETTLED_AT_ONCE = 1000 };

/* ---- where reviews stand ------------------------------------------------------------------- */

enum candor_status board_shelf_begin(struct job *job, size_t room, struct board_shelf *shelf)
{
    *shelf = (struct board_shelf){.at = map_begin(job->arena), .room = room};
    TRY_ALLOC(job, shelf->thing, room + 1, struct board_thing);
    TRY_ALLOC(job, shelf->is_there, room + 1, bool);
    return CANDOR_OK;
}

/* Gone, renamed, damaged: whatever cannot be shown again cannot be what was approved. */
static bool means_gone(enum candor_status status)
{
    return status == CANDOR_NOT_FOUND || status == CANDOR_REFUSED || status == CANDOR_BAD_INPUT ||
           status == CANDOR_CORRUPT;
}

static enum candor_status look(struct job *job, struct candor *candor, struct txn *txn,
                               struct board_shelf *shelf, const struct board_review *review,
                               const struct board_thing **thing)
{
    const struct str key =
        str_format(job->arena, "%d %.*s", (int)review->kind, STR_ARG(review->name));
    struct board_thing *found = map_get(shelf->at, bytes_of(key));
    const size_t at = found == NULL ? shelf->count : (size_t)(found - shelf->thing);
    if (found == NULL) {
        must(shelf->count < shelf->room);
        const enum candor_status status =
            board_thing_load(job, candor, txn, review->kind, review->name, &shelf->thing[at]);
        shelf->is_there[at] = status == CANDOR_OK;
        shelf->thing[at].kind = review->kind;
        shelf->thing[at].name = review->name;
        shelf->count++;
        map_put(shelf->at, bytes_of(key), &shelf->thing[at]);
        if (status != CANDOR_OK && !means_gone(status)) {
            return status;
        }
        job_forgive(job);
    }
    *thing = shelf->is_there[at] ? &shelf->thing[at] : NULL;
    return CANDOR_OK;
}

enum candor_status board_standing_of(struct job *job, struct candor *candor, struct txn *txn,
                                     struct board_shelf *shelf, const struct board_record *record,
                                     struct board_standing *standing)
{
    const struct board_thing *thing = NULL;
    struct board_now now = {.author = STR(""), .now = job->now};
    TRY(look(job, candor, txn, shelf, &record->review, &thing));
    if (thing != NULL) {
        const bool is_old =
            thing->is_in_use && bytes_same(thing->in_use, record->review.digest, BOARD_DIGEST_LEN);
        now.digest = is_old ? thing->in_use : thing->digest;
        now.risk = thing->risk;
        now.needs_reason = thing->is_blocked;
    }
    *standing = board_stand(&candor->governance->rules, &record->review, &now);
    return CANDOR_OK;
}

/* ---- accounts ------------------------------------------------------------------------------ */

static enum ledger_action action_of(enum board_act act)
{
    switch (act) {
    case BOARD_APPROVE:
    case BOARD_REQUEST_CHANGES:
    case BOARD_REJECT:
        return LEDGER_BOARD_VOTE;
    case BOARD_RECUSE:
        return LEDGER_BOARD_RECUSED;
    case BOARD_ADVISE_FOR:
    case BOARD_ADVISE_AGAINST:
        return LEDGER_BOARD_OPINION;
    case BOARD_OVERRULE:
    case BOARD_CLOSE:
        return LEDGER_BOARD_CHAIR;
    case BOARD_WITHDRAW:
    case BOARD_ACTS:
        break;
    }
    return LEDGER_BOARD_WITHDRAWN;
}

static enum candor_status account_for(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct board_record *record, enum ledger_action action,
                                      enum ledger_outcome outcome, struct str payload,
                                      uint64_t *index)
{
    struct digest digest;
    bytes_copy(digest.byte, record->review.digest, sizeof digest.byte);
    const struct account account = {.action = action,
                                    .outcome = outcome,
                                    .payload = bytes_of(payload),
                                    .object = record->id,
                                    .policy = &digest};
    return home_account_kept(job, candor, txn, &account, LIT("board_entry"), index);
}

/* A new state is an entry of its own. */
static enum candor_status account_state(struct job *job, struct candor *candor, struct txn *txn,
                                        struct board_record *record, enum board_state state)
{
    uint64_t index = 0;
    record->noted = state;
    return account_for(job, candor, txn, record, LEDGER_BOARD_STATE,
                       state == BOARD_APPROVED ? OUTCOME_ALLOW : OUTCOME_DENY,
                       str_of(board_state_name(state)), &index);
}

static enum candor_status note_state(struct job *job, struct candor *candor, struct txn *txn,
                                     struct board_record *record, enum board_state state)
{
    return state == record->noted ? CANDOR_OK : account_state(job, candor, txn, record, state);
}

enum candor_status boards_settle(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct board_record *record = NULL;
    struct board_shelf shelf;
    size_t count = 0;
    bool *is_lost = NULL;
    bool is_changed = false;
    if (!candor->governance->is_there) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    TRY(board_some(job, txn, SETTLED_AT_ONCE, &record, &count));
    TRY(board_lost(job, txn, record, count, &is_lost));
    TRY(board_shelf_begin(job, count, &shelf));
    for (size_t i = 0; i < count; i++) {
        struct board_standing standing;
        TRY(board_standing_of(job, candor, txn, &shelf, &record[i], &standing));
        if (standing.state != record[i].noted || is_lost[i]) {
            TRY(account_state(job, candor, txn, &record[i], standing.state));
            TRY(board_keep(job, txn, &record[i]));
            is_changed = true;
        }
    }
    return is_changed ? home_commit(job, candor, txn) : CANDOR_OK;
}

/* ---- answers ------------------------------------------------------------------------------- */

static enum candor_status report_one(struct job *job, struct candor *candor,
                                     const struct board_record *record,
                                     const struct board_standing *standing, uint64_t index,
                                     struct candor_text *report)
{
    struct answer answer;
    const struct board_item item = {
        .id = board_hex(job->arena, record),
        .kind = record->review.kind,
        .name = record->review.name,
        .standing = *standing,
        .proposer = record->review.proposer,
        .proposed = record->review.proposed,
        .age = job->now - record->review.proposed,
        .index = record->index,
    };
    (void)candor;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    board_item_members(job, &answer.json, &item);
    json_key(&answer.json, LIT("entry"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status check_note(struct job *job, const char *note, struct str *text)
{
    *text = str_trim(str_of(note));
    return text->len <= BOARD_NOTE_MAX && str_is_utf8(*text)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "a note is UTF-8 text of at most %d bytes",
                      BOARD_NOTE_MAX);
}

static enum candor_status must_govern(struct job *job, const struct candor *candor)
{
    return candor->governance->is_there
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED,
                      "candor.yaml has no section 'governance', which says who reviews what; see "
                      "docs/governance.md");
}

/* ---- proposing ----------------------------------------------------------------------------- */

static enum act act_of(enum board_kind kind)
{
    switch (kind) {
    case BOARD_MODEL:
        return ACT_TRAIN;
    case BOARD_CAMPAIGN:
        return ACT_PLAN;
    case BOARD_POLICY:
    case BOARD_NOTICE:
    case BOARD_CONTENT:
    case BOARD_KINDS:
        break;
    }
    return ACT_LEDGER_READ; /* anybody but a machine */
}

static enum candor_status add_author(struct job *job, struct txn *txn, struct str name,
                                     struct board_record *record)
{
    struct bytes present;
    if (board_is_author(&record->review, name)) {
        return CANDOR_OK;
    }
    TRY(operator_name_check(job, name));
    if (store_document(job, txn, LIT("operator"), name, &present) != CANDOR_OK) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "the author '%.*s' is no operator of this home",
                    STR_ARG(name));
    }
    if (record->review.author_count == BOARD_PEOPLE_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "at most %d authors", BOARD_PEOPLE_MAX);
    }
    record->author[record->review.author_count++] = name;
    return CANDOR_OK;
}

static enum candor_status read_authors(struct job *job, struct txn *txn,
                                       const struct board_thing *thing, const char *authors,
                                       struct board_record *record)
{
    struct str rest = str_of(authors);
    record->author = NEW_ARRAY(job->arena, BOARD_PEOPLE_MAX + 1, struct str);
    record->review.author = record->author;
    for (size_t i = 0; i < thing->author_count; i++) {
        if (!board_is_author(&record->review, thing->author[i])) {
            record->author[record->review.author_count++] = thing->author[i];
        }
    }
    while (rest.ptr != NULL && rest.len > 0) {
        TRY(add_author(job, txn, str_trim(str_cut(&rest, ',')), record));
    }
    return CANDOR_OK;
}

/* The same bytes are not put before reviewers twice until one of them says yes. */
static enum candor_status must_be_new(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct board_thing *thing)
{
    struct board_record *record = NULL;
    struct board_shelf shelf;
    size_t count = 0;
    TRY(board_of(job, txn, thing->kind, thing->name, &record, &count));
    TRY(board_shelf_begin(job, 1, &shelf));
    for (size_t i = 0; i < count; i++) {
        struct board_standing standing;
        const struct board_review *review = &record[i].review;
        if (!bytes_same(review->digest, thing->digest, BOARD_DIGEST_LEN)) {
            continue;
        }
        const struct str id = board_hex(job->arena, &record[i]);
        TRY(board_standing_of(job, candor, txn, &shelf, &record[i], &standing));
        if (standing.state == BOARD_IN_REVIEW) {
            return fail(job, CANDOR_EXISTS, "it waits in review %.8s already", id.ptr);
        }
        if (standing.state == BOARD_REJECTED || standing.state == BOARD_CHANGES_REQUESTED) {
            return fail(job, CANDOR_REFUSED,
                        "review %.8s of exactly this ended with '%s': change it, then propose it",
                        id.ptr, board_state_name(standing.state));
        }
    }
    return CANDOR_OK;
}

static enum candor_status propose(struct job *job, struct candor *candor, const char *kind_text,
                                  const char *name, const char *authors, const char *note,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct board_thing thing;
    struct board_record record = {.noted = BOARD_IN_REVIEW};
    struct board_shelf shelf;
    struct board_standing standing;
    enum board_kind kind = BOARD_KINDS;
    TRY(check_note(job, note, &record.note));
    if (!board_kind_read(str_of(kind_text), &kind)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "what can be reviewed is a model, a campaign, the policy, a notice or content");
    }
    if (kind != BOARD_POLICY && str_of(name).len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "which %s? candor board propose %s NAME",
                    board_kind_name(kind), board_kind_name(kind));
    }
    TRY(caller_may(job, candor, act_of(kind)));
    TRY(must_govern(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(board_thing_load(job, candor, txn, kind, str_of(name), &thing));
    TRY(must_be_new(job, candor, txn, &thing));
    record.review = (struct board_review){.kind = kind,
                                          .name = thing.name,
                                          .risk = thing.risk,
                                          .proposer = candor->self.name,
                                          .proposed = job->now};
    record.exhibit = thing.exhibit;
    record.why = thing.why;
    bytes_copy(record.review.digest, thing.digest, sizeof thing.digest);
    TRY(read_authors(job, txn, &thing, authors, &record));
    TRY(entropy_draw(job, record.id, sizeof record.id));
    TRY(board_sign(job, candor, &record));
    TRY(account_for(job, candor, txn, &record, LEDGER_BOARD_PROPOSED, OUTCOME_DONE,
                    str_format(job->arena, "%s %.*s: %.*s", board_kind_name(kind),
                               STR_ARG(thing.name), STR_ARG(record.note)),
                    &record.index));
    TRY(board_add(job, txn, &record));
    TRY(board_shelf_begin(job, 1, &shelf));
    TRY(board_standing_of(job, candor, txn, &shelf, &record, &standing));
    TRY(home_commit(job, candor, txn));
    return report_one(job, candor, &record, &standing, record.index, report);
}

enum candor_status candor_board_propose(struct job *job, struct candor *candor, const char *kind,
                                        const char *name, const char *authors, const char *note,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = propose(job, candor, kind, name, authors, note, report);
    home_leave(candor);
    return status;
}

/* ---- a step -------------------------------------------------------------------------------- */

static enum candor_status say_no(struct job *job, enum board_no no)
{
    enum candor_status status = CANDOR_FORBIDDEN;
    if (no == BOARD_NO_NOTE) {
        status = CANDOR_BAD_INPUT;
    } else if (no == BOARD_NO_END || no == BOARD_NO_QUORUM || no == BOARD_NO_NEED) {
        status = CANDOR_REFUSED;
    }
    return fail(job, status, "%s", board_no_sentence(no));
}

static enum candor_status check_conflict(struct job *job, const struct candor *candor,
                                         const struct board_step *step)
{
    const struct board_rules *rules = &candor->governance->rules;
    if (step->conflict.len == 0) {
        return CANDOR_OK;
    }
    if (step->act != BOARD_RECUSE) {
        return fail(job, CANDOR_BAD_INPUT, "a conflict is named when one recuses oneself");
    }
    for (size_t i = 0; i < rules->conflict_count; i++) {
        if (str_equal(rules->conflict[i].name, step->conflict)) {
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_NOT_FOUND, "candor.yaml declares no conflict '%.*s'",
                STR_ARG(step->conflict));
}

/* Without a team, whoever may approve reviews; else the names in candor.yaml are all that counts. */
static enum candor_status must_have_role(struct job *job, const struct candor *candor,
                                         const struct board_step *step)
{
    const struct board_rules *rules = &candor->governance->rules;
    const bool is_open_to_all = step->act <= BOARD_RECUSE && rules->seat_count == 0 &&
                                !board_is_member(rules, step->who) &&
                                !str_equal(step->who, rules->officer);
    return is_open_to_all ? caller_may(job, candor, ACT_APPROVE) : CANDOR_OK;
}

enum candor_status board_may_step(struct job *job, struct candor *candor,
                                  const struct board_thing *thing,
                                  const struct board_record *record, const struct board_step *step)
{
    const struct board_now now = {.digest = thing == NULL ? NULL : thing->digest,
                                  .risk = thing == NULL ? BOARD_ORDINARY : thing->risk,
                                  .needs_reason = thing != NULL && thing->is_blocked,
                                  .author = STR(""),
                                  .now = job->now};
    TRY(check_conflict(job, candor, step));
    TRY(must_have_role(job, candor, step));
    if (record->review.step_count >= BOARD_STEPS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "at most %d steps in one review", BOARD_STEPS_MAX);
    }
    const enum board_no no = board_may(&candor->governance->rules, &record->review, &now, step);
    return no == BOARD_YES ? CANDOR_OK : say_no(job, no);
}

static enum candor_status take_step(struct job *job, struct candor *candor, const char *id,
                                    const struct board_step *step, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct board_record record;
    struct board_shelf shelf;
    struct board_standing standing;
    const struct board_thing *thing = NULL;
    TRY(must_govern(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(board_find(job, txn, str_of(id), &record));
    TRY(board_check(job, candor, txn, &record));
    TRY(board_shelf_begin(job, 1, &shelf));
    TRY(look(job, candor, txn, &shelf, &record.review, &thing));
    TRY(board_may_step(job, candor, thing, &record, step));
    const size_t at = record.review.step_count++;
    record.step[at] = *step;
    TRY(board_sign(job, candor, &record));
    TRY(account_for(
        job, candor, txn, &record, action_of(step->act),
        step->act == BOARD_APPROVE || step->act == BOARD_ADVISE_FOR      ? OUTCOME_ALLOW
        : step->act <= BOARD_REJECT || step->act == BOARD_ADVISE_AGAINST ? OUTCOME_DENY
                                                                         : OUTCOME_DONE,
        str_format(job->arena, "%s: %.*s", board_act_name(step->act), STR_ARG(step->note)),
        &record.mark[at].index));
    TRY(board_standing_of(job, candor, txn, &shelf, &record, &standing));
    TRY(note_state(job, candor, txn, &record, standing.state));
    TRY(board_keep(job, txn, &record));
    TRY(home_commit(job, candor, txn));
    board_forget(candor);
    return report_one(job, candor, &record, &standing, record.mark[at].index, report);
}

enum candor_status candor_board_act(struct job *job, struct candor *candor, const char *id,
                                    const char *act, const char *note, const char *conflict,
                                    struct candor_text *report)
{
    struct board_step step = {.act = BOARD_ACTS, .time = job->now};
    TRY(check_note(job, note, &step.note));
    if (!board_act_read(str_of(act), &step.act)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a step is approve, request_changes, reject, recuse, advise_for, "
                    "advise_against, overrule, close or withdraw");
    }
    step.conflict = str_of(conflict);
    home_enter(candor);
    step.who = candor->self.name;
    const enum candor_status status = take_step(job, candor, id, &step, report);
    home_leave(candor);
    return status;
}
