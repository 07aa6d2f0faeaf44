/*
 * verify.c - reading a whole ledger with the public key only.
 *
 * One pass over the leaves builds the tree again and holds it, on the way, against everything that
 * was kept of it:
 *
 *     each leaf          is well formed and names the one before it as its predecessor
 *     each stored node   is the hash of the leaves below it
 *     each checkpoint    is signed, and its root is that of the tree at its size
 *     known              likewise; the verifier kept it where the ledger's owner cannot reach
 *
 * Only checkpoints are signed. So a node that does not fit is a doubt at first: if the next
 * checkpoint does not fit either, a leaf was changed, and the node says which; if all checkpoints
 * fit, the leaves are as signed and the node was changed.
 *
 * The ledger may grow meanwhile. What is verified is the ledger of the last checkpoint at the
 * beginning; later leaves must only have a later checkpoint.
 *
 * What is found is raised as CANDOR_CORRUPT, which the top turns into the report's finding. So is
 * what the store itself finds corrupt.
 */
#include "ledger.h"

enum { LEAVES_PER_PROGRESS = 1 << 14, LEAVES_AT_ONCE = 512 };

static const uint64_t cannot_be_told = UINT64_MAX;

/* A stored node that is not the hash of its leaves. */
struct doubt {
    bool is_there;
    unsigned level;
    uint64_t index;
};

/* The stored nodes of the leaves that are read next. */
struct shelf {
    uint64_t end; /* of the leaves that complete them */
    size_t count;
    size_t next;
    struct stored_node node[2 * LEAVES_AT_ONCE + MERKLE_HEIGHT_MAX + 1];
};

struct audit {
    struct store *store;
    struct shelf shelf;
    struct checkpoint *kept; /* by size, all signed */
    size_t kept_count;
    size_t kept_done; /* reached and found right */
    bool has_known;
    struct checkpoint known;
    uint64_t signed_size; /* of the last one, 0 without any */
    struct merkle tree;
    bool has_more;      /* leaves after signed_size */
    bool is_answered;   /* the finding is ours, and not what the store said */
    struct doubt doubt; /* the first one */
    struct ledger_report *report;
};

static unsigned long long number(uint64_t value)
{
    return value;
}

/* ---- checkpoints --------------------------------------------------------------------------- */

/* The first leaf that can be at fault when the tree stopped being what was signed. */
static enum candor_status changed_entry(struct job *job, struct audit *audit)
{
    const struct doubt *doubt = &audit->doubt;
    const uint64_t size = audit->kept[audit->kept_done].size;
    const uint64_t good = audit->kept_done > 0 ? audit->kept[audit->kept_done - 1].size : 0;
    if (doubt->is_there && doubt->level == 0) {
        audit->report->first_bad = doubt->index;
        return fail(job, CANDOR_CORRUPT, "entry %llu is not the one that was signed",
                    number(doubt->index));
    }
    if (doubt->is_there) {
        audit->report->first_bad = doubt->index << doubt->level;
        return fail(
            job, CANDOR_CORRUPT, "an entry from %llu to %llu is not the one that was signed",
            number(doubt->index << doubt->level), number(((doubt->index + 1) << doubt->level) - 1));
    }
    return fail(job, CANDOR_CORRUPT,
                "the checkpoint over %llu entries does not fit; up to %llu all is as signed",
                number(size), number(good));
}

/* Hold the tree against every checkpoint of its size. */
static enum candor_status root_check(struct job *job, struct audit *audit)
{
    const uint64_t size = audit->tree.leaf_count;
    const bool is_kept =
        audit->kept_done < audit->kept_count && audit->kept[audit->kept_done].size == size;
    const bool is_known = audit->has_known && audit->known.size == size;
    if (!is_kept && !is_known) {
        return CANDOR_OK;
    }
    const struct digest root = merkle_root(&audit->tree);
    if (is_kept && !digest_equal(root, audit->kept[audit->kept_done].root)) {
        return changed_entry(job, audit);
    }
    audit->kept_done += is_kept ? 1 : 0;
    if (is_known && !digest_equal(root, audit->known.root)) {
        return fail(job, CANDOR_CORRUPT,
                    "the ledger was rewritten: its first %llu entries are not those of the known "
                    "checkpoint",
                    number(size));
    }
    return CANDOR_OK;
}

/* What the verifier goes by. */
struct authority {
    struct str origin;
    const uint8_t *public_key;
};

/* The next kept checkpoint, stored as that of this size. */
static enum candor_status kept_read_one(struct job *job, const struct authority *authority,
                                        uint64_t size, struct str text, struct checkpoint *kept)
{
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(during(job, checkpoint_read(job, text, authority->origin, authority->public_key, kept),
               "the checkpoint kept as that over %llu entries", number(size)));
    arena_rewind(job->arena, mark);
    if (kept->size != size) {
        return fail(job, CANDOR_CORRUPT, "the checkpoint over %llu entries is not in its place",
                    number(kept->size));
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "verifying the ledger was stopped")
                          : CANDOR_OK;
}

static enum candor_status kept_read(struct job *job, struct audit *audit,
                                    const struct authority *authority)
{
    uint64_t *size = NULL;
    struct str *text = NULL;
    TRY(store_checkpoints(job, audit->store, &size, &text, &audit->kept_count));
    audit->report->checkpoints = audit->kept_count;
    TRY_ALLOC(job, audit->kept, audit->kept_count, struct checkpoint);
    for (size_t i = 0; i < audit->kept_count; i++) {
        if (i > 0 && size[i] <= size[i - 1]) {
            return fail(job, CANDOR_CORRUPT, "the checkpoint over %llu entries is kept twice",
                        number(size[i]));
        }
        TRY(kept_read_one(job, authority, size[i], text[i], &audit->kept[i]));
        audit->signed_size = size[i];
    }
    return CANDOR_OK;
}

static enum candor_status known_read(struct job *job, struct audit *audit,
                                     const struct authority *authority, struct str known)
{
    audit->has_known = known.len > 0;
    if (!audit->has_known) {
        return CANDOR_OK;
    }
    return during(
        job, checkpoint_read(job, known, authority->origin, authority->public_key, &audit->known),
        "the known checkpoint");
}

/* ---- leaves and nodes ---------------------------------------------------------------------- */

/* A finding at one leaf; a doubt from before it came first. */
static void bad_leaf(struct audit *audit, uint64_t index)
{
    const struct doubt *doubt = &audit->doubt;
    const uint64_t doubted = doubt->is_there ? doubt->index << doubt->level : index;
    audit->report->first_bad = doubted < index ? doubted : index;
}

/* One writer, so the leaf before is its previous one. */
static enum candor_status place_check(struct job *job, struct audit *audit, uint64_t index,
                                      struct bytes bytes)
{
    const uint64_t expected = audit->tree.leaf_count;
    struct ledger_leaf leaf;
    if (index != expected) {
        bad_leaf(audit, expected);
        return fail(job, CANDOR_CORRUPT, "entry %llu is missing", number(expected));
    }
    const enum candor_status status = leaf_read(job, bytes, &leaf);
    if (status != CANDOR_OK) {
        bad_leaf(audit, index);
        return during(job, status, "entry %llu", number(index));
    }
    if (leaf.has_prev != (index > 0) || (leaf.has_prev && leaf.prev != index - 1)) {
        bad_leaf(audit, index);
        return fail(job, CANDOR_CORRUPT,
                    "entry %llu is not in its place: entries were removed, "
                    "inserted or reordered",
                    number(index));
    }
    return CANDOR_OK;
}

/* The subtrees that one leaf completed. */
struct grown {
    size_t count;
    struct digest hash[MERKLE_HEIGHT_MAX + 1]; /* by level */
};

static void grown_note(void *self, unsigned level, uint64_t index, struct digest hash)
{
    struct grown *grown = self;
    (void)index;
    must(level == grown->count && level <= MERKLE_HEIGHT_MAX);
    grown->hash[level] = hash;
    grown->count++;
}

/* The stored node that this leaf completes at this level; NULL: there is none. */
static const struct stored_node *shelf_node(struct shelf *shelf, uint64_t leaf, unsigned level)
{
    const struct stored_node *node = &shelf->node[shelf->next];
    while (shelf->next < shelf->count &&
           (node->leaf < leaf || (node->leaf == leaf && node->level < level))) {
        shelf->next++;
        node++;
    }
    const bool is_there = shelf->next < shelf->count && node->leaf == leaf && node->level == level;
    return is_there ? node : NULL;
}

static enum candor_status shelf_read(struct job *job, struct audit *audit, uint64_t index)
{
    struct shelf *shelf = &audit->shelf;
    if (index < shelf->end) {
        return CANDOR_OK;
    }
    shelf->next = 0;
    shelf->end = index + LEAVES_AT_ONCE;
    return store_nodes(job, audit->store, index, LEAVES_AT_ONCE, shelf->node, &shelf->count);
}

static enum candor_status nodes_check(struct job *job, struct audit *audit, uint64_t index,
                                      const struct grown *grown)
{
    TRY(shelf_read(job, audit, index));
    for (unsigned level = 0; level < grown->count; level++) {
        const uint64_t at = index >> level;
        const struct stored_node *stored = shelf_node(&audit->shelf, index, level);
        if (stored != NULL && !stored->is_hash) {
            return fail(job, CANDOR_CORRUPT, "node %llu at level %u is no hash", number(at), level);
        }
        const bool fits = stored != NULL && digest_equal(stored->hash, grown->hash[level]);
        if (!fits && !audit->doubt.is_there) {
            audit->doubt = (struct doubt){.is_there = true, .level = level, .index = at};
        }
    }
    return CANDOR_OK;
}

static enum candor_status leaf_audit(struct job *job, struct audit *audit, uint64_t index,
                                     struct bytes bytes)
{
    struct grown grown = {.count = 0};
    TRY(place_check(job, audit, index, bytes));
    if (merkle_append(&audit->tree, merkle_leaf(bytes), grown_note, &grown) != CANDOR_OK) {
        return fail(job, CANDOR_CORRUPT, "the ledger has more entries than one can have");
    }
    TRY(nodes_check(job, audit, index, &grown));
    return root_check(job, audit);
}

static enum candor_status leaf_visit(struct job *job, void *visitor, uint64_t index,
                                     struct bytes bytes)
{
    struct audit *audit = visitor;
    if (index >= audit->signed_size && audit->tree.leaf_count == audit->signed_size) {
        audit->has_more = true;
        return CANDOR_OK;
    }
    if (index % LEAVES_PER_PROGRESS == 0) {
        job_say_progress(job, "verifying the ledger", index, audit->signed_size);
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "verifying the ledger was stopped");
        }
    }
    const enum candor_status status = leaf_audit(job, audit, index, bytes);
    audit->is_answered = status != CANDOR_OK;
    return status;
}

static enum candor_status leaves_read(struct job *job, struct audit *audit)
{
    const enum candor_status status = store_each_leaf(job, audit->store, leaf_visit, audit);
    if (status == CANDOR_CORRUPT && !audit->is_answered) {
        bad_leaf(audit, audit->tree.leaf_count); /* the store could not hand out the next one */
    }
    return status;
}

/* ---- the end ------------------------------------------------------------------------------- */

/* Leaves after the last checkpoint that was read: of a commit since then, or of nobody. */
static enum candor_status more_check(struct job *job, struct audit *audit)
{
    uint64_t size = 0;
    struct str text;
    if (!audit->has_more) {
        return CANDOR_OK;
    }
    const enum candor_status status = store_checkpoint(job, audit->store, &size, &text);
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    if (status == CANDOR_NOT_FOUND || size <= audit->signed_size) {
        audit->report->first_bad = audit->signed_size;
        return fail(job, CANDOR_CORRUPT, "no checkpoint covers the entries from %llu on",
                    number(audit->signed_size));
    }
    return CANDOR_OK;
}

/* All leaves are read: there must be no fewer than were signed, and no more. */
static enum candor_status size_check(struct job *job, struct audit *audit)
{
    const uint64_t size = audit->tree.leaf_count;
    if (size < audit->signed_size) {
        audit->report->first_bad = size;
        return fail(job, CANDOR_CORRUPT,
                    "%llu entries were signed, from entry %llu on they are missing",
                    number(audit->signed_size), number(size));
    }
    if (audit->has_known && audit->known.size > size) {
        audit->report->first_bad = size;
        return fail(job, CANDOR_CORRUPT,
                    "the ledger was rolled back: it has %llu entries, the known checkpoint %llu",
                    number(size), number(audit->known.size));
    }
    return more_check(job, audit);
}

/* A node after the last one that the leaves fill, unless they are more by now. */
static enum candor_status no_node_check(struct job *job, struct audit *audit, unsigned level)
{
    struct digest stored;
    uint64_t leaf_count = 0;
    const uint64_t next = audit->tree.leaf_count >> level;
    const enum candor_status status = store_node(job, audit->store, level, next, &stored);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(store_leaf_count(job, audit->store, &leaf_count));
    if (leaf_count > audit->tree.leaf_count) {
        return CANDOR_OK;
    }
    return fail(job, CANDOR_CORRUPT,
                "node %llu of level %u is stored, and its entries are not there", number(next),
                level);
}

/* The leaves are as signed. Are the nodes those of the leaves, and is there none too many? */
static enum candor_status shelf_check(struct job *job, struct audit *audit)
{
    const struct doubt *doubt = &audit->doubt;
    if (doubt->is_there) {
        return fail(
            job, CANDOR_CORRUPT,
            "the stored node %llu of level %u is not that of its entries, which are as signed",
            number(doubt->index), doubt->level);
    }
    for (unsigned level = 0; level < MERKLE_HEIGHT_MAX; level++) {
        TRY(no_node_check(job, audit, level));
    }
    return CANDOR_OK;
}

static enum candor_status audit_all(struct job *job, struct audit *audit)
{
    TRY(root_check(job, audit));
    TRY(leaves_read(job, audit));
    TRY(size_check(job, audit));
    TRY(shelf_check(job, audit));
    job_say_progress(job, "verifying the ledger", audit->signed_size, audit->signed_size);
    return CANDOR_OK;
}

static enum candor_status audit_by(struct job *job, struct audit *audit,
                                   const struct authority *authority, struct str known)
{
    TRY(known_read(job, audit, authority, known));
    TRY(kept_read(job, audit, authority));
    return audit_all(job, audit);
}

enum candor_status ledger_verify(struct job *job, struct store *store, struct str origin,
                                 const uint8_t public_key[32], struct str known,
                                 struct ledger_report *report)
{
    const struct authority authority = {origin, public_key};
    *report = (struct ledger_report){.first_bad = cannot_be_told};
    struct audit *audit = NEW(job->arena, struct audit);
    audit->store = store;
    audit->report = report;

    const enum candor_status status = audit_by(job, audit, &authority, known);
    report->entries = audit->tree.leaf_count;
    report->root = merkle_root(&audit->tree);
    if (status == CANDOR_CORRUPT) {
        report->finding = str_copy(job->arena, str_of(job->message));
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

/* ---- one entry, offline -------------------------------------------------------------------- */

enum candor_status proof_file_verify(struct job *job, struct str proof_file, struct bytes leaf,
                                     struct str origin, const uint8_t public_key[32])
{
    struct checkpoint checkpoint;
    struct proof proof;
    struct str text;
    uint64_t index = 0;

    TRY(proof_file_read(job, proof_file, &index, &proof, &text));
    TRY(checkpoint_read(job, text, origin, public_key, &checkpoint));
    if (!proof_shows_inclusion(&proof, merkle_leaf(leaf), index, checkpoint.size,
                               checkpoint.root)) {
        return fail(job, CANDOR_CORRUPT,
                    "the proof does not show this entry as number %llu of a ledger of %llu",
                    (unsigned long long)index, (unsigned long long)checkpoint.size);
    }
    return CANDOR_OK;
}
