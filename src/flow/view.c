/*
 * view.c - what is known of a subject, kept ready for the next decision.
 *
 * An entry holds the folded consent state, the contacts of late, and per campaign the facts that a
 * decision looks at. It is a cache: everything in it can be made again from the store, and a
 * change to a subject drops their entry before the change is answered.
 *
 *     identifier -> entry        so that a check is one look-up and one mask test
 *     slot       -> entry        so that a change finds what to drop
 *
 * Entries are never given back one by one. When more has been dropped than is kept, the whole view
 * begins again.
 */
#include "flow.h"

enum { DROPPED_SLACK = 10000 };

struct view {
    struct arena *arena; /* of the entries */
    struct map *by_identifier;
    struct map *by_slot;
    size_t campaign_count;
    size_t dropped;
};

/* What the slot's map holds: the entry and the names by which it is found. */
struct kept {
    struct view_entry entry;
    struct str *name;
    size_t name_count;
    size_t name_room;
};

static void view_restart(struct view *view)
{
    arena_end(view->arena);
    view->arena = arena_begin();
    view->by_identifier = map_begin(view->arena);
    view->by_slot = map_begin(view->arena);
    view->dropped = 0;
}

static void view_end(void *thing)
{
    struct view *view = thing;
    arena_end(view->arena);
}

struct view *view_begin(struct arena *arena, size_t campaign_count)
{
    struct view *view = NEW(arena, struct view);
    view->campaign_count = campaign_count;
    view_restart(view);
    arena_defer(arena, view_end, view);
    return view;
}

static struct bytes slot_key(const uint32_t *slot)
{
    return (struct bytes){(const uint8_t *)slot, sizeof *slot};
}

static void keep_name(struct view *view, struct kept *kept, struct str identifier)
{
    if (kept->name_count == kept->name_room) {
        const size_t room = kept->name_room == 0 ? 2 : kept->name_room * 2;
        struct str *name = NEW_ARRAY(view->arena, room, struct str);
        bytes_copy(name, kept->name, kept->name_count * sizeof *name);
        kept->name = name;
        kept->name_room = room;
    }
    const struct str copy = str_copy(view->arena, identifier);
    kept->name[kept->name_count++] = copy;
    map_put(view->by_identifier, KEY(copy), kept);
}

/* Contacts and records live in the job that read them; the entry needs its own copies. */
static void copy_contacts(struct view_entry *entry, const struct contact *contact, size_t count)
{
    entry->contact_count = count;
    entry->contact = NEW_ARRAY(entry->arena, count, struct contact);
    for (size_t i = 0; i < count; i++) {
        entry->contact[i] = contact[i];
        entry->contact[i].campaign = str_copy(entry->arena, contact[i].campaign);
        entry->contact[i].offer = str_copy(entry->arena, contact[i].offer);
    }
}

enum candor_status view_load(struct job *job, struct candor *candor, struct txn *txn,
                             struct subject subject, struct view_entry *entry)
{
    struct contact *contact = NULL;
    size_t contact_count = 0;
    TRY(home_consent_state(job, candor, txn, subject, &entry->state));
    TRY(store_contacts(job, txn, subject, &contact, &contact_count));
    entry->subject = subject;
    copy_contacts(entry, contact, contact_count);
    entry->facts = NEW_ARRAY(entry->arena, candor->campaign_count + 1, struct facts);
    return CANDOR_OK;
}

static enum candor_status refresh(struct job *job, struct candor *candor, struct view_entry *entry)
{
    if (job->now < entry->state.valid_until && job->now >= entry->state.as_of) {
        return CANDOR_OK;
    }
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    return home_consent_state(job, candor, txn, entry->subject, &entry->state);
}

static enum candor_status load(struct job *job, struct candor *candor, const char *identifier,
                               struct view_entry **entry)
{
    struct view *view = candor->view;
    struct txn *txn = NULL;
    struct subject subject;
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));

    struct kept *kept = map_get(view->by_slot, slot_key(&subject.slot));
    if (kept == NULL) {
        kept = NEW(view->arena, struct kept);
        kept->entry.arena = view->arena;
        TRY(view_load(job, candor, txn, subject, &kept->entry));
        map_put(view->by_slot, slot_key(&kept->entry.subject.slot), kept);
    }
    keep_name(view, kept, str_of(identifier));
    *entry = &kept->entry;
    return refresh(job, candor, *entry);
}

enum candor_status view_find(struct job *job, struct candor *candor, const char *identifier,
                             struct view_entry **entry)
{
    struct view *view = candor->view;
    struct kept *kept = map_get(view->by_identifier, KEY(str_of(identifier)));
    if (kept != NULL) {
        *entry = &kept->entry;
        return refresh(job, candor, *entry);
    }
    if (map_count(view->by_slot) >= VIEW_ENTRIES_MAX) {
        view_restart(view);
    }
    return load(job, candor, identifier, entry);
}

void view_forget_facts(struct candor *candor, struct view_entry *entry)
{
    bool had_facts = false;
    for (size_t c = 0; c < candor->campaign_count; c++) {
        had_facts = had_facts || entry->facts[c].as_of != 0;
        entry->facts[c].as_of = 0;
    }
    candor->view->dropped += had_facts; /* their memory stays until the view begins again */
}

void view_drop(struct candor *candor, struct subject subject)
{
    struct view *view = candor->view;
    struct kept *kept = map_take(view->by_slot, slot_key(&subject.slot));
    if (kept == NULL) {
        return;
    }
    for (size_t i = 0; i < kept->name_count; i++) {
        (void)map_take(view->by_identifier, KEY(kept->name[i])); /* it was there */
    }
    view->dropped++;
    if (view->dropped > map_count(view->by_slot) + DROPPED_SLACK) {
        view_restart(view);
    }
}

void view_drop_all(struct candor *candor)
{
    view_restart(candor->view);
}

size_t view_count(const struct view *view)
{
    return map_count(view->by_slot);
}
