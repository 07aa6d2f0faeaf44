/*
 * asked.c - decisions about a purpose and offers of the moment, without a campaign in candor.yaml.
 */
#include "asked.h"

#include "reviewed.h"

/* Of the campaigns for the same purpose and channel the one that contacts the least often. */
static const struct campaign *limits_of(const struct candor *candor, size_t purpose, size_t channel)
{
    const struct campaign *strictest = NULL;
    for (size_t i = 0; i < candor->campaign_count; i++) {
        const struct campaign *one = &candor->campaign[i];
        if (one->purpose != purpose || one->channel != channel) {
            continue;
        }
        const bool is_stricter =
            strictest == NULL ||
            (one->cap_contacts > 0 && (strictest->cap_contacts == 0 ||
                                       (uint64_t)one->cap_contacts * strictest->cap_days <
                                           (uint64_t)strictest->cap_contacts * one->cap_days));
        strictest = is_stricter ? one : strictest;
    }
    return strictest;
}

static enum candor_status check_channel(struct job *job, const struct candor *candor,
                                        const struct campaign *campaign)
{
    const struct purpose *purpose = &candor->inventory->purpose[campaign->purpose];
    const size_t column = campaign->channel == NONE ? CHANNELS_MAX : campaign->channel;
    return purpose_serves(purpose, column)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "purpose '%.*s' %s", STR_ARG(purpose->name),
                      purpose->channels == 0      ? "has no channel: name none"
                      : campaign->channel == NONE ? "has channels: name one"
                                                  : "is not served on this channel");
}

enum candor_status asked_purpose(struct job *job, const struct candor *candor, const char *purpose,
                                 const char *channel, struct campaign **campaign)
{
    struct campaign *made = NEW(job->arena, struct campaign);
    if ((candor->governance->rules.reviewed >> BOARD_CAMPAIGN & 1) != 0) {
        return fail(job, CANDOR_REFUSED,
                    "campaigns are reviewed here: name one that is in candor.yaml");
    }
    *made = (struct campaign){.uses = NONE, .address_field = NONE, .offer_count = 1};
    TRY(home_purpose(job, candor, str_of(purpose), &made->purpose));
    TRY(home_channel(job, candor, channel, &made->channel));
    TRY(check_channel(job, candor, made));
    made->name = str_format(job->arena, PURPOSE_PREFIX "%s", purpose);
    made->title = candor->inventory->purpose[made->purpose].title;
    made->offer = NEW(job->arena, struct offer);
    const struct campaign *limits = limits_of(candor, made->purpose, made->channel);
    if (limits != NULL) {
        made->address_field = limits->address_field;
        made->cap_contacts = limits->cap_contacts;
        made->cap_days = limits->cap_days;
        made->not_interested_days = limits->not_interested_days;
        made->not_interested = limits->not_interested;
        made->not_interested_count = limits->not_interested_count;
    }
    *campaign = made;
    return CANDOR_OK;
}

bool asked_is_purpose(struct str campaign_name)
{
    return str_starts(campaign_name, STR(PURPOSE_PREFIX));
}

static bool is_name(struct str name)
{
    bool is_printable = true;
    for (size_t i = 0; i < name.len; i++) {
        is_printable = is_printable && (uint8_t)name.ptr[i] >= ' ' && name.ptr[i] != 0x7f;
    }
    return is_printable && name.len > 0 && name.len <= NAME_LEN_MAX && str_is_utf8(name);
}

static enum candor_status find_offer(struct job *job, const struct campaign *campaign,
                                     struct str name, struct offer *offer)
{
    struct buf known = buf_begin(job->arena);
    if (!is_name(name)) {
        return fail(job, CANDOR_BAD_INPUT, "an offer's name has 1 to %d bytes that can be printed",
                    NAME_LEN_MAX);
    }
    if (asked_is_purpose(campaign->name)) {
        *offer =
            (struct offer){.name = str_copy(job->arena, name), .title = str_copy(job->arena, name)};
        return CANDOR_OK;
    }
    for (size_t i = 0; i < campaign->offer_count; i++) {
        if (str_equal(campaign->offer[i].name, name)) {
            *offer = campaign->offer[i];
            return CANDOR_OK;
        }
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(campaign->offer[i].name));
    }
    return fail(job, CANDOR_BAD_INPUT, "campaign '%.*s' has no such offer; it has: %.*s",
                STR_ARG(campaign->name), STR_ARG(buf_text(&known)));
}

enum candor_status asked_offers(struct job *job, const char *const *offer, size_t count,
                                struct campaign *campaign)
{
    struct offer *chosen = NEW_ARRAY(job->arena, count, struct offer);
    for (size_t i = 0; i < count; i++) {
        TRY(find_offer(job, campaign, str_of(offer[i]), &chosen[i]));
    }
    campaign->offer = chosen;
    campaign->offer_count = count;
    return CANDOR_OK;
}

enum candor_status asked_channel(struct job *job, const struct candor *candor,
                                 const struct campaign *campaign, const char *channel)
{
    size_t said = NONE;
    TRY(home_channel(job, candor, channel, &said));
    return said == campaign->channel
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "campaign '%.*s' is not on that channel",
                      STR_ARG(campaign->name));
}

struct view_entry asked_entry(struct job *job, const struct candor *candor,
                              const struct view_entry *entry)
{
    struct view_entry own = *entry;
    own.arena = job->arena;
    /* One place more than there are campaigns: that of one which is none of them. */
    own.facts = NEW_ARRAY(job->arena, candor->campaign_count + 1, struct facts);
    return own;
}
