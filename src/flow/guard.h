/*
 * guard.h - chats with language models of others, inside the flow room only.
 *
 *   config_guard.c   `guard` in candor.yaml
 *   guard.c          one chat: its request, without values
 *   guard_hear.c     its answer, as it goes by
 *   guard_weigh.c    what either holds that it should not
 *   guard_answer.c   what comes out of it, errors too
 *   guard_admit.c    may it be sent? what came? both on record
 *   guard_record.c   what is kept of a chat; guard_show.c shows it, guard_about.c to the person it is about,
 *                    guard_retain.c ends it
 *   guard_budget.c   what each API key has spent
 *
 * What is kept is what the provider saw: prompt and answer with pseudonyms, never the values behind them.
 */
#ifndef CANDOR_FLOW_GUARD_H
#define CANDOR_FLOW_GUARD_H

#include "candor_guard.h"
#include "chat.h"
#include "flow.h"
#include "retained.h"

enum {
    GUARD_PROVIDERS_MAX = 16,
    GUARD_MODELS_MAX = 64, /* of one provider */
    GUARD_CANARIES_MAX = 1000,
    GUARD_KEYS_MAX = 256,
    GUARD_RULES_MAX = 32, /* different ones that are counted of one chat */
    GUARD_TEXTS_MAX = 32, /* texts of an answer that are kept */
    GUARD_KEPT_MAX = 64 * 1024,
};

/* ---- config_guard.c ------------------------------------------------------------------------ */

struct guard_model {
    struct str name;     /* as our callers say it */
    struct str upstream; /* as the provider does */
    double input_price;  /* of a million tokens */
    double output_price;
};

struct guard_provider {
    struct str name;
    struct str url; /* "https://api.example/v1" */
    struct str key_env;
    size_t recipient; /* OURSELVES: it acts for us */
    bool is_private;  /* in our own network */
    uint32_t first_byte_s;
    uint32_t quiet_s;
    struct guard_model *model;
    size_t model_count;
};

/* What follows of a finding in an answer. */
enum guard_act { GUARD_COUNT, GUARD_MARK, GUARD_BLOCK };

/* 0: no limit. */
struct guard_budget {
    struct str key; /* its name; empty: of all that are not named */
    uint32_t requests_per_day;
    uint32_t tokens_per_day;
    uint32_t tokens_per_month;
    double cost_per_month;
};

struct guard_config {
    const struct gate *gate;
    struct guard_provider *provider;
    size_t provider_count;
    struct guard_budget *budget; /* the first is that of all */
    size_t budget_count;
    struct str *canary; /* in small letters: texts that must never leave */
    size_t canary_count;
    char region[3];
    bool lets_secrets; /* they are replaced; else they block */
    bool fills_links;  /* values are put into links too */
    bool keeps;        /* what was said is kept, sealed */
    bool needs_purpose;
    bool
        refuses_tools; /* what tries to steer the model, in a result of a tool; else it is counted */
    bool refuses_users;              /* and in words of a user */
    enum guard_act act[HEARD_KINDS]; /* on what an answer holds */
    bool has_window;                 /* some of it blocks: then answers pass through one */
    struct window_rules window;
};

/* CANDOR_BAD_INPUT. *config is NULL where there is no such section. */
CANDOR_MUST_USE enum candor_status config_guard(struct job *job, const struct value *root,
                                                const struct inventory *inventory,
                                                const struct guard_config **config);
/* NULL: no provider has it. */
const struct guard_model *guard_model_find(const struct guard_config *config, struct str name,
                                           const struct guard_provider **provider);
const struct guard_budget *guard_budget_of(const struct guard_config *config, struct str key);

/* ---- guard.c ------------------------------------------------------------------------------- */

/* How often a rule found something. */
struct guard_count {
    const char *rule;
    uint32_t count;
};

struct guard_counts {
    struct guard_count *item; /* NULL: none yet */
    size_t count;
};

/* One text of an answer, as the model wrote it. */
struct guard_text {
    int64_t choice;
    int64_t tool;
    struct str name;
    struct buf text;
};

enum guard_state { CHAT_ASKED, CHAT_ADMITTED, CHAT_ANSWERING, CHAT_OVER, CHAT_SETTLED };

struct candor_chat {
    struct job job; /* its memory is the chat's */
    const struct guard_config *config;
    const struct guard_provider *provider;
    const struct guard_model *model;
    enum guard_state state;
    const char *key;
    const char *because;
    const char *purpose;
    const char *subject;
    bool streams;
    bool is_unknown; /* the key is nobody's */
    bool is_own;     /* no key: the present operator asks, from within */

    /* Refused, or failed: the answer. code 0: neither. */
    unsigned code;
    const char *error_type;
    const char *error_code;
    struct str message;
    struct bytes upstream_error; /* the provider's own, already in four members */
    uint32_t retry_after_s;      /* when to ask again; 0: not said */
    bool is_in_vain;             /* before that */

    struct vault *vault;
    struct str sent; /* the body as it is sent */
    struct str bearer;
    struct guard_counts asked;     /* what was found in the request */
    struct guard_counts suspected; /* in it: what tries to steer the model */
    struct guard_counts heard;     /* and in the answer, beside what was restored */
    struct guard_counts marked;    /* of that, what the answer itself shall say */
    bool is_weighed;
    const char *withheld; /* the rule that keeps the rest of the answer here; NULL: none */

    unsigned http; /* of the provider */
    bool in_events;
    bool has_left; /* a piece came out */
    bool broke;    /* the answer itself holds an error */
    bool is_cut;   /* not all texts are kept */
    struct chat_stream *stream;
    struct chat_ear ear;
    struct buf collected; /* an answer in one piece, or an error */
    struct buf out;
    struct digest_stream digest; /* of the answer as it came */
    struct digest answer_digest;
    struct guard_text *text[GUARD_TEXTS_MAX];
    size_t text_count;
    size_t kept;
    uint64_t restored;
    int64_t prompt_tokens; /* 0: not said */
    int64_t completion_tokens;
    struct bytes answer; /* in one piece, restored */

    /* Of the admission. */
    struct str key_name;
    struct operator holder;
    bool has_subject;
    struct subject who;
    uint8_t id[16];
    uint64_t asked_index; /* on the ledger */
    uint64_t answered_index;
};

/* A chat of the present operator, for what this house asks itself: no key, the budget "operator:NAME".
 * Only from within: a request that comes in by the door always has a key. */
struct candor_chat *guard_begin_own(struct candor *candor, const struct candor_chat_asked *asked);
void guard_refuse(struct candor_chat *chat, unsigned code, const char *error_code,
                  const char *format, ...) CANDOR_PRINTF(4, 5);
void guard_count(struct arena *arena, struct guard_counts *counts, const char *rule, uint32_t more);
/* ---- guard_weigh.c ------------------------------------------------------------------------- */

/* What blocks in answers, by what candor.yaml says. */
void guard_window(struct guard_config *config);
/* What tries to steer the model: into suspected; the request may be refused. */
void guard_weigh_request(struct candor_chat *chat, struct job *work, const struct value *request);
/* What the texts of the answer hold that the request did not bring: into heard and marked, once. */
void guard_weigh_answer(struct candor_chat *chat);
/* {"ai_generated": true, "digital_source_type": ..., "model": ..., "ledger_index": ...} and, by what was found,
 * "withheld": RULE and "found": {RULE: COUNT}. */
const struct value *guard_mark(struct candor_chat *chat);

/* ---- guard_answer.c ------------------------------------------------------------------------ */

/* {"error":{...}} of a refusal or failure. */
struct str guard_error(struct arena *arena, const char *type, const char *code, struct str message);
/* The provider's error in four members, whatever it came as. */
void guard_take_error(struct candor_chat *chat);
/* An answer in one piece is over: restore it. */
void guard_take_answer(struct candor_chat *chat);

/* ---- guard_record.c ------------------------------------------------------------------------ */

/* An entry on the ledger, and what is kept of the chat, sealed: with the key of the person it is about. */
CANDOR_MUST_USE enum candor_status guard_keep_asked(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct candor_chat *chat);
CANDOR_MUST_USE enum candor_status guard_keep_answered(struct job *job, struct candor *candor,
                                                       struct txn *txn, struct candor_chat *chat);
#define CHAT_KIND LIT("chat")
struct guard_record {
    bool is_answer;
    bool has_subject;
    struct subject who;
    struct bytes salt; /* of the entry's commitment */
    struct str facts;
    struct bytes sealed;
};
struct str guard_record_name(struct arena *arena, uint64_t index);
CANDOR_MUST_USE enum candor_status guard_record_put(struct job *job, struct txn *txn,
                                                    struct str name,
                                                    const struct guard_record *record);
CANDOR_MUST_USE enum candor_status guard_record_load(struct job *job, struct txn *txn,
                                                     struct str name, struct guard_record *record);
/* Is the person there still? One who was erased is nobody. */
CANDOR_MUST_USE enum candor_status guard_is_there(struct job *job, struct txn *txn,
                                                  struct subject subject, bool *is_there);
/* What was said. *is_gone: the person it is about was erased, and it with them. */
CANDOR_MUST_USE enum candor_status guard_record_open(struct job *job, struct txn *txn,
                                                     struct str name,
                                                     const struct guard_record *record,
                                                     struct str *said, bool *is_gone);
CANDOR_MUST_USE enum candor_status guard_provider_key(struct job *job, struct txn *txn,
                                                      const struct guard_provider *provider,
                                                      struct str *key);

/* ---- guard_about.c, guard_retain.c ----------------------------------------------------------- */

/* The records of chats about one person, by their numbers on the ledger, ascending. */
struct chats_about {
    uint64_t *index;
    size_t count;
};
CANDOR_MUST_USE enum candor_status chats_about_load(struct job *job, struct txn *txn,
                                                    struct subject subject,
                                                    struct chats_about *about);
CANDOR_MUST_USE enum candor_status chats_about_save(struct job *job, struct txn *txn,
                                                    struct subject subject,
                                                    const struct chats_about *about);
CANDOR_MUST_USE enum candor_status chats_about_add(struct job *job, struct txn *txn,
                                                   struct subject subject, uint64_t index);
/* "chat_count" and "chats": the latest ones, at most so many. words_max: bytes of each text of what was sent and
 * said; 0: without them. */
CANDOR_MUST_USE enum candor_status chats_about_json(struct job *job, struct candor *candor,
                                                    struct txn *txn, struct subject subject,
                                                    size_t most, size_t words_max,
                                                    struct json *json);
/* The person is erased: what was said goes with them. *count: of how many records. */
CANDOR_MUST_USE enum candor_status chats_about_end(struct job *job, struct txn *txn,
                                                   struct subject subject, uint64_t *count);
/* Is any chat about anybody? */
CANDOR_MUST_USE enum candor_status chats_about_any(struct job *job, struct txn *txn, bool *is_any);
/* Records about this person from before the limit go, or are counted only. */
CANDOR_MUST_USE enum candor_status chats_about_expire(struct job *job, struct txn *txn,
                                                      struct subject subject, int64_t limit,
                                                      bool only_count, uint64_t *count);
/* Those about nobody, or about somebody who was erased; in steps, each with an entry. */
CANDOR_MUST_USE enum candor_status chats_expire(struct job *job, struct candor *candor,
                                                const struct holds *holds,
                                                struct retained *retained);

/* ---- guard_budget.c ------------------------------------------------------------------------ */

/* Is something left of this key's? Takes one request of it. CANDOR_SPENT: the message says what is not, and
 * retry_after_s when there is something again. */
CANDOR_MUST_USE enum candor_status guard_budget_take(struct job *job, struct txn *txn,
                                                     struct candor_chat *chat);
/* What the answer cost. */
CANDOR_MUST_USE enum candor_status guard_budget_charge(struct job *job, struct txn *txn,
                                                       const struct candor_chat *chat);
uint64_t guard_tokens_in(const struct candor_chat *chat);
uint64_t guard_tokens_out(const struct candor_chat *chat);

#endif
