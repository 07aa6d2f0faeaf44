/*
 * unsubscribe.c - one-click unsubscribe, RFC 8058.
 *
 * The token in the link is sealed with a key of the home, so nobody can make or change one, and two
 * links for one person have nothing in common. It names a person and a purpose, and can do one thing:
 * say no for them. So it needs no log-in, and does not expire; it dies with the person's key.
 *
 * Consent is withdrawn, another basis is objected to. Looking changes nothing: mail scanners follow
 * every link.
 */
#include "consenting.h"
#include "signals.h"

static const struct str token_ad = {"candor-unsubscribe-v1", 21};

/* ---- making -------------------------------------------------------------------------------- */

static void put_subject(uint8_t target[UNSUBSCRIBE_SUBJECT_LEN], struct subject subject)
{
    bytes_copy(target, subject.id, sizeof subject.id);
    for (unsigned i = 0; i < 4; i++) {
        target[sizeof subject.id + i] = (uint8_t)(subject.slot >> 8 * i);
    }
}

static struct subject subject_of(const uint8_t source[UNSUBSCRIBE_SUBJECT_LEN])
{
    struct subject subject = {0};
    bytes_copy(subject.id, source, sizeof subject.id);
    for (unsigned i = 0; i < 4; i++) {
        subject.slot |= (uint32_t)source[sizeof subject.id + i] << 8 * i;
    }
    return subject;
}

enum candor_status unsubscribe_link(struct job *job, struct candor *candor, struct subject subject,
                                    size_t purpose, size_t channel, struct str *link)
{
    struct secret *key = NULL;
    struct bytes sealed;
    struct buf buf = buf_begin(job->arena);
    struct unsubscribe said = {
        .purpose = candor->inventory->purpose[purpose].name,
        .channel = channel == NONE ? STR("") : candor->inventory->channel[channel],
        .made = job->now,
    };
    *link = (struct str){"", 0};
    if (candor->signals->public_url.len == 0) {
        return CANDOR_OK;
    }
    put_subject(said.subject, subject);
    unsubscribe_write(&said, &buf);
    TRY(store_home_secret(job, candor->store, "unsubscr", &key));
    TRY(seal(job, key, 1, bytes_of(token_ad), buf_all(&buf), &sealed));
    *link =
        unsubscribe_header(job->arena, candor->signals->public_url, token_of(job->arena, sealed));
    return CANDOR_OK;
}

/* ---- opening ------------------------------------------------------------------------------- */

struct wish {
    struct subject subject;
    size_t purpose;
    size_t channel; /* or EVERY */
    struct str purpose_name;
};

static enum candor_status no_such_token(struct job *job)
{
    job_forgive(job);
    return fail(job, CANDOR_NOT_FOUND, "this unsubscribe link is not one of ours, or not whole");
}

/* A token of a purpose that is no more, or of somebody whose key is gone, names nothing. */
static enum candor_status open_token(struct job *job, struct candor *candor, struct txn *txn,
                                     const char *token, struct wish *wish)
{
    struct secret *key = NULL;
    struct secret *tag_key = NULL;
    struct bytes sealed;
    struct bytes plain;
    struct unsubscribe said;
    if (!token_read(job->arena, str_of(token), &sealed)) {
        return no_such_token(job);
    }
    TRY(store_home_secret(job, candor->store, "unsubscr", &key));
    enum candor_status status = seal_open(job, key, bytes_of(token_ad), sealed, &plain);
    if (status == CANDOR_CORRUPT || (status == CANDOR_OK && !unsubscribe_read(plain, &said))) {
        return no_such_token(job);
    }
    TRY(status);
    wish->subject = subject_of(said.subject);
    wish->purpose_name = said.purpose;
    wish->purpose = inventory_purpose(candor->inventory, said.purpose);
    wish->channel =
        said.channel.len == 0 ? EVERY : inventory_channel(candor->inventory, said.channel);
    status = store_tag_key(job, txn, wish->subject, &tag_key);
    if (status == CANDOR_NOT_FOUND || (status == CANDOR_OK && wish->purpose == NONE)) {
        return no_such_token(job);
    }
    return status;
}

static void put_wish(struct job *job, const struct candor *candor, const struct wish *wish,
                     bool is_done, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("purpose"));
    json_text(&answer.json, wish->purpose_name);
    json_key(&answer.json, LIT("title"));
    json_text(&answer.json, candor->inventory->purpose[wish->purpose].title);
    json_key(&answer.json, LIT("unsubscribed"));
    json_bool(&answer.json, is_done);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

static enum candor_status look(struct job *job, struct candor *candor, const char *token,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct wish wish;
    TRY(home_begin(job, candor, &txn));
    TRY(open_token(job, candor, txn, token, &wish));
    put_wish(job, candor, &wish, false, report);
    return CANDOR_OK;
}

enum candor_status candor_unsubscribe_look(struct job *job, struct candor *candor,
                                           const char *token, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = look(job, candor, token, report);
    home_leave(candor);
    return status;
}

/* ---- acting -------------------------------------------------------------------------------- */

static enum candor_status act(struct job *job, struct candor *candor, const char *token,
                              struct candor_text *report)
{
    struct txn *txn = NULL;
    struct wish wish;
    TRY(home_begin(job, candor, &txn));
    TRY(open_token(job, candor, txn, token, &wish));
    const struct purpose *purpose = &candor->inventory->purpose[wish.purpose];
    struct consent_record record = {
        .purpose = wish.purpose,
        .channel = wish.channel,
        .decision = purpose->basis == BASIS_CONSENT ? CONSENT_WITHDRAWN : CONSENT_OBJECTED,
        .time = job->now,
        .recorded = job->now,
        .surface = STR("one-click unsubscribe"),
        .wording_version = purpose->wording_version,
        .wording = purpose->wording,
    };
    TRY(consent_commit(job, candor, txn, wish.subject, &record));
    put_wish(job, candor, &wish, true, report);
    return CANDOR_OK;
}

/* The parts of a POST. NOLINTNEXTLINE(readability-function-size) */
enum candor_status candor_unsubscribe(struct job *job, struct candor *candor, const char *token,
                                      const char *content_type, const char *body, size_t body_len,
                                      struct candor_text *report)
{
    const struct bytes bytes = {(const uint8_t *)body, body_len};
    if (!unsubscribe_is_one_click(job->arena, str_of(content_type), bytes)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a one-click unsubscribe is a form with List-Unsubscribe=One-Click and nothing "
                    "else (RFC 8058)");
    }
    home_enter(candor);
    const enum candor_status status = act(job, candor, token, report);
    home_leave(candor);
    return status;
}
