/*
 * drawers.c - the sets of purposes under which fields and events are sealed.
 *
 * A value stays in the drawer that it was put in: when the inventory gives a field one more
 * purpose, what is stored already does not become open for it, since nobody was asked about it.
 * Drawers are therefore kept by their purposes' names. Those that the inventory no longer has are
 * dropped from the set, which can only close a drawer.
 */
#include "inside.h"

enum { DRAWERS_MAX = 1 << 16 };

/* ---- names --------------------------------------------------------------------------------- */

/* The names of a set, sorted, joined by a space: as record makes the id of a drawer. */
static struct str set_name(struct arena *arena, const struct inventory *inventory, uint64_t set)
{
    struct str name[PURPOSES_MAX];
    size_t count = 0;
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((set >> p & 1) == 0) {
            continue;
        }
        size_t at = count++;
        while (at > 0 && str_compare(name[at - 1], inventory->purpose[p].name) > 0) {
            name[at] = name[at - 1];
            at--;
        }
        name[at] = inventory->purpose[p].name;
    }
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "%s%.*s", i == 0 ? "" : " ", STR_ARG(name[i]));
    }
    return buf_text(&buf);
}

static uint64_t set_of_name(const struct inventory *inventory, struct str name)
{
    uint64_t set = 0;
    struct str rest = name;
    while (rest.len > 0) {
        const size_t purpose = inventory_purpose(inventory, str_cut(&rest, ' '));
        if (purpose != NONE) {
            set |= UINT64_C(1) << purpose;
        }
    }
    return set;
}

static struct drawer_mark mark_of(struct arena *arena, const struct inventory *inventory,
                                  int64_t row, struct str name)
{
    struct drawer_mark mark = {
        .row = row,
        .name = str_copy(arena, name),
        .purposes = set_of_name(inventory, name),
    };
    mark.is_whole = str_equal(set_name(arena, inventory, mark.purposes), name);
    const struct bytes part[] = {bytes_of(STR("candor drawer\n")), bytes_of(mark.name)};
    mark.digest = digest_of(part, 2);
    for (unsigned i = 0; i < 8; i++) {
        mark.number |= (uint64_t)mark.digest.byte[i] << 8 * i;
    }
    return mark;
}

/* ---- loading ------------------------------------------------------------------------------- */

struct loading {
    struct arena *arena;
    const struct inventory *inventory;
    struct drawer_mark *mark;
    size_t count;
    size_t room;
};

static enum candor_status keep(struct job *job, struct loading *loading, int64_t row,
                               struct str name)
{
    if (row < 0 || row > PLACE_ROWS_MAX) {
        return fail(job, CANDOR_CORRUPT, "data.db has a drawer of number %lld; it was changed",
                    (long long)row);
    }
    if (loading->count == DRAWERS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "more than %d sets of purposes", DRAWERS_MAX);
    }
    if (loading->count == loading->room) {
        struct drawer_mark *old = loading->mark;
        loading->room = loading->room == 0 ? 16 : loading->room * 2;
        loading->mark = NEW_ARRAY(loading->arena, loading->room, struct drawer_mark);
        bytes_copy(loading->mark, old, size_mul(loading->count, sizeof *old));
    }
    loading->mark[loading->count++] = mark_of(loading->arena, loading->inventory, row, name);
    return CANDOR_OK;
}

static enum candor_status read_table(struct job *job, struct database *data,
                                     struct loading *loading)
{
    struct query *query = db_query(data, SQL_DRAWERS);
    bool found = false;
    enum candor_status status = query_row(job, query, &found);
    while (status == CANDOR_OK && found) {
        status = keep(job, loading, query_get_number(query, 0), query_get_text(query, 1));
        if (status == CANDOR_OK) {
            status = query_row(job, query, &found);
        }
    }
    query_end(query);
    return status;
}

/* The index of the mark with this name; a new one goes to the table. */
static enum candor_status find_or_add(struct job *job, struct database *data,
                                      struct loading *loading, struct str name, size_t *index)
{
    int64_t row = 1;
    for (size_t i = 0; i < loading->count; i++) {
        if (str_equal(loading->mark[i].name, name)) {
            *index = i;
            return CANDOR_OK;
        }
        row = loading->mark[i].row >= row ? loading->mark[i].row + 1 : row;
    }
    struct query *query = db_query(data, SQL_DRAWER_ADD);
    query_number(query, 1, row);
    query_text(query, 2, name);
    TRY(query_run(job, query));
    *index = loading->count;
    return keep(job, loading, row, name);
}

static enum candor_status load(struct job *job, struct database *data, struct loading *loading,
                               struct drawers *drawers)
{
    const struct inventory *inventory = loading->inventory;
    TRY(read_table(job, data, loading));
    for (size_t i = 0; i < inventory->drawer_count; i++) {
        TRY(find_or_add(job, data, loading,
                        set_name(loading->arena, inventory, inventory->drawer[i].purposes),
                        &drawers->of_drawer[i]));
    }
    for (size_t i = 0; i < inventory->event_kind_count; i++) {
        TRY(find_or_add(job, data, loading,
                        set_name(loading->arena, inventory, inventory->event_kind[i].purposes),
                        &drawers->of_event_kind[i]));
    }
    return CANDOR_OK;
}

enum candor_status drawers_load(struct job *job, struct arena *arena, struct database *data,
                                const struct inventory *inventory, struct drawers *drawers)
{
    struct loading loading = {.arena = arena, .inventory = inventory};
    struct drawers fresh = {
        .inventory = inventory,
        .of_drawer = NEW_ARRAY(arena, inventory->drawer_count, size_t),
        .of_event_kind = NEW_ARRAY(arena, inventory->event_kind_count, size_t),
    };

    TRY(db_begin(job, data));
    const enum candor_status status = load(job, data, &loading, &fresh);
    if (status != CANDOR_OK) {
        db_rollback(data);
        return status;
    }
    TRY(db_commit(job, data));
    fresh.mark = loading.mark;
    fresh.mark_count = loading.count;
    fresh.mark_room = loading.room;
    *drawers = fresh;
    return CANDOR_OK;
}

/* ---- one more ------------------------------------------------------------------------------ */

static enum candor_status add_set(struct job *job, struct txn *txn, uint64_t purposes)
{
    struct store *store = txn->store;
    struct drawers *drawers = &store->drawers;
    struct loading loading = {.arena = store->drawers_arena,
                              .inventory = drawers->inventory,
                              .mark = drawers->mark,
                              .count = drawers->mark_count,
                              .room = drawers->mark_room};
    size_t index = 0;
    txn->has_drawer = true; /* a roll-back reads the table again */
    txn_changes(txn);
    TRY(find_or_add(job, store->data, &loading,
                    set_name(loading.arena, drawers->inventory, purposes), &index));
    drawers->mark = loading.mark;
    drawers->mark_count = loading.count;
    drawers->mark_room = loading.room;
    return CANDOR_OK;
}

static const struct drawer_mark *find_set(const struct drawers *drawers, uint64_t purposes)
{
    for (size_t i = 0; i < drawers->mark_count; i++) {
        if (drawers->mark[i].purposes == purposes && drawers->mark[i].is_whole) {
            return &drawers->mark[i];
        }
    }
    return NULL;
}

enum candor_status drawers_of(struct job *job, struct txn *txn, uint64_t purposes,
                              const struct drawer_mark **mark)
{
    must(purposes != 0);
    *mark = find_set(&txn->store->drawers, purposes);
    if (*mark != NULL) {
        return CANDOR_OK;
    }
    TRY(add_set(job, txn, purposes));
    *mark = find_set(&txn->store->drawers, purposes);
    must(*mark != NULL);
    return CANDOR_OK;
}

/* ---- asking -------------------------------------------------------------------------------- */

const struct drawer_mark *drawers_find(const struct drawers *drawers, int64_t row)
{
    for (size_t i = 0; i < drawers->mark_count; i++) {
        if (drawers->mark[i].row == row) {
            return &drawers->mark[i];
        }
    }
    return NULL;
}

bool drawer_is_open(const struct drawer_mark *mark, uint64_t purposes)
{
    /* No purpose opens nothing: every drawer would pass the mask test of an empty set. */
    return purposes == PURPOSES_ALL || (purposes != 0 && (mark->purposes & purposes) == purposes);
}
