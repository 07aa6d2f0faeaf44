/*
 * share.c - what a subject is called towards a recipient, and what went where.
 */
#include "share.h"

static enum candor_status keyed(struct job *job, struct candor *candor, const char context[8],
                                struct str recipient, struct subject subject,
                                uint8_t tag[PSEUDONYM_LEN])
{
    struct secret *key = NULL;
    struct buf name = buf_begin(job->arena);
    TRY(store_home_secret(job, candor->store, context, &key));
    buf_block(&name, bytes_of(recipient)); /* with its length: no name is the start of another */
    const struct bytes part[] = {buf_all(&name), {subject.id, sizeof subject.id}};
    tag_of(tag, PSEUDONYM_LEN, key, part, 2);
    return CANDOR_OK;
}

enum candor_status pseudonym_of(struct job *job, struct candor *candor, struct str recipient,
                                struct subject subject, uint8_t pseudonym[PSEUDONYM_LEN])
{
    return keyed(job, candor, "pseudony", recipient, subject, pseudonym);
}

enum candor_status order_mark(struct job *job, struct candor *candor, struct str recipient,
                              struct subject subject, uint64_t *mark)
{
    uint8_t tag[PSEUDONYM_LEN];
    TRY(keyed(job, candor, "rowmarks", recipient, subject, tag));
    struct reader reader = reader_of((struct bytes){tag, sizeof tag});
    *mark = read_u64le(&reader);
    return CANDOR_OK;
}

size_t share_recipient(const struct inventory *inventory, size_t purpose,
                       const struct recipient *recipient)
{
    return str_equal(inventory->purpose[purpose].recipient, recipient->name)
               ? OURSELVES
               : inventory_recipient(inventory, recipient->name);
}

enum candor_status disclosures_json(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, struct json *json)
{
    struct disclosed *disclosed = NULL;
    size_t count = 0;
    TRY(store_disclosures(job, txn, subject, &disclosed, &count));
    json_key(json, LIT("disclosures"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        const size_t known = inventory_recipient(candor->inventory, disclosed[i].recipient);
        json_map_begin(json);
        json_key(json, LIT("time"));
        json_text(json, str_from_time(job->arena, disclosed[i].time));
        json_key(json, LIT("recipient"));
        json_text(json, disclosed[i].recipient);
        json_key(json, LIT("title"));
        json_text(json, known == NONE ? disclosed[i].recipient
                                      : candor->inventory->recipient[known].title);
        json_key(json, LIT("country"));
        json_text(json, known == NONE ? STR("") : candor->inventory->recipient[known].country);
        json_key(json, LIT("purpose"));
        json_text(json, disclosed[i].purpose);
        json_key(json, LIT("fields"));
        json_text(json, disclosed[i].fields);
        json_key(json, LIT("export"));
        json_hex(json, (struct bytes){disclosed[i].export_id, sizeof disclosed[i].export_id});
        json_key(json, LIT("ledger_index"));
        json_u64(json, disclosed[i].ledger_index);
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}
