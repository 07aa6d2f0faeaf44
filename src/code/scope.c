/*
 * scope.c - names and what they hold, branch by branch.
 *
 * A variable is a name of a function, or of the file. A place within one ("request.body") is a variable as well, and
 * holds until its root is set anew. Every change is written down, so a branch can be taken back and both be joined:
 * what is safe after both was safe in both. A function that runs later sees all that a variable was ever given.
 */
#include "inside.h"

static uint32_t hash_of(struct str name)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    }
    return hash;
}

static void *grown(struct arena *arena, const void *old, uint32_t *room, size_t size)
{
    const uint32_t more = *room == 0 ? 32 : *room * 2;
    void *larger = arena_new(arena, size_mul(more, size));
    bytes_copy(larger, old, *room * size);
    *room = more;
    return larger;
}

void scope_begin(struct analysis *analysis)
{
    analysis->bucket_count = 1024;
    while (analysis->bucket_count < analysis->tree->count / 16) {
        analysis->bucket_count *= 2;
    }
    analysis->bucket = NEW_ARRAY(analysis->arena, analysis->bucket_count, uint32_t);
    analysis->variable_count = 1;
    analysis->step_count = 1;
}

/* By the owner as well: a program that was made small has an "e" in each of its functions. */
static uint32_t bucket_of(const struct analysis *analysis, uint32_t hash, node_id owner)
{
    return (hash ^ owner * 2654435761u) & (analysis->bucket_count - 1);
}

static uint32_t find_hashed(const struct analysis *analysis, struct str name, uint32_t hash,
                            node_id owner)
{
    uint32_t at = analysis->bucket[bucket_of(analysis, hash, owner)];
    while (at != 0 && (analysis->variable[at].owner != owner ||
                       !str_equal(analysis->variable[at].name, name))) {
        at = analysis->variable[at].before;
    }
    return at;
}

uint32_t variable_find(const struct analysis *analysis, struct str name, node_id owner)
{
    return find_hashed(analysis, name, hash_of(name), owner);
}

uint32_t variable_of(const struct analysis *analysis, struct str name)
{
    const uint32_t hash = hash_of(name);
    for (node_id owner = analysis->owner;;) {
        const uint32_t found = find_hashed(analysis, name, hash, owner);
        if (found != 0 || owner == 0) {
            return found;
        }
        owner = analysis->function[analysis->function_at[owner]].outer;
    }
}

uint32_t variable_make(struct analysis *analysis, struct str name, node_id owner)
{
    const uint32_t hash = hash_of(name);
    const uint32_t found = find_hashed(analysis, name, hash, owner);
    if (found != 0) {
        return found;
    }
    if (analysis->variable_count >= analysis->variable_room) {
        analysis->variable = grown(analysis->arena, analysis->variable, &analysis->variable_room,
                                   sizeof *analysis->variable);
    }
    const uint32_t bucket = bucket_of(analysis, hash, owner);
    const uint32_t id = analysis->variable_count++;
    analysis->variable[id] =
        (struct variable){.name = name, .owner = owner, .before = analysis->bucket[bucket]};
    analysis->bucket[bucket] = id;
    return id;
}

/* Whether it lives in the function that runs: what it holds now is known. */
static bool is_live(const struct analysis *analysis, const struct variable *variable)
{
    if (analysis->base == 0 || variable->owner == analysis->base) {
        return true;
    }
    if (variable->owner == 0) {
        return false;
    }
    const struct node *base = node_of(analysis->tree, analysis->base);
    const struct node *owner = node_of(analysis->tree, variable->owner);
    return owner->start >= base->start && owner->end <= base->end;
}

struct value variable_value(const struct analysis *analysis, uint32_t id)
{
    const struct variable *variable = &analysis->variable[id];
    return is_live(analysis, variable) || variable->when > analysis->running_since ? variable->value
                                                                                   : variable->any;
}

static void write_down(struct analysis *analysis, uint32_t id)
{
    if (analysis->undo_count >= analysis->undo_room) {
        analysis->undo =
            grown(analysis->arena, analysis->undo, &analysis->undo_room, sizeof *analysis->undo);
    }
    const struct variable *variable = &analysis->variable[id];
    analysis->undo[analysis->undo_count++] =
        (struct undo){.variable = id, .when = variable->when, .value = variable->value};
}

void variable_set(struct analysis *analysis, uint32_t id, struct value value)
{
    struct variable *variable = &analysis->variable[id];
    write_down(analysis, id);
    variable->any = variable->when == 0 && variable->any.path.len == 0 &&
                            variable->any.labels == 0 && variable->any.literal == 0
                        ? value
                        : value_join(variable->any, value);
    variable->value = value;
    variable->when = ++analysis->when;
}

struct changes branch_end(struct analysis *analysis, uint32_t mark)
{
    struct changes changes = {.has_left = analysis->has_left};
    const uint32_t most = analysis->undo_count - mark;
    changes.item = NEW_ARRAY(analysis->arena, most + 1, struct change);
    while (analysis->undo_count > mark) {
        const struct undo *undo = &analysis->undo[--analysis->undo_count];
        struct variable *variable = &analysis->variable[undo->variable];
        uint32_t c = changes.count; /* the last change of each is met first */
        while (c > 0 && changes.item[c - 1].variable != undo->variable && most < 64) {
            c--;
        }
        if (c == 0 || most >= 64) {
            changes.item[changes.count++] = (struct change){undo->variable, variable->value};
        }
        variable->value = undo->value;
        variable->when = undo->when;
    }
    analysis->has_left = false;
    return changes;
}

void branches_join(struct analysis *analysis, uint32_t mark, const struct changes *other)
{
    if (other->has_left) {
        return;
    }
    if (analysis->has_left) { /* only the other one goes on */
        const struct changes here = branch_end(analysis, mark);
        (void)here;
        for (uint32_t c = other->count; c > 0; c--) {
            variable_set(analysis, other->item[c - 1].variable, other->item[c - 1].value);
        }
        return;
    }
    const uint32_t end = analysis->undo_count;
    for (uint32_t u = mark; u < end; u++) { /* changed here: the other may have kept it */
        const struct undo undo = analysis->undo[u];
        const struct value now = analysis->variable[undo.variable].value;
        bool is_other = false;
        for (uint32_t c = 0; c < other->count && !is_other && other->count < 64; c++) {
            is_other = other->item[c].variable == undo.variable;
        }
        if (!is_other) {
            variable_set(analysis, undo.variable, value_join(undo.value, now));
        }
    }
    for (uint32_t c = other->count; c > 0; c--) {
        const struct change *change = &other->item[c - 1];
        variable_set(analysis, change->variable,
                     value_join(change->value, analysis->variable[change->variable].value));
    }
}

/* ---- values ----------------------------------------------------------------------------------- */

static uint16_t joined_safe(struct value left, struct value right)
{
    if (left.labels == 0) {
        return right.safe;
    }
    return right.labels == 0 ? left.safe : left.safe & right.safe;
}

struct value value_join(struct value left, struct value right)
{
    struct value both = left;
    both.safe = joined_safe(left, right);
    both.labels = left.labels | right.labels;
    both.within = left.within | right.within;
    both.step = left.step != 0 && (left.labels & ~FROM_UNSEEN) != 0 ? left.step
                : right.step != 0                                   ? right.step
                                                                    : left.step;
    both.within_step = left.within_step != 0 ? left.within_step : right.within_step;
    both.literal = left.literal == 0 ? right.literal : left.literal;
    both.is_constant = left.is_constant && right.is_constant;
    both.is_built = left.is_built || right.is_built;
    both.has_markup = left.has_markup || right.has_markup;
    both.lead = left.labels == 0         ? right.lead
                : right.labels == 0      ? left.lead
                : left.lead < right.lead ? left.lead
                                         : right.lead;
    both.path = left.path.len > 0 ? left.path : right.path;
    both.may_steer = left.may_steer || right.may_steer;
    both.replaced.signs = left.replaced.signs & right.replaced.signs;
    both.replaced.put = left.replaced.put | right.replaced.put;
    return both;
}

uint32_t step_add(struct analysis *analysis, node_id node, uint32_t before, const char *what)
{
    if (before != 0 && analysis->step[before].node == node) {
        return before;
    }
    if (analysis->step_count >= analysis->step_room) {
        analysis->step =
            grown(analysis->arena, analysis->step, &analysis->step_room, sizeof *analysis->step);
    }
    analysis->step[analysis->step_count] = (struct step){node, before, what};
    return analysis->step_count++;
}

struct value value_from(struct analysis *analysis, unsigned label, node_id node, const char *what)
{
    return (struct value){.labels = (uint16_t)label, .step = step_add(analysis, node, 0, what)};
}
