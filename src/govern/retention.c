/*
 * retention.c - how long what may stay, and legal holds.
 *
 *     retention:
 *       every_days: 1
 *       hour: 3                     UTC; left out: nothing runs by itself
 *       contacts_days: 1095
 *       decisions_days: 1095
 *       chats_days: 183
 *       inactive_days: 1825
 *       retrain_share: 0.05
 *
 * A hold as bytes: version u8 = 1 | id 16 | of all u8 | subject id 16 | slot u32le | what, matter,
 * reason, placed by (blocks) | placed u64le | lifted u64le | lifted because block. Once it is lifted
 * the subject is left out: the record of it is about the matter.
 */
#include "retention.h"

#include "text.h"

enum { HOLD_VERSION = 1 };

enum candor_status retention_read(struct job *job, const struct value *root,
                                  struct retention_rules *rules)
{
    static const char *const known[] = {"every_days",     "hour",       "contacts_days",
                                        "decisions_days", "chats_days", "inactive_days",
                                        "retrain_share"};
    const struct value *map = value_get(root, "retention");
    struct section section;
    *rules = (struct retention_rules){
        .every_days = 1, .hour = NO_HOUR, .chats_days = CHATS_DAYS, .retrain_share = RETRAIN_SHARE};
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "retention", known, sizeof known / sizeof known[0], &section));
    TRY(section_count(job, &section, "every_days", 0, DAYS_MAX, &rules->every_days));
    TRY(section_count(job, &section, "hour", 0, 23, &rules->hour));
    TRY(section_count(job, &section, "contacts_days", 0, DAYS_MAX, &rules->contacts_days));
    TRY(section_count(job, &section, "decisions_days", 0, DAYS_MAX, &rules->decisions_days));
    TRY(section_count(job, &section, "chats_days", 0, DAYS_MAX, &rules->chats_days));
    TRY(section_count(job, &section, "inactive_days", 0, DAYS_MAX, &rules->inactive_days));
    return section_number(job, &section, "retrain_share", 0, 1, &rules->retrain_share);
}

bool retention_is_due(const struct retention_rules *rules, int64_t last, int64_t now)
{
    if (rules->hour >= NO_HOUR || rules->every_days == 0 || now < MICROS_PER_DAY) {
        return false;
    }
    int64_t slot = now - now % MICROS_PER_DAY + (int64_t)rules->hour * 3600 * MICROS_PER_SECOND;
    slot -= slot > now ? MICROS_PER_DAY : 0;
    return last < slot - (int64_t)(rules->every_days - 1) * MICROS_PER_DAY;
}

int64_t retention_limit(int64_t now, uint32_t days)
{
    return days == 0 ? INT64_MIN : now - (int64_t)days * MICROS_PER_DAY;
}

uint32_t retention_stricter(uint32_t left, uint32_t right)
{
    if (left == 0 || right == 0) {
        return left + right;
    }
    return left < right ? left : right;
}

uint32_t retention_of_feature(const struct inventory *inventory, size_t feature)
{
    must(feature < inventory->feature_count);
    const struct feature *made = &inventory->feature[feature];
    return made->measure == MEASURE_FIELD ? inventory->field[made->field].retention_days
                                          : inventory->event_kind[made->event_kind].retention_days;
}

/* ---- holds --------------------------------------------------------------------------------- */

void hold_write(const struct hold *hold, struct buf *buf)
{
    const struct subject nobody = {0};
    const bool is_over = hold->lifted != 0;
    const struct subject subject = is_over || hold->is_of_all ? nobody : hold->subject;
    buf_u8(buf, HOLD_VERSION);
    buf_bytes(buf, hold->id, sizeof hold->id);
    buf_u8(buf, hold->is_of_all);
    buf_bytes(buf, subject.id, sizeof subject.id);
    buf_u32le(buf, subject.slot);
    buf_block(buf, bytes_of(hold->what));
    buf_block(buf, bytes_of(hold->matter));
    buf_block(buf, bytes_of(hold->reason));
    buf_block(buf, bytes_of(hold->placed_by));
    buf_u64le(buf, (uint64_t)hold->placed);
    buf_u64le(buf, (uint64_t)hold->lifted);
    buf_block(buf, bytes_of(hold->lifted_because));
}

enum candor_status hold_read(struct job *job, struct bytes bytes, struct hold *hold)
{
    struct reader reader = reader_of(bytes);
    *hold = (struct hold){0};
    const uint8_t version = read_u8(&reader);
    const struct bytes id = read_bytes(&reader, sizeof hold->id);
    hold->is_of_all = read_u8(&reader) != 0;
    const struct bytes subject = read_bytes(&reader, sizeof hold->subject.id);
    hold->subject.slot = read_u32le(&reader);
    hold->what = read_text(&reader);
    hold->matter = read_text(&reader);
    hold->reason = read_text(&reader);
    hold->placed_by = read_text(&reader);
    hold->placed = (int64_t)read_u64le(&reader);
    hold->lifted = (int64_t)read_u64le(&reader);
    hold->lifted_because = read_text(&reader);
    if (!reader_is_done(&reader) || version != HOLD_VERSION) {
        return fail(job, CANDOR_CORRUPT, "a kept legal hold is damaged");
    }
    bytes_copy(hold->id, id.ptr, id.len);
    bytes_copy(hold->subject.id, subject.ptr, subject.len);
    return CANDOR_OK;
}

const struct hold *hold_over(const struct hold *hold, size_t count, struct subject subject,
                             struct str what)
{
    for (size_t i = 0; i < count; i++) {
        const bool is_theirs =
            hold[i].is_of_all || (hold[i].subject.slot == subject.slot &&
                                  bytes_same(hold[i].subject.id, subject.id, sizeof subject.id));
        const bool is_about =
            what.len == 0 || hold[i].what.len == 0 || str_equal(hold[i].what, what);
        if (hold[i].lifted == 0 && is_theirs && is_about) {
            return &hold[i];
        }
    }
    return NULL;
}
