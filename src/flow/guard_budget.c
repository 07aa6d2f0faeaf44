/*
 * guard_budget.c - what each API key has spent on language models: a record of each key, in the transaction
 * of what was spent.
 *
 *     version u8 = 1 | day u32 | requests u32 | tokens u64 | month u32 | requests u32 | tokens u64 | cost f64
 *
 * A request is counted before it is sent, and tokens when they came: so the last request of a day may go
 * beyond, by what one answer costs. Where a provider does not say how many tokens there were, four bytes
 * are one.
 */
#include "guard.h"
#include "staff.h"

enum { SPENT_VERSION = 1, BYTES_OF_TOKEN = 4 };

#define SPENT_KIND LIT("guard_spent")

struct spent {
    uint32_t day; /* since 1970 */
    uint32_t requests;
    uint64_t tokens;
    uint32_t month; /* since 1970 */
    uint32_t month_requests;
    uint64_t month_tokens;
    double cost; /* of the month */
};

uint64_t guard_tokens_in(const struct candor_chat *chat)
{
    return chat->prompt_tokens > 0 ? (uint64_t)chat->prompt_tokens
                                   : (chat->sent.len + BYTES_OF_TOKEN - 1) / BYTES_OF_TOKEN;
}

uint64_t guard_tokens_out(const struct candor_chat *chat)
{
    return chat->completion_tokens > 0 ? (uint64_t)chat->completion_tokens
                                       : (chat->kept + BYTES_OF_TOKEN - 1) / BYTES_OF_TOKEN;
}

static uint32_t month_of(struct arena *arena, int64_t now)
{
    uint64_t year = 0;
    uint64_t month = 0;
    const struct str text = str_from_time(arena, now); /* 2026-01-31T... */
    (void)str_to_uint64(str_slice(text, 0, 4), &year);
    (void)str_to_uint64(str_slice(text, 5, 7), &month);
    return (uint32_t)(year * 12 + month);
}

static uint32_t seconds_to(int64_t now, int64_t then)
{
    return (uint32_t)((then - now + MICROS_PER_SECOND - 1) / MICROS_PER_SECOND);
}

static uint32_t to_next_month(struct arena *arena, int64_t now)
{
    const uint32_t month = month_of(arena, now);
    int64_t day = now / MICROS_PER_DAY;
    do {
        day++;
    } while (month_of(arena, day * MICROS_PER_DAY) == month);
    return seconds_to(now, day * MICROS_PER_DAY);
}

static enum candor_status spent_read(struct job *job, struct txn *txn, struct str key,
                                     struct spent *spent)
{
    struct bytes bytes;
    const uint32_t day = (uint32_t)(job->now / MICROS_PER_DAY);
    const uint32_t month = month_of(job->arena, job->now);
    *spent = (struct spent){.day = day, .month = month};
    const enum candor_status status = store_document(job, txn, SPENT_KIND, key, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    struct spent read = {.day = read_u32le(&reader)};
    read.requests = read_u32le(&reader);
    read.tokens = read_u64le(&reader);
    read.month = read_u32le(&reader);
    read.month_requests = read_u32le(&reader);
    read.month_tokens = read_u64le(&reader);
    read.cost = read_f64le(&reader);
    if (!reader_is_done(&reader) || version != SPENT_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of what a key has spent is damaged");
    }
    if (read.day == day) {
        spent->requests = read.requests;
        spent->tokens = read.tokens;
    }
    if (read.month == month) {
        spent->month_requests = read.month_requests;
        spent->month_tokens = read.month_tokens;
        spent->cost = read.cost;
    }
    return CANDOR_OK;
}

static enum candor_status spent_write(struct job *job, struct txn *txn, struct str key,
                                      const struct spent *spent)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, SPENT_VERSION);
    buf_u32le(&buf, spent->day);
    buf_u32le(&buf, spent->requests);
    buf_u64le(&buf, spent->tokens);
    buf_u32le(&buf, spent->month);
    buf_u32le(&buf, spent->month_requests);
    buf_u64le(&buf, spent->month_tokens);
    buf_f64le(&buf, spent->cost);
    return store_put_document(job, txn, SPENT_KIND, key, buf_all(&buf));
}

static enum candor_status over(struct job *job, const char *what, double spent, double most)
{
    return most > 0 && spent >= most
               ? fail(job, CANDOR_SPENT, "this key's budget is spent: %.6g of %.6g %s", spent, most,
                      what)
               : CANDOR_OK;
}

static enum candor_status over_month(struct job *job, const struct guard_budget *budget,
                                     const struct spent *spent)
{
    TRY(over(job, "tokens this month", (double)spent->month_tokens, budget->tokens_per_month));
    return over(job, "this month", spent->cost, budget->cost_per_month);
}

static enum candor_status over_day(struct job *job, const struct guard_budget *budget,
                                   const struct spent *spent)
{
    TRY(over(job, "requests today", spent->requests, budget->requests_per_day));
    return over(job, "tokens today", (double)spent->tokens, budget->tokens_per_day);
}

enum candor_status guard_budget_take(struct job *job, struct txn *txn, struct candor_chat *chat)
{
    struct spent spent;
    const struct guard_budget *budget = guard_budget_of(chat->config, chat->key_name);
    TRY(spent_read(job, txn, chat->key_name, &spent));
    enum candor_status status = over_month(job, budget, &spent);
    if (status != CANDOR_OK) {
        chat->retry_after_s = to_next_month(job->arena, job->now);
        return status;
    }
    status = over_day(job, budget, &spent);
    if (status != CANDOR_OK) {
        chat->retry_after_s =
            seconds_to(job->now, (job->now / MICROS_PER_DAY + 1) * MICROS_PER_DAY);
        return status;
    }
    spent.requests++;
    spent.month_requests++;
    return spent_write(job, txn, chat->key_name, &spent);
}

enum candor_status guard_budget_charge(struct job *job, struct txn *txn,
                                       const struct candor_chat *chat)
{
    static const double million = 1e6;
    struct spent spent;
    const uint64_t in = guard_tokens_in(chat);
    const uint64_t out = guard_tokens_out(chat);
    TRY(spent_read(job, txn, chat->key_name, &spent));
    spent.tokens += in + out;
    spent.month_tokens += in + out;
    spent.cost +=
        ((double)in * chat->model->input_price + (double)out * chat->model->output_price) / million;
    return spent_write(job, txn, chat->key_name, &spent);
}

/* ---- shown ----------------------------------------------------------------------------------- */

static void put_spent(struct json *json, struct str key, const struct spent *spent)
{
    json_map_begin(json);
    json_key(json, LIT("key"));
    json_text(json, key);
    json_key(json, LIT("requests_today"));
    json_u64(json, spent->requests);
    json_key(json, LIT("tokens_today"));
    json_u64(json, spent->tokens);
    json_key(json, LIT("requests_this_month"));
    json_u64(json, spent->month_requests);
    json_key(json, LIT("tokens_this_month"));
    json_u64(json, spent->month_tokens);
    json_key(json, LIT("cost_this_month"));
    json_f64(json, spent->cost);
    json_map_end(json);
}

static enum candor_status show_spent(struct job *job, struct candor *candor,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, SPENT_KIND, &name, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("keys"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct spent spent;
        TRY(spent_read(job, txn, name[i], &spent));
        put_spent(&answer.json, name[i], &spent);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_guard_spent(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show_spent(job, candor, report);
    home_leave(candor);
    return status;
}
