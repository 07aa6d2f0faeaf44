/*
 * view.c - what is known of a subject, kept ready for the next decision.
 *
 * An entry holds the folded consent state, the contacts of late, and per campaign the facts that a
 * decision looks at. It is a cache: everything in it can be made again from the store, and a
 * change to a subject drops their entry before the change is answered.
 *
 *     identifier -> entry        so that a check is one look-up and one mask test: a table of hashes,
 *                                at most half full, and the name beside the entry, so that a check
 *                                waits for memory twice
 *     slot       -> entry        so that a change finds what to drop
 *     state      -> the state    so that those who said the same share it: a million people have a
 *                                few hundred states of a kilobyte
 *
 * Entries are never given back one by one. When more has been dropped than is kept, the whole view
 * begins again.
 */
#include "longwork.h"

enum { DROPPED_SLACK = 10000, SLOTS_FIRST = 1024, SPOTS_FIRST = 1024 };

struct view {
    struct arena *arena; /* of the entries */
    struct arena *spots; /* of the table of names, which grows apart from them */
    struct spot *spot;
    size_t spot_count;     /* a power of two */
    size_t spots_used;     /* with those that are gone */
    struct kept **by_slot; /* NULL: nobody is kept there */
    size_t slot_room;
    struct map *states;
    size_t count;
    size_t dropped;
};

/* One name in the table. */
struct spot {
    uint64_t hash;
    struct kept *kept; /* NULL and hash 0: empty; NULL and hash 1: gone */
};

/* Another name of the same person. */
struct name {
    struct str text;
    const struct name *next;
};

/* An entry, and the name by which it was found first, whose bytes follow. */
struct kept {
    struct view_entry entry;
    const struct name *more;
    size_t len;
    char text[];
};

/* ---- names --------------------------------------------------------------------------------- */

static void spots_make(struct view *view, size_t count)
{
    arena_end(view->spots);
    view->spots = arena_begin();
    view->spot = NEW_ARRAY(view->spots, count, struct spot);
    view->spot_count = count;
    view->spots_used = 0;
}

/* The hash of a name; 0 and 1 mean something else. */
static uint64_t name_hash(struct str text)
{
    const uint64_t hash = hash_bytes(KEY(text));
    return hash > 1 ? hash : hash + 2;
}

static bool is_called(const struct kept *kept, struct str text)
{
    if (kept->len == text.len && bytes_same(kept->text, text.ptr, text.len)) {
        return true;
    }
    const struct name *name = kept->more;
    while (name != NULL && !str_equal(name->text, text)) {
        name = name->next;
    }
    return name != NULL;
}

static struct spot *spot_of(const struct view *view, struct str text)
{
    const uint64_t hash = name_hash(text);
    for (size_t at = hash;; at++) {
        struct spot *spot = &view->spot[at & (view->spot_count - 1)];
        if (spot->hash == 0) {
            return NULL;
        }
        if (spot->hash == hash && is_called(spot->kept, text)) {
            return spot;
        }
    }
}

static void spot_put(struct view *view, uint64_t hash, struct kept *kept)
{
    size_t at = hash;
    while (view->spot[at & (view->spot_count - 1)].hash != 0) {
        at++; /* ends: half of them are empty */
    }
    view->spot[at & (view->spot_count - 1)] = (struct spot){hash, kept};
    view->spots_used++;
}

/* Twice as many; those that are gone are left out. */
static void spots_grow(struct view *view)
{
    struct arena *before = view->spots;
    const struct spot *spot = view->spot;
    const size_t count = view->spot_count;
    view->spots = NULL;
    spots_make(view, 2 * count);
    for (size_t i = 0; i < count; i++) {
        if (spot[i].kept != NULL) {
            spot_put(view, spot[i].hash, spot[i].kept);
        }
    }
    arena_end(before);
}

static void keep_name(struct view *view, struct kept *kept, struct str text)
{
    if (2 * view->spots_used >= view->spot_count) {
        spots_grow(view);
    }
    spot_put(view, name_hash(text), kept);
}

static void keep_more(struct view *view, struct kept *kept, struct str text)
{
    struct name *name = NEW(view->arena, struct name);
    *name = (struct name){str_copy(view->arena, text), kept->more};
    kept->more = name;
    keep_name(view, kept, text);
}

static void forget_name(struct view *view, struct str text)
{
    struct spot *spot = spot_of(view, text);
    must(spot != NULL);
    *spot = (struct spot){.hash = 1};
}

static void forget_names(struct view *view, const struct kept *kept)
{
    forget_name(view, (struct str){kept->text, kept->len});
    for (const struct name *name = kept->more; name != NULL; name = name->next) {
        forget_name(view, name->text);
    }
}

/* ---- everybody ----------------------------------------------------------------------------- */

static void view_restart(struct view *view)
{
    arena_end(view->arena);
    view->arena = arena_begin();
    spots_make(view, SPOTS_FIRST);
    view->by_slot = NULL;
    view->slot_room = 0;
    view->states = map_begin(view->arena);
    view->count = 0;
    view->dropped = 0;
}

static void view_end(void *thing)
{
    struct view *view = thing;
    arena_end(view->spots);
    arena_end(view->arena);
}

struct view *view_begin(struct arena *arena)
{
    struct view *view = NEW(arena, struct view);
    view_restart(view);
    arena_defer(arena, view_end, view);
    return view;
}

static struct kept *kept_at(const struct view *view, uint32_t slot)
{
    return slot < view->slot_room ? view->by_slot[slot] : NULL;
}

/* Slots are given out in order, so that the array has about as many places as there are people. */
static void keep_slot(struct view *view, struct kept *kept)
{
    const size_t slot = kept->entry.subject.slot;
    if (slot >= view->slot_room) {
        const size_t room = slot < SLOTS_FIRST ? SLOTS_FIRST : 2 * slot;
        struct kept **by_slot = NEW_ARRAY(view->arena, room, struct kept *);
        bytes_copy(by_slot, view->by_slot, view->slot_room * sizeof *by_slot);
        view->by_slot = by_slot;
        view->slot_room = room;
    }
    view->by_slot[slot] = kept;
    view->count++;
}

/* The state without its times, which are the entry's: true of whoever has just been found. */
static const struct consent_state *share(struct view *view, const struct consent_state *state)
{
    struct consent_state common = *state;
    common.as_of = INT64_MIN;
    common.valid_until = INT64_MAX;
    const struct bytes key = {(const uint8_t *)&common,
                              offsetof(struct consent_state, limits_sensitive) + sizeof(bool)};
    struct consent_state *shared = map_get(view->states, key);
    if (shared == NULL) {
        shared = NEW(view->arena, struct consent_state);
        *shared = common;
        map_put(view->states, key, shared);
    }
    return shared;
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

static enum candor_status load_state(struct job *job, struct candor *candor, struct txn *txn,
                                     struct view *view, struct view_entry *entry)
{
    struct consent_state state;
    TRY(home_consent_state(job, candor, txn, entry->subject, &state));
    entry->as_of = state.as_of;
    entry->valid_until = state.valid_until;
    if (view != NULL) {
        entry->state = share(view, &state);
        return CANDOR_OK;
    }
    struct consent_state *own = NEW(entry->arena, struct consent_state);
    *own = state;
    entry->state = own;
    return CANDOR_OK;
}

static enum candor_status load_entry(struct job *job, struct candor *candor, struct txn *txn,
                                     struct view *view, struct view_entry *entry)
{
    struct contact *contact = NULL;
    size_t contact_count = 0;
    TRY(load_state(job, candor, txn, view, entry));
    TRY(store_contacts(job, txn, entry->subject, &contact, &contact_count));
    copy_contacts(entry, contact, contact_count);
    entry->facts = NULL;
    return CANDOR_OK;
}

enum candor_status view_load(struct job *job, struct candor *candor, struct txn *txn,
                             struct subject subject, struct view_entry *entry)
{
    entry->subject = subject;
    return load_entry(job, candor, txn, NULL, entry);
}

enum candor_status subject_is_there(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, struct view_entry *entry,
                                    bool *is_there)
{
    struct secret *key = NULL;
    enum candor_status status = store_tag_key(job, txn, subject, &key);
    if (status == CANDOR_OK) {
        status = view_load(job, candor, txn, subject, entry);
    }
    *is_there = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

static enum candor_status refresh(struct job *job, struct candor *candor, struct view_entry *entry)
{
    if (job->now < entry->valid_until && job->now >= entry->as_of) {
        return CANDOR_OK;
    }
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    return load_state(job, candor, txn, candor->view, entry);
}

static enum candor_status load(struct job *job, struct candor *candor, const char *identifier,
                               struct view_entry **entry)
{
    struct view *view = candor->view;
    struct txn *txn = NULL;
    struct subject subject;
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));

    const struct str name = str_of(identifier);
    struct kept *kept = kept_at(view, subject.slot);
    if (kept == NULL) {
        kept = arena_new(view->arena, size_add(sizeof *kept, name.len));
        kept->entry = (struct view_entry){.subject = subject, .arena = view->arena};
        kept->len = name.len;
        bytes_copy(kept->text, name.ptr, name.len);
        TRY(load_entry(job, candor, txn, view, &kept->entry));
        keep_slot(view, kept);
        keep_name(view, kept, name);
    } else {
        keep_more(view, kept, name);
    }
    *entry = &kept->entry;
    return refresh(job, candor, *entry);
}

enum candor_status view_find(struct job *job, struct candor *candor, const char *identifier,
                             struct view_entry **entry)
{
    struct view *view = candor->view;
    const struct spot *spot = spot_of(view, str_of(identifier));
    if (spot != NULL) {
        *entry = &spot->kept->entry;
        return refresh(job, candor, *entry);
    }
    if (view->count >= VIEW_ENTRIES_MAX) {
        view_restart(view);
    }
    return load(job, candor, identifier, entry);
}

/* In two rounds: the spots are on their way together, then the entries. A spot that holds another name is
 * passed over: it is found in its turn. */
void view_expect(const struct view *view, const char *const *identifier, size_t count)
{
    const struct spot *spot[VIEW_AHEAD];
    uint64_t hash[VIEW_AHEAD];
    must(count <= VIEW_AHEAD);
    for (size_t i = 0; i < count; i++) {
        hash[i] = name_hash(str_of(identifier[i]));
        spot[i] = &view->spot[hash[i] & (view->spot_count - 1)];
        __builtin_prefetch(spot[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (spot[i]->hash == hash[i]) {
            __builtin_prefetch(&spot[i]->kept->entry);
            __builtin_prefetch(spot[i]->kept->text);
        }
    }
}

struct facts *view_facts(const struct candor *candor, struct view_entry *entry, size_t campaign)
{
    if (entry->facts == NULL) {
        entry->facts = NEW_ARRAY(entry->arena, candor->campaign_count, struct facts);
    }
    return &entry->facts[campaign];
}

void view_forget_facts(struct candor *candor, struct view_entry *entry)
{
    bool had_facts = false;
    for (size_t c = 0; entry->facts != NULL && c < candor->campaign_count; c++) {
        had_facts = had_facts || entry->facts[c].as_of != 0;
        entry->facts[c].as_of = 0;
    }
    candor->view->dropped += had_facts; /* their memory stays until the view begins again */
    long_note(candor, entry->subject);
}

void view_drop(struct candor *candor, struct subject subject)
{
    struct view *view = candor->view;
    struct kept *kept = kept_at(view, subject.slot);
    long_note(candor, subject);
    if (kept == NULL) {
        return;
    }
    view->by_slot[subject.slot] = NULL;
    view->count--;
    forget_names(view, kept);
    view->dropped++;
    if (view->dropped > view->count + DROPPED_SLACK) {
        view_restart(view);
    }
}

void view_drop_all(struct candor *candor)
{
    long_note_everybody(candor);
    view_restart(candor->view);
}

void view_forget_all(struct candor *candor)
{
    view_restart(candor->view);
}

size_t view_count(const struct view *view)
{
    return view->count;
}
